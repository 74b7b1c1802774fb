"""The registry: commands by name, each read off its function's signature when it is registered.

A name is `join`, or `cohort start` for a function called `cohort_start`. A name that is both a command and a group is
refused, as is a help line no platform could show; so a registry that stands can be shown everywhere.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType, ModuleType, NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NewType,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from bot.chat.message import FORM_TITLE, LABEL, Answer, Choice

if TYPE_CHECKING:
    from bot.command.call import Call

Zone = NewType("Zone", str)
"""An option's type: an IANA zone name, checked."""

OptionKind = Literal[
    "text", "number", "date", "time", "zone", "choice", "list", "flag", "who", "file"
]
Moment = Literal["outside", "waiting", "running", "over"]
"""Where somebody stands: in no cohort, in one that has not begun, in one under way, in finished ones alone."""
Section = Literal["me", "group", "settings"]
SECTIONS: tuple[Section, ...] = get_args(Section)
Suggest = Callable[["Call", str], Awaitable[Sequence[Choice]]]
Run = Callable[..., Awaitable[Answer]]
F = TypeVar("F", bound=Run)

HELP = 100  # Discord: description 100
NAME = 32  # Discord: command and option names 32


class Unfit(ValueError):
    """A command its author has declared in a way that some platform could not show."""


@dataclass(frozen=True, slots=True)
class Who:
    """An option's type: a person or a role of the space. Whoever was picked comes with a native id; of somebody whose name
    was typed there is only the name, `native` being empty."""

    kind: Literal["person", "role"]
    native: str
    name: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody brought, whole."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reads:
    """Marks an option that a file is brought for: `read` makes the option's value of it, in a thread of its own and before
    the transaction begins. It raises `Refused` for a file that is none of ours; nothing over `most` bytes is fetched."""

    read: Callable[[Upload], object]
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Wordy:
    """Marks a text that takes every word nobody gave a name to: `project add My first chatbot`."""


@dataclass(frozen=True, slots=True)
class Past:
    """Marks a date that may lie many years back: the day a certificate was earned."""


@dataclass(frozen=True, slots=True)
class Range:
    """Marks a number with its bounds, both of them included.

    Platforms and forms show the bounds, and a number outside of them is refused before the command runs.
    """

    least: float
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """Marks an option with what its field is called in a form; without it, that is its name."""

    text: str


