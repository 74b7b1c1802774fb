"""The ledger: every letter from the moment it fell due, and what became of it. A key it has seen is refused.

A letter is due → claimed → sent | unsure | skipped | failed. Claiming moves `due_at` into the future (the lease) and adds one
to `tries`; every later word about a letter names that try, so a sender that slept through its lease changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.message import Message, decode_answer, encode_answer
from bot.group.cohort import Cohort, Member
from bot.post import PostSlot
from bot.store.cohorts import Home
from bot.store.gaps import GapQueries
from bot.store.members import select_membership_ids
from bot.store.rows import build_insert
from bot.store.tables import accounts, homes, letters, members

LEASE = timedelta(seconds=120)
OPEN = ("due", "claimed")


@dataclass(frozen=True, slots=True)
class Letter:
    """A post that fell due, or an announcement (`message` set), with its natural key.

    `moment` is when it fell due; a claimed one is ours until `leased_until`. `unknown`: an earlier try may have got through.
    One that was begun before it fell due may have been sent in days that were lost (see `bot.store.gaps`).
    """

    id: int
    cohort_id: int
    edition: int
    kind: str
    ref: str
    home_id: int
    member_id: int
    moment: datetime
    tries: int
    state: str
    reason: str
    message: Message | None
    leased_until: datetime
    began_at: datetime | None
    ended_at: datetime | None
    is_outcome_unknown: bool

    @property
    def natural_key(self) -> str:
        """The natural key as text, the same for ever."""
        return f"{self.cohort_id}.{self.edition}.{self.kind}.{self.ref}.{self.home_id}.{self.member_id}"

    @property
    def is_search_required(self) -> bool:
        """Whether it is looked for before it is sent; where that is impossible, only one that is `unknown` is not sent."""
        return self.is_outcome_unknown or (
            self.began_at is not None and self.began_at < self.moment
        )


def _build_letter(row: Row[Any]) -> Letter:
    message = decode_answer(row.message) if row.message else None
    return Letter(
        id=row.id,
        cohort_id=row.cohort_id,
        edition=row.edition,
        kind=row.kind,
        ref=row.ref,
        home_id=row.home_id,
        member_id=row.member_id,
        moment=row.moment,
        tries=row.tries,
        state=row.state,
        reason=row.reason,
        message=message if isinstance(message, Message) else None,
        leased_until=row.due_at,
        began_at=row.began_at,
        ended_at=row.ended_at,
        is_outcome_unknown=row.tries - 1 > row.settled,
    )


_HERE, _EARLIER = letters.alias("here"), letters.alias("earlier")


def _is_place_blocked() -> ColumnElement[bool]:
    """An earlier letter to the same home or member is still open."""
    same = and_(_EARLIER.c.home_id == _HERE.c.home_id, _EARLIER.c.member_id == _HERE.c.member_id)
    return (
        select(_EARLIER.c.id)
        .where(same, _EARLIER.c.id < _HERE.c.id, _EARLIER.c.state.in_(OPEN))
        .exists()
    )


def _is_person_blocked() -> ColumnElement[bool]:
    """The same for a person's private letters from all their cohorts, which share one cap."""
    own, others = accounts.alias("own"), accounts.alias("others")
    seat, seats = members.alias("seat"), members.alias("seats")
    path = (
        seat.join(own, own.c.id == seat.c.account_id)
        .join(others, others.c.person_id == own.c.person_id)
        .join(seats, seats.c.account_id == others.c.id)
        .join(_EARLIER, and_(_EARLIER.c.home_id == 0, _EARLIER.c.member_id == seats.c.id))
    )
    sooner = and_(_EARLIER.c.id < _HERE.c.id, _EARLIER.c.state.in_(OPEN))
    return (
        select(_EARLIER.c.id)
        .select_from(path)
        .where(seat.c.id == _HERE.c.member_id, sooner)
        .exists()
    )


# Asked every second, so it is put together once.
_ON_TURN = and_(_HERE.c.state.in_(OPEN), ~_is_place_blocked(), ~_is_person_blocked())
_READY = (
    select(_HERE.c.id)
    .where(_ON_TURN)
    .order_by(_HERE.c.due_at, _HERE.c.id)
    .with_for_update(skip_locked=True)
)


def _select_ready_letters(now: datetime, limit: int) -> Select[tuple[int]]:
    return _READY.where(_HERE.c.due_at <= now).limit(limit)


