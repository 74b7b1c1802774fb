"""A post shown to one moderator: as everybody will see it, with buttons that do nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.chat.message import (
    TITLE,
    Block,
    Button,
    Buttons,
    Checklist,
    InvalidMessageError,
    Message,
    Select,
    Text,
)
from bot.chat.text import shorten

PRESSED = "The buttons of a preview do nothing."


def build_preview_page(
    post: Message, phrase: str, notes: Sequence[str], steps: Sequence[Block]
) -> Message:
    """Return a post with a note above it and the moderator's own buttons below.

    `phrase`: what its buttons say; it shows the preview again.
    `notes`: the same note, longest first. A post may fill a message, and then the steps go first
    and the note next: the title says that it is a preview.
    """
    blocks = tuple(disarm_blocks(post.blocks, phrase))
    title = shorten(f"Preview · {post.title}" if post.title else "Preview", TITLE)
    for note in notes:
        for count in range(len(steps), -1, -1):
            try:
                return Message((Text(note), *blocks, *steps[len(steps) - count :]), title)
            except InvalidMessageError:
                continue
    return Message(blocks, title)


def disarm_blocks(blocks: Sequence[Block], phrase: str) -> Iterator[Block]:
    """Yield blocks that look the same, and whose buttons and lists say `phrase`.

    Two buttons of a message never say the same, so each has its number.
    """
    number = 0
    for block in blocks:
        match block:
            case Buttons(buttons):
                disarmed = []
                for button in buttons:
                    number += 1
                    disarmed.append(Button(button.label, f"{phrase} press={number}", button.style))
                yield Buttons(tuple(disarmed))
            case Checklist() | Select():
                number += 1
                yield replace(block, says=f"{phrase} press={number}", name="pick")
            case _:
                yield block
