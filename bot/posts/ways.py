"""The offer of three ways back, once, to a member who is behind. Nobody else sees it."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message
from bot.group.silence import LAST_REMINDER, REMINDER
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.private_posts import find_rest, find_wish, measure_own_backlog
from bot.views.ways_back import build_ways_offer


def _find_ways_skip_reason(facts: MemberFacts) -> str | None:
    member = facts.recipient.member
    if facts.ways.was_offered:
        return "was offered before"
    if member.has_finished_roadmap(facts.cohort, facts.now):
        return "the plan is over"
    if member.shift or member.catch_up or member.moved_from or facts.ways.is_waiting:
        return "has chosen a way"
    objection = _find_silence_objection(facts) or find_wish(facts) or find_rest(facts)
    if objection is None and not measure_own_backlog(facts).is_behind:
        return "is not behind"
    return objection


def _find_silence_objection(facts: MemberFacts) -> str | None:
    if facts.silence.has_had_enough:
        return "has had letters enough"
    if _will_be_offered_later(facts):
        return "silent: the last reminder offers them"
    return None


def _will_be_offered_later(facts: MemberFacts) -> bool:
    # Only one letter to somebody who is silent. The week that has just begun counts as silent too.
    has_last_reminder = all(
        facts.cohort.get_post_setting(kind).on for kind in (REMINDER, LAST_REMINDER)
    )
    return facts.silence.is_long and has_last_reminder


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
        measure_own_backlog(facts),
        facts.now,
        opening=f"Week {facts.post_week.number} is over.",
    )
