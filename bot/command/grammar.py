"""The grammar for words, clicks and forms: a phrase becomes a command and its options.

All functions here are pure. A phrase beyond the grammar raises `Refused` with advice.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.errors import Refused
from bot.command.options import CommandOption
from bot.command.registry import Command, find_by_alias
from bot.command.values import Value, convert_option_texts, format_typed_text, has_text
from bot.command.words import SIMILARITY, describe_options, parse_option_words

# A note with 10,000 characters is refused and never cut: half a note would be kept unnoticed.
MAX_PHRASE = 4000


class MissingAction(Refused):
    """A group was named without one of its commands: `cohort`.

    `actions` are the commands to choose from.
    """

    def __init__(self, group: str, actions: Sequence[Command]) -> None:
        super().__init__(f"Choose an action: `help {group}` lists them.")
        self.group = group
        self.actions = tuple(actions)


@dataclass(frozen=True, slots=True)
class ParsedPhrase:
    """A command and the texts for its options.

    `file_options` are options with a file beside the phrase.
    """

    command: Command
    option_texts: Mapping[str, tuple[str, ...]]
    file_options: frozenset[str] = frozenset()

    @property
    def missing_options(self) -> tuple[CommandOption, ...]:
        """The required options without a value."""
        missing = []
        for option in self.command.options:
            if option.required and not self.has_value(option.name):
                missing.append(option)
        return tuple(missing)

    @property
    def can_open_form(self) -> bool:
        """Tell if the answer may be a form.

        Known before any query: a platform must decide at once if it opens a window.
        """
        if self.command.opens_form or len(self.missing_options) > 1:
            return True
        # A single missing option with suggestions is asked for with buttons or a list.
        return any(not option.has_suggestions for option in self.missing_options)

    def has_value(self, option: str) -> bool:
        """Tell if an option has a text or a file. An empty field has none."""
        if option in self.file_options:
            return True
        return has_text(self.option_texts.get(option, ()))

    def convert_options(self, today: date) -> dict[str, Value]:
        """Return the values by option, without files.

        Relative dates count from `today`, a local date.
        Raises `Refused`.
        """
        values: dict[str, Value] = {}
        for option in self.command.options:
            if option.kind != "file" and self.has_value(option.name):
                texts = self.option_texts.get(option.name, ())
                values[option.name] = convert_option_texts(option, texts, today)
        return values


def parse_phrase(
    phrase: str,
    commands: Mapping[str, Command],
    filled: Mapping[str, tuple[str, ...]] | None = None,
    file_options: Collection[str] = (),
) -> ParsedPhrase:
    """Return the command and options in a phrase, with the fields and files sent along.

    A field wins over the same option in the phrase.
    Raises `Refused`; `MissingAction` for the name of a group alone.
    """
    _check_phrase_length(phrase)
    phrase = _rewrite_help_request(replace_alias(phrase, commands), commands)
    command = _require_command(phrase, commands)
    option_texts = parse_option_words(command, _strip_command_name(phrase, command))
    for name, texts in (filled or {}).items():
        # Fields come over the wire: anybody can send a name no form of ours ever had.
        option_texts[_require_option(command, name).name] = texts
    parsed = ParsedPhrase(command, option_texts, frozenset(file_options))
    _refuse_needless_files(parsed)
    _refuse_typed_files(parsed)
    return parsed


def _check_phrase_length(phrase: str) -> None:
    if len(phrase) > MAX_PHRASE:
        raise Refused(
            f"That is {len(phrase):,} characters long, and I read up to {MAX_PHRASE:,}: "
            "please shorten it."
        )


def _require_option(command: Command, name: str) -> CommandOption:
    option = command.find_option(name)
    if option is None:
        raise Refused(
            f"`{command.name}` has no option “{format_typed_text(name)}”: "
            f"{describe_options(command)}"
        )
    return option


def _strip_command_name(phrase: str, command: Command) -> str:
    """Return a phrase without the words of its command's name.

    `roadmap` alone means `roadmap show`, so not every word of the name has to be there.
    """
    typed = phrase.strip().removeprefix("/")
    words = typed.split(None, 2)
    name_words = command.name.split()
    spoken = 0
    for word, name_word in zip(words, name_words, strict=False):
        if word.casefold() == name_word:
            spoken += 1
    rest = typed.split(None, spoken)[spoken:]
    return rest[0] if rest else ""


def _refuse_needless_files(parsed: ParsedPhrase) -> None:
    """Raise `Refused` for a file no option takes."""
    command = parsed.command
    for name in sorted(parsed.file_options):
        option = command.find_option(name)
        if option is None or option.kind != "file":
            raise Refused(
                f"`{command.name}` takes no file for “{format_typed_text(name)}”: "
                f"{describe_options(command)}"
            )


def _refuse_typed_files(parsed: ParsedPhrase) -> None:
    """Raise `Refused` for a file typed as text."""
    command = parsed.command
    for option in command.options:
        if option.kind == "file" and has_text(parsed.option_texts.get(option.name, ())):
            raise Refused(
                f"I cannot read a file from typed words: type `{command.name}` alone, "
                "and attach the file in the form.",
                option.name,
            )


def can_phrase_open_form(
    phrase: str,
    commands: Mapping[str, Command],
    filled: Mapping[str, tuple[str, ...]] | None = None,
) -> bool:
    """Tell if the answer to a phrase may be a form. A refusal is a sentence."""
    try:
        return parse_phrase(phrase, commands, filled).can_open_form
    except Refused:
        return False


def find_command(phrase: str, commands: Mapping[str, Command]) -> Command | None:
    """Return the command a phrase begins with, or None. Nothing else in the phrase is read."""
    first, two = _split_first_words(replace_alias(phrase, commands))
    # The longer name wins. Groups and commands never share a name, so `week show` is no trap.
    return commands.get(two) or commands.get(first) or commands.get(f"{first} show")


def replace_alias(phrase: str, commands: Mapping[str, Command]) -> str:
    """Return a phrase with its command's present name in place of an alias."""
    first, two = _split_first_words(phrase)
    # Nearly every phrase begins with a name: no search for these.
    if two in commands or first in commands:
        return phrase
    for alias in (two, first):
        command = find_by_alias(alias, commands)
        if command is not None:
            word_count = alias.count(" ") + 1
            rest = phrase.strip().removeprefix("/").split(None, word_count)[word_count:]
            return " ".join((command.name, *rest))
    return phrase


