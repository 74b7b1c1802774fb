"""Roles are put right a few accounts at a time, through refusals, outages and restarts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.chat.message import Ping
from bot.runtime.role_keeper import BATCH, PAUSE
from tests.support.database import execute_sql
from tests.support.room import Room

NEWS = "space:spring news"
SPRING = "space:spring"
ABOVE = "The role spring news stands above mine: drag mine above it."


def on(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


EVENING_BEFORE = on(3, 1, 21)  # a role in trouble is tried every quarter of an hour


async def begin(room: Room, *members: str) -> None:
    await room.spring(*members)
    await room.says("mona", "posts notify post=topics how=role")
    for name in members:
        await room.says(name, "notify on=yes")


def fail(*whats: str, error: SendError) -> Callable[[str, str], None]:
    def fault(what: str, whom: str) -> None:
        if what in whats:
            raise error

    return fault


# — outages —


async def test_what_an_outage_kept_back_is_made_up_for(room: Room) -> None:
    room.chat.role_fault = fail("settle", "give", "take", error=SendError("no connection"))
    await begin(room, "ada")
    assert room.chat.made_roles == {}
    await room.passes(hours=2)
    await room.restart()
    room.chat.role_fault = None
    await room.passes(minutes=20)
    assert room.chat.made_roles == {NEWS: {"ada"}}


@pytest.mark.parametrize("moment", ["settled", "given"])
async def test_a_lost_answer_makes_no_second_role_and_loses_nobody(room: Room, moment: str) -> None:
    room.chat.role_fault = fail(moment, error=SendError("hung up", perhaps_sent=True))
    await begin(room, "ada")
    await room.restart()
    room.chat.role_fault = None
    await room.passes(minutes=20)
    assert room.chat.made_roles == {NEWS: {"ada"}}


async def test_whoever_hides_in_an_outage_loses_the_role_after_it(room: Room) -> None:
    await begin(room, "ada", "bob")
    room.chat.role_fault = fail("settle", "take", error=SendError("no connection"))
    await room.says("ada", "settings hidden=yes")
    await room.says("bob", "mydata erase sure=yes")
    assert room.chat.made_roles == {NEWS: {"ada", "bob"}}
    await room.restart()
    room.chat.role_fault = None
    await room.passes(minutes=20)
    assert room.chat.made_roles == {NEWS: set()}
    # Nothing is left of whoever was erased.
    rows = await execute_sql(room.store, "SELECT native FROM role_holders", write=False)
    assert [row.native for row in rows] == ["ada"]


async def test_a_bug_in_one_role_stops_no_post(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(what: str, whom: str) -> None:
        raise ZeroDivisionError

    room.chat.role_fault = bug
    await room.goes_to(EVENING_BEFORE)
    await begin(room, "ada")
    await room.goes_to(on(3, 2))
    assert len(room.posts("topics")) == 1
    assert "could not be put right" in caplog.text


# — refusals —


async def test_a_refusal_is_told_and_tried_again_when_somebody_may_have_mended_it(
    room: Room,
) -> None:
    room.chat.role_fault = fail("give", error=SendError(ABOVE, permanent=True))
    await room.goes_to(EVENING_BEFORE)
    await begin(room, "ada")
    assert ABOVE in await room.says("mona", "posts notify post=topics")
    await room.goes_to(on(3, 2))
    assert f"come, but not as they should: {ABOVE}" in await room.says("mona", "members list")
    room.chat.role_fault = None
    await room.passes(minutes=16)
    assert room.chat.made_roles == {NEWS: {"ada"}}
    assert ABOVE not in await room.says("mona", "posts notify post=topics")
    await room.goes_to(on(3, 10))
    assert ABOVE not in await room.says("mona", "members list")


async def test_a_role_that_somebody_deleted_stays_deleted_until_it_is_asked_for(
    room: Room,
) -> None:
    await begin(room, "ada")
    room.chat.made_roles.clear()
    await room.passes(hours=2)
    assert room.chat.made_roles == {}
    await room.goes_to(on(3, 2))
    (topics,) = room.posts("topics")
    assert topics.message.ping is None
    told = await room.says("mona", "posts notify post=topics")
    assert "Somebody has deleted the role: choose it again" in told
    assert "No post of spring notifies by a role here" in await room.says("ada", "notify")
    await room.says("mona", "posts notify post=topics how=role")
    assert room.chat.made_roles == {NEWS: {"ada"}}
    await room.goes_to(on(3, 10))
    assert room.posts("topics")[1].message.ping == Ping("role", NEWS, "spring news")


async def test_whoever_is_not_in_the_space_is_tried_again_a_day_later(room: Room) -> None:
    await room.spring("ada", "bob")
    room.chat.strangers.add("ada")
    await room.says("mona", "cohort role on=yes")
    assert room.chat.made_roles == {SPRING: {"bob"}}
    room.chat.strangers.clear()
    await room.passes(hours=12)
    assert room.chat.made_roles == {SPRING: {"bob"}}
    await room.passes(hours=13)
    assert room.chat.made_roles == {SPRING: {"ada", "bob"}}


async def test_a_role_that_was_taken_by_hand_comes_back_within_days(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort role on=yes")
    room.chat.made_roles[SPRING].clear()
    await room.passes(days=8)
    await room.passes(hours=1)
    assert room.chat.made_roles == {SPRING: {"ada"}}


# — dropping —


async def test_a_role_nobody_wants_any_more_is_deleted(room: Room) -> None:
    await begin(room, "ada")
    await room.says("mona", "posts notify post=recap how=role")
    await room.says("mona", "posts notify post=topics how=nobody")
    assert room.chat.made_roles == {NEWS: {"ada"}}
    await room.says("mona", "posts notify post=recap how=nobody")
    assert room.chat.made_roles == {}
    assert await execute_sql(room.store, "SELECT id FROM roles", write=False) == []


async def test_an_archived_or_forgotten_cohort_leaves_no_role_behind(room: Room) -> None:
    await begin(room, "ada")
    await room.says("mona", "cohort role on=yes")
    assert set(room.chat.made_roles) == {NEWS, SPRING}
    await execute_sql(room.store, "DELETE FROM cohorts")
    await room.passes(hours=1)
    assert room.chat.made_roles == {}


async def test_two_moderators_at_once_make_one_role(room: Room) -> None:
    await room.spring("ada")
    room.moderators.add("max")
    await asyncio.gather(
        room.answer("mona", "posts notify post=topics how=role"),
        room.answer("max", "posts notify post=topics how=role"),
        room.answer("max", "cohort role on=yes"),
        room.answer("mona", "cohort role on=yes"),
    )
    await room.pulse()
    assert set(room.chat.made_roles) == {NEWS, SPRING}
    assert len(await execute_sql(room.store, "SELECT id FROM roles", write=False)) == 2


# — homes —


async def test_each_home_has_its_own_choice_and_its_own_role(
    room: Room,
) -> None:
    await begin(room, "ada")
    room.moderators.add("omar")
    (code,) = re.findall(r"cohort link (\w{5}-\w{5})", await room.says("mona", "cohort link"))
    other, elsewhere = room.opens("other"), Place("other", "hall", "lounge")
    await room.says("omar", f"cohort link code={code} sure=yes", place=elsewhere)
    page = await room.says("omar", "posts notify post=topics", place=elsewhere)
    assert "Weekly topics of spring: nobody." in page
    await room.says("omar", "posts notify post=topics how=here", place=elsewhere)
    await room.goes_to(on(3, 2))
    assert room.posts("topics")[0].message.ping == Ping("role", NEWS, "spring news")
    pings = {sent.message.ping for sent in other.sent if sent.kind == "topics"}
    assert pings == {Ping("here")}
    await room.says("omar", "posts notify post=topics how=role", place=elsewhere)
    assert set(room.chat.made_roles) == {NEWS}
    assert set(other.made_roles) == {"hall:spring news"}
    # Whoever joined here has no account there, and nobody there is told of anybody here.
    assert other.made_roles["hall:spring news"] == set()


# — many —


async def test_ten_thousand_members_get_their_role_a_few_at_a_time(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await add_members(room, 10_000)
    counts: list[int] = []
    await room.says("mona", "cohort role on=yes")
    for _ in range(5):
        counts.append(len(room.chat.made_roles[SPRING]))
        await room.passes(seconds=PAUSE.total_seconds())
    assert counts == [BATCH * (step + 1) for step in range(5)]
    # Whoever hides does not wait for the rest.
    await execute_sql(room.store, "UPDATE members SET shown = 0 WHERE id <= 20")
    await room.passes(seconds=2 * PAUSE.total_seconds())
    held = await execute_sql(
        room.store,
        "SELECT count(*) AS held FROM role_holders JOIN accounts USING (native) "
        "JOIN members ON members.account_id = accounts.id WHERE held AND NOT shown",
        write=False,
    )
    assert held[0].held == 0


async def add_members(room: Room, count: int) -> None:
    """Put members into the cohort, as if they had joined."""
    last = count + 1000
    more = f"SELECT n + 1 FROM many WHERE n < {last}"
    numbers = f"WITH RECURSIVE many(n) AS (SELECT 1001 UNION ALL {more}) "
    moment = "'2026-02-20 10:00:00.000000'"
    for statement in (
        f"INSERT INTO persons (id, met_at) {numbers} SELECT n, {moment} FROM many",
        "INSERT INTO accounts (id, person_id, platform, tenant, native, name, met_at) "
        f"{numbers} SELECT n, n, 'test', '', 'u' || n, 'U' || n, {moment} FROM many",
        "INSERT INTO members (cohort_id, account_id, joined_at, catch_up, hidden, shown) "
        f"{numbers} SELECT 1, n, {moment}, '[]', 0, 1 FROM many",
    ):
        await execute_sql(room.store, statement)


async def test_the_pause_keeps_to_one_account_a_second() -> None:
    assert timedelta(seconds=BATCH) <= PAUSE


async def test_a_member_by_one_platform_gets_the_role_on_the_other(room: Room) -> None:
    await room.spring("ada")
    room.moderators.add("omar")
    (code,) = re.findall(r"cohort link (\w{5}-\w{5})", await room.says("mona", "cohort link"))
    other, elsewhere = room.opens("other"), Place("other", "hall", "lounge")
    await room.says("omar", f"cohort link code={code} sure=yes", place=elsewhere)
    await room.says("omar", "cohort role on=yes", place=elsewhere)
    assert other.made_roles == {"hall:spring": set()}
    (own,) = re.findall(r"link (\w{5}-\w{5})", await room.says("ada", "link"))
    await room.says("eda", f"link code={own}", place=elsewhere)
    await room.passes(hours=1)
    assert other.made_roles == {"hall:spring": {"eda"}}
    await room.says("ada", "settings hidden=yes")
    assert other.made_roles == {"hall:spring": set()}
