"""Items people are stuck on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.group.attention import StuckItem
from bot.group.member import Person
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.connection import TxConnection
from bot.store.rows import DialectInsert
from bot.store.tables import accounts, stuck_items, ticks

_INSERT_STUCK = DialectInsert(stuck_items, lambda insert: insert.on_conflict_do_nothing())
STUCK_OWNER, _OWNS = accounts.alias("own"), accounts.alias("owns")
_DELETE_STUCK = stuck_items.delete().where(
    stuck_items.c.account_id.in_(OWN_ACCOUNTS),
    stuck_items.c.roadmap == bindparam("stuck_roadmap"),
    stuck_items.c.item == bindparam("stuck_item"),
)
# A tick by any account of the person ends it.
IS_TICKED_SINCE = (
    select(ticks.c.item)
    .join(_OWNS, _OWNS.c.id == ticks.c.account_id)
    .where(
        _OWNS.c.person_id == STUCK_OWNER.c.person_id,
        ticks.c.roadmap == stuck_items.c.roadmap,
        ticks.c.item == stuck_items.c.item,
    )
    .exists()
)
_SELECT_STUCK = (
    select(STUCK_OWNER.c.person_id, stuck_items.c.item, stuck_items.c.at)
    .join(stuck_items, stuck_items.c.account_id == STUCK_OWNER.c.id)
    .where(
        STUCK_OWNER.c.person_id.in_(bindparam("persons", expanding=True)),
        stuck_items.c.roadmap == bindparam("roadmap"),
        ~IS_TICKED_SINCE,
    )
    .order_by(stuck_items.c.at, stuck_items.c.item)
)


class StuckQueries:
    """Queries about items people are stuck on."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def mark_stuck(self, person: Person, roadmap: str, item: str, now: datetime) -> None:
        """Note that a person is stuck on an item; a second time changes nothing."""
        row = {"account_id": person.account_id, "roadmap": roadmap, "item": item, "at": now}
        self._connection.execute(_INSERT_STUCK.for_engine(self._connection), row)

    async def clear_stuck(self, person: Person, roadmap: str, item: str) -> bool:
        """Take that back, by whichever account; return False if there was nothing to take back."""
        values = {"person": person.id, "stuck_roadmap": roadmap, "stuck_item": item}
        return bool(self._connection.execute(_DELETE_STUCK, values).rowcount)

    async def load_stuck_items(
        self, person_ids: Collection[int], roadmap: str
    ) -> Mapping[int, tuple[str, ...]]:
        """Return the items persons are stuck on, by person id, the oldest first.

        Items ticked since are left out, and so are persons without any.
        """
        found = await self.list_stuck_items(person_ids, roadmap)
        return {
            person_id: tuple(stuck.item for stuck in items) for person_id, items in found.items()
        }

    async def list_stuck_items(
        self, person_ids: Collection[int], roadmap: str
    ) -> Mapping[int, tuple[StuckItem, ...]]:
        """Return the same with the instants since when."""
        if not person_ids:
            return {}
        wanted = {"persons": sorted(set(person_ids)), "roadmap": roadmap}
        found: dict[int, dict[str, StuckItem]] = defaultdict(dict)
        for row in self._connection.execute(_SELECT_STUCK, wanted):
            # Two accounts may both have said so: the first one counts.
            found[row.person_id].setdefault(row.item, StuckItem(row.item, row.at))
        return {person_id: tuple(items.values()) for person_id, items in found.items()}
