"""Sent posts that are to be written again, each until its platform shows the new text.

A row is a request. Claiming moves `due_at` into the future (the lease). The text is written from
fresh facts, so a request that comes while another is carried out only has it carried out again.

`life` says how long a row stays: "" until the post is written again, "week" until its week has
closed, "kept" until a moderator takes the post down. "remove" has it taken down. "ended" keeps a
post from being asked for again, after its platform has closed it to edits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, bindparam, case, func, select

from bot.post import PostRegistry, post_registry
from bot.store.cohorts import CohortQueries
from bot.store.columns import Instant
from bot.store.connection import TxConnection
from bot.store.count_edits import (
    REQUEST_COUNT_EDITS,
    build_request_params,
    list_counting_posts,
    note_all_weeks,
)
from bot.store.letter import LEASE, OPEN, Letter, build_letter
from bot.store.letter_states import match_states
from bot.store.rows import DialectInsert
from bot.store.tables import edits, letters

Life = Literal["", "week", "kept", "remove", "ended"]

# A letter on its way may still arrive with the old text: its edit waits for it.
_LETTER_ENDED = (
    select(letters.c.id)
    .where(letters.c.id == edits.c.letter_id, ~match_states(letters, OPEN))
    .exists()
)
IS_EDIT_DUE = (
    select(edits.c.letter_id).where(edits.c.due_at <= bindparam("now"), _LETTER_ENDED).exists()
)
SELECT_NEXT_EDIT_DUE = select(func.min(edits.c.due_at)).where(_LETTER_ENDED)
# Somebody whom the post named is gone: that waits for no turn, and is done even if the post has
# no week any more. Whoever holds the row sees the change when it is done.
_REQUEST = DialectInsert(
    edits,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[edits.c.letter_id],
        set_={
            "changes": edits.c.changes + 1,
            "due_at": case((edits.c.tries > 0, edits.c.due_at), else_=insert.excluded.due_at),
            "life": case(
                (edits.c.life == "week", ""), (edits.c.life == "ended", ""), else_=edits.c.life
            ),
        },
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
        edits.c.life,
        edits.c.pinned,
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
_IS_UNCHANGED = edits.c.changes == bindparam("known_changes")
_FINISH = edits.delete().where(_IS_MINE, _IS_UNCHANGED)
_POSTPONE = edits.update().where(_IS_MINE).values(due_at=bindparam("until"))
_REST = (
    edits.update()
    .where(_IS_MINE, _IS_UNCHANGED)
    .values(
        tries=0,
        changes=0,
        life=bindparam("new_life"),
        due_at=bindparam("rests_until"),
        free_at=bindparam("new_free_at"),
    )
)
_NEW_FREE_AT = bindparam("new_free_at", type_=Instant)
_GO_ON = (
    edits.update()
    .where(_IS_MINE)
    .values(
        tries=0,
        changes=1,
        due_at=case((edits.c.life == "", bindparam("now", type_=Instant)), else_=_NEW_FREE_AT),
        free_at=_NEW_FREE_AT,
    )
)
_SET_PINNED = edits.update().where(edits.c.letter_id == bindparam("letter")).values(pinned=True)
# A row that nobody holds rests: it is no claim, and is not due before its time.
_RESET = (
    edits.update()
    .where(edits.c.tries > 0, edits.c.due_at > bindparam("now"))
    .values(due_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class EditEntry:
    """A claimed request to write a letter's post again, leased until an instant.

    `sent_ref`: the platform's id for the post; empty if it was not sent, or nobody knows it.
    `tries`: the claims so far. `changes`: the requests beside the first, or since the last edit
    of a post that counts along.
    """

    letter: Letter
    sent_ref: str
    tries: int
    changes: int
    leased_until: datetime
    life: Life = ""
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class EditRest:
    """What becomes of a row after an edit: it rests until an instant, or until it is asked for.

    `free_at`: the earliest next edit that only counts along.
    """

    life: Life
    until: datetime | None
    free_at: datetime


class EditQueries:
    """Queries about posts to be written again."""

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        self._connection = connection
        self._post_kinds = post_kinds

    async def request_edits(self, letter_ids: Collection[int], now: datetime) -> None:
        """Have the posts of these letters written again, due now."""
        rows = [{"letter_id": letter_id, "due_at": now} for letter_id in sorted(letter_ids)]
        if rows:
            self._connection.execute(_REQUEST.for_engine(self._connection), rows)

    async def request_count_edits(self, now: datetime) -> None:
        """Have the posts count along that count what this transaction has changed.

        It comes last in a transaction: others may wait for these rows.
        """
        for cohort_id, known in self._connection.list_noted("audience").values():
            cohort = known or await CohortQueries(self._connection).load_cohort(cohort_id)
            if cohort is not None:
                note_all_weeks(self._connection, cohort)
        posts = list_counting_posts(self._connection, self._post_kinds, now)
        if posts is not None:
            statement = REQUEST_COUNT_EDITS.for_engine(self._connection)
            self._connection.execute(statement, build_request_params(posts, now))

    async def claim_edits(self, now: datetime, limit: int) -> Sequence[EditEntry]:
        """Claim up to `limit` due requests and return them, the oldest letter first."""
        values = {"now": now, "limit": limit, "leased_until": now + LEASE}
        letter_ids = list(self._connection.execute(_CLAIM, values).scalars())
        if not letter_ids:
            return ()
        entries = []
        for row in self._connection.execute(_SELECT_ENTRIES, {"letter_ids": letter_ids}):
            entry = EditEntry(
                build_letter(row),
                row.sent_ref or "",
                row.edit_tries,
                row.changes,
                row.edit_due_at,
                row.life,
                row.pinned,
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

    async def rest_edit(self, entry: EditEntry, rest: EditRest, now: datetime) -> None:
        """Put a claimed row to rest, or have it done again if it was asked for meanwhile."""
        key = {**_build_lease_key(entry), "new_free_at": rest.free_at}
        values = {"new_life": rest.life, "rests_until": rest.until}
        self._connection.execute(_REST, {**key, **values, "known_changes": entry.changes})
        self._connection.execute(_GO_ON, {**key, "now": now})

    async def postpone_edit(self, entry: EditEntry, until: datetime) -> None:
        """Put a claimed request back until an instant."""
        self._connection.execute(_POSTPONE, {**_build_lease_key(entry), "until": until})

    async def mark_pinned(self, entry: EditEntry) -> None:
        """Note that a post's platform shows it on top."""
        self._connection.execute(_SET_PINNED, {"letter": entry.letter.id})

    async def reset_edit_claims(self, now: datetime) -> None:
        """Make every claimed request due now.

        Only for a start that knows no other sender is alive.
        """
        self._connection.execute(_RESET, {"now": now})


def _build_lease_key(entry: EditEntry) -> dict[str, Any]:
    return {
        "letter": entry.letter.id,
        "claimed_try": entry.tries,
        "claimed_until": entry.leased_until,
    }
