"""Rights in a simulated server: what is missing is named one by one, with what to click, and nothing else is claimed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
import simcord

from adapters.discord import letters, rights
from bot.chat.address import Extra, Place, SetupProblem
from bot.chat.errors import CannotReadHistory

HOW = "open Edit Channel → Permissions, add TestBot and allow it."


THREAD: tuple[Extra, ...] = ("thread",)
EVENT: tuple[Extra, ...] = ("event",)


class Hall:
    """A server with the bot in it, as the bot's own client knows it."""

    def __init__(self, env: simcord.Env, client: discord.Client) -> None:
        self.env, self.client = env, client
        self.made = env.create_guild("Study Hall")

    @classmethod
    @asynccontextmanager
    async def open(cls, client: discord.Client | None = None) -> AsyncIterator[Hall]:
        client = client or discord.Client(intents=discord.Intents(guilds=True))
        async with simcord.run(client) as env:
            yield cls(env, client)

    @property
    def guild(self) -> discord.Guild:
        found = self.client.get_guild(self.made.id)
        assert found is not None
        return found

    @property
    def bot(self) -> discord.Member:
        assert self.made.me is not None
        return self.made.me

    def place(self, channel: int) -> Place:
        return Place("discord", str(self.made.id), str(channel))

    def channel(self, **denied: bool) -> int:
        """A text channel in which these permissions are denied to the bot."""
        return self.made.create_text_channel("study_group", overwrites={self.bot: _less(denied)}).id

    async def thread(self, **denied: bool) -> discord.Thread:
        parent = self.guild.get_channel(self.channel(**denied))
        assert isinstance(parent, discord.TextChannel)
        thread = await parent.create_thread(name="talk", type=discord.ChannelType.public_thread)
        await self.env.settle()
        return thread

    async def check(self, channel: int, wanted: Collection[Extra] = ()) -> Sequence[SetupProblem]:
        return await rights.check_channel_rights(self.client, self.place(channel), wanted)

    def hears(self, event: str, **data: object) -> None:
        """Discord tells of something through the gateway."""
        self.client._connection.parsers[event](data)


def _less(denied: dict[str, bool]) -> discord.PermissionOverwrite:
    return discord.PermissionOverwrite(**dict.fromkeys(denied, False))


def told(lacks: Sequence[SetupProblem]) -> list[tuple[str, bool]]:
    return [(lack.sentence, lack.is_blocking) for lack in lacks]


def test_the_invitation_asks_for_the_least_rights_and_each_is_explained() -> None:
    asked = parse_qs(urlsplit(rights.build_invite_url(901)).query)
    assert (asked["client_id"], asked["scope"]) == (["901"], ["bot applications.commands"])
    granted = discord.Permissions(int(asked["permissions"][0]))
    assert {name for name, given in granted if given} == {
        "read_messages",  # the library's older word for seeing a channel
        "send_messages",
        "send_messages_in_threads",
        "read_message_history",
        "create_public_threads",
        "create_events",
        "pin_messages",
    }
    assert [name for name, _ in rights.list_right_reasons()] == [
        right.label for right in rights.RIGHTS
    ]
    assert all(len(reason) > 20 for _, reason in rights.list_right_reasons())


def test_the_rights_for_roles_are_asked_for_only_on_request() -> None:
    def ask(**how: bool) -> int:
        query = parse_qs(urlsplit(rights.build_invite_url(901, **how)).query)
        return int(query["permissions"][0])

    for_roles = discord.Permissions(manage_roles=True, mention_everyone=True).value
    assert ask() & for_roles == 0
    assert ask(with_roles=True) == ask() | for_roles
    labels = [label for label, _ in rights.list_right_reasons(with_roles=True)]
    assert labels[-2:] == ["Manage Roles", "Mention @everyone, @here, and All Roles"]
    assert not ask(with_roles=True) & discord.Permissions(administrator=True).value


async def test_with_every_right_nothing_is_missing_in_a_channel_a_thread_or_a_voice_channel() -> (
    None
):
    async with Hall.open() as hall:
        assert await hall.check(hall.channel(), ("thread", "event")) == []
        assert not await hall.check((await hall.thread()).id, EVENT)
        assert not await hall.check(hall.made.create_voice_channel("talk").id)
        assert not await rights.check_channel_rights(
            hall.client, Place("discord", str(hall.made.id), native="7")
        )


@pytest.mark.parametrize(
    ("denied", "wanted", "missing"),
    [
        (["view_channel"], (), [(f"I may not _View Channel_ in #study\\_group: {HOW}", True)]),
        (["send_messages"], (), [(f"I may not _Send Messages_ in #study\\_group: {HOW}", True)]),
        (
            ["embed_links", "attach_files"],
            ("thread", "event"),
            [],
        ),  # neither is used, so neither is missed
        (
            ["send_messages", "read_message_history"],
            (),
            [
                (f"I may not _Send Messages_ in #study\\_group: {HOW}", True),
                (
                    "I may not _Read Message History_ in #study\\_group, so a post that may have been lost stays _unsure_ "
                    f"and is not sent again by itself: {HOW}",
                    False,
                ),
            ],
        ),
        (["create_public_threads", "send_messages_in_threads"], (), []),
        (
            ["create_public_threads"],
            THREAD,
            [
                (
                    f"I may not _Create Public Threads_ in #study\\_group, so no thread opens under my posts: {HOW}",
                    False,
                )
            ],
        ),
    ],
)
async def test_each_missing_right_is_named_with_what_is_lost_and_what_to_click(
    denied: list[str], wanted: Collection[Extra], missing: list[tuple[str, bool]]
) -> None:
    async with Hall.open() as hall:
        assert (
            told(await hall.check(hall.channel(**dict.fromkeys(denied, True)), wanted)) == missing
        )


