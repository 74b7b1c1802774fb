"""The lines of a timeline: each post with a sign and a word, and quiet weeks folded into one line.

A week is quiet if each of its posts was sent in time, was left out for a known reason, or is still
to come. What went wrong, or was late, always has a line of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal

from bot.chat.address import Place
from bot.chat.message import escape_text
from bot.chat.text import join_names
from bot.group.calendar import convert_to_utc
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.post import PostSlot
from bot.views.dates import format_break_dates, format_day, list_clock_changes
from bot.views.notices import describe_homes

LineState = Literal["sent", "late", "skipped", "waiting", "failed", "unsure", "coming", "note"]
SIGNS: Mapping[LineState, str] = {
    "sent": "✓",
    "late": "◔",
    "skipped": "–",
    "waiting": "…",
    "failed": "✗",
    "unsure": "?",
    "coming": "○",
    "note": "",
}
"""None is an emoji: a page has many of them. The word beside each says the same."""
QUIET: frozenset[LineState] = frozenset({"sent", "skipped", "coming"})
FOLDED_FROM = 2  # lines of a week that become one


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A line of a timeline, as prose without its sign.

    `week`: the number of its week; 0 for what belongs to none.
    `title`, `opens`: how a list names what it opens, and the value for that; empty for nothing.
    """

    at: datetime
    text: str
    state: LineState
    week: int = 0
    title: str = ""
    opens: str = ""

    @property
    def text_with_sign(self) -> str:
        sign = SIGNS[self.state]
        return f"{sign} {self.text}" if sign else self.text


@dataclass(frozen=True, slots=True)
class CohortHomes:
    """The homes of a cohort by their ids, named from the view of `here`."""

    places: Mapping[int, Place]
    here: Place

    def describe_home_subset(self, ids: AbstractSet[int]) -> str:
        """Return the places of these homes, or nothing if they are all there are."""
        if ids >= self.places.keys():
            return ""
        known = [place for home_id, place in self.places.items() if home_id in ids]
        return describe_homes(known, self.here) if known else "in a former place"

    def describe_all(self) -> str:
        """Return the places of all homes."""
        return describe_homes(self.places.values(), self.here)


def sort_lines(lines: Iterable[TimelineLine]) -> list[TimelineLine]:
    """Return lines by time alone: those of one moment keep the order in which they are sent."""
    return sorted(lines, key=lambda line: line.at)


def join_line(*parts: str) -> str:
    """Return the parts of a line, without empty ones."""
    return " · ".join(part for part in parts if part)


def format_moment_in_zone(at: datetime, cohort: Cohort) -> str:
    """Return an instant in the cohort's zone, the same for every reader."""
    local = at.astimezone(load_zone(cohort.zone))
    return f"{format_day(local.date())}, {local:%H:%M}"


# — folding —


def find_open_weeks(cohort: Cohort, now: datetime) -> frozenset[int]:
    """Return the numbers of the weeks that are not folded: this one and the next."""
    current = cohort.week_at(now)
    if current is not None:
        return frozenset({current.number, current.number + 1})
    count = len(cohort.syllabus.weeks)
    is_over = cohort.finishes_at is not None and now >= cohort.finishes_at
    return frozenset({count} if is_over else {1, 2})


def fold_lines(
    lines: Sequence[TimelineLine], open_weeks: AbstractSet[int], cohort: Cohort
) -> list[TimelineLine]:
    """Return the lines with those of quiet weeks folded, past and coming ones apart."""
    groups: dict[tuple[int, bool], list[TimelineLine]] = defaultdict(list)
    for line in lines:
        if _can_fold(line, open_weeks):
            groups[line.week, line.state == "coming"].append(line)
    folded = []
    for line in lines:
        group = groups.get((line.week, line.state == "coming"), [])
        if len(group) < FOLDED_FROM or not _can_fold(line, open_weeks):
            folded.append(line)
        elif line is group[0]:
            folded.append(_fold_group(group, cohort))
    return folded


def _can_fold(line: TimelineLine, open_weeks: AbstractSet[int]) -> bool:
    return line.week > 0 and line.week not in open_weeks and line.state in QUIET


def _fold_group(group: Sequence[TimelineLine], cohort: Cohort) -> TimelineLine:
    first = group[0]
    counts: dict[str, int] = defaultdict(int)
    for line in group:
        counts[line.state] += 1
    words = join_names(f"{count} {state}" for state, count in counts.items())
    day = format_day(first.at.astimezone(load_zone(cohort.zone)).date())
    text = join_line(day, f"**Week {first.week}**", words)
    # A week in which nothing was sent says so with its sign.
    state: LineState = "sent" if "sent" in counts else first.state
    title = f"Week {first.week}"
    return TimelineLine(first.at, text, state, first.week, title, f"week/{first.week}")


# — lines that are no posts —


def list_break_lines(cohort: Cohort, now: datetime) -> list[TimelineLine]:
    """Return a line for each break."""
    is_over = cohort.state in {"finished", "archived"}
    today = cohort.get_cohort_date(now)
    lines = []
    for planned in cohort.breaks:
        # An ended cohort never came to its later breaks, and its pause is no break.
        if is_over and (planned.last is None or planned.first > today):
            continue
        at = convert_to_utc(planned.first, time(), cohort.zone)
        lines.append(TimelineLine(at, f"_Break: {format_break_dates(planned)}_", "note"))
    return lines


def list_clock_change_lines(
    slots: Sequence[PostSlot], cohort: Cohort, now: datetime
) -> list[TimelineLine]:
    """Return a line for each change of the clocks before the last post."""
    if not slots:
        return []
    last = slots[-1].at.astimezone(load_zone(cohort.zone)).date()
    lines = []
    for day, sentence in list_clock_changes(cohort.zone, cohort.get_cohort_date(now), last):
        at = convert_to_utc(day, time(), cohort.zone)
        lines.append(TimelineLine(at, f"_{sentence}; posts keep their local time_", "note"))
    return lines


def build_coming_line(
    at: datetime, title: str, cohort: Cohort, note: str = "coming"
) -> TimelineLine:
    """Return the line for a post to come, with its plain title."""
    text = join_line(format_moment_in_zone(at, cohort), f"**{escape_text(title)}**", note)
    return TimelineLine(at, text, "coming", title=title)


def place_in_week(line: TimelineLine, week: int, opens: str) -> TimelineLine:
    """Return a line that belongs to a week, and opens something."""
    return replace(line, week=week, opens=opens)
