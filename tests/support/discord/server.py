"""A simulated Discord server with the whole bot in it: the real client, the real core, a database, a clock that is Discord's.

It is entered inside a test (`async with Server.on(url) as server`), because the simulation belongs to one event loop. The
bot has the rights of its invitation and no other. Whatever it has sent is held against Discord's limits when the test ends,
and so is the log: an error that no test has expected is a failure.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import discord
import simcord
from simcord.backend import serializers
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType
from simcord.interactions import base_payload

from adapters.discord import rights
from adapters.discord.client import Discord, DiscordClient
from adapters.discord.shards import Shards
from bot.__main__ import build_pulse
from bot.chat.address import Place
from bot.chat.platform import Platform
from bot.post import PostRegistry, post_registry
from bot.runtime.dispatch import Dispatch
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import PostScheduler
from tests.support.database import open_store
from tests.support.discord import request_checks
from tests.support.discord.request_checks import parts
from tests.support.room import Passing, roadmaps

TEXT, BUTTON, SELECT = 10, 2, 3  # Discord: Component Types
COMMAND, PRESSED, SUBMITTED = 2, 3, 5  # Discord: Interaction Types
ONE = Shards(1)
INVITED = discord.Permissions(int(re.findall(r"permissions=(\d+)", rights.build_invite_url(1))[0]))
"""The rights that the bot's invitation asks for."""


BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""When every simulation begins: Thursday 1 January 2026, midnight UTC."""


@dataclass
class SimulatedClock:
    """The simulation's time, so that the bot and Discord never disagree."""

    env: simcord.Env | None = None

    def now(self) -> datetime:
        return self.env.now().astimezone(UTC) if self.env else BEGINNING


def words(components: Sequence[Mapping[str, Any]]) -> str:
    """What a message says, as people read it: its texts without their escapes, and in brackets what can be pressed."""
    said = []
    for one in parts(components):
        if one["type"] == TEXT:
            said.append(re.sub(r"\\([^\w\s])", r"\1", one["content"]))
        elif one["type"] == BUTTON:
            said.append(f"[{one['label']}]")
        elif one["type"] == SELECT:
            said += [f"({option['label']})" for option in one["options"]]
    return "\n".join(said)


