"""Roles in the room: in words only. Nobody there has a telephone that could ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.address import Place
from bot.chat.message import NotifyWay


class RoomRoles:
    """The roles of a platform that only says whom a post would notify."""

    notify_ways: Sequence[NotifyWay] = ("role",)

    async def settle_role(
        self, place: Place, name: str, native: str, since: datetime
    ) -> str | None:
        """Return the role's name as its id."""
        return native or name

    async def give_role(self, place: Place, role: str, native: str) -> bool:
        """Do nothing: the choice itself is all there is."""
        return True

    async def take_role(self, place: Place, role: str, native: str) -> None:
        """Do nothing, as above."""

    async def delete_role(self, place: Place, role: str) -> None:
        """Do nothing, as above."""
