"""`roadmap show`: the whole plan at a glance, one of its weeks in full, or what stands beside the weeks: notes, projects,
certificates and resources. Of the caller's cohort, or of any roadmap that a cohort here can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from bot.chat.buttons import LISTED, button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, paginate_lines, text_message
from bot.chat.text import format_count, shorten
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.suggestions import suggest_all_weeks, suggest_own_cohorts, suggest_roadmaps
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort, Member
from bot.roadmap import Roadmap
from bot.views import roadmap_overview
from bot.views.dates import format_day
from bot.views.week_list import describe_empty_week, render_item_lines

WEEKS = 16
NOTES = 12
SUMMARY = 500  # characters

About = Literal["notes", "projects", "certificates", "resources"]


@command(reads=True, order=20, helps=("waiting",), action="The whole plan")
async def roadmap_show(
    call: Call,
    week: Annotated[int | None, "One week in full", suggest_all_weeks] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    about: Annotated[About | None, "What stands beside the weeks"] = None,
    roadmap: Annotated[str | None, "Another roadmap than your cohort's", suggest_roadmaps] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """The whole plan, or one week of it in full."""
    if roadmap is not None:
        plan = (await call.find_available_roadmap(roadmap)).roadmap
        where = {"roadmap": plan.slug}
        if about is not None:
            return _build_extras_page(plan, about, where, page or 1)
        return (
            _build_other_roadmap_page(plan, where, page or 1)
            if week is None
            else _build_other_roadmap_week(plan, week, where, page or 1)
        )
    found = await call.resolve_cohort(cohort)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    if about is not None:
        return _build_extras_page(plan, about, {"cohort": found.ref}, page or 1)
    if week is not None:
        return _build_roadmap_week_page(
            found.name, found.syllabus, plan, week, {"cohort": found.ref}, page or 1
        )
    member = await call.tx.members.find_member(found, call.person) if call.person.id else None
    return _build_cohort_roadmap_page(found, plan, member, call.caller.is_moderator, page or 1)


def _build_cohort_roadmap_page(
    cohort: Cohort, plan: Roadmap, member: Member | None, moderator: bool, number: int
) -> Message:
    where = {"cohort": cohort.ref}
    return _build_roadmap_page(
        plan,
        [*_list_week_lines(cohort, member)],
        where,
        number,
        _choose_first_button(cohort, member, moderator),
    )


def _choose_first_button(
    cohort: Cohort, member: Member | None, moderator: bool
) -> tuple[str, str] | None:
    """The first thing to do from here; None where anything would be refused.

    A moderator comes to a draft from the answer that made it, and goes back to its dates.
    """
    if member:
        return "This week's list", build_phrase("week", cohort=cohort.ref)
    if cohort.state in {"open", "running", "paused"}:
        return "Join", build_phrase("join", cohort=cohort.ref)
    return (
        ("Back to the dates", build_phrase("posts timeline", cohort=cohort.ref))
        if moderator
        else None
    )


def _build_other_roadmap_page(plan: Roadmap, where: dict[str, str], number: int) -> Message:
    """A roadmap that no cohort of the caller's is on."""
    return _build_roadmap_page(
        plan,
        [*roadmap_overview.list_stage_lines(plan)],
        where,
        number,
        ("All roadmaps", build_phrase("roadmap list")),
    )


def _build_roadmap_page(
    plan: Roadmap,
    lines: Sequence[str],
    where: dict[str, str],
    number: int,
    first: tuple[str, str] | None,
) -> Message:
    shown = paginate_lines(lines, number, WEEKS)
    head = (
        [escape_text(shorten(plan.summary, SUMMARY)) + _format_roadmap_origin(plan)]
        if shown.number == 1
        else []
    )
    turns = shown.build_page_buttons(build_phrase("roadmap show", **where))
    ways = [*([first] if first else []), *_list_extra_buttons(plan, where)]
    steps = [button_row(*ways)] if ways else []
    return text_message(
        *head, "\n".join(shown.entries), *turns, *steps, title=shorten(plan.title, 150)
    )


