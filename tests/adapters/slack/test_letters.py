"""Letters on the wire: the real library, and a Slack that limits, fails, forgets to answer and
hangs up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.api import SlackApi
from adapters.slack.errors import classify_slack_error
from adapters.slack.letters import PAGES
from bot.chat.address import Place
from bot.chat.errors import CannotReadHistory, SendError
from tests.adapters.slack.conftest import Moment
from tests.support.slack.api import ADA, STUDY, WireTokens, open_wire_api
from tests.support.slack.letters import Post
from tests.support.slack.wire import Fault, Wire, lost_connection, rate_limit, refusal, status
from tests.support.slack.workspaces import BOT, SCOPES

POSTING, OPENING, LOOKING = "chat.postMessage", "conversations.open", "conversations.history"
A_MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def api(wire: Wire) -> AsyncIterator[SlackApi]:
    async with open_wire_api(wire) as opened:
        yield opened


@pytest.fixture
def post(wire: Wire, api: SlackApi) -> Post:
    return Post.over(wire, api)


# — sending —


async def test_a_letter_is_posted_with_its_key_and_rings_and_unfolds_nothing(post: Post) -> None:
    sent = await post.send("spring/topics/1")
    (posted,), (asked,) = post.posts, post.wire.calls(POSTING)
    assert sent == f"C0STUDY:{posted['ts']}"
    assert posted["metadata"] == {
        "event_type": "syllabot_letter",
        "event_payload": {"key": "spring/topics/1"},
    }
    assert "&lt;everyone&gt; &amp; all." in posted["text"]
    assert [block["type"] for block in posted["blocks"]] == ["section", "actions"]
    assert (asked["link_names"], asked["unfurl_links"], asked["unfurl_media"]) == (
        False,
        False,
        False,
    )


async def test_a_private_channel_is_opened_once_and_anew_where_it_is_gone(post: Post) -> None:
    assert (await post.send(place=ADA)).startswith("D0ADA:")
    await post.send("another", ADA)
    assert len(post.wire.calls(OPENING)) == 1
    post.wire.fails(POSTING, refusal("channel_not_found"), times=2)
    assert soon(await post.fails(ADA))
    assert never(await post.fails(ADA)), "opening it once more did not help"
    assert len(post.wire.calls(OPENING)) == 2


async def test_a_channel_gets_one_letter_a_second_and_others_do_not_wait(
    post: Post, moment: Moment
) -> None:
    for number in range(3):
        await post.send(f"letter {number}")
    await post.send(place=ADA)
    moment.passes(seconds=10)
    await post.send("later")
    assert post.naps == [1.0, 2.0]  # the clock stood still meanwhile


def soon(error: SendError) -> bool:
    """Whether it is certain that nothing was sent, and the outbox's own back-off says when to try
    again.
    """
    return (error.permanent, error.perhaps_sent, error.after) == (False, False, None)


def unknown(error: SendError) -> bool:
    return (error.permanent, error.perhaps_sent) == (False, True)


def never(error: SendError) -> bool:
    return (error.permanent, error.perhaps_sent) == (True, False)


def after(**how_long: float) -> Callable[[SendError], bool]:
    return lambda error: (
        (error.permanent, error.perhaps_sent, error.after) == (False, False, timedelta(**how_long))
    )


NOTES = {"messages": ["[ERROR] too many <blocks>"]}


@pytest.mark.parametrize(
    ("how", "means", "reason"),
    [
        (rate_limit(17), after(seconds=17), "slow down"),
        (rate_limit(None), after(minutes=1), "slow down"),
        (Fault(429, "", {"Retry-After": "1e9"}), after(days=1), "slow down"),
        (Fault(429, "", {"Retry-After": "soon"}), after(minutes=1), "slow down"),
        (refusal("rate_limited"), after(minutes=1), "slow down"),
        (refusal("token_revoked"), after(minutes=10), "does not know my token"),
        (refusal("invalid_auth"), after(minutes=10), "does not know my token"),
        (refusal("missing_scope", needed="chat:write"), after(minutes=10), "(chat:write)"),
        (refusal("team_added_to_org"), after(minutes=10), "come again"),
        (status(403), after(minutes=10), "closed to me (403)"),
        (status(500), unknown, "in trouble (500)"),
        (status(503, kept=True), unknown, "in trouble (503)"),
        (refusal("fatal_error", kept=True), unknown, "in trouble (fatal_error)"),
        (refusal("internal_error"), unknown, "in trouble (internal_error)"),
        (lost_connection(kept=False), unknown, "connection"),
        (lost_connection(kept=True), unknown, "connection"),
        (status(200), unknown, "not Slack's"),
        (Fault(body="[]"), unknown, "not Slack's"),
        (refusal("channel_not_found"), never, "the channel is gone"),
        (refusal("is_archived"), never, "archived"),
        (refusal("not_in_channel"), never, "not in the channel"),
        (refusal("restricted_action"), never, "does not let me post"),
        (
            refusal("invalid_blocks", response_metadata=NOTES),
            never,
            "invalid_blocks: [ERROR] too many <blocks>",
        ),
    ],
)
async def test_what_goes_wrong_in_sending_is_news_for_the_outbox(
    post: Post, how: Fault, means: Callable[[SendError], bool], reason: str
) -> None:
    post.wire.fails(POSTING, how)
    error = await post.fails()
    assert means(error), vars(error)
    assert reason in error.reason
    assert len(post.wire.calls(POSTING)) == 1, "it was tried once"


@pytest.mark.parametrize(
    ("method", "how", "means", "reason"),
    [
        (OPENING, refusal("user_not_found"), never, "no such user"),
        (OPENING, refusal("user_disabled"), never, "their account is closed"),
        (OPENING, refusal("missing_scope", needed="im:write"), after(minutes=10), "(im:write)"),
        (OPENING, status(503), soon, "in trouble"),
        (OPENING, lost_connection(kept=True), soon, "connection"),
        (OPENING, Fault(body={"ok": True}), soon, "connection"),
        (POSTING, refusal("cannot_dm_bot"), never, "bots"),
        (POSTING, refusal("messages_tab_disabled"), never, "switched off"),
    ],
)
async def test_a_private_letter_fails_for_good_only_where_the_door_is_closed(
    post: Post, method: str, how: Fault, means: Callable[[SendError], bool], reason: str
) -> None:
    post.wire.fails(method, how)
    error = await post.fails(ADA)
    assert means(error), vars(error)
    assert reason in error.reason
    assert "D0ADA" not in post.wire.hall.channels or post.wire.hall.channels["D0ADA"].messages == []


async def test_where_no_connection_was_made_or_nobody_is_installed_nothing_was_sent(
    wire: Wire,
) -> None:
    async with SlackApi(WireTokens(wire), base_url="http://127.0.0.1:1/api/") as nowhere:
        assert soon(await Post.over(wire, nowhere).fails())
        assert after(minutes=10)(
            await Post.over(wire, nowhere).fails(replace(STUDY, space="T0GONE"))
        )


def test_silence_may_hide_a_letter_that_got_through_but_not_one_that_was_only_asked_for() -> None:
    assert unknown(classify_slack_error(TimeoutError()))
    assert soon(classify_slack_error(TimeoutError(), is_lookup=True))


async def test_a_limit_closes_its_method_in_its_workspace_and_nothing_else(
    post: Post, moment: Moment
) -> None:
    wire = post.wire
    lab = replace(STUDY, space="T0LAB", tenant="T0LAB")
    wire.founds("Lab", "T0LAB")
    wire.fails(POSTING, rate_limit(30))
    assert after(seconds=30)(await post.fails())
    moment.passes(seconds=20)
    error = await post.fails(ADA)
    assert error.after is not None
    assert round(error.after.total_seconds()) == 10
    assert len(wire.calls(POSTING)) == 1, "Slack was left alone"
    await post.send(place=lab)
    assert await post.letters.is_workspace_member(ADA)
    moment.passes(seconds=11)
    await post.send()
    assert len(post.posts) == 1


# — finding —


@pytest.mark.parametrize("place", [STUDY, ADA])
async def test_a_letter_is_found_by_its_key_and_no_other_is_taken_for_it(
    post: Post, moment: Moment, place: Place
) -> None:
    since = moment.at
    sent = await post.send(place=place)
    await post.send("another", place)
    moment.passes(days=3)
    assert await post.find(place=place, since=since) == sent
    moment.passes(minutes=1)
    assert await post.find("a third", place, since) is None


async def test_a_letter_is_not_found_in_somebody_elses_message_or_before_its_time(
    post: Post, moment: Moment
) -> None:
    since = moment.at
    sent = await post.send()
    moment.passes(minutes=2)
    post.says(metadata=post.posts[0]["metadata"])
    post.says(metadata={"event_type": "syllabot_letter"})
    post.says(metadata=post.posts[0]["metadata"], user="U0ELSE", app_id="A0ELSE")
    assert await post.find(since=since + timedelta(minutes=2)) is None
    moment.passes(minutes=1)
    assert await post.find(since=since + timedelta(seconds=30)) == sent


async def test_a_workspace_is_looked_into_once_a_minute_and_each_letter_has_its_turn(
    post: Post, moment: Moment
) -> None:
    wire = post.wire
    wire.founds("Lab", "T0LAB")
    since, sent = moment.at, await post.send("a")
    assert await post.find("a") == sent
    assert [await post.waits(key) for key in "bcb"] == [60, 120, 60]
    assert await post.find("a", replace(STUDY, space="T0LAB", tenant="T0LAB")) is None
    moment.passes(seconds=60)
    assert await post.waits("c", since=since) == 60, "it is the turn of the other"
    assert await post.find("b") is None
    moment.passes(seconds=300)
    assert await post.find("c") is None
    moment.passes(seconds=59)
    assert await post.waits("b") == 1
    assert [
        call.at - since
        for call in wire.asked
        if call.method == LOOKING and call.token == "xoxb-T0HALL"
    ] == [
        timedelta(),
        timedelta(seconds=60),
        timedelta(seconds=360),
    ]


async def test_a_letter_that_comes_late_for_its_turn_does_not_shorten_the_minute(
    post: Post, moment: Moment
) -> None:
    await post.find("a")
    assert [await post.waits(key) for key in "bc"] == [60, 120]
    moment.passes(seconds=115)
    await post.find("b")
    moment.passes(seconds=5)
    assert await post.waits("c") >= 55
    moment.passes(seconds=60)
    assert await post.find("c") is None


async def test_a_look_that_is_not_finished_goes_on_where_it_stopped(
    post: Post, moment: Moment
) -> None:
    post.wire.history_limited = True
    since = moment.at
    sent = await post.send()
    post.says(40)
    assert await post.waits(since=since) == 60
    moment.passes(minutes=1)
    assert await post.waits(since=since) == 60
    post.wire.fails(LOOKING, status(500))
    moment.passes(minutes=1)
    with pytest.raises(SendError):
        await post.find(since=since)
    moment.passes(minutes=1)
    assert await post.find(since=since) == sent
    cursors = [given.get("cursor", "") for given in post.wire.calls(LOOKING)]
    assert (cursors[0], len(set(cursors)), cursors[2]) == ("", 3, cursors[3])


async def test_a_look_that_lost_its_thread_begins_anew(post: Post, moment: Moment) -> None:
    post.wire.history_limited = True
    since, sent = moment.at, await post.send()
    post.says(20)
    await post.waits(since=since)
    post.wire.fails(LOOKING, refusal("invalid_cursor"))
    for _ in range(2):
        moment.passes(minutes=10)
        await post.waits(since=since)
    moment.passes(minutes=1)
    assert await post.find(since=since) == sent


async def test_a_channel_that_is_longer_than_can_be_read_cannot_be_looked_at(
    post: Post, moment: Moment
) -> None:
    post.wire.history_limited = True
    since = moment.at
    await post.send()
    post.says(15 * PAGES)
    for _ in range(PAGES - 1):
        await post.waits(since=since)
        moment.passes(minutes=1)
    with pytest.raises(CannotReadHistory):
        await post.find(since=since)
    post.wire.fails(LOOKING, Fault(body={"ok": True, "messages": [], "has_more": True}))
    moment.passes(minutes=1)
    with pytest.raises(CannotReadHistory):
        await post.find(since=since)


async def test_where_history_is_closed_it_cannot_be_looked_at(post: Post, moment: Moment) -> None:
    await post.send()
    post.wire.hall.channels["C0STUDY"].members.remove(BOT)
    for closes in (
        lambda: post.wire.hall.channels.pop("C0STUDY"),
        lambda: post.wire.installs("T0HALL", SCOPES - {"channels:history"}),
        lambda: None,
    ):
        with pytest.raises(CannotReadHistory):
            await post.find()
        moment.passes(minutes=1)
        closes()
    with pytest.raises(CannotReadHistory):
        await post.find(place=replace(ADA, native="U0NOBODY"))


@pytest.mark.parametrize(
    ("how", "means"),
    [
        (status(503), soon),
        (lost_connection(kept=False), soon),
        (refusal("fatal_error"), soon),
        (status(403), after(minutes=10)),
        (refusal("token_revoked"), after(minutes=10)),
        (rate_limit(31), after(seconds=31)),
    ],
)
async def test_looking_that_fails_is_news_as_well(
    post: Post, how: Fault, means: Callable[[SendError], bool]
) -> None:
    post.wire.fails(LOOKING, how)
    with pytest.raises(SendError) as raised:
        await post.find()
    assert means(raised.value), vars(raised.value)


async def test_whoever_has_closed_their_account_belongs_there_no_more(post: Post) -> None:
    ada = post.wire.hall.users["U0ADA"]
    assert await post.letters.is_workspace_member(ADA)
    ada.deleted = True
    assert not await post.letters.is_workspace_member(ADA)
    assert not await post.letters.is_workspace_member(replace(ADA, native="U0NOBODY"))
    for how in (refusal("user_not_visible"), status(500), refusal("missing_scope"), rate_limit()):
        post.wire.fails("users.info", how)
        with pytest.raises(SendError) as raised:
            await post.letters.is_workspace_member(ADA)
        assert not raised.value.perhaps_sent
