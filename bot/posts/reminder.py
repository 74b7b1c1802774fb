"""A private word to a member who has not checked in yet, in their own time and never more often than they wish."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.group.route import build_route
from bot.post import LatePolicy, PostDay, PostFacts, Recipient, post
from bot.views.dates import format_day


def _require_recipient(facts: PostFacts) -> Recipient:
    if facts.recipient is None:
        raise LookupError("a reminder goes to a member")
    return facts.recipient


def _find_reminder_skip_reason(facts: PostFacts) -> str | None:
    own = _require_recipient(facts)
    person = own.member.person
    if own.has_checked_in:
        return "has checked in"
    if own.member.is_away_today(facts.cohort, facts.now):
        return "away"
    today = own.member.get_member_date(facts.cohort, facts.now)
    if any(one.has_date(today) for one in facts.cohort.breaks):
        return "the plan stands still"
    if person.delivery == "none" or person.reminders_a_week == 0:
        return "wants no reminders"
    return (
        "reminded often enough this week" if own.reminder_count >= person.reminders_a_week else None
    )


@post(
    PostDay("end", 1),
    PostDay("end", 0),
    title="Private reminder",
    late=LatePolicy("member"),
    scope="member",
    order=70,
    skip=_find_reminder_skip_reason,
)
def reminder(facts: PostFacts) -> Message:
    """On the last two days, to those who have not checked in: in private, in their own time."""
    own, week = _require_recipient(facts), facts.post_week
    total = build_route(facts.roadmap, facts.cohort.syllabus, own.member.picks).count_slots(week.id)
    done = f"You have {own.done_count} of {total} items done. " if own.done_count else ""
    last = f"It ends on {format_day(week.last)}. " if week.last else ""
    return text_message(
        f"Week {week.number} of **{escape_text(facts.cohort.name)}** is waiting for your check-in. {done}{last}"
        "Two words are enough, and late is fine too.",
        button_row(
            ("Check in", build_phrase("checkin", week=week.id, cohort=facts.cohort.ref)),
            ("I need a break", "away"),
            ("Change reminders", "settings ask=times"),
        ),
    )
