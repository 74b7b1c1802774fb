"""`roadmap show`: a whole roadmap, one week, or its notes, projects, certificates, resources.

The roadmap is the one of the caller's cohort, or any other available here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from bot.chat.buttons import LISTED, button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Block,
    Message,
    Select,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.suggestions import (
    list_week_choices,
    suggest_all_weeks,
    suggest_own_cohorts,
    suggest_roadmaps,
)
from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.cohort import JOINABLE_STATES, Cohort, Member
from bot.group.gallery import fit_preview
from bot.roadmap import Roadmap
from bot.store.roadmaps import AvailableRoadmap
from bot.views.dates import format_day
from bot.views.gallery import list_card_facts
from bot.views.roadmap_overview import (
    describe_resource,
    list_certificate_lines,
    list_info_lines,
    list_project_lines,
    list_stage_lines,
)
from bot.views.week_list import describe_empty_week, render_item_lines
from bot.views.week_preview import render_preview_heading, render_preview_item, render_week_preview

WEEK_LINES = 16  # on a page
EXTRA_LINES = 12  # on a page
PREVIEW_STAGES = 1000  # characters of stages beside the preview of a week
MAX_SUMMARY = 500  # characters
MAX_TITLE = 150  # characters

Extras = Literal["notes", "projects", "certificates", "resources"]


@command(reads=True, order=20, helps=("waiting",), action="The whole plan")
async def roadmap_show(
    call: Call,
    week: Annotated[int | None, "One week in full", suggest_all_weeks] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    about: Annotated[Extras | None, "Notes, projects, certificates or resources"] = None,
    roadmap: Annotated[str | None, "A plan other than your cohort's", suggest_roadmaps] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Show the whole plan, or one week of it in full."""
    if roadmap is not None:
        available = await call.find_available_roadmap(roadmap)
        return _build_available_page(call, available, about, week, page or 1)
    own_cohort = await call.resolve_cohort(cohort)
    cohort_roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    shown_roadmap = ShownRoadmap(cohort_roadmap, own_cohort)
    if about is not None:
        return _build_extras_page(shown_roadmap, about, page or 1)
    if week is not None:
        return _build_roadmap_week_page(shown_roadmap, own_cohort.syllabus, week, page or 1)
    # A guest may look at a cohort's plan without being in it, and before the bot knows them.
    member = None
    if call.person.id:
        member = await call.tx.members.find_member(own_cohort, call.person)
    lines = [*_list_week_lines(own_cohort, member)]
    first_button = _choose_first_button(own_cohort, member, call.caller.is_moderator)
    return _build_roadmap_page(shown_roadmap, lines, page or 1, first_button)


@dataclass(frozen=True, slots=True)
class ShownRoadmap:
    """A roadmap on show, with the cohort that follows it; None for any other available roadmap."""

    roadmap: Roadmap
    cohort: Cohort | None = None

    @property
    def owner_name(self) -> str:
        if self.cohort is not None:
            return self.cohort.name
        return escape_text(self.roadmap.title)

    def build_show_phrase(self, **options: object) -> str:
        """Return the phrase for another page of the same roadmap."""
        if self.cohort is not None:
            return build_phrase("roadmap show", **options, cohort=self.cohort.ref)
        return build_phrase("roadmap show", **options, roadmap=self.roadmap.slug)


# — a plan that no cohort here has to follow —


def _build_available_page(
    call: Call, available: AvailableRoadmap, extras: Extras | None, week: int | None, page: int
) -> Message:
    shown_roadmap = ShownRoadmap(available.roadmap)
    if extras is not None:
        return _build_extras_page(shown_roadmap, extras, page)
    preview = fit_preview(available.roadmap)
    syllabus = preview.syllabus
    if week is not None:
        return _build_preview_page(call, shown_roadmap, syllabus, week, page)
    lines = [*list_stage_lines(available.roadmap)]
    line_page = paginate_lines(lines, page, WEEK_LINES, PREVIEW_STAGES)
    blocks: list[Block | str] = ["\n".join(line_page.entries)]
    if line_page.number == 1:
        blocks.insert(0, _describe_plan(available))
        blocks.append(render_week_preview(available.roadmap, preview))
    blocks.extend(line_page.build_page_buttons(shown_roadmap.build_show_phrase()))
    if line_page.number == 1:
        blocks.append(_build_week_select(shown_roadmap, syllabus))
    all_plans = ("All plans", build_phrase("roadmap list"))
    blocks.append(button_row(*_list_start_buttons(call, shown_roadmap), all_plans))
    if extra_buttons := list(_list_extra_buttons(shown_roadmap)):
        blocks.append(button_row(*extra_buttons, has_main=False))
    return text_message(*blocks, title=shorten(available.roadmap.title, MAX_TITLE))


