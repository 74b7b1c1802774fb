"""Sent posts that are to be written again, each until its platform shows the new text.

A row is a request. Claiming moves `due_at` into the future (the lease). The text is written from
fresh facts, so a request that comes while another is carried out only has it carried out again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select

from bot.store.connection import TxConnection
from bot.store.letter import LEASE, OPEN, Letter, build_letter
from bot.store.letter_states import match_states
from bot.store.rows import DialectInsert
from bot.store.tables import edits, letters

# A letter on its way may still arrive with the old text: its edit waits for it.
_LETTER_ENDED = (
    select(letters.c.id)
    .where(letters.c.id == edits.c.letter_id, ~match_states(letters, OPEN))
    .exists()
)
IS_EDIT_DUE = (
    select(edits.c.letter_id).where(edits.c.due_at <= bindparam("now"), _LETTER_ENDED).exists()
)
_SELECT_NEXT_DUE = select(func.min(edits.c.due_at)).where(_LETTER_ENDED)
_REQUEST = DialectInsert(
    edits,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[edits.c.letter_id], set_={"changes": edits.c.changes + 1}
    ),
)
_READY = (
    select(edits.c.letter_id)
    .where(edits.c.due_at <= bindparam("now"), _LETTER_ENDED)
    .order_by(edits.c.due_at, edits.c.letter_id)
    .limit(bindparam("limit"))
    .with_for_update(of=edits, skip_locked=True)
)
_CLAIM = (
    edits.update()
    .where(edits.c.letter_id.in_(_READY))
    .values(tries=edits.c.tries + 1, due_at=bindparam("leased_until"))
    .returning(edits.c.letter_id)
)
_SELECT_ENTRIES = (
    select(
        letters,
        edits.c.tries.label("edit_tries"),
        edits.c.changes,
        edits.c.due_at.label("edit_due_at"),
    )
    .join(edits, edits.c.letter_id == letters.c.id)
    .where(letters.c.id.in_(bindparam("letter_ids", expanding=True)))
    .order_by(letters.c.id)
)
# `tries` starts again after a finished request, so alone it would not fence: the lease does.
_IS_MINE = and_(
    edits.c.letter_id == bindparam("letter"),
    edits.c.tries == bindparam("claimed_try"),
    edits.c.due_at == bindparam("claimed_until"),
)
_FINISH = edits.delete().where(_IS_MINE, edits.c.changes == bindparam("known_changes"))
_POSTPONE = edits.update().where(_IS_MINE).values(due_at=bindparam("until"))
_RESET = edits.update().where(edits.c.due_at > bindparam("now")).values(due_at=bindparam("now"))


@dataclass(frozen=True, slots=True)
class EditEntry:
    """A claimed request to write a letter's post again, leased until an instant.

    `sent_ref`: the platform's id for the post; empty if it was not sent, or nobody knows it.
    `tries`: the claims so far. `changes`: the requests beside the first.
    """

    letter: Letter
    sent_ref: str
    tries: int
    changes: int
    leased_until: datetime


class EditQueries:
    """Queries about posts to be written again."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def request_edits(self, letter_ids: Collection[int], now: datetime) -> None:
        """Have the posts of these letters written again, due now."""
        rows = [{"letter_id": letter_id, "due_at": now} for letter_id in sorted(letter_ids)]
        if rows:
            self._connection.execute(_REQUEST.for_engine(self._connection), rows)

    async def claim_edits(self, now: datetime, limit: int) -> Sequence[EditEntry]:
        """Claim up to `limit` due requests and return them, the oldest letter first."""
        values = {"now": now, "limit": limit, "leased_until": now + LEASE}
        letter_ids = list(self._connection.execute(_CLAIM, values).scalars())
        if not letter_ids:
            return ()
        entries = []
        for row in self._connection.execute(_SELECT_ENTRIES, {"letter_ids": letter_ids}):
            entry = EditEntry(
                build_letter(row), row.sent_ref or "", row.edit_tries, row.changes, row.edit_due_at
            )
            entries.append(entry)
        return entries

    async def finish_edit(self, entry: EditEntry, now: datetime) -> None:
        """End a claimed request, or make it due again if another one came meanwhile."""
        key = _build_lease_key(entry)
        self._connection.execute(_FINISH, {**key, "known_changes": entry.changes})
        # Only a request with a change, or under another lease, is still there: the latter has
        # another key.
        self._connection.execute(_POSTPONE, {**key, "until": now})

    async def postpone_edit(self, entry: EditEntry, until: datetime) -> None:
        """Put a claimed request back until an instant."""
        self._connection.execute(_POSTPONE, {**_build_lease_key(entry), "until": until})

    async def reset_edit_claims(self, now: datetime) -> None:
        """Make every request due now.

        Only for a start that knows no other sender is alive.
        """
        self._connection.execute(_RESET, {"now": now})

    async def find_next_edit_due(self) -> datetime | None:
        """Return the instant the next request can be claimed, or None."""
        due_at: datetime | None = self._connection.execute(_SELECT_NEXT_DUE).scalar()
        return due_at


def _build_lease_key(entry: EditEntry) -> dict[str, object]:
    return {
        "letter": entry.letter.id,
        "claimed_try": entry.tries,
        "claimed_until": entry.leased_until,
    }
