"""Calendar dates in a plan: each cohort has its own, so the plan's only say what shares a week."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_NAMES: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_FOREIGN_MONTHS: Final = {"mär": 3, "mai": 5, "okt": 10, "dez": 12}
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_NAMES, 1)} | _FOREIGN_MONTHS
_WEEKDAY = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})[a-z]{{0,6}}\.?,?\s+"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-zäéû]{{0,6}}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?:,?\s+\d{4})?"
_DATES: Final = (
    re.compile(rf"(?:{_WEEKDAY})?{_MONTH}\s*{_DAY}{_YEAR}(?!\w)", re.I),
    re.compile(rf"(?:{_WEEKDAY})?{_DAY}\s*(?:of\s+)?{_MONTH}{_YEAR}(?!\w)", re.I),
    re.compile(rf"(?:{_WEEKDAY})?\d{{4}}-(?P<month>\d\d)-(?P<day>\d\d)(?!\w)", re.I),
    re.compile(rf"(?:{_WEEKDAY})?(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?:\d{{4}})?", re.I),
)
# “02/09” is a date, but nobody can say of which month.
_AMBIGUOUS: Final = re.compile(rf"(?:{_WEEKDAY})?\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?(?!\w)", re.I)
# The words after a date's first half: “Feb 4–8”, “5 Jan to 9 Jan”, “02/09 (Mon)”.
_REST = re.compile(
    r"\s*(?:(?:-|–|—|to|bis|&|and)\s*(?:[a-z]{3,9}\.?\s*)?\d{1,2}[a-z./\d ]{0,12})?"
    rf"(?:\s*\((?:{'|'.join(_WEEKDAYS)})[a-z]{{0,6}}\))?",
    re.I,
)
# A leap year, so that each day of each month is a date.
_SOME_YEAR = 2000


def is_date(text: str) -> bool:
    """Return True for a text that is only a date, or a span of dates."""
    match = _match_date(text) or _AMBIGUOUS.match(text.strip())
    return match is not None and _REST.fullmatch(text.strip(), match.end()) is not None


def number_weeks(texts: Sequence[str]) -> list[int]:
    """Return the number of each date's calendar week, counted from 0 at the first.

    Weeks begin on Monday if the first date names its weekday, else on that date's weekday.
    Empty if a text is no date, or if the dates do not follow each other.
    """
    days: list[date] = []
    for text in texts:
        day = _read_date(text, days[-1] if days else date(_SOME_YEAR, 1, 1))
        if day is None:
            return []
        days.append(day)
    if not days:
        return []
    begins = _find_weekday(texts[0])
    return [((day - days[0]).days + begins) // 7 for day in days]


def _match_date(text: str) -> re.Match[str] | None:
    for pattern in _DATES:
        if match := pattern.match(text.strip()):
            return match
    return None


def _read_date(text: str, not_before: date) -> date | None:
    """Return the first such day that is not before another; None for a text without one."""
    match = _match_date(text)
    if match is None:
        return None
    word = match["month"].casefold()
    month = int(word) if word.isdigit() else _MONTHS[word]
    for year in (not_before.year, not_before.year + 1):
        try:
            day = date(year, month, int(match["day"]))
        except ValueError:
            continue
        if day >= not_before:
            return day
    return None


def _find_weekday(text: str) -> int:
    match = _match_date(text)
    if match is None or match["weekday"] is None:
        return 0
    return _WEEKDAYS.index(match["weekday"].casefold())
