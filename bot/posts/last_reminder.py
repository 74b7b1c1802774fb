"""The letter that ends reminders: in the second silent week in a row, with three ways back."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, text_message
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.cohort_texts import format_cohort_name
from bot.views.private_posts import find_limit, find_rest, find_wish, measure_own_backlog
from bot.views.reminders import find_own_work, list_step_sentences
from bot.views.voices import Voices
from bot.views.ways_back import build_ways_offer

OPENINGS = (
    "It has been quiet for two weeks, and that is fine.",
    "I have not seen you for two weeks, and that is all right.",
)
# "The shortest you can start now" is said beside the number of items left; none stands here.
STEPS: Voices = (
    "Start here: **{title}**{time}.",
    "Take **{title}** first{time}.",
    "Begin with **{title}**{time}.",
)
STOP = (
    "I stop reminding you now. Any command starts my reminders again, `week` for instance, "
    "and `settings` says how often they come."
)


def _find_skip_reason(facts: MemberFacts) -> str | None:
    silence = facts.silence
    if silence.stopped_at is not None:
        return "reminders have stopped already"
    if not silence.is_long:
        return "is not silent"
    if not facts.cohort.get_post_setting("reminder").on:
        return "there are no reminders to stop"
    return find_rest(facts) or find_wish(facts)


def _find_hold_reason(facts: MemberFacts) -> str | None:
    # A reminder may have come late last week. This letter waits a day, but not a week: with it
    # reminders end in the second silent week, whatever came before.
    today = facts.recipient.member.get_member_date(facts.cohort, facts.now)
    is_last_day = facts.post_week.last is not None and today >= facts.post_week.last
    return None if is_last_day else find_limit(facts)


@post(
    PostDay("end", 1),
    title="Last reminder",
    late=LatePolicy("member"),
    scope="member",
    order=68,
    skip=_find_skip_reason,
    hold=_find_hold_reason,
    uses=("silence", "ways"),
)
def last_reminder(facts: MemberFacts) -> Message:
    """In the second week without a word from a member: three ways back, and reminders stop."""
    voice = facts.silence.stop_count % len(OPENINGS)
    opening = OPENINGS[voice]
    backlog = measure_own_backlog(facts)
    # An offer is no offer the second time, and without open items there is nothing to offer.
    if facts.ways.was_offered or not backlog.open_items:
        return _write_without_offer(facts, voice)
    where = f"{opening} This is week {facts.post_week.number}."
    member = facts.recipient.member
    return build_ways_offer(facts.cohort, member, backlog, facts.now, STOP, opening=where)


def _write_without_offer(facts: MemberFacts, voice: int) -> Message:
    week, ref = facts.post_week, facts.cohort.ref
    steps = list_step_sentences(facts, find_own_work(facts), voice, STEPS)
    where = f"{OPENINGS[voice]} {format_cohort_name(facts.cohort)} is in week {week.number}."
    return text_message(
        " ".join([where, *steps]),
        STOP,
        button_row(
            ("My list", build_phrase("week", n=week.number, cohort=ref)),
            ("Ways back", build_phrase("behind", cohort=ref)),
            ("Change reminders", "settings ask=times"),
        ),
    )
