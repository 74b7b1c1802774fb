"""Bulletins: kept until their moment, then entered in the ledger like every post.

The cohort is locked by whoever changes one, so two moderators never change it at the same time.
Its letters are locked too, so none is claimed in between: a bulletin that was changed is not sent
in its old form.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, bindparam, case, insert, select

from bot.chat.message import encode_answer
from bot.group.bulletins import (
    BULLETIN,
    Bulletin,
    BulletinState,
    WallTime,
    build_bulletin,
)
from bot.group.cohort import Cohort
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
from bot.store.gaps import GapQueries
from bot.store.letter import IS_DOUBTFUL, Letter, build_letter, build_letter_row
from bot.store.letter_states import IS_DUE
from bot.store.rows import DialectInsert
from bot.store.tables import bulletins, letters

_INSERT = insert(bulletins).returning(bulletins.c.id)
_SELECT = select(bulletins).where(
    bulletins.c.id == bindparam("bulletin"), bulletins.c.cohort_id == bindparam("cohort")
)
_SELECT_COMING = (
    select(bulletins)
    .where(bulletins.c.cohort_id == bindparam("cohort"), bulletins.c.state == "coming")
    .order_by(bulletins.c.id)
)
_SET_STATE = (
    bulletins.update()
    .where(bulletins.c.id == bindparam("bulletin"))
    .values(state=bindparam("new_state"))
)
_DELETE_OLD_DRAFTS = bulletins.delete().where(
    bulletins.c.state == "draft", bulletins.c.made_at < bindparam("before")
)
_INSERT_LETTERS = DialectInsert(letters, lambda query: query.on_conflict_do_nothing())
_HAS_REF = (
    letters.c.cohort_id == bindparam("cohort"),
    letters.c.kind == BULLETIN,
    letters.c.ref == bindparam("letter_ref"),
)
_SELECT_LETTERS = select(letters).where(*_HAS_REF).order_by(letters.c.id)
_LOCK_LETTERS = _SELECT_LETTERS.with_for_update()
_CLOSE_LETTERS = (
    letters.update()
    .where(*_HAS_REF, IS_DUE)
    .values(
        # What may have been read is never called skipped.
        state=case((IS_DOUBTFUL, "unsure"), else_="skipped"),
        reason=bindparam("why"),
        ended_at=bindparam("now"),
    )
)


class BulletinQueries:
    """Queries about bulletins."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection
        self._gaps = GapQueries(connection)

    async def save_draft(
        self,
        cohort: Cohort,
        body: str,
        when: WallTime | None,
        made_by: int,
        now: datetime,
        *,
        replaces: int = 0,
    ) -> Bulletin:
        """Store a text that nobody has agreed to yet, and return it."""
        row = {
            "cohort_id": cohort.id,
            "made_by": made_by,
            "made_at": now,
            "body": body,
            "day": when.day if when else None,
            "at": when.at if when else None,
            "zone": when.zone if when else cohort.zone,
            "state": "draft",
            "replaces": replaces,
        }
        bulletin_id: int = self._connection.execute(_INSERT, row).scalar_one()
        return Bulletin(bulletin_id, cohort.id, body, when, "draft", made_by, now, replaces)

    async def find_bulletin(self, cohort: Cohort, bulletin_id: int) -> Bulletin | None:
        """Return a cohort's bulletin by its id, or None."""
        wanted = {"bulletin": bulletin_id, "cohort": cohort.id}
        row = self._connection.execute(_SELECT, wanted).first()
        return _build_bulletin(row) if row is not None else None

    async def list_coming(self, cohort: Cohort) -> Sequence[Bulletin]:
        """Return the bulletins that wait for their moment."""
        rows = self._connection.execute(_SELECT_COMING, {"cohort": cohort.id})
        return [_build_bulletin(row) for row in rows]

    async def set_state(self, bulletin: Bulletin, state: BulletinState) -> None:
        self._connection.execute(_SET_STATE, {"bulletin": bulletin.id, "new_state": state})

    async def delete_old_drafts(self, before: datetime) -> None:
        """Delete texts that nobody has agreed to since."""
        self._connection.execute(_DELETE_OLD_DRAFTS, {"before": before})

    # — falling due —

    async def find_next_moment(self, cohort: Cohort) -> datetime | None:
        """Return the instant of the next bulletin, in UTC; None without one."""
        coming = await self.list_coming(cohort)
        return min((_get_moment(bulletin) for bulletin in coming), default=None)

    async def enter_due_bulletins(self, cohort: Cohort, now: datetime) -> datetime | None:
        """Enter the bulletins up to now, and return the instant of the next one, or None.

        The cohort must be locked.
        """
        later = []
        for bulletin in sorted(await self.list_coming(cohort), key=_get_moment):
            if _get_moment(bulletin) > now:
                later.append(_get_moment(bulletin))
            else:
                await self.enter_bulletin(cohort, bulletin, _get_moment(bulletin))
        return min(later, default=None)

    async def enter_bulletin(self, cohort: Cohort, bulletin: Bulletin, moment: datetime) -> None:
        """Enter a bulletin for every home of the cohort, due at `moment`."""
        encoded = encode_answer(build_bulletin(cohort, bulletin.body))
        rows = []
        for home in await CohortQueries(self._connection).list_homes(cohort.id):
            row = build_letter_row(cohort, BULLETIN, bulletin.letter_ref, moment, home.id, 0)
            rows.append({**row, "message": encoded})
        if rows:
            await self._gaps.mark_possibly_sent(rows)
            self._connection.execute(_INSERT_LETTERS.for_engine(self._connection), rows)
        await self.set_state(bulletin, "entered")

    # — its letters —

    async def list_letters(self, bulletin: Bulletin) -> Sequence[Letter]:
        """Return a bulletin's letters, the oldest home first."""
        wanted = {"cohort": bulletin.cohort_id, "letter_ref": bulletin.letter_ref}
        return [build_letter(row) for row in self._connection.execute(_SELECT_LETTERS, wanted)]

    async def lock_letters(self, bulletin: Bulletin) -> Sequence[Letter]:
        """Return a bulletin's letters, which nobody can claim until the transaction ends."""
        wanted = {"cohort": bulletin.cohort_id, "letter_ref": bulletin.letter_ref}
        return [build_letter(row) for row in self._connection.execute(_LOCK_LETTERS, wanted)]

    async def close_letters(self, bulletin: Bulletin, reason: str, now: datetime) -> None:
        """End a bulletin's letters that still wait. One that is being sent is left alone."""
        wanted = {"cohort": bulletin.cohort_id, "letter_ref": bulletin.letter_ref}
        self._connection.execute(_CLOSE_LETTERS, {**wanted, "why": reason, "now": now})


def _get_moment(bulletin: Bulletin) -> datetime:
    # Only a draft has no time: whoever agrees to one posts it at once.
    assert bulletin.when is not None
    return bulletin.when.moment


def _build_bulletin(row: Row[Any]) -> Bulletin:
    when = None
    if row.day is not None:
        when = WallTime(row.day, row.at, row.zone)
    return Bulletin(
        row.id,
        row.cohort_id,
        row.body,
        when,
        cast(BulletinState, row.state),
        row.made_by,
        row.made_at,
        row.replaces,
    )
