"""`roadmap publish`: what becomes of an import, said by the buttons under its preview: read on, publish it or leave it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    ROW,
    Button,
    Buttons,
    Message,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import join_names, shorten
from bot.command import Call, HiddenOption, command
from bot.group.cohort import Cohort
from bot.group.revision import compare_roadmaps, describe_diff, list_diff_lines
from bot.store.roadmaps import PendingImport, RoadmapVersion
from bot.views.import_report import format_report_entry

LISTED = 14
LINE, TITLE, NAME = 280, 100, 40  # characters
MOVING = ROW - 1


@command(moderators=True, hidden=True)
async def roadmap_publish(
    call: Call,
    number: Annotated[str, "Which import"] = "",
    over: Annotated[int, HiddenOption()] = 0,
    show: Annotated[Literal["report", "changes"] | None, HiddenOption()] = None,
    leave: Annotated[bool, HiddenOption()] = False,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Publish a plan you have brought."""
    waiting = await _load_waiting_import(call, number)
    if show is not None:
        return await _build_import_details(call, waiting, show, over, page or 1)
    if leave:
        await call.tx.roadmaps.delete_import(waiting)
        return text_message(
            f"**{escape_text(shorten(waiting.roadmap.title, TITLE))}** was not published, and I keep nothing of it."
        )
    before = (await call.load_available_roadmaps()).get(waiting.roadmap.slug)
    comes_along = waiting.roadmap.slug in call.roadmaps
    made = await call.tx.roadmaps.publish_import(
        waiting, call.now, base_version=over, is_bundled=comes_along
    )
    changed = (
        f": {describe_diff(compare_roadmaps(before.roadmap, waiting.roadmap))}" if before else ""
    )
    there = await call.tx.cohorts.list_cohorts_in_space(call.place)
    older = [
        one
        for one in there
        if one.roadmap == made.key and one.state in {"draft", "open", "running", "paused"}
    ]
    return _build_publish_message(waiting, made, changed, older)


async def _load_waiting_import(call: Call, number: str) -> PendingImport:
    space_id = await call.tx.people.find_space_id(call.place)
    found = None
    if re.fullmatch(r"[0-9]{1,9}", number) and space_id is not None:
        found = await call.tx.roadmaps.load_pending_import(
            int(number), call.person.account_id, space_id, call.now
        )
    if found is None:
        raise Refused(
            "That import is no longer here: say `roadmap import` and bring the file again."
        )
    return found


async def _build_import_details(
    call: Call, waiting: PendingImport, show: str, over: int, number: int
) -> Message:
    """All of the report, or everything that would change, page by page."""
    told: list[str] = []
    if show == "report":
        told = [f"• {format_report_entry(entry, LINE)}" for entry in waiting.report.entries]
    elif latest := (await call.load_available_roadmaps()).get(waiting.roadmap.slug):
        diff = compare_roadmaps(latest.roadmap, waiting.roadmap)
        groups = [
            one
            for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
            if one.roadmap == latest.key
        ]
        ticked = await call.tx.roadmaps.count_tickers_by_item(
            latest.key, diff.items_with_changes, groups
        )
        told = [f"• {escape_text(line)}" for line in list_diff_lines(diff, ticked)]
    shown = paginate_lines(told or ["Nothing to tell."], number, LISTED)
    turns = shown.build_page_buttons(
        build_phrase("roadmap publish", number=waiting.id, over=over, show=show)
    )
    rows = (
        Button("Publish it", build_phrase("roadmap publish", number=waiting.id, over=over)),
        Button("Leave it", build_phrase("roadmap publish", number=waiting.id, leave="yes")),
    )
    title = "The whole report" if show == "report" else "What changes"
    return text_message("\n".join(shown.entries), *turns, Buttons(rows), title=title)


def _build_publish_message(
    waiting: PendingImport, made: RoadmapVersion, changed: str, older: Sequence[Cohort]
) -> Message:
    slug = waiting.roadmap.slug
    told = [
        f"**{escape_text(shorten(waiting.roadmap.title, TITLE))}** is published as version {made.number} of `{slug}`{changed}.",
        f"New groups can take it: `cohort create roadmap={slug}`.",
    ]
    if older:
        named = join_names((f"**{escape_text(one.name)}**" for one in older), MOVING)
        stay = "stays" if len(older) == 1 else "stay"
        told.append(
            f"{named} {stay} on the older plan until you say otherwise; look at the move first."
        )
    moving = [
        (
            f"Move {shorten(one.name, NAME)}",
            build_phrase("cohort revise", cohort=one.ref, version=made.number),
        )
        for one in older[:MOVING]
    ]
    return text_message(
        "\n".join(told),
        button_row(
            *moving, ("A new cohort", build_phrase("cohort create", roadmap=slug)), has_main=False
        ),
    )
