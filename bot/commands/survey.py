"""`survey`: what a member says about their cohort at the end.

Answering again changes the answer. Buttons answer one question at a time; without options it is a
form with all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Block,
    Checklist,
    Choice,
    Field,
    Form,
    Message,
    Text,
    build_phrase,
    escape_text,
    text_message,
)
from bot.chat.text import clean_text
from bot.command import Call, CohortRef, command
from bot.command.suggestions import suggest_own_cohorts
from bot.command.values import format_typed_text, join_with_or
from bot.group.cohort import Cohort
from bot.group.journey import has_own_end_come
from bot.group.survey import AGAIN, HELPED, MAX_CHANGE, Again, SurveyAnswer

AGAIN_QUESTION = "Would you do it again?"
HELPED_QUESTION = "What helped you?"
CHANGE_QUESTION = "What should change?"
CONSENT_QUESTION = "May moderators read what you wrote?"


async def suggest_helpers(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest what may have helped."""
    return _list_helper_choices(())


@command(form=True, section="me", order=46, action="How was it?")
async def survey(
    call: Call,
    again: Annotated[Again | None, AGAIN_QUESTION] = None,
    helped: Annotated[tuple[str, ...] | None, HELPED_QUESTION, suggest_helpers] = None,
    change: Annotated[str | None, CHANGE_QUESTION] = None,
    consent: Annotated[bool | None, CONSENT_QUESTION] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Answer:
    """After your last week: say how it was, in a minute."""
    await call.lock_person()
    own_cohort, member = await call.resolve_membership(cohort)
    if not has_own_end_come(member, own_cohort, call.now):
        raise Refused(
            f"{escape_text(own_cohort.name)} is not over for you yet: "
            "the survey opens after your last week."
        )
    before = await call.tx.surveys.load_answer(own_cohort, member)
    is_typed = any(value is not None for value in (again, helped, change, consent))
    if not (call.is_submitted or is_typed):
        return _build_survey_form(own_cohort, before)
    answer = _clear_emptied_fields(call, before)
    if again is not None:
        answer = replace(answer, again=again)
    if helped is not None:
        answer = replace(answer, helped=_parse_helpers(helped))
    if change is not None:
        answer = replace(answer, change=_clean_change(change))
    if consent is not None:
        answer = replace(answer, consent=consent)
    await call.tx.surveys.save_answer(own_cohort, member, answer, call.now)
    return _build_thanks(own_cohort, answer)


# — what was typed —


def _clear_emptied_fields(call: Call, before: SurveyAnswer) -> SurveyAnswer:
    # A form or list sent with nothing in it takes the earlier answer back.
    answer = before
    if call.is_field_cleared("again"):
        answer = replace(answer, again="")
    if call.is_field_cleared("helped"):
        answer = replace(answer, helped=())
    if call.is_field_cleared("change"):
        answer = replace(answer, change="")
    if call.is_field_cleared("consent"):
        answer = replace(answer, consent=False)
    return answer


def _parse_helpers(typed: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of what helped, in the order they are offered. Raises `Refused`."""
    named = set()
    for word in typed:
        helper = word.strip().casefold()
        if helper not in HELPED:
            offered = join_with_or([f"`{helper}`" for helper in HELPED])
            raise Refused(
                f"“{format_typed_text(word)}” is not on the list: choose {offered}.", "helped"
            )
        named.add(helper)
    return tuple(helper for helper in HELPED if helper in named)


def _clean_change(typed: str) -> str:
    try:
        return clean_text(typed, MAX_CHANGE, "The answer", is_multiline=True)
    except Refused as refused:
        # Raised anew, so that the form shows the sentence beside its field.
        raise Refused(refused.sentence, "change") from None


# — the form —


def _build_survey_form(cohort: Cohort, before: SurveyAnswer) -> Form:
    again = [Choice(word.capitalize(), word, chosen=before.again == word) for word in AGAIN]
    consent = (
        Choice("Yes, without my name", "yes", chosen=before.consent),
        Choice("No", "no", chosen=not before.consent),
    )
    fields = (
        Field("again", AGAIN_QUESTION, "one", choices=tuple(again)),
        Field("helped", HELPED_QUESTION, "any", choices=_list_helper_choices(before.helped)),
        Field("change", CHANGE_QUESTION, "text", value=before.change, longest=MAX_CHANGE),
        Field("consent", CONSENT_QUESTION, "one", choices=consent),
    )
    return Form("How was it?", build_phrase("survey", cohort=cohort.ref), fields)


def _list_helper_choices(chosen: Sequence[str]) -> tuple[Choice, ...]:
    choices = []
    for helper, label in HELPED.items():
        choices.append(Choice(label, helper, chosen=helper in chosen))
    return tuple(choices)


# — the answer —


def _build_thanks(cohort: Cohort, answer: SurveyAnswer) -> Message:
    phrase = build_phrase("survey", cohort=cohort.ref)
    blocks: list[Block] = [Text(_describe_answer(answer))]
    helpers = _list_helper_choices(answer.helped)
    blocks.append(Checklist(HELPED_QUESTION, phrase, "helped", helpers, private=True))
    label = "Edit my answers" if answer.change else CHANGE_QUESTION
    blocks.append(button_row((label, phrase)))
    return text_message(*blocks)


def _describe_answer(answer: SurveyAnswer) -> str:
    sentences = ["Thank you, that is noted."]
    if answer.again:
        sentences = [f"Thank you, I noted **{answer.again}**."]
    if answer.change and answer.consent:
        sentences.append("Moderators can read your words, but not your name.")
    elif answer.change:
        sentences.append("Nobody else can read your words: you chose to keep them private.")
    sentences.append("You can change your answers at any time.")
    return " ".join(sentences)
