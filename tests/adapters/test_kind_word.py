"""A moderator writes a kind word in a form, on simulated Discord and Slack."""

from __future__ import annotations

from tests.support.discord.server import Server, answered, said
from tests.support.slack.group import Group, words

PROPOSED = "We have not seen you for a while"


async def test_on_discord_the_words_are_changed_in_a_modal_and_arrive_in_private(
    database: str,
) -> None:
    async with Server.on(database) as server:
        await server.spring("ada", "bob")
        await server.passes(days=25)
        listed = await server.slash("mona", "members attention")
        assert "of 2 members need you: 2 silent, 2 behind." in answered(listed)
        page = await server.picks("mona", listed, ["2"], "members")
        preview = await server.clicks("mona", page, "Send a kind word")
        assert PROPOSED in answered(preview)
        form = await server.clicks("mona", preview, "Change the words")
        sent = await server.submits("mona", form, words="Come by, *bob*. @everyone misses you.")
        assert "is on its way" in answered(sent)
        # It was midnight.
        await server.passes(hours=12)
        letters = [said(letter) for letter in server.private("bob")]
        (word,) = [text for text in letters if "A moderator of" in text]
        assert "everyone misses you" in word


async def test_on_slack_the_words_are_changed_in_a_modal_and_sent(database: str) -> None:
    async with Group.on(database) as group:
        await group.spring("ada", "bob")
        await group.passes(days=25)
        listed = await group.types("mona", "members attention")
        assert "2 of 2 members need you: 2 silent, 2 behind." in words(listed)
        preview = await group.types("mona", "members word member=2")
        assert PROPOSED in words(preview)
        form = await group.clicks("mona", preview, "Change the words")
        assert PROPOSED in str(form.body)
        sent = await group.fills("mona", form, words="Come by. <!channel> misses you.")
        assert "is on its way" in words(sent)
        again = await group.says("mona", "members word member=2")
        assert "One kind word a week is enough, and bob got the last one on" in again
