"""Notes of check-ins that members share with their group, as the recap shows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from bot.group.cohort import Cohort
from bot.group.progress import get_public_name
from bot.post import SharedWords
from bot.store.checkins import CHECKINS_BY_SPEAKER, VOICE
from bot.store.connection import TxConnection
from bot.store.members import MemberQueries
from bot.store.tables import checkins, members

READ = 30  # notes that are read for a post, which shows a few of them

_SELECT_NOTES = (
    select(VOICE.c.id, checkins.c.note)
    .select_from(CHECKINS_BY_SPEAKER)
    .where(
        members.c.cohort_id == bindparam("cohort"),
        VOICE.c.shown,
        checkins.c.week_id == bindparam("week"),
        checkins.c.shared,
        checkins.c.note != "",
    )
    .order_by(checkins.c.first_at, VOICE.c.id)
    .limit(READ)
)


class SharedNoteQueries:
    """Queries about shared notes."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_shared_notes(
        self, cohort: Cohort, week_id: str, now: datetime
    ) -> tuple[SharedWords, ...]:
        """Return notes on a week, one for each member, without those hidden, away or gone."""
        wanted = {"cohort": cohort.id, "week": week_id}
        notes: dict[int, str] = {}
        for row in self._connection.execute(_SELECT_NOTES, wanted):
            notes.setdefault(row.id, row.note)
        known = await MemberQueries(self._connection).load_members_by_id(sorted(notes), cohort.id)
        shared = []
        for member_id, note in notes.items():
            name = get_public_name(known[member_id], cohort, now)
            if name is not None:
                shared.append(SharedWords(name, note))
        return tuple(shared)
