"""A week of a plan as people would get it, before a cohort follows the plan."""

from __future__ import annotations

from bot.chat.message import escape_text
from bot.chat.text import format_count
from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.fit import FitResult
from bot.roadmap import Roadmap
from bot.views.durations import format_duration
from bot.views.week_guide import find_week_sentence, format_item_detail, format_week_time

PREVIEW_ITEMS = 6  # beside the whole plan


def render_week_preview(roadmap: Roadmap, preview: FitResult) -> str:
    """Return the first week with its sentence and the titles of its first items."""
    syllabus = preview.syllabus
    week = syllabus.weeks[0]
    lines = []
    if preview.season_count > 1:
        lines.append(f"The plan is long: this is the first of {preview.season_count} seasons.")
    lines.append(f"**Week 1 of {len(syllabus.weeks)}: {escape_text(week.title)}**")
    lines.append(render_preview_heading(roadmap, syllabus, week))
    for item_id in week.items[:PREVIEW_ITEMS]:
        item = roadmap.items[item_id]
        line = f"• {escape_text(item.title)}"
        lines.append(line if item.minutes is None else f"{line} · {format_duration(item.minutes)}")
    left = len(week.items) - PREVIEW_ITEMS
    if left > 0:
        lines.append(f"… and {format_count(left, 'more item')}")
    return "\n".join(line for line in lines if line)


def render_preview_heading(roadmap: Roadmap, syllabus: Syllabus, week: SyllabusWeek) -> str:
    """Return a week's stage, its time and its sentence; empty if it has none of them."""
    facts = []
    if week.stage and week.stage not in week.title:
        facts.append(f"_{escape_text(week.stage)}_")
    if time := format_week_time(roadmap, week.items):
        facts.append(time)
    sentence = find_week_sentence(roadmap, syllabus, week)
    return "\n".join(line for line in (" · ".join(facts), sentence) if line)


def render_preview_item(roadmap: Roadmap, item_id: str) -> str:
    """Return an item with its time, its first link, and how to know that it is done."""
    item = roadmap.items[item_id]
    line = f"• **{escape_text(item.title)}** _{item.kind}_"
    detail = format_item_detail(roadmap, item, has_end=True)
    return f"{line} · {detail}" if detail else line
