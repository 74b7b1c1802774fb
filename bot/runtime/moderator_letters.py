"""Letters to moderators: who is to get them, and what their facts are.

Whether they are a moderator still is asked of the platform right before a letter is sent, in
`bot.runtime.moderators`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat.address import Place
from bot.chat.message import Message
from bot.group.cohort import Cohort, Member
from bot.post import (
    DigestReadings,
    ModeratorFacts,
    PostKind,
    PostSlot,
    build_post_slot,
    find_quiet_end,
    is_too_late,
)
from bot.runtime.compose import Delay, LetterContent, PostDraft, Skip, write_letter
from bot.runtime.moderators import ModeratorSeat, list_private_places
from bot.store import Tx
from bot.store.ledger import Letter
from bot.store.letter import parse_account_ref
from bot.store.moderation import ModeratorContact

GONE = Skip("their account is gone")
BOT_GONE = Skip("the bot is no longer there")
NO_MODERATOR = Skip("is no moderator any more")
UNWANTED = Skip("does not want it any more")


@dataclass(frozen=True, slots=True)
class ModeratorLetter:
    """A letter to a moderator: their private places in the cohort's spaces, and its content."""

    contact: ModeratorContact
    places: tuple[Place, ...]
    content: LetterContent


class ModeratorLetterReader:
    """Reads what letters to moderators say, once for each cohort and week."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._readings: dict[tuple[int, str], DigestReadings] = {}

    async def outline_letter(
        self, cohort: Cohort, letter: Letter, next_open_ref: str | None
    ) -> ModeratorLetter | Skip:
        """Return a letter that is still wanted, or why it is not.

        `next_open_ref`: the ref of a newer letter of its kind to the same moderator.
        """
        reason = _find_outdated_reason(cohort, letter, next_open_ref)
        if reason is not None:
            return Skip(reason)
        contacts = await self._tx.moderation.load_contacts([letter.account_id])
        contact = contacts.get(letter.account_id)
        if contact is None:
            return GONE
        places = await list_private_places(self._tx, cohort.id, contact.account)
        if not places:
            return BOT_GONE
        content = await self._read_content(cohort, letter, contact)
        if isinstance(content, Skip):
            return content
        quiet_end = self._find_quiet_end(cohort, contact)
        return ModeratorLetter(contact, places, content if quiet_end is None else quiet_end)

    def _find_quiet_end(self, cohort: Cohort, contact: ModeratorContact) -> Delay | None:
        reader = Member(0, cohort.id, contact.person, self._now)
        quiet_end = find_quiet_end(reader, cohort, self._now)
        return Delay(quiet_end) if quiet_end > self._now else None

    async def _read_content(
        self, cohort: Cohort, letter: Letter, contact: ModeratorContact
    ) -> LetterContent:
        if letter.message is not None:
            return letter.message
        kind = self._tx.post_kinds.kinds.get(letter.kind)
        if kind is None or kind.scope != "moderator":
            return Skip("there is no such kind of post any more")
        ref = parse_account_ref(letter.ref)
        slot = build_post_slot(cohort, kind.name, ref, letter.moment)
        reason = _find_objection(kind, slot, cohort, self._now)
        if reason is not None:
            return Skip(reason)
        if letter.account_id not in await self._tx.moderation.list_digest_readers(cohort):
            return UNWANTED
        return PostDraft(kind, await self._read_facts(cohort, slot, contact))

    async def _read_facts(
        self, cohort: Cohort, slot: PostSlot, contact: ModeratorContact
    ) -> ModeratorFacts:
        assert slot.week is not None
        key = (cohort.id, slot.week.id)
        if key not in self._readings:
            self._readings[key] = await self._tx.digests.read_digest(cohort, slot.week, self._now)
        readings = self._readings[key]
        account_id = contact.person.account_id
        told = await self._tx.digests.find_told_quiet(cohort, slot.kind, readings, [account_id])
        roadmap = await self._tx.cohorts.load_roadmap_by_id(cohort.plan_id)
        return ModeratorFacts(
            cohort.advance_state(self._now),
            roadmap,
            slot,
            self._now,
            readings,
            contact.person.id,
            was_told_quiet=account_id in told,
            titles={name: kind.title for name, kind in self._tx.post_kinds.kinds.items()},
        )


def _find_outdated_reason(cohort: Cohort, letter: Letter, next_open_ref: str | None) -> str | None:
    if letter.edition != cohort.edition:
        return "the cohort was started again"
    if cohort.state == "archived":
        return "the cohort is archived"
    return None if next_open_ref is None else f"folded into {parse_account_ref(next_open_ref)}"


def _find_objection(kind: PostKind, slot: PostSlot, cohort: Cohort, now: datetime) -> str | None:
    if not cohort.get_post_setting(kind.name).on:
        return "switched off"
    if is_too_late(kind, slot, cohort, now):
        return "too late to be useful"
    if slot.week is None:
        return "its week is not in the calendar any more"
    return None


def write_for_moderator(content: LetterContent, seat: ModeratorSeat) -> Message | Skip | Delay:
    """Write a letter for a moderator of that space, who reads the words of its members alone."""
    if isinstance(content, PostDraft) and isinstance(content.facts, ModeratorFacts):
        facts = replace(content.facts, reader_space_id=seat.space_id or 0)
        content = replace(content, facts=facts)
    return write_letter(content)
