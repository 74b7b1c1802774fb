"""A space's own roadmaps: their versions have no gap, imports are private, no edit loses a tick."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Table, func, select

from bot.chat.address import Account, Caller, Place
from bot.chat.errors import Refused
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.group.revision import revise_syllabus
from bot.roadmap import Roadmap
from bot.roadmap.importer import ImportReport, ReportEntry
from bot.store import Store, Tx
from bot.store.cohorts import CohortDraft
from bot.store.roadmaps import MOST_ROADMAPS, MOST_WAITING, PendingImport, RoadmapVersion
from bot.store.tables import imports, plans, ticks
from tests.group.test_revision import BASE, edited, plan
from tests.support.database import execute_statement
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


async def publish(
    tx: Tx, title: str, over: int, *, is_bundled: bool = False, place: Place = HERE
) -> RoadmapVersion:
    """Import a plan with a title, and publish it over a version."""
    made = await waiting(tx, titled(title), place=place)
    return await tx.roadmaps.publish_import(made, FRIDAY, base_version=over, is_bundled=is_bundled)


async def test_versions_are_counted_per_space_and_the_first_ones_key_is_the_key_of_all(
    store: Store,
) -> None:
    first = await store.run(partial(publish, title="One", over=0, is_bundled=False))
    second = await store.run(partial(publish, title="Two", over=1, is_bundled=True))
    elsewhere = await store.run(partial(publish, title="One", over=0, is_bundled=True, place=THERE))
    space = await store.run(lambda tx: tx.people.find_space_id(HERE), write=False)
    assert space is not None
    known = await store.run(
        lambda tx: tx.roadmaps.list_roadmap_versions(space, "plan"), write=False
    )
    shelf = await store.run(lambda tx: tx.roadmaps.load_space_roadmaps(space), write=False)
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
    async def publish_again_and_again(tx: Tx) -> None:
        for over, title in enumerate(("One", "Two", "One")):
            await publish(tx, title, over)
        with pytest.raises(Refused, match="Version 3 is the same already"):
            await publish(tx, "One", 3)

    await store.run(publish_again_and_again)


async def test_of_two_moderators_who_publish_at_once_one_is_told_that_the_other_was_first(
    store: Store,
) -> None:
    both = [
        await store.run(lambda tx: waiting(tx, titled("One"))),
        await store.run(lambda tx: waiting(tx, titled("Two"), "milo")),
    ]

    async def publish_import(made: PendingImport) -> str:
        try:
            version = await store.run(
                lambda tx: tx.roadmaps.publish_import(
                    made, FRIDAY, base_version=0, is_bundled=False
                )
            )
        except Refused as refused:
            return refused.sentence
        return str(version.number)

    said = await asyncio.gather(*map(publish_import, both))
    assert sorted(said) == [
        "1",
        "Somebody published another version meanwhile: send the file again to see its changes now.",
    ]


async def test_a_space_has_only_so_many_roadmaps_of_its_own(store: Store) -> None:
    async def publish_too_many(tx: Tx) -> None:
        for number in range(MOST_ROADMAPS):
            made = await waiting(tx, titled("One", f"plan-{number}"))
            await tx.roadmaps.publish_import(made, FRIDAY, base_version=0, is_bundled=False)
        with pytest.raises(Refused, match="20 roadmaps of your own"):
            await tx.roadmaps.publish_import(
                await waiting(tx, titled("One", "more")), FRIDAY, base_version=0, is_bundled=False
            )

    await store.run(publish_too_many)


async def test_an_import_is_its_importers_in_its_space_for_a_day(store: Store) -> None:
    async def import_and_look(tx: Tx) -> None:
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

    await store.run(import_and_look)


def count(tx: Tx, table: Table) -> int:
    ((number,),) = execute_statement(tx, select(func.count()).select_from(table))
    return int(number)


async def test_what_nobody_published_goes_after_a_day_and_what_is_referred_to_stays(
    store: Store,
) -> None:
    async def delete_expired(tx: Tx) -> None:
        await publish(tx, "One", 0)
        await waiting(tx, titled("Two"))
        await a_cohort(tx, titled("Three"))
        await tx.roadmaps.delete_expired_imports(FRIDAY + timedelta(hours=23))
        assert (count(tx, imports), count(tx, plans)) == (1, 3)
        await tx.roadmaps.delete_expired_imports(FRIDAY + timedelta(hours=25))
        assert (count(tx, imports), count(tx, plans)) == (0, 2)
        await tx.cohorts.save_roadmap(titled("Four"), FRIDAY + timedelta(hours=40))
        await tx.roadmaps.delete_expired_imports(
            FRIDAY + timedelta(hours=41)
        )  # somebody may be about to refer to it
        assert count(tx, plans) == 3

    await store.run(delete_expired)


async def a_cohort(tx: Tx, made: Roadmap, key: str = "plan") -> Cohort:
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


async def revise_plan(tx: Tx, cohort_id: int, old: Roadmap, new: Roadmap, step: int) -> Cohort:
    """Move a cohort that has begun a number of weeks from one version to another."""
    found = await tx.cohorts.lock_cohort(cohort_id)
    assert found is not None
    begun = min(step, len(found.syllabus.weeks))
    after = replace(found, syllabus=revise_syllabus(found.syllabus, old, new, begun).syllabus)
    after = replace(after, plan_id=await tx.cohorts.save_roadmap(new, FRIDAY))
    saved = await tx.schedule.save_changed_cohort(found, after, FRIDAY)
    await tx.roadmaps.update_cohort_scores(saved)
    return saved


async def test_no_edit_and_no_move_loses_a_tick_and_what_counts_is_what_is_ticked_and_in_the_weeks(
    store: Store,
) -> None:
    dice = random.Random(5)
    cohort = await store.run(lambda tx: a_cohort(tx, BASE))
    names = ("ada", "ben", "cai")
    people = [await store.run(partial(met, name=name)) for name in names]
    done = {person.id: frozenset(dice.sample(list(BASE.items), 9)) for person in people}

    async def enrol_and_tick(tx: Tx) -> None:
        for person in people:
            await tx.members.enrol_person(cohort, person, FRIDAY)
            await tx.progress.tick_items(person, "plan", done[person.id], FRIDAY)

    await store.run(enrol_and_tick)
    ticked = Counter(item for items in done.values() for item in items)

    async def compare_ticks(tx: Tx, saved: Cohort) -> None:
        assert count(tx, ticks) == 27
        items = set(saved.syllabus.all_items)
        for person in people:
            member = await tx.members.find_member(saved, person)
            assert member is not None
            assert member.score == len(done[person.id] & items)
        assert await tx.roadmaps.count_tickers_by_item("plan", BASE.items, [saved]) == ticked
        assert await tx.roadmaps.count_tickers("plan", BASE.items, [saved]) == 3
        assert await tx.roadmaps.count_tickers("plan", BASE.items, []) == 0

    old = BASE
    versions = [edited(old, seed, f"v{seed}-") for seed in range(4)]
    for step, new in enumerate([*versions, BASE]):
        saved = await store.run(
            partial(revise_plan, cohort_id=cohort.id, old=old, new=new, step=step)
        )
        await store.run(partial(compare_ticks, saved=saved))
        old = new
    assert set(saved.syllabus.all_items) == set(
        BASE.items
    )  # whatever was taken out and came back counts again
