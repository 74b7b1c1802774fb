"""Members who are away: they are in neither number of a post, unless they did it all the same."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.group.cohort import Cohort
from bot.post import ActivityCounts
from bot.store import Tx
from tests.posts.test_skips import FIRST_ITEM, on, reasons
from tests.support.room import Room

NUMBERS = itertools.count()


def recaps(room: Room) -> list[str]:
    return [post.message.to_plain_text().split("\n")[2] for post in room.posts("recap")]


async def test_who_is_away_stands_in_neither_number_of_the_nudge_and_the_recap(room: Room) -> None:
    await room.spring("ada", "bob", "cem", "dua")
    await room.says("cem", "away open=yes")
    await room.goes_to(on(3, 3))
    await room.says("ada", f"tick {FIRST_ITEM}")
    await room.goes_to(on(3, 5))
    assert "One of us has started" in room.posts("nudge")[0].message.to_plain_text()
    await room.says("ada", "checkin hours=2")
    await room.goes_to(on(3, 9))
    assert recaps(room) == ["Checked in: 1 of 3"]


async def test_who_does_it_all_the_same_while_away_stands_in_both(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob", "cem", "dua")
    await room.goes_to(on(3, 3))
    for name in ("bob", "cem"):
        await room.says(name, "away 2026-03-20 spring")
    await room.says("cem", f"tick {FIRST_ITEM}")
    await room.goes_to(on(3, 5))
    assert "One of us has started" in room.posts("nudge")[0].message.to_plain_text()
    await room.says("cem", "checkin hours=2")
    await room.goes_to(on(3, 9))
    assert recaps(room) == ["Checked in: 1 of 3"]


async def test_everybody_who_is_there_has_checked_in_and_nobody_else_is_asked(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.says("bob", "away open=yes")
    await room.goes_to(on(3, 3))
    await room.says("ada", f"checkin hours=2 items={FIRST_ITEM}")
    await room.goes_to(on(3, 7))
    assert await reasons(room, "nudge") == {"linear-algebra": "everybody has begun"}
    assert await reasons(room, "check_in") == {"linear-algebra": "everybody has checked in"}


async def test_posts_that_count_are_left_out_while_everybody_is_away(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    for name in ("ada", "bob"):
        await room.says(name, "away open=yes")
    await room.goes_to(on(3, 9))
    for kind in ("nudge", "check_in", "recap"):
        assert await reasons(room, kind) == {"linear-algebra": "everybody is away"}
    assert "2 of us have joined so far" in room.posts("starts_soon")[0].message.to_plain_text()


async def test_a_recap_of_those_who_went_away_counts_nobody_and_honours_them(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(on(3, 3))
    await room.says("ada", f"tick {FIRST_ITEM}")
    await room.says("ada", "away open=yes")
    await room.goes_to(on(3, 9))
    assert room.posts("recap")[0].message.to_plain_text().split("\n")[2:] == [
        "This week's board",
        "1. Ada: 1 of 5",
        "[My progress] [Check in late]",
    ]


async def test_who_comes_back_on_monday_is_not_missed_in_the_week_they_were_away(
    quick_room: Room,
) -> None:
    room = quick_room
    room.zones["cem"] = "Pacific/Kiritimati"
    await room.spring("ada", "bob", "cem")
    await room.goes_to(on(3, 4))
    await room.says("ada", "checkin hours=1")
    await room.says("bob", "away 2026-03-08")
    await room.goes_to(on(3, 9, 8))
    await room.says("cem", "away 2026-03-10")
    await room.goes_to(on(3, 9))
    assert recaps(room) == ["Checked in: 1 of 1"], "bob was away then, and cem is now"
    await room.goes_to(on(3, 16))
    assert recaps(room)[1] == "Checked in: 0 of 3"


ACTS = st.dictionaries(
    st.sampled_from(["ada", "bob", "cem", "dua"]),
    st.lists(st.sampled_from(["away", "back", "checkin", "tick", "hide", "show"]), max_size=4),
)
SAID: Mapping[str, str] = {
    "away": "away open=yes cohort={ref}",
    "back": "away back=yes cohort={ref}",
    "checkin": "checkin 1 hours=1 cohort={ref}",
    "tick": f"tick {FIRST_ITEM} cohort={{ref}}",
    "hide": "settings hidden=yes cohort={ref}",
    "show": "settings hidden=no cohort={ref}",
}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
async def test_no_pair_of_numbers_misses_who_is_away(
    quick_room: Room, acts: dict[str, list[str]]
) -> None:
    room, people = quick_room, ("ada", "bob", "cem", "dua")
    cohort = await one_more(room, people)
    for name, said in acts.items():
        for act in said:
            room.clock.at += timedelta(seconds=1)
            await room.answer(name, SAID[act].format(ref=cohort.ref))

    async def count_both_ways(tx: Tx) -> tuple[ActivityCounts, ActivityCounts]:
        counts = await tx.progress.count_week_activity(
            cohort, cohort.calendar.weeks[0], room.clock.now()
        )
        expected = ActivityCounts()
        for name in people:
            member = await tx.members.find_member(
                cohort, await tx.people.find_person(room.caller(name))
            )
            assert member is not None
            done = bool(await tx.progress.load_ticked_items(member.person, cohort.roadmap))
            reported = (
                await tx.progress.load_checkin(member, cohort.calendar.weeks[0].id) is not None
            )
            here = not member.is_away_today(cohort, room.clock.now())
            numbers = (1, reported, here or reported, done, here or done)
            if not member.hidden:
                expected = ActivityCounts(
                    *(a + b for a, b in zip(_numbers(expected), numbers, strict=True))
                )
        return counts, expected

    counts, expected = await room.store.run(count_both_ways, write=False)
    assert counts == expected
    assert counts.checked_in_count <= counts.check_in_total <= counts.members
    assert counts.ticked_count <= counts.tick_total <= counts.members


def _numbers(counts: ActivityCounts) -> tuple[int, int, int, int, int]:
    return (
        counts.members,
        counts.checked_in_count,
        counts.check_in_total,
        counts.ticked_count,
        counts.tick_total,
    )


async def one_more(room: Room, people: tuple[str, ...]) -> Cohort:
    """Open one more cohort and go to its first week; these people are in it, without ticks."""
    room.clock.at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    name = f"c{next(NUMBERS)}"
    await room.answer("mona", f"cohort create name={name} start=2026-03-02")
    await room.answer("mona", f"cohort open {name} week=1 sure=yes")
    for person in people:
        await room.answer(person, f"join {name}")
        await room.answer(person, f"tick {FIRST_ITEM} undo=yes cohort={name}")
    await room.pulse()

    async def find_cohort(tx: Tx) -> Cohort | None:
        space = await tx.people.find_space_id(room.place)
        assert space is not None
        return await tx.cohorts.find_cohort_by_name(space, name)

    cohort = await room.store.run(find_cohort, write=False)
    assert cohort is not None
    return cohort.advance_state(room.clock.now())
