"""What every simulated server starts from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapters.discord import conversation

AGES = 1000.0  # seconds


@pytest.fixture
def quick_database(empty_file: Path, tmp_path: Path) -> str:
    """The URL of a fresh database on SQLite, where the engine does not matter."""
    return f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine does not decide how the bot answers: only a test that means to be slow is."""
    monkeypatch.setattr(conversation, "PATIENCE", AGES)
    monkeypatch.setattr(conversation, "COMPLETION", AGES)
