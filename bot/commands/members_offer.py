"""`members offer`: the three ways back for a member who is behind, in private, once."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, text_message
from bot.command import Call, CohortRef, HiddenOption, NumberRange, Sure, command
from bot.command.attention import (
    MOST_MEMBER_ID,
    MemberInQuestion,
    build_member_phrase,
    build_return_buttons,
    list_letter_texts,
    load_member_in_question,
)
from bot.command.confirm import is_plain_yes
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.attention import WAYS_BY_HAND
from bot.views.attention import format_member_name
from bot.views.hand_letters import build_offer_by_hand, describe_objection


@command(moderators=True, hidden=True)
async def members_offer(
    call: Call,
    member: Annotated[int | None, HiddenOption(), NumberRange(1, MOST_MEMBER_ID)] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Offer a member the ways back, in private."""
    managed = await call.lock_managed_cohort(cohort)
    question = await load_member_in_question(call, managed, member)
    objection = question.find_offer_objection(call)
    if objection is not None:
        raise Refused(describe_objection(objection, question.entry, managed, question.earlier))
    name = format_member_name(question.entry, question.text)
    if not is_plain_yes(sure):
        return _build_preview(call, question, name)
    await question.enter_letter(call, WAYS_BY_HAND)
    return text_message(
        f"The ways back are on their way to {name}, in private and outside their quiet hours.",
        build_return_buttons(question),
    )


def _build_preview(call: Call, question: MemberInQuestion, name: str) -> Message:
    backlog = question.entry.backlog
    assert backlog is not None
    offer = build_offer_by_hand(question.cohort, question.entry.member, backlog, call.now)
    send = ("Send it", build_member_phrase("members offer", question, sure="yes"))
    back = ("Back", build_member_phrase("members attention", question))
    return text_message(
        f"I send this to {name}, in private, with a button for each way. It is offered once.",
        *list_letter_texts(offer),
        "Nothing is sent yet.",
        button_row(send, back),
        title="A preview",
    )
