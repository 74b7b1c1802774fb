"""Bad days: answers that come late, clicks that arrive twice or never, forms that are closed,
nonsense, hostile names, people whose rights have changed, and channels that are closed to the bot.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from adapters.slack import conversation
from tests.adapters.slack.test_dialogues import MONDAY, WEEK_1, fields
from tests.support.database import hold_transaction
from tests.support.slack import block_text
from tests.support.slack.delivery import (
    COMMAND,
    INTERACTIVE,
    Heard,
    Retry,
    action_payload,
    slash,
    submitted,
)
from tests.support.slack.group import ONE, SOCKET, Group, has_more_calls, words
from tests.support.slack.wire import lost_connection, rate_limit, refusal, status
from tests.support.slack.workspaces import Json, Sight

# — late —


async def test_a_modal_is_open_before_the_database_is_asked_and_shows_the_answer_however_late(
    url: str,
) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        ada = group.person("ada")
        topics = group.post(WEEK_1)
        async with asyncio.TaskGroup() as tasks, hold_transaction(group.store):
            forms = [tasks.create_task(ada.types("/study checkin"))]
            await group.wire.until(lambda: ada.modal)
            assert ada.modal is not None
            assert words(ada.modal) == "Syllabot\nOne moment …"
            group.clock.at += timedelta(seconds=10)  # its trigger is dead by now
        assert words(forms[0].result()).startswith("Check-in, week 1\n")

        async with asyncio.TaskGroup() as tasks, hold_transaction(group.store):
            told = tasks.create_task(ada.clicks(topics, "Check in"))
            await group.wire.until(lambda: ada.modal and "One moment" in ada.modal.sees)
            ada.closes()
        assert told.result().kind == "ephemeral", (
            "a form that was closed before it came waits behind a button"
        )
        assert words(told.result()) == "Check-in, week 1 is ready to be filled in.\n[Open form]"
        assert words(await group.clicks("ada", told.result(), "Open form")).startswith(
            "Check-in, week 1\n"
        )

        async with asyncio.TaskGroup() as tasks, hold_transaction(group.store):
            gone = tasks.create_task(ada.types("/study checkin hours=3"))
            await group.wire.until(lambda: ada.modal and "One moment" in ada.modal.sees)
            ada.closes()
        assert gone.result().kind == "ephemeral"
        assert "You are checked in" in words(gone.result())


async def test_a_form_that_takes_long_is_answered_when_it_is_done(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "PATIENCE", 0.01)
    async with Group.on(url, SOCKET) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        ada = group.person("ada")
        for hours, told in (("3", "You are checked in"), ("4", "I have updated your check-in")):
            form = await ada.types("/study checkin")
            async with hold_transaction(group.store):
                waiting = await ada.fills(form, {"hours": hours})
                assert words(waiting) == "Syllabot\nOne moment …"
                if hours == "4":
                    ada.closes()
            answer = await ada.hears("modal") if hours == "3" else None
            assert answer is None or told in words(answer)
        assert fields(await group.types("ada", "checkin"))["hours"] == "4", (
            "what was sent is done, seen or not"
        )

        form = await ada.types("/study settings ask=times")
        async with hold_transaction(group.store):
            await ada.fills(form, {"quiet": "late"})
        again = await ada.hears("modal")
        assert "Quiet hours · Write quiet hours like 22:00-08:00, or none." in words(again)
        assert fields(again)["quiet"] == "late", "what was typed stays"


# — not opened, not taken —


async def test_a_form_that_slack_does_not_open_waits_behind_a_button(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        for fault in (
            refusal("expired_trigger_id"),
            status(500),
            rate_limit(30),
            lost_connection(kept=False),
        ):
            group.wire.fails("views.open", fault)
            shown = await group.types("ada", "checkin")
            assert (shown.kind, words(shown)) == (
                "ephemeral",
                "Check-in, week 1 is ready to be filled in.\n[Open form]",
            )
            group.clock.at += timedelta(seconds=31)
        await group.restart()
        form = await group.clicks("ada", shown, "Open form")
        assert words(form).startswith("Check-in, week 1\n")
        assert "You are checked in" in words(await group.fills("ada", form, hours="2"))


async def test_an_answer_that_slack_does_not_take_is_not_given_twice(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring()
        for name, fault in (
            ("ada", status(500)),
            ("bob", lost_connection(kept=False)),
            ("cy", refusal("used_url")),
        ):
            before = len(group.wire.calls("response_url"))
            group.wire.fails("response_url", fault)
            heard, _ = await group.delivery.command(
                group.place, group.place.named(name), group.channel, "join"
            )
            assert heard.status == 200
            await group.wire.until(partial(has_more_calls, group, "response_url", before))
            assert "You are in spring already." in await group.says(name, "join")
        await group.passes(hours=1)
        welcomes = [words(post) for post in group.posts() if "Welcome!" in words(post)]
        assert welcomes == [
            "ada has joined spring. Welcome!",
            "bob and cy have joined spring. Welcome!",
        ]


# — twice —


@pytest.mark.parametrize("way", [SOCKET, ONE])
async def test_what_is_told_twice_happens_once(way: str, url: str) -> None:
    async with Group.on(url, way) as group:
        await group.spring()
        await group.goes_to(MONDAY)
        ada, sent = group.place.named("ada"), await joins_and_checks_in(group)
        await group.pulse()
        posts, seen = len(group.posts()), len(ada.ephemerals)

        await group.restart()
        answers = [
            await group.delivery.again(post, Retry(number)) for number, post in enumerate(sent, 1)
        ]
        assert answers[-1].payload == sent[-1].payload, "the same answer, and not that of a change"
        await group.wire.until(lambda: len(ada.ephemerals) > seen)
        assert block_text.words(ada.ephemerals[-1]).startswith("You are in *spring* 🎉")
        await group.pulse()
        assert len(group.posts()) == posts
        members = await group.says("mona", "members list")
        assert len(ada.ephemerals) == seen + 1, "the form is not opened again"
        assert (
            "\n• ada · 0 of 57 done · last check-in Mon 2 Mar 2026 · joined Mon 2 Mar 2026\n"
            in members
        )

        told = await group.delivery.archives(group.place, group.channel)
        assert "#study-group is archived" in await group.learns(
            "mona", "members list", "Posts of spring wait: "
        )
        group.channel.archived = False
        await group.passes(days=3)
        assert "Half of week 1" in words(group.posts()[-1]), "open again, what comes is posted"
        await group.delivery.again(told, Retry(2))
        assert "Posts of spring wait" not in await group.says("mona", "members list")


async def joins_and_checks_in(group: Group) -> list[Heard]:
    """A command, a click and a form, as they were heard."""
    ada = group.place.named("ada")
    typed = slash(group.wire, group.place, ada, group.channel, "/study", "join spring")
    heard = [await group.delivery.send(COMMAND, typed)]
    await group.wire.until(lambda: ada.ephemerals)
    topics = group.post(WEEK_1)
    heard.append(
        await group.delivery.send(INTERACTIVE, press(group, topics, value="checkin week=1"))
    )
    await group.wire.until(lambda: ada.modals and ada.modals[-1]["submit"])
    form = ada.modals[-1]
    values = block_text.state(form)
    next(iter(values["hours"].values()))["value"] = "3"
    heard.append(
        await group.delivery.send(
            INTERACTIVE, submitted(group.wire, group.place, ada, form, values)
        )
    )
    assert "Thank you! You are checked in" in block_text.words(heard[-1].payload["view"])
    return heard


def press(group: Group, sight: Sight, **action: Any) -> Json:
    """The payload for Ada's press of a button, or for a made-up press."""
    made = {"type": "button", "block_id": "b", "action_id": "press~1", **action}
    return action_payload(
        group.wire, group.place, group.place.named("ada"), sight, made, block_text.state(sight.body)
    )


