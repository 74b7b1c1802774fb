"""A home's kept post: the board, asked for by a moderator and taken down by one.

It is a letter like any other. Its row in `edits` says that it is kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, cast, func, literal_column, select

from bot.group.cohort import Cohort
from bot.post import PostSlot
from bot.store.cohorts import Home
from bot.store.connection import TxConnection
from bot.store.ledger import LedgerQueries
from bot.store.letter import Letter, build_letter
from bot.store.tables import edits, letters

BOARD = "board"  # the kind of post

_IS_BOARD_OF_HOME = (
    letters.c.cohort_id == bindparam("cohort_id"),
    # Named one by one, so that the index of keys is used: a large cohort has many letters.
    letters.c.edition.in_(bindparam("editions", expanding=True)),
    letters.c.kind == BOARD,
    letters.c.home_id == bindparam("home"),
)
_IS_KEPT = edits.c.life == literal_column("'kept'")
_SELECT_BOARD = (
    select(letters, edits.c.pinned)
    .join(edits, edits.c.letter_id == letters.c.id)
    .where(*_IS_BOARD_OF_HOME, _IS_KEPT)
    .order_by(letters.c.id.desc())
    .limit(1)
)
_SELECT_LAST_NUMBER = select(func.coalesce(func.max(cast(letters.c.ref, Integer)), 0)).where(
    *_IS_BOARD_OF_HOME
)
_SELECT_LETTER_ID = (
    select(letters.c.id)
    .where(*_IS_BOARD_OF_HOME, letters.c.ref == bindparam("board_ref"))
    # A number is given once in a cohort, whatever the edition.
    .limit(1)
)
_KEEP = edits.insert()
_TAKE_DOWN = (
    edits.update()
    .where(edits.c.letter_id == bindparam("letter"))
    # A sender that holds the row loses its lease, and changes nothing more.
    .values(life="remove", due_at=bindparam("now"), tries=0, changes=edits.c.changes + 1)
)
_FORGET = edits.delete().where(edits.c.letter_id == bindparam("letter"))


class KeptPostQueries:
    """Queries about boards."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def find_board(self, cohort: Cohort, home: Home) -> Letter | None:
        """Return the letter of a home's board; None if there is none."""
        wanted = _build_board_params(cohort, home)
        row = self._connection.execute(_SELECT_BOARD, wanted).first()
        return build_letter(row) if row else None

    async def put_up_board(self, cohort: Cohort, home: Home, now: datetime) -> None:
        """Enter a new board for a home, and keep it. The cohort must be locked."""
        wanted = _build_board_params(cohort, home)
        last = self._connection.execute(_SELECT_LAST_NUMBER, wanted).scalar_one()
        slot = PostSlot(BOARD, str(last + 1), now)
        await LedgerQueries(self._connection).enter_due_posts(cohort, [slot], [home])
        letter_id = self._connection.execute(
            _SELECT_LETTER_ID, {**wanted, "board_ref": slot.ref}
        ).scalar_one()
        # Due at once, but claimed after the letter has left: then it is pinned.
        row = {"letter_id": letter_id, "due_at": now, "changes": 1, "life": "kept"}
        self._connection.execute(_KEEP, row)

    async def move_board(self, cohort: Cohort, home: Home, now: datetime) -> None:
        """Put a board up anew where its home has moved; the old message stays as it is.

        The cohort must be locked.
        """
        board = await self.find_board(cohort, home)
        if board is not None:
            self._connection.execute(_FORGET, {"letter": board.id})
            await self.put_up_board(cohort, home, now)

    async def take_down_board(self, letter: Letter, now: datetime) -> None:
        """Have a board's message deleted."""
        self._connection.execute(_TAKE_DOWN, {"letter": letter.id, "now": now})


def _build_board_params(cohort: Cohort, home: Home) -> dict[str, Any]:
    editions = list(range(1, cohort.edition + 1))
    return {"cohort_id": cohort.id, "editions": editions, "home": home.id}
