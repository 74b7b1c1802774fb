"""After an outage each kind follows its rule: late while useful, folded, or skipped."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.errors import SendError
from tests.support.database import list_first_cohort_letters
from tests.support.room import Room

pytestmark = pytest.mark.usual_posts


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


async def ledger(room: Room) -> list[tuple[str, str, str]]:
    """Every scheduled letter to the home: kind, ref, and the reason or state."""
    return [
        (letter.kind, letter.ref, letter.reason or letter.state)
        for letter in await list_first_cohort_letters(room.store)
        if letter.kind not in {"announcement", "new_members"}
    ]


async def test_a_short_outage_delays_everything_and_loses_nothing(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(on(3, 1))
    await room.is_down_until(on(3, 2, 15))
    assert [(sent.kind, sent.at) for sent in room.posts()][1:] == [
        ("kick_off", on(3, 2, 15)),
        ("topics", on(3, 2, 15)),
    ]


async def test_a_long_outage_is_told_in_one_message_of_each_kind(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(on(3, 1))
    await room.is_down_until(on(3, 17))
    await room.goes_to(on(3, 18))
    assert await ledger(room) == [
        ("starts_soon", "start", "sent"),
        ("kick_off", "start", "too late to be useful"),
        ("topics", "linear-algebra", "folded into optimization"),
        ("nudge", "linear-algebra", "too late to be useful"),
        ("check_in", "linear-algebra", "too late to be useful"),
        ("recap", "linear-algebra", "folded into optimization"),
        ("topics", "optimization", "folded into python-for-ml"),
        ("nudge", "optimization", "too late to be useful"),
        ("check_in", "optimization", "too late to be useful"),
        ("recap", "optimization", "sent"),
        ("topics", "python-for-ml", "sent"),
    ]
    said = room.posts("topics")[0].message.to_plain_text()
    assert "I was away for a while: week 1 and 2 went by without a post." in said
    assert "This stands for week 1 too." in room.posts("recap")[0].message.to_plain_text()
    assert room.private("ada") == []
    timeline = "".join(
        [await room.says("mona", f"cohort timeline page={number}") for number in (1, 2)]
    )
    assert "Weekly topics, week 1 · skipped, folded into week 2" in timeline
    assert "optimization" not in timeline


async def test_a_cohort_that_begins_and_ends_during_an_outage_still_gets_its_finale(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    await quick_room.is_down_until(on(5, 30))
    assert [sent.kind for sent in quick_room.posts()] == ["recap", "finale"]
    entered = await ledger(quick_room)
    assert len(entered) == 3 + 12 * 4
    assert [line for line in entered if line[2] == "sent"] == [
        ("recap", "final-project", "sent"),
        ("finale", "finish", "sent"),
    ]
    assert [line for line in entered if line[0] == "topics"][-1][2] == "too late to be useful"


async def test_starts_soon_is_of_no_use_once_the_plan_has_begun(quick_room: Room) -> None:
    await quick_room.spring()
    await quick_room.is_down_until(on(3, 2))
    assert (await ledger(quick_room))[0] == ("starts_soon", "start", "too late to be useful")
    assert [sent.kind for sent in quick_room.posts()] == ["kick_off", "topics"]


async def test_a_check_in_prompt_and_a_reminder_come_late_while_the_week_is_open(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(on(3, 5))
    await quick_room.is_down_until(on(3, 8, 10))
    assert [sent.kind for sent in quick_room.posts() if sent.at >= on(3, 6)] == ["check_in"]
    assert [sent.ref for sent in quick_room.private("ada")] == ["linear-algebra.0"]


async def test_a_change_of_dates_right_after_an_outage_loses_nothing_that_was_due(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(on(3, 8))
    quick_room.clock.at = on(3, 9, 11)
    await quick_room.restart()
    await quick_room.says("mona", "cohort reschedule spring start=2026-03-16 sure=yes")
    assert [(sent.kind, sent.ref) for sent in quick_room.posts() if sent.at >= on(3, 9, 9)] == [
        ("recap", "linear-algebra"),
        ("topics", "optimization"),
    ]
    assert [sent.ref for sent in quick_room.private("ada")] == ["linear-algebra.0"]
    await quick_room.goes_to(on(4, 1))
    assert [(sent.ref, f"{sent.at:%m-%d}") for sent in quick_room.posts("topics")] == [
        ("linear-algebra", "03-02"),
        ("optimization", "03-09"),
        ("python-for-ml", "03-30"),
    ]


async def test_computing_the_schedule_again_makes_no_past_moment_due(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(on(3, 6))
    before = [sent.key for sent in room.chat.sent]
    await room.store.run(lambda tx: tx.schedule.reset_due_times([1], room.clock.now()))
    await room.restart()
    await room.pulse()
    assert [sent.key for sent in room.chat.sent] == before
    await room.goes_to(on(3, 9))
    assert [sent.kind for sent in room.posts() if sent.at > on(3, 6)] == ["recap", "topics"]


async def test_a_start_in_the_past_posts_the_current_week_and_none_before_it(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada", start="2026-02-03")
    assert [(sent.kind, sent.ref) for sent in quick_room.posts("topics")] == [
        ("topics", "python-for-ml")
    ]
    await quick_room.passes(weeks=1)
    assert [sent.ref for sent in quick_room.posts("topics")] == [
        "python-for-ml",
        "exploratory-analysis",
    ]


async def test_what_a_platform_keeps_refusing_is_folded_like_an_outage(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(on(3, 1))

    def fault(when: str, place: object, key: str) -> None:
        raise SendError("out of order")

    quick_room.chat.fault = fault
    await quick_room.goes_to(on(3, 9, 13))
    quick_room.chat.fault = None
    await quick_room.goes_to(on(3, 10))
    assert [(sent.kind, sent.ref) for sent in quick_room.posts() if sent.at > on(3, 2)] == [
        ("recap", "linear-algebra"),
        ("topics", "optimization"),
    ]
    assert ("topics", "linear-algebra", "folded into optimization") in await ledger(quick_room)


async def test_a_setting_changed_right_after_an_outage_loses_no_reminder(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(on(3, 7))
    quick_room.clock.at = on(3, 7, 19)
    await quick_room.restart()
    await quick_room.says("ada", "settings reminder=18:30")
    assert [sent.ref for sent in quick_room.private("ada")] == ["linear-algebra.0"]
