"""Twelve weeks of six members: what everybody does and what goes wrong, each thing at its moment, and what is promised of it.

It is the same on every platform; how people press, pick and fill in there, and what a post is, each `Season` says for its own.
"""

from __future__ import annotations

import random
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.group.calendar import DAY, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.post import PostSlot, list_coming_slots
from bot.views.timeline import format_slot_title

NAMES = (
    "ada",
    "bob",
    "cy",
    "dora",
    "eve",
    "fay",
)  # the first three are in every space of the tests
SHUT_OUT, ALL_BEGIN, EVE_LEAVES, DORA_AWAY, CHANNEL_LOST = 3, 2, 4, (5, 6), 8  # numbers of weeks
CLOSED = "I could not send you a private message"
SEATS = "SELECT native, members.id FROM members JOIN accounts ON accounts.id = account_id"
REMINDERS = (
    f"SELECT ref, state, reason FROM letters JOIN ({SEATS}) AS seats ON seats.id = member_id"
)

Agenda = list[tuple[datetime, Callable[[], Awaitable[object]]]]


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


class Season(ABC):
    """One cohort with six members; what they do is written down, to be held against what the bot keeps.

    It comes before the simulation of a platform, whose time, people and bot these are.
    """

    STRONG: str  # what bold text stands in
    SPACE: str  # what a space is called there
    UNREACHED: str  # what the ledger says of reminders to Cy, who gets no private messages
    HIDDEN: Collection[str] = ()  # to whom a letter may end unsure, since nobody may look for it
    ZONES: Mapping[str, str] = {"dora": "Asia/Kolkata"}  # of those who do not live in the cohort's

    cohort: Cohort

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.plan: list[PostSlot] = []
        self.ticked: set[tuple[str, str]] = set()
        self.checked_in: dict[tuple[str, str], tuple[float, bool]] = {}
        self.stood: list[Any] = []
        self.outages: list[tuple[datetime, datetime]] = []
        self.waited = 0
        self.told_closed: Counter[str] = Counter()

    # — what is different on each platform —

    @abstractmethod
    async def gathers(self, seed: int) -> None:
        """Dora, Eve and Fay come along, Cy shuts out private messages, and the weather turns bad."""

    @abstractmethod
    async def sets_up(self) -> None:
        """What moderators ask for before anybody joins, the cohort being open."""

    @abstractmethod
    async def asks(self, name: str, command: str, /, **options: object) -> str:
        """Somebody says a command in the cohort's channel; the words of the private answer."""

    @abstractmethod
    async def agrees(self, name: str, command: str, label: str, /, **options: object) -> str:
        """The same of a command that asks first, agreed to by the button of that label or in one go."""

    @abstractmethod
    async def joins(self, name: str) -> str:
        """Somebody joins by the button of the invitation; the words of the private answer."""

    @abstractmethod
    async def ticks_under(self, name: str, post: Any, items: Sequence[str]) -> str:
        """Somebody ticks items in the list of a post; the words of the private answer."""

    @abstractmethod
    async def ticks_own(self, name: str, post: Any, items: Sequence[str]) -> str:
        """Somebody has their own list shown, and leaves exactly these ticked; the words of the private answer."""

    @abstractmethod
    async def reports_by(
        self, name: str, post: Any, label: str, hours: float, items: Sequence[str]
    ) -> str:
        """Somebody presses a button of a post, fills in the form and sends it; the words of the private answer."""

    @abstractmethod
    async def shuts_out(self) -> None:
        """The channel takes no posts of the bot's any more."""

    @abstractmethod
    async def lets_in(self) -> None:
        """It takes them again."""

    @abstractmethod
    async def loses_channel(self) -> None:
        """The channel is gone for good."""

    @abstractmethod
    async def has_another(self) -> None:
        """There is another channel, in which people talk from now on."""

    @abstractmethod
    async def goes_away(self, name: str) -> None:
        """Somebody is in the space no more."""

    @abstractmethod
    async def time_goes_on(self, how_long: timedelta) -> None:
        """Time passes, and the bot does nothing."""

    @abstractmethod
    def native(self, name: str) -> str:
        """Somebody's id on the platform."""

    @abstractmethod
    def standing_in_channel(self) -> Sequence[Any]:
        """The posts in the channel, oldest first."""

    @abstractmethod
    def letters_to(self, name: str) -> Sequence[Any]:
        """What somebody was sent in private, oldest first."""

    @abstractmethod
    def mark(self, key: str) -> object:
        """How a letter's key stands in a post."""

    @abstractmethod
    def marked(self, post: Any) -> object:
        """The mark that a post bears."""

    @abstractmethod
    def sent_at(self, post: Any) -> datetime: ...

    @abstractmethod
    def disturbed(self, key: str) -> bool:
        """Whether the weather struck the post of that key, at least once."""

    # — the cohort —

    async def begins(self, start: date, zone_name: str, seed: int) -> None:
        """The cohort is made and opened, and six join by the button."""
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
        await self.asks("dora", "settings", zone=self.ZONES["dora"])
        await self.passes(hours=1)
        async with self.store.transaction(write=False) as tx:
            self.cohort = await tx.cohorts.load_cohort(1)
        self.plan = list(list_coming_slots(self.cohort, self.clock.now()))
        when = "%a %-d %b %Y, %H:%M"
        plan = [
            f"{self.local(slot.at):{when}} · {self.STRONG}{format_slot_title(slot)}{self.STRONG}"
            for slot in self.plan
        ]
        assert [line for line in await self.timeline() if f"· {self.STRONG}" in line] == plan

    async def timeline(self) -> list[str]:
        """The flight plan as moderators read it, line by line."""
        pages = [
            await self.asks("mona", "cohort timeline", cohort="spring", page=page)
            for page in (1, 2, 3, 4)
        ]
        return list(dict.fromkeys("\n".join(pages).splitlines()))

    def local(self, at: datetime) -> datetime:
        return at.astimezone(load_zone(self.cohort.zone))

    # — twelve weeks —

    async def lives(self) -> None:
        """Everything that happens, each thing at its moment, until some days after the end."""
        agenda: Agenda = []
        for week in self.cohort.calendar.weeks:
            agenda += self.routine(week) + self.restarts(week)
        for when, deed in sorted([*agenda, *self.troubles()], key=lambda one: one[0]):
            await self.goes_to(when)
            await deed()
        await self.passes(days=10)

    def at(self, week: CalendarWeek, days: int, hour: int) -> datetime:
        return convert_to_utc(week.first + DAY * days, time(hour), self.cohort.zone)

    def routine(self, week: CalendarWeek) -> Agenda:
        """What members do in a week, and what one does for it when it is over."""
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
        """A restart at some moment; in every third week as the next is about to come, the bot being down for a while."""
        if week.number % 3:
            return [
                (
                    self.at(week, 0, 0) + timedelta(minutes=self.random.randrange(7 * 24 * 60)),
                    self.restart,
                )
            ]
        down = timedelta(minutes=self.random.choice((30, 31, 300)))
        return [(self.at(week, 7, 9) - timedelta(minutes=30), lambda: self.is_down(down))]

    def troubles(self) -> Agenda:
        """What happens once."""
        weeks = dict(enumerate(self.cohort.calendar.weeks, 1))
        return [
            (self.at(weeks[SHUT_OUT], 2, 22), self.may_not_write),
            (self.at(weeks[EVE_LEAVES], 1, 13), lambda: self.goes_away("eve")),
            (
                self.at(weeks[DORA_AWAY[0]], 0, 12),
                lambda: self.dora_is_away(weeks[DORA_AWAY[1]].last),
            ),
            (self.at(weeks[CHANNEL_LOST], 2, 12), self.channel_is_lost),
            (self.at(weeks[CHANNEL_LOST], 3, 13), self.cohort_moves),
        ]

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
        assert "lives in this channel now" in await self.agrees(
            "mona", "cohort move", "Move it here", cohort="spring"
        )

    async def dora_is_away(self, last: date | None) -> None:
        assert "You are away" in await self.asks("dora", "away", until=str(last))

    # — what members do —

    async def ticks(self, week: CalendarWeek) -> None:
        """Ada ticks under the post, Fay on her own list; in one week everybody does, before the nudge."""
        post = self.standing("topics", week)
        for name in NAMES if week.number == ALL_BEGIN else ("ada",):
            items = week.week.items[: 1 + week.number % 3]
            assert "Ticked" in self.reads(name, await self.ticks_under(name, post, items))
            self.ticked |= {(name, item) for item in items}
        if week.number % 2:
            return
        kept = week.week.items[1:2]
        assert "1 of" in await self.ticks_own("fay", post, kept)
        self.ticked -= {("fay", item) for item in week.week.items}
        self.ticked |= {("fay", item) for item in kept}

    async def all_check_in(self, week: CalendarWeek, moment: str, kind: str, label: str) -> None:
        """Whoever checks in at this moment presses the button of that post, and fills in the form."""
        for place, name in enumerate(NAMES):
            if reports(name, week.number) != moment:
                continue
            post = self.letters_to(name)[-1] if kind == "reminder" else self.standing(kind, week)
            hours, items = week.number + place / 2, week.week.items[3:4] if name == "ada" else ()
            assert "Thank you" in self.reads(
                name, await self.reports_by(name, post, label, hours, items)
            )
            self.ticked |= {(name, item) for item in items}
            self.checked_in[name, week.id] = hours, moment == "late"

    def reads(self, name: str, words: str) -> str:
        """The words of a private answer; word of closed private messages is counted."""
        self.told_closed[name] += CLOSED in words
        return words

    # — what became of it —

    def kept(self, query: str) -> Sequence[Any]:
        """What the database says, read beside the bot."""
        path = self.url.partition("///")[2]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as read:
            return read.execute(query).fetchall()

    def key(self, kind: str, ref: str, home: int = 1, member: int = 0) -> str:
        return f"{self.cohort.id}.1.{kind}.{ref}.{home}.{member}"

    def standing(self, kind: str, week: CalendarWeek) -> Any:
        """The one post in the channel of that kind for a week."""
        mark = self.mark(self.key(kind, week.id))
        (found,) = [one for one in self.standing_in_channel() if self.marked(one) == mark]
        return found


