"""How a message names a command: a code span that holds a phrase, a command's usage, or the name of a group.

Each platform writes such a span as the command is typed there, in its own style and wherever the text becomes plain. What
else stands in code, an id or a date, is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.command.grammar import command_of, parse
from bot.command.registry import Command

_OPEN_END = re.compile(r" (\w+)=$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A command, or a group of commands, that a message names.

    `said` is the span as the core has written it, on one line. `name` is what is typed of the command's name.
    `given` holds its options as text, in order; None where `said` is a usage, which says no values.
    `waiting` is an option at the end that still needs a value: `settings reminder=`.
    """

    said: str
    name: str
    given: Mapping[str, tuple[str, ...]] | None
    waiting: str = ""
    is_group: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it is one command and nothing behind its name."""
        return not self.is_group and not self.waiting and self.given is not None and not self.given


def mention_of(code: str, known: Mapping[str, Command]) -> Mention | None:
    """The command that a code span names, or None for code that names none. Hidden commands are named nowhere."""
    said = code.replace("\n", " ").strip().removeprefix("/")
    command = command_of(said, known)
    if command is None:
        is_group = any(one.group == said for one in known.values() if said and not one.hidden)
        return Mention(said, said, {}, is_group=True) if is_group else None
    if command.hidden:
        return None
    if said == command.usage:
        return Mention(said, command.name, None if command.shown else {})
    end = _OPEN_END.search(said)
    try:
        given = parse(said[: end.start()] if end else said, known).given
    except Refused:
        return None
    return Mention(said, command.name, given, end[1] if end else "")
