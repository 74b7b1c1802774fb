"""The registry: commands by name, each built from its function's signature.

A function called `cohort_start` is the command `cohort start`. A registry refuses what a platform
could not show, so all commands in it can be shown everywhere.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast, get_args, get_type_hints, overload

from bot.chat.address import Extra
from bot.chat.message import FORM_TITLE, LABEL, Answer
from bot.command.options import CommandOption, InvalidCommandError, build_command_option

Moment = Literal["outside", "waiting", "running", "over"]
"""In no cohort, in one that has not begun, in one under way, in finished ones alone."""
Section = Literal["me", "group", "settings"]
SECTIONS: tuple[Section, ...] = get_args(Section)
USUAL_EXTRAS: tuple[Extra, ...] = ("thread", "event", "pin")
Run = Callable[..., Awaitable[Answer]]
F = TypeVar("F", bound=Run)

HELP = 100  # Discord: description 100
NAME = 32  # Discord: command and option names 32
OPTIONS = 25  # Discord: options in a command 25
GROUP_SIZE = 25  # Discord: subcommands in a command 25


@dataclass(frozen=True, slots=True)
class Command:
    """One thing people may say.

    `reads` promises that it changes nothing, `opens_form` that it may answer with a form.
    `announcing` commands lead to posts in their channel: setup problems there are found first,
    and those of the `extras`.
    A `hidden` command is for buttons only: it parses like any other and is listed nowhere.
    `section` and `order` give its place in the menu, the most used first.
    At the moments in `helps` it stands at the top of the menu.
    `action` is its label on a button: "Create a cohort".
    `asks_rights_of` is an option that names somebody: their rights here are asked beforehand.
    `aliases` are former names. They parse like the name and are shown nowhere.
    Without `keeps_answer` a repeated interaction is carried out again, and has to find it done.
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
    keeps_answer: bool = True
    asks_rights_of: str = ""
    extras: tuple[Extra, ...] = USUAL_EXTRAS

    @property
    def spoken_names(self) -> tuple[str, ...]:
        """Return its name and, behind it, its aliases."""
        return (self.name, *self.aliases)

    @property
    def button_label(self) -> str:
        """Return the label for its button."""
        return self.action or self.name.capitalize()

    @property
    def form_title(self) -> str:
        """Return the title for its form: its action or, if that is too long, its words."""
        if self.action and len(self.action) <= FORM_TITLE:
            return self.action
        # `cohort create` reads "Create cohort".
        return " ".join(reversed(self.name.split())).capitalize()[:FORM_TITLE]

    @property
    def group(self) -> str:
        """Return the first word of a two-word name, else nothing."""
        return _get_group(self.name)

    @property
    def visible_options(self) -> tuple[CommandOption, ...]:
        """Return the options shown to people."""
        return tuple(option for option in self.options if not option.hidden)

    def find_option(self, name: str) -> CommandOption | None:
        """Return the option with this name, hidden ones included."""
        return next((option for option in self.options if option.name == name), None)

    @property
    def usage(self) -> str:
        """Return the way it is typed: `cohort create name start [zone]`."""
        words = [self.name]
        for option in self.visible_options:
            words.append(option.name if option.required else f"[{option.name}]")
        return " ".join(words)


