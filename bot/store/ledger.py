"""The ledger: every letter from the moment it fell due to its end. A key it has seen is refused.

A letter goes due → claimed → sent | unsure | skipped | failed. Claiming moves `due_at` into the
future (the lease) and adds one to `tries`. Every later change names that try, so a sender that
slept through its lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, String, and_, bindparam, case, func, select

from bot.chat.message import Message, encode_answer
from bot.group.cohort import Cohort
from bot.post import PostSlot
from bot.store.claims import (
    CLAIM_LETTERS,
    LEFT_OUT,
    LOCK_CLAIMED_LETTERS,
    MAKE_HOME_LETTERS_DUE,
    RESET_CLAIMS,
    SELECT_WAITING,
    SHIFT_WAITING_LETTER,
    UPDATE_CLAIMED_LETTERS,
)
from bot.store.cohorts import Home
from bot.store.connection import TxConnection
from bot.store.gaps import GapQueries
from bot.store.letter import (
    IS_DOUBTFUL,
    LEASE,
    OPEN,
    Letter,
    LetterChange,
    build_account_ref,
    build_letter,
    build_letter_row,
    shorten_reason,
)
from bot.store.letter_readings import LetterReadingQueries
from bot.store.letter_states import IS_DUE
from bot.store.rows import DialectInsert
from bot.store.tables import letters

__all__ = ["LEASE", "OPEN", "LedgerQueries", "Letter", "LetterChange"]

_INSERT_LETTERS = DialectInsert(letters, lambda insert: insert.on_conflict_do_nothing())

_IS_ANNOUNCEMENT_OF_EDITION = and_(
    letters.c.cohort_id == bindparam("cohort_id"),
    letters.c.edition == bindparam("edition"),
    letters.c.kind == "announcement",
)
_COUNT_NUMBERED_ANNOUNCEMENTS = select(func.count(letters.c.ref.distinct())).where(
    _IS_ANNOUNCEMENT_OF_EDITION, letters.c.ref.startswith(bindparam("prefix", type_=String()))
)
_SELECT_ANNOUNCEMENT = (
    select(letters.c.id)
    .where(_IS_ANNOUNCEMENT_OF_EDITION, letters.c.ref == bindparam("ref"))
    .limit(1)
)
_IS_WAITING_FOR_HOME = and_(letters.c.home_id == bindparam("home"), IS_DUE)
_CLOSE_DOUBTFUL_LETTERS = (
    letters.update()
    .where(_IS_WAITING_FOR_HOME, IS_DOUBTFUL)
    .values(
        state="unsure",
        reason="it may have been sent before the cohort moved",
        ended_at=bindparam("now"),
    )
)
_CLOSE_HOME_LETTERS = (
    letters.update()
    .where(_IS_WAITING_FOR_HOME)
    .values(
        # What may have been read is never called skipped.
        state=case((IS_DOUBTFUL, "unsure"), else_="skipped"),
        reason="its home was taken away",
        ended_at=bindparam("now"),
    )
)


class LedgerQueries(LetterReadingQueries):
    """Queries about letters."""

    def __init__(self, connection: TxConnection) -> None:
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

    async def enter_private_posts(
        self, cohort: Cohort, slots: Sequence[PostSlot], member_ids: Iterable[int]
    ) -> None:
        """Enter posts that fell due for each of several members."""
        rows = []
        for member_id in member_ids:
            for slot in slots:
                rows.append(build_letter_row(cohort, slot.kind, slot.ref, slot.at, 0, member_id))
        if rows:
            await self._gaps.mark_possibly_sent(rows)
        await self._insert_letters(rows)

    async def enter_moderator_posts(
        self, cohort: Cohort, slots: Sequence[PostSlot], account_ids: Iterable[int]
    ) -> None:
        """Enter posts that fell due for each of several moderators' accounts."""
        rows = []
        for account_id in account_ids:
            for slot in slots:
                ref = build_account_ref(account_id, slot.ref)
                rows.append(build_letter_row(cohort, slot.kind, ref, slot.at, 0, 0, account_id))
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

    async def enter_account_letter(
        self,
        cohort: Cohort,
        kind: str,
        subject: str,
        account_id: int,
        now: datetime,
        message: Message | None = None,
    ) -> None:
        """Enter a private letter to an account, due now; a key seen before is left unchanged.

        Without a `message` it is written when it is sent.
        """
        ref = build_account_ref(account_id, subject)
        row = build_letter_row(cohort, kind, ref, now, 0, 0, account_id)
        if message is not None:
            row["message"] = encode_answer(message)
        await self._gaps.mark_possibly_sent([row])
        await self._insert_letters([row])

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
        count = self._connection.execute(
            _COUNT_NUMBERED_ANNOUNCEMENTS,
            {"cohort_id": cohort.id, "edition": cohort.edition, "prefix": f"{about}/"},
        ).scalar_one()
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
        known = self._connection.execute(
            _SELECT_ANNOUNCEMENT, {"cohort_id": cohort.id, "edition": cohort.edition, "ref": ref}
        )
        # A ref in this ledger was used before the copy: the caller repeats that announcement.
        if known.first() is not None:
            return ref
        return f"{ref}+{gaps[-1].floor}"

    async def _insert_letters(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(_INSERT_LETTERS.for_engine(self._connection), rows)

    # — claiming —

    async def claim_letters(
        self, now: datetime, limit: int = 20, left_out: Collection[int] = ()
    ) -> Sequence[Letter]:
        """Claim up to `limit` due letters and return them, oldest first.

        At most one for each home or person, and never one before its turn.
        `left_out`: up to four cohorts whose letters wait.
        """
        # No cohort has the number 0.
        values: dict[str, Any] = dict.fromkeys(LEFT_OUT, 0)
        values.update(zip(LEFT_OUT, left_out, strict=False))
        values.update(now=now, limit=limit, leased_until=now + LEASE)
        rows = self._connection.execute(CLAIM_LETTERS, values).all()
        # RETURNING promises no order on either engine.
        return [build_letter(row) for row in sorted(rows, key=_get_row_id)]

    async def reset_letter_claims(self, now: datetime) -> int:
        """Make every claimed letter due now; return their number.

        Only for a start that knows no other sender is alive. `tries` stays, so the outcome
        still counts as unknown.
        """
        return self._connection.execute(RESET_CLAIMS, {"now": now}).rowcount

    # — the holder's word about claimed letters —

    async def write_letter_changes(
        self, changes: Sequence[LetterChange]
    ) -> frozenset[tuple[int, int]]:
        """Store what becomes of claimed letters; return the id and the try of those still held.

        A letter whose lease was lost is left unchanged.
        """
        if len(changes) == 1:
            # The update itself tells if it met the row: most letters end alone.
            result = self._connection.execute(UPDATE_CLAIMED_LETTERS, _build_change_row(changes[0]))
            return frozenset([changes[0].fence] if result.rowcount else [])
        wanted = {"letter_ids": sorted({change.letter.id for change in changes})}
        # Locked in the order of their ids, so that two writers never wait for each other.
        rows = self._connection.execute(LOCK_CLAIMED_LETTERS, wanted)
        locked = frozenset((row.id, row.tries) for row in rows)
        held = [change for change in changes if change.fence in locked]
        if held:
            changed_rows = [_build_change_row(change) for change in held]
            self._connection.execute(UPDATE_CLAIMED_LETTERS, changed_rows)
        return frozenset(change.fence for change in held)

    # — letters that wait —

    async def make_home_letters_due(self, homes: Collection[int], now: datetime) -> None:
        """Make the letters waiting for these homes due now: the homes were mended or moved."""
        self._connection.execute(MAKE_HOME_LETTERS_DUE, {"home_ids": list(homes), "now": now})

    async def shift_waiting_letters(self, step: timedelta, now: datetime) -> None:
        """Make every waiting letter due sooner by `step`, after a clock was set back.

        A scheduled post is never due before its moment.
        A letter that waits for the end of quiet hours is put right when it is sent.
        """
        shifts = []
        for row in self._connection.execute(SELECT_WAITING, {"now": now}):
            sooner = row.due_at - step
            # An announcement was due when it was entered, by the clock that was wrong.
            if row.kind != "announcement":
                sooner = max(sooner, row.moment)
            shifts.append({"letter_id": row.id, "old_due_at": row.due_at, "sooner": sooner})
        if shifts:
            self._connection.execute(SHIFT_WAITING_LETTER, shifts)

    async def close_doubtful_letters(self, home: Home, now: datetime) -> None:
        """End the letters to a moved home that may have got through.

        Nobody looks for them in the old channel any more.
        """
        self._connection.execute(_CLOSE_DOUBTFUL_LETTERS, {"home": home.id, "now": now})

    async def close_home_letters(self, leaving: Collection[Home], now: datetime) -> None:
        """End the letters waiting for homes that are taken away.

        A letter that is being sent right now is left to its sender.
        """
        for home in leaving:
            self._connection.execute(_CLOSE_HOME_LETTERS, {"home": home.id, "now": now})


def _get_row_id(row: Row[Any]) -> int:
    return int(row.id)


def _build_change_row(change: LetterChange) -> dict[str, Any]:
    """Return the parameters of `UPDATE_CLAIMED_LETTERS`."""
    return {
        "letter_id": change.letter.id,
        "claimed_try": change.letter.tries,
        "new_state": change.state,
        "new_reason": shorten_reason(change.reason),
        "new_sent_ref": change.sent_ref,
        "is_over": change.state != "due",
        "at": change.at,
        "tries_returned": int(change.is_try_returned),
        "is_settled": change.is_settled,
    }
