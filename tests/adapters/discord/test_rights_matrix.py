"""Who may do what on Discord: people by their rights and by being named, and the bot with one right after the other missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
import simcord

from adapters.discord import rights
from tests.adapters.discord.test_faults import answers_lost
from tests.support.discord.server import COMMAND, INVITED, PRESSED, Server, answered, said
from tests.support.posts import USUAL_POSTS

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 1, 10, 18, 0, tzinfo=UTC)
TIMELINE = {"id": "1", "name": "cohort", "type": 1, "options": [{"name": "timeline", "type": 1}]}
PAUSE = {"custom_id": "cohort pause cohort=#1|~", "component_type": 2}


# — people —


async def may_manage(server: Server, name: str) -> bool:
    """Whether somebody is obeyed who sends a moderator's command, whatever their client shows them."""
    told = answered(await server.sends(name, COMMAND, TIMELINE))
    assert told.startswith(("## Timeline of spring", "Only moderators can use"))
    return told.startswith("## Timeline")


async def test_moderators_are_those_whom_discord_or_they_themselves_name(
    quick_database: str,
) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        guild, env = server.guild, server.env
        admin = guild.create_role("Admin", permissions=discord.Permissions(administrator=True))
        mentors = guild.create_role("Mentors")
        server.people["root"] = guild.add_member(env.create_user("root"), roles=[admin])
        server.people["owner"] = simcord.MemberActor(env, guild, guild.owner)
        server.people["cy"] = guild.add_member(server.people["cy"].user, roles=[mentors])

        seen = {
            name: "cohort create" in one.available_commands(server.channel)
            for name, one in server.people.items()
        }
        assert seen == {
            "mona": True,
            "ada": False,
            "bob": False,
            "cy": False,
            "root": True,
            "owner": True,
        }
        assert {name: await may_manage(server, name) for name in seen} == seen
        assert answered(await server.sends("ada", PRESSED, PAUSE)).startswith(
            "Only moderators can use"
        )

        assert "**Bob** can now manage" in await server.says(
            "mona", "moderators", add=server.people["bob"]
        )
        assert "the role **Mentors** can now" in await server.says(
            "mona", "moderators", add=mentors
        )
        assert (await may_manage(server, "bob"), await may_manage(server, "cy")) == (True, True)
        assert not await may_manage(server, "ada")
        env.backend.remove_member_role(guild.id, server.people["cy"].id, mentors.id)
        assert not await may_manage(server, "cy"), "a role that was taken away gives nothing"
        env.backend.add_member_role(guild.id, server.people["cy"].id, mentors.id)
        assert await may_manage(server, "cy")

        listed = await server.slash("mona", "moderators")
        left = await server.picks("mona", listed, [f"person:{server.people['bob'].id}"])
        assert "**Bob** can no longer manage the cohorts here." in answered(left)
        await server.picks("mona", left, [f"role:{mentors.id}"])
        assert (await may_manage(server, "bob"), await may_manage(server, "cy")) == (False, False)


