"""The simulated Slack is like Slack, as far as the real library can tell: its answers, its refusals
and its bad days.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.slack.conftest import Moment
from tests.support.slack.socket import SocketWire
from tests.support.slack.wire import Fault, lost_connection, no_answer, rate_limit, refusal, status
from tests.support.slack.workspaces import APP_TOKEN, BOT, SCOPES, Token

STUDY, POSTING = "C0STUDY", "chat.postMessage"
TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
KEY = {"event_type": "letter", "event_payload": {"key": "k1"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Hello"}, "blocks": [TEXT]}
HOME = {"type": "home", "blocks": [TEXT]}

Call = Callable[[AsyncWebClient], Awaitable[object]]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(wire: SocketWire, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient("xoxb-T0HALL", base_url=wire.api, session=session, retry_handlers=[])


async def error(call: Awaitable[object]) -> str:
    """Slack's own word for why it does not do something."""
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


@pytest.fixture
def broken(wire: SocketWire) -> Iterator[list[str]]:
    """What the test expects to break: it is not held against it."""
    yield wire.broken
    wire.broken.clear()


# — what is kept and told —


async def test_a_message_is_found_in_its_channel_with_all_its_metadata_if_one_asks(
    wire: SocketWire, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel=STUDY, text="Hello", blocks=[TEXT], metadata=KEY)
    plain = await client.conversations_history(channel=STUDY)
    full = await client.conversations_history(channel=STUDY, include_all_metadata=True)
    assert [message["ts"] for message in plain["messages"]] == [posted["ts"]]
    assert plain["messages"][0]["metadata"] == {"event_type": "letter"}
    assert full["messages"][0]["metadata"] == KEY
    await client.chat_update(channel=STUDY, ts=posted["ts"], text="Hello again")
    kept = wire.hall.channels[STUDY].messages[0]
    assert (kept["text"], kept["metadata"]) == ("Hello again", KEY)


async def test_history_is_read_newest_first_in_pages_and_between_two_moments(
    client: AsyncWebClient,
) -> None:
    said = [
        str((await client.chat_postMessage(channel=STUDY, text=f"{n}"))["ts"]) for n in range(5)
    ]
    assert said == sorted(set(said))

    async def read(**how: Any) -> list[str]:
        page = await client.conversations_history(channel=STUDY, **how)
        metadata: Any = page.get("response_metadata") or {}
        more = metadata.get("next_cursor")
        assert bool(more) == page["has_more"]
        return [message["text"] for message in page["messages"]] + (
            await read(**{**how, "cursor": more}) if more else []
        )

    assert await read(limit=2) == ["4", "3", "2", "1", "0"]
    assert await read(oldest=said[1], latest=said[3]) == ["2"]
    assert await read(oldest=said[1], latest=said[3], inclusive=True) == ["3", "2", "1"]


async def test_history_that_is_limited_is_read_once_a_minute(
    wire: SocketWire, client: AsyncWebClient, moment: Moment
) -> None:
    wire.history_limited = True
    for n in range(16):
        await client.chat_postMessage(channel=STUDY, text=f"{n}")
    assert len((await client.conversations_history(channel=STUDY, limit=100))["messages"]) == 15
    moment.passes(seconds=20)
    with pytest.raises(SlackApiError) as raised:
        await client.conversations_history(channel=STUDY)
    assert (raised.value.response.status_code, raised.value.response.headers["Retry-After"]) == (
        429,
        "40",
    )
    moment.passes(seconds=40)
    assert await client.conversations_history(channel=STUDY)


async def test_people_are_known_by_zone_language_and_power(
    wire: SocketWire, client: AsyncWebClient
) -> None:
    wire.hall.person("zoe", tz="Asia/Tokyo", locale="ja-JP")
    wire.hall.person("eve", home_team="T0ELSE", admin=True)
    wire.hall.users["U0CY"].deleted = True
    zoe = (await client.users_info(user="U0ZOE", include_locale=True))["user"]
    assert (zoe["tz"], zoe["tz_offset"], zoe["locale"], zoe["is_admin"]) == (
        "Asia/Tokyo",
        32400,
        "ja-JP",
        False,
    )
    assert "locale" not in (await client.users_info(user="U0ZOE"))["user"]
    assert (await client.users_info(user="U0MONA"))["user"]["is_admin"]
    stranger, gone = [(await client.users_info(user=user))["user"] for user in ("U0EVE", "U0CY")]
    assert (stranger["team_id"], "is_admin" in stranger) == ("T0ELSE", False)
    assert (gone["deleted"], "tz" in gone) == (True, False)


