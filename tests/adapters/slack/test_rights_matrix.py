"""Who may do what on Slack: people by their place in the workspace and by being named, and the bot
where a channel or a scope is closed to it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.slack.manifest import OPTIONAL
from bot.post import PostRegistry, discover_post_kinds
from tests.adapters.slack.test_dialogues import MONDAY, SATURDAY, WEEK_1
from tests.support.posts import USUAL_NAMES, USUAL_POSTS
from tests.support.roadmap_versions import FIRST
from tests.support.slack.browser import Browser
from tests.support.slack.files import uploads
from tests.support.slack.group import MANY, Group, words
from tests.support.slack.wire import lost_connection, refusal, status
from tests.support.slack.workspaces import BOT, SCOPES, Channel

KINDS = PostRegistry(discover_post_kinds().kinds[name] for name in (*USUAL_NAMES, "board"))

# — people —


async def may_manage(group: Group, name: str) -> bool:
    """Whether somebody is obeyed who says a moderator's command."""
    told = await group.says(name, "posts timeline spring")
    assert told.startswith(
        ("Timeline of spring", "Only moderators can use /study posts timeline here")
    )
    return told.startswith("Timeline")


async def test_moderators_are_those_who_run_the_workspace_installed_the_app_or_are_named(
    url: str,
) -> None:
    async with Group.on(url, MANY) as group:
        place = group.place
        place.person("olga", owner=True)
        place.person("gus", guest=True)
        place.person("eve", admin=True, home_team="T0ELSE")
        assert (await Browser(group.wire, group.address, place, user="cy").installs()).status == 200
        await group.spring("ada")
        people = ("mona", "ada", "bob", "cy", "olga", "gus", "eve")
        may = {name: await may_manage(group, name) for name in people}
        assert may == {
            "mona": True,
            "ada": False,
            "bob": False,
            "cy": True,
            "olga": True,
            "gus": False,
            "eve": False,
        }
        assert {name: "cohort create" in await group.says(name, "help") for name in people} == may
        post = group.post("is open")
        for name in ("ada", "mona"):
            home = await group.person(name).opens_home()
            assert ("For moderators" in words(home)) is may[name]
        assert words(await group.clicks("gus", post, "Join")).startswith("You are in spring"), (
            "guests may join"
        )

        assert "bob can now manage" in await group.says("mona", "moderators add=@bob")
        assert await may_manage(group, "bob")
        assert "For moderators" in words(await group.person("bob").opens_home())
        listed = await group.types("mona", "moderators")
        await group.person("mona").picks(listed, "bob")
        assert not await may_manage(group, "bob")

        place.named("mona").admin = False
        assert not await may_manage(group, "mona"), (
            "whoever was an admin a moment ago is none any more"
        )
        assert "For moderators" not in words(await group.person("mona").opens_home())
        place.named("ada").admin = True
        assert await may_manage(group, "ada")


async def test_where_slack_does_not_say_who_somebody_is_rights_wait_and_members_go_on(
    url: str,
) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        for fault in (status(500), refusal("fatal_error")):
            group.wire.fails("users.info", fault)
            assert await group.says("mona", "posts timeline") == (
                "Slack cannot tell me right now who manages this workspace: please try again in a "
                "minute."
            )
            assert await may_manage(group, "mona")
        group.clock.at += timedelta(hours=2)
        group.wire.fails("users.info", status(500), times=9)
        assert "You are in spring already." in await group.says("ada", "join")
        assert "You are in spring 🎉" in await group.says("bob", "join"), (
            "a newcomer is called by their user name"
        )


