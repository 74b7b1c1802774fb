"""`roadmap list`: the roadmaps that a cohort here can take, those that come with the bot and the space's own."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import (
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
from bot.store.roadmaps import AvailableRoadmap

LISTED = 10
TITLE, SUMMARY = 100, 120  # characters


@command(reads=True, order=40, action="Roadmaps")
async def roadmap_list(call: Call, page: Annotated[int | None, HiddenOption()] = None) -> Message:
    """The roadmaps a group here can take."""
    there = await call.load_available_roadmaps()
    taken = [
        one.roadmap
        for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
        if one.state in {"open", "running"}
    ]
    lines = {
        slug: _format_roadmap_list_line(slug, one, taken.count(one.key))
        for slug, one in there.items()
    }
    shown = paginate_lines(list(lines.values()), page or 1, LISTED)
    here = [slug for slug, line in lines.items() if line in shown.entries]
    choices = tuple(Choice(shorten(there[slug].roadmap.title), slug, slug) for slug in here)
    own = (
        (button_row(("Versions", "roadmap versions"), ("Bring your own", "roadmap import")),)
        if call.caller.is_moderator
        else ()
    )
    return text_message(
        "\n".join(shown.entries),
        Select("Look at one", "roadmap show", "roadmap", choices),
        *shown.build_page_buttons(build_phrase("roadmap list")),
        *own,
        title="Roadmaps",
    )


def _format_roadmap_list_line(slug: str, one: AvailableRoadmap, groups: int) -> str:
    plan = one.roadmap
    facts = ["as long as you like"]
    if plan.weeks or any(stage.time for stage in plan.all_stages):
        facts = [
            f"{'' if plan.weeks else 'about '}{format_count(count_roadmap_weeks(plan), 'week')}"
        ]
    facts.append(format_count(len(plan.items), "item"))
    facts += [f"version {one.version} here"] if one.version else []
    facts += [f"{format_count(groups, 'group')} on it"] if groups else []
    return f"• **{escape_text(shorten(plan.title, TITLE))}** `{slug}` · {' · '.join(facts)}\n{escape_text(shorten(plan.summary, SUMMARY))}"