async def test_a_private_message_goes_to_the_channel_that_was_opened(
    wire: SocketWire, client: AsyncWebClient
) -> None:
    opened = (await client.conversations_open(users="U0ADA"))["channel"]["id"]
    assert (await client.chat_postMessage(channel=opened, text="Hi"))["channel"] == opened
    assert (await client.chat_postMessage(channel="U0ADA", text="Ho"))["channel"] == opened
    assert [sight.body["text"] for sight in wire.hall.users["U0ADA"].sights] == ["Hi", "Ho"]


async def test_two_workspaces_with_the_same_ids_see_nothing_of_each_other(
    wire: SocketWire, client: AsyncWebClient
) -> None:
    other = wire.founds("Lab", "T0LAB")
    await client.chat_postMessage(channel=STUDY, text="Hello")
    await client.views_publish(user_id="U0ADA", view=HOME)
    assert (await client.auth_test(token="xoxb-T0LAB"))["team_id"] == "T0LAB"
    assert other.channels[STUDY].messages == []
    assert other.users["U0ADA"].home is None
    trigger = wire.trigger("T0LAB", "U0ADA")
    assert await error(client.views_open(trigger_id=trigger, view=MODAL)) == "invalid_trigger_id"


async def test_an_enterprise_has_one_token_and_its_ids_tell_which_workspace_is_meant(
    wire: SocketWire, client: AsyncWebClient
) -> None:
    wire.founds("East", "T0EAST", "E0ONE", installed=False)
    wire.founds("West", "T0WEST", "E0ONE", installed=False).channel("C0WEST", "west")
    wire.tokens["xoxb-E0ONE"] = Token("xoxb-E0ONE", enterprise="E0ONE")
    client.token = "xoxb-E0ONE"
    assert (await client.auth_test())["is_enterprise_install"]
    await client.chat_postMessage(channel="C0WEST", text="Hello")
    await client.api_call(
        "chat.postMessage", json={"channel": STUDY, "text": "Ho", "team_id": "T0WEST"}
    )
    west = wire.workspaces["T0WEST"].channels
    assert [len(west[channel].messages) for channel in ("C0WEST", STUDY)] == [1, 1]
    person = (await client.users_info(user="U0ADA"))["user"]
    assert person["enterprise_user"]["teams"] == ["T0EAST", "T0WEST"]


# — refusals —


def _archive(wire: SocketWire) -> None:
    wire.hall.channels[STUDY].archived = True


def _put_out(wire: SocketWire) -> None:
    wire.hall.channels[STUDY].members.remove(BOT)


def _hide(wire: SocketWire) -> None:
    wire.hall.channels[STUDY].private = True
    _put_out(wire)


def _silence(wire: SocketWire) -> None:
    wire.hall.channels[STUDY].read_only = True


def _leave(wire: SocketWire) -> None:
    wire.hall.users["U0ADA"].deleted = True


def _revoke(wire: SocketWire) -> None:
    wire.tokens["xoxb-T0HALL"].dead = "token_revoked"


def _nothing(wire: SocketWire) -> None:
    pass


def _post(client: AsyncWebClient) -> Awaitable[object]:
    return client.chat_postMessage(channel=STUDY, text="Hello")


