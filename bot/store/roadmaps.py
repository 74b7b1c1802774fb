"""The roadmaps a space has of its own: their versions, and imports that wait to be published."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.roadmap import Roadmap


@dataclass(frozen=True, slots=True)
class Shelved:
    """A roadmap that a cohort can take, as it is today. `key` is what cohorts and ticks know it by; `version` counts the
    space's own versions from 1, and is 0 for one as it came with the bot."""

    plan: Roadmap
    key: str
    version: int = 0


class Roadmaps:
    """Queries about roadmaps and their versions."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
