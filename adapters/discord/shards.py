"""Shards: which of a bot's servers one process hears of (Discord: Gateway, Sharding). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shards:
    """Which shards this process runs; `count` None lets Discord say, and no `ids` means all of them."""

    count: int | None = None
    ids: tuple[int, ...] = ()

    def has_guild(self, guild: str) -> bool:
        """Whether a server's events come to this process (Discord: Gateway, Sharding)."""
        return not (self.ids and self.count) or (int(guild) >> 22) % self.count in self.ids
