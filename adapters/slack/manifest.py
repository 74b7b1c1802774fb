"""The app manifest: what the app is at Slack, derived from the registry and the settings, with the least scopes.

Pure: JSON that is pasted where Slack makes an app from a manifest. `SCOPES` says what each scope is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.command import Command

NAME = "Syllabot"
USAGE = 1000  # characters (Slack: App manifest, usage_hint)
EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH = (
    "/slack/events",
    "/slack/install",
    "/slack/oauth_redirect",
)

SCOPES = {
    "commands": "lets people speak to me with a slash command",
    "chat:write": "posts to the channels I was invited to, and in private",
    "im:write": "opens the private conversation a reminder goes to",
    "users:read": "knows people's names, time zones and languages, and who manages the workspace",
    "channels:read": "sees whether a public channel is archived and I am in it",
    "groups:read": "sees the same of a private channel",
    "channels:history": "looks for my own post in a public channel when Slack did not say whether it got through",
    "groups:history": "looks for it in a private channel",
    "im:history": "looks for it in a private conversation, and greets whoever writes to me there",
    "app_mentions:read": "greets whoever mentions me, and keeps nothing of what they wrote",
    "files:read": "reads a plan that a moderator brings as a file",
}

# Whoever installs the app may decline them. Without the first three nothing is lost but certainty: a post that may have been
# lost is marked unsure and waits for a moderator. Without `im:history` and `app_mentions:read`, whoever writes to the bot gets
# no answer: Slack sends those events only where their scope was granted. Without the last, plans are not brought as files.
OPTIONAL = ("channels:history", "groups:history", "im:history", "app_mentions:read", "files:read")

# Each with the scope it comes with, if any (Slack: Events API, the event's page).
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
    """The manifest of an app that hears `command`, through Socket Mode or, with the address `url`, called there;
    `for_enterprises`, that a whole enterprise may install it."""
    called = {"url": url + EVENTS_PATH} if url else {}
    requested = {"request_url": url + EVENTS_PATH} if url else {}
    slash = {
        "command": command,
        "description": "Your study group: this week's list, check-ins, progress",
        "usage_hint": format_usage_hint(commands),
        "should_escape": True,  # people who are mentioned come with their ids
        **called,
    }
    redirects = {"redirect_urls": [url + REDIRECT_PATH]} if url else {}
    return {
        "display_information": {
            "name": NAME,
            "description": "Takes a study group through a learning plan, week by week.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,  # reminders arrive there
                "messages_tab_read_only_enabled": False,  # or nobody could type the command there
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": [slash],
        },
        "oauth_config": {
            **redirects,
            "scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL)},
        },
        "settings": {
            "event_subscriptions": {**requested, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **requested},
            "org_deploy_enabled": for_enterprises,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,  # a token that changes every half day would have to be renewed while idle
        },
    }


def format_usage_hint(commands: Sequence[Command]) -> str:
    """What can be said after the command: the first words, those of everybody first."""
    ranked = sorted(commands, key=lambda one: (one.moderators, one.name))
    words = list(dict.fromkeys(one.name.partition(" ")[0] for one in ranked))
    while len(" | ".join(words)) > USAGE:
        words = [*words[:-2], "…"]
    return " | ".join(words)