# — what is promised —


async def check(season: Season) -> None:
    """All of it."""
    check_the_channel(season)
    check_the_ledger(season)
    check_the_reminders(season)
    check_what_people_did(season)
    told = [line for line in await season.timeline() if "New members" not in line]
    assert sum("· sent" in line for line in told) == len(
        season.plan
    )  # one nudge less, and the invitation
    assert sum("· skipped, everybody has begun" in line for line in told) == 1
    assert season.waited  # some letters, as the bot was started again


def check_the_channel(season: Season) -> None:
    """Every letter that was sent stands there exactly once, and nothing else; what was planned, in order and in time."""
    letters = season.kept("SELECT kind, ref FROM letters WHERE member_id = 0 AND state = 'sent'")
    by_mark = {season.mark(key): key for key in (season.key(kind, ref) for kind, ref in letters)}
    posts = [*season.stood, *season.standing_in_channel()]
    stand = [by_mark[season.marked(one)] for one in posts]
    assert Counter(stand) == Counter(by_mark.values())
    planned = {season.key(slot.kind, slot.ref): slot for slot in season.plan}
    needless = season.key("nudge", season.cohort.calendar.weeks[ALL_BEGIN - 1].id)
    by_calendar = [
        key for key in stand if ".announcement." not in key and ".new_members." not in key
    ]
    assert by_calendar == [key for key in planned if key != needless]
    for post, key in zip(posts, stand, strict=True):
        if key in planned:
            check_its_hour(season, planned[key], season.sent_at(post))


