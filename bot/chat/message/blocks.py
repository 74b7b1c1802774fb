"""A message is a closed set of blocks. Whatever can be built can be shown: limits are checked here, so renderers never
truncate and never raise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from bot.chat.message.event import Event
from bot.chat.message.limits import (
    COMPONENTS,
    LABEL,
    MESSAGE_PROSE,
    OPTIONS,
    PHRASE,
    PROSE,
    ROW,
    THREAD,
    TITLE,
    InvalidMessageError,
    check_text_length,
)
from bot.chat.message.prose import Spell, format_code_as_is, strip_markup

BAR = 10  # cells of a bar that is written as text


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of prose, or several."""

    body: str
    block: Literal["text"] = "text"

    def __post_init__(self) -> None:
        check_text_length(self.body, PROSE, "A text")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a `Fields` block: a short name and some prose."""

    name: str
    value: str

    def __post_init__(self) -> None:
        check_text_length(self.name, LABEL, "A field's name")
        check_text_length(self.value, 1000, "A field's value")


@dataclass(frozen=True, slots=True)
class Fields:
    """Short facts beside their names."""

    facts: tuple[Fact, ...]
    block: Literal["fields"] = "fields"

    def __post_init__(self) -> None:
        if not 1 <= len(self.facts) <= 10:  # Slack: ten fields in a section
            raise InvalidMessageError(
                f"A fields block has {len(self.facts)} facts and may have 1 to 10: split it."
            )


@dataclass(frozen=True, slots=True)
class Progress:
    """A bar with its label: `done` of `total`. `note` is prose beside it; `strong` marks the reader's own line."""

    label: str
    done: int
    total: int
    note: str = ""
    strong: bool = False
    block: Literal["progress"] = "progress"

    def __post_init__(self) -> None:
        check_text_length(self.label, LABEL, "A progress label")
        if not 0 <= self.done <= self.total:
            raise InvalidMessageError(
                f"A progress bar shows {self.done} of {self.total}: done lies between nothing and total."
            )

    @property
    def bar(self) -> str:
        """The bar in text: full only when all is done, and empty only when nothing is."""
        cells = self.done * BAR // self.total if self.total else 0
        cells = max(cells, 1) if self.done else 0
        return "█" * cells + "░" * (BAR - cells)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick. `label` is plain text as the reader sees it, `value` what is sent; `chosen` marks it as picked."""

    label: str
    value: str
    note: str = ""
    chosen: bool = False

    def __post_init__(self) -> None:
        check_text_length(self.label, LABEL, "A choice's label")
        check_text_length(self.value, 100, "A choice's value")
        if len(self.note) > LABEL:
            raise InvalidMessageError(
                f"A choice's note has {len(self.note)} characters and may have {LABEL}: shorten it."
            )


@dataclass(frozen=True, slots=True)
class Checklist:
    """Choices to tick, any number at once; pressing says `says` with the picked values as the option `name`.

    A list in a home is one message for everybody: it shows no state and only ever adds. Only a `private` list shows the
    reader's own state and can untick, and then what is sent is the whole state of the options shown.
    """

    label: str
    says: str
    name: str
    choices: tuple[Choice, ...]
    private: bool = False
    block: Literal["checklist"] = "checklist"

    def __post_init__(self) -> None:
        check_text_length(self.label, LABEL, "A checklist's label")
        check_text_length(
            self.says + self.name, PHRASE, f"The phrase “{self.says}” with “{self.name}”"
        )
        check_choices(self.choices, OPTIONS, "A checklist")
        if not self.private and any(choice.chosen for choice in self.choices):
            raise InvalidMessageError(
                "A checklist for everybody shows nobody's state: make it private or leave `chosen` out."
            )


@dataclass(frozen=True, slots=True)
class Select:
    """One choice out of several; picking says `says` with the value as the option `name`."""

    label: str
    says: str
    name: str
    choices: tuple[Choice, ...]
    block: Literal["select"] = "select"

    def __post_init__(self) -> None:
        check_text_length(self.label, LABEL, "A select's label")
        check_text_length(
            self.says + self.name, PHRASE, f"The phrase “{self.says}” with “{self.name}”"
        )
        check_choices(self.choices, OPTIONS, "A select")


@dataclass(frozen=True, slots=True)
class Button:
    """A label and the phrase that pressing it says."""

    label: str
    says: str
    style: Literal["plain", "primary", "danger"] = "plain"

    def __post_init__(self) -> None:
        check_text_length(self.label, LABEL, "A button's label")
        check_text_length(self.says, PHRASE, f"The phrase “{self.says}”")


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of buttons."""

    buttons: tuple[Button, ...]
    block: Literal["buttons"] = "buttons"

    def __post_init__(self) -> None:
        if not 1 <= len(self.buttons) <= ROW:
            raise InvalidMessageError(
                f"A row has {len(self.buttons)} buttons and may have 1 to {ROW}: use another row or a select."
            )


Block = Text | Fields | Progress | Checklist | Select | Buttons


