"""Private letters to moderators on both platforms: the digest, and what its buttons do there."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.discord.server import Server, answered, response, said
from tests.support.slack.group import SOCKET, Group, words
from tests.support.slack.workspaces import Sight

IN_WEEK_ONE = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
IN_WEEK_TWO = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
IN_WEEK_FOUR = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)


def slack_letters(group: Group, name: str) -> list[Sight]:
    """The private messages to somebody, oldest first."""
    channel = group.place.direct(group.place.named(name))
    return [Sight("direct", message, channel.id) for message in channel.messages]


async def test_on_discord_a_moderator_acts_from_the_letters(database: str) -> None:
    async with Server.on(database) as server:
        await server.spring("ada", "bob", start="2026-03-02")
        await server.goes_to(IN_WEEK_ONE)
        await server.says("ada", "checkin", hours=2, confidence=2, blockers="torch")
        await server.goes_to(IN_WEEK_TWO)
        (digest,) = server.private("mona")
        assert "**Checked in**: **1 of 2**" in said(digest)
        assert "• **Ada**: “torch”" in said(digest)
        mona = server.people["mona"].user
        needy = await mona.click(digest, label="Who needs me")
        assert "Who needs you in spring" in answered(needy)
        await server.goes_to(IN_WEEK_FOUR)
        quiet = server.private("mona")[-1]
        assert "spring has gone quiet" in said(quiet)
        preview = await mona.click(quiet, label="Pause")
        assert "Nothing has changed yet." in answered(preview)
        assert "is paused" in answered(await mona.click(response(preview), label="Pause it"))
        letters = server.private("ada") + server.private("bob")
        assert letters
        assert not any("torch" in said(letter) for letter in letters)


async def test_on_slack_a_moderator_acts_from_the_letters(database: str) -> None:
    async with Group.on(database, SOCKET) as group:
        await group.spring("ada", "bob")
        await group.goes_to(IN_WEEK_ONE)
        await group.says("ada", "checkin hours=2 confidence=2 blockers=torch")
        await group.goes_to(IN_WEEK_TWO)
        (digest,) = slack_letters(group, "mona")
        assert "Checked in: 1 of 2" in words(digest)
        assert "• ada: “torch”" in words(digest)
        needy = await group.clicks("mona", digest, "Who needs me")
        assert "Who needs you in spring" in words(needy)
        await group.goes_to(IN_WEEK_FOUR)
        quiet = slack_letters(group, "mona")[-1]
        assert "spring has gone quiet" in words(quiet)
        preview = await group.clicks("mona", quiet, "Pause")
        assert "Nothing has changed yet." in words(preview)
        assert "is paused" in words(await group.clicks("mona", preview, "Pause it"))
        letters = slack_letters(group, "ada") + slack_letters(group, "bob")
        assert letters
        assert not any("torch" in words(letter) for letter in letters)
