"""People in a workspace: their name, zone and language, and their right to manage it.

Slack is asked about a person once an hour at most. A right is asked for anew each time (`fresh`):
that somebody had it before proves nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.api import SlackApi, Workspace, get_error_code
from adapters.slack.cache import ExpiringCache
from adapters.slack.errors import NO_USER, SLACK_FAILURES, raise_slack_send_errors
from adapters.slack.interaction import SlackInteraction
from bot.chat.address import NO_RIGHTS, AccountRights, Caller, Place

PATIENCE = 5.0  # seconds; somebody waits for the answer meanwhile
PROFILE_LIFETIME = 3600.0  # seconds
ADMIN_ROLES = ("is_admin", "is_owner", "is_primary_owner")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlackProfile:
    """A person's profile on Slack.

    `zone` is an IANA name and `locale` is like `en-GB`; both are empty if Slack does not say.
    `is_manager`: one of the workspace's own owners or admins. `is_deleted`: the account is closed.
    """

    name: str
    zone: str
    locale: str
    is_manager: bool
    is_deleted: bool


class SlackPeople:
    """The last `max_profiles` people in all workspaces about whom Slack was asked."""

    def __init__(self, api: SlackApi, *, max_profiles: int = 10_000) -> None:
        self._api = api
        self._profiles: ExpiringCache[tuple[Workspace, str], SlackProfile] = ExpiringCache(
            api.time, max_entries=max_profiles, lifetime=PROFILE_LIFETIME
        )

    async def fetch_caller(
        self, interaction: SlackInteraction, *, needs_rights: bool = False
    ) -> Caller | None:
        """Return the sender with their rights, zone and language.

        Returns None if the rights are needed and Slack does not say.
        """
        native = interaction.account.native
        profile = await self.fetch_profile(interaction.workspace, native, fresh=needs_rights)
        # A right from the cache may be lost by now, so it is asked for again before it counts.
        if profile is not None and profile.is_manager and not needs_rights:
            profile = await self.fetch_profile(interaction.workspace, native, fresh=True)
        has_installed = await self._api.is_installer(interaction.workspace, native)
        if profile is not None:
            return Caller(
                interaction.account,
                profile.name or interaction.name,
                profile.is_manager or has_installed,
                profile.zone or None,
                locale=profile.locale,
            )
        if needs_rights and not has_installed:
            return None
        return Caller(interaction.account, interaction.name, has_installed)

    async def fetch_profile(
        self, workspace: Workspace, user: str, *, fresh: bool = False
    ) -> SlackProfile | None:
        """Return a person's profile, or None if Slack does not say in time.

        `fresh` asks Slack even if the profile is cached.
        """
        if not fresh and (known := self._profiles[workspace, user]) is not None:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._api.call_method(
                    workspace, "users.info", user=user, include_locale=True
                )
        except SLACK_FAILURES as error:
            log.info("users.info of %s in %s: %s", user, workspace.team, error)
            return None
        slack_user = answer.get("user")
        if not isinstance(slack_user, dict):
            return None
        profile = self._profiles[workspace, user] = _parse_profile(slack_user, workspace)
        return profile


async def ask_workspace_rights(api: SlackApi, place: Place) -> AccountRights:
    """Return what a private place's account may do in its workspace. Raises `SendError`."""
    workspace = Workspace.from_place(place)
    with raise_slack_send_errors(is_lookup=True):
        try:
            answer = await api.call_method(workspace, "users.info", user=place.native)
        except SlackApiError as error:
            if get_error_code(error) in NO_USER:
                return NO_RIGHTS
            raise
    slack_user = answer.get("user")
    if not isinstance(slack_user, dict):
        return NO_RIGHTS
    profile = _parse_profile(slack_user, workspace)
    if profile.is_deleted:
        return NO_RIGHTS
    has_installed = await api.is_installer(workspace, place.native)
    return AccountRights(True, profile.is_manager or has_installed, name=profile.name)


def _parse_profile(user: Mapping[str, Any], workspace: Workspace) -> SlackProfile:
    is_deleted = bool(user.get("deleted"))
    return SlackProfile(
        name=_choose_shown_name(user),
        zone=str(user.get("tz") or ""),
        locale=str(user.get("locale") or ""),
        is_manager=not is_deleted and _is_workspace_manager(user, workspace),
        is_deleted=is_deleted,
    )


def _choose_shown_name(user: Mapping[str, Any]) -> str:
    """Return the name people see on Slack; an empty display name shows the real one."""
    profile = user.get("profile") or {}
    names = (
        profile.get("display_name"),
        profile.get("real_name"),
        user.get("real_name"),
        user.get("name"),
    )
    return next((str(name) for name in names if name), "")


def _is_workspace_manager(user: Mapping[str, Any], workspace: Workspace) -> bool:
    # An admin of the whole enterprise manages each of its workspaces.
    if _is_enterprise_manager(user, workspace):
        return True
    # Somebody met in a shared channel may be an admin of another workspace (Slack: User object).
    is_of_workspace = user.get("team_id") == workspace.team and not user.get("is_stranger")
    return is_of_workspace and _has_admin_role(user)


def _is_enterprise_manager(user: Mapping[str, Any], workspace: Workspace) -> bool:
    if not workspace.enterprise:
        return False
    enterprise_user = user.get("enterprise_user") or {}
    is_of_enterprise = enterprise_user.get("enterprise_id") == workspace.enterprise
    return is_of_enterprise and _has_admin_role(enterprise_user)


def _has_admin_role(user: Mapping[str, Any]) -> bool:
    return any(user.get(role) is True for role in ADMIN_ROLES)
