"""`cohort digest`: the weekly digest as it stands now, and who gets it as a private letter.

The first moderator gets it unless they switch it off; every other moderator may switch it on.
"""

from __future__ import annotations

from typing import Annotated, Literal

from bot.chat.buttons import button_row
from bot.chat.message import Block, Message, build_phrase, text_message
from bot.command import Call, CohortRef, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort
from bot.post import ModeratorFacts, PostSlot
from bot.store.moderation import DIGEST
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_cohort_state
from bot.views.digest import build_digest
from bot.views.notices import build_next_step_buttons

KIND = "digest"  # of the letters


@command(moderators=True, order=85, action="The weekly digest")
async def cohort_digest(
    call: Call,
    turn: Annotated[Literal["on", "off"] | None, "Get it as a letter each week, or not"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
) -> Message:
    """See how the group does and who needs you; get it weekly or not."""
    managed = await call.find_managed_cohort(cohort, "running", "paused", "open")
    if turn is not None:
        await call.tx.people.save_setting(call.person, DIGEST, turn, call.now, managed.id)
        return _build_switch_answer(managed, turn == "on")
    readers = await call.tx.moderation.list_digest_readers(managed)
    is_reader = call.person.account_id in readers
    week = managed.week_at(call.now)
    if week is None:
        return text_message(
            f"{format_cohort_name(managed)} {describe_cohort_state(managed, call.now)}: "
            "there is nothing to tell yet.",
            _describe_delivery(is_reader),
            _build_switch(managed, is_reader),
        )
    facts = await _read_facts(call, managed, week)
    digest = build_digest(facts)
    return text_message(
        *digest.blocks,
        _describe_delivery(is_reader),
        _build_switch(managed, is_reader),
        title=digest.title,
    )


async def _read_facts(call: Call, cohort: Cohort, week: CalendarWeek) -> ModeratorFacts:
    space_id = await call.tx.people.find_space_id(call.place)
    return ModeratorFacts(
        cohort,
        await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id),
        PostSlot(KIND, week.id, call.now, week),
        call.now,
        await call.tx.digests.read_digest(cohort, week, call.now),
        call.person.id,
        space_id or 0,
        is_so_far=True,
        titles={name: kind.title for name, kind in call.post_kinds.kinds.items()},
    )


def _build_switch_answer(cohort: Cohort, is_on: bool) -> Message:
    name = format_cohort_name(cohort)
    text = f"You get no more weekly digests of {name}."
    if is_on:
        text = f"You get the digest of {name} in private, each week when its recap comes."
    return text_message(text, build_next_step_buttons(cohort, _get_switch(cohort, is_on)))


def _describe_delivery(is_reader: bool) -> str:
    if is_reader:
        return "_You get this as a private letter each week, when the recap comes._"
    return "_You do not get this as a letter: switch it on to have it each week._"


def _build_switch(cohort: Cohort, is_reader: bool) -> Block:
    return button_row(_get_switch(cohort, is_reader), has_main=False)


def _get_switch(cohort: Cohort, is_reader: bool) -> tuple[str, str]:
    if is_reader:
        return "Stop the letter", build_phrase("cohort digest", turn="off", cohort=cohort.ref)
    return "Send it to me weekly", build_phrase("cohort digest", turn="on", cohort=cohort.ref)
