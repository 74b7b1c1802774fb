"""The words behind a command's name: named options, loose words, and options spoken by name.

All functions here are pure and raise `Refused` for words no option can take.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from bot.chat.errors import Refused
from bot.command.options import CommandOption
from bot.command.registry import Command
from bot.command.values import NO, YES, format_typed_text

OptionTexts = dict[str, tuple[str, ...]]

SIMILARITY = 0.6  # from 0 to 1: how alike two spellings are before one is offered for the other

# A quotation mark without its pair holds the whole rest: on a phone the second one is easily
# forgotten, and nothing typed may be lost for that.
_WORD = re.compile(
    r"""(?:(?P<name>[A-Za-z]+)(?P<sign>[=:]))?"""
    r"""(?:"(?P<quoted>(?:\\.|[^"\\])*)(?:"|$)|“(?P<curly>[^”]*)(?:”|$)|(?P<bare>\S+))""",
    re.DOTALL,
)
_EMPTY = re.compile(r"[A-Za-z]+=")


def parse_option_words(command: Command, rest: str) -> OptionTexts:
    """Return the texts by option in the words behind a command's name. Raises `Refused`."""
    option_texts: OptionTexts = {}
    loose_words: list[str] = []
    for match in _WORD.finditer(rest):
        option = _find_named_option(command, match)
        value = _parse_word_value(match)
        if option is not None:
            option_texts[option.name] = _build_option_texts(option, value)
        elif match["name"]:
            # A colon with an unknown name in front is prose: `https://example.org`.
            loose_words.append(match.group(0))
        elif not _is_empty_option(command, value):
            loose_words.append(value)
    _assign_loose_words(command, loose_words, option_texts)
    return option_texts


def _find_named_option(command: Command, match: re.Match[str]) -> CommandOption | None:
    """Return the option named in front of a word, or None for prose. Raises `Refused`."""
    name = (match["name"] or "").casefold()
    option = command.find_option(name) if name else None
    if option is None and name and match["sign"] == "=":
        raise Refused(
            f"`{command.name}` has no option “{format_typed_text(name)}”: "
            f"{describe_options(command, name)}"
        )
    return option


def describe_options(command: Command, typed: str = "") -> str:
    """Return the end of a refusal: the option closest to a typed name, or all options."""
    if not command.visible_options:
        return f"it has no options, just type `{command.name}`."
    names = [option.name for option in command.visible_options]
    if near := difflib.get_close_matches(typed, names, 1, SIMILARITY):
        return f"did you mean **{near[0]}**?"
    offered = ", ".join(f"**{name}**" for name in names)
    if len(names) == 1:
        return f"its only option is {offered}."
    return f"use one of {offered}."


def _is_empty_option(command: Command, value: str) -> bool:
    """Tell if a word is `note=` with nothing behind it, which is as good as leaving it out."""
    if not _EMPTY.fullmatch(value):
        return False
    return command.find_option(value[:-1].casefold()) is not None


def _parse_word_value(match: re.Match[str]) -> str:
    if match["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", match["quoted"], flags=re.DOTALL)
    if match["curly"] is not None:
        return match["curly"]
    return match["bare"]


def _build_option_texts(option: CommandOption, value: str) -> tuple[str, ...]:
    if option.kind == "list":
        return _split_list_value(value)
    return (value,)


def _split_list_value(value: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", value) if part)


# — words without a name —


def _assign_loose_words(command: Command, loose_words: list[str], texts: OptionTexts) -> None:
    """Give words without a name to the free options in their order.

    The last text takes all remaining words: `resources deep learning`.
    """
    if not loose_words:
        return
    greedy = _find_rest_of_line_option(command, texts)
    if greedy is not None:
        texts[greedy.name] = (" ".join(loose_words),)
        return
    _assign_spoken_option(command, loose_words, texts)
    _fill_free_options(command, loose_words, texts)
    if loose_words:
        raise Refused(
            f"`{command.name}` cannot use “{format_typed_text(loose_words[0])}”: "
            f"{describe_options(command)}"
        )


def _find_rest_of_line_option(command: Command, texts: OptionTexts) -> CommandOption | None:
    for option in command.visible_options:
        if option.is_rest_of_line and option.name not in texts:
            return option
    return None


def _fill_free_options(command: Command, loose_words: list[str], texts: OptionTexts) -> None:
    """Move words from `loose_words` into options without a text, until one side runs out."""
    free_options = _list_free_options(command, texts)
    for position, option in enumerate(free_options):
        if not loose_words:
            return
        # People name a topic far more often than their cohort, so a cohort option at the end
        # does not keep the text before it from taking several words.
        is_last = all(later.is_cohort for later in free_options[position + 1 :])
        takes_all = option.kind == "list" or (is_last and option.kind in {"text", "who"})
        words = loose_words[:] if takes_all else loose_words[:1]
        texts[option.name] = _join_words(option, words)
        del loose_words[: len(words)]


def _list_free_options(command: Command, texts: OptionTexts) -> list[CommandOption]:
    free_options = []
    for option in command.visible_options:
        # A flag takes no loose word: people say its name, `away back`, and never a bare `yes`.
        if option.name not in texts and option.kind != "flag":
            free_options.append(option)
    return free_options


def _join_words(option: CommandOption, words: Sequence[str]) -> tuple[str, ...]:
    return _build_option_texts(option, " ".join(words))


def _assign_spoken_option(command: Command, loose_words: list[str], texts: OptionTexts) -> None:
    """Take an option's name in front of its value: `away until monday`, `checkin week 3`."""
    option = command.find_option(loose_words[0].casefold())
    if option is None or option.hidden or option.name in texts:
        return
    if option.kind == "flag" and not _is_yes_or_no(loose_words[1:2]):
        # A flag needs no value behind it: `away back`.
        texts[option.name] = ("yes",)
        del loose_words[0]
    elif len(loose_words) > 1:
        end = len(loose_words) if _is_greedy_option(command, option) else 2
        texts[option.name] = _join_words(option, loose_words[1:end])
        del loose_words[:end]


def _is_yes_or_no(words: Sequence[str]) -> bool:
    return any(word.casefold() in YES | NO for word in words)


def _is_greedy_option(command: Command, option: CommandOption) -> bool:
    """Tell if an option spoken by name takes every word behind it."""
    if option.kind not in {"text", "who"} or option.required:
        return option.kind == "list"
    if option.suggest is None:
        return True
    # A text with suggestions is one of them, so later options may follow behind it.
    later = command.visible_options[command.visible_options.index(option) + 1 :]
    return all(other.is_cohort or other.kind == "flag" for other in later)
