"""The API on the wire: whose token is used, what counts as an answer, and that nothing is asked
twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientPayloadError, web
from slack_sdk.errors import SlackApiError

from adapters.slack.api import (
    AppNotInstalledError,
    BotToken,
    RateLimitError,
    SlackApi,
    Workspace,
    get_error_code,
)
from tests.support.slack.api import HALL, STUDY, WireTokens, open_wire_api
from tests.support.slack.wire import Wire, rate_limit
from tests.support.slack.workspaces import BOT


@pytest.fixture
async def api(wire: Wire) -> AsyncIterator[SlackApi]:
    async with open_wire_api(wire) as opened:
        yield opened


async def test_an_answer_goes_to_its_response_url_and_a_refusal_says_why(
    wire: Wire, api: SlackApi
) -> None:
    url = wire.response_url("T0HALL", "U0ADA", "C0STUDY")
    await api.send_to_response_url(url, text="Hello.", response_type="ephemeral")
    (seen,) = wire.hall.users["U0ADA"].ephemerals
    assert seen["text"] == "Hello."
    with pytest.raises(SlackApiError) as raised:
        await api.send_to_response_url(f"{url}0", text="Hello.")
    assert get_error_code(raised.value) != ""
    wire.fails("response_url", rate_limit(7))
    with pytest.raises(RateLimitError) as slower:
        await api.send_to_response_url(url, text="Hello.")
    assert slower.value.after == timedelta(seconds=7)


async def test_a_workspace_without_a_token_is_not_asked_and_a_token_is_never_shown(
    wire: Wire, api: SlackApi
) -> None:
    with pytest.raises(AppNotInstalledError):
        await api.call_method(Workspace("T0GONE"), "auth.test")
    assert not await api.is_installer(Workspace("T0GONE"), "U0MONA")
    assert [await api.is_installer(HALL, user) for user in ("U0MONA", "U0ADA", "")] == [
        True,
        False,
        False,
    ]
    assert wire.asked == []
    assert "xoxb" not in repr(BotToken("xoxb-secret", BOT))
    assert (await api.call_method(HALL, "auth.test", nothing=None))["user"] == "syllabot"


def test_a_place_tells_whose_token_is_meant() -> None:
    assert Workspace.from_place(STUDY) == Workspace("T0HALL")
    assert Workspace.from_place(replace(STUDY, tenant="E0ORG")) == Workspace("T0HALL", "E0ORG")
    assert Workspace.from_place(replace(STUDY, tenant="T0GUEST")) == Workspace("T0HALL"), (
        "an account from another organisation"
    )


async def test_a_page_of_plain_text_is_no_answer(wire: Wire) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="Please log in to the café.")

    app = web.Application()
    app.router.add_post("/api/{method}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with SlackApi(
            WireTokens(wire), base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        ) as gate:
            with pytest.raises(ClientPayloadError):
                await gate.call_method(HALL, "auth.test")
    finally:
        await runner.cleanup()
