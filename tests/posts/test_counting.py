"""The weekly post and the check-in prompt count along while their week is open."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.chat.address import Place
from bot.chat.errors import MessageGone, SendError, TooOldToEdit
from bot.chat.platform import EditPace
from bot.store import Tx
from tests.support.database import execute_sql, load_first_cohort
from tests.support.room import Room, Sent

NAMES = ("ada", "bob", "cy", "dan")
FIVE_MINUTES = timedelta(minutes=5)


def on(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


async def begin(room: Room, *names: str) -> None:
    """Bring a group into the first afternoon of its first week."""
    await room.spring(*(names or NAMES))
    await room.goes_to(on(3, 2))


def read_post(room: Room, kind: str = "topics") -> str:
    return room.posts(kind)[-1].message.to_plain_text()


def find_count_line(text: str) -> str:
    lines = [line for line in text.splitlines() if " of us · " in line]
    return lines[0] if lines else ""


async def test_the_weekly_post_counts_along_with_the_group(room: Room) -> None:
    await begin(room)
    assert find_count_line(read_post(room)) == ""
    await room.says("ada", "tick 1 2")
    assert find_count_line(read_post(room)) == "4 of us · 2 items done"
    await room.says("bob", "tick 1")
    await room.passes(minutes=5)
    assert find_count_line(read_post(room)) == "4 of us · 3 items done"
    await room.says("bob", "tick 1 undo=yes")
    await room.passes(minutes=5)
    assert find_count_line(read_post(room)) == "4 of us · 2 items done"


async def test_whoever_has_done_the_whole_week_is_counted_and_not_named(room: Room) -> None:
    await begin(room)
    for number in range(1, 20):
        answer = await room.says("ada", f"tick {number}")
        if "no item" in answer.lower() or "choose" in answer.lower():
            break
    await room.passes(minutes=5)
    line = find_count_line(read_post(room))
    assert line.startswith("4 of us · ")
    assert line.endswith(" items done · 1 finished the week")
    assert "Ada" not in read_post(room)


async def test_the_check_in_prompt_says_how_many_have_checked_in(room: Room) -> None:
    await begin(room)
    await room.goes_to(on(3, 6))
    assert "Checked in" not in read_post(room, "check_in")
    for count, name in enumerate(NAMES, 1):
        await room.says(name, "checkin hours=2")
        await room.passes(minutes=5)
        assert f"Checked in: {count} of 4" in read_post(room, "check_in")


async def test_an_edited_check_in_and_a_tick_ask_for_no_edit_of_the_prompt(room: Room) -> None:
    await begin(room)
    await room.goes_to(on(3, 6))
    await room.says("ada", "checkin hours=2")
    await room.passes(minutes=5)
    before = len(room.chat.edited)
    await room.says("ada", "checkin hours=3")
    await room.says("ada", "tick 1")
    await room.passes(minutes=10)
    assert [key.split(".")[2] for key in room.chat.edited[before:]] == ["topics"]


async def test_hidden_members_are_counted_nowhere(room: Room) -> None:
    await begin(room)
    await room.says("ada", "tick 1 2")
    await room.says("bob", "settings hidden=yes")
    await room.says("bob", "tick 1 2 3")
    await room.passes(minutes=6)
    assert find_count_line(read_post(room)) == "3 of us · 2 items done"
    edits = len(room.chat.edited)
    await room.says("bob", "tick 4")
    await room.passes(minutes=6)
    assert len(room.chat.edited) == edits


async def test_whoever_joins_hides_or_leaves_is_counted_again(room: Room) -> None:
    await begin(room)
    await room.says("ada", "tick 1 2")
    await room.says("bob", "tick 1")
    for phrase, line in (
        ("settings hidden=yes", "3 of us · 2 items done"),
        ("settings hidden=no", "4 of us · 3 items done"),
        ("leave", "3 of us · 2 items done"),
        ("join spring", "4 of us · 3 items done"),
    ):
        await room.says("bob", phrase)
        await room.passes(minutes=5)
        assert find_count_line(read_post(room)) == line


def list_gaps(room: Room) -> dict[str, list[timedelta]]:
    """Return the time between two edits, for each message."""
    moments: dict[str, list[datetime]] = defaultdict(list)
    for key, at in room.chat.edit_times:
        moments[key].append(at)
    gaps = {}
    for key, times in moments.items():
        gaps[key] = [later - earlier for earlier, later in pairwise(times)]
    return gaps


async def test_a_message_is_edited_at_most_once_in_five_minutes(quick_room: Room) -> None:
    room = quick_room
    await begin(room)
    for minute in range(40):
        await room.says(NAMES[minute % 4], f"tick {1 + minute // 4}")
        await room.passes(minutes=1)
    gaps = list_gaps(room)
    assert gaps
    assert min(gap for times in gaps.values() for gap in times) >= FIVE_MINUTES
    # Ticks in between are folded into the next edit.
    assert max(map(len, gaps.values())) <= 40 / 5


async def test_an_old_message_is_edited_once_an_hour_where_the_platform_wants_it(
    quick_room: Room,
) -> None:
    room = quick_room
    room.chat.edit_pace = EditPace(old_after=timedelta(hours=1))
    await begin(room)
    for number in range(24):
        await room.says(NAMES[number % 4], f"tick {1 + number // 4}")
        await room.passes(minutes=10)
    gaps = list_gaps(room)
    assert min(gap for times in gaps.values() for gap in times) >= timedelta(hours=1)
    assert max(map(len, gaps.values())) >= 2


async def test_the_last_edit_comes_when_the_week_has_closed_even_if_nobody_asks(
    room: Room,
) -> None:
    await begin(room)
    await room.says("ada", "tick 1 2")
    await room.passes(minutes=10)
    edits = len(room.chat.edited)
    # Nobody asks when somebody has gone away: that is seen in the last edit.
    await room.says("bob", "away until=2026-03-20")
    await room.goes_to(on(3, 9, 11))
    assert [key for key in room.chat.edited[edits:] if ".topics." in key] != []
    first = room.posts("topics")[0].message.to_plain_text()
    assert find_count_line(first) == "4 of us · 2 items done"
    edits = len(room.chat.edited)
    # A late tick counts for the member, and the closed week's post stays.
    await room.says("cy", "week n=1")
    await room.says("cy", "tick vectors-matrices")
    await room.passes(days=1)
    assert [key for key in room.chat.edited[edits:] if ".topics.week-01." in key] == []


async def test_after_an_outage_the_last_edit_comes_all_the_same(room: Room) -> None:
    await begin(room)
    await room.says("ada", "tick 1 2")
    await room.says("bob", "tick 1")
    await room.is_down_until(on(3, 20))
    first = room.posts("topics")[0].message.to_plain_text()
    assert find_count_line(first) == "4 of us · 3 items done"


async def test_a_restart_makes_no_edit_that_nobody_asked_for(room: Room) -> None:
    await begin(room)
    await room.says("ada", "tick 1")
    await room.passes(minutes=10)
    edits = len(room.chat.edited)
    await room.restart()
    await room.passes(minutes=10)
    assert len(room.chat.edited) == edits


async def test_in_two_homes_each_post_counts_along_at_its_own_pace(room: Room) -> None:
    slack = room.opens("slack")
    await room.spring(*NAMES)
    there = Place("slack", "team", "study", tenant="team")
    room.moderators.add("boss")
    code = re.search(r"[A-Z0-9]{5}-[A-Z0-9]{5}", await room.says("mona", "cohort link spring"))
    assert code is not None
    await room.says("boss", f"cohort link {code[0]} sure=yes", place=there)
    await room.goes_to(on(3, 2))

    def refuse(when: str, place: Place, key: str) -> None:
        raise TooOldToEdit("too old")

    slack.edit_fault = refuse
    await room.says("ada", "tick 1")
    await room.says("mona", "posts board")
    await room.passes(minutes=5)
    assert find_count_line(read_post(room)) == "4 of us · 1 item done"
    there_posts = [sent.message.to_plain_text() for sent in slack.sent if sent.kind == "topics"]
    assert list(map(find_count_line, there_posts)) == [""]
    assert len(room.posts("board")) == 1
    assert [sent for sent in slack.sent if sent.kind == "board"] == []


async def test_an_edit_that_is_lost_harms_nothing(room: Room) -> None:
    await begin(room)
    falls = iter([SendError("away"), SendError("lost", perhaps_sent=True)])

    def fail(when: str, place: Place, key: str) -> None:
        if when == "before" and (error := next(falls, None)):
            raise error

    room.chat.edit_fault = fail
    await room.says("ada", "tick 1")
    await room.says("bob", "tick 1 2")
    await room.passes(minutes=10)
    assert find_count_line(read_post(room)) == "4 of us · 3 items done"


async def test_where_edits_are_closed_the_updates_end_quietly(room: Room) -> None:
    await begin(room)
    tries = []

    def refuse(when: str, place: Place, key: str) -> None:
        tries.append(key)
        raise TooOldToEdit("too old")

    room.chat.edit_fault = refuse
    for number in (1, 2, 3):
        await room.says("ada", f"tick {number}")
        await room.passes(minutes=10)
    await room.goes_to(on(3, 8))
    assert len(tries) == 1
    assert "could not" not in await room.says("mona", "posts timeline")
    # The next week's post is a new message.
    room.chat.edit_fault = None
    await room.goes_to(on(3, 9, 12))
    await room.says("ada", "tick 1")
    assert find_count_line(read_post(room)) == "4 of us · 1 item done"


async def test_a_message_deleted_by_hand_is_left_alone(room: Room) -> None:
    await begin(room)
    tries = []

    def refuse(when: str, place: Place, key: str) -> None:
        tries.append(key)
        raise MessageGone("deleted")

    room.chat.edit_fault = refuse
    for number in (1, 2, 3):
        await room.says("ada", f"tick {number}")
        await room.passes(minutes=10)
    assert len(tries) == 1


async def test_while_a_right_is_missing_it_is_tried_seldom_and_the_last_edit_comes(
    room: Room,
) -> None:
    await begin(room)
    tries: list[str] = []

    def refuse(when: str, place: Place, key: str) -> None:
        tries.append(key)
        raise SendError("I may not see the channel", permanent=True)

    room.chat.edit_fault = refuse
    for number in range(1, 7):
        await room.says("ada", f"tick {number}")
        await room.passes(minutes=10)
    assert len(tries) <= 2
    room.chat.edit_fault = None
    await room.goes_to(on(3, 9, 11))
    first: Sent = room.posts("topics")[0]
    assert (
        find_count_line(first.message.to_plain_text())
        == "4 of us · 5 items done · 1 finished the week"
    )


async def test_somebody_who_is_erased_leaves_the_count_at_once(room: Room) -> None:
    await begin(room)
    await room.says("ada", "tick 1 2")
    await room.says("bob", "tick 1")
    await room.passes(minutes=5)
    await room.says("ada", "mydata erase sure=yes")
    await room.goes_to(on(3, 9, 11))
    first = room.posts("topics")[0].message.to_plain_text()
    assert find_count_line(first) == "3 of us · 1 item done"


async def test_a_week_that_is_moved_or_paused_keeps_its_count(room: Room) -> None:
    await begin(room)
    await room.says("ada", "tick 1")
    await room.passes(minutes=10)
    await room.says("mona", "cohort pause sure=yes")
    await room.says("bob", "tick 1")
    await room.passes(days=10)
    assert find_count_line(room.posts("topics")[0].message.to_plain_text()) == (
        "4 of us · 2 items done"
    )
    await room.says("mona", "cohort resume sure=yes")
    await room.passes(days=14)
    assert (
        await execute_sql(
            room.store, "SELECT letter_id FROM edits WHERE due_at < '2026-03-10'", write=False
        )
        == []
    )


async def test_started_again_the_old_posts_stay_as_they_are(room: Room) -> None:
    await begin(room)
    await room.says("ada", "tick 1")
    await room.passes(minutes=10)
    await room.says("mona", "cohort finish sure=yes")
    await room.says("mona", "cohort start again=yes on=2026-06-01 sure=yes")
    edits = len(room.chat.edited)
    await room.passes(days=30)
    assert len(room.chat.edited) == edits
    assert find_count_line(room.posts("topics")[0].message.to_plain_text()) != ""


async def test_in_a_whole_season_edits_keep_their_distance_and_the_last_numbers_are_right(
    quick_room: Room,
) -> None:
    room, chance = quick_room, random.Random(7)
    room.chat.edit_pace = EditPace(old_after=timedelta(hours=1))
    await begin(room)
    await room.says("mona", "posts board")
    monday = on(3, 9, 10)
    for week in range(12):
        while room.clock.now() < monday - timedelta(days=1, hours=2):
            await act_at_random(room, chance)
            await room.passes(minutes=chance.choice((1, 7, 50, 600, 1500)))
        # The last edit may have to wait until an hour after the one before.
        await room.goes_to(monday + timedelta(minutes=5))
        post = room.posts("topics")[week].message.to_plain_text()
        assert find_count_line(post).partition(" done")[0] == await recount(room, week)
        monday += timedelta(days=7)
    check_distances(room)


async def act_at_random(room: Room, chance: random.Random) -> None:
    name, number = chance.choice(NAMES), chance.randint(1, 5)
    acts = (f"tick {number}", f"tick {number} undo=yes", "checkin hours=1", "leave")
    act = chance.choices(acts, (6, 2, 2, 1))[0]
    await room.says(name, act)
    if act == "leave":
        await room.passes(minutes=20)
        await room.says(name, "join spring")


async def recount(room: Room, number: int) -> str:
    """Return the beginning of a week's line, counted from the ticks and not from the scores."""

    async def load_items(tx: Tx) -> tuple[str, ...]:
        return (await load_first_cohort(tx)).syllabus.weeks[number].items

    items = await room.store.run(load_items, write=False)
    wanted = ", ".join(f"'{item}'" for item in items)
    (row,) = await execute_sql(
        room.store,
        "SELECT count(distinct members.id) AS people, count(ticks.item) AS done FROM members "
        f"LEFT JOIN ticks ON ticks.account_id = members.account_id AND ticks.item IN ({wanted}) "
        "WHERE members.left_at IS NULL AND NOT members.hidden",
        write=False,
    )
    noun = "item" if row.done == 1 else "items"
    return f"{row.people} of us · {row.done} {noun}" if row.done else ""


def check_distances(room: Room) -> None:
    """No message is edited twice in five minutes, nor an old one twice in an hour."""
    sent_at = {sent.key: sent.at for sent in room.chat.sent}
    edit_moments: dict[str, list[datetime]] = defaultdict(list)
    for key, at in room.chat.edit_times:
        edit_moments[key].append(at)
    assert len(edit_moments) > 12
    for key, moments in edit_moments.items():
        assert all(later - earlier >= FIVE_MINUTES for earlier, later in pairwise(moments))
        old = [at for at in moments if at - sent_at[key] > timedelta(hours=1)]
        assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(old))
