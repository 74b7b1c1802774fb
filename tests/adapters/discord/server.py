"""A simulated Discord server with the whole bot in it: the real client, the real core, a database, a clock that is Discord's.

It is entered inside a test (`async with Server.on(url) as server`), because the simulation belongs to one event loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import simcord

from adapters.discord.client import Client, Discord, Shards
from bot.__main__ import pulsing
from bot.clockwork import Clockwork
from bot.dispatch import Dispatch
from bot.outbox import Outbox
from bot.people import Place
from bot.store import Store
from tests.room import roadmaps

TEXT, BUTTON, SELECT = 10, 2, 3  # Discord: Component Types
ONE = Shards(1)


BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""When every simulation begins: Thursday 1 January 2026, midnight UTC."""


@dataclass
class SimulatedClock:
    """The simulation's time, so that the bot and Discord never disagree."""

    env: simcord.Env | None = None

    def now(self) -> datetime:
        return self.env.now().astimezone(UTC) if self.env else BEGINNING


def parts(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every component of a message, nested ones included, in the order in which people read them."""
    for one in components:
        yield one
        yield from parts(one.get("components", ()))
        if isinstance(one.get("accessory"), Mapping):
            yield from parts([one["accessory"]])
        if isinstance(one.get("component"), Mapping):
            yield from parts([one["component"]])


def words(components: Sequence[Mapping[str, Any]]) -> str:
    """What a message says, as people read it: its texts, and in brackets what can be pressed."""
    said = []
    for one in parts(components):
        if one["type"] == TEXT:
            said.append(one["content"])
        elif one["type"] == BUTTON:
            said.append(f"[{one['label']}]")
        elif one["type"] == SELECT:
            said += [f"({option['label']})" for option in one["options"]]
    return "\n".join(said)


class Server:
    """A Discord server with a channel #study-group: Mona, who manages it, Ada, Bob and Cy, who do not, and the bot."""

    env: simcord.Env
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle

    def __init__(self, url: str, shards: Shards) -> None:
        self.url = url
        self.shards = shards
        self.clock = SimulatedClock()
        self.people: dict[str, simcord.MemberActor] = {}

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str, shards: Shards = ONE, **options: Any) -> AsyncIterator[Server]:
        """A server whose bot lives on the database at a URL."""
        server = cls(url, shards)
        client = await server._begin()
        try:
            async with simcord.run(client, settle_timeout=60.0, **options) as server.env:
                server.clock.env = server.env
                server._furnish()
                await server.clockwork.begin()
                yield server
        finally:
            await server.store.close()

    async def _begin(self) -> Client:
        self.store = await Store.open(self.url)
        self.platform = Discord("token", self.shards)
        platforms = {self.platform.name: self.platform}
        self.core = Dispatch(self.store, self.clock, roadmaps(), platforms=platforms)
        self.platform.client.core = self.core
        self.clockwork = Clockwork(self.store, self.clock)
        self.outbox = Outbox(self.store, self.clock, platforms)
        self.pulse = pulsing(self.clockwork, self.outbox)
        return self.platform.client

    def _furnish(self) -> None:
        self.guild = self.env.create_guild("Study Hall")
        self.channel = self.guild.create_text_channel("study-group")
        manager = self.guild.create_role("Manager", permissions=discord.Permissions(manage_guild=True))
        for name in ("mona", "ada", "bob", "cy"):
            user = self.env.create_user(name, global_name=name.capitalize())
            self.people[name] = self.guild.add_member(user, roles=[manager] if name == "mona" else [])

    async def restart(self) -> None:
        """Stop the bot and start it again on the same database, Discord having gone on."""
        await self.store.close()
        await self.env.restart_bot(await self._begin())
        await self.clockwork.begin()
        await self.outbox.begin()

    # — talking —

    async def slash(self, name: str, command: str, /, **options: Any) -> simcord.InteractionResult:
        """Somebody picks a command and fills in its options."""
        result = await self.people[name].slash(self.channel, command, **options)
        await self.pulse()
        return result

    async def says(self, name: str, command: str, /, **options: Any) -> str:
        """The same; the words of the private answer."""
        return answered(await self.slash(name, command, **options))

    async def clicks(self, name: str, message: Any, label: str) -> simcord.InteractionResult:
        """Somebody presses a button of a message or of an answer."""
        result = await self.people[name].click(_message(message), label=label)
        await self.pulse()
        return result

    async def picks(self, name: str, message: Any, values: Sequence[str], says: str = "") -> simcord.InteractionResult:
        """Somebody picks values of the list of a message, the one whose phrase begins with `says`."""
        lists = [one["custom_id"] for one in parts(_raw(message)) if one["type"] == SELECT]
        chosen = next(one for one in lists if one.startswith(says))
        result = await self.people[name].select(_message(message), values, custom_id=chosen)
        await self.pulse()
        return result

    async def submits(self, name: str, shown: simcord.InteractionResult, **values: Any) -> simcord.InteractionResult:
        """Somebody fills in the form they were shown and sends it."""
        result = await self.people[name].submit_modal(shown, values)
        await self.pulse()
        return result

    async def spring(self, *members: str, start: str = "2026-01-05", **more: Any) -> None:
        """An open cohort called spring, with members."""
        assert "draft" in await self.says("mona", "cohort create", name="spring", start=start, **more)
        assert "is open" in await self.says("mona", "cohort open", cohort="spring")
        for name in members:
            assert "You are in" in await self.says(name, "join", cohort="spring")

    # — time —

    async def goes_to(self, when: datetime) -> None:
        """Let time pass up to an instant, everything done at its moment."""
        due = await self.pulse()
        while due is not None and due <= when:
            await self._advance(due)
            due = await self.pulse()
        await self._advance(when)
        await self.pulse()

    async def passes(self, **how_long: float) -> None:
        """Let time pass: `days=3`, `weeks=1`."""
        await self.goes_to(self.clock.now() + timedelta(**how_long))

    async def _advance(self, when: datetime) -> None:
        if (seconds := (when - self.clock.now()).total_seconds()) > 0:
            await self.env.advance_time(seconds)

    # — what is there to read —

    @property
    def place(self) -> Place:
        return Place("discord", str(self.guild.id), str(self.channel.id))

    def posts(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """What stands in a channel for everybody, oldest first."""
        return [one for one in (channel or self.channel).history() if not one.flags.ephemeral]

    def private(self, name: str) -> list[discord.Message]:
        """What somebody was sent in private."""
        return self.people[name].user.dm_channel.history()


def answered(result: simcord.InteractionResult) -> str:
    """The words of a private answer: the newest, if there were several."""
    shown = result.followups[-1] if result.followups else result.response
    assert shown is not None, f"no answer: {result}"
    assert shown.ephemeral
    return words(shown.components)


def _message(message: Any) -> Any:
    return message.response or message.followups[-1] if isinstance(message, simcord.InteractionResult) else message


def _raw(message: Any) -> Sequence[Mapping[str, Any]]:
    found = _message(message)
    if isinstance(found, discord.Message):
        return [one.to_dict() for one in found.components]
    return list(found.components)