async def test_moderators_of_one_server_are_nobody_in_another(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring()
        await server.says("mona", "moderators", add=server.people["bob"])
        server.founds("Another Hall")
        assert "no cohort here yet" in await server.says("mona", "posts timeline")
        assert "Only moderators" in answered(await server.sends("bob", COMMAND, TIMELINE))
        foreign = await server.sends("mona", PRESSED, PAUSE)
        assert answered(foreign).startswith("There is no cohort “#1” here")


# — the bot in a channel —

MISSING = [
    ("view_channel", "View Channel", True),
    ("send_messages", "Send Messages", True),
    ("read_message_history", "Read Message History", False),
    ("create_public_threads", "Create Public Threads", False),
]


async def test_each_missing_right_is_named_and_what_waited_comes_when_it_is_given(
    database: str,
) -> None:
    async with Server.on(database) as server:
        for name, shown, blocks in MISSING:
            server.channel = server.guild.create_text_channel(name.replace("_", "-"))
            server.denies(name)
            cohort = name.partition("_")[0]
            lack = f"I may not _{shown}_ in #{server.channel.name}"
            made = await server.says("mona", "cohort create", name=cohort, start="2026-03-02")
            assert f"{'Before posts can appear here' if blocks else 'Good to know'}: {lack}" in made
            assert "open Edit Channel → Permissions, add TestBot and allow it" in made
            opened = await server.confirms("mona", "cohort open", "Open it", cohort=cohort)
            assert len(server.posts()) == (not blocks)
            assert ("My invitation waits" in opened) is blocks
            told = await server.says("mona", "members list", cohort=cohort)
            assert (f"\nPosts of **{cohort}** wait: {lack}" in told) is blocks, (
                "what costs little is said once"
            )

            server.denies()
            await server.passes(minutes=16)
            await server.says("ada", "join", cohort=cohort)
            assert [said(one).partition(" ")[0] for one in server.posts()] == [
                f"**{cohort}**",
                "**Ada**",
            ]
            again = await server.says("mona", "members list", cohort=cohort)
            assert "Posts of" not in again, "what was mended is not told again"


async def test_a_forums_post_is_a_home_that_needs_the_right_to_write_in_threads(
    quick_database: str,
) -> None:
    async with Server.on(quick_database) as server:
        forum = server.guild.create_forum_channel("forum")
        thread = server.env.backend.create_thread(
            forum.id, "Spring people", server.people["mona"].id
        )
        server.channel = simcord.ChannelHandle(server.env, server.guild, thread)
        server.denies("send_messages_in_threads", channel=forum)
        made = await server.says("mona", "cohort create", name="spring", start="2026-01-05")
        assert "I may not _Send Messages in Threads_ in the thread Spring people of #forum" in made
        await server.confirms("mona", "cohort open", "Open it")
        assert server.posts() == []
        server.denies("send_messages", channel=forum)
        await server.passes(minutes=16)
        assert "**spring** is open" in said(server.posts()[0])
        await server.clicks("ada", server.posts()[0], "Join")
        assert "**Ada** has joined" in said(server.posts()[1])


async def test_threads_and_events_are_left_out_without_their_rights_and_nothing_else_is(
    quick_database: str,
) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        switched = await server.slash("mona", "cohort threads")
        await server.clicks("mona", switched, "A thread for each week")
        await server.says("mona", "cohort call", at="20:00", where="https://meet.example/spring")
        server.denies("create_public_threads")
        server.may(
            discord.Permissions(INVITED.value & ~discord.Permissions(create_events=True).value)
        )
        await server.goes_to(MONDAY)
        assert server.post("## Week 1")
        assert (server.channel.threads, events(server)) == ([], [])
        told = await server.says("mona", "posts timeline")
        assert (
            "I may not _Create Public Threads_ in #study-group, so no thread opens under my posts"
            in told
        )
        assert "I may not _Create Events_ in this server" in told

        server.denies()
        server.may(INVITED)
        await server.passes(weeks=1)
        assert [one.name for one in server.channel.threads] == ["Week 2: Calculus and optimisation"]
        (event,) = events(server)
        assert "spring" in event.name
        assert "Posts of" not in await server.says("mona", "posts timeline")


# — every optional right, one by one —

ALL = discord.Permissions(
    INVITED.value | discord.Permissions(manage_roles=True, mention_everyone=True).value
)
LOST = {
    # The simulation asks for it where a thread begins below a message.
    rights.HISTORY: {"certainty", "thread"},
    rights.THREADS: {"thread"},
    rights.EVENTS: {"event"},
    rights.PIN: {"pin"},
    rights.MANAGE_ROLES: {"role", "member role", "ping"},
    rights.MENTION: {"ping"},
}
EVERYTHING = {extra for extras in LOST.values() for extra in extras}


def test_the_matrix_knows_every_optional_right() -> None:
    assert set(LOST) == set(rights.OPTIONAL_RIGHTS)


@pytest.mark.parametrize(
    "missing", [None, *rights.OPTIONAL_RIGHTS], ids=lambda right: right.label if right else "none"
)
async def test_each_optional_right_gives_what_it_is_for_and_costs_nothing_else(
    quick_database: str, missing: rights.DiscordRight | None
) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        given = discord.Permissions(ALL.value)
        if missing is not None:
            given.update(**{missing.name: False})
        server.may(given)
        if missing is not None:
            server.denies(missing.name)
        told = await ask_for_everything(server)
        with answers_lost(server, 1, kept=True):
            await server.goes_to(MONDAY - timedelta(days=2))
        await server.goes_to(MONDAY + timedelta(minutes=30))
        told += await server.says("mona", "posts timeline")
        lost = LOST[missing] if missing is not None else set()
        assert EVERYTHING - find_extras(server, told) == lost
        told += await server.says("mona", "cohort create", name="other", start="2026-03-02")
        for right in rights.OPTIONAL_RIGHTS:
            is_named = f"I may not _{right.label}_" in told.replace("\u200b", "")
            assert is_named == (right is missing), right.label


async def ask_for_everything(server: Server) -> str:
    """Switch on whatever takes an optional right, and return what the moderator is told."""
    told = [
        await server.says("mona", "cohort threads", cohort="spring", on=True),
        await server.says("mona", "cohort call", at="20:00", where="https://meet.example/us"),
        await server.says("mona", "posts board"),
        await server.says("mona", "posts notify", post="topics", how="role"),
        await server.says("mona", "cohort role", on=True),
    ]
    await server.says("ada", "notify", on=True)
    await server.passes(minutes=2)
    told.append(await server.says("mona", "posts notify", post="topics"))
    return "\n".join(told)


def find_extras(server: Server, told: str) -> set[str]:
    """Return what the server has got."""
    backend, found = server.env.backend, set()
    if "unsure, it may have been sent" not in told:
        found.add("certainty")
    if server.channel.threads:
        found.add("thread")
    if events(server):
        found.add("event")
    if any(message.pinned for message in backend.messages[server.channel.id].values()):
        found.add("pin")
    held = backend.get_member(server.guild.id, server.people["ada"].id).role_ids
    names = {backend.get_role(server.guild.id, role).name: role for role in held}
    if "spring news" in names:
        found.add("role")
    if "spring" in names:
        found.add("member role")
    topics = backend.messages[server.channel.id][server.post("## Week 1").id]
    if topics.ping_role_ids == [names.get("spring news")]:
        found.add("ping")
    return found


def events(server: Server) -> list[Any]:
    """The events of the server."""
    return list(server.env.backend.guilds[server.guild.id].scheduled_events.values())


# — coming and going —


async def test_a_deleted_channel_is_told_and_another_takes_over(quick_database: str) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await server.spring("ada")
        await server.goes_to(MONDAY - timedelta(hours=1))
        await server.loses()
        server.channel = server.guild.create_text_channel("lounge")
        told = await server.says("mona", "members list", cohort="spring")
        assert "\nPosts of **spring** wait: The channel #study-group was deleted" in told
        await server.goes_to(MONDAY)
        assert server.posts() == []
        assert "now posts in this channel" in await server.confirms(
            "mona", "cohort move", "Move it here"
        )
        assert [
            "## Here we go" in said(one) or "## Week 1" in said(one) for one in server.posts()
        ] == [True, True]
        assert "Posts of" not in await server.says("mona", "members list")


@pytest.mark.parametrize("told", [True, False], ids=["told", "while it was down"])
async def test_a_bot_that_was_removed_goes_on_when_it_is_invited_again(
    quick_database: str, told: bool
) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await server.spring("ada")
        await server.goes_to(MONDAY - timedelta(hours=1))
        before = sendings(server)
        async with server.without_bot(told=told):
            await server.goes_to(MONDAY)
            assert sendings(server) == before
        await server.pulse()
        assert [said(one).split("\n")[0] for one in server.posts()[before:]] == [
            "## Here we go",
            "## Week 1 of 12 · Basics of linear algebra and statistics",
        ]
        assert "Posts of" not in await server.says("mona", "members list")


def sendings(server: Server) -> int:
    """How often the bot has tried to post."""
    return sum(
        one.method == "POST" and one.path.endswith("/messages") for one in server.env.http_requests
    )


async def test_who_left_the_server_is_left_alone_until_they_are_back(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada", "bob")
        server.guild.remove_member(server.people["ada"])
        await server.goes_to(SATURDAY)
        assert (len(server.private("ada")), len(server.private("bob"))) == (0, 1)
        assert (
            "**Ada** · 0 of 57 done · no check-in yet · joined Thu 1 Jan 2026 · away"
            in await server.says("mona", "members list")
        )
        server.people["ada"] = server.guild.add_member(server.people["ada"].user)
        await server.passes(weeks=1)
        assert "Welcome back. Week 1 of **spring**" in said(server.private("ada")[-1])
        assert "away" not in await server.says("mona", "members list")
