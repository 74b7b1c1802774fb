"""One cohort with a home on Discord and a home on Slack, and somebody with an account on each: both homes have exactly the
posts of the flight plan, whatever befalls either, and there is one board.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import custom_id
from bot.group.calendar import DAY, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.post import PostSlot, list_coming_slots
from tests.support.discord import faults as discord
from tests.support.discord.server import said
from tests.support.discord_and_slack import Both, Side
from tests.support.slack import faults as slack
from tests.support.slack.wire import Asked, Fault, status
from tests.support.slack.workspaces import BOT

Deed = Callable[[], Awaitable[object]]
Who = tuple[str, str]  # a platform and a name

ADA, SAME_ADA = ("discord", "ada"), ("slack", "ada")
MEMBERS: Sequence[Who] = (
    ADA,
    ("discord", "bob"),
    ("discord", "cy"),
    SAME_ADA,
    ("slack", "nora"),
    ("slack", "olga"),
)
SLACK_OUT, LINKED, DISCORD_SHUT, DISCORD_OUT, SLACK_SHUT = 2, 2, 3, 4, 4  # numbers of weeks
BAR = re.compile(r"(\d+)\. (\w+) · ([1-9]\d*) of (\d+)")  # of whoever has done something


def first(week: CalendarWeek) -> str:
    """Where Ada begins the week: on either platform in turn."""
    return "discord" if week.number % 2 else "slack"


def checks_in(who: Who, number: int) -> str:
    """When somebody checks in for a week: when `prompted` or `reminded`, `late`, or never."""
    if who == ADA:
        return "prompted" if number % 3 else ""
    return {"bob": "late", "nora": "reminded"}.get(who[1], "")


def reminders(who: Who, number: int) -> list[int]:
    """Which of the two reminders of a week somebody gets. Who has two accounts gets one set, at the one that joined first."""
    if checks_in(who, number) == "prompted" or (who == SAME_ADA and number >= LINKED):
        return []
    return [0] if checks_in(who, number) == "reminded" else [0, 1]


class Season(Both):
    """What people do on either side is written down, to be held against what the bot keeps."""

    cohort: Cohort

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.ticked: dict[Who, set[str]] = {who: set() for who in MEMBERS}
        self.checked_in: dict[tuple[Who, str], tuple[float, bool]] = {}
        self.outages: dict[str, list[tuple[datetime, datetime]]] = {"discord": [], "slack": []}
        self.out = ""

    async def begins(self, start: date, zone_name: str, seed: int) -> None:
        """A moderator on Discord makes and opens it, one on Slack brings it there, people join on both sides."""
        self.random = random.Random(seed)
        self.weather = discord.Weather(seed), slack.Weather(seed)
        for name in ("nora", "olga"):
            self.slack.channel.members.add(self.slack.place.person(name).id)
        await self.spring(start=start.isoformat(), zone=zone_name)
        assert "lives in this channel now, and still on Discord" in await self.settles()
        self.slack.wire.skies = self._skies
        self.slack.wire.history_limited = True
        self._darken()
        for side, name in MEMBERS:
            assert "You are in spring" in await self.sides[side].asks(name, "join", cohort="spring")
        await self.passes(hours=6)
        async with self.store.transaction(write=False) as tx:
            found = await tx.cohorts.load_cohort(1)
        assert found is not None
        self.cohort = found
        self.plan = list_coming_slots(self.cohort, self.clock.now())

    # — the weather on both sides —

    def _darken(self) -> None:
        """Every start of the bot brings a new connection to Discord, which the weather has to stand before."""
        client = self.platform.client
        self.weather[0].over(client)
        rough = client.http.request

        async def request(route: Any, **more: Any) -> Any:
            if self.out == "discord":
                raise discord.ERRORS["reset"]()
            return await rough(route, **more)

        client.http.request = request

    def _skies(self, asked: Asked) -> Fault | None:
        if self.out == "slack":
            return status(503)
        fault = self.weather[1](asked)
        if fault and fault.hangs:  # whoever waits for that does so in another season
            self.weather[1].stuck.clear()
            return replace(fault, hangs=False, drops=True)
        return fault

    async def restart(self) -> None:
        await super().restart()
        self.weather[1].forgiven()
        self._darken()

    async def _advance(self, when: datetime) -> None:
        if self.weather[0].killed:
            self.weather[0].killed = False
            await self.restart()
        await super()._advance(when)

    def disturbed(self, side: Side, key: str) -> bool:
        """Whether the weather on a side struck the post of that key, at least once."""
        if side.name == "discord":
            return custom_id.compute_letter_mark(key) in self.weather[0].struck
        return key in self.weather[1].struck

    # — week by week —

    async def lives(self, weeks: int) -> None:
        """Everything that happens in so many weeks, each thing at its moment, and in the days after."""
        known = self.cohort.calendar.weeks[:weeks]
        agenda = [*self.troubles(), *(deed for week in known for deed in self.routine(week))]
        for when, deed in sorted(agenda, key=lambda one: one[0]):
            await self.goes_to(when)
            await deed()
        await self.passes(days=1)

    def at(self, week: CalendarWeek, days: int, hour: int) -> datetime:
        return convert_to_utc(week.first + DAY * days, time(hour), self.cohort.zone)

    def routine(self, week: CalendarWeek) -> list[tuple[datetime, Deed]]:
        restarted = self.at(week, 0, 0) + timedelta(minutes=self.random.randrange(7 * 24 * 60))
        return [
            (self.at(week, 1, 12), lambda: self.ticks(week)),
            (
                self.at(week, 4, 13),
                lambda: self.all_check_in(week, "prompted", "check_in", "Check in"),
            ),
            (
                self.at(week, 6, 12),
                lambda: self.all_check_in(week, "reminded", "reminder", "Check in"),
            ),
            (self.at(week, 6, 13), self.check_the_board),
            (
                self.at(week, 8, 10),
                lambda: self.all_check_in(week, "late", "recap", "Check in late"),
            ),
            (restarted, self.restart),
        ]

    def troubles(self) -> list[tuple[datetime, Deed]]:
        by_number = dict(enumerate(self.cohort.calendar.weeks, 1))
        return [
            (self.at(by_number[SLACK_OUT], 0, 8), lambda: self.is_out("slack")),
            (self.at(by_number[LINKED], 1, 11), self.ada_links),
            (self.at(by_number[DISCORD_SHUT], 2, 22), self.discord_is_shut),
            (self.at(by_number[DISCORD_OUT], 0, 8), lambda: self.is_out("discord")),
            (self.at(by_number[SLACK_SHUT], 2, 22), self.slack_is_shut),
        ]

    async def is_out(self, side: str) -> None:
        """A platform does nothing of what it is asked to, for hours in which posts are due."""
        self.out, began = side, self.clock.now()
        await self.passes(hours=5)
        self.out = ""
        self.outages[side].append((began, self.clock.now()))

    async def discord_is_shut(self) -> None:
        """A right is missing on one side."""
        self.denies("send_messages")
        await self.passes_shut("discord", "slack")
        self.denies()

    async def slack_is_shut(self) -> None:
        """The bot is taken out of the channel on the other."""
        await self.slack.delivery.removes(self.slack.place, self.slack.channel)
        await self.passes_shut("slack", "discord")
        self.slack.channel.members.add(BOT)

    async def passes_shut(self, side: str, other: str) -> None:
        """A post falls due while a channel takes none; moderators on both sides are told."""
        began = self.clock.now()
        await self.passes(hours=14)
        assert "Posts of spring wait" in await self.sides[side].asks(
            "mona", "cohort timeline", cohort="spring"
        )
        told = await self.sides[other].asks("mona", "cohort timeline", cohort="spring")
        assert "Posts of spring in its other channel wait" in told
        self.outages[side].append((began, self.clock.now()))

    async def ada_links(self) -> None:
        assert "You are now connected with" in await self.links("ada")

    # — what members do —

    async def ticks(self, week: CalendarWeek) -> None:
        """Bob and Nora tick something under the post; Ada does so on one side, and goes on with her own list on the other."""
        items = week.week.items
        begins, goes_on = (ADA, SAME_ADA) if first(week) == "discord" else (SAME_ADA, ADA)
        for who, some in (
            (("discord", "bob"), items[: 1 + week.number % 2]),
            (("slack", "nora"), items[:1]),
        ):
            await self.ticks_under(who, week, some)
        await self.ticks_under(begins, week, items[:2])
        side = self.sides[goes_on[0]]
        shown, chosen = await side.own_list(
            goes_on[1], side.post(self.key("topics", week.id, side.home))
        )
        assert chosen == (set(items[:2]) if week.number >= LINKED else set())
        kept = set(items[1:3])
        await side.keeps(goes_on[1], shown, items[1:3])
        for who in self.of(goes_on):
            self.ticked[who] -= set(items) - kept
        self.ticked[goes_on] |= kept - self.done(goes_on)

    async def ticks_under(self, who: Who, week: CalendarWeek, items: Sequence[str]) -> None:
        side = self.sides[who[0]]
        post = side.post(self.key("topics", week.id, side.home))
        assert "Ticked" in await side.ticks(who[1], post, items)
        self.ticked[who] |= set(items) - self.done(who)

    async def all_check_in(self, week: CalendarWeek, moment: str, kind: str, label: str) -> None:
        """Whoever checks in at this moment presses the button of that post on their side."""
        for place, who in enumerate(MEMBERS):
            if checks_in(who, week.number) != moment:
                continue
            on = (first(week), "ada") if who == ADA and week.number >= LINKED else who
            side = self.sides[on[0]]
            alone = kind == "reminder"
            post = (
                side.letters(on[1])[-1] if alone else side.post(self.key(kind, week.id, side.home))
            )
            hours = week.number + place / 2
            assert "Thank you" in await side.checks_in(on[1], post, label, hours)
            self.checked_in[on, week.id] = hours, moment == "late"

    @property
    def linked(self) -> bool:
        return bool(self.rows("SELECT 1 FROM accounts GROUP BY person_id HAVING count(*) > 1"))

    def of(self, who: Who) -> Sequence[Who]:
        """The accounts of a person."""
        return (ADA, SAME_ADA) if who[1] == "ada" and self.linked else (who,)

    def done(self, who: Who) -> set[str]:
        return set().union(*(self.ticked[one] for one in self.of(who)))

    # — what became of it —

    async def check_the_board(self) -> None:
        """Both sides read the same lines, and each person's is one."""
        here = await self.sides["discord"].asks("bob", "progress", board=True, cohort="spring")
        there = await self.sides["slack"].asks("nora", "progress", board=True, cohort="spring")
        assert BAR.findall(here) == BAR.findall(there)
        overall = Counter(
            (name, int(done)) for _, name, done, _ in BAR.findall(here.partition("Overall")[2])
        )
        people = [who for who in MEMBERS if not (who == SAME_ADA and self.linked)]
        names = {
            who: "Ada" if who == ADA else who[1].capitalize() if who[0] == "discord" else who[1]
            for who in people
        }
        assert overall == Counter(
            (names[who], len(self.done(who))) for who in people if self.done(who)
        )

    def rows(self, query: str) -> Sequence[Any]:
        """What the database says, read beside the bot."""
        path = self.url.partition("///")[2]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as read:
            return read.execute(query).fetchall()

    def key(self, kind: str, ref: str, home: int = 1, member: int = 0) -> str:
        return f"{self.cohort.id}.1.{kind}.{ref}.{home}.{member}"


