"""`join`: take a seat in a cohort. The answer tells newcomers the week their cohort is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, build_phrase, escape_text, format_moment, text_message
from bot.chat.text import format_count, join_names, shorten
from bot.command import Call, CohortRef, MissingChoice, command
from bot.command.suggestions import suggest_open_cohorts
from bot.command.waiting import build_full_answer
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, CohortFullError, Member
from bot.group.zones import load_zone
from bot.post import list_slots_between
from bot.views.dates import format_day

MAX_PAST_WEEKS = 12  # past weeks that a newcomer sees by name
MAX_TITLE = 60  # characters of each
LOOK_AHEAD = timedelta(days=14)  # a later next post is left out: it would tell a newcomer nothing
JOINABLE_STATES = frozenset({"open", "running", "paused"})


@command(order=10, helps=("outside", "over"), action="Join a cohort")
async def join(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_open_cohorts, CohortRef()] = None,
) -> Message:
    """Join a cohort and study together, week by week."""
    chosen = await _choose_cohort_to_join(call, cohort)
    # Locked before the seats are counted, so that two people never take the last one.
    locked = await call.tx.cohorts.lock_cohort(chosen.id) or chosen
    locked = locked.advance_state(call.now)
    await call.lock_person()
    bold_name = f"**{escape_text(locked.name)}**"
    member = await call.tx.members.find_member(locked, call.person)
    if member is not None:
        return build_landing_message(locked, member, call, f"You are in {bold_name} already.")
    try:
        member = await _enrol_caller(call, locked)
    except CohortFullError as full:
        return build_full_answer(locked, full)
    return build_landing_message(locked, member, call, f"You are in {bold_name} 🎉")


async def _enrol_caller(call: Call, cohort: Cohort) -> Member:
    """Give the caller a seat, with their privacy, their ticks and their posts.

    Raises `Refused` for a cohort that is full, not open yet, or over.
    """
    is_limited = cohort.seats is not None
    seats_taken = await call.tx.members.count_seats_taken(cohort) if is_limited else 0
    cohort.check_admission(seats_taken, call.now)
    member = await call.tx.members.enrol_person(cohort, call.person, call.now, call.place)
    member = await _apply_own_privacy(call, member)
    # Ticks from an earlier cohort on the same roadmap count here at once.
    if await call.tx.progress.load_ticked_items(call.person, cohort.roadmap):
        await call.tx.progress.update_member_scores(cohort, member)
    await call.tx.schedule.schedule_newcomer_posts(cohort, call.now)
    return member


async def _apply_own_privacy(call: Call, member: Member) -> Member:
    # Whoever hid from every board is hidden in a new cohort from the first moment.
    is_hidden = await call.tx.people.load_setting(call.person, "hidden") == "yes"
    if not is_hidden or member.hidden:
        return member
    await call.tx.members.update_member_privacy(member, hidden=True, alias=member.alias)
    return replace(member, hidden=True)


async def _choose_cohort_to_join(call: Call, named: str | None) -> Cohort:
    if named:
        return await call.resolve_cohort(named)
    open_cohorts = await _list_cohorts_to_join(call)
    if not open_cohorts:
        raise Refused("No cohort is open here: a moderator can start one with `cohort create`.")
    if len(open_cohorts) == 1:
        return open_cohorts[0]
    choices = [_build_join_choice(cohort, call) for cohort in open_cohorts]
    raise MissingChoice("cohort", "Which cohort would you like to join?", choices)


async def _list_cohorts_to_join(call: Call) -> list[Cohort]:
    open_cohorts = []
    for stored_cohort in await call.tx.cohorts.list_cohorts_in_space(call.place):
        cohort = stored_cohort.advance_state(call.now)
        if cohort.state in JOINABLE_STATES:
            open_cohorts.append(cohort)
    return open_cohorts


def _build_join_choice(cohort: Cohort, call: Call) -> Choice:
    current_week = cohort.week_at(call.now)
    hint = f"starts {format_day(cohort.start)}"
    if current_week is not None:
        hint = f"in week {current_week.number}"
    return Choice(cohort.name, cohort.ref, hint)


# — the answer —


def build_landing_message(cohort: Cohort, member: Member, call: Call, hello: str) -> Message:
    """Return the first page for a new member: the cohort's week, and the next steps."""
    current_week = member.get_current_week(cohort, call.now)
    lines = [hello, _describe_join_week(cohort, current_week)]
    next_post_at = _find_next_post_time(cohort, call)
    if next_post_at is not None:
        lines.append(_format_next_post_line(next_post_at, cohort, member))
    buttons = _list_landing_buttons(cohort, member, current_week)
    return text_message("\n".join(lines), button_row(*buttons))


def _format_next_post_line(next_post_at: datetime, cohort: Cohort, member: Member) -> str:
    # The zone is the cohort's until the member sets their own, so it is named until then.
    zone = load_zone(member.get_zone_name(cohort))
    moment = format_moment(next_post_at, zone, has_zone_name=not member.person.zone)
    return f"The next post comes on {moment}."


def _list_landing_buttons(
    cohort: Cohort, member: Member, current_week: CalendarWeek | None
) -> list[tuple[str, str]]:
    buttons = []
    if current_week is not None:
        buttons.append(("This week's list", build_phrase("week", cohort=cohort.ref)))
    if current_week is not None and current_week.number > 1:
        buttons.append(("Ways to catch up", build_phrase("behind", cohort=cohort.ref)))
    buttons.append(("The whole plan", build_phrase("roadmap show", cohort=cohort.ref)))
    if member.person.zone is None:
        buttons.append(("Set my time zone", "settings ask=times"))
    return buttons


def _describe_join_week(cohort: Cohort, current_week: CalendarWeek | None) -> str:
    week_count = len(cohort.syllabus.weeks)
    if current_week is None:
        return _describe_cohort_start(cohort, week_count)
    number = current_week.number
    sentence = (
        f"It is in week {number} of {week_count}: **{escape_text(current_week.week.title)}**."
    )
    if number == 1:
        return sentence
    past_weeks = join_names(_list_past_weeks(cohort, number))
    return (
        f"{sentence}\nCovered so far: {past_weeks}. "
        "Nobody expects you to do it all at once: begin with this week."
    )


def _describe_cohort_start(cohort: Cohort, week_count: int) -> str:
    calendar_weeks = cohort.calendar.weeks
    first_day = calendar_weeks[0].first if calendar_weeks else cohort.start
    return f"It starts on {format_day(first_day)} and takes {format_count(week_count, 'week')}."


def _list_past_weeks(cohort: Cohort, current_number: int) -> Sequence[str]:
    past_weeks = list(enumerate(cohort.syllabus.weeks[: current_number - 1], 1))
    names = []
    for number, past_week in past_weeks[-MAX_PAST_WEEKS:]:
        names.append(f"{number}. {escape_text(shorten(past_week.title, MAX_TITLE))}")
    hidden_count = len(past_weeks) - len(names)
    if hidden_count:
        names.append(f"{hidden_count} more before that (`roadmap`)")
    return names


def _find_next_post_time(cohort: Cohort, call: Call) -> datetime | None:
    slots = list_slots_between(cohort, call.now, call.now + LOOK_AHEAD, post_kinds=call.post_kinds)
    return slots[0].at if slots else None
