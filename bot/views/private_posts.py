"""Why a member does not want a private post now, whatever it says."""

from __future__ import annotations

from bot.group.backlog import Backlog, measure_backlog
from bot.group.route import build_route
from bot.post import MemberFacts


def measure_own_backlog(facts: MemberFacts) -> Backlog:
    """Measure what the reader has left open in the weeks that are closed for them."""
    member, ticked = facts.recipient.member, facts.recipient.ticked
    route = build_route(facts.roadmap, facts.cohort.syllabus, member.picks)
    return measure_backlog(member, facts.cohort, facts.roadmap, route, ticked, facts.now)


def find_member_objection(facts: MemberFacts) -> str | None:
    """Return why the member is left alone, or None."""
    return find_rest(facts) or find_wish(facts) or find_limit(facts)


def find_rest(facts: MemberFacts) -> str | None:
    """Return that the member is away or the plan stands still, or None."""
    member = facts.recipient.member
    if member.is_away_today(facts.cohort, facts.now):
        return "away"
    today = member.get_member_date(facts.cohort, facts.now)
    if any(pause.has_date(today) for pause in facts.cohort.breaks):
        return "the plan stands still"
    return None


def find_wish(facts: MemberFacts) -> str | None:
    """Return that the member wants no reminders, or None."""
    person = facts.recipient.member.person
    if person.delivery == "none" or person.reminders_a_week == 0:
        return "wants no reminders"
    return None


def find_limit(facts: MemberFacts) -> str | None:
    """Return that the member has had as many letters this week as they want, or None."""
    recipient = facts.recipient
    if recipient.reminder_count >= recipient.member.person.reminders_a_week:
        return "reminded often enough this week"
    return None
