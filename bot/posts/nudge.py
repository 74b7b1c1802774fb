"""Mid-week: a friendly word, only while it can win somebody. It names nobody.

Every sentence exists in three voices, and the nudges to a home go through them in turn. So no two
in a row share a sentence, whatever the facts are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.views.dates import format_day
from bot.views.first_step import find_first_work, format_step_time
from bot.views.voices import VOICES, Voices

# In a group of one or two, a number of those who have begun points at the others. Such a group
# gets the nudge all the same, for a first step helps there as well, but nobody is counted in it.
SMALL_GROUP = 3
# A longer item is no first step for an evening in the middle of the week. Where the shortest of
# the week is longer, the nudge would only press. Where it has no estimate, nobody knows.
SHORT = 90  # minutes

HALF: Voices = (
    "Half of {week}, is left.",
    "{Week}, is half over.",
    "We are in the middle of {week}.",
)
UNTIL: Voices = (
    "We are in {week}, until {day}.",
    "{Week}, goes on until {day}.",
    "There is time for {week}, until {day}.",
)
OPEN: Voices = ("We are in {week}.", "{Week}, is open.", "This is {week}.")
NOBODY: Voices = (
    "Nobody has ticked anything yet, so be the first.",
    "The first tick of the week is still free.",
    "No tick so far, and yours can be the first.",
)
ONE: Voices = (
    "One of us has started.",
    "The first of us is on the way.",
    "One of us has begun already.",
)
SOME: Voices = (
    "{count} of us have started.",
    "{count} of us are on the way.",
    "{count} of us have begun already.",
)
STRONG: Voices = (
    "Last week {last} of us got going, and this week can be as good.",
    "Last week was strong, with {last} of us at work, so let us have another.",
    "{last} of us were at work last week, and there is room for the same again.",
)
STEPS: Voices = (
    "Start with **{title}**, {time}.",
    "A short first step is **{title}**, {time}.",
    "**{title}** takes {time} and is a good start.",
)
ANY_STEP: Voices = (
    "One small item is a fine start.",
    "Any one item will do.",
    "A single tick gets you going.",
)


def _find_nudge_skip_reason(facts: HomeFacts) -> str | None:
    counts = facts.counts
    if counts.members == 0:
        return "nobody is there to hear it"
    if not facts.post_week.week.items:
        return "there is nothing to tick"
    if counts.tick_total == 0:
        return "everybody is away"
    if counts.ticked_count >= counts.tick_total:
        return "everybody has begun"
    # Hidden members are not counted, and whoever was not seen for two weeks does not read it.
    if not facts.has_starters:
        return "everybody else is away or silent"
    return _find_length_objection(facts)


def _find_length_objection(facts: HomeFacts) -> str | None:
    first = find_first_work(facts.cohort, facts.roadmap, facts.post_week)
    if first is not None and first.minutes is not None and first.minutes > SHORT:
        return "no item of the week is short"
    return None


@post(
    PostDay("half", 3),
    title="Mid-week nudge",
    late=LatePolicy(max_delay=timedelta(hours=24)),
    order=50,
    skip=_find_nudge_skip_reason,
    uses=("counts", "last_counts", "starters", "former_posts"),
)
def nudge(facts: HomeFacts) -> Message:
    """In the middle of the week, if somebody has not started yet."""
    number = facts.post_week.number
    return text_message(
        " ".join(_list_sentences(facts, facts.former_posts % VOICES)),
        button_row(("My list", build_phrase("week", n=number, cohort=facts.cohort.ref))),
    )


def _list_sentences(facts: HomeFacts, voice: int) -> Iterator[str]:
    yield _describe_time_left(facts, voice)
    if facts.counts.tick_total >= SMALL_GROUP:
        yield _describe_starters(facts, voice)
    first = find_first_work(facts.cohort, facts.roadmap, facts.post_week)
    if first is not None and first.minutes is not None and first.minutes <= SHORT:
        title = escape_text(first.title)
        yield STEPS[voice].format(title=title, time=format_step_time(first))
    else:
        yield ANY_STEP[voice]


def _describe_starters(facts: HomeFacts, voice: int) -> str:
    """Return the sentence about the others, in numbers that shame nobody."""
    # Without the total: "3 of 7" would point at the other four.
    count, last_count = facts.counts.ticked_count, facts.last_counts.ticked_count
    if last_count > count and _was_last_week_strong(facts):
        return STRONG[voice].format(last=last_count)
    if count == 0:
        return NOBODY[voice]
    if count == 1:
        return ONE[voice]
    return SOME[voice].format(count=count)


def _was_last_week_strong(facts: HomeFacts) -> bool:
    """Return True if two thirds of a group that was not small had begun last week."""
    last = facts.last_counts
    return last.tick_total >= SMALL_GROUP and 3 * last.ticked_count >= 2 * last.tick_total


def _describe_time_left(facts: HomeFacts, voice: int) -> str:
    """Return a sentence about the time left in the week."""
    week, today = facts.post_week, facts.cohort.get_cohort_date(facts.now)
    title = escape_text(week.week.title)
    names = {
        "week": f"**week {week.number}**, _{title}_",
        "Week": f"**Week {week.number}**, _{title}_",
    }
    days_over = sum(day < today for day in week.active)
    # A moderator may have moved the post away from the middle: then "half" would be wrong.
    if abs(2 * days_over - len(week.active)) <= 1:
        return HALF[voice].format(**names)
    if week.last is None:
        return OPEN[voice].format(**names)
    return UNTIL[voice].format(**names, day=format_day(week.last))