async def test_whoever_has_left_the_workspace_is_left_alone_until_they_are_back(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada", "bob")
        ada = group.place.named("ada")
        ada.deleted = True
        await group.goes_to(SATURDAY)
        assert [len(group.person(name).letters) for name in ("ada", "bob")] == [0, 1]
        gone = "ada · 0 of 57 done · no check-in yet · joined Fri 20 Feb 2026 · away"
        assert gone in await group.says("mona", "members list")
        ada.deleted = False
        await group.passes(weeks=1)
        assert "Welcome back. Week 1 of spring" in words(group.person("ada").letters[-1])
        # Bob has been silent for two weeks. Ada was not there for most of the second one, which
        # therefore counts neither way: she is reminded, and nobody tells her that reminders stop.
        last_words = [words(group.person(name).letters[-1]) for name in ("ada", "bob")]
        assert ["I stop reminding you now" in text for text in last_words] == [False, True]
        assert "away" not in await group.says("mona", "members list")


# — the bot in a channel —


def shut(group: Group, how: str) -> Channel:
    """A channel that is closed to the bot in some way, and where people can speak with it all the
    same.
    """
    channel = group.place.channel(f"C0{how.upper()}", how, bot=how != "outside")
    channel.read_only = how == "readonly"
    if how == "private":
        channel.private = True
        channel.members.discard(BOT)
    return channel


INVITE = "type /invite @syllabot there"
CLOSED = {
    "outside": f"I am not in #outside: {INVITE}.",
    "private": f"The channel is gone, or private and without me: {INVITE}, or type /study cohort "
    f"move in the channel where",
    "readonly": "Not everybody may post in #readonly: open its details → Settings → Posting "
    "permissions and allow me, or type",
}


async def test_what_keeps_the_bot_out_is_told_and_what_waited_comes_when_it_is_let_in(
    url: str,
) -> None:
    async with Group.on(url) as group:
        for how, lack in CLOSED.items():
            channel = shut(group, how)
            made = await group.says("mona", f"cohort create name={how} start=2026-03-02", channel)
            assert f"Before posts can appear here: {lack}" in made
            assert "My invitation waits" in await group.says(
                "mona", f"cohort open {how} sure=yes", channel
            )
            assert f"Posts of {how} wait: {lack}" in await group.says(
                "mona", f"members list {how}", channel
            )
            assert f"Posts of {how} wait: {lack}" in words(await group.person("mona").opens_home())
            assert group.posts(channel) == []

            channel.members.add(BOT)
            channel.read_only = False
            await group.passes(minutes=16)
            await group.says("ada", f"join {how}", channel)
            assert [words(one).split(" ")[0] for one in group.posts(channel)] == [how, "ada"]
            assert "Posts of" not in await group.says("mona", f"members list {how}", channel)


async def test_a_channel_that_ends_is_told_and_another_takes_over(url: str) -> None:
    async with Group.on(url, post_kinds=USUAL_POSTS) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY - timedelta(hours=1))
        before, channel = len(group.posts()), group.channel
        ends = {
            group.delivery.archives: "The channel #study-group is archived: unarchive it, or type "
            "/study cohort move in",
            group.delivery.deletes: "The channel was deleted: type /study cohort move in the "
            "channel where",
            group.delivery.removes: f"I am not in #lounge2: {INVITE}.",
        }
        for number, (end, told) in enumerate(ends.items(), 1):
            await end(group.place, channel)
            channel = group.place.channel(f"C0LOUNGE{number}", f"lounge{number}")
            assert told in await group.learns(
                "mona", "members list spring", "Posts of spring wait: ", channel
            )
            assert "now posts in this channel" in await group.says("mona", "cohort move", channel)
            assert "Posts of" not in await group.says("mona", "members list", channel)
        await group.goes_to(MONDAY)
        assert len(group.posts(group.channel)) == before
        assert [words(post).split("\n")[0] for post in group.posts(channel)] == [
            "Here we go",
            WEEK_1,
        ]


