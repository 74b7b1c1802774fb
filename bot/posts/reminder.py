"""A private word to a member without a check-in, in their own time.

It never comes more often than they wish.
"""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.group.catch_up import find_catch_up
from bot.group.route import build_route
from bot.post import LatePolicy, MemberFacts, PostDay, Recipient, post
from bot.views.catch_up import describe_planned_work
from bot.views.dates import format_day


def _find_reminder_skip_reason(facts: MemberFacts) -> str | None:
    recipient = facts.recipient
    if recipient.has_checked_in:
        return "has checked in"
    if recipient.member.is_away_today(facts.cohort, facts.now):
        return "away"
    today = recipient.member.get_member_date(facts.cohort, facts.now)
    if any(pause.has_date(today) for pause in facts.cohort.breaks):
        return "the plan stands still"
    return _find_own_objection(recipient)


def _find_own_objection(recipient: Recipient) -> str | None:
    person = recipient.member.person
    if person.delivery == "none" or person.reminders_a_week == 0:
        return "wants no reminders"
    if recipient.reminder_count >= person.reminders_a_week:
        return "reminded often enough this week"
    return None


@post(
    PostDay("end", 1),
    PostDay("end", 0),
    title="Private reminder",
    late=LatePolicy("member"),
    scope="member",
    order=70,
    skip=_find_reminder_skip_reason,
)
def reminder(facts: MemberFacts) -> Message:
    """On the last two days, to those who have not checked in: in private, in their own time."""
    week, ref = facts.post_week, facts.cohort.ref
    return text_message(
        f"Week {week.number} of **{escape_text(facts.cohort.name)}** is waiting for your check-in. "
        f"{_describe_own_progress(facts)}{_describe_week_end(facts)}{_describe_plan(facts)}"
        "Two words are enough, and late is fine too.",
        button_row(
            ("Check in", build_phrase("checkin", week=week.id, cohort=ref)),
            ("I need a break", "away"),
            ("Change reminders", "settings ask=times"),
        ),
    )


def _describe_own_progress(facts: MemberFacts) -> str:
    recipient = facts.recipient
    # "0 of 8 items" would be a reproach.
    if not recipient.done_count:
        return ""
    # By their own route: their choices may leave them more or fewer items than others.
    route = build_route(facts.roadmap, facts.cohort.syllabus, recipient.member.picks)
    total = route.count_slots(facts.post_week.id)
    return f"You have {recipient.done_count} of {total} items done. "


def _describe_plan(facts: MemberFacts) -> str:
    member, cohort = facts.recipient.member, facts.cohort
    route = build_route(facts.roadmap, cohort.syllabus, member.picks)
    plan = find_catch_up(member, cohort, route, facts.recipient.ticked, facts.now)
    sentence = describe_planned_work(plan, facts.roadmap, facts.post_week.number)
    return f"{sentence} " if sentence else ""


def _describe_week_end(facts: MemberFacts) -> str:
    if facts.post_week.last is None:
        return ""
    return f"It ends on {format_day(facts.post_week.last)}. "
