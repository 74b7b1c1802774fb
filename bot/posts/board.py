"""The board: one message in a home, kept up to date, with the week's numbers and who did most."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Buttons,
    Message,
    Progress,
    Text,
    build_phrase,
    escape_text,
    format_moment,
    text_message,
)
from bot.chat.text import shorten
from bot.group.route import build_route
from bot.group.zones import load_zone
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.views.board import build_top_rows
from bot.views.notices import format_finish_notice
from bot.views.pulse import format_pulse

ROWS = 10
SMALL_GROUP = 3  # members; in a smaller group, a number points at somebody


@post(
    PostDay("kept"),
    title="Board",
    late=LatePolicy(),
    order=90,
    uses=("pulse", "counts", "board"),
    counts=("ticks", "checkins"),
)
def board(facts: HomeFacts) -> Message:
    """One message in the channel with everybody's progress, kept up to date."""
    return text_message(
        *_build_week_blocks(facts),
        *_build_board_blocks(facts),
        _build_board_buttons(facts),
        title=shorten(_format_board_title(facts), 150),
    )


def _format_board_title(facts: HomeFacts) -> str:
    cohort, week = facts.cohort, facts.slot.week
    if week is None:
        return cohort.name
    return f"{cohort.name}: week {week.number} of {len(cohort.syllabus.weeks)}"


def _build_week_blocks(facts: HomeFacts) -> Iterator[Block]:
    week = facts.slot.week
    if week is None:
        yield Text(_describe_time_without_week(facts))
        return
    yield Text(f"_{escape_text(week.week.title)}_")
    yield Text(format_pulse(facts.pulse) or "The first tick of the week is still free.")
    if facts.counts.checked_in_count and facts.counts.check_in_total >= SMALL_GROUP:
        yield Progress("Checked in", facts.counts.checked_in_count, facts.counts.check_in_total)


def _describe_time_without_week(facts: HomeFacts) -> str:
    cohort = facts.cohort
    if cohort.state in {"finished", "archived"}:
        return format_finish_notice(cohort)
    begins_at = cohort.begins_at
    if cohort.state == "paused" or begins_at is None:
        return "We are having a break. Ticks and check-ins count all the same."
    sentence = f"Week 1 starts {format_moment(begins_at, load_zone(cohort.zone))}."
    if facts.counts.members:
        sentence = f"{sentence} **{facts.counts.members}** of us so far."
    return sentence


def _build_board_blocks(facts: HomeFacts) -> Iterator[Block]:
    if not facts.board.rows:
        return
    yield Text("**The whole plan**")
    total = build_route(facts.roadmap, facts.cohort.syllabus).count_slots()
    yield from build_top_rows(facts.board.rows, total, ROWS, facts.board.size)


def _build_board_buttons(facts: HomeFacts) -> Buttons:
    ref, week = facts.cohort.ref, facts.slot.week
    if week is None and facts.cohort.state == "open":
        return button_row(("Join", build_phrase("join", cohort=ref)))
    pairs = []
    if week is not None:
        pairs.append(("My own list", build_phrase("week", n=week.number, cohort=ref)))
        pairs.append(("Check in", build_phrase("checkin", week=week.id, cohort=ref)))
    pairs.append(("My progress", build_phrase("progress", cohort=ref)))
    return button_row(*pairs)
