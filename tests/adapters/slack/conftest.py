"""What every test of the simulated Slack starts from."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.slack import conversation
from tests.support.slack.socket import SocketWire

AGES = 600.0  # seconds


@dataclass
class Moment:
    """A time that stands still until it is told to pass.

    It begins now, since Slack's library asks the real clock.
    """

    at: datetime

    def now(self) -> datetime:
        return self.at

    def passes(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A submitted form is waited for, however slow this machine is.

    Tests of what is late have less patience.
    """
    monkeypatch.setattr(conversation, "PATIENCE", AGES)


@pytest.fixture
def moment() -> Moment:
    return Moment(datetime.now(UTC))


@pytest.fixture
def url(empty_file: Path, tmp_path: Path) -> str:
    """The URL of a fresh database, on SQLite."""
    return f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"


@pytest.fixture
async def wire(moment: Moment) -> AsyncIterator[SocketWire]:
    """A Slack with one workspace, where the Web API and Socket Mode answer."""
    async with SocketWire.on(moment) as opened:
        yield opened
