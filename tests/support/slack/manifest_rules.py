"""What Slack refuses of an app manifest, as sentences about raw JSON.

Numbers and keys are those of the published manifest schema 2 and of the App manifest reference. The
schema does not know the names that Slack keeps for itself, nor what has to stand together for an
app to work: both are judged here as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.slack.json_rules import Fields, Json, items, one_of, shape, string, twice, whole

# Slack's own commands; /status was refused by name, the others are taken to be (Slack: Built-in
# slash commands).
RESERVED = {
    "active", "apps", "archive", "away", "call", "close", "collapse", "dm", "dnd", "expand", "feed",
    "feedback", "invite",
    "invite_people", "join", "kick", "leave", "me", "msg", "mute", "open", "part", "prefs", "pro",
    "remind", "remove",
    "rename", "search", "shortcuts", "shrug", "star", "status", "topic", "who",
}  # fmt: skip
SCOPES = {
    "app_mentions:read", "bookmarks:read", "bookmarks:write", "calls:read", "calls:write",
    "canvases:read",
    "canvases:write", "channels:history", "channels:join", "channels:manage", "channels:read",
    "chat:write",
    "chat:write.customize", "chat:write.public", "commands", "dnd:read", "emoji:read", "files:read",
    "files:write",
    "groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write",
    "incoming-webhook",
    "links:read", "links:write", "metadata.message:read", "mpim:history", "mpim:read", "mpim:write",
    "pins:read",
    "pins:write", "reactions:read", "reactions:write", "reminders:read", "reminders:write",
    "team:read",
    "usergroups:read", "usergroups:write", "users:read", "users:read.email", "users:write",
    "users.profile:read",
}  # fmt: skip
# What an event needs, one of these scopes; none where Slack sends it to every app.
CHANNELS, GROUPS = {"channels:read"}, {"groups:read"}
EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(), "app_uninstalled": set(), "tokens_revoked": set(),
    "team_access_granted": set(), "team_access_revoked": set(),
    "app_mention": {"app_mentions:read"},
    "channel_archive": CHANNELS, "channel_unarchive": CHANNELS, "channel_deleted": CHANNELS,
    "channel_left": CHANNELS,
    "channel_rename": CHANNELS, "channel_id_changed": CHANNELS | GROUPS, "group_archive": GROUPS,
    "group_unarchive": GROUPS, "group_deleted": GROUPS, "group_left": GROUPS,
    "group_rename": GROUPS,
    "member_joined_channel": CHANNELS | GROUPS, "member_left_channel": CHANNELS | GROUPS,
    "message.channels": {"channels:history"}, "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"}, "team_rename": {"team:read"},
    "team_domain_change": {"team:read"},
    "team_join": {"users:read"}, "user_change": {"users:read"},
}  # fmt: skip


def manifest(m: Json) -> list[str]:
    """What is wrong with a manifest, as it is pasted where an app is made."""
    return list(_shape(m)) or list(_together(m))


# — each field —

FLAG = one_of(True, False)


def _url(most: int) -> Any:
    return string(1, most, r"https?://[^\s/]\S*", "an address")


COMMAND = shape(
    {"command": string(2, 32, r"/[a-z0-9_-]+", "a command"), "description": string(1, 2000)},
    {"usage_hint": string(1, 1000), "url": _url(3000), "should_escape": FLAG},
)
FEATURES: Fields = {
    "app_home": shape(
        {},
        {
            "home_tab_enabled": FLAG,
            "messages_tab_enabled": FLAG,
            "messages_tab_read_only_enabled": FLAG,
        },
    ),
    "bot_user": shape({"display_name": string(1, 80)}, {"always_online": FLAG}),
    "slash_commands": items(COMMAND, 1, 50),
}
SETTINGS: Fields = {
    "event_subscriptions": shape(
        {}, {"request_url": _url(3500), "bot_events": items(one_of(*EVENTS), 0, 100)}
    ),
    "interactivity": shape(
        {"is_enabled": FLAG}, {"request_url": _url(3500), "message_menu_options_url": _url(3500)}
    ),
    "org_deploy_enabled": FLAG,
    "socket_mode_enabled": FLAG,
    "token_rotation_enabled": FLAG,
}
_shape = shape(
    {
        "display_information": shape(
            {"name": string(1, 35)},
            {
                "description": string(1, 140),
                "long_description": string(175, 4000),
                "background_color": string(4, 7, r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?", "a colour"),
            },
        )
    },
    {
        "_metadata": shape({}, {"major_version": whole(1, 2), "minor_version": whole(0, 99)}),
        "features": shape({}, FEATURES),
        "oauth_config": shape(
            {},
            {
                "redirect_urls": items(_url(2500), 0, 1000),
                "scopes": shape(
                    {}, {name: items(one_of(*SCOPES), 1, 255) for name in ("bot", "bot_optional")}
                ),
            },
        ),
        "settings": shape({}, SETTINGS),
    },
)


# — what stands together —


def _together(m: Json) -> Iterator[str]:
    features, settings, oauth = (
        m.get(name) or {} for name in ("features", "settings", "oauth_config")
    )
    asked, optional = (
        (oauth.get("scopes") or {}).get(name) or [] for name in ("bot", "bot_optional")
    )
    scopes = set(asked)
    yield from _commands(features.get("slash_commands") or [], scopes)
    yield from _events(settings.get("event_subscriptions") or {}, features, scopes)
    yield from twice("the redirect URL", oauth.get("redirect_urls") or [])
    yield from twice("the scope", asked)
    yield from twice("the optional scope", optional)
    yield from (
        f"{scope} is optional and has to be asked for as well"
        for scope in optional
        if scope not in scopes
    )
    if scopes and "bot_user" not in features:
        yield "an app with scopes of a bot has a bot_user"
    if not settings.get("socket_mode_enabled"):
        yield from _addresses(features, settings)


def _commands(commands: list[Json], scopes: set[str]) -> Iterator[str]:
    yield from twice("the command", [command["command"] for command in commands])
    yield from (
        f"{command['command']} is Slack's own"
        for command in commands
        if command["command"][1:] in RESERVED
    )
    if commands and "commands" not in scopes:
        yield "an app with commands has the scope commands"


def _events(subscribed: Json, features: Json, scopes: set[str]) -> Iterator[str]:
    events = subscribed.get("bot_events") or []
    yield from twice("the event", events)
    for event in events:
        if EVENTS[event] and not EVENTS[event] & scopes:
            yield f"{event} needs the scope {' or '.join(sorted(EVENTS[event]))}"
    home = features.get("app_home") or {}
    if ("app_home_opened" in events) and not home.get("home_tab_enabled"):
        yield "app_home_opened needs a Home tab"
    if home.get("home_tab_enabled") and "app_home_opened" not in events:
        yield "a Home tab is filled at app_home_opened"


def _addresses(features: Json, settings: Json) -> Iterator[str]:
    """Without Socket Mode Slack has to be told where the app is."""
    subscribed, pressed = (
        settings.get(name) or {} for name in ("event_subscriptions", "interactivity")
    )
    if subscribed.get("bot_events") and "request_url" not in subscribed:
        yield "events need a request_url without Socket Mode"
    if pressed.get("is_enabled") and "request_url" not in pressed:
        yield "interactivity needs a request_url without Socket Mode"
    for command in features.get("slash_commands") or []:
        if "url" not in command:
            yield f"{command['command']} needs a url without Socket Mode"
