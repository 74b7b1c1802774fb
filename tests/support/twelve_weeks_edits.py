"""The promises about posts that count along: seldom edited, and right at last."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bot.group.calendar import CalendarWeek
from bot.post import find_week_closing
from tests.support.twelve_weeks_script import CHANNEL_LOST

if TYPE_CHECKING:
    from tests.support.twelve_weeks import Season

FIVE_MINUTES, AN_HOUR = timedelta(minutes=5), timedelta(hours=1)
PULSE = re.compile(r"(\d+)\W* of us · \W*(\d+)\W* items? done")
CHECKED_IN = re.compile(r"Checked in\W* · (\d+) of (\d+)")


def check_the_edits(season: Season) -> None:
    """Check that no message was edited too often, and that the last numbers are right."""
    check_the_distances(season)
    posts = {season.marked(post): post for post in season.stood}
    posts |= {season.marked(post): post for post in season.standing_in_channel()}
    counted = 0
    for week in season.cohort.calendar.weeks:
        # The channel was deleted in that week, and its posts with it.
        if week.number == CHANNEL_LOST:
            continue
        topics = posts[season.mark(season.key("topics", week.id))]
        assert read_pulse(season, topics) == recount_ticks(season, week), week.number
        # Ada ticks in every week: a post without a number would prove nothing.
        assert read_pulse(season, topics)[1] > 0
        prompt = posts[season.mark(season.key("check_in", week.id))]
        assert read_check_ins(season, prompt) == recount_check_ins(season, week), week.number
        counted += 1
    assert counted == len(season.cohort.calendar.weeks) - 1


def check_the_distances(season: Season) -> None:
    """Check that no message is edited twice in five minutes, nor an old one twice in an hour."""
    moments: defaultdict[object, list[datetime]] = defaultdict(list)
    for message, at in season.list_edits():
        moments[message].append(at)
    # Otherwise next to nothing has counted along, and this season proves little.
    assert len(moments) > len(season.cohort.calendar.weeks)
    for message, made in moments.items():
        # A process that ends between an edit and its record does not know of it.
        edited = sorted(set(made)) if season.killed_at.intersection(made) else made
        assert min(gaps(edited), default=FIVE_MINUTES) >= FIVE_MINUTES, message
        if season.LIMITS_OLD_EDITS:
            sent = season.message_sent_at(message)
            old = [at for at in edited if at - sent > AN_HOUR]
            assert min(gaps(old), default=AN_HOUR) >= AN_HOUR, message


def gaps(moments: Sequence[datetime]) -> list[timedelta]:
    """Return the time between each two that follow each other."""
    return [later - earlier for earlier, later in pairwise(sorted(moments))]


def read_pulse(season: Season, post: Any) -> tuple[int, int]:
    """Return the members and the items that a weekly post names; zeros for a silent one."""
    found = PULSE.search(season.text_of(post))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def read_check_ins(season: Season, post: Any) -> int:
    """Return how many have checked in, as the prompt says."""
    found = CHECKED_IN.search(season.text_of(post))
    return int(found[1]) if found else 0


def format_closing(season: Season, week: CalendarWeek) -> str:
    """Return the end of a week as SQLite keeps it."""
    closes_at = find_week_closing(season.cohort, week)
    assert closes_at is not None
    return f"{closes_at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


VISIBLE = "members.shown AND members.left_at IS NULL"


def recount_ticks(season: Season, week: CalendarWeek) -> tuple[int, int]:
    """Return the visible members and their ticks by a week's end; zeros without a tick."""
    wanted = ", ".join(f"'{item}'" for item in week.week.items)
    ((people,),) = season.kept(f"SELECT count(*) FROM members WHERE {VISIBLE}")
    ((done,),) = season.kept(
        f"SELECT count(*) FROM ticks JOIN members USING (account_id) WHERE {VISIBLE}"
        f" AND item IN ({wanted}) AND at < '{format_closing(season, week)}'"
    )
    return (people, done) if done else (0, 0)


def recount_check_ins(season: Season, week: CalendarWeek) -> int:
    """Return how many visible members had checked in by a week's end."""
    ((done,),) = season.kept(
        "SELECT count(*) FROM checkins JOIN members ON members.id = member_id"
        f" WHERE {VISIBLE} AND week_id = '{week.id}'"
        f" AND first_at < '{format_closing(season, week)}'"
    )
    return int(done)
