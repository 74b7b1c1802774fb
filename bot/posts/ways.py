"""The offer of three ways back, once, to a member who is behind. Nobody else sees it."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message
from bot.group.backlog import Backlog, measure_backlog
from bot.group.route import build_route
from bot.group.silence import LAST_REMINDER, REMINDER
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.ways_back import build_ways_offer


def _measure_backlog(facts: MemberFacts) -> Backlog:
    recipient = facts.recipient
    route = build_route(facts.roadmap, facts.cohort.syllabus, recipient.member.picks)
    return measure_backlog(
        recipient.member, facts.cohort, facts.roadmap, route, recipient.ticked, facts.now
    )


def _find_ways_skip_reason(facts: MemberFacts) -> str | None:
    member = facts.recipient.member
    if facts.ways.was_offered:
        return "was offered before"
    if member.has_finished_roadmap(facts.cohort, facts.now):
        return "the plan is over"
    if member.shift or member.catch_up or member.moved_from or facts.ways.is_waiting:
        return "has chosen a way"
    if _will_be_offered_later(facts):
        return "silent: the last reminder offers them"
    return _find_own_objection(facts) or _find_pace_objection(facts)


def _will_be_offered_later(facts: MemberFacts) -> bool:
    # Only one letter to somebody who is silent. The week that has just begun counts as silent too.
    has_last_reminder = all(
        facts.cohort.get_post_setting(kind).on for kind in (REMINDER, LAST_REMINDER)
    )
    return facts.silence.is_long and has_last_reminder


def _find_own_objection(facts: MemberFacts) -> str | None:
    member = facts.recipient.member
    if member.person.delivery == "none" or member.person.reminders_a_week == 0:
        return "wants no reminders"
    if member.is_away_today(facts.cohort, facts.now):
        return "away"
    return None


def _find_pace_objection(facts: MemberFacts) -> str | None:
    member = facts.recipient.member
    today = member.get_member_date(facts.cohort, facts.now)
    if any(pause.has_date(today) for pause in facts.cohort.breaks):
        return "the plan stands still"
    return None if _measure_backlog(facts).is_behind else "is not behind"


@post(
    PostDay("after", 0),
    title="Ways back",
    late=LatePolicy(max_delay=timedelta(days=3), can_fold=True),
    scope="member",
    order=75,
    skip=_find_ways_skip_reason,
    uses=("ways", "silence"),
)
def ways(facts: MemberFacts) -> Message:
    """When a week is over, once, to a member who is behind: three ways back, in private."""
    return build_ways_offer(
        facts.cohort,
        facts.recipient.member,
        _measure_backlog(facts),
        facts.now,
        opening=f"Week {facts.post_week.number} is over.",
    )
