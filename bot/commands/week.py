"""`week`: one week's items as a list to tick on the spot, its resources, and the way to the other weeks."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import Block, Message, Text, page_of_lines, phrase, quote, say
from bot.chat.text import short
from bot.command import Call, Hidden, command
from bot.command.suggestions import my_cohorts, weeks
from bot.group.calendar import Dated
from bot.group.cohort import Cohort, Member
from bot.group.route import Route, route_of
from bot.roadmap import Roadmap
from bot.views.dates import day, span
from bot.views.notices import farewell
from bot.views.resources import resource_line, resources_of
from bot.views.week_list import own_list

RESOURCES = 6
READING = 1500  # characters


@command(reads=True, section="me", order=10, helps=("running",), action="This week's list")
async def week(
    call: Call,
    n: Annotated[int | None, "Which week; without it, this one", weeks] = None,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """This week's list to tick, its resources, and earlier weeks."""
    found, member = await call.membership(cohort)
    asked = _asked(found, member, n, call)
    plan = await call.tx.cohorts.plan(found.plan_id)
    done = await call.tx.progress.ticked(call.person, found.roadmap)
    checked_in = await call.tx.progress.checked_in(member, asked.id)
    route = route_of(plan, found.syllabus, member.picks)
    stage = f"_{quote(asked.week.stage)}_ · " if asked.week.stage else ""
    count = f"{route.done(done, asked.id)} of {route.total(asked.id)} done"
    head = f"{stage}{span(asked)}\n{count}" + (" · checked in" if checked_in else "")
    if member.is_through(found, call.now):
        head = f"{head}\n{farewell(found)}"
    blocks: list[Block | str] = [head, *own_list(plan, found, asked, done, route, page or 1)]
    blocks += _resources(plan, asked, route)
    return say(
        *blocks, _ways(found, member, asked, bool(checked_in), call), title=short(asked.label, 150)
    )


def _asked(cohort: Cohort, member: Member, n: int | None, call: Call) -> Dated:
    come = member.come(cohort, call.now)
    total = len(cohort.syllabus.weeks)
    if n is not None and not 1 <= n <= total:
        raise Refused(f"{cohort.name} has weeks 1 to {total}: name one of them.", "n")
    weeks = member.calendar(cohort).weeks
    if n is None and not come:
        opens = f"week 1 opens on {day(weeks[0].first)}" if weeks else "it is paused"
        raise Refused(f"{cohort.name} has not begun: {opens}, and `roadmap` has the whole plan.")
    number = n or come[-1].number
    dated = next((one for one in weeks if one.number == number), None)
    if dated is None:
        raise Refused(
            f"Week {number} has no dates while {cohort.name} is paused: `roadmap {number}` has what is in it.",
            "n",
        )
    return dated


def _resources(plan: Roadmap, week: Dated, route: Route) -> list[Block]:
    lines = [resource_line(one) for one in resources_of(plan, week.week, route)]
    shown = page_of_lines(lines, 1, RESOURCES, READING)
    more = f"\n… and {shown.left} more: `resources` has the whole list." if shown.left else ""
    return [Text("**To read**\n" + "\n".join(shown.entries) + more)] if lines else []


def _ways(cohort: Cohort, member: Member, week: Dated, checked_in: bool, call: Call) -> Block:
    pairs = []
    if week.first <= member.today(cohort, call.now) or cohort.opens_at(week) <= call.now:
        late = member.is_through(cohort, call.now)
        label = "Edit my check-in" if checked_in else "Check in late" if late else "Check in"
        pairs.append((label, phrase("checkin", week=week.id, cohort=cohort.ref)))
    if week.number > 1:
        pairs.append(
            (f"Week {week.number - 1}", phrase("week", n=week.number - 1, cohort=cohort.ref))
        )
    if week.number < len(cohort.syllabus.weeks):
        pairs.append(
            (f"Week {week.number + 1}", phrase("week", n=week.number + 1, cohort=cohort.ref))
        )
    pairs.append(("My progress", phrase("progress", cohort=cohort.ref)))
    return buttons(*pairs)
