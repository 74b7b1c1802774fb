"""Who may manage what: members never, moderators only the cohorts of their own space."""

from __future__ import annotations

import pytest

from bot.chat.address import Place
from bot.command import list_visible_commands
from tests.support.room import Room

ELSEWHERE = Place("test", "elsewhere", "lobby")


def list_cohort_phrases() -> list[str]:
    """Return the moderators' commands about a cohort that need nothing else."""
    phrases = []
    for command in list_visible_commands():
        required = {option.name for option in command.options if option.required}
        if command.moderators and command.find_option("cohort") and not required:
            phrases.append(command.name)
    return phrases


async def test_a_member_is_told_that_only_moderators_can(room: Room) -> None:
    await room.spring("ada")
    for phrase in list_cohort_phrases():
        assert await room.says("ada", f"{phrase} cohort=#1") == (
            f"Only moderators can use {phrase} here: "
            "ask one of them, or see help for what you can do."
        )


async def test_a_foreign_cohort_reads_exactly_like_one_that_does_not_exist(room: Room) -> None:
    await room.spring("ada")
    for phrase in list_cohort_phrases():
        foreign = await room.says("mona", f"{phrase} cohort=#1", place=ELSEWHERE)
        missing = await room.says("mona", f"{phrase} cohort=#9", place=ELSEWHERE)
        assert (
            foreign.replace("#1", "#9")
            == missing
            == "There is no cohort “#9” here: use join to see the open ones."
        )
        named = await room.says("mona", f"{phrase} cohort=spring", place=ELSEWHERE)
        assert named == "There is no cohort “spring” here: ask a moderator to create one."
        alone = await room.says("mona", phrase, place=ELSEWHERE)
        assert alone == "There is no cohort here yet: create one with cohort create."


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("cohort pause", "spring is open, and only a running cohort can pause: see what comes next with posts timeline."),
        ("cohort resume", "spring is open, and only a paused cohort can resume: see what comes next with posts timeline."),
        ("cohort open sure=yes", "spring is already open: see what comes with posts timeline."),
        ("cohort start on=2026-02-30", "The date 2026-02-30 does not exist: check the day and the month."),
        ("cohort start on=2199-01-01", "2199-01-01 is more than two years away: choose a date closer to today, 2026-02-20."),
        ("cohort reschedule start=1999-01-01", (
            "1999-01-01 is more than two years away: choose a date closer to today, 2026-02-20."
        )),
        ("cohort reschedule start=2025-06-02", (
            "From that day, spring would already have ended on 2025-08-24: choose a later start."
        )),
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
    before = await quick_room.says("mona", "posts timeline"), len(quick_room.chat.sent)
    assert await quick_room.says("mona", phrase) == sentence
    assert (await quick_room.says("mona", "posts timeline"), len(quick_room.chat.sent)) == before


async def test_a_group_alone_is_answered_with_every_action_in_it(quick_room: Room) -> None:
    await quick_room.spring()
    answer = await quick_room.says("mona", "cohort")
    for command in list_visible_commands():
        if command.group == "cohort":
            assert command.name.partition(" ")[2] in answer.casefold(), command.name


async def test_with_several_cohorts_only_those_that_fit_are_offered(room: Room) -> None:
    for name in ("spring", "summer", "autumn"):
        await room.says("mona", f"cohort create name={name} start=2026-03-02")
    await room.says("mona", "cohort open summer sure=yes")
    assert (
        await room.says("mona", "cohort open sure=yes")
        == "Which cohort do you mean?\n[spring · draft] [autumn · draft]"
    )
    assert "summer" in await room.says("mona", "cohort finish")
