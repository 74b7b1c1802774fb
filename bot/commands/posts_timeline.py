"""`posts timeline`: past posts with their outcome, then every coming post.

The coming ones are computed by the scheduler's own functions, so the list cannot promise others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated

from bot.chat.address import Place
from bot.chat.buttons import button_row
from bot.chat.message import Buttons, Message, build_phrase, escape_text, paginate, text_message
from bot.chat.text import shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.newer_plan import build_newer_plan_offer
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.calendar import convert_to_utc
from bot.group.cohort import Cohort, PostSetting
from bot.group.zones import load_zone
from bot.post import PostSlot, list_coming_slots, list_join_kinds
from bot.store.ledger import Letter
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import (
    describe_cohort_state,
    format_break_dates,
    format_day,
    list_clock_changes,
)
from bot.views.notices import describe_homes
from bot.views.timeline import format_letter_title, format_slot_title

SHOWN = 18  # lines on a page
REMARK = 110  # characters of a line beside its date
WHERE = 40  # characters of it, where a post is not the same in all homes
LETTERS = 200  # past letters for each home
LATE = 300  # seconds; less than that is on time
FOLDED = "folded into "  # in the ledger: a newer letter stood for this one

Line = tuple[datetime, str]
HomesByPost = Mapping[tuple[str, str], AbstractSet[int]]


@dataclass(frozen=True, slots=True)
class CohortHomes:
    """The homes of a cohort by their ids, named from the view of `here`."""

    places: Mapping[int, Place]
    here: Place

    def describe_home_subset(self, ids: AbstractSet[int]) -> str:
        """Return the places of these homes, or nothing if they are all there are."""
        if ids >= self.places.keys():
            return ""
        known = [place for home_id, place in self.places.items() if home_id in ids]
        return describe_homes(known, self.here) if known else "in a former place"

    def describe_all(self) -> str:
        """Return the places of all homes."""
        return describe_homes(self.places.values(), self.here)


@command(moderators=True, reads=True, order=30, action="Timeline", aliases=("cohort timeline",))
async def posts_timeline(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    page: Annotated[int | None, "Which page; usually the coming posts", NumberRange(1)] = None,
) -> Message:
    """See all coming posts with date and time, and what was sent."""
    managed = await call.find_managed_cohort(cohort)
    homes = await _load_homes(call, managed)
    past = await _list_past_lines(call, managed, homes)
    ahead = await _list_lines_ahead(call, managed, homes)
    # A break may have begun already: it stands among the past lines.
    begun = [line for line in ahead if line[0] <= call.now]
    coming = [line for line in ahead if line[0] > call.now]
    before = _sort_lines([*past, *begun])
    texts = [text for _, text in (*before, *coming)]
    number = page or _find_first_coming_page(len(before), len(texts))
    shown = paginate(texts, number, SHOWN)
    return text_message(
        _format_timeline_head(call, managed, homes),
        *await build_newer_plan_offer(call, managed),
        "\n".join(shown.entries) or "There are no posts, past or coming.",
        *shown.build_page_buttons(build_phrase("posts timeline", cohort=managed.ref)),
        _build_timeline_buttons(managed),
        title=shorten(f"Timeline of {managed.name}", 150),
    )


async def _load_homes(call: Call, cohort: Cohort) -> CohortHomes:
    homes = await call.tx.cohorts.list_homes(cohort.id)
    return CohortHomes({home.id: home.place for home in homes}, call.place)


def _sort_lines(lines: list[Line]) -> list[Line]:
    # By time alone: lines of one moment keep the order in which they are sent.
    return sorted(lines, key=lambda line: line[0])


def _find_first_coming_page(past_count: int, total: int) -> int:
    """Return the page with the first coming line, from 1."""
    # Pages are of equal length, as `paginate` makes them.
    pages = max(1, -(-total // SHOWN))
    page_size = max(1, -(-total // pages))
    return min(past_count, max(0, total - 1)) // page_size + 1


# — the head —


def _format_timeline_head(call: Call, cohort: Cohort, homes: CohortHomes) -> str:
    sentences = [f"{format_cohort_name(cohort)} {describe_cohort_state(cohort, call.now)}."]
    if len(homes.places) > 1:
        sentences.append(f"It posts {homes.describe_all()}.")
    sentences.append(f"Times are in the zone {cohort.zone}.")
    sentences += _describe_state_notes(call, cohort)
    return " ".join(sentences)


def _describe_state_notes(call: Call, cohort: Cohort) -> list[str]:
    if cohort.state == "draft":
        notes = ["It is a draft: I post nothing until you open it."]
        if cohort.week_at(call.now):
            notes.append("Its first posting time is past, so I ask how to begin.")
        return notes
    if cohort.state == "paused":
        return ["I post nothing until you resume it."]
    if cohort.state not in {"open", "running"}:
        return []
    notes = []
    if list_join_kinds(cohort, post_kinds=call.post_kinds):
        notes.append("I name new members when they join, at most once an hour.")
    # Each comes at a member's own time, so it has no line of its own.
    if cohort.posts.get("reminder", PostSetting()).on:
        notes.append("Private reminders come too, at each member's own time.")
    return notes


def _format_moment_in_zone(at: datetime, cohort: Cohort) -> str:
    local = at.astimezone(load_zone(cohort.zone))
    return f"{format_day(local.date())}, {local:%H:%M}"


# — what is ahead —


async def _list_lines_ahead(call: Call, cohort: Cohort, homes: CohortHomes) -> list[Line]:
    posted = await call.tx.ledger.group_homes_by_post(cohort)
    slots = list_coming_slots(cohort, call.now, post_kinds=call.post_kinds)
    greetings = await call.tx.schedule.list_newcomer_posts(cohort, call.now)
    return _sort_lines(
        [
            *_list_break_lines(cohort, call.now),
            *_list_clock_change_lines(slots, cohort, call.now),
            *_list_slot_lines(call, slots, cohort, posted, homes),
            *_list_greeting_lines(call, greetings, cohort, homes),
        ]
    )


def _list_slot_lines(
    call: Call, slots: Sequence[PostSlot], cohort: Cohort, posted: HomesByPost, homes: CohortHomes
) -> list[Line]:
    lines = []
    for slot in slots:
        moment = _format_moment_in_zone(slot.at, cohort)
        title = f"**{escape_text(format_slot_title(slot, call.post_kinds))}**"
        note = _format_sent_note(posted.get((slot.kind, slot.ref), frozenset()), homes)
        lines.append((slot.at, f"{moment} · {title}{note}"))
    return lines


def _format_sent_note(ids: AbstractSet[int], homes: CohortHomes) -> str:
    """Return a remark on a post the calendar brings again after dates moved."""
    if not ids & homes.places.keys():
        return ""
    where = homes.describe_home_subset(ids)
    if where:
        return f" · already posted {where}, not again there"
    return " · already posted, not again"


def _list_greeting_lines(
    call: Call, greetings: Sequence[tuple[PostSlot, int]], cohort: Cohort, homes: CohortHomes
) -> list[Line]:
    # The same moment in several homes is one line.
    ids_by_post: dict[tuple[str, datetime], set[int]] = defaultdict(set)
    for slot, home_id in greetings:
        ids_by_post[slot.kind, slot.at].add(home_id)
    lines = []
    for (kind, at), ids in ids_by_post.items():
        title = f"**{escape_text(format_letter_title(kind, '', cohort, call.post_kinds))}**"
        where = homes.describe_home_subset(ids)
        lines.append((at, _join_line(_format_moment_in_zone(at, cohort), title, where)))
    return lines


def _join_line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _list_break_lines(cohort: Cohort, now: datetime) -> list[Line]:
    is_over = cohort.state in {"finished", "archived"}
    today = cohort.get_cohort_date(now)
    lines = []
    for planned in cohort.breaks:
        # An ended cohort never came to its later breaks, and its pause is no break.
        if is_over and (planned.last is None or planned.first > today):
            continue
        at = convert_to_utc(planned.first, time(), cohort.zone)
        lines.append((at, f"_Break: {format_break_dates(planned)}_"))
    return lines


def _list_clock_change_lines(
    slots: Sequence[PostSlot], cohort: Cohort, now: datetime
) -> list[Line]:
    if not slots:
        return []
    last = slots[-1].at.astimezone(load_zone(cohort.zone)).date()
    lines = []
    for day, sentence in list_clock_changes(cohort.zone, cohort.get_cohort_date(now), last):
        at = convert_to_utc(day, time(), cohort.zone)
        lines.append((at, f"_{sentence}; posts keep their local time_"))
    return lines


# — what is past —


async def _list_past_lines(call: Call, cohort: Cohort, homes: CohortHomes) -> list[Line]:
    """Return a line for each past letter, oldest first. Equal ones to several homes are one."""
    letters = await call.tx.ledger.list_home_letters(cohort, LETTERS * len(homes.places))
    groups: dict[tuple[object, ...], list[Letter]] = defaultdict(list)
    for letter in reversed(letters):
        # Greetings come by the dozen and say nothing about the plan.
        if not letter.ref.startswith("welcome/"):
            outcome = _describe_letter_outcome(letter, cohort)
            groups[letter.edition, letter.kind, letter.ref, outcome].append(letter)
    return [_format_past_line(call, alike, cohort, homes) for alike in groups.values()]


def _format_past_line(
    call: Call, alike: Sequence[Letter], cohort: Cohort, homes: CohortHomes
) -> Line:
    first = alike[0]
    ids = {letter.home_id for letter in alike}
    title = _format_past_title(call, first, cohort)
    remark = shorten(f"{title} · {_describe_letter_outcome(first, cohort)}", REMARK)
    where = shorten(homes.describe_home_subset(ids), WHERE)
    moment = _format_moment_in_zone(first.moment, cohort)
    return first.moment, _join_line(moment, escape_text(remark), where)


def _format_past_title(call: Call, letter: Letter, cohort: Cohort) -> str:
    if letter.kind == "announcement":
        title = f"Announcement, {letter.ref.partition('/')[0]}"
    else:
        title = format_letter_title(letter.kind, letter.ref, cohort, call.post_kinds)
    return title if letter.edition == cohort.edition else f"earlier round: {title}"


def _describe_letter_outcome(letter: Letter, cohort: Cohort) -> str:
    reason = _format_letter_reason(letter.reason, cohort)
    if letter.state in {"due", "claimed"}:
        return f"waiting, {reason}" if reason else "on its way"
    outcome = f"{letter.state} late" if _is_sent_late(letter) else letter.state
    return f"{outcome}, {reason}" if reason else outcome


def _is_sent_late(letter: Letter) -> bool:
    # A letter that was found had been sent earlier, perhaps in time: nobody knows.
    if letter.state != "sent" or letter.ended_at is None or letter.reason.startswith("found"):
        return False
    return (letter.ended_at - letter.moment).total_seconds() > LATE


def _format_letter_reason(reason: str, cohort: Cohort) -> str:
    """Return a reason of the ledger with the number of a week in place of its id."""
    if not reason.startswith(FOLDED):
        return reason
    week_id = reason.removeprefix(FOLDED).partition(".")[0]
    number = cohort.syllabus.get_week_number(week_id)
    return f"{FOLDED}week {number}" if number else reason


# — the next steps —


def _build_timeline_buttons(cohort: Cohort) -> Buttons:
    # A look comes first, a step everybody would see comes last.
    move, pause = ("Change the dates", "cohort reschedule"), ("Add a break", "cohort break")
    steps = {
        "draft": (move, ("Open it", "cohort open")),
        "open": (move, pause, ("Start now", "cohort start")),
        "running": (move, pause, ("Pause", "cohort pause")),
        "paused": (("Resume", "cohort resume"), ("Finish", "cohort finish")),
    }
    pairs = [("Members", build_phrase("members list", cohort=cohort.ref))]
    for label, name in steps.get(cohort.state, ()):
        pairs.append((label, build_phrase(name, cohort=cohort.ref)))
    return button_row(*pairs, has_main=False)
