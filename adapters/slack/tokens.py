"""Tokens of workspaces that were asked for lately, so that no answer waits for where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from adapters.slack.memory import Memory

if TYPE_CHECKING:
    from adapters.slack.api import Token, Tokens, Workspace

MOST = 1000  # workspaces
LASTS = 300.0  # seconds; another process may be the one that hears of a removal


class TokenCache:
    """Tokens, asked for once in five minutes. A removal clears what is kept, and so does a new one.

    That there is no token is not kept: the app may be installed at any moment.
    """

    def __init__(self, tokens: Tokens, time: Callable[[], float]) -> None:
        self._tokens = tokens
        self._kept: Memory[Workspace, Token] = Memory(time, most=MOST, lasts=LASTS)
        self._drops = 0

    def known(self, workspace: Workspace) -> Token | None:
        """Return the token of a workspace, as far as it is known without asking."""
        return self._kept[workspace]

    async def of(self, workspace: Workspace) -> Token | None:
        """See `api.Tokens`."""
        if (known := self._kept[workspace]) is not None:
            return known
        drops = self._drops
        token = await self._tokens.of(workspace)
        if token is not None and drops == self._drops:  # else it may be what was dropped meanwhile
            self._kept[workspace] = token
        return token

    def drop(self, workspace: Workspace) -> None:
        """Ask anew for a workspace, and for all of its enterprise: its installation has changed."""
        self._drops += 1
        for kept in self._kept:
            shares_enterprise = workspace.enterprise and kept.enterprise == workspace.enterprise
            if kept.team == workspace.team or shares_enterprise:
                del self._kept[kept]

    async def forget(self, workspace: Workspace) -> None:
        """See `api.Tokens`."""
        self.drop(workspace)
        await self._tokens.forget(workspace)
        self.drop(workspace)

    async def installed(self) -> Sequence[Workspace]:
        """See `api.Tokens`."""
        return await self._tokens.installed()
