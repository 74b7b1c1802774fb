"""Messages: a closed set of blocks.

A block checks its limits when it is built, so renderers never truncate and never raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from bot.chat.message.event import Event
from bot.chat.message.files import File
from bot.chat.message.limits import (
    COMPONENTS,
    DETAIL,
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

BAR = 10  # cells in a bar of text


@dataclass(frozen=True, slots=True)
class Text:
    """One or several paragraphs of prose."""

    body: str
    block: Literal["text"] = "text"

    def __post_init__(self) -> None:
        check_text_length(self.body, PROSE, "A text")


@dataclass(frozen=True, slots=True)
class Fact:
    """A short name with some prose, a line in `Fields`."""

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
    """A bar with a label: `done` out of `total`.

    `note` is prose beside it; `strong` marks the reader's own line.
    """

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
                f"A progress bar shows {self.done} of {self.total}: "
                "done lies between nothing and total."
            )

    @property
    def bar(self) -> str:
        """The bar in text: full only at the end, and empty only at the start."""
        cells = self.done * BAR // self.total if self.total else 0
        if self.done:
            cells = max(cells, 1)
        return "█" * cells + "░" * (BAR - cells)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice to pick.

    `label` is plain text for the reader, `value` goes back to us, `chosen` marks it picked.
    `detail` is prose that a checklist shows with it, a link for instance: menus show none.
    `group` is the heading it stands under in a menu; choices of one group follow each other.
    """

    label: str
    value: str
    note: str = ""
    chosen: bool = False
    detail: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        check_text_length(self.label, LABEL, "A choice's label")
        check_text_length(self.value, 100, "A choice's value")
        if len(self.note) > LABEL:
            raise InvalidMessageError(
                f"A choice's note has {len(self.note)} characters and may have {LABEL}: shorten it."
            )
        if self.detail:
            check_text_length(self.detail, DETAIL, "A choice's detail")
        if self.group:
            check_text_length(self.group, LABEL, "A choice's group")

    @property
    def note_with_group(self) -> str:
        """The group and the note, for menus that have no headings."""
        return " · ".join(part for part in (self.group, self.note) if part.strip())


@dataclass(frozen=True, slots=True)
class Checklist:
    """Choices to tick, any number at once.

    A press says the phrase `says`, with the picked values for the option `name`.
    A list in a home is one message for everybody: it shows no state and only adds ticks.
    A `private` list shows its reader's own state, and sends the state for every choice shown.
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
                "A checklist for everybody shows nobody's state: "
                "make it private or leave `chosen` out."
            )


@dataclass(frozen=True, slots=True)
class Select:
    """One choice out of several. A pick says `says`, with the value for the option `name`."""

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
    """A label, and the phrase a press says."""

    label: str
    says: str
    style: Literal["plain", "primary", "danger"] = "plain"

    def __post_init__(self) -> None:
        check_text_length(self.label, LABEL, "A button's label")
        check_text_length(self.says, PHRASE, f"The phrase “{self.says}”")


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons in a row."""

    buttons: tuple[Button, ...]
    block: Literal["buttons"] = "buttons"

    def __post_init__(self) -> None:
        if not 1 <= len(self.buttons) <= ROW:
            raise InvalidMessageError(
                f"A row has {len(self.buttons)} buttons and may have 1 to {ROW}: "
                "use another row or a select."
            )


Block = Text | Fields | Progress | Checklist | Select | Buttons


def check_choices(choices: tuple[Choice, ...], limit: int, name: str) -> None:
    """Raise `InvalidMessageError` for too many choices, none, or two with one value."""
    if not 1 <= len(choices) <= limit:
        raise InvalidMessageError(
            f"{name} has {len(choices)} choices and may have 1 to {limit}: "
            "page them with `paginate()`."
        )
    if len({choice.value for choice in choices}) < len(choices):
        raise InvalidMessageError(f"{name} offers the same value twice: give every choice its own.")


