"""A private word to a member who has not checked in yet, in their own time and never more often than they wish."""

from __future__ import annotations

from bot.chat.buttons import buttons
from bot.chat.message import Message, phrase, quote, say
from bot.group.route import route_of
from bot.post import Facts, Late, Own, When, post
from bot.views.dates import day


def _own(facts: Facts) -> Own:
    if facts.own is None:
        raise LookupError("a reminder goes to a member")
    return facts.own


def _needless(facts: Facts) -> str | None:
    own = _own(facts)
    person = own.member.person
    if own.checked_in:
        return "has checked in"
    if own.member.is_away(facts.cohort, facts.now):
        return "away"
    today = own.member.today(facts.cohort, facts.now)
    if any(one.covers(today) for one in facts.cohort.breaks):
        return "the plan stands still"
    if person.delivery == "none" or person.reminders_a_week == 0:
        return "wants no reminders"
    return "reminded often enough this week" if own.reminded >= person.reminders_a_week else None


@post(
    When("end", 1),
    When("end", 0),
    title="Private reminder",
    late=Late("member"),
    scope="member",
    order=70,
    skip=_needless,
)
def reminder(facts: Facts) -> Message:
    """On the last two days, to those who have not checked in: in private, in their own time."""
    own, week = _own(facts), facts.week
    total = route_of(facts.plan, facts.cohort.syllabus, own.member.picks).total(week.id)
    done = f"You have {own.done} of {total} items done. " if own.done else ""
    last = f"It ends on {day(week.last)}. " if week.last else ""
    return say(
        f"Week {week.number} of **{quote(facts.cohort.name)}** is waiting for your check-in. {done}{last}"
        "Two words are enough, and late is fine too.",
        buttons(
            ("Check in", phrase("checkin", week=week.id, cohort=facts.cohort.ref)),
            ("I need a break", "away"),
            ("Change reminders", "settings ask=times"),
        ),
    )
