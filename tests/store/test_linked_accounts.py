"""Two accounts of one person: read as one from the moment they are linked, and parted by what came through each.

Whatever is said through the two, in whatever order, a model of two sets of ticks and two rows of check-ins agrees.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.chat.address import Place
from bot.group.progress import Standing
from bot.store import Tx
from tests.support.room import Room
from tests.support.two_platforms import THERE, code_for, houses, links

SECOND_WEEK = datetime(2026, 3, 10, 12, tzinfo=UTC)
ITEMS = ("bayes", "derivatives", "numpy-matrices", "optimizers")
HERE, BESIDE = "here", "there"


@dataclass
class Side:
    """One account and what came through it."""

    name: str
    place: Place
    seated: bool = False
    ticked: set[str] = field(default_factory=set)
    reports: dict[int, tuple[datetime, str]] = field(default_factory=dict)


class Two:
    """Two people in a room, who may be one, and what has to be known of them."""

    def __init__(self, room: Room, cohort: int, number: int) -> None:
        self.room = room
        self.cohort = cohort
        self.linked = False
        self.sides = {
            HERE: Side(f"ada{number}", room.place),
            BESIDE: Side(f"nora{number}", THERE),
        }

    def of(self, which: str) -> list[Side]:
        """The accounts of one person."""
        return list(self.sides.values()) if self.linked else [self.sides[which]]

    def ticks(self, which: str) -> set[str]:
        return set().union(*(side.ticked for side in self.of(which)))

    def reports(self, which: str) -> dict[int, str]:
        said = sorted(
            (at, week, note) for side in self.of(which) for week, (at, note) in side.reports.items()
        )
        return {week: note for _, week, note in said}

    def seated(self, which: str) -> bool:
        return any(side.seated for side in self.of(which))

    async def says(self, which: str, phrase: str) -> str:
        side = self.sides[which]
        self.room.clock.at += timedelta(minutes=1)
        return await self.room.says(side.name, phrase, place=side.place)

    async def does(self, which: str, act: str, number: int) -> None:
        """One act through one of the two, on the bot and on the model."""
        side, item, week = self.sides[which], ITEMS[number % len(ITEMS)], number % 2 + 1
        match act:
            case "join":
                answer = await self.says(which, f"join #{self.cohort}")
                assert ("already" in answer) is self.seated(which)
                side.seated = side.seated or not self.seated(which)
            case "link" | "unlink":
                await self._turn(which, act)
            case "tick" | "untick":
                answer = await self.says(
                    which, f"tick {item} cohort=#{self.cohort} undo={act == 'untick'}"
                )
                self._tick(which, item, act == "untick") if self.seated(
                    which
                ) else self._is_refused(answer)
            case "checkin":
                note = f"note-{self.room.clock.at.timestamp():.0f}"
                answer = await self.says(which, f"checkin {week} note={note} cohort=#{self.cohort}")
                if self.seated(which):
                    side.reports[week] = (self.room.clock.at, note)
                else:
                    self._is_refused(answer)

    def _is_refused(self, answer: str) -> None:
        assert "say join" in answer, answer

    def _tick(self, which: str, item: str, undo: bool) -> None:
        if undo:
            for side in self.of(which):
                side.ticked.discard(item)
        elif item not in self.ticks(which):
            self.sides[which].ticked.add(item)

    async def _turn(self, which: str, act: str) -> None:
        if act == "link":
            other = next(side for key, side in self.sides.items() if key != which)
            self.room.clock.at += timedelta(minutes=1)
            code = (
                (await self.room.says(other.name, "link", place=other.place)).split()[3].rstrip(".")
            )
            answer = await self.says(which, f"link {code}")
            assert ("already connected" if self.linked else "You are now connected with") in answer
            self.linked = True
            return
        answer = await self.says(which, "unlink sure=yes")
        assert ("no longer connected" in answer) is self.linked
        if self.linked and self.seated(which):
            for side in self.sides.values():
                side.seated = side.seated or bool(side.ticked or side.reports)
        self.linked = False

    async def agrees(self) -> None:
        """What the bot shows is what the model says."""
        async with self.room.store.transaction(write=False) as tx:
            await self._agrees(tx)

    async def _agrees(self, tx: Tx) -> None:
        cohort = await tx.cohorts.load_cohort(self.cohort)
        assert cohort is not None
        expected: list[tuple[str, int, Sequence[int]]] = []
        for which in self.sides:
            side = self.sides[which]
            person = await tx.people.find_person(self.room.caller(side.name, side.place))
            member = await tx.members.find_member(cohort, person)
            assert (member is not None) is self.seated(which)
            assert await tx.progress.load_ticked_items(person, cohort.roadmap) == self.ticks(which)
            if member is None:
                continue
            weeks = [week.id for week in cohort.syllabus.weeks[:2]]
            notes = {
                n: await tx.progress.load_checkin(member, week) for n, week in enumerate(weeks, 1)
            }
            assert {n: one.note for n, one in notes.items() if one} == self.reports(which)
            done = self.ticks(which)
            by_week = [len(done & set(week.items)) for week in cohort.syllabus.weeks[:2]]
            if (member.name_in_cohort, len(done), by_week) not in expected:
                expected.append((member.name_in_cohort, len(done), by_week))
            assert member.score == len(done)
            rank = await tx.progress.load_member_standing(cohort, member)
            assert rank.done == len(done)
        people = [
            which for which in ([HERE] if self.linked else [HERE, BESIDE]) if self.seated(which)
        ]
        assert (
            await tx.members.count_seats_taken(cohort)
            == len(people)
            == len(await tx.members.list_seated_members(cohort, 9))
        )
        assert _lines(await tx.progress.list_board_standings(cohort)) == _sorted(
            (name, done) for name, done, _ in expected if done
        )
        for place, week in enumerate(cohort.syllabus.weeks[:2]):
            wanted = _sorted(
                (name, by_week[place]) for name, _, by_week in expected if by_week[place]
            )
            assert _lines(await tx.progress.list_board_standings(cohort, week.id)) == wanted
            counts = await tx.progress.count_week_activity(
                cohort, cohort.calendar.find_week(week.id), self.room.clock.now()
            )
            checked = sum(place + 1 in self.reports(which) for which in people)
            assert (counts.members, counts.checked_in_count, counts.ticked_count) == (
                len(people),
                checked,
                len(wanted),
            )
            assert (await tx.progress.list_streak_members(cohort, [week.id])).count == checked


def _lines(board: Sequence[Standing]) -> list[tuple[str, int]]:
    return _sorted((row.name, row.done) for row in board)


def _sorted(rows: object) -> list[tuple[str, int]]:
    return sorted(rows)  # type: ignore[call-overload,no-any-return]


ACTS = st.tuples(
    st.sampled_from([HERE, BESIDE]),
    st.sampled_from(["tick", "checkin", "tick", "checkin", "untick", "join", "link", "unlink"]),
    st.integers(0, 3),
)


async def begun(room: Room, number: int) -> Two:
    """A cohort in its second week that lives on both platforms, and two who have not joined."""
    room.opens("other")
    room.clock.at = datetime(2026, 2, 20, 10, tzinfo=UTC)
    name = f"c{number}"
    assert "draft" in await room.says("mona", f"cohort create name={name} start=2026-03-02")
    await room.says("mona", f"cohort open {name} sure=yes")
    async with room.store.transaction(write=False) as tx:
        space = await tx.people.find_space_id(room.place)
        assert space is not None
        cohort = await tx.cohorts.find_cohort_by_name(space, name)
    assert cohort is not None
    await houses(room, cohort.id)
    room.clock.at = SECOND_WEEK
    return Two(room, cohort.id, number)


NUMBERS = itertools.count(1)
SEATED = [(HERE, "join", 0), (BESIDE, "join", 0)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.lists(ACTS, min_size=4, max_size=14))
@example(
    True,
    [
        (HERE, "tick", 0),
        (BESIDE, "tick", 0),
        (HERE, "link", 0),
        (BESIDE, "untick", 0),
        (HERE, "unlink", 0),
    ],
)
@example(
    False,
    [
        (HERE, "join", 0),
        (BESIDE, "link", 0),
        (BESIDE, "checkin", 1),
        (BESIDE, "tick", 2),
        (HERE, "unlink", 0),
    ],
)
@example(True, [(HERE, "link", 0), (HERE, "tick", 0), (BESIDE, "tick", 0), (BESIDE, "unlink", 0)])
@example(
    True, [(BESIDE, "checkin", 0), (HERE, "link", 0), (BESIDE, "checkin", 0), (BESIDE, "unlink", 0)]
)
async def test_whatever_two_accounts_do_they_read_as_one_when_linked_and_as_two_when_not(
    quick_room: Room, both_join: bool, acts: list[tuple[str, str, int]]
) -> None:
    two = await begun(quick_room, next(NUMBERS))
    for act in [*(SEATED if both_join else []), *acts]:
        await two.does(*act)
        await two.agrees()


async def test_the_same_on_both_engines(room: Room) -> None:
    two = await begun(room, 1)
    acts = [
        (HERE, "join", 0),
        (HERE, "tick", 0),
        (HERE, "checkin", 0),
        (BESIDE, "join", 0),
        (BESIDE, "tick", 1),
    ]
    acts += [
        (BESIDE, "checkin", 0),
        (BESIDE, "link", 0),
        (BESIDE, "checkin", 1),
        (HERE, "tick", 2),
        (HERE, "untick", 1),
    ]
    for act in [*acts, (HERE, "unlink", 0), (HERE, "link", 0), (BESIDE, "unlink", 0)]:
        await two.does(*act)
        await two.agrees()


# — one set of reminders —

SUNDAY = datetime(2026, 3, 8, 23, tzinfo=UTC)


def told(room: Room) -> list[tuple[str, str]]:
    """Every reminder that was sent: to whom and about what, in the order of platforms and of time."""
    return [
        (one.place.native, one.ref)
        for chat in room.chats.values()
        for one in chat.sent
        if one.place.is_private
    ]


async def couple(room: Room) -> None:
    """Ada and Nora are both in spring, each on a platform of her own; they are not linked yet."""
    await room.spring("ada")
    await houses(room)
    room.clock.at += timedelta(hours=1)
    assert "You are in spring" in await room.says("nora", "join", place=THERE)


BOTH = [("ada", "linear-algebra.0"), ("ada", "linear-algebra.1")]


async def test_linked_accounts_are_reminded_once_and_alone_again_each(room: Room) -> None:
    room.zones["nora"] = "Asia/Kolkata"
    await couple(room)
    await links(room, "ada", "nora")
    async with (
        room.store.transaction() as tx
    ):  # as after a change of dates, and as after an update of the bot
        cohort = await tx.cohorts.load_cohort(1)
        assert cohort is not None
        await tx.schedule.save_changed_cohort(cohort, cohort, room.clock.now())
        await tx.schedule.reset_due_times(room.clock.now(), new_kinds=True)
    await room.goes_to(SUNDAY)
    assert told(room) == BOTH
    assert {one.at.hour for one in room.private("ada")} == {18}
    assert "no longer connected" in await room.says("nora", "unlink sure=yes", place=THERE)
    await room.goes_to(SUNDAY + timedelta(weeks=1))
    week = [(name, f"optimization.{n}") for name in ("ada", "nora") for n in (0, 1)]
    assert told(room) == BOTH + week


async def test_what_waited_for_the_other_account_is_not_said_twice(quick_room: Room) -> None:
    room = quick_room
    await couple(room)
    await room.goes_to(datetime(2026, 3, 7, 17, 59, tzinfo=UTC))
    room.clock.at = datetime(2026, 3, 7, 18, tzinfo=UTC)
    await room.clockwork.schedule_due_posts()
    code = (await room.answer("ada", "link")).to_plain_text().split()[3].rstrip(".")
    await room.answer("nora", f"link {code}", place=THERE)
    await room.pulse()
    assert told(room) == BOTH[:1]


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
    assert told(room) == [("ada", "linear-algebra.1"), ("nora", "linear-algebra.0")]


async def test_who_was_told_through_one_account_is_not_told_again_through_the_other(
    quick_room: Room,
) -> None:
    room = quick_room
    await couple(room)
    await room.says("nora", "settings zone=Asia/Kolkata", place=THERE)
    await room.goes_to(datetime(2026, 3, 7, 14, tzinfo=UTC))
    assert told(room) == [("nora", "linear-algebra.0")]
    await room.says("ada", "settings zone=UTC")
    await links(room, "ada", "nora")
    await room.goes_to(SUNDAY)
    assert told(room) == [("ada", "linear-algebra.1"), ("nora", "linear-algebra.0")]


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
    assert told(room) == [("ada", "linear-algebra.1"), ("nora", "linear-algebra.0")]


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
    assert told(room) == [("nora", "linear-algebra.0"), ("nora", "linear-algebra.1")]
    await room.says("nora", "unlink sure=yes", place=THERE)
    await links(room, "ada", "nora")
    await room.goes_to(SUNDAY + timedelta(weeks=1))
    assert told(room)[2:] == [("nora", "optimization.0"), ("nora", "optimization.1")]


async def test_whoever_leaves_a_space_while_linked_misses_one_reminder_at_most(
    quick_room: Room,
) -> None:
    room = quick_room
    await couple(room)
    await links(room, "ada", "nora")
    room.chat.strangers.add("ada")
    await room.goes_to(SUNDAY)
    assert told(room) == [("nora", "linear-algebra.1")]
    assert "away" not in await room.says("nora", "progress", place=THERE)


async def test_settings_time_off_and_leaving_count_for_both(quick_room: Room) -> None:
    room = quick_room
    await couple(room)
    await links(room, "ada", "nora")
    await room.says("nora", "settings reminder=20:00", place=THERE)
    assert "Reminders: at 20:00" in await room.says("ada", "settings")
    await room.goes_to(datetime(2026, 3, 7, 23, tzinfo=UTC))
    assert [one.at.hour for one in room.private("ada")] == [20]
    assert "You are away" in await room.says("nora", "away until=2026-03-15", place=THERE)
    await room.goes_to(SUNDAY + timedelta(weeks=1))
    assert told(room) == BOTH[:1]
    assert "Welcome back" in await room.says("ada", "away back=yes")
    assert "You have left spring" in await room.says("nora", "leave", place=THERE)
    assert "You are in no cohort yet" in await room.says("ada", "week")
    await room.goes_to(SUNDAY + timedelta(weeks=2))
    assert told(room) == BOTH[:1]
    assert "You are in spring 🎉" in await room.says("nora", "join", place=THERE)
    assert "You are in spring already" in await room.says("ada", "join")
    await room.goes_to(SUNDAY + timedelta(weeks=3))
    assert [name for name, _ in told(room)] == ["ada", "nora", "nora"]


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
    assert "1 taken" in listed
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
    there = [
        room.answer("nora", phrase, place=THERE) for phrase in ("join", f"link {code}", "join")
    ]
    await asyncio.gather(*here, *there)
    more = [room.answer("nora", f"tick {item}", place=THERE) for item in items[6:10]]
    await asyncio.gather(*more, room.answer("ada", "tick " + items[10]))
    assert "1 taken" in await room.says("mona", "cohort members")
    for name, place in (("ada", None), ("nora", THERE)):
        assert "The whole plan: 11 of 57" in await room.says(name, "progress", place=place)
    late = [room.answer("nora", f"tick {item}", place=THERE) for item in items[11:15]]
    await asyncio.gather(*late, room.answer("nora", "unlink sure=yes", place=THERE))
    assert "The whole plan: 7 of 57" in await room.says("ada", "progress")
    assert "The whole plan: 8 of 57" in await room.says("nora", "progress", place=THERE)