# — nonsense —


BUTTONS = [
    ({"value": ""}, None),
    ({"type": "overflow"}, None),
    ({"value": "~"}, "I do not know the command “"),
    ({"value": "fly me"}, "I do not know the command “fly”"),
    ({"value": "x" * 2000}, "I do not know the command “xxx"),
    ({"value": "week n=99999999999"}, "is not a number I can use"),
    ({"value": "week n=-1"}, "has no week -1: choose 1 to 12."),
    ({"value": "draft 1"}, "That form has expired: use its command again to get a new one."),
    ({"value": "join cohort=#77"}, "There is no cohort “#77” here"),
    ({"value": "cohort finish cohort=#1 sure=yes"}, "Only moderators can use"),
    ({"value": "cohort pause cohort=#1"}, "Only moderators can use"),
]
LISTS = [
    ("ticket:close:17", ["bayes"], None),
    ("tick cohort=#1|~", ["bayes"], None),
    (
        "tick cohort=#1|item~",
        [],
        "You chose nothing, so nothing changed. You can remove ticks here.",
    ),
    ("tick cohort=#1|item~", ["<!channel>"], "There is no item “<!channel>” in spring"),
    ("tick cohort=#1|wings~", ["x"], "has no option “wings”"),
    ("moderators|remove~", ["person:U0MONA"], "Only moderators can use"),
]
FORMS: list[tuple[Any, str]] = [
    ({"says": "settings ask=times"}, "Your settings"),
    ({"says": "cohort settings ask=seats"}, "Only moderators can use"),
    (
        {"says": "checkin week=nowhere cohort=#1"},
        "“nowhere” is not a week of spring: choose 1 to 12.",
    ),
    ({"says": 17, "channel": ["C0STUDY"]}, "Type a command, for example"),
    ([], "Type a command, for example"),
    ("{", "Type a command, for example"),
]