def _format_roadmap_origin(plan: Roadmap) -> str:
    known = plan.provenance
    if known is None or known.title is None:
        return ""
    by = f" by {escape_text(known.author)}" if known.author else ""
    return f"\n_After “{escape_text(known.title)}”{by}_"


def _list_extra_buttons(plan: Roadmap, where: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The ways to what stands beside the weeks, where there is any."""
    there: tuple[tuple[About, Sequence[object]], ...] = (
        ("resources", plan.resources),
        ("notes", plan.info),
        ("projects", plan.portfolio),
        ("certificates", plan.certificates),
    )
    for about, entries in there:
        if entries and about == "resources" and "cohort" in where:
            yield "Resources", build_phrase("resources", **where)
        elif entries:
            yield about.capitalize(), build_phrase("roadmap show", about=about, **where)


def _build_extras_page(plan: Roadmap, about: About, where: dict[str, str], number: int) -> Message:
    sources: dict[About, Iterable[str]] = {
        "notes": roadmap_overview.list_info_lines(plan),
        "projects": roadmap_overview.list_project_lines(plan),
        "certificates": roadmap_overview.list_certificate_lines(plan),
        "resources": map(roadmap_overview.describe_resource, plan.resources),
    }
    shown = paginate_lines([*sources[about]], number, NOTES)
    if not shown.entries:
        raise Refused(
            f"{escape_text(plan.title)} has no {about}: `roadmap show` has the plan itself.",
            "about",
        )
    back = button_row(("The whole plan", build_phrase("roadmap show", **where)))
    turns = shown.build_page_buttons(build_phrase("roadmap show", about=about, **where))
    return text_message(
        "\n".join(shown.entries),
        *turns,
        back,
        title=shorten(f"{about.capitalize()} of {plan.title}", 150),
    )


def _list_week_lines(cohort: Cohort, member: Member | None) -> Iterator[str]:
    """A line for each week, the first of a stage under the stage's title."""
    dates = {
        week.id: week.first
        for week in (member.build_member_calendar(cohort) if member else cohort.calendar).weeks
    }
    stage = ""
    for number, week in enumerate(cohort.syllabus.weeks, 1):
        above = f"**{escape_text(week.stage)}**\n" if week.stage not in {stage, ""} else ""
        stage = week.stage
        when = f" · from {format_day(dates[week.id])}" if week.id in dates else ""
        count = f" · {format_count(len(week.items), 'item')}" if week.items else ""
        yield f"{above}{number}. {escape_text(week.title)}{count}{when}"


def _build_other_roadmap_week(
    plan: Roadmap, number: int, where: dict[str, str], page: int
) -> Message:
    """A week of a roadmap that no cohort of the caller's is on."""
    if not plan.weeks:
        raise Refused(
            f"{escape_text(plan.title)} has no weeks until a cohort takes it: `roadmap show roadmap={plan.slug}` has its stages.",
            "week",
        )
    return _build_roadmap_week_page(
        escape_text(plan.title), Syllabus.from_roadmap(plan), plan, number, where, page
    )


def _build_roadmap_week_page(
    name: str, syllabus: Syllabus, plan: Roadmap, number: int, where: dict[str, str], page: int
) -> Message:
    total = len(syllabus.weeks)
    if not 1 <= number <= total:
        raise Refused(f"{name} has weeks 1 to {total}: name one of them.", "week")
    week = syllabus.weeks[number - 1]
    shown = paginate_lines(render_item_lines(plan, week.items), page, LISTED)
    body = "\n".join(shown.entries) or describe_empty_week(week)
    summary = plan.get_week(week.id).summary if week.id in {one.id for one in plan.weeks} else None
    told = [f"_{escape_text(week.stage)}_"] if week.stage else []
    told += [escape_text(shorten(summary, SUMMARY))] if summary and shown.number == 1 else []
    turns = shown.build_page_buttons(build_phrase("roadmap show", week=number, **where))
    back = button_row(("The whole plan", build_phrase("roadmap show", **where)))
    return text_message(
        *(["\n".join(told)] if told else []),
        body,
        *turns,
        back,
        title=shorten(f"Week {number}: {week.title}", 150),
    )
