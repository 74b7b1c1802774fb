"""Who somebody is in a workspace: what Slack calls them, their zone and language, and whether they manage it.

Asked once an hour at most, but for a right, which is asked for anew (`fresh`) and never believed because it was true once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.api import SlackApi, Workspace
from adapters.slack.cache import ExpiringCache
from adapters.slack.errors import BROKEN
from adapters.slack.interaction import SlackInteraction
from bot.chat.address import Caller

PATIENCE = 5.0  # seconds; somebody waits for the answer meanwhile
AN_HOUR = 3600.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlackProfile:
    """Somebody as Slack shows them. `zone` is an IANA name and `locale` like `en-GB`, both empty where Slack does not say;
    `manages`: one of the workspace's own owners or admins; `gone`: the account is closed."""

    name: str
    zone: str
    locale: str
    is_manager: bool
    is_deleted: bool


class SlackPeople:
    """The people of all workspaces, as far as they have been asked about lately: `most` of them."""

    def __init__(self, api: SlackApi, *, max_profiles: int = 10_000) -> None:
        self._api = api
        self._known: ExpiringCache[tuple[Workspace, str], SlackProfile] = ExpiringCache(
            api.time, max_entries=max_profiles, lifetime=AN_HOUR
        )

    async def fetch_caller(
        self, interaction: SlackInteraction, *, needs_rights: bool = False
    ) -> Caller | None:
        """Whoever spoke, as Slack knows them. Whether somebody manages the workspace is asked anew each time it counts;
        None where it does and Slack does not say."""
        native = interaction.account.native
        profile = await self.fetch_profile(interaction.workspace, native, fresh=needs_rights)
        if profile is not None and profile.is_manager and not needs_rights:
            profile = await self.fetch_profile(interaction.workspace, native, fresh=True)
        installed = await self._api.is_installer(interaction.workspace, native)
        if profile is None:
            return (
                Caller(interaction.account, interaction.name, installed)
                if installed or not needs_rights
                else None
            )
        zone, manages = profile.zone or None, profile.is_manager or installed
        return Caller(
            interaction.account,
            profile.name or interaction.name,
            manages,
            zone,
            locale=profile.locale,
        )

    async def fetch_profile(
        self, workspace: Workspace, user: str, *, fresh: bool = False
    ) -> SlackProfile | None:
        """Somebody's profile, or None where Slack does not say in time. `fresh`: as it is now."""
        if not fresh and (known := self._known[workspace, user]) is not None:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._api.call_method(
                    workspace, "users.info", user=user, include_locale=True
                )
        except BROKEN as broken:
            log.info("users.info of %s in %s: %s", user, workspace.team, broken)
            return None
        found = answer.get("user")
        if not isinstance(found, dict):
            return None
        profile = self._known[workspace, user] = _parse_profile(found, workspace)
        return profile


def _parse_profile(user: Mapping[str, Any], workspace: Workspace) -> SlackProfile:
    shown = user.get("profile") or {}
    names = (
        shown.get("display_name"),
        shown.get("real_name"),
        user.get("real_name"),
        user.get("name"),
    )
    gone = bool(user.get("deleted"))
    return SlackProfile(
        name=next((str(name) for name in names if name), ""),
        zone=str(user.get("tz") or ""),
        locale=str(user.get("locale") or ""),
        is_manager=not gone and _is_workspace_manager(user, workspace),
        is_deleted=gone,
    )


def _is_workspace_manager(user: Mapping[str, Any], workspace: Workspace) -> bool:
    """Whether the workspace is theirs to manage: they may be an admin of another, met in a shared channel (Slack: User
    object), or the enterprise's."""
    enterprise = user.get("enterprise_user") or {}
    if (
        workspace.enterprise
        and enterprise.get("enterprise_id") == workspace.enterprise
        and _has_admin_role(enterprise)
    ):
        return True
    return (
        user.get("team_id") == workspace.team
        and not user.get("is_stranger")
        and _has_admin_role(user)
    )


def _has_admin_role(user: Mapping[str, Any]) -> bool:
    return any(user.get(role) is True for role in ("is_admin", "is_owner", "is_primary_owner"))
