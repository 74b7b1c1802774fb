"""Previews: a public or final action is shown before it is done.

A command makes an `Act`, shows its preview, and goes on only after agreement. The button below a
preview carries a mark made from its text: after a change, the old button shows the new preview.
`sure=yes`, typed with the whole command, needs no preview.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

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
from bot.command.options import HiddenOption
from bot.command.values import YES

Sure = Annotated[str | None, HiddenOption()]
"""The option for agreement: yes, or the mark from a preview."""

PUBLIC_PART = "**Everyone will see:**"
STALE = "Something has changed since you looked: please check again."
NOTHING_YET = "Nothing has changed yet."


def is_plain_yes(sure: str | None) -> bool:
    """Tell if `sure` is a yes that somebody typed."""
    return sure is not None and sure.casefold() in YES


def is_agreed(sure: str | None, mark: str) -> bool:
    """Tell if `sure` is a plain yes, or the mark of a preview."""
    return is_plain_yes(sure) or sure == mark


def is_stale(sure: str | None, mark: str) -> bool:
    """Tell if `sure`, which is no agreement, is the mark of an older preview.

    A mark always has the same length: a text of another length is a no.
    """
    return sure is not None and len(sure) == len(mark)


@dataclass(frozen=True, slots=True)
class Act:
    """An action in need of agreement.

    `head`: its effect. `label`: its button. `phrase`: the phrase that asks for it.
    `announcements`: messages posted at once. `follow_ups`: sentences about everything later.
    `is_final`: something is taken away.
    """

    head: str
    label: str
    phrase: str
    announcements: tuple[Message, ...] = ()
    follow_ups: tuple[str, ...] = ()
    is_final: bool = False

    def is_agreed(self, sure: str | None) -> bool:
        """Tell if `sure` is a plain yes, or the mark of a preview still true."""
        return is_agreed(sure, self.preview_mark)

    @property
    def preview_mark(self) -> str:
        """A few letters made from the preview's text, different for other facts."""
        announced = [announcement.to_plain_text() for announcement in self.announcements]
        return hash_texts((self.head, *announced, *self.follow_ups))

    def build_preview(self, sure: str | None, *more_blocks: Block) -> Message:
        """Return the effect and the posts, with a button for agreement.

        Raises `Refused` for a phrase too long for a button.
        """
        button = self._build_agree_button()
        texts: list[str | Block] = []
        if is_stale(sure, self.preview_mark):
            texts.append(STALE)
        texts.append(self.head)
        posted = self._list_announced_texts()
        if posted:
            texts += [PUBLIC_PART, *posted]
        texts.append(" ".join((*self.follow_ups, NOTHING_YET)))
        return text_message(*texts, Buttons((button,)), *more_blocks, title="A preview")

    def _build_agree_button(self) -> Button:
        style: Literal["danger", "plain"] = "danger" if self.is_final else "plain"
        try:
            return Button(self.label, f"{self.phrase} sure={self.preview_mark}", style)
        except InvalidMessageError:
            raise Refused("That is too much for one step: please do it in two.") from None

    def _list_announced_texts(self) -> list[Block]:
        texts: list[Block] = []
        for announcement in self.announcements:
            texts += [block for block in announcement.blocks if isinstance(block, Text)]
        return texts
