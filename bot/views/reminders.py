"""Reminders in words: the variant that the facts ask for, in the voice that is next.

Every sentence exists in three voices, and a person's reminders go through the voices in turn. So
no two in a row share a sentence, whatever the facts are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from bot.chat.message import escape_text
from bot.chat.text import format_count
from bot.group.calendar import DAY
from bot.group.member import Away
from bot.group.silence import list_ended_absences
from bot.post import MemberFacts
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import format_day
from bot.views.durations import format_time_sum
from bot.views.first_step import (
    WeekWork,
    find_week_work,
    format_step_time,
)
from bot.views.private_posts import measure_own_backlog
from bot.views.voices import VOICES, Voices
from bot.views.week_guide import format_first_link

Variant = Literal[
    "back", "rested", "returned", "no_items", "done", "almost", "last_day", "catching_up", "behind", "fresh",
    "going",
]  # fmt: skip

ALMOST = 2  # items left of a week in which more are done
RECENT = timedelta(days=7)  # a break or an absence is news for so long

OPENINGS: Mapping[Variant, Voices] = {
    "back": (
        "Good to see you again. You are in {week} now.",
        "You are back, and so are my reminders. Here is {week}.",
        "Nice that you came back. Pick up {week} where you like.",
    ),
    "rested": (
        "Welcome back from your time off. {Week} is open for you.",
        "The break is over, and you are in {week} now.",
        "I hope you had a good rest. Now it is {week}.",
    ),
    "returned": (
        "Welcome back. {Week} is open for you.",
        "Good to have you here again. This is {week}.",
        "You are with us again, and it is {week}.",
    ),
    "no_items": (
        "There is nothing to tick in {week}.",
        "{Week} comes without a list.",
        "{Week} is free of items.",
    ),
    "done": (
        "You have done every item of {week}.",
        "Everything in {week} is ticked, well done.",
        "{Week} is complete on your list.",
    ),
    "almost": (
        "You are almost through {week}.",
        "Very little of {week} is left.",
        "{Week} is nearly done.",
    ),
    "last_day": (
        "Today is the last day of {week}.",
        "{Week} ends today.",
        "{Week} is over tonight.",
    ),
    "catching_up": (
        "Your catch-up plan goes on in {week}.",
        "{Week} is the next part of your catch-up plan.",
        "You are catching up: in {week} only a part of the list counts.",
    ),
    "behind": (
        "Earlier weeks can wait, so look at {week} alone.",
        "Leave the older items for later: {week} is enough for now.",
        "One week at a time: this one is {week}.",
    ),
    "fresh": (
        "A small step is a good start to {week}.",
        "{Week} is still open for you.",
        "You can begin {week} with something short.",
    ),
    "going": (
        "You have done {done} of {total} items in {week}.",
        "{Week} goes well: {done} of {total} items are ticked.",
        "{done} of {total} items of {week} are done.",
    ),
}
LEFT: Voices = (
    "Left: **{items}**{time}.",
    "**{items}** to go{time}.",
    "Still open: **{items}**{time}.",
)
STEPS: Voices = (
    "Start here: **{title}**{time}.",
    "The shortest you can start now is **{title}**{time}.",
    "Take **{title}** first{time}.",
)
ONLY_STEPS: Voices = (
    "Start here: **{title}**{time}.",
    "It is **{title}**{time}.",
    "Take **{title}** now{time}.",
)
LINKS: Voices = ("Open {link}.", "You find it in {link}.", "Look at {link}.")
ENDS: Voices = (
    "The week ends {when}.",
    "You have until {day}.",
    "Its last day is {day}.",
)
ENDS_TODAY: Voices = (
    "The week ends today.",
    "Today is its last day.",
    "It is over tonight.",
)
CLOSINGS: Voices = (
    "Two words are enough for a check-in, and late is fine too.",
    "Then check in with a line or two.",
    "A check-in takes a minute, today or later.",
)


def list_reminder_sentences(facts: MemberFacts) -> Iterator[str]:
    """Yield the sentences of a reminder, in order."""
    work = find_own_work(facts)
    variant = choose_variant(facts, work)
    voice = facts.silence.reminder_count % VOICES
    yield _fill_opening(OPENINGS[variant][voice], facts, work)
    if work.first is not None:
        time = format_time_sum(work.time) if work.left > 1 else ""
        items = format_count(work.left, "item")
        yield LEFT[voice].format(items=items, time=time and f", {time}")
    yield from list_step_sentences(facts, work, voice, ONLY_STEPS if work.left == 1 else STEPS)
    last = facts.post_week.last
    if last is not None and variant != "last_day":
        yield _describe_end(last, _get_today(facts), voice)
    yield CLOSINGS[voice]


def list_step_sentences(
    facts: MemberFacts, work: WeekWork, voice: int, steps: Voices = STEPS
) -> Iterator[str]:
    """Yield the sentences about the item to start with: its name and time, and its resource."""
    if work.first is None:
        return
    title, time = escape_text(work.first.title), format_step_time(work.first)
    yield steps[voice].format(title=title, time=time and f", {time}")
    link = format_first_link(facts.roadmap, work.first, article="the")
    if link:
        yield LINKS[voice].format(link=link)


def find_own_work(facts: MemberFacts) -> WeekWork:
    """Return what is left of the post's week for the member."""
    return find_week_work(facts.recipient, facts.cohort, facts.roadmap, facts.post_week, facts.now)


