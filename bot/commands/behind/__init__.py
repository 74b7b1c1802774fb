"""`behind`: three ways back for whoever is behind, and for everybody who wants another pace.

Without options it says what is open and offers the ways. With `way` it shows what that way would
change, and with agreement it takes it. `back` takes it back. Nothing of this is public.
"""

from __future__ import annotations

from typing import Annotated, Literal

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, build_phrase, escape_text, text_message
from bot.command import Call, CohortRef, MissingChoice, NumberRange, Sure, command
from bot.command.suggestions import match_choices, suggest_own_cohorts
from bot.command.waiting import list_other_cohorts
from bot.commands.behind.catch_up import answer_catch_up, stop_catching_up
from bot.commands.behind.next_cohort import answer_next_cohort, move_back
from bot.commands.behind.page import build_standing_page
from bot.commands.behind.shift import answer_shift, take_back_shift
from bot.commands.behind.standing import OwnStanding, load_standing
from bot.group.catch_up import MAX_HOURS
from bot.group.cohort import Cohort, Member
from bot.group.shift import MAX_SHIFT
from bot.views.cohort_texts import format_cohort_name
from bot.views.ways_back import CATCH_UP, NEXT, SHIFT

Way = Literal["catch-up", "shift", "next"]


async def suggest_next_cohorts(call: Call, typed: str) -> list[Choice]:
    """Suggest the cohorts to move to."""
    try:
        cohort = await call.resolve_cohort(None)
    except (Refused, MissingChoice):
        return []
    others = await list_other_cohorts(call, cohort)
    choices = [Choice(other.cohort.name, other.cohort.name) for other in others]
    return list(match_choices(choices, typed))


@command(section="me", order=45, helps=("running",), action="Ways to catch up")
async def behind(
    call: Call,
    way: Annotated[Way | None, "Which way back"] = None,
    hours: Annotated[
        int | None, "Hours a week you have, to catch up", NumberRange(1, MAX_HOURS)
    ] = None,
    weeks: Annotated[
        int | None, "Weeks to move yours by, 0 for none", NumberRange(0, MAX_SHIFT)
    ] = None,
    to: Annotated[str | None, "The cohort to move to", suggest_next_cohorts] = None,
    back: Annotated[bool, "Undo that way"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """See what is open and three ways back, in private."""
    chosen = way or _guess_way(hours, weeks, to)
    own_cohort = await call.resolve_cohort(cohort)
    target = await call.resolve_cohort(to) if to and chosen == NEXT else None
    if chosen is None:
        member = await _find_member(call, own_cohort)
        return build_standing_page(call, await load_standing(call, own_cohort, member))
    if target is not None and await _has_moved(call, own_cohort, target):
        return _answer_moved_already(target)
    locked, locked_target = await _lock_all(call, own_cohort, target)
    standing = await load_standing(call, locked, await _find_member(call, locked))
    if back:
        return await _take_back(call, standing, chosen)
    if chosen == CATCH_UP:
        return await answer_catch_up(call, standing, hours, sure)
    if chosen == SHIFT:
        return await answer_shift(call, standing, weeks, sure)
    return await answer_next_cohort(call, standing, locked_target, sure)


def _guess_way(hours: int | None, weeks: int | None, to: str | None) -> str | None:
    """Return the way that a typed option belongs to; None without any."""
    if hours is not None:
        return CATCH_UP
    if weeks is not None:
        return SHIFT
    return NEXT if to else None


async def _take_back(call: Call, standing: OwnStanding, way: str) -> Message:
    if way == CATCH_UP:
        return await stop_catching_up(call, standing)
    if way == SHIFT:
        return await take_back_shift(call, standing)
    return await move_back(call, standing)


async def _find_member(call: Call, cohort: Cohort) -> Member:
    """Return the caller's seat in a cohort. Raises `Refused` without one."""
    member = await call.tx.members.find_member(cohort, call.person) if call.person.id else None
    if member is None:
        raise Refused(f"You are not in {escape_text(cohort.name)}: use `join {cohort.name}` first.")
    return member


async def _has_moved(call: Call, cohort: Cohort, target: Cohort) -> bool:
    """Return True for somebody who pressed the button of a move once more."""
    if not call.person.id or await call.tx.members.find_member(cohort, call.person) is not None:
        return False
    return await call.tx.members.find_member(target, call.person) is not None


def _answer_moved_already(target: Cohort) -> Message:
    return text_message(
        f"You are in {format_cohort_name(target)} already.",
        button_row(("My list", build_phrase("week", cohort=target.ref))),
    )


async def _lock_all(
    call: Call, cohort: Cohort, target: Cohort | None
) -> tuple[Cohort, Cohort | None]:
    """Lock the cohorts a way touches, in the order of their ids, and then the person."""
    member = await _find_member(call, cohort)
    ids = {cohort.id, target.id if target else cohort.id, member.moved_from or cohort.id}
    locked = {}
    for cohort_id in sorted(ids):
        found = await call.tx.cohorts.lock_cohort(cohort_id)
        if found is not None:
            locked[cohort_id] = found.advance_state(call.now)
    await call.lock_person()
    return locked.get(cohort.id, cohort), locked.get(target.id, target) if target else None
