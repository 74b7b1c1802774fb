"""Greetings sent: to a space, a channel or a person, each once while the bot is there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.chat.address import Place
from bot.store.connection import TxConnection
from bot.store.rows import build_claim
from bot.store.tables import greetings

_CLAIM_GREETING = build_claim(greetings)
_DELETE_ON_PLATFORM = greetings.delete().where(greetings.c.platform == bindparam("platform"))
_DELETE_GREETING = _DELETE_ON_PLATFORM.where(
    greetings.c.space == bindparam("space"),
    greetings.c.tenant == bindparam("tenant"),
    greetings.c.whom == bindparam("whom"),
)
_DELETE_IN_TENANT = _DELETE_ON_PLATFORM.where(greetings.c.tenant == bindparam("tenant"))
_DELETE_IN_SPACES = _DELETE_ON_PLATFORM.where(
    greetings.c.space.in_(bindparam("spaces", expanding=True))
)
_SELECT_SPACES = (
    select(greetings.c.space)
    .where(greetings.c.platform == bindparam("platform"), greetings.c.space != "")
    .distinct()
)


class GreetingQueries:
    """Queries about greetings.

    A place stands for a person, for a channel or, with neither, for a whole space.
    """

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def insert_greeting(self, place: Place, now: datetime) -> bool:
        """Return True once for a place: the caller then greets it, and nobody else does."""
        row = {
            "platform": place.platform,
            "tenant": place.tenant,
            "space": place.space,
            "whom": _format_greeting_target(place),
            "at": now,
        }
        claim = _CLAIM_GREETING.for_engine(self._connection)
        return self._connection.execute(claim, row).first() is not None

    async def delete_greeting(self, place: Place) -> None:
        """Let a place be greeted again: its greeting failed, or the bot comes there anew."""
        key = {
            "platform": place.platform,
            "tenant": place.tenant,
            "space": place.space,
            "whom": _format_greeting_target(place),
        }
        self._connection.execute(_DELETE_GREETING, key)

    async def delete_place_greetings(self, place: Place) -> None:
        """Delete all greetings in a place's space or, if it names none, in its tenant."""
        if place.space:
            await self.delete_space_greetings(place.platform, [place.space])
            return
        tenant = {"platform": place.platform, "tenant": place.tenant}
        self._connection.execute(_DELETE_IN_TENANT, tenant)

    async def delete_space_greetings(self, platform: str, natives: Collection[str]) -> None:
        """Delete all greetings in some spaces, by their native ids."""
        meant = {"platform": platform, "spaces": list(natives)}
        self._connection.execute(_DELETE_IN_SPACES, meant)

    async def list_greeted_spaces(self, platform: str) -> Collection[str]:
        """Return the native ids for a platform's spaces with any greeting."""
        return list(self._connection.execute(_SELECT_SPACES, {"platform": platform}).scalars())


def _format_greeting_target(place: Place) -> str:
    # Stored, so these words never change.
    if place.native:
        return f"person {place.native}"
    if place.channel:
        return f"channel {place.channel}"
    return ""
