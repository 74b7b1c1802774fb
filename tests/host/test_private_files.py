"""What others on the machine can read: neither files nor the log hold what people wrote."""

from __future__ import annotations

import io
import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Store
from tests.support.paths import ROOT
from tests.support.postgres import Postgres
from tests.support.program import Program
from tests.support.room import Room


@pytest.fixture(params=[0o000, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    former = os.umask(request.param)
    yield
    os.umask(former)


def modes(folder: Path) -> dict[str, str]:
    """The rights of a folder and of all that is in it, but for the log that the test itself writes."""
    found = {path for path in (folder, *folder.rglob("*")) if path.name != "log.txt"}
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode)) for path in found}


async def test_a_database_and_what_lies_beside_it_are_its_owners_alone(
    tmp_path: Path, umask: None
) -> None:
    folder = tmp_path / "deep" / "data"
    store = await Store.open_database(f"sqlite+aiosqlite:///{folder / 'syllabot.db'}")
    await store.run(lambda tx: tx.answers.save_mark("a", "b"))
    assert modes(tmp_path / "deep") == {
        ".": "0o700",
        "data": "0o700",
        **dict.fromkeys(
            (
                "data/syllabot.db",
                "data/syllabot.db-wal",
                "data/syllabot.db-shm",
                "data/syllabot.db.lock",
            ),
            "0o600",
        ),
    }
    await store.close()


async def test_the_data_of_a_former_version_are_closed_to_others_and_a_running_pulse_ends_in_peace(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    (folder / "room").mkdir(parents=True)
    for path in (folder, folder / "room"):
        path.chmod(0o755)
    async with Program(folder) as program:
        await program.stop(signal.SIGTERM)
    (folder / "log.txt").unlink()
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o755)
    async with Program(folder) as program:
        await program.post("/api/story", **{"as": "ada", "channel": "study-group"})
        while not (await program.get("/api/room"))["begun"]:
            pass
        await program.post("/api/clock", **{"as": "mona", "move": "week"})
        found = modes(folder)
        assert await program.stop(signal.SIGTERM) == 0
        assert not [
            line for line in program.log.splitlines() if "ERROR" in line or "Traceback" in line
        ]
    del found["."]  # the test's own log lies in it, so it is not the bot's alone
    files = ["syllabot.db", "syllabot.db-wal", "syllabot.db-shm", "syllabot.db.lock"]
    files += ["transcript.db", "transcript.db-wal", "transcript.db-shm"]
    assert found == {"room": "0o700", **{f"room/{name}": "0o600" for name in files}}


def test_a_folder_that_others_use_too_stays_as_it_is(tmp_path: Path) -> None:
    from bot.host.private_files import restrict_folder

    for name, mode in (("ours", "0o700"), ("shared", "0o755")):
        folder = tmp_path / name
        folder.mkdir(mode=0o755)
        (folder / "syllabot.db").touch()
        if name == "shared":
            (folder / "holiday.jpg").touch()
        restrict_folder(folder)
        assert modes(folder)["."] == mode


# — the log —

CHATTER = """
import asyncio, logging, os
os.environ["LOG_LEVEL"] = "DEBUG"
from bot.host import logs
from bot.store import Store
logs.configure_logging("DEBUG")
from slack_sdk.web.async_client import AsyncWebClient
import discord
async def main(url):
    store = await Store.open_database(url)
    await store.run(lambda tx: tx.answers.save_mark("mark", "SECRET words"))
    kept = await store.run(lambda tx: tx.answers.load_mark("mark"), write=False)
    assert kept == "SECRET words"
    try:
        await store.run(lambda tx: tx.answers.claim_interaction("SECRET", 10**6, None))
    except Exception:
        logging.exception("a bug")
    await store.close()
    try:
        await AsyncWebClient("xoxb-SECRET", base_url="http://127.0.0.1:9/").chat_postMessage(channel="C", text="SECRET")
    except Exception as error:
        pass
    for name in ("discord.http", "discord.gateway", "discord.webhook.async_", "aiosqlite", "sqlalchemy.engine.Engine"):
        assert not logging.getLogger(name).isEnabledFor(logging.DEBUG), name
asyncio.run(main(os.environ["URL"]))
"""


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_no_log_level_prints_what_people_wrote(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'syllabot.db'}"
    if engine == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_database("chatter")
    done = subprocess.run(
        [sys.executable, "-c", CHATTER],
        cwd=ROOT,
        env={**os.environ, "URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "a bug" in done.stderr
    assert "SECRET" not in done.stderr
    if engine == "postgresql":
        server.drop_database("chatter")


class Full(io.StringIO):
    """A stream on a disk that is full."""

    is_full = True

    def write(self, text: str, /) -> int:
        if self.is_full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_a_log_that_cannot_be_written_is_counted_and_told_when_it_can(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from bot.host import logs

    stream = Full()
    handler = logs.LossCountingHandler(stream)
    for number in range(1200):
        handler.emit(logging.LogRecord("bot", logging.ERROR, "", 0, f"line {number}", None, None))
    assert capsys.readouterr().err == ""
    stream.is_full = False
    handler.emit(logging.LogRecord("bot", logging.ERROR, "", 0, "at last", None, None))
    assert stream.getvalue() == "1,200 lines of the log could not be written\nat last\n"


async def test_an_error_of_the_database_quotes_no_values(
    quick_room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    now = quick_room.clock.now()
    with pytest.raises(Exception, match="FOREIGN KEY") as caught:
        await quick_room.store.run(lambda tx: tx.answers.claim_interaction("SECRET", 10**6, now))
    assert "SECRET" not in str(caught.value)