async def test_nonsense_is_answered_with_a_sentence_or_not_at_all(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        await group.goes_to(MONDAY)
        before, topics = len(group.posts()), group.post(WEEK_1)
        for more, sentence in BUTTONS:
            await answered(group, press(group, topics, **more), sentence)
        for action_id, values, sentence in LISTS:
            picked = [
                {"text": {"type": "plain_text", "text": "x"}, "value": value} for value in values
            ]
            boxes = {"type": "checkboxes", "action_id": action_id, "selected_options": picked}
            await answered(group, press(group, topics, **boxes), sentence)
        form = await group.types("ada", "checkin")
        for carried, sentence in FORMS:
            forged = {
                **form.body,
                "private_metadata": carried if isinstance(carried, str) else json.dumps(carried),
            }
            said = submitted(group.wire, group.place, group.place.named("ada"), forged, {})
            heard = await group.delivery.send(INTERACTIVE, said)
            assert sentence in block_text.words(heard.payload["view"]), carried
        assert "is in week 1 of 12" in await group.says("mona", "posts timeline")
        assert len(group.posts()) == before


async def answered(group: Group, payload: Json, sentence: str | None) -> None:
    """What is pressed is answered so, or with nothing: then the next that is pressed is what is
    answered.
    """
    ada = group.person("ada")
    before = len(ada.user.sights)
    assert (await group.delivery.send(INTERACTIVE, payload)).status == 200
    if sentence is None:
        await ada.types("/study help")
    await group.wire.until(
        lambda: [sight for sight in ada.user.sights[before:] if "One moment" not in sight.sees]
    )
    (told,) = [sight.sees for sight in ada.user.sights[before:] if "One moment" not in sight.sees]
    assert (sentence or "What I can do") in told, payload


HOSTILE = [
    "<!channel> <!here|here> @channel <!subteam^S1> <@U0MONA> <#C0STUDY|study-group>",
    "*x* _y_ ~z~ `w` ```v```\n> cited\n> again",
    "<https://evil.example|spring> [a](https://evil.example)",
    "\u202eelbisreverse\u2066 &lt;!channel&gt; " + "👩‍👩‍👧" * 6,
    "\u3164\u200b ",
]
"""What would call people, act or deceive, if Slack read it as more than text.

`limits` holds every payload against that.
"""


async def test_what_people_are_called_and_write_calls_nobody_and_breaks_no_line(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring()
        for number, name in enumerate(HOSTILE):
            group.place.person(f"h{number}").name = name
            await group.person(name).types("/study join")
        await group.goes_to(MONDAY)
        for number, name in enumerate(HOSTILE):
            typed = name.replace('"', "").replace("\n", " ")
            person = group.person(name)
            await person.types(
                f'/study checkin hours=1 items=bayes blockers="{typed}" note="{typed}"'
            )
            form = await person.types("/study settings ask=privacy")
            assert (await person.fills(form, {"alias": f"{typed[:30]}{number}"})).kind == "modal"
        await group.pulse()
        members = (await group.says("mona", "members list")).split("\n")
        done = [line for line in members if line.startswith("• ") and "· 1 of 57 done ·" in line]
        assert len(done) == len(HOSTILE)
        await group.types(HOSTILE[1], "progress board")
        await group.person(HOSTILE[2]).opens_home()
        await group.passes(weeks=1)
        recap = group.post("Week 1 is done")
        assert "https://evil.example" in words(recap)
        texts = "\n".join(json.dumps(post.body, ensure_ascii=False) for post in group.posts())
        assert not re.search(r"<[@#!](?!date)|<https://evil|\u202e", texts)
