"""`posts timeline`: the flight plan. What was sent or skipped and why, then every coming post, by the clockwork's own count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated

from bot.chat.address import Place
from bot.chat.buttons import button_row
from bot.chat.message import Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.message import paginate as page_of
from bot.chat.text import shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.calendar import convert_to_utc
from bot.group.cohort import Cohort, PostSetting
from bot.group.zones import load_zone
from bot.post import PostSlot, list_coming_slots, list_join_kinds
from bot.store.ledger import Letter
from bot.views.dates import (
    describe_cohort_state,
    format_break_dates,
    format_day,
    list_clock_changes,
)
from bot.views.notices import describe_homes
from bot.views.timeline import format_letter_title, format_slot_title

SHOWN = 18
REMARK = 110  # characters of a line beside its date
WHERE = 40  # characters of it, where a post is not the same in all homes
LETTERS = 200  # for each home
LATE = 300  # seconds; less than that is on time
FOLDED = "folded into "  # how the ledger says that a newer letter stood for an older one

Line = tuple[datetime, str]
Posted = Mapping[tuple[str, str], AbstractSet[int]]


@dataclass(frozen=True, slots=True)
class CohortHomes:
    """The homes of a cohort by their ids, as somebody at `here` calls them."""

    places: Mapping[int, Place]
    here: Place

    def describe_home_subset(self, ids: AbstractSet[int]) -> str:
        """Which homes these are; nothing where they are all there are."""
        if ids >= self.places.keys():
            return ""
        known = [place for home, place in self.places.items() if home in ids]
        return describe_homes(known, self.here) if known else "where it lived before"


@command(moderators=True, reads=True, order=30, action="Timeline", aliases=("cohort timeline",))
async def posts_timeline(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    page: Annotated[int | None, "Which page; without it, what comes next", NumberRange(1)] = None,
) -> Message:
    """Every coming post with its date and time, and what was sent."""
    found = await call.lock_managed_cohort(cohort)
    homes = CohortHomes(
        {home.id: home.place for home in await call.tx.cohorts.list_homes(found.id)}, call.place
    )
    posted = await call.tx.ledger.group_homes_by_post(found)
    slots = list_coming_slots(found, call.now, post_kinds=call.post_kinds)
    greetings = await call.tx.schedule.list_newcomer_posts(found, call.now)
    past = _list_past_lines(
        call,
        await call.tx.ledger.list_home_letters(found, LETTERS * len(homes.places)),
        found,
        homes,
    )
    ahead = _sort_timeline_lines(
        [
            *_list_break_lines(found, call.now),
            *_list_clock_change_lines(slots, found, call.now),
            *_list_slot_lines(call, slots, found, posted, homes),
            *_list_greeting_lines(call, greetings, found, homes),
        ]
    )
    before = [line for line in ahead if line[0] <= call.now]
    lines = [
        *_sort_timeline_lines([*past, *before]),
        *(line for line in ahead if line[0] > call.now),
    ]
    shown = page_of(
        [text for _, text in lines],
        page or _find_first_coming_page(len(past) + len(before), len(lines)),
        SHOWN,
    )
    told = "\n".join(shown.entries) or "Nothing has been posted, and nothing is to come."
    turns = shown.build_page_buttons(build_phrase("posts timeline", cohort=found.ref))
    return text_message(
        _format_timeline_head(found, call, homes),
        told,
        *turns,
        _build_timeline_buttons(found),
        title=shorten(f"Timeline of {found.name}", 150),
    )


def _find_first_coming_page(gone: int, total: int) -> int:
    """The page on which the first coming line stands."""
    pages = max(1, -(-total // SHOWN))
    return min(gone, max(0, total - 1)) // max(1, -(-total // pages)) + 1


def _format_timeline_head(cohort: Cohort, call: Call, homes: CohortHomes) -> str:
    lives = (
        f" It lives {describe_homes(homes.places.values(), homes.here)}."
        if len(homes.places) > 1
        else ""
    )
    head = f"**{escape_text(cohort.name)}** {describe_cohort_state(cohort, call.now)}.{lives} Dates and times are those of {cohort.zone}."
    if cohort.state == "draft":
        past = (
            " Its first posting time is past, so I ask how to begin."
            if cohort.week_at(call.now)
            else ""
        )
        return f"{head} It is a draft: none of this is posted until you open it.{past}"
    if cohort.state in {"open", "running"} and list_join_kinds(cohort, post_kinds=call.post_kinds):
        head += " New members are named when they join, at most once an hour."
    if cohort.state in {"open", "running"} and cohort.posts.get("reminder", PostSetting()).on:
        head += " Private reminders come beside these, in each member's own time."
    return f"{head} Nothing comes until you resume it." if cohort.state == "paused" else head


def _format_timeline_moment(at: datetime, cohort: Cohort) -> str:
    local = at.astimezone(load_zone(cohort.zone))
    return f"{format_day(local.date())}, {local:%H:%M}"


def _list_slot_lines(
    call: Call, slots: Sequence[PostSlot], cohort: Cohort, posted: Posted, homes: CohortHomes
) -> list[Line]:
    lines = []
    for slot in slots:
        moment = _format_timeline_moment(slot.at, cohort)
        title = escape_text(format_slot_title(slot, post_kinds=call.post_kinds))
        kept_note = _format_kept_note(posted.get((slot.kind, slot.ref)), homes)
        lines.append((slot.at, f"{moment} · **{title}**{kept_note}"))
    return lines


def _list_greeting_lines(
    call: Call, greetings: Sequence[tuple[PostSlot, int]], cohort: Cohort, homes: CohortHomes
) -> list[Line]:
    """The posts about new members that wait for their hour; the same moment in several homes is one line."""
    found: dict[tuple[str, datetime], set[int]] = defaultdict(set)
    for slot, home in greetings:
        found[slot.kind, slot.at].add(home)
    lines = []
    for (kind, at), ids in found.items():
        where = homes.describe_home_subset(ids)
        title = (
            f"**{escape_text(format_letter_title(kind, '', cohort, post_kinds=call.post_kinds))}**"
        )
        lines.append(
            (
                at,
                f"{_format_timeline_moment(at, cohort)} · {title}"
                + (f" · {where}" if where else ""),
            )
        )
    return lines


def _format_kept_note(ids: AbstractSet[int] | None, homes: CohortHomes) -> str:
    """That a post which comes again by the calendar is kept, where it has been posted already."""
    if ids is None or not (ids & homes.places.keys()):
        return ""
    where = homes.describe_home_subset(ids)
    return (
        f" · posted already {where}, and not again there"
        if where
        else " · posted already, and not again"
    )


def _list_past_lines(
    call: Call, letters: Sequence[Letter], cohort: Cohort, homes: CohortHomes
) -> list[Line]:
    """What became of the letters, oldest first; the same to several homes is one line, greetings are left out."""
    found: dict[tuple[object, ...], list[Letter]] = defaultdict(list)
    for letter in reversed(letters):
        if not letter.ref.startswith("welcome/"):
            found[
                letter.edition, letter.kind, letter.ref, _describe_letter_outcome(letter, cohort)
            ].append(letter)
    return [_format_past_letter_line(call, same, cohort, homes) for same in found.values()]


def _format_past_letter_line(
    call: Call, same: Sequence[Letter], cohort: Cohort, homes: CohortHomes
) -> Line:
    """The line of a letter, and of its like to other homes that ended alike."""
    first, where = (
        same[0],
        shorten(homes.describe_home_subset({letter.home_id for letter in same}), WHERE),
    )
    remark = shorten(
        f"{_format_past_letter_title(call, first, cohort)} · {_describe_letter_outcome(first, cohort)}",
        REMARK,
    )
    return (
        first.moment,
        f"{_format_timeline_moment(first.moment, cohort)} · {escape_text(remark)}"
        + (f" · {where}" if where else ""),
    )


def _format_past_letter_title(call: Call, letter: Letter, cohort: Cohort) -> str:
    before = "earlier round: " if letter.edition != cohort.edition else ""
    if letter.kind == "announcement":
        return f"{before}Announcement, {letter.ref.partition('/')[0]}"
    return before + format_letter_title(letter.kind, letter.ref, cohort, post_kinds=call.post_kinds)


def _describe_letter_outcome(letter: Letter, cohort: Cohort) -> str:
    reason = _format_letter_reason(letter.reason, cohort)
    if letter.state in {"due", "claimed"}:
        return f"waiting, {reason}" if reason else "on its way"
    # One that was found had been sent earlier, perhaps in time: nobody knows.
    known = letter.state == "sent" and letter.ended_at and not letter.reason.startswith("found")
    late = known and letter.ended_at and (letter.ended_at - letter.moment).total_seconds() > LATE
    return letter.state + (" late" if late else "") + (f", {reason}" if reason else "")


def _format_letter_reason(reason: str, cohort: Cohort) -> str:
    """A reason from the ledger, which names a week by its id, with the number of the week instead."""
    number = (
        cohort.syllabus.get_week_number(reason.removeprefix(FOLDED).partition(".")[0])
        if reason.startswith(FOLDED)
        else None
    )
    return f"{FOLDED}week {number}" if number else reason


def _sort_timeline_lines(lines: list[Line]) -> list[Line]:
    """In order of time; what comes at one moment stays in the order in which it is sent."""
    return sorted(lines, key=lambda line: line[0])


def _list_break_lines(cohort: Cohort, now: datetime) -> list[Line]:
    over = cohort.state in {"finished", "archived"}
    shown = (
        one
        for one in cohort.breaks
        if not over or (one.last is not None and one.first <= cohort.get_cohort_date(now))
    )
    return [
        (convert_to_utc(one.first, time(), cohort.zone), f"_Break: {format_break_dates(one)}_")
        for one in shown
    ]


def _list_clock_change_lines(
    slots: Sequence[PostSlot], cohort: Cohort, now: datetime
) -> list[Line]:
    if not slots:
        return []
    last = slots[-1].at.astimezone(load_zone(cohort.zone)).date()
    changes = list_clock_changes(cohort.zone, cohort.get_cohort_date(now), last)
    return [
        (convert_to_utc(on, time(), cohort.zone), f"_{told}; posts keep their local time_")
        for on, told in changes
    ]


def _build_timeline_buttons(cohort: Cohort) -> Buttons:
    """The ways on: what only shows something first, what everybody would see last."""
    dates = (("Change the dates", "reschedule"), ("Add a break", "break"))
    steps = {
        "draft": (("Change the dates", "reschedule"), ("Open it", "open")),
        "open": (*dates, ("Start now", "start")),
        "running": (*dates, ("Pause", "pause")),
        "paused": (("Resume", "resume"), ("Finish", "finish")),
    }
    pairs = [
        (label, build_phrase(f"cohort {verb}", cohort=cohort.ref))
        for label, verb in steps.get(cohort.state, ())
    ]
    return button_row(
        ("Members", build_phrase("members list", cohort=cohort.ref)), *pairs, has_main=False
    )