def choose_variant(facts: MemberFacts, work: WeekWork) -> Variant:
    """Return the variant of a reminder: the first whose facts are true."""
    if facts.silence.is_back:
        return "back"
    if _was_off_lately(facts):
        return "rested"
    if _was_missing_lately(facts):
        return "returned"
    if not work.total:
        return "no_items"
    if not work.left:
        return "done"
    return _choose_working_variant(facts, work)


def _choose_working_variant(facts: MemberFacts, work: WeekWork) -> Variant:
    if work.left <= ALMOST and work.left < work.done:
        return "almost"
    if facts.post_week.last == _get_today(facts):
        return "last_day"
    if work.is_catching_up:
        return "catching_up"
    if measure_own_backlog(facts).is_behind:
        return "behind"
    return "going" if work.done else "fresh"


def _was_off_lately(facts: MemberFacts) -> bool:
    """Return True if a break, or an absence they asked for, has ended in the last days."""
    today = _get_today(facts)
    since = today - RECENT
    if any(not away.was_missing for away in _list_recent_absences(facts)):
        return True
    ends = [pause.last for pause in facts.cohort.breaks if pause.last is not None]
    return any(since <= end < today for end in ends)


def _was_missing_lately(facts: MemberFacts) -> bool:
    """Return True if somebody who had left the space has come back in the last days."""
    return any(away.was_missing for away in _list_recent_absences(facts))


def _list_recent_absences(facts: MemberFacts) -> Sequence[Away]:
    today = _get_today(facts)
    return list_ended_absences(facts.recipient.member, today - RECENT, today)


def _get_today(facts: MemberFacts) -> date:
    return facts.recipient.member.get_member_date(facts.cohort, facts.now)


def _fill_opening(opening: str, facts: MemberFacts, work: WeekWork) -> str:
    week = f"week {facts.post_week.number} of {format_cohort_name(facts.cohort)}"
    return opening.format(
        week=week, Week=week[0].upper() + week[1:], done=work.done, total=work.total
    )


def _describe_end(last: date, today: date, voice: int) -> str:
    if last == today:
        return ENDS_TODAY[voice]
    day = format_day(last)
    if last == today + DAY:
        return ENDS[voice].format(when=f"tomorrow, {day}", day=f"tomorrow, {day}")
    return ENDS[voice].format(when=f"on {day}", day=day)
