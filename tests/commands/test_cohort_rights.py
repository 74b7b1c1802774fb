"""Who may manage what: members never, moderators only the cohorts of their own space."""

from __future__ import annotations

import pytest

from bot.chat.address import Place
from tests.support.room import Room

VERBS = (
    "open",
    "start",
    "reschedule",
    "pause",
    "resume",
    "break",
    "settings",
    "members",
    "timeline",
    "finish",
    "archive",
    "call",
    "threads",
    "move",
    "link",
    "unlink",
)
ELSEWHERE = Place("test", "elsewhere", "lobby")


async def test_a_member_is_told_that_only_moderators_can(room: Room) -> None:
    await room.spring("ada")
    sentence = (
        "Only moderators can use cohort {} here: ask one of them, or see help for what you can do."
    )
    assert [await room.says("ada", f"cohort {verb} cohort=#1") for verb in VERBS] == [
        sentence.format(verb) for verb in VERBS
    ]


async def test_a_foreign_cohort_reads_exactly_like_one_that_does_not_exist(room: Room) -> None:
    await room.spring("ada")
    for verb in VERBS:
        foreign = await room.says("mona", f"cohort {verb} cohort=#1", place=ELSEWHERE)
        missing = await room.says("mona", f"cohort {verb} cohort=#9", place=ELSEWHERE)
        assert (
            foreign.replace("#1", "#9")
            == missing
            == "There is no cohort “#9” here: use join to see the open ones."
        )
        named = await room.says("mona", f"cohort {verb} cohort=spring", place=ELSEWHERE)
        assert named == "There is no cohort “spring” here: ask a moderator to create one."
        alone = await room.says("mona", f"cohort {verb}", place=ELSEWHERE)
        assert alone == "There is no cohort here yet: create one with cohort create."


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("cohort pause", "spring is open, and only a running cohort can pause: cohort timeline shows what comes."),
        ("cohort resume", "spring is open, and only a paused cohort can resume: cohort timeline shows what comes."),
        ("cohort open sure=yes", "spring is open already: cohort timeline shows what comes."),
        ("cohort start on=2026-02-30", "The date 2026-02-30 does not exist: check the day and the month."),
        ("cohort start on=2199-01-01", "2199-01-01 is more than two years away: choose a date closer to today, 2026-02-20."),
        ("cohort reschedule start=1999-01-01", (
            "1999-01-01 is more than two years away: choose a date closer to today, 2026-02-20."
        )),
        ("cohort reschedule start=2025-06-02", "spring would have ended on 2025-08-25 already: choose a later start."),
        ("cohort reschedule weekday=someday", (
            "“someday” does not work for weekday: choose monday, tuesday, wednesday, thursday, "
            "friday, saturday or sunday."
        )),
        ("cohort reschedule zone=Mars/Base", (
            "I do not know the time zone “Mars/Base”: give it like Europe/Berlin or Asia/Kolkata."
        )),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(
    quick_room: Room, phrase: str, sentence: str
) -> None:
    await quick_room.spring()
    before = await quick_room.says("mona", "cohort timeline"), len(quick_room.chat.sent)
    assert await quick_room.says("mona", phrase) == sentence
    assert (await quick_room.says("mona", "cohort timeline"), len(quick_room.chat.sent)) == before


async def test_with_several_cohorts_only_those_that_fit_are_offered(room: Room) -> None:
    for name in ("spring", "summer", "autumn"):
        await room.says("mona", f"cohort create name={name} start=2026-03-02")
    await room.says("mona", "cohort open summer sure=yes")
    assert (
        await room.says("mona", "cohort open sure=yes")
        == "Which cohort do you mean?\n[spring · draft] [autumn · draft]"
    )
    assert "summer" in await room.says("mona", "cohort finish")
