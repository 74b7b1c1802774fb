"""First words on Slack: in private, once, to whoever meets the bot, and each time to whoever writes
to it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat.errors import NotConnected
from bot.chat.message import text_message
from bot.store import sqlite
from tests.support.live_bot import locked
from tests.support.slack.delivery import EVENT, event_payload
from tests.support.slack.group import MANY, ONE, SOCKET, Group, words
from tests.support.slack.wire import Fault, lost_connection, rate_limit, refusal, status
from tests.support.slack.workspaces import BOT, BOT_ID, Json, Sight

HELLO = "Hello, I am Syllabot 👋 I guide a study group through a plan, week by week.\n"
NOTHING = (
    f"{HELLO}No group is open here yet. When one opens, press Join to take part.\n[Join]\n[Help]"
)
SPRING = (
    f"{HELLO}spring starts on Mon 2 Mar 2026. Press Join to take part, or Help to see what I can "
    "do.\n[Join]\n[Help]"
)


def greetings(group: Group, name: str) -> list[str]:
    """What somebody was told in private, oldest first."""
    return [words(sight) for sight in group.person(name).letters]


def said(group: Group) -> list[str]:
    """All that the bot has tried to say."""
    return [asked.method for asked in group.wire.asked if asked.method.startswith("chat.")]


def whispers(group: Group, name: str) -> list[Sight]:
    return [sight for sight in group.person(name).user.sights if sight.kind == "ephemeral"]


@pytest.mark.parametrize("way", [SOCKET, ONE])
async def test_whoever_opens_the_messages_tab_is_greeted_once(url: str, way: str) -> None:
    async with Group.on(url, way) as group:
        ada = group.person("ada")
        assert (await ada.opens_messages()).status == 200
        assert words(await ada.hears("direct")) == NOTHING
        await ada.opens_messages()
        await group.restart()
        await group.person("ada").opens_messages()
        assert greetings(group, "ada") == [NOTHING]
        await group.person("mona").opens_messages()
        shown = await group.person("mona").hears("direct")
        assert words(shown).endswith(
            "Press Set up a group to start one.\n[Join]\n[Help]\n[Set up a group]"
        )
        told = words(await group.clicks("mona", shown, "Set up a group"))
        assert told.startswith(
            "Each study group has its own channel. Add me to that channel, then type /study "
            "cohort create there. Nobody sees the group before you open it.\n"
        )

        await group.spring("bob")
        await group.person("bob").opens_messages()
        assert greetings(group, "bob") == [], "a member knows it"
        await group.person("cy").opens_messages()
        shown = await group.person("cy").hears("direct")
        assert words(shown) == SPRING
        assert "You are in spring" in words(await group.clicks("cy", shown, "Join"))
        assert words(await group.clicks("cy", shown, "Help")).startswith("What I can do")


async def test_whoever_invites_the_bot_is_greeted_there_and_nobody_else_sees_it(url: str) -> None:
    async with Group.on(url) as group:
        den = group.place.channel("C0DEN", "den", bot=False)
        mona, ada = group.place.named("mona"), group.place.named("ada")
        heard = await group.delivery.invites(group.place, den, mona)
        (shown,) = whispers(group, "mona")
        assert (shown.channel, words(shown).splitlines()[-1]) == ("C0DEN", "[Set up a group]")
        form = await group.clicks("mona", shown, "Set up a group")
        assert words(form).startswith("Create a cohort")
        made = await group.fills("mona", form, name="spring", start="2026-03-02")
        assert "spring is a draft" in words(made)
        assert group.rows()["homes"][0]["channel"] == "C0DEN"
        await group.delivery.again(heard)
        await group.delivery.invites(group.place, den, ada)
        event: Json = {
            "type": "member_joined_channel",
            "user": ada.id,
            "channel": "C0DEN",
            "inviter": mona.id,
        }
        await group.delivery.event(group.place, event)
        lobby = group.place.channel("C0LOBBY", "lobby", bot=False)
        await group.delivery.invites(group.place, lobby, None)
        assert (len(whispers(group, "mona")), whispers(group, "ada")) == (1, [])
        assert (den.messages, lobby.messages, group.channel.messages) == ([], [], []), (
            "nothing is said in public"
        )

        await group.delivery.removes(group.place, den)
        await group.delivery.again(heard)
        assert len(whispers(group, "mona")) == 1, "what was told before it was put out is old"
        await group.delivery.invites(group.place, den, ada)
        assert words(whispers(group, "ada")[0]) == NOTHING


async def test_whoever_installs_the_app_is_greeted_and_again_after_it_was_removed(url: str) -> None:
    async with Group.on(url, MANY) as group:
        assert (await group.installs(group.place)).status == 200
        await group.wire.until(lambda: greetings(group, "mona"))
        assert (await group.installs(group.place)).status == 200
        await group.person("mona").opens_messages()
        await group.person("ada").opens_messages()
        assert [len(greetings(group, name)) for name in ("mona", "ada")] == [1, 1]
        group.clock.at = datetime.now(UTC) + timedelta(
            minutes=1
        )  # Bolt asks the real clock when it was installed
        await group.delivery.uninstalls(group.place)
        await group.person("ada").opens_messages()
        assert len(greetings(group, "ada")) == 1, "nothing can be said where the app is not"
        asked = len(group.wire.calls("chat.postMessage"))
        group.wire.fails("chat.postMessage", refusal("messages_tab_disabled"))
        assert (await group.installs(group.place)).status == 200
        await group.wire.until(lambda: len(group.wire.calls("chat.postMessage")) > asked)
        await group.person("mona").opens_messages()
        await group.person("ada").opens_messages()
        assert [len(greetings(group, name)) for name in ("mona", "ada")] == [2, 2]
        rows = group.rows()["greetings"]
        assert {(row["space"], row["whom"]) for row in rows} == {
            ("T0HALL", "person U0MONA"),
            ("T0HALL", "person U0ADA"),
        }


async def test_whoever_writes_is_answered_each_time_though_not_more_than_once_a_minute(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Group.on(url) as group:
        await group.spring("bob")
        ada = group.person("ada")
        heard = await ada.writes("my cat is ill: <!channel> `x` *_~\ud83d & </script>")
        await group.delivery.again(heard)
        await ada.writes("are you there?")
        assert greetings(group, "ada") == [SPRING]
        group.clock.at += timedelta(seconds=61)
        await group.delivery.again(heard)
        assert len(greetings(group, "ada")) == 1, "an old word is answered"
        await ada.writes("hello", thread_ts=group.person("ada").letters[0].body["ts"])
        assert greetings(group, "ada") == [SPRING, SPRING]
        assert (
            group.person("ada").letters[1].body["thread_ts"]
            == group.person("ada").letters[0].body["ts"]
        )
        await group.person("bob").writes("done with week 1")
        assert greetings(group, "bob")[0].startswith(
            "Hello! spring starts on Mon 2 Mar 2026.\nI cannot read messages"
        )
        assert "cat is ill" not in caplog.text
        assert "cat is ill" not in str(group.rows())


async def test_a_mention_is_answered_where_it_was_made_to_its_author_alone(url: str) -> None:
    async with Group.on(url, SOCKET) as group:
        before = list(group.channel.messages)
        await group.person("ada").mentions("what is this?", thread_ts="1700000000.000100")
        (shown,) = whispers(group, "ada")
        assert (shown.channel, shown.body["thread_ts"], words(shown)) == (
            "C0STUDY",
            "1700000000.000100",
            NOTHING,
        )
        await group.person("ada").mentions("and now?")
        assert len(whispers(group, "ada")) == 1
        assert group.channel.messages == before


NOT_WRITTEN: list[Json] = [
    {"user": BOT},
    {"bot_id": BOT_ID},
    {"bot_profile": {"id": BOT_ID}},
    {"subtype": "message_changed", "user": None},
    {"subtype": "file_share"},
    {"edited": {"user": "U0ADA", "ts": "1"}},
    {"hidden": True},
    {"text": ""},
    {"text": ["hello"]},
    {"text": None},
]


async def test_what_no_person_has_just_written_is_not_answered(url: str) -> None:
    async with Group.on(url) as group:
        ada = group.person("ada")
        for more in ({"channel_type": "mpim"}, *NOT_WRITTEN):
            assert (await ada.writes("hello", **more)).status == 200
        for more in NOT_WRITTEN:
            assert (await ada.mentions("hello", **more)).status == 200
        assert (greetings(group, "ada"), whispers(group, "ada"), said(group)) == ([], [], [])


async def test_what_is_no_id_is_refused(url: str) -> None:
    odd: tuple[Any, ...] = ({"id": []}, ["U0ADA"], 7, True)
    async with Group.on(url) as group:
        for name in ("user", "inviter", "channel", "thread_ts", "user_team"):
            for value in odd:
                more: Json = {name: value}
                assert (await group.person("ada").writes("hello", **more)).status == 400
                assert (await group.person("ada").mentions("hello", **more)).status == 400
        assert said(group) == []


@pytest.mark.parametrize(
    ("fault", "is_released"),
    [
        (rate_limit(30), True),
        (refusal("channel_not_found"), True),
        (refusal("missing_scope"), True),
        (status(503, kept=True), False),
        (lost_connection(kept=True), False),
    ],
)
async def test_what_surely_did_not_get_through_is_said_another_time(
    url: str, fault: Fault, is_released: bool
) -> None:
    async with Group.on(url) as group:
        ada = group.person("ada")
        group.wire.fails("chat.postMessage", fault)
        heard = await ada.opens_messages()
        assert heard.status == 200
        told = len(greetings(group, "ada"))
        assert told == (not is_released)
        group.clock.at += timedelta(minutes=2)
        await ada.opens_messages()
        assert greetings(group, "ada") == [NOTHING]


async def test_of_two_processes_that_hear_the_same_one_greets(url: str) -> None:
    async with Group.on(url) as group:
        first, place, ada = group.delivery, group.place, group.person("ada")
        opened: Json = {
            "type": "app_home_opened",
            "user": "U0ADA",
            "tab": "messages",
            "channel": "D0ADA",
        }
        typed: Json = {
            "type": "message",
            "user": "U0ADA",
            "channel_type": "im",
            "channel": "D0ADA",
            "text": "hello",
        }
        made = group.connects(group.store)
        async with group.reached(made, group.core):
            both = (first, group.delivery)
            for event in (opened, typed):
                told = event_payload(group.wire, place, event)
                heard = await asyncio.gather(*(delivery.send(EVENT, told) for delivery in both))
                assert [answer.status for answer in heard] == [200, 200]
        assert [words(sight) for sight in ada.letters] == [NOTHING, NOTHING]


async def test_while_the_database_is_away_slack_is_asked_to_come_again_and_then_greets(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY", 20)
    async with Group.on(url) as group:
        ada = group.person("ada")
        with locked(Path(url.partition("///")[2])):
            away = [
                await ada.opens_messages(),
                await ada.writes("hello"),
                await ada.mentions("hello"),
            ]
        assert ([heard.status for heard in away], greetings(group, "ada")) == ([503, 503, 503], [])
        cause, *tickets = group.alarms
        assert "the database cannot be used" in cause
        assert [("failed, and is tried again" in ticket) for ticket in tickets] == [True] * 3
        for heard in away:
            assert (await group.delivery.again(heard)).status == 200
            group.clock.at += timedelta(seconds=61)
        assert greetings(group, "ada") == [NOTHING, NOTHING]
        assert [words(sight) for sight in whispers(group, "ada")] == [NOTHING]
        assert {"failed" in alarm or "cannot be used" in alarm for alarm in group.alarms} == {True}
        group.alarms.clear()


async def test_nothing_can_be_posted_before_slack_is_connected(url: str) -> None:
    async with Group.on(url) as group:
        await group.end()
        with pytest.raises(NotConnected, match="Slack is not connected yet") as refused_:
            await group.platform.send(group.home, text_message("Hello."), "key")
        assert refused_.value.after == timedelta(seconds=10)
        await group.begin()
