"""Towards the end of a week: the question about it, with the button that answers it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.buttons import button_row
from bot.chat.message import Message, Progress, build_phrase, escape_text, text_message
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.views.voices import VOICES, Voices

SMALL_GROUP = 3  # members; in a smaller group, a number points at somebody

# In turn: no sentence comes in two weeks in a row.
QUESTIONS: Voices = (
    "How did **week {number}** go, _{title}_? "
    "It takes a minute: what you did, how it felt, and anything blocking you. "
    "Only you and the moderators can read it.",
    "**Week {number}**, _{title}_, is nearly over. "
    "Tell me in a line what worked and what did not. "
    "The moderators read your words, and nobody else unless you share them.",
    "Look back at **week {number}**, _{title}_, for a minute. "
    "How much did you do, how sure are you of it, and where did you get stuck? "
    "Your answer goes to the moderators alone.",
)


def _find_check_in_skip_reason(facts: HomeFacts) -> str | None:
    counts = facts.counts
    if counts.members == 0:
        return "nobody is there to hear it"
    if counts.check_in_total == 0:
        return "everybody is away"
    if counts.checked_in_count >= counts.check_in_total:
        return "everybody has checked in"
    return None


@post(
    PostDay("end", 2),
    title="Check-in prompt",
    late=LatePolicy("week"),
    order=60,
    skip=_find_check_in_skip_reason,
    uses=("counts", "former_posts"),
    counts=("checkins",),
)
def check_in(facts: HomeFacts) -> Message:
    """Two days before the week ends: a button to check in."""
    week = facts.post_week
    question = QUESTIONS[facts.former_posts % VOICES]
    return text_message(
        question.format(number=week.number, title=escape_text(week.week.title)),
        *_list_count_bars(facts),
        button_row(
            ("Check in", build_phrase("checkin", week=week.id, cohort=facts.cohort.ref)),
            ("My list", build_phrase("week", n=week.number, cohort=facts.cohort.ref)),
        ),
    )


def _list_count_bars(facts: HomeFacts) -> Iterator[Progress]:
    """Yield how many have checked in so far; nothing before the first."""
    counts = facts.counts
    # "0 of 9" would be no invitation, and "1 of 2" would point at the other.
    if counts.checked_in_count and counts.check_in_total >= SMALL_GROUP:
        yield Progress("Checked in", counts.checked_in_count, counts.check_in_total)