class CommandRegistry:
    """Commands by name. Filled during discovery, only read from then on."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    @property
    def commands(self) -> Mapping[str, Command]:
        """Return every command by its name, sorted. Aliases are no keys."""
        return MappingProxyType(dict(sorted(self._commands.items())))

    def add_command(self, command: Command) -> None:
        """Add a command.

        Raises `InvalidCommandError` if its name, help or options cannot be shown everywhere.
        """
        known = self._commands.get(command.name)
        # A module imported anew registers its own command once more: that one is replaced.
        if known is not None and known.run.__module__ != command.run.__module__:
            raise InvalidCommandError(f"Two commands are called “{command.name}”: rename one.")
        others = [other for other in self._commands.values() if other.name != command.name]
        _check_names_are_free(command, others)
        _check_group_has_room(command, others)
        _check_texts(command)
        self._commands[command.name] = command


# — limits —


def _check_names_are_free(command: Command, others: Sequence[Command]) -> None:
    taken: set[str] = set()
    for other in others:
        taken.update(other.spoken_names)
    for name in command.spoken_names:
        if name in taken:
            raise InvalidCommandError(
                f"“{name}” is the name or an alias of a command already: choose another."
            )
        taken.add(name)
    # An alias needs its group too: `menu order` would be read as `menu` with a word behind it.
    groups = {_get_group(name) for name in taken}
    for name in sorted(groups & taken):
        raise InvalidCommandError(
            f"“{name}” is both a command and a group: "
            "Discord and Slack cannot show that, rename one."
        )


def _get_group(name: str) -> str:
    first, blank, _ = name.partition(" ")
    return first if blank else ""


def _check_group_has_room(command: Command, others: Sequence[Command]) -> None:
    if not command.group or command.hidden:
        return
    size = 1 + _count_group_actions(command.group, others)
    if size > GROUP_SIZE:
        raise InvalidCommandError(
            f"The group “{command.group}” has {size} commands and Discord shows {GROUP_SIZE}: "
            "put some into another group."
        )


def _count_group_actions(group: str, commands: Sequence[Command]) -> int:
    return sum(known.group == group and not known.hidden for known in commands)


def _check_texts(command: Command) -> None:
    for name in command.spoken_names:
        _check_name_words(name)
    _check_help(command.name, command.help)
    for option in command.visible_options:
        _check_help(f"{command.name} {option.name}", option.help)
    if len(command.action) > LABEL:
        raise InvalidCommandError(
            f"The action of “{command.name}” has {len(command.action)} characters "
            f"and may have {LABEL}: shorten it."
        )
    if len(command.visible_options) > OPTIONS:
        raise InvalidCommandError(
            f"“{command.name}” has {len(command.visible_options)} options and may have {OPTIONS}."
        )


def _check_name_words(name: str) -> None:
    words = name.split(" ")
    if len(words) > 2 or not all(_is_name_word(word) for word in words):
        raise InvalidCommandError(
            f"“{name}” is no command name: one or two words of lower-case letters."
        )


def _is_name_word(word: str) -> bool:
    return word.isalpha() and word.islower() and len(word) <= NAME


def _check_help(name: str, text: str) -> None:
    if not 1 <= len(text) <= HELP:
        raise InvalidCommandError(
            f"The help of “{name}” has {len(text)} characters and may have 1 to {HELP}."
        )


# — the commands there are —


registry = CommandRegistry()


def get_commands() -> Mapping[str, Command]:
    """Return every command by its name, sorted, hidden ones included."""
    return registry.commands


def list_visible_commands(moderator: bool = True) -> Sequence[Command]:
    """Return the commands shown to a moderator, or to a member, sorted by name."""
    visible = []
    for known in get_commands().values():
        if not known.hidden and (moderator or not known.moderators):
            visible.append(known)
    return visible


def find_by_alias(alias: str, commands: Mapping[str, Command]) -> Command | None:
    """Return the command with this alias. None for everything else, names included."""
    for known in commands.values():
        if alias in known.aliases:
            return known
    return None


# — registering —


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
    keeps_answer: bool = True,
    asks_rights_of: str = "",
    extras: tuple[Extra, ...] = ...,
    into: CommandRegistry = registry,
) -> Callable[[F], F]: ...


def command(
    run: Run | None = None,
    *,
    into: CommandRegistry = registry,
    form: bool = False,
    **promises: Any,
) -> Any:
    """Register a coroutine function as a command. Its first docstring line is its help."""

    def register(function: F) -> F:
        into.add_command(_build_command(function, opens_form=form, **promises))
        return function

    # Without parentheses, `@command` passes the function itself.
    return register(run) if run is not None else register


def discover_commands(package: str = "bot.commands") -> Mapping[str, Command]:
    """Import every module in a package, to register its commands. Return all known commands."""
    parent = importlib.import_module(package)
    for module in pkgutil.iter_modules(parent.__path__, f"{package}."):
        importlib.import_module(module.name)
    return get_commands()


def _build_command(function: Run, **promises: Any) -> Command:
    hints = get_type_hints(function, include_extras=True)
    # The first parameter is the call.
    parameters = list(inspect.signature(function).parameters.values())[1:]
    options = []
    for parameter in parameters:
        options.append(build_command_option(parameter, hints[parameter.name]))
    help_line = (inspect.getdoc(function) or "").partition("\n")[0]
    # Only the first underscore: a second one would make a name no platform can show.
    name = cast(Any, function).__name__.replace("_", " ", 1)
    return Command(name, help_line, tuple(options), function, **promises)
