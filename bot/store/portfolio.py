"""What people have built and earned: portfolio projects and certificates, kept with the account they came through."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection


class Portfolio:
    """Queries about portfolio projects and certificates."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
