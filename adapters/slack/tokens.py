"""A cache for workspaces' tokens, so that no answer waits for the token store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from adapters.slack.cache import ExpiringCache

if TYPE_CHECKING:
    from adapters.slack.api import BotToken, TokenStore, Workspace

MOST = 1000  # workspaces
LASTS = 300.0  # seconds; another process may be the first to hear about a removal


class TokenCache:
    """Tokens, asked for once in five minutes. A removal and an installation clear them.

    A missing token is not cached: the app may be installed at any moment.
    """

    def __init__(self, tokens: TokenStore, time: Callable[[], float]) -> None:
        self._tokens = tokens
        self._cached: ExpiringCache[Workspace, BotToken] = ExpiringCache(
            time, max_entries=MOST, lifetime=LASTS
        )
        self._drop_count = 0

    def get_cached_token(self, workspace: Workspace) -> BotToken | None:
        """Return a workspace's token if it is known without asking."""
        return self._cached[workspace]

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """See `adapters.slack.api.TokenStore.find_token`."""
        known = self._cached[workspace]
        if known is not None:
            return known
        drop_count = self._drop_count
        token = await self._tokens.find_token(workspace)
        # After a drop in the meantime, this may be the very token that was dropped.
        if token is not None and drop_count == self._drop_count:
            self._cached[workspace] = token
        return token

    def drop_cached_tokens(self, workspace: Workspace) -> None:
        """Forget the tokens cached for a workspace and for all of its enterprise.

        Called after an installation has changed.
        """
        self._drop_count += 1
        for cached in self._cached:
            shares_enterprise = workspace.enterprise and cached.enterprise == workspace.enterprise
            if cached.team == workspace.team or shares_enterprise:
                del self._cached[cached]

    async def forget_token(self, workspace: Workspace) -> None:
        """See `adapters.slack.api.TokenStore.forget_token`."""
        # Dropped on both sides: before, for calls that start now; after, for what they cached.
        self.drop_cached_tokens(workspace)
        await self._tokens.forget_token(workspace)
        self.drop_cached_tokens(workspace)

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """See `adapters.slack.api.TokenStore.list_installed_workspaces`."""
        return await self._tokens.list_installed_workspaces()