def check_its_hour(season: Season, slot: PostSlot, sent: datetime) -> None:
    """At its local hour to the minute; later only because of what went wrong, and then within the day."""
    assert season.local(slot.at).time() == season.cohort.at
    together = {season.key(one.kind, one.ref) for one in season.plan if one.at == slot.at}
    disturbed = any(season.disturbed(key) for key in together)
    out = any(began <= slot.at <= ended for began, ended in season.outages)
    assert (
        timedelta()
        <= sent - slot.at
        < (timedelta(hours=12) if disturbed or out else timedelta(minutes=1))
    ), slot


def check_the_ledger(season: Season) -> None:
    """Every letter has ended: it was sent, or skipped for a reason that its week or its member explains."""
    weeks = season.cohort.calendar.weeks
    ended = season.kept(
        "SELECT kind, ref, state, reason FROM letters WHERE member_id = 0 AND state != 'sent'"
    )
    assert ended == [("nudge", weeks[ALL_BEGIN - 1].id, "skipped", "everybody has begun")]
    reasons = {
        "ada": {"has checked in"},
        "bob": set(),
        "cy": {"has checked in", season.UNREACHED},
        "dora": {"has checked in", "away"},
        "eve": {f"has left the {season.SPACE}"},
        "fay": {"has checked in"},
    }
    for name in NAMES:
        ended = season.kept(f"{REMINDERS} WHERE native = '{season.native(name)}' ORDER BY moment")
        assert [ref for ref, _, _ in ended] == [
            f"{week.id}.{place}" for week in weeks for place in (0, 1)
        ]
        assert {state for _, state, _ in ended} <= {
            "sent",
            "skipped",
            *(["unsure"] if name in season.HIDDEN else []),
        }
        known = (
            {"away"} if name == "eve" else set()
        )  # whether she is there is asked once a day; in between she is away
        assert {reason for _, state, reason in ended if state == "skipped"} - known == reasons[
            name
        ], name


def check_the_reminders(season: Season) -> None:
    """Whoever had not checked in got theirs, once, by day; nobody else got any. Who cannot be reached is told so, once."""
    seats = dict(season.kept(SEATS))
    for name in NAMES:
        seat = seats[season.native(name)]
        due = [
            season.key("reminder", f"{week.id}.{place}", 0, seat)
            for week in season.cohort.calendar.weeks
            for place in reminders(name, week.number)
        ]
        got = season.letters_to(name)
        assert [season.marked(one) for one in got] == [season.mark(key) for key in due], name
        here = load_zone(season.ZONES.get(name, season.cohort.zone))
        assert all(
            time(18) <= season.sent_at(one).astimezone(here).time() < time(22) for one in got
        )
    assert +season.told_closed == {"cy": 1}


def check_what_people_did(season: Season) -> None:
    """Their ticks and check-ins are kept, and nothing else is."""
    names = {season.native(name): name for name in NAMES}
    ticks = season.kept("SELECT native, item FROM ticks JOIN accounts ON accounts.id = account_id")
    assert {(names[native], item) for native, item in ticks} == season.ticked
    told = season.kept(
        "SELECT native, week_id, hours, late FROM checkins JOIN accounts ON accounts.id = account_id"
    )
    assert {
        (names[native], week): (hours, bool(late)) for native, week, hours, late in told
    } == season.checked_in
