"""The choices a moderator has where a plan needs another time than there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from bot.group.fit.divide import count_groups
from bot.group.fit.parts import FitPart
from bot.group.fit.season import has_room, is_much_longer
from bot.group.fit.shares import SLACK, WeekTime, divide_long_atoms

Way = Literal["whole", "trimmed", "shortened", "essentials", "seasons"]

MOST_WEEKS = 104
MOST_HOURS = 80

MUCH_ROOM = 0.6
"""A plan that fills a smaller share of the time is offered in fewer weeks."""


FAIRLY_FULL = 0.75
"""Seasons that fill a smaller share of their time are offered in fewer weeks, too."""


@dataclass(frozen=True, slots=True)
class FitOffer:
    """One way to fit the plan: a button's label, a sentence, and what to ask for.

    `season` is `all`, `essentials` or a number; empty where nobody need choose one. `is_taken`
    marks the way that was taken.
    """

    label: str
    sentence: str
    weeks: int
    hours: float | None
    season: str = ""
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class FitQuestion:
    """What a plan needs beside what there is, and the ways out. `parts` hold the whole plan.

    `essential_parts`: None where nothing can be left out.
    `measure_parts`: the whole plan at other hours; what is stated in weeks grows with them.
    `count_seasons`: the number of seasons in other weeks.
    """

    parts: Sequence[FitPart]
    essential_parts: Sequence[FitPart] | None
    weeks: int
    time: WeekTime
    way: Way
    season_count: int
    omitted_count: int
    measure_parts: Callable[[float], Sequence[FitPart]]
    count_seasons: Callable[[int], int]

    @property
    def total_minutes(self) -> int:
        return _count_minutes(self.parts)

    @property
    def light_minutes(self) -> float:
        """The work below which there is much more time than anybody needs."""
        weeks_off = sum(part.weeks for part in self.parts if not part.atoms)
        return MUCH_ROOM * max(0, self.weeks - weeks_off) * self.time.minutes

    @property
    def hours(self) -> float:
        return self.time.minutes / 60


def count_weeks_needed(parts: Sequence[FitPart], time: WeekTime) -> int:
    """Count the weeks with such a time that all items need."""
    atoms = [atom for part in parts for atom in part.atoms]
    weights = [max(1, atom.load) for atom in divide_long_atoms(atoms, time.minutes)]
    return count_groups(weights, max(int(time.limit), max(weights)))


def list_offers(question: FitQuestion) -> tuple[str, tuple[FitOffer, ...]]:
    """Return a sentence on what the plan needs, and the ways to fit it; nothing if it fits."""
    if question.time.is_stated:
        if not has_room(question.parts, question.weeks, question.time):
            return _describe_hours_needed(question), tuple(_list_offers_by_hours(question))
        if question.way == "trimmed":
            return _describe_full_weeks(question), tuple(_list_offers_to_trim(question))
        return "", tuple(_offer_fewer_weeks(question))
    if is_much_longer(question.parts, question.weeks, question.time):
        return _describe_weeks_needed(question), tuple(_list_offers_by_weeks(question))
    return "", ()


def _describe_hours_needed(question: FitQuestion) -> str:
    needed = max(1, round(question.total_minutes / 60))
    there = f"{_format_weeks(question.weeks)} of {_format_hours(question.hours)}"
    return f"The whole plan takes about {_format_hours(needed)}, and you have {there}."


def _describe_full_weeks(question: FitQuestion) -> str:
    return f"Some weeks of the plan take more than {_format_hours(question.hours)}."


def _list_offers_to_trim(question: FitQuestion) -> Iterator[FitOffer]:
    weeks, hours = question.weeks, question.hours
    yield from _offer_less(question)
    sentence = f"{_format_weeks(weeks)} with everything: some items move into the week after."
    yield FitOffer("Keep everything", sentence, weeks, hours, "all")


def _describe_weeks_needed(question: FitQuestion) -> str:
    needed = _count_own_weeks(question)
    return (
        f"The whole plan takes about {_format_weeks(needed)}, "
        f"and you have {_format_weeks(question.weeks)}."
    )


def _count_own_weeks(question: FitQuestion) -> int:
    return min(MOST_WEEKS, sum(part.weeks for part in question.parts if part.atoms))


def _list_offers_by_hours(question: FitQuestion) -> Iterator[FitOffer]:
    weeks, hours = question.weeks, question.hours
    if question.way == "whole":
        sentence = f"{_format_weeks(weeks)}, everything at once: too full."
        yield FitOffer("All at once", sentence, weeks, hours, "all", is_taken=True)
    yield _offer_seasons(question, hours)
    yield from _offer_shorter_seasons(question)
    yield from _offer_less(question)
    if (needed := count_weeks_needed(question.parts, question.time)) <= MOST_WEEKS:
        time = f"{_format_weeks(needed)} of {_format_hours(hours)}"
        sentence = f"{time}: everything, in one go."
        yield FitOffer(_format_weeks(needed), sentence, needed, hours, "all")
    if longer := _count_hours_needed(question):
        time = f"{_format_weeks(weeks)} of {_format_hours(longer)}"
        sentence = f"{time}: everything, in one go."
        yield FitOffer(f"{longer} hours a week", sentence, weeks, longer, "all")


def _list_offers_by_weeks(question: FitQuestion) -> Iterator[FitOffer]:
    weeks = question.weeks
    yield _offer_seasons(question, None)
    needed = _count_own_weeks(question)
    sentence = f"{_format_weeks(needed)}: everything, in one go."
    yield FitOffer(_format_weeks(needed), sentence, needed, None, "all")
    hours = _format_hours(max(1, round(question.total_minutes / weeks / 60)))
    sentence = f"{_format_weeks(weeks)}: everything at once, about {hours} a week."
    is_taken = question.way == "whole"
    yield FitOffer("All at once", sentence, weeks, None, "all", is_taken)


def _offer_seasons(question: FitQuestion, hours: float | None) -> FitOffer:
    count = f"{question.season_count} seasons"
    length = _format_weeks(question.weeks)
    sentence = f"{count} of {length}: everything, one part after the other."
    is_taken = question.way == "seasons"
    return FitOffer(count, sentence, question.weeks, hours, "1", is_taken)


def _offer_shorter_seasons(question: FitQuestion) -> Iterator[FitOffer]:
    """Offer as many seasons in fewer weeks, where theirs would be light."""
    count = question.season_count
    room = count * question.weeks * question.time.minutes
    if count == 1 or question.total_minutes > FAIRLY_FULL * room:
        return
    shortest = ceil(question.total_minutes / count / question.time.limit)
    for weeks in range(max(1, shortest), question.weeks):
        if question.count_seasons(weeks) == count:
            length = _format_weeks(weeks)
            sentence = f"{count} seasons of {length}: everything, in fuller weeks."
            yield FitOffer(f"{count} × {length}", sentence, weeks, question.hours, "1")
            return


def _offer_less(question: FitQuestion) -> Iterator[FitOffer]:
    """Offer to leave out what is not essential, where that is enough."""
    weeks, hours = question.weeks, question.hours
    length = _format_weeks(weeks)
    if question.way in ("trimmed", "shortened"):
        items = "one item" if question.omitted_count == 1 else f"{question.omitted_count} items"
        sentence = f"{length} without {items} that can be left out."
        yield FitOffer("Leave items out", sentence, weeks, hours, "", is_taken=True)
        return
    is_taken = question.way == "essentials"
    parts = question.essential_parts
    if parts and (is_taken or _count_minutes(parts) <= weeks * question.time.limit):
        sentence = f"{length} with the essential items only."
        if not has_room(parts, weeks, question.time):
            sentence = f"{length} with the essential items only: some weeks are too full."
        yield FitOffer("Essentials only", sentence, weeks, hours, "essentials", is_taken)


def _count_minutes(parts: Sequence[FitPart]) -> int:
    return sum(part.total_load for part in parts)


def _count_hours_needed(question: FitQuestion) -> int | None:
    """Count the whole hours a week that all items need in so many weeks; None for too many."""
    first = max(1, ceil(question.total_minutes / question.weeks / 60 / SLACK))
    for hours in range(first, MOST_HOURS + 1):
        time = WeekTime(hours * 60, is_stated=True)
        if has_room(question.parts, question.weeks, time):
            longer = question.measure_parts(hours)
            return hours if has_room(longer, question.weeks, time) else None
    return None


def _offer_fewer_weeks(question: FitQuestion) -> Iterator[FitOffer]:
    if question.total_minutes >= question.light_minutes:
        return
    hours = question.hours
    needed = count_weeks_needed(question.parts, question.time)
    time = f"{_format_weeks(needed)} of {_format_hours(hours)}"
    sentence = f"{time}: as much time as there is to do."
    yield FitOffer(_format_weeks(needed), sentence, needed, hours)


def _format_weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


def _format_hours(count: float) -> str:
    return "1 hour" if count == 1 else f"{count:g} hours"
