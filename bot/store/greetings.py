"""Who was greeted: a space, a channel of it, or somebody in it, each once for as long as the bot is there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Place
from bot.store.rows import build_insert
from bot.store.tables import greetings


class GreetingQueries:
    """Queries about greetings. A place is greeted as a person, as a channel or, with neither, as a whole space."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def insert_greeting(self, place: Place, now: datetime) -> bool:
        """Whether a place is to be greeted now, which nobody else does from then on."""
        row = {
            "platform": place.platform,
            "tenant": place.tenant,
            "space": place.space,
            "whom": _format_greeting_target(place),
            "at": now,
        }
        made = (
            build_insert(self._connection, greetings)
            .values(row)
            .on_conflict_do_nothing()
            .returning(greetings.c.whom)
        )
        return (await self._connection.execute(made)).first() is not None

    async def delete_greeting(self, place: Place) -> None:
        """Have a place greeted another time: its greeting has not got through, or the bot comes there anew."""
        its = and_(greetings.c.space == place.space, greetings.c.tenant == place.tenant)
        await self._delete_matching_greetings(
            place.platform, and_(its, greetings.c.whom == _format_greeting_target(place))
        )

    async def delete_place_greetings(self, place: Place) -> None:
        """Forget all greetings in the space of a place or, where it names none, in its whole tenant."""
        its = (
            greetings.c.space == place.space if place.space else greetings.c.tenant == place.tenant
        )
        await self._delete_matching_greetings(place.platform, its)

    async def delete_space_greetings(self, platform: str, natives: Collection[str]) -> None:
        """Forget all greetings in some spaces of a platform, by their native ids."""
        await self._delete_matching_greetings(platform, greetings.c.space.in_(natives))

    async def list_greeted_spaces(self, platform: str) -> Collection[str]:
        """The native ids of the spaces of a platform where anybody was greeted."""
        asked = (
            select(greetings.c.space)
            .where(greetings.c.platform == platform, greetings.c.space != "")
            .distinct()
        )
        return list((await self._connection.execute(asked)).scalars())

    async def _delete_matching_greetings(self, platform: str, these: ColumnElement[bool]) -> None:
        await self._connection.execute(
            delete(greetings).where(greetings.c.platform == platform, these)
        )


def _format_greeting_target(place: Place) -> str:
    if place.native:
        return f"person {place.native}"
    return f"channel {place.channel}" if place.channel else ""