class Server(Passing):
    """A Discord server with a channel #study-group: Mona, who manages it, Ada, Bob and Cy, who do not, and the bot."""

    env: simcord.Env
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle

    def __init__(self, url: str, shards: Shards, post_kinds: PostRegistry = post_registry) -> None:
        self.url = url
        self.shards = shards
        self.post_kinds = post_kinds
        self.clock = SimulatedClock()
        self.people: dict[str, simcord.MemberActor] = {}
        self.halls: list[simcord.GuildHandle] = []
        self.alarms: list[str] = []

    @classmethod
    @asynccontextmanager
    async def on(
        cls,
        url: str,
        shards: Shards = ONE,
        post_kinds: PostRegistry = post_registry,
        **options: Any,
    ) -> AsyncIterator[Self]:
        """A server whose bot lives on the database at a URL and knows some kinds of posts."""
        async with cls(url, shards, post_kinds).opened(**options) as server:
            yield server

    @asynccontextmanager
    async def opened(self, **options: Any) -> AsyncIterator[Self]:
        """The same, of one that is made."""
        client = await self._begin()
        try:
            with self._listening():
                async with simcord.run(client, settle_timeout=60.0, **options) as self.env:
                    self.clock.env = self.env
                    self.founds("Study Hall")
                    await self.clockwork.prepare_schedule()
                    yield self
                    assert self.broken() == []
            assert self.alarms == []
        finally:
            await self.store.close()

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Keep what is logged as an error; a test that expects one takes it out of `alarms`."""
        alarms = request_checks.Alarms()
        self.alarms = alarms.rung
        logging.getLogger().addHandler(alarms)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(alarms)

    async def _begin(self) -> DiscordClient:
        self.store = await open_store(self.url, self.post_kinds)
        self.platform = Discord("token", self.shards)
        platforms = {self.platform.name: self.platform, **self.beside()}
        self.core = Dispatch(self.store, self.clock, roadmaps(), platforms=platforms)
        self.platform.client.core = self.core
        self.clockwork = PostScheduler(self.store, self.clock)
        self.outbox = Outbox(self.store, self.clock, platforms)
        self.pulse = build_pulse(self.clockwork, self.outbox, self.core)
        return self.platform.client

    def beside(self) -> Mapping[str, Platform]:
        """Other platforms that the bot is on, once its database is open."""
        return {}

    async def restart(self) -> None:
        """Stop the bot and start it again on the same database, Discord having gone on."""
        await self.store.close()
        await self.env.restart_bot(await self._begin())
        await self.clockwork.prepare_schedule()
        await self.outbox.reset_former_claims()

    def broken(self) -> list[str]:
        """What Discord, or whoever reads it, cannot take of all that was sent so far."""
        found = request_checks.broken(self.env.http_requests)
        for one in self.env.backend.interactions.values():
            if one.loading:
                found.append(f"{one.command_name or one.id}: still thinking")
            pressed = self.env.backend.messages.get(one.channel_id, {}).get(
                one.source_message_id or 0
            )
            changes = (one.deferred and not one.loading) or one.response_kind == "update"
            if changes and pressed is not None and not pressed.is_ephemeral:
                found.append(f"{one.id}: what everybody sees would be changed")
        return found

    # — the server itself —

    def founds(self, name: str, **options: Any) -> None:
        """One more server with the same people, and from now on it is the one that is talked in."""
        users = {who: person.user for who, person in self.people.items()}
        self.guild = self.env.create_guild(name, **options)
        self.halls.append(self.guild)
        self.channel = self.guild.create_text_channel("study-group")
        self.may(INVITED)
        manager = self.guild.create_role(
            "Manager", permissions=discord.Permissions(manage_guild=True)
        )
        for who in ("mona", "ada", "bob", "cy"):
            user = users.get(who) or self.env.create_user(who, global_name=who.capitalize())
            self.people[who] = self.guild.add_member(user, roles=[manager] if who == "mona" else [])

    def may(self, permissions: discord.Permissions) -> None:
        """The bot's own role gets these rights in the server, and no other role gives any that matter."""
        backend, guild = self.env.backend, self.guild.id
        own = next(role for role in self.guild.roles.values() if role._role.managed)
        # The simulation asks for Manage Events where Discord asks for Create Events, and for
        # Manage Messages where it asks for Pin Messages.
        given = discord.Permissions(permissions.value)
        given.manage_events = given.create_events
        given.manage_messages = given.pin_messages
        everyone = discord.Permissions(
            view_channel=True, read_message_history=True, use_application_commands=True
        )
        backend.edit_role(guild, own.id, {"permissions": given.value})
        backend.edit_role(guild, guild, {"permissions": everyone.value})

    def denies(self, *names: str, channel: simcord.ChannelHandle | None = None) -> None:
        """A channel takes these rights, by the library's names, from the bot, and gives back whatever it took before."""
        deny = discord.Permissions(**dict.fromkeys(names, True)).value
        one = Overwrite(self.env.backend.bot_user.id, OverwriteType.MEMBER, deny=deny)
        self.env.backend.set_overwrite((channel or self.channel).id, one)

    async def loses(self, channel: simcord.ChannelHandle | None = None) -> None:
        """A channel is deleted."""
        self.env.backend.delete_channel((channel or self.channel).id)
        await self.env.settle()

    @asynccontextmanager
    async def without_bot(self, *, told: bool) -> AsyncIterator[None]:
        """The bot is removed from the server, and invited again at the end. Not `told`: it was down as it was removed."""
        backend, guild = self.env.backend, self.env.backend.guilds[self.guild.id]
        channels = {one: backend.channels[one] for one in (*guild.channel_ids, *guild.thread_ids)}
        messages = {one: backend.messages[one] for one in channels}
        ears = [] if told else backend.subscribers[:]
        backend.subscribers = [one for one in backend.subscribers if one not in ears]
        backend.remove_guild(guild.id)
        backend.subscribers += ears
        await (self.env.settle() if told else self.restart())
        yield
        backend.guilds[guild.id] = guild
        backend.channels.update(channels)
        backend.messages.update(messages)
        joined = {**serializers.guild_create_payload(backend, guild)}
        del joined[
            "unavailable"
        ]  # which Discord says of servers that come back after an outage, not of new ones
        backend.emit("GUILD_CREATE", joined)
        await self.env.settle()

    # — talking —

    async def slash(self, name: str, command: str, /, **options: Any) -> simcord.InteractionResult:
        """Somebody picks a command and fills in its options."""
        result = await self.people[name].slash(self.channel, command, **options)
        await self.pulse()
        return result

    async def says(self, name: str, command: str, /, **options: Any) -> str:
        """The same; the words of the private answer."""
        return answered(await self.slash(name, command, **options))

    async def confirms(self, name: str, command: str, label: str, /, **options: Any) -> str:
        """The same, and where a preview comes first, the button under it is pressed; the words of what follows."""
        shown = await self.slash(name, command, **options)
        is_preview = "Nothing has changed yet." in answered(shown)
        return answered(await self.clicks(name, shown, label) if is_preview else shown)

    async def is_offered(
        self, name: str, command: str, option: str, typed: str = "", /, **others: Any
    ) -> list[str]:
        """What completion shows somebody who types into an option."""
        shown = await self.people[name].autocomplete(self.channel, command, option, typed, **others)
        return [str(one["name"]) for one in shown]

    async def clicks(self, name: str, message: Any, label: str) -> simcord.InteractionResult:
        """Somebody presses a button of a message or of an answer."""
        result = await self.people[name].click(_message(message), label=label)
        await self.pulse()
        return result

    async def picks(
        self, name: str, message: Any, values: Sequence[str], says: str = ""
    ) -> simcord.InteractionResult:
        """Somebody picks values of the list of a message, the one whose phrase begins with `says`."""
        lists = [one["custom_id"] for one in parts(raw(message)) if one["type"] == SELECT]
        chosen = next(one for one in lists if one.startswith(says))
        result = await self.people[name].select(_message(message), values, custom_id=chosen)
        await self.pulse()
        return result

    async def submits(
        self, name: str, shown: simcord.InteractionResult, /, **values: Any
    ) -> simcord.InteractionResult:
        """Somebody fills in the form they were shown and sends it."""
        result = await self.people[name].submit_modal(shown, values)
        await self.pulse()
        return result

    async def sends(
        self,
        name: str,
        kind: int,
        data: Mapping[str, Any],
        channel: simcord.ChannelHandle | None = None,
        locale: str = "en-US",
    ) -> simcord.InteractionResult:
        """An interaction as no client would send it: whatever it says, and whatever its sender may see."""
        where = channel or self.channel
        guild = where.guild.id if where.guild else None
        user = self.people[name].id
        record, payload = base_payload(
            self.env.backend,
            type=kind,
            channel_id=where.id,
            guild_id=guild,
            user_id=user,
            data=dict(data),
        )
        await self.delivers({**payload, "locale": locale})
        return simcord.InteractionResult(self.env, record)

    async def delivers(self, interaction: Mapping[str, Any] | None = None) -> None:
        """An interaction arrives at the gateway; without one, the latest once more."""
        if interaction is None:
            interaction = next(
                one
                for _, what, one in self.env.backend.transcript[::-1]
                if what == "INTERACTION_CREATE"
            )
        self.env.backend.emit("INTERACTION_CREATE", interaction)
        await self.env.settle()
        await self.pulse()

    @contextmanager
    def heard_twice(self) -> Iterator[None]:
        """Every interaction arrives twice at once, as where two connections hear it."""

        def again(event: str, payload: Mapping[str, Any]) -> None:
            if event == "INTERACTION_CREATE":
                feed(event, payload)

        feed = self.env.backend.subscribers[-1]
        self.env.backend.subscribers.append(again)
        yield
        self.env.backend.subscribers.remove(again)

    async def spring(self, *members: str, start: str = "2026-01-05", **more: Any) -> None:
        """An open cohort called spring, with members."""
        assert "draft" in await self.says(
            "mona", "cohort create", name="spring", start=start, **more
        )
        assert "is open" in await self.confirms("mona", "cohort open", "Open it", cohort="spring")
        for name in members:
            assert "You are in" in await self.says(name, "join", cohort="spring")

    # — time —

    async def _advance(self, when: datetime) -> None:
        if (seconds := (when - self.clock.now()).total_seconds()) > 0:
            await self.env.advance_time(seconds)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """The bot's own waits last until time passes on purpose, even short ones."""
        usual, self.env.settle_timeout = self.env.settle_timeout, 1.0
        yield
        self.env.settle_timeout = usual

    # — what is there to read —

    @property
    def place(self) -> Place:
        return Place("discord", str(self.guild.id), str(self.channel.id))

    def posts(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """What stands in a channel for everybody, oldest first."""
        return [one for one in (channel or self.channel).history() if not one.flags.ephemeral]

    def post(self, text: str) -> discord.Message:
        """The one post in the channel that says so."""
        (found,) = [one for one in self.posts() if text in said(one)]
        return found

    def private(self, name: str) -> list[discord.Message]:
        """What somebody was sent in private."""
        return self.people[name].user.dm_channel.history()


def answered(result: simcord.InteractionResult) -> str:
    """The words of a private answer: the newest, if there were several, and not what greets a new server below it."""
    shown = _newest(result)
    assert shown is not None, f"no answer: {result}"
    assert shown.ephemeral
    return words(shown.components)


def said(message: Any) -> str:
    """The words of a post, or of an answer."""
    return words(raw(message))


def _message(message: Any) -> Any:
    if not isinstance(message, simcord.InteractionResult):
        return message
    return _newest(message)


def greetings(result: simcord.InteractionResult) -> list[Any]:
    """What greets a new server below an answer."""
    return [one for one in result.followups if _greets(one)]


def _greets(message: Any) -> bool:
    return "Hello, I am Syllabot" in words(message.components)


def _newest(result: simcord.InteractionResult) -> Any:
    return next((one for one in reversed(result.followups) if not _greets(one)), result.response)


def response(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """The message that answers an interaction."""
    assert result.response is not None, f"no answer: {result}"
    return result.response


def modal(result: simcord.InteractionResult) -> Mapping[str, Any]:
    """The form that answers an interaction."""
    assert result.modal is not None, f"no form: {result}"
    return result.modal


def raw(message: Any) -> Sequence[Mapping[str, Any]]:
    """The components of a post, or of an answer, as they were sent."""
    found = _message(message)
    if isinstance(found, discord.Message):
        return [one.to_dict() for one in found.components]
    return list(found.components)
