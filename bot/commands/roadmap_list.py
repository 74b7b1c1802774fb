"""`roadmap list`: the roadmaps available here, built-in ones and the space's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Choice,
    Message,
    Select,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call, HiddenOption, command
from bot.group.fit import count_roadmap_weeks
from bot.roadmap import Roadmap
from bot.store.roadmaps import AvailableRoadmap

PAGE_SIZE = 10
MAX_TITLE, MAX_SUMMARY = 100, 120  # characters
ACTIVE_STATES = frozenset({"open", "running"})


@command(reads=True, order=40, action="Plans")
async def roadmap_list(call: Call, page: Annotated[int | None, HiddenOption()] = None) -> Message:
    """Show the plans a group here can use."""
    available = await call.load_available_roadmaps()
    group_counts = await _count_groups_by_roadmap(call)
    lines = _map_roadmap_lines(available, group_counts)
    line_page = paginate_lines(list(lines.values()), page or 1, PAGE_SIZE)
    slugs = [slug for slug, roadmap_line in lines.items() if roadmap_line in line_page.entries]
    blocks: list[Block] = [_build_roadmap_select(available, slugs)]
    blocks.extend(line_page.build_page_buttons(build_phrase("roadmap list")))
    if call.caller.is_moderator:
        versions_button = ("Versions", "roadmap versions")
        blocks.append(button_row(versions_button, ("Import a plan", "roadmap import")))
    return text_message("\n".join(line_page.entries), *blocks, title="Plans")


async def _count_groups_by_roadmap(call: Call) -> Counter[str]:
    group_counts: Counter[str] = Counter()
    for cohort in await call.tx.cohorts.list_cohorts_in_space(call.place):
        if cohort.state in ACTIVE_STATES:
            group_counts[cohort.roadmap] += 1
    return group_counts


def _map_roadmap_lines(
    available: Mapping[str, AvailableRoadmap], group_counts: Counter[str]
) -> dict[str, str]:
    lines = {}
    for slug, entry in available.items():
        lines[slug] = _format_roadmap_list_line(slug, entry, group_counts[entry.key])
    return lines


def _build_roadmap_select(available: Mapping[str, AvailableRoadmap], slugs: list[str]) -> Select:
    choices = []
    for slug in slugs:
        choices.append(Choice(shorten(available[slug].roadmap.title), slug, slug))
    return Select("Choose a plan", "roadmap show", "roadmap", tuple(choices))


def _format_roadmap_list_line(slug: str, entry: AvailableRoadmap, group_count: int) -> str:
    roadmap = entry.roadmap
    facts = [_format_roadmap_length(roadmap), format_count(len(roadmap.items), "item")]
    if entry.version:
        facts.append(f"version {entry.version}")
    if group_count:
        facts.append(f"used by {format_count(group_count, 'group')}")
    bold_title = f"**{escape_text(shorten(roadmap.title, MAX_TITLE))}**"
    short_summary = escape_text(shorten(roadmap.summary, MAX_SUMMARY))
    return f"• {bold_title} `{slug}` · {' · '.join(facts)}\n{short_summary}"


def _format_roadmap_length(roadmap: Roadmap) -> str:
    week_count = format_count(count_roadmap_weeks(roadmap), "week")
    if roadmap.weeks:
        return week_count
    # Without weeks of its own, a roadmap's length follows from the times of its stages.
    if any(stage.time for stage in roadmap.all_stages):
        return f"about {week_count}"
    return "any length"
