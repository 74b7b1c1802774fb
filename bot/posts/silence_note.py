"""One short note, four weeks after reminders have stopped. Then nothing until its reader acts."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, text_message
from bot.post import LatePolicy, MemberFacts, PostDay, post
from bot.views.cohort_texts import format_cohort_name
from bot.views.private_posts import find_member_objection
from bot.views.reminders import find_own_work, list_step_sentences

VOICE = 0  # of the sentences about the first step: the letters before it are weeks old


def _find_skip_reason(facts: MemberFacts) -> str | None:
    silence = facts.silence
    if silence.stopped_at is None:
        return "reminders go on"
    if silence.has_note:
        return "was sent before"
    if not silence.is_note_due(facts.now):
        return "reminders stopped less than four weeks ago"
    if not silence.has_room_for_note:
        return "has had letters enough"
    return find_member_objection(facts)


@post(
    PostDay("end", 1),
    title="Note to a silent member",
    late=LatePolicy("member"),
    scope="member",
    order=69,
    skip=_find_skip_reason,
    uses=("silence",),
)
def silence_note(facts: MemberFacts) -> Message:
    """Once, four weeks after a member's last reminder: where the group is, and how to go on."""
    week, ref = facts.post_week, facts.cohort.ref
    texts = [
        f"Your place in {format_cohort_name(facts.cohort)} is still yours: this is week {week.number}.",
        *list_step_sentences(facts, find_own_work(facts), VOICE),
        "This is my only note: I write again when you use a command.",
    ]
    return text_message(
        " ".join(texts),
        button_row(
            ("My list", build_phrase("week", n=week.number, cohort=ref)),
            ("Ways back", build_phrase("behind", cohort=ref)),
        ),
    )
