"""Commands named in a message: a code span with a phrase, a command's usage or a group's name.

Each platform writes such a span in its own way of typing commands, also where the text becomes
plain. Any other code, like an id or a date, stays unchanged.
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
    """A command, or a group, named in a message.

    `phrase`: the span as the core wrote it, on one line.
    `name`: the typed part of the command's name.
    `option_texts`: its options as text, in order; None for a usage, which has no values.
    `open_option`: an option at the end, still without a value: `settings reminder=`.
    """

    phrase: str
    name: str
    option_texts: Mapping[str, tuple[str, ...]] | None
    open_option: str = ""
    is_group: bool = False

    @property
    def is_bare(self) -> bool:
        """Tell if it is one command with nothing behind its name."""
        if self.is_group or self.open_option or self.option_texts is None:
            return False
        return not self.option_texts


def parse_mention(code: str, commands: Mapping[str, Command]) -> Mention | None:
    """Return the command named by a code span, or None. Hidden commands are never named."""
    phrase = replace_alias(code.replace("\n", " ").strip().removeprefix("/"), commands)
    command = find_command(phrase, commands)
    if command is None:
        if not _is_group(phrase, commands):
            return None
        return Mention(phrase, phrase, {}, is_group=True)
    if command.hidden:
        return None
    if phrase == command.usage:
        return Mention(phrase, command.name, None if command.visible_options else {})
    complete, open_option = _split_open_option(phrase)
    try:
        option_texts = parse_phrase(complete, commands).option_texts
    except Refused:
        # `join us` in code is no command: better plain code than a wrong link.
        return None
    return Mention(phrase, command.name, option_texts, open_option)


def _split_open_option(phrase: str) -> tuple[str, str]:
    """Return a phrase without the option left open at its end, and that option's name."""
    open_end = _OPEN_END.search(phrase)
    if open_end is None:
        return phrase, ""
    return phrase[: open_end.start()], open_end[1]


def _is_group(name: str, commands: Mapping[str, Command]) -> bool:
    if not name:
        return False
    return any(command.group == name and not command.hidden for command in commands.values())
