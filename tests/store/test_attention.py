"""Who needs somebody, and why: judged from what members did and said."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.group.attention import CohortNeeds
from bot.store import Tx
from tests.support.room import Room


async def load_needs(room: Room) -> CohortNeeds:
    async def work(tx: Tx) -> CohortNeeds:
        cohort = await tx.cohorts.load_cohort(1)
        assert cohort is not None
        roadmap = await tx.cohorts.load_roadmap_by_id(cohort.plan_id)
        return await tx.attention.list_member_needs(cohort, roadmap, room.clock.at)

    return await room.store.run(work, write=False)


def describe(needs: CohortNeeds) -> list[str]:
    return [
        f"{entry.member.person.name}: "
        + ", ".join(f"{reason.need} {reason.since:%m-%d}" for reason in entry.reasons)
        for entry in needs.members
    ]


async def test_each_reason_has_its_date_and_help_asked_for_comes_first(room: Room) -> None:
    await room.spring("ada", "bob", "cyd", "dua", "eve", "fay")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("eve", "away until=2026-03-18")
    await room.goes_to(datetime(2026, 3, 19, 12, tzinfo=UTC))
    await room.says("ada", "checkin week=1 confidence=2")
    await room.says("bob", "stuck item=bayes")
    await room.says("cyd", "week")
    await room.says("fay", "away until=2026-03-31")
    await room.passes(minutes=2)
    assert describe(await load_needs(room)) == [
        "Bob: blocked 03-19, behind 03-16",
        "Ada: unsure 03-19, behind 03-16",
        "Dua: silent 02-20, behind 03-16",
        "Eve: behind 03-16, back 03-19",
        "Cyd: behind 03-16",
    ]