def _describe_plan(available: AvailableRoadmap) -> str:
    card = available.card
    lines = [" · ".join([*list_card_facts(card), format_count(card.item_count, "item")])]
    if card.audience:
        lines.append(escape_text(f"For: {card.audience}"))
    lines.append(_format_roadmap_summary(available.roadmap))
    return "\n".join(lines)


def _build_week_select(shown_roadmap: ShownRoadmap, syllabus: Syllabus) -> Select:
    # More weeks than a menu holds are reached from week to week.
    choices = tuple(list_week_choices(syllabus)[:OPTIONS])
    return Select("Look into a week", shown_roadmap.build_show_phrase(), "week", choices)


def _list_start_buttons(call: Call, shown_roadmap: ShownRoadmap) -> list[tuple[str, str]]:
    if not call.caller.is_moderator:
        return []
    return [("Start a cohort", build_phrase("cohort create", roadmap=shown_roadmap.roadmap.slug))]


def _build_preview_page(
    call: Call, shown_roadmap: ShownRoadmap, syllabus: Syllabus, number: int, page: int
) -> Message:
    week = _get_week(shown_roadmap, syllabus, number)
    roadmap = shown_roadmap.roadmap
    lines = [render_preview_item(roadmap, item_id) for item_id in week.items]
    line_page = paginate_lines(lines, page, LISTED)
    blocks: list[Block | str] = []
    heading = render_preview_heading(roadmap, syllabus, week)
    if heading and line_page.number == 1:
        blocks.append(heading)
    blocks.append("\n".join(line_page.entries) or describe_empty_week(week))
    blocks.extend(line_page.build_page_buttons(shown_roadmap.build_show_phrase(week=number)))
    pairs = []
    for label, other in (("Week before", number - 1), ("Next week", number + 1)):
        if 1 <= other <= len(syllabus.weeks):
            pairs.append((label, shown_roadmap.build_show_phrase(week=other)))
    pairs.append(("The whole plan", shown_roadmap.build_show_phrase()))
    pairs += _list_start_buttons(call, shown_roadmap)
    blocks.append(button_row(*pairs, has_main=False))
    return text_message(*blocks, title=_format_week_title(number, week))


# — the whole roadmap —


def _choose_first_button(
    cohort: Cohort, member: Member | None, is_moderator: bool
) -> tuple[str, str] | None:
    """Return the first thing to do from here; None when everything would be refused."""
    if member:
        return "This week's list", build_phrase("week", cohort=cohort.ref)
    if cohort.state in JOINABLE_STATES:
        return "Join", build_phrase("join", cohort=cohort.ref)
    if is_moderator:
        # A moderator comes to a draft from the answer that made it, and goes back to its dates.
        return "Back to the dates", build_phrase("posts timeline", cohort=cohort.ref)
    return None


def _build_roadmap_page(
    shown_roadmap: ShownRoadmap,
    lines: Sequence[str],
    number: int,
    first_button: tuple[str, str] | None,
) -> Message:
    line_page = paginate_lines(lines, number, WEEK_LINES)
    blocks: list[Block | str] = ["\n".join(line_page.entries)]
    if line_page.number == 1:
        blocks.insert(0, _format_roadmap_summary(shown_roadmap.roadmap))
    blocks.extend(line_page.build_page_buttons(shown_roadmap.build_show_phrase()))
    buttons = list(_list_extra_buttons(shown_roadmap))
    if first_button is not None:
        buttons.insert(0, first_button)
    if buttons:
        blocks.append(button_row(*buttons))
    return text_message(*blocks, title=shorten(shown_roadmap.roadmap.title, MAX_TITLE))


def _format_roadmap_summary(roadmap: Roadmap) -> str:
    short_summary = escape_text(shorten(roadmap.summary, MAX_SUMMARY))
    return f"{short_summary}{_format_roadmap_origin(roadmap)}"


def _format_roadmap_origin(roadmap: Roadmap) -> str:
    origin = roadmap.provenance
    # A plan that is its author's own names itself.
    if origin is None or origin.title in (None, roadmap.title):
        return ""
    author = f" by {escape_text(origin.author)}" if origin.author else ""
    return f"\n_Based on “{escape_text(origin.title)}”{author}_"


def _list_week_lines(cohort: Cohort, member: Member | None) -> Iterator[str]:
    """Return a line for each week, the first week in a stage below the stage's title."""
    first_days = _map_first_days(cohort, member)
    stage = ""
    for number, syllabus_week in enumerate(cohort.syllabus.weeks, 1):
        week_line = _format_week_line(number, syllabus_week, first_days.get(syllabus_week.id))
        if syllabus_week.stage not in {stage, ""}:
            week_line = f"**{escape_text(syllabus_week.stage)}**\n{week_line}"
        stage = syllabus_week.stage
        yield week_line


def _map_first_days(cohort: Cohort, member: Member | None) -> dict[str, date]:
    # A member's own clock may be weeks behind the cohort's.
    own_calendar = member.build_member_calendar(cohort) if member else cohort.calendar
    return {calendar_week.id: calendar_week.first for calendar_week in own_calendar.weeks}


