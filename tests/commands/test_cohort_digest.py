"""`cohort digest`: read it at any time, have it as a letter or not, and send posts again."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.address import Place
from bot.chat.errors import SendError
from tests.support.room import Room, Sent

MONDAYS = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (2, 9)]


def digests(room: Room, name: str = "mona") -> list[Sent]:
    return [sent for sent in room.private(name) if sent.kind == "digest"]


async def test_the_digest_can_be_switched_off_and_on(room: Room) -> None:
    room.moderators.add("omar")
    await room.spring("ada")
    assert "no more weekly digests" in await room.says("mona", "cohort digest off")
    assert "You get the digest of spring" in await room.says("omar", "cohort digest on")
    await room.goes_to(MONDAYS[1])
    assert digests(room) == []
    assert len(digests(room, "omar")) == 1


async def test_it_can_be_read_at_any_time(room: Room) -> None:
    await room.spring("ada")
    assert "there is nothing to tell yet" in await room.says("mona", "cohort digest")
    await room.goes_to(MONDAYS[0])
    await room.says("ada", "checkin hours=4")
    text = await room.says("mona", "cohort digest")
    assert "Week 1 so far." in text
    assert "Checked in: 1 of 1" in text
    assert "You get this as a private letter each week" in text
    assert "Only moderators" in await room.says("ada", "cohort digest")


async def test_a_failed_post_is_sent_again_from_the_digest(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAYS[0])
    await room.says("ada", "checkin hours=1")
    room.chat.may_look = False

    def is_lost(moment: str, place: Place, key: str) -> None:
        if ".topics." in key and room.clock.at < MONDAYS[1]:
            raise SendError("lost", perhaps_sent=True)

    room.chat.fault = is_lost
    await room.goes_to(datetime(2026, 3, 9, 12, tzinfo=UTC))
    room.chat.fault = None
    answer = await room.answer("mona", "cohort digest")
    text = answer.to_plain_text()
    assert "Posts that did not go well\n• Weekly topics, week 2 may be there or not: " in text
    shown = await room.presses("mona", answer, "Send again: Weekly topics, week 2")
    assert "Send Weekly topics, week 2 again here? It may be there already" in shown.to_plain_text()
    before = len(room.posts("topics"))
    done = await room.presses("mona", shown, "Send it again")
    assert "I send Weekly topics, week 2 again now." in done.to_plain_text()
    assert len(room.posts("topics")) == before + 1
    again = await room.presses("mona", answer, "Send again: Weekly topics, week 2")
    assert "has been sent or is on its way" in again.to_plain_text()
    assert "Only moderators" in await room.says("ada", "posts resend letter=1 cohort=#1")
    assert "posts resend letter=" in await room.says("mona", "cohort log")


async def test_without_a_week_that_can_be_sent_the_press_says_why(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAYS[0])
    room.chat.may_look = False

    def is_lost(moment: str, place: Place, key: str) -> None:
        if ".topics." in key:
            raise SendError("lost", perhaps_sent=True)

    room.chat.fault = is_lost
    await room.goes_to(MONDAYS[1])
    room.chat.fault = None
    answer = await room.answer("mona", "cohort digest")
    room.clock.at = datetime(2026, 3, 17, 12, tzinfo=UTC)
    pressed = await room.presses("mona", answer, "Send again: Weekly topics, week 2")
    for wrong in ("plain", "²", "9" * 30, "0"):
        refused = await room.says("mona", f"posts resend letter={wrong} cohort=#1")
        assert "has been sent or is on its way" in refused
    assert "It is too late for Weekly topics, week 2" in pressed.to_plain_text()
