"""Edits on the wire: a letter that stands there is changed, and the last state stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.discord import letters, rights
from bot.chat.errors import MessageGone, SendError, TooOldToEdit
from bot.chat.message import Button, Buttons, Message, text_message
from tests.adapters.discord.test_letters import ADA, HOME, Post
from tests.support.discord.wire import CHANNEL, Wire, naps
from tests.support.room import Clock

EDITING = "PATCH /channels/*/messages/*"
SECOND = text_message("Second.", Buttons((Button("Join", "join spring"),)))
THIRD = text_message("Third.")


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    with naps():
        async with Wire.on(Clock()) as wire, wire.client() as client:
            yield Post(client, wire, letters.DmChannels())


async def test_the_last_edit_stays_and_the_letter_is_still_found(post: Post) -> None:
    sent = await post.send()
    for message in (SECOND, THIRD, THIRD):
        await post.edit(sent, message)
    (posted,) = post.wire.posts
    assert "Third." in str(posted["components"])
    assert "Second." not in str(posted["components"])
    assert await post.find() == sent


async def test_a_button_below_an_edited_letter_is_the_letters_own(post: Post) -> None:
    sent = await post.send()
    await post.edit(sent, SECOND)
    (posted,) = post.wire.posts
    assert "join spring|~" in str(posted["components"])
    assert await post.find() == sent


async def test_a_private_letter_is_edited_too(post: Post) -> None:
    sent = await post.send(place=ADA)
    await post.edit(sent, THIRD, place=ADA)
    (posted,) = post.wire.private(7)
    assert "Third." in str(posted["components"])


async def fails(post: Post, sent: str, message: Message = THIRD) -> SendError:
    with pytest.raises(SendError) as raised:
        await post.edit(sent, message)
    return raised.value


async def test_a_deleted_letter_cannot_be_edited(post: Post) -> None:
    sent = await post.send()
    post.wire.delete(post.wire.posts[0])
    for number in (sent, ""):
        error = await fails(post, number)
        assert (error.permanent, error.reason) == (True, "the message was deleted")


async def test_an_edit_of_somebody_elses_message_is_refused_for_good(post: Post) -> None:
    others = post.wire.says(7, channel=CHANNEL)
    assert (await fails(post, others["id"])).permanent


async def test_too_many_edits_of_old_messages_come_again_later(post: Post) -> None:
    sent = await post.send()
    post.wire.fails(EDITING, 429, 30046)
    post.wire.fails(EDITING, 400, 30046)
    error = await fails(post, sent)
    assert not error.permanent
    error = await fails(post, sent)
    assert (error.permanent, error.after) == (False, timedelta(hours=1))
    await post.edit(sent, THIRD)
    assert "Third." in str(post.wire.posts[0]["components"])


async def test_an_edit_whose_answer_was_lost_is_made_again(post: Post) -> None:
    sent = await post.send()
    post.wire.drops(EDITING, kept=True)
    assert (await fails(post, sent)).perhaps_sent
    await post.edit(sent, THIRD)
    assert len(post.wire.posts) == 1


# — a board —


async def pin(post: Post, sent: str, monkeypatch: pytest.MonkeyPatch, may: bool | None) -> bool:
    monkeypatch.setattr(rights, "can_pin_messages", lambda client, place: may)
    return await letters.pin_marked_message(post.client, HOME, sent)


async def test_a_board_is_pinned_once_and_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await post.send()
    assert await pin(post, sent, monkeypatch, True)
    assert await pin(post, sent, monkeypatch, True)
    (posted,) = post.wire.posts
    assert posted["pinned"] is True
    assert post.wire.broken == []


async def test_without_the_right_or_before_it_is_known_nothing_is_asked(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await post.send()
    post.wire.channels[CHANNEL].pins = False
    for may in (False, None):
        assert not await pin(post, sent, monkeypatch, may)
    with pytest.raises(SendError):
        # It was taken away a moment ago.
        await pin(post, sent, monkeypatch, True)


async def test_a_board_is_taken_down_and_a_missing_one_is_called_so(post: Post) -> None:
    sent = await post.send()
    await letters.delete_marked_message(post.client, HOME, sent)
    assert post.wire.posts == []
    with pytest.raises(MessageGone):
        await letters.delete_marked_message(post.client, HOME, sent)


async def test_an_old_message_takes_one_edit_an_hour(post: Post) -> None:
    sent = await post.send()
    post.passes(minutes=61)
    await post.edit(sent, SECOND)
    post.passes(minutes=5)
    with pytest.raises(TooOldToEdit) as raised:
        await post.edit(sent, THIRD)
    assert raised.value.after == timedelta(hours=1)
    post.passes(minutes=56)
    await post.edit(sent, THIRD)