async def test_a_missing_scope_is_named_and_costs_no_more_than_it_must(url: str) -> None:
    async with Group.on(url) as group:
        token = group.wire.tokens["xoxb-T0HALL"]
        token.scopes = SCOPES - {"channels:history"}
        await group.restart()
        made = await group.says("mona", "cohort create name=spring start=2026-03-02")
        assert (
            "Good to know: I lack the scope channels:history, so a post that may be lost stays "
            "unsure" in made
        )
        token.scopes = SCOPES - {"chat:write"}
        await group.restart()
        opened = await group.says("mona", "cohort open spring sure=yes")
        assert "My invitation waits" in opened
        lack = (
            "I lack the scope chat:write, so I cannot post: ask the person who runs this bot to "
            "add it"
        )
        assert lack in await group.says("mona", "posts timeline")
        assert group.posts() == []
        token.scopes = SCOPES
        await group.restart()
        await group.passes(minutes=30)
        assert "is open" in words(group.posts()[0])


# — every optional scope, one by one —

LOST = {
    "channels:history": "certainty in a public channel",
    "groups:history": "certainty in a private channel",
    "im:history": "an answer to private words",
    "app_mentions:read": "an answer to a mention",
    "files:read": "a plan from a file",
    "files:write": "a file of one's own data",
    "pins:write": "a pinned board",
}


def test_the_matrix_knows_every_optional_scope() -> None:
    assert tuple(LOST) == OPTIONAL


@pytest.mark.parametrize("missing", ["", *OPTIONAL])
async def test_each_optional_scope_gives_what_it_is_for_and_costs_nothing_else(
    url: str, missing: str
) -> None:
    async with Group.on(url, post_kinds=KINDS) as group:
        private = group.place.channel("C0PRIVATE", "private-group", private=True)
        group.wire.tokens["xoxb-T0HALL"].scopes = SCOPES - {missing}
        await group.restart()
        found = await find_answers(group)
        await group.spring("ada")
        found |= await find_certainty(group, private)
        found |= await find_files(group)
        # Notifications need no scope of their own.
        assert "@here" in await group.says("mona", "posts notify spring post=topics how=here")
        await group.says("mona", "posts board spring")
        await group.passes(minutes=2)
        if group.channel.pinned:
            found.add(LOST["pins:write"])
        await group.goes_to(MONDAY)
        assert group.post("Week 1 of 12").body["notified"]
        assert set(LOST.values()) - found == ({LOST[missing]} if missing else set())


async def find_answers(group: Group) -> set[str]:
    """Return which words to the bot are answered."""
    bob, cy, found = group.person("bob"), group.person("cy"), set()
    await bob.writes("hello")
    await cy.mentions("hello")
    for _ in range(50):
        await asyncio.sleep(0.01)
        if bob.letters:
            found.add(LOST["im:history"])
        if [sight for sight in cy.user.sights if sight.kind == "ephemeral"]:
            found.add(LOST["app_mentions:read"])
        if len(found) == 2:
            break
    return found


async def find_certainty(group: Group, private: Channel) -> set[str]:
    """Return where a post with an unknown outcome is found again."""
    found = set()
    for name, channel, scope in (
        ("public", group.channel, "channels:history"),
        ("hushed", private, "groups:history"),
    ):
        await group.says("mona", f"cohort create name={name} start=2026-05-04", channel)
        group.wire.fails("chat.postMessage", lost_connection(kept=True))
        await group.says("mona", f"cohort open {name} sure=yes", channel)
        await group.passes(minutes=3)
        posted = [post for post in group.posts(channel) if name in words(post)]
        assert len(posted) == 1
        rows = [row for row in group.rows()["letters"] if row["kind"] == "announcement"]
        if rows[-1]["state"] == "sent":
            found.add(LOST[scope])
    return found


async def find_files(group: Group) -> set[str]:
    """Return which files come and go."""
    found = set()
    form = await group.types("mona", "roadmap import")
    if "I lack the scope" not in form.sees:
        file = uploads(group.wire, group.place.id, "rust.yaml", FIRST.encode())
        if "[Publish" in words(await group.fills("mona", form, file=file)):
            found.add(LOST["files:read"])
    if "I have sent you a private message with" in await group.says("ada", "mydata export"):
        found.add(LOST["files:write"])
    return found
