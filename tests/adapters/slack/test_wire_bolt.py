"""The simulated Slack towards real Bolt: people's words, clicks and forms arrive and are answered,
over HTTP and over Socket Mode alike; and so do bad signatures, lost connections and browsers.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.conftest import Moment
from tests.support.slack.bolt_bot import (
    PUBLIC,
    Bot,
    button,
    listening,
    over,
)
from tests.support.slack.browser import Browser
from tests.support.slack.delivery import COMMAND, Http, Retry, encoded, slash
from tests.support.slack.people import everybody
from tests.support.slack.socket import SocketWire
from tests.support.slack.workspaces import (
    CLIENT_ID,
    CLIENT_SECRET,
    SCOPES,
    SIGNING_SECRET,
)


@pytest.fixture(params=["http", "socket"])
async def bot(wire: SocketWire, request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    async with over(wire, request.param) as opened:
        yield opened


@pytest.fixture
async def called(wire: SocketWire) -> AsyncIterator[Bot]:
    async with over(wire, "http") as opened:
        yield opened


# — what people do, in both modes —


async def test_a_command_is_answered_in_private_and_what_is_pressed_there_too(bot: Bot) -> None:
    ada = everybody(bot.delivery)["ada"]
    seen = await ada.types("/study join <b> & @bob in #study-group, http://x.y/z")
    assert bot.said[0]["text"] == (
        "join &lt;b&gt; &amp; <@U0BOB|bob> in <#C0STUDY|study-group>, <http://x.y/z>"
    )
    lines = ["You *said* it & I <heard>", "[More]", "[ ] 1a", "[ ] 1b", "[ ] 2a", "[x] 2b"]
    assert (seen.kind, seen.sees.splitlines()) == ("ephemeral", lines)
    assert (await ada.ticks(seen, "1a")).sees == "Ticked 1a 2b"
    assert (await ada.picks(seen, "2a")).sees == "Ticked 2a"
    assert (await ada.picks(seen, "1b", "2b")).sees == "Ticked 1b 2b", "one after the other"
    assert (await ada.picks(seen, "2a")).sees == "Ticked 2a"
    assert (await ada.unticks(seen, "2a")).sees == "Ticked", "what was put in stays"
    assert (await ada.clicks(seen, "More")).sees == "False"
    assert ada.user.ephemerals[0]["text"] == "False", "it gave way"
    assert (await ada.types("/study here", "direct")).sees == "At once"
    assert bot.wire.hall.channels["C0STUDY"].messages == []


async def test_a_message_of_the_channel_comes_along_when_it_is_pressed(bot: Bot) -> None:
    posted = await bot.app.client.chat_postMessage(
        channel="C0STUDY", text="Hello", blocks=[button("More")]
    )
    people = everybody(bot.delivery)
    for name in ("ada", "bob"):
        assert (await people[name].clicks(posted["message"], "More")).sees == "True"
    assert len(people["ada"].user.ephemerals) == 1


async def test_a_form_is_opened_filled_in_wrongly_and_then_well(bot: Bot) -> None:
    ada = everybody(bot.delivery)["ada"]
    form = await ada.types("/study checkin")
    assert (form.kind, form.sees) == ("modal", "Check in\nHours:\nNote: fine\nDay:\n[Send]")
    assert (await ada.fills(form)).errors == {"Hours": "Please complete this required field."}
    assert (await ada.fills(form, {"Hours": "-1"})).errors == {
        "Hours": "Please enter a number between 0 and inf."
    }
    wrong = await ada.fills(form, {"Hours": "101", "Note": ""})
    assert wrong.errors == {"Hours": "That is too long."}
    done = await ada.fills(wrong, {"hours": "3.5", "day": "2026-03-01"})
    assert (done.kind, done.sees) == ("modal", "Check in\ncheckin: None 2026-03-01")
    ada.closes()
    assert ada.modal is None


async def test_the_home_is_shown_when_it_is_opened_and_after_a_click(bot: Bot) -> None:
    ada = everybody(bot.delivery)["ada"]
    home = await ada.opens_home()
    assert home.sees == "Now\n[More]"
    assert (await ada.clicks(home, "More")).sees == "Later"
    assert ada.home.sees == "Later"


async def test_what_is_told_twice_is_the_very_same(bot: Bot) -> None:
    mona = everybody(bot.delivery)["mona"]
    heard, _ = await bot.delivery.command(
        mona.place, mona.user, mona.place.channels["C0STUDY"], "join"
    )
    await mona.hears()
    assert (await bot.delivery.again(heard)).status == 200
    await mona.hears()
    first, second = [line for line in bot.said if line.get("text")]
    assert first == second
    event = await bot.delivery.event(mona.place, {"type": "app_uninstalled"})
    await bot.delivery.again(event, Retry(2))
    once, again = [line for line in bot.said if line.get("event_id")]
    assert (once["event_id"], once["retry"], again["retry"]) == (again["event_id"], None, ["2"])


async def test_the_app_is_told_of_its_channels_and_of_its_end(bot: Bot) -> None:
    hall = bot.wire.hall
    await bot.delivery.archives(hall, hall.channels["C0STUDY"])
    await bot.delivery.removes(hall, hall.channel("G0DEN", "den", private=True))
    await bot.delivery.deletes(hall, hall.channel("C0LAB", "lab"))
    told = [(line["event"]["type"], line["event"]["channel"]) for line in bot.said]
    assert told == [
        ("channel_archive", "C0STUDY"),
        ("group_left", "G0DEN"),
        ("channel_deleted", "C0LAB"),
    ]
    bot.said.clear()
    await bot.delivery.uninstalls(bot.wire.hall)
    assert [line["event"]["type"] for line in bot.said] == ["tokens_revoked", "app_uninstalled"]
    assert bot.wire.tokens["xoxb-T0HALL"].dead == "account_inactive"


# — over HTTP —


async def test_only_a_fresh_and_well_signed_request_is_heard(
    called: Bot, moment: Moment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    http, hall = called.delivery, called.wire.hall
    assert isinstance(http, Http)
    said = slash(called.wire, hall, hall.named("ada"), hall.channels["C0STUDY"], "/study", "here")
    raw, _ = encoded(COMMAND, said)
    old = str(int(moment.now().timestamp()) - 301)
    bad = [
        http.signed(raw, secret="wrong"),
        http.signed(raw, at=old),
        {**http.signed(raw), "X-Slack-Signature": "v0=0"},
    ]
    assert [(await http.post(raw, headers)).status for headers in bad] == [401] * 3
    assert (
        await http.post(raw, http.signed(raw, at="soon"))
    ).status == 500  # Bolt's own; ours has to be better
    assert called.said == []
    assert (await http.post(raw, http.signed(raw))).payload == "At once"
    assert (
        await http.post("ssl_check=1&token=legacy", http.signed("ssl_check=1&token=legacy"))
    ).status == 200


@pytest.fixture
async def shop(
    wire: SocketWire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Where a bot for many workspaces listens."""
    settings = AsyncOAuthSettings(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        scopes=sorted(SCOPES),
        redirect_uri=f"{PUBLIC}/slack/oauth_redirect",
        installation_store=FileInstallationStore(base_dir=str(tmp_path / "installations")),
        state_store=FileOAuthStateStore(expiration_seconds=600, base_dir=str(tmp_path / "states")),
    )
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=wire.api, session=session, retry_handlers=[])
        app = AsyncApp(client=client, signing_secret=SIGNING_SECRET, oauth_settings=settings)
        async with listening(app) as address:
            yield address


