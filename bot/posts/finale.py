"""After the last week: the group has finished together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Block, Buttons, Message, Text, build_phrase, escape_text, text_message
from bot.chat.text import format_count, join_names
from bot.group.progress import Standing, list_top_rows
from bot.group.route import build_route
from bot.post import GroupTotals, HomeFacts, LatePolicy, PostDay, post
from bot.views.board import build_top_rows, format_honour_line

ROWS = 10
MIN_REPORTERS = 3  # people whose hours are added up in public


@post(
    PostDay("finish"),
    title="Finale",
    late=LatePolicy(max_delay=timedelta(days=30)),
    order=80,
    uses=("board", "honours", "totals"),
)
def finale(facts: HomeFacts) -> Message:
    """When the last week is over: the whole way in numbers, and the final board."""
    total = build_route(facts.roadmap, facts.cohort.syllabus).count_slots()
    rows = list_top_rows(facts.board.rows, ROWS)
    return text_message(
        Text(_describe_early_finish(facts) or _describe_finish(facts, total)),
        *_build_together(facts),
        *_build_board(facts, rows, total),
        "Everything stays as it is: late ticks and check-ins still count, so take your time.",
        _build_finale_buttons(facts, len(rows)),
        title=f"{facts.cohort.name} has finished",
    )


def _describe_finish(facts: HomeFacts, total: int) -> str:
    weeks = format_count(len(facts.cohort.syllabus.weeks), "week")
    plan = f"{_format_roadmap_share(facts)}{escape_text(facts.roadmap.title)}"
    return f"{weeks}, {format_count(total, 'item')}, and we have come to the end of {plan}. 🎓"


def _build_together(facts: HomeFacts) -> Iterator[Block]:
    """Yield what the group did together, and who deserves a word of honour."""
    sentences = [_describe_work(facts.totals), _describe_pieces(facts.totals)]
    together = " ".join(sentence for sentence in sentences if sentence)
    if together:
        yield Text(together)
    if facts.honours:
        yield Text("\n".join(map(format_honour_line, facts.honours)))


def _describe_work(totals: GroupTotals) -> str:
    parts = []
    if totals.items:
        parts.append(f"did **{_format_large_count(totals.items, 'item')}**")
    if totals.checkins:
        parts.append(f"checked in **{_format_times(totals.checkins)}**")
    # The sum of one or two people would tell what each of them wrote down.
    if totals.hour_reporters >= MIN_REPORTERS:
        parts.append(f"reported **{round(totals.hours):,} hours**")
    return f"Together we {join_names(parts)}." if parts else ""


def _describe_pieces(totals: GroupTotals) -> str:
    parts = []
    if totals.projects:
        parts.append(f"built **{_format_large_count(totals.projects, 'project')}**")
    if totals.certificates:
        parts.append(f"earned **{_format_large_count(totals.certificates, 'certificate')}**")
    return f"We {join_names(parts)}." if parts else ""


def _format_large_count(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _format_times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _build_board(facts: HomeFacts, rows: Sequence[Standing], total: int) -> Iterator[Block]:
    if not rows:
        return
    done = format_count(sum(row.done for row in rows), "item")
    yield Text(f"**The board** · {done} done by {_format_people(len(rows))}")
    yield from build_top_rows(facts.board.rows, total, ROWS, facts.board.size)


def _format_people(count: int) -> str:
    if count == 1:
        return "one of us"
    return f"{count} of us"


def _build_finale_buttons(facts: HomeFacts, row_count: int) -> Buttons:
    ref = facts.cohort.ref
    pairs = [("My progress", build_phrase("progress", cohort=ref))]
    # Only where the post shows less than all of it.
    if facts.board.size > row_count:
        pairs.append(("The board", build_phrase("progress", board="yes", week="all", cohort=ref)))
    pairs.append(("My farewell", build_phrase("farewell", cohort=ref)))
    pairs.append(("For moderators: the survey", build_phrase("cohort survey", cohort=ref)))
    return button_row(*pairs)


def _format_roadmap_share(facts: HomeFacts) -> str:
    """Return the words for a part of the plan, empty where the cohort had all of it.

    Optional items make no difference: only essential ones in another season do.
    """
    held = set(facts.cohort.syllabus.all_items)
    essential = [item.id for item in facts.roadmap.items.values() if item.essential]
    if held.issuperset(essential):
        return ""
    return "our part of "


def _describe_early_finish(facts: HomeFacts) -> str:
    """Return the sentence for a cohort that was ended before its last week; empty for others."""
    cohort = facts.cohort
    if cohort.calendar.finish is not None:
        return ""
    today = cohort.get_cohort_date(facts.now)
    started = sum(week.first <= today for week in cohort.calendar.weeks)
    plan = escape_text(facts.roadmap.title)
    weeks = f"{started} of {len(cohort.syllabus.weeks)} weeks of {plan}"
    return f"{weeks}, and here we stop together. 🎓"
