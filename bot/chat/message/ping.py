"""Whom a message notifies: the one thing in it that may call anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.chat.message.limits import LABEL, check_text_length

NotifyWay = Literal["role", "here", "group"]
"""A role people take themselves, everybody active in the channel, or a group of the workspace."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Those whom a message notifies, where its platform can.

    `native`: the platform's id of the role or group; empty for `here`.
    `name`: what it is called, in plain text. Nothing is ever notified by a name.
    """

    way: NotifyWay
    native: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.name:
            check_text_length(self.name, LABEL, "A notified group's name")
