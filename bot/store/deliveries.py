"""Whether private messages reach people. Nobody is told twice that theirs are closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.group.member import Person
from bot.store import people_statements as sql
from bot.store.connection import TxConnection


class DeliveryQueries:
    """Queries about private messages that arrived or were refused."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def record_private_deliveries(
        self, reached: Collection[int], refused: Collection[int], now: datetime
    ) -> None:
        """Note whether private messages reach the accounts of these members.

        A member with closed messages is told once, so the first note stays (`claim_closed_notice`).
        """
        if reached:
            self._connection.execute(
                sql.DELETE_CLOSED, [{"member": member_id} for member_id in reached]
            )
        if refused:
            rows = [{"member": member_id, "now": now} for member_id in refused]
            self._connection.execute(sql.NOTE_CLOSED.for_engine(self._connection), rows)

    async def record_account_deliveries(
        self, reached: Collection[int], refused: Collection[int], now: datetime
    ) -> None:
        """Note the same for accounts that got a letter without being a member."""
        if reached:
            self._connection.execute(
                sql.DELETE_ACCOUNT_CLOSED, [{"account": account_id} for account_id in reached]
            )
        if refused:
            rows = [{"account": account_id, "now": now} for account_id in refused]
            statement = sql.NOTE_ACCOUNT_CLOSED.for_engine(self._connection)
            self._connection.execute(statement, rows)

    async def claim_closed_notice(self, person: Person) -> bool:
        """Return True once: the caller then tells them their private messages are closed."""
        # The update decides, so of two calls at the same time one gets True.
        return self._connection.execute(sql.CLAIM_NOTICE, {"person": person.id}).rowcount > 0
