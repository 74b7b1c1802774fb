"""New members are named once and together: at once, or when the hour of a home is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from bot.chat.message import text_message
from bot.store import Tx
from tests.support.database import load_first_cohort
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses, links


def named(room: Room, platform: str = "test") -> list[str]:
    """What a home was told about new members."""
    return [
        sent.message.to_plain_text()
        for sent in room.chats[platform].sent
        if sent.kind == "new_members"
    ]


async def joins(room: Room, *names: str) -> None:
    for name in names:
        assert "You are in spring" in await room.says(name, "join cohort=#1")


async def test_the_first_is_named_at_once_and_whoever_follows_together_an_hour_later(
    room: Room,
) -> None:
    await room.spring("ada")
    assert named(room) == ["Ada has joined spring. Welcome!"]
    await joins(room, "bob", "cyd", *(f"p{number}" for number in range(28)))
    await room.passes(minutes=59)
    assert len(named(room)) == 1
    await room.passes(minutes=1)
    assert named(room)[1:] == ["Bob, Cyd and 28 more have joined spring. Welcome!"]
    await room.passes(hours=5)
    assert len(named(room)) == 2
    await joins(room, "dee")
    assert named(room)[2:] == ["Dee has joined spring. Welcome!"]


async def test_it_is_written_from_what_is_true_when_it_is_sent(room: Room) -> None:
    await room.spring("ada")
    await joins(room, "bob", "cyd", "dee", "eve", "fay")
    await room.says("bob", "leave")
    await room.says("cyd", "settings hidden=yes")
    await room.says("dee", "away until=2026-03-01")
    await room.says("eve", "settings alias=Evelyn")
    await room.passes(hours=2)
    assert named(room)[1:] == ["Evelyn and Fay have joined spring. Welcome!"]
    await room.says("cyd", "settings hidden=no")
    await joins(room, "bob")
    await room.passes(hours=2)
    assert len(named(room)) == 2, "who comes back, or shows themselves later, is not new"


async def test_nobody_to_name_is_no_post_and_costs_nobody_an_hour(room: Room) -> None:
    await room.spring("ada")
    await room.passes(hours=2)
    await room.says("bob", "settings hidden=yes")
    await joins(room, "bob")
    await joins(room, "cyd")
    assert named(room)[1:] == ["Cyd has joined spring. Welcome!"]


async def test_whoever_joins_as_the_bot_stops_is_named_once_it_is_back(room: Room) -> None:
    await room.spring()
    await room.answer("ada", "join spring")
    assert named(room) == []
    await room.restart()
    await room.pulse()
    await room.restart()
    await room.passes(hours=2)
    assert named(room) == ["Ada has joined spring. Welcome!"]


async def test_it_stands_in_the_timeline_and_can_be_switched_off(room: Room) -> None:
    await room.spring("ada")
    await joins(room, "bob")
    told = await room.says("mona", "cohort timeline")
    assert "I name new members when they join, at most once an hour." in told
    assert (
        "✓ Fri 20 Feb 2026, 10:00 · New members · sent\n"
        "○ Fri 20 Feb 2026, 11:00 · New members · coming\n"
    ) in told
    shown = await room.says("mona", "cohort settings post=new_members on=no")
    assert "Now: off.\n[Switch on] [All posts] [Timeline]" in shown
    await joins(room, "cyd")
    await room.passes(hours=3)
    assert len(named(room)) == 1
    assert "I name new members" not in await room.says("mona", "cohort timeline")
    await room.says("mona", "cohort settings post=new_members on=yes")
    await room.passes(hours=3)
    assert len(named(room)) == 1, "whoever came while it was off is not called out later"
    await joins(room, "dee")
    assert named(room)[1:] == ["Dee has joined spring. Welcome!"]


async def test_it_outlives_a_restart_and_a_change_of_dates(room: Room) -> None:
    await room.spring("ada")
    await joins(room, "bob", "cyd")
    await room.says("mona", "cohort reschedule start=2026-03-03 sure=yes")
    await room.is_down_until(room.clock.now() + timedelta(hours=7))
    assert named(room)[1:] == ["Bob and Cyd have joined spring. Welcome!"]
    await room.restart()
    await room.passes(hours=2)
    assert len(named(room)) == 2


async def test_each_home_has_its_own_hour_and_tells_only_of_those_who_come(room: Room) -> None:
    await room.spring("ada")
    await joins(room, "bob")
    room.opens("other")
    room.moderators.add("omar")
    room.clock.at += timedelta(minutes=20)
    code = (await room.says("mona", "cohort link")).partition("cohort link ")[2][:11]
    assert "now posts in this channel" in await room.says(
        "omar", f"cohort link {code} sure=yes", place=THERE
    )
    await joins(room, "cyd")
    assert named(room, "other") == ["Cyd has joined spring. Welcome!"]
    await room.passes(minutes=50)
    assert named(room)[1:] == ["Bob and Cyd have joined spring. Welcome!"]
    await joins(room, "dee")
    await room.passes(hours=3)
    assert named(room)[2:] == named(room, "other")[1:] == ["Dee has joined spring. Welcome!"]


async def test_a_home_that_was_closed_for_hours_gets_one_post_for_all(room: Room) -> None:
    await room.spring("ada")
    await room.passes(hours=2)
    room.chat.lacking["study-group"] = (SetupProblem("The channel is locked."),)
    for name in ("bob", "cyd", "dee", "eve"):
        await joins(room, name)
        await room.passes(hours=2)
    room.chat.lacking.clear()
    await room.passes(hours=1)
    assert named(room)[1:] == ["Bob, Cyd and 2 more have joined spring. Welcome!"]
    await room.passes(hours=5)
    assert len(named(room)) == 2


async def test_a_greeting_of_an_older_version_that_still_waits_is_sent_unless_it_is_not_wished(
    room: Room,
) -> None:
    await room.spring("ada", "bob", "cyd")

    async def enter_greetings(tx: Tx) -> None:
        cohort = await load_first_cohort(tx)
        homes = await tx.cohorts.list_homes(1)
        for number, name in enumerate(("Ada", "Bob", "Cyd"), 1):
            hello = text_message(f"**{name}** has joined **spring**. Welcome!")
            await tx.ledger.enter_announcement(
                cohort, f"welcome/{number}", hello, homes, room.clock.now()
            )
        await tx.members.update_member_privacy(
            (await tx.members.load_members_by_id([2], 1))[2], hidden=True, alias=""
        )
        await tx.members.end_membership(
            (await tx.members.load_members_by_id([3], 1))[3], room.clock.now()
        )

    await room.store.run(enter_greetings)
    await room.pulse()
    greetings = [sent for sent in room.chat.sent if sent.ref.startswith("welcome/")]
    told = [sent.message.to_plain_text() for sent in greetings]
    assert told == ["Ada has joined spring. Welcome!"]


async def test_a_lost_answer_of_the_chat_names_nobody_twice(room: Room) -> None:
    await room.spring("ada")

    def fault(when: str, place: Place, key: str) -> None:
        if when == "after" and "new_members" in key:
            raise SendError("no answer", perhaps_sent=True)

    await joins(room, "bob")
    room.chat.fault = fault
    await room.goes_to(datetime(2026, 2, 20, 11, 0, tzinfo=UTC))
    await joins(room, "cyd")
    room.chat.fault = None
    await room.passes(hours=4)
    assert named(room)[1:] == ["Bob has joined spring. Welcome!", "Cyd has joined spring. Welcome!"]


async def test_a_seat_that_two_accounts_once_shared_is_no_news(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await links(room, "ada", "nora")
    await room.says("nora", "settings alias=Kestrel", place=THERE)
    await room.says("nora", "tick bayes", place=THERE)
    assert "It is in spring" in await room.says("nora", "unlink sure=yes", place=THERE)
    await room.passes(hours=5)
    await room.says("nora", "leave", place=THERE)
    await room.says("nora", "join cohort=#1", place=THERE)
    await room.passes(hours=5)
    assert named(room) == ["Ada has joined spring. Welcome!"]
    assert named(room, "other") == []
