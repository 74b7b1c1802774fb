"""What is known about claimed letters, read together right before they are sent.

One read transaction finds the destinations and the facts for all letters of a claim. What several
of them need is read once: a cohort, its homes, its members' activity in a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat.message import Message
from bot.group.attention import BY_HAND
from bot.group.bulletins import BULLETIN, find_bulletin_objection
from bot.group.cohort import Cohort, Member, PostSetting
from bot.group.progress import EVERYBODY, get_visible_name
from bot.post import (
    WEEKLY,
    HomeFacts,
    PostKind,
    PostSlot,
    build_home_slot,
    build_post_slot,
    is_from_other_clock,
    is_too_late,
    list_join_kinds,
)
from bot.runtime.compose import LetterContent, PostDraft, Skip
from bot.runtime.destination import (
    PLACE_GONE,
    Destination,
    add_home_notices,
    choose_destination,
)
from bot.runtime.hand_letters import outline_hand_letter
from bot.runtime.home_facts import HomeFactReader, HomePost
from bot.runtime.member_facts import MemberFactReader, PrivatePost
from bot.runtime.moderator_letters import ModeratorLetter, ModeratorLetterReader
from bot.runtime.seat_offers import AccountLetter, outline_seat_offer
from bot.store import Tx
from bot.store.ledger import Letter
from bot.store.letter_readings import LetterSeries
from bot.store.members import ContactRows
from bot.store.notify_choices import NOBODY, HomeNotices
from bot.store.waiting import SEAT_OFFER
from bot.views.notify import add_ping


@dataclass(frozen=True, slots=True)
class GatheredLetter:
    """A claimed letter's destination and content, as they were at an instant.

    `has_pending_event`: the event for a dropped call has yet to be cancelled at its home.
    """

    to: Destination | Skip
    content: LetterContent
    at: datetime
    has_pending_event: bool = False


@dataclass(frozen=True, slots=True)
class PostOutline:
    """A post that is still wanted: what its facts are to be read for."""

    kind: PostKind
    slot: PostSlot
    member: Member | None


LetterOutline = LetterContent | PostOutline | AccountLetter | ModeratorLetter


@dataclass(frozen=True, slots=True)
class BatchReadings:
    """What the database says about all letters of a claim, by letter, member, person or home.

    `series`: the other letters of its kind to its destination, for letters that can fold.
    `notices`: whom the posts of a home notify.
    """

    cohorts: Mapping[int, Cohort]
    members: Mapping[int, Member]
    contacts: Mapping[int, ContactRows]
    series: Mapping[int, LetterSeries]
    sent_elsewhere: frozenset[int]
    pending_home_ids: frozenset[int]
    notices: Mapping[int, HomeNotices]

    def get_series(self, letter: Letter) -> LetterSeries:
        """Return what is known of a letter's series, which may be nothing."""
        return self.series.get(letter.id, LetterSeries())


async def gather_letters(
    tx: Tx, letters: Sequence[Letter], now: datetime
) -> Mapping[int, GatheredLetter]:
    """Return what is known about letters, by their ids.

    A cohort whose facts cannot be read because of a bug is left out, and stops no other.
    """
    gathering = LetterGathering(tx, now, await _read_batch(tx, letters))
    return await gathering.gather_all(letters)


async def gather_letter(tx: Tx, letter: Letter, now: datetime) -> GatheredLetter:
    """Return what is known about one letter. Raises where it cannot be read."""
    gathering = LetterGathering(tx, now, await _read_batch(tx, [letter]))
    return await gathering.gather_one(letter)


async def _read_batch(tx: Tx, letters: Sequence[Letter]) -> BatchReadings:
    cohorts = await tx.cohorts.load_cohorts({letter.cohort_id for letter in letters})
    private = [letter for letter in letters if letter.member_id]
    member_ids = [letter.member_id for letter in private]
    foldable_ids = []
    for letter in letters:
        kind = tx.post_kinds.kinds.get(letter.kind)
        if kind is not None and kind.late.can_fold:
            foldable_ids.append(letter.id)
    # Where the cohort has a call, its homes are asked for events all the same.
    home_ids = {
        letter.home_id
        for letter in letters
        if letter.home_id and (cohort := cohorts.get(letter.cohort_id)) and cohort.call is None
    }
    return BatchReadings(
        cohorts,
        await tx.members.load_members_in_cohorts(member_ids),
        await tx.members.load_contact_accounts(member_ids),
        await tx.ledger.load_series(foldable_ids),
        await tx.ledger.find_sent_elsewhere([letter.id for letter in private]),
        await tx.events.find_homes_with_pending_events(home_ids),
        await tx.notify.load_notices({letter.home_id for letter in letters if letter.home_id}),
    )


