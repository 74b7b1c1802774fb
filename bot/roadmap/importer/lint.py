"""What its author should look at again in a plan that can be read: the same thing twice, times that do not add up, courses
and pages that lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.roadmap import Roadmap, Stage, TimeSpan
from bot.roadmap.importer.report import ImportReport, ReportEntry
from bot.roadmap.problem import shorten_author_text

MOST_ODDITIES = 60
MOST_NAMED = 3
_LEADING_SOMEWHERE = ("course", "specialisation", "lectures", "docs", "site", "community", "lab")
# A month has four weeks to one author and thirty-one days to another.
_DAYS = {"days": (1, 1), "weeks": (7, 7), "months": (28, 31)}


def lint_roadmap(roadmap: Roadmap, text: str) -> ImportReport:
    """What is odd about a plan, each with the line of the text it was read from where that can be found."""
    found = [
        *_find_duplicates(roadmap),
        *_check_stage_times(roadmap),
        *_find_missing_links(roadmap),
    ]
    return ImportReport() + ImportReport(
        tuple(
            ReportEntry(_find_name_line(text, *names), "odd", said)
            for *names, said in found[:MOST_ODDITIES]
        )
    )


def _find_name_line(text: str, *names: str) -> int:
    """The first line on which one of the names stands; 0 if none does."""
    for name in names:
        if name and (place := text.find(name)) >= 0:
            return text.count("\n", 0, place) + 1
    return 0


def _find_duplicates(plan: Roadmap) -> Iterator[tuple[str, ...]]:
    for stage in plan.all_stages:
        items = [*stage.items, *(item for week in stage.weeks for item in week.items)]
        seen: dict[str, str] = {}
        for item in items:
            first = seen.setdefault(item.title.casefold(), item.id)
            if first != item.id:
                yield (
                    f"id: {item.id}",
                    item.title,
                    f"“{shorten_author_text(item.title)}” stands twice in “{shorten_author_text(stage.title)}”.",
                )
    links = Counter(resource.link for resource in plan.resources if resource.link)
    for link, count in links.items():
        if count > 1:
            yield link, f"{count} resources have the same link: {shorten_author_text(link)}."


def _check_stage_times(plan: Roadmap) -> Iterator[tuple[str, ...]]:
    for stage in plan.all_stages:
        inside = _estimate_inner_days(stage)
        if stage.time is None or inside is None or stage.time.unit not in _DAYS:
            continue
        (low, high), (least, most) = _compute_span_days(stage.time), inside
        if most < low or least > high:
            total = TimeSpan(
                round(least / 7), round(most / 7) if most < float("inf") else None, "weeks"
            )
            said = f"“{shorten_author_text(stage.title)}” states {stage.time}, and what is inside adds up to {total}."
            yield f"id: {stage.id}", stage.title, said


def _estimate_inner_days(stage: Stage) -> tuple[float, float] | None:
    """How many days what is inside a stage takes, from and to; None where not every part says so."""
    if stage.weeks:
        return 7.0 * len(stage.weeks), 7.0 * len(stage.weeks)
    times = [inner.time for inner in stage.stages]
    spans = [_compute_span_days(time) for time in times if time is not None and time.unit in _DAYS]
    if not spans or len(spans) < len(times):
        return None
    return sum(low for low, _ in spans), sum(high for _, high in spans)


def _compute_span_days(time: TimeSpan) -> tuple[float, float]:
    short, long = _DAYS[time.unit]
    return time.min * short, float("inf") if time.max is None else time.max * long


def _find_missing_links(plan: Roadmap) -> Iterator[tuple[str, ...]]:
    missing = [
        one
        for one in plan.resources
        if not one.link and not one.retired and one.kind in _LEADING_SOMEWHERE
    ]
    if missing:
        named = ", ".join(f"“{shorten_author_text(one.title)}”" for one in missing[:MOST_NAMED])
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        what = "These resources have" if len(missing) > 1 else "This resource has"
        yield f"id: {missing[0].id}", missing[0].title, f"{what} no link: {named}{more}."
