"""Spaces left and rejoined, erased after thirty days, and members who left a space."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.chat.address import Account, Caller, Place
from bot.chat.errors import SendError
from bot.group.member import Away
from bot.runtime import letter_life
from bot.store import Tx
from bot.store.tables import (
    absences,
    accounts,
    checkins,
    cohorts,
    grants,
    homes,
    letters,
    members,
    persons,
    scores,
    settings,
    spaces,
    ticks,
)
from tests.support.database import execute_sql, execute_statement, load_first_cohort
from tests.support.room import Room

pytestmark = pytest.mark.usual_posts

KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ELSEWHERE = Place("test", "elsewhere", "lobby")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at waiting letters twice a day: weeks pass in these tests."""
    monkeypatch.setattr(letter_life, "HOME_CHECK_INTERVAL", timedelta(hours=12))


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


async def troubles(room: Room, place: Place) -> list[str]:
    return list(await room.store.run(lambda tx: tx.cohorts.list_home_troubles(place), write=False))


async def reasons(room: Room, kind: str) -> list[tuple[str, str]]:
    """What became of every letter of a kind: its state and the reason."""
    query = (
        select(letters.c.state, letters.c.reason)
        .where(letters.c.kind == kind)
        .order_by(letters.c.id)
    )
    rows = await execute_sql(room.store, query, write=False)
    return [(row.state, row.reason) for row in rows]


# — the bot leaves, and comes back —


