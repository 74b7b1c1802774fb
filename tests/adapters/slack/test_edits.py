"""Edits on the wire: a letter that stands there is changed, and the last state stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.slack import pins
from bot.chat.address import Place
from bot.chat.errors import MessageGone, SendError, TooOldToEdit
from bot.chat.message import Button, Buttons, Message, text_message
from tests.support.slack.api import ADA, STUDY, open_wire_api
from tests.support.slack.letters import Post
from tests.support.slack.wire import Fault, Wire, lost_connection, rate_limit, refusal
from tests.support.slack.workspaces import SCOPES

UPDATING = "chat.update"
SECOND = text_message("Second, <everyone>.", Buttons((Button("Join", "join spring"),)))
THIRD = text_message("Third.")


@pytest.fixture
async def post(wire: Wire) -> AsyncIterator[Post]:
    async with open_wire_api(wire) as api:
        yield Post.over(wire, api)


async def edit(post: Post, sent: str, message: Message = THIRD, place: Place = STUDY) -> None:
    await post.letters.edit_slack_letter(place, sent, message, "letter", "/study")


async def fails(post: Post, sent: str) -> SendError:
    with pytest.raises(SendError) as raised:
        await edit(post, sent)
    return raised.value


async def test_the_last_edit_stays_and_the_letter_is_still_found(post: Post) -> None:
    sent = await post.send()
    for message in (SECOND, THIRD, THIRD):
        await edit(post, sent, message)
    (posted,) = post.posts
    assert posted["text"] == "Third."
    assert [block["type"] for block in posted["blocks"]] == ["section"]
    assert await post.find() == sent


async def test_an_edit_rings_nobody_and_escapes_what_people_typed(post: Post) -> None:
    sent = await post.send()
    await edit(post, sent, SECOND)
    (asked,) = post.wire.calls(UPDATING)
    assert "&lt;everyone&gt;" in asked["text"]
    assert (asked["link_names"], asked["parse"]) == (False, "none")


async def test_a_private_letter_is_edited_in_its_own_channel(post: Post) -> None:
    sent = await post.send(place=ADA)
    await edit(post, sent, place=ADA)
    (posted,) = post.wire.hall.channels["D0ADA"].messages
    assert posted["text"] == "Third."


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (refusal("message_not_found"), "the message was deleted"),
        (refusal("cant_update_message"), "the message is not mine, or cannot be changed"),
        (
            refusal("edit_window_closed"),
            "the workspace lets messages be changed only for a while",
        ),
        (refusal("channel_not_found"), "the channel is gone, or closed to me"),
    ],
)
async def test_an_edit_that_can_never_be_made_is_given_up(
    post: Post,
    how: Fault,
    reason: str,
) -> None:
    sent = await post.send()
    post.wire.fails(UPDATING, how)
    error = await fails(post, sent)
    assert (error.permanent, error.reason) == (True, reason)


async def test_a_letter_without_a_known_id_cannot_be_edited(post: Post) -> None:
    for sent in ("", "C0STUDY:"):
        assert (await fails(post, sent)).permanent
    assert not post.wire.calls(UPDATING)


async def test_an_edit_waits_as_long_as_slack_asks(post: Post) -> None:
    sent = await post.send()
    post.wire.fails(UPDATING, rate_limit(17))
    error = await fails(post, sent)
    assert (error.permanent, error.after) == (False, timedelta(seconds=17))


async def test_an_edit_whose_answer_was_lost_is_made_again(post: Post) -> None:
    sent = await post.send()
    post.wire.fails(UPDATING, lost_connection(kept=True))
    assert (await fails(post, sent)).perhaps_sent
    await edit(post, sent)
    assert [posted["text"] for posted in post.posts] == ["Third."]


# — a board —


async def test_a_board_is_pinned_and_stays_so(post: Post) -> None:
    sent = await post.send()
    assert await pins.pin_slack_letter(post.api, STUDY, sent)
    assert await pins.pin_slack_letter(post.api, STUDY, sent)
    assert post.wire.hall.channels[STUDY.channel].pinned == {sent.partition(":")[2]}
    assert post.wire.broken == []


async def test_without_the_scope_nothing_is_pinned(post: Post) -> None:
    post.wire.installs("T0HALL", SCOPES - {"pins:write"})
    sent = await post.send()
    assert not await pins.pin_slack_letter(post.api, STUDY, sent)
    assert post.wire.hall.channels[STUDY.channel].pinned == set()


async def test_a_board_is_taken_down_with_its_pin(post: Post) -> None:
    sent = await post.send()
    await pins.pin_slack_letter(post.api, STUDY, sent)
    await pins.delete_slack_letter(post.api, STUDY, sent)
    channel = post.wire.hall.channels[STUDY.channel]
    assert (channel.messages, channel.pinned) == ([], set())
    with pytest.raises(MessageGone):
        await pins.delete_slack_letter(post.api, STUDY, sent)


async def test_closed_edits_are_told_apart_from_other_refusals(post: Post) -> None:
    sent = await post.send()
    post.wire.hall.closes_edits = True
    assert isinstance(await fails(post, sent), TooOldToEdit)
    post.wire.hall.channels[STUDY.channel].messages.clear()
    assert isinstance(await fails(post, sent), MessageGone)
