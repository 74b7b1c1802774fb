"""Many workspaces come and go: the app is installed with a browser, removed, forgotten after thirty
days or back before, and none of them feels what befalls another.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.slack.rights import REMOVED
from bot.post import PostRegistry
from bot.runtime.scheduler import PostScheduler
from tests.support.slack import block_text
from tests.support.slack.browser import Browser
from tests.support.slack.delivery import EVENT, Retry, event_payload
from tests.support.slack.group import MANY, Group, words
from tests.support.slack.installation import uninstalled
from tests.support.slack.wire import rate_limit
from tests.support.slack.workspaces import CLIENT_SECRET, Json, Workspace

pytestmark = pytest.mark.usual_posts

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When week 1 is posted."""
KEPT = ("spaces", "accounts", "cohorts", "homes", "members")


@pytest.fixture
async def group(empty_file: Path, tmp_path: Path, post_kinds: PostRegistry) -> AsyncIterator[Group]:
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"
    async with Group.on(url, MANY, post_kinds) as opened:
        yield opened


async def two(group: Group) -> tuple[Workspace, Workspace]:
    """Study Hall and Next Door, each with the app and a cohort that begins on 2 March at nine."""
    here, there = group.place, group.wire.founds("Next Door", "T0NEXT", installed=False)
    for place in (there, here):
        group.place = place
        assert (await group.installs(place)).status == 200
        await group.spring("ada")
    return here, there


def said(place: Workspace) -> list[str]:
    """What stands in #study-group, oldest first."""
    return [block_text.words(message) for message in place.channels["C0STUDY"].messages]


def removed(group: Group, place: Workspace) -> list[Json]:
    """The app is removed from a workspace; the events by which Slack tells it."""
    uninstalled(group.wire, place.id)
    told = [event for _, event in group.wire.happened]
    group.wire.happened.clear()
    return told


async def tells(group: Group, place: Workspace, *events: Json, earlier: int = 0) -> None:
    """Slack tells of events, of each twice; they happened `earlier` seconds ago, by the real clock,
    as installations go by that. Slack is told that they were heard before they are: a bot that is
    stopped has done with them.
    """
    for event in events:
        payload = event_payload(group.wire, place, event) | {
            "event_time": int(time.time()) + 1 - earlier
        }
        await group.delivery.again(await group.delivery.send(EVENT, payload), Retry())
    await group.restart()


# — coming —


async def test_only_whoever_comes_back_as_they_went_installs_the_app(group: Group) -> None:
    group.wire.tokens.clear()
    mona = Browser(group.wire, group.address, group.place)
    assert "access_denied" not in (await mona.installs(denies=True)).leads
    assert (await mona.installs(state="forged")).status in {400, 401}
    assert (await mona.installs(keeps_cookies=False)).status in {400, 401}
    back = mona.agrees(await mona.begins())
    await group.passes(minutes=11)
    assert (await mona.gets(back)).status in {400, 401}, "too late"
    assert (await mona.gets("/slack/oauth_redirect?code=x")).status in {400, 401}
    assert group.wire.calls("oauth.v2.access") == []
    assert await group.vault.list_secret_names("bot/") == []
    back, held = mona.agrees(await mona.begins()), dict(mona.cookies)
    page = await mona.gets(back)
    assert (page.status, "/study cohort create" in page.text) == (200, True)
    mona.cookies = held
    assert (await mona.gets(back)).status in {400, 401}, "a second time"
    assert await group.vault.list_secret_names("bot/") == ["bot//T0HALL"]
    assert len(group.wire.calls("oauth.v2.access")) == 1
    assert "draft" in await group.says("mona", "cohort create name=spring start=2026-03-02")


async def test_a_token_is_nowhere_in_the_files_of_the_database(
    group: Group, tmp_path: Path
) -> None:
    await two(group)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"T0NEXT" in kept
    assert not [
        secret for secret in (*group.wire.tokens, CLIENT_SECRET, "xoxb-") if secret.encode() in kept
    ]


