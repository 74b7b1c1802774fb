"""A week at a glance: its title, its sentence, its time, and the item to start with."""

from __future__ import annotations

from collections.abc import Iterable

from bot.chat.message import MESSAGE_PROSE, TITLE, escape_text, format_link
from bot.chat.text import shorten
from bot.group.calendar import CalendarWeek, Syllabus, SyllabusWeek
from bot.group.cohort import Cohort
from bot.group.first_item import sum_estimates
from bot.group.route import Route
from bot.roadmap import Item, Roadmap, Stage, Week
from bot.views.durations import format_duration, format_time_sum

# Characters of prose; the longest week's post has room for both.
SENTENCE = 300
RESOURCE_TITLE = 60
# For a message's title, which Discord counts too, and for labels and short notices.
KEPT_FREE = 250


def format_week_title(week: CalendarWeek, cohort: Cohort) -> str:
    """Return a week's title with its number and the number of all weeks, in plain text."""
    count = len(cohort.syllabus.weeks)
    return shorten(f"Week {week.number} of {count} · {week.week.title}", TITLE)


# — the week's sentence —


def find_week_sentence(roadmap: Roadmap, syllabus: Syllabus, week: SyllabusWeek) -> str:
    """Return what the plan says about a week, in prose; empty if it says nothing.

    A part of the plan that is spread over several weeks is told in its first one. Where no week
    of the plan says anything, its stage does.
    """
    sentences = _list_summaries(_find_plan_weeks(roadmap, syllabus, week))
    if not sentences:
        sentences = _list_summaries(_find_begun_stages(roadmap, syllabus, week))[-1:]
    return escape_text(shorten(" ".join(sentences), SENTENCE))


def _list_summaries(parts: Iterable[Week | Stage]) -> list[str]:
    return [" ".join(part.summary.split()) for part in parts if part.summary]


def _find_plan_weeks(roadmap: Roadmap, syllabus: Syllabus, week: SyllabusWeek) -> list[Week]:
    """Return the plan's weeks that begin in a week of the cohort."""
    if not week.items:
        return [plan_week for plan_week in roadmap.weeks if plan_week.id == week.id]
    begun: dict[str, Week] = {}
    earlier = _list_earlier_items(syllabus, week)
    for item_id in week.items:
        plan_week = roadmap.find_week_of_item(item_id)
        if plan_week is not None and not any(item.id in earlier for item in plan_week.items):
            begun[plan_week.id] = plan_week
    return list(begun.values())


def _find_begun_stages(roadmap: Roadmap, syllabus: Syllabus, week: SyllabusWeek) -> list[Stage]:
    """Return the stages that begin in a week, the outer ones before those inside them."""
    earlier_stages = {
        part.id
        for item_id in _list_earlier_items(syllabus, week)
        for part in roadmap.get_item_path(item_id)
    }
    begun: dict[str, Stage] = {}
    for item_id in week.items[:1]:
        for part in roadmap.get_item_path(item_id):
            if isinstance(part, Stage) and part.id not in earlier_stages:
                begun[part.id] = part
    return list(begun.values())


def _list_earlier_items(syllabus: Syllabus, week: SyllabusWeek) -> frozenset[str]:
    earlier: list[str] = []
    for other in syllabus.weeks:
        if other.id == week.id:
            break
        earlier += other.items
    return frozenset(earlier)


# — time —


def list_counted_items(week: SyllabusWeek, route: Route) -> tuple[str, ...]:
    """Return the items that make up a week's work: of equivalent ones, the first on the route."""
    counted = []
    for slot in route.slots.get(week.id, ()):
        own = (item_id for item_id in week.items if item_id in slot and route.is_on_route(item_id))
        counted.append(next(own))
    return tuple(counted)


def format_week_time(roadmap: Roadmap, item_ids: Iterable[str]) -> str:
    """Return the time of items, such as `about 6 h`; empty if most of it is unknown."""
    return format_time_sum(sum_estimates(roadmap, item_ids))


# — items —


def format_start_line(roadmap: Roadmap, item: Item, *, has_end: bool = False) -> str:
    """Return the item to start with in prose, with its time and its first resource.

    `has_end`: it also says how to know that the item is done.
    """
    line = f"**Start here:** {escape_text(item.title)}"
    detail = format_item_detail(roadmap, item, has_end=has_end)
    return f"{line} · {detail}" if detail else line


def format_item_detail(roadmap: Roadmap, item: Item, *, has_end: bool = False) -> str:
    """Return an item's time and first resource in prose, empty if it has neither.

    `has_end`: a second line says how to know that the item is done.
    """
    facts = []
    if item.minutes is not None:
        facts.append(format_duration(item.minutes))
    if not item.essential:
        facts.append("if there is time")
    link = format_first_link(roadmap, item)
    if link:
        facts.append(link)
    detail = " · ".join(facts)
    if not has_end or not item.done_when:
        return detail
    done_when = f"_Done when:_ {escape_text(item.done_when)}"
    return f"{detail}\n{done_when}" if detail else done_when


def format_first_link(roadmap: Roadmap, item: Item, *, article: str = "") -> str:
    """Return the link to an item's first resource in prose; empty for an item without one.

    `article` stands before the resource's kind, where that is all there is to say.
    """
    resource = roadmap.find_first_link(item)
    if resource is None:
        return ""
    label = shorten(resource.title, RESOURCE_TITLE)
    # An imported item is often named by its link: the same words twice would help nobody.
    if resource.title.casefold() == item.title.casefold():
        label = f"{article} {resource.kind}".lstrip()
    return format_link(label, resource.link or "")


def compute_list_room(*texts: str) -> int:
    """Return the characters that a message's other texts leave to its list."""
    return MESSAGE_PROSE - KEPT_FREE - sum(map(len, texts))
