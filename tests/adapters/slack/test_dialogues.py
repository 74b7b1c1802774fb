"""People talk with the bot on Slack, in each of the ways in which Slack reaches it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.adapters.slack.group import ONE, SOCKET, Group, words


@pytest.fixture
def url(empty_file: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"


@pytest.mark.parametrize("way", [SOCKET, ONE])
async def test_a_group_is_begun_joined_and_ticks_its_first_week(way: str, url: str) -> None:
    async with Group.on(url, way) as group:
        assert "What I can do" in await group.says("ada", "")
        await group.spring()
        invitation = group.post("is open")
        landed = await group.clicks("ada", invitation, "Join")
        assert "You are in spring" in words(landed)
        await group.passes(days=12)
        week = group.posts()[-1]
        print(week.sees)
        seen = await group.person("ada").ticks(week, week.sees.split("[ ] ")[1].splitlines()[0].split(":")[0])
        print(seen.sees)
        await group.restart()
        form = await group.types("ada", "checkin")
        print(form.sees)
        print((await group.fills("ada", form, hours="4", confidence=None)).sees)
        home = await group.person("ada").opens_home()
        print(home.sees)
        print(await group.says("ada", "jion"))
        print(await group.says("ada", "cohort help"))
        print(await group.says("ada", "progress"))
