"""The bot's messages as Slack's Block Kit: one pure function per block, held by golden files.

Any message the core can build fits: nothing is cut and nothing raises. A section has 3000
characters after escaping, and a message has 50 blocks (Slack: Block Kit). All text in a message
has a further limit that Slack does not document: people have met it between 11 000 and 13 000
characters (slackapi/bolt-js, issues 2509 and 2867).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from textwrap import TextWrapper
from typing import Literal, assert_never

from adapters.slack import ids
from adapters.slack.mrkdwn import (
    build_command_speller,
    format_bold_mrkdwn,
    format_compact_lines,
    format_compact_mrkdwn,
    format_compact_plain_text,
    format_mrkdwn,
    format_plain_mrkdwn,
    format_text_lines,
    format_unstyled_text,
)
from adapters.slack.objects import (
    Json,
    build_menu_options,
    build_mrkdwn_object,
    build_option_object,
    build_plain_text_object,
    filter_chosen_options,
)
from bot.chat.message import (
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fields,
    Message,
    Progress,
    Select,
    Text,
)

TEXT = 9000  # characters of a message; well below the limit that people have met
SECTION = 3000  # characters (Slack: Section block)
CONTEXT = 2000  # characters of an element (Slack: Context block)
FALLBACK = 4000  # characters of a message's own `text` (Slack: chat.postMessage)
GROUP = 10  # options (Slack: Checkboxes)
DIVIDERS = 3  # 50 blocks (Slack: Block Kit), of which the core takes 36 and long texts some
ONLY_ADDS = "Boxes here only add. Your own list comes back in private."
OPEN = "Open the list"
INDENT = "\u2003"  # an em space, which stays at the start of a line

Style = Literal["full", "terse", "none"]

STYLES: tuple[Style, ...] = ("full", "terse", "none")
"""From the richest to the shortest."""


@dataclass(frozen=True, slots=True)
class SlackTextWriter:
    """Writes prose and labels in one style.

    `has_notes`: choices show their notes. `has_lists`: choices are shown at all.
    `has_details`: what choices have beside their labels stands above the boxes.
    """

    command: str
    style: Style = "full"
    has_notes: bool = True
    has_lists: bool = True
    has_details: bool = True

    def write_prose(self, body: str) -> str:
        match self.style:
            case "full":
                return format_mrkdwn(body, self.command)
            case "terse":
                return format_compact_mrkdwn(body, self.command)
            case "none":
                return format_unstyled_text(body, self.command)
            case _:
                assert_never(self.style)

    def write_plain_label(self, text: str) -> str:
        if self.style == "full":
            return format_plain_mrkdwn(text)
        return format_compact_plain_text(text)

    def write_bold_label(self, text: str) -> str:
        if self.style == "full":
            return format_bold_mrkdwn(text)
        return format_compact_plain_text(text)


WriteText = Callable[[SlackTextWriter], str]


def render_blocks(message: Message, command: str) -> list[Json]:
    """Return a message as the blocks for a post, an answer or a view.

    `command` is the slash command's name.
    """
    full = SlackTextWriter(command)
    brief = replace(full, has_notes=False)
    without_details = replace(brief, has_details=False)
    terse = replace(without_details, style="terse")
    without_lists = replace(terse, has_lists=False)
    # From the richest to one in which every message fits.
    for writer in (full, brief, without_details, terse, without_lists):
        blocks = _render_with_writer(message, writer)
        if _count_text_length(blocks) <= TEXT:
            return blocks
    # A text full of commands would outgrow any limit with the slash command before each.
    return _render_with_writer(message, replace(without_lists, command=""))


def render_fallback_text(message: Message, command: str) -> str:
    """Return a message's own `text`, for notifications and screen readers.

    The blocks hold everything, even if it has no room here.
    """
    plain = message.to_plain_text(build_command_speller(command))
    brief = _format_brief_text(message, command)
    texts = (format_text_lines(plain), format_compact_lines(plain), format_compact_lines(brief))
    for text in texts:
        if len(text) <= FALLBACK:
            return text
    return texts[-1][: FALLBACK - 1] + "…"


def write_in_parts(
    write: WriteText, writer: SlackTextWriter, max_length: int = SECTION
) -> list[str]:
    """Return the written text in parts, each up to `max_length` characters.

    A line too long for a part is written with less style.
    """
    lines: list[str] = []
    for style in STYLES[STYLES.index(writer.style) :]:
        lines = write(replace(writer, style=style)).split("\n")
        if max(map(len, lines)) <= max_length:
            break
    parts: list[str] = []
    # Parted between lines: all markup begins and ends within one.
    for line in lines:
        for piece in _split_long_line(line, max_length):
            if parts and len(parts[-1]) + 1 + len(piece) <= max_length:
                parts[-1] += f"\n{piece}"
            else:
                parts.append(piece)
    return [part for part in parts if part.strip()]


def _split_long_line(line: str, max_length: int) -> list[str]:
    """Return a line in pieces that fit, split between words, with nothing left out."""
    if len(line) <= max_length:
        return [line]
    wrapper = TextWrapper(
        max_length, expand_tabs=False, replace_whitespace=False, drop_whitespace=False
    )
    return wrapper.wrap(line)


def _render_with_writer(message: Message, writer: SlackTextWriter) -> list[Json]:
    renderer = SlackBlockRenderer(writer)
    rendered: list[Json] = []
    if message.title.strip():
        rendered.append({"type": "header", "text": build_plain_text_object(message.title)})
    for is_progress, group in groupby(message.blocks, lambda block: isinstance(block, Progress)):
        blocks = list(group)
        if is_progress:
            # Bars in a row are lines of one text: as sections, they would stand far apart.
            rendered += _build_text_sections(partial(_format_bar_lines, blocks), writer)
            continue
        for block in blocks:
            rendered += renderer.render_block(block)
    if rendered[0]["type"] == "divider":
        return rendered[1:]  # there is nothing above to divide
    return rendered


def _count_text_length(value: object) -> int:
    """Return the number of characters in all texts, with those in options."""
    if isinstance(value, dict):
        text = value.get("text")
        own_length = len(text) if isinstance(text, str) else 0
        return own_length + sum(_count_text_length(item) for item in value.values())
    if isinstance(value, list):
        return sum(_count_text_length(item) for item in value)
    return 0


def _format_brief_text(message: Message, command: str) -> str:
    """Return a message in plain text, without its buttons and choices."""
    lines = [message.title]
    for block in message.blocks:
        if not isinstance(block, Buttons):
            lines.append(_format_brief_block(block, command))
    return "\n".join(lines).strip()


def _format_brief_block(block: Block, command: str) -> str:
    if isinstance(block, Checklist | Select):
        return block.label
    return Message((block,)).to_plain_text(build_command_speller(command))


# — one block —


@dataclass(slots=True)
class SlackBlockRenderer:
    """Renders a message's blocks in their order.

    Elements with the same phrase are counted: no two in a message may have the same `action_id`
    (Slack: Block elements).
    """

    writer: SlackTextWriter
    id_counts: Counter[str] = field(default_factory=Counter)
    list_count: int = 0
    has_explanation: bool = False

    def render_block(self, block: Block) -> Iterator[Json]:
        match block:
            case Text():
                yield from _build_text_sections(partial(_format_prose, block), self.writer)
            case Fields():
                yield from _build_text_sections(partial(_format_fact_lines, block), self.writer)
            case Progress():
                yield from _build_text_sections(partial(_format_bar_lines, [block]), self.writer)
            case Checklist():
                yield from self._build_checklist_blocks(block)
            case Select():
                yield self._build_select_section(block)
            case Buttons():
                buttons = [self._build_button_element(button) for button in block.buttons]
                yield {"type": "actions", "elements": buttons}
            case _:
                assert_never(block)

    def _build_checklist_blocks(self, block: Checklist) -> Iterator[Json]:
        if self.list_count < DIVIDERS:
            yield {"type": "divider"}
        self.list_count += 1
        if not self.writer.has_lists:
            yield self._build_list_opener(block)
            return
        yield _build_section(self.writer.write_bold_label(block.label))
        # A list for everybody shows nobody's state, so it says once what its boxes do.
        if not block.private and not self.has_explanation:
            self.has_explanation = True
            yield {"type": "context", "elements": [build_mrkdwn_object(ONLY_ADDS)]}
        if self.writer.has_details and any(choice.detail.strip() for choice in block.choices):
            yield from _build_text_sections(partial(_format_detail_lines, block), self.writer)
        checkboxes = []
        for start in range(0, len(block.choices), GROUP):
            checkboxes.append(self._build_checkboxes(block, block.choices[start : start + GROUP]))
        yield {"type": "actions", "elements": checkboxes}

    def _build_checkboxes(self, block: Checklist, choices: Sequence[Choice]) -> Json:
        options = [build_option_object(choice, self.writer.has_notes) for choice in choices]
        checkboxes: Json = {
            "type": "checkboxes",
            "action_id": self._build_unique_action_id(block.says, block.name, own=block.private),
            "options": options,
        }
        # Slack refuses an empty list of initial options.
        if chosen := filter_chosen_options(options, choices):
            checkboxes["initial_options"] = chosen
        return checkboxes

    def _build_select_section(self, block: Select) -> Json:
        if not self.writer.has_lists:
            return self._build_list_opener(block)
        options = [build_option_object(choice, self.writer.has_notes) for choice in block.choices]
        menu: Json = {
            "type": "static_select",
            "action_id": self._build_unique_action_id(block.says, block.name),
            "placeholder": build_plain_text_object("Choose one"),
            **build_menu_options(options, block.choices),
        }
        if chosen := filter_chosen_options(options, block.choices):
            menu["initial_option"] = chosen[0]
        return _build_section(self.writer.write_bold_label(block.label), menu)

    def _build_list_opener(self, block: Checklist | Select) -> Json:
        """Return a button in place of too many choices: its phrase, without any, asks for one."""
        button = self._build_button_element(Button(OPEN, block.says))
        return _build_section(self.writer.write_bold_label(block.label), button)

    def _build_button_element(self, button: Button) -> Json:
        self.id_counts[ids.PRESS] += 1
        element = {
            "type": "button",
            "action_id": ids.build_button_id(self.id_counts[ids.PRESS]),
            "text": build_plain_text_object(button.label),
            "value": button.says,
        }
        if button.style != "plain":
            element["style"] = button.style
        return element

    def _build_unique_action_id(self, phrase: str, option: str, *, own: bool = False) -> str:
        plain_id = ids.build_action_id(phrase, option)
        copy_number = self.id_counts[plain_id]
        self.id_counts[plain_id] += 1
        return ids.build_action_id(phrase, option, copy_number, is_own=own)


def _build_section(text: str, accessory: Json | None = None) -> Json:
    section: Json = {"type": "section", "text": build_mrkdwn_object(text)}
    if accessory is not None:
        section["accessory"] = accessory
    return section


def _build_text_sections(write: WriteText, writer: SlackTextWriter) -> list[Json]:
    return [_build_section(text) for text in write_in_parts(write, writer)]


def _format_prose(block: Text, writer: SlackTextWriter) -> str:
    return writer.write_prose(block.body)


def _format_detail_lines(block: Checklist, writer: SlackTextWriter) -> str:
    """Return a line for each choice with a detail: a box has no room for a link."""
    lines = []
    for choice in block.choices:
        if choice.detail.strip():
            label = writer.write_plain_label(choice.label)
            detail = writer.write_prose(choice.detail).replace("\n", f"\n{INDENT}")
            lines.append(f"• {label} · {detail}")
    return "\n".join(lines)


def _format_fact_lines(block: Fields, writer: SlackTextWriter) -> str:
    # One below the other: side by side they would be cut short on a telephone.
    return "\n".join(
        f"{writer.write_bold_label(fact.name)}: {writer.write_prose(fact.value)}"
        for fact in block.facts
    )


def _format_bar_lines(blocks: Sequence[Block], writer: SlackTextWriter) -> str:
    return "\n".join(
        _format_bar_line(block, writer) for block in blocks if isinstance(block, Progress)
    )


def _format_bar_line(block: Progress, writer: SlackTextWriter) -> str:
    note = writer.write_prose(block.note) if block.note.strip() else ""
    if writer.style != "full":
        label = writer.write_plain_label(block.label)
        return f"{label}: {block.done}/{block.total} {note}".rstrip()
    write_label = writer.write_plain_label
    if block.strong:
        write_label = writer.write_bold_label
    label = write_label(block.label)
    bar_line = f"`{block.bar}` {label} · {block.done} of {block.total}"
    if not note:
        return bar_line
    return f"{bar_line} · {note}"
