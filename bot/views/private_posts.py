"""Why a member does not want a private post now, whatever it says."""

from __future__ import annotations

from bot.post import MemberFacts


def find_member_objection(facts: MemberFacts) -> str | None:
    """Return why the member is left alone, or None."""
    if facts.recipient.member.is_away_today(facts.cohort, facts.now):
        return "away"
    today = facts.recipient.member.get_member_date(facts.cohort, facts.now)
    if any(pause.has_date(today) for pause in facts.cohort.breaks):
        return "the plan stands still"
    return _find_own_wish(facts)


def _find_own_wish(facts: MemberFacts) -> str | None:
    recipient = facts.recipient
    person = recipient.member.person
    if person.delivery == "none" or person.reminders_a_week == 0:
        return "wants no reminders"
    if recipient.reminder_count >= person.reminders_a_week:
        return "reminded often enough this week"
    return None