@pytest.mark.parametrize(
    ("befalls", "call", "word"),
    [
        (_archive, _post, "is_archived"),
        (_put_out, _post, "not_in_channel"),
        (_hide, _post, "channel_not_found"),
        (_silence, _post, "restricted_action_read_only_channel"),
        (_revoke, _post, "token_revoked"),
        (
            _nothing,
            lambda client: client.chat_postMessage(channel="C0NONE", text="Hello"),
            "channel_not_found",
        ),
        (_nothing, lambda client: client.api_call(POSTING, json={"channel": STUDY}), "no_text"),
        (
            _nothing,
            lambda client: client.chat_postMessage(channel=STUDY, text="Hi", token="xoxb-no"),
            "invalid_auth",
        ),
        (_nothing, lambda client: client.auth_test(token=""), "not_authed"),
        (_nothing, lambda client: client.auth_test(token=APP_TOKEN), "not_allowed_token_type"),
        (_nothing, lambda client: client.users_info(user="U0NONE"), "user_not_found"),
        (_nothing, lambda client: client.conversations_open(users=BOT), "cannot_dm_bot"),
        (_leave, lambda client: client.conversations_open(users="U0ADA"), "user_disabled"),
        (_put_out, lambda client: client.conversations_history(channel=STUDY), "not_in_channel"),
        (
            _nothing,
            lambda client: client.conversations_history(channel=STUDY, cursor="x"),
            "invalid_cursor",
        ),
        (
            _nothing,
            lambda client: client.chat_update(channel=STUDY, ts="1.1", text="Ho"),
            "message_not_found",
        ),
        (_nothing, lambda client: client.views_update(view_id="V0", view=MODAL), "not_found"),
        (
            _nothing,
            lambda client: client.views_open(trigger_id="1", view=MODAL),
            "invalid_trigger_id",
        ),
    ],
)
async def test_slack_says_no_in_its_own_words(
    wire: SocketWire,
    client: AsyncWebClient,
    broken: list[str],
    befalls: Callable[[SocketWire], None],
    call: Call,
    word: str,
) -> None:
    befalls(wire)
    assert await error(call(client)) == word
    assert wire.hall.channels[STUDY].messages == []


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("chat:write", _post),
        ("users:read", lambda client: client.users_info(user="U0ADA")),
        ("channels:read", lambda client: client.conversations_info(channel=STUDY)),
        ("groups:read", lambda client: client.conversations_info(channel="G0SECRET")),
        ("im:history", lambda client: client.conversations_history(channel="D0ADA")),
    ],
)
async def test_a_scope_that_is_missing_is_named(
    wire: SocketWire, client: AsyncWebClient, scope: str, call: Call
) -> None:
    wire.hall.channel("G0SECRET", "secret", private=True)
    wire.hall.direct(wire.hall.users["U0ADA"])
    await call(client)
    wire.installs("T0HALL", SCOPES - {scope})
    with pytest.raises(SlackApiError) as raised:
        await call(client)
    answer = raised.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert scope not in answer["provided"].split(",")
    assert answer.headers["X-OAuth-Scopes"] == answer["provided"]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda client: client.api_call("chat.whisper"), "unknown_method"),
        (
            lambda client: client.chat_postMessage(channel=STUDY, text="<!channel>"),
            "invalid_blocks",
        ),
        (
            lambda client: client.chat_postMessage(channel=STUDY, text="Hi", blocks=[TEXT] * 51),
            "invalid_blocks",
        ),
        (
            lambda client: client.chat_postMessage(
                channel=STUDY, text="Hi", blocks=[_long(3000)] * 5
            ),
            "msg_blocks_too_long",
        ),
        (lambda client: client.views_publish(user_id="U0ADA", view=MODAL), "invalid_arguments"),
        (
            lambda client: client.views_publish(user_id="U0ADA", view={"type": "home"}),
            "invalid_arguments",
        ),
        (lambda client: client.api_call("users.info", json={"user": "U0NONE"}), "user_not_found"),
        (
            lambda client: client.api_call("auth.test", json={"shout": 1, "token": "xoxb-no"}),
            "invalid_auth",
        ),
    ],
)
async def test_what_breaks_a_rule_of_slacks_is_remembered(
    client: AsyncWebClient, broken: list[str], call: Call, word: str
) -> None:
    assert await error(call(client)) == word
    assert broken


def _long(characters: int) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * characters}}


# — views and answers —


