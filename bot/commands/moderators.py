"""`moderators`: whom the moderators of a space have named beside those who run it, and naming one more or one less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Block, Choice, Message, Select, Text, escape_text, text_message
from bot.chat.message import paginate as page_of
from bot.chat.text import has_visible_text, shorten
from bot.command import Call, HiddenOption, PersonOrRole, command
from bot.command.suggestions import match_choices
from bot.command.values import format_typed_text
from bot.store.rights import Grant

MOST = 50  # in a space; where more should manage, a role is named
SHOWN = 20
NAME = 60  # characters shown: with every one of them escaped, a page still fits a text
NAMELESS = {"person": "Somebody", "role": "A role"}


async def suggest_moderators(call: Call, typed: str) -> Sequence[Choice]:
    """Whom the moderators of this space have named."""
    return match_choices(
        (_build_grant_choice(one) for one in await call.tx.rights.list_grants(call.place)), typed
    )


@command(moderators=True, action="Name moderators")
async def moderators(
    call: Call,
    add: Annotated[PersonOrRole | None, "Who may manage the cohorts here from now on"] = None,
    remove: Annotated[
        PersonOrRole | None, "Who was named and is not to be any more", suggest_moderators
    ] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Who may manage the cohorts here; name people for it."""
    if not call.place.space:
        raise Refused(
            f"Moderators are named for one {call.space_word}: say `moderators` in a channel there."
        )
    if add and remove:
        raise Refused(
            "I do one after the other: say `moderators` with `add`, then again with `remove`."
        )
    known = await call.tx.rights.list_grants(call.place)
    if remove:
        return await _revoke_moderator(call, known, remove)
    if add:
        return await _grant_moderator(call, known, add)
    return text_message(*_build_grant_blocks(known, page or 1, call.space_word), title="Moderators")


async def _grant_moderator(call: Call, known: Sequence[Grant], who: PersonOrRole) -> Message:
    grant = _build_picked_grant(who) if who.native else await _find_grant_by_name(call, who.name)
    if (
        grant.kind == "role" and grant.native == call.place.space
    ):  # Discord: @everyone has the id of its server
        raise Refused("Everybody holds that role: name one that only your moderators hold.", "add")
    if any(_is_same_grant(one, grant) for one in known):
        return text_message(
            f"{_format_grant_name(grant)} was named before and may manage all cohorts here."
        )
    if len(known) >= MOST:
        raise Refused(
            f"I keep {MOST} names here: remove one first, or name a role that they share.", "add"
        )
    await call.tx.rights.save_grant(
        await call.tx.people.ensure_space_id(call.place), grant, call.person, call.now
    )
    whom = (
        f"Whoever holds the role {_format_grant_name(grant)}"
        if grant.kind == "role"
        else _format_grant_name(grant)
    )
    return text_message(
        f"{whom} may now manage all cohorts here.",
        _describe_command_access(grant, call.reveal_path),
    )


def _describe_command_access(grant: Grant, reveal_path: str) -> str:
    """How whoever was named comes to the commands, which a platform may hide from them."""
    who = "Whoever holds it finds" if grant.kind == "role" else "They find"
    buttons = f"{who} buttons for all of it in `help`."
    if not reveal_path:
        return buttons
    path = reveal_path.replace("the person", "the role") if grant.kind == "role" else reveal_path
    return f"{buttons} To have the commands shown to them as well: {escape_text(path)}."


def _build_picked_grant(who: PersonOrRole) -> Grant:
    return Grant(
        who.kind, who.native, who.name if has_visible_text(who.name) else NAMELESS[who.kind]
    )


async def _find_grant_by_name(call: Call, name: str) -> Grant:
    found = await call.tx.rights.find_grant_candidates(call.caller.account, call.place, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            f"Several people here are called “{format_typed_text(name)}”: pick one from the list of your chat.",
            "add",
        )
    raise Refused(
        f"I have not met “{format_typed_text(name)}” here: pick them from the list of your chat, or have them `join`.",
        "add",
    )


async def _revoke_moderator(call: Call, known: Sequence[Grant], who: PersonOrRole) -> Message:
    meant = [one for one in known if _is_matching_grant(who, one)]
    if len(meant) != 1:
        told = format_typed_text(who.name or who.native)
        raise Refused(
            f"{'More than one' if meant else 'Nobody'} named here is called “{told}”: pick one under `moderators`.",
            "remove",
        )
    await call.tx.rights.delete_grant(await call.tx.people.ensure_space_id(call.place), meant[0])
    left = [one for one in known if not _is_same_grant(one, meant[0])]
    return text_message(
        f"{_format_grant_name(meant[0])} is not named any more.",
        *_build_grant_blocks(left, 1, call.space_word),
        title="Moderators",
    )


def _is_matching_grant(who: PersonOrRole, grant: Grant) -> bool:
    if who.native:
        return (who.kind, who.native) == (grant.kind, grant.native)
    return who.name.casefold() == grant.name.casefold()


def _is_same_grant(one: Grant, other: Grant) -> bool:
    return (one.kind, one.native) == (other.kind, other.native)


def _build_grant_blocks(known: Sequence[Grant], number: int, space_word: str) -> tuple[Block, ...]:
    if not known:
        return (
            Text(
                f"Whoever runs this {space_word} may manage its cohorts, and nobody else is named: "
                "`moderators add=` and a name changes that."
            ),
        )
    there = page_of(known, number, SHOWN)
    lines = "\n".join(
        f"• {_format_grant_name(one)}" + (" _role_" if one.kind == "role" else "")
        for one in there.entries
    )
    return (
        Text(f"Whoever runs this {space_word} may manage its cohorts, and so may:"),
        Text(lines),
        Select(
            "Remove somebody",
            "moderators",
            "remove",
            tuple(_build_grant_choice(one) for one in there.entries),
        ),
        *there.build_page_buttons("moderators"),
    )


def _build_grant_choice(one: Grant) -> Choice:
    return Choice(shorten(one.name), f"{one.kind}:{one.native}", one.kind)


def _format_grant_name(one: Grant) -> str:
    return f"**{escape_text(shorten(one.name, NAME))}**"