def build_outline_readings(cohort: Cohort, notices: Mapping[int, HomeNotices]) -> BatchReadings:
    """Return what is known for a post of a cohort that no letter stands for yet."""
    nobody = frozenset[int]()
    return BatchReadings({cohort.id: cohort}, {}, {}, {}, nobody, nobody, notices)


class LetterGathering:
    """Gathers what letters need, from what was read for all of them."""

    def __init__(self, tx: Tx, now: datetime, readings: BatchReadings) -> None:
        self._tx = tx
        self._now = now
        self._readings = readings
        self._home_facts = HomeFactReader(tx, now)
        self._member_facts = MemberFactReader(tx, now)
        self._moderator_letters = ModeratorLetterReader(tx, now)

    async def gather_one(self, letter: Letter) -> GatheredLetter:
        """Gather one letter. Raises what a bug raises."""
        outline = await self._outline_letter(letter)
        if isinstance(outline, PostOutline):
            await self._read_for_outlines([(letter, outline)])
        return await self._finish_letter(letter, outline)

    async def gather_all(self, letters: Sequence[Letter]) -> Mapping[int, GatheredLetter]:
        """Gather letters, without those of cohorts with a bug."""
        broken: set[int] = set()
        outlines: dict[int, LetterOutline] = {}
        for letter in letters:
            try:
                outlines[letter.id] = await self._outline_letter(letter)
            except Exception:
                # A door: it comes up again, and is logged, when the letter is gathered by itself.
                broken.add(letter.cohort_id)
        wanted = []
        for letter in letters:
            outline = outlines.get(letter.id)
            if isinstance(outline, PostOutline):
                wanted.append((letter, outline))
        await self._read_for_outlines(wanted)
        gathered: dict[int, GatheredLetter] = {}
        for letter in letters:
            if letter.cohort_id in broken:
                continue
            try:
                gathered[letter.id] = await self._finish_letter(letter, outlines[letter.id])
            except Exception:
                # A door, as above.
                broken.add(letter.cohort_id)
        return gathered

    async def draft_outlined_post(
        self, letter: Letter, cohort: Cohort, outline: PostOutline
    ) -> PostDraft:
        """Return a post with its facts, wanted or not."""
        await self._read_for_outlines([(letter, outline)])
        return await self._draft_post(letter, cohort, outline)

    # — is it still wanted? —

    async def _outline_letter(self, letter: Letter) -> LetterOutline:
        """Return an announcement, or a post that is still wanted, or why it is not."""
        cohort = self._readings.cohorts.get(letter.cohort_id)
        if cohort is None:
            return PLACE_GONE
        if letter.account_id:
            return await self._outline_account_letter(cohort, letter)
        member = self._readings.members.get(letter.member_id)
        if letter.kind in BY_HAND:
            return await outline_hand_letter(self._tx, cohort, letter, member, self._now)
        if letter.message is not None:
            reason = self._find_bulletin_objection(cohort, letter) or await _find_welcome_objection(
                self._tx, cohort, letter
            )
            return letter.message if reason is None else Skip(reason)
        kind = self._tx.post_kinds.kinds.get(letter.kind)
        if kind is None:
            return Skip("there is no such kind of post any more")
        if kind.scope == "home":
            slot = build_home_slot(kind, cohort, letter.ref, letter.moment, self._now)
        else:
            slot = build_post_slot(cohort, kind.name, letter.ref, letter.moment, member)
        reason = (
            self._find_outdated_reason(kind, cohort, letter)
            or self._find_lateness(kind, slot, cohort, member)
            or self._find_reader_objection(kind, slot, letter, member)
        )
        return Skip(reason) if reason else PostOutline(kind, slot, member)

    async def _outline_account_letter(self, cohort: Cohort, letter: Letter) -> LetterOutline:
        if letter.kind == SEAT_OFFER:
            return await outline_seat_offer(self._tx, cohort, letter, self._now)
        return await self._moderator_letters.outline_letter(
            cohort, letter, self._readings.get_series(letter).next_open_ref
        )

    def _find_outdated_reason(self, kind: PostKind, cohort: Cohort, letter: Letter) -> str | None:
        """Return why a letter is not wanted any more, whatever its text, or None."""
        if letter.edition != cohort.edition:
            return "the cohort was started again"
        if cohort.state == "archived":
            return "the cohort is archived"
        if not cohort.posts.get(kind.name, PostSetting()).on:
            return "switched off"
        # After an outage the newest post tells the story of all that were missed.
        newer = self._readings.get_series(letter).next_open_ref
        return f"folded into {newer}" if newer is not None else None

    def _find_bulletin_objection(self, cohort: Cohort, letter: Letter) -> str | None:
        if letter.kind != BULLETIN:
            return None
        is_archived = cohort.state == "archived"
        return find_bulletin_objection(is_archived, letter.moment, self._now)

    def _find_lateness(
        self, kind: PostKind, slot: PostSlot, cohort: Cohort, member: Member | None
    ) -> str | None:
        if is_too_late(kind, slot, cohort, self._now, member):
            return "too late to be useful"
        if slot.week is None and _is_weekly(kind):
            return "its week is not in the calendar any more"
        return None

    def _find_reader_objection(
        self, kind: PostKind, slot: PostSlot, letter: Letter, member: Member | None
    ) -> str | None:
        if kind.scope == "home":
            return None
        if member is None or member.left_at is not None:
            return "left the cohort"
        if is_from_other_clock(slot, member):
            return "their weeks have moved"
        if letter.id in self._readings.sent_elsewhere:
            return "sent to another account of theirs"
        return None

    # — the facts —

    async def _read_for_outlines(self, outlines: Sequence[tuple[Letter, PostOutline]]) -> None:
        """Read what the posts' kinds use, for all of them."""
        public = []
        private = []
        for letter, outline in outlines:
            cohort = self._readings.cohorts[letter.cohort_id]
            if outline.member is None:
                public.append(HomePost(outline.kind, letter, cohort, outline.slot.week))
            else:
                private.append(PrivatePost(outline.kind, outline.slot, cohort, outline.member))
        await self._home_facts.read_for_posts(public)
        await self._member_facts.read_facts(private)

    async def _finish_letter(self, letter: Letter, outline: LetterOutline) -> GatheredLetter:
        cohort = self._readings.cohorts.get(letter.cohort_id)
        if cohort is None:
            return GatheredLetter(PLACE_GONE, PLACE_GONE, self._now)
        if isinstance(outline, AccountLetter):
            to = Destination(cohort, outline.place)
            return GatheredLetter(to, outline.content, self._now)
        if isinstance(outline, ModeratorLetter):
            to = Destination(cohort, outline.places[0], moderator=outline)
            return GatheredLetter(to, outline.content, self._now)
        if letter.account_id and isinstance(outline, Skip):
            return GatheredLetter(outline, outline, self._now)
        homes = await self._tx.cohorts.list_homes(cohort.id)
        contact_rows = self._readings.contacts.get(letter.member_id, ())
        notices = self._readings.notices.get(letter.home_id, NOBODY)
        place = add_home_notices(choose_destination(letter, cohort, homes, contact_rows), notices)
        content: LetterContent
        if isinstance(outline, PostOutline):
            content = await self._draft_post(letter, cohort, outline)
        elif letter.kind == BULLETIN and isinstance(outline, Message):
            content = add_ping(outline, notices.pings.get(BULLETIN), cohort)
        else:
            content = outline
        has_pending = letter.home_id in self._readings.pending_home_ids
        return GatheredLetter(place, content, self._now, has_pending)

    async def _draft_post(self, letter: Letter, cohort: Cohort, outline: PostOutline) -> PostDraft:
        kind, slot = outline.kind, outline.slot
        roadmap = await self._tx.cohorts.load_roadmap_by_id(cohort.plan_id)
        if outline.member is not None:
            private = PrivatePost(kind, slot, cohort, outline.member)
            return PostDraft(kind, self._member_facts.build_facts(private, roadmap))
        public = HomePost(kind, letter, cohort, slot.week)
        readings = await self._home_facts.read_facts(public, roadmap)
        folded = list_folded_weeks(cohort, self._readings.get_series(letter).folded_refs)
        facts = HomeFacts(cohort, roadmap, slot, self._now, readings, folded)
        notices = self._readings.notices.get(letter.home_id, NOBODY)
        return PostDraft(kind, facts, notices.pings.get(kind.name))


def list_folded_weeks(cohort: Cohort, folded_refs: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of the weeks whose own posts, by their refs, were folded into one."""
    numbers = []
    for ref in folded_refs:
        number = cohort.syllabus.get_week_number(ref.partition(".")[0])
        # A week may have left the syllabus since.
        if number:
            numbers.append(number)
    return tuple(numbers)


def _is_weekly(kind: PostKind) -> bool:
    return any(day.anchor in WEEKLY for day in kind.days)


async def _find_welcome_objection(tx: Tx, cohort: Cohort, letter: Letter) -> str | None:
    """Return why an old welcome letter is not sent, or None.

    Older versions entered one letter for each new member. Those still waiting obey today's rules.
    """
    subject, _, member_id = letter.ref.partition("/")
    if subject != "welcome" or not member_id.isdecimal():
        return None
    members = await tx.members.load_members_by_id([int(member_id)], cohort.id)
    member = members.get(int(member_id))
    if member is None or member.left_at is not None:
        return "has left the cohort"
    if get_visible_name(member, EVERYBODY, "greeting") is None:
        return "is not to be named"
    return None if list_join_kinds(cohort, tx.post_kinds) else "switched off"
