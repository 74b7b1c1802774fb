"""A question about a topic that somebody has finished: private, and only if they asked for it."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message
from bot.group.recall import list_questions, parse_question_ref
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.recall import build_question, format_round_opening


def _find_recall_skip_reason(facts: MemberFacts) -> str | None:
    item, asked = parse_question_ref(facts.slot.ref)
    recipient, recall = facts.recipient, facts.topic.recall
    if recipient.member.person.recall != "yes":
        return "wants no questions"
    if item not in recipient.ticked or recall is None:
        return "is not ticked any more"
    if not list_questions(facts.roadmap, [item]):
        return "the plan has no such question any more"
    if not recall.is_open(asked):
        return "has answered it"
    if recipient.member.is_away_today(facts.cohort, facts.now):
        return "away"
    return None


@post(
    PostDay("own"),
    title="Question",
    late=LatePolicy(max_delay=timedelta(days=14)),
    scope="member",
    order=80,
    skip=_find_recall_skip_reason,
    uses=("topic",),
)
def recall(facts: MemberFacts) -> Message:
    """One, three and seven weeks after a topic, to those who asked for it: its question."""
    item_id, asked = parse_question_ref(facts.slot.ref)
    item, known = facts.roadmap.items[item_id], facts.topic.recall
    assert known is not None
    today = facts.recipient.member.get_member_date(facts.cohort, facts.now)
    opening = format_round_opening(item, known, today, asked)
    return build_question(facts.cohort, item, opening, facts.slot.ref)
