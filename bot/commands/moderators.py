"""`moderators`: whom the moderators of a space have named beside those who run it, and naming one more or one less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Block, Choice, Message, Select, Text, quote, say
from bot.chat.message import page as page_of
from bot.chat.text import is_seen, short
from bot.command import Call, Hidden, Who, command
from bot.command.grammar import shown
from bot.command.suggestions import fitting
from bot.store.rights import Grant

MOST = 50  # in a space; where more should manage, a role is named
SHOWN = 20
NAME = 60  # characters shown: with every one of them escaped, a page still fits a text
NAMELESS = {"person": "Somebody", "role": "A role"}


async def named(call: Call, typed: str) -> Sequence[Choice]:
    """Whom the moderators of this space have named."""
    return fitting((_choice(one) for one in await call.tx.rights.named(call.place)), typed)


@command(moderators=True, action="Name moderators")
async def moderators(
    call: Call,
    add: Annotated[Who | None, "Who may manage the cohorts here from now on"] = None,
    remove: Annotated[Who | None, "Who was named and is not to be any more", named] = None,
    page: Annotated[int | None, Hidden()] = None,
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
    known = await call.tx.rights.named(call.place)
    if remove:
        return await _remove(call, known, remove)
    if add:
        return await _add(call, known, add)
    return say(*_listed(known, page or 1, call.space_word), title="Moderators")


async def _add(call: Call, known: Sequence[Grant], who: Who) -> Message:
    grant = _picked(who) if who.native else await _called(call, who.name)
    if (
        grant.kind == "role" and grant.native == call.place.space
    ):  # Discord: @everyone has the id of its server
        raise Refused("Everybody holds that role: name one that only your moderators hold.", "add")
    if any(_same(one, grant) for one in known):
        return say(f"{_name(grant)} was named before and may manage all cohorts here.")
    if len(known) >= MOST:
        raise Refused(
            f"I keep {MOST} names here: remove one first, or name a role that they share.", "add"
        )
    await call.tx.rights.give(await call.tx.people.settle(call.place), grant, call.person, call.now)
    whom = f"Whoever holds the role {_name(grant)}" if grant.kind == "role" else _name(grant)
    return say(
        f"{whom} may now manage all cohorts here.", _where_to_find_it(grant, call.reveal_path)
    )


def _where_to_find_it(grant: Grant, reveal_path: str) -> str:
    """How whoever was named comes to the commands, which a platform may hide from them."""
    who = "Whoever holds it finds" if grant.kind == "role" else "They find"
    buttons = f"{who} buttons for all of it in `help`."
    if not reveal_path:
        return buttons
    path = reveal_path.replace("the person", "the role") if grant.kind == "role" else reveal_path
    return f"{buttons} To have the commands shown to them as well: {quote(path)}."


def _picked(who: Who) -> Grant:
    return Grant(who.kind, who.native, who.name if is_seen(who.name) else NAMELESS[who.kind])


async def _called(call: Call, name: str) -> Grant:
    found = await call.tx.rights.known_as(call.caller.account, call.place, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            f"Several people here are called “{shown(name)}”: pick one from the list of your chat.",
            "add",
        )
    raise Refused(
        f"I have not met “{shown(name)}” here: pick them from the list of your chat, or have them `join`.",
        "add",
    )


async def _remove(call: Call, known: Sequence[Grant], who: Who) -> Message:
    meant = [one for one in known if _means(who, one)]
    if len(meant) != 1:
        told = shown(who.name or who.native)
        raise Refused(
            f"{'More than one' if meant else 'Nobody'} named here is called “{told}”: pick one under `moderators`.",
            "remove",
        )
    await call.tx.rights.take(await call.tx.people.settle(call.place), meant[0])
    left = [one for one in known if not _same(one, meant[0])]
    return say(
        f"{_name(meant[0])} is not named any more.",
        *_listed(left, 1, call.space_word),
        title="Moderators",
    )


def _means(who: Who, grant: Grant) -> bool:
    if who.native:
        return (who.kind, who.native) == (grant.kind, grant.native)
    return who.name.casefold() == grant.name.casefold()


def _same(one: Grant, other: Grant) -> bool:
    return (one.kind, one.native) == (other.kind, other.native)


def _listed(known: Sequence[Grant], number: int, space_word: str) -> tuple[Block, ...]:
    if not known:
        return (
            Text(
                f"Whoever runs this {space_word} may manage its cohorts, and nobody else is named: "
                "`moderators add=` and a name changes that."
            ),
        )
    there = page_of(known, number, SHOWN)
    lines = "\n".join(
        f"• {_name(one)}" + (" _role_" if one.kind == "role" else "") for one in there.entries
    )
    return (
        Text(f"Whoever runs this {space_word} may manage its cohorts, and so may:"),
        Text(lines),
        Select(
            "Remove somebody", "moderators", "remove", tuple(_choice(one) for one in there.entries)
        ),
        *there.turns("moderators"),
    )


def _choice(one: Grant) -> Choice:
    return Choice(short(one.name), f"{one.kind}:{one.native}", one.kind)


def _name(one: Grant) -> str:
    return f"**{quote(short(one.name, NAME))}**"
