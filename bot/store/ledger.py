"""The ledger: every letter from the moment it fell due to its end. A key it has seen is refused.

A letter goes due → claimed → sent | unsure | skipped | failed. Claiming moves `due_at` into the
future (the lease) and adds one to `tries`. Every later change names that try, so a sender that
slept through its lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, select

from bot.chat.message import Message, encode_answer
from bot.group.cohort import Cohort
from bot.post import PostSlot
from bot.store.cohorts import Home
from bot.store.gaps import GapQueries
from bot.store.letter import (
    IS_DOUBTFUL,
    LEASE,
    OPEN,
    Letter,
    LetterState,
    build_letter,
    build_letter_row,
    shorten_reason,
)
from bot.store.letter_history import LetterHistoryQueries
from bot.store.rows import build_insert
from bot.store.tables import accounts, letters, members

__all__ = ["LEASE", "OPEN", "LedgerQueries", "Letter"]

_HERE, _EARLIER = letters.alias("here"), letters.alias("earlier")


def _is_place_blocked() -> ColumnElement[bool]:
    """Match letters behind an earlier open letter to the same home or member."""
    same = and_(_EARLIER.c.home_id == _HERE.c.home_id, _EARLIER.c.member_id == _HERE.c.member_id)
    earlier = select(_EARLIER.c.id).where(
        same, _EARLIER.c.id < _HERE.c.id, _EARLIER.c.state.in_(OPEN)
    )
    return earlier.exists()


def _is_person_blocked() -> ColumnElement[bool]:
    """Match private letters behind an earlier open one to the same person, in any cohort."""
    # The weekly cap is the person's, not the membership's. Two senders that count at the same
    # time would each see room for one more letter, so a person's letters go one by one.
    own, others = accounts.alias("own"), accounts.alias("others")
    seat, seats = members.alias("seat"), members.alias("seats")
    path = (
        seat.join(own, own.c.id == seat.c.account_id)
        .join(others, others.c.person_id == own.c.person_id)
        .join(seats, seats.c.account_id == others.c.id)
        .join(_EARLIER, and_(_EARLIER.c.home_id == 0, _EARLIER.c.member_id == seats.c.id))
    )
    sooner = and_(_EARLIER.c.id < _HERE.c.id, _EARLIER.c.state.in_(OPEN))
    earlier = select(_EARLIER.c.id).select_from(path).where(seat.c.id == _HERE.c.member_id, sooner)
    return earlier.exists()


# Asked every second, and building a statement costs as much as running it: so it is built once.
_ON_TURN = and_(_HERE.c.state.in_(OPEN), ~_is_place_blocked(), ~_is_person_blocked())
# SKIP LOCKED lets several processes share the work: none waits for a letter another one takes.
_READY = (
    select(_HERE.c.id)
    .where(_ON_TURN)
    .order_by(_HERE.c.due_at, _HERE.c.id)
    .with_for_update(skip_locked=True)
)


def _select_ready_letters(now: datetime, limit: int) -> Select[tuple[int]]:
    # A claimed letter is ready as well once its lease is over: its sender died or hangs.
    return _READY.where(_HERE.c.due_at <= now).limit(limit)


class LedgerQueries(LetterHistoryQueries):
    """Queries about letters."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._gaps = GapQueries(connection)

    # — entering —

    async def enter_due_posts(
        self,
        cohort: Cohort,
        slots: Iterable[PostSlot],
        homes: Sequence[Home] = (),
        member_id: int = 0,
    ) -> None:
        """Enter posts that fell due, one letter for each home or one for the member.

        Keys seen before are left unchanged.
        """
        home_ids = [0] if member_id else [home.id for home in homes]
        rows = []
        for slot in slots:
            for home_id in home_ids:
                row = build_letter_row(cohort, slot.kind, slot.ref, slot.at, home_id, member_id)
                rows.append(row)
        if rows:
            await self._gaps.mark_possibly_sent(rows)
        await self._insert_letters(rows)

    async def enter_home_post(
        self, cohort: Cohort, kind: str, ref: str, home_id: int, now: datetime, newest: int
    ) -> None:
        """Enter a post to one home, due now; a key seen before is left unchanged.

        `newest`: the newest member it is about. If lost days can have known that member, the post
        may have been sent in them.
        """
        rows = [build_letter_row(cohort, kind, ref, now, home_id, 0)]
        await self._gaps.mark_possibly_sent(rows, newest)
        await self._insert_letters(rows)

    async def enter_announcement(
        self, cohort: Cohort, ref: str, message: Message, homes: Sequence[Home], now: datetime
    ) -> None:
        """Enter a message for everybody in these homes, due now.

        The same `ref` again is the same announcement, and enters nothing.
        """
        encoded = encode_answer(message)
        ref = await self._choose_announcement_ref(cohort, ref)
        rows = []
        for home in homes:
            row = build_letter_row(cohort, "announcement", ref, now, home.id, 0)
            rows.append({**row, "message": encoded})
        await self._insert_letters(rows)

    async def enter_numbered_announcement(
        self, cohort: Cohort, about: str, message: Message, homes: Sequence[Home], now: datetime
    ) -> None:
        """Enter an announcement that may come again, like a change to the dates.

        The cohort must be locked: two callers that count at the same time would get one number,
        and the second announcement would be refused as seen before.
        """
        query = select(func.count(letters.c.ref.distinct())).where(
            letters.c.cohort_id == cohort.id,
            letters.c.edition == cohort.edition,
            letters.c.kind == "announcement",
            letters.c.ref.startswith(f"{about}/"),
        )
        count = int(self._connection.execute(query).scalar_one())
        await self.enter_announcement(cohort, f"{about}/{count + 1}", message, homes, now)

    async def find_next_edition(self, cohort: Cohort) -> int:
        """Return the number for a cohort's next edition, one no lost days can have used."""
        floors = [gap.floor for gap in await self._gaps.list_gaps()]
        return max(cohort.edition, *floors, 0) + 1

    async def _choose_announcement_ref(self, cohort: Cohort, ref: str) -> str:
        """Return the ref, changed after lost days if they can have used it."""
        gaps = await self._gaps.list_gaps()
        if not gaps or max(cohort.id, cohort.edition) > gaps[-1].floor:
            return ref
        query = select(letters.c.id).where(
            letters.c.cohort_id == cohort.id,
            letters.c.edition == cohort.edition,
            letters.c.kind == "announcement",
            letters.c.ref == ref,
        )
        # A ref in this ledger was used before the copy: the caller repeats that announcement.
        if self._connection.execute(query.limit(1)).first() is not None:
            return ref
        return f"{ref}+{gaps[-1].floor}"

    async def _insert_letters(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            statement = build_insert(self._connection, letters).values(rows)
            self._connection.execute(statement.on_conflict_do_nothing())

    # — claiming —

    async def claim_letters(self, now: datetime, limit: int = 20) -> Sequence[Letter]:
        """Claim up to `limit` due letters and return them, oldest first.

        At most one for each home or person, and never one before its turn.
        """
        # One statement selects and claims, so no other process can come in between.
        claim = (
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
        rows = self._connection.execute(claim).all()
        # RETURNING promises no order on either engine.
        return [build_letter(row) for row in sorted(rows, key=_get_row_id)]

    async def find_next_letter_due(self) -> datetime | None:
        """Return the instant the next letter can be claimed, or None.

        A letter that waits for its turn does not count until its turn comes.
        """
        query = select(func.min(_HERE.c.due_at)).where(_ON_TURN)
        due_at: datetime | None = self._connection.execute(query).scalar()
        return due_at

    async def reset_letter_claims(self, now: datetime) -> int:
        """Make every claimed letter due now; return their number.

        Only for a start that knows no other sender is alive. `tries` stays, so the outcome
        still counts as unknown.
        """
        claimed = letters.update().where(letters.c.state == "claimed")
        reset = self._connection.execute(claimed.values(state="due", due_at=now))
        return reset.rowcount

    # — the holder's word about a claimed letter —

    async def finish_letter(
        self,
        letter: Letter,
        state: LetterState,
        now: datetime,
        reason: str = "",
        sent_ref: str | None = None,
    ) -> bool:
        """Store how a claimed letter ended; return False if the lease was lost.

        `state`: sent, unsure, skipped or failed.
        `sent_ref`: the platform's id for the message.
        """
        return await self._update_claimed_letter(
            letter, state=state, reason=shorten_reason(reason), sent_ref=sent_ref, ended_at=now
        )

    async def postpone_letter(
        self, letter: Letter, until: datetime, reason: str, *, is_unsent: bool
    ) -> bool:
        """Put a claimed letter back until an instant; return False if the lease was lost.

        `is_unsent`: it has certainly not got through.
        """
        # All tries so far are settled as failures, so the next one need not look for it.
        settled = {"settled": letters.c.tries} if is_unsent else {}
        return await self._put_back(letter, until, reason, **settled)

    async def hold_letter(
        self, letter: Letter, until: datetime, reason: str, *, is_unsent: bool = True
    ) -> bool:
        """Put back a claimed letter nobody tried to send; return False if the lease was lost.

        The try is given back: a letter to a closed home is never given up for waiting too long.
        `is_unsent`: no earlier try has got through either.
        """
        # The next claim gives out the same number again. That is safe: this update fences on the
        # number, and whoever held an earlier lease had a smaller one.
        given_back = letters.c.tries - 1
        settled = {"settled": given_back} if is_unsent else {}
        return await self._put_back(letter, until, reason, tries=given_back, **settled)

    async def _put_back(self, letter: Letter, until: datetime, reason: str, **values: Any) -> bool:
        return await self._update_claimed_letter(
            letter, state="due", due_at=until, reason=shorten_reason(reason), **values
        )

    async def _update_claimed_letter(self, letter: Letter, **values: Any) -> bool:
        # `tries` is the fencing token: after the lease another sender has raised it.
        is_ours = and_(
            letters.c.id == letter.id, letters.c.tries == letter.tries, letters.c.state == "claimed"
        )
        change = letters.update().where(is_ours).values(values).returning(letters.c.id)
        return self._connection.execute(change).first() is not None

    # — letters that wait —

    async def make_home_letters_due(self, homes: Collection[int], now: datetime) -> None:
        """Make the letters waiting for these homes due now: the homes were mended or moved."""
        waiting = and_(
            letters.c.home_id.in_(homes), letters.c.state == "due", letters.c.due_at > now
        )
        self._connection.execute(letters.update().where(waiting).values(due_at=now))

    async def shift_waiting_letters(self, step: timedelta, now: datetime) -> None:
        """Make every waiting letter due sooner by `step`, after a clock was set back.

        A scheduled post is never due before its moment.
        A letter that waits for the end of quiet hours is put right when it is sent.
        """
        columns = (letters.c.id, letters.c.kind, letters.c.due_at, letters.c.moment)
        query = select(*columns).where(letters.c.state == "due", letters.c.due_at > now)
        for row in self._connection.execute(query).all():
            sooner = row.due_at - step
            # An announcement was due when it was entered, by the clock that was wrong.
            if row.kind != "announcement":
                sooner = max(sooner, row.moment)
            # The old `due_at` is part of the match: another process may have changed the row.
            unchanged = and_(letters.c.id == row.id, letters.c.due_at == row.due_at)
            self._connection.execute(letters.update().where(unchanged).values(due_at=sooner))

    async def close_doubtful_letters(self, home: Home, now: datetime) -> None:
        """End the letters to a moved home that may have got through.

        Nobody looks for them in the old channel any more.
        """
        doubtful = and_(letters.c.home_id == home.id, letters.c.state == "due", IS_DOUBTFUL)
        reason = "it may have been sent before the cohort moved"
        end = letters.update().where(doubtful)
        self._connection.execute(end.values(state="unsure", reason=reason, ended_at=now))

    async def close_home_letters(self, leaving: Collection[Home], now: datetime) -> None:
        """End the letters waiting for homes that are taken away.

        A letter that is being sent right now is left to its sender.
        """
        # What may have been read is never called skipped.
        outcome = case((IS_DOUBTFUL, "unsure"), else_="skipped")
        reason = "its home was taken away"
        for home in leaving:
            waiting = and_(letters.c.home_id == home.id, letters.c.state == "due")
            end = letters.update().where(waiting)
            self._connection.execute(end.values(state=outcome, reason=reason, ended_at=now))


def _get_row_id(row: Row[Any]) -> int:
    return int(row.id)
