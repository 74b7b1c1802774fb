"""The list of members: whom a moderator asks for, and in which order they stand. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.shift import get_week_number

# Stored in phrases: never renamed.
RosterSort = Literal["joined", "need", "progress", "checkin", "name"]
RosterFilter = Literal["away", "hidden", "way-back"]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A seat as far as a list is chosen and sorted by it.

    `alias`: the name shown to others, if it is another one. `has_plan`: a catch-up plan.
    """

    member_id: int
    person_id: int
    name: str
    alias: str
    joined_at: datetime
    score: int
    hidden: bool
    shift: int
    has_plan: bool


@dataclass(frozen=True, slots=True)
class RosterQuestion:
    """What a moderator asks for. `track`: an id; empty for the usual route, None for any."""

    name: str = ""
    sort: RosterSort = "joined"
    week: int | None = None
    track: str | None = None
    only: RosterFilter | None = None

    @property
    def has_filter(self) -> bool:
        return bool(self.name or self.only) or (self.week, self.track) != (None, None)


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """What is read beside the seats. Facts that a question does not ask for may be left out.

    By member id: those who are away today, the instants of last check-ins, the ids in the order of
    need. By person id: those who wait to move, and tracks.
    """

    away_ids: frozenset[int] = frozenset()
    mover_ids: frozenset[int] = frozenset()
    tracks: Mapping[int, str] = field(default_factory=dict)
    checkins: Mapping[int, datetime] = field(default_factory=dict)
    needy_ids: Sequence[int] = ()

    def has_way_back(self, row: RosterRow) -> bool:
        """Return True for a member who catches up, has moved their weeks, or waits to move."""
        return row.has_plan or row.shift > 0 or row.person_id in self.mover_ids


def choose_rows(
    rows: Sequence[RosterRow],
    question: RosterQuestion,
    facts: RosterFacts,
    cohort: Cohort,
    now: datetime,
) -> list[RosterRow]:
    """Return the members somebody asks for, sorted."""
    chosen = list(rows)
    for is_meant in _list_filters(rows, question, facts, cohort, now):
        chosen = [row for row in chosen if is_meant(row)]
    return _sort_rows(chosen, question.sort, facts)


def _list_filters(
    rows: Sequence[RosterRow],
    question: RosterQuestion,
    facts: RosterFacts,
    cohort: Cohort,
    now: datetime,
) -> list[Callable[[RosterRow], bool]]:
    filters: list[Callable[[RosterRow], bool]] = []
    if question.name:
        typed = question.name.casefold()
        filters.append(lambda row: typed in row.name.casefold() or typed in row.alias.casefold())
    if question.week is not None:
        shifts = _find_shifts_in_week({row.shift for row in rows}, question.week, cohort, now)
        filters.append(lambda row: row.shift in shifts)
    if question.track is not None:
        filters.append(lambda row: facts.tracks.get(row.person_id, "") == question.track)
    if question.only == "away":
        filters.append(lambda row: row.member_id in facts.away_ids)
    if question.only == "hidden":
        filters.append(lambda row: row.hidden)
    if question.only == "way-back":
        filters.append(facts.has_way_back)
    return filters


def _find_shifts_in_week(
    shifts: set[int], week: int, cohort: Cohort, now: datetime
) -> frozenset[int]:
    """Return the shifts by which this week is the current one, by the cohort's own date."""
    found = set()
    for shift in shifts:
        somebody = Member(0, cohort.id, Person(0, ""), now, shift=shift)
        if get_week_number(somebody, cohort, now) == week:
            found.add(shift)
    return frozenset(found)


def _sort_rows(rows: list[RosterRow], sort: RosterSort, facts: RosterFacts) -> list[RosterRow]:
    if sort == "progress":
        return sorted(rows, key=lambda row: (-row.score, row.member_id))
    if sort == "name":
        return sorted(rows, key=lambda row: (row.name.casefold(), row.member_id))
    if sort == "need":
        places = {member_id: place for place, member_id in enumerate(facts.needy_ids)}
        last = len(places)
        return sorted(rows, key=lambda row: (places.get(row.member_id, last), row.member_id))
    if sort == "checkin":
        return sorted(rows, key=lambda row: _get_checkin_rank(row, facts))
    return sorted(rows, key=lambda row: (row.joined_at, row.member_id))


def _get_checkin_rank(row: RosterRow, facts: RosterFacts) -> tuple[float, int]:
    """Return the newest check-in first, and those without one last."""
    at = facts.checkins.get(row.member_id)
    return (-at.timestamp() if at is not None else 0.0, row.member_id)
