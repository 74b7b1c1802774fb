"""What the bot says as Slack's Block Kit: one pure function per block, held by golden files.

Whatever the core can build fits: nothing is cut and nothing raises. A section has 3000 characters after escaping and a
message 50 blocks (Slack: Block Kit); all text of a message together has a limit that Slack does not tell, and which has been
met between 11 000 and 13 000 characters (slackapi/bolt-js, issues 2509 and 2867).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from textwrap import TextWrapper
from typing import Any, Literal, assert_never

from adapters.slack import ids
from adapters.slack.mrkdwn import (
    build_command_speller,
    format_bold_mrkdwn,
    format_compact_lines,
    format_compact_mrkdwn,
    format_compact_plain_text,
    format_mrkdwn,
    format_plain_mrkdwn,
    format_slack_label,
    format_text_lines,
    format_unstyled_text,
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

TEXT = 9000  # characters of a message, as far as is known to be taken
SECTION = 3000  # characters (Slack: Section block)
CONTEXT = 2000  # characters of an element (Slack: Context block)
FALLBACK = 4000  # characters of a message's own `text` (Slack: chat.postMessage)
GROUP = 10  # options (Slack: Checkboxes)
DIVIDERS = 3  # 50 blocks (Slack: Block Kit), of which the core takes 36 and long texts some
ONLY_ADDS = "Boxes here only add. Your own list comes back in private."
OPEN = "Open the list"

Style = Literal["full", "terse", "none"]
Json = dict[str, Any]

STYLES: tuple[Style, ...] = ("full", "terse", "none")


@dataclass(frozen=True, slots=True)
class SlackTextWriter:
    """How prose and labels are written, and whether choices come with their notes, or at all."""

    command: str
    style: Style = "full"
    has_notes: bool = True
    has_lists: bool = True

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
        return (
            format_plain_mrkdwn(text) if self.style == "full" else format_compact_plain_text(text)
        )

    def write_bold_label(self, text: str) -> str:
        return format_bold_mrkdwn(text) if self.style == "full" else format_compact_plain_text(text)


def render_blocks(message: Message, command: str) -> list[Json]:
    """A message as the blocks of a post, an answer or a view. `command` is the slash command's name."""
    brief = SlackTextWriter(command, has_notes=False)
    # From the most telling to the one in which every message fits.
    for hand in (SlackTextWriter(command), brief, replace(brief, style="terse")):
        drawn = _render_with_writer(message, hand)
        if _count_text_length(drawn) <= TEXT:
            return drawn
    last = replace(brief, style="terse", has_lists=False)
    drawn = _render_with_writer(message, last)
    # A text that is nothing but names of commands would grow beyond any room with the slash command before each.
    return (
        drawn
        if _count_text_length(drawn) <= TEXT
        else _render_with_writer(message, replace(last, command=""))
    )


def render_fallback_text(message: Message, command: str) -> str:
    """A message's own `text`: what notifications and screen readers read. What has no room there stands in the blocks."""
    said, brief = (
        message.to_plain_text(build_command_speller(command)),
        _format_brief_text(message, command),
    )
    for text in (format_text_lines(said), format_compact_lines(said), format_compact_lines(brief)):
        if len(text) <= FALLBACK:
            return text
    return text[: FALLBACK - 1] + "…"


def build_plain_text_object(text: str) -> Json:
    """A text that Slack does not format (Slack: Text object)."""
    return {"type": "plain_text", "text": format_slack_label(text), "emoji": False}


