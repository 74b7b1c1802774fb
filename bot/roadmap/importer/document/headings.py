"""Documents whose headings are not marked as such: pasted chats, plain text, pages copied without their markup.

A line that names a week, a day or a phase is a heading wherever no marked one does; in a document without any marked
heading, so is a short line that stands alone and looks like one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.roadmap.importer.document.leading_signs import ENTRY

LONGEST_HEADING = 80

_MARKED = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_RULE = re.compile(r" {0,3}(=+|-{3,})[ \t]*$")
_NUMBER = r"(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[ivx]{1,4})\b)"
_UNIT = (
    r"(?:(?P<large>phases?|parts?|stages?|months?|quarters?|semesters?|terms?|levels?|monate?|mois|mes|meses|mese|mesi|"
    r"fases?|fasi|étapes?|etapas?)|"
    r"(?P<middle>weeks?|wks?|w|modules?|units?|lessons?|lectures?|sessions?|chapters?|sprints?|steps?|wochen?|semaines?|"
    r"semanas?|settiman[ae]|kapitel|lektion(?:en)?)|"
    r"(?P<small>days?|tage?|jours?|d[íi]as?|giorn[oi]))"
)
_NUMBERED = re.compile(rf"(?:the )?(?:[^\W\d]+ )?{_UNIT}[ \t#.-]{{0,3}}{_NUMBER}", re.IGNORECASE)
_ORDERED = re.compile(
    rf"(?:the )?(?:\d{{1,3}}(?:st|nd|rd|th|\.|º|ª|er?|ère)|first|second|third|fourth|fifth|sixth|seventh|eighth) {_UNIT}\b",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?:key |main )?(?:topics?|concepts?|learn|study|practi[cs]e|exercises?|tasks?|goals?|homework|reading|read|watch|build|"
    r"projects?|deliverables?|review|assignments?|activities|outcomes?|objectives?|to ?do)(?: to \w+)?",
    re.IGNORECASE,
)
_CLOSING = (".", "!", "?", ";", ",", "…")
_RANKS = ("large", "middle", "small")


@dataclass(frozen=True, slots=True)
class _HeadingCandidate:
    """A line that could be a heading, and what stands around it."""

    place: int
    words: str
    rank: str
    is_alone: bool
    is_above_entries: bool
    is_strong: bool
    """Whether it is bold as a whole, or began with a sign."""


def add_heading_marks(lines: Sequence[str], decorated: set[int]) -> list[str]:
    """The lines with the mark of a heading, or of an entry, where it was missing. `decorated` are the numbers of lines that
    began with a sign."""
    kept = list(lines)
    levels = _find_heading_levels(lines)
    smallest = max(
        (
            _RANKS.index(rank)
            for place in levels
            if (rank := _find_unit_rank(_strip_heading_marks(lines[place])))
        ),
        default=-1,
    )
    candidates = [
        _build_heading_candidate(lines, place, decorated)
        for place in _find_candidate_lines(lines, levels)
    ]
    if smallest >= 0:  # marked months may hold unmarked weeks, and marked weeks nothing but days
        candidates = [one for one in candidates if one.rank and _RANKS.index(one.rank) > smallest]
    ranks = {one.rank for one in candidates if one.rank}
    entries = _find_unit_entries(lines, candidates)
    above = _list_levels_above(levels, len(lines))
    has_title = bool(levels)
    for one in candidates:
        text = lines[one.place].strip()
        if one.place in entries:
            kept[one.place] = f"+ {text}"  # a mark of its own, so that no other list takes them in
        elif one.rank:
            kept[one.place] = (
                f"{'#' * min(6, max(1, above[one.place]) + _compute_unit_depth(one.rank, ranks))} {text}"
            )
            has_title = True
        elif not levels and _is_likely_heading(one, is_first=not has_title, has_units=bool(ranks)):
            kept[one.place] = f"{'##' if has_title else '#'} {text}"
            has_title = True
    return kept


def _find_heading_levels(lines: Sequence[str]) -> dict[int, int]:
    """The levels of the marked headings by their place."""
    found = {}
    above = before = ""
    for place, line in enumerate(lines):
        if heading := _MARKED.match(line):
            found[place] = len(heading.group(1))
        elif (rule := _RULE.match(line)) and _is_short_heading(above) and not before.strip():
            found[place - 1] = 1 if rule.group(1)[0] == "=" else 2
        above, before = line, above
    return found


def _is_short_heading(line: str) -> bool:
    return 0 < len(line.strip()) <= LONGEST_HEADING and not ENTRY.match(line)


def _list_levels_above(levels: Mapping[int, int], count: int) -> list[int]:
    """For each line the level of the marked heading above it, 0 without one."""
    found, level = [], 0
    for place in range(count):
        level = levels.get(place, level)
        found.append(level)
    return found


def _strip_heading_marks(line: str) -> str:
    """The words of a line without heading mark and bold, and without a sign that nobody dropped."""
    return line.strip(" \t#*_>")


def _find_unit_rank(words: str) -> str:
    found = _NUMBERED.match(words) or _ORDERED.match(words)
    return next((rank for rank in _RANKS if found[rank]), "") if found else ""


def _find_candidate_lines(lines: Sequence[str], levels: Mapping[int, int]) -> list[int]:
    return [
        place
        for place, line in enumerate(lines)
        if 0 < len(words := _strip_heading_marks(line)) <= LONGEST_HEADING
        and place not in levels
        and (
            not words.endswith(_CLOSING) or (words.endswith(("!", "?")) and _find_unit_rank(words))
        )
        and "|" not in line
        and "](" not in line
        and not line.lstrip().startswith(">")
        and not ENTRY.match(line)
        and any(letter.isalpha() for letter in words)
    ]


def _build_heading_candidate(
    lines: Sequence[str], place: int, decorated: set[int]
) -> _HeadingCandidate:
    above = lines[place - 1] if place else ""
    below = lines[place + 1] if place + 1 < len(lines) else ""
    words, text = _strip_heading_marks(lines[place]), lines[place].strip().rstrip(":")
    is_bold = text.startswith(("**", "__")) and text.endswith(("**", "__"))
    return _HeadingCandidate(
        place,
        words,
        _find_unit_rank(words),
        is_alone=not above.strip() and not below.strip(),
        is_above_entries=(not above.strip() or ENTRY.match(above) is not None)
        and ENTRY.match(below) is not None,
        is_strong=is_bold or place + 1 in decorated,
    )


def _find_unit_entries(lines: Sequence[str], candidates: Sequence[_HeadingCandidate]) -> set[int]:
    """The places of lines that name a unit and have nothing but another one below: entries of a list rather than headings."""
    ranks = {one.place: one.rank for one in candidates if one.rank}
    found: set[int] = set()
    last = -1
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if last in ranks and ranks[last] == ranks.get(place):
            found |= {last, place}
        elif last in found and place not in ranks:
            # With entries below it, the last of them is a heading after all.
            found -= {last} if ENTRY.match(line) else set()
        last = place
    return found


def _compute_unit_depth(rank: str, ranks: set[str]) -> int:
    """How far below the title, or the marked heading above, a unit of this size stands."""
    return 1 + sum(larger in ranks for larger in _RANKS[: _RANKS.index(rank)])


def _is_likely_heading(line: _HeadingCandidate, *, is_first: bool, has_units: bool) -> bool:
    ends_in_colon = line.words.endswith(":")
    if has_units and _INSIDE.fullmatch(line.words.rstrip(": *_")):
        return False
    if is_first and ends_in_colon:
        # "Here is your plan:" leads to the title and is not one.
        return False
    if line.is_alone:
        return is_first or line.is_strong or ends_in_colon or _is_title_case(line.words)
    return line.is_above_entries and (line.is_strong or ends_in_colon or _is_title_case(line.words))


def _is_title_case(words: str) -> bool:
    """Whether most of the longer words begin with a capital letter."""
    if not words[0].isupper() and not words[0].isdigit():
        return False
    longer: list[str] = re.findall(r"[^\W\d_]{4,}", words) or [words]
    return sum(word[0].isupper() for word in longer) >= 0.6 * len(longer)
