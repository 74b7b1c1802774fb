"""Tokens of workspaces that were asked for lately, so that no answer waits for where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from adapters.slack.cache import ExpiringCache

if TYPE_CHECKING:
    from adapters.slack.api import BotToken, TokenStore, Workspace

MOST = 1000  # workspaces
LASTS = 300.0  # seconds; another process may be the one that hears of a removal


class TokenCache:
    """Tokens, asked for once in five minutes. A removal clears what is kept, and so does a new one.

    That there is no token is not kept: the app may be installed at any moment.
    """

    def __init__(self, tokens: TokenStore, time: Callable[[], float]) -> None:
        self._tokens = tokens
        self._kept: ExpiringCache[Workspace, BotToken] = ExpiringCache(
            time, max_entries=MOST, lifetime=LASTS
        )
        self._drops = 0

    def get_cached_token(self, workspace: Workspace) -> BotToken | None:
        """Return the token of a workspace, as far as it is known without asking."""
        return self._kept[workspace]

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """See `api.Tokens`."""
        if (known := self._kept[workspace]) is not None:
            return known
        drops = self._drops
        token = await self._tokens.find_token(workspace)
        if token is not None and drops == self._drops:  # else it may be what was dropped meanwhile
            self._kept[workspace] = token
        return token

    def drop_cached_tokens(self, workspace: Workspace) -> None:
        """Ask anew for a workspace, and for all of its enterprise: its installation has changed."""
        self._drops += 1
        for kept in self._kept:
            shares_enterprise = workspace.enterprise and kept.enterprise == workspace.enterprise
            if kept.team == workspace.team or shares_enterprise:
                del self._kept[kept]

    async def forget_token(self, workspace: Workspace) -> None:
        """See `api.Tokens`."""
        self.drop_cached_tokens(workspace)
        await self._tokens.forget_token(workspace)
        self.drop_cached_tokens(workspace)

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """See `api.Tokens`."""
        return await self._tokens.list_installed_workspaces()
