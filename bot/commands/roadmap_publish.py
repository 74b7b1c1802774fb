"""`roadmap publish`: publish an import, look at it closer, or discard it.

The buttons of the import report say it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from bot.store.roadmaps import AvailableRoadmap, PendingImport, RoadmapVersion
from bot.views.import_report import format_report_entry

Details = Literal["report", "changes"]

PAGE_SIZE = 14
MAX_LINE, MAX_TITLE, MAX_NAME = 280, 100, 40  # characters
MAX_MOVES = ROW - 1  # one button of the row makes a new cohort
MOVABLE_STATES = frozenset({"draft", "open", "running", "paused"})
DETAILS_TITLES: Mapping[Details, str] = {"report": "Full report", "changes": "Changes"}


@command(moderators=True, hidden=True)
async def roadmap_publish(
    call: Call,
    number: Annotated[str, "Which import"] = "",
    over: Annotated[int, HiddenOption()] = 0,
    show: Annotated[Details | None, HiddenOption()] = None,
    leave: Annotated[bool, HiddenOption()] = False,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Publish a plan you have imported."""
    pending = await _load_waiting_import(call, number)
    if show is not None:
        return await _build_import_details(call, pending, show, over, page or 1)
    if leave:
        return await _discard_import(call, pending)
    return await _publish_import(call, pending, over)


async def _load_waiting_import(call: Call, number: str) -> PendingImport:
    """Return the caller's own import with a number. Raises `Refused` without it."""
    pending = await _find_waiting_import(call, number)
    if pending is None:
        raise Refused("That import has expired: use `roadmap import` to upload the file again.")
    return pending


async def _find_waiting_import(call: Call, number: str) -> PendingImport | None:
    space_id = await call.tx.people.find_space_id(call.place)
    # Anybody can type a number: nine digits fit every column.
    if space_id is None or not re.fullmatch(r"[0-9]{1,9}", number):
        return None
    return await call.tx.roadmaps.load_pending_import(
        int(number), call.person.account_id, space_id, call.now
    )


async def _discard_import(call: Call, pending: PendingImport) -> Message:
    await call.tx.roadmaps.delete_import(pending)
    return text_message(f"I have discarded {_format_import_title(pending)}.")


def _format_import_title(pending: PendingImport) -> str:
    return f"**{escape_text(shorten(pending.roadmap.title, MAX_TITLE))}**"


# — details —


async def _build_import_details(
    call: Call, pending: PendingImport, details: Details, base_version: int, number: int
) -> Message:
    """Return a page of the full report, or of everything that would change."""
    lines = await _list_details_lines(call, pending, details)
    line_page = paginate_lines(lines or ["Nothing to report."], number, PAGE_SIZE)
    page_phrase = build_phrase(
        "roadmap publish", number=pending.id, over=base_version, show=details
    )
    return text_message(
        "\n".join(line_page.entries),
        *line_page.build_page_buttons(page_phrase),
        _build_decision_buttons(pending, base_version),
        title=DETAILS_TITLES[details],
    )


async def _list_details_lines(call: Call, pending: PendingImport, details: Details) -> list[str]:
    if details == "report":
        return [f"• {format_report_entry(entry, MAX_LINE)}" for entry in pending.report.entries]
    latest = (await call.load_available_roadmaps()).get(pending.roadmap.slug)
    if latest is None:
        return []
    return await _list_change_lines(call, pending, latest)


async def _list_change_lines(
    call: Call, pending: PendingImport, latest: AvailableRoadmap
) -> list[str]:
    diff = compare_roadmaps(latest.roadmap, pending.roadmap)
    cohorts_on_roadmap = await _list_cohorts_on_roadmap(call, latest.key)
    ticker_counts = await call.tx.roadmaps.count_tickers_by_item(
        latest.key, diff.items_with_changes, cohorts_on_roadmap
    )
    return [f"• {escape_text(change_line)}" for change_line in list_diff_lines(diff, ticker_counts)]


async def _list_cohorts_on_roadmap(call: Call, roadmap_key: str) -> list[Cohort]:
    space_cohorts = await call.tx.cohorts.list_cohorts_in_space(call.place)
    return [cohort for cohort in space_cohorts if cohort.roadmap == roadmap_key]


def _build_decision_buttons(pending: PendingImport, base_version: int) -> Buttons:
    # The version compared with goes along: publishing is refused once somebody else published.
    publish_phrase = build_phrase("roadmap publish", number=pending.id, over=base_version)
    discard_phrase = build_phrase("roadmap publish", number=pending.id, leave="yes")
    return Buttons((Button("Publish", publish_phrase), Button("Discard", discard_phrase)))


# — publishing —


async def _publish_import(call: Call, pending: PendingImport, base_version: int) -> Message:
    # Read before publishing: afterwards the latest roadmap is this one.
    latest = (await call.load_available_roadmaps()).get(pending.roadmap.slug)
    version = await call.tx.roadmaps.publish_import(
        pending,
        call.now,
        base_version=base_version,
        is_bundled=pending.roadmap.slug in call.roadmaps,
    )
    older_cohorts = []
    for cohort in await _list_cohorts_on_roadmap(call, version.key):
        if cohort.state in MOVABLE_STATES:
            older_cohorts.append(cohort)
    changes = ""
    if latest is not None:
        changes = f": {describe_diff(compare_roadmaps(latest.roadmap, pending.roadmap))}"
    return _build_publish_message(pending, version, changes, older_cohorts)


def _build_publish_message(
    pending: PendingImport, version: RoadmapVersion, changes: str, older_cohorts: Sequence[Cohort]
) -> Message:
    slug = pending.roadmap.slug
    bold_title = _format_import_title(pending)
    lines = [
        f"{bold_title} is published as version {version.number} of `{slug}`{changes}.",
        "New groups can use it from now on.",
    ]
    if older_cohorts:
        lines.append(_describe_older_cohorts(older_cohorts))
    buttons = _list_move_buttons(version, older_cohorts)
    buttons.append(("Create a cohort", build_phrase("cohort create", roadmap=slug)))
    return text_message("\n".join(lines), button_row(*buttons, has_main=False))


def _describe_older_cohorts(older_cohorts: Sequence[Cohort]) -> str:
    bold_names = (f"**{escape_text(cohort.name)}**" for cohort in older_cohorts)
    verb = "stays" if len(older_cohorts) == 1 else "stay"
    names = join_names(bold_names, MAX_MOVES)
    return f"{names} {verb} on the old version. Press _Move_ to preview the new one."


def _list_move_buttons(
    version: RoadmapVersion, older_cohorts: Sequence[Cohort]
) -> list[tuple[str, str]]:
    buttons = []
    for cohort in older_cohorts[:MAX_MOVES]:
        move_phrase = build_phrase("cohort revise", cohort=cohort.ref, version=version.number)
        buttons.append((f"Move {shorten(cohort.name, MAX_NAME)}", move_phrase))
    return buttons
