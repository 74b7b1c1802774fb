"""`mydata export`: everything kept about whoever asks, as two files, or in pages of text."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import File, Message, paginate_lines, text_message
from bot.command import Call, HiddenOption, command
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.store.personal import PersonalData
from bot.views.journal import (
    JournalLine,
    JournalNames,
    build_journal,
    format_journal,
    format_personal_json,
)

PAGE_LINES = 40
JSON_NAME, JOURNAL_NAME = "syllabot-mydata.json", "syllabot-journal.md"
UNKNOWN = "I keep nothing about you."


@command(reads=True, section="settings", order=50, action="My data")
async def mydata_export(call: Call, page: Annotated[int | None, HiddenOption()] = None) -> Message:
    """Get everything I keep about you, as files only you can see."""
    if not call.person.id:
        return text_message(UNKNOWN)
    personal = await call.tx.personal.load_personal_data(call.person)
    lines = await _build_own_journal(call, personal)
    shown = _build_journal_page(lines, page or 1)
    if page is not None:
        return shown
    files = (
        File(JSON_NAME, format_personal_json(personal.sections, call.now)),
        File(JOURNAL_NAME, format_journal(lines)),
    )
    return replace(shown, files=files)


async def _build_own_journal(call: Call, personal: PersonalData) -> list[JournalLine]:
    zone = load_zone(call.person.zone or call.default_zone)
    names = await _build_names(call, personal)
    return build_journal(personal.sections, names, zone, call.now)


async def _build_names(call: Call, personal: PersonalData) -> JournalNames:
    roadmaps: dict[str, Roadmap] = {}
    cohorts = {}
    for seat in personal.memberships:
        cohorts[seat.cohort.name] = seat.cohort
        plan_id = seat.cohort.plan_id
        roadmaps[seat.cohort.roadmap] = await call.tx.cohorts.load_roadmap_by_id(plan_id)

    def name_item(roadmap_key: str, item_id: str) -> str:
        roadmap = roadmaps.get(roadmap_key)
        item = roadmap.items.get(item_id) if roadmap else None
        return item.title if item else item_id

    def name_week(cohort_name: str | None, week_id: str) -> str:
        cohort = cohorts.get(cohort_name or "")
        number = cohort.syllabus.get_week_number(week_id) if cohort else 0
        return f"week {number} of {cohort_name}" if number else week_id

    def name_letter(kind: str) -> str:
        known = call.post_kinds.kinds.get(kind)
        return known.title if known else kind

    return JournalNames(name_item, name_week, name_letter)


def _build_journal_page(lines: list[JournalLine], number: int) -> Message:
    page = paginate_lines([line.format_prose() for line in lines], number, PAGE_LINES)
    buttons = page.build_page_buttons("mydata export")
    more = () if buttons else (button_row(("Erase my data", "mydata erase")),)
    return text_message("\n".join(page.entries), *buttons, *more)
