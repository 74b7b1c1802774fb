"""What platforms have to keep secret, as it is stored: encrypted by `bot.runtime.vault`, which alone can read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.rows import build_insert
from bot.store.tables import secrets


class SecretQueries:
    """Queries about secrets."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save_secret_value(
        self, platform: str, name: str, value: str, until: datetime | None
    ) -> None:
        """Keep a secret under a name, in place of the one that was there."""
        made = build_insert(self._connection, secrets).values(
            platform=platform, name=name, value=value, until=until
        )
        key = [secrets.c.platform, secrets.c.name]
        changed = {"value": value, "until": until}
        await self._connection.execute(made.on_conflict_do_update(index_elements=key, set_=changed))

    async def load_secret_value(self, platform: str, name: str, now: datetime) -> str | None:
        """A secret by its name, unless its time is over."""
        asked = select(secrets.c.value).where(
            _match_secret_name(platform, name), _match_valid_secret(now)
        )
        return (await self._connection.execute(asked)).scalar()

    async def delete_secret_value(self, platform: str, name: str) -> str | None:
        """Let go of a secret; what was stored, for the one of several callers that did."""
        gone = secrets.delete().where(_match_secret_name(platform, name)).returning(secrets.c.value)
        return (await self._connection.execute(gone)).scalar()

    async def find_secret_names(self, platform: str, prefix: str, now: datetime) -> Sequence[str]:
        """The names that begin like that, sorted."""
        asked = select(secrets.c.name).where(
            secrets.c.platform == platform, _match_valid_secret(now)
        )
        begins = secrets.c.name.startswith(prefix, autoescape=True)
        return list(
            (await self._connection.execute(asked.where(begins).order_by(secrets.c.name))).scalars()
        )

    async def delete_expired_secrets(self, now: datetime) -> None:
        """Let go of those whose time is over."""
        await self._connection.execute(secrets.delete().where(secrets.c.until <= now))


def _match_secret_name(platform: str, name: str) -> ColumnElement[bool]:
    return and_(secrets.c.platform == platform, secrets.c.name == name)


def _match_valid_secret(now: datetime) -> ColumnElement[bool]:
    return or_(secrets.c.until.is_(None), secrets.c.until > now)
