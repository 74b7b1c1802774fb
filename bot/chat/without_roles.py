"""The part of a platform about roles, for one that has none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.chat.message import NotifyWay


class WithoutRoles:
    """A platform without roles. Nobody asks it for one, as `notify_ways` has no role."""

    notify_ways: Sequence[NotifyWay] = ()

    async def settle_role(
        self, place: Place, name: str, native: str, since: datetime
    ) -> str | None:
        """Raise `SendError`: there are no roles."""
        raise SendError("There are no roles here.", permanent=True)

    async def give_role(self, place: Place, role: str, native: str) -> bool:
        """Return False: nobody can get one."""
        return False

    async def take_role(self, place: Place, role: str, native: str) -> None:
        """Do nothing: nobody has one."""

    async def delete_role(self, place: Place, role: str) -> None:
        """Do nothing: there is none."""
