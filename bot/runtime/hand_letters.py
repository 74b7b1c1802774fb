"""Letters that moderators had the bot send, judged once more when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.message import Message
from bot.group.attention import KIND_WORD, MemberNeed
from bot.group.cohort import Cohort, Member
from bot.group.letters_by_hand import (
    SKIP_REASONS,
    HandLetter,
    Objection,
    find_offer_objection,
    find_word_objection,
)
from bot.post import find_quiet_end
from bot.runtime.compose import Delay, Skip
from bot.store import Tx
from bot.store.ledger import Letter
from bot.views.hand_letters import build_offer_by_hand

TOO_OLD = timedelta(days=7)  # of a letter that could not leave: nobody means it any more


async def outline_hand_letter(
    tx: Tx, cohort: Cohort, letter: Letter, member: Member | None, now: datetime
) -> Message | Skip | Delay:
    """Return a letter by hand, or why nobody needs it, or until when it waits."""
    if member is None or member.left_at is not None:
        return Skip("left the cohort")
    if letter.edition != cohort.edition:
        return Skip("the cohort was started again")
    current = cohort.advance_state(now)
    roadmap = await tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    entry = await tx.attention.judge_member(member, current, roadmap, now)
    reason = await _find_skip_reason(tx, current, letter, entry, now)
    if reason is not None:
        return Skip(reason)
    quiet_end = find_quiet_end(member, cohort, now)
    if quiet_end > now:
        return Delay(quiet_end)
    if letter.message is not None:
        return letter.message
    assert entry.backlog is not None
    return build_offer_by_hand(current, member, entry.backlog, now)


async def _find_skip_reason(
    tx: Tx, cohort: Cohort, letter: Letter, entry: MemberNeed, now: datetime
) -> str | None:
    if now - letter.moment > TOO_OLD:
        return "too late to be useful"
    objection = await _find_objection(tx, cohort, letter, entry, now)
    return None if objection is None else SKIP_REASONS[objection]


async def _find_objection(
    tx: Tx, cohort: Cohort, letter: Letter, entry: MemberNeed, now: datetime
) -> Objection | None:
    known = await tx.hand_letters.list_hand_letters(entry.member, cohort)
    earlier = _leave_out(known, letter)
    if letter.kind == KIND_WORD:
        return find_word_objection(entry, cohort, earlier, now)
    movers = await tx.waiting.find_movers([cohort.id])
    is_waiting = (entry.member.person.id, cohort.id) in movers
    return find_offer_objection(entry, cohort, earlier, now, is_waiting=is_waiting)


def _leave_out(known: Sequence[HandLetter], letter: Letter) -> list[HandLetter]:
    """Return the letters before this one."""
    return [other for other in known if (other.kind, other.ref) != (letter.kind, letter.ref)]
