"""`checkin`: by form or in one line, late, edited and taken back, with refusals beside a field."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.message import Form
from bot.views.help_wanted import NOTICE
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND_WEEK = datetime(2026, 3, 11, 12, tzinfo=UTC)
FORM = "checkin week=linear-algebra cohort=#1"
MORE = "\n[My progress] [Edit]"
SHARE = " [Share my note]"
STUCK = f"\n{NOTICE}\nStuck on one of these?: "
VECTORS = "Vectors, matrices and how to calculate with them"
BAYES = "First steps in probability, up to Bayes’ theorem"
OTHERS = (
    "Describing data with a few numbers | Write vector and matrix operations with NumPy | "
    "Work out basic statistics for a few datasets"
)


async def form(room: Room, name: str = "ada", said: str = FORM) -> Form:
    answer = await room.answer(name, said)
    assert isinstance(answer, Form), answer.to_plain_text()
    return answer


async def test_a_form_asks_and_its_answer_is_kept(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    await room.says("ada", "tick bayes")
    asked = await form(room, said="checkin")
    assert (asked.says, asked.to_plain_text()) == (
        FORM,
        "Check-in, week 1\nBasics of linear algebra and statistics\n"
        "  Done this week\n  Hours\n  How sure do you feel?\n  Anything blocking you?\n  Note",
    )
    filled = {
        "items": ("vectors-matrices",),
        "hours": ("4,5",),
        "confidence": ("4",),
        "blockers": ("time",),
        "note": ("It went\nwell 🎉",),
    }
    assert await room.says("ada", asked.says, filled) == (
        (
            "Thank you! You are checked in for week 1: 2 of 5 items done. Your moderators can see "
            "what is blocking you."
        )
        + f"{STUCK}{OTHERS}{MORE}{SHARE}"
    )
    again = {
        field.name: (field.value, [choice.value for choice in field.choices if choice.chosen])
        for field in (await form(room)).fields
    }
    assert again == {
        "items": ("", []),
        "hours": ("4.5", []),
        "confidence": ("", ["4"]),
        "blockers": ("time", []),
        "note": ("It went\nwell 🎉", []),
    }


async def test_an_edit_changes_what_was_said_and_empties_what_was_emptied(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    await room.says("ada", "checkin hours=4 confidence=3 blockers=time note=fine")
    assert await room.says("ada", "checkin hours=5") == (
        "I have updated your check-in for week 1: 0 of 5 items done. Your moderators can see "
        f"what is blocking you.{STUCK}{VECTORS} | {BAYES} | {OTHERS}{MORE}{SHARE}"
    )
    assert [
        field.value for field in (await form(room)).fields if field.name in {"hours", "note"}
    ] == [
        "5",
        "fine",
    ]
    emptied = {"hours": ("",), "confidence": (), "blockers": ("",), "note": (" ",)}
    assert (
        await room.says("ada", FORM, emptied)
        == f"I have updated your check-in for week 1: 0 of 5 items done.{MORE}"
    )
    assert [
        (field.value, [choice.value for choice in field.choices if choice.chosen])
        for field in (await form(room)).fields[1:]
    ] == [("", [])] * 4


async def test_a_late_check_in_counts_and_says_so_kindly(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(SECOND_WEEK)
    await room.says("ada", "checkin hours=1")
    assert "Streak: 1 week (week 1 has no check-in; a late one still counts)" in await room.says(
        "ada", "progress"
    )
    assert await room.says("ada", "checkin week 1 hours=2") == (
        "Thank you! You are checked in for week 1: 0 of 5 items done. A late check-in counts "
        "like any other. "
        f"That makes 2 weeks in a row.{MORE}"
    )
    room.clock.at = datetime(2026, 7, 1, tzinfo=UTC)
    assert ("A late check-in counts like any other.") in await room.says(
        "ada", "checkin 12 note=done"
    )


async def test_an_empty_form_is_a_check_in(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(TUESDAY)
    empty = {"items": (), "hours": ("",), "confidence": (), "blockers": ("",), "note": ("",)}
    assert (
        await quick_room.says("ada", FORM, empty)
        == f"Thank you! You are checked in for week 1: 0 of 5 items done.{MORE}"
    )


async def test_what_cannot_be_said_is_refused_and_nothing_is_kept(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    assert await room.says("ada", "checkin") == (
        "spring starts on Mon 2 Mar 2026: check in when it has started."
    )
    await room.goes_to(SECOND_WEEK)
    refusals = {
        "checkin 3": "Week 3 has not started: choose week 2 or an earlier one.",
        "checkin python-for-ml": "Week 3 has not started: choose week 2 or an earlier one.",
        "checkin 99": "“99” is not a week of spring: choose 1 to 12.",
        "checkin ²": "“²” is not a week of spring: choose 1 to 12.",
        "checkin **x**": "“**x**” is not a week of spring: choose 1 to 12.",
        "checkin hours=many": "“many” is not a number I can use: write hours like 2.5.\n[Edit]",
        "checkin hours=-1": "-1 is too low for hours: choose 0 to 100.\n[Edit]",
        "checkin hours=101": "101 is too high for hours: choose 0 to 100.\n[Edit]",
        "checkin hours=1e9": "“1e9” is not a number I can use: write hours like 2.5.\n[Edit]",
        "checkin hours=nan": "“nan” is not a number I can use: write hours like 2.5.\n[Edit]",
        "checkin confidence=6": "6 is too high for confidence: choose 1 to 5.\n[Edit]",
        "checkin confidence=0": "0 is too low for confidence: choose 1 to 5.\n[Edit]",
        "checkin confidence=2.5": (
            "“2.5” is not a number I can use: write confidence like 3.\n[Edit]"
        ),
        "checkin items=bayes": (
            "There is no item “bayes” in week 2: week lists this week's items, "
            "roadmap lists all of them."
        ),
        f"checkin note={'x' * 3000}": (
            "The note can have 2,000 characters and this has 3,000: please shorten it."
        ),
        f"checkin note={'x' * 10_000}": (
            "That is 10,013 characters long, and I read up to 4,000: please shorten it."
        ),
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals
    assert "Streak" not in await room.says("ada", "progress")


async def test_a_refused_field_keeps_everything_that_was_typed(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    note = "a long story " * 770
    filled = {
        "items": ("bayes",),
        "hours": ("3",),
        "confidence": ("5",),
        "blockers": ("me",),
        "note": (note,),
    }
    refused = await room.answer("ada", FORM, filled)
    assert isinstance(refused, Form)
    kept = {
        field.name: (
            field.value,
            [choice.value for choice in field.choices if choice.chosen],
            field.problem,
        )
        for field in refused.fields
    }
    assert kept == {
        "items": ("", ["bayes"], ""),
        "hours": ("3", [], ""),
        "confidence": ("", ["5"], ""),
        "blockers": ("me", [], ""),
        "note": (
            note,
            [],
            (
                f"The note can have 2,000 characters and this has {len(note.strip()):,}: "
                "please shorten it."
            ),
        ),
    }
    assert refused.says == FORM
    assert "0 of 5" in await room.says("ada", "progress")
    assert await room.says("ada", FORM, {**filled, "note": ("a short story",)}) == (
        (
            "Thank you! You are checked in for week 1: 1 of 5 items done. Your moderators can see "
            "what is blocking you."
        )
        + f"{STUCK}{VECTORS} | {OTHERS}{MORE}{SHARE}"
    )


async def test_a_note_is_kept_as_it_was_written(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    note = (
        "@everyone <!channel> **x** [a](javascript:alert(1))\n"
        "<1700000000|x> שלום 👩‍👩‍👧 'quote' \"two\" \\ é"
    )
    await room.says("ada", FORM, {"note": (note + "\u202e\x00",), "blockers": ("‮ `x` ‬" * 10,)})
    fields = {field.name: field.value for field in (await form(room)).fields}
    assert (fields["note"], fields["blockers"]) == (note, ("`x`  " * 10).strip())
    assert "javascript" not in "".join(sent.message.to_plain_text() for sent in room.chat.sent)


async def test_somebody_in_two_cohorts_is_asked_which_one(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-02")
    await room.says("mona", "cohort open autumn sure=yes")
    await room.says("ada", "join autumn")
    await room.goes_to(TUESDAY)
    assert (
        await room.says("ada", "checkin")
        == "Which cohort do you mean?\n[spring · running] [autumn · running]"
    )
    assert (
        await form(room, said="checkin cohort=#2")
    ).says == "checkin week=linear-algebra cohort=#2"
    assert (
        await room.says("ada", "checkin hours=3")
        == "Which cohort do you mean?\n[spring · running] [autumn · running]"
    )
    assert await room.says("ada", "checkin hours=3 cohort=#2") == (
        f"Thank you! You are checked in for week 1: 0 of 5 items done.{MORE}"
    )
    assert "Streak" not in await room.says("ada", "progress cohort=spring")


# — sharing, and last week's words —


async def test_a_note_is_shared_only_by_choice(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    assert await room.says("ada", "checkin share=yes") == (
        "There is no note to share yet: write one with checkin."
    )
    assert SHARE in await room.says("ada", "checkin note=private")
    shared = await room.says("ada", "checkin share=yes")
    assert shared.endswith(f"The group can read your note.{MORE} [Stop sharing]")
    # An edit keeps the choice, and an emptied note has nothing to share.
    assert "The group can read your note." in await room.says("ada", "checkin hours=2")
    await room.says("ada", FORM, {"note": ("",)})
    again = await room.says("ada", "checkin note=new")
    assert "The group can read your note." not in again
    assert again.endswith(SHARE)


async def test_last_weeks_words_stand_above_the_form(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    await room.says("ada", FORM, {"note": ("It went *well*\nin the end",)})
    await room.says("bob", FORM, {"note": ("long " * 100,)})
    await room.goes_to(SECOND_WEEK)
    asked = await form(room, said="checkin")
    assert asked.to_plain_text().splitlines()[:2] == [
        "Check-in, week 2",
        "A week ago: “It went *well* in the end”",
    ]
    long = await form(room, "bob", "checkin")
    assert long.to_plain_text().splitlines()[1].startswith("A week ago: “long long")
