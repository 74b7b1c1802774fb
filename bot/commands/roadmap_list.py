"""`roadmap list`: the gallery of plans by subject, built-in ones and the space's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Message,
    Select,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call, HiddenOption, command
from bot.store.roadmaps import AvailableRoadmap
from bot.views.gallery import list_card_facts, list_plan_choices, map_headings, sort_cards

PAGE_SIZE = 10
MAX_TITLE, MAX_SUMMARY = 100, 120  # characters
ACTIVE_STATES = frozenset({"open", "running"})


@command(reads=True, order=40, action="Plans")
async def roadmap_list(call: Call, page: Annotated[int | None, HiddenOption()] = None) -> Message:
    """Show the plans a group here can use."""
    available = await call.load_available_roadmaps()
    group_counts = await _count_groups_by_roadmap(call)
    entries = _sort_by_subject(available)
    lines = [_format_plan_line(entry, group_counts[entry.key]) for entry in entries]
    line_page = paginate_lines(lines, page or 1, PAGE_SIZE)
    shown = [entry for entry, line in zip(entries, lines, strict=True) if line in line_page.entries]
    blocks: list[Block] = [_build_plan_select(shown)]
    blocks.extend(line_page.build_page_buttons(build_phrase("roadmap list")))
    if call.caller.is_moderator:
        versions_button = ("Versions", "roadmap versions")
        blocks.append(button_row(versions_button, ("Import a plan", "roadmap import")))
    text = "\n".join(_list_lines_below_headings(entries, shown, line_page.entries))
    return text_message(text, *blocks, title="Plans")


async def _count_groups_by_roadmap(call: Call) -> Counter[str]:
    group_counts: Counter[str] = Counter()
    for cohort in await call.tx.cohorts.list_cohorts_in_space(call.place):
        if cohort.state in ACTIVE_STATES:
            group_counts[cohort.roadmap] += 1
    return group_counts


def _sort_by_subject(available: Mapping[str, AvailableRoadmap]) -> list[AvailableRoadmap]:
    by_title = sorted(available.values(), key=lambda entry: entry.card.title.casefold())
    sorted_cards = sort_cards(entry.card for entry in by_title)
    return [available[card.slug] for card in sorted_cards]


def _list_lines_below_headings(
    entries: Sequence[AvailableRoadmap], shown: Sequence[AvailableRoadmap], lines: Sequence[str]
) -> list[str]:
    """Return a page's lines, the first of each subject below its heading."""
    headings = map_headings([entry.card for entry in entries])
    texts = []
    heading = ""
    for entry, line in zip(shown, lines, strict=True):
        if headings[entry.slug] != heading:
            heading = headings[entry.slug]
            texts.append(f"**{escape_text(heading)}**")
        texts.append(line)
    return texts


def _build_plan_select(shown: Sequence[AvailableRoadmap]) -> Select:
    own_slugs = [entry.slug for entry in shown if entry.version]
    choices = list_plan_choices([entry.card for entry in shown], own_slugs)
    return Select("Look into a plan", "roadmap show", "roadmap", tuple(choices))


def _format_plan_line(entry: AvailableRoadmap, group_count: int) -> str:
    card = entry.card
    facts = [*list_card_facts(card), format_count(card.item_count, "item")]
    if entry.version:
        facts.append(f"version {entry.version}")
    if group_count:
        facts.append(f"used by {format_count(group_count, 'group')}")
    bold_title = f"**{escape_text(shorten(card.title, MAX_TITLE))}**"
    about = f"For: {card.audience}" if card.audience else shorten(card.summary, MAX_SUMMARY)
    return f"• {bold_title} `{entry.slug}` · {' · '.join(facts)}\n{escape_text(about)}"
