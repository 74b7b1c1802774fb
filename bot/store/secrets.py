"""Platforms' secrets, stored encrypted; only `bot.runtime.vault` can read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from bot.store.connection import TxConnection
from bot.store.rows import DialectInsert
from bot.store.tables import secrets

_IS_NAMED = and_(secrets.c.platform == bindparam("platform"), secrets.c.name == bindparam("name"))
_IS_VALID = or_(secrets.c.until.is_(None), secrets.c.until > bindparam("now"))

_UPSERT_SECRET = DialectInsert(
    secrets,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[secrets.c.platform, secrets.c.name],
        set_={"value": insert.excluded.value, "until": insert.excluded.until},
    ),
)
_SELECT_SECRET = select(secrets.c.value).where(_IS_NAMED, _IS_VALID)
# RETURNING makes it a claim: a state token of an installation is good for one use.
_DELETE_SECRET = secrets.delete().where(_IS_NAMED).returning(secrets.c.value)
_SELECT_NAMES = (
    select(secrets.c.name)
    .where(secrets.c.platform == bindparam("platform"), _IS_VALID)
    .order_by(secrets.c.name)
)
_DELETE_EXPIRED = secrets.delete().where(secrets.c.until <= bindparam("now"))


class SecretQueries:
    """Queries about secrets."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def save_secret_value(
        self, platform: str, name: str, value: str, until: datetime | None
    ) -> None:
        """Store a secret under a name, in place of an earlier one; None never expires."""
        row = {"platform": platform, "name": name, "value": value, "until": until}
        self._connection.execute(_UPSERT_SECRET.for_engine(self._connection), row)

    async def load_secret_value(self, platform: str, name: str, now: datetime) -> str | None:
        """Return a secret by its name, or None once it has expired."""
        wanted = {"platform": platform, "name": name, "now": now}
        return self._connection.execute(_SELECT_SECRET, wanted).scalar()

    async def delete_secret_value(self, platform: str, name: str) -> str | None:
        """Delete a secret and return its value; None to every caller but one."""
        wanted = {"platform": platform, "name": name}
        return self._connection.execute(_DELETE_SECRET, wanted).scalar()

    async def find_secret_names(self, platform: str, prefix: str, now: datetime) -> Sequence[str]:
        """Return the names with a prefix, sorted; expired secrets are left out."""
        # Added to the statement here: only a literal prefix can be escaped. It is rarely asked for.
        query = _SELECT_NAMES.where(secrets.c.name.startswith(prefix, autoescape=True))
        wanted = {"platform": platform, "now": now}
        return list(self._connection.execute(query, wanted).scalars())

    async def delete_expired_secrets(self, now: datetime) -> None:
        """Delete secrets that have expired."""
        self._connection.execute(_DELETE_EXPIRED, {"now": now})