async def test_in_a_thread_another_right_counts_and_no_other_thread_opens() -> None:
    async with Hall.open() as hall:
        thread = await hall.thread(send_messages_in_threads=True, manage_threads=True)
        where = "the thread talk of #study\\_group"
        assert told(await hall.check(thread.id, THREAD)) == [
            (f"I may not _Send Messages in Threads_ in {where}: {HOW}", True),
            (f"Discord has no threads in {where}, so my posts there have none.", False),
        ]


async def test_a_thread_that_went_to_sleep_is_not_gone_but_a_locked_one_is_closed() -> None:
    async with Hall.open() as hall:
        thread = await hall.thread()
        await thread.edit(archived=True)
        await hall.env.settle()
        assert hall.guild.get_thread(thread.id) is None
        assert not await hall.check(thread.id)
        for ours in (True, False):
            locked = await hall.thread(**({} if ours else {"manage_threads": True}))
            hall.hears(
                "THREAD_UPDATE",
                **{**_payload(locked), "thread_metadata": {**_metadata(), "locked": True}},
            )
            assert told(await hall.check(locked.id)) == ([] if ours else [(rights.LOCKED, True)])


def _metadata() -> dict[str, object]:
    at = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    return {
        "archived": False,
        "auto_archive_duration": 10080,
        "archive_timestamp": at,
        "locked": False,
    }


def _payload(thread: discord.Thread) -> dict[str, object]:
    numbers = {
        "id": thread.id,
        "guild_id": thread.guild.id,
        "parent_id": thread.parent_id,
        "owner_id": thread.owner_id,
    }
    return {
        **{name: str(number) for name, number in numbers.items()},
        "name": thread.name,
        "type": 11,
        "flags": 0,
    }


async def test_a_server_without_the_right_to_events_is_told_only_where_a_call_is_wanted() -> None:
    async with Hall.open() as hall:
        channel = hall.channel()
        role = next(one for one in hall.guild.roles if one.name == "TestBot")
        fewer = {
            "id": str(role.id),
            "name": "TestBot",
            "permissions": str(discord.Permissions.text().value | 1024),
        }
        more = {
            "position": 1,
            "color": 0,
            "hoist": False,
            "managed": True,
            "mentionable": False,
            "flags": 0,
        }
        hall.hears("GUILD_ROLE_UPDATE", guild_id=str(hall.made.id), role={**fewer, **more})
        assert not await hall.check(channel, THREAD)
        (lack,) = await hall.check(channel, EVENT)
        assert lack.sentence.endswith("open Server Settings → Roles → TestBot and allow it.")
        assert (lack.is_blocking, rights.list_server_problems(hall.guild)) == (False, (lack,))


async def test_a_channel_where_no_post_can_stand_is_named_for_what_it_is() -> None:
    async with Hall.open() as hall:
        kinds = {
            "a category": hall.made.create_category("all"),
            "a forum itself, but in one of its posts": hall.made.create_forum_channel("questions"),
            "a stage": hall.made.create_stage_channel("talks"),
        }
        for kind, channel in kinds.items():
            sentence = f"I cannot post in {kind}: use `cohort move` in a text channel."
            assert told(await hall.check(channel.id)) == [(sentence, True)]


async def test_a_channel_or_a_server_that_is_gone_is_told_and_one_that_is_away_is_not() -> None:
    async with Hall.open() as hall:
        channel, nowhere = hall.channel(), 12345
        assert told(await hall.check(nowhere)) == [(rights.GONE, True)]
        for status in (500, 403):
            hall.env.inject_error("GET", "/channels/*", status=status)
            assert not await hall.check(nowhere)
        hall.env.inject_error("GET", "/channels/*", status=403, code=50001)
        assert told(await hall.check(nowhere)) == [
            (f"I may not _View Channel_ in that channel: {HOW}", True)
        ]
        where = str(hall.made.id)
        hall.hears("GUILD_DELETE", id=where, unavailable=True)
        assert not await hall.check(nowhere)
        assert rights.can_read_history(hall.client, hall.place(channel)) is None
        hall.hears("GUILD_DELETE", id=where)
        assert told(await hall.check(channel)) == [(rights.REMOVED, True)]
    assert not await rights.check_channel_rights(
        discord.Client(intents=discord.Intents.none()), hall.place(nowhere)
    )


async def test_a_server_of_another_process_is_none_of_ours() -> None:
    client = discord.AutoShardedClient(
        intents=discord.Intents(guilds=True), shard_count=2, shard_ids=[0]
    )
    async with Hall.open(client) as hall:
        ours, theirs = (Place("discord", str(shard << 22), "5") for shard in (0, 1))
        assert told(await rights.check_channel_rights(hall.client, ours)) == [
            (rights.REMOVED, True)
        ]
        assert not await rights.check_channel_rights(hall.client, theirs)


async def test_a_history_that_is_known_to_be_closed_is_not_even_asked_for() -> None:
    async with Hall.open() as hall:
        closed, since = (
            hall.place(hall.channel(read_message_history=True)),
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        with pytest.raises(CannotReadHistory):
            await letters.find_marked_message(
                hall.client, letters.DmChannels(), closed, "letter", since
            )
        empty = hall.place(hall.channel())
        assert (
            await letters.find_marked_message(
                hall.client, letters.DmChannels(), empty, "letter", since
            )
            is None
        )


def test_a_deleted_channel_is_told_by_its_name_where_that_is_known() -> None:
    assert rights.describe_deleted_discord_channel("a_b").startswith(
        "The channel #a\\_b was deleted: use `cohort move`"
    )
    assert rights.describe_deleted_discord_channel("").startswith("The channel was deleted: ")
