"""One value of an option: text from a person becomes a number, a date, a choice.

All functions here are pure. They raise `Refused` with a sentence for the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Literal, get_args

from bot.chat.address import LONGEST_NAME as MAX_ACCOUNT_NAME
from bot.chat.errors import Refused
from bot.chat.message import escape_text
from bot.chat.text import clean_text, has_visible_text
from bot.command.options import CommandOption, NumberRange, PersonOrRole, format_number_range
from bot.group.fit import SeasonChoice
from bot.group.zones import parse_zone

MAX_VALUE = 2000  # characters of one value
MAX_ENTRY = 100  # characters of one entry in a list
MAX_YEARS, MAX_YEARS_BACK = 2, 60  # the furthest date, and the furthest one for a `PastDate`
MAX_COHORT_NAME = 32
MOST_SEATS = 100_000
MIN_WEEKDAY = 3  # letters, like `mon`
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)

YES = frozenset({"yes", "on", "true", "y", "1"})
NO = frozenset({"no", "off", "false", "n", "0"})
NEAR_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}  # days from today

Value = str | int | float | date | time | bool | tuple[str, ...] | PersonOrRole

# A pick from a list of people: `person:17 Ada`. Platforms write it, and people may type it.
_PICKED = re.compile(r"(?P<kind>person|role):(?P<native>\S{1,64})(?:\s+(?P<name>.*))?", re.DOTALL)


def format_typed_text(typed: str, limit: int = 40) -> str:
    """Return the beginning of a typed text, escaped, to quote in a sentence; a pick is its name."""
    text = _format_picked_name(typed) or typed
    return escape_text(clean_text(text[:1000], 1000, "It")[:limit])


def _format_picked_name(typed: str) -> str | None:
    picked = _PICKED.fullmatch(typed.strip())
    if picked is None:
        return None
    return f"@{picked['name'] or picked['kind']}"


def has_text(texts: Iterable[str]) -> bool:
    """Tell if any of these texts has more than blanks."""
    return any(text.strip() for text in texts)


def join_with_or(words: Sequence[str]) -> str:
    """Return `a`, `a or b`, `a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def convert_option_texts(option: CommandOption, texts: tuple[str, ...], today: date) -> Value:
    """Return the texts for an option in its own type. `today` is a local date.

    Raises `Refused` with the option's name.
    """
    text = texts[0].strip() if texts else ""
    try:
        if option.kind == "list":
            return _convert_list(texts, option)
        if option.kind == "date":
            return parse_date(text, today, MAX_YEARS_BACK if option.is_past_date else MAX_YEARS)
        return _CONVERTERS[option.kind](text, option)
    except Refused as refused:
        raise Refused(refused.sentence, option.name) from None


def _convert_list(texts: tuple[str, ...], option: CommandOption) -> tuple[str, ...]:
    label = f"An entry of {option.name}"
    return tuple(clean_text(text, MAX_ENTRY, label) for text in texts if text.strip())


def _convert_text(text: str, option: CommandOption) -> str:
    return clean_text(text, MAX_VALUE, f"The {option.name}", is_multiline=True)


def _convert_number(text: str, option: CommandOption) -> int | float:
    # Half of Europe writes 2,5. The digits are limited because `int` of thousands of them is slow.
    plain = text.replace(",", ".")
    pattern, example = r"[+-]?[0-9]{1,6}(\.[0-9]{1,3})?", "2.5"
    if option.is_integer:
        pattern, example = r"[+-]?[0-9]{1,6}", "3"
    if not re.fullmatch(pattern, plain):
        raise Refused(
            f"“{format_typed_text(text)}” is not a number I can use: "
            f"write **{option.name}** like {example}."
        )
    number = int(plain) if option.is_integer else float(plain)
    _check_number_range(number, plain, option)
    return number


def _check_number_range(number: float, plain: str, option: CommandOption) -> None:
    bounds = option.range
    if bounds is None:
        return
    if problem := _find_range_problem(number, bounds):
        raise Refused(
            f"{plain} is too {problem} for **{option.name}**: choose {format_number_range(bounds)}."
        )


def _find_range_problem(number: float, bounds: NumberRange) -> str:
    """Return `low` or `high`, or nothing for a number within its bounds."""
    if number < bounds.least:
        return "low"
    if bounds.most is not None and number > bounds.most:
        return "high"
    return ""


def _convert_choice(text: str, option: CommandOption) -> str:
    folded = text.casefold()
    if folded in option.choices:
        return folded
    raise _build_choice_refusal(text, option, option.choices)


def _convert_flag(text: str, option: CommandOption) -> bool:
    folded = text.casefold()
    if folded in YES | NO:
        return folded in YES
    raise _build_choice_refusal(text, option, ("yes", "no"))


def _build_choice_refusal(text: str, option: CommandOption, choices: Sequence[str]) -> Refused:
    offered = join_with_or([f"**{choice}**" for choice in choices])
    return Refused(
        f"“{format_typed_text(text)}” does not work for **{option.name}**: choose {offered}."
    )


def parse_person_or_role(text: str) -> PersonOrRole:
    """Return the person or role in a text: `person:17 Ada`, `role:42 Mentors`, `@Ada` or `Ada`.

    Platforms with a pick write the first two. A typed name has no native id.
    A name is cut where an account's name is.
    Raises `Refused` for a name without a letter.
    """
    picked = _PICKED.fullmatch(text.strip())
    typed = (picked["name"] or "") if picked else text.strip().removeprefix("@")
    name = clean_text(typed[:1000], 1000, "A name")[:MAX_ACCOUNT_NAME].strip()
    if picked is not None:
        kind: Literal["person", "role"] = "role" if picked["kind"] == "role" else "person"
        return PersonOrRole(kind, picked["native"], name)
    if not has_visible_text(name):
        raise Refused("I need a name for that: write it like `Ada`.")
    return PersonOrRole("person", "", name)


def parse_date(text: str, today: date, years: int = MAX_YEARS) -> date:
    """Return a local date: `2026-03-02`, `yesterday`, `today`, `tomorrow`, or a coming weekday.

    Raises `Refused` for a date outside the calendar or more than `years` away.
    """
    folded = text.casefold().removeprefix("next ")
    if folded in NEAR_DAYS:
        return today + timedelta(days=NEAR_DAYS[folded])
    weekday = _find_weekday(folded)
    if weekday is not None:
        # On a Monday, "monday" is a week from now: nobody calls today by its weekday.
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return _parse_iso_date(text, folded, today, years)


def _find_weekday(folded: str) -> int | None:
    if len(folded) < MIN_WEEKDAY:
        return None
    for number, name in enumerate(WEEKDAYS):
        if name.startswith(folded):
            return number
    return None


def _parse_iso_date(text: str, folded: str, today: date, years: int) -> date:
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", folded)
    if parts is None:
        raise Refused(
            f"“{format_typed_text(text)}” is not a date I can read: "
            f"write it like {today:%Y-%m-%d}, `tomorrow` or `monday`."
        )
    try:
        parsed = date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        raise Refused(f"The date {folded} does not exist: check the day and the month.") from None
    if abs((parsed - today).days) > 365 * years:
        raise _build_far_date_refusal(folded, today, years)
    return parsed


def _build_far_date_refusal(typed: str, today: date, years: int) -> Refused:
    distance = "two" if years == MAX_YEARS else years
    return Refused(
        f"{typed} is more than {distance} years away: "
        f"choose a date closer to today, {today:%Y-%m-%d}."
    )


def parse_time_of_day(text: str) -> time:
    """Return a wall-clock time: `18:00`, `18`, `6pm`. Raises `Refused` for anything else."""
    parts = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", text.casefold())
    if parts is not None:
        hour, minute = _convert_hour(int(parts[1]), parts[3]), int(parts[2] or 0)
        if hour is not None and minute <= 59:
            return time(hour, minute)
    raise Refused(f"“{format_typed_text(text)}” is not a time: write it like 18:00 or 6pm.")


def _convert_hour(hour: int, half: str | None) -> int | None:
    """Return an hour from 0 to 23, or None for one no clock shows. `half` is am, pm or None."""
    if half is None:
        return hour if hour <= 23 else None
    if not 1 <= hour <= 12:
        return None
    # 12am is midnight and 12pm is noon.
    return hour % 12 + (12 if half == "pm" else 0)


def parse_cohort_name(text: str) -> str:
    """Return a cohort's name in lower case. Raises `Refused` unless it is one short word.

    One word needs no quotation marks when it is typed.
    """
    name = text.strip().casefold()
    if not re.fullmatch(r"[^\W\d_][\w-]*", name) or len(name) > MAX_COHORT_NAME:
        raise Refused(
            f"A cohort's name is one word of up to {MAX_COHORT_NAME} letters, digits and hyphens: "
            "choose one like `spring`.",
            "name",
        )
    return name


def check_seat_count(seats: int) -> int:
    """Return a number of seats. Raises `Refused` for a number no cohort can have."""
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(
            f"A cohort can have 1 to {MOST_SEATS:,} seats: leave **seats** out for no limit.",
            "seats",
        )
    return seats


_SEASON_WORDS: Mapping[str, SeasonChoice] = {
    "auto": "auto",
    "all": "all",
    "essentials": "essentials",
}


def parse_season(text: str | None) -> SeasonChoice:
    """Return the number in `2` or `2 of 7`, `all`, `essentials`, or `auto` without a text.

    Raises `Refused`.
    """
    folded = " ".join((text or "auto").casefold().split())
    if folded in _SEASON_WORDS:
        return _SEASON_WORDS[folded]
    if number := re.fullmatch(r"(?:season )?([0-9]{1,4})(?: of [0-9]{1,4})?", folded):
        return int(number[1])
    raise Refused(
        f"“{format_typed_text(folded)}” is not a season: "
        "write its number, `all` for the whole plan, or `essentials`.",
        "season",
    )


_CONVERTERS: Mapping[str, Callable[[str, CommandOption], Value]] = {
    "text": _convert_text,
    "number": _convert_number,
    "time": lambda text, option: parse_time_of_day(text),
    "zone": lambda text, option: parse_zone(text),
    "choice": _convert_choice,
    "flag": _convert_flag,
    "who": lambda text, option: parse_person_or_role(text),
}
