"""Whom posts notify on simulated Slack: `@here`, a user group, and never anybody a text names."""

from __future__ import annotations

import json

from adapters.slack.notify import build_ping_blocks, format_ping
from adapters.slack.render import render_blocks, render_fallback_text
from bot.chat.message import Ping, text_message
from tests.adapters.slack.test_dialogues import MONDAY
from tests.support.posts import USUAL_POSTS
from tests.support.slack.group import Group
from tests.support.slack.mrkdwn_rules import mrkdwn
from tests.support.slack.workspaces import BOT

HOSTILE = (
    "<!here> <!channel> <!subteam^S1|@x> <@U0ADA> <#C0STUDY> @here @channel @everyone &lt;!here&gt;"
)


async def test_by_default_nobody_is_notified(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        assert {tuple(post.body.get("notified", ())) for post in group.posts()} == {()}


async def test_a_kind_of_post_notifies_everybody_active_in_the_channel(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        await group.spring("ada")
        told = await group.says("mona", "posts notify post=topics how=here")
        assert (
            "Weekly topics of spring: everybody active in the channel, by @here."
            in told.replace("\u200b", "")
        )
        await group.goes_to(MONDAY)
        week = group.post("Week 1 of 12")
        assert week.body["notified"] == sorted(group.channel.members - {BOT})
        assert week.body["blocks"][-1]["text"]["text"] == "<!here>"
        others = [post for post in group.posts() if post.body["ts"] != week.body["ts"]]
        assert {tuple(post.body.get("notified", ())) for post in others} == {()}
        # It is edited when people tick: that notifies nobody again, and names nobody.
        await group.says("ada", "tick 1")
        await group.passes(minutes=6)
        assert "<!here>" not in json.dumps(group.post("Week 1 of 12").body["blocks"])


async def test_a_user_group_is_notified_that_was_mentioned_in_the_command(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        group.place.groups["S0MENTORS"] = "mentors"
        await group.spring("ada")
        told = await group.says("mona", "posts notify post=topics how=@mentors")
        assert "the user group mentors" in told
        assert "If your workspace lets only some people notify user groups" in told
        await group.goes_to(MONDAY)
        assert group.post("Week 1 of 12").body["notified"] == ["S0MENTORS"]


async def test_a_group_that_is_gone_or_restricted_costs_the_notification_alone(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        group.place.groups["S0MENTORS"] = "mentors"
        await group.spring("ada")
        await group.says("mona", "posts notify post=kick-off how=@mentors")
        await group.says("mona", "posts notify topics @mentors")
        group.place.restricts_groups = True
        await group.goes_to(MONDAY)
        assert group.post("Week 1 of 12").body["notified"] == []
        group.place.restricts_groups = False
        del group.place.groups["S0MENTORS"]
        await group.says("mona", "posts notify post=recap how=group:S0MENTORS")
        await group.passes(weeks=1)
        assert group.post("Week 2 of 12").body["notified"] == []


async def test_there_are_no_roles_and_the_answer_says_what_there_is(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        told = await group.says("mona", "posts notify post=topics how=role")
        assert "On Slack posts cannot notify “role”: choose nobody, here or a user group" in told
        assert "Slack has no roles" in await group.says("mona", "cohort role on=yes")
        assert "No post of spring notifies by a role here" in await group.says("ada", "notify")


async def test_an_announcement_full_of_mentions_notifies_the_chosen_group_alone(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        group.place.groups["S0MENTORS"] = "mentors"
        await group.spring("ada")
        await group.says("mona", "posts notify post=announcements how=@mentors")
        shown = await group.types("mona", "posts announce Hello @channel @mentors @ada")
        await group.clicks("mona", shown, "Post it now")
        posted = group.post("Hello")
        assert posted.body["notified"] == ["S0MENTORS"]
        blocks = posted.body["blocks"]
        assert blocks[-1]["text"]["text"] == "<!subteam^S0MENTORS|@mentors>"
        assert "<!" not in json.dumps(blocks[:-1]) + posted.body["text"]
        assert "<@" not in json.dumps(blocks[:-1]) + posted.body["text"]


def test_no_text_becomes_a_mention() -> None:
    message = text_message(HOSTILE, title=HOSTILE)
    for drawn in (json.dumps(render_blocks(message, "/study")), render_fallback_text(message, "")):
        assert "<!" not in drawn
        assert "<@" not in drawn
    for block in render_blocks(message, "/study"):
        if block["type"] == "section":
            assert list(mrkdwn(block["text"]["text"])) == []


def test_only_ids_of_slacks_own_letters_are_written_unescaped() -> None:
    assert format_ping(None) == ""
    assert build_ping_blocks(None) == []
    assert format_ping(Ping("here")) == "<!here>"
    assert format_ping(Ping("group", "S1", "mentors")) == "<!subteam^S1|@mentors>"
    assert format_ping(Ping("group", "S1", "a>b|<!channel>")) == "<!subteam^S1|@abchannel>"
    for native in ("", "S1>", "S1|x", "S 1", "!channel", "S" * 65):
        assert format_ping(Ping("group", native, "mentors")) == ""
    assert format_ping(Ping("role", "1", "spring news")) == ""
