"""Every post of every week can be shown everywhere: of the bundled roadmaps, and of the largest plan there may be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest

from bot import post
from bot.__main__ import bundled
from bot.chat.message import Message, dumps, loads
from bot.command.call import DEFAULT_ROADMAP
from bot.group.calendar import Break, Syllabus
from bot.group.cohort import Cohort, Member, WeeklyCall
from bot.group.fit import fit, usual_weeks
from bot.group.member import Person
from bot.group.progress import Honour, Several, Standing
from bot.post import Counts, Facts, NewMembers, Own, Slot, kinds, slots
from bot.roadmap import Roadmap, read
from bot.roadmap.check import MOST_ITEMS, MOST_ITEMS_IN_A_WEEK, MOST_WEEKS

post.discover()

WILD = "*_`[<\\"  # each needs an escape, so prose doubles
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROADMAPS = {DEFAULT_ROADMAP: bundled()[DEFAULT_ROADMAP], **bundled()}


def largest() -> Roadmap:
    """As many weeks and items as a plan may have, with the longest ids and titles, all of them markup."""
    title = (WILD * 20)[:75]
    left = MOST_ITEMS
    weeks = []
    for n in range(MOST_WEEKS):
        count = min(MOST_ITEMS_IN_A_WEEK, left)
        left -= count
        items = [
            {
                "id": f"item-{n:03}-{k:02}-".ljust(32, "x"),
                "title": title,
                "kind": "topic",
                "parts": [title] * 4,
            }
            for k in range(count)
        ]
        kind = {"kind": "capstone"} if items else {"kind": "break"}
        weeks.append({"id": f"week-{n:03}-".ljust(24, "x"), "title": title, **kind, "items": items})
    stages = [{"id": f"stage-{n}", "title": title, "weeks": weeks[n::10]} for n in range(10)]
    return read(
        json.dumps({"title": title, "summary": title, "stages": stages}),
        f"{'largest-'.ljust(32, 'x')}.yaml",
    )


def every_post(plan: Roadmap, syllabus: Syllabus | None = None) -> Iterator[tuple[Slot, Message]]:
    """Each kind of post for each week, with as much to say as there may be; fitted as usual, unless to a syllabus."""
    breaks = (Break(date(2026, 3, 10), date(2026, 3, 20)),)
    cohort = Cohort(
        999_999_999,
        "a" * 32,
        1,
        1,
        plan.slug,
        syllabus or fit(plan, usual_weeks(plan)).syllabus,
        date(2026, 3, 2),
        "UTC",
        time(9),
        "running",
        breaks=breaks,
        threads=True,
        call=WeeklyCall(0, time(23), 480, (WILD * 20)[:100]),
    )
    name = (WILD * 10)[:40]
    member = Member(1, 1, Person(1, name), NOW)
    undated = (Slot(kind.name, "1-99", NOW) for kind in kinds().values() if not kind.is_dated)
    for slot in (*slots(cohort), *slots(cohort, member), *undated):
        items = len(slot.week.week.items) if slot.week else len(cohort.syllabus.items)
        facts = Facts(
            cohort,
            plan,
            slot,
            NOW,
            Counts(100_000, 99_999, 100_000, 99_998, 100_000),
            board=tuple(Standing(n, name, len(cohort.syllabus.items), n) for n in range(1, 12)),
            week_board=tuple(Standing(n, name, items, n) for n in range(1, 12)),
            on_board=100_000,
            on_week_board=100_000,
            honours=(
                Honour(Several((name,) * 6, 100_000), "finished every item"),
                Honour(Several((name,) * 6, 100_000), "checked in 12 weeks in a row"),
            ),
            own=Own(member, items) if kinds()[slot.kind].scope == "member" else None,
            folded=tuple(range(1, len(cohort.syllabus.weeks) + 1)),
            new_members=NewMembers((name,) * 3, 100_000),
        )
        yield slot, kinds()[slot.kind].write(facts)


@pytest.mark.parametrize("plan", [*ROADMAPS.values(), largest()], ids=[*ROADMAPS, "the-largest"])
def test_every_post_of_every_week_is_within_every_platforms_limits(plan: Roadmap) -> None:
    written = list(every_post(plan))
    assert {slot.kind for slot, _ in written} == set(kinds())
    for slot, message in written:
        assert loads(dumps(message)) == message
        assert slot.week is None or str(slot.week.number) in message.plain()
        assert bool(message.thread) == (slot.kind == "topics")
        assert message.event is None or slot.kind == "topics"
    assert any(message.event for _, message in written)
