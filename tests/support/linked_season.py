"""A season of one cohort with homes on Discord and Slack: the script, and a record of it."""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from adapters.discord import custom_id
from bot.group.calendar import DAY, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort
from bot.post import list_coming_slots
from tests.support.database import load_first_cohort
from tests.support.discord import faults as discord
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
BAR = re.compile(r"(\d+)\. (\w+) · ([1-9]\d*) of (\d+)")  # somebody with items done


def first_platform(week: CalendarWeek) -> str:
    """Return the platform Ada starts the week on: each in turn."""
    return "discord" if week.number % 2 else "slack"


def find_checkin_moment(who: Who, number: int) -> str:
    """Return the moment of somebody's check-in: `prompted`, `reminded`, `late`, or empty."""
    if who == ADA:
        return "prompted" if number % 3 else ""
    return {"bob": "late", "nora": "reminded"}.get(who[1], "")


def list_reminders(who: Who, number: int) -> list[int]:
    """Return the reminders somebody gets in a week: the first (0), the second (1), both, or none.

    A person with two accounts gets one set, at the account that joined first.
    """
    moment = find_checkin_moment(who, number)
    if moment == "prompted" or (who == SAME_ADA and number >= LINKED):
        return []
    return [0] if moment == "reminded" else [0, 1]


