"""`/survey`: one answer for each member, theirs to change; and `/cohort survey`, sums from five on."""

from __future__ import annotations

from bot.chat.message import Checklist, Form, Message
from bot.group.survey import MAX_CHANGE
from tests.posts.test_farewell import AFTER, farewells
from tests.posts.test_skips import on
from tests.support.database import execute_sql
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses

NAMES = ("ada", "bob", "cem", "dua", "eve")
TOO_FEW = (
    "What people said about spring\n"
    "Fewer than 5 members of spring have answered: with so few, you could tell who said what.\n"
    "[Timeline]"
)


async def end_spring(room: Room, *names: str) -> None:
    """Have a cohort end in its first week, by a moderator: the survey opens all the same."""
    await room.spring(*names)
    await room.goes_to(on(3, 3))
    await room.says("mona", "cohort finish spring sure=yes")


async def answer_all(room: Room, *names: str) -> None:
    for number, name in enumerate(names):
        again = ("yes", "maybe")[number % 2]
        await room.says(name, f"survey again={again} helped=plan,group")


async def count_rows(room: Room) -> int:
    rows = await execute_sql(room.store, "SELECT count(*) AS size FROM surveys", write=False)
    return int(rows[0].size)


# — answering —


async def test_a_survey_is_answered_by_buttons_below_the_farewell(room: Room) -> None:
    await end_spring(room, "ada")
    (letter,) = farewells(room, "ada")
    pressed = await room.presses("ada", letter.message, "Maybe")
    assert pressed.to_plain_text().split("\n")[0] == (
        "Thank you, I noted maybe. You can change your answers at any time."
    )
    assert isinstance(pressed, Message)
    (helped,) = [block for block in pressed.blocks if isinstance(block, Checklist)]
    ticked = await room.answer("ada", helped.says, {"helped": ("group", "plan")})
    assert isinstance(ticked, Message)
    (helped,) = [block for block in ticked.blocks if isinstance(block, Checklist)]
    assert [choice.value for choice in helped.choices if choice.chosen] == ["plan", "group"]
    form = await room.presses("ada", ticked, "What should change?")
    assert isinstance(form, Form)
    again, _, change, consent = form.fields
    assert [choice.value for choice in again.choices if choice.chosen] == ["maybe"]
    assert [choice.value for choice in consent.choices if choice.chosen] == ["no"]
    assert change.value == ""


async def test_a_survey_answered_twice_counts_once(room: Room) -> None:
    await end_spring(room, *NAMES)
    await answer_all(room, *NAMES[:4])
    await answer_all(room, *NAMES[:4])
    assert await room.says("mona", "cohort survey spring") == TOO_FEW
    await answer_all(room, "eve")
    await room.says("ada", "survey again=no")
    told = await room.says("mona", "cohort survey spring")
    assert told.startswith(
        "What people said about spring\n"
        "5 answers · Would you do it again?\n"
        "Yes: 2 of 5\nMaybe: 2 of 5\nNo: 1 of 5\n"
        "What helped\nOne week at a time: 5 of 5\n"
    )
    assert await count_rows(room) == 5


async def test_an_answer_is_taken_back_by_an_empty_field(quick_room: Room) -> None:
    room = quick_room
    await end_spring(room, "ada")
    await room.says("ada", 'survey again=yes helped=plan change="More pictures" consent=yes')
    filled = {"again": ("yes",), "helped": (), "change": ("",), "consent": ()}
    await room.answer("ada", "survey cohort=#1", filled)
    rows = await execute_sql(room.store, "SELECT * FROM surveys", write=False)
    assert [(row.again, row.change, bool(row.consent)) for row in rows] == [("yes", "", False)]


async def test_only_members_answer_and_only_after_their_end(room: Room) -> None:
    await room.spring("ada")
    early = "spring is not over for you yet: the survey opens after your last week."
    assert await room.says("ada", "survey again=yes") == early
    assert await room.says("ada", "survey") == early
    await room.goes_to(AFTER)
    assert "You are not in spring" in await room.says("zoe", "survey again=yes cohort=spring")
    await room.says("ada", "leave spring")
    assert "You are not in spring" in await room.says("ada", "survey again=yes cohort=spring")
    assert await count_rows(room) == 0


async def test_what_is_typed_is_checked(quick_room: Room) -> None:
    room = quick_room
    await end_spring(room, "ada")
    assert "choose" in await room.says("ada", "survey again=perhaps")
    assert await room.says("ada", "survey helped=chocolate") == (
        "“chocolate” is not on the list: choose "
        "plan, first-step, resources, group, checkins or reminders."
    )
    long = "x" * (MAX_CHANGE + 1)
    refused = await room.answer("ada", "survey cohort=#1", {"change": (long,)})
    assert "The answer can have 500 characters and this has 501" in refused.to_plain_text()
    assert await count_rows(room) == 0
    assert "I noted" in await room.says("ada", "survey again=YES helped=GROUP")


