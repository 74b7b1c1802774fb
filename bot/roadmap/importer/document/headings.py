"""Headings without a mark, in pasted chats, plain text and pages copied without their markup.

A line that names a week, a day or a phase is a heading, unless marked headings name the same.
In a document without any marked heading, a short line by itself can be one, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.roadmap.importer.document.leading_signs import ENTRY

LONGEST_HEADING = 80
_DEEPEST_LEVEL = 6

_MARKED = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})[ \t]*$")
_NUMBER = r"(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[ivx]{1,4})\b)"
_UNIT = (
    r"(?:(?P<large>phases?|parts?|stages?|months?|quarters?|semesters?|terms?|levels?|tiers?|monate?|"
    r"mois|mes|meses|mese|mesi|fases?|fasi|étapes?|etapas?)|"
    r"(?P<middle>weeks?|wks?|w|modules?|units?|lessons?|lectures?|sessions?|chapters?|sprints?|"
    r"steps?|wochen?|semaines?|semanas?|settiman[ae]|kapitel|lektion(?:en)?)|"
    r"(?P<small>days?|tage?|jours?|d[íi]as?|giorn[oi]))"
)
_NUMBERED_UNIT = re.compile(
    rf"(?:the )?(?:[^\W\d]+ )?{_UNIT}[ \t#.-]{{0,3}}{_NUMBER}", re.IGNORECASE
)
_ORDERED_UNIT = re.compile(
    r"(?:the )?(?:\d{1,3}(?:st|nd|rd|th|\.|º|ª|er?|ère)|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth) "
    rf"{_UNIT}\b",
    re.IGNORECASE,
)
# Chinese, Japanese and Korean: 第1周, 第一章, 1日目, 1주차.
_COUNTED_UNIT = re.compile(
    r"(?:第\s*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*|\d{1,3}\s*(?=\w{1,2}\s?[目차]))"
    r"(?:(?P<large>阶段|階段|部分|部|月|个月|個月|か月|ヶ月|단계|부|개월|달)|"
    r"(?P<middle>周|週|星期|课|課|节|節|讲|講|章|回|주|강|장)|(?P<small>天|日|일))"
)
# Labels inside a week: there are many of them, and they are no headings of the document.
_INNER_LABEL = re.compile(
    r"(?:key |main )?(?:topics?|concepts?|learn|study|practi[cs]e|exercises?|tasks?|goals?|"
    r"homework|reading|read|watch|build|projects?|deliverables?|review|assignments?|activities|"
    r"outcomes?|objectives?|to ?do)(?: to \w+)?",
    re.IGNORECASE,
)
_SENTENCE_ENDS = (".", "!", "?", ";", ",", "…")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_CAPITAL_SHARE = 0.6
Rank = Literal["large", "middle", "small"]
_RANKS: tuple[Rank, ...] = ("large", "middle", "small")


@dataclass(frozen=True, slots=True)
class _HeadingCandidate:
    """A line that could be a heading, and its neighbourhood."""

    place: int
    words: str
    rank: Rank | None
    """The size of the unit it names; None without a unit."""
    is_alone: bool
    is_above_entries: bool
    is_strong: bool
    """Whether all of it is bold, or it began with a sign."""


def add_heading_marks(lines: Sequence[str], decorated: set[int]) -> list[str]:
    """Return the lines with the missing marks for headings and entries.

    `decorated` has the numbers of lines that began with a sign.
    """
    levels = _find_heading_levels(lines)
    candidates = _list_candidates(lines, levels, decorated)
    entries = _find_unit_entries(lines, candidates)
    marker = _HeadingMarker(lines, levels, candidates)
    kept = list(lines)
    for candidate in candidates:
        text = lines[candidate.place].strip()
        mark = marker.find_mark(candidate)
        if candidate.place in entries:
            # A mark no other list uses keeps them out of the lists around them.
            mark = "+"
        if mark:
            kept[candidate.place] = f"{mark} {text}"
            marker.has_title = marker.has_title or mark != "+"
    return kept


def _list_candidates(
    lines: Sequence[str], levels: Mapping[int, int], decorated: set[int]
) -> list[_HeadingCandidate]:
    candidates = _list_unmarked_candidates(lines, levels, decorated)
    smallest = _find_smallest_rank(lines, levels)
    if smallest < 0:
        return candidates
    # Marked months may hold unmarked weeks, and marked weeks nothing but days.
    return [candidate for candidate in candidates if _is_smaller(candidate.rank, smallest)]


def _list_unmarked_candidates(
    lines: Sequence[str], levels: Mapping[int, int], decorated: set[int]
) -> list[_HeadingCandidate]:
    candidates: list[_HeadingCandidate] = []
    for place, line in enumerate(lines):
        if place not in levels and _can_be_heading(line):
            candidates.append(_build_heading_candidate(lines, place, decorated))
    return candidates


def _find_smallest_rank(lines: Sequence[str], levels: Iterable[int]) -> int:
    """Return the place in `_RANKS` for the smallest unit in a marked heading; -1 without one."""
    smallest = -1
    for place in levels:
        if rank := find_unit_rank(lines[place]):
            smallest = max(smallest, _RANKS.index(rank))
    return smallest


def _is_smaller(rank: Rank | None, than: int) -> bool:
    return rank is not None and _RANKS.index(rank) > than


class _HeadingMarker:
    """Chooses the marks for unmarked headings."""

    def __init__(
        self,
        lines: Sequence[str],
        levels: Mapping[int, int],
        candidates: Iterable[_HeadingCandidate],
    ) -> None:
        self.has_title = bool(levels)
        self._has_marks = bool(levels)
        self._levels_above = _list_levels_above(levels, len(lines))
        self._ranks = {candidate.rank for candidate in candidates if candidate.rank}

    def find_mark(self, candidate: _HeadingCandidate) -> str:
        """Return the mark for a candidate; empty if it is no heading."""
        if candidate.rank:
            # Below the marked heading above it, or below a title.
            above = max(1, self._levels_above[candidate.place])
            level = above + _compute_unit_depth(candidate.rank, self._ranks)
            return "#" * min(_DEEPEST_LEVEL, level)
        if self._has_marks:
            return ""
        is_first = not self.has_title
        if not _is_likely_heading(candidate, is_first=is_first, has_units=bool(self._ranks)):
            return ""
        return "#" if is_first else "##"


def _find_heading_levels(lines: Sequence[str]) -> dict[int, int]:
    """Return the levels of the marked headings, by their place."""
    levels: dict[int, int] = {}
    above = before = ""
    for place, line in enumerate(lines):
        underline = _UNDERLINE.match(line)
        if heading := _MARKED.match(line):
            levels[place] = len(heading.group(1))
        # A paragraph of several lines above a rule is text.
        elif underline and _is_short_heading(above) and not before.strip():
            levels[place - 1] = 1 if underline.group(1)[0] == "=" else 2
        above, before = line, above
    return levels


def _is_short_heading(line: str) -> bool:
    return 0 < len(line.strip()) <= LONGEST_HEADING and not ENTRY.match(line)


def _list_levels_above(levels: Mapping[int, int], count: int) -> list[int]:
    """Return for each line the level of the marked heading above it, 0 without one."""
    levels_above: list[int] = []
    level = 0
    for place in range(count):
        level = levels.get(place, level)
        levels_above.append(level)
    return levels_above


def _strip_heading_marks(line: str) -> str:
    """Return a line's words without heading mark, bold and quote."""
    return line.strip(" \t#*_>")


