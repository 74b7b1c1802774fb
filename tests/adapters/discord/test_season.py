"""Twelve weeks of a group on Discord, the bot restarted every week, and the wire to Discord a bad one: exactly what was
planned stands in the channel, and exactly what people did is kept.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from adapters.discord import ids
from bot.calendar import DAY, Dated, instant
from bot.cohort import Cohort
from bot.outlook import titled
from bot.people import zone
from bot.post import Slot, coming
from tests.adapters.discord.server import INVITED, Server, answered
from tests.adapters.discord.watch import parts
from tests.adapters.discord.weather import WAYS, Weather

NAMES = ("ada", "bob", "cy", "dora", "eve", "fay")  # the first three are in every server of the tests
EVENTS = discord.Permissions(manage_events=True)  # the simulation knows no right to create events alone
WITHOUT_RIGHT, ALL_BEGIN, EVE_LEAVES, DORA_AWAY, CHANNEL_LOST = 3, 2, 4, (5, 6), 8  # numbers of weeks
CLOSED = "I could not send you a private message"
SEATS = "SELECT native, members.id FROM members JOIN accounts ON accounts.id = account_id"
REMINDERS = f"SELECT ref, state, reason FROM letters JOIN ({SEATS}) AS seats ON seats.id = member_id"

Deed = Callable[[], Awaitable[object]]


def reports(name: str, number: int) -> str:
    """When somebody checks in for a week: `in time`, when `prompted` or `reminded`, `late`, or never."""
    match name:
        case "ada":
            return "in time"
        case "bob":
            return "late"
        case "cy":
            return "in time" if number % 2 == 0 else ""
        case "dora":
            return "prompted" if number % 4 and number not in DORA_AWAY else ""
        case "fay":
            return "reminded"
    return ""


def reminders(name: str, number: int) -> list[int]:
    """Which of the two reminders of a week somebody gets: those who have checked in get none."""
    gone = (name == "eve" and number >= EVE_LEAVES) or (name == "dora" and number in DORA_AWAY)
    if gone or name == "cy" or reports(name, number) in {"in time", "prompted"}:
        return []
    return [0] if reports(name, number) == "reminded" else [0, 1]


class Season(Server):
    """A server with six members of one cohort; what they do is written down, to be held against what the bot keeps."""

    cohort: Cohort
    weather: Weather

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.plan: list[Slot] = []
        self.ticked: set[tuple[str, str]] = set()
        self.checked_in: dict[tuple[str, str], tuple[float, bool]] = {}
        self.stood: list[discord.Message] = []
        self.outages: list[tuple[datetime, datetime]] = []
        self.waited = 0
        self.told_closed: Counter[str] = Counter()

    # — the cohort —

    async def begins(self, start: date, zone_name: str, seed: int) -> None:
        """The cohort is made and opened, six join by the button, and the weather turns bad."""
        self.random = random.Random(seed)
        self.weather = Weather(seed)
        self.may(discord.Permissions(INVITED.value | EVENTS.value))
        for name in NAMES[3:]:
            self.people[name] = self.guild.add_member(self.env.create_user(name, global_name=name.capitalize()))
        self.weather.closed = {self.people["cy"].id}
        self.weather.over(self.platform.client)
        await self.spring(start=start.isoformat(), zone=zone_name)
        await self.says("mona", "cohort threads", cohort="spring", on=True)
        await self.says("mona", "cohort call", cohort="spring", day=3, at="19:00", where="https://meet.example/us")
        await self.passes(hours=1)
        for name in NAMES:
            assert "You are in" in answered(await self.clicks(name, self.posts()[0], "Join"))
        await self.says("dora", "settings", zone="Asia/Kolkata")
        await self.passes(hours=1)
        self.cohort = await self.stored()
        self.plan = list(coming(self.cohort, self.clock.now()))
        when = "%a %-d %b %Y, %H:%M"
        plan = [f"{self.local(slot.at):{when}} · **{titled(slot)}**" for slot in self.plan]
        assert [line for line in await self.timeline() if "· **" in line] == plan

    async def stored(self) -> Cohort:
        async with self.store.begin(write=False) as tx:
            found = await tx.cohorts.by_id(1)
        assert found is not None
        return found

    async def timeline(self) -> list[str]:
        """The flight plan as moderators read it, line by line."""
        pages = [await self.says("mona", "cohort timeline", cohort="spring", page=page) for page in (1, 2, 3, 4)]
        return list(dict.fromkeys("\n".join(pages).splitlines()))

    def local(self, at: datetime) -> datetime:
        return at.astimezone(zone(self.cohort.zone))

    # — twelve weeks —

    async def lives(self) -> None:
        """Everything that happens, each thing at its moment, until some days after the end."""
        agenda: list[tuple[datetime, Deed]] = []
        for week in self.cohort.calendar.weeks:
            agenda += self.routine(week) + self.restarts(week)
        for when, deed in sorted([*agenda, *self.troubles()], key=lambda one: one[0]):
            await self.goes_to(when)
            await deed()
        await self.passes(days=10)

    def at(self, week: Dated, days: int, hour: int) -> datetime:
        return instant(week.first + DAY * days, time(hour), self.cohort.zone)

    def routine(self, week: Dated) -> list[tuple[datetime, Deed]]:
        """What members do in a week, and what one does for it when it is over."""
        return [
            (self.at(week, 1, 12), lambda: self.ticks(week)),
            (self.at(week, 2, 10), lambda: self.all_check_in(week, "in time", "topics", "Check in")),
            (self.at(week, 4, 13), lambda: self.all_check_in(week, "prompted", "check_in", "Check in")),
            (self.at(week, 6, 12), lambda: self.all_check_in(week, "reminded", "reminder", "Check in")),
            (self.at(week, 8, 10), lambda: self.all_check_in(week, "late", "recap", "Check in late")),
        ]

    def restarts(self, week: Dated) -> list[tuple[datetime, Deed]]:
        """A restart at some moment; in every third week as the next is about to come, the bot being down for a while."""
        if week.number % 3:
            return [(self.at(week, 0, 0) + timedelta(minutes=self.random.randrange(7 * 24 * 60)), self.restart)]
        down = timedelta(minutes=self.random.choice((30, 31, 300)))
        return [(self.at(week, 7, 9) - timedelta(minutes=30), lambda: self.is_down(down))]

    def troubles(self) -> list[tuple[datetime, Deed]]:
        weeks = dict(enumerate(self.cohort.calendar.weeks, 1))
        return [
            (self.at(weeks[WITHOUT_RIGHT], 2, 22), self.may_not_write),
            (self.at(weeks[EVE_LEAVES], 1, 13), self.eve_leaves),
            (self.at(weeks[DORA_AWAY[0]], 0, 12), lambda: self.dora_is_away(weeks[DORA_AWAY[1]].last)),
            (self.at(weeks[CHANNEL_LOST], 2, 12), self.channel_is_lost),
            (self.at(weeks[CHANNEL_LOST], 3, 13), self.cohort_moves),
        ]

    async def restart(self) -> None:
        self.waited += len(self.rows("SELECT id FROM letters WHERE state IN ('due', 'claimed')"))
        await super().restart()
        self.weather.over(self.platform.client)

    async def _advance(self, when: datetime) -> None:
        if self.weather.killed:
            self.weather.killed = False
            await self.restart()
        await super()._advance(when)

    async def is_down(self, how_long: timedelta) -> None:
        self.outages.append((self.clock.now(), self.clock.now() + how_long))
        await self.env.advance_time(how_long.total_seconds())
        await self.restart()

    async def may_not_write(self) -> None:
        began = self.clock.now()
        self.denies("send_messages")
        await self.passes(hours=12)
        await self.restart()
        await self.passes(hours=2)
        self.denies()
        self.outages.append((began, self.clock.now()))

    async def channel_is_lost(self) -> None:
        self.stood += self.posts()
        self.lost_at = self.clock.now()
        await self.loses()

    async def cohort_moves(self) -> None:
        self.channel = self.guild.create_text_channel("new-study-group")
        self.outages.append((self.lost_at, self.clock.now()))
        assert "lives in this channel now" in await self.says("mona", "cohort move", cohort="spring")

    async def eve_leaves(self) -> None:
        self.guild.remove_member(self.people["eve"])

    async def dora_is_away(self, last: date | None) -> None:
        assert "You are away" in await self.says("dora", "away", until=str(last))

    # — what members do —

    async def ticks(self, week: Dated) -> None:
        """Ada ticks under the post, Fay on her own list; in one week everybody does, before the nudge."""
        post = self.standing("topics", week)
        for name in NAMES if week.number == ALL_BEGIN else ("ada",):
            items = week.week.items[: 1 + week.number % 3]
            assert "Ticked" in self.reads(name, await self.picks(name, post, items, "tick"))
            self.ticked |= {(name, item) for item in items}
        if week.number % 2:
            return
        own = await self.clicks("fay", post, "My own list")
        kept = week.week.items[1:2]
        assert "1 of" in answered(await self.picks("fay", own, kept, "tick"))
        self.ticked -= {("fay", item) for item in week.week.items}
        self.ticked |= {("fay", item) for item in kept}

    async def all_check_in(self, week: Dated, moment: str, kind: str, label: str) -> None:
        """Whoever checks in at this moment presses the button of that post, and fills in the form."""
        for place, name in enumerate(NAMES):
            if reports(name, week.number) != moment:
                continue
            alone = kind == "reminder"
            post = self.private(name)[-1] if alone else self.standing(kind, week)
            who: Any = self.people[name].user if alone else self.people[name]
            shown = await who.click(post, label=label)
            hours, items = week.number + place / 2, week.week.items[3:4] if name == "ada" else ()
            filled = {"hours": f"{hours:g}", "confidence": "4", "items": list(items)}
            assert "Thank you" in self.reads(name, await who.submit_modal(shown, filled))
            self.ticked |= {(name, item) for item in items}
            self.checked_in[name, week.id] = hours, moment == "late"

    def reads(self, name: str, result: simcord.InteractionResult) -> str:
        """The words of a private answer; word of closed private messages is counted."""
        words = answered(result)
        self.told_closed[name] += CLOSED in words
        return words

    # — what became of it —

    def rows(self, query: str) -> Sequence[Any]:
        """What the database says, read beside the bot."""
        path = self.url.partition("///")[2]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as read:
            return read.execute(query).fetchall()

    def key(self, kind: str, ref: str, home: int = 1, member: int = 0) -> str:
        return f"{self.cohort.id}.1.{kind}.{ref}.{home}.{member}"

    def posts(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """What was posted; Discord's own lines about threads are none of it."""
        return [one for one in super().posts(channel) if one.type is discord.MessageType.default]

    def standing(self, kind: str, week: Dated) -> discord.Message:
        number = ids.number_of(ids.mark_of(self.key(kind, week.id)))
        (found,) = [one for one in self.posts() if one.components[0].id == number]
        return found


