"""The `action_id`s of our lists, selects and buttons.

A list carries its phrase in its `action_id`, with the option that takes the values.
A button carries its phrase in its `value`; its `action_id` only tells it from the others.
So any process understands any click, and nothing waits in memory for one.
An `action_id` has 255 characters (Slack: Block elements); a phrase and an option name need 80.
"""

from __future__ import annotations

from dataclasses import dataclass

PLATFORM = "slack"
PRESS = "press"
_OWN = "own"


@dataclass(frozen=True, slots=True)
class SlackActionId:
    """A parsed `action_id`.

    `option` takes the picked values.
    `is_own` marks a list of the reader's own: its groups together show one whole state.
    """

    phrase: str
    option: str = ""
    is_own: bool = False


def build_action_id(
    phrase: str, option: str = "", copy_number: int = 0, *, is_own: bool = False
) -> str:
    """Return an `action_id`.

    `copy_number` counts the elements in one message that would otherwise have the same id.
    """
    own_mark = _OWN if is_own else ""
    return f"{phrase}|{option}~{own_mark}{copy_number or ''}"


def build_button_id(number: int) -> str:
    """Return a button's `action_id`; its phrase stands in its `value`."""
    return f"{PRESS}~{number}"


def parse_action_id(text: str) -> SlackActionId | None:
    """Return a parsed `action_id`, or None for a button's and for a foreign one."""
    # Split from the right: a phrase may have both marks in it.
    head, tilde, mark = text.rpartition("~")
    phrase, separator, option = head.rpartition("|")
    if not tilde or not separator:
        return None
    return SlackActionId(phrase, option, mark.startswith(_OWN))
