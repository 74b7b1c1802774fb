"""Letters that tell people on a waiting list of a free seat, judged and written when they leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.chat.address import Place
from bot.group.cohort import JOINABLE_STATES, Cohort, Member
from bot.post import find_quiet_end
from bot.runtime.compose import Delay, LetterContent, Skip
from bot.store import Tx
from bot.store.ledger import Letter
from bot.store.waiting import SEAT_GONE, WaitingContact
from bot.views.ways_back import build_seat_offer

NOT_WAITING = Skip("does not wait any more")
BOT_GONE = Skip("the bot is no longer there")


@dataclass(frozen=True, slots=True)
class AccountLetter:
    """A private letter to an account, with its place."""

    place: Place
    content: LetterContent


async def outline_seat_offer(
    tx: Tx, cohort: Cohort, letter: Letter, now: datetime
) -> AccountLetter | Skip:
    """Return the offer of a free seat, or why nobody needs it."""
    contact = await tx.waiting.load_waiting_contact(letter.ref, letter.account_id)
    if contact is None:
        return NOT_WAITING
    if not contact.is_in_reach:
        return BOT_GONE
    return AccountLetter(contact.place, await _write_offer(tx, cohort, letter, contact, now))


async def _write_offer(
    tx: Tx, cohort: Cohort, letter: Letter, contact: WaitingContact, now: datetime
) -> LetterContent:
    current = cohort.advance_state(now)
    if letter.edition != cohort.edition or current.state not in JOINABLE_STATES:
        return Skip("the cohort cannot be joined any more")
    if await tx.members.find_member(cohort, contact.person) is not None:
        return Skip("has a seat already")
    if cohort.seats is not None and await tx.members.count_seats_taken(cohort) >= cohort.seats:
        return Skip(SEAT_GONE)
    reader = Member(0, cohort.id, contact.person, now)
    quiet_end = find_quiet_end(reader, cohort, now)
    if quiet_end > now:
        return Delay(quiet_end)
    roadmap = await tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    old = await _load_cohort_to_leave(tx, contact)
    return build_seat_offer(current, roadmap, old, now)


async def _load_cohort_to_leave(tx: Tx, contact: WaitingContact) -> Cohort | None:
    """Return the cohort they would move from, if they are in it still."""
    if contact.from_cohort_id is None:
        return None
    old = await tx.cohorts.load_cohort(contact.from_cohort_id)
    if old is None or await tx.members.find_member(old, contact.person) is None:
        return None
    return old
