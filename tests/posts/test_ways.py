"""The ways back are offered once, in private, to whoever is behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.room import Room
from tests.support.timed_roadmap import begin_timed_course


def list_offers(room: Room, name: str) -> list[str]:
    return [sent.ref for sent in room.private(name) if sent.kind == "ways"]


async def keep_seen(room: Room, until: datetime, *names: str) -> None:
    """Let time pass, with a command of each member every five days: silent ones get no offer."""
    while room.clock.at < until:
        for name in names:
            await room.says(name, "week")
        await room.goes_to(min(until, room.clock.at + timedelta(days=5)))


async def test_the_ways_are_offered_once_to_whoever_is_behind(room: Room) -> None:
    await begin_timed_course(room, "ada", "bob")
    await room.passes(days=11)
    await room.says("bob", "tick long1,short1")
    await keep_seen(room, datetime(2026, 3, 24, tzinfo=UTC), "ada", "bob")
    await room.goes_to(datetime(2026, 4, 20, tzinfo=UTC))
    offer = next(sent for sent in room.private("ada") if sent.kind == "ways")
    assert (offer.at, offer.message.to_plain_text()) == (
        datetime(2026, 3, 16, 18, tzinfo=UTC),
        "Week 2 is over. In spring, 4 of 4 essential items are open, about 5 h; the group is in "
        "week 3.\nThere are three ways back. Each button shows first what would change.\n"
        "• Catch up: only the essential items, spread over your next weeks.\n"
        "• Shift me: your own weeks move later, and your reminders with them.\n"
        "• Next cohort: you go on with another group and keep your ticks.\n"
        "[Catch up] [Shift me] [Next cohort]",
    )
    assert list_offers(room, "ada") == ["week-02"]
    assert list_offers(room, "bob") == ["week-03"]


@pytest.mark.parametrize(
    "phrase",
    [
        "settings reminders=0",
        "settings delivery=none",
        "away until=2026-05-30",
        "behind weeks=1 sure=yes",
        "behind hours=40 sure=yes",
        "waitlist spring",
        "leave",
        "tick long1,short1,long2,short2,long3,short3,long4,short4,long5,short5",
    ],
)
async def test_whoever_does_not_need_the_offer_does_not_get_it(
    quick_room: Room, phrase: str
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada")
    await room.goes_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    assert "Something went wrong" not in await room.says("ada", phrase)
    await room.goes_to(datetime(2026, 3, 23, tzinfo=UTC))
    assert list_offers(room, "ada") == []


async def test_a_late_joiner_is_not_behind(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room)
    await room.goes_to(datetime(2026, 3, 18, 12, tzinfo=UTC))
    await room.says("ada", "join spring")
    await keep_seen(room, datetime(2026, 3, 29, tzinfo=UTC), "ada")
    assert list_offers(room, "ada") == []
    await room.goes_to(datetime(2026, 4, 1, tzinfo=UTC))
    assert list_offers(room, "ada") == ["week-04"]


async def test_a_new_edition_offers_them_anew(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada")
    await keep_seen(room, datetime(2026, 3, 20, tzinfo=UTC), "ada")
    await room.says("mona", "cohort start spring on=2026-04-06 again=yes sure=yes")
    await keep_seen(room, datetime(2026, 4, 22, tzinfo=UTC), "ada")
    assert list_offers(room, "ada") == ["week-02", "week-02"]
