"""`roadmap show`: the whole plan at a glance, one of its weeks in full, or what stands beside the weeks: notes, projects,
certificates and resources. Of the caller's cohort, or of any roadmap that a cohort here can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from bot.chat.buttons import LISTED, buttons
from bot.chat.errors import Refused
from bot.chat.message import Message, page_of_lines, phrase, quote, say
from bot.chat.text import counted, short
from bot.command import Call, Hidden, command
from bot.command.suggestions import all_weeks, my_cohorts, roadmaps
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort, Member
from bot.roadmap import Roadmap
from bot.views import roadmap_overview
from bot.views.dates import day
from bot.views.week_list import idle, listed

WEEKS = 16
NOTES = 12
SUMMARY = 500  # characters

About = Literal["notes", "projects", "certificates", "resources"]


@command(reads=True, order=20, helps=("waiting",), action="The whole plan")
async def roadmap_show(
    call: Call,
    week: Annotated[int | None, "One week in full", all_weeks] = None,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    about: Annotated[About | None, "What stands beside the weeks"] = None,
    roadmap: Annotated[str | None, "Another roadmap than your cohort's", roadmaps] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """The whole plan, or one week of it in full."""
    if roadmap is not None:
        plan = (await call.roadmap(roadmap)).plan
        where = {"roadmap": plan.slug}
        if about is not None:
            return _beside(plan, about, where, page or 1)
        return (
            _shelved(plan, where, page or 1)
            if week is None
            else _own_week(plan, week, where, page or 1)
        )
    found = await call.cohort(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    if about is not None:
        return _beside(plan, about, {"cohort": found.ref}, page or 1)
    if week is not None:
        return _week(found.name, found.syllabus, plan, week, {"cohort": found.ref}, page or 1)
    member = await call.tx.members.of(found, call.person) if call.person.id else None
    return _whole(found, plan, member, call.caller.moderator, page or 1)


def _whole(
    cohort: Cohort, plan: Roadmap, member: Member | None, moderator: bool, number: int
) -> Message:
    where = {"cohort": cohort.ref}
    return _paged(plan, [*_lines(cohort, member)], where, number, _first(cohort, member, moderator))


def _first(cohort: Cohort, member: Member | None, moderator: bool) -> tuple[str, str] | None:
    """The first thing to do from here; None where anything would be refused.

    A moderator comes to a draft from the answer that made it, and goes back to its dates.
    """
    if member:
        return "This week's list", phrase("week", cohort=cohort.ref)
    if cohort.state in {"open", "running", "paused"}:
        return "Join", phrase("join", cohort=cohort.ref)
    return (
        ("Back to the dates", phrase("cohort timeline", cohort=cohort.ref)) if moderator else None
    )


def _shelved(plan: Roadmap, where: dict[str, str], number: int) -> Message:
    """A roadmap that no cohort of the caller's is on."""
    return _paged(
        plan,
        [*roadmap_overview.stages(plan)],
        where,
        number,
        ("All roadmaps", phrase("roadmap list")),
    )


def _paged(
    plan: Roadmap,
    lines: Sequence[str],
    where: dict[str, str],
    number: int,
    first: tuple[str, str] | None,
) -> Message:
    shown = page_of_lines(lines, number, WEEKS)
    head = [quote(short(plan.summary, SUMMARY)) + _origin(plan)] if shown.number == 1 else []
    turns = shown.turns(phrase("roadmap show", **where))
    ways = [*([first] if first else []), *_more(plan, where)]
    steps = [buttons(*ways)] if ways else []
    return say(*head, "\n".join(shown.entries), *turns, *steps, title=short(plan.title, 150))


def _origin(plan: Roadmap) -> str:
    known = plan.provenance
    if known is None or known.title is None:
        return ""
    by = f" by {quote(known.author)}" if known.author else ""
    return f"\n_After “{quote(known.title)}”{by}_"


def _more(plan: Roadmap, where: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The ways to what stands beside the weeks, where there is any."""
    there: tuple[tuple[About, Sequence[object]], ...] = (
        ("resources", plan.resources),
        ("notes", plan.info),
        ("projects", plan.portfolio),
        ("certificates", plan.certificates),
    )
    for about, entries in there:
        if entries and about == "resources" and "cohort" in where:
            yield "Resources", phrase("resources", **where)
        elif entries:
            yield about.capitalize(), phrase("roadmap show", about=about, **where)


def _beside(plan: Roadmap, about: About, where: dict[str, str], number: int) -> Message:
    sources: dict[About, Iterable[str]] = {
        "notes": roadmap_overview.notes(plan),
        "projects": roadmap_overview.projects(plan),
        "certificates": roadmap_overview.certificates(plan),
        "resources": map(roadmap_overview.resource, plan.resources),
    }
    shown = page_of_lines([*sources[about]], number, NOTES)
    if not shown.entries:
        raise Refused(
            f"{quote(plan.title)} has no {about}: `roadmap show` has the plan itself.", "about"
        )
    back = buttons(("The whole plan", phrase("roadmap show", **where)))
    turns = shown.turns(phrase("roadmap show", about=about, **where))
    return say(
        "\n".join(shown.entries),
        *turns,
        back,
        title=short(f"{about.capitalize()} of {plan.title}", 150),
    )


def _lines(cohort: Cohort, member: Member | None) -> Iterator[str]:
    """A line for each week, the first of a stage under the stage's title."""
    dates = {
        week.id: week.first
        for week in (member.calendar(cohort) if member else cohort.calendar).weeks
    }
    stage = ""
    for number, week in enumerate(cohort.syllabus.weeks, 1):
        above = f"**{quote(week.stage)}**\n" if week.stage not in {stage, ""} else ""
        stage = week.stage
        when = f" · from {day(dates[week.id])}" if week.id in dates else ""
        count = f" · {counted(len(week.items), 'item')}" if week.items else ""
        yield f"{above}{number}. {quote(week.title)}{count}{when}"


def _own_week(plan: Roadmap, number: int, where: dict[str, str], page: int) -> Message:
    """A week of a roadmap that no cohort of the caller's is on."""
    if not plan.weeks:
        raise Refused(
            f"{quote(plan.title)} has no weeks until a cohort takes it: `roadmap show roadmap={plan.slug}` has its stages.",
            "week",
        )
    return _week(quote(plan.title), Syllabus.of(plan), plan, number, where, page)


def _week(
    name: str, syllabus: Syllabus, plan: Roadmap, number: int, where: dict[str, str], page: int
) -> Message:
    total = len(syllabus.weeks)
    if not 1 <= number <= total:
        raise Refused(f"{name} has weeks 1 to {total}: name one of them.", "week")
    week = syllabus.weeks[number - 1]
    shown = page_of_lines(listed(plan, week.items), page, LISTED)
    body = "\n".join(shown.entries) or idle(week)
    summary = plan.week(week.id).summary if week.id in {one.id for one in plan.weeks} else None
    told = [f"_{quote(week.stage)}_"] if week.stage else []
    told += [quote(short(summary, SUMMARY))] if summary and shown.number == 1 else []
    turns = shown.turns(phrase("roadmap show", week=number, **where))
    back = buttons(("The whole plan", phrase("roadmap show", **where)))
    return say(
        *(["\n".join(told)] if told else []),
        body,
        *turns,
        back,
        title=short(f"Week {number}: {week.title}", 150),
    )
