"""The first sentence of a recap: the week's facts choose it, and no two in a row are alike."""

from __future__ import annotations

from bot.post import HomeFacts
from bot.views.voices import VOICES, Voices

SMALL_GROUP = 3  # in a smaller one, a number points at the others
LONG_PLAN = 4  # weeks: the middle of a shorter plan is no news

LAST: Voices = (
    "That was the last week of the plan.",
    "The last week is behind us.",
    "With this week, the plan is complete.",
)
HALF: Voices = (
    "We are half way: {number} of {weeks} weeks are behind us.",
    "Half of the plan is behind us, and {left} weeks are to come.",
    "This was week {number} of {weeks}: the middle of the plan.",
)
FIRST: Voices = (
    "The first week is behind us.",
    "We have begun: one week is done.",
    "One week is done, and {left} are to come.",
)
EVERYBODY: Voices = (
    "Everybody has checked in.",
    "A full week: everybody has checked in.",
    "No check-in is missing this week.",
)
MORE: Voices = (
    "{count} of us checked in, {more} more than the week before.",
    "More check-ins than last week: {count}, up from {last}.",
    "Last week {last} of us checked in, and this week {count}.",
)
STRONG: Voices = (
    "{ticked} of us were at work this week.",
    "A strong week: {ticked} of us ticked something.",
    "This week {ticked} of us moved forward.",
)
SOME: Voices = (
    "{ticked} of us ticked something this week.",
    "Week {number} is behind us, and {ticked} of us have moved forward.",
    "{ticked} of us found time for week {number}.",
)
QUIET: Voices = (
    "It was a quiet week, and the next one is a fresh start.",
    "Not much happened here this week. Late ticks and check-ins count.",
    "A calm week. You can pick it up at any time.",
)
PLAIN: Voices = (
    "Week {number} is behind us.",
    "That was week {number} of {weeks}.",
    "{left} more weeks are to come.",
)


def describe_opening(facts: HomeFacts) -> str:
    """Return the sentence for a week that is over."""
    counts, last = facts.counts, facts.last_counts
    number, weeks = facts.post_week.number, len(facts.cohort.syllabus.weeks)
    return _choose_opening(facts)[facts.former_posts % VOICES].format(
        number=number,
        weeks=weeks,
        left=weeks - number,
        count=counts.checked_in_count,
        last=last.checked_in_count,
        more=counts.checked_in_count - last.checked_in_count,
        ticked=counts.ticked_count,
    )


def _choose_opening(facts: HomeFacts) -> Voices:
    number, weeks = facts.post_week.number, len(facts.cohort.syllabus.weeks)
    if number == weeks:
        return LAST
    if weeks >= LONG_PLAN and number == (weeks + 1) // 2:
        return HALF
    return _choose_by_numbers(facts) or (FIRST if number == 1 else PLAIN)


def _choose_by_numbers(facts: HomeFacts) -> Voices | None:
    """Return the sentence that the numbers allow; None where they would point at somebody."""
    counts = facts.counts
    if counts.check_in_total < SMALL_GROUP:
        return None
    if counts.checked_in_count >= counts.check_in_total:
        return EVERYBODY
    if not counts.checked_in_count and not counts.ticked_count:
        return QUIET
    return None if facts.post_week.number == 1 else _compare_with_last_week(facts)


def _compare_with_last_week(facts: HomeFacts) -> Voices | None:
    counts, last = facts.counts, facts.last_counts
    # A rise from nothing is told without the nothing.
    if counts.checked_in_count > last.checked_in_count > 1:
        return MORE
    if 3 * counts.ticked_count >= 2 * counts.tick_total:
        return STRONG
    return SOME if counts.ticked_count > 1 else None