def find_unit_rank(line: str) -> Rank | None:
    """Return the size of the unit that a heading names, with or without its marks."""
    words = _strip_heading_marks(line)
    match = _NUMBERED_UNIT.match(words) or _ORDERED_UNIT.match(words) or _COUNTED_UNIT.match(words)
    if match is None:
        return None
    return next((rank for rank in _RANKS if match[rank]), None)


def _can_be_heading(line: str) -> bool:
    """Return True for a short line of words: no entry, quote, table, link or sentence."""
    words = _strip_heading_marks(line)
    if not 0 < len(words) <= LONGEST_HEADING or not any(map(str.isalpha, words)):
        return False
    if "|" in line or "](" in line or line.lstrip().startswith(">") or ENTRY.match(line):
        return False
    if not words.endswith(_SENTENCE_ENDS):
        return True
    # “Week 2: in the café!” is a name; “Ready?” is a sentence.
    return words.endswith(("!", "?")) and find_unit_rank(words) is not None


def _build_heading_candidate(
    lines: Sequence[str], place: int, decorated: set[int]
) -> _HeadingCandidate:
    above = lines[place - 1] if place else ""
    below = lines[place + 1] if place + 1 < len(lines) else ""
    words = _strip_heading_marks(lines[place])
    is_after_block = not above.strip() or ENTRY.match(above) is not None
    return _HeadingCandidate(
        place,
        words,
        find_unit_rank(words),
        is_alone=not above.strip() and not below.strip(),
        is_above_entries=is_after_block and ENTRY.match(below) is not None,
        is_strong=_is_bold_text(lines[place]) or place + 1 in decorated,
    )


def _is_bold_text(line: str) -> bool:
    text = line.strip().rstrip(":")
    return text.startswith(("**", "__")) and text.endswith(("**", "__"))


def _find_unit_entries(lines: Sequence[str], candidates: Sequence[_HeadingCandidate]) -> set[int]:
    """Return the places of units with only another unit below: list entries, and no headings."""
    ranks = {candidate.place: candidate.rank for candidate in candidates if candidate.rank}
    entries: set[int] = set()
    last = -1
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if last in ranks and ranks[last] == ranks.get(place):
            entries |= {last, place}
        elif last in entries and place not in ranks and ENTRY.match(line):
            # With entries below it, the last unit is a heading after all.
            entries.discard(last)
        last = place
    return entries


def _compute_unit_depth(rank: Rank, ranks: Collection[Rank]) -> int:
    """Return a unit's depth below the title, or below the marked heading above."""
    larger_ranks = _RANKS[: _RANKS.index(rank)]
    return 1 + sum(larger in ranks for larger in larger_ranks)


def _is_likely_heading(candidate: _HeadingCandidate, *, is_first: bool, has_units: bool) -> bool:
    ends_in_colon = candidate.words.endswith(":")
    if has_units and _INNER_LABEL.fullmatch(candidate.words.rstrip(": *_")):
        return False
    # “Here is your plan:” leads to the title, and is not the title.
    if is_first and ends_in_colon:
        return False
    if is_first and candidate.is_alone:
        return True
    stands_out = candidate.is_strong or ends_in_colon or _is_title_case(candidate.words)
    return stands_out and (candidate.is_alone or candidate.is_above_entries)


def _is_title_case(words: str) -> bool:
    """Return True if most of the longer words begin with a capital letter."""
    if not words[0].isupper() and not words[0].isdigit():
        return False
    longer: list[str] = _LONG_WORD.findall(words) or [words]
    capitals = sum(word[0].isupper() for word in longer)
    return capitals >= _CAPITAL_SHARE * len(longer)
