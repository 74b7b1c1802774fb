"""The weekly digest: a private letter to the moderators who want it, and to nobody else."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from bot.chat.message import Message
from bot.store import Tx
from tests.support.room import Room, Sent
from tests.support.two_platforms import THERE, houses

MONDAYS = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (2, 9, 16, 23, 30)]
DM = Place("test", "", native="mona")
"""A private chat as Discord has it: it belongs to no space."""
KEYS = itertools.count(1)


def digests(room: Room, name: str = "mona") -> list[Sent]:
    return [sent for sent in room.private(name) if sent.kind == "digest"]


def texts(room: Room, name: str = "mona") -> list[str]:
    return [sent.message.to_plain_text() for sent in digests(room, name)]


async def list_outcomes(room: Room) -> list[tuple[str, str]]:
    async def load(tx: Tx) -> list[tuple[str, str]]:
        query = "SELECT state, reason FROM letters WHERE kind = 'digest' ORDER BY id"
        return [tuple(row) for row in tx.connection.raw.exec_driver_sql(query)]

    return await room.store.run(load, write=False)


async def test_the_first_moderator_reads_how_the_week_went(room: Room) -> None:
    await room.spring("ada", "bob", "cem")
    await room.goes_to(MONDAYS[0])
    await room.says("ada", "checkin hours=4 confidence=4")
    await room.says("bob", 'checkin hours=2.5 confidence=2 blockers="torch does not install"')
    await room.goes_to(MONDAYS[1])
    (digest,) = digests(room)
    assert digest.at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    text = digest.message.to_plain_text()
    assert text.startswith("spring · Week 1: ")
    assert "Week 1 is over.\n" in text
    assert "Checked in: 2 of 3\nItems done: 0\nHours: 6.5\nConfidence: 3.0 of 5" in text
    assert "They may need you\n• Bob · blocked and unsure since " in text
    assert "What blocks them, in their words\n• Bob: “torch does not install”" in text
    assert "What comes next\nWeek 2, " in text
    assert "• Thu 12 Mar 2026, 09:00 · Mid-week nudge" in text


async def test_two_weeks_stand_beside_each_other(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(MONDAYS[0])
    await room.says("ada", "checkin hours=4 confidence=4")
    await room.says("bob", "checkin hours=4")
    await room.goes_to(MONDAYS[1])
    await room.says("ada", "checkin hours=3 confidence=5")
    await room.goes_to(MONDAYS[2])
    text = texts(room)[1]
    assert "Week 2 is over. In brackets: week 1." in text
    assert "Checked in: 1 of 2 (2 of 2)" in text
    assert "Hours: 3 (8)\nConfidence: 5.0 of 5 (4.0 of 5)" in text


async def test_it_comes_when_the_recap_comes(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "posts settings post=recap day=2 at=18:00")
    assert "Weekly digest: day 2 of the next week, 18:00, to moderators in private" in (
        await room.says("mona", "posts settings")
    )
    await room.goes_to(MONDAYS[2])
    assert digests(room)[0].at == datetime(2026, 3, 10, 18, tzinfo=UTC)
    assert digests(room)[0].at == room.posts("recap")[0].at


async def test_who_lost_the_right_gets_nothing(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAYS[0])
    room.moderators.remove("mona")
    await room.goes_to(MONDAYS[1])
    assert digests(room) == []
    assert await list_outcomes(room) == [("skipped", "is no moderator any more")]


async def test_who_left_the_space_gets_nothing(room: Room) -> None:
    await room.spring("ada")
    room.chat.strangers.add("mona")
    await room.goes_to(MONDAYS[1])
    assert await list_outcomes(room) == [("skipped", "is no moderator any more")]


async def test_a_granted_right_counts_by_person_and_by_role(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("mona", "moderators add=ada")
    await room.says("mona", 'moderators add="role:42 Mentors"')
    room.roles["bob"] = {"42"}
    await room.says("ada", "cohort digest on")
    await room.says("bob", "cohort digest on")
    await room.goes_to(MONDAYS[1])
    assert len(digests(room, "ada")) == len(digests(room, "bob")) == 1
    room.roles["bob"] = set()
    await room.goes_to(MONDAYS[2])
    assert len(digests(room, "ada")) == 2
    assert len(digests(room, "bob")) == 1


async def test_without_an_answer_about_the_right_it_waits(room: Room) -> None:
    await room.spring("ada")

    def is_silent(place: Place) -> None:
        if room.clock.at < datetime(2026, 3, 9, 11, tzinfo=UTC):
            raise SendError("down")

    room.chat.rights_fault = is_silent
    await room.goes_to(MONDAYS[1])
    (digest,) = digests(room)
    assert digest.at >= datetime(2026, 3, 9, 11, tzinfo=UTC)


async def test_closed_messages_end_the_letter_and_the_command_shows_it(room: Room) -> None:
    await room.spring("ada")

    def is_closed(moment: str, place: Place, key: str) -> None:
        if place.native == "mona":
            raise SendError("closed", permanent=True)

    room.chat.fault = is_closed
    await room.goes_to(MONDAYS[1])
    assert await list_outcomes(room) == [("skipped", "closed")]
    text = await room.says("mona", "cohort digest")
    assert "I could not send you a private message" in text
    assert "Week 2 so far. In brackets: week 1." in text


async def test_a_moderator_of_two_cohorts_gets_a_letter_about_each(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-02")
    await room.opens_cohort("autumn")
    await room.says("bob", "join autumn")
    await room.goes_to(MONDAYS[1])
    assert sorted(text.partition(" · ")[0] for text in texts(room)) == ["autumn", "spring"]


async def test_a_member_who_is_the_moderator_is_counted_and_not_told_of_themselves(
    room: Room,
) -> None:
    await room.spring("ada", "mona")
    await room.goes_to(MONDAYS[0])
    await room.says("mona", 'checkin confidence=1 blockers="my own secret"')
    await room.says("ada", "checkin confidence=1")
    await room.goes_to(MONDAYS[1])
    (text,) = texts(room)
    assert "Checked in: 2 of 2" in text
    assert "my own secret" not in text
    assert "• Ada · unsure" in text
    assert "• Mona" not in text


async def test_the_only_moderator_is_erased_and_nothing_breaks(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "mydata erase sure=yes")
    await room.goes_to(MONDAYS[1])
    assert await list_outcomes(room) == []
    assert len(room.posts("recap")) == 1


async def test_hidden_and_away_members_are_counted_as_moderators_see_them(room: Room) -> None:
    await room.spring("ada", "bob", "cem")
    await room.says("ada", "settings privacy=hidden")
    await room.says("cem", "away until=2026-03-20")
    await room.goes_to(MONDAYS[0])
    await room.says("ada", "checkin hours=1")
    await room.goes_to(MONDAYS[1])
    assert "Checked in: 1 of 2" in texts(room)[0]


async def test_words_stay_with_the_moderators_of_their_own_side(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await room.says("eve", "join spring", place=THERE)
    room.moderators.add("nina")
    await room.says("nina", "cohort digest on", place=THERE)
    await room.goes_to(MONDAYS[0])
    await room.says("ada", 'checkin blockers="a word from here"')
    await room.says("eve", 'checkin blockers="a word from there"', place=THERE)
    await room.goes_to(MONDAYS[1])
    (here,) = texts(room)
    (there,) = [
        sent.message.to_plain_text() for sent in room.chats["other"].sent if sent.kind == "digest"
    ]
    assert "a word from here" in here
    assert "a word from there" not in here
    assert "a word from there" in there
    assert "a word from here" not in there
    assert "Checked in: 2 of 2" in here
    assert "Checked in: 2 of 2" in there


async def test_after_an_outage_the_newest_digest_stands_for_all(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAYS[0])
    await room.says("ada", "checkin hours=1")
    await room.is_down_until(MONDAYS[2])
    (digest,) = digests(room)
    assert "Week 2 is over" in digest.message.to_plain_text()
    assert [state for state, _ in await list_outcomes(room)] == ["skipped", "sent"]


async def test_a_lost_answer_brings_no_second_digest(room: Room) -> None:
    await room.spring("ada")
    lost: list[str] = []

    def is_lost(moment: str, place: Place, key: str) -> None:
        if moment == "after" and ".digest." in key and not lost:
            lost.append(key)
            raise SendError("lost", perhaps_sent=True)

    room.chat.fault = is_lost
    await room.goes_to(MONDAYS[1])
    assert lost
    assert len(digests(room)) == 1
    assert await list_outcomes(room) == [("sent", "found after an unknown outcome")]


async def test_a_quiet_group_brings_one_letter_and_no_public_zero(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(MONDAYS[4])
    first, second = texts(room)
    assert "Checked in: 0 of 2" in first
    assert second.startswith(
        "spring has gone quiet\nNobody in spring has checked in for two weeks.\n"
    )
    assert "[Pause] [Reschedule] [Finish] [Who needs me]" in second
    outcomes = await list_outcomes(room)
    assert outcomes[2:] == [("skipped", "was told that the group is quiet")] * 2
    recaps = [post.message.to_plain_text() for post in room.posts("recap")]
    assert ["0 of 2" in recap for recap in recaps] == [True, False, False, False]
    assert "You can still check in for it: one line is enough." in recaps[1]


async def test_a_check_in_brings_the_digest_back(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(MONDAYS[3])
    await room.says("ada", "checkin hours=1")
    await room.goes_to(MONDAYS[4])
    assert len(texts(room)) == 3
    assert "Checked in: 1 of 2 (0 of 2)" in texts(room)[2]


async def test_a_lost_quiet_letter_is_made_up_for(room: Room) -> None:
    await room.spring("ada", "bob")

    def is_closed(moment: str, place: Place, key: str) -> None:
        if place.native == "mona" and room.clock.at < MONDAYS[2]:
            raise SendError("closed", permanent=True)

    room.chat.fault = is_closed
    await room.goes_to(MONDAYS[4])
    assert [text.partition("\n")[0] for text in texts(room)] == ["spring has gone quiet"]


@pytest.mark.parametrize(("label", "words"), [("Pause", "Pause spring"), ("Finish", "End it now?")])
async def test_a_button_works_in_a_private_chat_without_a_space(
    room: Room, label: str, words: str
) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(MONDAYS[2])
    letter = digests(room)[1].message
    assert words in (await presses_in_private(room, letter, label)).to_plain_text()
    room.moderators.remove("mona")
    refused = await presses_in_private(room, letter, label)
    assert "Only moderators can use" in refused.to_plain_text()


async def presses_in_private(room: Room, letter: Message, label: str) -> Message:
    """Press a button of a letter where no rights come with the press."""
    phrases = [
        button.says
        for block in letter.blocks
        if block.block == "buttons"
        for button in block.buttons
        if button.label == label
    ]
    caller = room.caller("mona")
    key = f"private-{next(KEYS)}"
    answer = await room.core.answer_phrase(
        type(caller)(caller.account, caller.name), DM, phrases[0], idempotency_key=key
    )
    assert isinstance(answer, Message)
    return answer


async def test_a_closed_channel_does_not_keep_the_digest(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAYS[1] - timedelta(hours=12))
    room.chat.lacking[room.place.channel] = (SetupProblem("I may not write here."),)
    await room.goes_to(MONDAYS[1])
    assert len(digests(room)) == 1
