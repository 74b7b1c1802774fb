"""The promises after twelve weeks: every post once and in time, and every deed kept."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.group.zones import load_zone
from bot.post import PostSlot, post_registry
from tests.support.private_letters import (
    CROWDED,
    PRIVATE,
    check_private_letters,
    list_ledger_rows,
)
from tests.support.twelve_weeks_script import ALL_BEGIN, NAMES, list_reminders

if TYPE_CHECKING:
    from tests.support.twelve_weeks import Season

SEATS = "SELECT native, members.id FROM members JOIN accounts ON accounts.id = account_id"
REMINDERS = (
    f"SELECT ref, state, reason FROM letters JOIN ({SEATS}) AS seats ON seats.id = member_id "
    "WHERE kind = 'reminder'"
)


async def check_season(season: Season) -> None:
    """Check every promise."""
    check_the_channel(season)
    check_the_ledger(season)
    check_the_private_letters(season)
    check_what_people_did(season)
    lines = await season.timeline()
    planned = {season.format_plan_line(slot).replace(season.STRONG, "") for slot in season.plan}
    # Each line begins with a sign, whatever became of the post.
    sent = {line.partition(" · sent")[0][2:] for line in lines if "· sent" in line}
    unsent = {line[2:].removesuffix(" · coming") for line in planned} - sent
    # One nudge less than planned.
    assert len(unsent) == 1
    assert sum("· skipped, everybody has begun" in line for line in lines) == 1
    # Otherwise no restart found a letter waiting, and this season proves little.
    assert season.waited


def check_the_channel(season: Season) -> None:
    """Check that every sent letter stands there once, nothing else does, and all is in order."""
    letters = season.kept(
        "SELECT kind, ref FROM letters WHERE member_id = 0 AND account_id = 0 AND state = 'sent'"
    )
    sent_keys = [season.key(kind, ref) for kind, ref in letters]
    key_by_mark = {season.mark(key): key for key in sent_keys}
    posts = [*season.stood, *season.standing_in_channel()]
    keys = [key_by_mark[season.marked(post)] for post in posts]
    assert Counter(keys) == Counter(key_by_mark.values())
    planned = {season.key(slot.kind, slot.ref): slot for slot in season.plan}
    needless = season.key("nudge", season.cohort.calendar.weeks[ALL_BEGIN - 1].id)
    calendar_keys = [key for key in keys if is_in_calendar(key)]
    assert calendar_keys == [key for key in planned if key != needless]
    for post, key in zip(posts, keys, strict=True):
        if key in planned:
            check_its_hour(season, planned[key], season.sent_at(post))


def is_in_calendar(key: str) -> bool:
    """Return True for a letter's key whose kind has its days in the calendar."""
    kind = post_registry.kinds.get(key.split(".")[2])
    return kind is not None and kind.is_dated


def check_its_hour(season: Season, slot: PostSlot, sent: datetime) -> None:
    """Check that a post came within two minutes, or on its day if something went wrong."""
    assert season.local(slot.at).time() == season.cohort.at
    # Posts due at one moment go out one after another: trouble with one delays the others.
    together = {season.key(other.kind, other.ref) for other in season.plan if other.at == slot.at}
    together |= list_keys_before(season, slot.at)
    is_disturbed = any(season.disturbed(key) for key in together)
    is_out = any(began <= slot.at <= ended for began, ended in season.outages)
    # Where an edit is refused or limited, its channel rests for a minute.
    limit = timedelta(hours=12) if is_disturbed or is_out else timedelta(minutes=2)
    assert timedelta() <= sent - slot.at < limit, slot


def list_keys_before(season: Season, at: datetime) -> set[str]:
    """Return the keys of the home's letters from the hour before, and of all letters of the moment.

    A platform that does not answer one of them lets the requests beside it time out too.
    """
    since, until = format_instant(at - timedelta(hours=1)), format_instant(at)
    rows = season.kept(
        "SELECT kind, ref, home_id, member_id, account_id FROM letters"
        f" WHERE home_id != 0 AND member_id = 0 AND moment BETWEEN '{since}' AND '{until}'"
        f" OR moment = '{until}'"
    )
    return {season.key(*row) for row in rows}


def format_instant(at: datetime) -> str:
    """Return an instant as SQLite keeps it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def check_the_ledger(season: Season) -> None:
    """Check that every letter was sent, or skipped for a reason its week or its member gives."""
    weeks = season.cohort.calendar.weeks
    unsent = season.kept(
        "SELECT kind, ref, state, reason FROM letters WHERE member_id = 0 AND account_id = 0 AND state != 'sent'"
    )
    assert unsent == [("nudge", weeks[ALL_BEGIN - 1].id, "skipped", "everybody has begun")]
    reasons = {
        "ada": {"has checked in"},
        "bob": set(),
        "cy": {"has checked in", season.UNREACHED},
        "dora": {"has checked in", "away"},
        "eve": {f"has left the {season.SPACE}"},
        "fay": {"has checked in"},
    }
    for name in NAMES:
        native = season.native(name)
        reminders = season.kept(f"{REMINDERS} AND native = '{native}' ORDER BY moment")
        refs = [ref for ref, _, _ in reminders]
        assert refs == [f"{week.id}.{number}" for week in weeks for number in (0, 1)]
        states = {state for _, state, _ in reminders}
        assert states - {"unsure"} <= {"sent", "skipped"}
        assert "unsure" not in states or name in season.HIDDEN
        skipped = {reason for _, state, reason in reminders if state == "skipped"}
        # Whether Eve is still there is asked once a day; in between she counts as away.
        # Nobody is asked any more once she has been silent for long.
        if name == "eve":
            skipped -= {"away", "no answer to two letters", "silent for two weeks"}
        assert skipped - {CROWDED} == reasons[name], name


def compute_private_mark(season: Season, seat: int, kind: str, ref: str) -> object:
    return season.mark(season.key(kind, ref, 0, seat))


def check_the_private_letters(season: Season) -> None:
    """Check that everybody got the letters due, once and by day.

    Cy, who cannot be reached, read so once.
    """
    seats = dict(season.kept(SEATS))
    for name in NAMES:
        seat = seats[season.native(name)]
        letters = season.letters_to(name)
        check_private_letters(
            list_ledger_rows(
                season.kept(PRIVATE.format(seat=seat)),
                partial(compute_private_mark, season, seat),
            ),
            [(season.marked(letter), season.sent_at(letter)) for letter in letters],
            [
                f"{week.id}.{number}"
                for week in season.cohort.calendar.weeks
                for number in list_reminders(name, week.number)
            ],
            season.REMINDERS,
        )
        zone = load_zone(season.ZONES.get(name, season.cohort.zone))
        for letter in letters:
            assert time(18) <= season.sent_at(letter).astimezone(zone).time() < time(22)
    assert +season.told_closed == {"cy": 1}


def check_what_people_did(season: Season) -> None:
    """Check that exactly their ticks and check-ins are kept."""
    names = {season.native(name): name for name in NAMES}
    ticks = season.kept("SELECT native, item FROM ticks JOIN accounts ON accounts.id = account_id")
    assert {(names[native], item) for native, item in ticks} == season.ticked
    checkins = season.kept(
        "SELECT native, week_id, hours, late FROM checkins"
        " JOIN accounts ON accounts.id = account_id"
    )
    assert {
        (names[native], week_id): (hours, bool(late)) for native, week_id, hours, late in checkins
    } == season.checked_in
