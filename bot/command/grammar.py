"""One grammar for words, clicks and forms: a phrase taken apart into a command and its options.

Everything here is pure; whatever cannot be understood is refused with a sentence that says what to type instead.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal, get_args

from bot.chat.address import LONGEST_NAME as ACCOUNT_NAME
from bot.chat.errors import Refused
from bot.chat.message import escape_text
from bot.chat.text import clean_text, has_visible_text
from bot.command.options import CommandOption, PersonOrRole, format_number_range
from bot.command.registry import Command, find_by_alias
from bot.group.zones import parse_zone

LONGEST = (
    4000  # what is looked at of a typed phrase; a note of 10 000 characters is refused, not cut
)
VALUE = 2000
YEARS, YEARS_BACK = 2, 60  # how far away a date may be, and one of the past
LONGEST_NAME = 32
MOST_SEATS = 100_000
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)

YES = frozenset({"yes", "on", "true", "y", "1"})
NO = frozenset({"no", "off", "false", "n", "0"})
NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}  # days from today

Value = str | int | float | date | time | bool | tuple[str, ...] | PersonOrRole

# A quotation mark that nothing closes holds all that follows: what was typed on a telephone is not to be lost.
_WORD = re.compile(
    r"""(?:(?P<name>[A-Za-z]+)(?P<sign>[=:]))?"""
    r"""(?:"(?P<quoted>(?:\\.|[^"\\])*)(?:"|$)|“(?P<curly>[^”]*)(?:”|$)|(?P<bare>\S+))""",
    re.DOTALL,
)
_EMPTY = re.compile(r"[A-Za-z]+=")
_PICKED = re.compile(r"(?P<kind>person|role):(?P<native>\S{1,64})(?:\s+(?P<name>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ParsedPhrase:
    """A command with what was said of its options, as text; `missing` are required ones that were not said; `brought`,
    those that a file came along for."""

    command: Command
    option_texts: Mapping[str, tuple[str, ...]]
    file_options: frozenset[str] = frozenset()

    @property
    def missing_options(self) -> tuple[CommandOption, ...]:
        return tuple(
            one for one in self.command.options if one.required and not self.has_value(one.name)
        )

    @property
    def can_open_form(self) -> bool:
        """Whether it may be answered with a form, which is known before any query: the command has one of its own, or
        something has to be asked that no list offers."""
        asked = self.missing_options
        return (
            self.command.opens_form
            or len(asked) > 1
            or any(not one.has_suggestions for one in asked)
        )

    def has_value(self, option: str) -> bool:
        """Whether anything was said of an option, or a file brought for it; a field left empty says nothing."""
        return option in self.file_options or any(
            text.strip() for text in self.option_texts.get(option, ())
        )

    def convert_options(self, today: date) -> dict[str, Value]:
        """The options by name, converted; those of files are read elsewhere. `today` is the local date that relative dates
        count from. Raises `Refused`."""
        said = (
            (option, self.option_texts.get(option.name, ()))
            for option in self.command.options
            if option.kind != "file"
        )
        return {
            option.name: convert_option_texts(option, texts, today)
            for option, texts in said
            if self.has_value(option.name)
        }


def parse_phrase(
    said: str,
    commands: Mapping[str, Command],
    filled: Mapping[str, tuple[str, ...]] | None = None,
    brought: Collection[str] = (),
) -> ParsedPhrase:
    """A phrase, and the fields filled in and the files brought with it (by their options), as a command and its options.
    Raises `Refused`."""
    if len(said) > LONGEST:
        raise Refused(
            f"That is {len(said):,} characters long and I read up to {LONGEST:,}: please say it shorter."
        )
    said = _rewrite_help_request(replace_alias(said, commands), commands)
    words = said.strip().removeprefix("/").split(None, 2)
    command = _require_command(said, commands)
    typed = sum(
        word.casefold() == part for word, part in zip(words, command.name.split(), strict=False)
    )
    rest = said.strip().removeprefix("/").split(None, typed)[typed:]
    given = _parse_options(command, rest[0] if rest else "")
    for name, values in (filled or {}).items():
        if (option := command.find_option(name)) is None:
            raise Refused(
                f"`{command.name}` has no option “{format_typed_text(name)}”: {_describe_options(command)}"
            )
        given[option.name] = values
    parsed = ParsedPhrase(command, given, frozenset(brought))
    _check_phrase_files(parsed)
    return parsed


def _check_phrase_files(parsed: ParsedPhrase) -> None:
    """Raises `Refused` where a file is typed, or brought for what is no file."""
    for name in sorted(parsed.file_options):
        option = parsed.command.find_option(name)
        if option is None or option.kind != "file":
            raise Refused(
                f"`{parsed.command.name}` takes no file for “{format_typed_text(name)}”: {_describe_options(parsed.command)}"
            )
    for option in parsed.command.options:
        if option.kind == "file" and any(
            text.strip() for text in parsed.option_texts.get(option.name, ())
        ):
            how = f"say `{parsed.command.name}` alone, and I open a form for it"
            raise Refused(
                f"I cannot read **{option.name}** from what is typed, bring it as a file: {how}.",
                option.name,
            )


def can_phrase_open_form(
    said: str, commands: Mapping[str, Command], filled: Mapping[str, tuple[str, ...]] | None = None
) -> bool:
    """Whether a phrase may be answered with a form; what cannot be understood is answered with a sentence."""
    try:
        return parse_phrase(said, commands, filled).can_open_form
    except Refused:
        return False


def format_typed_text(typed: str, limit: int = 40) -> str:
    """The beginning of what somebody typed, as prose to quote in a sentence; of somebody who was picked, the name."""
    picked = _PICKED.fullmatch(typed.strip())
    text = f"@{picked['name'] or picked['kind']}" if picked else typed
    return escape_text(clean_text(text[:1000], 1000, "It")[:limit])


def find_command(said: str, commands: Mapping[str, Command]) -> Command | None:
    """The command a phrase names, if any: what is known of it before anything else is read."""
    first, two = _split_first_words(replace_alias(said, commands))
    return commands.get(two) or commands.get(first) or commands.get(f"{first} show")


def replace_alias(said: str, commands: Mapping[str, Command]) -> str:
    """Return a phrase with its command's present name where it begins with an alias."""
    first, two = _split_first_words(said)
    # Nearly every phrase begins with a name: no search for these.
    if two in commands or first in commands:
        return said
    for alias in (two, first):
        if (command := find_by_alias(alias, commands)) is not None:
            words = alias.count(" ") + 1
            rest = said.strip().removeprefix("/").split(None, words)[words:]
            return " ".join((command.name, *rest))
    return said


def _rewrite_help_request(said: str, commands: Mapping[str, Command]) -> str:
    """`cohort help` and `cohort create help` ask what `help cohort` does."""
    words = said.casefold().removeprefix("/").split()
    about = " ".join(words[:-1])
    known = about in commands or any(one.group == about for one in commands.values())
    return (
        f'help about="{about}"'
        if words[-1:] == ["help"] and about and known and "help" in commands
        else said
    )


def _split_first_words(said: str) -> tuple[str, str]:
    """The first word, and the first two where there are as many, letter case folded."""
    words = [word.casefold() for word in said.strip().removeprefix("/").split(None, 2)[:2]]
    return "".join(words[:1]), " ".join(words)


def _require_command(said: str, commands: Mapping[str, Command]) -> Command:
    if found := find_command(said, commands):
        return found
    first, two = _split_first_words(said)
    if not format_typed_text(first):
        raise Refused("Say what I can do for you, `help` for instance.")
    names = [name for name, one in commands.items() if not one.hidden]
    within = [name for name in names if name.startswith(f"{first} ")]
    if within:
        raise Refused(_describe_group_commands(first, two, within))
    near = difflib.get_close_matches(two, names, 1, 0.6) or difflib.get_close_matches(
        first, names, 1, 0.6
    )
    hint = f"did you mean `{near[0]}`?" if near else "`help` lists what I know."
    raise Refused(f"I do not know the command “{format_typed_text(first)}”: {hint}")


def _describe_group_commands(group: str, two: str, within: list[str]) -> str:
    """What to say of a group whose second word is missing, or is none of its own."""
    words = [name.partition(" ")[2] for name in within]
    if near := difflib.get_close_matches(two.partition(" ")[2], words, 1, 0.6):
        return f"I do not know the command “{format_typed_text(two)}”: did you mean `{group} {near[0]}`?"
    offered = ", ".join(f"**{word}**" for word in words)
    return f"`{group}` takes one more word, one of {offered}; `help {group}` explains them."


def _parse_options(command: Command, rest: str) -> dict[str, tuple[str, ...]]:
    given: dict[str, tuple[str, ...]] = {}
    loose: list[str] = []
    for word in _WORD.finditer(rest):
        value, name = _parse_word_value(word), (word["name"] or "").casefold()
        if not name and _EMPTY.fullmatch(value) and command.find_option(value[:-1].casefold()):
            continue  # `note=` and nothing behind it: as good as not said
        if not name:
            loose.append(value)
        elif (option := command.find_option(name)) is not None:
            given[option.name] = _split_list_value(value) if option.kind == "list" else (value,)
        elif word["sign"] == "=":
            raise Refused(
                f"`{command.name}` has no option “{format_typed_text(name)}”: {_describe_options(command, name)}"
            )
        else:
            loose.append(word.group(0))
    _assign_loose_words(command, loose, given)
    return given


def _parse_word_value(word: re.Match[str]) -> str:
    if word["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", word["quoted"], flags=re.DOTALL)
    return word["curly"] if word["curly"] is not None else word["bare"]


def _split_list_value(value: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", value) if part)


def _assign_loose_words(
    command: Command, loose: list[str], given: dict[str, tuple[str, ...]]
) -> None:
    """Words without a name fill the options in their order, flags left out; the last text takes all that is left, and the
    cohort is not the last one where another comes before it: `resources deep learning`."""
    if loose and (
        wordy := next(
            (
                one
                for one in command.visible_options
                if one.is_rest_of_line and one.name not in given
            ),
            None,
        )
    ):
        given[wordy.name] = (" ".join(loose),)
        return
    _assign_spoken_option(command, loose, given)
    free = [
        option
        for option in command.visible_options
        if option.name not in given and option.kind != "flag"
    ]
    for place, option in enumerate(free):
        if not loose:
            return
        last = all(later.name == "cohort" for later in free[place + 1 :])
        if option.kind == "list":
            given[option.name] = tuple(part for word in loose for part in _split_list_value(word))
            return
        if last and option.kind in {"text", "who"}:
            given[option.name] = (" ".join(loose),)
            return
        given[option.name] = (loose.pop(0),)
    if loose:
        raise Refused(
            f"`{command.name}` does not know what to do with “{format_typed_text(loose[0])}”: {_describe_options(command)}"
        )


def _assign_spoken_option(
    command: Command, loose: list[str], given: dict[str, tuple[str, ...]]
) -> None:
    """`away until monday`, `checkin week 3`, `away back`: an option's name in front of its value, as people say it."""
    option = command.find_option(loose[0].casefold()) if loose else None
    if option is None or option.hidden or option.name in given:
        return
    if option.kind == "flag" and (len(loose) == 1 or loose[1].casefold() not in YES | NO):
        given[option.name] = ("yes",)
        del loose[0]
    elif len(loose) > 1:
        end = len(loose) if _is_greedy_option(command, option) else 2
        words = " ".join(loose[1:end])
        given[option.name] = _split_list_value(words) if option.kind == "list" else (words,)
        del loose[:end]


def _is_greedy_option(command: Command, option: CommandOption) -> bool:
    if option.kind not in {"text", "who"} or option.required:
        return option.kind == "list"
    later = command.visible_options[command.visible_options.index(option) + 1 :]
    return option.suggest is None or all(
        one.name == "cohort" or one.kind == "flag" for one in later
    )


def _describe_options(command: Command, near: str = "") -> str:
    if not command.visible_options:
        return f"it takes no options, just say `{command.name}`."
    names = [option.name for option in command.visible_options]
    if close := difflib.get_close_matches(near, names, 1, 0.6):
        return f"did you mean **{close[0]}**?"
    return f"it takes {', '.join(f'**{name}**' for name in names)}."


# — one value —


def convert_option_texts(option: CommandOption, texts: tuple[str, ...], today: date) -> Value:
    """What was typed for an option as its type. Raises `Refused`, naming the option."""
    text = texts[0].strip() if texts else ""
    try:
        if option.kind == "list":
            return tuple(
                clean_text(one, 100, f"An entry of {option.name}") for one in texts if one.strip()
            )
        if option.kind == "date":
            return parse_date(text, today, YEARS_BACK if option.is_past_date else YEARS)
        return _CONVERTERS[option.kind](text, option)
    except Refused as refused:
        raise Refused(refused.sentence, option.name) from None


def _convert_number(text: str, option: CommandOption) -> int | float:
    plain = text.replace(",", ".")
    written = r"[+-]?[0-9]{1,6}" if option.is_integer else r"[+-]?[0-9]{1,6}(\.[0-9]{1,3})?"
    if not re.fullmatch(written, plain):
        example = "3" if option.is_integer else "2.5"
        raise Refused(
            f"“{format_typed_text(text)}” is no number I can use for **{option.name}**: give it like {example}."
        )
    number = int(plain) if option.is_integer else float(plain)
    if (bounds := option.range) is not None:
        is_low = number < bounds.least
        if is_low or (bounds.most is not None and number > bounds.most):
            way = "low" if is_low else "high"
            raise Refused(
                f"{plain} is too {way} for **{option.name}**: choose {format_number_range(bounds)}."
            )
    return number


def _convert_choice(text: str, option: CommandOption) -> str:
    folded = text.casefold()
    if folded in option.choices:
        return folded
    offered = ", ".join(f"**{choice}**" for choice in option.choices)
    raise Refused(
        f"**{option.name}** is one of {offered}, and “{format_typed_text(text)}” is none of them."
    )


def _convert_flag(text: str, option: CommandOption) -> bool:
    folded = text.casefold()
    if folded in YES | NO:
        return folded in YES
    raise Refused(
        f"**{option.name}** is **yes** or **no**, and “{format_typed_text(text)}” is neither."
    )


def parse_person_or_role(text: str) -> PersonOrRole:
    """Whom somebody means: `person:17 Ada` or `role:42 Mentors`, as platforms that offer a pick say it, else a name as it
    was typed, with or without an @. Names are cut at what accounts have. Raises `Refused` for one without a letter."""
    found = _PICKED.fullmatch(text.strip())
    typed = (found["name"] or "") if found else text.strip().removeprefix("@")
    name = clean_text(typed[:1000], 1000, "A name")[:ACCOUNT_NAME].strip()
    if found is None:
        if not has_visible_text(name):
            raise Refused("I need a name for that: give it like `Ada`.")
        return PersonOrRole("person", "", name)
    return PersonOrRole("role" if found["kind"] == "role" else "person", found["native"], name)


def parse_date(text: str, today: date, years: int = YEARS) -> date:
    """A local date: `2026-03-02`, `yesterday`, `today`, `tomorrow` or the next such weekday. Raises `Refused` when it does
    not exist or lies more than so many years away."""
    folded = text.casefold().removeprefix("next ")
    if folded in NEAR:
        return today + timedelta(days=NEAR[folded])
    days = [
        number
        for number, name in enumerate(WEEKDAYS)
        if len(folded) >= 3 and name.startswith(folded)
    ]
    if days:
        return today + timedelta(days=(days[0] - today.weekday() - 1) % 7 + 1)
    if not (found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", folded)):
        raise Refused(
            f"“{format_typed_text(text)}” is no date I can read: give it like {today:%Y-%m-%d}, `tomorrow` or `monday`."
        )
    year, month, day = (int(part) for part in found.groups())
    try:
        read = date(year, month, day)
    except ValueError:
        raise Refused(
            f"There is no {folded} in the calendar: check the day and the month."
        ) from None
    if abs((read - today).days) > 365 * years:
        many = "two" if years == YEARS else years
        raise Refused(
            f"{folded} is more than {many} years away: choose a date nearer to today, {today:%Y-%m-%d}."
        )
    return read


def parse_time_of_day(text: str) -> time:
    """A wall-clock time: `18:00`, `18`, `6pm`. Raises `Refused` for anything else."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", text.casefold())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + 12 * (found[3] == "pm") if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise Refused(f"“{format_typed_text(text)}” is no time of day: give it like 18:00 or 6pm.")
    return time(hour, minute)


def parse_cohort_name(text: str) -> str:
    """A cohort's name in lower case. Raises `Refused` unless it is one short word, so that it needs no quotes."""
    name = text.strip().casefold()
    if not re.fullmatch(r"[^\W\d_][\w-]*", name) or len(name) > LONGEST_NAME:
        raise Refused(
            f"A cohort's name is one word of up to {LONGEST_NAME} letters, digits and hyphens, like `spring`: choose such a one.",
            "name",
        )
    return name


def check_seat_count(seats: int) -> int:
    """How many may join. Raises `Refused` for a number no cohort can have."""
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(
            f"A cohort has 1 to {MOST_SEATS:,} seats: leave `seats` out for no limit.", "seats"
        )
    return seats


def parse_season(said: str | None) -> int | None:
    """Which season of a long plan: `2`, `2 of 7`, the first without a word; None for `all` at once. Raises `Refused`."""
    folded = " ".join((said or "1").casefold().split())
    if folded == "all":
        return None
    if found := re.fullmatch(r"(?:season )?([0-9]{1,4})(?: of [0-9]{1,4})?", folded):
        return int(found[1])
    raise Refused(
        f"“{format_typed_text(folded)}” is no season: give its number, or `all` for everything at once.",
        "season",
    )


_CONVERTERS: Mapping[str, Callable[[str, CommandOption], Value]] = {
    "text": lambda text, option: clean_text(text, VALUE, f"The {option.name}", is_multiline=True),
    "number": _convert_number,
    "time": lambda text, option: parse_time_of_day(text),
    "zone": lambda text, option: parse_zone(text),
    "choice": _convert_choice,
    "flag": _convert_flag,
    "who": lambda text, option: parse_person_or_role(text),
}
