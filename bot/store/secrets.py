"""Platforms' secrets, stored encrypted; only `bot.runtime.vault` can read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from bot.store.rows import build_insert
from bot.store.tables import secrets


class SecretQueries:
    """Queries about secrets."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def save_secret_value(
        self, platform: str, name: str, value: str, until: datetime | None
    ) -> None:
        """Store a secret under a name, in place of an earlier one; None never expires."""
        statement = build_insert(self._connection, secrets).values(
            platform=platform, name=name, value=value, until=until
        )
        upsert = statement.on_conflict_do_update(
            index_elements=[secrets.c.platform, secrets.c.name],
            set_={"value": value, "until": until},
        )
        self._connection.execute(upsert)

    async def load_secret_value(self, platform: str, name: str, now: datetime) -> str | None:
        """Return a secret by its name, or None once it has expired."""
        query = select(secrets.c.value).where(
            _match_secret_name(platform, name), _match_valid_secret(now)
        )
        return self._connection.execute(query).scalar()

    async def delete_secret_value(self, platform: str, name: str) -> str | None:
        """Delete a secret and return its value; None to every caller but one."""
        # RETURNING makes it a claim: a state token of an installation is good for one use.
        removal = secrets.delete().where(_match_secret_name(platform, name))
        return self._connection.execute(removal.returning(secrets.c.value)).scalar()

    async def find_secret_names(self, platform: str, prefix: str, now: datetime) -> Sequence[str]:
        """Return the names with a prefix, sorted; expired secrets are left out."""
        query = (
            select(secrets.c.name)
            .where(secrets.c.platform == platform, _match_valid_secret(now))
            .where(secrets.c.name.startswith(prefix, autoescape=True))
            .order_by(secrets.c.name)
        )
        return list(self._connection.execute(query).scalars())

    async def delete_expired_secrets(self, now: datetime) -> None:
        """Delete secrets that have expired."""
        self._connection.execute(secrets.delete().where(secrets.c.until <= now))


def _match_secret_name(platform: str, name: str) -> ColumnElement[bool]:
    return and_(secrets.c.platform == platform, secrets.c.name == name)


def _match_valid_secret(now: datetime) -> ColumnElement[bool]:
    return or_(secrets.c.until.is_(None), secrets.c.until > now)
