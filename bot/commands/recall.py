"""`recall`: questions about finished topics, now or later, and the answers to them.

Everything here is private. A result belongs to the person, and earns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Literal

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.recall_choice import start_questions, stop_questions
from bot.command.suggestions import suggest_own_cohorts
from bot.command.values import format_typed_text
from bot.group.calendar import convert_to_utc
from bot.group.cohort import Cohort
from bot.group.recall import (
    Practice,
    TopicRecall,
    answer_question,
    choose_practice,
    list_questions,
    parse_question_ref,
)
from bot.roadmap import Item, Roadmap
from bot.store.recalls import set_question_moment
from bot.views.recall import (
    build_question,
    build_recall_answer,
    format_topic_title,
)

MAX_REF = 80  # characters that a ref may have, as the ledger keeps it


@command(section="me", order=45, action="Practise")
async def recall(
    call: Call,
    action: Annotated[
        Literal["start", "stop"] | None, "Start or stop questions that come by themselves"
    ] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    item: Annotated[str | None, HiddenOption()] = None,
    answer: Annotated[Literal["knew", "partly", "no"] | None, HiddenOption()] = None,
) -> Message:
    """Practise what you have finished, one question after another."""
    await call.lock_person()
    if action == "start":
        return await _start_questions(call)
    if action == "stop":
        return await _stop_questions(call)
    own = await _load_own_topics(call, cohort)
    if answer is None or item is None:
        return _build_practice(call, own)
    return await _save_answer(call, own, item, answer)


@dataclass(frozen=True, slots=True)
class OwnTopics:
    """A member's ticked topics with a question, and what they remember of them."""

    cohort: Cohort
    roadmap: Roadmap
    questions: tuple[str, ...]
    recalls: dict[str, TopicRecall]


async def _load_own_topics(call: Call, typed_cohort: str | None) -> OwnTopics:
    cohort, member = await call.resolve_membership(typed_cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    ticked = await call.tx.progress.load_ticked_items(member.person, cohort.roadmap)
    questions = list_questions(roadmap, (item for item in roadmap.items if item in ticked))
    recalls = await call.tx.recalls.load_topics(call.person, cohort.roadmap)
    return OwnTopics(cohort, roadmap, questions, dict(recalls))


# — questions that come by themselves —


async def _start_questions(call: Call) -> Message:
    sentence = await start_questions(call)
    return text_message(sentence, button_row(("Stop", "recall stop"), has_main=False))


async def _stop_questions(call: Call) -> Message:
    sentence = await stop_questions(call)
    again = ("Ask me again later", "recall start")
    return text_message(sentence, button_row(again, has_main=False))


# — practice —


def _build_practice(call: Call, own: OwnTopics) -> Message:
    """Return the next question to practise. Raises `Refused` without any."""
    if not own.questions:
        raise Refused(_describe_missing_questions(own))
    practice = choose_practice(own.questions, own.recalls, _find_day_start(call, own.cohort))
    if practice.item is None:
        return _build_end_of_practice(own.cohort, practice)
    item = own.roadmap.items[practice.item]
    return build_question(own.cohort, item, format_topic_title(item.title), item.id)


def _describe_missing_questions(own: OwnTopics) -> str:
    name = escape_text(own.cohort.name)
    if list_questions(own.roadmap, own.roadmap.items):
        return f"There is nothing to practise in {name} yet: tick a topic with `tick` first."
    return f"The plan of {name} has no questions: use `week` to see your list."


def _find_day_start(call: Call, cohort: Cohort) -> datetime:
    """Return the instant at which today began where the caller is."""
    return convert_to_utc(call.today, time(0), call.person.zone or cohort.zone)


def _build_end_of_practice(cohort: Cohort, practice: Practice) -> Message:
    count = practice.question_count
    questions = "the only question" if count == 1 else f"all {count} questions"
    return text_message(
        f"You have answered {questions} today, and knew {practice.known_count}.",
        button_row(("My progress", build_phrase("progress", cohort=cohort.ref))),
    )


# — answers —


async def _save_answer(
    call: Call, own: OwnTopics, ref: str, result: Literal["knew", "partly", "no"]
) -> Message:
    item, asked = _find_question(own, ref)
    known = own.recalls.get(item.id)
    if asked and (known is None or not known.is_open(asked)):
        raise Refused("That question is closed: use `recall` to practise it.")
    # Whoever has stopped the questions may still answer the last one, and none comes after it.
    repeatable = asked if call.person.recall == "yes" else ""
    before = known or TopicRecall(own.cohort.roadmap, item.id, since=call.today)
    after = answer_question(before, repeatable, result, call.today, call.now)
    after = set_question_moment(after, call.person, call.person.zone or own.cohort.zone)
    await call.tx.recalls.save_answer(call.person, after, is_new=known is None)
    return build_recall_answer(
        own.cohort, own.roadmap, item, result, comes_again=after.is_repeat and bool(repeatable)
    )


def _find_question(own: OwnTopics, ref: str) -> tuple[Item, str]:
    """Return the item and the round in a button's ref. Raises `Refused` for any that is gone."""
    item_id, asked = parse_question_ref(ref[:MAX_REF])
    if item_id in own.questions:
        return own.roadmap.items[item_id], asked
    if list_questions(own.roadmap, [item_id]):
        raise Refused("You have not ticked that topic: tick it first, then use `recall`.")
    raise Refused(
        f"There is no question about “{format_typed_text(ref)}” any more: "
        "use `recall` to practise others."
    )
