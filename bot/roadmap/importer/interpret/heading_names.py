"""Names and times as people write them: “Week 3”, “Weeks 1–2”, “Day 4”, “Phase 1: Basics (2–3 months)”, “~30 min”.

A heading is taken apart into what it counts, how long it takes and what it is called; nothing is looked at but its own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.roadmap.importer.interpret.draft import clean_plain_text
from bot.roadmap.importer.interpret.vocabulary import normalize_words, strip_decoration

_WORDS: Final = {
    "week": "weeks weeknr week wks wk woche wochen kw semaine semaines semana semanas settimana settimane",
    "day": "days day tage tag jours jour día días dia dias giorno giorni",
    "session": "sessions session lessons lesson lectures lecture classes class modules module units unit chapters chapter "
    "sprints sprint meetings meeting workshops workshop lektionen lektion kapitel einheit modul leçon lección módulo lezione "
    "sitzung",
    "month": "months month monat monate mois mes meses mese mesi",
    "phase": "phases phase parts part levels level steps step stages stage blocks block semesters semester quarters quarter "
    "terms term teil stufe fase étape etapa niveau nivel sections section milestones milestone",
}  # fmt: skip
UNIT: Final = {word: unit for unit, words in _WORDS.items() for word in words.split()}
RANK: Final = {"phase": 0, "month": 1, "week": 2, "session": 3, "day": 4}
_CARDINAL: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
_ORDINAL: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
_ROMAN: Final = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
}  # fmt: skip
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(sorted(_CARDINAL, key=len, reverse=True))}|[ivx]{{1,4}})"
_TO = r"\s*(?:-|–|—|‐|to|through|bis|and|&|\+|/|à|al)\s*"
_TO_WORD = r"\s+(?:to|through|bis|and|&|à|al)\s+|-"
_NAMED = "|".join(sorted(UNIT, key=len, reverse=True))
_SEVERAL = re.compile(
    rf"(?P<unit>{_NAMED})\s*[#№.:]?\s*(?P<a>{_NUMBER})"
    rf"(?:{_TO}(?:(?:{_NAMED})\s*)?(?=\d)|(?:{_TO_WORD})(?:(?:{_NAMED})\s*)?(?=\D))(?P<b>{_NUMBER})(?![\w%])",
    re.I,
)
_UNIT_FIRST = re.compile(rf"(?P<unit>{_NAMED})\s*[#№.:]?\s*(?P<a>{_NUMBER})(?![\w%])", re.I)
_SHORT = re.compile(
    r"(?P<unit>w|wk|d)(?P<a>\d{1,2})(?:\s*[-–]\s*(?:w|wk|d)?(?P<b>\d{1,2}))?(?!\w)", re.I
)
_UNIT_LAST = re.compile(
    rf"(?P<a>\d{{1,2}}(?:st|nd|rd|th|\.)|{'|'.join(_ORDINAL)})\s+(?P<unit>{_NAMED})(?!\w)", re.I
)
_WEEK_OF = re.compile(r"(?P<unit>week)\s+of(?=\s+\S)", re.I)
_WEEKDAY = re.compile(
    r"(?P<unit>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
    r"(?=\s*(?:$|[:(]|[-–—]\s))",
    re.I,
)
_SEPARATOR = re.compile(r"\s*(?:[:.)|\]]|[-–—→>]+(?=\s))\s*")
_TIMES: Final = {
    "minutes": "minutes minute mins min minuten minutos",
    "hours": "hours hour hrs hr h stunden stunde std heures heure horas hora",
    "days": "days day tage",
    "weeks": "weeks week wks wk wochen woche semaines semanas",
    "months": "months month mos monate monat mois meses",
    "years": "years year yrs jahre",
}
_TIME_UNIT: Final = {word: unit for unit, words in _TIMES.items() for word in words.split()}
_SPELLED = "|".join(sorted(_TIME_UNIT, key=len, reverse=True))
_COUNT = r"\d{1,4}(?:\.\d{1,2})?"
_TIME = re.compile(
    rf"(?:~|≈|about |approx(?:\.|imately)? |ca\.? |around |up to |est\.? ?)?\s*(?P<a>{_COUNT}|an?|one|two|three|four|five|six)"
    rf"(?:\s?(?:-|–|—|to|bis|or)\s?(?P<b>{_COUNT}))?(?P<plus>\s?\+)?[\s-]?(?P<unit>{_SPELLED})(?!\w)(?P<after>\s?\+)?",
    re.I,
)
_BRACKETED = re.compile(r"\s*[(\[]([^()\[\]]{1,60})[)\]]")
_TAIL = re.compile(r"\s*(?:[,|·•]|\s[-–—:])\s*([^,|·•()]{2,30})$")
_SPARED: Final = ("optional", "bonus", "stretch", "extra", "nice to have", "if time")
_OPTIONAL = re.compile(
    r"\s*[(\[]\s*(?:optional|bonus|stretch(?: goal)?|extra|nice to have|if time(?: allows)?)\s*[)\]]\s*|"
    r"^(?:optional|bonus|stretch(?: goal)?|extra)(?: [a-z]+)?\s*[:–—-]\s+|\s+[-–—,]\s*optional$",
    re.I,
)
_PACE = re.compile(r"(?:per|a|each|/)\s?(?:week|day|wk)|weekly|daily", re.I)
_MONTHS: Final = re.compile(
    r"(?:\d{1,2}[./ -]*)?\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\d{1,2}[./]\d{1,2}[./]?|"
    r"\d{4}-\d\d-\d\d",
    re.I,
)


@dataclass(frozen=True, slots=True)
class HeadingName:
    """A heading, taken apart: its clean title; the `unit` it counts (phase, month, week, session, day; empty for none) with
    the first and last number (0: none was written) and, as `label`, the words that did; the `time` it states, as a plan
    writes it; the `dates` in brackets; and whether it may be left out."""

    title: str
    unit: str = ""
    first: int = 0
    last: int = 0
    label: str = ""
    time: str = ""
    dates: str = ""
    is_optional: bool = False

    @property
    def unit_count(self) -> int:
        """How many units it spans, one at least."""
        return max(1, self.last - self.first + 1)


def parse_heading_name(text: str) -> HeadingName:
    """Take a heading or the first line of an entry apart."""
    whole = strip_decoration(text, has_number=True)[:600]
    bare, is_optional = strip_optional_mark(whole)
    unit, first, last, label, rest = _parse_unit_number(bare)
    rest, time = split_time_span(rest)
    rest, dates, weeks = _split_dates(rest, unit)
    title = strip_decoration(rest, has_number=not unit) if rest else ""
    return HeadingName(title, unit, first, last, label, time or weeks, dates, is_optional)


def _parse_unit_number(text: str) -> tuple[str, int, int, str, str]:
    """The unit, its first and last number, both as they were written, and the rest."""
    for pattern in (_SEVERAL, _UNIT_FIRST, _SHORT, _UNIT_LAST, _WEEK_OF, _WEEKDAY):
        found = pattern.match(text)
        rest = text[found.end() :] if found else ""
        separator = _SEPARATOR.match(rest)
        if found is None or (separator is None and rest and not _can_follow_number(rest)):
            continue
        parts = found.groupdict()
        first = _parse_number_word(parts.get("a") or "")
        last = _parse_number_word(parts.get("b") or "") or first
        word = parts["unit"].casefold()
        if (first or pattern in (_WEEK_OF, _WEEKDAY)) and first <= last <= first + 200:
            unit = (
                "day" if pattern is _WEEKDAY else UNIT.get(word, "day" if word == "d" else "week")
            )
            return (
                unit,
                first,
                last,
                clean_plain_text(found.group()),
                rest[separator.end() :] if separator else rest.strip(),
            )
    return "", 0, 0, "", text


def _can_follow_number(rest: str) -> bool:
    # “Step 2 of the way” and “Part 3 is hard” are sentences; “Week 3 Loops” and “Week 3 (Jan 5–11)” are names.
    start = rest.lstrip()
    return rest != start and (not start[0].isalpha() or start[0].isupper() or not start.isascii())


def _parse_number_word(text: str) -> int:
    low = text.casefold().rstrip(".")
    digits = re.match(r"\d+", low)
    if digits:
        return int(digits.group())
    return _CARDINAL.get(low) or _ORDINAL.get(low) or _ROMAN.get(low) or 0


def strip_optional_mark(text: str) -> tuple[str, bool]:
    """The text without “(optional)” and the like, and whether it said so."""
    if not any(word in text.casefold() for word in _SPARED):
        return text, False
    bare = clean_plain_text(_OPTIONAL.sub(" ", text))
    return (bare, True) if bare and bare != text else (text, False)


def split_time_span(text: str) -> tuple[str, str]:
    """The text without the time it states in brackets or at its end, and that time as a plan writes it; none is empty."""
    for found in _BRACKETED.finditer(text):
        time = parse_time_span(found.group(1))
        if time:
            return clean_plain_text(f"{text[: found.start()]} {text[found.end() :]}"), time
    tail = _TAIL.search(text[-60:]) if len(text) > 4 else None
    if tail and (time := parse_time_span(tail.group(1))):
        return text[: len(text) - len(tail.group())].rstrip(), time
    time = parse_time_span(text)
    return ("", time) if time else (text, "")


def parse_time_span(text: str) -> str:
    """A stated time and nothing else, as a plan writes it: `2-3 months`, `6+ months`, `30 minutes`; none is empty."""
    found = _TIME.fullmatch(text.strip(" .:;~"))
    return _format_time_span(found) if found else ""


def find_time_span(text: str) -> str:
    """The first time that a text states, unless it is a pace such as “5 hours per week”."""
    for found in _TIME.finditer(text[:400]):
        if found.group("a")[0].isdigit() and not _PACE.match(text[found.end() :].lstrip()):
            return _format_time_span(found)
    return ""


def _format_time_span(found: re.Match[str]) -> str:
    parts = found.groupdict()
    unit = _TIME_UNIT[parts["unit"].casefold()]
    low = float(
        _CARDINAL.get(parts["a"].casefold(), 0)
        or (1 if parts["a"].casefold() in ("a", "an") else parts["a"])
    )
    high = float(parts["b"] or low)
    if unit == "years":
        unit, low, high = "months", low * 12, high * 12
    if low <= 0 or high < low or high > 9999:
        return ""
    if parts["plus"] or parts["after"]:
        return f"{low:g}+ {unit}"
    return f"{low:g} {unit}" if high == low else f"{low:g}-{high:g} {unit}"


def _split_dates(text: str, unit: str) -> tuple[str, str, str]:
    """The text without the dates or week numbers in brackets: they say when, not what."""
    for found in _BRACKETED.finditer(text):
        inner = found.group(1)
        inside = parse_heading_name(inner) if re.match(r"(?:weeks?|wks?)\b", inner, re.I) else None
        bare = clean_plain_text(f"{text[: found.start()]} {text[found.end() :]}")
        if inside is not None and inside.unit == "week" and not inside.title and unit != "week":
            return bare, inner, f"{inside.unit_count} weeks"
        if unit and _MONTHS.search(inner) and not re.search(r"[a-z]{10}", normalize_words(inner)):
            return bare, inner, ""
    return text, "", ""
