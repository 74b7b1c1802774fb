"""`unlink`: disconnect an account. It takes along everything that came through it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names, shorten
from bot.command import Act, Call, Sure, command
from bot.store.accounts import LinkedAccount

MAX_NAMES = 5  # accounts or cohorts that a sentence names
MAX_NAME = 60  # characters


@command(section="settings", order=30)
async def unlink(call: Call, sure: Sure = None) -> Message:
    """Disconnect this account from your other one."""
    other_names = await _list_other_accounts(call)
    if not other_names:
        raise Refused("This account is not connected to another: use `link` to connect one.")
    act = _build_unlink_act(join_names(other_names[:MAX_NAMES]))
    if not act.is_agreed(sure):
        return act.build_preview(sure)
    await call.tx.accounts.unlink_account(call.person, call.now)
    return await _build_unlinked_message(call, join_names(other_names[:MAX_NAMES]))


async def _list_other_accounts(call: Call) -> list[str]:
    other_names = []
    for linked_account in await call.tx.accounts.list_person_accounts(call.person):
        if linked_account.id != call.person.account_id:
            other_names.append(_format_linked_account(linked_account))
    return other_names


def _format_linked_account(linked_account: LinkedAccount) -> str:
    account_name = escape_text(shorten(linked_account.name, MAX_NAME))
    platform_name = linked_account.account.platform.capitalize()
    return f"**{account_name}** on {platform_name}"


def _build_unlink_act(other_names: str) -> Act:
    # Final, because it takes a shared record apart: the button is drawn as a warning.
    return Act(
        f"This would disconnect this account from {other_names}. Each account keeps the ticks, "
        "check-ins, days away and settings that came through it. Others see both accounts the "
        "same way as now. Each account keeps a seat in the cohorts where it was used.",
        "Unlink",
        build_phrase("unlink"),
        is_final=True,
    )


async def _build_unlinked_message(call: Call, other_names: str) -> Message:
    # Loaded anew: from now on the caller's account belongs to another person.
    lone_person = await call.tx.people.find_person(call.caller)
    own_cohorts = await call.tx.cohorts.list_cohorts_of_person(lone_person)
    cohort_names = [f"**{escape_text(cohort.name)}**" for cohort in own_cohorts]
    next_button = ("My progress", "progress") if cohort_names else ("Join a cohort", "join")
    sentence = f"This account is no longer connected to {other_names}."
    return text_message(
        f"{sentence} {_describe_lone_seats(cohort_names)}",
        button_row(next_button, ("Link again", "link")),
    )


def _describe_lone_seats(cohort_names: Sequence[str]) -> str:
    if not cohort_names:
        return "It is not in a cohort: use `join` to see which are open."
    return f"It is in {join_names(cohort_names[:MAX_NAMES])}."
