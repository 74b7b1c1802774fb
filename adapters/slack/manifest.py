"""The app manifest: the description from which Slack makes the app, with the least scopes.

Pure: JSON derived from the commands and the settings. `SCOPES` explains each scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.command import Command

NAME = "Syllabot"
USAGE = 1000  # characters (Slack: App manifest, usage_hint)
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

SCOPES = {
    "commands": "let people use my slash command",
    "chat:write": "post to the channels I was invited to, and in private",
    "im:write": "open the private conversation for reminders",
    "users:read": "see people's names, time zones and languages, and who manages the workspace",
    "channels:read": "see whether a public channel is archived and whether I am in it",
    "groups:read": "see the same for a private channel",
    "channels:history": (
        "look for my own post in a public channel if Slack did not say whether it arrived"
    ),
    "groups:history": "look for it in a private channel",
    "im:history": "look for it in a private conversation, and greet people who write to me there",
    "app_mentions:read": "greet people who mention me, without keeping their text",
    "files:read": "read a plan that a moderator brings as a file",
    "files:write": "send people the file with their own data, in private",
    "pins:write": "keep a cohort's board on top of its channel, if you put one up",
}
"""Each scope with its purpose, to stand behind "so that I can" and "so I cannot"."""

# The installer may decline these. Without the first three, only certainty is lost: a post that
# may be lost is marked unsure and waits for a moderator. Without `im:history` and
# `app_mentions:read`, people who write to the bot get no answer, because Slack sends those events
# only with their scope. Without `files:read`, nobody can bring a plan as a file. Without
# `files:write`, people read their own data in pages of text. Without the last, a board is not pinned.
OPTIONAL = (
    "channels:history",
    "groups:history",
    "im:history",
    "app_mentions:read",
    "files:read",
    "files:write",
    "pins:write",
)

# Each event with the scope it needs, if any (Slack: Events API, the event's page).
EVENTS = {
    "app_home_opened": "",
    "app_uninstalled": "",
    "tokens_revoked": "",
    "team_access_granted": "",
    "team_access_revoked": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "member_joined_channel": "channels:read",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
}


def build_manifest(
    commands: Sequence[Command], command: str, url: str = "", *, for_enterprises: bool = False
) -> dict[str, Any]:
    """Return the manifest for an app with the slash command `command`.

    Slack calls it at the address `url`; without one, the app uses Socket Mode.
    `for_enterprises`: a whole enterprise may install it.
    """
    redirect_urls = {"redirect_urls": [url + REDIRECT_PATH]} if url else {}
    return {
        "display_information": {
            "name": NAME,
            "description": "Takes a study group through a learning plan, week by week.",
        },
        "features": _build_app_features(_build_slash_command(commands, command, url)),
        "oauth_config": {
            **redirect_urls,
            "scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL)},
        },
        "settings": _build_app_settings(url, for_enterprises),
    }


def _build_slash_command(commands: Sequence[Command], command: str, url: str) -> dict[str, Any]:
    return {
        "command": command,
        "description": "Your study group: this week's list, check-ins, progress",
        "usage_hint": format_usage_hint(commands),
        "should_escape": True,  # mentions arrive as user ids, so no name need be looked up
        **_build_events_address("url", url),
    }


def _build_app_features(slash_command: dict[str, Any]) -> dict[str, Any]:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,  # reminders arrive there
            # If it were read-only, nobody could type the command there.
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": NAME, "always_online": True},
        "slash_commands": [slash_command],
    }


def _build_app_settings(url: str, for_enterprises: bool) -> dict[str, Any]:
    request_url = _build_events_address("request_url", url)
    return {
        "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
        "interactivity": {"is_enabled": True, **request_url},
        "org_deploy_enabled": for_enterprises,
        "socket_mode_enabled": not url,
        # A rotated token lasts twelve hours (Slack: Using token rotation), so we would have
        # to renew it even while the bot has nothing to do.
        "token_rotation_enabled": False,
    }


def _build_events_address(key: str, url: str) -> dict[str, str]:
    # Slack refuses a manifest with addresses and Socket Mode side by side.
    return {key: url + EVENTS_PATH} if url else {}


def format_usage_hint(commands: Sequence[Command]) -> str:
    """Return the first words of all commands, with everybody's before the moderators'."""
    ranked = sorted(commands, key=lambda command: (command.moderators, command.name))
    words = list(dict.fromkeys(command.name.partition(" ")[0] for command in ranked))
    while len(" | ".join(words)) > USAGE:
        # Drops the ellipsis of the last round, if any, and one word more.
        words = [*words[:-2], "…"]
    return " | ".join(words)
