"""What a count costs: posts and their numbers are found by index, however many letters there are."""

from __future__ import annotations

from bot.store import Tx
from tests.store.test_claim_plan import NOW, explain, noted_statements
from tests.support.database import load_first_cohort
from tests.support.room import Room


async def list_steps(tx: Tx, *, is_board: bool) -> list[str]:
    """Return the steps SQLite takes to ask for edits, or to find a board."""
    cohort = await load_first_cohort(tx)
    (home,) = await tx.cohorts.list_homes(cohort.id)
    with noted_statements(tx.connection.raw) as noted:
        if is_board:
            await tx.kept_posts.find_board(cohort, home)
        else:
            await tx.edits.request_count_edits(NOW)
    steps = []
    for sql, parameters in noted:
        if "letters" in sql:
            steps += explain(tx.connection.raw, sql, parameters)
    return steps


async def test_a_tick_reads_no_letter_but_its_posts(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", start="2026-02-16")

    async def tick(tx: Tx) -> list[str]:
        person = await tx.people.find_person(room.caller("ada"))
        cohort = await load_first_cohort(tx)
        item = cohort.calendar.weeks[0].week.items[0]
        await tx.progress.tick_items(person, cohort.roadmap, [item], NOW)
        return await list_steps(tx, is_board=False)

    steps = await room.store.run(tick)
    assert steps
    assert [step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step] == []


async def test_a_board_is_found_by_the_index_of_keys(quick_room: Room) -> None:
    await quick_room.spring("ada")
    steps = await quick_room.store.run(lambda tx: list_steps(tx, is_board=True), write=False)
    assert [step for step in steps if step.startswith("SCAN")] == []