def _format_week_line(number: int, syllabus_week: SyllabusWeek, first_day: date | None) -> str:
    parts = [f"{number}. {escape_text(syllabus_week.title)}"]
    if syllabus_week.items:
        parts.append(format_count(len(syllabus_week.items), "item"))
    if first_day is not None:
        parts.append(f"from {format_day(first_day)}")
    return " · ".join(parts)


# — notes, projects, certificates, resources —


def _list_extra_buttons(shown_roadmap: ShownRoadmap) -> Iterator[tuple[str, str]]:
    """Return a button for each kind of extras that the roadmap has."""
    roadmap = shown_roadmap.roadmap
    if roadmap.resources:
        yield "Resources", _build_resources_phrase(shown_roadmap)
    if roadmap.info:
        yield "Notes", shown_roadmap.build_show_phrase(about="notes")
    if roadmap.portfolio:
        yield "Projects", shown_roadmap.build_show_phrase(about="projects")
    if roadmap.certificates:
        yield "Certificates", shown_roadmap.build_show_phrase(about="certificates")


def _build_resources_phrase(shown_roadmap: ShownRoadmap) -> str:
    # `resources` can search by topic, but only in the roadmap of a cohort.
    if shown_roadmap.cohort is not None:
        return build_phrase("resources", cohort=shown_roadmap.cohort.ref)
    return shown_roadmap.build_show_phrase(about="resources")


def _build_extras_page(shown_roadmap: ShownRoadmap, extras: Extras, number: int) -> Message:
    roadmap = shown_roadmap.roadmap
    line_page = paginate_lines([*_list_extra_lines(roadmap, extras)], number, EXTRA_LINES)
    if not line_page.entries:
        raise Refused(
            f"{escape_text(roadmap.title)} has no {extras}: use `roadmap show` to see the plan.",
            "about",
        )
    return text_message(
        "\n".join(line_page.entries),
        *line_page.build_page_buttons(shown_roadmap.build_show_phrase(about=extras)),
        _build_back_to_roadmap(shown_roadmap),
        title=shorten(f"{extras.capitalize()} of {roadmap.title}", MAX_TITLE),
    )


def _list_extra_lines(roadmap: Roadmap, extras: Extras) -> Iterable[str]:
    match extras:
        case "notes":
            return list_info_lines(roadmap)
        case "projects":
            return list_project_lines(roadmap)
        case "certificates":
            return list_certificate_lines(roadmap)
        case "resources":
            return map(describe_resource, roadmap.resources)


def _build_back_to_roadmap(shown_roadmap: ShownRoadmap) -> Block:
    return button_row(("The whole plan", shown_roadmap.build_show_phrase()))


# — one week —


def _build_roadmap_week_page(
    shown_roadmap: ShownRoadmap, syllabus: Syllabus, number: int, page: int
) -> Message:
    syllabus_week = _get_week(shown_roadmap, syllabus, number)
    item_lines = render_item_lines(shown_roadmap.roadmap, syllabus_week.items)
    line_page = paginate_lines(item_lines, page, LISTED)
    blocks: list[Block | str] = []
    heading = _format_week_introduction(shown_roadmap.roadmap, syllabus_week, line_page.number == 1)
    if heading:
        blocks.append(heading)
    blocks.append("\n".join(line_page.entries) or describe_empty_week(syllabus_week))
    blocks.extend(line_page.build_page_buttons(shown_roadmap.build_show_phrase(week=number)))
    blocks.append(_build_back_to_roadmap(shown_roadmap))
    return text_message(*blocks, title=_format_week_title(number, syllabus_week))


def _get_week(shown_roadmap: ShownRoadmap, syllabus: Syllabus, number: int) -> SyllabusWeek:
    week_count = len(syllabus.weeks)
    if not 1 <= number <= week_count:
        raise Refused(
            f"{shown_roadmap.owner_name} has no week {number}: choose 1 to {week_count}.", "week"
        )
    return syllabus.weeks[number - 1]


def _format_week_title(number: int, week: SyllabusWeek) -> str:
    return shorten(f"Week {number}: {week.title}", MAX_TITLE)


def _format_week_introduction(
    roadmap: Roadmap, syllabus_week: SyllabusWeek, is_first_page: bool
) -> str:
    lines = []
    if syllabus_week.stage:
        lines.append(f"_{escape_text(syllabus_week.stage)}_")
    week_summary = _find_week_summary(roadmap, syllabus_week.id)
    if week_summary and is_first_page:
        lines.append(escape_text(shorten(week_summary, MAX_SUMMARY)))
    return "\n".join(lines)


def _find_week_summary(roadmap: Roadmap, week_id: str) -> str | None:
    # A week that fitting added to a syllabus is not in the roadmap.
    for roadmap_week in roadmap.weeks:
        if roadmap_week.id == week_id:
            return roadmap_week.summary
    return None
