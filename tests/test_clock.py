"""Zone data: a change of what is really read is noticed, and a change of what is not read is none."""

from __future__ import annotations

import shutil
import zoneinfo
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from bot.clock import compute_zone_data_digest
from bot.runtime.scheduler import RECOMPUTATION
from tests.support.room import Room

PACKAGE = Path(str(resources.files("tzdata").joinpath("zoneinfo")))


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Path]:
    """The zone data of a system, which nothing else reads; TZPATH is put back afterwards."""
    folder = tmp_path / "zoneinfo"
    for name in ("tzdata.zi", "UTC", "Europe/London", "Europe/Berlin"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, target)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(folder)])
    yield folder
    zoneinfo.reset_tzpath(before)


async def test_new_zone_data_of_the_system_is_noticed(system: Path, quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.restart()
    assert not await has_to_compute(quick_room)
    with (system / "tzdata.zi").open("a") as rules:
        rules.write("# newer\n")
    await quick_room.restart()
    assert await has_to_compute(quick_room)
    await quick_room.pulse()
    assert not await has_to_compute(quick_room)


async def has_to_compute(room: Room) -> bool:
    """Return True if a schedule is still to be computed again."""
    return bool(await room.store.run(lambda tx: tx.answers.load_mark(RECOMPUTATION), write=False))


def test_the_package_counts_where_the_system_has_no_zone_data(system: Path) -> None:
    here = compute_zone_data_digest()
    shutil.rmtree(system / "Europe")
    package = compute_zone_data_digest()
    zoneinfo.reset_tzpath([])
    assert compute_zone_data_digest() == package
    assert here == package  # it was copied from there


def test_compiled_zones_are_read_where_the_rules_are_missing(system: Path) -> None:
    (system / "tzdata.zi").unlink()
    before = compute_zone_data_digest()
    shutil.copy(system / "UTC", system / "Europe" / "Berlin")
    assert compute_zone_data_digest() != before
