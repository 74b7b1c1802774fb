"""`members word`: a kind word to one member, in private. Its text is shown first."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, escape_text, text_message
from bot.chat.text import clean_text, has_visible_text, hash_texts
from bot.command import Call, CohortRef, HiddenOption, NumberRange, Sure, command
from bot.command.attention import (
    MOST_MEMBER_ID,
    MemberInQuestion,
    build_member_phrase,
    build_return_buttons,
    list_letter_texts,
    load_member_in_question,
)
from bot.command.confirm import STALE, is_agreed, is_stale
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.attention import KIND_WORD
from bot.views.attention import format_member_name
from bot.views.hand_letters import MAX_WORD, build_kind_word, describe_objection, propose_word


@command(moderators=True, hidden=True)
async def members_word(
    call: Call,
    member: Annotated[int | None, HiddenOption(), NumberRange(1, MOST_MEMBER_ID)] = None,
    words: Annotated[str | None, "What to write"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Send a member a kind word, in private."""
    # Locked, so that of two moderators who press at once the second one hears of the first.
    managed = await call.lock_managed_cohort(cohort)
    question = await load_member_in_question(call, managed, member)
    objection = question.find_word_objection(call)
    if objection is not None:
        raise Refused(describe_objection(objection, question.entry, managed, question.earlier))
    text = _clean_words(words) if words is not None else propose_word(question.entry)
    # Whoever sent the form has read and changed the words in it.
    if (words is None or not call.is_submitted) and not is_agreed(sure, hash_texts([text])):
        return _build_preview(question, text, sure)
    return await _send_word(call, question, text)


def _clean_words(words: str) -> str:
    text = clean_text(words, MAX_WORD, "A kind word", is_multiline=True)
    if not has_visible_text(text):
        raise Refused("A kind word needs words: write a sentence.", "words")
    return text


def _build_preview(question: MemberInQuestion, text: str, sure: str | None) -> Message:
    mark = hash_texts([text])
    send = ("Send it", build_member_phrase("members word", question, sure=mark))
    change = ("Change the words", build_member_phrase("members write", question))
    back = ("Back", build_member_phrase("members attention", question))
    name = format_member_name(question.entry, question.text)
    return text_message(
        *([STALE] if is_stale(sure, mark) else []),
        f"I send this to {name}, in private:",
        *list_letter_texts(build_kind_word(question.cohort, text)),
        "Nothing is sent yet.",
        button_row(send, change, back),
        title="A preview",
    )


async def _send_word(call: Call, question: MemberInQuestion, text: str) -> Message:
    letter = build_kind_word(question.cohort, text)
    await question.enter_letter(call, KIND_WORD, letter)
    name = format_member_name(question.entry, question.text)
    return text_message(
        f"Your word to {name} is on its way. I send it in private, outside their quiet hours.",
        f"_{escape_text(text)}_" if "\n" not in text else escape_text(text),
        build_return_buttons(question),
    )
