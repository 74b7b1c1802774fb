"""`cohort log`: who did what and when, for moderators alone, and without anybody's private words."""

from __future__ import annotations

from bot.chat.address import Place
from tests.support.room import Room
from tests.support.statements import log_statements

ELSEWHERE = Place("test", "elsewhere", "lobby")


async def read_acts(room: Room, name: str = "mona", page: int = 1) -> list[str]:
    """Return the log's lines without their dates."""
    text = await room.says(name, f"cohort log page={page}")
    lines = [line for line in text.splitlines() if line.startswith("• ")]
    return [line.split(" · ", 1)[1] for line in lines]


async def test_a_moderator_reads_what_the_others_did(room: Room) -> None:
    await room.spring("ada")
    room.moderators.add("omar")
    await room.passes(hours=2)
    await room.says("omar", "posts settings post=recap at=18:00")
    assert await room.says("omar", "cohort log") == (
        "What moderators did with spring\n"
        "Only moderators see this, and nobody can change it. Times are in the zone UTC.\n"
        "• Fri 20 Feb 2026, 12:00 · Omar · posts settings post=recap at=18:00\n"
        "• Fri 20 Feb 2026, 10:00 · Mona · cohort open\n"
        "• Fri 20 Feb 2026, 10:00 · Mona · cohort create name=spring start=2026-03-02\n"
        "[Timeline]"
    )


async def test_looking_and_previews_leave_no_trace(room: Room) -> None:
    await room.spring("ada")
    before = await read_acts(room)
    await room.says("mona", "posts timeline")
    await room.says("mona", "members list")
    await room.says("mona", "cohort settings")
    await room.says("mona", "cohort finish")
    await room.says("mona", "cohort pause")
    await room.says("ada", "cohort finish sure=yes")
    assert await read_acts(room) == before


async def test_an_act_that_failed_is_not_in_the_log(room: Room) -> None:
    await room.spring("ada")
    before = await read_acts(room)
    assert "choose another" in await room.says("mona", "cohort create name=spring start=2026-03-02")
    assert await read_acts(room) == before


async def test_who_is_named_and_what_is_typed_freely_is_not_shown(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "moderators add=ada")
    await room.says("mona", "cohort call day=2 at=18:00 where=https://secret.example/room sure=yes")
    assert (await read_acts(room))[:2] == [
        "Mona · cohort call day=2 at=18:00 where=…",
        "Mona · moderators add=…",
    ]


async def test_an_erased_moderator_stays_as_a_former_one(room: Room) -> None:
    room.moderators.add("omar")
    await room.spring("ada")
    await room.says("omar", "posts settings post=recap on=no")
    await room.says("omar", "mydata erase sure=yes")
    text = await room.says("mona", "cohort log")
    assert "a former moderator · posts settings post=recap on=no" in text
    assert "Omar" not in text


async def test_a_long_log_is_paged(room: Room) -> None:
    await room.spring("ada")
    for hour in range(18):
        await room.says("mona", f"posts settings post=recap at={hour:02}:30")
    first, second = await read_acts(room), await read_acts(room, page=2)
    assert len(first) == len(second) == 10
    assert first[0] == "Mona · posts settings post=recap at=17:30"
    assert second[-1] == "Mona · cohort create name=spring start=2026-03-02"


async def test_hostile_names_are_shown_as_they_are(room: Room) -> None:
    await room.spring("ada")
    hostile = "**@everyone** `x` <!channel>"
    room.moderators.add(hostile)
    await room.says(hostile, "posts settings post=recap on=no")
    assert "**@everyone** `x` <!channel> · posts" in await room.says("mona", "cohort log")


async def test_what_concerns_the_whole_space_is_read_in_that_space_alone(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-09-07", place=ELSEWHERE)
    await room.says("mona", "moderators add=person:7", place=ELSEWHERE)
    assert "moderators" not in " ".join(await read_acts(room))
    assert "moderators add=…" in await room.says("mona", "cohort log", place=ELSEWHERE)


async def test_the_log_costs_the_same_however_long_it_is(room: Room) -> None:
    await room.spring("ada")
    with log_statements(room.store) as few:
        await room.answer("mona", "cohort log")
    for hour in range(18):
        await room.says("mona", f"posts settings post=recap at={hour:02}:30")
    with log_statements(room.store) as many:
        await room.answer("mona", "cohort log")
    assert len(few) == len(many)
    assert many.list_repeated() == []
