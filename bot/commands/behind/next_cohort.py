"""Next cohort: a member goes on with another group on the same roadmap, or waits for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count, shorten
from bot.command import Act, Call
from bot.command.waiting import (
    OtherCohort,
    build_full_answer,
    list_other_cohorts,
    measure_other_cohort,
)
from bot.commands.behind.standing import OwnStanding
from bot.group.cohort import Cohort, CohortFullError, Member
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_cohort_state
from bot.views.ways_back import (
    MAX_TITLE,
    NEXT,
    build_back_button,
    build_way_phrase,
)

MAX_OFFERED = 3  # cohorts to move to


async def answer_next_cohort(
    call: Call, standing: OwnStanding, target: Cohort | None, sure: str | None
) -> Message:
    """Show the cohorts to move to, or move to one. Raises `Refused` for one that does not fit."""
    if target is None:
        return _answer_choice(call, standing, await list_other_cohorts(call, standing.cohort))
    _check_target(standing.cohort, target)
    other = await measure_other_cohort(call, target)
    target.check_admission(0, call.now)
    if other.is_full:
        return _answer_full(standing, target)
    act = _build_act(call, standing, target)
    if not act.is_agreed(sure):
        back = button_row(
            _build_wait_button(standing), build_back_button(standing.cohort), has_main=False
        )
        return act.build_preview(sure, back)
    return await _move_member(call, standing, target)


# — the choice —


def _answer_choice(call: Call, standing: OwnStanding, others: Sequence[OtherCohort]) -> Message:
    open_cohorts = [other for other in others if not other.is_full]
    if not open_cohorts:
        return _answer_no_cohort(standing, bool(others))
    lines = [
        f"• {format_cohort_name(other.cohort)} {_describe_other(call, other)}"
        for other in open_cohorts[:MAX_OFFERED]
    ]
    buttons = [
        (
            f"Move to {other.cohort.name}",
            build_way_phrase(standing.cohort, NEXT, to=other.cohort.ref),
        )
        for other in open_cohorts[:MAX_OFFERED]
    ]
    return text_message(
        "**Next cohort**: you leave this group for one that started later, and your ticks come "
        "along.",
        "\n".join(lines),
        button_row(*buttons, build_back_button(standing.cohort), has_main=False),
    )


def _describe_other(call: Call, other: OtherCohort) -> str:
    state = describe_cohort_state(other.cohort, call.now)
    if other.free_seats is None:
        return state
    return f"{state} · {format_count(other.free_seats, 'free seat')}"


def _answer_no_cohort(standing: OwnStanding, has_full_ones: bool) -> Message:
    reason = "No later cohort on this plan is open here yet."
    if has_full_ones:
        reason = "Every later cohort on this plan is full."
    title = escape_text(shorten(standing.roadmap.title, MAX_TITLE))
    return text_message(
        f"**Next cohort**: {reason} You can go on the waiting list for {title}: I tell you in "
        f"private when there is a seat. Until then you stay in {format_cohort_name(standing.cohort)}, "
        "and your ticks come along when you move.",
        button_row(_build_wait_button(standing), build_back_button(standing.cohort)),
    )


def _build_wait_button(standing: OwnStanding) -> tuple[str, str]:
    return "Waiting list", build_phrase("waitlist", cohort=standing.cohort.ref)


def _answer_full(standing: OwnStanding, target: Cohort) -> Message:
    return text_message(
        f"All seats of {format_cohort_name(target)} are taken by now. You are still in "
        f"{format_cohort_name(standing.cohort)}, and I can tell you when there is a seat.",
        button_row(_build_wait_button(standing), build_back_button(standing.cohort)),
    )


def _check_target(cohort: Cohort, target: Cohort) -> None:
    """Raise `Refused` for a cohort that is no next one."""
    if target.roadmap != cohort.roadmap:
        raise Refused(
            f"{target.name} has another plan than {cohort.name}: use `join {target.name}` for it.",
            "to",
        )
    if target.id == cohort.id:
        raise Refused(f"You are in {cohort.name} already: choose another cohort.", "to")


# — moving —


def _build_act(call: Call, standing: OwnStanding, target: Cohort) -> Act:
    old = standing.cohort
    head = (
        f"**Next cohort**: move from {format_cohort_name(old)} to {format_cohort_name(target)}, which "
        f"{describe_cohort_state(target, call.now)}? "
        f"Your ticks come along. You leave {escape_text(old.name)}; your check-ins there stay."
    )
    follow_ups = [f"You can come back while {escape_text(old.name)} has a free seat."]
    if old.seats is None:
        follow_ups = ["You can come back at any time."]
    phrase = build_way_phrase(old, NEXT, to=target.ref)
    return Act(head, f"Move to {target.name}", phrase, follow_ups=tuple(follow_ups))


async def _move_member(call: Call, standing: OwnStanding, target: Cohort) -> Message:
    old = standing.cohort
    await call.tx.members.end_membership(standing.member, call.now)
    moved = await call.tx.members.enrol_person(
        target, call.person, call.now, call.place, moved_from=old.id
    )
    await _carry_along(call, standing.member, moved, target)
    await call.tx.waiting.delete_entries_on_roadmap(call.person, target.roadmap)
    # The look names them, now or when a home's hour is over.
    await call.tx.schedule.schedule_look(target, call.now)
    return text_message(
        f"You are in {format_cohort_name(target)} now, which {describe_cohort_state(target, call.now)}. "
        "Your ticks have come along.",
        button_row(
            ("My list", build_phrase("week", cohort=target.ref)),
            (f"Back to {old.name}", build_way_phrase(target, NEXT, back="yes")),
        ),
    )


async def _carry_along(call: Call, before: Member, moved: Member, target: Cohort) -> None:
    """Give a member in their new cohort what they had: privacy, route and scores."""
    if (before.hidden, before.alias) != (moved.hidden, moved.alias):
        await call.tx.members.update_member_privacy(moved, hidden=before.hidden, alias=before.alias)
    if before.picks and not moved.picks:
        await call.tx.people.save_picks(call.person, target.id, before.picks, call.now)
    await call.tx.progress.update_member_scores(target, replace(moved, hidden=before.hidden))


async def move_back(call: Call, standing: OwnStanding) -> Message:
    """Bring a member back to the cohort they moved from. Raises `Refused` if it is over."""
    old = standing.old_cohort
    if old is None:
        raise Refused(
            f"There is no cohort to go back to from {standing.cohort.name}: "
            "use `join` to see the open ones."
        )
    if await call.tx.members.find_member(old, call.person) is None:
        try:
            old.check_admission((await measure_other_cohort(call, old)).taken, call.now)
        except CohortFullError as full:
            return build_full_answer(old, full)
        await call.tx.members.restore_membership(old, call.person, call.now)
    await call.tx.members.end_membership(standing.member, call.now)
    seat = await call.tx.members.find_member(old, call.person)
    if seat is not None:
        await call.tx.progress.update_member_scores(old, seat)
    return text_message(
        f"You are in {format_cohort_name(old)} again, as before. What you did in "
        f"{escape_text(standing.cohort.name)} stays.",
        button_row(
            ("My list", build_phrase("week", cohort=old.ref)), build_back_button(old, "Ways back")
        ),
    )
