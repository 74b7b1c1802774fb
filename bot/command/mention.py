"""How a message names a command: a code span that holds a phrase, a command's usage, or the name of a group.

Each platform writes such a span as the command is typed there, in its own style and wherever the text becomes plain. What
else stands in code, an id or a date, is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.command.grammar import find_command, parse_phrase, replace_alias
from bot.command.registry import Command

_OPEN_END = re.compile(r" (\w+)=$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A command, or a group of commands, that a message names.

    `said` is the span as the core has written it, on one line. `name` is what is typed of the command's name.
    `given` holds its options as text, in order; None where `said` is a usage, which says no values.
    `waiting` is an option at the end that still needs a value: `settings reminder=`.
    """

    phrase: str
    name: str
    option_texts: Mapping[str, tuple[str, ...]] | None
    open_option: str = ""
    is_group: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it is one command and nothing behind its name."""
        return (
            not self.is_group
            and not self.open_option
            and self.option_texts is not None
            and not self.option_texts
        )


def parse_mention(code: str, known: Mapping[str, Command]) -> Mention | None:
    """The command that a code span names, or None for code that names none. Hidden commands are named nowhere."""
    said = replace_alias(code.replace("\n", " ").strip().removeprefix("/"), known)
    command = find_command(said, known)
    if command is None:
        is_group = any(one.group == said for one in known.values() if said and not one.hidden)
        return Mention(said, said, {}, is_group=True) if is_group else None
    if command.hidden:
        return None
    if said == command.usage:
        return Mention(said, command.name, None if command.visible_options else {})
    end = _OPEN_END.search(said)
    try:
        given = parse_phrase(said[: end.start()] if end else said, known).option_texts
    except Refused:
        return None
    return Mention(said, command.name, given, end[1] if end else "")