def _rewrite_help_request(phrase: str, commands: Mapping[str, Command]) -> str:
    """Return `help cohort` for `cohort help`, and any other phrase unchanged."""
    words = phrase.casefold().removeprefix("/").split()
    if words[-1:] != ["help"] or "help" not in commands:
        return phrase
    topic = " ".join(words[:-1])
    groups = {command.group for command in commands.values()}
    if topic and (topic in commands or topic in groups):
        return f'help about="{topic}"'
    return phrase


def _split_first_words(phrase: str) -> tuple[str, str]:
    """Return the first word and the first two words, in lower case."""
    words = phrase.strip().removeprefix("/").casefold().split(None, 2)[:2]
    return "".join(words[:1]), " ".join(words)


def _require_command(phrase: str, commands: Mapping[str, Command]) -> Command:
    if command := find_command(phrase, commands):
        return command
    first, two = _split_first_words(phrase)
    if not format_typed_text(first):
        raise Refused("Type a command, for example `help`.")
    names = [name for name, command in commands.items() if not command.hidden]
    if first in {commands[name].group for name in names}:
        raise _build_group_refusal(first, two, [commands[name] for name in names])
    # Both words first: `cohrot create` is closer to `cohort create` than `cohrot` is to anything.
    near = _find_similar(two, names) or _find_similar(first, names)
    hint = f"did you mean `{near}`?" if near else "`help` lists all commands."
    raise Refused(f"I do not know the command “{format_typed_text(first)}”: {hint}")


def _build_group_refusal(group: str, two: str, commands: Sequence[Command]) -> Refused:
    """Return the refusal for a group with its second word missing or unknown."""
    actions, words = [], []
    for command in commands:
        if command.group == group:
            actions.append(command)
            words.append(command.name.partition(" ")[2])
    near = _find_similar(two.partition(" ")[2], words)
    if near:
        return Refused(
            f"I do not know the command “{format_typed_text(two)}”: did you mean `{group} {near}`?"
        )
    return MissingAction(group, actions)


def _find_similar(text: str, names: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(text, names, 1, SIMILARITY)), None)
