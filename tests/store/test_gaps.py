"""A copy of the database: lost days are doubted, new numbers are new, and the groups are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.chat.errors import SendError
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import PostScheduler
from bot.store.gaps import JUMP, CopyMark
from bot.store.ledger import Letter
from tests.support.room import FRIDAY, Room

pytestmark = pytest.mark.usual_posts

KICK_OFF = FRIDAY + timedelta(days=9, hours=23)  # Monday 2 March 2026, nine o'clock


async def comes_back(room: Room, at: datetime, *, is_told: bool = True) -> None:
    """Start the bot again on a copy of the database made at an instant."""
    async with room.store.transaction() as tx:
        await tx.gaps.save_copy_mark(CopyMark(at, is_told))
    await room.restart()
    await room.pulse()


async def letters(room: Room) -> list[Letter]:
    async with room.store.transaction(write=False) as tx:
        cohort = await tx.cohorts.load_cohort(1)
        assert cohort is not None
        return sorted(await tx.ledger.list_home_letters(cohort), key=lambda letter: letter.id)


async def refs(room: Room) -> list[str]:
    return [letter.ref for letter in await letters(room) if letter.kind == "announcement"]


async def test_the_groups_are_told_once_what_to_do_again(room: Room) -> None:
    await room.spring("ada")
    await room.passes(days=1)
    before = len(room.chat.sent)
    await comes_back(room, FRIDAY + timedelta(hours=1))
    assert [sent.message.to_plain_text() for sent in room.chat.sent[before:]] == [
        "I was restored from a copy of Fri 20 Feb 2026, 11:00. "
        "I no longer know what you told me after that. "
        "Did you join spring, tick, check in or change a date since then? Please do it again.\n"
        "[Join] [This week] [Check in]"
    ]
    await room.restart()
    await room.pulse()
    assert len(room.chat.sent) == before + 1


async def test_the_groups_are_not_told_where_the_operator_does_not_want_it(room: Room) -> None:
    await room.spring()
    before = len(room.chat.sent)
    await comes_back(room, FRIDAY, is_told=False)
    assert len(room.chat.sent) == before


async def test_what_fell_due_in_the_lost_days_is_found_and_not_sent_again(room: Room) -> None:
    await room.spring()
    await room.goes_to(KICK_OFF - timedelta(hours=1))
    # Sent in the lost days:
    for post in ("kick_off.start", f"topics.{await first_week(room)}"):
        await room.chat.send(room.place, room.chat.sent[0].message, f"1.1.{post}.1.0")
    room.clock.at = KICK_OFF + timedelta(days=1)
    before = len(room.chat.sent)
    await comes_back(room, KICK_OFF - timedelta(hours=1), is_told=False)
    assert room.chat.sent[before:] == []
    became = {letter.kind: (letter.state, letter.reason) for letter in await letters(room)}
    assert became["kick_off"] == became["topics"] == ("sent", "found after an unknown outcome")
    shown = await room.says("mona", "cohort timeline spring page=1")
    assert "sent, found after an unknown outcome" in shown
    assert "sent late" not in shown


async def test_where_looking_is_impossible_it_is_unsure_and_later_posts_are_sent(
    room: Room,
) -> None:
    await room.spring()
    room.clock.at = KICK_OFF + timedelta(hours=1)
    room.chat.may_look = False
    await comes_back(room, KICK_OFF - timedelta(hours=1), is_told=False)
    became = {letter.kind: (letter.state, letter.reason) for letter in await letters(room)}
    assert became["topics"] == ("unsure", "it may have been sent, and I cannot look")
    await room.goes_to(KICK_OFF + timedelta(days=7))
    assert len(room.posts("topics")) == 1


async def test_a_post_that_was_brought_forward_in_the_lost_days_is_found_when_it_falls_due(
    room: Room,
) -> None:
    await room.spring()
    room.clock.at = KICK_OFF - timedelta(days=2)
    await room.chat.send(
        room.place, room.chat.sent[0].message, f"1.1.topics.{await first_week(room)}.1.0"
    )
    await comes_back(room, KICK_OFF - timedelta(days=4), is_told=False)
    await room.goes_to(KICK_OFF)
    assert len(room.posts("topics")) == 1


async def test_a_letter_that_waited_when_the_copy_was_made_is_looked_for(room: Room) -> None:
    await room.spring()
    room.chat.fault = refuse
    await room.goes_to(KICK_OFF)
    room.chat.fault = None
    await room.chat.send(
        room.place, room.chat.sent[0].message, f"1.1.topics.{await first_week(room)}.1.0"
    )
    room.clock.at = KICK_OFF + timedelta(hours=3)
    await comes_back(room, KICK_OFF, is_told=False)
    assert len(room.posts("topics")) == 1


async def test_what_is_numbered_anew_is_beyond_what_the_lost_days_can_have_used(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort break spring first=2026-03-16 last=2026-03-22 sure=yes")
    code = (await room.says("ada", "link")).partition("link ")[2][:11]
    for copy in (
        1,
        2,
    ):  # the same copy twice: what was numbered after the first time is lost as well
        await room.passes(hours=2)
        await comes_back(room, FRIDAY + timedelta(hours=1), is_told=False)
        await room.says("mona", "cohort break spring first=2026-03-16 remove=yes sure=yes")
        await room.says("mona", "cohort break spring first=2026-03-16 last=2026-03-22 sure=yes")
        await room.says(f"bob{copy}", "join spring")
    moved = [ref for ref in await refs(room) if ref.startswith("moved/")]
    assert len(moved) == len(set(moved)) == 5
    floors = [int(ref.partition("+")[2]) for ref in moved[1:]]
    assert floors[0] == floors[1] < floors[2] == floors[3]
    assert floors[2] - floors[0] >= JUMP
    named = [letter.ref for letter in await letters(room) if letter.kind == "new_members"]
    assert named == ["1-1", *(f"{floor + 1}-{floor + 1}" for floor in (floors[0], floors[2]))]
    made = await room.says("mona", "cohort create name=summer start=2026-06-01")
    assert f"#{floors[2] + 1}" in str(await room.answer("mona", "cohort timeline summer")), made
    assert "I do not know that code" in await room.says("ada", f"link {code}")


async def test_whoever_is_named_in_lost_days_is_not_named_again(room: Room) -> None:
    await room.spring("ada")
    before = len(room.chat.sent)
    await room.says("bob", "join spring")  # named an hour after ada at the soonest
    room.clock.at += timedelta(hours=3)
    room.chat.may_look = False
    await comes_back(room, FRIDAY + timedelta(minutes=5), is_told=False)
    assert room.chat.sent[before:] == []
    became = [
        (letter.ref, letter.state) for letter in await letters(room) if letter.kind == "new_members"
    ]
    assert became == [("1-1", "sent"), ("2-2", "unsure")]


async def test_a_plan_that_is_gone_through_again_is_a_run_of_its_own(room: Room) -> None:
    await room.spring()
    await comes_back(room, FRIDAY - timedelta(hours=1), is_told=False)
    await room.goes_to(KICK_OFF)
    await room.says("mona", "cohort start spring again=yes sure=yes")
    async with room.store.transaction(write=False) as tx:
        cohort = await tx.cohorts.load_cohort(1)
    assert cohort is not None
    assert cohort.edition > JUMP
    assert len(room.posts("topics")) == 2


async def test_of_several_processes_that_start_on_a_copy_one_notes_it(room: Room) -> None:
    await room.spring()
    async with room.store.transaction() as tx:
        await tx.gaps.save_copy_mark(CopyMark(FRIDAY))
    await PostScheduler(room.store, room.clock).prepare_schedule()
    await PostScheduler(room.store, room.clock).prepare_schedule()
    await Outbox(room.store, room.clock, room.chats).reset_former_claims()
    async with room.store.transaction(write=False) as tx:
        assert len(await tx.gaps.list_gaps()) == 1


def refuse(when: str, place: object, key: str) -> None:
    if when == "before" and ".topics." in key:
        raise SendError("out of order")


async def first_week(room: Room) -> str:
    async with room.store.transaction(write=False) as tx:
        cohort = await tx.cohorts.load_cohort(1)
    assert cohort is not None
    return cohort.syllabus.weeks[0].id
