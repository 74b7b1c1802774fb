"""Whom posts notify on simulated Discord: a role people take, and never anybody a text names."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from adapters.discord.markdown import (
    escape_markdown_label,
    render_markdown,
    render_terse_markdown,
    render_terse_markdown_label,
)
from bot.chat.message import escape_text
from tests.support.discord.request_checks import CALLS
from tests.support.discord.server import INVITED, Server, answered, said
from tests.support.posts import USUAL_POSTS

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ALL = discord.Permissions(
    INVITED.value | discord.Permissions(manage_roles=True, mention_everyone=True).value
)
HOSTILE = "<@1> <@!1> <@&2> @everyone @here @EVERYONE <@&2|x> \\<@&2> `<@&2>`"


def find_role(server: Server, name: str = "spring news") -> Any:
    roles = server.env.backend.guilds[server.guild.id].roles.values()
    return next((role for role in roles if role.name == name), None)


def has_role(server: Server, name: str, role: str = "spring news") -> bool:
    member = server.env.backend.get_member(server.guild.id, server.people[name].id)
    return find_role(server, role).id in member.role_ids


def read_pings(server: Server, text: str) -> list[int]:
    post = server.post(text)
    pings: list[int] = server.env.backend.messages[server.channel.id][post.id].ping_role_ids
    return pings


async def begin(server: Server) -> None:
    await server.spring("ada", "bob")
    server.may(ALL)
    told = await server.says("mona", "posts notify", post="topics", how="role")
    assert told.startswith("Saved.")
    assert "I may not" not in told


async def test_people_take_the_role_below_a_post_and_the_next_one_notifies_them(
    quick_database: str,
) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await begin(server)
        role = find_role(server)
        assert (role.permissions, role.mentionable, role.hoist) == (0, False, False)
        await server.goes_to(MONDAY)
        assert read_pings(server, "## Week 1") == [role.id]
        assert read_pings(server, "## Here we go") == []
        pressed = await server.clicks("ada", server.post("## Week 1"), "Notify me")
        assert "I give you the role **spring news** now." in answered(pressed)
        assert has_role(server, "ada")
        # An edit notifies nobody, and the button stays.
        await server.says("bob", "tick", item="1")
        await server.passes(minutes=6)
        assert read_pings(server, "## Week 1") == []
        assert "[Notify me]" in said(server.post("## Week 1"))
        await server.clicks("ada", pressed, "No longer")
        assert not has_role(server, "ada")


async def test_a_role_above_the_bots_is_told_and_mended(quick_database: str) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await begin(server)
        find_role(server).position = 99
        server.env.backend.announce_role_updates(server.guild.id, [find_role(server)])
        await server.says("ada", "notify", on=True)
        told = await server.says("mona", "posts notify", post="topics")
        assert "The role spring news stands above mine" in told
        assert not has_role(server, "ada")
        find_role(server).position = 1
        server.env.backend.announce_role_updates(server.guild.id, [find_role(server)])
        await server.passes(minutes=16)
        assert has_role(server, "ada")


async def test_a_role_deleted_by_hand_is_left_out_at_once(quick_database: str) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await begin(server)
        server.env.backend.delete_role(server.guild.id, find_role(server).id)
        await server.env.settle()
        await server.goes_to(MONDAY)
        assert read_pings(server, "## Week 1") == []
        assert "<@&" not in json.dumps(server.post("## Week 1").components[-1].to_dict())
        assert find_role(server) is None
        told = await server.says("mona", "posts notify", post="topics")
        assert "Somebody has deleted the role: choose it again" in told
        await server.says("mona", "posts notify", post="topics", how="role")
        assert find_role(server) is not None


async def test_whoever_left_the_server_is_no_obstacle(quick_database: str) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await begin(server)
        server.guild.remove_member(server.people["ada"])
        await server.says("mona", "cohort role", on=True)
        assert has_role(server, "bob", "spring")
        server.people["ada"] = server.guild.add_member(server.people["ada"].user)
        await server.passes(days=1, hours=2)
        assert has_role(server, "ada", "spring")
        await server.says("ada", "settings", hidden=True)
        assert not has_role(server, "ada", "spring")


async def test_an_announcement_full_of_mentions_notifies_the_role_alone(
    quick_database: str,
) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await begin(server)
        await server.says("mona", "posts notify", post="bulletin", how="role")
        text = f"Hello @everyone @here <@{server.people['ada'].id}> <@&{server.guild.id}>"
        shown = await server.slash("mona", "posts announce", text=text)
        assert "It notifies those who asked for it, by a role." in answered(shown)
        await server.clicks("mona", shown, "Post it now")
        assert read_pings(server, "Hello") == [find_role(server).id]
        stored = server.env.backend.messages[server.channel.id][server.post("Hello").id]
        assert (stored.ping_user_ids, stored.mention_everyone) == ([], False)


async def test_moderators_see_in_a_preview_whom_a_post_will_notify(quick_database: str) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await begin(server)
        shown = await server.says("mona", "posts preview", post="topics")
        assert "It notifies those who asked for it, by a role." in shown
        assert "[Notify me]" in shown
        await server.passes(hours=1)
        assert timedelta() < MONDAY - server.clock.now()


@pytest.mark.parametrize(
    "render",
    [
        render_markdown,
        render_terse_markdown,
        escape_markdown_label,
        render_terse_markdown_label,
    ],
)
def test_no_text_becomes_a_mention(render: Any) -> None:
    for text in (HOSTILE, escape_text(HOSTILE)):
        # Discord mentions nobody inside code, nor behind a backslash.
        drawn = render(text).replace("\\<", "").replace("`<@&2>`", "")
        assert CALLS.search(drawn) is None, drawn
