"""The `custom_id` on a button, a list or a form: its phrase, its option, and its letter's mark.

It has 100 characters (Discord: Components, Custom ID); a phrase with its option has 80.
So any process understands any press at any time, and nothing waits in memory for a click, apart
from a late form (see `form_cache`).
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass

MARK = 12  # characters: 60 bits from a hash over the letter's key


@dataclass(frozen=True, slots=True)
class DiscordCustomId:
    """A parsed `custom_id`. `option` takes a list's values; buttons and forms have none."""

    phrase: str
    option: str = ""
    mark: str = ""


def compute_letter_mark(key: str) -> str:
    """Return a letter's mark: its nonce, and the way to find it in a channel's history."""
    return b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:MARK]


def compute_component_id(mark: str) -> int:
    """Return the mark for a component's `id`: a positive 32-bit integer.

    Letters without anything to press are found by it.
    """
    return 1 + int.from_bytes(hashlib.sha256(mark.encode()).digest()[:4], "big") % (2**31 - 1)


def build_custom_id(phrase: str, option: str = "", mark: str = "", repeat: int = 0) -> str:
    """Return a `custom_id`.

    `repeat` numbers components with the same content: Discord refuses two equal ids.
    """
    text = f"{phrase}|{option}~{mark}"
    return f"{text}.{repeat}" if repeat else text


def parse_custom_id(text: str) -> DiscordCustomId | None:
    """Return the parts in a `custom_id`, or None for a foreign one."""
    # From the right: the phrase itself may hold both signs.
    rest, tilde, mark = text.rpartition("~")
    phrase, bar, option = rest.rpartition("|")
    if not tilde or not bar:
        return None
    return DiscordCustomId(phrase, option, mark.partition(".")[0])
