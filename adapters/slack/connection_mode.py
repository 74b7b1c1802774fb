"""How Slack and the bot speak to each other, read off the settings: three ways, and one sentence for what is missing."""

from __future__ import annotations

from enum import Enum

from pydantic import SecretStr

from bot.chat.errors import CannotConnect
from bot.settings import Settings


class ConnectionMode(Enum):
    """Through Socket Mode, for one workspace; called at PUBLIC_URL, for one; or called there, for as many as install it."""

    SOCKET = "socket"
    ONE = "one"
    MANY = "many"


_NEEDED = {
    ConnectionMode.SOCKET: ("slack_app_token", "slack_bot_token"),
    ConnectionMode.ONE: ("slack_signing_secret", "slack_bot_token", "public_url"),
    ConnectionMode.MANY: (
        "slack_signing_secret",
        "slack_client_id",
        "slack_client_secret",
        "public_url",
        "vault_key",
    ),
}

_BASIC = "from the Basic Information page of your app"
_WHENCE = {
    "slack_bot_token": "from the OAuth & Permissions page of your app, once it is installed",
    "slack_signing_secret": _BASIC,
    "slack_client_id": _BASIC,
    "slack_client_secret": _BASIC,
    "public_url": "the https address at which Slack reaches PUBLIC_PORT",
    "vault_key": "`syllabot slack key` prints one",
}
ALONE = (
    "SLACK_BOT_TOKEN alone is not enough: set SLACK_APP_TOKEN too, from the Basic Information page of your Slack app, or "
    "SLACK_SIGNING_SECRET and PUBLIC_URL where Slack can call you."
)


def has_slack_settings(settings: Settings) -> bool:
    """Whether anything of Slack's is set."""
    names = {name for needed in _NEEDED.values() for name in needed if name.startswith("slack_")}
    return any(_get_setting_text(settings, name) for name in names)


def choose_connection_mode(settings: Settings) -> ConnectionMode:
    """The way the settings ask for: an app-level token means Socket Mode, else a bot token means one workspace.

    Raises `CannotConnect` naming the settings it lacks.
    """
    asked = _detect_connection_mode(settings)
    lacking = [name for name in _NEEDED[asked] if not _get_setting_text(settings, name)]
    if asked is ConnectionMode.ONE and "slack_signing_secret" in lacking:
        raise CannotConnect(ALONE)
    if lacking:
        names = ", ".join(f"{name.upper()} ({_WHENCE[name]})" for name in lacking)
        raise CannotConnect(f"Slack needs more than it was given: set {names}.")
    return asked


def can_serve_many_workspaces(settings: Settings) -> bool:
    """Whether these settings are on the way to many workspaces, which an enterprise takes, too.

    Asked while the app is made. What only the app can give is not there yet, but a VAULT_KEY is.
    """
    named = ("vault_key", "slack_client_id")
    return _detect_connection_mode(settings) is ConnectionMode.MANY and any(
        _get_setting_text(settings, name) for name in named
    )


def _detect_connection_mode(settings: Settings) -> ConnectionMode:
    if _get_setting_text(settings, "slack_app_token"):
        return ConnectionMode.SOCKET
    return (
        ConnectionMode.ONE
        if _get_setting_text(settings, "slack_bot_token")
        else ConnectionMode.MANY
    )


def _get_setting_text(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)