class Season(Both):
    """A season on both sides, with a record of all that people do."""

    REMINDERS = 2  # a week, as everybody sets them

    cohort: Cohort

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.ticked: dict[Who, set[str]] = {who: set() for who in MEMBERS}
        self.checked_in: dict[tuple[Who, str], tuple[float, bool]] = {}
        self.outages: dict[str, list[tuple[datetime, datetime]]] = {"discord": [], "slack": []}
        self.out = ""

    async def begins(self, start: date, zone_name: str, seed: int) -> None:
        """Open the cohort on Discord, bring it to Slack, and let people join on both sides."""
        self.random = random.Random(seed)
        self.weather = discord.Weather(seed), slack.Weather(seed)
        for name in ("nora", "olga"):
            self.slack.channel.members.add(self.slack.place.person(name).id)
        await self.spring(start=start.isoformat(), zone=zone_name)
        assert "now posts in this channel too, and still on Discord" in await self.settles()
        self.slack.wire.skies = self._skies
        self.slack.wire.history_limited = True
        self._darken()
        for side, name in MEMBERS:
            assert "You are in spring" in await self.sides[side].asks(name, "join", cohort="spring")
            await self.sides[side].asks(name, "settings", reminders=self.REMINDERS)
        await self.passes(hours=6)
        cohort = await self.store.run(load_first_cohort, write=False)
        self.cohort = cohort
        self.plan = list_coming_slots(self.cohort, self.clock.now())

    # — the weather on both sides —

    def _darken(self) -> None:
        """Put the weather before the bot's new connection to Discord, at each start."""
        client = self.platform.client
        self.weather[0].over(client)
        rough = client.http.request

        async def request(route: Any, **options: Any) -> Any:
            if self.out == "discord":
                raise discord.ERRORS["reset"]()
            return await rough(route, **options)

        client.http.request = request  # type: ignore[method-assign]  # the wire is replaced

    def _skies(self, asked: Asked) -> Fault | None:
        if self.out == "slack":
            return status(503)
        fault = self.weather[1](asked)
        # Hanging requests have a season of their own; here each is a dropped connection.
        if fault and fault.hangs:
            self.weather[1].stuck.clear()
            return replace(fault, hangs=False, drops=True)
        return fault

    async def restart(self) -> None:
        # A start needs both platforms, so it meets a moment in which the one that is out answers.
        out, self.out = self.out, ""
        await super().restart()
        self.out = out
        self.weather[1].forgiven()
        self._darken()

    async def _advance(self, when: datetime) -> None:
        if self.weather[0].killed:
            self.weather[0].killed = False
            await self.restart()
        await super()._advance(when)

    def disturbed(self, side: Side, key: str) -> bool:
        """Return True if the weather on a side struck this key's post at least once."""
        if side.name == "discord":
            return custom_id.compute_letter_mark(key) in self.weather[0].struck
        return key in self.weather[1].struck

    # — week by week —

    async def lives(self, weeks: int) -> None:
        """Do everything in so many weeks, each deed at its moment, and wait a day."""
        agenda = self.troubles()
        for week in self.cohort.calendar.weeks[:weeks]:
            agenda += self.routine(week)
        for when, deed in sorted(agenda, key=lambda entry: entry[0]):
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
        """Let a platform do nothing for hours with posts due."""
        self.out, began = side, self.clock.now()
        await self.passes(hours=5)
        self.out = ""
        self.outages[side].append((began, self.clock.now()))

    async def discord_is_shut(self) -> None:
        """Take a right from the bot on one side."""
        self.denies("send_messages")
        await self.passes_shut("discord", "slack")
        self.denies()

    async def slack_is_shut(self) -> None:
        """Take the bot out of its channel on the other."""
        await self.slack.delivery.removes(self.slack.place, self.slack.channel)
        await self.passes_shut("slack", "discord")
        self.slack.channel.members.add(BOT)

    async def passes_shut(self, side: str, other: str) -> None:
        """Let a post fall due while a channel takes none; moderators on both sides are told."""
        began = self.clock.now()
        await self.passes(hours=14)
        assert "Posts of spring wait" in await self.sides[side].asks(
            "mona", "posts timeline", cohort="spring"
        )
        timeline = await self.sides[other].asks("mona", "posts timeline", cohort="spring")
        assert "Posts of spring in its other channel wait" in timeline
        self.outages[side].append((began, self.clock.now()))

    async def ada_links(self) -> None:
        assert "You are now connected" in await self.links("ada")

    # — what members do —

    async def ticks(self, week: CalendarWeek) -> None:
        """Tick: Bob and Nora under the post; Ada there, and on her list on the other side."""
        items = week.week.items
        # Whoever is never seen gets no more reminders.
        for name, side_name in (("cy", "discord"), ("olga", "slack")):
            await self.sides[side_name].asks(name, "week")
        begins, goes_on = SAME_ADA, ADA
        if first_platform(week) == "discord":
            begins, goes_on = ADA, SAME_ADA
        await self.ticks_under(("discord", "bob"), week, items[: 1 + week.number % 2])
        await self.ticks_under(("slack", "nora"), week, items[:1])
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
        """Check in everybody with this moment, by the post's button on their side."""
        for position, who in enumerate(MEMBERS):
            if find_checkin_moment(who, week.number) != moment:
                continue
            account = who
            if who == ADA and week.number >= LINKED:
                account = first_platform(week), "ada"
            side = self.sides[account[0]]
            post = self.find_checkin_post(side, account[1], kind, week)
            hours = week.number + position / 2
            assert "Thank you" in await side.checks_in(account[1], post, label, hours)
            self.checked_in[account, week.id] = hours, moment == "late"

    def find_checkin_post(self, side: Side, name: str, kind: str, week: CalendarWeek) -> Any:
        """Return the post with the check-in button: somebody's last letter, or one in the home."""
        if kind == "reminder":
            return side.letters(name)[-1]
        return side.post(self.key(kind, week.id, side.home))

    @property
    def linked(self) -> bool:
        return bool(self.rows("SELECT 1 FROM accounts GROUP BY person_id HAVING count(*) > 1"))

    def of(self, who: Who) -> Sequence[Who]:
        """Return a person's accounts."""
        return (ADA, SAME_ADA) if who[1] == "ada" and self.linked else (who,)

    def done(self, who: Who) -> set[str]:
        return set().union(*(self.ticked[account] for account in self.of(who)))

    # — what became of it —

    async def check_the_board(self) -> None:
        """Check that both sides read the same lines, one for each person."""
        here = await self.sides["discord"].asks("bob", "progress", board=True, cohort="spring")
        there = await self.sides["slack"].asks("nora", "progress", board=True, cohort="spring")
        assert BAR.findall(here) == BAR.findall(there)
        overall = Counter(
            (name, int(done)) for _, name, done, _ in BAR.findall(here.partition("Overall")[2])
        )
        people = [who for who in MEMBERS if not (who == SAME_ADA and self.linked)]
        assert overall == Counter(
            (get_shown_name(who), len(self.done(who))) for who in people if self.done(who)
        )

    def rows(self, query: str) -> Sequence[Any]:
        """Return rows from the database, read beside the bot."""
        path = self.url.partition("///")[2]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def key(self, kind: str, ref: str, home: int = 1, member: int = 0) -> str:
        return f"{self.cohort.id}.1.{kind}.{ref}.{home}.{member}"


def get_shown_name(who: Who) -> str:
    """Return somebody's name on the board: people on Discord have a display name."""
    platform, name = who
    return name.capitalize() if platform == "discord" else name