# — what is promised —


def check_the_homes(season: Season, side: Side) -> None:
    """Every letter that was sent to a home stands there exactly once, and nothing else; what was planned, in order."""
    letters = season.rows(f"SELECT kind, ref, state FROM letters WHERE home_id = {side.home}")
    assert {state for _, _, state in letters} == {"sent"}
    by_mark = {
        side.mark(key): key
        for key in (season.key(kind, ref, side.home) for kind, ref, _ in letters)
    }
    stand = [by_mark[side.marked(one)] for one in side.posts()]
    assert Counter(stand) == Counter(by_mark.values())
    planned = {
        season.key(one.kind, one.ref, side.home): one
        for one in season.plan
        if one.at <= season.clock.now()
    }
    by_calendar = [
        key for key in stand if ".announcement." not in key and ".new_members." not in key
    ]
    assert by_calendar == list(planned)
    for post, key in zip(side.posts(), stand, strict=True):
        if key in planned:
            check_its_hour(season, side, planned[key], side.sent_at(post))


def check_its_hour(season: Season, side: Side, slot: PostSlot, sent: datetime) -> None:
    """At its local hour to the minute; later only because of what went wrong on this side, and then within the day."""
    assert slot.at.astimezone(load_zone(season.cohort.zone)).time() == season.cohort.at
    together = [
        season.key(one.kind, one.ref, side.home) for one in season.plan if one.at == slot.at
    ]
    disturbed = any(season.disturbed(side, key) for key in together)
    out = any(began <= slot.at <= ended for began, ended in season.outages[side.name])
    assert (
        timedelta()
        <= sent - slot.at
        < (timedelta(hours=12) if disturbed or out else timedelta(minutes=1))
    ), slot


