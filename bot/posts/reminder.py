"""A private word to a member without a check-in, in their own time.

It names what is left and the shortest of it. It never comes more often than they wish, and stops
where it does not help.
"""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Buttons, Message, build_phrase, text_message
from bot.group.silence import MOST_REMINDERS, Silence
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.private_posts import find_member_objection, measure_own_backlog
from bot.views.reminders import list_reminder_sentences


def _find_reminder_skip_reason(facts: MemberFacts) -> str | None:
    if facts.recipient.has_checked_in:
        return "has checked in"
    return find_member_objection(facts) or _find_silence_objection(facts.silence)


def _find_silence_objection(silence: Silence) -> str | None:
    if silence.stopped_at is not None:
        return "reminders have stopped"
    if silence.is_long:
        return "silent for two weeks"
    # Whoever wished for several a week gets no more than this without an answer.
    if silence.letter_count >= MOST_REMINDERS:
        return "no answer to two letters"
    return None


@post(
    PostDay("end", 1),
    PostDay("end", 0),
    title="Private reminder",
    late=LatePolicy("member"),
    scope="member",
    order=70,
    skip=_find_reminder_skip_reason,
    uses=("silence",),
)
def reminder(facts: MemberFacts) -> Message:
    """On the last two days, to those who have not checked in: in private, in their own time."""
    return text_message(" ".join(list_reminder_sentences(facts)), _build_buttons(facts))


def _build_buttons(facts: MemberFacts) -> Buttons:
    week, ref = facts.post_week, facts.cohort.ref
    buttons = [
        ("Check in", build_phrase("checkin", week=week.id, cohort=ref)),
        ("My list", build_phrase("week", n=week.number, cohort=ref)),
        ("I need a break", "away"),
        ("Change reminders", "settings ask=times"),
    ]
    if measure_own_backlog(facts).is_behind:
        buttons.insert(2, ("Ways back", build_phrase("behind", cohort=ref)))
    return button_row(*buttons)
