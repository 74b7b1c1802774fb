"""`members away`: time off for a member who cannot say so themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, text_message
from bot.command import Call, CohortRef, HiddenOption, NumberRange, command
from bot.command.attention import (
    MOST_MEMBER_ID,
    MemberInQuestion,
    build_member_phrase,
    build_return_buttons,
    load_member_in_question,
)
from bot.command.suggestions import suggest_managed_cohorts
from bot.views.attention import format_member_name
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import format_day

OFFERED_DAYS = (("A week", 6), ("Two weeks", 13), ("Four weeks", 27))  # today counts as one more
MAX_DAYS = 27  # longer is for the member to say


@command(moderators=True, hidden=True)
async def members_away(
    call: Call,
    member: Annotated[int | None, HiddenOption(), NumberRange(1, MOST_MEMBER_ID)] = None,
    until: Annotated[date | None, "Last day away"] = None,
    undo: Annotated[int | None, HiddenOption(), NumberRange(0, MAX_DAYS)] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
) -> Message:
    """Mark a member as away, or take that back."""
    managed = await call.lock_managed_cohort(cohort)
    question = await load_member_in_question(call, managed, member)
    await call.tx.people.lock_person(question.entry.member.person.account_id)
    if undo is not None and until is not None:
        return await _take_back(call, question, until - timedelta(days=undo), until)
    _check_can_be_marked(call, question)
    if until is None:
        return _build_question(call, question)
    today = question.entry.member.get_member_date(managed, call.now)
    if not today <= until <= today + timedelta(days=MAX_DAYS):
        raise Refused(
            f"A moderator can mark up to four weeks: choose a day until "
            f"{format_day(today + timedelta(days=MAX_DAYS))}.",
            "until",
        )
    person = question.entry.member.person
    await call.tx.absences.insert_absence(person, today, until, call.now, managed.id)
    return _build_answer(question, today, until)


def _check_can_be_marked(call: Call, question: MemberInQuestion) -> None:
    member, cohort = question.entry.member, question.cohort
    name = format_member_name(question.entry, question.text)
    if cohort.state not in {"open", "running", "paused"}:
        raise Refused(
            f"{format_cohort_name(cohort)} is not running: nobody has to be away from it."
        )
    if member.is_away_today(cohort, call.now):
        raise Refused(f"{name} is away already: wait until they are back.")


def _build_question(call: Call, question: MemberInQuestion) -> Message:
    today = question.entry.member.get_member_date(question.cohort, call.now)
    pairs = []
    for label, days in OFFERED_DAYS:
        until = (today + timedelta(days=days)).isoformat()
        pairs.append((label, build_member_phrase("members away", question, until=until)))
    pairs.append(("Back", build_member_phrase("members attention", question)))
    name = format_member_name(question.entry, question.text)
    return text_message(
        f"How long will {name} be away, starting today? I send no reminders, and the streak waits. "
        "Only moderators and the member see it.",
        button_row(*pairs, has_main=False),
    )


def _build_answer(question: MemberInQuestion, today: date, until: date) -> Message:
    name = format_member_name(question.entry, question.text)
    # Its length and its last day: a button has no room for two dates and two long ids.
    days = (until - today).days
    undo = build_member_phrase("members away", question, until=until.isoformat(), undo=days)
    return text_message(
        f"{name} is away from {format_cohort_name(question.cohort)} until the end of "
        f"{format_day(until)}. They can come back earlier with `away back=yes`.",
        build_return_buttons(question, ("Undo", undo)),
    )


async def _take_back(call: Call, question: MemberInQuestion, since: date, until: date) -> Message:
    member, cohort = question.entry.member, question.cohort
    today = member.get_member_date(cohort, call.now)
    name = format_member_name(question.entry, question.text)
    was_away = until >= today and await call.tx.absences.end_one_absence(
        member.person, since, until, cohort.id, today
    )
    sentence = f"{name} is not away any more."
    if not was_away:
        sentence = f"That time off of {name} has ended already."
    return text_message(sentence, build_return_buttons(question))
