"""Bad days: answers that come late, clicks that arrive twice or never, nonsense, and hostile names."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from simcord import InteractionResult

from bot.chat.message import Answer, Choice
from bot.chat.platform import Core
from bot.command.call import DEFAULT_ROADMAP
from tests.support.discord.request_checks import parts
from tests.support.discord.server import (
    COMMAND,
    PRESSED,
    SUBMITTED,
    TEXT,
    Server,
    answered,
    modal,
    raw,
    response,
    said,
)
from tests.support.room import roadmaps

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass
class Slow:
    """The core, which lets people wait."""

    core: Core
    seconds: float

    async def answer_phrase(self, *said: Any, **more: Any) -> Answer:
        await asyncio.sleep(self.seconds)
        return await self.core.answer_phrase(*said, **more)

    async def suggest_values(self, *said: Any) -> Sequence[Choice]:
        await asyncio.sleep(self.seconds)
        return await self.core.suggest_values(*said)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.core, name)


async def test_a_form_that_comes_too_late_waits_behind_a_button(
    quick_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        await server.goes_to(MONDAY)
        monkeypatch.undo()  # now the bot is as impatient as Discord
        heard = server.platform.client
        heard.core = Slow(server.core, 2.5)
        with server.standing_still():
            shown = await server.people["ada"].slash(server.channel, "checkin")
            tip = await server.people["ada"].autocomplete(server.channel, "week", "n", "")
        assert (shown.acknowledged, tip) == (False, [])
        await server.env.advance_time(3)
        assert answered(shown) == "**Check-in, week 1** is ready to be filled in.\n[Open form]"
        assert completions(server)[-1] == []
        heard.core = server.core
        form = await server.clicks("ada", shown, "Open form")
        assert modal(form)["title"] == "Check-in, week 1"
        assert "You are checked in" in answered(await server.submits("ada", form, hours="2"))


GONE = "That form is no longer here: please use its command again to get a fresh one."


async def slow_form(server: Server, name: str = "ada") -> InteractionResult:
    """The answer to somebody whose form was ready after four seconds."""
    with server.standing_still():
        shown: InteractionResult = await server.people[name].slash(server.channel, "checkin")
    await server.env.advance_time(5)
    assert answered(shown) == "**Check-in, week 1** is ready to be filled in.\n[Open form]"
    return shown


async def test_with_a_slow_database_a_form_opens_at_once_for_whom_it_was_made(
    quick_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada", "bob")
        await server.goes_to(MONDAY)
        monkeypatch.undo()  # now the bot is as impatient as Discord
        server.platform.client.core = Slow(server.core, 4)
        shown = await slow_form(server)
        button = next(one["custom_id"] for one in parts(raw(shown)) if "custom_id" in one)
        for _ in range(2):  # whoever closes it without sending opens it again
            with server.standing_still():
                form = await server.people["ada"].click(response(shown), label="Open form")
            assert modal(form)["title"] == "Check-in, week 1"
        stolen = await server.sends("bob", PRESSED, {"custom_id": button, "component_type": 2})
        assert answered(stolen) == GONE
        with server.standing_still():
            sent = await server.people["ada"].submit_modal(form, {"hours": "2"})
        await server.env.advance_time(5)
        assert "You are checked in" in answered(sent)

        late = await slow_form(server, "bob")
        await server.env.advance_time(16 * 60)
        with server.standing_still():
            assert (
                answered(await server.people["bob"].click(response(late), label="Open form"))
                == GONE
            )
        lost = await slow_form(server, "bob")
        await server.restart()
        assert answered(await server.clicks("bob", lost, "Open form")) == GONE
        assert (
            answered(
                await server.sends("bob", PRESSED, {"custom_id": "form:|~", "component_type": 2})
            )
            == GONE
        )


def completions(server: Server) -> list[Any]:
    """What was offered to people as they typed."""
    sent = [
        body
        for one in server.env.http_requests
        if one.path.endswith("/callback") and (body := one.json)
    ]
    return [one["data"]["choices"] for one in sent if one["type"] == 8]


async def test_what_is_delivered_twice_happens_once(database: str) -> None:
    async with Server.on(database) as server:
        await server.spring()
        await server.clicks("ada", server.post("is open"), "Join")
        await server.delivers()
        assert len([one for one in server.posts() if "**Ada** has joined" in said(one)]) == 1

        with server.heard_twice():
            told = await server.slash("mona", "cohort create", name="autumn", start="2026-02-02")
        assert "**autumn** is a draft" in answered(told)
        assert sorted(await server.is_offered("mona", "cohort open", "cohort")) == [
            "autumn · draft",
            "spring · open",
        ]

        await server.goes_to(MONDAY)
        server.env.inject_error("POST", "/interactions/*/callback", status=500)
        unheard = await server.slash("ada", "checkin", hours=3)
        assert not unheard.acknowledged
        await server.delivers()
        assert answered(unheard).startswith("Thank you! You are checked in"), (
            "the same answer, not that of a change"
        )

        server.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
        lost = await server.slash("bob", "join", cohort="spring")
        assert not lost.acknowledged
        assert "Bob" not in await server.says("mona", "members list", cohort="spring"), (
            "nothing was done unheard"
        )
        assert "You are in **spring**" in await server.says("bob", "join", cohort="spring")


NONSENSE: list[tuple[int, dict[str, Any], str | None]] = [
    (PRESSED, {"custom_id": "ticket:close:17", "component_type": 2}, None),
    (PRESSED, {"custom_id": "~", "component_type": 2}, None),
    (PRESSED, {"custom_id": "|~", "component_type": 2}, "Type a command, for example"),
    (PRESSED, {"custom_id": "fly me|~", "component_type": 2}, "I do not know the command “fly”"),
    (
        PRESSED,
        {"custom_id": "week n=99999999999|~", "component_type": 2},
        "is not a number I can use",
    ),
    (PRESSED, {"custom_id": "week n=-1|~", "component_type": 2}, "has no week -1: choose 1 to 12"),
    (
        PRESSED,
        {"custom_id": "tick cohort=#1|item~", "component_type": 3, "values": "bayes"},
        "You chose nothing",
    ),
    (
        PRESSED,
        {"custom_id": "tick cohort=#1|item~", "component_type": 3, "values": ["@everyone"]},
        "There is no item “",
    ),
    (
        PRESSED,
        {"custom_id": "tick cohort=#1|wings~", "component_type": 3, "values": ["x"]},
        "has no option “wings”",
    ),
    (PRESSED, {"custom_id": "draft 1|~", "component_type": 2}, "That form has expired"),
    (
        PRESSED,
        {"custom_id": "join cohort=#77|~", "component_type": 2},
        "There is no cohort “#77” here",
    ),
    (
        PRESSED,
        {"custom_id": "cohort finish cohort=#1 sure=yes|~", "component_type": 2},
        "Only moderators can use",
    ),
    (
        PRESSED,
        {"custom_id": "moderators|remove~", "component_type": 3, "values": ["role:1"]},
        "Only moderators can use",
    ),
    (
        SUBMITTED,
        {
            "custom_id": "settings ask=times|~",
            "components": [{"type": 18, "component": {"type": 4}}],
        },
        "Your",
    ),
    (
        SUBMITTED,
        {"custom_id": "cohort settings ask=seats|~", "components": []},
        "Only moderators can use",
    ),
    (
        SUBMITTED,
        {"custom_id": "checkin week=nowhere cohort=#1|~", "components": []},
        "is not a week of spring",
    ),
    (COMMAND, {"id": "1", "name": "fly", "type": 1}, "I do not know the command “fly”"),
    (
        COMMAND,
        {
            "id": "1",
            "name": "week",
            "type": 1,
            "options": [{"name": "n", "type": 3, "value": ";--"}],
        },
        "is not a num",
    ),
    (
        COMMAND,
        {"id": "1", "name": "cohort", "type": 1, "options": [{"name": "pause", "type": 1}]},
        "Only moderators can",
    ),
]


async def test_nonsense_is_answered_with_a_sentence_or_not_at_all(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        await server.goes_to(MONDAY)
        before = len(server.posts())
        for kind, data, sentence in NONSENSE:
            result = await server.sends("ada", kind, data)
            if sentence is None:
                assert not result.acknowledged, data
            else:
                assert sentence in answered(result), data
        assert "is in week 1 of 12" in await server.says("mona", "posts timeline")
        assert len(server.posts()) == before


NAMES = [
    "@everyone @here",
    "<@1> <@&2> <#3>",
    "**x** ~~y~~ ||z|| `w`",
    "[a](https://evil.example)",
    "# big\n> cited\n- list",
    "\u202eelbisreverse\u2066",
    "👩‍👩‍👧" * 6,
    "\u3164\u200b ",
    "x" * 32,
]


async def test_names_cannot_call_anybody_or_break_a_line(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring()
        joined = []
        for number, nick in enumerate(NAMES):
            user = server.env.create_user(f"user{number}")
            server.people[nick] = server.guild.add_member(user, nick=nick)
            joined.append(await server.slash(nick, "join"))
        await server.goes_to(MONDAY)
        for nick in NAMES:
            await server.says(nick, "checkin", hours=1, blockers=nick, items="bayes")
        members = answered(await server.slash("mona", "members list")).split("\n")
        assert [line[:4] for line in members if "· 1 of 57 done ·" in line] == ["• **"] * len(NAMES)
        await server.passes(weeks=1)
        assert "[a](https://evil.example)" in said(server.post("Week 1 is done"))
        texts = [
            one["content"]
            for post in server.posts()
            for one in parts(raw(post))
            if one["type"] == TEXT
        ]
        # The plan's own links are no names.
        written = "\n".join(texts)
        for resource in roadmaps()[DEFAULT_ROADMAP].resources:
            written = written.replace(f"]({resource.link})", "")
        assert not re.search(
            r"\u202e|(?<!\\)\]\(|^(#|>|-) *(big|cited|list)", written, re.MULTILINE
        )
