"""Whom a post on Slack notifies: `@here`, or a user group a moderator has mentioned.

This is the one place where a mention is written unescaped. It is built from an id of Slack's own
letters, never from a text.
"""

from __future__ import annotations

import re
from typing import Any

from bot.chat.message import Ping

_GROUP_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_NOT_IN_LABEL = re.compile(r"[^\w.-]")


def build_ping_blocks(ping: Ping | None) -> list[dict[str, Any]]:
    """Return the block that notifies somebody, below a post; none for nobody."""
    mention = format_ping(ping)
    if not mention:
        return []
    return [{"type": "section", "text": {"type": "mrkdwn", "text": mention, "verbatim": True}}]


def format_ping(ping: Ping | None) -> str:
    """Return a mention as Slack reads it (Slack: Formatting text); empty for nobody."""
    if ping is None:
        return ""
    if ping.way == "here":
        return "<!here>"
    if ping.way != "group" or not _GROUP_ID.fullmatch(ping.native):
        return ""
    label = _NOT_IN_LABEL.sub("", ping.name)
    return f"<!subteam^{ping.native}|@{label}>" if label else f"<!subteam^{ping.native}>"
