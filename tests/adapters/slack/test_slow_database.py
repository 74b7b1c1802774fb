"""A database that is slow or gone: Slack is acknowledged all the same, forms open, and no event is
lost.

Nothing is slow by the clock: the wire to a real database is shut until Slack has its answer, which
is longer than any four seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import TypeVar

import pytest

from adapters.slack import conversation
from bot.store.tables import metadata
from tests.adapters.slack.test_dialogues import MONDAY, WEEK_1, fields
from tests.support.postgres import Postgres
from tests.support.slack import block_text
from tests.support.slack.delivery import (
    COMMAND,
    EVENT,
    INTERACTIVE,
    Heard,
    Retry,
    event_payload,
    slash,
    submitted,
)
from tests.support.slack.group import MANY, ONE, SOCKET, Group, words
from tests.support.slack.people import Person
from tests.support.slack.postgres_proxy import Strait
from tests.support.slack.socket import Sockets
from tests.support.slack.workspaces import Json, Sight

PATIENCE = conversation.PATIENCE  # as it really is
SOON = 1.5  # seconds; half a second, on a machine that has other things to do
WAYS = [SOCKET, ONE, MANY]
Answer = TypeVar("Answer")


@pytest.fixture
async def strait(migrated: str, postgres: Postgres) -> AsyncIterator[Strait]:
    async with Strait.before(migrated) as opened:
        yield opened
    postgres.empty_database("migrated", *metadata.tables)


@pytest.fixture(params=WAYS)
async def group(
    request: pytest.FixtureRequest, strait: Strait, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Group]:
    """Spring has begun, and Ada is in it."""
    monkeypatch.setattr(conversation, "PATIENCE", PATIENCE)
    async with Group.on(strait.url, request.param) as opened:
        if request.param == MANY:
            await opened.installs(opened.place)
        await opened.spring("ada")
        await opened.goes_to(MONDAY)
        yield opened
        strait.open()


async def soon(answering: Awaitable[Answer]) -> Answer:
    """What Slack is answered, though the database answers nothing."""
    async with asyncio.timeout(SOON):
        return await answering


def typed(group: Group, text: str) -> Json:
    ada = group.place.named("ada")
    return slash(group.wire, group.place, ada, group.channel, "/study", text)


def saw(person: Person, since: int, text: str) -> list[Sight]:
    """What somebody saw that says so, of all but their first sights."""
    return [sight for sight in person.user.sights[since:] if text in sight.sees]


async def test_slack_is_acknowledged_before_the_database_answers_anything(
    group: Group, strait: Strait
) -> None:
    ada, topics = group.person("ada"), group.post(WEEK_1)
    form = await ada.types("/study settings ask=times")
    archived = {"type": "channel_archive", "channel": "C0NONE", "user": "U0MONA"}

    strait.close()
    seen = len(ada.user.sights)
    heard = await soon(group.delivery.send(COMMAND, typed(group, "week")))
    assert (heard.status, heard.payload) == (200, None)
    button = {"type": "button", "block_id": "b", "action_id": "press~1", "value": "progress"}
    heard = await soon(group.delivery.action(group.place, ada.user, topics, button, {}))
    assert (heard.status, heard.payload) == (200, None)
    assert (await soon(group.delivery.event(group.place, archived))).status == 200
    values = block_text.state(form.body)
    next(iter(values["quiet"].values()))["value"] = "late"
    sent = submitted(group.wire, group.place, ada.user, form.body, values)
    heard = await soon(group.delivery.send(INTERACTIVE, sent))
    assert heard.payload["response_action"] == "update"
    assert "One moment" in block_text.words(heard.payload["view"])

    strait.open()
    answers = (
        "Week 1 of 12 · Basics of linear algebra",
        "Your progress",
        "Write quiet hours like 22:00-08:00, or `none`.",
    )
    await group.wire.until(lambda: all(saw(ada, seen, answer) for answer in answers))
    assert fields(saw(ada, seen, answers[-1])[0])["quiet"] == "late", "what was typed stays"


@pytest.mark.parametrize("group", [ONE, MANY], indirect=True)
async def test_a_form_opens_where_the_token_is_known_and_else_waits_behind_a_button(
    group: Group, strait: Strait
) -> None:
    await group.restart()
    ada, before = group.person("ada"), strait.asked
    strait.close()
    asking = asyncio.create_task(ada.types("/study checkin"))
    if group.way == MANY:  # the token itself is in the database
        await group.wire.until(lambda: strait.asked > before)
        group.clock.at += timedelta(seconds=10)  # the trigger is dead by now
        strait.open()
        offered = await asking
        assert words(offered) == "Check-in, week 1 is ready to be filled in.\n[Open form]"
        assert ada.modal is None
        strait.close()
        asking = asyncio.create_task(ada.clicks(offered, "Open form"))
    await soon(group.wire.until(lambda: ada.modal))
    assert ada.modal is not None
    assert words(ada.modal) == "Syllabot\nOne moment …"
    strait.open()
    assert words(await asking).startswith("Check-in, week 1\n")


# — what happens while the database is gone —


@pytest.mark.parametrize(
    ("group", "breaks_at"), [(SOCKET, b""), (ONE, b"homes")], indirect=["group"]
)
async def test_what_happens_while_the_database_is_gone_is_told_again_and_handled_then(
    group: Group, strait: Strait, breaks_at: bytes
) -> None:
    event = {"type": "channel_archive", "channel": group.channel.id, "user": "U0MONA"}
    group.channel.archived = True
    payload = event_payload(group.wire, group.place, event)
    strait.breaks_at(breaks_at) if breaks_at else strait.cut()
    for number in (1, 2):  # Slack tells it again, and the log only once
        assert (await tells(group, payload, number)).status in {0, 503}
        (alarm,) = tickets(group)
        assert payload["event_id"] in alarm
    group.alarms.clear()
    strait.open()
    assert (await tells(group, payload, 3)).status == 200
    assert "#study-group is archived" in await group.says("mona", "members list")
    group.channel.archived = False
    await group.passes(days=3)
    assert (await tells(group, payload, 4)).status == 200, "and heard before"
    assert "Posts of spring wait" not in await group.says("mona", "members list")
    group.alarms.clear()  # that the database is back is a line of its own


def tickets(group: Group) -> list[str]:
    """What was logged with a ticket; that the database is away is a line of its own."""
    return [alarm for alarm in group.alarms if "ticket" in alarm]


async def tells(group: Group, payload: Json, number: int) -> Heard:
    """Slack tells an event for the first time or again; status 0 is none at all."""
    delivery = Sockets(group.wire, patience=1.0) if group.way == SOCKET else group.delivery
    return await delivery.send(EVENT, payload, Retry(number) if number > 1 else None)


@pytest.mark.parametrize("group", [ONE], indirect=True)
async def test_an_event_that_was_acknowledged_and_then_fails_is_kept_until_it_is_handled(
    group: Group, strait: Strait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.intake.WAITS", (0.05,) * 100)
    group.channel.archived = True
    event = {"type": "channel_archive", "channel": group.channel.id, "user": "U0MONA"}
    strait.close()
    assert (await soon(group.delivery.event(group.place, event))).status == 200
    strait.cut()
    await group.wire.until(lambda: tickets(group))
    await asyncio.sleep(0.2)
    assert len(tickets(group)) == 1
    group.alarms.clear()
    strait.open()
    assert "#study-group is archived" in await group.learns(
        "mona", "members list", "Posts of spring wait: "
    )
    group.alarms.clear()
