"""After a member's own last week: their way in numbers, a certificate, a survey, and what next.

It is sent once, in private, to finishers and to everybody else in their own words. Whoever is away
gets it when they are back. Whoever has left five letters without an answer gets no sixth.
"""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message
from bot.group.journey import has_own_end_come, measure_journey
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.farewell import FarewellFacts, build_farewell

MAX_WAIT = timedelta(days=30)  # longer away, and `farewell` shows it to whoever asks


def _find_farewell_skip_reason(facts: MemberFacts) -> str | None:
    # No reminders a week is no objection: this is the one letter at the end, and no reminder.
    if facts.recipient.member.person.delivery == "none":
        return "wants no private messages"
    # Several cohorts of one silent person may end together: `farewell` shows what is not sent.
    if facts.silence.has_had_enough:
        return "has had letters enough"
    return None


def _find_hold_reason(facts: MemberFacts) -> str | None:
    member, cohort = facts.recipient.member, facts.cohort
    # The dates, or the member's own clock, may have moved since the letter was entered.
    if not has_own_end_come(member, cohort, facts.now):
        return "their own weeks go on"
    if member.is_away_today(cohort, facts.now):
        return "away"
    return None


@post(
    PostDay("finish"),
    title="Farewell",
    late=LatePolicy(max_delay=MAX_WAIT),
    scope="member",
    order=90,
    skip=_find_farewell_skip_reason,
    hold=_find_hold_reason,
    uses=("checkin_hours", "portfolio", "next_cohorts", "silence"),
)
def farewell(facts: MemberFacts) -> Message:
    """When a member's own last week is over: their way, a certificate and what next, in private."""
    member = facts.recipient.member
    journey = measure_journey(
        member,
        facts.cohort,
        facts.roadmap,
        facts.recipient.ticked,
        facts.checkin_hours,
        facts.now,
    )
    return build_farewell(
        FarewellFacts(
            facts.cohort,
            facts.roadmap,
            member,
            journey,
            facts.portfolio,
            facts.next_cohorts,
            facts.now,
        )
    )
