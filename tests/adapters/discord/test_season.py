"""Twelve weeks of a group on Discord, the bot restarted every week, and the wire to Discord a bad one: exactly what was
planned stands in the channel, and exactly what people did is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import discord
import pytest
import simcord

from adapters.discord import custom_id
from tests.support import twelve_weeks
from tests.support.discord.faults import WAYS, Weather
from tests.support.discord.request_checks import parts
from tests.support.discord.server import INVITED, Server, answered, said
from tests.support.twelve_weeks import NAMES

EVENTS = discord.Permissions(
    manage_events=True
)  # the simulation knows no right to create events alone
NOTIFYING = discord.Permissions(manage_roles=True, mention_everyone=True)


class Season(twelve_weeks.Season, Server):
    """Twelve weeks in a server, with a thread for each week and a call in it."""

    STRONG = "**"
    SPACE = "server"
    UNREACHED = "their private messages are closed"
    LIMITS_OLD_EDITS = True
    LISTENERS = ("ada", "fay")

    weather: Weather

    async def gathers(self, seed: int) -> None:
        self.weather = Weather(seed)
        self.may(discord.Permissions(INVITED.value | EVENTS.value | NOTIFYING.value))
        self.weather.now = self.clock.now
        for name in NAMES[3:]:
            self.people[name] = self.guild.add_member(
                self.env.create_user(name, global_name=name.capitalize())
            )
        self.weather.closed = {self.people["cy"].id}
        self.weather.over(self.platform.client)

    async def begins(self, start: date, zone_name: str, seed: int) -> None:
        await super().begins(start, zone_name, seed)
        for name in self.LISTENERS:
            assert "I give you the role" in await self.says(name, "notify", on=True)

    async def sets_up(self) -> None:
        told = await self.says("mona", "posts notify", post="topics", how="role")
        assert "I may not" not in told
        await self.says("mona", "cohort role", on=True)
        await self.says("mona", "cohort threads", cohort="spring", on=True)
        await self.says(
            "mona",
            "cohort call",
            cohort="spring",
            day=3,
            at="19:00",
            where="https://meet.example/us",
        )

    # — the bot comes and goes —

    async def restart(self) -> None:
        await super().restart()
        self.weather.over(self.platform.client)

    async def _advance(self, when: datetime) -> None:
        if self.weather.killed:
            self.weather.killed = False
            await self.restart()
        await super()._advance(when)

    async def time_goes_on(self, how_long: timedelta) -> None:
        await self.env.advance_time(how_long.total_seconds())

    # — what people do —

    async def asks(self, name: str, command: str, /, **options: object) -> str:
        return await self.says(name, command, **options)

    async def agrees(self, name: str, command: str, label: str, /, **options: object) -> str:
        return await self.confirms(name, command, label, **options)

    async def joins(self, name: str) -> str:
        return answered(await self.clicks(name, self.standing_in_channel()[0], "Join"))

    async def ticks_under(self, name: str, post: discord.Message, items: Sequence[str]) -> str:
        return answered(await self.picks(name, post, items, "tick"))

    async def ticks_own(self, name: str, post: discord.Message, items: Sequence[str]) -> str:
        own = await self.clicks(name, post, "My own list")
        return answered(await self.picks(name, own, items, "tick"))

    async def reports_by(
        self, name: str, post: discord.Message, label: str, hours: float, items: Sequence[str]
    ) -> str:
        person = self.people[name]
        who = person.user if post.guild is None else person
        shown: simcord.InteractionResult = await who.click(post, label=label)
        filled = {"hours": f"{hours:g}", "confidence": "4", "items": list(items)}
        return answered(await who.submit_modal(shown, filled))

    # — what goes wrong —

    async def shuts_out(self) -> None:
        self.denies("send_messages")

    async def lets_in(self) -> None:
        self.denies()

    async def loses_channel(self) -> None:
        await self.loses()

    async def has_another(self) -> None:
        self.channel = self.guild.create_text_channel("new-study-group")

    async def goes_away(self, name: str) -> None:
        self.guild.remove_member(self.people[name])

    # — what is there to read —

    def native(self, name: str) -> str:
        return str(self.people[name].id)

    def standing_in_channel(self) -> Sequence[discord.Message]:
        """Discord's own lines about threads are none of it."""
        return [one for one in self.posts() if one.type is discord.MessageType.default]

    def letters_to(self, name: str) -> Sequence[discord.Message]:
        return self.private(name)

    def mark(self, key: str) -> object:
        return custom_id.compute_component_id(custom_id.compute_letter_mark(key))

    def marked(self, post: discord.Message) -> object:
        return post.components[0].to_dict().get("id")

    def sent_at(self, post: discord.Message) -> datetime:
        return post.created_at

    def text_of(self, post: discord.Message) -> str:
        return said(post)

    def list_edits(self) -> Sequence[tuple[object, datetime]]:
        return self.weather.edits

    def message_sent_at(self, message: object) -> datetime:
        assert isinstance(message, int)
        return discord.utils.snowflake_time(message)

    def check_notifications(self) -> None:
        weekly = {
            custom_id.compute_letter_mark(self.key("topics", week.id))
            for week in self.cohort.calendar.weeks
        }
        notifying = set()
        for one in self.env.http_requests:
            is_post = one.method == "POST" and one.path.endswith("/messages")
            body = one.json if is_post and isinstance(one.json, dict) else {}
            if body.get("allowed_mentions", {}).get("roles"):
                notifying.add(body["nonce"])
        assert notifying == weekly
        roles = self.env.backend.guilds[self.guild.id].roles
        names = {role.name: number for number, role in roles.items()}
        for name in NAMES:
            if name == "eve":
                continue  # has left the server
            held = self.env.backend.get_member(self.guild.id, self.people[name].id).role_ids
            assert (names["spring news"] in held) == (name in self.LISTENERS), name
            assert names["spring"] in held, name

    def disturbed(self, key: str) -> bool:
        return custom_id.compute_letter_mark(key) in self.weather.struck


