"""Roles on the wire: made without rights, given and taken, and refused as Discord refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import discord
import pytest

from adapters.discord import letters, rights, roles
from bot.chat.errors import RoleGone, SendError
from bot.chat.message import Checklist, Choice, Message, Ping, text_message
from tests.adapters.discord.test_letters import HOME
from tests.support.discord.wire import CHANNEL, GUILD, MOST_ROLES, Wire, naps
from tests.support.room import FRIDAY, Clock

ADA = "7"


@dataclass
class Ends:
    """What the bot does, and what Discord has."""

    client: discord.Client
    wire: Wire

    async def settle(self, native: str = "", name: str = "spring news") -> str | None:
        return await roles.settle_server_role(self.client, HOME, name, native, FRIDAY)

    async def make(self) -> str:
        made = await self.settle()
        assert made is not None
        return made

    async def give(self, role: str, native: str = ADA) -> bool:
        return await roles.give_server_role(self.client, HOME, role, native)

    async def take(self, role: str, native: str = ADA) -> None:
        await roles.take_server_role(self.client, HOME, role, native)

    async def delete(self, role: str) -> None:
        await roles.delete_server_role(self.client, HOME, role)


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    with naps():
        async with Wire.on(Clock()) as wire, wire.client() as client:
            wire.members[GUILD].add(int(ADA))
            yield Ends(client, wire)


async def test_a_role_is_made_once_and_can_do_nothing(ends: Ends) -> None:
    role = await ends.make()
    (made,) = ends.wire.named_roles.values()
    assert (made["name"], made["permissions"], made["mentionable"]) == ("spring news", "0", False)
    # After a crash nobody has its id: it is found again, and after that by its id.
    assert await ends.settle() == role
    assert await ends.settle(role) == role
    assert len(ends.wire.named_roles) == 1


async def test_a_role_of_somebody_else_with_that_name_is_never_taken_for_ours(ends: Ends) -> None:
    wire = ends.wire
    before = wire._make_role(GUILD, {"name": "spring news", "permissions": "0", **PLAIN})
    assert isinstance(wire.clock, Clock)
    older = int(before["id"]) - (int(timedelta(days=1).total_seconds() * 1000) << 22)
    wire.named_roles[older] = {**wire.named_roles.pop(int(before["id"])), "id": str(older)}
    mighty = wire._make_role(GUILD, {"name": "spring news", "permissions": "8", **PLAIN})
    role = await ends.make()
    assert role not in {str(older), mighty["id"]}


PLAIN = {"hoist": False, "mentionable": False}


async def test_a_role_is_given_and_taken_as_often_as_one_likes(ends: Ends) -> None:
    role = await ends.make()
    assert await ends.give(role)
    assert await ends.give(role)
    assert ends.wire.roles_of[int(ADA)] == [int(role)]
    await ends.take(role)
    await ends.take(role)
    assert ends.wire.roles_of[int(ADA)] == []


async def test_whoever_is_not_in_the_server_gets_no_role_and_loses_none(ends: Ends) -> None:
    role = await ends.make()
    assert not await ends.give(role, "8")
    await ends.take(role, "8")


async def test_a_deleted_role_is_called_gone_and_deleting_it_again_is_fine(ends: Ends) -> None:
    role = await ends.make()
    await ends.delete(role)
    await ends.delete(role)
    assert await ends.settle(role) is None
    for change in (ends.give, ends.take):
        with pytest.raises(RoleGone):
            await change(role)


async def test_what_discord_refuses_is_told_with_what_helps(ends: Ends) -> None:
    role = await ends.make()
    ends.wire.named_roles[int(role)]["position"] = ends.wire.own_position
    for change in (ends.give, ends.take):
        with pytest.raises(SendError, match="Manage Roles") as raised:
            await change(role)
        assert raised.value.permanent
    ends.wire.named_roles[int(role)]["position"] = 1
    ends.wire.manages_roles = False
    with pytest.raises(SendError, match="allow it under Server Settings"):
        await ends.settle(name="another")


async def test_two_hundred_and_fifty_roles_are_the_most(ends: Ends) -> None:
    for number in range(1000, 999 + MOST_ROLES):
        ends.wire.roles[number] = 0
    with pytest.raises(SendError, match="250 roles") as raised:
        await ends.settle()
    assert raised.value.permanent
    del ends.wire.roles[1000]
    assert await ends.settle()


async def test_an_outage_is_no_refusal(ends: Ends) -> None:
    role = await ends.make()
    ends.wire.fails("PUT /guilds/*/members/*/roles/*", 503)
    with pytest.raises(SendError) as raised:
        await ends.give(role)
    assert not raised.value.permanent
    ends.wire.drops("PUT /guilds/*/members/*/roles/*", kept=True, times=9)
    with pytest.raises(SendError) as raised:
        await ends.give(role)
    assert not raised.value.permanent
    ends.wire.faults.clear()
    assert await ends.give(role)


# — posts —


async def post(ends: Ends, message: Message, role: int | None, key: str = "letter") -> list[str]:
    """Return the roles that a post notifies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rights, "find_pinged_role", lambda client, place, ping: ping and role)
        await letters.send_marked_message(ends.client, letters.DmChannels(), HOME, message, key)
    notified: list[str] = ends.wire.posts[-1]["mention_roles"]
    return notified


async def test_a_post_notifies_the_chosen_role_alone(ends: Ends) -> None:
    role = await ends.make()
    other = await ends.settle(name="another")
    ends.wire.channels[CHANNEL].pings = True
    hostile = f"<@&{other}> <@{ADA}> @everyone @here"
    message = Message((*text_message(hostile).blocks,), ping=Ping("role", role, "spring news"))
    assert await post(ends, message, int(role)) == [role]
    sent = ends.wire.posts[-1]
    assert sent["components"][-1]["content"] == f"<@&{role}>"
    assert f"<@&{other}>" not in str(sent["components"])


async def test_without_the_right_discord_notifies_nobody(ends: Ends) -> None:
    role = await ends.make()
    message = Message(text_message("Hello.").blocks, ping=Ping("role", role, "spring news"))
    assert await post(ends, message, int(role)) == []
    # So the role is left out: a dead name would only puzzle people.
    await post(ends, message, None, "second")
    assert f"<@&{role}>" not in str(ends.wire.posts[-1]["components"])


async def test_the_largest_message_has_room_for_the_role(ends: Ends) -> None:
    role = await ends.make()
    lists = [
        Checklist("A list", f"tick {number}", "item", (Choice("One", "1"),)) for number in range(11)
    ]
    blocks = text_message("First.", *lists, "Last.").blocks
    largest = Message(blocks, "A title", ping=Ping("role", role, "spring news"))
    ends.wire.channels[CHANNEL].pings = True
    assert await post(ends, largest, int(role)) == [role]
