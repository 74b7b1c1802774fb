"""Two accounts of one person, compared with a model: two sets of ticks and two rows of check-ins.

In whatever order things are done through the two, the bot and the model agree.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.chat.address import Place
from bot.group.cohort import Cohort, Member
from bot.group.progress import Standing
from bot.store import Tx
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses

SECOND_WEEK = datetime(2026, 3, 10, 12, tzinfo=UTC)
ITEMS = ("bayes", "derivatives", "numpy-matrices", "optimizers")
HERE, BESIDE = "here", "there"


# A board's line: the name, the items done in all, and in each week.
Line = tuple[str, int, Sequence[int]]


@dataclass
class Side:
    """One account, with everything that came through it."""

    name: str
    place: Place
    seated: bool = False
    ticked: set[str] = field(default_factory=set)
    reports: dict[int, tuple[datetime, str]] = field(default_factory=dict)


class Two:
    """Two accounts in a room, linked or not, and the model of everything done through them."""

    def __init__(self, room: Room, cohort: int, number: int) -> None:
        self.room = room
        self.cohort = cohort
        self.linked = False
        self.sides = {
            HERE: Side(f"ada{number}", room.place),
            BESIDE: Side(f"nora{number}", THERE),
        }

    def of(self, which: str) -> list[Side]:
        """Return the accounts that belong to the person behind this one."""
        return list(self.sides.values()) if self.linked else [self.sides[which]]

    def ticks(self, which: str) -> set[str]:
        return set().union(*(side.ticked for side in self.of(which)))

    def reports(self, which: str) -> dict[int, str]:
        """Return the newest note for each week."""
        reports = []
        for side in self.of(which):
            for week, (at, note) in side.reports.items():
                reports.append((at, week, note))
        return {week: note for _, week, note in sorted(reports)}

    def seated(self, which: str) -> bool:
        return any(side.seated for side in self.of(which))

    async def says(self, which: str, phrase: str) -> str:
        side = self.sides[which]
        self.room.clock.at += timedelta(minutes=1)
        return await self.room.says(side.name, phrase, place=side.place)

    async def does(self, which: str, act: str, number: int) -> None:
        """Do one act through one account, on the bot and on the model."""
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
        assert "use join" in answer, answer

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
            assert ("already connected" if self.linked else "You are now connected") in answer
            self.linked = True
            return
        answer = await self.says(which, "unlink sure=yes")
        assert ("no longer connected" in answer) is self.linked
        if self.linked and self.seated(which):
            for side in self.sides.values():
                side.seated = side.seated or bool(side.ticked or side.reports)
        self.linked = False

    async def agrees(self) -> None:
        """Compare everything the bot shows with the model."""
        await self.room.store.run(self._compare, write=False)

    async def _compare(self, tx: Tx) -> None:
        cohort = await tx.cohorts.load_cohort(self.cohort)
        assert cohort is not None
        lines = await self._compare_members(tx, cohort)
        await self._compare_cohort(tx, cohort, lines)

    async def _compare_members(self, tx: Tx, cohort: Cohort) -> list[Line]:
        """Compare each side's own progress; return the lines that belong on boards."""
        lines: list[Line] = []
        for which, side in self.sides.items():
            person = await tx.people.find_person(self.room.caller(side.name, side.place))
            member = await tx.members.find_member(cohort, person)
            assert (member is not None) is self.seated(which)
            done = self.ticks(which)
            assert await tx.progress.load_ticked_items(person, cohort.roadmap) == done
            if member is None:
                continue
            assert await self._load_notes(tx, cohort, member) == self.reports(which)
            by_week = [len(done & set(week.items)) for week in cohort.syllabus.weeks[:2]]
            # Two linked accounts are one member, with one line.
            line = (member.name_in_cohort, len(done), by_week)
            if line not in lines:
                lines.append(line)
            assert member.score == len(done)
            standing = await tx.progress.load_member_standing(cohort, member)
            assert standing.done == len(done)
        return lines

    async def _load_notes(self, tx: Tx, cohort: Cohort, member: Member) -> dict[int, str]:
        notes = {}
        for number, week in enumerate(cohort.syllabus.weeks[:2], 1):
            report = await tx.progress.load_checkin(member, week.id)
            if report is not None:
                notes[number] = report.note
        return notes

    async def _compare_cohort(self, tx: Tx, cohort: Cohort, lines: list[Line]) -> None:
        """Compare seats, boards and counts."""
        persons = [HERE] if self.linked else [HERE, BESIDE]
        seated = [which for which in persons if self.seated(which)]
        assert await tx.members.count_seats_taken(cohort) == len(seated)
        assert len(await tx.members.list_seated_members(cohort, 9)) == len(seated)
        overall = _sorted((name, done) for name, done, _ in lines if done)
        assert _lines(await tx.progress.list_board_standings(cohort)) == overall
        for place, week in enumerate(cohort.syllabus.weeks[:2]):
            weekly = _sorted((name, by_week[place]) for name, _, by_week in lines if by_week[place])
            assert _lines(await tx.progress.list_board_standings(cohort, week.id)) == weekly
            counts = await tx.progress.count_week_activity(
                cohort, cohort.calendar.find_week(week.id), self.room.clock.now()
            )
            checked = sum(place + 1 in self.reports(which) for which in seated)
            assert counts.members == len(seated)
            assert (counts.checked_in_count, counts.ticked_count) == (checked, len(weekly))
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
    """Start a cohort on both platforms, in its second week, with two people who have not joined."""
    room.opens("other")
    room.clock.at = datetime(2026, 2, 20, 10, tzinfo=UTC)
    name = f"c{number}"
    assert "draft" in await room.says("mona", f"cohort create name={name} start=2026-03-02")
    await room.says("mona", f"cohort open {name} sure=yes")

    async def find_cohort(tx: Tx) -> Cohort | None:
        space = await tx.people.find_space_id(room.place)
        assert space is not None
        return await tx.cohorts.find_cohort_by_name(space, name)

    cohort = await room.store.run(find_cohort, write=False)
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
