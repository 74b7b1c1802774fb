"""Messages in Discord's components: one pure function per block, held by golden files.

Every message fits: nothing is cut, and nothing raises. The library does not check a message's
whole text (Discord: Components V2, 4000 characters over all text displays), so it is measured here.
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
    NO_COMMAND_IDS,
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
from bot.chat.text import shorten

TEXT = 4000  # characters (Discord: Components V2)
# Out of 40 components (Discord: Components V2), the core leaves these beside the title.
DESCRIPTION = 100  # characters (Discord: Select Option Structure)
SEPARATORS = 3
ACCENT = 0x3B9C84
INDENT = "\u2003"  # an em space: Discord keeps it, and takes no blanks for a list
STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}

Item = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class DiscordTextWriter:
    """A way to write prose and labels: with style or plain, with lists above menus or without.

    `has_details`: the lists show what their choices have beside their labels.
    """

    render_prose: Callable[[str], str]
    render_label: Callable[[str], str]
    has_style: bool = True
    has_lists: bool = True
    has_details: bool = True

    def render_bold_label(self, label: str) -> str:
        text = self.render_label(label)
        return f"**{text}**" if self.has_style else text


# The richest one first; the last one fits every message.
TEXT_WRITERS = (
    DiscordTextWriter(render_markdown, escape_markdown_label),
    DiscordTextWriter(render_markdown, escape_markdown_label, has_details=False),
    DiscordTextWriter(render_markdown, escape_markdown_label, has_lists=False),
    DiscordTextWriter(
        render_terse_markdown, render_terse_markdown_label, has_style=False, has_lists=False
    ),
)


def build_layout_view(
    message: Message, mark: str = "", command_ids: Mapping[str, str] = NO_COMMAND_IDS
) -> ui.LayoutView:
    """Return a message's view; the library forgets it once it is sent. Needs a running loop.

    `mark`: the letter's mark for the container's id and every `custom_id`.
    `command_ids`: makes our commands clickable.
    """
    prose = partial(render_markdown, command_ids=command_ids)
    for writer in (replace(TEXT_WRITERS[0], render_prose=prose), *TEXT_WRITERS):
        view = ui.LayoutView(timeout=None)
        view.add_item(_build_container(message, writer, mark))
        if view.content_length() <= TEXT:
            break
    # Otherwise the library would keep it and wait for its presses.
    view.stop()
    return view


def _build_container(message: Message, writer: DiscordTextWriter, mark: str) -> ui.Container[Any]:
    frame: ui.Container[Any] = ui.Container(
        accent_colour=ACCENT, id=custom_id.compute_component_id(mark) if mark else None
    )
    if message.title.strip():
        frame.add_item(ui.TextDisplay(f"## {writer.render_label(message.title)}"))
    renderer = DiscordBlockRenderer(writer, mark)
    for is_bars, blocks in groupby(message.blocks, lambda block: isinstance(block, Progress)):
        items: list[Item] = []
        for block in blocks:
            items += renderer.build_components(block)
        if is_bars:
            # Bars in a row become one text, or Discord would draw them far apart.
            items = [_join_text_displays(items)]
        for item in items:
            # A line at the very top would separate nothing.
            if frame.children or not isinstance(item, ui.Separator):
                frame.add_item(item)
    return frame


def _join_text_displays(texts: Iterable[Item]) -> Item:
    return ui.TextDisplay(
        "\n".join(text.content for text in texts if isinstance(text, ui.TextDisplay))
    )


@dataclass(slots=True)
class DiscordBlockRenderer:
    """The components for a message's blocks, in order.

    Equal ones are counted: two components in a message may not share a `custom_id`
    (Discord: Components, Custom ID).
    """

    writer: DiscordTextWriter
    mark: str
    id_counts: Counter[str] = field(default_factory=Counter)
    list_count: int = 0

    def build_components(self, block: Block) -> Iterator[Item]:
        match block:
            case Text():
                yield ui.TextDisplay(self.writer.render_prose(block.body))
            case Fields():
                facts = [_format_markdown_fact(fact, self.writer) for fact in block.facts]
                yield ui.TextDisplay("\n".join(facts))
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
                yield ui.ActionRow(*map(self._build_button_component, block.buttons))
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

    def _make_unique_custom_id(self, phrase: str, option: str = "") -> str:
        first = custom_id.build_custom_id(phrase, option, self.mark)
        self.id_counts[first] += 1
        return custom_id.build_custom_id(phrase, option, self.mark, self.id_counts[first] - 1)


def _build_menu_option(choice: Choice, chosen: bool) -> discord.SelectOption:
    note = format_choice_note(choice)
    return discord.SelectOption(
        label=choice.label, value=choice.value, description=note, default=chosen
    )


def format_choice_note(choice: Choice) -> str | None:
    """Return what stands below a choice: its group as well, because menus have no headings."""
    return shorten(choice.note_with_group, DESCRIPTION) or None


def _format_markdown_checklist(block: Checklist, writer: DiscordTextWriter) -> str:
    """Return the label, and its choices if there is room: a closed menu shows none."""
    lines = [writer.render_bold_label(block.label)]
    if writer.has_lists:
        for choice in block.choices:
            lines.append(_format_checklist_line(choice, block.private, writer))
    return "\n".join(lines)


def _format_checklist_line(choice: Choice, private: bool, writer: DiscordTextWriter) -> str:
    mark = "•"
    if private:
        mark = "✓" if choice.chosen else "○"  # signs, not emoji: they take the text's colour
    line = f"{mark} {writer.render_label(choice.label)}"
    if choice.detail.strip() and writer.has_details:
        detail = writer.render_prose(choice.detail).replace("\n", f"\n{INDENT}")
        return f"{line} · {detail}"
    return line


def _format_markdown_fact(fact: Fact, writer: DiscordTextWriter) -> str:
    return f"{writer.render_bold_label(fact.name)}: {writer.render_prose(fact.value)}"


def _format_markdown_bar(block: Progress, writer: DiscordTextWriter) -> str:
    note = writer.render_prose(block.note) if block.note.strip() else ""
    if not writer.has_style:
        return f"{writer.render_label(block.label)}: {block.done}/{block.total} {note}".rstrip()
    label = (
        writer.render_bold_label(block.label) if block.strong else writer.render_label(block.label)
    )
    line = f"`{block.bar}` {label} · {block.done} of {block.total}"
    return f"{line} · {note}" if note else line
