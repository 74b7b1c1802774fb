"""A space's own roadmaps: their versions have no gap, imports are private, no edit loses a tick."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.chat.address import Account, Caller, Place
from bot.chat.errors import Refused
from bot.group.calendar import Syllabus
from bot.group.member import Person
from bot.group.revision import revise_syllabus
from bot.roadmap import Roadmap
from bot.roadmap.importer import ImportReport, ReportEntry
from bot.store import Store, Tx
from bot.store.cohorts import CohortDraft
from bot.store.roadmaps import MOST_ROADMAPS, MOST_WAITING, PendingImport
from bot.store.tables import imports, plans, ticks
from tests.group.test_revision import BASE, edited, plan
from tests.support.room import FRIDAY

HERE, THERE = Place("test", "space", "room"), Place("test", "other", "room")
REPORT = ImportReport((ReportEntry(3, "odd", "An empty section."),))


async def met(tx: Tx, name: str) -> Person:
    return await tx.people.load_or_create_person(
        Caller(Account("test", "", name), name.capitalize()), FRIDAY
    )


async def waiting(tx: Tx, made: Roadmap, name: str = "mona", place: Place = HERE) -> PendingImport:
    person, space = await met(tx, name), await tx.people.ensure_space_id(place)
    return await tx.roadmaps.insert_import(made, REPORT, person.account_id, space, FRIDAY)


def titled(title: str, slug: str = "plan") -> Roadmap:
    return plan(one=["a", "b"]).model_copy(update={"title": title, "slug": slug})


async def test_versions_are_counted_per_space_and_the_first_ones_key_is_the_key_of_all(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        first = await tx.roadmaps.publish_import(
            await waiting(tx, titled("One")), FRIDAY, base_version=0, is_bundled=False
        )
        second = await tx.roadmaps.publish_import(
            await waiting(tx, titled("Two")), FRIDAY, base_version=1, is_bundled=True
        )
        elsewhere = await tx.roadmaps.publish_import(
            await waiting(tx, titled("One"), place=THERE), FRIDAY, base_version=0, is_bundled=True
        )
        space = await tx.people.find_space_id(HERE)
        known = await tx.roadmaps.list_roadmap_versions(space, "plan")
        shelf = await tx.roadmaps.load_space_roadmaps(space)
    assert (first.number, first.key, first.publisher_name) == (1, f"plan@{space}", "Mona")
    assert (second.number, second.key) == (2, first.key)
    assert (elsewhere.number, elsewhere.key) == (1, "plan")
    assert [version.number for version in known] == [2, 1]
    assert [
        (roadmap.roadmap.title, roadmap.version, roadmap.key) for roadmap in shelf.values()
    ] == [("Two", 2, first.key)]


async def test_the_latest_version_is_not_published_again_but_an_older_one_may_be(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        for over, title in enumerate(("One", "Two", "One")):
            await tx.roadmaps.publish_import(
                await waiting(tx, titled(title)), FRIDAY, base_version=over, is_bundled=False
            )
        with pytest.raises(Refused, match="Version 3 is the same already"):
            await tx.roadmaps.publish_import(
                await waiting(tx, titled("One")), FRIDAY, base_version=3, is_bundled=False
            )


async def test_of_two_moderators_who_publish_at_once_one_is_told_that_the_other_was_first(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        both = [await waiting(tx, titled("One")), await waiting(tx, titled("Two"), "milo")]

    async def publish(one: PendingImport) -> str:
        try:
            async with store.transaction() as tx:
                return str(
                    (
                        await tx.roadmaps.publish_import(
                            one, FRIDAY, base_version=0, is_bundled=False
                        )
                    ).number
                )
        except Refused as refused:
            return refused.sentence

    said = await asyncio.gather(*map(publish, both))
    assert sorted(said) == [
        "1",
        "Somebody published another version meanwhile: send the file again to see its changes now.",
    ]


async def test_a_space_has_only_so_many_roadmaps_of_its_own(store: Store) -> None:
    async with store.transaction() as tx:
        for number in range(MOST_ROADMAPS):
            made = await waiting(tx, titled("One", f"plan-{number}"))
            await tx.roadmaps.publish_import(made, FRIDAY, base_version=0, is_bundled=False)
        with pytest.raises(Refused, match="20 roadmaps of your own"):
            await tx.roadmaps.publish_import(
                await waiting(tx, titled("One", "more")), FRIDAY, base_version=0, is_bundled=False
            )


async def test_an_import_is_its_importers_in_its_space_for_a_day(store: Store) -> None:
    async with store.transaction() as tx:
        made = await waiting(tx, titled("One"))
        milo, there = await met(tx, "milo"), await tx.people.ensure_space_id(THERE)
        day = timedelta(days=1)
        assert (
            await tx.roadmaps.load_pending_import(made.id, made.account_id, made.space_id, FRIDAY)
            == made
        )
        for account, space, at in (
            (milo.account_id, made.space_id, FRIDAY),
            (made.account_id, there, FRIDAY),
            (made.account_id, made.space_id, FRIDAY + day),
        ):
            assert await tx.roadmaps.load_pending_import(made.id, account, space, at) is None
        newer = [await waiting(tx, titled(str(number))) for number in range(MOST_WAITING)]
        assert (
            await tx.roadmaps.load_pending_import(made.id, made.account_id, made.space_id, FRIDAY)
            is None
        )
        assert (
            await tx.roadmaps.load_pending_import(
                newer[0].id, made.account_id, made.space_id, FRIDAY
            )
            == newer[0]
        )


async def count(tx: Tx, table: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]  # any table
    return int((await tx._connection.execute(query)).scalar_one())


async def test_what_nobody_published_goes_after_a_day_and_what_is_referred_to_stays(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        await tx.roadmaps.publish_import(
            await waiting(tx, titled("One")), FRIDAY, base_version=0, is_bundled=False
        )
        await waiting(tx, titled("Two"))
        await a_cohort(tx, titled("Three"))
        await tx.roadmaps.delete_expired_imports(FRIDAY + timedelta(hours=23))
        assert (await count(tx, imports), await count(tx, plans)) == (1, 3)
        await tx.roadmaps.delete_expired_imports(FRIDAY + timedelta(hours=25))
        assert (await count(tx, imports), await count(tx, plans)) == (0, 2)
        await tx.cohorts.save_roadmap(titled("Four"), FRIDAY + timedelta(hours=40))
        await tx.roadmaps.delete_expired_imports(
            FRIDAY + timedelta(hours=41)
        )  # somebody may be about to refer to it
        assert await count(tx, plans) == 3


async def a_cohort(tx: Tx, made: Roadmap, key: str = "plan") -> object:
    mona, space = await met(tx, "mona"), await tx.people.ensure_space_id(HERE)
    plan_id = await tx.cohorts.save_roadmap(made, FRIDAY)
    draft = CohortDraft(
        "spring",
        space,
        plan_id,
        key,
        Syllabus.from_roadmap(made),
        FRIDAY.date(),
        "UTC",
        FRIDAY.time(),
    )
    return await tx.cohorts.insert_cohort(draft, HERE, mona, FRIDAY)


async def test_no_edit_and_no_move_loses_a_tick_and_what_counts_is_what_is_ticked_and_in_the_weeks(
    store: Store,
) -> None:
    dice = random.Random(5)
    async with store.transaction() as tx:
        cohort = await a_cohort(tx, BASE)
        people = [await met(tx, name) for name in ("ada", "ben", "cai")]
        done = {}
        for person in people:
            await tx.members.enrol_person(cohort, person, FRIDAY)  # type: ignore[arg-type]
            done[person.id] = frozenset(dice.sample(list(BASE.items), 9))
            await tx.progress.tick_items(person, "plan", done[person.id], FRIDAY)
    ticked = Counter(item for items in done.values() for item in items)
    old = BASE
    versions = [edited(old, seed, f"v{seed}-") for seed in range(4)]
    for step, new in enumerate([*versions, BASE]):
        async with store.transaction() as tx:
            found = await tx.cohorts.lock_cohort(cohort.id)  # type: ignore[attr-defined]
            assert found is not None
            begun = min(step, len(found.syllabus.weeks))
            after = replace(
                found, syllabus=revise_syllabus(found.syllabus, old, new, begun).syllabus
            )
            after = replace(after, plan_id=await tx.cohorts.save_roadmap(new, FRIDAY))
            saved = await tx.schedule.save_changed_cohort(found, after, FRIDAY)
            await tx.roadmaps.update_cohort_scores(saved)
        async with store.transaction() as tx:
            assert await count(tx, ticks) == 27
            items = set(saved.syllabus.all_items)
            for person in people:
                member = await tx.members.find_member(saved, person)
                assert member is not None
                assert member.score == len(done[person.id] & items)
            assert await tx.roadmaps.count_tickers_by_item("plan", BASE.items, [saved]) == ticked
            assert await tx.roadmaps.count_tickers("plan", BASE.items, [saved]) == 3
            assert await tx.roadmaps.count_tickers("plan", BASE.items, []) == 0
        old = new
    assert set(saved.syllabus.all_items) == set(
        BASE.items
    )  # whatever was taken out and came back counts again
