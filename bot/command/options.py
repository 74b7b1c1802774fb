"""Options of commands: their types, and the marks that an annotation may carry.

`Annotated[int | None, "How many", NumberRange(1, 7)] = None` makes one optional number.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NewType,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from bot.chat.message import Choice

if TYPE_CHECKING:
    from bot.command.call import Call

Zone = NewType("Zone", str)
"""The type of an option for an IANA zone name, checked."""

OptionKind = Literal[
    "text", "number", "date", "time", "zone", "choice", "list", "flag", "who", "file"
]
LOGGED_KINDS: frozenset[OptionKind] = frozenset(
    {"number", "date", "time", "zone", "choice", "flag"}
)
Suggest = Callable[["Call", str], Awaitable[Sequence[Choice]]]
Mark = TypeVar("Mark")


class InvalidCommandError(ValueError):
    """A declaration of a command, unfit for some platform."""


@dataclass(frozen=True, slots=True)
class PersonOrRole:
    """The type of an option for a person or a role of the space.

    `native` is the platform's id for a picked one. It is empty for a typed name.
    """

    kind: Literal["person", "role"]
    native: str
    name: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent, whole."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FileReader:
    """Mark an option for a file. `read` makes the option's value from it.

    It runs in a thread of its own before the transaction begins. It raises `Refused` for a file
    of another kind. Nothing larger than `max_bytes` is fetched.
    """

    read: Callable[[Upload], object]
    max_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class RestOfLine:
    """Mark a text that takes every unnamed word: `project add My first chatbot`."""


@dataclass(frozen=True, slots=True)
class CohortRef:
    """Mark an option for a cohort: loose words go to every other option first."""


@dataclass(frozen=True, slots=True)
class PastDate:
    """Mark a date that may lie many years back: the day of a certificate."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Mark a number with its bounds, both included.

    Platforms and forms show the bounds. A number outside is refused before the command runs.
    """

    least: float
    most: float | None = None


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """Mark an option with the name of its field in a form. The default is the option's name."""

    text: str


@dataclass(frozen=True, slots=True)
class DefaultText:
    """Mark an option with its default, described for a form: `09:00`."""

    describe: Callable[[Call], str]


@dataclass(frozen=True, slots=True)
class SecretText:
    """Mark a text that is stored nowhere, not even in a form that waits for a correction."""


@dataclass(frozen=True, slots=True)
class LoggedText:
    """Mark a text that all moderators may read in the log of what they did.

    Numbers, dates, times, zones, choices and flags may be read there without it.
    """


@dataclass(frozen=True, slots=True)
class HiddenOption:
    """Mark an option for buttons and lists only. It parses like any other and is shown nowhere."""


@dataclass(frozen=True, slots=True)
class CommandOption:
    """One option of a command. `suggest` offers values for the text typed so far."""

    name: str
    help: str
    kind: OptionKind
    required: bool
    choices: tuple[str, ...] = ()
    suggest: Suggest | None = None
    hidden: bool = False
    is_integer: bool = False
    file_reader: FileReader | None = None
    is_rest_of_line: bool = False
    is_past_date: bool = False
    range: NumberRange | None = None
    secret: bool = False
    label: str = ""
    default: DefaultText | None = None
    is_cohort: bool = False
    is_logged: bool = False

    @property
    def has_suggestions(self) -> bool:
        return self.suggest is not None


def build_command_option(parameter: inspect.Parameter, hint: Any) -> CommandOption:
    """Return the option for a parameter and its type. Raises `InvalidCommandError`."""
    base, notes = _split_annotation(hint)
    file_reader = _find_mark(notes, FileReader)
    kind: OptionKind = "file"
    choices: tuple[str, ...] = ()
    if file_reader is None:
        kind, choices = _find_option_kind(_strip_none_type(base), parameter.name)
    label = _find_mark(notes, FieldLabel)
    return CommandOption(
        name=parameter.name,
        help=_find_mark(notes, str) or "",
        kind=kind,
        required=parameter.default is inspect.Parameter.empty,
        choices=choices,
        suggest=_find_suggestions(notes),
        hidden=_find_mark(notes, HiddenOption) is not None,
        is_integer=_strip_none_type(base) is int,
        file_reader=file_reader,
        is_rest_of_line=_find_mark(notes, RestOfLine) is not None,
        is_past_date=_find_mark(notes, PastDate) is not None,
        range=_find_mark(notes, NumberRange),
        secret=_find_mark(notes, SecretText) is not None,
        label=label.text if label else parameter.name.capitalize(),
        default=_find_mark(notes, DefaultText),
        is_cohort=_find_mark(notes, CohortRef) is not None,
        is_logged=kind in LOGGED_KINDS or _find_mark(notes, LoggedText) is not None,
    )


def _split_annotation(hint: Any) -> tuple[Any, list[Any]]:
    if get_origin(hint) is not Annotated:
        return hint, []
    base, *notes = get_args(hint)
    return base, notes


def _find_mark(notes: Sequence[Any], kind: type[Mark]) -> Mark | None:
    for note in notes:
        if isinstance(note, kind):
            return note
    return None


def _find_suggestions(notes: Sequence[Any]) -> Suggest | None:
    for note in notes:
        # A mark given as a class instead of a value is callable too.
        if callable(note) and not isinstance(note, type):
            suggest: Suggest = note
            return suggest
    return None


def _strip_none_type(base: Any) -> Any:
    if get_origin(base) not in {Union, UnionType}:
        return base
    arms = [arm for arm in get_args(base) if arm is not NoneType]
    # A union of two real types is no option: it fails below with its whole name.
    return arms[0] if len(arms) == 1 else base


_KINDS: dict[Any, OptionKind] = {
    str: "text",
    int: "number",
    float: "number",
    date: "date",
    time: "time",
    Zone: "zone",
    bool: "flag",
    PersonOrRole: "who",
}


def _find_option_kind(base: Any, name: str) -> tuple[OptionKind, tuple[str, ...]]:
    if get_origin(base) is Literal:
        return "choice", tuple(get_args(base))
    if get_origin(base) is tuple:
        return "list", ()
    if base in _KINDS:
        return _KINDS[base], ()
    raise InvalidCommandError(
        f"The option “{name}” has the type {base}: use str, int, float, date, time, Zone, "
        "PersonOrRole, bool, Literal or tuple[str, ...], or mark it with `FileReader` for a file."
    )


def format_number_range(bounds: NumberRange) -> str:
    """Return the bounds in words: `1 to 7`, `1 or more`."""
    if bounds.most is None:
        return f"{bounds.least:g} or more"
    return f"{bounds.least:g} to {bounds.most:g}"
