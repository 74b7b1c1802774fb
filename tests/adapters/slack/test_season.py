"""Twelve weeks of a group on Slack, by Socket Mode and over HTTP, the bot restarted every week, and
the wire a bad one: exactly what was planned stands in the channel, and exactly what people did is
kept.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from bot.group.calendar import CalendarWeek
from bot.views.timeline import format_slot_title
from tests.support import twelve_weeks
from tests.support.slack import block_text
from tests.support.slack.faults import WAYS, Weather
from tests.support.slack.group import ONE, SOCKET, Group
from tests.support.slack.workspaces import BOT, Channel, Json, Sight
from tests.support.twelve_weeks import NAMES, Agenda
from tests.support.twelve_weeks_script import CheckInMoment

NO_ANSWER = 31.0  # seconds; the bot waits for thirty
NO_PONG = 11.0  # seconds; Slack's library looks after its connection every ten
ELSEWHERE = {
    "eve": "America/Sao_Paulo"
}  # the zones of those whose profile has another than the cohort
HUSHED = 5  # number of a week in which Bob is the only one to be written to at six
BREAKS = ("refresh_requested", "warning", "dropped")


class Season(twelve_weeks.Season, Group):
    """Twelve weeks in a workspace that shows its history as slowly as Slack may. With each start
    Slack reaches the bot in the next of `ways`; Socket Mode loses its connection every other week.
    """

    STRONG = "*"
    SPACE = "workspace"
    UNREACHED = "I may not see them"
    HIDDEN = ("cy", "eve")  # once they are closed or gone, their private channels are too
    ZONES = MappingProxyType({**twelve_weeks.Season.ZONES, **ELSEWHERE})

    weather: Weather | None = None
    moved_to: Channel | None = None

    def __init__(self, url: str, ways: Sequence[str], *given: Any) -> None:
        super().__init__(url, ways[0], *given)
        self.ways = ways
        self.reconnected = 0
        self._coming = itertools.cycle(ways)

    async def begins(self, start: date, zone_name: str, seed: int) -> None:
        for name in NAMES[3:]:
            self.channel.members.add(self.place.person(name).id)
        for name in NAMES:
            self.place.named(name).tz = ELSEWHERE.get(name, zone_name)
        await super().begins(start, zone_name, seed)

    async def gathers(self, seed: int) -> None:
        self.weather = self.wire.skies = Weather(seed)
        self.weather.closed = {self.native("cy")}
        self.wire.history_limited = True

    async def sets_up(self) -> None:
        """Have the weekly post notify; there is a thread under every post, and there are no events."""
        assert "@here" in await self.asks("mona", "posts notify", post="topics", how="here")

    @property
    def bad_weather(self) -> Weather:
        assert self.weather is not None, "it begins with `gathers`"
        return self.weather

    @property
    def channel(self) -> Channel:
        return self.moved_to or super().channel

    # — the bot comes and goes, and so do its connections —

    async def begin(self) -> None:
        self.way = next(self._coming)
        await super().begin()
        self._due, self.pulse = self.pulse, self._pulse
        if self.weather:
            self.weather.forgiven()

    async def _pulse(self) -> datetime | None:
        """What is due, and what becomes of it where Slack never answers."""
        doing = asyncio.ensure_future(self._due())
        while not await self._is_done(doing):
            if self.bad_weather.how == "killed":
                self.killed_at.add(self.clock.now())
                doing.cancel()
                await asyncio.wait({doing})
                await self.restart()
                doing = asyncio.ensure_future(self._due())
            else:
                waits(NO_ANSWER)
        return doing.result()

    async def _is_done(self, doing: asyncio.Future[datetime | None]) -> bool:
        """Wait until it is, or Slack does not answer."""
        if self.weather is None:
            await asyncio.wait({doing})
            return True
        stuck = asyncio.create_task(self.bad_weather.stuck.wait())
        awaited: list[asyncio.Future[Any]] = [doing, stuck]
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        stuck.cancel()
        self.bad_weather.stuck.clear()
        return doing.done()

    async def time_goes_on(self, how_long: timedelta) -> None:
        self.clock.at += how_long

    def troubles(self) -> Agenda:
        weeks = self.cohort.calendar.weeks
        agenda = [*super().troubles(), (self.at(weeks[HUSHED - 1], 5, 17), self.is_hushed)]
        if SOCKET in self.ways:
            breaks = zip(weeks[::2], itertools.cycle(BREAKS))
            agenda += [
                (self.at(week, 3, 15), partial(self.reconnects, how)) for week, how in breaks
            ]
        return agenda

    async def is_hushed(self) -> None:
        """Slack asks for silence at Bob's reminder, shortly before Fay's."""
        assert "18:02" in await self.asks("fay", "settings", reminder="18:02")
        self.bad_weather.hushes()

    async def reconnects(self, how: str) -> None:
        """Slack ends the connection, with a word or without."""
        while self.way != SOCKET:
            await self.restart()
        (line,), before = self.wire.open_lines, len(self.wire.lines)
        if how == "dropped":
            line.drop()
        else:
            await self.wire.refreshes(line, how)
        for turn in itertools.count():
            if len(self.wire.lines) > before:
                break
            if (
                how == "dropped" and turn % 100 == 10
            ):  # it has been noticed by then, or else the next time
                waits(NO_PONG)
            await asyncio.sleep(0.002)
        await self.wire.connected()
        self.reconnected += 1

    # — what people do —

    async def asks(self, name: str, command: str, /, **options: object) -> str:
        given = " ".join(f"{option}={value}" for option, value in options.items())
        return (await self.types(name, f"{command} {given}", self.channel)).sees

    async def agrees(self, name: str, command: str, label: str, /, **options: object) -> str:
        return await self.asks(name, command, **options, sure="yes")

    async def joins(self, name: str) -> str:
        return (await self.clicks(name, self.posts()[0], "Join")).sees

    async def ticks_under(self, name: str, post: Sight, items: Sequence[str]) -> str:
        seen = await self.person(name).ticks(post, *labels(post.body, items))
        await self.pulse()
        return seen.sees

    async def ticks_own(self, name: str, post: Sight, items: Sequence[str]) -> str:
        own = await self.clicks(name, post, "My own list")
        return (await self.person(name).picks(own, *labels(own.body, items))).sees

    async def reports_by(
        self, name: str, post: Sight, label: str, hours: float, items: Sequence[str]
    ) -> str:
        form = await self.clicks(name, post, label)
        chosen = labels(form.body, items)
        return (
            await self.fills(name, form, hours=f"{hours:g}", confidence="4 · good", items=chosen)
        ).sees

    async def all_check_in(
        self, week: CalendarWeek, moment: CheckInMoment, kind: str, label: str
    ) -> None:
        """Ada has her App Home before her, which shows her check-in by itself."""
        watches = moment == "in time"
        if watches:
            assert "checked in" not in (await self.person("ada").opens_home()).sees
        await super().all_check_in(week, moment, kind, label)
        if watches:
            await self.wire.until(lambda: "checked in" in self.person("ada").home.sees)
            self.check_home(week)

    def check_home(self, week: CalendarWeek | None = None) -> None:
        """What Ada's App Home shows is what she did, and the plan's next post."""
        shown = self.person("ada").home.sees
        done = {item for name, item in self.ticked if name == "ada"}
        assert f"The whole plan · {len(done)} of {len(self.cohort.syllabus.all_items)}" in shown
        if week:
            items = week.week.items
            assert f"· {len(done & set(items))} of {len(items)} · checked in" in shown
            coming = next(slot for slot in self.plan if slot.at > self.clock.now())
            assert f"The next post is _{format_slot_title(coming)}_" in shown

    # — what goes wrong —

    async def shuts_out(self) -> None:
        await self.delivery.removes(self.place, self.channel)

    async def lets_in(self) -> None:
        self.channel.members.add(BOT)

    async def loses_channel(self) -> None:
        goes = self.delivery.deletes if self.way == SOCKET else self.delivery.archives
        await goes(self.place, self.channel)

    async def has_another(self) -> None:
        self.moved_to = self.place.channel("C0NEW", "new-study-group")

    async def goes_away(self, name: str) -> None:
        self.place.named(name).deleted = True

    # — what is there to read —

    def native(self, name: str) -> str:
        return self.place.named(name).id

    def standing_in_channel(self) -> Sequence[Sight]:
        return self.posts()

    def letters_to(self, name: str) -> Sequence[Sight]:
        return self.person(name).letters

    def mark(self, key: str) -> object:
        return key

    def marked(self, post: Sight) -> object:
        return post.body["metadata"]["event_payload"]["key"]

    def sent_at(self, post: Sight) -> datetime:
        return datetime.fromtimestamp(float(post.body["ts"]), UTC)

    def text_of(self, post: Sight) -> str:
        return post.sees

    def list_edits(self) -> Sequence[tuple[object, datetime]]:
        return [
            ((asked.given["channel"], asked.given["ts"]), asked.at)
            for asked in self.wire.done
            if asked.method == "chat.update"
        ]

    def message_sent_at(self, message: object) -> datetime:
        assert isinstance(message, tuple)
        return datetime.fromtimestamp(float(message[1]), UTC)

    def check_notifications(self) -> None:
        weekly = {self.key("topics", week.id) for week in self.cohort.calendar.weeks}
        for post in [*self.stood, *self.standing_in_channel()]:
            is_weekly = self.marked(post) in weekly
            assert bool(post.body["notified"]) == is_weekly, self.marked(post)

    def disturbed(self, key: str) -> bool:
        return key in self.bad_weather.struck


def labels(body: Json, items: Sequence[str]) -> list[str]:
    """How items are called in a list."""
    options = {
        option["value"]: option
        for _, element in block_text.elements(body)
        for option in element.get("options", ())
    }
    return [block_text.label(options[item]["text"]) for item in items]


def waits(seconds: float) -> None:
    """Have the event loop wait, in no time: all that lasts so long is over."""
    loop = asyncio.get_running_loop()
    now, began = loop.time(), type(loop).time(loop)
    shifted = now + seconds - began
    # The loop's own clock is replaced for good, because the loop reads it for every timer.
    loop.time = lambda: shifted + type(loop).time(loop)  # type: ignore[method-assign]


async def check_a_season(
    url: str, ways: Sequence[str], seed: int, start: str, zone_name: str
) -> None:
    # A group has one way to Slack, a season several.
    async with Season.on(url, ways) as season:  # type: ignore[arg-type]
        await season.begins(date.fromisoformat(start), zone_name, seed)
        await season.lives()
        await twelve_weeks.check(season)
        twelve_weeks.check_the_edits(season)
        season.check_notifications()
        await season.person("ada").opens_home()
        season.check_home()
        assert season.reconnected == (6 if SOCKET in ways else 0)
        assert season.bad_weather.rude == []
        assert set(season.bad_weather.met) == set(WAYS)
        assert sum(season.bad_weather.met.values()) * 10 > season.bad_weather.posts


async def test_twelve_weeks_on_a_bad_wire_bring_exactly_the_posts_of_the_flight_plan(
    url: str,
) -> None:
    await check_a_season(url, (SOCKET, ONE), 7, "2026-03-02", "Europe/Berlin")


@pytest.mark.long
@pytest.mark.parametrize(
    ("way", "seed", "start", "zone_name"),
    [
        (SOCKET, 1, "2026-03-02", "Europe/Berlin"),
        (ONE, 2, "2026-02-23", "America/New_York"),
        (SOCKET, 3, "2026-02-23", "Australia/Lord_Howe"),
        (ONE, 4, "2026-03-09", "Europe/London"),
    ],
)
async def test_in_one_way_alone_in_other_weather_and_where_clocks_change_they_do_as_well(
    url: str, way: str, seed: int, start: str, zone_name: str
) -> None:
    await check_a_season(url, (way,), seed, start, zone_name)
