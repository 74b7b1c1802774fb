"""`cohort timeline`: the flight plan. What was sent or skipped and why, then every coming post, by the clockwork's own count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated

from bot.chat.address import Place
from bot.chat.buttons import buttons
from bot.chat.message import Buttons, Message, phrase, quote, say
from bot.chat.message import page as page_of
from bot.chat.text import short
from bot.command import Call, Range, command
from bot.command.suggestions import managed_cohorts
from bot.group.calendar import instant
from bot.group.cohort import Cohort, PostSetting
from bot.group.zones import zone
from bot.post import Slot, coming, kinds_on_joining
from bot.store.ledger import Letter
from bot.views.dates import clock_changes, dates, day, standing
from bot.views.notices import whereabouts
from bot.views.timeline import letter_title, titled

SHOWN = 18
REMARK = 110  # characters of a line beside its date
WHERE = 40  # characters of it, where a post is not the same in all homes
LETTERS = 200  # for each home
LATE = 300  # seconds; less than that is on time
FOLDED = "folded into "  # how the ledger says that a newer letter stood for an older one

Line = tuple[datetime, str]
Posted = Mapping[tuple[str, str], AbstractSet[int]]


@dataclass(frozen=True, slots=True)
class Homes:
    """The homes of a cohort by their ids, as somebody at `here` calls them."""

    places: Mapping[int, Place]
    here: Place

    def where(self, ids: AbstractSet[int]) -> str:
        """Which homes these are; nothing where they are all there are."""
        if ids >= self.places.keys():
            return ""
        known = [place for home, place in self.places.items() if home in ids]
        return whereabouts(known, self.here) if known else "where it lived before"


@command(moderators=True, reads=True, order=30, action="Timeline")
async def cohort_timeline(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    page: Annotated[int | None, "Which page; without it, what comes next", Range(1)] = None,
) -> Message:
    """Every coming post with its date and time, and what was sent."""
    found = await call.managed(cohort)
    homes = Homes(
        {home.id: home.place for home in await call.tx.cohorts.homes(found.id)}, call.place
    )
    posted = await call.tx.ledger.posted(found)
    slots = coming(found, call.now)
    greetings = await call.tx.schedule.greetings(found, call.now)
    past = _past(await call.tx.ledger.past(found, LETTERS * len(homes.places)), found, homes)
    ahead = _by_time(
        [
            *_breaks(found, call.now),
            *_clocks(slots, found, call.now),
            *_ahead(slots, found, posted, homes),
            *_greeting(greetings, found, homes),
        ]
    )
    before = [line for line in ahead if line[0] <= call.now]
    lines = [*_by_time([*past, *before]), *(line for line in ahead if line[0] > call.now)]
    shown = page_of(
        [text for _, text in lines], page or _page(len(past) + len(before), len(lines)), SHOWN
    )
    told = "\n".join(shown.entries) or "Nothing has been posted, and nothing is to come."
    turns = shown.turns(phrase("cohort timeline", cohort=found.ref))
    return say(
        _head(found, call, homes),
        told,
        *turns,
        _steps(found),
        title=short(f"Timeline of {found.name}", 150),
    )


def _page(gone: int, total: int) -> int:
    """The page on which the first coming line stands."""
    pages = max(1, -(-total // SHOWN))
    return min(gone, max(0, total - 1)) // max(1, -(-total // pages)) + 1


def _head(cohort: Cohort, call: Call, homes: Homes) -> str:
    lives = (
        f" It lives {whereabouts(homes.places.values(), homes.here)}."
        if len(homes.places) > 1
        else ""
    )
    head = f"**{quote(cohort.name)}** {standing(cohort, call.now)}.{lives} Dates and times are those of {cohort.zone}."
    if cohort.state == "draft":
        past = (
            " Its first posting time is past, so I ask how to begin."
            if cohort.week_at(call.now)
            else ""
        )
        return f"{head} It is a draft: none of this is posted until you open it.{past}"
    if cohort.state in {"open", "running"} and kinds_on_joining(cohort):
        head += " New members are named when they join, at most once an hour."
    if cohort.state in {"open", "running"} and cohort.posts.get("reminder", PostSetting()).on:
        head += " Private reminders come beside these, in each member's own time."
    return f"{head} Nothing comes until you resume it." if cohort.state == "paused" else head


def _when(at: datetime, cohort: Cohort) -> str:
    local = at.astimezone(zone(cohort.zone))
    return f"{day(local.date())}, {local:%H:%M}"


def _ahead(slots: Sequence[Slot], cohort: Cohort, posted: Posted, homes: Homes) -> list[Line]:
    return [
        (
            slot.at,
            f"{_when(slot.at, cohort)} · **{quote(titled(slot))}**{_kept(posted.get((slot.kind, slot.ref)), homes)}",
        )
        for slot in slots
    ]


def _greeting(greetings: Sequence[tuple[Slot, int]], cohort: Cohort, homes: Homes) -> list[Line]:
    """The posts about new members that wait for their hour; the same moment in several homes is one line."""
    found: dict[tuple[str, datetime], set[int]] = defaultdict(set)
    for slot, home in greetings:
        found[slot.kind, slot.at].add(home)
    lines = []
    for (kind, at), ids in found.items():
        where = homes.where(ids)
        title = f"**{quote(letter_title(kind, '', cohort))}**"
        lines.append((at, f"{_when(at, cohort)} · {title}" + (f" · {where}" if where else "")))
    return lines


def _kept(ids: AbstractSet[int] | None, homes: Homes) -> str:
    """That a post which comes again by the calendar is kept, where it has been posted already."""
    if ids is None or not (ids & homes.places.keys()):
        return ""
    where = homes.where(ids)
    return (
        f" · posted already {where}, and not again there"
        if where
        else " · posted already, and not again"
    )


def _past(letters: Sequence[Letter], cohort: Cohort, homes: Homes) -> list[Line]:
    """What became of the letters, oldest first; the same to several homes is one line, greetings are left out."""
    found: dict[tuple[object, ...], list[Letter]] = defaultdict(list)
    for letter in reversed(letters):
        if not letter.ref.startswith("welcome/"):
            found[letter.edition, letter.kind, letter.ref, _outcome(letter, cohort)].append(letter)
    return [_became(same, cohort, homes) for same in found.values()]


def _became(same: Sequence[Letter], cohort: Cohort, homes: Homes) -> Line:
    """The line of a letter, and of its like to other homes that ended alike."""
    first, where = same[0], short(homes.where({letter.home_id for letter in same}), WHERE)
    remark = short(f"{_named(first, cohort)} · {_outcome(first, cohort)}", REMARK)
    return first.moment, f"{_when(first.moment, cohort)} · {quote(remark)}" + (
        f" · {where}" if where else ""
    )


def _named(letter: Letter, cohort: Cohort) -> str:
    before = "earlier round: " if letter.edition != cohort.edition else ""
    if letter.kind == "announcement":
        return f"{before}Announcement, {letter.ref.partition('/')[0]}"
    return before + letter_title(letter.kind, letter.ref, cohort)


def _outcome(letter: Letter, cohort: Cohort) -> str:
    reason = _spoken(letter.reason, cohort)
    if letter.state in {"due", "claimed"}:
        return f"waiting, {reason}" if reason else "on its way"
    # One that was found had been sent earlier, perhaps in time: nobody knows.
    known = letter.state == "sent" and letter.ended_at and not letter.reason.startswith("found")
    late = known and letter.ended_at and (letter.ended_at - letter.moment).total_seconds() > LATE
    return letter.state + (" late" if late else "") + (f", {reason}" if reason else "")


def _spoken(reason: str, cohort: Cohort) -> str:
    """A reason from the ledger, which names a week by its id, with the number of the week instead."""
    number = (
        cohort.syllabus.number(reason.removeprefix(FOLDED).partition(".")[0])
        if reason.startswith(FOLDED)
        else None
    )
    return f"{FOLDED}week {number}" if number else reason


def _by_time(lines: list[Line]) -> list[Line]:
    """In order of time; what comes at one moment stays in the order in which it is sent."""
    return sorted(lines, key=lambda line: line[0])


def _breaks(cohort: Cohort, now: datetime) -> list[Line]:
    over = cohort.state in {"finished", "archived"}
    shown = (
        one
        for one in cohort.breaks
        if not over or (one.last is not None and one.first <= cohort.today(now))
    )
    return [(instant(one.first, time(), cohort.zone), f"_Break: {dates(one)}_") for one in shown]


def _clocks(slots: Sequence[Slot], cohort: Cohort, now: datetime) -> list[Line]:
    if not slots:
        return []
    last = slots[-1].at.astimezone(zone(cohort.zone)).date()
    changes = clock_changes(cohort.zone, cohort.today(now), last)
    return [
        (instant(on, time(), cohort.zone), f"_{told}; posts keep their local time_")
        for on, told in changes
    ]


def _steps(cohort: Cohort) -> Buttons:
    """The ways on: what only shows something first, what everybody would see last."""
    dates = (("Change the dates", "reschedule"), ("Add a break", "break"))
    steps = {
        "draft": (("Change the dates", "reschedule"), ("Open it", "open")),
        "open": (*dates, ("Start now", "start")),
        "running": (*dates, ("Pause", "pause")),
        "paused": (("Resume", "resume"), ("Finish", "finish")),
    }
    pairs = [
        (label, phrase(f"cohort {verb}", cohort=cohort.ref))
        for label, verb in steps.get(cohort.state, ())
    ]
    return buttons(("Members", phrase("cohort members", cohort=cohort.ref)), *pairs, has_main=False)
