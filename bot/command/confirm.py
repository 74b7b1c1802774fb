"""Asking first: what everybody will see, or what cannot be undone, is shown before it is done.

A command makes an `Act`, shows its preview, and goes on only where it is agreed to. The button under a preview carries a
mark of what was shown: where that has changed by the time it is pressed, the act is shown anew. `sure=yes`, typed with the
whole command, does it in one go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Block, Button, Buttons, Message, Text, Unfit, say
from bot.chat.text import mark
from bot.command.grammar import YES
from bot.command.registry import Hidden

Sure = Annotated[str | None, Hidden()]
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
    says: str
    news: tuple[Message, ...] = ()
    then: tuple[str, ...] = ()
    is_final: bool = False

    def is_agreed(self, sure: str | None) -> bool:
        """Whether it was said in full, or a preview was agreed to that still holds."""
        return sure is not None and (sure.casefold() in YES or sure == self.mark)

    @property
    def mark(self) -> str:
        """A few letters that tell this preview from one of other facts."""
        return mark((self.head, *(news.plain() for news in self.news), *self.then))

    def preview(self, sure: str | None, *more: Block) -> Message:
        """What it would do and post, with the button that does it. Raises `Refused` where it is too long for a button."""
        try:
            button = Button(
                self.label, f"{self.says} sure={self.mark}", "danger" if self.is_final else "plain"
            )
        except Unfit:
            raise Refused("That is a lot at once: please say it in two steps.") from None
        is_stale = sure is not None and len(sure) == len(self.mark)
        posted: list[Block] = [
            block for news in self.news for block in news.blocks if isinstance(block, Text)
        ]
        return say(
            *[STALE] * is_stale,
            self.head,
            *[EVERYBODY_READS] * bool(posted),
            *posted,
            " ".join((*self.then, NOTHING_YET)),
            Buttons((button,)),
            *more,
            title="A preview",
        )