async def test_a_new_edition_asks_anew(quick_room: Room) -> None:
    room = quick_room
    await end_spring(room, *NAMES)
    await answer_all(room, *NAMES)
    await room.says("mona", "cohort start spring again=yes on=2026-06-01 sure=yes")
    assert "is not over for you yet" in await room.says("ada", "survey again=no")
    await room.goes_to(on(8, 30))
    assert await room.says("mona", "cohort survey spring") == TOO_FEW
    await room.says("ada", "survey again=no")
    assert await count_rows(room) == 6


# — reading —


async def test_fewer_than_five_answers_are_not_shown(room: Room) -> None:
    await end_spring(room, *NAMES)
    (finale,) = room.posts("finale")
    shown = await room.presses("mona", finale.message, "For moderators")
    assert shown.to_plain_text() == TOO_FEW
    await answer_all(room, *NAMES[:4])
    assert await room.says("mona", "cohort survey spring") == TOO_FEW


async def test_free_text_needs_consent(room: Room) -> None:
    await end_spring(room, *NAMES)
    await answer_all(room, *NAMES)
    await room.says("ada", 'survey change="Shorter weeks, please"')
    assert "Nobody has shared their own words." in await room.says("mona", "cohort survey spring")
    told = await room.says("ada", "survey consent=yes")
    assert "Moderators can read your words, but not your name." in told
    shown = await room.says("mona", "cohort survey spring")
    assert "What should change, in no order\n• Shorter weeks, please\n" in shown
    assert "Ada" not in shown
    await room.says("ada", "survey consent=no")
    assert "Shorter" not in await room.says("mona", "cohort survey spring")


async def test_the_sums_wait_for_three_new_answers_so_that_none_can_be_told(room: Room) -> None:
    names = [f"p{number}" for number in range(8)]
    await end_spring(room, *names)
    await answer_all(room, *names[:5])
    five = await room.says("mona", "cohort survey spring")
    assert "5 answers" in five
    assert "New answers are added when 3 or more have come in" in five
    for name in names[5:7]:
        await room.says(name, 'survey again=no change="Slower" consent=yes')
        assert await room.says("mona", "cohort survey spring") == five
    # Neither an edit nor an erasure can be read off.
    await room.says("p0", "survey again=no")
    await room.says("p1", "mydata erase sure=yes")
    assert await room.says("mona", "cohort survey spring") == five
    await room.says("p7", "survey again=no")
    seven = await room.says("mona", "cohort survey spring")
    assert "7 answers" in seven
    assert "No: 4 of 7" in seven
    assert seven.count("• Slower") == 2


async def test_texts_stand_in_an_order_that_tells_nothing_and_stays(quick_room: Room) -> None:
    room = quick_room
    names = tuple(f"p{number:02}" for number in range(25))
    await end_spring(room, *names)
    for name in names:
        await room.says(name, f'survey again=yes change="Word of *{name}*" consent=yes')

    async def read_pages() -> list[str]:
        lines = []
        for page in (1, 2, 3):
            told = await room.says("mona", f"cohort survey spring page={page}")
            lines += [line for line in told.split("\n") if line.startswith("• ")]
        return lines

    lines = await read_pages()
    assert sorted(lines) == [f"• Word of *{name}*" for name in names]
    assert lines not in (sorted(lines), sorted(lines, reverse=True))
    assert await read_pages() == lines
    # An edit moves no line: the order follows the answer, not the time.
    await room.says("p03", "survey again=no")
    assert await read_pages() == lines


async def test_members_do_not_read_the_sums(quick_room: Room) -> None:
    room = quick_room
    await end_spring(room, *NAMES)
    await answer_all(room, *NAMES)
    assert "Only moderators" in await room.says("ada", "cohort survey spring")
    (finale,) = room.posts("finale")
    refused = await room.presses("ada", finale.message, "For moderators")
    assert "Only moderators" in refused.to_plain_text()


async def test_moderators_of_either_home_read_the_sums_and_no_others(room: Room) -> None:
    await room.spring(*NAMES)
    await houses(room)
    await room.goes_to(AFTER)
    await answer_all(room, *NAMES)
    here = await room.says("mona", "cohort survey #1")
    there = await room.says("mona", "cohort survey #1", place=THERE)
    assert here == there
    assert "5 answers" in here
    room.opens("else")
    elsewhere = type(THERE)("else", "team", "general")
    assert "There is no cohort" in await room.says("mona", "cohort survey #1", place=elsewhere)