@pytest.mark.filterwarnings(
    "ignore:BasicAuth is deprecated:DeprecationWarning"
)  # slack_sdk's, of aiohttp
async def test_an_app_is_installed_with_a_browser_that_comes_back_as_it_went(
    wire: SocketWire, shop: str
) -> None:
    place = wire.founds("Lab", "T0LAB", installed=False)
    mona = Browser(wire, shop, place)
    assert (await mona.installs()).status == 200
    assert wire.tokens["xoxb-T0LAB"].scopes == SCOPES
    assert mona.cookies == {}
    assert [
        (await mona.installs(denies=True)).status,
        (await mona.installs(state="other")).status,
    ] == [200, 400]
    assert (await mona.installs(keeps_cookies=False)).status == 400
    back = mona.agrees(await mona.begins())
    held = dict(mona.cookies)
    assert (await mona.gets(back)).status == 200
    mona.cookies = held
    assert (await mona.gets(back)).status == 401, "a state is good for once"
    east = wire.founds("East", "T0EAST", "E0ONE", installed=False)
    assert (await Browser(wire, shop, east, wide=True).installs()).status == 200
    assert wire.is_wide(east)


# — over Socket Mode —


def has_one_open_line(wire: SocketWire, number: int) -> bool:
    """Return True for one open connection, the one with this number."""
    return len(wire.lines) == number and len(wire.open_lines) == 1


async def test_a_connection_that_is_refreshed_or_lost_is_made_again(wire: SocketWire) -> None:
    async with over(wire, "socket") as bot:
        ada = everybody(bot.delivery)["ada"]
        for number, befalls in enumerate((None, "warning", "refresh_requested", "drop"), 1):
            if befalls == "drop":
                wire.open_lines[0].drop()
            elif befalls:
                await wire.refreshes(wire.open_lines[0], befalls)
            await wire.until(partial(has_one_open_line, wire, number))
        assert (await ada.types("/study here")).sees == "At once"


async def test_any_one_of_several_connections_hears(wire: SocketWire) -> None:
    async with over(wire, "socket") as first, over(wire, "socket") as other:
        await wire.connected(2)
        ada = everybody(first.delivery)["ada"]
        for _ in range(2):
            await ada.types("/study here")
        assert (len(first.said), len(other.said)) == (1, 1)
