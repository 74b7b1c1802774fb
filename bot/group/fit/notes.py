"""The changes that fitting made to a plan, in plain sentences: about ten, whatever the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.group.calendar import Syllabus
from bot.group.fit.drafts import WeekDraft
from bot.group.fit.measure import RoadmapWorkload
from bot.group.fit.shares import SLACK, WeekTime
from bot.group.fit.titles import shorten_title
from bot.roadmap import Roadmap

NAMED = 3
"""A sentence names so many titles; the rest are counted."""

NAME = 60  # characters of a title inside a sentence

LIGHT = 0.5
"""A week with less than such a share of its time is light."""


@dataclass(frozen=True, slots=True)
class FitOutcome:
    """The result before it is put into words.

    `weeks_off_dropped`: weeks off that found no room.
    `weeks_asked`: more than there are where the plan has not enough to do.
    `is_light`: the whole plan needs much less than all the time.
    """

    syllabus: Syllabus
    drafts: tuple[WeekDraft, ...]
    items_left_out: tuple[str, ...]
    weeks_off_dropped: int
    is_reordered: bool
    season: int
    season_count: int
    weeks_asked: int
    is_light: bool


def list_fit_notes(
    roadmap: Roadmap, workload: RoadmapWorkload, outcome: FitOutcome, time: WeekTime
) -> tuple[str, ...]:
    """List the sentences for a moderator to read before saying yes."""
    notes = [
        *_describe_season(outcome),
        *_describe_stage_spread(outcome),
        *_describe_missing_weeks(outcome),
        *_describe_extra_weeks(roadmap, outcome),
        *_describe_shared_weeks(roadmap, outcome),
        *_describe_split_weeks(outcome),
        *_describe_long_items(roadmap, outcome),
        *_describe_fit_changes(workload, outcome),
        *_describe_items_left_out(roadmap, outcome),
    ]
    hours = time.minutes / 60
    if time.is_stated:
        notes += _describe_full_weeks(outcome, hours)
    if outcome.is_light:
        notes.append(_describe_light_plan(outcome, time))
    elif time.is_stated:
        notes += _describe_light_weeks(outcome, hours)
    return tuple(notes)


def _describe_season(outcome: FitOutcome) -> Iterator[str]:
    if outcome.season_count == 1:
        return
    weeks = outcome.syllabus.weeks
    titles = [week.title for week in weeks if week.items] or [weeks[0].title]
    span = _quote_title(titles[0])
    if len(titles) > 1:
        span = f"from {span} to {_quote_title(titles[-1])}"
    yield f"Season {outcome.season} of {outcome.season_count}: {span}."


def _holds_spread_items(draft: WeekDraft) -> bool:
    return any(part.week is None and part.atoms for part in draft.parts)


def _describe_stage_spread(outcome: FitOutcome) -> Iterator[str]:
    stage_ids: set[str] = set()
    for draft in outcome.drafts:
        for part in draft.parts:
            if part.week is None:
                stage_ids.update(atom.stages[0].id for atom in part.atoms)
    if not stage_ids:
        return
    weeks = sum(map(_holds_spread_items, outcome.drafts))
    stages = f"{len(stage_ids)} stages"
    if len(stage_ids) == 1:
        stages = "one stage"
    yield f"Spread {stages} without weeks over {_format_week_count(weeks)}."


def _describe_missing_weeks(outcome: FitOutcome) -> Iterator[str]:
    made = len(outcome.drafts)
    if made < outcome.weeks_asked:
        yield (
            f"There is not enough to do for {_format_week_count(outcome.weeks_asked)}, "
            f"so I made {_format_week_count(made)}."
        )


def _describe_extra_weeks(roadmap: Roadmap, outcome: FitOutcome) -> Iterator[str]:
    extra = [draft for draft in outcome.drafts if draft.is_extra]
    if not extra:
        return
    # A dict keeps the order, and each item once.
    items: dict[str, None] = {}
    for draft in extra:
        for part in draft.parts:
            items.update(dict.fromkeys(atom.main_item for atom in part.atoms))
    count = _format_week_count(len(extra))
    yield f"Added {count} without new items, for the longest ones: {_name_items(roadmap, items)}."


def _describe_shared_weeks(roadmap: Roadmap, outcome: FitOutcome) -> Iterator[str]:
    if _list_torn_weeks(outcome):
        return
    number_by_id = {week.id: number for number, week in enumerate(roadmap.weeks, 1)}
    shared = []
    pairs = zip(outcome.drafts, outcome.syllabus.weeks, strict=True)
    for week_number, (draft, week) in enumerate(pairs, 1):
        numbers = [number_by_id[part.week.id] for part in draft.parts if part.week]
        if len(numbers) > 1:
            shared.append((week_number, numbers, week.title))
    if len(shared) > NAMED:
        count = sum(len(numbers) for _, numbers, _ in shared)
        yield f"Put {count} weeks of the plan together into {len(shared)}, as evenly as possible."
        return
    for week_number, numbers, title in shared:
        listed = _join_words(list(map(str, numbers)))
        yield f"Put weeks {listed} of the plan together in week {week_number}: {title}."


def _list_torn_weeks(outcome: FitOutcome) -> list[str]:
    """List the titles of weeks in the plan of which a part shares its week with others."""
    titles: dict[str, None] = {}
    for draft in outcome.drafts:
        if len(draft.parts) > 1:
            titles.update(
                (part.week.title, None) for part in draft.parts if part.week and part.pieces > 1
            )
    return list(titles)


def _describe_split_weeks(outcome: FitOutcome) -> Iterator[str]:
    if torn := _list_torn_weeks(outcome):
        names = _join_words([_quote_title(title) for title in torn])
        yield f"Divided the items anew, so that no week is too full. Over two weeks go {names}."
        return
    split = []
    for draft in outcome.drafts:
        part = draft.parts[0]
        # The first piece stands for all of them.
        if part.week and part.pieces > 1 and part.piece == 1:
            split.append(f"{_quote_title(part.week.title)} over {part.pieces}")
    if split:
        weeks = _format_week_count(len(split))
        yield f"Gave more than one week to {weeks} of the plan: {_join_words(split)}."


def _describe_long_items(roadmap: Roadmap, outcome: FitOutcome) -> Iterator[str]:
    """Name the items that go over several weeks; members tick them in the first."""
    weeks: Counter[str] = Counter()
    for draft in outcome.drafts:
        atoms = [atom for part in draft.parts for atom in part.atoms if atom.shares > 1]
        weeks.update({atom.main_item for atom in atoms})
    longest = sorted((item for item in weeks if weeks[item] > 1), key=lambda item: -weeks[item])
    if longest:
        named = [f"{_quote_title(roadmap.items[item].title)} ({weeks[item]})" for item in longest]
        yield f"Long items go over several weeks: {_join_words(named)}."


def _describe_fit_changes(workload: RoadmapWorkload, outcome: FitOutcome) -> Iterator[str]:
    if outcome.is_reordered:
        yield "Moved some items later, after the items they require."
    if outcome.weeks_off_dropped:
        yield f"There was no room for {_format_week_count(outcome.weeks_off_dropped)} off."
    if workload.time_conflicts:
        stages = []
        for stage, weeks in workload.time_conflicts:
            inner = _format_week_count(round(weeks))
            stages.append(f"{_quote_title(stage.title)} ({stage.time}, its parts {inner})")
        yield f"Some stages and their parts disagree, so I used the parts: {_join_words(stages)}."


def _describe_items_left_out(roadmap: Roadmap, outcome: FitOutcome) -> Iterator[str]:
    if outcome.items_left_out:
        titles = _name_items(roadmap, outcome.items_left_out)
        yield f"Left out, because time is short: {titles}."


def _describe_full_weeks(outcome: FitOutcome, hours: float) -> Iterator[str]:
    full = []
    for number, draft in enumerate(outcome.drafts, 1):
        if draft.study_minutes > hours * 60 * SLACK:
            # Negative, so that among equally full weeks the first one is the greatest.
            full.append((draft.study_minutes, -number))
    if not full:
        return
    minutes, negative_number = max(full)
    time_needed = _format_count_in_words(round(minutes / 60), "hour")
    sentence = f"Week {-negative_number} needs about {time_needed}, and you have {hours:g}"
    others = len(full) - 1
    if others == 1:
        sentence += "; one more week is too full"
    if others > 1:
        sentence += f"; {others} more weeks are too full"
    yield f"{sentence}."


def _describe_light_plan(outcome: FitOutcome, time: WeekTime) -> str:
    minutes = sum(draft.study_minutes for draft in outcome.drafts)
    needed = _format_count_in_words(max(1, round(minutes / 60)), "hour")
    weeks = _format_week_count(len(outcome.drafts))
    if time.is_stated:
        hours = time.minutes / 60
        weeks += " of one hour" if hours == 1 else f" of {hours:g} hours"
    return f"That is light: about {needed} of work in {weeks}."


def _describe_light_weeks(outcome: FitOutcome, hours: float) -> Iterator[str]:
    light = []
    for number, draft in enumerate(outcome.drafts, 1):
        # Weeks off and weeks without new items are told of elsewhere.
        if draft.item_ids and draft.study_minutes < hours * 60 * LIGHT:
            light.append(str(number))
    if len(light) == 1:
        yield f"Week {light[0]} is light: it needs less than half of your time."
    elif light:
        listed = _join_words(light)
        yield f"Weeks {listed} are light: they need less than half of your time."


def _quote_title(title: str) -> str:
    return f"“{shorten_title(title, NAME)}”"


def _name_items(roadmap: Roadmap, items: Iterable[str]) -> str:
    return _join_words([_quote_title(roadmap.items[item].title) for item in items])


def _join_words(words: Sequence[str]) -> str:
    """`a, b and c`; from the fourth on they are counted."""
    if len(words) > NAMED + 1:
        return f"{', '.join(words[:NAMED])} and {len(words) - NAMED} more"
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _format_week_count(count: int) -> str:
    return _format_count_in_words(count, "week")


def _format_count_in_words(count: int, noun: str) -> str:
    if count == 1:
        return f"one {noun}"
    return f"{count} {noun}s"
