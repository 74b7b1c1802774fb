"""`members write`: the form in which a moderator changes a kind word before it is sent."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import FIELD_HELP, Field, Form, escape_text
from bot.chat.text import shorten
from bot.command import Call, CohortRef, HiddenOption, NumberRange, command
from bot.command.attention import MOST_MEMBER_ID, build_member_phrase, load_member_in_question
from bot.command.suggestions import suggest_managed_cohorts
from bot.views.attention import get_member_name
from bot.views.hand_letters import MAX_WORD, describe_objection, propose_word

MAX_NAME = 40  # characters in the form's note


@command(moderators=True, hidden=True, form=True, reads=True)
async def members_write(
    call: Call,
    member: Annotated[int | None, HiddenOption(), NumberRange(1, MOST_MEMBER_ID)] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
) -> Form:
    """Write a member a kind word of your own."""
    managed = await call.find_managed_cohort(cohort)
    question = await load_member_in_question(call, managed, member)
    objection = question.find_word_objection(call)
    if objection is not None:
        raise Refused(describe_objection(objection, question.entry, managed, question.earlier))
    name = shorten(get_member_name(question.entry, question.text), MAX_NAME)
    field = Field(
        "words",
        "Your words",
        "text",
        required=True,
        value=propose_word(question.entry),
        help=shorten("Sent in private as soon as you submit", FIELD_HELP),
        longest=MAX_WORD,
    )
    phrase = build_member_phrase("members word", question)
    return Form("A kind word", phrase, (field,), note=f"To {escape_text(name)}")
