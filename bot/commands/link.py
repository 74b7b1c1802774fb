"""`link`: connect a person's two accounts, with a code from one platform used on the other.

Both accounts then share one set of ticks, one streak and one set of reminders.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, escape_text, text_message
from bot.chat.text import join_names, shorten
from bot.command import Call, SecretText, command
from bot.group.codes import LIVES, CodeRedemption, CodeRejection
from bot.group.member import Person
from bot.store.accounts import LinkedAccount

MAX_COHORTS = 5  # cohorts that a sentence names
MAX_NAME = 60  # characters


@command(section="settings", order=20)
async def link(
    call: Call,
    code: Annotated[str | None, "The code from the other platform", SecretText()] = None,
) -> Message:
    """Connect your Discord and Slack accounts: get a code here, use it there."""
    if code is None or not code.strip():
        return await _create_account_code(call)
    match await call.tx.codes.redeem_code(call.person, code, "person", call.now):
        # Answered and not raised: a refusal would undo the count of wrong guesses.
        case CodeRejection(sentence):
            return text_message(sentence)
        case CodeRedemption() as redemption:
            return await _link_account_by_code(call, redemption)


async def _create_account_code(call: Call) -> Message:
    code = await call.tx.codes.create_code(call.person, None, call.now)
    lifetime = int(LIVES.total_seconds() // 60)
    # The words are bold and no command in code: they are typed on the other platform, and this
    # one would write them in its own style.
    return text_message(
        f"Your code is **{code}**. Within {lifetime} minutes, send me **link {code}** from your "
        "account on the other platform. Then both accounts share your ticks, your streak and "
        "your reminders.",
        "The code works once. Keep it secret: anyone who uses it can act as you here.",
    )


async def _link_account_by_code(call: Call, redemption: CodeRedemption) -> Message:
    own_accounts = await call.tx.accounts.list_person_accounts(call.person)
    other_accounts = await call.tx.accounts.list_linked_accounts(redemption.account_id)
    _refuse_useless_code(call, redemption, own_accounts)
    _refuse_second_account(own_accounts, other_accounts)
    await call.tx.accounts.link_accounts(call.person.account_id, redemption.account_id, call.now)
    return await _build_linked_message(call, redemption)


def _refuse_useless_code(
    call: Call, redemption: CodeRedemption, own_accounts: Collection[LinkedAccount]
) -> None:
    if redemption.account_id == call.person.account_id:
        raise Refused(
            "That is your own code: use it from your account on the other platform.", "code"
        )
    if any(account.id == redemption.account_id for account in own_accounts):
        raise Refused(
            "These two accounts are already connected: use `progress` to see your ticks from both.",
            "code",
        )
    if redemption.account.platform == call.caller.account.platform:
        raise Refused("That code was made on this platform: use it on the other one.", "code")


def _refuse_second_account(
    own_accounts: Collection[LinkedAccount], other_accounts: Collection[LinkedAccount]
) -> None:
    # With two accounts on one platform, nobody could tell to which of them a reminder goes.
    shared_platforms = _collect_platforms(own_accounts) & _collect_platforms(other_accounts)
    if not shared_platforms:
        return
    platform_name = min(shared_platforms).capitalize()
    raise Refused(
        f"You can connect one account per platform, and this would be a second {platform_name} "
        "account: use `unlink` with one of them first.",
        "code",
    )


def _collect_platforms(linked_accounts: Collection[LinkedAccount]) -> set[str]:
    return {account.account.platform for account in linked_accounts}


async def _build_linked_message(call: Call, redemption: CodeRedemption) -> Message:
    # Loaded anew: since the accounts were joined, the caller may be another person.
    joined_person = await call.tx.people.find_person(call.caller)
    cohort_names = await _list_cohort_names(call, joined_person)
    other_name = _format_other_account(redemption)
    sentences = [
        f"You are now connected with {other_name} 🔗",
        "Both accounts share your ticks, check-ins, days away and settings.",
    ]
    buttons = [("Unlink", "unlink")]
    if cohort_names:
        sentences.append(f"You are in {join_names(cohort_names, MAX_COHORTS)} with both.")
        buttons.insert(0, ("My progress", "progress"))
    warning = f"If {other_name} is not you, press _Unlink_ now. You lose nothing."
    return text_message(" ".join(sentences), warning, button_row(*buttons))


async def _list_cohort_names(call: Call, person: Person) -> list[str]:
    own_cohorts = await call.tx.cohorts.list_cohorts_of_person(person)
    return [f"**{escape_text(cohort.name)}**" for cohort in own_cohorts]


def _format_other_account(redemption: CodeRedemption) -> str:
    account_name = escape_text(shorten(redemption.name, MAX_NAME))
    return f"**{account_name}** on {redemption.account.platform.capitalize()}"
