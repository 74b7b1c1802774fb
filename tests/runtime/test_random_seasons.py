"""Random seasons: whatever a moderator changes, every week is posted once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from bot.group.calendar import DAY, convert_to_utc
from bot.group.cohort import Cohort
from bot.group.zones import list_zones
from tests.support.season import Change, Course, Season, lived

TELLING = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "America/Sao_Paulo", "Africa/Casablanca",
)  # fmt: skip
ZONES = some.sampled_from(TELLING) | some.sampled_from(list_zones())
TIMES = some.times().map(lambda at: at.replace(second=0, microsecond=0))
AFTER = some.integers(0, 24 * 21).map(lambda hours: timedelta(hours=hours))


def changes(*deeds: str) -> some.SearchStrategy[Change]:
    return some.builds(
        Change,
        deed=some.sampled_from(deeds),
        after=AFTER,
        days=some.integers(0, 40),
        gap=some.integers(0, 20),
        at=TIMES,
        zone=ZONES,
    ) | some.builds(Change, deed=some.just("move"), after=AFTER, days=some.integers(-6, 30))


def seasons(*deeds: str) -> some.SearchStrategy[Season]:
    return some.builds(
        Season,
        start=some.dates(date(2011, 11, 1), date(2032, 12, 31)),
        zone=ZONES,
        at=TIMES,
        changes=some.lists(changes(*deeds), max_size=6).map(tuple),
    )


MODERATED = seasons("break", "break", "mend", "pause", "pause", "hour", "zone", "post", "restart")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def check_each_week_came_once(season: Season, folder: Path) -> None:
    if any(change.deed == "move" and change.days < 0 for change in season.changes):
        # An earlier start may make two weeks late at once, and then the later one stands for both.
        return check_no_week_is_lost(season, folder)
    begun, became = asyncio.run(lived(folder, season))
    weeks = [week.id for week in begun.history[-1][1].syllabus.weeks]
    assert [sent.ref for sent in begun.room.posts("topics")] == weeks
    assert became == [(week, "sent", "") for week in weeks]
    _check_moments(begun)


def _check_moments(begun: Course) -> None:
    """Check a post not made late by a change: posting weekday and hour, outside every break."""
    changed = {when for when, _ in begun.history}
    for sent in begun.room.posts("topics"):
        if sent.at in changed:
            continue
        cohort = [known for when, known in begun.history if when <= sent.at][-1]
        assert _fits(cohort, sent.at), (sent.at, cohort)


def _fits(cohort: Cohort, at: datetime) -> bool:
    day = at.astimezone(ZoneInfo(cohort.zone)).date()
    setting = cohort.posts.get("topics")
    wall = (setting.at if setting else None) or cohort.at
    due = [
        on for on in (day, day - DAY) if convert_to_utc(on, wall, cohort.zone) == at
    ]  # a day may begin in a gap, or be one
    return any(setting or _may_open_a_week(cohort, on) for on in due)


def _may_open_a_week(cohort: Cohort, day: date) -> bool:
    return day.weekday() == cohort.start.weekday() and not any(
        pause.has_date(day) for pause in cohort.breaks
    )


@settings(max_examples=4)
@given(season=MODERATED)
@example(
    season=Season(date(2026, 3, 2), changes=(Change("pause", timedelta(days=4), days=0, gap=3),))
)
@example(
    season=Season(
        date(2026, 3, 2),
        changes=(Change("hour", timedelta(days=3, hours=23, minutes=30), at=time(8)),),
    )
)
@example(season=Season(date(2011, 12, 9), "Pacific/Apia"))
@example(
    season=Season(
        date(2011, 11, 1),
        changes=(
            Change("post", timedelta(days=9, hours=1), gap=1, at=time(11, 46)),
            Change("pause", timedelta(days=9, hours=23), days=6),
        ),
    )
)
def test_every_week_is_posted_exactly_once_and_in_order(season: Season, folder: Path) -> None:
    check_each_week_came_once(season, folder)


@pytest.mark.long
@settings(max_examples=200)
@given(season=MODERATED)
def test_every_week_is_posted_exactly_once_and_in_order_in_many_more_seasons(
    season: Season, folder: Path
) -> None:
    check_each_week_came_once(season, folder)


def check_no_week_is_lost(season: Season, folder: Path) -> None:
    begun, became = asyncio.run(lived(folder, season))
    weeks = [week.id for week in begun.history[-1][1].syllabus.weeks]
    assert [week for week, _, _ in became] == weeks
    sent = [week for week, state, _ in became if state == "sent"]
    assert [post.ref for post in begun.room.posts("topics")] == sent
    assert {state for _, state, _ in became} <= {"sent", "skipped"}
    for week, state, reason in became:
        stands_for_it = reason.startswith("folded into ") and weeks.index(
            reason[12:]
        ) > weeks.index(week)
        assert state == "sent" or stands_for_it or reason == "too late to be useful"


@settings(max_examples=5)
@given(season=seasons("break", "pause", "down", "down", "down", "hour", "restart"))
def test_through_outages_every_week_is_sent_once_or_the_ledger_says_why_not(
    season: Season, folder: Path
) -> None:
    check_no_week_is_lost(season, folder)
