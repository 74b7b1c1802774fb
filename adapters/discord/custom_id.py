"""What a button, a list or a form carries on Discord: its phrase, the option its values fill, and its letter's mark.

A `custom_id` has 100 characters (Discord: Components, Custom ID); the core leaves a phrase, with the name of an option, 80.
Whatever is pressed is therefore understood by any process at any time: nothing waits in memory for a click,
but a form that was ready too late to be shown (see `kept`).
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass

MARK = 12  # characters: 60 bits of the letter's key


@dataclass(frozen=True, slots=True)
class DiscordCustomId:
    """What a `custom_id` says. `option` takes the values of a list and is empty for buttons and forms."""

    phrase: str
    option: str = ""
    mark: str = ""


def compute_letter_mark(key: str) -> str:
    """The mark of a letter: its nonce (25 characters at most), and what it is found by in a channel's history."""
    return b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:MARK]


def compute_component_id(mark: str) -> int:
    """The same mark as the `id` of a component: a positive 32-bit integer, for letters without anything to press."""
    return 1 + int.from_bytes(hashlib.sha256(mark.encode()).digest()[:4], "big") % (2**31 - 1)


def build_custom_id(phrase: str, option: str = "", mark: str = "", repeat: int = 0) -> str:
    """A `custom_id`; `again` counts the components of one message that would otherwise have the same."""
    return f"{phrase}|{option}~{mark}" + (f".{repeat}" if repeat else "")


def parse_custom_id(text: str) -> DiscordCustomId | None:
    """What a `custom_id` says, or None for one that is not ours."""
    said, tilde, mark = text.rpartition("~")
    says, bar, option = said.rpartition("|")
    return DiscordCustomId(says, option, mark.partition(".")[0]) if tilde and bar else None
