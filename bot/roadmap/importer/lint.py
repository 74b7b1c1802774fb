"""Remarks about a readable roadmap: repetitions, times that do not add up, missing links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.roadmap import Resource, Roadmap, Stage, TimeSpan
from bot.roadmap.importer.report import ImportReport, ReportEntry
from bot.roadmap.problem import shorten_author_text

MOST_ODDITIES = 60
MOST_NAMED = 3
# A book or a tool can do without a link; these cannot be reached without one.
_NEED_LINK = ("course", "specialisation", "lectures", "docs", "site", "community", "lab")
# A month has four weeks to one author and thirty-one days to another.
_DAYS_IN_UNIT = {"days": (1, 1), "weeks": (7, 7), "months": (28, 31)}


@dataclass(frozen=True, slots=True)
class _Oddity:
    """One remark, and words near it in the text, the nearest ones first."""

    places: tuple[str, ...]
    sentence: str


def lint_roadmap(roadmap: Roadmap, text: str) -> ImportReport:
    """Return remarks about a roadmap, each with its line in the text, or 0 if it is not found."""
    oddities = [
        *_find_duplicate_items(roadmap),
        *_find_duplicate_links(roadmap),
        *_check_stage_times(roadmap),
        *_find_missing_links(roadmap),
    ]
    entries: list[ReportEntry] = []
    for oddity in oddities[:MOST_ODDITIES]:
        line = _find_text_line(text, oddity.places)
        entries.append(ReportEntry(line, "odd", oddity.sentence))
    # Adding to an empty report sorts the entries by line.
    return ImportReport() + ImportReport(tuple(entries))


def _find_text_line(text: str, places: tuple[str, ...]) -> int:
    for words in places:
        if words and (start := text.find(words)) >= 0:
            return text.count("\n", 0, start) + 1
    return 0


def _quote(text: str) -> str:
    return f"“{shorten_author_text(text)}”"


def _find_duplicate_items(roadmap: Roadmap) -> Iterator[_Oddity]:
    for stage in roadmap.all_stages:
        items = list(stage.items)
        for week in stage.weeks:
            items += week.items
        first_ids: dict[str, str] = {}
        for item in items:
            first_id = first_ids.setdefault(item.title.casefold(), item.id)
            if first_id != item.id:
                sentence = (
                    f"{_quote(item.title)} is in {_quote(stage.title)} twice: "
                    "rename or remove one of them."
                )
                yield _Oddity((f"id: {item.id}", item.title), sentence)


def _find_duplicate_links(roadmap: Roadmap) -> Iterator[_Oddity]:
    links = Counter(resource.link for resource in roadmap.resources if resource.link)
    for link, count in links.items():
        if count > 1:
            address = shorten_author_text(link)
            yield _Oddity((link,), f"{count} resources have the same link, so keep one: {address}.")


def _check_stage_times(roadmap: Roadmap) -> Iterator[_Oddity]:
    for stage in roadmap.all_stages:
        inner_days = _estimate_inner_days(stage)
        if stage.time is None or inner_days is None or stage.time.unit not in _DAYS_IN_UNIT:
            continue
        low, high = _compute_span_days(stage.time)
        inner_low, inner_high = inner_days
        if inner_high < low or inner_low > high:
            total = _format_weeks(inner_low, inner_high)
            sentence = (
                f"{_quote(stage.title)} says {stage.time}, but its parts add up to {total}: "
                "correct one of the two."
            )
            yield _Oddity((f"id: {stage.id}", stage.title), sentence)


def _format_weeks(low_days: float, high_days: float) -> str:
    longest = None
    # Without an end, as in “6+ months”, the sum has no end either.
    if high_days < float("inf"):
        longest = round(high_days / 7)
    return str(TimeSpan(round(low_days / 7), longest, "weeks"))


def _estimate_inner_days(stage: Stage) -> tuple[float, float] | None:
    """Return the days for a stage's parts, from and to; None unless every part has a time."""
    if stage.weeks:
        days = 7.0 * len(stage.weeks)
        return days, days
    spans: list[tuple[float, float]] = []
    for inner in stage.stages:
        if inner.time is None or inner.time.unit not in _DAYS_IN_UNIT:
            return None
        spans.append(_compute_span_days(inner.time))
    if not spans:
        return None
    return sum(low for low, _ in spans), sum(high for _, high in spans)


def _compute_span_days(time: TimeSpan) -> tuple[float, float]:
    short, long = _DAYS_IN_UNIT[time.unit]
    if time.max is None:
        return time.min * short, float("inf")
    return time.min * short, time.max * long


def _find_missing_links(roadmap: Roadmap) -> Iterator[_Oddity]:
    missing = [resource for resource in roadmap.resources if _is_link_missing(resource)]
    if not missing:
        return
    names = ", ".join(_quote(resource.title) for resource in missing[:MOST_NAMED])
    if len(missing) > MOST_NAMED:
        names += f" and {len(missing) - MOST_NAMED} more"
    resources = "this resource" if len(missing) == 1 else "these resources"
    places = (f"id: {missing[0].id}", missing[0].title)
    yield _Oddity(places, f"Add a link to {resources}: {names}.")


def _is_link_missing(resource: Resource) -> bool:
    return not resource.link and not resource.retired and resource.kind in _NEED_LINK
