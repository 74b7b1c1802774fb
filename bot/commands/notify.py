"""`notify`: be notified of posts by a role, or no longer. Everybody decides that for themselves."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Call, CohortRef, command
from bot.command.suggestions import suggest_own_cohorts
from bot.group.cohort import Cohort
from bot.store.role_requests import Role
from bot.views.cohort_texts import format_cohort_name


@command(section="settings", order=60, action="Notify me of posts")
async def notify(
    call: Call,
    on: Annotated[bool | None, "Notify me, or no longer"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Be notified when posts come to the channel, or no longer."""
    own, member = await call.resolve_membership(cohort)
    role = await _find_role(call, own)
    is_chosen, is_held = await call.tx.role_requests.load_holder(role, call.caller.account.native)
    if on is None:
        return _build_answer(own, role, is_chosen, _describe_choice(role, is_chosen))
    if on and member.hidden:
        raise Refused(
            f"Everybody can see who has a role, and you are hidden in {own.name}: "
            "show yourself with `settings hidden=no` first."
        )
    native = call.caller.account.native
    # Their own payload says what they have: somebody may have taken it by hand.
    is_held = is_held and (not call.caller.roles or role.native in call.caller.roles)
    await call.tx.role_requests.choose_role(role, native, chosen=on, held=is_held, now=call.now)
    if on:
        text = f"I give you the role {_format_role(role)} now. It may take a minute."
        if member.is_away_today(own, call.now):
            text = f"You get the role {_format_role(role)} when you are back from your time away."
        return _build_answer(own, role, True, text)
    return _build_answer(own, role, False, f"I take the role {_format_role(role)} from you now.")


async def _find_role(call: Call, cohort: Cohort) -> Role:
    """Return the role of this space, else the only one on this platform. Raises `Refused`."""
    roles = await call.tx.role_requests.list_roles(cohort.id, call.place.platform, "news")
    kept = [role for role in roles if role.state == "wanted"]
    for role in kept:
        if role.place.space == call.place.space:
            return role
    if len(kept) == 1 and not call.place.space:
        return kept[0]
    raise Refused(
        f"No post of {cohort.name} notifies by a role here: "
        "ask a moderator to choose that with `posts notify`."
    )


def _describe_choice(role: Role, is_chosen: bool) -> str:
    if is_chosen:
        return f"You have the role {_format_role(role)}, and posts that name it notify you."
    return f"You do not have the role {_format_role(role)}, so no post notifies you."


def _build_answer(cohort: Cohort, role: Role, is_chosen: bool, text: str) -> Message:
    label, on = ("No longer", "no") if is_chosen else ("Notify me", "yes")
    phrase = build_phrase("notify", cohort=cohort.ref, on=on)
    where = f"This is about the posts of {format_cohort_name(cohort)}."
    return text_message(f"{text} {where}", button_row((label, phrase), has_main=False))


def _format_role(role: Role) -> str:
    return f"**{escape_text(role.name)}**"
