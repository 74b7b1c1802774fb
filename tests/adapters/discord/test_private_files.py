"""Files on the wire: somebody's own data goes to their private chat, and to nobody else's."""

from __future__ import annotations

import pytest

from adapters.discord import letters
from bot.chat.errors import SendError
from bot.chat.message import File
from tests.adapters.discord.test_edits import post
from tests.adapters.discord.test_letters import ADA, Post
from tests.support.discord.wire import Refusal

__all__ = ["post"]

FILES = (File("a.json", '{"näme": "Ada"}'), File("b.md", "# Hello"))


async def send(post: Post, key: str = "said-1") -> None:
    await letters.send_private_files(
        post.client, post.private, ADA, FILES, "Your data: a.json and b.md", key
    )


async def test_files_go_to_a_private_chat_once_for_a_key(post: Post) -> None:
    await send(post)
    await send(post)
    (sent,) = post.wire.private(7)
    assert sent["files"] == [(file.name, file.content) for file in FILES]
    assert sent["content"] == "Your data: a.json and b.md"


async def test_closed_private_messages_are_news_for_good(post: Post) -> None:
    await send(post)
    channel = next(one for one in post.wire.channels.values() if one.recipient == 7)
    channel.refusal = Refusal(403, 50007, "Cannot send messages to this user")
    with pytest.raises(SendError) as raised:
        await send(post, "said-2")
    assert (raised.value.permanent, raised.value.reason) == (
        True,
        "their private messages are closed",
    )
