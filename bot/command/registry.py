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
GROUP_SIZE = 25  # Discord: subcommands in a command 25


class InvalidCommandError(ValueError):
    """A command its author has declared in a way that some platform could not show."""


@dataclass(frozen=True, slots=True)
class PersonOrRole:
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
class FileReader:
    """Marks an option that a file is brought for: `read` makes the option's value of it, in a thread of its own and before
    the transaction begins. It raises `Refused` for a file that is none of ours; nothing over `most` bytes is fetched."""

    read: Callable[[Upload], object]
    max_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class RestOfLine:
    """Marks a text that takes every word nobody gave a name to: `project add My first chatbot`."""


@dataclass(frozen=True, slots=True)
class CohortRef:
    """Mark an option that says which cohort is meant: loose words go to every other option first."""


@dataclass(frozen=True, slots=True)
class PastDate:
    """Marks a date that may lie many years back: the day a certificate was earned."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Marks a number with its bounds, both of them included.

    Platforms and forms show the bounds, and a number outside of them is refused before the command runs.
    """

    least: float
    most: float | None = None


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """Marks an option with what its field is called in a form; without it, that is its name."""

    text: str


@dataclass(frozen=True, slots=True)
class DefaultText:
    """Marks an option with what applies where nothing is said of it, as a form tells it: `09:00`."""

    describe: Callable[[Call], str]


@dataclass(frozen=True, slots=True)
class SecretText:
    """Marks a text that is kept nowhere, not even in a form that waits to be corrected."""


@dataclass(frozen=True, slots=True)
class HiddenOption:
    """Marks an option that only buttons and lists say; it is parsed like any other and shown nowhere."""


@dataclass(frozen=True, slots=True)
class CommandOption:
    """One option of a command. `suggest` offers values for what is typed so far; `longest` bounds a text."""

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

    @property
    def has_suggestions(self) -> bool:
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
    options: tuple[CommandOption, ...]
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
    aliases: tuple[str, ...] = ()

    @property
    def spoken_names(self) -> tuple[str, ...]:
        """Return its name and, behind it, its aliases."""
        return (self.name, *self.aliases)

    @property
    def button_label(self) -> str:
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
    def visible_options(self) -> tuple[CommandOption, ...]:
        """The options people see."""
        return tuple(option for option in self.options if not option.hidden)

    def find_option(self, name: str) -> CommandOption | None:
        return next((option for option in self.options if option.name == name), None)

    @property
    def usage(self) -> str:
        """How it is typed: `cohort create name start [zone]`."""
        words = (
            option.name if option.required else f"[{option.name}]"
            for option in self.visible_options
        )
        return " ".join((self.name, *words))


