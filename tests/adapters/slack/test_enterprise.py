"""An enterprise with two workspaces, where the app is installed for both at once: people are the
same in both, and cohorts live in one.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.post import PostRegistry
from tests.support.slack.browser import Browser
from tests.support.slack.delivery import EVENT, event_payload
from tests.support.slack.group import MANY, Group, words
from tests.support.slack.installation import uninstalled
from tests.support.slack.workspaces import Channel, Json, Workspace

pytestmark = pytest.mark.usual_posts

ORG = "E0STUDY"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def group(empty_file: Path, tmp_path: Path, post_kinds: PostRegistry) -> AsyncIterator[Group]:
    """Everybody of the enterprise is in both workspaces, which have a channel each."""
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"
    async with Group.on(url, MANY, post_kinds) as opened:
        east, west = (
            opened.wire.founds(name, f"T0{name.upper()}", ORG, installed=False)
            for name in ("East", "West")
        )
        west.channels["C0WEST"] = Channel(
            "C0WEST", "west", members=west.channels.pop("C0STUDY").members
        )
        west.users = east.users
        assert (
            await Browser(opened.wire, opened.address, east, wide=True).installs()
        ).status == 200
        yield opened


def kept(group: Group, table: str, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in columns) for row in group.rows()[table]]


async def grows(group: Group, east: Workspace, west: Workspace) -> None:
    """A cohort in each workspace, which begins on 2 March at nine; Ada is in both.

    That of the west is made with a form.
    """
    group.place = east
    await group.spring("ada", "bob")
    group.place = west
    form = await group.types("mona", "cohort create", "west")
    made = await group.fills("mona", form, name="autumn", start="2026-03-02")
    await group.clicks("mona", await group.clicks("mona", made, "Open it"), "Open it")
    assert "You are in autumn" in await group.says("ada", "join", "west"), "the only one there"


async def test_an_enterprise_installs_the_app_once_and_people_are_the_same_in_all_its_workspaces(
    group: Group,
) -> None:
    east, west = (group.wire.workspaces[f"T0{name}"] for name in ("EAST", "WEST"))
    assert await group.vault.list_secret_names("bot/") == [f"bot/{ORG}/"]
    await grows(group, east, west)
    assert kept(group, "spaces", "native", "tenant") == [(east.id, ORG), (west.id, ORG)]
    assert kept(group, "accounts", "native", "tenant") == [
        (f"U0{user}", ORG) for user in ("MONA", "ADA", "BOB")
    ]
    assert kept(group, "homes", "space_id", "channel") == [(1, "C0STUDY"), (2, "C0WEST")]
    assert "There is no cohort “spring” here" in await group.says(
        "mona", "cohort members spring", "west"
    )
    assert "There is no cohort “#1” here" in await group.says(
        "mona", "cohort members cohort=#1", "west"
    )
    home = await group.person("ada").opens_home()
    assert "spring starts on" in words(home)
    assert "autumn starts on" in words(home), "her own, wherever she looks"
    await group.goes_to(MONDAY)
    for place, told in (
        (east, "Ticked"),
        (west, "was already ticked, so nothing changed."),
    ):  # one plan, one person, one tick
        (channel,) = (channel for channel in place.channels.values() if not channel.user)
        group.place, week = place, group.posts(channel)[-1]
        assert "Week 1" in words(week)
        assert told in words(
            await group.person("ada").ticks(week, "Describing data with a few numbers")
        )


async def test_an_enterprise_closes_and_opens_a_workspace_and_removes_the_app_from_all(
    group: Group,
) -> None:
    east, west = (group.wire.workspaces[f"T0{name}"] for name in ("EAST", "WEST"))
    await grows(group, east, west)

    async def tells(event: Json) -> list[bool]:
        """Whether the bot believes to be in the east, and in the west, once it has heard of an
        event.
        """
        heard = event_payload(group.wire, east, event) | {"event_time": int(time.time()) + 1}
        heard["authorizations"] = [{**heard["authorizations"][0], "team_id": None}]
        await group.delivery.send(EVENT, heard)
        await group.restart()  # it has done with all it has heard
        return [gone_at is None for (gone_at,) in kept(group, "spaces", "gone_at")]

    assert await tells({"type": "team_access_revoked", "team_ids": [west.id]}) == [True, False]
    assert await tells({"type": "team_access_granted", "team_ids": [west.id]}) == [True, True]
    uninstalled(group.wire, east.id)
    assert await tells({"type": "app_uninstalled"}) == [False, False]
    assert await group.vault.list_secret_names("bot/") == []
    assert (await Browser(group.wire, group.address, east, wide=True).installs()).status == 200
    assert kept(group, "spaces", "gone_at") == [(None,), (None,)]
    assert "Your progress" in await group.says("ada", "progress cohort=autumn", "west")
