"""`cohort handover`: name another first moderator, who gets the weekly digest from then on.

A cohort has one: whoever made it, until it is handed over. Every moderator may do that, so that a
group whose first moderator is gone finds a new one.
"""

from __future__ import annotations

from typing import Annotated

from bot.chat.address import Caller
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import shorten
from bot.command import Act, Call, CohortRef, NamedRights, PersonOrRole, Sure, command
from bot.command.named_people import find_named_person
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort
from bot.store.moderation import ModeratorContact
from bot.store.rights import Grant
from bot.views.cohort_texts import format_cohort_name
from bot.views.notices import build_next_step_buttons

NAME = 40  # characters shown
HANDOVER = "handover"  # the kind of the letter to the new first moderator
DUTY = "The first moderator gets the weekly digest, and a letter when the group goes quiet."


@command(moderators=True, order=95, action="Hand a cohort over", asks_rights_of="to")
async def cohort_handover(
    call: Call,
    to: Annotated[PersonOrRole | None, "The new first moderator"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    sure: Sure = None,
) -> Message:
    """Name another first moderator for a cohort."""
    managed = await call.lock_managed_cohort(cohort)
    first = await call.tx.moderation.find_first_moderator(managed)
    if to is None:
        return _build_present_answer(call, managed, first)
    chosen = await find_named_person(call, to, "to")
    caller = await _require_moderator(call, chosen)
    name = _format_name(caller.name)
    if first is not None and first.account == caller.account:
        return text_message(
            f"{name} is the first moderator of {format_cohort_name(managed)} already."
        )
    act = Act(
        f"Hand {format_cohort_name(managed)} over to {name}? {DUTY}",
        "Hand it over",
        build_phrase("cohort handover", to=f"person:{chosen.native}", cohort=managed.ref),
        follow_ups=(f"I tell {name} in private.",),
    )
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(managed))
    return await _hand_over(call, managed, caller)


def _format_name(name: str) -> str:
    return f"**{escape_text(shorten(name, NAME))}**"


def _build_present_answer(call: Call, cohort: Cohort, first: ModeratorContact | None) -> Message:
    if first is None:
        text = f"{format_cohort_name(cohort)} has no first moderator."
    elif first.person.id == call.person.id:
        text = f"You are the first moderator of {format_cohort_name(cohort)}."
    else:
        name = _format_name(first.person.name)
        text = f"{name} is the first moderator of {format_cohort_name(cohort)}."
    return text_message(
        f"{text} {DUTY} To name another: `cohort handover to=Ada`.",
        build_next_step_buttons(cohort),
    )


async def _require_moderator(call: Call, chosen: Grant) -> Caller:
    """Return the chosen person, who is a moderator here now. Raises `Refused`."""
    name = escape_text(shorten(chosen.name, NAME))
    if chosen.kind != "person":
        raise Refused("A cohort is handed over to one person: name somebody, not a role.", "to")
    known = call.named_rights
    if known is None or known.account.native != chosen.native:
        raise Refused(
            f"I could not ask {call.place.platform.capitalize()} about {name}: "
            "please try again in a minute.",
            "to",
        )
    if not known.rights.is_there:
        raise Refused(f"{name} is not in this {call.space_word}: name somebody who is.", "to")
    caller = _build_caller(known, chosen)
    if caller.is_moderator or await call.tx.rights.has_grant(caller, call.place):
        return caller
    raise Refused(f"{name} is no moderator here: make them one with `moderators add` first.", "to")


def _build_caller(known: NamedRights, chosen: Grant) -> Caller:
    rights = known.rights
    return Caller(
        known.account, rights.name or chosen.name, rights.is_moderator, roles=rights.roles
    )


async def _hand_over(call: Call, cohort: Cohort, caller: Caller) -> Message:
    person = await call.tx.people.load_or_create_person(caller, call.now)
    await call.tx.moderation.save_first_moderator(cohort, person.account_id)
    await call.tx.ledger.enter_account_letter(
        cohort,
        HANDOVER,
        call.now.isoformat(),
        person.account_id,
        call.now,
        _build_letter(cohort),
    )
    return text_message(
        f"{_format_name(caller.name)} is the first moderator of {format_cohort_name(cohort)} now.",
        "They get the weekly digest from now on. To get it as well: `cohort digest on`.",
        build_next_step_buttons(cohort, _build_digest_button(cohort)),
    )


def _build_letter(cohort: Cohort) -> Message:
    return text_message(
        # Without the name of whoever did it: a stored text outlives their erasure.
        f"You are the first moderator of {format_cohort_name(cohort)} now: another moderator has "
        "handed it over to you. Every week you get a digest here: how the group does, and who "
        "needs you.",
        build_next_step_buttons(cohort, _build_digest_button(cohort)),
    )


def _build_digest_button(cohort: Cohort) -> tuple[str, str]:
    return "The digest", build_phrase("cohort digest", cohort=cohort.ref)