async def test_a_trigger_opens_one_view_within_three_seconds(
    wire: SocketWire, client: AsyncWebClient, moment: Moment
) -> None:
    trigger, late = wire.trigger("T0HALL", "U0ADA"), wire.trigger("T0HALL", "U0ADA")
    moment.passes(seconds=3)
    view = (await client.views_open(trigger_id=trigger, view=MODAL))["view"]
    assert await error(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    moment.passes(seconds=1)
    assert await error(client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    newer = (await client.views_update(view_id=view["id"], view=MODAL, hash=view["hash"]))["view"]
    assert (newer["id"], newer["hash"] == view["hash"]) == (view["id"], False)
    assert (
        await error(client.views_update(view_id=view["id"], view=MODAL, hash=view["hash"]))
        == "hash_conflict"
    )
    for _ in range(2):
        pushed = await client.views_push(trigger_id=wire.trigger("T0HALL", "U0ADA"), view=MODAL)
    assert (pushed["view"]["root_view_id"], len(wire.hall.users["U0ADA"].modals)) == (view["id"], 3)
    more = client.views_push(trigger_id=wire.trigger("T0HALL", "U0ADA"), view=MODAL)
    assert await error(more) == "push_limit_reached"


async def test_a_response_url_is_good_for_five_answers_in_half_an_hour(
    wire: SocketWire, session: aiohttp.ClientSession, moment: Moment
) -> None:
    ada = wire.hall.users["U0ADA"]
    hook = AsyncWebhookClient(
        wire.response_url("T0HALL", ada.id, STUDY), session=session, retry_handlers=[]
    )
    assert [(await hook.send(text=f"{n}")).status_code for n in range(6)] == [200] * 5 + [404]
    assert [message["text"] for message in ada.ephemerals] == ["0", "1", "2", "3", "4"]
    again = AsyncWebhookClient(
        wire.response_url("T0HALL", ada.id, STUDY, ada.ephemerals[0]["ts"]),
        session=session,
        retry_handlers=[],
    )
    await again.send(text="new", replace_original=True)
    assert [message["text"] for message in ada.ephemerals] == ["new", "1", "2", "3", "4"]
    moment.passes(minutes=31)
    assert "expired_url" in (await again.send(text="late")).body


# — bad days —


@pytest.mark.parametrize(
    ("how", "code", "word"),
    [
        (rate_limit(7), 429, "ratelimited"),
        (rate_limit(None), 429, "ratelimited"),
        (status(500), 500, ""),
        (status(503, kept=True), 503, ""),
        (refusal("fatal_error"), 200, "fatal_error"),
        (refusal("internal_error", kept=True), 200, "internal_error"),
    ],
)
async def test_a_method_fails_as_it_is_told_and_then_no_more(
    wire: SocketWire, client: AsyncWebClient, how: Fault, code: int, word: str
) -> None:
    wire.fails(POSTING, how)
    with pytest.raises(SlackApiError) as raised:
        await _post(client)
    answer = raised.value.response
    assert (answer.status_code, answer.get("error", "")) == (code, word)
    assert answer.headers.get("Retry-After") == how.headers.get("Retry-After")
    assert len(wire.hall.channels[STUDY].messages) == how.kept
    await _post(client)
    assert len(wire.hall.channels[STUDY].messages) == how.kept + 1


@pytest.mark.parametrize("kept", [True, False])
async def test_a_lost_connection_leaves_open_whether_anything_was_done(
    wire: SocketWire, client: AsyncWebClient, kept: bool
) -> None:
    wire.fails(
        "chat.*", lost_connection(kept=kept), when=lambda asked: asked.given["text"] == "Hello"
    )
    with pytest.raises(aiohttp.ClientError):
        await _post(client)
    assert len(wire.hall.channels[STUDY].messages) == kept


async def test_a_method_that_hangs_answers_when_it_is_freed(
    wire: SocketWire, client: AsyncWebClient
) -> None:
    wire.fails(POSTING, no_answer(kept=True))
    asking = asyncio.ensure_future(_post(client))
    await wire.until(lambda: wire.calls(POSTING))
    assert (asking.done(), len(wire.hall.channels[STUDY].messages)) == (False, 1)
    wire.freed.set()
    with pytest.raises(SlackApiError):
        await asking