def check_choices(choices: tuple[Choice, ...], limit: int, what: str) -> None:
    if not 1 <= len(choices) <= limit:
        raise InvalidMessageError(
            f"{what} has {len(choices)} choices and may have 1 to {limit}: page them with `page()`."
        )
    if len({choice.value for choice in choices}) < len(choices):
        raise InvalidMessageError(f"{what} offers the same value twice: give every choice its own.")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing the bot says: a title, in plain text, and blocks. A platform that has threads opens one called `thread`
    under it, and one that has events an `event` beside it; the others leave both out."""

    blocks: tuple[Block, ...]
    title: str = ""
    thread: str = ""
    event: Event | None = None

    def __post_init__(self) -> None:
        if not self.blocks:
            raise InvalidMessageError("A message without blocks says nothing: give it a text.")
        if len(self.title) > TITLE:
            raise InvalidMessageError(
                f"A title has {len(self.title)} characters and may have {TITLE}: shorten it."
            )
        if len(self.thread) > THREAD:
            raise InvalidMessageError(
                f"A thread's name has {len(self.thread)} characters and may have {THREAD}: shorten it."
            )
        if (
            length := sum(len(_collect_block_prose(block)) for block in self.blocks)
        ) > MESSAGE_PROSE:
            raise InvalidMessageError(
                f"A message has {length} characters of prose and may have {MESSAGE_PROSE}: page it with `page()`."
            )
        if (count := 1 + sum(_count_components(block) for block in self.blocks)) > COMPONENTS:
            raise InvalidMessageError(
                f"A message has {count} components and may have {COMPONENTS}: page it with `page()`."
            )
        said = [
            button.says
            for block in self.blocks
            if isinstance(block, Buttons)
            for button in block.buttons
        ]
        if len(set(said)) < len(said):
            raise InvalidMessageError(
                "Two buttons of a message say the same phrase: leave one out."
            )

    @property
    def is_interactive(self) -> bool:
        """Whether there is something in it to press or to pick."""
        return any(isinstance(block, Buttons | Checklist | Select) for block in self.blocks)

    def to_plain_text(self, spell: Spell = format_code_as_is) -> str:
        """The same in plain text: the fallback, the log line, what screen readers and tests read.

        `spell` writes the commands that it names as they are typed on a platform.
        """
        return "\n".join(
            ([self.title] if self.title else [])
            + [_format_plain_block(block, spell) for block in self.blocks]
        )

    def add_top_line(self, line: str) -> Message:
        """This message with one more line of prose on top."""
        return replace(self, blocks=(Text(line), *self.blocks))


def _collect_block_prose(block: Block) -> str:
    match block:
        case Text():
            return block.body
        case Fields():
            return "".join(f"{fact.name}: {fact.value}\n" for fact in block.facts)
        case Progress():
            return block.label + block.note + " " * 20
        case Checklist() | Select():
            return block.label
        case Buttons():
            return ""
        case _:
            assert_never(block)


def _count_components(block: Block) -> int:
    match block:
        case Text() | Fields() | Progress():
            return 1
        case Checklist() | Select():
            return 3
        case Buttons():
            return 1 + len(block.buttons)
        case _:
            assert_never(block)


def _format_plain_block(block: Block, spell: Spell) -> str:
    match block:
        case Text():
            return strip_markup(block.body, spell)
        case Fields():
            return "\n".join(
                f"{fact.name}: {strip_markup(fact.value, spell)}" for fact in block.facts
            )
        case Progress():
            note = f" ({strip_markup(block.note, spell)})" if block.note else ""
            return f"{block.label}: {block.done} of {block.total}{note}"
        case Checklist():
            marks = (
                f"  {'[x]' if choice.chosen else '[ ]'} {choice.label}" for choice in block.choices
            )
            return "\n".join([f"{block.label}:", *marks])
        case Select():
            return f"{block.label}: " + " | ".join(choice.label for choice in block.choices)
        case Buttons():
            return " ".join(f"[{button.label}]" for button in block.buttons)
        case _:
            assert_never(block)


def text_message(*parts: str | Block, title: str = "") -> Message:
    """A message from prose and blocks, in order."""
    return Message(tuple(Text(part) if isinstance(part, str) else part for part in parts), title)


def build_phrase(name: str, /, **options: object) -> str:
    """A phrase that says a command with these options: what buttons carry. None is left out. Raises `Unfit` when too long."""
    words = [
        name,
        *(
            f"{key}={quote_phrase_word(str(value))}"
            for key, value in options.items()
            if value is not None
        ),
    ]
    said = " ".join(words)
    if len(said) > PHRASE:
        raise InvalidMessageError(
            f"The phrase “{said}” has {len(said)} characters and may have {PHRASE}: name things by short ids."
        )
    return said


def quote_phrase_word(value: str) -> str:
    """A value as one word of a phrase, in quotation marks where it needs them."""
    if re.fullmatch(r"[^\s\"“”\\]+", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