@dataclass(frozen=True, slots=True)
class Default:
    """Marks an option with what applies where nothing is said of it, as a form tells it: `09:00`."""

    describe: Callable[[Call], str]


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a text that is kept nowhere, not even in a form that waits to be corrected."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Marks an option that only buttons and lists say; it is parsed like any other and shown nowhere."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command. `suggest` offers values for what is typed so far; `longest` bounds a text."""

    name: str
    help: str
    kind: OptionKind
    required: bool
    choices: tuple[str, ...] = ()
    suggest: Suggest | None = None
    hidden: bool = False
    whole: bool = False
    reads: Reads | None = None
    wordy: bool = False
    past: bool = False
    range: Range | None = None
    secret: bool = False
    label: str = ""
    default: Default | None = None

    @property
    def suggests(self) -> bool:
        return self.suggest is not None


@dataclass(frozen=True, slots=True)
class Command:
    """One thing people may say. `reads` promises that it changes nothing; `opens_form` that it may answer with a form;
    `announcing` that it leads to posts at its place, so that what keeps them from there is asked before; `hidden`, that
    only buttons say it: it is parsed like any other and listed nowhere.

    Where it stands in the menu: in its `section`, by its `order`, the most used first; but at the moments at which it
    `helps`, among what helps today. `action` is what it does, as a button says it: "Create a cohort".
    """

    name: str
    help: str
    options: tuple[Option, ...]
    run: Run
    moderators: bool = False
    reads: bool = False
    opens_form: bool = False
    announcing: bool = False
    hidden: bool = False
    section: Section = "group"
    order: int = 100
    helps: tuple[Moment, ...] = ()
    action: str = ""

    @property
    def label(self) -> str:
        """What a button that says it is called."""
        return self.action or self.name.capitalize()

    @property
    def form_title(self) -> str:
        """What a form for it is called: what it does or, where that is too long, its words as a sentence."""
        if self.action and len(self.action) <= FORM_TITLE:
            return self.action
        return " ".join(reversed(self.name.split())).capitalize()[:FORM_TITLE]

    @property
    def group(self) -> str:
        """The first word of a two-word name, else nothing."""
        return self.name.partition(" ")[0] if " " in self.name else ""

    @property
    def shown(self) -> tuple[Option, ...]:
        """The options people see."""
        return tuple(option for option in self.options if not option.hidden)

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)

    @property
    def usage(self) -> str:
        """How it is typed: `cohort create name start [zone]`."""
        words = (option.name if option.required else f"[{option.name}]" for option in self.shown)
        return " ".join((self.name, *words))


class Registry:
    """Commands by name. Filled while files are discovered, read-only from then on."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def add(self, command: Command) -> None:
        """Take a command in. Raises `Unfit` where its name, help or options cannot be shown on every platform."""
        if (
            command.name in self._commands
            and self._commands[command.name].run.__module__ != command.run.__module__
        ):
            raise Unfit(f"Two commands are called “{command.name}”: rename one.")
        groups = {known.group for known in self._commands.values()} | {command.group}
        names = {*self._commands, command.name}
        if both := groups & names:
            raise Unfit(
                f"“{both.pop()}” is both a command and a group: Discord and Slack cannot show that, rename one."
            )
        _check(command)
        self._commands[command.name] = command

    @property
    def commands(self) -> Mapping[str, Command]:
        return MappingProxyType(dict(sorted(self._commands.items())))


def _check(command: Command) -> None:
    words = command.name.split(" ")
    if len(words) > 2 or any(
        not word.isalpha() or not word.islower() or len(word) > NAME for word in words
    ):
        raise Unfit(f"“{command.name}” is no command name: one or two words of lower-case letters.")
    if not 1 <= len(command.help) <= HELP:
        raise Unfit(
            f"The help of “{command.name}” has {len(command.help)} characters and may have 1 to {HELP}."
        )
    for option in command.options:
        if not 1 <= len(option.help) <= HELP and not option.hidden:
            raise Unfit(
                f"The help of “{command.name} {option.name}” has {len(option.help)} characters: 1 to {HELP}."
            )
    if len(command.action) > LABEL:
        raise Unfit(
            f"What “{command.name}” does has {len(command.action)} characters and may have {LABEL}: shorten it."
        )
    if len(command.shown) > 25:
        raise Unfit(f"“{command.name}” has {len(command.shown)} options and may have 25.")


registry = Registry()


def commands() -> Mapping[str, Command]:
    """Every command by its name, sorted; the hidden ones are among them."""
    return registry.commands


def listed(moderator: bool = True) -> Sequence[Command]:
    """The commands that a moderator, or a member, is shown, by name."""
    return [
        one for one in commands().values() if not one.hidden and (moderator or not one.moderators)
    ]


@overload
def command(run: F) -> F: ...


@overload
def command(
    *,
    moderators: bool = False,
    reads: bool = False,
    form: bool = False,
    announcing: bool = False,
    hidden: bool = False,
    section: Section = "group",
    order: int = 100,
    helps: tuple[Moment, ...] = (),
    action: str = "",
    into: Registry = registry,
) -> Callable[[F], F]: ...


def command(
    run: Run | None = None,
    *,
    into: Registry = registry,
    form: bool = False,
    **promised: Any,
) -> Any:
    """Register a coroutine function as a command; its first docstring line is the help people read."""

    def register(function: F) -> F:
        into.add(_read(function, opens_form=form, **promised))
        return function

    return register(run) if run is not None else register


