"""`/thanks`: a word for somebody in the weekly recap, few a week, and never about the hidden."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)


async def read_recaps(room: Room) -> list[str]:
    return [post.message.to_plain_text() for post in room.posts("recap")]


async def test_thanks_are_shown_in_the_next_recap_and_in_no_other(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    assert await room.says("ada", "thanks Bob for the drawing of Bayes") == (
        "The next weekly recap will say: Ada thanks Bob for: the drawing of Bayes\n"
        "You can thank 2 more people this week.\n[Take it back]"
    )
    await room.passes(weeks=2)
    first, second = await read_recaps(room)
    assert "Thanks\n• Ada thanks Bob for: the drawing of Bayes\n" in first
    assert "thanks Bob" not in second


async def test_three_a_week_and_one_for_each_person(room: Room) -> None:
    await room.spring("ada", "bob", "cy", "dan", "eve")
    await room.goes_to(TUESDAY)
    for name in ("Bob", "Cy", "Dan"):
        assert "recap will say" in await room.says("ada", f"thanks {name} help with vectors")
    assert await room.says("ada", "thanks Eve help with vectors") == (
        "You have thanked 3 people within a week: you can thank the next on Wed 11 Mar 2026."
    )
    assert await room.says("ada", "thanks Bob again") == (
        "You have thanked Bob already: you can again on Wed 11 Mar 2026.\n[Edit]"
    )
    await room.goes_to(datetime(2026, 3, 11, 12, tzinfo=UTC))
    assert "recap will say" in await room.says("ada", "thanks Bob again")
    assert "Eve" not in "".join(await read_recaps(room))


@pytest.mark.parametrize("how", ["settings hidden=yes", "away until=2026-03-20", "leave spring"])
async def test_nobody_hidden_away_or_gone_is_thanked_or_named(room: Room, how: str) -> None:
    await room.spring("ada", "bob", "cy", "dan")
    await room.goes_to(TUESDAY)
    await room.says("cy", "thanks Bob a word")
    await room.says("bob", "thanks Cy another word")
    await room.says("bob", how)
    answer = await room.says("ada", "thanks Bob a third word")
    assert "recap will say" not in answer
    if "away" in how:
        assert answer == "Bob cannot be named now: thank them in a few days.\n[Edit]"
    else:
        assert answer.startswith("I found nobody called “Bob” in spring")
    await room.passes(weeks=1)
    (recap,) = await read_recaps(room)
    assert "Bob" not in recap
    assert "• One of us thanks Cy for: another word" in recap


async def test_odd_thanks_are_refused_and_what_people_type_stays_text(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    assert "You cannot thank yourself" in await room.says("ada", "thanks Ada being me")
    assert "Say in a few words" in await room.says("ada", "thanks Bob \u0301")
    assert "You are not in a cohort yet" in await room.says("eve", "thanks Bob hello")
    assert "120" in await room.says("ada", f"thanks Bob {'x' * 121}")
    assert "I found nobody" in await room.says("ada", "thanks @everyone hello")
    hostile = "**bold** <@1> @everyone [x](http://evil.example)"
    assert "recap will say" in await room.says("ada", f'thanks who=Bob what="{hostile}"')
    await room.goes_to(TUESDAY)
    await room.passes(weeks=1)
    (recap,) = await read_recaps(room)
    assert f"for: {hostile}" in recap


async def test_thanks_are_taken_back_also_after_the_recap(room: Room) -> None:
    await room.spring("ada", "bob", "cy")
    await room.goes_to(TUESDAY)
    kept = await room.answer("ada", "thanks Bob a first word")
    await room.answer("ada", "thanks Cy a second word")
    await room.passes(weeks=1)
    assert "a first word" in (await read_recaps(room))[0]
    taken = await room.presses("ada", kept, "Take it back")
    assert taken.to_plain_text() == "I have taken your thanks back."
    assert "so nothing changed" in (await room.presses("ada", kept, "Take it back")).to_plain_text()
    await room.passes(minutes=10)
    (recap,) = await read_recaps(room)
    assert "a first word" not in recap
    assert "a second word" in recap
    assert "nothing changed" in await room.says("bob", "unthank thanks=2")


async def test_without_a_recap_there_is_nowhere_to_thank(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.says("mona", "posts settings post=recap on=no")
    assert "it is switched off here" in await room.says("ada", "thanks Bob a word")


async def test_erasure_deletes_what_was_given_and_received(room: Room) -> None:
    await room.spring("ada", "bob", "cy")
    await room.goes_to(TUESDAY)
    await room.says("ada", "thanks Bob words to bob")
    await room.says("bob", "thanks Cy words of bob")
    await room.says("cy", "thanks Ada words to ada")
    exported = await room.says("bob", "mydata export")
    assert "words to bob" in exported
    assert "words of bob" in exported
    await room.passes(weeks=1)
    answer = await room.answer("bob", "mydata erase")
    assert "2 thank-yous" in answer.to_plain_text()
    await room.presses("bob", answer, "Erase")
    await room.passes(minutes=10)
    (recap,) = await read_recaps(room)
    assert "words to ada" in recap
    assert "bob" not in recap.casefold()
