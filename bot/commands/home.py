"""`home`: everything of somebody's own at a glance, for platforms that have a page for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.buttons import button_row
from bot.chat.message import (
    LABEL,
    OPTIONS,
    Block,
    Choice,
    Message,
    Progress,
    Select,
    Text,
    build_phrase,
    escape_text,
    text_message,
)
from bot.chat.text import shorten
from bot.command import Call, command
from bot.group.cohort import Cohort
from bot.group.route import build_route
from bot.views.dates import describe_cohort_state
from bot.views.notices import format_finish_notice, list_join_buttons
from bot.views.timeline import describe_next_post
from bot.views.week_list import build_own_checklists

WELCOME = "Welcome! I take study groups through a plan, week by week, and you are in no cohort yet."
LISTS = 2  # cohorts whose list of this week is shown; of the others there is a line
JOINS = 4
TROUBLES = 3
LINES = 10


@command(reads=True, hidden=True)
async def home(call: Call) -> Message:
    """Your cohorts, this week's list, your settings."""
    mine = (
        [
            one.advance_state(call.now)
            for one in await call.tx.cohorts.list_cohorts_of_person(call.person)
        ]
        if call.person.id
        else []
    )
    going = [one for one in mine if one.state != "finished"] or mine
    blocks: list[Block] = []
    for one in going[:LISTS]:
        blocks += await _build_own_cohort_blocks(call, one)
    if going[LISTS:]:
        blocks.append(
            Text(
                "\n".join(_format_standing_line(one, call) for one in going[LISTS : LISTS + LINES])
            )
        )
    if all(one.state == "finished" for one in going):
        blocks += await _build_joinable_blocks(call, going)
    blocks += _build_settings_blocks(call)
    if call.caller.is_moderator:
        blocks += await _build_moderator_blocks(call)
    return text_message(
        *blocks, title="Your study group" if len(going) < 2 else "Your study groups"
    )


async def _build_own_cohort_blocks(call: Call, cohort: Cohort) -> Sequence[Block]:
    """A cohort as its member sees it: where it is, what comes next in their own time, this week's list."""
    member = await call.tx.members.find_member(cohort, call.person)
    if member is None:
        return ()
    plan = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    route = build_route(plan, cohort.syllabus, member.picks)
    whole = Progress("The whole plan", route.count_done_slots(done), route.count_slots())
    if member.has_finished_roadmap(cohort, call.now):
        return (
            Text(format_finish_notice(cohort)),
            whole,
            _build_home_page_buttons(
                ("My list", build_phrase("week", cohort=cohort.ref)), cohort=cohort
            ),
        )
    coming = describe_next_post(
        cohort,
        call.now,
        await call.tx.ledger.list_posts_in_every_home(cohort),
        member.get_zone_name(cohort),
        post_kinds=call.post_kinds,
    )
    head = f"{_format_standing_line(cohort, call)}\n{coming}"
    if (week := member.get_current_week(cohort, call.now)) is None:
        return (
            Text(head),
            whole,
            _build_home_page_buttons(
                ("The whole plan", build_phrase("roadmap show", cohort=cohort.ref))
            ),
        )
    reported = await call.tx.progress.load_checkin(member, week.id)
    note = "checked in" if reported else ""
    here = Progress(
        shorten(week.title_with_number),
        route.count_done_slots(done, week.id),
        route.count_slots(week.id),
        note,
        strong=True,
    )
    label = "Edit my check-in" if reported else "Check in"
    return (
        Text(head),
        here,
        whole,
        *build_own_checklists(plan, cohort, week, done, route),
        _build_home_page_buttons(
            (label, build_phrase("checkin", week=week.id, cohort=cohort.ref)), cohort=cohort
        ),
    )


def _build_home_page_buttons(first: tuple[str, str], cohort: Cohort | None = None) -> Block:
    more = (("My progress", build_phrase("progress", cohort=cohort.ref)),) if cohort else ()
    return button_row(first, *more)


def _format_standing_line(cohort: Cohort, call: Call) -> str:
    return f"**{escape_text(cohort.name)}** {describe_cohort_state(cohort, call.now)}."


async def _build_joinable_blocks(call: Call, mine: Sequence[Cohort]) -> Sequence[Block]:
    """What somebody can join who is in no cohort, or whose cohorts have finished."""
    joinable = (await call.list_joinable_cohorts())[:JOINS]
    head = "**What is next?**" if mine else WELCOME
    if not joinable:
        return (
            ()
            if mine
            else (Text(f"{head}\nNo cohort is open here yet: a moderator can make one."),)
        )
    return (
        Text("\n".join((head, *(_format_standing_line(one, call) for one in joinable)))),
        button_row(*list_join_buttons(joinable, JOINS)),
    )


def _build_settings_blocks(call: Call) -> Sequence[Block]:
    person = call.person
    where = person.zone or "the time zone of your cohort"
    told = f"Reminders come at {person.reminder_at:%H:%M} in {escape_text(where)}, {person.reminders_a_week} a week at most."
    if person.delivery == "none" or not person.reminders_a_week:
        told = "You get no reminders."
    return (
        Text(f"**Settings**\n{told}"),
        button_row(("Settings", "settings"), ("What I can do", "help")),
    )


async def _build_moderator_blocks(call: Call) -> Sequence[Block]:
    """What a moderator looks after here, and what is wrong with it."""
    there = [
        one.advance_state(call.now)
        for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
    ]
    if not there:
        return (
            Text(
                "**For moderators**\nThere is no cohort yet: say `cohort create` in the channel it shall live in."
            ),
        )
    lines = [_format_standing_line(one, call) for one in there[:LINES]]
    troubles = [*await call.tx.cohorts.list_home_troubles(call.place)][:TROUBLES]
    choices = tuple(Choice(shorten(one.name, LABEL), one.ref, one.state) for one in there[:OPTIONS])
    return (
        Text("\n".join(("**For moderators**", *lines, *troubles))),
        Select("Open a timeline", "posts timeline", "cohort", choices),
    )
