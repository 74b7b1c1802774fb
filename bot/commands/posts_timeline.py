"""`posts timeline`: past posts with their outcome, then every coming post.

The coming ones are computed by the scheduler's own functions, so the list cannot promise others.
Quiet weeks are folded, and a list opens them and the text of each post.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Block,
    Buttons,
    Choice,
    Message,
    Select,
    build_phrase,
    paginate,
    text_message,
)
from bot.chat.text import shorten
from bot.command import Call, CohortRef, HiddenOption, NumberRange, command
from bot.command.newer_plan import build_newer_plan_offer
from bot.command.open_posts import UNKNOWN, open_post
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort, PostSetting
from bot.post import PostSlot, list_coming_slots, list_join_kinds
from bot.store.ledger import Letter
from bot.views.bulletin import format_bulletin_title
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_cohort_state
from bot.views.timeline import format_letter_title, format_slot_title
from bot.views.timeline_lines import (
    CohortHomes,
    TimelineLine,
    build_coming_line,
    find_open_weeks,
    fold_lines,
    join_line,
    list_break_lines,
    list_clock_change_lines,
    place_in_week,
    sort_lines,
)
from bot.views.timeline_past import build_past_line, describe_letter_outcome

SHOWN = 18  # lines on a page
LETTERS = 500  # past letters for each home: sixty weeks have three hundred

HomesByPost = Mapping[tuple[str, str], AbstractSet[int]]


@command(moderators=True, reads=True, order=30, action="Timeline", aliases=("cohort timeline",))
async def posts_timeline(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    page: Annotated[int | None, "Which page; usually the coming posts", NumberRange(1)] = None,
    whole: Annotated[bool, "Each post in a line of its own, in quiet weeks too"] = False,
    open: Annotated[str | None, HiddenOption()] = None,
    press: Annotated[int | None, HiddenOption()] = None,
    pick: Annotated[tuple[str, ...], HiddenOption()] = (),
) -> Message:
    """See all coming posts with date and time, and what was sent."""
    managed = await call.find_managed_cohort(cohort)
    opened_week = _parse_week(managed, open)
    if open is not None and not opened_week:
        return await open_post(call, managed, open)
    homes = await _load_homes(call, managed)
    lines = sort_lines(
        [
            *await _list_past_lines(call, managed, homes),
            *await _list_lines_ahead(call, managed, homes),
        ]
    )
    if not whole:
        open_weeks = find_open_weeks(managed, call.now) | {opened_week}
        lines = fold_lines(lines, open_weeks, managed)
    number = page or _find_page(lines, call.now, opened_week)
    return await _build_page(call, managed, homes, lines, number, is_whole=whole)


def _parse_week(cohort: Cohort, value: str | None) -> int:
    """Return the week that a value opens; 0 for other values. Raises `Refused`."""
    form, _, name = (value or "").partition("/")
    if form != "week":
        return 0
    count = len(cohort.syllabus.weeks)
    if not name.isdecimal() or len(name) > 4 or not 1 <= int(name) <= count:
        raise Refused(UNKNOWN)
    return int(name)


async def _load_homes(call: Call, cohort: Cohort) -> CohortHomes:
    homes = await call.tx.cohorts.list_homes(cohort.id)
    return CohortHomes({home.id: home.place for home in homes}, call.place)


def _find_page(lines: Sequence[TimelineLine], now: datetime, opened_week: int) -> int:
    """Return the page with the opened week, else with the first coming line, from 1."""
    wanted = sum(line.at <= now for line in lines)
    for number, line in enumerate(lines):
        if opened_week and line.week == opened_week:
            wanted = number
            break
    # Pages are of equal length, as `paginate` makes them.
    pages = max(1, -(-len(lines) // SHOWN))
    page_size = max(1, -(-len(lines) // pages))
    return min(wanted, max(0, len(lines) - 1)) // page_size + 1


async def _build_page(
    call: Call,
    cohort: Cohort,
    homes: CohortHomes,
    lines: Sequence[TimelineLine],
    number: int,
    *,
    is_whole: bool,
) -> Message:
    shown = paginate(lines, number, SHOWN)
    texts = [line.text_with_sign for line in shown.entries]
    phrase = build_phrase("posts timeline", cohort=cohort.ref, whole="yes" if is_whole else None)
    return text_message(
        _format_timeline_head(call, cohort, homes),
        *await build_newer_plan_offer(call, cohort),
        "\n".join(texts) or "There are no posts, past or coming.",
        *_build_opener(cohort, shown.entries),
        *shown.build_page_buttons(phrase),
        _build_timeline_buttons(cohort),
        title=shorten(f"Timeline of {cohort.name}", 150),
    )


def _build_opener(cohort: Cohort, lines: Sequence[TimelineLine]) -> tuple[Block, ...]:
    """Return the list that opens what the lines of a page stand for; nothing without any."""
    choices: dict[str, Choice] = {}
    for line in lines:
        # A value has a hundred characters (Discord: string select).
        if line.opens and len(line.opens) <= 100:
            day = f"{line.at:%d %b}".lstrip("0")
            label = shorten(f"{line.title} · {day}")
            choices.setdefault(line.opens, Choice(label, line.opens))
    if not choices:
        return ()
    phrase = build_phrase("posts timeline", cohort=cohort.ref)
    listed = tuple(choices.values())[:OPTIONS]
    return (Select("Open a post or a week", phrase, "open", listed),)


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


# — what is ahead —


async def _list_lines_ahead(call: Call, cohort: Cohort, homes: CohortHomes) -> list[TimelineLine]:
    posted = await call.tx.ledger.group_homes_by_post(cohort)
    slots = list_coming_slots(cohort, call.now, post_kinds=call.post_kinds)
    greetings = await call.tx.schedule.list_newcomer_posts(cohort, call.now)
    return sort_lines(
        [
            *list_break_lines(cohort, call.now),
            *list_clock_change_lines(slots, cohort, call.now),
            *_list_slot_lines(call, slots, cohort, posted, homes),
            *_list_greeting_lines(call, greetings, cohort, homes),
            *await _list_bulletin_lines(call, cohort),
        ]
    )


def _list_slot_lines(
    call: Call, slots: Sequence[PostSlot], cohort: Cohort, posted: HomesByPost, homes: CohortHomes
) -> list[TimelineLine]:
    lines = []
    for slot in slots:
        title = format_slot_title(slot, call.post_kinds)
        note = _describe_sent_part(posted.get((slot.kind, slot.ref), frozenset()), homes)
        line = build_coming_line(slot.at, title, cohort, note or "coming")
        # What comes not everywhere, or not at all, is never folded away.
        week = slot.week.number if slot.week and not note else 0
        lines.append(place_in_week(line, week, f"slot/{slot.kind}/{slot.ref}"))
    return lines


def _describe_sent_part(ids: AbstractSet[int], homes: CohortHomes) -> str:
    """Return a remark on a post the calendar brings again after dates moved."""
    if not ids & homes.places.keys():
        return ""
    where = homes.describe_home_subset(ids)
    if where:
        return f"already posted {where}, not again there"
    return "already posted, not again"


def _list_greeting_lines(
    call: Call, greetings: Sequence[tuple[PostSlot, int]], cohort: Cohort, homes: CohortHomes
) -> list[TimelineLine]:
    # The same moment in several homes is one line.
    ids_by_post: dict[tuple[str, datetime], set[int]] = defaultdict(set)
    for slot, home_id in greetings:
        ids_by_post[slot.kind, slot.at].add(home_id)
    lines = []
    for (kind, at), ids in ids_by_post.items():
        title = format_letter_title(kind, "", cohort, call.post_kinds)
        note = join_line("coming", homes.describe_home_subset(ids))
        lines.append(build_coming_line(at, title, cohort, note))
    return lines


async def _list_bulletin_lines(call: Call, cohort: Cohort) -> list[TimelineLine]:
    lines = []
    for bulletin in await call.tx.bulletins.list_coming(cohort):
        assert bulletin.when is not None
        title = format_bulletin_title(bulletin.body)
        line = build_coming_line(bulletin.when.moment, title, cohort)
        lines.append(place_in_week(line, 0, f"bulletin/{bulletin.id}"))
    return lines


# — what is past —


async def _list_past_lines(call: Call, cohort: Cohort, homes: CohortHomes) -> list[TimelineLine]:
    """Return a line for each past letter, oldest first. Equal ones to several homes are one."""
    letters = await call.tx.ledger.list_home_letters(cohort, LETTERS * len(homes.places))
    groups: dict[tuple[object, ...], list[Letter]] = defaultdict(list)
    for letter in reversed(letters):
        # Greetings come by the dozen and say nothing about the plan.
        if not letter.ref.startswith("welcome/"):
            outcome = describe_letter_outcome(letter, cohort)
            groups[letter.edition, letter.kind, letter.ref, outcome].append(letter)
    return [build_past_line(alike, cohort, homes, call.post_kinds) for alike in groups.values()]


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
    if cohort.state not in {"draft", "archived"}:
        pairs.append(("Announce", build_phrase("posts announce", cohort=cohort.ref)))
    for label, name in steps.get(cohort.state, ()):
        pairs.append((label, build_phrase(name, cohort=cohort.ref)))
    return button_row(*pairs, has_main=False)
