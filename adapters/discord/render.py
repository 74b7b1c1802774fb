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

from adapters.discord import custom_id
from adapters.discord.markdown import (
    NO_NUMBERS,
    escape_markdown_label,
    render_markdown,
    render_terse_markdown,
    render_terse_markdown_label,
)
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
class DiscordTextWriter:
    """How prose and labels are written, whether with style at all, and whether lists are written out above their menus."""

    render_prose: Callable[[str], str]
    render_label: Callable[[str], str]
    has_style: bool = True
    has_lists: bool = True

    def render_bold_label(self, label: str) -> str:
        return f"**{self.render_label(label)}**" if self.has_style else self.render_label(label)


# From the most telling to the one in which every message fits.
HANDS = (
    DiscordTextWriter(render_markdown, escape_markdown_label),
    DiscordTextWriter(render_markdown, escape_markdown_label, has_lists=False),
    DiscordTextWriter(
        render_terse_markdown, render_terse_markdown_label, has_style=False, has_lists=False
    ),
)


def build_layout_view(
    message: Message, mark: str = "", command_ids: Mapping[str, str] = NO_NUMBERS
) -> ui.LayoutView:
    """A message as a view that the library forgets once it is sent. `mark` is its letter's (see `ids.mark_of`), and stands
    in the container's id and in every `custom_id`. `numbers` are the ids of our commands, which can then be clicked. Needs
    a running event loop."""
    clicked = replace(HANDS[0], render_prose=partial(render_markdown, command_ids=command_ids))
    for hand in (clicked, *HANDS):
        view = ui.LayoutView(timeout=None)
        view.add_item(_build_container(message, hand, mark))
        if view.content_length() <= TEXT:
            break
    view.stop()
    return view


def _build_container(message: Message, hand: DiscordTextWriter, mark: str) -> ui.Container[Any]:
    frame: ui.Container[Any] = ui.Container(
        accent_colour=ACCENT, id=custom_id.compute_component_id(mark) if mark else None
    )
    if message.title.strip():
        frame.add_item(ui.TextDisplay(f"## {hand.render_label(message.title)}"))
    drawn = DiscordBlockRenderer(hand, mark)
    for bars, group in groupby(message.blocks, lambda block: isinstance(block, Progress)):
        items = [item for block in group for item in drawn.build_components(block)]
        # Bars that follow each other are lines of one text, or they would stand far apart.
        for item in [_join_text_displays(items)] if bars else items:
            if frame.children or not isinstance(item, ui.Separator):
                frame.add_item(item)
    return frame


def _join_text_displays(texts: Iterable[Item]) -> Item:
    return ui.TextDisplay(
        "\n".join(text.content for text in texts if isinstance(text, ui.TextDisplay))
    )


@dataclass(slots=True)
class DiscordBlockRenderer:
    """The components of a message's blocks, in order. Those that carry the same are counted, since no two of a message may
    have one `custom_id` (Discord: Components, Custom ID)."""

    writer: DiscordTextWriter
    mark: str
    id_counts: Counter[str] = field(default_factory=Counter)
    list_count: int = 0

    def build_components(self, block: Block) -> Iterator[Item]:
        match block:
            case Text():
                yield ui.TextDisplay(self.writer.render_prose(block.body))
            case Fields():
                yield ui.TextDisplay(
                    "\n".join(_format_markdown_fact(fact, self.writer) for fact in block.facts)
                )
            case Progress():
                yield ui.TextDisplay(_format_markdown_bar(block, self.writer))
            case Checklist():
                if self.list_count < SEPARATORS:
                    yield ui.Separator()
                self.list_count += 1
                yield ui.TextDisplay(_format_markdown_checklist(block, self.writer))
                yield ui.ActionRow(self._build_checklist_menu(block))
            case Select():
                yield ui.TextDisplay(self.writer.render_bold_label(block.label))
                yield ui.ActionRow(self._build_select_menu(block))
            case Buttons():
                yield ui.ActionRow(
                    *(self._build_button_component(button) for button in block.buttons)
                )
            case _:
                assert_never(block)

    def _build_checklist_menu(self, block: Checklist) -> ui.Select[Any]:
        return ui.Select(
            custom_id=self._make_unique_custom_id(block.says, block.name),
            placeholder="Nothing ticked yet" if block.private else "Tick one or several",
            options=[_build_menu_option(choice, choice.chosen) for choice in block.choices],
            min_values=0 if block.private else 1,
            max_values=len(block.choices),
            required=not block.private,
        )

    def _build_select_menu(self, block: Select) -> ui.Select[Any]:
        chosen = next((choice for choice in block.choices if choice.chosen), None)
        return ui.Select(
            custom_id=self._make_unique_custom_id(block.says, block.name),
            placeholder="Choose one",
            options=[_build_menu_option(choice, choice is chosen) for choice in block.choices],
        )

    def _build_button_component(self, button: Button) -> ui.Button[Any]:
        return ui.Button(
            label=button.label,
            style=STYLES[button.style],
            custom_id=self._make_unique_custom_id(button.says),
        )

    def _make_unique_custom_id(self, says: str, option: str = "") -> str:
        first = custom_id.build_custom_id(says, option, self.mark)
        self.id_counts[first] += 1
        return custom_id.build_custom_id(says, option, self.mark, self.id_counts[first] - 1)


def _build_menu_option(choice: Choice, chosen: bool) -> discord.SelectOption:
    note = choice.note if choice.note.strip() else None
    return discord.SelectOption(
        label=choice.label, value=choice.value, description=note, default=chosen
    )


def _format_markdown_checklist(block: Checklist, hand: DiscordTextWriter) -> str:
    """The label, and below it what can be ticked, as far as there is room: a closed menu shows none of it."""
    return "\n".join(
        [
            hand.render_bold_label(block.label),
            *(
                _format_checklist_line(one, block.private, hand)
                for one in block.choices
                if hand.has_lists
            ),
        ]
    )


def _format_checklist_line(choice: Choice, private: bool, hand: DiscordTextWriter) -> str:
    mark = ("✓" if choice.chosen else "○") if private else "•"  # none of them an emoji
    return f"{mark} {hand.render_label(choice.label)}"


def _format_markdown_fact(fact: Fact, hand: DiscordTextWriter) -> str:
    return f"{hand.render_bold_label(fact.name)}: {hand.render_prose(fact.value)}"


def _format_markdown_bar(block: Progress, hand: DiscordTextWriter) -> str:
    note = hand.render_prose(block.note) if block.note.strip() else ""
    if not hand.has_style:
        return f"{hand.render_label(block.label)}: {block.done}/{block.total} {note}".rstrip()
    label = hand.render_bold_label(block.label) if block.strong else hand.render_label(block.label)
    said = f"`{block.bar}` {label} · {block.done} of {block.total}"
    return f"{said} · {note}" if note else said
