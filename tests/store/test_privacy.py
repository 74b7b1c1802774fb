"""One filter for every output: hidden, aliased and away members, and two accounts of a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.message import Message
from bot.store import Tx
from tests.support.database import execute_statement
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
ALL = "vectors-matrices,bayes,descriptive-stats,numpy-matrices,dataset-stats"


@pytest.fixture
async def mixed(room: Room) -> Room:
    """Open a room: Ada and Dua are shown, Cem has an alias, Ivy is hidden and has done the most."""
    await room.spring("ada", "cem", "dua", "ivy")
    await room.goes_to(TUESDAY)
    await room.says("ivy", "settings hidden=yes alias=Ghost")
    await room.says("cem", "settings alias=Kestrel")
    for name, items in {
        "ada": "bayes,vectors-matrices",
        "cem": "bayes",
        "dua": "bayes",
        "ivy": ALL,
    }.items():
        await room.says(name, f"tick {items}")
        await room.says(name, "checkin hours=2 note=mine")
    return room


def join_public_texts(room: Room) -> str:
    """Return everything posted in public since Tuesday."""
    return "\n".join(
        sent.message.to_plain_text()
        for sent in room.chat.sent
        if not sent.place.is_private and sent.at > TUESDAY
    )


async def test_nobody_hidden_is_anywhere_and_nobody_is_counted(mixed: Room) -> None:
    room = mixed
    seen = {name: await room.says(name, "progress board") for name in ("ada", "ivy")}
    board = "{}All of us together: 4 of {}\n1. Ada: 2 of {}\n2. Kestrel: 1 of {}\n2. Dua: 1 of {}\n"
    assert seen["ada"] == (
        "The board of spring\n"
        + board.format("This week · Basics of linear algebra and statistics\n", 15, "5 (you)", 5, 5)
        + board.format("Overall\n", 171, "57 (you)", 57, 57)
        + "[My progress]"
    )
    assert seen["ivy"].count("Ghost") == 2
    assert "You are hidden: only you see your own line here." in seen["ivy"]
    assert "Rank: 1\n" in await room.says("ada", "progress")
    assert "Rank: 2\n" in await room.says("dua", "progress")
    assert "Rank: hidden, on no board" in await room.says("ivy", "progress")
    await room.says("mona", "join spring")
    for who in ("ada", "mona"):
        for name in ("ivy", "ghost", "Ghost", "cem"):
            assert await room.says(who, f"progress {name}") == (
                f"I found nobody called “{name}” in spring: use progress board to see who is on it."
            )
    offered = await room.core.suggest_values(
        room.caller("ada"), room.place, "progress", "member", "", {}
    )
    assert [choice.value for choice in offered] == ["Ada", "Kestrel", "Dua"]

    await room.says("mona", "leave spring")
    await room.goes_to(datetime(2026, 3, 9, 12, tzinfo=UTC))
    recap = room.posts("recap")[0].message.to_plain_text()
    assert recap.split("\n")[1:7] == [
        "Everybody has checked in.",
        "Checked in: 3 of 3",
        "This week's board",
        "1. Ada: 2 of 5",
        "2. Kestrel: 1 of 5",
        "2. Dua: 1 of 5",
    ]
    public = join_public_texts(room)
    for name in ("Ivy", "Ghost", "Cem"):
        assert name not in public


async def test_a_rank_tells_nothing_of_the_hidden(mixed: Room) -> None:
    room = mixed
    before = [await room.says(name, "progress") for name in ("ada", "cem", "dua")]
    await room.says("ivy", f"tick undo=yes item={ALL}")
    assert [await room.says(name, "progress") for name in ("ada", "cem", "dua")] == before
    await room.says("ivy", f"tick {ALL}")
    await room.says("ivy", "settings hidden=no")
    assert "Rank: 2\n" in await room.says("ada", "progress")
    assert "Rank: 3\n" in await room.says("cem", "progress")


async def test_who_hides_stays_hidden_in_the_cohorts_they_join_later(room: Room) -> None:
    await room.spring("ada")
    assert "Saved" in await room.says("ivy", "settings hidden=yes")
    assert "You are in spring 🎉" in await room.says("ivy", "join")
    await room.says("ivy", "tick bayes")
    assert not any("Ivy" in sent.message.to_plain_text() for sent in room.chat.sent)
    assert "Ivy" not in await room.says("ada", "progress board")
    await room.says("ivy", "leave")
    await room.says("ivy", "join")
    assert "Boards: spring: hidden" in await room.says("ivy", "settings")


async def test_hiding_in_one_cohort_leaves_the_other_as_it_was(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "ivy")
    await room.says("mona", "cohort create name=autumn start=2026-03-02")
    await room.says("mona", "cohort open autumn sure=yes")
    for name in ("ada", "ivy"):
        await room.says(name, "join autumn")
    await room.says("ivy", "tick bayes cohort=spring")
    await room.says("ivy", "settings hidden=yes cohort=spring")
    assert "Ivy" not in await room.says("ada", "progress board cohort=spring")
    assert "1. Ivy: 1 of 57" in await room.says("ada", "progress board cohort=autumn")


async def test_names_with_markup_are_shown_as_typed_on_boards_and_in_honours(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    name = "**x** <@123> [a](javascript:1) `c`"
    await room.says("ada", f'settings alias="{name}"')
    await room.says("ada", f"tick {ALL}")
    assert f"1. {name}: 5 of 5 (you)" in await room.says("ada", "progress board")
    await room.goes_to(datetime(2026, 3, 9, 12, tzinfo=UTC))
    recap = room.posts("recap")[0].message
    assert f"🏅 {name} finished every item" in recap.to_plain_text()
    assert f"1. {name}: 5 of 5" in recap.to_plain_text()


async def test_two_accounts_of_one_person_are_read_as_one(room: Room) -> None:
    await room.spring("ada", "dana", "bob")
    await room.goes_to(TUESDAY)
    await room.says("ada", "tick bayes")
    await room.says("dana", "tick bayes vectors-matrices")
    await room.says("dana", "checkin note=earlier")
    room.clock.at = TUESDAY.replace(hour=13)
    await room.says("ada", "checkin note=later")

    async def join_persons(tx: Tx) -> None:
        ada = await tx.people.find_person(room.caller("ada"))
        dana = await tx.people.find_person(room.caller("dana"))
        joined = "UPDATE accounts SET person_id = :ada WHERE person_id = :dana"
        execute_statement(tx, joined, {"ada": ada.id, "dana": dana.id})

    await room.store.run(join_persons)
    for name in ("ada", "dana"):
        card = await room.says(name, "progress")
        assert "Week 1: Basics of linear algebra and statistics: 2 of 5 (checked in)" in card
        asked = await room.answer(name, "checkin")
        assert not isinstance(asked, Message)
        assert "later" in [field.value for field in asked.fields]
    await room.says("dana", "tick undo=yes bayes")
    assert "The whole plan: 1 of 57" in await room.says("ada", "progress")
    room.clock.at = TUESDAY.replace(hour=14)
    await room.says("dana", "checkin note=latest")
    asked = await room.answer("ada", "checkin")
    assert not isinstance(asked, Message)
    assert "latest" in [field.value for field in asked.fields]
    assert await room.says("dana", "join spring") == await room.says("ada", "join spring")