def check_what_they_look_like(season: Season, weeks: int) -> None:
    """The same can be ticked in both homes; each speaks to its readers as its platform does."""
    for week in season.cohort.calendar.weeks[:weeks]:
        posts = {
            name: one.post(season.key("topics", week.id, one.home))
            for name, one in season.sides.items()
        }
        plan = [season.sides[name].offers(post) for name, post in posts.items()]
        assert plan[0] == plan[1]
        assert len(plan[0]) == len(week.week.items)
        assert f"## {week.title_with_number}" in said(posts["discord"])
        head = posts["slack"].body["blocks"][0]
        assert (head["type"], head["text"]["text"]) == ("header", week.title_with_number)


def check_the_reminders(season: Season, weeks: int) -> None:
    """Whoever had not checked in got theirs, once; whoever has two accounts got one set."""
    asked = (
        "SELECT platform, native, members.id FROM members JOIN accounts ON accounts.id = account_id"
    )
    seats = {(platform, native): seat for platform, native, seat in season.rows(asked)}
    for who in MEMBERS:
        side = season.sides[who[0]]
        seat = seats[who[0], side.native(who[1])]
        due = [
            season.key("reminder", f"{week.id}.{place}", 0, seat)
            for week in season.cohort.calendar.weeks[:weeks]
            for place in reminders(who, week.number)
        ]
        assert [side.marked(one) for one in side.letters(who[1])] == [
            side.mark(key) for key in due
        ], who
    left = season.rows("SELECT state, reason FROM letters WHERE member_id != 0 AND state != 'sent'")
    assert set(left) == {("skipped", "has checked in")}


def check_what_people_did(season: Season) -> None:
    """It is kept with the account it came through."""
    names = {(who[0], season.sides[who[0]].native(who[1])): who for who in MEMBERS}
    by_account = "JOIN accounts ON accounts.id = account_id"
    ticks = season.rows(f"SELECT platform, native, item FROM ticks {by_account}")
    assert Counter((names[one[:2]], one[2]) for one in ticks) == Counter(
        (who, item) for who, items in season.ticked.items() for item in items
    )
    reported = season.rows(
        f"SELECT platform, native, week_id, hours, late FROM checkins {by_account}"
    )
    assert {
        (names[one[:2]], one[2]): (one[3], bool(one[4])) for one in reported
    } == season.checked_in


async def check_a_season(url: str, weeks: int, seed: int, start: date, zone_name: str) -> None:
    async with Season.on(url) as season:
        await season.begins(start, zone_name, seed)
        await season.lives(weeks)
        assert weeks < len(season.cohort.calendar.weeks) or season.plan[-1].at < season.clock.now()
        for side in season.sides.values():
            check_the_homes(season, side)
        check_what_they_look_like(season, weeks)
        check_the_reminders(season, weeks)
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
