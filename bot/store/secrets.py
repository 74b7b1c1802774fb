"""What platforms have to keep secret, as it is stored: encrypted by `bot.runtime.vault`, which alone can read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.rows import insert
from bot.store.tables import secrets


class Secrets:
    """Queries about secrets."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, platform: str, name: str, value: str, until: datetime | None) -> None:
        """Keep a secret under a name, in place of the one that was there."""
        made = insert(self._connection, secrets).values(
            platform=platform, name=name, value=value, until=until
        )
        key = [secrets.c.platform, secrets.c.name]
        changed = {"value": value, "until": until}
        await self._connection.execute(made.on_conflict_do_update(index_elements=key, set_=changed))

    async def look(self, platform: str, name: str, now: datetime) -> str | None:
        """A secret by its name, unless its time is over."""
        asked = select(secrets.c.value).where(_named(platform, name), _fresh(now))
        return (await self._connection.execute(asked)).scalar()

    async def drop(self, platform: str, name: str) -> str | None:
        """Let go of a secret; what was stored, for the one of several callers that did."""
        gone = secrets.delete().where(_named(platform, name)).returning(secrets.c.value)
        return (await self._connection.execute(gone)).scalar()

    async def names(self, platform: str, beginning: str, now: datetime) -> Sequence[str]:
        """The names that begin like that, sorted."""
        asked = select(secrets.c.name).where(secrets.c.platform == platform, _fresh(now))
        begins = secrets.c.name.startswith(beginning, autoescape=True)
        return list(
            (await self._connection.execute(asked.where(begins).order_by(secrets.c.name))).scalars()
        )

    async def tidy(self, now: datetime) -> None:
        """Let go of those whose time is over."""
        await self._connection.execute(secrets.delete().where(secrets.c.until <= now))


def _named(platform: str, name: str) -> ColumnElement[bool]:
    return and_(secrets.c.platform == platform, secrets.c.name == name)


def _fresh(now: datetime) -> ColumnElement[bool]:
    return or_(secrets.c.until.is_(None), secrets.c.until > now)
