"""Asking first: what everybody will see, or what cannot be undone, is shown before it is done.

A command makes an `Act`, shows its preview, and goes on only where it is agreed to. The button under a preview carries a
mark of what was shown: where that has changed by the time it is pressed, the act is shown anew. `sure=yes`, typed with the
whole command, does it in one go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    InvalidMessageError,
    Message,
    Text,
    text_message,
)
from bot.chat.text import hash_texts
from bot.command.grammar import YES
from bot.command.options import HiddenOption

Sure = Annotated[str | None, HiddenOption()]
"""The option of a command that asks first: yes, or the mark of the preview that was agreed to."""

EVERYBODY_READS = "**Everybody will read:**"
STALE = "Something has changed since you looked, so please look once more."
NOTHING_YET = "Nothing has changed yet."


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be agreed to before it is done.

    `head` says what it would do, `says` is the phrase that asks for it, and `label` names it on its button.
    `news` is what is posted at once; `then` are sentences about whatever else follows.
    `is_final` marks what takes something away.
    """

    head: str
    label: str
    phrase: str
    announcements: tuple[Message, ...] = ()
    follow_ups: tuple[str, ...] = ()
    is_final: bool = False

    def is_agreed(self, sure: str | None) -> bool:
        """Whether it was said in full, or a preview was agreed to that still holds."""
        return sure is not None and (sure.casefold() in YES or sure == self.preview_mark)

    @property
    def preview_mark(self) -> str:
        """A few letters that tell this preview from one of other facts."""
        return hash_texts(
            (self.head, *(news.to_plain_text() for news in self.announcements), *self.follow_ups)
        )

    def build_preview(self, sure: str | None, *more: Block) -> Message:
        """What it would do and post, with the button that does it. Raises `Refused` where it is too long for a button."""
        try:
            button = Button(
                self.label,
                f"{self.phrase} sure={self.preview_mark}",
                "danger" if self.is_final else "plain",
            )
        except InvalidMessageError:
            raise Refused("That is a lot at once: please say it in two steps.") from None
        is_stale = sure is not None and len(sure) == len(self.preview_mark)
        posted: list[Block] = [
            block for news in self.announcements for block in news.blocks if isinstance(block, Text)
        ]
        return text_message(
            *[STALE] * is_stale,
            self.head,
            *[EVERYBODY_READS] * bool(posted),
            *posted,
            " ".join((*self.follow_ups, NOTHING_YET)),
            Buttons((button,)),
            *more,
            title="A preview",
        )
