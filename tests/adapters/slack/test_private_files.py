"""Files on the wire: uploaded first, then shared with one person, if the optional scope is there."""

from __future__ import annotations

import pytest

from bot.chat.errors import SendError
from bot.chat.message import File
from tests.adapters.slack.test_edits import post
from tests.support.slack.api import ADA
from tests.support.slack.letters import Post
from tests.support.slack.wire import UPLOAD, Fault, lost_connection, refusal, status
from tests.support.slack.workspaces import SCOPES

__all__ = ["post"]

FILES = (File("a.json", '{"näme": "Ada"}'), File("b.md", "# Hello"))
SHARING = "files.completeUploadExternal"


async def send(post: Post) -> None:
    await post.letters.send_slack_files(ADA, FILES, "Your data & more")


async def fails(post: Post) -> SendError:
    with pytest.raises(SendError) as raised:
        await send(post)
    return raised.value


async def test_files_are_shared_in_one_private_message(post: Post) -> None:
    await send(post)
    (message,) = post.wire.hall.channels["D0ADA"].messages
    assert message["text"] == "Your data &amp; more"
    assert [file["title"] for file in message["files"]] == ["a.json", "b.md"]
    kept = [post.wire.files[file["id"]].data.decode() for file in message["files"]]
    assert kept == [file.content for file in FILES]


async def test_without_the_optional_scope_nothing_is_uploaded(post: Post) -> None:
    post.wire.installs("T0HALL", SCOPES - {"files:write"})
    error = await fails(post)
    assert "files:write" in error.reason
    assert not post.wire.calls(UPLOAD)


@pytest.mark.parametrize("how", [status(500), status(404), lost_connection(kept=False)])
async def test_an_upload_that_fails_shows_nothing_to_anybody(post: Post, how: Fault) -> None:
    post.wire.fails(UPLOAD, how)
    error = await fails(post)
    assert not error.perhaps_sent
    assert not post.wire.calls(SHARING)


async def test_files_that_cannot_be_shared_are_news(post: Post) -> None:
    post.wire.fails(SHARING, refusal("channel_not_found"))
    assert (await fails(post)).permanent
