"""Letters under test: the sending end, and the channel they arrive in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from adapters.slack.api import SlackApi
from adapters.slack.letters import SlackLetters
from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.chat.message import Button, Buttons, Message, text_message
from tests.support.slack.api import STUDY
from tests.support.slack.wire import Wire
from tests.support.slack.workspaces import Json

HELLO = text_message("Hello, <everyone> & all.", Buttons((Button("Join", "join spring"),)))


@dataclass
class Post:
    """The two ends: what the bot does, and what Slack has."""

    wire: Wire
    letters: SlackLetters
    api: SlackApi
    naps: list[float] = field(default_factory=list)

    @classmethod
    def over(cls, wire: Wire, api: SlackApi) -> Post:
        naps: list[float] = []

        async def nap(seconds: float) -> None:
            naps.append(round(seconds, 3))

        return cls(wire, SlackLetters(api, sleep=nap), api, naps)

    @property
    def posts(self) -> list[Json]:
        """What stands in #study-group."""
        return self.wire.hall.channels["C0STUDY"].messages

    async def send(
        self, key: str = "letter", place: Place = STUDY, message: Message = HELLO
    ) -> str:
        return await self.letters.send_slack_letter(place, message, key, "/study")

    async def find(
        self, key: str = "letter", place: Place = STUDY, since: datetime | None = None
    ) -> str | None:
        return await self.letters.find_slack_letter(place, key, since or self.wire.clock.now())

    async def fails(self, place: Place = STUDY) -> SendError:
        with pytest.raises(SendError) as raised:
            await self.send(place=place)
        return raised.value

    async def waits(self, *asked: Any, **given: Any) -> float:
        """The seconds until the letter may be looked for (again)."""
        with pytest.raises(SendError) as raised:
            await self.find(*asked, **given)
        assert raised.value.after is not None
        return round(raised.value.after.total_seconds(), 3)

    def says(self, times: int = 1, **more: Any) -> None:
        """Somebody else says something in #study-group."""
        for _ in range(times):
            self.posts.append(
                {"type": "message", "user": "U0BOB", "text": "hm", "ts": self.wire.ts(), **more}
            )
