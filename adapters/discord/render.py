"""What the bot says as Discord's components: one pure function per block, held by golden files.

Whatever the core can build fits: nothing is cut and nothing raises. What Discord refuses and its library does not check is
measured here, which is the text of a message (Discord: Components V2, 4000 characters over all text displays).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any, assert_never

import discord
from discord import ui

from adapters.discord import ids
from adapters.discord.prose import NO_NUMBERS, markdown, plain, terse, terse_plain
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Fields,
    Message,
    Progress,
    Select,
    Text,
)

TEXT = 4000  # characters (Discord: Components V2)
SEPARATORS = (
    3  # 40 components (Discord: Components V2), of which the core leaves these beside the title
)
ACCENT = 0x3B9C84
STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}

Item = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """How prose and labels are written, whether with style at all, and whether lists are written out above their menus."""

    prose: Callable[[str], str]
    plain: Callable[[str], str]
    styled: bool = True
    lists: bool = True

    def strong(self, label: str) -> str:
        return f"**{self.plain(label)}**" if self.styled else self.plain(label)


# From the most telling to the one in which every message fits.
HANDS = (
    Hand(markdown, plain),
    Hand(markdown, plain, lists=False),
    Hand(terse, terse_plain, styled=False, lists=False),
)


def layout(
    message: Message, mark: str = "", numbers: Mapping[str, str] = NO_NUMBERS
) -> ui.LayoutView:
    """A message as a view that the library forgets once it is sent. `mark` is its letter's (see `ids.mark_of`), and stands
    in the container's id and in every `custom_id`. `numbers` are the ids of our commands, which can then be clicked. Needs
    a running event loop."""
    clicked = replace(HANDS[0], prose=partial(markdown, numbers=numbers))
    for hand in (clicked, *HANDS):
        view = ui.LayoutView(timeout=None)
        view.add_item(_container(message, hand, mark))
        if view.content_length() <= TEXT:
            break
    view.stop()
    return view


def _container(message: Message, hand: Hand, mark: str) -> ui.Container[Any]:
    frame: ui.Container[Any] = ui.Container(
        accent_colour=ACCENT, id=ids.number_of(mark) if mark else None
    )
    if message.title.strip():
        frame.add_item(ui.TextDisplay(f"## {hand.plain(message.title)}"))
    drawn = Drawn(hand, mark)
    for bars, group in groupby(message.blocks, lambda block: isinstance(block, Progress)):
        items = [item for block in group for item in drawn.items(block)]
        # Bars that follow each other are lines of one text, or they would stand far apart.
        for item in [_joined(items)] if bars else items:
            if frame.children or not isinstance(item, ui.Separator):
                frame.add_item(item)
    return frame


def _joined(texts: Iterable[Item]) -> Item:
    return ui.TextDisplay(
        "\n".join(text.content for text in texts if isinstance(text, ui.TextDisplay))
    )


@dataclass(slots=True)
class Drawn:
    """The components of a message's blocks, in order. Those that carry the same are counted, since no two of a message may
    have one `custom_id` (Discord: Components, Custom ID)."""

    hand: Hand
    mark: str
    used: Counter[str] = field(default_factory=Counter)
    lists: int = 0

    def items(self, block: Block) -> Iterator[Item]:
        match block:
            case Text():
                yield ui.TextDisplay(self.hand.prose(block.body))
            case Fields():
                yield ui.TextDisplay("\n".join(_fact(fact, self.hand) for fact in block.facts))
            case Progress():
                yield ui.TextDisplay(_progress(block, self.hand))
            case Checklist():
                if self.lists < SEPARATORS:
                    yield ui.Separator()
                self.lists += 1
                yield ui.TextDisplay(_listed(block, self.hand))
                yield ui.ActionRow(self._checklist(block))
            case Select():
                yield ui.TextDisplay(self.hand.strong(block.label))
                yield ui.ActionRow(self._select(block))
            case Buttons():
                yield ui.ActionRow(*(self._button(button) for button in block.buttons))
            case _:
                assert_never(block)

    def _checklist(self, block: Checklist) -> ui.Select[Any]:
        return ui.Select(
            custom_id=self._custom_id(block.says, block.name),
            placeholder="Nothing ticked yet" if block.private else "Tick one or several",
            options=[_option(choice, choice.chosen) for choice in block.choices],
            min_values=0 if block.private else 1,
            max_values=len(block.choices),
            required=not block.private,
        )

    def _select(self, block: Select) -> ui.Select[Any]:
        chosen = next((choice for choice in block.choices if choice.chosen), None)
        return ui.Select(
            custom_id=self._custom_id(block.says, block.name),
            placeholder="Choose one",
            options=[_option(choice, choice is chosen) for choice in block.choices],
        )

    def _button(self, button: Button) -> ui.Button[Any]:
        return ui.Button(
            label=button.label, style=STYLES[button.style], custom_id=self._custom_id(button.says)
        )

    def _custom_id(self, says: str, option: str = "") -> str:
        first = ids.custom_id(says, option, self.mark)
        self.used[first] += 1
        return ids.custom_id(says, option, self.mark, self.used[first] - 1)


def _option(choice: Choice, chosen: bool) -> discord.SelectOption:
    note = choice.note if choice.note.strip() else None
    return discord.SelectOption(
        label=choice.label, value=choice.value, description=note, default=chosen
    )


def _listed(block: Checklist, hand: Hand) -> str:
    """The label, and below it what can be ticked, as far as there is room: a closed menu shows none of it."""
    return "\n".join(
        [
            hand.strong(block.label),
            *(_line(one, block.private, hand) for one in block.choices if hand.lists),
        ]
    )


def _line(choice: Choice, private: bool, hand: Hand) -> str:
    mark = ("✓" if choice.chosen else "○") if private else "•"  # none of them an emoji
    return f"{mark} {hand.plain(choice.label)}"


def _fact(fact: Fact, hand: Hand) -> str:
    return f"{hand.strong(fact.name)}: {hand.prose(fact.value)}"


def _progress(block: Progress, hand: Hand) -> str:
    note = hand.prose(block.note) if block.note.strip() else ""
    if not hand.styled:
        return f"{hand.plain(block.label)}: {block.done}/{block.total} {note}".rstrip()
    label = hand.strong(block.label) if block.strong else hand.plain(block.label)
    said = f"`{block.bar}` {label} · {block.done} of {block.total}"
    return f"{said} · {note}" if note else said
