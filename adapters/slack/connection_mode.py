"""The ways to connect to Slack, chosen by the settings, with one sentence for missing settings.

This module imports no library of Slack's: it is asked at every start, even without Slack.
"""

from __future__ import annotations

from enum import Enum

from pydantic import SecretStr

from bot.chat.errors import CannotConnect
from bot.settings import Settings


class ConnectionMode(Enum):
    """Socket Mode for one workspace, or calls to PUBLIC_URL for one workspace or for many."""

    SOCKET = "socket"
    ONE = "one"
    MANY = "many"


_REQUIRED_SETTINGS = {
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

_BASIC_INFORMATION = "from the Basic Information page of your app"
_SOURCES = {
    "slack_bot_token": "from the OAuth & Permissions page of your app, after you install it",
    "slack_signing_secret": _BASIC_INFORMATION,
    "slack_client_id": _BASIC_INFORMATION,
    "slack_client_secret": _BASIC_INFORMATION,
    "public_url": "the https address that leads to PUBLIC_PORT",
    "vault_key": "`syllabot slack key` prints one",
}
ALONE = (
    "SLACK_BOT_TOKEN alone is not enough: set SLACK_APP_TOKEN too, from the Basic Information page "
    "of your Slack app, or set SLACK_SIGNING_SECRET and PUBLIC_URL if Slack can reach you."
)


def has_slack_settings(settings: Settings) -> bool:
    """Return True if any setting for Slack is set."""
    names: set[str] = set()
    for required in _REQUIRED_SETTINGS.values():
        names.update(name for name in required if name.startswith("slack_"))
    return any(_get_setting_text(settings, name) for name in names)


def choose_connection_mode(settings: Settings) -> ConnectionMode:
    """Return the mode these settings ask for.

    An app-level token means Socket Mode; otherwise a bot token means one workspace.
    Raises `CannotConnect` with the names of missing settings.
    """
    mode = _detect_connection_mode(settings)
    missing = [name for name in _REQUIRED_SETTINGS[mode] if not _get_setting_text(settings, name)]
    # A bot token fits two modes, so this sentence names both ways on.
    if mode is ConnectionMode.ONE and "slack_signing_secret" in missing:
        raise CannotConnect(ALONE)
    if missing:
        names = ", ".join(f"{name.upper()} ({_SOURCES[name]})" for name in missing)
        raise CannotConnect(f"Some settings for Slack are missing: set {names}.")
    return mode


def can_serve_many_workspaces(settings: Settings) -> bool:
    """Return True if these settings lead to many workspaces, which an enterprise needs, too.

    Asked while the app is being made: the app's own secrets are not there yet, a VAULT_KEY is.
    """
    if _detect_connection_mode(settings) is not ConnectionMode.MANY:
        return False
    return any(_get_setting_text(settings, name) for name in ("vault_key", "slack_client_id"))


def _detect_connection_mode(settings: Settings) -> ConnectionMode:
    if _get_setting_text(settings, "slack_app_token"):
        return ConnectionMode.SOCKET
    if _get_setting_text(settings, "slack_bot_token"):
        return ConnectionMode.ONE
    return ConnectionMode.MANY


def _get_setting_text(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return str(value)