# — what is promised —


def check_the_channel(season: Season) -> None:
    """Every letter that was sent stands there exactly once, and nothing else; what was planned, in order and in time."""
    letters = season.rows("SELECT kind, ref FROM letters WHERE member_id = 0 AND state = 'sent'")
    keys = [season.key(kind, ref) for kind, ref in letters]
    by_number = {ids.number_of(ids.mark_of(key)): key for key in keys}
    posts = season.stood + season.posts()
    stand = [by_number[one.components[0].id or 0] for one in posts]
    assert Counter(stand) == Counter(keys)
    for post, key in zip(posts, stand, strict=True):
        pressed = [ids.read(one["custom_id"]) for one in parts([post.components[0].to_dict()]) if "custom_id" in one]
        assert {one and one.mark for one in pressed} <= {ids.mark_of(key)}
    planned = {season.key(slot.kind, slot.ref): slot for slot in season.plan}
    needless = season.key("nudge", season.cohort.calendar.weeks[ALL_BEGIN - 1].id)
    assert [key for key in stand if ".announcement." not in key] == [key for key in planned if key != needless]
    for post, key in zip(posts, stand, strict=True):
        if key in planned:
            check_its_hour(season, planned[key], post.created_at)


def check_its_hour(season: Season, slot: Slot, sent: datetime) -> None:
    """At its local hour to the minute; later only because of what went wrong, and then within the day."""
    assert season.local(slot.at).time() == season.cohort.at
    together = {season.key(one.kind, one.ref) for one in season.plan if one.at == slot.at}
    disturbed = any(ids.mark_of(key) in season.weather.struck for key in together)
    out = any(began <= slot.at <= ended for began, ended in season.outages)
    assert timedelta() <= sent - slot.at < (timedelta(hours=12) if disturbed or out else timedelta(minutes=1)), slot


