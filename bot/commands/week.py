"""`week`: one week's items as a list to tick on the spot, its resources, and the way to the other weeks."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Message,
    Text,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import shorten
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.suggestions import suggest_own_cohorts, suggest_past_weeks
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.route import Route, build_route
from bot.roadmap import Roadmap
from bot.views.dates import format_day, format_week_dates
from bot.views.notices import format_finish_notice
from bot.views.resources import format_resource_line, list_week_resources
from bot.views.week_list import build_own_checklists

RESOURCES = 6
READING = 1500  # characters


@command(reads=True, section="me", order=10, helps=("running",), action="This week's list")
async def week(
    call: Call,
    n: Annotated[int | None, "Which week; without it, this one", suggest_past_weeks] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """This week's list to tick, its resources, and earlier weeks."""
    found, member = await call.resolve_membership(cohort)
    asked = _resolve_list_week(found, member, n, call)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    done = await call.tx.progress.load_ticked_items(call.person, found.roadmap)
    checked_in = await call.tx.progress.load_checkin(member, asked.id)
    route = build_route(plan, found.syllabus, member.picks)
    stage = f"_{escape_text(asked.week.stage)}_ · " if asked.week.stage else ""
    count = f"{route.count_done_slots(done, asked.id)} of {route.count_slots(asked.id)} done"
    head = f"{stage}{format_week_dates(asked)}\n{count}" + (" · checked in" if checked_in else "")
    if member.has_finished_roadmap(found, call.now):
        head = f"{head}\n{format_finish_notice(found)}"
    blocks: list[Block | str] = [
        head,
        *build_own_checklists(plan, found, asked, done, route, page or 1),
    ]
    blocks += _build_week_resources(plan, asked, route)
    return text_message(
        *blocks,
        _build_week_buttons(found, member, asked, bool(checked_in), call),
        title=shorten(asked.title_with_number, 150),
    )


def _resolve_list_week(cohort: Cohort, member: Member, n: int | None, call: Call) -> CalendarWeek:
    come = member.list_started_weeks(cohort, call.now)
    total = len(cohort.syllabus.weeks)
    if n is not None and not 1 <= n <= total:
        raise Refused(f"{cohort.name} has weeks 1 to {total}: name one of them.", "n")
    weeks = member.build_member_calendar(cohort).weeks
    if n is None and not come:
        opens = f"week 1 opens on {format_day(weeks[0].first)}" if weeks else "it is paused"
        raise Refused(f"{cohort.name} has not begun: {opens}, and `roadmap` has the whole plan.")
    number = n or come[-1].number
    dated = next((one for one in weeks if one.number == number), None)
    if dated is None:
        raise Refused(
            f"Week {number} has no dates while {cohort.name} is paused: `roadmap {number}` has what is in it.",
            "n",
        )
    return dated


def _build_week_resources(plan: Roadmap, week: CalendarWeek, route: Route) -> list[Block]:
    lines = [format_resource_line(one) for one in list_week_resources(plan, week.week, route)]
    shown = paginate_lines(lines, 1, RESOURCES, READING)
    more = f"\n… and {shown.left} more: `resources` has the whole list." if shown.left else ""
    return [Text("**To read**\n" + "\n".join(shown.entries) + more)] if lines else []


def _build_week_buttons(
    cohort: Cohort, member: Member, week: CalendarWeek, checked_in: bool, call: Call
) -> Block:
    pairs = []
    if (
        week.first <= member.get_member_date(cohort, call.now)
        or cohort.get_week_opening(week) <= call.now
    ):
        late = member.has_finished_roadmap(cohort, call.now)
        label = "Edit my check-in" if checked_in else "Check in late" if late else "Check in"
        pairs.append((label, build_phrase("checkin", week=week.id, cohort=cohort.ref)))
    if week.number > 1:
        pairs.append(
            (f"Week {week.number - 1}", build_phrase("week", n=week.number - 1, cohort=cohort.ref))
        )
    if week.number < len(cohort.syllabus.weeks):
        pairs.append(
            (f"Week {week.number + 1}", build_phrase("week", n=week.number + 1, cohort=cohort.ref))
        )
    pairs.append(("My progress", build_phrase("progress", cohort=cohort.ref)))
    return button_row(*pairs)
