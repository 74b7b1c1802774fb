"""Names and times in all common notations: “Weeks 1–2”, “Phase 1: Basics (2 months)”, “~30 min”.

A heading is taken apart into the unit it counts, its time and its title, by its own words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.roadmap.importer.interpret.calendar_dates import is_date
from bot.roadmap.importer.interpret.draft import clean_plain_text
from bot.roadmap.importer.interpret.vocabulary import normalize_words, strip_decoration

Unit = Literal["", "phase", "month", "week", "session", "day"]
"""A unit that a heading counts; empty for none."""

_UNIT_WORDS: Final[dict[Unit, str]] = {
    "week": "weeks weeknr week wks wk woche wochen kalenderwoche kw semaine semaines semana "
    "semanas settimana settimane неделя недели",
    "day": "days day tage tag jours jour día días dia dias giorno giorni",
    "session": "sessions session lessons lesson lectures lecture classes class modules module "
    "units unit chapters chapter sprints sprint meetings meeting workshops workshop lektionen "
    "lektion kapitel einheit modul leçon séance lección módulo aula lezione sitzung урок занятие лекция "
    "модуль",
    "month": "months month monat monate mois mes meses mese mesi mês месяц",
    "phase": "phases phase parts part levels level tiers tier steps step stages stage blocks block semesters "
    "semester quarters quarter terms term teil stufe fase étape etapa niveau nivel sections "
    "section milestones milestone этап фаза часть блок",
}
UNIT: Final[dict[str, Unit]] = {
    word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()
}
# Chinese, Japanese and Korean count with a word after the number: 第1周, 第一章, 1日目, 1주차.
_COUNTER_WORDS: Final[dict[Unit, str]] = {
    "week": "周 週 星期 주",
    "day": "天 日 일",
    "session": "课 課 节 節 讲 講 章 回 강 장",
    "month": "月 个月 個月 か月 ヶ月 개월 달",
    "phase": "阶段 階段 部分 部 단계 부",
}
COUNTER: Final[dict[str, Unit]] = {
    word: unit for unit, words in _COUNTER_WORDS.items() for word in words.split()
}
# The larger the unit, the smaller its rank; a larger unit can hold a smaller one.
RANK: Final[dict[Unit, int]] = {"phase": 0, "month": 1, "week": 2, "session": 3, "day": 4}
_CARDINALS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
_ROMANS: Final = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
    "xi": 11, "xii": 12,
}  # fmt: skip
_CHINESE_DIGITS: Final = "〇一二三四五六七八九"


def _join_longest_first(words: Iterable[str]) -> str:
    """Join words to a pattern; a longer word comes first, so that “weeks” is not read as “week”."""
    return "|".join(sorted(words, key=len, reverse=True))


_NUMBER = rf"(?:\d{{1,3}}|{_join_longest_first(_CARDINALS)}|[ivx]{{1,4}})"
_TO = r"\s*(?:-|–|—|‐|to|through|bis|and|&|\+|/|à|al)\s*"
_TO_WORD = r"\s+(?:to|through|bis|and|&|à|al)\s+|-"
_UNIT = _join_longest_first(UNIT)
_START = rf"(?P<unit>{_UNIT})\s*[#№.:]?\s*(?P<first>{_NUMBER})"
_LETTER = r"(?P<letter>(?<=\d)[a-d])?"
# “Weeks 1–2” and “Weeks one to two”; between number words a dash alone is too little.
_UNIT_RANGE = re.compile(
    rf"{_START}"
    rf"(?:{_TO}(?:(?P<unit_again>{_UNIT})\s*)?(?=\d)|"
    rf"(?:{_TO_WORD})(?:(?P<word_again>{_UNIT})\s*)?(?=\D))"
    rf"(?P<last>{_NUMBER})(?![\w%])",
    re.I,
)
_UNIT_FIRST = re.compile(rf"{_START}{_LETTER}(?![\w%])", re.I)
_SHORT_UNIT = re.compile(
    r"(?P<unit>w|wk|d)(?P<first>\d{1,2})(?:\s*[-–]\s*(?:w|wk|d)?(?P<last>\d{1,2}))?(?!\w)", re.I
)
_UNIT_LAST = re.compile(
    rf"(?P<first>\d{{1,2}}(?:st|nd|rd|th|\.)|{'|'.join(_ORDINALS)})\s+(?P<unit>{_UNIT})(?!\w)", re.I
)
_CHINESE_NUMBER = r"\d{1,3}|[一二三四五六七八九十]{1,3}"
_COUNTER = _join_longest_first(COUNTER)
_UNIT_COUNTED = re.compile(
    rf"第\s*(?P<first>{_CHINESE_NUMBER})"
    rf"(?:\s*[-–—~〜～至到]\s*第?\s*(?P<last>{_CHINESE_NUMBER}))?\s*(?P<unit>{_COUNTER})(?:目|차)?"
)
_UNIT_COUNTED_BARE = re.compile(rf"(?P<first>\d{{1,3}})\s*(?P<unit>{_COUNTER})\s?(?:目|차)")
_WEEK_OF = re.compile(r"(?P<unit>week)\s+of(?=\s+\S)", re.I)
_WEEKDAYS: Final = (
    "mon tue wed thu fri sat sun monday tues tuesday wednesday thurs thursday friday saturday sunday "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miércoles jueves viernes sábado domingo "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica "
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira "
    "понедельник вторник среда четверг пятница суббота воскресенье"
)
_WEEKDAY = re.compile(
    rf"(?P<unit>{_join_longest_first(_WEEKDAYS.split())})(?=\s*(?:$|[:(]|[-–—]\s))", re.I
)
# The order matters: “Week 1–2” would match the single week before the range.
_UNIT_PATTERNS: Final = (
    _UNIT_RANGE, _UNIT_FIRST, _SHORT_UNIT, _UNIT_LAST, _UNIT_COUNTED, _UNIT_COUNTED_BARE,
    _WEEK_OF, _WEEKDAY,
)  # fmt: skip
_COUNTED: Final = (_UNIT_COUNTED, _UNIT_COUNTED_BARE)
_UNNUMBERED: Final = (_WEEK_OF, _WEEKDAY)
_MOST_UNITS = 200
_SEPARATOR = re.compile(r"\s*(?:[:.)|\]：、]|[-–—→>]+(?=\s))\s*")
# “Week 1 beginning 3 March”
_BEGINNING = re.compile(
    r"\s+(?:beginning|starting|commencing|from|of|ab|vom)\s+(?P<dates>[^:(]{3,30})", re.I
)
_TIME_WORDS: Final = {
    "minutes": "minutes minute mins min minuten minutos",
    "hours": "hours hour hrs hr h stunden stunde std heures heure horas hora",
    "days": "days day tage",
    "weeks": "weeks week wks wk wochen woche semaines semanas",
    "months": "months month mos monate monat mois meses",
    "years": "years year yrs jahre",
}
_TIME_UNITS: Final = {word: unit for unit, words in _TIME_WORDS.items() for word in words.split()}
_AMOUNT = r"\d{1,4}(?:\.\d{1,2})?"
_TIME = re.compile(
    r"(?:~|≈|about |approx(?:\.|imately)? |ca\.? |around |up to |est\.? ?)?\s*"
    rf"(?P<low>{_AMOUNT}|an?|one|two|three|four|five|six)"
    rf"(?:\s?(?:-|–|—|to|bis|or)\s?(?P<high>{_AMOUNT}))?(?P<plus>\s?\+)?[\s-]?"
    rf"(?P<unit>{_join_longest_first(_TIME_UNITS)})(?!\w)(?P<plus_after>\s?\+)?",
    re.I,
)
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{1,60})[)\]]")
_TAIL = re.compile(r"\s*(?:[,|·•]|\s[-–—:])\s*([^,|·•()]{2,30})$")
_LONGEST_TAIL = 60
_LONGEST_HEADING = 600
_OPTIONAL_WORDS: Final = ("optional", "bonus", "stretch", "extra", "nice to have", "if time")
_OPTIONAL = re.compile(
    r"\s*[(\[]\s*(?:optional|bonus|stretch(?: goal)?|extra|nice to have|"
    r"if time(?: allows)?)\s*[)\]]\s*|"
    r"^(?:optional|bonus|stretch(?: goal)?|extra)(?: [a-z]+)?\s*[:–—-]\s+|\s+[-–—,]\s*optional$",
    re.I,
)
_PACE = re.compile(r"(?:per|a|each|/)\s?(?:week|day|wk)|weekly|daily", re.I)
_DATE: Final = re.compile(
    r"(?:\d{1,2}[./ -]*)?\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|"
    r"\d{1,2}[./]\d{1,2}[./]?|\d{4}-\d\d-\d\d",
    re.I,
)
_LONG_WORD = re.compile(r"[a-z]{10}")
_WEEK_WORD = re.compile(r"(?:weeks?|wks?)\b", re.I)


@dataclass(frozen=True, slots=True)
class HeadingName:
    """A heading, taken apart."""

    title: str
    """The words without number, time and dates."""
    unit: Unit = ""
    """The unit it counts; empty for none."""
    first: int = 0
    last: int = 0
    """The first and last number; 0 if it has none, and for a week 0."""
    label: str = ""
    """The words with the unit and the numbers, such as “Weeks 1–2”."""
    time: str = ""
    """The stated time, in the notation of a roadmap file."""
    dates: str = ""
    """The dates in brackets."""
    is_optional: bool = False
    has_letter: bool = False
    """Whether a letter follows the number, as in “Week 1b”."""

    @property
    def unit_count(self) -> int:
        """The number of units it spans, at least 1."""
        return max(1, self.last - self.first + 1)


def parse_heading_name(text: str) -> HeadingName:
    """Take apart a heading, or the first line of a list entry."""
    whole = strip_decoration(text, has_number=True)[:_LONGEST_HEADING]
    bare, is_optional = strip_optional_mark(whole)
    name, rest = _parse_unit_number(bare)
    rest, time = split_time_span(rest)
    rest, dates, weeks = _split_dates(rest, name.unit)
    # “Week 1: 3 loops” keeps its 3; “1. Loops” is only numbered.
    rest = strip_decoration(rest, has_number=not name.unit) if rest.strip(" .") else ""
    return replace(
        name, title=rest, time=time or weeks, dates=dates or name.dates, is_optional=is_optional
    )


def _parse_unit_number(text: str) -> tuple[HeadingName, str]:
    """Return unit and numbers, and the words after them."""
    for pattern in _UNIT_PATTERNS:
        match = pattern.match(text)
        if match is None:
            continue
        rest, dates = _split_beginning(text[match.end() :])
        separator = _SEPARATOR.match(rest)
        can_follow = pattern in _COUNTED or dates or _can_follow_number(rest)
        if separator is None and rest and not can_follow:
            continue
        numbers, unit = match.groupdict(), _find_unit(match)
        first, last = _parse_numbers(numbers)
        # A week 0 is often put before the others, and is a week like them.
        is_numbered = first > 0 or numbers.get("first") == "0" or pattern in _UNNUMBERED
        # “Week 1 – Day 3” is a week with a day in it.
        unit_again = numbers.get("unit_again") or numbers.get("word_again")
        is_one_unit = not unit_again or UNIT[unit_again.casefold()] == unit
        if not is_numbered or not is_one_unit or not first <= last <= first + _MOST_UNITS:
            continue
        rest = rest[separator.end() :] if separator else rest.strip()
        label, has_letter = clean_plain_text(match.group()), bool(numbers.get("letter"))
        return HeadingName("", unit, first, last, label, dates=dates, has_letter=has_letter), rest
    return HeadingName(""), text


def _split_beginning(rest: str) -> tuple[str, str]:
    """Return the words after a number without “beginning 3 March”, and the dates in it."""
    beginning = _BEGINNING.match(rest)
    if beginning is None or not is_date(beginning["dates"]):
        return rest, ""
    return rest[beginning.end() :], beginning["dates"].strip()


def _parse_numbers(numbers: Mapping[str, str | None]) -> tuple[int, int]:
    first = _parse_number_word(numbers.get("first") or "")
    last = _parse_number_word(numbers.get("last") or "")
    return first, last or first


def _find_unit(match: re.Match[str]) -> Unit:
    word = match.group("unit").casefold()
    if match.re is _WEEKDAY or word == "d":
        return "day"
    # The other short form is “w”.
    return UNIT.get(word) or COUNTER.get(word, "week")


def _can_follow_number(rest: str) -> bool:
    # “Part 3 is hard” is a sentence; “Week 3 Loops” and “Week 3 (Jan 5–11)” are names.
    start = rest.lstrip()
    if start == rest:
        return False
    return not start[0].isalpha() or start[0].isupper() or not start.isascii()


def _parse_number_word(text: str) -> int:
    low = text.casefold().rstrip(".")
    if digits := re.match(r"\d+", low):
        return int(digits.group())
    named = _CARDINALS.get(low) or _ORDINALS.get(low) or _ROMANS.get(low)
    return named or _parse_chinese_number(low)


def _parse_chinese_number(text: str) -> int:
    """Return a number from 1 to 99, such as 十二; 0 for any other text."""
    tens, ten, ones = text.rpartition("十")
    digits = [_CHINESE_DIGITS.find(digit) for digit in (tens or "〇", ones or "〇")]
    if not text or -1 in digits or (not ten and len(text) > 1):
        return 0
    first, last = digits
    return (first or 1) * 10 + last if ten else last


def strip_optional_mark(text: str) -> tuple[str, bool]:
    """Return the text without “(optional)” or the like, and True if it had such a mark."""
    # Most lines have none of the words, and a search for words is much faster than the pattern.
    if not any(word in text.casefold() for word in _OPTIONAL_WORDS):
        return text, False
    bare = clean_plain_text(_OPTIONAL.sub(" ", text))
    if not bare or bare == text:
        return text, False
    return bare, True


def split_time_span(text: str) -> tuple[str, str]:
    """Return the text without its time, and the time in a roadmap's notation.

    The time stands in brackets, at the end, or is the whole text; it is empty without one.
    """
    for bracket in _BRACKET.finditer(text):
        if time := parse_time_span(bracket.group(1)):
            return _cut_match(text, bracket), time
    tail = _TAIL.search(text[-_LONGEST_TAIL:]) if len(text) > 4 else None
    if tail and (time := parse_time_span(tail.group(1))):
        return text[: len(text) - len(tail.group())].rstrip(), time
    if time := parse_time_span(text):
        return "", time
    return text, ""


def _cut_match(text: str, match: re.Match[str]) -> str:
    return clean_plain_text(f"{text[: match.start()]} {text[match.end() :]}")


def parse_time_span(text: str) -> str:
    """Return the time in a text without other words: `2-3 months`, `6+ months`, `30 minutes`.

    Empty for any other text.
    """
    match = _TIME.fullmatch(text.strip(" .:;~"))
    if match is None:
        return ""
    return _format_time_span(match)


def find_time_span(text: str) -> str:
    """Return the first time in a text; skip a pace such as “5 hours per week”."""
    for match in _TIME.finditer(text[:400]):
        has_digits = match.group("low")[0].isdigit()
        if has_digits and not _PACE.match(text[match.end() :].lstrip()):
            return _format_time_span(match)
    return ""


def _format_time_span(match: re.Match[str]) -> str:
    unit = _TIME_UNITS[match.group("unit").casefold()]
    low = _parse_amount(match.group("low"))
    high = float(match.group("high") or low)
    if unit == "years":
        # A roadmap file has no years.
        unit, low, high = "months", low * 12, high * 12
    if low <= 0 or high < low or high > 9999:
        return ""
    if match.group("plus") or match.group("plus_after"):
        return f"{low:g}+ {unit}"
    if high == low:
        return f"{low:g} {unit}"
    return f"{low:g}-{high:g} {unit}"


def _parse_amount(text: str) -> float:
    word = text.casefold()
    if word in ("a", "an"):
        return 1.0
    return float(_CARDINALS.get(word) or text)


def _split_dates(text: str, unit: Unit) -> tuple[str, str, str]:
    """Return the text without dates or week numbers in brackets, the dates, and their time."""
    for bracket in _BRACKET.finditer(text):
        inside = bracket.group(1)
        if weeks := _find_week_numbers(inside, unit):
            return _cut_match(text, bracket), inside, weeks
        # A long word makes it a remark such as “(May be postponed)”.
        if unit and _DATE.search(inside) and not _LONG_WORD.search(normalize_words(inside)):
            return _cut_match(text, bracket), inside, ""
    return text, "", ""


def _find_week_numbers(inside: str, unit: Unit) -> str:
    """Return the time for “(Weeks 1–4)” after a larger unit; empty for anything else."""
    if unit == "week" or not _WEEK_WORD.match(inside):
        return ""
    name = parse_heading_name(inside)
    if name.unit != "week" or name.title:
        return ""
    return f"{name.unit_count} weeks"