# — going, and coming back —


@pytest.mark.parametrize("revoked_first", [True, False])
async def test_a_workspace_that_removes_the_app_waits_and_goes_on_when_it_is_back(
    group: Group, revoked_first: bool
) -> None:
    here, there = await two(group)
    await group.goes_to(MONDAY - timedelta(hours=1))
    before = len(said(there))
    told = removed(group, there)
    await tells(group, there, *(told if revoked_first else reversed(told)))
    await group.passes(hours=2)
    assert ("Week 1" in said(here)[-1], len(said(there))) == (True, before)
    assert "Only moderators see this list" in await group.says("mona", "members list")
    assert await group.vault.list_secret_names("bot/") == ["bot//T0HALL"]
    assert (await group.installs(there)).status == 200
    await tells(group, there, *told, earlier=3600)  # late: the app has been installed again since
    await group.pulse()
    assert said(there) == said(here), "nothing is lost and nothing doubled"
    group.place = there
    assert "Only moderators see this list" in await group.says("mona", "members list")
    assert [
        token.secret
        for token in group.wire.tokens.values()
        if token.team == there.id and not token.dead
    ] == ["xoxb-T0NEXT-again"]


async def test_what_is_kept_of_a_workspace_that_does_not_come_back_is_erased_after_thirty_days(
    group: Group,
) -> None:
    here, there = await two(group)
    await tells(group, there, *removed(group, there))
    tidy, kept = PostScheduler(group.store, group.clock).delete_expired_data, group.rows()
    group.clock.at += timedelta(days=29)
    await tidy()
    assert (
        [len(group.rows()[name]) for name in KEPT]
        == [len(kept[name]) for name in KEPT]
        == [2, 4, 2, 2, 2]
    )
    group.clock.at += timedelta(days=2)
    await tidy()
    assert [len(group.rows()[name]) for name in KEPT] == [1, 2, 1, 1, 1]
    assert {account["tenant"] for account in group.rows()["accounts"]} == {here.id}
    group.place = there
    assert (await group.installs(there)).status == 200
    assert "no cohort is open here" in (await group.says("ada", "join")).casefold(), "as strangers"


async def test_people_who_take_back_their_own_tokens_remove_nothing(group: Group) -> None:
    await group.installs(group.place)
    await tells(
        group, group.place, {"type": "tokens_revoked", "tokens": {"oauth": ["U0ADA"], "bot": []}}
    )
    assert await group.vault.list_secret_names("bot/") == ["bot//T0HALL"]


async def test_where_the_app_is_not_installed_people_are_told_so_and_nothing_is_done(
    group: Group,
) -> None:
    group.wire.tokens.clear()
    seen = await group.types("mona", "cohort create name=spring start=2026-03-02")
    assert words(seen) == REMOVED
    assert group.rows()["cohorts"] == []


# — side by side —


async def test_a_workspace_that_slack_slows_down_delays_no_other(group: Group) -> None:
    here, there = await two(group)
    await group.goes_to(MONDAY - timedelta(minutes=10))
    before = len(said(there))
    group.wire.fails(
        "chat.postMessage", rate_limit(1800), when=lambda asked: asked.token == "xoxb-T0NEXT"
    )
    await group.goes_to(MONDAY + timedelta(minutes=5))
    assert ("Week 1" in said(here)[-1], len(said(there))) == (True, before)
    group.place = there
    assert "This week" in await group.says("ada", "progress board=yes"), (
        "only posting is slowed down"
    )
    asked = len(group.wire.calls("chat.postMessage"))
    await group.types("bob", "join")
    await group.passes(minutes=20)
    assert len(group.wire.calls("chat.postMessage")) == asked, (
        "and Slack is left alone as long as it wishes"
    )
    await group.passes(minutes=15)
    group.place = here
    await group.types("bob", "join")
    assert sorted(said(there)) == sorted(said(here))
