"""A roadmap as plain text for people who read it in a terminal: what it says, in the order of the file.

Ids stand only where a stage names another one; what is noted for the bot alone (equivalents, what a project earns) does not.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from bot.roadmap.model import (
    Certificate,
    Choice,
    Info,
    Item,
    PortfolioProject,
    Resource,
    Roadmap,
    Stage,
    Week,
)

WIDTH = 100


def page(plan: Roadmap) -> str:
    """The whole roadmap, its lines at most a hundred characters long where its words allow it."""
    lines = [plan.title, "=" * min(len(plan.title), WIDTH), *_set(plan.summary, 0)]
    for stage in plan.stages:
        lines += ["", *_stage(stage, 0, plan)]
    for choice in plan.choices:
        lines += ["", *_choice(choice, 0)]
    for heading, parts in (
        ("Resources", [line for one in plan.resources for line in _resource(one)]),
        ("Portfolio", [line for one in plan.portfolio for line in _project(one, plan)]),
        ("Certificates", [line for one in plan.certificates for line in _certificate(one)]),
    ):
        if parts:
            lines += ["", heading, "-" * len(heading), *parts]
    for info in plan.info:
        lines += ["", *_info(info)]
    return "\n".join([*lines, *_origin(plan)]) + "\n"


def _set(text: str, margin: int, mark: str = "") -> list[str]:
    """Text in lines, each below the beginning of the first."""
    first, below = " " * margin + mark, " " * (margin + len(mark))
    found: list[str] = []
    for part in text.split("\n"):
        begun = below if found else first
        wrapped = textwrap.wrap(
            part, WIDTH, initial_indent=begun, subsequent_indent=below, break_on_hyphens=False
        )
        found += wrapped or [""]
    return found


def _each(texts: Iterable[str | None], margin: int) -> Iterator[str]:
    """The texts there are, one below the other."""
    for text in texts:
        yield from _set(text, margin) if text else ()


def _noted(title: str, *notes: object) -> str:
    """A title with the facts there are in brackets behind it."""
    held = "; ".join(str(note) for note in notes if note)
    return f"{title} ({held})" if held else title


def _stage(stage: Stage, margin: int, plan: Roadmap) -> Iterator[str]:
    kind = "" if stage.kind == "normal" else stage.kind
    after = f"after {', '.join(stage.requires)}" if stage.requires else ""
    beside = f"beside {', '.join(stage.parallel_with)}" if stage.parallel_with else ""
    yield from _set(_noted(stage.title, stage.time, kind, stage.track, after, beside), margin)
    yield from _each(
        (stage.summary, *(f"Outcome: {outcome}" for outcome in stage.outcomes)), margin + 2
    )
    yield from _from(stage.resources, margin + 2, plan)
    for week in stage.weeks:
        yield from _week(week, plan.weeks.index(week) + 1, margin + 2, plan)
    for item in stage.items:
        yield from _item(item, margin + 2, plan)
    for inner in stage.stages:
        yield from _stage(inner, margin + 2, plan)
    for choice in stage.choices:
        yield from _choice(choice, margin + 2)


def _week(week: Week, number: int, margin: int, plan: Roadmap) -> Iterator[str]:
    yield from _set(
        _noted(f"Week {number}: {week.title}", "" if week.kind == "normal" else week.kind), margin
    )
    yield from _each((week.summary,), margin + 2)
    yield from _from(week.resources, margin + 2, plan)
    for item in week.items:
        yield from _item(item, margin + 2, plan)


def _item(item: Item, margin: int, plan: Roadmap) -> Iterator[str]:
    may = "" if item.essential else "if there is time"
    yield from _set(_noted(item.title, item.kind, item.estimate, may, item.track), margin, "- ")
    yield from _each(
        (item.summary, "; ".join(item.parts), _examples(item), item.recall), margin + 2
    )
    yield from _from(item.resources, margin + 2, plan)


def _examples(one: Item | PortfolioProject) -> str:
    return f"for example {'; '.join(one.examples)}" if one.examples else ""


def _choice(choice: Choice, margin: int) -> Iterator[str]:
    yield from _set(_noted(choice.title, f"choose {choice.pick}"), margin, "? ")
    yield from _each((choice.summary,), margin + 2)
    for option in choice.options:
        by_itself = "unless you choose" if option.id in choice.default else ""
        yield from _set(
            _noted(option.title or ", ".join(option.takes), by_itself), margin + 2, "- "
        )


def _from(resources: tuple[str, ...], margin: int, plan: Roadmap) -> list[str]:
    titles = "; ".join(plan.resource(one).title for one in resources)
    return _set(f"From: {titles}", margin) if titles else []


def _resource(one: Resource) -> Iterator[str]:
    count = f"{one.count} part{'' if one.count == 1 else 's'}" if one.count else ""
    facts = (
        one.kind,
        one.author,
        one.provider,
        one.platform,
        one.time,
        count,
        one.cost,
        one.certificate,
    )
    yield from _set(_noted(one.title, *facts), 0, "- ")
    yield from _each((one.link, one.summary, "; ".join(one.topics), _retired(one)), 2)


def _retired(one: Resource | Certificate) -> str:
    return f"Retired: {one.retired}" if one.retired else ""


def _project(one: PortfolioProject, plan: Roadmap) -> Iterator[str]:
    yield from _set(_noted(one.title, one.level), 0, "- ")
    yield from _each((one.summary, "; ".join(one.parts), _examples(one)), 2)
    yield from _from(one.resources, 2, plan)


def _certificate(one: Certificate) -> Iterator[str]:
    yield from _set(_noted(one.title, one.level, one.provider, one.focus), 0, "- ")
    yield from _each((one.link, _retired(one)), 2)


def _info(info: Info) -> Iterator[str]:
    heading = info.title or info.kind.replace("-", " ").capitalize()
    yield from (heading, "-" * len(heading))
    yield from _each((info.text,), 0)
    for point in info.points:
        yield from _set(point, 0, "- ")
    for pair in info.pairs:
        yield from _set(f"{pair.about} → {pair.says}", 0, "- ")


def _origin(plan: Roadmap) -> Iterator[str]:
    if plan.provenance is not None:
        origin = plan.provenance
        yield from ("", "Where it comes from", "-------------------")
        named = _noted(
            origin.title or "", origin.author, origin.published, origin.link, ", ".join(origin.tags)
        ).strip()
        yield from _set(named, 0) if named else []
        for note in origin.notes:
            yield from _set(note, 0, "- ")
