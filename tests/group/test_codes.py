"""One-time codes: their form, their life, their owners, and the limit for wrong guesses."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.message import Message
from bot.group.codes import ALPHABET, GUESSES, LIVES, WITHIN, find_retry_time, hash_code, make_code
from tests.support.database import execute_sql
from tests.support.room import FRIDAY, Room
from tests.support.two_platforms import THERE, code_for, links

NO_CODE = (
    "I do not know that code: get a new one with link on the other platform. "
    "A code works once, for 15 minutes."
)


def test_a_code_has_two_groups_without_letters_that_look_alike() -> None:
    codes = {make_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(
        re.fullmatch(r"[2-79AC-HJKMNP-RTV-Y]{5}-[2-79AC-HJKMNP-RTV-Y]{5}", code) for code in codes
    )
    assert not set("01OILBSZU8") & set(ALPHABET)


@given(
    st.lists(st.sampled_from(["", " ", "-", "–", "\u00a0", "`", "**"]), min_size=11, max_size=11),
    st.booleans(),
)
def test_a_code_is_read_whatever_its_case_and_whatever_parts_its_letters(
    between: list[str], low: bool
) -> None:
    code = "K7QF2M9XRT"
    typed = "".join(gap + letter for gap, letter in zip(between, [*code, ""], strict=True))
    assert hash_code(typed.lower() if low else typed) == hash_code("K7QF2-M9XRT")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "K7QF2-M9XR",
        "K7QF2-M9XRTT",
        "K7QF2-M9XR0",
        "ſ7QF2-M9XRT",
        "' OR 1=1 --",
        "K" * 10_000,
        "\ud800" * 10,
    ],
)
def test_what_cannot_be_a_code_has_no_hash(typed: str) -> None:
    assert hash_code(typed) is None


@given(st.text())
def test_whatever_is_typed_can_be_looked_at(typed: str) -> None:
    assert hash_code(typed) is None or len(hash_code(typed) or "") == 64


def test_five_wrong_codes_within_an_hour_close_the_door_until_the_first_is_an_hour_old() -> None:
    times = [FRIDAY + timedelta(minutes=minute) for minute in range(GUESSES)]
    assert find_retry_time(times[1:]) is None
    assert find_retry_time(times[::-1]) == FRIDAY + WITHIN
    assert find_retry_time([*times, FRIDAY + timedelta(minutes=30)]) == times[1] + WITHIN


async def test_a_code_works_once_and_only_its_hash_is_anywhere_in_the_database(room: Room) -> None:
    code = await code_for(room, "ada")
    for table in ("codes", "answers"):
        rows = await execute_sql(room.store, f"SELECT * FROM {table}", write=False)
        assert rows
        assert code not in str(rows)
        assert code.replace("-", "") not in str(rows)
    assert (
        await room.says("nora", f"link {code.lower().replace('-', '  ')}", place=THERE)
    ).startswith("You are now connected with Ada on Test")
    assert await room.says("cem", f"link {code}", place=THERE) == NO_CODE


async def test_a_code_lives_for_fifteen_minutes_and_a_new_one_takes_the_place_of_the_former(
    quick_room: Room,
) -> None:
    room = quick_room
    room.opens("other")
    first, second = await code_for(room, "ada"), await code_for(room, "ada")
    assert await room.says("nora", f"link {first}", place=THERE) == NO_CODE
    room.clock.at = FRIDAY + LIVES
    assert await room.says("nora", f"link {second}", place=THERE) == NO_CODE
    third = await code_for(room, "ada")
    room.clock.at += LIVES - timedelta(seconds=1)
    assert "You are now connected with" in await room.says("nora", f"link {third}", place=THERE)


async def test_whoever_guesses_has_to_wait_even_with_the_right_code(room: Room) -> None:
    code = await code_for(room, "ada")
    bad = [
        f"link {'A' * 10}",
        "link x",
        'link code="\'; DROP TABLE codes; --"',
        f"link {'K' * 1_900}",
        "link <@!1>",
    ]
    for minute, phrase in enumerate(bad):
        room.clock.at = FRIDAY + timedelta(minutes=minute)
        assert await room.says("eve", phrase, place=THERE) == NO_CODE
    assert "please shorten it" in await room.says("eve", f"link {'K' * 10_000}", place=THERE)
    wait = "You tried too many wrong codes: try again at 11:00 (UTC time)."
    assert await room.says("eve", f"link {code}", place=THERE) == wait
    assert "You are now connected with" in await room.says("nora", f"link {code}", place=THERE)
    room.clock.at = datetime(2026, 2, 20, 11, tzinfo=UTC)
    assert "You are now connected with" in await room.says(
        "eve", f"link {await code_for(room, 'cem')}", place=THERE
    )


async def test_one_interaction_delivered_twice_makes_one_code_uses_one_and_counts_one_guess(
    quick_room: Room,
) -> None:
    room = quick_room
    room.opens("other")
    first = (await room.answer("ada", "link", once="a")).to_plain_text()
    assert (
        await room.answer("ada", "link", once="a")
    ).to_plain_text() == "That has been done already."
    code = first.split()[3].rstrip(".")
    for _ in range(9):
        assert (
            await room.answer("nora", "link wrong", once="b", place=THERE)
        ).to_plain_text() == NO_CODE
    joined = await room.answer("nora", f"link {code}", once="c", place=THERE)
    assert isinstance(joined, Message)
    assert "You are now connected with" in joined.to_plain_text()
    assert await room.answer("nora", f"link {code}", once="c", place=THERE) == joined


async def test_of_two_who_say_a_code_at_once_one_is_right(room: Room) -> None:
    code = await code_for(room, "ada")
    room.opens("other")
    said = await asyncio.gather(
        *(room.says(name, f"link {code}", place=THERE) for name in ("nora", "eve"))
    )
    assert sorted(answer == NO_CODE for answer in said) == [False, True]


async def test_two_who_say_each_others_code_at_once_are_one_person(room: Room) -> None:
    room.opens("other")
    theirs, ours = await code_for(room, "nora", THERE), await code_for(room, "ada")
    said = await asyncio.gather(
        room.says("ada", f"link {theirs}"), room.says("nora", f"link {ours}", place=THERE)
    )
    linked = "These two accounts are already connected: use progress to see your ticks from both."
    assert sorted(answer == linked for answer in said) == [False, True]
    assert any("You are now connected with" in answer for answer in said)


async def test_old_codes_and_guesses_are_let_go_of(quick_room: Room) -> None:
    room = quick_room
    await code_for(room, "ada")
    await room.says("eve", "link wrong")
    room.clock.at += WITHIN
    await room.clockwork.delete_expired_data()
    for table in ("codes", "guesses"):
        assert await execute_sql(room.store, f"SELECT * FROM {table}", write=False) == []
    assert "You are now connected with" in await links(room, "ada", "nora")
