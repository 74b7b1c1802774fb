"""Members who need somebody, in words for their moderators: a line for each, and a page for one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.chat.message import escape_text
from bot.chat.text import format_count, join_names, shorten
from bot.group.attention import BotActs, MemberNeed, Need, NeedReason
from bot.group.progress import Viewer, get_visible_name
from bot.roadmap import Roadmap
from bot.views.dates import format_day
from bot.views.durations import format_time_sum

# Characters shown in a line. Escaped, they may be twice as many.
NAME, WORDS, ITEM = 40, 60, 30
LONG_WORDS, LONG_ITEM = 400, 80  # on a member's own page
MAX_ITEMS = 5

NEED_WORDS: Mapping[Need, str] = {
    "blocked": "blocked",
    "unsure": "unsure",
    "silent": "silent",
    "behind": "behind",
    "back": "back from time off",
}


@dataclass(frozen=True, slots=True)
class NeedText:
    """What a text about a member's need is written with: its reader, the plan and the year."""

    viewer: Viewer
    roadmap: Roadmap
    today: date

    def format_short_day(self, day: date) -> str:
        """Return `2 Mar`; with the year where it is another one."""
        return f"{day.day} {day:%b}" if day.year == self.today.year else f"{day.day} {day:%b %Y}"


def describe_need_counts(counts: Mapping[Need, int]) -> str:
    """Return `2 blocked, 5 silent`: a member may have several needs."""
    return ", ".join(f"{count} {NEED_WORDS[need]}" for need, count in counts.items())


def format_need_line(entry: MemberNeed, text: NeedText) -> str:
    """Return a member's line: name, reasons, own words, and what the bot did."""
    reasons = _list_short_reasons(entry, text)
    parts = [format_member_name(entry, text), *reasons, *_list_short_words(entry, text)]
    acts = list_bot_acts(entry.acts, text)
    if acts:
        parts.append(f"sent: {', '.join(acts)}")
    return f"• {' · '.join(parts)}"


def format_member_name(entry: MemberNeed, text: NeedText) -> str:
    """Return the name in bold, by which moderators see a member."""
    return f"**{escape_text(shorten(get_member_name(entry, text), NAME))}**"


def get_member_name(entry: MemberNeed, text: NeedText) -> str:
    """Return the name by which moderators see a member."""
    return get_visible_name(entry.member, text.viewer, "members") or "somebody"


def _list_short_reasons(entry: MemberNeed, text: NeedText) -> list[str]:
    """Return the reasons, those of one day together: `blocked and unsure since 2 Mar`."""
    parts = []
    for day, reasons in itertools.groupby(entry.reasons, lambda reason: reason.since):
        needs = [reason.need for reason in reasons]
        words = join_names([NEED_WORDS[need] for need in needs])
        part = f"{words} since {text.format_short_day(day)}"
        if "behind" in needs and entry.backlog is not None:
            part += f", {format_count(len(entry.backlog.open_items), 'item')}"
        parts.append(part)
    return parts


def _list_short_words(entry: MemberNeed, text: NeedText) -> list[str]:
    words = []
    if entry.report is not None and entry.report.blockers.strip():
        words.append(f"“{_format_words(entry.report.blockers, WORDS)}”")
    titles = _list_stuck_titles(entry, text.roadmap)
    if titles:
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        words.append(f"stuck on {escape_text(shorten(titles[0], ITEM))}{more}")
    return words


def _format_words(words: str, limit: int) -> str:
    # On one line, however they were typed: a list item has no second one.
    return escape_text(shorten(" ".join(words.split()), limit))


def _list_stuck_titles(entry: MemberNeed, roadmap: Roadmap) -> list[str]:
    items = roadmap.items
    return [items[stuck.item].title for stuck in entry.stuck if stuck.item in items]


def list_bot_acts(acts: BotActs, text: NeedText) -> list[str]:
    """Return what the bot has done, in a few words each."""
    parts = []
    if acts.reminder_count:
        parts.append(format_count(acts.reminder_count, "reminder"))
    # The last reminder offers the ways back too: that is one letter.
    ways_on = None if acts.ways_on == acts.stopped_on else acts.ways_on
    dated = (
        ("last reminder", acts.stopped_on),
        ("note", acts.note_on),
        ("ways back", ways_on),
        ("kind word", acts.word_on),
    )
    for label, day in dated:
        if day is not None:
            parts.append(f"{label} {text.format_short_day(day)}")
    return parts


# — one member —


def list_need_sentences(entry: MemberNeed) -> list[str]:
    """Return a line for each reason why a member needs somebody, with its date."""
    lines = []
    for reason in entry.reasons:
        since = f"since {format_day(reason.since)}"
        lines.append(
            f"• {NEED_WORDS[reason.need].capitalize()} {since}{_describe_lag(reason, entry)}"
        )
    return lines


def _describe_lag(reason: NeedReason, entry: MemberNeed) -> str:
    backlog = entry.backlog
    if reason.need != "behind" or backlog is None:
        return ""
    count = format_count(len(backlog.open_items), "essential item")
    weeks = format_count(len(backlog.open_weeks), "week")
    time = format_time_sum(backlog.time)
    return f": {count} of {weeks} open{time and f', {time}'}"


def list_word_sentences(entry: MemberNeed, text: NeedText) -> list[str]:
    """Return what a member last wrote to their moderators."""
    lines = []
    report = entry.report
    if report is not None:
        day = text.format_short_day(report.at.date())
        if report.blockers.strip():
            lines.append(f"• “{_format_words(report.blockers, LONG_WORDS)}” ({day})")
        if report.confidence is not None:
            lines.append(f"• How sure they feel: {report.confidence} of 5 ({day})")
    titles = [
        escape_text(shorten(title, LONG_ITEM)) for title in _list_stuck_titles(entry, text.roadmap)
    ]
    if titles:
        lines.append(f"• Stuck on {join_names(titles, MAX_ITEMS)}")
    return lines
