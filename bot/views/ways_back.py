"""The three ways back for whoever is behind: their words, their buttons, and the offer.

`/behind` and every private letter with the offer use the same ones.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.chat.buttons import button_row
from bot.chat.message import Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count, shorten
from bot.group.backlog import Backlog
from bot.group.cohort import Cohort, Member
from bot.group.shift import get_week_number
from bot.roadmap import Roadmap
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_cohort_state
from bot.views.durations import format_time_sum

CATCH_UP, SHIFT, NEXT = "catch-up", "shift", "next"  # stored in phrases: never renamed
WAY_LABELS = {CATCH_UP: "Catch up", SHIFT: "Shift me", NEXT: "Next cohort"}
WAY_SENTENCES = (
    "**Catch up**: only the essential items, spread over your next weeks.",
    "**Shift me**: your own weeks move later, and your reminders with them.",
    "**Next cohort**: you go on with another group and keep your ticks.",
)
MAX_TITLE = 80  # characters of a roadmap's title


def build_ways_offer(
    cohort: Cohort,
    member: Member,
    backlog: Backlog,
    now: datetime,
    *closing: str,
    opening: str = "Weeks can be hard.",
) -> Message:
    """Return the offer with the member's own numbers and a button for each way.

    `closing`: sentences after it, for instance about reminders that stop.
    """
    numbers = describe_backlog(cohort, member, backlog, now)
    texts = [
        f"{opening} In {format_cohort_name(cohort)}, {numbers}",
        "There are three ways back. Each button shows first what would change.",
        "\n".join(f"• {sentence}" for sentence in WAY_SENTENCES),
    ]
    return text_message(*texts, *closing, build_way_buttons(cohort))


def build_way_buttons(cohort: Cohort, *more: tuple[str, str]) -> Buttons:
    """Return a row with the three ways, each leading to its preview."""
    ways = [(label, build_way_phrase(cohort, way)) for way, label in WAY_LABELS.items()]
    return button_row(*ways, *more, has_main=False)


def build_way_button(cohort: Cohort, way: str) -> tuple[str, str]:
    """Return the label and the phrase that lead to a way's preview."""
    return WAY_LABELS[way], build_way_phrase(cohort, way)


def build_back_button(cohort: Cohort, label: str = "Back") -> tuple[str, str]:
    """Return the label and the phrase that lead to all three ways."""
    return label, build_phrase("behind", cohort=cohort.ref)


def build_way_phrase(cohort: Cohort, way: str, **options: str | int) -> str:
    return build_phrase("behind", way=way, **options, cohort=cohort.ref)


def describe_backlog(cohort: Cohort, member: Member, backlog: Backlog, now: datetime) -> str:
    """Return `4 of 11 essential items are open, about 6 h; the group is in week 7.`."""
    count = format_count(backlog.essential_count, "essential item")
    verb = "is" if len(backlog.open_items) == 1 else "are"
    time = format_time_sum(backlog.time)
    sentence = f"**{len(backlog.open_items)} of {count}** {verb} open{time and f', {time}'}"
    return f"{sentence}{_describe_group_week(cohort, member, now)}."


def describe_own_week(member: Member, cohort: Cohort, now: datetime) -> str:
    """Return the sentence above a member's own week where a button named the group's week."""
    own_number = get_week_number(member, cohort, now)
    group_number = get_week_number(replace(member, shift=0), cohort, now)
    return f"The group is in week {group_number}, and this is your week {own_number}."


def build_seat_offer(
    cohort: Cohort, roadmap: Roadmap, old: Cohort | None, now: datetime
) -> Message:
    """Return the letter about a free seat. `old`: the cohort its reader would move from."""
    title = escape_text(shorten(roadmap.title, MAX_TITLE))
    seat = "A seat is free in" if cohort.seats is not None else "You can join"
    lines = [
        f"{seat} {format_cohort_name(cohort)}, which {describe_cohort_state(cohort, now)}. "
        f"You are on the waiting list for {title}."
    ]
    if cohort.seats is not None:
        lines.append("The seat is not held: in two days I tell the next in line.")
    join = (f"Join {cohort.name}", build_phrase("join", cohort=cohort.ref))
    if old is not None:
        lines.append(f"You leave {escape_text(old.name)} when you move, and keep your ticks.")
        join = (f"Move to {cohort.name}", build_way_phrase(old, NEXT, to=cohort.ref))
    leave = ("Leave the list", build_phrase("waitlist", cohort=cohort.ref, leave="yes"))
    return text_message(" ".join(lines), button_row(join, leave))


def _describe_group_week(cohort: Cohort, member: Member, now: datetime) -> str:
    group_week = cohort.week_at(now)
    if group_week is None:
        return ""
    sentence = f"; the group is in week {group_week.number}"
    own_week = member.get_current_week(cohort, now)
    if member.shift and own_week is not None:
        return f"{sentence}, you are in week {own_week.number}"
    return sentence