@dataclass(frozen=True, slots=True)
class Message:
    """One message from the bot: a title in plain text, and blocks.

    A platform with threads opens one called `thread` below it.
    A platform with events makes the `event` beside it. Other platforms leave both out.
    `files`: what its reader gets in private in place of it. It stands where no file can be sent.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    thread: str = ""
    event: Event | None = None
    files: tuple[File, ...] = ()

    def __post_init__(self) -> None:
        if not self.blocks:
            raise InvalidMessageError("A message without blocks says nothing: give it a text.")
        if len(self.title) > TITLE:
            raise InvalidMessageError(
                f"A title has {len(self.title)} characters and may have {TITLE}: shorten it."
            )
        if len(self.thread) > THREAD:
            raise InvalidMessageError(
                f"A thread's name has {len(self.thread)} characters and may have {THREAD}: "
                "shorten it."
            )
        self._check_size()
        self._check_buttons()

    def _check_size(self) -> None:
        length = count_prose(self.blocks)
        if length > MESSAGE_PROSE:
            raise InvalidMessageError(
                f"A message has {length} characters of prose and may have {MESSAGE_PROSE}: "
                "page it with `paginate()`."
            )
        count = 1 + sum(_count_components(block) for block in self.blocks)
        if count > COMPONENTS:
            raise InvalidMessageError(
                f"A message has {count} components and may have {COMPONENTS}: "
                "page it with `paginate()`."
            )

    def _check_buttons(self) -> None:
        # A phrase becomes the button's id, and platforms refuse two components with one id.
        phrases = set()
        for block in self.blocks:
            if not isinstance(block, Buttons):
                continue
            for button in block.buttons:
                if button.says in phrases:
                    raise InvalidMessageError(
                        "Two buttons of a message say the same phrase: leave one out."
                    )
                phrases.add(button.says)

    @property
    def is_interactive(self) -> bool:
        """True if there is something to press or to pick."""
        return any(isinstance(block, Buttons | Checklist | Select) for block in self.blocks)

    def to_plain_text(self, spell: Spell = format_code_as_is) -> str:
        """Return the message in plain text, with commands written by `spell`.

        It is the fallback, the log line, and the text for screen readers and tests.
        """
        lines = [_format_plain_block(block, spell) for block in self.blocks]
        if self.title:
            lines.insert(0, self.title)
        return "\n".join(lines)

    def add_top_line(self, line: str) -> Message:
        """Return this message with a line of prose on top."""
        return replace(self, blocks=(Text(line), *self.blocks))


def count_prose(blocks: Iterable[Block]) -> int:
    """Return the characters of prose in these blocks, of which a message has a limited number."""
    return sum(len(_collect_block_prose(block)) for block in blocks)


def _collect_block_prose(block: Block) -> str:
    match block:
        case Text():
            return block.body
        case Fields():
            return "".join(f"{fact.name}: {fact.value}\n" for fact in block.facts)
        case Progress():
            return block.label + block.note + " " * 20  # the bar and its numbers
        case Checklist():
            return block.label + "".join(choice.detail for choice in block.choices)
        case Select():
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
            return 3  # Discord: the row, the select, and a text for the label
        case Buttons():
            return 1 + len(block.buttons)
        case _:
            assert_never(block)


def _format_plain_block(block: Block, spell: Spell) -> str:
    match block:
        case Text():
            return strip_markup(block.body, spell)
        case Fields():
            facts = [f"{fact.name}: {strip_markup(fact.value, spell)}" for fact in block.facts]
            return "\n".join(facts)
        case Progress():
            note = f" ({strip_markup(block.note, spell)})" if block.note else ""
            return f"{block.label}: {block.done} of {block.total}{note}"
        case Checklist():
            lines = [f"{block.label}:"]
            for choice in block.choices:
                mark = "[x]" if choice.chosen else "[ ]"
                detail = f" · {strip_markup(choice.detail, spell)}" if choice.detail else ""
                lines.append(f"  {mark} {choice.label}{detail}")
            return "\n".join(lines)
        case Select():
            return f"{block.label}: " + " | ".join(choice.label for choice in block.choices)
        case Buttons():
            return " ".join(f"[{button.label}]" for button in block.buttons)
        case _:
            assert_never(block)


def text_message(*parts: str | Block, title: str = "") -> Message:
    """Return a message from prose and blocks, in order."""
    blocks = [Text(part) if isinstance(part, str) else part for part in parts]
    return Message(tuple(blocks), title)


def build_phrase(name: str, /, **options: object) -> str:
    """Return the phrase for a command with its options, to put on a button.

    An option with None is left out. Raises `InvalidMessageError` above 80 characters.
    """
    words = [name]
    for option, value in options.items():
        if value is not None:
            words.append(f"{option}={quote_phrase_word(str(value))}")
    phrase = " ".join(words)
    if len(phrase) > PHRASE:
        raise InvalidMessageError(
            f"The phrase “{phrase}” has {len(phrase)} characters and may have {PHRASE}: "
            "name things by short ids."
        )
    return phrase


def quote_phrase_word(value: str) -> str:
    """Return a value for a phrase, in quotation marks if it needs them."""
    if re.fullmatch(r"[^\s\"“”\\]+", value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
