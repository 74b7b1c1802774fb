"""Bad days: answers that come late, clicks that arrive twice or never, forms that are closed, nonsense, hostile names, people
whose rights have changed, and channels that are closed to the bot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack import conversation
from tests.adapters.slack import reading
from tests.adapters.slack.delivery import COMMAND, INTERACTIVE, Heard, Retry, pressed, slash, submitted
from tests.adapters.slack.group import MANY, ONE, SOCKET, Group, words
from tests.adapters.slack.test_dialogues import BAYES, MONDAY, SATURDAY, VECTORS, WEEK_1, fields, ticked
from tests.adapters.slack.wire import Fault, dropped, limited, refused, status
from tests.adapters.slack.workspaces import BOT, SCOPES, Json, Sight

# — late —


@asynccontextmanager
async def busy(group: Group) -> AsyncIterator[None]:
    """While it lasts, whoever wants to write to the database waits."""
    async with group.store.begin():
        yield


async def test_a_modal_is_open_before_the_database_is_asked_and_shows_the_answer_however_late(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        ada = group.person("ada")
        topics = group.post(WEEK_1)
        async with asyncio.TaskGroup() as tasks:
            async with busy(group):
                forms = [tasks.create_task(ada.types("/study checkin"))]
                await group.wire.until(lambda: ada.modal)
                assert ada.modal is not None
                assert words(ada.modal) == "Syllabot\nOne moment …"
                group.clock.at += timedelta(seconds=10)  # its trigger is dead by now
        assert words(forms[0].result()).startswith("Check-in, week 1\n")

        async with asyncio.TaskGroup() as tasks:
            async with busy(group):
                told = tasks.create_task(ada.clicks(topics, "Check in"))
                await group.wire.until(lambda: ada.modal and "One moment" in ada.modal.sees)
                ada.closes()
        assert told.result().kind == "ephemeral", "a form that was closed before it came waits behind a button"
        assert words(told.result()) == "Check-in, week 1 is ready to be filled in.\n[Open form]"
        assert words(await group.clicks("ada", told.result(), "Open form")).startswith("Check-in, week 1\n")

        async with asyncio.TaskGroup() as tasks:
            async with busy(group):
                gone = tasks.create_task(ada.types("/study checkin hours=3"))
                await group.wire.until(lambda: ada.modal and "One moment" in ada.modal.sees)
                ada.closes()
        assert gone.result().kind == "ephemeral"
        assert "you are checked in" in words(gone.result())


async def test_a_form_that_takes_long_is_answered_when_it_is_done(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "PATIENCE", 0.01)
    async with Group.on(url, SOCKET) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        ada = group.person("ada")
        for hours, told in (("3", "you are checked in"), ("4", "Your check-in is changed")):
            form = await ada.types("/study checkin")
            async with busy(group):
                waiting = await ada.fills(form, {"hours": hours})
                assert words(waiting) == "Syllabot\nOne moment …"
                if hours == "4":
                    ada.closes()
            answer = await ada.hears("modal") if hours == "3" else None
            assert answer is None or told in words(answer)
        assert fields(await group.types("ada", "checkin"))["hours"] == "4", "what was sent is done, seen or not"

        form = await ada.types("/study settings ask=times")
        async with busy(group):
            await ada.fills(form, {"quiet": "late"})
        again = await ada.hears("modal")
        assert "Quiet hours · Give quiet hours like 22:00-08:00, or none." in words(again)
        assert fields(again)["quiet"] == "late", "what was typed stays"


# — not opened, not taken —


async def test_a_form_that_slack_does_not_open_waits_behind_a_button(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        for fault in (refused("expired_trigger_id"), status(500), limited(30), dropped(kept=False)):
            group.wire.fails("views.open", fault)
            shown = await group.types("ada", "checkin")
            assert (shown.kind, words(shown)) == ("ephemeral", "Check-in, week 1 is ready to be filled in.\n[Open form]")
            group.clock.at += timedelta(seconds=31)
        await group.restart()
        form = await group.clicks("ada", shown, "Open form")
        assert words(form).startswith("Check-in, week 1\n")
        assert "you are checked in" in words(await group.fills("ada", form, hours="2"))


@pytest.mark.parametrize("fault", [status(500), dropped(kept=False), refused("used_url")], ids=["500", "lost", "used"])
async def test_an_answer_that_slack_does_not_take_is_not_given_twice(url: str, fault: Fault) -> None:
    async with Group.on(url) as group:
        await group.spring()
        answered = len(group.wire.calls("response_url"))
        group.wire.fails("response_url", fault)
        heard, _ = await group.delivery.command(group.place, group.place.named("ada"), group.channel, "join")
        assert heard.status == 200
        await group.wire.until(lambda: len(group.wire.calls("response_url")) > answered)
        assert "You are in spring already." in await group.says("ada", "join")
        assert len([one for one in group.posts() if "Welcome!" in words(one)]) == 1


# — twice —


@pytest.mark.parametrize("way", [SOCKET, ONE])
async def test_what_is_told_twice_happens_once(way: str, url: str) -> None:
    async with Group.on(url, way) as group:
        ada, sent = group.place.named("ada"), []
        await group.spring()
        await group.goes_to(MONDAY)

        async def tells(kind: str, payload: Json) -> Heard:
            heard = await group.delivery.send(kind, payload)
            sent.append(heard)
            return heard

        await tells(COMMAND, slash(group.wire, group.place, ada, group.channel, "/study", "join spring"))
        await group.wire.until(lambda: ada.ephemerals)
        await group.pulse()
        topics = group.post(WEEK_1)
        _, button = reading.button(topics.body, "Check in")
        await tells(INTERACTIVE, press(group, topics, button, "ada"))
        await group.wire.until(lambda: ada.modals and ada.modals[-1]["submit"])
        form = ada.modals[-1]
        values = reading.state(form)
        next(iter(values["hours"].values()))["value"] = "3"
        first = await tells(INTERACTIVE, submitted(group.wire, group.place, ada, form, values))
        assert "Thank you, you are checked in" in reading.words(first.payload["view"])
        posts = len(group.posts())

        await group.restart()
        seen = len(ada.ephemerals)
        answers = [await group.delivery.again(one, Retry(number)) for number, one in enumerate(sent, 1)]
        assert answers[-1].payload == first.payload, "the same answer, and not that of a change"
        await group.wire.until(lambda: len(ada.ephemerals) == seen + 2)
        joined, ready = sorted((reading.words(one) for one in ada.ephemerals[-2:]), reverse=True)
        assert joined.startswith("You are in *spring* 🎉")
        assert ready == "*Check-in, week 1* is ready to be filled in.\n[Open form]", "its trigger was used up"
        await group.pulse()
        assert len(group.posts()) == posts
        members = await group.says("mona", "cohort members")
        assert "\n• ada · 0 of 57 done · last check-in Mon 2 Mar 2026 · joined Mon 2 Mar 2026\n" in members

        told = await group.delivery.archives(group.place, group.channel)
        assert "#study-group is archived" in await group.learns("mona", "cohort members", "Posts of spring wait: ")
        group.channel.archived = False
        assert "lives in this channel now" in await group.says("mona", "cohort move")
        await group.delivery.again(told, Retry(2))
        await group.delivery.tells()
        assert "Posts of spring wait" not in await group.says("mona", "cohort members")


def press(group: Group, sight: Sight, button: Json, name: str, **more: Any) -> Json:
    """What Slack tells of somebody who presses a button, or something that is made to look like it."""
    action = {"type": "button", "block_id": "b", "action_id": "press~1", **{k: v for k, v in button.items() if k != "style"}}
    return pressed(group.wire, group.place, group.place.named(name), sight, {**action, **more}, reading.state(sight.body))
