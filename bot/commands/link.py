"""`link`: one person, two accounts. A code from one platform, said on the other, joins them: one set of ticks, one streak,
one set of reminders."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, escape_text, text_message
from bot.chat.text import join_names, shorten
from bot.command import Call, SecretText, command
from bot.group.codes import LIVES, CodeRedemption, CodeRejection

SEATS = 5  # that are named


@command(section="settings", order=20)
async def link(
    call: Call,
    code: Annotated[
        str | None, "The code you were given on the other platform", SecretText()
    ] = None,
) -> Message:
    """Be one person on two platforms: get a code here, say it there."""
    if code is None or not code.strip():
        return await _create_account_code(call)
    match await call.tx.codes.redeem_code(call.person, code, "person", call.now):
        case CodeRejection(sentence):  # an answer, as a refusal would not count the guess
            return text_message(sentence)
        case CodeRedemption() as right:
            return await _link_account_by_code(call, right)


async def _create_account_code(call: Call) -> Message:
    code = await call.tx.codes.create_code(call.person, None, call.now)
    minutes = int(LIVES.total_seconds() // 60)
    return text_message(
        f"Your code is **{code}**. Say **link {code}** to me with your account on the other platform, within {minutes} "
        "minutes: then both accounts are you, with one set of ticks, one streak and one set of reminders.",
        "It works once. Show it to nobody: whoever says it becomes you here.",
    )


async def _link_account_by_code(call: Call, right: CodeRedemption) -> Message:
    mine = await call.tx.accounts.list_person_accounts(call.person)
    theirs = await call.tx.accounts.list_linked_accounts(right.account_id)
    if right.account_id == call.person.account_id:
        raise Refused(
            "That is your own code: say it with your account on the other platform.", "code"
        )
    if right.account_id in {one.id for one in mine}:
        raise Refused("Those two accounts are linked already: there is nothing left to do.", "code")
    if right.account.platform == call.caller.account.platform:
        raise Refused(
            "That code was made on this platform, and it joins accounts on two: say it on the other one.",
            "code",
        )
    if twice := {one.account.platform for one in mine} & {one.account.platform for one in theirs}:
        raise Refused(
            f"One of the two is linked with another {min(twice).capitalize()} account, and one on each platform is all I "
            "can join: say `unlink` with the one that should go.",
            "code",
        )
    await call.tx.accounts.link_accounts(call.person.account_id, right.account_id, call.now)
    return await _build_linked_message(call, right)


async def _build_linked_message(call: Call, right: CodeRedemption) -> Message:
    both = await call.tx.people.find_person(call.caller)
    seats = [
        f"**{escape_text(one.name)}**" for one in await call.tx.cohorts.list_cohorts_of_person(both)
    ]
    where = (
        f"You have one seat each in {join_names(seats, SEATS)}, whichever of them you speak with."
        if seats
        else ""
    )
    there = f"**{escape_text(shorten(right.name, 60))}** on {right.account.platform.capitalize()}"
    known = f"You and {there} are one person now 🔗 Ticks, check-ins, days away and settings are read together."
    more = (("My progress", "progress"),) if seats else ()
    regret = f"If {there} is not you, part at once: nothing is lost by it."
    return text_message(
        " ".join((known, *([where] if where else []))),
        regret,
        button_row(*more, ("Unlink", "unlink")),
    )
