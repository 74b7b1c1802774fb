"""The way in: once is once, refusals and bugs leave nothing behind, buttons grant no rights."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import pytest

from bot.chat.address import Account, Caller, Place, SetupProblem
from bot.chat.errors import Refused, SendError
from bot.chat.message import Answer, Buttons, Field, Form, Message, text_message
from bot.command import Call, CommandRegistry, command
from bot.runtime.dispatch import Dispatch
from bot.store import Tx
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
CHECK_IN = "checkin week=linear-algebra cohort=#1"
DISCORD_DM = Place("test", "", native="ada")

own = CommandRegistry()


@command(into=own)
async def breaks(call: Call, how: Annotated[str | None, "How"] = None) -> Message:
    """Changes something and then runs into a bug."""
    await call.tx.people.save_setting(call.person, "alias", "Broken", call.now)
    raise ZeroDivisionError(how)


@command(into=own)
async def refuses(call: Call) -> Message:
    """Changes something and then refuses."""
    await call.tx.people.save_setting(call.person, "alias", "Refused", call.now)
    raise Refused("Not today: try again tomorrow.")


@command(into=own, form=True)
async def counts(call: Call, to: Annotated[int | None, "How far"] = None) -> Answer:
    """Counts what it has been asked for, with a form."""
    said = await call.tx.people.load_setting(call.person, "count") or "0"
    await call.tx.people.save_setting(call.person, "count", str(int(said) + 1), call.now)
    if to is None:
        return Form("Count", "counts", (Field("to", "To", "number"),))
    if to > 10:
        raise Refused("I count to 10.", "to")
    return text_message(f"Counted {said} times before.")


@command(into=own)
async def needs(
    call: Call, one: Annotated[str, "The first"], two: Annotated[int, "The second"]
) -> Message:
    """Needs two things."""
    return text_message(f"{one} and {two}")


@command(into=own, reads=True)
async def reads(call: Call) -> Message:
    """Changes nothing."""
    return text_message("Read.")


@command(into=own, reads=True)
async def long(call: Call) -> Message:
    """Says as much as a message can hold."""
    return text_message("x" * 2000, "y" * 1800)


@command(into=own, moderators=True, announcing=True)
async def lacks(call: Call) -> Message:
    """Says what is missing here."""
    return text_message(
        "Missing: " + (" ".join(problem.sentence for problem in call.setup_problems) or "nothing")
    )


@command(into=own, moderators=True)
async def lacksnot(call: Call) -> Message:
    """Says what is missing here, without having it asked."""
    return text_message(
        "Missing: " + (" ".join(problem.sentence for problem in call.setup_problems) or "nothing")
    )


@command(into=own)
async def shelf_show(call: Call) -> Message:
    """Is what `shelf` means."""
    return text_message("Shown.")


@command(into=own)
async def garden_water(call: Call) -> Message:
    """Anybody may do this."""
    return text_message("Watered.")


@command(into=own, moderators=True)
async def garden_plough(call: Call) -> Message:
    """Only moderators may do this."""
    return text_message("Ploughed.")


def with_own_commands(room: Room) -> Room:
    room.core = Dispatch(room.store, room.clock, room.roadmaps, own, platforms={"test": room.chat})
    return room


async def setting(room: Room, name: str) -> str | None:
    async def load_setting(tx: Tx) -> str | None:
        return await tx.people.load_setting(await tx.people.find_person(room.caller("ada")), name)

    return await room.store.run(load_setting, write=False)


# — once —


async def test_an_interaction_delivered_twice_changes_nothing_and_gets_the_same_answer(
    room: Room,
) -> None:
    with_own_commands(room)
    first = await room.answer("ada", "counts 3", once="click-1")
    assert first == text_message("Counted 0 times before.")
    assert await room.answer("ada", "counts 3", once="click-1") == first
    assert await room.answer("ada", "counts 3", once="click-1") == first
    assert await room.answer("ada", "counts 3", once="click-2") == text_message(
        "Counted 1 times before."
    )
    await room.restart()
    with_own_commands(room)
    assert await room.answer("ada", "counts 3", once="click-1") == first


async def test_an_interaction_delivered_many_times_at_once_is_done_once(room: Room) -> None:
    with_own_commands(room)
    answers = await asyncio.gather(
        *(room.answer("ada", "counts 3", once="click") for _ in range(5))
    )
    assert answers == [text_message("Counted 0 times before.")] * 5
    assert await setting(room, "count") == "1"


async def test_nobody_gets_the_answer_to_somebody_elses_interaction(room: Room) -> None:
    await room.spring("ada")
    room.clock.at = TUESDAY
    await room.answer("ada", f"{CHECK_IN} note=secret", once="same")
    assert (
        await room.answer("eve", CHECK_IN, once="same")
    ).to_plain_text() == "That has been done already."
    assert (
        "secret"
        not in (await room.answer("eve", f"{CHECK_IN} note=x", once="other")).to_plain_text()
    )


async def test_an_id_of_any_length_is_told_from_every_other(quick_room: Room) -> None:
    room = with_own_commands(quick_room)
    assert await room.answer("ada", "counts 3", once="x" * 500 + "1") == text_message(
        "Counted 0 times before."
    )
    assert await room.answer("ada", "counts 3", once="x" * 500 + "2") == text_message(
        "Counted 1 times before."
    )
    assert await room.answer("ada", "counts 3", once="x" * 500 + "2") == text_message(
        "Counted 1 times before."
    )


async def test_many_people_at_once_all_get_their_answer(room: Room) -> None:
    await room.spring()
    names = [f"p{number}" for number in range(12)]
    answers = await asyncio.gather(*(room.answer(name, "join") for name in names))
    assert all("You are in spring 🎉" in answer.to_plain_text() for answer in answers)
    ticked = await asyncio.gather(*(room.answer(name, "tick bayes") for name in names))
    assert {answer.to_plain_text().split("\n")[1] for answer in ticked} == {
        "You have done 1 of 57 items in the whole plan."
    }


# — bugs and refusals —


async def test_a_bug_is_rolled_back_logged_and_told_as_a_number(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    with_own_commands(room)
    with caplog.at_level(logging.ERROR, "bot.runtime.dispatch"):
        told = await room.says("ada", "breaks privately-said")
    found = re.fullmatch(
        "Something went wrong on my side, and nothing has changed: "
        "please tell the person who runs this bot the number ([0-9a-f]{6}).",
        told,
    )
    assert found
    (record,) = caplog.records
    assert record.getMessage() == f"ticket {found[1]}: “breaks …” could not be answered"
    assert record.exc_info is not None
    assert "privately-said" not in record.getMessage()
    assert await setting(room, "alias") is None
    assert await room.says("ada", "counts 3") == "Counted 0 times before."


async def test_a_refusal_leaves_nothing_behind(room: Room) -> None:
    with_own_commands(room)
    assert await room.says("ada", "refuses") == "Not today: try again tomorrow."
    assert await setting(room, "alias") is None


async def test_a_bug_while_a_form_is_shown_again_is_a_bug_like_any_other(quick_room: Room) -> None:
    room = with_own_commands(quick_room)
    assert "Something went wrong" in await room.says("ada", "breaks", {"how": ("x",)})
    assert (
        await room.core.suggest_values(room.caller("ada"), room.place, "breaks", "how", "", {})
        == []
    )


# — forms —


async def test_an_open_form_locks_nothing_up(room: Room) -> None:
    await room.spring("ada", "bob")
    room.clock.at = TUESDAY
    forms = await asyncio.gather(*(room.answer("ada", CHECK_IN) for _ in range(4)))
    assert all(isinstance(form, Form) for form in forms)
    assert "Ticked" in await room.says("bob", "tick bayes")
    assert "You are checked in" in await room.says("ada", CHECK_IN, {"hours": ("1",)})


async def test_a_refused_form_comes_back_and_showing_it_changes_nothing(room: Room) -> None:
    with_own_commands(room)
    refused = await room.answer("ada", "counts", {"to": ("11",)})
    assert isinstance(refused, Form)
    assert [(field.value, field.problem) for field in refused.fields] == [("11", "I count to 10.")]
    assert await setting(room, "count") is None
    # Only a form can come back: what the phrase alone would do is not done.
    assert await room.answer("ada", "counts to=3", {"to": ("11",)}) == text_message(
        "I count to 10."
    )
    assert await setting(room, "count") is None


async def test_what_is_missing_is_asked_for_and_a_field_left_empty_is_asked_for_again(
    quick_room: Room,
) -> None:
    room = with_own_commands(quick_room)
    asked = await room.answer("ada", "needs soup")
    assert isinstance(asked, Form)
    assert (asked.says, [field.name for field in asked.fields]) == ("needs one=soup", ["two"])
    empty = await room.answer("ada", "needs", {"one": ("soup",), "two": ("",)})
    assert isinstance(empty, Form)
    assert [(field.name, field.value, field.problem) for field in empty.fields] == [
        ("one", "soup", ""),
        ("two", "", "I need **two** for that: The second."),
    ]
    assert await room.says("ada", "needs soup three") == (
        "“three” is not a number I can use: write two like 3.\n[Edit]"
    )
    assert await room.says("ada", "needs", {"one": ("soup",), "two": ("3",)}) == "soup and 3"


# — who may —


async def test_rights_are_what_the_platform_says_with_each_call(room: Room) -> None:
    await room.spring()
    refused = (
        "Only moderators can use cohort pause here: "
        "ask one of them, or see help for what you can do."
    )
    assert await room.says("ada", "cohort pause spring") == refused
    room.moderators.add("ada")
    assert await room.says("ada", "cohort pause spring") != refused
    room.moderators.remove("ada")
    assert await room.says("ada", "cohort pause spring") == refused
    assert (
        await room.core.suggest_values(
            room.caller("ada"), room.place, "cohort pause", "cohort", "", {}
        )
        == ()
    )


async def test_a_button_works_in_a_private_message_for_members_of_that_cohort_alone(
    room: Room,
) -> None:
    await room.spring("ada")
    room.clock.at = TUESDAY
    assert (await room.says("ada", "week cohort=#1", place=DISCORD_DM)).startswith(
        "Week 1 of 12 · "
    )
    assert "You are checked in" in await room.says(
        "ada", CHECK_IN, {"hours": ("1",)}, place=DISCORD_DM
    )
    for said in (
        "week cohort=#1",
        CHECK_IN,
        "tick bayes cohort=#1",
        "progress cohort=#1",
        "join cohort=#1",
        "leave cohort=#1",
    ):
        told = await room.says("eve", said, place=Place("test", "", native="eve"))
        assert told == "There is no cohort “#1” here: use join to see the open ones.", said


async def test_every_button_of_every_answer_can_be_said_by_its_reader(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    room.clock.at = TUESDAY
    todo, seen = (
        ["help", "week", "progress", "roadmap", "resources", "settings", "away", "join"],
        set[str](),
    )
    while todo:
        said = todo.pop(0)
        seen.add(said)
        answer = await room.answer("ada", said)
        assert "went wrong" not in answer.to_plain_text(), said
        assert "I do not know" not in answer.to_plain_text(), said
        rows = (
            [block for block in answer.blocks if isinstance(block, Buttons)]
            if isinstance(answer, Message)
            else []
        )
        found = [button.says for row in rows for button in row.buttons]
        todo += [
            phrase for phrase in dict.fromkeys(found) if phrase not in seen and phrase not in todo
        ]
    assert {"week n=12 cohort=#1", CHECK_IN, "away open=yes", "settings ask=privacy"} <= seen


async def test_names_and_zones_from_the_platform_can_be_anything(room: Room) -> None:
    await room.spring()
    odd = Caller(
        Account("test", "", "odd"), "\u202e**Ada**\n@everyone " + "x" * 300, zone="Nowhere/At_All"
    )
    told = await room.core.answer_phrase(odd, room.place, "join", idempotency_key="odd-1")
    assert "You are in spring 🎉" in told.to_plain_text()
    await room.pulse()
    hello = room.chat.sent[-1].message
    assert hello.to_plain_text() == f"**Ada** @everyone {'x' * 62} has joined spring. Welcome!"
    assert "Nowhere" not in told.to_plain_text()
    assert "Honolulu" in told.to_plain_text()
    nobody = Caller(Account("test", "", "nobody"), "\u200b")
    assert (
        "You are in spring"
        in (
            await room.core.answer_phrase(nobody, room.place, "join", idempotency_key="odd-2")
        ).to_plain_text()
    )
    assert (
        "Name: Somebody"
        in (
            await room.core.answer_phrase(nobody, room.place, "settings", idempotency_key="odd-3")
        ).to_plain_text()
    )


# — what is missing at a place —


async def test_what_keeps_posts_from_a_place_is_asked_before_a_command_that_leads_to_some(
    quick_room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room = with_own_commands(quick_room)
    assert await room.says("mona", "lacks") == "Missing: nothing"
    lacking = (
        SetupProblem("I may not send here."),
        SetupProblem("I may not look."),
        SetupProblem("No threads then.", is_blocking=False),
    )
    room.chat.lacking["study-group"] = lacking
    assert (
        await room.says("mona", "lacks")
        == "Missing: I may not send here. I may not look. No threads then."
    )
    assert await room.says("mona", "lacksnot") == "Missing: nothing"
    assert (
        await room.says("mona", "lacks", place=Place("test", "space", native="mona"))
        == "Missing: nothing"
    )
    assert (
        await room.says("mona", "lacks", place=Place("other", "space", "study-group"))
        == "Missing: nothing"
    )

    async def broken(place: Place, wanted: object = ()) -> Sequence[SetupProblem]:
        raise OSError("no answer")

    room.chat.check_place = broken  # type: ignore[method-assign]
    with caplog.at_level(logging.ERROR, "bot.runtime.dispatch"):
        assert await room.says("mona", "lacks") == "Missing: nothing"
    assert [record.getMessage() for record in caplog.records] == [
        "what is missing in a channel of test could not be asked"
    ]


async def test_moderators_hear_of_homes_in_trouble_at_their_next_command(room: Room) -> None:
    for name in ("spring", "summer", "autumn", "winter"):
        await room.says("mona", f"cohort create name={name} start=2026-03-02")

    async def close_channel(tx: Tx) -> Sequence[str]:
        await tx.cohorts.record_closed_channel(room.place, "the channel is gone.", room.clock.now())
        return await tx.cohorts.list_home_troubles(room.place)

    sentences = await room.store.run(close_channel)
    troubles = [text_message(sentence).to_plain_text() for sentence in sentences]
    assert len(troubles) == 4
    for said in ("cohort settings spring", "cohort timeline spring", "cohort members spring"):
        told = (await room.says("mona", said)).splitlines()
        assert told[1:4] == troubles[:3], said
        assert told.count(troubles[3]) == 0
    assert isinstance(await room.answer("mona", "cohort settings cohort=#1 ask=seats"), Form)
    assert troubles[0] not in await room.says("mona", "help")
    assert troubles[0] not in await room.says("ada", "cohort settings spring")
    assert troubles[0] not in await room.says(
        "mona", "cohort create", place=Place("test", "elsewhere", "lobby")
    )


# — groups —


async def test_a_group_alone_offers_the_commands_its_reader_may_use(quick_room: Room) -> None:
    room = with_own_commands(quick_room)
    answer = await room.answer("ada", "garden")
    assert answer.to_plain_text() == "Choose an action. help garden explains them.\n[Water]"
    pressed = await room.presses("ada", answer, "Water")
    assert pressed == text_message("Watered.")
    asked = await room.says("mona", "garden")
    assert asked == "Choose an action. help garden explains them.\n[Plough] [Water]"
    assert await room.says("ada", "shelf") == "Shown."


async def test_a_group_for_moderators_alone_is_refused_to_members(quick_room: Room) -> None:
    told = await quick_room.says("ada", "cohort")
    assert told.startswith("Only moderators can use cohort here")
    offered = await quick_room.answer("mona", "cohort")
    assert await quick_room.presses("mona", offered, "Create") == await quick_room.answer(
        "mona", "cohort create"
    )


# — closed private messages —

CLOSED = (
    "I could not send you a private message: "
    "allow them in your chat's settings, or turn them off in my settings."
)


async def closed_to(room: Room, name: str, until: int = 8) -> None:
    """Let time pass until a day in March, with private messages to a member refused for good."""

    def fault(when: str, place: Place, key: str) -> None:
        if place.native == name:
            raise SendError("private messages are closed", permanent=True)

    room.chat.fault = fault
    await room.goes_to(datetime(2026, 3, until, 8, tzinfo=UTC))


async def test_closed_private_messages_are_told_once_at_the_next_answer_until_one_arrives(
    room: Room,
) -> None:
    await room.spring("ada", "bob")
    await closed_to(room, "ada")
    assert len(room.private("bob")) == 1
    assert isinstance(await room.answer("ada", "checkin 1"), Form)
    ticked = await room.answer("ada", "tick bayes", once="click")
    assert ticked.to_plain_text().startswith(f"{CLOSED}\nTicked")
    assert await room.answer("ada", "tick bayes", once="click") == ticked
    assert "could not send" not in await room.says("ada", "tick derivatives")
    assert "could not send" not in await room.says("bob", "tick bayes")
    await room.goes_to(datetime(2026, 3, 9, 8, tzinfo=UTC))
    assert "could not send" not in await room.says("ada", "tick vectors-matrices")
    room.chat.fault = None
    await room.goes_to(datetime(2026, 3, 15, 8, tzinfo=UTC))
    assert len(room.private("ada")) == 1
    await closed_to(room, "ada", until=22)
    assert CLOSED in (await room.says("ada", "week")).splitlines()


async def test_a_command_that_only_reads_tells_of_closed_private_messages_too(room: Room) -> None:
    await room.spring("ada")
    await closed_to(room, "ada")
    first = await room.answer("ada", "help", once="read")
    assert CLOSED in first.to_plain_text().splitlines()
    assert await room.answer("ada", "help", once="read") == first
    assert "could not send" not in await room.says("ada", "help")
    assert "closed" not in (await room.says("ada", "settings")).casefold()


async def test_many_answers_at_once_tell_of_closed_private_messages_once(room: Room) -> None:
    await room.spring("ada")
    await closed_to(room, "ada")
    answers = await asyncio.gather(
        *(room.answer("ada", said) for said in ("help", "week", "help", "tick bayes"))
    )
    assert sum("could not send" in answer.to_plain_text() for answer in answers) == 1


async def test_where_the_word_of_closed_private_messages_does_not_fit_it_waits(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    await closed_to(room, "ada")
    with_own_commands(room)
    assert await room.answer("ada", "long") == text_message("x" * 2000, "y" * 1800)
    assert await room.says("ada", "reads") == f"{CLOSED}\nRead."


# — suggestions —


async def test_options_are_suggested_as_they_are_typed(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    room.clock.at = TUESDAY

    async def offered(
        name: str, command: str, option: str, typed: str = "", **given: str
    ) -> list[str]:
        return [
            choice.value
            for choice in await room.core.suggest_values(
                room.caller(name), room.place, command, option, typed, given
            )
        ]

    assert await offered("ada", "tick", "item", "bay") == ["bayes"]
    assert (await offered("ada", "tick", "item"))[:2] == ["vectors-matrices", "bayes"]
    assert len(await offered("ada", "tick", "item")) == 25
    assert await offered("ada", "week", "n") == ["1"]
    assert await offered("ada", "join", "cohort", "SPR") == ["spring"]
    assert await offered("ada", "settings", "zone", "new york") == ["America/New_York"]
    assert await offered("ada", "settings", "delivery", "p") == ["private"]
    assert await offered("eve", "tick", "item") == []
    assert await offered("ada", "tick", "item", "", cohort="nonsense") == []
    assert await offered("ada", "dance", "item") == []
    assert await offered("ada", "tick", "nonsense") == []
