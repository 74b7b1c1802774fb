"""A roadmap as plain text for people who read it in a terminal: what it says, in the order of the file.

Ids stand only where a stage names another one; what is noted for the bot alone (equivalents, what a project earns) does not.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from bot.roadmap.model import (
    Certificate,
    Info,
    Item,
    PortfolioProject,
    Resource,
    Roadmap,
    RoadmapChoice,
    Stage,
    Week,
)

WIDTH = 100


def render_roadmap_text(roadmap: Roadmap) -> str:
    """The whole roadmap, its lines at most a hundred characters long where its words allow it."""
    lines = [roadmap.title, "=" * min(len(roadmap.title), WIDTH), *_wrap_text(roadmap.summary, 0)]
    for stage in roadmap.stages:
        lines += ["", *_format_stage_text(stage, 0, roadmap)]
    for choice in roadmap.choices:
        lines += ["", *_format_choice_text(choice, 0)]
    for heading, parts in (
        ("Resources", [line for one in roadmap.resources for line in _format_resource_text(one)]),
        (
            "Portfolio",
            [line for one in roadmap.portfolio for line in _format_project_text(one, roadmap)],
        ),
        (
            "Certificates",
            [line for one in roadmap.certificates for line in _format_certificate_text(one)],
        ),
    ):
        if parts:
            lines += ["", heading, "-" * len(heading), *parts]
    for info in roadmap.info:
        lines += ["", *_format_info_text(info)]
    return "\n".join([*lines, *_format_provenance_text(roadmap)]) + "\n"


def _wrap_text(text: str, margin: int, mark: str = "") -> list[str]:
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


def _wrap_texts(texts: Iterable[str | None], margin: int) -> Iterator[str]:
    """The texts there are, one below the other."""
    for text in texts:
        yield from _wrap_text(text, margin) if text else ()


def _format_title_with_facts(title: str, *notes: object) -> str:
    """A title with the facts there are in brackets behind it."""
    held = "; ".join(str(note) for note in notes if note)
    return f"{title} ({held})" if held else title


def _format_stage_text(stage: Stage, margin: int, plan: Roadmap) -> Iterator[str]:
    kind = "" if stage.kind == "normal" else stage.kind
    after = f"after {', '.join(stage.requires)}" if stage.requires else ""
    beside = f"beside {', '.join(stage.parallel_with)}" if stage.parallel_with else ""
    yield from _wrap_text(
        _format_title_with_facts(stage.title, stage.time, kind, stage.track, after, beside), margin
    )
    yield from _wrap_texts(
        (stage.summary, *(f"Outcome: {outcome}" for outcome in stage.outcomes)), margin + 2
    )
    yield from _format_resource_titles(stage.resources, margin + 2, plan)
    for week in stage.weeks:
        yield from _format_week_text(week, plan.weeks.index(week) + 1, margin + 2, plan)
    for item in stage.items:
        yield from _format_item_text(item, margin + 2, plan)
    for inner in stage.stages:
        yield from _format_stage_text(inner, margin + 2, plan)
    for choice in stage.choices:
        yield from _format_choice_text(choice, margin + 2)


def _format_week_text(week: Week, number: int, margin: int, plan: Roadmap) -> Iterator[str]:
    yield from _wrap_text(
        _format_title_with_facts(
            f"Week {number}: {week.title}", "" if week.kind == "normal" else week.kind
        ),
        margin,
    )
    yield from _wrap_texts((week.summary,), margin + 2)
    yield from _format_resource_titles(week.resources, margin + 2, plan)
    for item in week.items:
        yield from _format_item_text(item, margin + 2, plan)


def _format_item_text(item: Item, margin: int, plan: Roadmap) -> Iterator[str]:
    may = "" if item.essential else "if there is time"
    yield from _wrap_text(
        _format_title_with_facts(item.title, item.kind, item.estimate, may, item.track),
        margin,
        "- ",
    )
    yield from _wrap_texts(
        (item.summary, "; ".join(item.parts), _format_examples(item), item.recall), margin + 2
    )
    yield from _format_resource_titles(item.resources, margin + 2, plan)


def _format_examples(one: Item | PortfolioProject) -> str:
    return f"for example {'; '.join(one.examples)}" if one.examples else ""


def _format_choice_text(choice: RoadmapChoice, margin: int) -> Iterator[str]:
    yield from _wrap_text(
        _format_title_with_facts(choice.title, f"choose {choice.pick}"), margin, "? "
    )
    yield from _wrap_texts((choice.summary,), margin + 2)
    for option in choice.options:
        by_itself = "unless you choose" if option.id in choice.default else ""
        yield from _wrap_text(
            _format_title_with_facts(option.title or ", ".join(option.takes), by_itself),
            margin + 2,
            "- ",
        )


def _format_resource_titles(resources: tuple[str, ...], margin: int, plan: Roadmap) -> list[str]:
    titles = "; ".join(plan.get_resource(one).title for one in resources)
    return _wrap_text(f"From: {titles}", margin) if titles else []


def _format_resource_text(one: Resource) -> Iterator[str]:
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
    yield from _wrap_text(_format_title_with_facts(one.title, *facts), 0, "- ")
    yield from _wrap_texts(
        (one.link, one.summary, "; ".join(one.topics), _format_retirement(one)), 2
    )


def _format_retirement(one: Resource | Certificate) -> str:
    return f"Retired: {one.retired}" if one.retired else ""


def _format_project_text(one: PortfolioProject, plan: Roadmap) -> Iterator[str]:
    yield from _wrap_text(_format_title_with_facts(one.title, one.level), 0, "- ")
    yield from _wrap_texts((one.summary, "; ".join(one.parts), _format_examples(one)), 2)
    yield from _format_resource_titles(one.resources, 2, plan)


def _format_certificate_text(one: Certificate) -> Iterator[str]:
    yield from _wrap_text(
        _format_title_with_facts(one.title, one.level, one.provider, one.focus), 0, "- "
    )
    yield from _wrap_texts((one.link, _format_retirement(one)), 2)


def _format_info_text(info: Info) -> Iterator[str]:
    heading = info.title or info.kind.replace("-", " ").capitalize()
    yield from (heading, "-" * len(heading))
    yield from _wrap_texts((info.text,), 0)
    for point in info.points:
        yield from _wrap_text(point, 0, "- ")
    for pair in info.pairs:
        yield from _wrap_text(f"{pair.about} → {pair.says}", 0, "- ")


def _format_provenance_text(plan: Roadmap) -> Iterator[str]:
    if plan.provenance is not None:
        origin = plan.provenance
        yield from ("", "Where it comes from", "-------------------")
        named = _format_title_with_facts(
            origin.title or "", origin.author, origin.published, origin.link, ", ".join(origin.tags)
        ).strip()
        yield from _wrap_text(named, 0) if named else []
        for note in origin.notes:
            yield from _wrap_text(note, 0, "- ")
