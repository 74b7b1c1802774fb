"""The bot's end of the wire, for tests of its parts: the real API, with the tokens of a simulated
Slack.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.slack.api import BotToken, SlackApi, Workspace
from bot.chat.address import Place
from tests.support.slack.wire import Wire
from tests.support.slack.workspaces import APP, BOT

HALL = Workspace("T0HALL")
STUDY = Place("slack", "T0HALL", "C0STUDY", tenant="T0HALL")
ADA = Place("slack", "T0HALL", native="U0ADA", tenant="T0HALL")


@dataclass
class WireTokens:
    """The tokens Slack has given out and not taken back.

    `scoped`: installations keep what was granted.
    """

    wire: Wire
    scoped: bool = False

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        for token in self.wire.tokens.values():
            if token.team == workspace.team and not token.app:
                return BotToken(
                    token.secret, BOT, "U0MONA", APP, token.scopes if self.scoped else frozenset()
                )
        return None

    async def forget_token(self, workspace: Workspace) -> None:
        raise NotImplementedError("Slack itself takes tokens back")

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        raise NotImplementedError("the bot as a whole asks for these")


@asynccontextmanager
async def open_wire_api(wire: Wire, *, scoped: bool = False) -> AsyncIterator[SlackApi]:
    """The API over the wire, by the wire's clock."""
    async with SlackApi(
        WireTokens(wire, scoped), base_url=wire.api, time=lambda: wire.clock.now().timestamp()
    ) as api:
        yield api
