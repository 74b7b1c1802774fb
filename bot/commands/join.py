"""`join`: take a seat in a cohort. The answer tells newcomers the week their cohort is in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, escape_text, text_message
from bot.chat.text import format_count
from bot.command import Call, CohortRef, MissingChoice, command
from bot.command.steps import build_next_step_blocks, build_start_blocks
from bot.command.suggestions import suggest_open_cohorts
from bot.command.waiting import build_full_answer
from bot.group.cohort import Cohort, CohortFullError, Member
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import format_day

MODERATORS_SEE = "Moderators see your name and progress. You choose in `settings` what others see."


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
    bold_name = format_cohort_name(locked)
    member = await call.tx.members.find_member(locked, call.person)
    if member is not None:
        return await _build_landing_message(
            call, locked, member, f"You are in {bold_name} already."
        )
    try:
        member = await _enrol_caller(call, locked)
    except CohortFullError as full:
        return build_full_answer(locked, full)
    privacy = f"{MODERATORS_SEE}{await _describe_member_role(call, locked, member)}"
    return await _build_landing_message(call, locked, member, f"You are in {bold_name} 🎉", privacy)


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
    # The look names them, now or when a home's hour is over: nobody waits for that here.
    await call.tx.schedule.schedule_look(cohort, call.now)
    return member


async def _describe_member_role(call: Call, cohort: Cohort, member: Member) -> str:
    """Return the sentence about the role everybody sees a member by, empty without one."""
    role = await call.tx.role_requests.find_role(cohort.id, call.place, "member")
    if role is None or role.state != "wanted" or member.hidden:
        return ""
    return f" Here you get the role **{escape_text(role.name)}**, which everybody sees."


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
    open_cohorts = await call.list_open_cohorts()
    if not open_cohorts:
        raise Refused("No cohort is open here: a moderator can start one with `cohort create`.")
    if len(open_cohorts) == 1:
        return open_cohorts[0]
    choices = [_build_join_choice(cohort, call) for cohort in open_cohorts]
    raise MissingChoice("cohort", "Which cohort would you like to join?", choices)


def _build_join_choice(cohort: Cohort, call: Call) -> Choice:
    current_week = cohort.week_at(call.now)
    hint = f"starts {format_day(cohort.start)}"
    if current_week is not None:
        hint = f"in week {current_week.number}"
    return Choice(cohort.name, cohort.ref, hint)


# — the answer —


async def _build_landing_message(
    call: Call, cohort: Cohort, member: Member, hello: str, *notes: str
) -> Message:
    """Return the first page for a member: where the cohort is, and their next step."""
    if member.has_finished_roadmap(cohort, call.now):
        return text_message(hello, *await build_start_blocks(call, cohort, member))
    lines = (hello, _describe_place_in_plan(cohort, member, call.now), *notes)
    return text_message("\n".join(lines), *await build_next_step_blocks(call, cohort, member))


def _describe_place_in_plan(cohort: Cohort, member: Member, now: datetime) -> str:
    """Return where the cohort is in its plan; weeks before somebody joined are one sentence."""
    week_count = len(cohort.syllabus.weeks)
    current_week = member.get_current_week(cohort, now)
    if current_week is None:
        return _describe_cohort_start(cohort, week_count)
    title = escape_text(current_week.week.title)
    where = "It is paused in" if cohort.state == "paused" else "It is in"
    sentence = f"{where} week {current_week.number} of {week_count}: **{title}**."
    missed_count = len(member.list_missed_weeks(cohort, now))
    if not missed_count:
        return sentence
    return f"{sentence}\n{_describe_missed_weeks(missed_count)} Begin with this week."


def _describe_missed_weeks(count: int) -> str:
    if count == 1:
        return "You joined after week 1. You do not have to do it."
    weeks = "weeks 1 and 2" if count == 2 else f"weeks 1 to {count}"
    return f"You joined after {weeks}. You do not have to do them."


def _describe_cohort_start(cohort: Cohort, week_count: int) -> str:
    weeks = format_count(week_count, "week")
    calendar_weeks = cohort.calendar.weeks
    # A pause takes the dates of weeks away, until the moderators resume.
    if not calendar_weeks:
        return f"It is paused and takes {weeks}."
    return f"It starts on {format_day(calendar_weeks[0].first)} and takes {weeks}."