def check_the_ledger(season: Season) -> None:
    """Every letter has ended: it was sent, or skipped for a reason that its week or its member explains."""
    weeks = season.cohort.calendar.weeks
    ended = season.rows("SELECT kind, ref, state, reason FROM letters WHERE member_id = 0 AND state != 'sent'")
    assert ended == [("nudge", weeks[ALL_BEGIN - 1].id, "skipped", "everybody has begun")]
    reasons = {
        "ada": {"has checked in"},
        "bob": set(),
        "cy": {"has checked in", "their private messages are closed"},
        "dora": {"has checked in", "away"},
        "eve": {"has left the space"},
        "fay": {"has checked in"},
    }
    for name in NAMES:
        ended = season.rows(f"{REMINDERS} WHERE native = '{season.people[name].id}' ORDER BY moment")
        assert [ref for ref, _, _ in ended] == [f"{week.id}.{place}" for week in weeks for place in (0, 1)]
        assert {state for _, state, _ in ended} <= {"sent", "skipped"}
        known = {"away"} if name == "eve" else set()  # whether she is there is asked once a day; in between she is away
        assert {reason for _, state, reason in ended if state == "skipped"} - known == reasons[name], name


def check_the_reminders(season: Season) -> None:
    """Whoever had not checked in got theirs, once, by day; nobody else got any. Who cannot be reached is told so, once."""
    seats = dict(season.rows(SEATS))
    for name in NAMES:
        seat = seats[str(season.people[name].id)]
        due = [
            season.key("reminder", f"{week.id}.{place}", 0, seat)
            for week in season.cohort.calendar.weeks
            for place in reminders(name, week.number)
        ]
        got = season.private(name)
        assert [one.components[0].id for one in got] == [ids.number_of(ids.mark_of(key)) for key in due], name
        here = zone("Asia/Kolkata" if name == "dora" else season.cohort.zone)
        assert all(time(18) <= one.created_at.astimezone(here).time() < time(22) for one in got)
    assert +season.told_closed == {"cy": 1}


