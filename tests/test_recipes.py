"""A command, a post and a roadmap are one file each: the recipes of the documentation, followed to the letter in a copy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT
from tests.support.recipes import EXAMPLES, write_examples

TALK = """
import asyncio, json, sys
from datetime import timedelta
from pathlib import Path
import bot
from bot import command, post
command.discover_commands()
post.discover_post_kinds()
from tests.support.room import Room

async def main():
    told = {"bot": bot.__file__, "table": command.format_command_table()}
    async with Room.on(f"sqlite+aiosqlite:///{Path.cwd() / 'syllabot.db'}") as room:
        told["hello"] = await room.says("ada", "hello to=Bob")
        told["help"] = await room.says("ada", "help")
        told["created"] = await room.says("mona", "cohort create name=spring start=2026-03-02 roadmap=probability")
        await room.says("mona", "cohort open spring sure=yes")
        await room.says("ada", "join spring")
        await room.passes(weeks=4)
        told["timeline"] = await room.says("mona", "cohort timeline")
        told["posts"] = [[str(one.at), one.ref, one.message.to_plain_text()] for one in room.posts("second_day")]
        told["topics"] = [one.message.title for one in room.posts("topics")]
    print(json.dumps(told))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the extended bot says, in a copy of its own."""
    copy = tmp_path_factory.mktemp("extended")
    # `make test-recipes` runs this where the examples are in place already: they stay behind.
    left_out = shutil.ignore_patterns("__pycache__", *(Path(example).name for example in EXAMPLES))
    for folder in ("bot", "roadmaps", "migrations"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=left_out)
    (copy / "tests/support").mkdir(parents=True)
    for name in ("room.py", "database.py"):
        shutil.copy(ROOT / "tests/support" / name, copy / "tests/support")
    before = {path for path in copy.rglob("*") if path.is_file()}
    for folder in ("tests/commands", "tests/posts"):
        (copy / folder).mkdir()
    write_examples(copy)
    assert len({path for path in copy.rglob("*") if path.is_file()} - before) == 5
    run = [sys.executable, "-c", TALK]
    done = subprocess.run(run, cwd=copy, capture_output=True, text=True, timeout=480, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["bot"] == str(copy / "bot/__init__.py")
    return said


def test_a_new_command_answers_and_stands_in_the_help_and_in_the_documentation(
    told: dict[str, Any],
) -> None:
    assert told["hello"] == "Hello, Bob."
    assert "hello" in told["help"]
    assert "| `/hello [to]` | Say hello. |" in told["table"]


def test_a_new_post_is_sent_in_every_week_and_stands_in_the_timeline(told: dict[str, Any]) -> None:
    assert told["posts"] == [
        ["2026-03-03 09:00:00+00:00", "counting", "Day two of week 1. Well begun is half done."],
        ["2026-03-10 09:00:00+00:00", "updating", "Day two of week 2. Well begun is half done."],
    ]
    assert "Second day" in told["timeline"]


def test_a_new_roadmap_makes_a_cohort(told: dict[str, Any]) -> None:
    assert "Probability in two weeks" in told["created"]
    assert told["topics"] == [
        "Week 1 of 2 · Counting what can happen",
        "Week 2 of 2 · Changing your mind",
    ]
