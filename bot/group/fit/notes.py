"""What fitting did to a plan, in plain sentences: at most about ten, whatever the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.group.calendar import Syllabus
from bot.group.fit.measure import RoadmapWorkload
from bot.group.fit.omission import SLACK
from bot.group.fit.season import WeekDraft
from bot.group.fit.weeks import shorten_title
from bot.roadmap import Roadmap

NAMED = 3
"""So many of a kind are named; the rest are counted."""

NAME = 60  # characters of a title inside a sentence


@dataclass(frozen=True, slots=True)
class FitOutcome:
    """What came of fitting: drafts and their syllabus, weeks off that found no room, whether something changed places."""

    syllabus: Syllabus
    drafts: tuple[WeekDraft, ...]
    items_left_out: tuple[str, ...]
    weeks_off_dropped: int
    is_reordered: bool
    season: int
    season_count: int


def list_fit_notes(
    roadmap: Roadmap, workload: RoadmapWorkload, outcome: FitOutcome, hours: float | None
) -> tuple[str, ...]:
    """What a moderator should know before saying yes."""
    return (
        *_describe_season(outcome),
        *_describe_stage_spread(roadmap, outcome),
        *_describe_shared_weeks(roadmap, outcome),
        *_describe_split_weeks(outcome),
        *_describe_fit_changes(workload, outcome),
        *_describe_items_left_out(roadmap, outcome),
        *(_describe_full_weeks(outcome, hours) if hours else ()),
    )


def _describe_season(made: FitOutcome) -> Iterator[str]:
    if made.season_count > 1:
        held = [week.title for week in made.syllabus.weeks if week.items] or [
            made.syllabus.weeks[0].title
        ]
        first, last = held[0], held[-1]
        told = (
            f"“{shorten_title(first, NAME)}”"
            if len(held) == 1
            else f"from “{shorten_title(first, NAME)}” to “{shorten_title(last, NAME)}”"
        )
        yield f"Season {made.season} of {made.season_count}: {told}."


def _describe_stage_spread(roadmap: Roadmap, made: FitOutcome) -> Iterator[str]:
    loose = [
        part for draft in made.drafts for part in draft.parts if part.week is None and part.atoms
    ]
    stages = {atom.stages[0].id for part in loose for atom in part.atoms}
    if stages:
        weeks = sum(
            any(part.week is None and part.atoms for part in draft.parts) for draft in made.drafts
        )
        what = (
            "Spread one stage without weeks"
            if len(stages) == 1
            else f"Spread {len(stages)} stages without weeks"
        )
        yield f"{what} over {_format_week_count(weeks)}."
    more = [draft for draft in made.drafts if not draft.item_ids and draft.study_minutes]
    if more:
        items = dict.fromkeys(
            atom.main_item for draft in more for part in draft.parts for atom in part.atoms
        )
        named = _join_words(
            [f"“{shorten_title(roadmap.items[item].title, NAME)}”" for item in items]
        )
        yield f"{_format_week_count(len(more)).capitalize()} to go on with what takes longest: {named}."


def _describe_shared_weeks(roadmap: Roadmap, made: FitOutcome) -> Iterator[str]:
    numbers = {week.id: number for number, week in enumerate(roadmap.weeks, 1)}
    found = [
        (place, [numbers[part.week.id] for part in draft.parts if part.week], week.title)
        for place, (draft, week) in enumerate(zip(made.drafts, made.syllabus.weeks, strict=True), 1)
    ]
    shared = [one for one in found if len(one[1]) > 1]
    if len(shared) > NAMED:
        count = sum(len(held) for _, held, _ in shared)
        yield f"Put {count} weeks of the plan together into {len(shared)}, the fullest as light as it can be."
        return
    for place, held, title in shared:
        yield f"Put weeks {_join_words([str(one) for one in held])} of the plan together in week {place}: {title}."


def _describe_split_weeks(made: FitOutcome) -> Iterator[str]:
    parted = [
        (draft, draft.parts[0].week)
        for draft in made.drafts
        if draft.piece_count > 1 and draft.piece_number == 1
    ]
    if parted:
        named = _join_words(
            [
                f"“{shorten_title(week.title, NAME)}” over {draft.piece_count}"
                for draft, week in parted
                if week
            ]
        )
        yield f"Gave more than one week to {_format_count_in_words(len(parted), 'week')} of the plan: {named}."


def _describe_fit_changes(scale: RoadmapWorkload, made: FitOutcome) -> Iterator[str]:
    if made.is_reordered:
        yield "Some of it comes later than it is written, after what it requires."
    if made.weeks_off_dropped:
        yield f"There was no room for {_format_count_in_words(made.weeks_off_dropped, 'week')} off."
    if scale.time_conflicts:
        told = [
            f"“{shorten_title(stage.title, NAME)}” ({stage.time}, {_format_week_count(round(inner))})"
            for stage, inner in scale.time_conflicts
        ]
        yield f"The parts take another time than is stated, and I went by the parts: {_join_words(told)}."


def _describe_items_left_out(roadmap: Roadmap, made: FitOutcome) -> Iterator[str]:
    if made.items_left_out:
        named = _join_words(
            [f"“{shorten_title(roadmap.items[item].title, NAME)}”" for item in made.items_left_out]
        )
        yield f"Left out, because time is short: {named}."


def _describe_full_weeks(made: FitOutcome, hours: float) -> Iterator[str]:
    full = [
        (draft.study_minutes, -number)
        for number, draft in enumerate(made.drafts, 1)
        if draft.study_minutes > hours * 60 * SLACK
    ]
    if full:
        load, number = max(full)
        fullest = f"Week {-number} holds about {_format_count_in_words(round(load / 60), 'hour')}, you have {hours:g}"
        more = len(full) - 1
        yield (
            f"{fullest}; {_format_count_in_words(more, 'more week')} {'is' if more == 1 else 'are'} too full as well."
            if more
            else f"{fullest}."
        )


def _join_words(words: Sequence[str]) -> str:
    """`a, b and c`; from the fourth on they are counted."""
    if len(words) > NAMED + 1:
        return f"{', '.join(words[:NAMED])} and {len(words) - NAMED} more"
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _format_week_count(count: int) -> str:
    return _format_count_in_words(count, "week")


def _format_count_in_words(count: int, what: str) -> str:
    return f"one {what}" if count == 1 else f"{count} {what}s"