def check_the_buttons(season: Season) -> None:
    """What can be pressed bears the mark of its post."""
    keys = [
        season.key(*row)
        for row in season.kept(
            "SELECT kind, ref FROM letters WHERE member_id = 0 AND account_id = 0"
        )
    ]
    marks = {season.mark(key): custom_id.compute_letter_mark(key) for key in keys}
    for post in [*season.stood, *season.standing_in_channel()]:
        pressed = [
            custom_id.parse_custom_id(one["custom_id"])
            for one in parts([post.components[0].to_dict()])
            if "custom_id" in one
        ]
        assert {one and one.mark for one in pressed} <= {marks[season.marked(post)]}


def check_what_stands_beside(season: Season) -> None:
    """A thread and an event for each week, also where Discord's answer to its post was lost."""
    weeks = season.cohort.calendar.weeks
    asked = [one for one in season.env.http_requests if one.method == "POST"]
    threads = [one.json["name"] for one in asked if one.json and one.path.endswith("/threads")]
    events = [
        one.json["name"] for one in asked if one.json and one.path.endswith("/scheduled-events")
    ]
    assert threads == [week.title_with_number for week in weeks]
    assert events == [f"spring: week {week.number} call" for week in weeks]


async def check_a_season(url: str, seed: int, start: date, zone_name: str) -> None:
    async with Season.on(url) as season:
        await season.begins(start, zone_name, seed)
        await season.lives()
        await twelve_weeks.check(season)
        twelve_weeks.check_the_edits(season)
        season.check_notifications()
        check_the_buttons(season)
        check_what_stands_beside(season)
        assert set(season.weather.met) == set(WAYS)
        assert sum(season.weather.met.values()) * 10 > season.weather.posts


async def test_twelve_weeks_on_a_bad_wire_bring_exactly_the_posts_of_the_flight_plan(
    quick_database: str,
) -> None:
    await check_a_season(quick_database, 7, date(2026, 1, 19), "Europe/Berlin")


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
    quick_database: str, seed: int, start: str, zone_name: str
) -> None:
    await check_a_season(quick_database, seed, date.fromisoformat(start), zone_name)
