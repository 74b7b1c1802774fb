"""`cohort timeline`: the flight plan. What was sent or skipped and why, then every coming post, by the clockwork's own count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated

from bot.calendar import instant
from bot.cohort import Cohort, PostSetting
from bot.command import Call, command
from bot.command.suggest import managed_cohorts
from bot.message import Buttons, Message, phrase, quote, say
from bot.message import page as page_of
from bot.outlook import Entered, clock_changes, dates, standing, titled
from bot.pages import buttons, day, short
from bot.people import zone
from bot.post import Slot, coming, kinds
from bot.store.ledger import Letter

SHOWN = 18
REMARK = 110  # characters of a line beside its date
LATE = 300  # seconds; less than that is on time

Line = tuple[datetime, str]


@command(moderators=True, reads=True)
async def cohort_timeline(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    page: Annotated[int | None, "Which page; without it, what comes next"] = None,
) -> Message:
    """Every coming post with its date and time, and what was sent."""
    found = await call.managed(cohort)
    entered = await call.tx.ledger.entered(found)
    slots = coming(found, call.now)
    past = _past(await call.tx.ledger.past(found), found)
    ahead = _by_time([*_breaks(found, call.now), *_clocks(slots, found, call.now), *_ahead(slots, found, entered)])
    before = [line for line in ahead if line[0] <= call.now]
    lines = [*_by_time([*past, *before]), *(line for line in ahead if line[0] > call.now)]
    shown = page_of([text for _, text in lines], page or _page(len(past) + len(before), len(lines)), SHOWN)
    told = "\n".join(shown.entries) or "Nothing has been posted, and nothing is to come."
    turns = shown.turns(phrase("cohort timeline", cohort=found.ref))
    return say(_head(found, call), told, *turns, _steps(found), title=short(f"Timeline of {found.name}", 150))


def _page(gone: int, total: int) -> int:
    """The page on which the first coming line stands."""
    pages = max(1, -(-total // SHOWN))
    return min(gone, max(0, total - 1)) // max(1, -(-total // pages)) + 1


def _head(cohort: Cohort, call: Call) -> str:
    head = f"**{quote(cohort.name)}** {standing(cohort, call.now)}. Dates and times are those of {cohort.zone}."
    if cohort.state == "draft":
        return f"{head} It is a draft: none of this is posted until you open it."
    if cohort.state in {"open", "running"} and cohort.posts.get("reminder", PostSetting()).on:
        return f"{head} Private reminders come beside these, in each member's own time."
    return f"{head} Nothing comes until you resume it." if cohort.state == "paused" else head


def _when(at: datetime, cohort: Cohort) -> str:
    local = at.astimezone(zone(cohort.zone))
    return f"{day(local.date())}, {local:%H:%M}"


def _ahead(slots: Sequence[Slot], cohort: Cohort, entered: Entered) -> list[Line]:
    kept = " · posted already, and not again"
    return [
        (
            slot.at,
            f"{_when(slot.at, cohort)} · **{quote(titled(slot))}**"
            + (kept if (slot.kind, slot.ref) in entered else ""),
        )
        for slot in slots
    ]


def _past(letters: Sequence[Letter], cohort: Cohort) -> list[Line]:
    """What became of the letters, oldest first; the same to several homes is one line, greetings are left out."""
    found: dict[tuple[object, ...], Line] = {}
    for letter in reversed(letters):
        if not letter.ref.startswith("welcome/"):
            key = (letter.edition, letter.kind, letter.ref, letter.state, letter.reason)
            remark = short(f"{_named(letter, cohort)} · {_outcome(letter)}", REMARK)
            found.setdefault(key, (letter.moment, f"{_when(letter.moment, cohort)} · {quote(remark)}"))
    return list(found.values())


def _named(letter: Letter, cohort: Cohort) -> str:
    before = "earlier round: " if letter.edition != cohort.edition else ""
    if letter.kind == "announcement":
        return f"{before}Announcement, {letter.ref.partition('/')[0]}"
    kind = kinds().get(letter.kind)
    number = cohort.syllabus.number(letter.ref.partition(".")[0])
    return before + (kind.title if kind else letter.kind) + (f", week {number}" if number else "")


def _outcome(letter: Letter) -> str:
    if letter.state in {"due", "claimed"}:
        return f"waiting, {letter.reason}" if letter.reason else "on its way"
    late = letter.state == "sent" and letter.ended_at and (letter.ended_at - letter.moment).total_seconds() > LATE
    return letter.state + (" late" if late else "") + (f", {letter.reason}" if letter.reason else "")


def _by_time(lines: list[Line]) -> list[Line]:
    """In order of time; what comes at one moment stays in the order in which it is sent."""
    return sorted(lines, key=lambda line: line[0])


def _breaks(cohort: Cohort, now: datetime) -> list[Line]:
    over = cohort.state in {"finished", "archived"}
    shown = (one for one in cohort.breaks if not over or (one.last is not None and one.first <= cohort.today(now)))
    return [(instant(one.first, time(), cohort.zone), f"_Break: {dates(one)}_") for one in shown]


def _clocks(slots: Sequence[Slot], cohort: Cohort, now: datetime) -> list[Line]:
    if not slots:
        return []
    last = slots[-1].at.astimezone(zone(cohort.zone)).date()
    changes = clock_changes(cohort.zone, cohort.today(now), last)
    return [(instant(on, time(), cohort.zone), f"_{told}; posts keep their local time_") for on, told in changes]


def _steps(cohort: Cohort) -> Buttons:
    steps = {
        "draft": (("Open it", "open"), ("Change the dates", "reschedule")),
        "open": (("Start now", "start"), ("Change the dates", "reschedule"), ("Add a break", "break")),
        "running": (("Pause", "pause"), ("Change the dates", "reschedule"), ("Add a break", "break")),
        "paused": (("Resume", "resume"), ("Finish", "finish")),
    }
    pairs = [(label, phrase(f"cohort {verb}", cohort=cohort.ref)) for label, verb in steps.get(cohort.state, ())]
    return buttons(*pairs, ("Members", phrase("cohort members", cohort=cohort.ref)))
