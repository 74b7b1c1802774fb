"""The process as an operator starts it with Slack configured: one command, a Slack on the wire, and
a clean end.
"""

from __future__ import annotations

import asyncio
import functools
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from socket import socket as TcpSocket
from typing import Any

import aiohttp
import pytest

from adapters.slack import connection, socket
from adapters.slack.installations import FOR_GOOD as BOT_TOKEN
from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.socket import FOR_GOOD as APP_TOKEN
from adapters.web.pages import HERE
from bot import __main__ as program
from bot.chat.errors import CannotConnect
from bot.settings import Settings, load_settings
from tests.support.room import roadmaps
from tests.support.slack.group import KEY, TimeSignedHttp, stop_task
from tests.support.slack.people import Person
from tests.support.slack.socket import Sockets, SocketWire
from tests.support.slack.wire import lost_connection, refusal, status
from tests.support.slack.workspaces import APP_TOKEN as XAPP
from tests.support.slack.workspaces import CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET

SOCKET_MODE = {"SLACK_BOT_TOKEN": "xoxb-T0HALL", "SLACK_APP_TOKEN": XAPP}
HTTP = {
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "PUBLIC_URL": "https://study.example.org",
    "PUBLIC_HOST": "127.0.0.1",
}
ONE = {**HTTP, "SLACK_BOT_TOKEN": "xoxb-T0HALL"}
MANY = {
    **HTTP,
    "SLACK_CLIENT_ID": CLIENT_ID,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
    "VAULT_KEY": KEY,
}


@pytest.fixture(autouse=True)
def here(empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with a database, in an environment that says nothing."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    shutil.copy(empty_file, tmp_path / "data")
    monkeypatch.setattr(program, "load_bundled_roadmaps", roadmaps)
    monkeypatch.setattr(socket, "WAITS", (0,))


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with closing(TcpSocket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def slack(moment: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SocketWire]:
    """A Slack that the program finds where it looks for Slack."""
    async with SocketWire.on(moment) as wire:
        real = connection.connect_slack
        monkeypatch.setattr(connection, "connect_slack", functools.partial(real, base_url=wire.api))
        yield wire


@asynccontextmanager
async def running(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str]
) -> AsyncIterator[asyncio.Task[Any]]:
    """The program with these settings, stopped at the end as a signal stops it."""
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    work = asyncio.create_task(
        program.run_bot(load_settings(), program.build_parser().parse_args(["run"]))
    )
    try:
        yield work
        assert not work.done()
    finally:
        await stop_task(work)


async def test_through_socket_mode_somebody_is_answered(
    slack: SocketWire, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(monkeypatch, SOCKET_MODE):
        await slack.connected()
        ada = Person(Sockets(slack), slack.hall, "ada")
        assert "What I can do" in (await ada.types("/study help")).sees
    assert "Syllabot is starting on slack; Ctrl-C stops it." in capsys.readouterr().out
    await slack.connected(0)


@pytest.mark.parametrize("said", [ONE, MANY], ids=["one workspace", "many workspaces"])
async def test_over_http_somebody_is_answered_and_the_room_is_nowhere(
    said: dict[str, str], slack: SocketWire, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://127.0.0.1:{port}"
    async with (
        running(monkeypatch, {**said, "PUBLIC_PORT": str(port)}),
        aiohttp.ClientSession(address) as session,
    ):
        delivery = TimeSignedHttp(slack, f"{address}{EVENTS_PATH}")
        raw = '{"type": "url_verification", "challenge": "well"}'
        answer = None
        while answer is None or answer.status == 503:
            answer = await until_open(delivery, raw)
        assert (answer.status, "well" in str(answer.payload)) == (200, True)
        statuses = {
            path.name: (await session.get(f"/static/{path.name}")).status
            for path in (HERE / "static").iterdir()
        }
        assert set(statuses.values()) == {404}
        assert (await session.get("/")).status == 404
        assert (await session.get("/slack/install", allow_redirects=False)).status == (
            404 if said is ONE else 200
        )
        if said is ONE:
            ada = Person(delivery, slack.hall, "ada")
            assert "What I can do" in (await ada.types("/study help")).sees


async def until_open(delivery: TimeSignedHttp, raw: str) -> Any:
    try:
        return await delivery.post(raw, delivery.signed(raw, "application/json"))
    except aiohttp.ClientConnectorError:
        await asyncio.sleep(0.01)
        return None


@pytest.mark.parametrize(
    ("said", "method", "error", "sentence"),
    [
        (SOCKET_MODE, "auth.test", "invalid_auth", BOT_TOKEN["invalid_auth"]),
        (SOCKET_MODE, "apps.connections.open", "invalid_auth", APP_TOKEN["invalid_auth"]),
        (
            SOCKET_MODE,
            "apps.connections.open",
            "socket_mode_not_enabled",
            APP_TOKEN["socket_mode_not_enabled"],
        ),
    ],
)
async def test_what_only_the_operator_can_mend_ends_the_start_with_a_sentence(
    said: dict[str, str],
    method: str,
    error: str,
    sentence: str,
    slack: SocketWire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slack.fails(method, refusal(error), times=9)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CannotConnect) as ended:
        await program.run_bot(load_settings(), program.build_parser().parse_args(["run"]))
    assert str(ended.value) == sentence


async def test_a_slack_that_cannot_be_reached_is_asked_again(
    slack: SocketWire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fails("auth.test", lost_connection(kept=False))
    slack.fails("apps.connections.open", status(503), times=2)
    async with running(monkeypatch, SOCKET_MODE):
        await slack.connected()
    assert caplog.text.count("Slack cannot be reached, I try again in 0 seconds") == 3
    assert not any(record.exc_info for record in caplog.records)


async def test_settings_that_do_not_say_enough_end_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    with pytest.raises(CannotConnect, match="SLACK_BOT_TOKEN alone is not enough"):
        await program.run_bot(load_settings(), program.build_parser().parse_args(["run"]))
