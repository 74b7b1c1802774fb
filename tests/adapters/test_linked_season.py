"""One cohort with homes on Discord and Slack, and somebody with an account on each.

Both homes get exactly the planned posts, whatever goes wrong, and there is one board.
"""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.group.zones import load_zone
from bot.post import PostSlot
from bot.views.week_guide import format_week_title
from tests.support.discord.server import said
from tests.support.discord_and_slack import Side
from tests.support.linked_season import MEMBERS, Season, list_reminders
from tests.support.private_letters import (
    CROWDED,
    PRIVATE,
    check_private_letters,
    list_ledger_rows,
)
from tests.support.twelve_weeks_checks import is_in_calendar


def check_the_homes(season: Season, side: Side) -> None:
    """Check that every letter to a home stands there once, nothing else does, all in order."""
    letters = season.rows(f"SELECT kind, ref, state FROM letters WHERE home_id = {side.home}")
    assert {state for _, _, state in letters} == {"sent"}
    sent_keys = [season.key(kind, ref, side.home) for kind, ref, _ in letters]
    key_by_mark = {side.mark(key): key for key in sent_keys}
    keys = [key_by_mark[side.marked(post)] for post in side.posts()]
    assert Counter(keys) == Counter(key_by_mark.values())
    planned = {
        season.key(slot.kind, slot.ref, side.home): slot
        for slot in season.plan
        if slot.at <= season.clock.now()
    }
    calendar_keys = [key for key in keys if is_in_calendar(key)]
    assert calendar_keys == list(planned)
    for post, key in zip(side.posts(), keys, strict=True):
        if key in planned:
            check_its_hour(season, side, planned[key], side.sent_at(post))


def check_its_hour(season: Season, side: Side, slot: PostSlot, sent: datetime) -> None:
    """Check that a post came in its minute, or on its day if something went wrong on this side."""
    assert slot.at.astimezone(load_zone(season.cohort.zone)).time() == season.cohort.at
    # Posts due at one moment go out one after another: trouble with one delays the others.
    due_together = [other for other in season.plan if other.at == slot.at]
    keys = [season.key(other.kind, other.ref, side.home) for other in due_together]
    is_disturbed = any(season.disturbed(side, key) for key in keys)
    is_out = any(began <= slot.at <= ended for began, ended in season.outages[side.name])
    # Where an edit is refused or limited, its channel rests for a minute.
    limit = timedelta(hours=12) if is_disturbed or is_out else timedelta(minutes=2)
    assert timedelta() <= sent - slot.at < limit, slot


def check_what_they_look_like(season: Season, weeks: int) -> None:
    """Check that both homes offer the same items, each in its platform's own form."""
    for week in season.cohort.calendar.weeks[:weeks]:
        posts = {
            name: side.post(season.key("topics", week.id, side.home))
            for name, side in season.sides.items()
        }
        offers, other_offers = (season.sides[name].offers(post) for name, post in posts.items())
        assert offers == other_offers
        assert len(offers) == len(week.week.items)
        title = format_week_title(week, season.cohort)
        assert f"## {title}" in said(posts["discord"])
        head = posts["slack"].body["blocks"][0]
        assert (head["type"], head["text"]["text"]) == ("header", title)


def compute_private_mark(season: Season, side: Side, seat: int, kind: str, ref: str) -> object:
    return side.mark(season.key(kind, ref, 0, seat))


def check_the_private_letters(season: Season, weeks: int) -> None:
    """Check that everybody got the letters due, once; a person with two accounts got one set."""
    members = season.rows(
        "SELECT platform, native, members.id FROM members JOIN accounts ON accounts.id = account_id"
    )
    seats = {(platform, native): seat for platform, native, seat in members}
    for who in MEMBERS:
        side = season.sides[who[0]]
        seat = seats[who[0], side.native(who[1])]
        check_private_letters(
            list_ledger_rows(
                season.rows(PRIVATE.format(seat=seat)),
                partial(compute_private_mark, season, side, seat),
            ),
            [(side.marked(letter), side.sent_at(letter)) for letter in side.letters(who[1])],
            [
                f"{week.id}.{number}"
                for week in season.cohort.calendar.weeks[:weeks]
                for number in list_reminders(who, week.number)
            ],
            season.REMINDERS,
        )
    left = season.rows(
        "SELECT state, reason FROM letters WHERE kind = 'reminder' AND state != 'sent'"
    )
    assert set(left) - {("skipped", CROWDED)} == {("skipped", "has checked in")}


def check_what_people_did(season: Season) -> None:
    """Check that every deed is kept with the account it came through."""
    names = {(who[0], season.sides[who[0]].native(who[1])): who for who in MEMBERS}
    by_account = "JOIN accounts ON accounts.id = account_id"
    ticks = season.rows(f"SELECT platform, native, item FROM ticks {by_account}")
    kept = Counter((names[platform, native], item) for platform, native, item in ticks)
    assert kept == Counter((who, item) for who, items in season.ticked.items() for item in items)
    checkins = season.rows(
        f"SELECT platform, native, week_id, hours, late FROM checkins {by_account}"
    )
    assert {
        (names[platform, native], week_id): (hours, bool(late))
        for platform, native, week_id, hours, late in checkins
    } == season.checked_in


async def check_a_season(url: str, weeks: int, seed: int, start: date, zone_name: str) -> None:
    async with Season.on(url) as season:
        await season.begins(start, zone_name, seed)
        await season.lives(weeks)
        assert weeks < len(season.cohort.calendar.weeks) or season.plan[-1].at < season.clock.now()
        for side in season.sides.values():
            check_the_homes(season, side)
        check_what_they_look_like(season, weeks)
        check_the_private_letters(season, weeks)
        check_what_people_did(season)
        await season.check_the_board()
        for weather in season.weather:
            assert sum(weather.met.values()) * 10 > weather.posts
        assert season.weather[1].rude == []
        assert season.linked
        await season.sides["slack"].asks("ada", "unlink", sure="yes")
        assert not season.linked
        await season.check_the_board()


@pytest.fixture
def url(empty_file: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"


@pytest.mark.long
async def test_four_weeks_in_bad_weather_bring_both_homes_exactly_their_posts_and_one_board(
    url: str,
) -> None:
    await check_a_season(url, 4, 7, date(2026, 1, 12), "Europe/Berlin")


@pytest.mark.long
@pytest.mark.parametrize(
    ("seed", "start", "zone_name"),
    [(1, "2026-01-19", "Europe/Berlin"), (2, "2026-02-02", "America/New_York")],
)
async def test_twelve_weeks_bring_them_as_well_and_where_clocks_change(
    url: str, seed: int, start: str, zone_name: str
) -> None:
    await check_a_season(url, 12, seed, date.fromisoformat(start), zone_name)
