"""A page of the local room in a real browser, used as people use it.

Every wait lasts until the thing is there: nothing here sleeps, or looks only once.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, async_playwright, expect

from tests.support.room_server import Local, whole_bot

CHROMIUM = os.environ.get("SYLLABOT_CHROMIUM") or shutil.which("chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not CHROMIUM and os.environ.get("CI") != "true",
        reason="no chromium here: install Debian's, or name one in SYLLABOT_CHROMIUM",
    ),
]

ANSWERED = (
    "seq => [...document.querySelectorAll('#log > article.answer')]"
    ".map((article) => Number(article.dataset.seq)).find((other) => other > seq)"
)
PICTURES = os.environ.get("SYLLABOT_PICTURES")
# Long enough for any machine, in milliseconds; nothing waits that long where all is well.
PATIENCE, A_SEASON = 30_000, 300_000


class Desk:
    """A page of the room: people type there, and press what is on the screen."""

    def __init__(self, page: Page, local: Local) -> None:
        self.page = page
        self.local = local
        self.troubles: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda entry: self._note_console_entry(entry.type, entry.text))
        page.on("request", lambda request: self._check_address(request.url))

    def _note_console_entry(self, kind: str, text: str) -> None:
        # The browser logs every refusal (422), and those are part of a test.
        if kind in {"error", "warning"} and "422" not in text:
            self.troubles.append(text)

    def _check_address(self, address: str) -> None:
        if not address.startswith(self.local.url):
            self.troubles.append(f"asked for {address}")

    @property
    def words(self) -> Locator:
        return self.page.locator("#words")

    @property
    def log(self) -> Locator:
        return self.page.locator("#log")

    @property
    def lines(self) -> Locator:
        return self.page.locator("#log > article")

    @property
    def answer(self) -> Locator:
        """The newest private answer; posts may stand below it."""
        return self.page.locator("#log > article.answer").last

    @property
    def offers(self) -> Locator:
        return self.page.locator("#offer-list").get_by_role("option")

    def card(self, name: str) -> Locator:
        return self.page.locator(".person", has=self.page.locator("bdi", has_text=name))

    async def speaks_as(self, name: str) -> None:
        await expect(self.page.locator(".person:has(:checked) bdi")).to_have_text(name)

    async def becomes(self, name: str) -> None:
        """Speak as somebody else, by pressing their card."""
        await self.card(name).click()
        await self.speaks_as(name)

    async def says(self, line: str) -> Locator:
        """Type a line for the bot, and return the private answer."""
        before = await self.local.room.transcript.find_last_seq()
        await self.words.fill(line)
        await self.words.press("Escape")
        await self.words.press("Enter")
        seq = await self.page.wait_for_function(ANSWERED, arg=before)
        return self.page.locator(f"#line-{await seq.json_value()}")

    async def moves(self, name: str) -> None:
        """Press one of the clock's buttons and wait until the clock stands again."""
        await self.page.get_by_role("button", name=name, exact=True).click()
        await self.stands()

    async def stands(self) -> None:
        """Wait until the clock stands.

        The page is busy from the press on, before the room knows about it.
        """
        moves = self.page.get_by_role("group", name="Move the clock")
        await expect(moves).to_have_attribute("aria-busy", "false", timeout=A_SEASON)

    async def fills(self, **fields: str) -> None:
        """Fill in the open form and send it."""
        form = self.page.locator("dialog[open] form.asks")
        for name, value in fields.items():
            await form.locator(f"[data-field={name}] :is(input, textarea)").first.fill(value)
        await form.get_by_role("button", name="Send").click()

    async def picture(self, name: str) -> None:
        if PICTURES:
            await self.page.wait_for_timeout(350)
            await self.page.screenshot(path=Path(PICTURES) / f"{name}.png")


@asynccontextmanager
async def seated(browser: Browser, local: Local, **looks: Any) -> AsyncIterator[Desk]:
    """Open the room, and check at the end that nothing went wrong on the page."""
    desk = Desk(await browser.new_page(**looks), local)
    await desk.page.goto(local.room.address)
    yield desk
    await desk.page.close()
    assert desk.troubles == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM, "CI needs chromium: install Debian's, or name one in SYLLABOT_CHROMIUM"
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        opened = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=SWITCHES, timeout=4 * PATIENCE
        )
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def desk(browser: Browser, local: Local) -> AsyncIterator[Desk]:
    async with seated(browser, local, viewport={"width": 1240, "height": 840}) as at_it:
        yield at_it


class HeldRequests:
    """Hold the page's requests to an address until the block ends."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._address = address
        self._free = asyncio.Event()

    async def _keep(self, route: Route) -> None:
        await self._free.wait()
        await route.continue_()

    async def __aenter__(self) -> None:
        await self._page.route(self._address, self._keep)

    async def __aexit__(self, *problem: object) -> None:
        self._free.set()
