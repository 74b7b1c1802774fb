"""What a list or a select carries on Slack: its phrase, and the option its values fill.

An `action_id` has 255 characters (Slack: Block elements); the core leaves a phrase, with the name of an option, 80. A button
carries its phrase in its `value`, and its `action_id` only tells it from the others. Whatever is pressed is therefore
understood by any process at any time: nothing waits in memory for a click.
"""

from __future__ import annotations

from dataclasses import dataclass

PLATFORM = "slack"
PRESS = "press"
_OWN = "own"


@dataclass(frozen=True, slots=True)
class SlackActionId:
    """What an `action_id` says. `option` takes the values that were picked; `own` is a list of one's own, whose groups are
    one list: what they show together is its whole state."""

    phrase: str
    option: str = ""
    is_own: bool = False


def build_action_id(
    phrase: str, option: str = "", copy_number: int = 0, *, is_own: bool = False
) -> str:
    """An `action_id`; `again` counts the elements of one message that would otherwise have the same."""
    return f"{phrase}|{option}~{_OWN if is_own else ''}{copy_number or ''}"


def build_button_id(number: int) -> str:
    """The `action_id` of a button, which says nothing: its phrase stands in its `value`."""
    return f"{PRESS}~{number}"


def parse_action_id(text: str) -> SlackActionId | None:
    """What an `action_id` says, or None for a button's and for one that is not ours."""
    said, tilde, mark = text.rpartition("~")
    says, bar, option = said.rpartition("|")
    return SlackActionId(says, option, mark.startswith(_OWN)) if tilde and bar else None