def discover(package: str = "bot.commands") -> Mapping[str, Command]:
    """Import every file of a package, so that its commands are registered. Returns all commands known then."""
    found: ModuleType = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__, f"{package}."):
        importlib.import_module(module.name)
    return commands()


def _read(function: Run, **promised: Any) -> Command:
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    options = tuple(_option(parameter, hints[parameter.name]) for parameter in parameters)
    doc = (inspect.getdoc(function) or "").partition("\n")[0]
    name = cast(Any, function).__name__.replace("_", " ", 1)
    return Command(name, doc, options, function, **promised)


def _option(parameter: inspect.Parameter, hint: Any) -> Option:
    base, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    texts = [note for note in notes if isinstance(note, str)]
    reads = next((note for note in notes if isinstance(note, Reads)), None)
    kind, choices = ("file", ()) if reads else _kind(_without_none(base), parameter.name)
    return Option(
        parameter.name,
        texts[0] if texts else "",
        kind,
        parameter.default is inspect.Parameter.empty,
        choices,
        next((note for note in notes if callable(note) and not isinstance(note, type)), None),
        any(isinstance(note, Hidden) for note in notes),
        whole=_without_none(base) is int,
        reads=reads,
        wordy=any(isinstance(note, Wordy) for note in notes),
        past=any(isinstance(note, Past) for note in notes),
        range=next((note for note in notes if isinstance(note, Range)), None),
        secret=any(isinstance(note, Secret) for note in notes),
        label=next(
            (note.text for note in notes if isinstance(note, Label)), parameter.name.capitalize()
        ),
        default=next((note for note in notes if isinstance(note, Default)), None),
    )


def _without_none(base: Any) -> Any:
    if get_origin(base) in {Union, UnionType}:
        rest = [arm for arm in get_args(base) if arm is not NoneType]
        return rest[0] if len(rest) == 1 else base
    return base


_KINDS: dict[Any, OptionKind] = {
    str: "text", int: "number", float: "number", date: "date", time: "time", Zone: "zone", bool: "flag",
    Who: "who",
}  # fmt: skip


def _kind(base: Any, name: str) -> tuple[OptionKind, tuple[str, ...]]:
    if get_origin(base) is Literal:
        return "choice", tuple(get_args(base))
    if get_origin(base) is tuple:
        return "list", ()
    if base in _KINDS:
        return _KINDS[base], ()
    raise Unfit(
        f"The option “{name}” has the type {base}: use str, int, float, date, time, Zone, Who, bool, Literal or "
        "tuple[str, ...], or mark it with `Reads` where a file is brought for it."
    )


def spoken_range(bounds: Range) -> str:
    """The bounds of a number in words: `1 to 7`, `1 or more`."""
    return (
        f"{bounds.least:g} or more"
        if bounds.most is None
        else f"{bounds.least:g} to {bounds.most:g}"
    )


def table() -> str:
    """The commands and their options as a page of Markdown, for the documentation."""
    rows = ["# What can be said", ""]
    for title, moderators in (("Everyone", False), ("Moderators", True)):
        rows += [f"## {title}", "", "| command | what it does |", "|---|---|"]
        known = [one for one in listed() if one.moderators is moderators]
        rows += [f"| `/{one.usage}` | {one.help} |" for one in known]
        rows += [""]
        for one in known:
            rows += (
                [f"- `{one.name}`", *(_described(option) for option in one.shown)]
                if one.shown
                else []
            )
        rows += [""]
    return "\n".join(rows).rstrip() + "\n"


def _described(option: Option) -> str:
    bounds = f", {spoken_range(option.range)}" if option.range else ""
    kind = (
        ", ".join(f"`{choice}`" for choice in option.choices)
        if option.choices
        else option.kind + bounds
    )
    return f"  - `{option.name}` ({kind}{'' if option.required else ', optional'}): {option.help}"
