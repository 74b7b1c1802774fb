"""Shards: one process's share of the servers (Discord: Gateway, Sharding). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards in this process.

    Without a `count` Discord decides; without `ids` it runs all shards.
    """

    count: int | None = None
    ids: tuple[int, ...] = ()

    def has_guild(self, guild: str) -> bool:
        """Return True if a server's events come to this process."""
        if not self.ids or not self.count:
            return True
        # Discord's own formula: the creation time inside the id decides.
        return (int(guild) >> 22) % self.count in self.ids