async def test_what_falls_due_while_the_bot_is_not_in_the_space_waits_until_it_is_back(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.goes_to(KICK_OFF - timedelta(minutes=1))
    before = len(room.chat.sent)
    await room.core.handle_space_left(room.place)
    await room.goes_to(on(3, 8, 20))
    assert len(room.chat.sent) == before
    assert ("due", "I am not in the space any more") in await reasons(room, "kick_off")
    assert set(await reasons(room, "reminder")) == {("skipped", "the bot is no longer there")}
    await room.core.handle_space_joined(room.place)
    await room.pulse()
    assert [post.kind for post in room.chat.sent[before:]] == ["kick_off", "topics", "check_in"]


async def test_at_each_connection_the_spaces_that_are_listed_count_and_of_the_others_only_ones_own(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort create name=summer start=2026-03-02", place=ELSEWHERE)

    async def lost() -> set[str]:
        return {space.native for space in await _known(room) if space.gone_at is not None}

    await room.core.sync_spaces("test", ["space"], lambda native: native != "elsewhere")
    assert await lost() == set()
    await room.core.sync_spaces("another platform", [], lambda native: True)
    assert await lost() == set()
    await room.core.sync_spaces("test", ["space", "never heard of"], lambda native: True)
    assert await lost() == {"elsewhere"}
    since = [space.gone_at for space in await _known(room)]
    room.clock.at += timedelta(days=3)
    await room.core.sync_spaces("test", ["space"], lambda native: True)
    assert [space.gone_at for space in await _known(room)] == since
    await room.core.sync_spaces("test", {"elsewhere", "space"}, lambda native: True)
    assert await lost() == set()


async def _known(room: Room):  # type: ignore[no-untyped-def]
    return await room.store.run(lambda tx: tx.spaces.list_platform_spaces("test"), write=False)


async def test_a_channel_that_is_gone_is_told_to_the_moderators_of_its_cohorts_and_of_no_others(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.says(
        "mona",
        "cohort create name=summer start=2026-03-02",
        place=Place("test", "space", "another"),
    )
    await room.core.handle_channel_deleted(room.place, "the channel was deleted.")
    await room.core.handle_channel_deleted(ELSEWHERE, "nobody lives there.")
    told = (
        "Posts of **spring** wait: the channel was deleted. "
        "Or say `cohort move spring` in another channel."
    )
    assert await troubles(room, room.place) == [told]
    assert await troubles(room, ELSEWHERE) == []


async def test_moderators_of_the_other_space_of_a_cohort_are_told_that_the_bot_was_removed(
    room: Room,
) -> None:
    await _two_homes(room)
    await room.core.handle_space_left(ELSEWHERE)
    assert await troubles(room, room.place) == [
        "Posts of **spring** in its other channel wait: I am not there any more, "
        "and I go on when somebody invites me again."
    ]
    await room.goes_to(KICK_OFF)
    assert {post.place.space for post in room.posts() if post.at >= KICK_OFF} == {"space"}


async def _two_homes(room: Room) -> None:
    """A cohort made here that also lives elsewhere, where there is another of the same name."""
    await room.spring("ada")
    await room.says("mona", "cohort create name=spring start=2026-03-02", place=ELSEWHERE)
    space = await room.store.run(lambda tx: tx.people.ensure_space_id(ELSEWHERE))
    home = homes.insert().values(cohort_id=1, space_id=space, channel="lobby")
    await execute_sql(room.store, home)


# — thirty days later —

TABLES = (
    spaces, grants, cohorts, homes, members, letters, checkins, scores, ticks,
    settings, absences, accounts, persons,
)  # fmt: skip


async def counts(room: Room) -> dict[str, int]:
    async def count_rows(tx: Tx) -> dict[str, int]:
        queries = {table.name: select(func.count()).select_from(table) for table in TABLES}
        return {name: execute_statement(tx, query)[0][0] for name, query in queries.items()}

    found = await room.store.run(count_rows, write=False)
    return {name: count for name, count in found.items() if count}


async def names(room: Room) -> set[str]:
    """Whose accounts are kept."""
    rows = await execute_sql(room.store, select(accounts.c.name), write=False)
    return {row.name for row in rows}


async def a_rich_life(room: Room) -> None:
    """Put ada in spring, and bob in spring and in summer, with everything done and set."""
    await room.spring("ada", "bob")
    await room.says("mona", "cohort create name=summer start=2026-03-02", place=ELSEWHERE)
    await room.says("mona", "cohort open summer sure=yes", place=ELSEWHERE)
    await room.says("bob", "join summer", place=ELSEWHERE)
    await room.goes_to(on(3, 3))
    for name in ("ada", "bob"):
        await room.says(name, "tick vectors-matrices cohort=spring")
        await room.says(name, "checkin 1 hours=3 cohort=spring")
        await room.says(name, "settings reminder=17:00")
        await room.says(name, "away until=2026-03-20 cohort=spring")


async def test_a_space_is_erased_thirty_days_after_the_bot_has_left_it_and_not_a_day_before(
    room: Room,
) -> None:
    await a_rich_life(room)
    space = await room.store.run(lambda tx: tx.people.ensure_space_id(room.place))
    row = {
        "space_id": space,
        "kind": "person",
        "native": "ada",
        "name": "Ada",
        "at": room.clock.now(),
    }
    await execute_sql(room.store, grants.insert().values(row))
    await room.core.handle_space_left(room.place)
    before = await counts(room)
    assert set(before) == {table.name for table in TABLES}
    room.clock.at += timedelta(days=29, hours=23)
    await room.clockwork.delete_expired_data()
    assert await counts(room) == before
    room.clock.at += timedelta(hours=1)
    await room.clockwork.delete_expired_data()
    after = await counts(room)
    # What bob ticked and set is his, wherever he goes on; what was about spring is gone.
    assert {name: after[name] for name in after if name != "letters"} == {
        "spaces": 1, "cohorts": 1, "homes": 1, "members": 1, "scores": 1, "ticks": 1,
        "settings": 1, "accounts": 2, "persons": 2,
    }  # fmt: skip
    assert await names(room) == {"Bob", "Mona"}
    assert "Your list" in await room.says("bob", "week", place=ELSEWHERE)
    assert (
        await room.says("ada", "progress")
    ) == "You are not in a cohort yet: use join to see the open ones."


async def test_of_a_tenant_whose_last_space_is_erased_everybody_goes_who_is_in_no_cohort(
    room: Room,
) -> None:
    east, west = (Place("test", space, "lobby", tenant="E1") for space in ("east", "west"))
    for number, place in enumerate((east, west, room.place)):
        zed = Caller(
            Account("test", place.tenant, "zed"),
            f"Zed of {place.tenant or 'nowhere'}",
            is_moderator=True,
        )
        await room.core.answer_phrase(
            zed,
            place,
            "cohort create name=autumn start=2026-04-06",
            idempotency_key=f"zed/{number}",
        )
    for gone, left in ((east, {"Zed of E1", "Zed of nowhere"}), (west, {"Zed of nowhere"})):
        await room.core.handle_space_left(gone)
        room.clock.at += timedelta(days=30)
        await room.clockwork.delete_expired_data()
        assert await names(room) == left


async def test_a_space_that_invites_the_bot_again_in_time_keeps_everything(
    quick_room: Room,
) -> None:
    await a_rich_life(quick_room)
    before = await counts(quick_room)
    await quick_room.core.handle_space_left(quick_room.place)
    quick_room.clock.at += timedelta(days=29)
    await quick_room.core.handle_space_joined(quick_room.place)
    quick_room.clock.at += timedelta(days=29)
    await quick_room.clockwork.delete_expired_data()
    assert await counts(quick_room) == before


async def test_a_cohort_that_also_lives_elsewhere_only_loses_its_home_and_gets_a_name_that_is_free(
    room: Room,
) -> None:
    await _two_homes(room)
    await room.core.handle_space_left(room.place)
    room.clock.at += timedelta(days=30)
    await room.clockwork.delete_expired_data()
    assert await names(room) == {"Ada", "Mona"}
    kept = await room.store.run(load_first_cohort, write=False)
    kept_homes = await room.store.run(lambda tx: tx.cohorts.list_homes(1), write=False)
    assert (kept.name, [home.place for home in kept_homes]) == ("spring-1", [ELSEWHERE])
    assert "spring-1" in await room.says("mona", "cohort timeline spring-1", place=ELSEWHERE)


# — members who have left —


async def asked(room: Room) -> list[str]:
    """Have the chat keep whom it is asked about; the list fills as it is asked."""
    found: list[str] = []
    belongs = room.chat.is_in_space

    async def keeping(place: Place) -> bool:
        found.append(place.native)
        return await belongs(place)

    room.chat.is_in_space = keeping  # type: ignore[method-assign]
    return found


async def absences_of(room: Room, name: str) -> tuple[Away, ...]:
    async def load_absences(tx: Tx) -> tuple[Away, ...]:
        cohort = await load_first_cohort(tx)
        (member,) = await tx.members.find_members_by_name(cohort, name)
        return member.person.away

    return await room.store.run(load_absences, write=False)


async def test_who_has_left_the_space_is_away_from_then_on_until_they_are_there_again(
    room: Room,
) -> None:
    await room.spring("ada", "bob")
    for name in ("ada", "bob"):
        await room.says(name, "settings reminders=2")
    room.chat.strangers.add("ada")
    await room.goes_to(on(3, 14))
    assert room.private("ada") == []
    assert [post.ref for post in room.private("bob")] == ["linear-algebra.0", "linear-algebra.1"]
    assert await absences_of(room, "ada") == (Away(date(2026, 3, 7), was_missing=True),)
    became = await reasons(room, "reminder")
    assert became.count(("skipped", "has left the space")) == 2
    room.chat.strangers.clear()
    await room.goes_to(on(3, 15))
    assert [post.ref for post in room.private("ada")] == ["optimization.0"]
    assert await absences_of(room, "ada") == (
        Away(date(2026, 3, 7), date(2026, 3, 13), was_missing=True),
    )
    (welcome,) = room.private("ada")
    assert welcome.message.to_plain_text().startswith("Welcome back. Week 2 of spring is open")


async def test_a_member_is_looked_for_once_a_day_and_only_when_there_is_something_to_say(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada", "bob")
    seen = await asked(quick_room)
    await quick_room.goes_to(on(3, 6))
    await quick_room.says("bob", "checkin 1 hours=1")
    assert seen == []
    await quick_room.goes_to(on(3, 7, 20))
    await quick_room.says("ada", "settings reminder=12:00 reminders=2")
    await quick_room.goes_to(on(3, 9))
    assert [post.at for post in quick_room.private("ada")] == [on(3, 7, 18), on(3, 8, 12)]
    assert seen == ["ada"]
    await quick_room.goes_to(on(3, 14, 12))
    assert seen.count("ada") == 2


async def test_a_platform_that_cannot_say_who_is_there_keeps_no_reminder_back(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    await quick_room.says("ada", "settings reminders=2")

    async def belongs(place: Place) -> bool:
        raise SendError("no answer")

    quick_room.chat.is_in_space = belongs  # type: ignore[method-assign]
    await quick_room.goes_to(on(3, 9))
    assert [post.ref for post in quick_room.private("ada")] == [
        "linear-algebra.0",
        "linear-algebra.1",
    ]
    assert await absences_of(quick_room, "ada") == ()


async def test_an_absence_of_ones_own_is_not_ended_by_coming_back_to_the_space(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    quick_room.chat.strangers.add("ada")
    await quick_room.goes_to(on(3, 8))
    await quick_room.says("ada", "away until=2026-03-20")
    quick_room.chat.strangers.clear()
    await quick_room.goes_to(on(3, 16))
    assert quick_room.private("ada") == []
    assert Away(date(2026, 3, 8), date(2026, 3, 20)) in await absences_of(quick_room, "ada")
