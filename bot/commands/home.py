"""`home`: everything of somebody's own at a glance, for platforms that have a page for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.buttons import buttons
from bot.chat.message import (
    LABEL,
    OPTIONS,
    Block,
    Choice,
    Message,
    Progress,
    Select,
    Text,
    phrase,
    quote,
    say,
)
from bot.chat.text import short
from bot.command import Call, command
from bot.group.cohort import Cohort
from bot.group.route import route_of
from bot.views.dates import standing
from bot.views.notices import farewell, joins
from bot.views.timeline import next_post
from bot.views.week_list import own_list

WELCOME = "Welcome! I take study groups through a plan, week by week, and you are in no cohort yet."
LISTS = 2  # cohorts whose list of this week is shown; of the others there is a line
JOINS = 4
TROUBLES = 3
LINES = 10


@command(reads=True, hidden=True)
async def home(call: Call) -> Message:
    """Your cohorts, this week's list, your settings."""
    mine = (
        [one.advanced(call.now) for one in await call.tx.cohorts.of_person(call.person)]
        if call.person.id
        else []
    )
    going = [one for one in mine if one.state != "finished"] or mine
    blocks: list[Block] = []
    for one in going[:LISTS]:
        blocks += await _own(call, one)
    if going[LISTS:]:
        blocks.append(Text("\n".join(_line(one, call) for one in going[LISTS : LISTS + LINES])))
    if all(one.state == "finished" for one in going):
        blocks += await _open(call, going)
    blocks += _settings(call)
    if call.caller.moderator:
        blocks += await _corner(call)
    return say(*blocks, title="Your study group" if len(going) < 2 else "Your study groups")


async def _own(call: Call, cohort: Cohort) -> Sequence[Block]:
    """A cohort as its member sees it: where it is, what comes next in their own time, this week's list."""
    member = await call.tx.members.of(cohort, call.person)
    if member is None:
        return ()
    plan = await call.tx.cohorts.plan(cohort.plan_id)
    done = await call.tx.progress.ticked(call.person, cohort.roadmap)
    route = route_of(plan, cohort.syllabus, member.picks)
    whole = Progress("The whole plan", route.done(done), route.total())
    if member.is_through(cohort, call.now):
        return (
            Text(farewell(cohort)),
            whole,
            _ways(("My list", phrase("week", cohort=cohort.ref)), cohort=cohort),
        )
    coming = next_post(cohort, call.now, await call.tx.ledger.entered(cohort), member.zone(cohort))
    head = f"{_line(cohort, call)}\n{coming}"
    if (week := member.week(cohort, call.now)) is None:
        return (
            Text(head),
            whole,
            _ways(("The whole plan", phrase("roadmap show", cohort=cohort.ref))),
        )
    reported = await call.tx.progress.checked_in(member, week.id)
    note = "checked in" if reported else ""
    here = Progress(
        short(week.label), route.done(done, week.id), route.total(week.id), note, strong=True
    )
    label = "Edit my check-in" if reported else "Check in"
    return (
        Text(head),
        here,
        whole,
        *own_list(plan, cohort, week, done, route),
        _ways((label, phrase("checkin", week=week.id, cohort=cohort.ref)), cohort=cohort),
    )


def _ways(first: tuple[str, str], cohort: Cohort | None = None) -> Block:
    more = (("My progress", phrase("progress", cohort=cohort.ref)),) if cohort else ()
    return buttons(first, *more)


def _line(cohort: Cohort, call: Call) -> str:
    return f"**{quote(cohort.name)}** {standing(cohort, call.now)}."


async def _open(call: Call, mine: Sequence[Cohort]) -> Sequence[Block]:
    """What somebody can join who is in no cohort, or whose cohorts have finished."""
    joinable = (await call.joinable())[:JOINS]
    head = "**What is next?**" if mine else WELCOME
    if not joinable:
        return (
            ()
            if mine
            else (Text(f"{head}\nNo cohort is open here yet: a moderator can make one."),)
        )
    return (
        Text("\n".join((head, *(_line(one, call) for one in joinable)))),
        buttons(*joins(joinable, JOINS)),
    )


def _settings(call: Call) -> Sequence[Block]:
    person = call.person
    where = person.zone or "the time zone of your cohort"
    told = f"Reminders come at {person.reminder_at:%H:%M} in {quote(where)}, {person.reminders_a_week} a week at most."
    if person.delivery == "none" or not person.reminders_a_week:
        told = "You get no reminders."
    return (
        Text(f"**Settings**\n{told}"),
        buttons(("Settings", "settings"), ("What I can do", "help")),
    )


async def _corner(call: Call) -> Sequence[Block]:
    """What a moderator looks after here, and what is wrong with it."""
    there = [one.advanced(call.now) for one in await call.tx.cohorts.in_space(call.place)]
    if not there:
        return (
            Text(
                "**For moderators**\nThere is no cohort yet: say `cohort create` in the channel it shall live in."
            ),
        )
    lines = [_line(one, call) for one in there[:LINES]]
    troubles = [*await call.tx.cohorts.troubles(call.place)][:TROUBLES]
    choices = tuple(Choice(short(one.name, LABEL), one.ref, one.state) for one in there[:OPTIONS])
    return (
        Text("\n".join(("**For moderators**", *lines, *troubles))),
        Select("Open a timeline", "cohort timeline", "cohort", choices),
    )
