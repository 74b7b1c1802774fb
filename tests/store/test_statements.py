"""What a command asks of the database: few statements, none twice, none compiled twice."""

from __future__ import annotations

import pytest
from sqlalchemy import literal_column, select

from bot.store import Tx
from bot.store.tables import cohorts
from tests.support.room import Room
from tests.support.statements import StatementLog, log_statements

MOST = {"join": 12, "tick": 10, "checkin": 9, "progress": 7, "week": 6}


async def begin_course(room: Room) -> None:
    """Bring a cohort into its second week, with a member who has used every command once."""
    await room.spring("ada")
    await room.passes(days=18)
    for phrase in ("tick 1", "checkin hours=2", "progress", "week", "leave"):
        await room.says("ada", phrase)
    for name in ("bob", "dan"):
        await room.says(name, "join spring")


async def log_command(room: Room, name: str, phrase: str) -> StatementLog:
    """Log the statements of one command."""
    with log_statements(room.store) as log:
        answer = await room.answer(name, phrase)
    assert "Something went wrong" not in answer.to_plain_text()
    return log


@pytest.mark.parametrize(
    ("command", "phrase"),
    [
        ("join", "join spring"),
        ("tick", "tick 2"),
        ("checkin", "checkin hours=3 note=wrote"),
        ("progress", "progress"),
        ("week", "week"),
    ],
)
async def test_a_command_asks_little_and_nothing_twice(
    room: Room, command: str, phrase: str
) -> None:
    await begin_course(room)
    name = "cy" if command == "join" else "bob"
    log = await log_command(room, name, phrase)
    assert log.list_repeated() == []
    assert log.list_compiled_anew() == []
    assert len(log) <= MOST[command]


@pytest.mark.parametrize(
    "phrase",
    [
        "members attention",
        "members attention member=1",
        "members list",
        "members list sort=need only=away",
        "members word member=1 sure=yes",
    ],
)
async def test_what_moderators_ask_about_members_asks_nothing_twice(
    room: Room, phrase: str
) -> None:
    await begin_course(room)
    await room.says("ada", "join spring")
    await room.says("mona", phrase)
    await room.passes(days=8)
    log = await log_command(room, "mona", phrase)
    assert log.list_repeated() == []
    assert log.list_compiled_anew() == []


async def test_coming_back_to_the_first_item_asks_as_little(room: Room) -> None:
    await begin_course(room)
    await room.says("bob", "steps step=start")
    log = await log_command(room, "bob", "join spring")
    assert log.list_repeated() == []
    assert log.list_compiled_anew() == []
    assert len(log) <= MOST["join"]


@pytest.mark.parametrize("phrase", ["steps step=remind zone=Asia/Tokyo", "steps remind=morning"])
async def test_a_step_asks_little_and_nothing_twice(room: Room, phrase: str) -> None:
    await begin_course(room)
    await room.says("dan", phrase)
    log = await log_command(room, "bob", phrase)
    assert log.list_repeated() == []
    assert log.list_compiled_anew() == []
    assert len(log) <= MOST["join"]


async def test_a_statement_that_is_repeated_or_compiled_anew_is_noticed(room: Room) -> None:
    async def ask_carelessly(tx: Tx) -> None:
        for limit in (1, 1):
            # A literal is part of the statement's text, so each value is compiled anew.
            query = select(cohorts.c.id).where(cohorts.c.name == literal_column("'planted'"))
            tx.connection.execute(query.limit(limit))

    with log_statements(room.store) as log:
        await room.store.run(ask_carelessly, write=False)
    assert len(log.list_repeated()) == 1
    assert len(log.list_compiled_anew()) == 1
