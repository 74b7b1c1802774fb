"""`unlink`: an account stands alone again, with what came through it; the others keep the rest."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names, shorten
from bot.command import Act, Call, Sure, command


@command(section="settings", order=30)
async def unlink(call: Call, sure: Sure = None) -> Message:
    """Have this account stand alone again."""
    here = call.person.account_id
    others = [
        one for one in await call.tx.accounts.list_person_accounts(call.person) if one.id != here
    ]
    if not others:
        raise Refused("This account is linked with no other: `link` gives you a code to join one.")
    shown = [
        f"**{escape_text(shorten(one.name, 60))}** on {one.account.platform.capitalize()}"
        for one in others[:5]
    ]
    act = Act(
        f"This account would stand alone again, without {join_names(shown)}. Ticks, check-ins, days away and settings go "
        "with the account they came through. What others see of you stays as it is with each, and each that did "
        "something in a cohort has a seat of its own there.",
        "Unlink",
        build_phrase("unlink"),
        is_final=True,
    )
    if not act.is_agreed(sure):
        return act.build_preview(sure)
    await call.tx.accounts.unlink_account(call.person, call.now)
    alone = await call.tx.people.find_person(call.caller)
    cohorts = [
        f"**{escape_text(one.name)}**"
        for one in await call.tx.cohorts.list_cohorts_of_person(alone)
    ]
    seats = (
        f"You are in {join_names(cohorts[:5])} with it."
        if cohorts
        else "It is in no cohort: `join` shows which are open."
    )
    more = (("My progress", "progress"),) if cohorts else (("Join a cohort", "join"),)
    return text_message(
        f"This account stands alone again, without {join_names(shown)}. {seats}",
        button_row(*more, ("Link again", "link")),
    )
