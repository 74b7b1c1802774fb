"""What fitting did to a plan, in plain sentences: at most about ten, whatever the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.group.calendar import Syllabus
from bot.group.fit.measure import Measured
from bot.group.fit.season import Draft
from bot.group.fit.spare import SLACK
from bot.group.fit.weeks import cut
from bot.roadmap import Roadmap

NAMED = 3
"""So many of a kind are named; the rest are counted."""

NAME = 60  # characters of a title inside a sentence


@dataclass(frozen=True, slots=True)
class Made:
    """What came of fitting: drafts and their syllabus, weeks off that found no room, whether something changed places."""

    syllabus: Syllabus
    drafts: tuple[Draft, ...]
    left_out: tuple[str, ...]
    off: int
    moved: bool
    season: int
    seasons: int


def notes(plan: Roadmap, scale: Measured, made: Made, hours: float | None) -> tuple[str, ...]:
    """What a moderator should know before saying yes."""
    return (
        *_season(made),
        *_spread(plan, made),
        *_together(plan, made),
        *_split(made),
        *_changed(scale, made),
        *_left_out(plan, made),
        *(_over(made, hours) if hours else ()),
    )


def _season(made: Made) -> Iterator[str]:
    if made.seasons > 1:
        held = [week.title for week in made.syllabus.weeks if week.items] or [
            made.syllabus.weeks[0].title
        ]
        first, last = held[0], held[-1]
        told = (
            f"“{cut(first, NAME)}”"
            if len(held) == 1
            else f"from “{cut(first, NAME)}” to “{cut(last, NAME)}”"
        )
        yield f"Season {made.season} of {made.seasons}: {told}."


def _spread(plan: Roadmap, made: Made) -> Iterator[str]:
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
        yield f"{what} over {_weeks(weeks)}."
    more = [draft for draft in made.drafts if not draft.items and draft.load]
    if more:
        items = dict.fromkeys(
            atom.of for draft in more for part in draft.parts for atom in part.atoms
        )
        named = _listed([f"“{cut(plan.items[item].title, NAME)}”" for item in items])
        yield f"{_weeks(len(more)).capitalize()} to go on with what takes longest: {named}."


def _together(plan: Roadmap, made: Made) -> Iterator[str]:
    numbers = {week.id: number for number, week in enumerate(plan.weeks, 1)}
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
        yield f"Put weeks {_listed([str(one) for one in held])} of the plan together in week {place}: {title}."


def _split(made: Made) -> Iterator[str]:
    parted = [
        (draft, draft.parts[0].week)
        for draft in made.drafts
        if draft.pieces > 1 and draft.piece == 1
    ]
    if parted:
        named = _listed(
            [f"“{cut(week.title, NAME)}” over {draft.pieces}" for draft, week in parted if week]
        )
        yield f"Gave more than one week to {_of(len(parted), 'week')} of the plan: {named}."


def _changed(scale: Measured, made: Made) -> Iterator[str]:
    if made.moved:
        yield "Some of it comes later than it is written, after what it requires."
    if made.off:
        yield f"There was no room for {_of(made.off, 'week')} off."
    if scale.disagree:
        told = [
            f"“{cut(stage.title, NAME)}” ({stage.time}, {_weeks(round(inner))})"
            for stage, inner in scale.disagree
        ]
        yield f"The parts take another time than is stated, and I went by the parts: {_listed(told)}."


def _left_out(plan: Roadmap, made: Made) -> Iterator[str]:
    if made.left_out:
        named = _listed([f"“{cut(plan.items[item].title, NAME)}”" for item in made.left_out])
        yield f"Left out, because time is short: {named}."


def _over(made: Made, hours: float) -> Iterator[str]:
    full = [
        (draft.load, -number)
        for number, draft in enumerate(made.drafts, 1)
        if draft.load > hours * 60 * SLACK
    ]
    if full:
        load, number = max(full)
        fullest = f"Week {-number} holds about {_of(round(load / 60), 'hour')}, you have {hours:g}"
        more = len(full) - 1
        yield (
            f"{fullest}; {_of(more, 'more week')} {'is' if more == 1 else 'are'} too full as well."
            if more
            else f"{fullest}."
        )


def _listed(words: Sequence[str]) -> str:
    """`a, b and c`; from the fourth on they are counted."""
    if len(words) > NAMED + 1:
        return f"{', '.join(words[:NAMED])} and {len(words) - NAMED} more"
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _weeks(count: int) -> str:
    return _of(count, "week")


def _of(count: int, what: str) -> str:
    return f"one {what}" if count == 1 else f"{count} {what}s"