def check_what_people_did(season: Season) -> None:
    names = {str(actor.id): name for name, actor in season.people.items()}
    ticks = season.rows("SELECT native, item FROM ticks JOIN accounts ON accounts.id = account_id")
    assert {(names[native], item) for native, item in ticks} == season.ticked
    reported = season.rows(
        "SELECT native, week_id, hours, late FROM checkins JOIN accounts ON accounts.id = account_id"
    )
    assert {(names[native], week): (hours, bool(late)) for native, week, hours, late in reported} == season.checked_in


def check_what_stands_beside(season: Season) -> None:
    """A thread and an event for each week, also where Discord's answer to its post was lost."""
    weeks = season.cohort.calendar.weeks
    asked = [one for one in season.env.http_requests if one.method == "POST"]
    threads = [one.json["name"] for one in asked if one.path.endswith("/threads")]
    events = [one.json["name"] for one in asked if one.path.endswith("/scheduled-events")]
    assert threads == [week.label for week in weeks]
    assert events == [f"spring: week {week.number} call" for week in weeks]


async def check_a_season(url: str, seed: int, start: date, zone_name: str) -> None:
    async with Season.on(url) as season:
        await season.begins(start, zone_name, seed)
        await season.lives()
        check_the_channel(season)
        check_the_ledger(season)
        check_the_reminders(season)
        check_what_people_did(season)
        check_what_stands_beside(season)
        told = await season.timeline()
        assert sum("· sent" in line for line in told) == len(season.plan)  # one nudge less, and the invitation
        assert sum("· skipped, everybody has begun" in line for line in told) == 1
        assert set(season.weather.met) == set(WAYS)
        assert sum(season.weather.met.values()) * 10 > season.weather.posts
        assert season.waited  # some letters, as the bot was started again


@pytest.fixture
def url(empty_file: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"


async def test_twelve_weeks_on_a_bad_wire_bring_exactly_the_posts_of_the_flight_plan(url: str) -> None:
    await check_a_season(url, 7, date(2026, 1, 19), "Europe/Berlin")


@pytest.mark.long
@pytest.mark.parametrize(
    ("seed", "start", "zone_name"),
    [
        (1, "2026-01-19", "Europe/Berlin"),
        (2, "2026-02-02", "America/New_York"),
        (3, "2026-02-16", "Australia/Lord_Howe"),
        (4, "2026-02-02", "America/New_York"),
    ],
)
async def test_in_other_weather_and_where_clocks_change_they_do_as_well(
    url: str, seed: int, start: str, zone_name: str
) -> None:
    await check_a_season(url, seed, date.fromisoformat(start), zone_name)
