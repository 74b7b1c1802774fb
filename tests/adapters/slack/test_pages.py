"""The pages of an installation: they say what happens next, fetch nothing from elsewhere, and show
no markup of others.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.support.slack.browser import AUTHORIZE, Browser, Page
from tests.support.slack.group import MANY, Group
from tests.support.slack.wire import lost_connection, refusal

FETCHES = {"src", "srcset", "action", "data", "poster", "background"}


class Reading(HTMLParser):
    """What a page says and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.leads: list[str] = []
        self.fetches: list[str] = []
        self.words = ""
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.lang = given.get("lang", self.lang)
        if tag == "a":
            self.leads.append(given["href"])
        if tag == "link" and not given["href"].startswith("data:"):
            self.fetches.append(given["href"])
        self.fetches += [given[name] for name in FETCHES & set(given)]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words += f" {data}"


def reads(page: Page) -> Reading:
    """A page that is whole, in English, with one heading, and fetches nothing."""
    assert page.text.startswith("<!doctype html>")
    found = Reading(page.text)
    assert (
        found.lang,
        found.tags.count("h1"),
        found.tags.count("title"),
        found.tags.count("main"),
    ) == ("en", 1, 1, 1)
    assert (found.fetches, "script" in found.tags, "url(" in page.text) == ([], False, False)
    found.words = re.sub(r"\s+([.,])", r"\1", " ".join(found.words.split()))
    return found


@pytest.fixture
async def group(url: str) -> AsyncIterator[Group]:
    async with Group.on(url, MANY) as opened:
        opened.wire.tokens.clear()
        yield opened


async def test_the_page_that_begins_an_installation_is_our_own_and_leads_to_slack(
    group: Group,
) -> None:
    page = await Browser(group.wire, group.address, group.place).gets("/slack/install")
    found = reads(page)
    assert page.status == 200
    assert "Add Syllabot to your Slack workspace" in found.words
    assert "You come back here and read how to start your first group." in found.words
    (lead,) = found.leads
    assert (urlsplit(lead).netloc, urlsplit(lead).path) == ("slack.com", AUTHORIZE)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{group.address}/slack/install") as answer,
    ):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == (
            "no-referrer",
            "no-store",
        )
        assert "Server" not in answer.headers


async def test_whoever_has_installed_it_reads_what_comes_next(group: Group) -> None:
    group.place.name = 'Study <b>&"Hall"'
    mona = Browser(group.wire, group.address, group.place)
    page = await mona.installs()
    found = reads(page)
    assert (page.status, mona.cookies) == (200, {})
    assert 'Syllabot is in Study <b>&"Hall" Three steps to your first group:' in found.words
    assert "Type /invite @Syllabot." in found.words
    assert "Type /study cohort create. Choose a plan and a start date." in found.words


async def test_an_installation_that_comes_to_nothing_says_why_and_how_to_begin_again(
    group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    mona = Browser(group.wire, group.address, group.place)
    group.wire.fails("oauth.v2.access", refusal("invalid_code"))
    tried: list[tuple[dict[str, Any], str]] = [
        ({"denies": True}, "You pressed Cancel on Slack's page, so nothing was installed."),
        (
            {"keeps_cookies": False},
            "You started in a different browser, so nothing was installed. "
            "Start again in this one.",
        ),
        (
            {"state": "forged"},
            "You started in a different browser, so nothing was installed. "
            "Start again in this one.",
        ),
        ({}, "Slack did not finish, so nothing was installed."),
    ]
    for how, sentence in tried:
        found = reads(await mona.installs(**how))
        assert found.words.endswith(f"Syllabot was not installed {sentence} Try again")
        assert found.leads == ["/slack/install"]
    group.wire.fails("oauth.v2.access", lost_connection(kept=False))
    page = await mona.installs()
    assert page.status == 500
    (alarm,) = group.alarms
    ticket = re.findall(r"ticket (\w+)", alarm)[0]
    assert f"tell the person who runs this bot the number {ticket}." in reads(page).words
    group.alarms.clear()
    assert await group.vault.list_secret_names("bot/") == []
    assert "Traceback" in caplog.text, "once, with its ticket"
    assert (await mona.installs()).status == 200
