"""Greetings sent: to a space, a channel or a person, each once while the bot is there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from bot.chat.address import Place
from bot.store.rows import build_claim
from bot.store.tables import greetings


class GreetingQueries:
    """Queries about greetings.

    A place stands for a person, for a channel or, with neither, for a whole space.
    """

    def __init__(self, connection: Connection) -> None:
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
        claim = build_claim(self._connection, greetings, row)
        return self._connection.execute(claim).first() is not None

    async def delete_greeting(self, place: Place) -> None:
        """Let a place be greeted again: its greeting failed, or the bot comes there anew."""
        is_meant = and_(
            greetings.c.space == place.space,
            greetings.c.tenant == place.tenant,
            greetings.c.whom == _format_greeting_target(place),
        )
        await self._delete_matching_greetings(place.platform, is_meant)

    async def delete_place_greetings(self, place: Place) -> None:
        """Delete all greetings in a place's space or, if it names none, in its tenant."""
        is_meant = greetings.c.tenant == place.tenant
        if place.space:
            is_meant = greetings.c.space == place.space
        await self._delete_matching_greetings(place.platform, is_meant)

    async def delete_space_greetings(self, platform: str, natives: Collection[str]) -> None:
        """Delete all greetings in some spaces, by their native ids."""
        await self._delete_matching_greetings(platform, greetings.c.space.in_(natives))

    async def list_greeted_spaces(self, platform: str) -> Collection[str]:
        """Return the native ids for a platform's spaces with any greeting."""
        query = (
            select(greetings.c.space)
            .where(greetings.c.platform == platform, greetings.c.space != "")
            .distinct()
        )
        return list(self._connection.execute(query).scalars())

    async def _delete_matching_greetings(
        self, platform: str, is_meant: ColumnElement[bool]
    ) -> None:
        self._connection.execute(
            delete(greetings).where(greetings.c.platform == platform, is_meant)
        )


def _format_greeting_target(place: Place) -> str:
    # Stored, so these words never change.
    if place.native:
        return f"person {place.native}"
    if place.channel:
        return f"channel {place.channel}"
    return ""