class CommandRegistry:
    """Commands by name. Filled while files are discovered, read-only from then on."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def add_command(self, command: Command) -> None:
        """Take a command in. Raises `Unfit` where its name, help or options cannot be shown on every platform."""
        if (
            command.name in self._commands
            and self._commands[command.name].run.__module__ != command.run.__module__
        ):
            raise InvalidCommandError(f"Two commands are called “{command.name}”: rename one.")
        self._check_names_are_free(command)
        self._check_group_has_room(command)
        _check_command_limits(command)
        self._commands[command.name] = command

    def _check_names_are_free(self, command: Command) -> None:
        names = set[str]()
        for known in self._commands.values():
            # A module that is imported anew registers its own command once more.
            if known.name != command.name:
                names.update(known.spoken_names)
        for name in command.spoken_names:
            if name in names:
                raise InvalidCommandError(
                    f"“{name}” is the name or an alias of a command already: choose another."
                )
            names.add(name)
        groups = {name.partition(" ")[0] for name in names if " " in name}
        for name in sorted(groups & names):
            raise InvalidCommandError(
                f"“{name}” is both a command and a group: "
                "Discord and Slack cannot show that, rename one."
            )

    def _check_group_has_room(self, command: Command) -> None:
        if not command.group or command.hidden:
            return
        size = 1
        for known in self._commands.values():
            if known.group == command.group and known.name != command.name and not known.hidden:
                size += 1
        if size > GROUP_SIZE:
            raise InvalidCommandError(
                f"The group “{command.group}” has {size} commands and Discord shows {GROUP_SIZE}: "
                "put some into another group."
            )

    @property
    def commands(self) -> Mapping[str, Command]:
        return MappingProxyType(dict(sorted(self._commands.items())))


def _check_command_limits(command: Command) -> None:
    for name in command.spoken_names:
        words = name.split(" ")
        if len(words) > 2 or not all(_is_name_word(word) for word in words):
            raise InvalidCommandError(
                f"“{name}” is no command name: one or two words of lower-case letters."
            )
    if not 1 <= len(command.help) <= HELP:
        raise InvalidCommandError(
            f"The help of “{command.name}” has {len(command.help)} characters and may have 1 to {HELP}."
        )
    for option in command.options:
        if not 1 <= len(option.help) <= HELP and not option.hidden:
            raise InvalidCommandError(
                f"The help of “{command.name} {option.name}” has {len(option.help)} characters: 1 to {HELP}."
            )
    if len(command.action) > LABEL:
        raise InvalidCommandError(
            f"What “{command.name}” does has {len(command.action)} characters and may have {LABEL}: shorten it."
        )
    if len(command.visible_options) > 25:
        raise InvalidCommandError(
            f"“{command.name}” has {len(command.visible_options)} options and may have 25."
        )


def _is_name_word(word: str) -> bool:
    return word.isalpha() and word.islower() and len(word) <= NAME


registry = CommandRegistry()


def get_commands() -> Mapping[str, Command]:
    """Every command by its name, sorted; the hidden ones are among them."""
    return registry.commands


def find_by_alias(alias: str, commands: Mapping[str, Command]) -> Command | None:
    """Return the command with this alias; None for everything else, names of commands included."""
    for known in commands.values():
        if alias in known.aliases:
            return known
    return None


def list_visible_commands(moderator: bool = True) -> Sequence[Command]:
    """The commands that a moderator, or a member, is shown, by name."""
    return [
        one
        for one in get_commands().values()
        if not one.hidden and (moderator or not one.moderators)
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
    aliases: tuple[str, ...] = (),
    into: CommandRegistry = registry,
) -> Callable[[F], F]: ...


def command(
    run: Run | None = None,
    *,
    into: CommandRegistry = registry,
    form: bool = False,
    **promised: Any,
) -> Any:
    """Register a coroutine function as a command; its first docstring line is the help people read."""

    def register(function: F) -> F:
        into.add_command(_build_command(function, opens_form=form, **promised))
        return function

    return register(run) if run is not None else register


def discover_commands(package: str = "bot.commands") -> Mapping[str, Command]:
    """Import every file of a package, so that its commands are registered. Returns all commands known then."""
    found: ModuleType = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__, f"{package}."):
        importlib.import_module(module.name)
    return get_commands()


def _build_command(function: Run, **promised: Any) -> Command:
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    options = tuple(
        _build_command_option(parameter, hints[parameter.name]) for parameter in parameters
    )
    doc = (inspect.getdoc(function) or "").partition("\n")[0]
    name = cast(Any, function).__name__.replace("_", " ", 1)
    return Command(name, doc, options, function, **promised)


def _build_command_option(parameter: inspect.Parameter, hint: Any) -> CommandOption:
    base, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    texts = [note for note in notes if isinstance(note, str)]
    reads = next((note for note in notes if isinstance(note, FileReader)), None)
    kind, choices = (
        ("file", ()) if reads else _get_option_kind(_strip_none_type(base), parameter.name)
    )
    return CommandOption(
        parameter.name,
        texts[0] if texts else "",
        kind,
        parameter.default is inspect.Parameter.empty,
        choices,
        next((note for note in notes if callable(note) and not isinstance(note, type)), None),
        any(isinstance(note, HiddenOption) for note in notes),
        is_integer=_strip_none_type(base) is int,
        file_reader=reads,
        is_rest_of_line=any(isinstance(note, RestOfLine) for note in notes),
        is_past_date=any(isinstance(note, PastDate) for note in notes),
        range=next((note for note in notes if isinstance(note, NumberRange)), None),
        secret=any(isinstance(note, SecretText) for note in notes),
        label=next(
            (note.text for note in notes if isinstance(note, FieldLabel)),
            parameter.name.capitalize(),
        ),
        default=next((note for note in notes if isinstance(note, DefaultText)), None),
        is_cohort=any(isinstance(note, CohortRef) for note in notes),
    )


def _strip_none_type(base: Any) -> Any:
    if get_origin(base) in {Union, UnionType}:
        rest = [arm for arm in get_args(base) if arm is not NoneType]
        return rest[0] if len(rest) == 1 else base
    return base


_KINDS: dict[Any, OptionKind] = {
    str: "text", int: "number", float: "number", date: "date", time: "time", Zone: "zone", bool: "flag",
    PersonOrRole: "who",
}  # fmt: skip


def _get_option_kind(base: Any, name: str) -> tuple[OptionKind, tuple[str, ...]]:
    if get_origin(base) is Literal:
        return "choice", tuple(get_args(base))
    if get_origin(base) is tuple:
        return "list", ()
    if base in _KINDS:
        return _KINDS[base], ()
    raise InvalidCommandError(
        f"The option “{name}” has the type {base}: use str, int, float, date, time, Zone, Who, bool, Literal or "
        "tuple[str, ...], or mark it with `Reads` where a file is brought for it."
    )


def format_number_range(bounds: NumberRange) -> str:
    """The bounds of a number in words: `1 to 7`, `1 or more`."""
    return (
        f"{bounds.least:g} or more"
        if bounds.most is None
        else f"{bounds.least:g} to {bounds.most:g}"
    )


def format_command_table() -> str:
    """The commands and their options as a page of Markdown, for the documentation."""
    rows = ["# What can be said", ""]
    for title, moderators in (("Everyone", False), ("Moderators", True)):
        rows += [f"## {title}", "", "| command | what it does |", "|---|---|"]
        known = [one for one in list_visible_commands() if one.moderators is moderators]
        rows += [f"| `/{one.usage}` | {one.help} |" for one in known]
        rows += [""]
        for one in known:
            rows += (
                [
                    f"- `{one.name}`",
                    *(_format_option_line(option) for option in one.visible_options),
                ]
                if one.visible_options
                else []
            )
        rows += [""]
    return "\n".join(rows).rstrip() + "\n"


def _format_option_line(option: CommandOption) -> str:
    bounds = f", {format_number_range(option.range)}" if option.range else ""
    kind = (
        ", ".join(f"`{choice}`" for choice in option.choices)
        if option.choices
        else option.kind + bounds
    )
    return f"  - `{option.name}` ({kind}{'' if option.required else ', optional'}): {option.help}"
