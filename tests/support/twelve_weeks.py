"""Twelve weeks with six members: what everybody does and what goes wrong, each at its moment.

The script is the same on every platform.
How people press, pick and fill in there, each `Season` says for its own platform.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.group.calendar import DAY, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.post import PostSlot, list_coming_slots
from bot.views.timeline import format_slot_title
from tests.support.database import load_first_cohort
from tests.support.twelve_weeks_checks import check_season as check
from tests.support.twelve_weeks_edits import check_the_edits
from tests.support.twelve_weeks_script import (
    ALL_BEGIN,
    CATCHES_UP,
    CHANNEL_LOST,
    DORA_AWAY,
    EVE_LEAVES,
    GIVES_UP,
    LAST,
    NAMES,
    SHUT_OUT,
    CheckInMoment,
    find_checkin_moment,
)

if TYPE_CHECKING:
    from bot.store import Store
    from tests.support.room import Clock

__all__ = ["NAMES", "Agenda", "Season", "check", "check_the_edits"]

CLOSED = "I could not send you a private message"

Deed = Callable[[], Awaitable[object]]
Agenda = list[tuple[datetime, Deed]]

if TYPE_CHECKING:

    class Simulation:
        """The simulated platform behind a `Season`: its time, its database and its bot."""

        url: str
        clock: Clock
        store: Store

        def __init__(self, *arguments: Any) -> None: ...

        async def goes_to(self, when: datetime) -> None: ...

        async def passes(self, **how_long: float) -> None: ...

        async def restart(self) -> None: ...

else:
    # A real base would come before the platform's own class, and hide its methods.
    Simulation = object


class Season(ABC, Simulation):
    """One cohort with six members, with a record of all they do.

    It comes before a platform's simulation among the bases.
    """

    STRONG: str  # the mark around bold text
    REMINDERS = 2  # a week, as everybody sets them
    SPACE: str  # people's word for a space there
    UNREACHED: str  # the ledger's reason for Cy, who gets no private messages
    LIMITS_OLD_EDITS = False  # the platform slows down edits of messages older than an hour
    HIDDEN: Collection[str] = ()  # a letter to them may end unsure: nobody may look for it
    ZONES: Mapping[str, str] = {"dora": "Asia/Kolkata"}  # unlike the cohort's

    cohort: Cohort

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.plan: list[PostSlot] = []
        self.ticked: set[tuple[str, str]] = set()
        self.checked_in: dict[tuple[str, str], tuple[float, bool]] = {}
        self.stood: list[Any] = []
        self.outages: list[tuple[datetime, datetime]] = []
        self.killed_at: set[datetime] = set()  # when the process ended in the middle of something
        self.waited = 0
        self.told_closed: Counter[str] = Counter()

    # — different on each platform —

    @abstractmethod
    async def gathers(self, seed: int) -> None:
        """Bring in Dora, Eve and Fay, close Cy's private messages, and start the bad weather."""

    @abstractmethod
    async def sets_up(self) -> None:
        """Say the moderators' commands before anybody joins; the cohort is open."""

    @abstractmethod
    async def asks(self, name: str, command: str, /, **options: object) -> str:
        """Say a command in the cohort's channel, and return the private answer's words."""

    @abstractmethod
    async def agrees(self, name: str, command: str, label: str, /, **options: object) -> str:
        """Say a command that asks first, agree by its button or at once, and return the words."""

    @abstractmethod
    async def joins(self, name: str) -> str:
        """Join by the invitation's button, and return the private answer's words."""

    @abstractmethod
    async def ticks_under(self, name: str, post: Any, items: Sequence[str]) -> str:
        """Tick items in a post's list, and return the private answer's words."""

    @abstractmethod
    async def ticks_own(self, name: str, post: Any, items: Sequence[str]) -> str:
        """Open one's own list, leave exactly these items ticked, and return the answer's words."""

    @abstractmethod
    async def reports_by(
        self, name: str, post: Any, label: str, hours: float, items: Sequence[str]
    ) -> str:
        """Press a post's button, send the form, and return the private answer's words."""

    @abstractmethod
    async def shuts_out(self) -> None:
        """Let the channel take no posts from the bot any more."""

    @abstractmethod
    async def lets_in(self) -> None:
        """Let the channel take posts again."""

    @abstractmethod
    async def loses_channel(self) -> None:
        """Delete the channel for good."""

    @abstractmethod
    async def has_another(self) -> None:
        """Make another channel; people talk there from now on."""

    @abstractmethod
    async def goes_away(self, name: str) -> None:
        """Take somebody out of the space."""

    @abstractmethod
    async def time_goes_on(self, how_long: timedelta) -> None:
        """Let time pass while the bot does nothing."""

    @abstractmethod
    def native(self, name: str) -> str:
        """Return somebody's id on the platform."""

    @abstractmethod
    def standing_in_channel(self) -> Sequence[Any]:
        """Return the posts in the channel, oldest first."""

    @abstractmethod
    def letters_to(self, name: str) -> Sequence[Any]:
        """Return somebody's private messages from the bot, oldest first."""

    @abstractmethod
    def mark(self, key: str) -> object:
        """Return the mark that a letter's key leaves in a post."""

    @abstractmethod
    def marked(self, post: Any) -> object:
        """Return the mark in a post."""

    @abstractmethod
    def sent_at(self, post: Any) -> datetime: ...

    @abstractmethod
    def text_of(self, post: Any) -> str:
        """Return a post's text as it is now."""

    @abstractmethod
    def list_edits(self) -> Sequence[tuple[object, datetime]]:
        """Return every edit that was made: the message's id, and when."""

    @abstractmethod
    def message_sent_at(self, message: object) -> datetime:
        """Return when a message with this id was sent."""

    @abstractmethod
    def check_notifications(self) -> None:
        """Check that the weekly posts have notified whom they should, and nothing else anybody."""

    @abstractmethod
    def disturbed(self, key: str) -> bool:
        """Return True if the weather struck this key's post at least once."""

    # — the cohort —

    async def begins(self, start: date, zone_name: str, seed: int) -> None:
        """Create and open the cohort, and let six people join by the button."""
        self.random = random.Random(seed)
        await self.gathers(seed)
        assert "draft" in await self.asks(
            "mona", "cohort create", name="spring", start=str(start), zone=zone_name
        )
        assert "is open" in await self.agrees("mona", "cohort open", "Open it", cohort="spring")
        await self.sets_up()
        await self.passes(hours=1)
        for name in NAMES:
            assert "You are in" in await self.joins(name)
            await self.asks(name, "settings", reminders=self.REMINDERS)
        await self.asks("dora", "settings", zone=self.ZONES["dora"])
        await self.passes(hours=1)
        cohort = await self.store.run(load_first_cohort, write=False)
        self.cohort = cohort
        self.plan = list(list_coming_slots(self.cohort, self.clock.now()))
        lines = [line for line in await self.timeline() if line.endswith("· coming")]
        planned = [line for line in lines if "New members" not in line]
        assert planned == [self.format_plan_line(slot) for slot in self.plan]

    def format_plan_line(self, slot: PostSlot) -> str:
        title = f"{self.STRONG}{format_slot_title(slot)}{self.STRONG}"
        return f"○ {self.local(slot.at):%a %-d %b %Y, %H:%M} · {title} · coming"

    async def timeline(self) -> list[str]:
        """Return the timeline as moderators read it, line by line."""
        pages: list[str] = []
        for number in itertools.count(1):
            page = await self.asks(
                "mona", "posts timeline", cohort="spring", page=number, whole=True
            )
            if page in pages:
                break  # beyond the last page the last one comes again
            pages.append(page)
        return list(dict.fromkeys("\n".join(pages).splitlines()))

    def local(self, at: datetime) -> datetime:
        return at.astimezone(load_zone(self.cohort.zone))

    # — twelve weeks —

    async def lives(self) -> None:
        """Do everything, each deed at its moment, until some days after the end."""
        agenda = self.troubles() + self.choices()
        for week in self.cohort.calendar.weeks:
            agenda += self.routine(week) + self.restarts(week)
        for when, deed in sorted(agenda, key=lambda entry: entry[0]):
            await self.goes_to(when)
            await deed()
        await self.passes(days=10)

    def at(self, week: CalendarWeek, days: int, hour: int) -> datetime:
        return convert_to_utc(week.first + DAY * days, time(hour), self.cohort.zone)

    def routine(self, week: CalendarWeek) -> Agenda:
        """Return the members' deeds for a week; the late ones lie in the next week."""
        return [
            (self.at(week, 1, 12), lambda: self.ticks(week)),
            (
                self.at(week, 2, 10),
                lambda: self.all_check_in(week, "in time", "topics", "Check in"),
            ),
            (
                self.at(week, 4, 13),
                lambda: self.all_check_in(week, "prompted", "check_in", "Check in"),
            ),
            (
                self.at(week, 6, 12),
                lambda: self.all_check_in(week, "reminded", "reminder", "Check in"),
            ),
            (
                self.at(week, 8, 10),
                lambda: self.all_check_in(week, "late", "recap", "Check in late"),
            ),
        ]

    def restarts(self, week: CalendarWeek) -> Agenda:
        """Return a restart at some moment.

        In every third week the bot is down for a while as the next week's post falls due.
        """
        if week.number % 3:
            minutes = self.random.randrange(7 * 24 * 60)
            return [(self.at(week, 0, 0) + timedelta(minutes=minutes), self.restart)]
        down = timedelta(minutes=self.random.choice((30, 31, 300)))
        return [(self.at(week, 7, 9) - timedelta(minutes=30), lambda: self.is_down(down))]

    def troubles(self) -> Agenda:
        """Return the deeds that happen once."""
        weeks = {week.number: week for week in self.cohort.calendar.weeks}
        first_away, last_away = (weeks[number] for number in DORA_AWAY)
        return [
            (self.at(weeks[SHUT_OUT], 2, 22), self.may_not_write),
            (self.at(weeks[EVE_LEAVES], 1, 13), lambda: self.goes_away("eve")),
            (self.at(first_away, 0, 12), lambda: self.dora_is_away(last_away.last)),
            (self.at(weeks[CHANNEL_LOST], 2, 12), self.channel_is_lost),
            (self.at(weeks[CHANNEL_LOST], 3, 13), self.cohort_moves),
        ]

    def choices(self) -> Agenda:
        """Return what members choose for themselves, in private."""
        weeks = {week.number: week for week in self.cohort.calendar.weeks}
        return [
            (self.at(weeks[1], 0, 20), self.ada_wants_questions),
            (self.at(weeks[CATCHES_UP], 3, 20), self.bob_catches_up),
            (self.at(weeks[GIVES_UP], 3, 20), self.bob_gives_up),
            (self.at(weeks[LAST], 9, 12), self.ada_looks_back),
        ]

    async def ada_wants_questions(self) -> None:
        assert "I will ask you" in await self.asks("ada", "recall", action="start")

    async def bob_catches_up(self) -> None:
        answer = await self.agrees(
            "bob", "behind", "Catch up", way="catch-up", hours=14, cohort="spring"
        )
        assert "You are catching up in" in answer, answer

    async def bob_gives_up(self) -> None:
        answer = await self.asks("bob", "behind", way="catch-up", back=True, cohort="spring")
        assert "has ended" in answer, answer

    async def ada_looks_back(self) -> None:
        assert "Thank you" in await self.asks("ada", "survey", again="yes", cohort="spring")

    async def restart(self) -> None:
        self.waited += len(self.kept("SELECT id FROM letters WHERE state IN ('due', 'claimed')"))
        await super().restart()

    async def is_down(self, how_long: timedelta) -> None:
        self.outages.append((self.clock.now(), self.clock.now() + how_long))
        await self.time_goes_on(how_long)
        await self.restart()

    async def may_not_write(self) -> None:
        began = self.clock.now()
        await self.shuts_out()
        await self.passes(hours=12)
        await self.restart()
        await self.passes(hours=2)
        await self.lets_in()
        self.outages.append((began, self.clock.now()))

    async def channel_is_lost(self) -> None:
        self.stood += self.standing_in_channel()
        self.lost_at = self.clock.now()
        await self.loses_channel()

    async def cohort_moves(self) -> None:
        await self.has_another()
        self.outages.append((self.lost_at, self.clock.now()))
        assert "now posts in this channel" in await self.agrees(
            "mona", "cohort move", "Move it here", cohort="spring"
        )

    async def dora_is_away(self, last: date | None) -> None:
        assert "You are away" in await self.asks("dora", "away", until=str(last))

    # — the members' deeds —

    async def ticks(self, week: CalendarWeek) -> None:
        """Tick: Ada under the post, Fay on her own list every other week.

        In one week everybody ticks before the nudge.
        """
        post = self.standing("topics", week)
        # Whoever is never seen gets no more reminders.
        if week.number <= EVE_LEAVES:
            await self.asks("eve", "week")
        for name in NAMES if week.number == ALL_BEGIN else ("ada",):
            items = week.week.items[: 1 + week.number % 3]
            assert "Ticked" in self.reads(name, await self.ticks_under(name, post, items))
            self.ticked |= {(name, item) for item in items}
        if week.number % 2:
            return
        left = week.week.items[1:2]
        assert "1 of" in await self.ticks_own("fay", post, left)
        self.ticked -= {("fay", item) for item in week.week.items}
        self.ticked |= {("fay", item) for item in left}

    async def all_check_in(
        self, week: CalendarWeek, moment: CheckInMoment, kind: str, label: str
    ) -> None:
        """Check in everybody with this moment: by the post's button and its form."""
        for position, name in enumerate(NAMES):
            if find_checkin_moment(name, week.number) != moment:
                continue
            post = self.letters_to(name)[-1] if kind == "reminder" else self.standing(kind, week)
            hours = week.number + position / 2
            items = week.week.items[3:4] if name == "ada" else ()
            words = await self.reports_by(name, post, label, hours, items)
            assert "Thank you" in self.reads(name, words)
            self.ticked |= {(name, item) for item in items}
            self.checked_in[name, week.id] = hours, moment == "late"

    def reads(self, name: str, words: str) -> str:
        """Return a private answer's words; a hint about closed private messages is counted."""
        self.told_closed[name] += CLOSED in words
        return words

    # — for the checks —

    def kept(self, query: str) -> Sequence[Any]:
        """Return rows from the database, read beside the bot."""
        path = self.url.partition("///")[2]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def key(self, kind: str, ref: str, home: int = 1, member: int = 0, account: int = 0) -> str:
        destination = f"0.a{account}" if account else f"{home}.{member}"
        return f"{self.cohort.id}.1.{kind}.{ref}.{destination}"

    def standing(self, kind: str, week: CalendarWeek) -> Any:
        """Return the channel's one post with that kind for a week."""
        mark = self.mark(self.key(kind, week.id))
        (post,) = [post for post in self.standing_in_channel() if self.marked(post) == mark]
        return post
