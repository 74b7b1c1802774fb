"""Two accounts of one person: read as one once they are linked, and parted by their own deeds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.store import Tx
from tests.support.database import load_first_cohort
from tests.support.room import Room
from tests.support.two_platforms import THERE, code_for, houses, links

SECOND_WEEK = datetime(2026, 3, 10, 12, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 8, 23, tzinfo=UTC)


def list_reminders(room: Room) -> list[tuple[str, str]]:
    """Return reader and ref for every reminder sent, by platform and then by time."""
    reminders = []
    for chat in room.chats.values():
        for sent in chat.sent:
            if sent.place.is_private and sent.kind != "digest":
                reminders.append((sent.place.native, sent.ref))
    return reminders


async def couple(room: Room) -> None:
    """Put Ada and Nora into spring, each on her own platform, not linked yet."""
    await room.spring("ada")
    await houses(room)
    room.clock.at += timedelta(hours=1)
    assert "You are in spring" in await room.says("nora", "join", place=THERE)
    await room.says("ada", "settings reminders=2")
    await room.says("nora", "settings reminders=2", place=THERE)


BOTH = [("ada", "linear-algebra.0"), ("ada", "linear-algebra.1")]


async def test_linked_accounts_are_reminded_once_and_alone_again_each(room: Room) -> None:
    room.zones["nora"] = "Asia/Kolkata"
    await couple(room)
    await links(room, "ada", "nora")

    # As after a change of dates, and as after an update of the bot.
    async def compute_again(tx: Tx) -> None:
        cohort = await load_first_cohort(tx)
        await tx.schedule.save_changed_cohort(cohort, cohort, room.clock.now())
        await tx.schedule.reset_due_times([cohort.id], room.clock.now(), new_kinds=True)

    await room.store.run(compute_again)
    await room.goes_to(SUNDAY)
    assert list_reminders(room) == BOTH
    assert {sent.at.hour for sent in room.private("ada")} == {18}
    assert "no longer connected" in await room.says("nora", "unlink sure=yes", place=THERE)
    await room.says("ada", "week")
    await room.goes_to(SUNDAY + timedelta(weeks=1))
    week = [(name, f"optimization.{n}") for name in ("ada", "nora") for n in (0, 1)]
    assert list_reminders(room) == BOTH + week


async def test_what_waited_for_the_other_account_is_not_said_twice(quick_room: Room) -> None:
    room = quick_room
    await couple(room)
    await room.goes_to(datetime(2026, 3, 7, 17, 59, tzinfo=UTC))
    room.clock.at = datetime(2026, 3, 7, 18, tzinfo=UTC)
    await room.clockwork.schedule_due_posts()
    code = (await room.answer("ada", "link")).to_plain_text().split()[3].rstrip(".")
    await room.answer("nora", f"link {code}", place=THERE)
    await room.pulse()
    assert list_reminders(room) == BOTH[:1]


async def test_what_had_fallen_due_for_the_other_account_is_still_said(quick_room: Room) -> None:
    room = quick_room
    room.zones["nora"] = "Asia/Kolkata"
    await couple(room)
    await room.goes_to(datetime(2026, 3, 7, 12, 29, tzinfo=UTC))
    room.clock.at += timedelta(minutes=1)
    await room.clockwork.schedule_due_posts()
    code = (await room.answer("nora", "link", place=THERE)).to_plain_text().split()[3].rstrip(".")
    await room.answer("ada", f"link {code}")
    await room.goes_to(SUNDAY)
    assert list_reminders(room) == [("ada", "linear-algebra.1"), ("nora", "linear-algebra.0")]


async def test_who_was_told_through_one_account_is_not_told_again_through_the_other(
    quick_room: Room,
) -> None:
    room = quick_room
    await couple(room)
    await room.says("nora", "settings zone=Asia/Kolkata", place=THERE)
    await room.goes_to(datetime(2026, 3, 7, 14, tzinfo=UTC))
    assert list_reminders(room) == [("nora", "linear-algebra.0")]
    await room.says("ada", "settings zone=UTC")
    await links(room, "ada", "nora")
    await room.goes_to(SUNDAY)
    assert list_reminders(room) == [("ada", "linear-algebra.1"), ("nora", "linear-algebra.0")]


async def test_a_reminder_comes_through_another_account_where_the_first_is_out_of_reach(
    room: Room,
) -> None:
    await couple(room)
    await links(room, "ada", "nora")
    await room.goes_to(datetime(2026, 3, 7, 17, 59, tzinfo=UTC))
    await room.core.handle_space_left(room.place)
    await room.passes(hours=1)
    await room.core.handle_space_joined(room.place)
    await room.goes_to(SUNDAY)
    assert list_reminders(room) == [("ada", "linear-algebra.1"), ("nora", "linear-algebra.0")]


async def test_whoever_left_one_space_is_reached_in_the_other_and_not_away(
    quick_room: Room,
) -> None:
    room = quick_room
    await couple(room)
    room.chat.strangers.add("ada")
    await room.goes_to(datetime(2026, 3, 7, 23, tzinfo=UTC))
    assert "away, nobody is counting" in await room.says("ada", "progress")
    await links(room, "ada", "nora")
    assert "away" not in await room.says("ada", "progress")
    await room.goes_to(SUNDAY)
    assert list_reminders(room) == [("nora", "linear-algebra.0"), ("nora", "linear-algebra.1")]
    await room.says("nora", "unlink sure=yes", place=THERE)
    await links(room, "ada", "nora")
    await room.goes_to(SUNDAY + timedelta(weeks=1))
    assert list_reminders(room)[2:] == [("nora", "optimization.0"), ("nora", "optimization.1")]


async def test_whoever_leaves_a_space_while_linked_misses_one_reminder_at_most(
    quick_room: Room,
) -> None:
    room = quick_room
    await couple(room)
    await links(room, "ada", "nora")
    room.chat.strangers.add("ada")
    await room.goes_to(SUNDAY)
    assert list_reminders(room) == [("nora", "linear-algebra.1")]
    assert "away" not in await room.says("nora", "progress", place=THERE)


async def test_settings_time_off_and_leaving_count_for_both(quick_room: Room) -> None:
    room = quick_room
    await couple(room)
    await links(room, "ada", "nora")
    await room.says("nora", "settings reminder=20:00", place=THERE)
    assert "Reminders: at 20:00" in await room.says("ada", "settings")
    await room.goes_to(datetime(2026, 3, 7, 23, tzinfo=UTC))
    assert [sent.at.hour for sent in room.private("ada")] == [20]
    assert "You are away" in await room.says("nora", "away until=2026-03-15", place=THERE)
    await room.goes_to(SUNDAY + timedelta(weeks=1))
    assert list_reminders(room) == BOTH[:1]
    assert "Welcome back" in await room.says("ada", "away back=yes")
    assert "You have left spring" in await room.says("nora", "leave", place=THERE)
    assert "You are not in a cohort yet" in await room.says("ada", "week")
    await room.goes_to(SUNDAY + timedelta(weeks=2))
    assert list_reminders(room) == BOTH[:1]
    assert "You are in spring 🎉" in await room.says("nora", "join", place=THERE)
    assert "You are in spring already" in await room.says("ada", "join")
    await room.goes_to(SUNDAY + timedelta(weeks=3))
    assert [name for name, _ in list_reminders(room)] == ["ada", "nora", "nora"]


async def test_linking_shows_nobody_who_was_hidden_and_what_was_said_last_counts(
    quick_room: Room,
) -> None:
    room = quick_room
    await couple(room)
    await room.says("cem", "join")
    for name, place, item in (("ada", None, "bayes"), ("nora", THERE, "numpy-matrices")):
        await room.says(name, f"tick {item}", place=place)
    await room.says("nora", "settings hidden=yes", place=THERE)
    assert "1. Ada: 1 of 57" in await room.says("cem", "progress board")
    await links(room, "ada", "nora")
    assert "Ada" not in await room.says("cem", "progress board")
    room.clock.at += timedelta(minutes=1)
    await room.says("ada", "settings hidden=no")
    assert "1. Ada: 2 of 57" in await room.says("cem", "progress board")
    await room.says("nora", "unlink sure=yes", place=THERE)
    room.clock.at += timedelta(minutes=1)
    await room.says("ada", "settings hidden=yes")
    assert "1. Nora: 1 of 57" in await room.says("cem", "progress board")
    room.clock.at += timedelta(minutes=1)
    await room.says("nora", "settings hidden=no", place=THERE)
    await links(room, "ada", "nora")
    assert "1. Ada: 2 of 57" in await room.says("cem", "progress board")


async def test_moderators_read_one_line_with_the_latest_word_of_either(quick_room: Room) -> None:
    room = quick_room
    await couple(room)
    room.clock.at = SECOND_WEEK
    await room.says("ada", 'checkin 2 blockers="no time"')
    room.clock.at += timedelta(hours=1)
    await room.says("nora", 'checkin 1 blockers="the second platform"', place=THERE)
    await links(room, "ada", "nora")
    listed = await room.says("mona", "cohort members")
    assert "1 member" in listed
    assert "the second platform" in listed
    assert "no time" not in listed


async def test_ticks_and_joining_while_accounts_are_linked_and_parted_are_all_counted(
    room: Room,
) -> None:
    await room.spring("ada")
    await houses(room)
    code = await code_for(room, "ada")
    items = list(room.roadmaps["ai-ml-engineer-12-weeks"].items)
    here = [room.answer("ada", f"tick {item}") for item in items[:6]]
    joining = ("join", f"link {code}", "join")
    there = [room.answer("nora", phrase, place=THERE) for phrase in joining]
    await asyncio.gather(*here, *there)
    later = [room.answer("nora", f"tick {item}", place=THERE) for item in items[6:10]]
    await asyncio.gather(*later, room.answer("ada", "tick " + items[10]))
    assert "1 member. " in await room.says("mona", "cohort members")
    for name, place in (("ada", None), ("nora", THERE)):
        assert "The whole plan: 11 of 57" in await room.says(name, "progress", place=place)
    late = [room.answer("nora", f"tick {item}", place=THERE) for item in items[11:15]]
    await asyncio.gather(*late, room.answer("nora", "unlink sure=yes", place=THERE))
    assert "The whole plan: 7 of 57" in await room.says("ada", "progress")
    assert "The whole plan: 8 of 57" in await room.says("nora", "progress", place=THERE)