def build_mrkdwn_object(text: str) -> Json:
    """A text that Slack formats, of which it makes no links of its own."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def build_option_object(choice: Choice, notes: bool = True) -> Json:
    """A choice as Slack offers it (Slack: Option object)."""
    made = {"text": build_plain_text_object(choice.label), "value": choice.value}
    return (
        {**made, "description": build_plain_text_object(choice.note)}
        if notes and choice.note.strip()
        else made
    )


def write_in_parts(
    write: Callable[[SlackTextWriter], str], writer: SlackTextWriter, max_length: int = SECTION
) -> list[str]:
    """What is written, in as many texts of up to `room` characters as it needs, parted between lines, since whatever acts
    begins and ends in one. A line that is longer by itself is written with less style."""
    for style in STYLES[STYLES.index(writer.style) :]:
        written = write(replace(writer, style=style)).split("\n")
        if max(map(len, written)) <= max_length:
            break
    made: list[str] = []
    for line in (piece for one in written for piece in _split_long_line(one, max_length)):
        if made and len(made[-1]) + 1 + len(line) <= max_length:
            made[-1] += f"\n{line}"
        else:
            made.append(line)
    return [one for one in made if one.strip()]


def _split_long_line(line: str, room: int) -> list[str]:
    """A line in pieces that fit, parted between words; nothing is left out."""
    if len(line) <= room:
        return [line]
    return TextWrapper(
        room, expand_tabs=False, replace_whitespace=False, drop_whitespace=False
    ).wrap(line)


def _render_with_writer(message: Message, hand: SlackTextWriter) -> list[Json]:
    drawn = SlackBlockRenderer(hand)
    shown: list[Json] = []
    if message.title.strip():
        shown.append({"type": "header", "text": build_plain_text_object(message.title)})
    for bars, group in groupby(message.blocks, lambda block: isinstance(block, Progress)):
        among = list(group)
        # Bars that follow each other are lines of one text, or they would stand far apart.
        shown += (
            _build_text_sections(partial(_format_bar_lines, among), hand)
            if bars
            else [one for each in among for one in drawn.render_block(each)]
        )
    return shown[1:] if shown[0]["type"] == "divider" else shown


def _count_text_length(found: object) -> int:
    """How many characters of text stand in blocks, those of options included."""
    if isinstance(found, dict):
        text = found.get("text")
        return (len(text) if isinstance(text, str) else 0) + sum(
            _count_text_length(inner) for inner in found.values()
        )
    return sum(_count_text_length(inner) for inner in found) if isinstance(found, list) else 0


def _format_brief_text(message: Message, command: str) -> str:
    """A message in plain text without what there is to press and to pick."""
    said = [message.title]
    for block in message.blocks:
        if isinstance(block, Checklist | Select):
            said.append(block.label)
        elif not isinstance(block, Buttons):
            said.append(Message((block,)).to_plain_text(build_command_speller(command)))
    return "\n".join(said).strip()


# — one block —


@dataclass(slots=True)
class SlackBlockRenderer:
    """The Slack blocks of a message's blocks, in order. Elements that carry the same are counted, since no two of a message
    may have one `action_id` (Slack: Block elements)."""

    writer: SlackTextWriter
    id_counts: Counter[str] = field(default_factory=Counter)
    list_count: int = 0
    has_explanation: bool = False

    def render_block(self, block: Block) -> Iterator[Json]:
        match block:
            case Text():
                yield from _build_text_sections(
                    lambda hand: hand.write_prose(block.body), self.writer
                )
            case Fields():
                yield from _build_text_sections(partial(_format_fact_lines, block), self.writer)
            case Progress():
                yield from _build_text_sections(partial(_format_bar_lines, [block]), self.writer)
            case Checklist():
                yield from self._build_checklist_blocks(block)
            case Select():
                yield self._build_select_section(block)
            case Buttons():
                yield {
                    "type": "actions",
                    "elements": [self._build_button_element(button) for button in block.buttons],
                }
            case _:
                assert_never(block)

    def _build_checklist_blocks(self, block: Checklist) -> Iterator[Json]:
        """A list for everybody says that its boxes show nobody's state; one's own shows what is done."""
        if self.list_count < DIVIDERS:
            yield {"type": "divider"}
        self.list_count += 1
        if not self.writer.has_lists:
            yield self._build_list_opener(block)
            return
        yield _build_section(self.writer.write_bold_label(block.label))
        if not block.private and not self.has_explanation:
            self.has_explanation = True
            yield {"type": "context", "elements": [build_mrkdwn_object(ONLY_ADDS)]}
        groups = [
            block.choices[start : start + GROUP] for start in range(0, len(block.choices), GROUP)
        ]
        yield {
            "type": "actions",
            "elements": [self._build_checkboxes(block, among) for among in groups],
        }

    def _build_checkboxes(self, block: Checklist, among: Sequence[Choice]) -> Json:
        options = [build_option_object(choice, self.writer.has_notes) for choice in among]
        chosen = [made for made, choice in zip(options, among, strict=True) if choice.chosen]
        boxes = {
            "type": "checkboxes",
            "action_id": self._build_unique_action_id(block.says, block.name, own=block.private),
            "options": options,
        }
        return {**boxes, "initial_options": chosen} if chosen else boxes

    def _build_select_section(self, block: Select) -> Json:
        if not self.writer.has_lists:
            return self._build_list_opener(block)
        options = [build_option_object(choice, self.writer.has_notes) for choice in block.choices]
        chosen = next(
            (made for made, choice in zip(options, block.choices, strict=True) if choice.chosen),
            None,
        )
        menu = {
            "type": "static_select",
            "action_id": self._build_unique_action_id(block.says, block.name),
            "placeholder": build_plain_text_object("Choose one"),
            "options": options,
        }
        return _build_section(
            self.writer.write_bold_label(block.label),
            {**menu, "initial_option": chosen} if chosen else menu,
        )

    def _build_list_opener(self, block: Checklist | Select) -> Json:
        """In place of more choices than a message can hold: the phrase said without any, which asks for one."""
        return _build_section(
            self.writer.write_bold_label(block.label),
            self._build_button_element(Button(OPEN, block.says)),
        )

    def _build_button_element(self, button: Button) -> Json:
        self.id_counts[ids.PRESS] += 1
        made = {
            "type": "button",
            "action_id": ids.build_button_id(self.id_counts[ids.PRESS]),
            "text": build_plain_text_object(button.label),
            "value": button.says,
        }
        return made if button.style == "plain" else {**made, "style": button.style}

    def _build_unique_action_id(self, says: str, option: str, *, own: bool = False) -> str:
        first = ids.build_action_id(says, option)
        self.id_counts[first] += 1
        return ids.build_action_id(says, option, self.id_counts[first] - 1, is_own=own)


def _build_section(text: str, beside: Json | None = None) -> Json:
    made: Json = {"type": "section", "text": build_mrkdwn_object(text)}
    return {**made, "accessory": beside} if beside else made


def _build_text_sections(
    write: Callable[[SlackTextWriter], str], hand: SlackTextWriter
) -> list[Json]:
    return [_build_section(text) for text in write_in_parts(write, hand)]


def _format_fact_lines(block: Fields, hand: SlackTextWriter) -> str:
    """One below the other: side by side they would be cut short on a telephone."""
    return "\n".join(
        f"{hand.write_bold_label(fact.name)}: {hand.write_prose(fact.value)}"
        for fact in block.facts
    )


def _format_bar_lines(among: Sequence[Block], hand: SlackTextWriter) -> str:
    return "\n".join(
        _format_bar_line(block, hand) for block in among if isinstance(block, Progress)
    )


def _format_bar_line(block: Progress, hand: SlackTextWriter) -> str:
    note = hand.write_prose(block.note) if block.note.strip() else ""
    if hand.style != "full":
        return f"{hand.write_plain_label(block.label)}: {block.done}/{block.total} {note}".rstrip()
    name = (
        hand.write_bold_label(block.label) if block.strong else hand.write_plain_label(block.label)
    )
    said = f"`{block.bar}` {name} · {block.done} of {block.total}"
    return f"{said} · {note}" if note else said