class LedgerQueries:
    """Queries about letters."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._gaps = GapQueries(connection)

    async def enter_due_posts(
        self,
        cohort: Cohort,
        slots: Iterable[PostSlot],
        homes: Sequence[Home] = (),
        member_id: int = 0,
    ) -> None:
        """Enter posts that fell due, one letter for each home or for the member; keys seen before are left as they are."""
        rows = [
            _build_letter_row(cohort, slot.kind, slot.ref, slot.at, home_id, member_id)
            for slot in slots
            for home_id in ([home.id for home in homes] if not member_id else [0])
        ]
        if rows:
            await self._gaps.mark_possibly_sent(rows)
        await self._insert_letters(rows)

    async def enter_home_post(
        self, cohort: Cohort, kind: str, ref: str, home_id: int, now: datetime, newest: int
    ) -> None:
        """Enter a post to one home that falls due now; a key seen before is left as it is.

        `newest` is the newest member it is about: where lost days can have known them, it may have been sent.
        """
        rows = [_build_letter_row(cohort, kind, ref, now, home_id, 0)]
        await self._gaps.mark_possibly_sent(rows, newest)
        await self._insert_letters(rows)

    async def enter_announcement(
        self, cohort: Cohort, ref: str, message: Message, homes: Sequence[Home], now: datetime
    ) -> None:
        """Enter something everybody should see. The same `ref` again is the same announcement."""
        written, ref = encode_answer(message), await self._choose_announcement_ref(cohort, ref)
        rows = [
            {**_build_letter_row(cohort, "announcement", ref, now, home.id, 0), "message": written}
            for home in homes
        ]
        await self._insert_letters(rows)

    async def enter_numbered_announcement(
        self, cohort: Cohort, about: str, message: Message, homes: Sequence[Home], now: datetime
    ) -> None:
        """Enter an announcement of a kind that may come again, like a change of dates. The cohort must be locked."""
        said = select(func.count(letters.c.ref.distinct())).where(
            letters.c.cohort_id == cohort.id,
            letters.c.edition == cohort.edition,
            letters.c.kind == "announcement",
            letters.c.ref.startswith(f"{about}/"),
        )
        count = int((await self._connection.execute(said)).scalar_one())
        await self.enter_announcement(cohort, f"{about}/{count + 1}", message, homes, now)

    async def find_next_edition(self, cohort: Cohort) -> int:
        """Return the number of a cohort's next run through its weeks: one that no lost days can have used."""
        return max(cohort.edition, *(gap.floor for gap in await self._gaps.list_gaps()), 0) + 1

    async def _choose_announcement_ref(self, cohort: Cohort, ref: str) -> str:
        """Return the ref of an announcement, and after lost days one that they cannot have used, unless it is known."""
        gaps = await self._gaps.list_gaps()
        if not gaps or max(cohort.id, cohort.edition) > gaps[-1].floor:
            return ref
        same = [letters.c.cohort_id == cohort.id, letters.c.edition == cohort.edition]
        asked = (
            select(letters.c.id)
            .where(*same, letters.c.kind == "announcement", letters.c.ref == ref)
            .limit(1)
        )
        is_known = (await self._connection.execute(asked)).first() is not None
        return ref if is_known else f"{ref}+{gaps[-1].floor}"

    async def _insert_letters(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            await self._connection.execute(
                build_insert(self._connection, letters).values(rows).on_conflict_do_nothing()
            )

    async def claim_letters(self, now: datetime, limit: int = 20) -> Sequence[Letter]:
        """Take up to `limit` letters that are due, at most one for each home or person and never one before its turn."""
        taken = (
            letters.update()
            .where(letters.c.id.in_(_select_ready_letters(now, limit)))
            .values(
                state="claimed",
                tries=letters.c.tries + 1,
                due_at=now + LEASE,
                began_at=func.coalesce(letters.c.began_at, now),
            )
            .returning(letters)
        )
        rows = (await self._connection.execute(taken)).all()
        return [_build_letter(row) for row in sorted(rows, key=lambda row: row.id)]

    async def find_next_letter_due(self) -> datetime | None:
        """When the next letter can be claimed; one that waits for its turn does not count until that comes."""
        found: datetime | None = (
            await self._connection.execute(select(func.min(_HERE.c.due_at)).where(_ON_TURN))
        ).scalar()
        return found

    async def finish_letter(
        self,
        letter: Letter,
        state: str,
        now: datetime,
        reason: str = "",
        sent_ref: str | None = None,
    ) -> bool:
        """Say what became of a claimed letter. Returns whether it was still ours to say."""
        return await self._update_claimed_letter(
            letter, state=state, reason=reason[:200], sent_ref=sent_ref, ended_at=now
        )

    async def postpone_letter(
        self, letter: Letter, until: datetime, reason: str, *, is_unsent: bool
    ) -> bool:
        """Put a claimed letter back until an instant. `known`: it has certainly not got through."""
        settled = {"settled": letters.c.tries} if is_unsent else {}
        return await self._update_claimed_letter(
            letter, state="due", due_at=until, reason=reason[:200], **settled
        )

    async def hold_letter(
        self, letter: Letter, until: datetime, reason: str, *, is_unsent: bool = True
    ) -> bool:
        """Put a claimed letter back that nobody tried to send, its home being closed. The try is given back: however long
        it is held, it is not given up. No earlier holder of a lease can be left with the number that is given out next.
        `known`: no earlier try has got through either."""
        back = letters.c.tries - 1
        settled = {"settled": back} if is_unsent else {}
        return await self._update_claimed_letter(
            letter, state="due", due_at=until, reason=reason[:200], tries=back, **settled
        )

    async def make_home_letters_due(self, homes: Collection[int], now: datetime) -> None:
        """Make the letters that wait for these homes due at once: they have been mended, or have moved."""
        waiting = and_(
            letters.c.home_id.in_(homes), letters.c.state == "due", letters.c.due_at > now
        )
        await self._connection.execute(letters.update().where(waiting).values(due_at=now))

    async def shift_waiting_letters(self, step: timedelta, now: datetime) -> None:
        """Have every letter that waits be due sooner by `step`, for a wall clock that was set back.

        A post of the schedule is never due before its moment.
        One that waits for the end of quiet hours is put right as it is sent.
        """
        waiting = letters.c.state == "due", letters.c.due_at > now
        asked = select(letters.c.id, letters.c.kind, letters.c.due_at, letters.c.moment).where(
            *waiting
        )
        for row in (await self._connection.execute(asked)).all():
            same = letters.c.id == row.id, letters.c.due_at == row.due_at
            sooner = row.due_at - step
            if row.kind != "announcement":  # which was due as soon as it was entered
                sooner = max(sooner, row.moment)
            await self._connection.execute(letters.update().where(*same).values(due_at=sooner))

    async def close_doubtful_letters(self, home: Home, now: datetime) -> None:
        """End the letters to a home that may have got through: once it has moved, nobody looks for them in the old place."""
        perhaps = and_(
            letters.c.home_id == home.id,
            letters.c.state == "due",
            letters.c.tries > letters.c.settled,
        )
        ended = {
            "state": "unsure",
            "reason": "it may have been sent before the cohort moved",
            "ended_at": now,
        }
        await self._connection.execute(letters.update().where(perhaps).values(ended))

    async def close_home_letters(self, leaving: Collection[Home], now: datetime) -> None:
        """End the letters that wait for homes that are taken away. One that is being sent right now ends as it ends."""
        for home in leaving:
            waiting = and_(letters.c.home_id == home.id, letters.c.state == "due")
            perhaps = case((letters.c.tries > letters.c.settled, "unsure"), else_="skipped")
            ended = {"state": perhaps, "reason": "its home was taken away", "ended_at": now}
            await self._connection.execute(letters.update().where(waiting).values(ended))

    async def _update_claimed_letter(self, letter: Letter, **values: Any) -> bool:
        ours = and_(
            letters.c.id == letter.id, letters.c.tries == letter.tries, letters.c.state == "claimed"
        )
        done = await self._connection.execute(
            letters.update().where(ours).values(values).returning(letters.c.id)
        )
        return done.first() is not None

    async def reset_letter_claims(self, now: datetime) -> int:
        """Make every claimed letter due again: for a start that knows that no other sender lives."""
        done = await self._connection.execute(
            letters.update().where(letters.c.state == "claimed").values(state="due", due_at=now)
        )
        return done.rowcount

    async def list_waiting_letters(self, home: Home) -> Sequence[Letter]:
        """The letters that wait for a home and have certainly not got through, in their order."""
        waiting = and_(
            letters.c.home_id == home.id,
            letters.c.state == "due",
            letters.c.tries <= letters.c.settled,
        )
        asked = select(letters).where(waiting).order_by(letters.c.id).limit(20)
        return [_build_letter(row) for row in await self._connection.execute(asked)]

    async def find_next_open_letter(self, letter: Letter) -> Letter | None:
        """The next open letter of the same kind to the same place, if there is one."""
        asked = (
            select(letters)
            .where(
                letters.c.home_id == letter.home_id,
                letters.c.member_id == letter.member_id,
                letters.c.cohort_id == letter.cohort_id,
                letters.c.kind == letter.kind,
                letters.c.id > letter.id,
                letters.c.state.in_(OPEN),
            )
            .order_by(letters.c.id)
            .limit(1)
        )
        row = (await self._connection.execute(asked)).first()
        return _build_letter(row) if row else None

    async def list_folded_refs(self, letter: Letter) -> Sequence[str]:
        """The refs of letters skipped because this one stands for them."""
        asked = (
            select(letters.c.ref)
            .where(
                letters.c.cohort_id == letter.cohort_id,
                letters.c.edition == letter.edition,
                letters.c.kind == letter.kind,
                letters.c.home_id == letter.home_id,
                letters.c.member_id == letter.member_id,
                letters.c.state == "skipped",
                letters.c.reason.startswith("folded"),
                letters.c.ended_at >= letter.moment,
            )
            .order_by(letters.c.id)
        )
        return list((await self._connection.execute(asked)).scalars())

    async def is_sent_elsewhere(self, letter: Letter, member: Member) -> bool:
        """Whether the member a letter goes to has been told the same by another account of theirs, or may have been."""
        seats = [
            row.id
            for row in await self._connection.execute(select_membership_ids(member))
            if row.id != member.id
        ]
        if not seats:
            return False
        same = [
            getattr(letters.c, name) == getattr(letter, name)
            for name in ("cohort_id", "edition", "kind", "ref")
        ]
        asked = select(letters.c.id).where(
            *same, letters.c.home_id == 0, letters.c.member_id.in_(seats)
        )
        asked = asked.where(letters.c.state.in_(("sent", "unsure"))).limit(1)
        return (await self._connection.execute(asked)).first() is not None

    async def count_private_letters(self, person_id: int, since: datetime) -> int:
        """How many private posts a person has been sent, or may have been, since an instant, in all their cohorts."""
        asked = (
            select(func.count())
            .select_from(
                letters.join(members, members.c.id == letters.c.member_id).join(
                    accounts, accounts.c.id == members.c.account_id
                )
            )
            .where(
                accounts.c.person_id == person_id,
                letters.c.state.in_(("sent", "unsure")),
                letters.c.ended_at >= since,
            )
        )
        return int((await self._connection.execute(asked)).scalar_one())

    async def list_home_letters(self, cohort: Cohort, limit: int = 200) -> Sequence[Letter]:
        """The letters to a cohort's homes so far, newest first: what was sent, skipped, and why."""
        asked = (
            select(letters)
            .where(letters.c.cohort_id == cohort.id, letters.c.member_id == 0)
            .order_by(letters.c.moment.desc(), letters.c.id.desc())
            .limit(limit)
        )
        return [_build_letter(row) for row in await self._connection.execute(asked)]

    async def list_posts_in_every_home(self, cohort: Cohort) -> frozenset[tuple[str, str]]:
        """Kind and ref of the posts that every home of a cohort has in the ledger in this edition: none is sent again."""
        asked = select(homes.c.id).where(homes.c.cohort_id == cohort.id)
        everywhere = frozenset((await self._connection.execute(asked)).scalars())
        return frozenset(
            key
            for key, where in (await self.group_homes_by_post(cohort)).items()
            if where >= everywhere
        )

    async def group_homes_by_post(
        self, cohort: Cohort
    ) -> Mapping[tuple[str, str], AbstractSet[int]]:
        """By kind and ref, the homes whose post is in the ledger in this edition, homes that are gone among them."""
        asked = select(letters.c.kind, letters.c.ref, letters.c.home_id).where(
            letters.c.cohort_id == cohort.id,
            letters.c.edition == cohort.edition,
            letters.c.kind != "announcement",
            letters.c.member_id == 0,
        )
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        for row in await self._connection.execute(asked):
            found[row.kind, row.ref].add(row.home_id)
        return found

    async def has_sent_posts(self, cohort: Cohort) -> bool:
        """Whether anything of the schedule has been sent in this edition."""
        asked = select(letters.c.id).where(
            letters.c.cohort_id == cohort.id,
            letters.c.edition == cohort.edition,
            letters.c.kind != "announcement",
            or_(letters.c.state == "sent", letters.c.state == "claimed"),
        )
        return (await self._connection.execute(asked.limit(1))).first() is not None


def _build_letter_row(
    cohort: Cohort, kind: str, ref: str, at: datetime, home_id: int, member_id: int
) -> dict[str, Any]:
    return {
        "cohort_id": cohort.id,
        "edition": cohort.edition,
        "kind": kind,
        "ref": ref,
        "home_id": home_id,
        "member_id": member_id,
        "moment": at,
        "due_at": at,
        "state": "due",
    }
