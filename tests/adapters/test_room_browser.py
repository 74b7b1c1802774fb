"""The main run in a real browser: a cohort is made, three people join, twelve weeks pass, and everything is done by hand.

Needs Debian's chromium, or one that `SYLLABOT_CHROMIUM` names; without it these tests are skipped, except where CI is set.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.adapters.local import CHANNEL, Local, whole_bot

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
ANSWERED = "seq => [...document.querySelectorAll('#log > article.answer')].some((one) => Number(one.dataset.seq) > seq)"
PICTURES = os.environ.get("SYLLABOT_PICTURES")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not CHROMIUM and os.environ.get("CI") != "true",
        reason="no chromium here: install Debian's, or name one in SYLLABOT_CHROMIUM",
    ),
]


class Desk:
    """A page of the room, used as people use it: by typing, by pressing what is on the screen."""

    def __init__(self, page: Page, local: Local) -> None:
        self.page = page
        self.local = local
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("request", lambda asked: self._check(asked.url))

    def _hear(self, kind: str, said: str) -> None:
        if kind in {"error", "warning"} and "422" not in said:  # a refusal with a sentence is no trouble
            self.troubles.append(said)

    def _check(self, address: str) -> None:
        if not address.startswith(self.local.url):
            self.troubles.append(f"asked for {address}")

    @property
    def words(self) -> Locator:
        return self.page.get_by_role("combobox")

    @property
    def newest(self) -> Locator:
        return self.page.locator("#log > article").last

    @property
    def log(self) -> Locator:
        return self.page.locator("#log")

    async def becomes(self, name: str) -> None:
        """Speak as somebody else: by the card, which is drawn anew whenever anybody hears something."""
        await self.page.locator(".person").filter(has=self.page.get_by_role("radio", name=name)).click()
        await expect(self.page.locator(".person:has(:checked) .name bdi")).to_have_text(name)

    async def says(self, line: str) -> Locator:
        """Type a line for the bot; the private answer."""
        before = await self.local.room.transcript.last()
        await self.words.fill(line)
        await self.words.press("Escape")
        await self.words.press("Enter")
        await self.page.wait_for_function(ANSWERED, arg=before)
        return self.page.locator("#log > article.answer").last

    async def moves(self, name: str) -> None:
        """Press one of the clock's buttons and wait until the clock stands again."""
        await self.page.get_by_role("button", name=name, exact=True).click()
        await self.stands()

    async def stands(self) -> None:
        await self.local.stands()
        await expect(self.page.locator("#play-word")).to_have_text("Play")

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM, "CI needs chromium: install Debian's, or name one in SYLLABOT_CHROMIUM"
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def desk(browser: Browser, local: Local) -> AsyncIterator[Desk]:
    page = await browser.new_page(viewport={"width": 1240, "height": 840})
    at_it = Desk(page, local)
    await page.goto(local.room.address)
    await expect(page.get_by_role("radio", name="Ada")).to_be_attached()
    yield at_it
    await page.close()
    assert at_it.troubles == []


async def test_a_cohort_goes_through_the_twelve_weeks_by_hand(desk: Desk) -> None:
    await expect(desk.page.locator("#welcome")).to_be_visible()
    await desk.becomes("Mona")
    await desk.says("/cohort create name=spring start=2026-03-02")
    await desk.says("/cohort open spring")
    for name in ("Ada", "Bob", "Cy"):
        await desk.becomes(name)
        answer = await desk.says("/join spring")
        await expect(answer).to_contain_text("You are in spring")
        await expect(answer).to_contain_text(f"Only {name} sees this")
    await expect(desk.log).not_to_contain_text("Only Ada sees this")

    await desk.becomes("Ada")
    for _ in range(6):
        if await desk.log.get_by_text("Week 1:").count():
            break
        await desk.moves("Next post")
    await desk.picture("week-1")

    await in_the_first_week_ada_ticks_and_checks_in(desk)
    await desk.becomes("Cy")
    await expect(await desk.says("/away until=2026-03-22")).to_contain_text("22 Mar")
    await desk.becomes("Bob")
    await desk.moves("A week")
    await bob_checks_in_late_and_edits(desk)

    for _ in range(12):
        await desk.moves("A week")
    await expect(desk.log).to_contain_text("spring has finished")
    for week in range(1, 13):
        titles = desk.page.locator("#log > .post h3", has_text=re.compile(rf"^Week {week}: "))
        assert await titles.count() == 1, f"week {week}"
    own = await desk.says("/progress")
    await expect(own).to_contain_text("Your progress in spring")
    await desk.picture("progress")
    await own.get_by_role("button", name="The board").click()
    await expect(desk.newest.locator(".progress").filter(has_text="Ada")).to_contain_text("1 of 57")
    await desk.picture("the-end")


async def in_the_first_week_ada_ticks_and_checks_in(desk: Desk) -> None:
    home = desk.page.locator("#log > .post:has(form.checklist)").last
    await home.get_by_role("checkbox").first.check()
    await home.get_by_role("button", name="Mark as done").click()
    await expect(desk.newest).to_contain_text("Ticked")
    await expect(home.get_by_role("checkbox").first).not_to_be_checked()
    await desk.says("/week")
    own = desk.page.locator("#log > .answer:has(form.checklist.own)").last
    await expect(own.get_by_role("checkbox").first).to_be_checked()

    await own.get_by_role("checkbox").nth(1).check()
    await own.get_by_role("button", name="Save").click()
    await expect(own.locator("input:checked")).to_have_count(2)
    await desk.picture("own-list")
    await own.get_by_role("checkbox").nth(1).uncheck()
    await own.get_by_role("button", name="Save").click()
    await expect(own.locator("input:checked")).to_have_count(1)

    await desk.says("/checkin")
    await desk.fills(hours="many", note="All of <b>this</b> is mine שלום")
    form = desk.page.locator("dialog[open]")
    await expect(form.locator("[data-field=hours] .problem")).to_contain_text("no number")
    await expect(form.locator("[data-field=note] textarea")).to_have_value("All of <b>this</b> is mine שלום")
    await expect(form.locator("[data-field=hours] input")).to_be_focused()
    await desk.picture("form-with-a-problem")
    await desk.fills(hours="3.5")
    await expect(desk.newest).to_contain_text("you are checked in")
    await expect(desk.page.locator("dialog[open]")).to_have_count(0)


async def bob_checks_in_late_and_edits(desk: Desk) -> None:
    await desk.says("/checkin week=1")
    await desk.fills(hours="2", note="Late, sorry")
    await expect(desk.newest).to_contain_text("late and just as welcome")
    await desk.newest.get_by_role("button", name="Edit").click()
    await expect(desk.page.locator("dialog[open] textarea")).to_have_value("Late, sorry")
    await desk.fills(note="Late, but done")
    await expect(desk.newest).to_contain_text("Your check-in is changed")


@pytest.mark.long
async def test_one_press_and_play_show_a_whole_group(desk: Desk) -> None:
    desk.local.room.journey.pause = 0.05
    await desk.page.get_by_role("button", name="Start a group with six classmates").click()
    await expect(desk.log).to_contain_text("Ada has joined first-steps")
    await desk.picture("begun")
    await desk.page.get_by_role("button", name="Play").click()
    await expect(desk.page.get_by_role("button", name="Stop")).to_be_visible()
    await desk.stands()
    await expect(desk.log).to_contain_text("first-steps has finished")
    await expect(desk.page.locator("#remark")).to_contain_text("Nothing is due any more")
    await desk.picture("played")


async def test_the_message_box_completes_commands_options_and_values_by_keyboard(desk: Desk) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring")
    offers = desk.page.get_by_role("option")
    await desk.words.press_sequentially("/jo")
    await expect(offers.first).to_contain_text("/join")
    await expect(offers.first).to_have_attribute("aria-selected", "true")
    await desk.picture("completion")
    await desk.words.press("Tab")
    await expect(desk.words).to_have_value("/join ")
    await expect(offers.first).to_contain_text("cohort=")
    await desk.words.press("ArrowDown")
    await desk.words.press("Enter")
    await expect(desk.words).to_have_value("/join cohort=")
    await expect(offers.first).to_contain_text("spring")
    await desk.words.press("Tab")
    await expect(desk.words).to_have_value("/join cohort=spring ")
    await desk.words.press("Enter")
    await expect(desk.newest).to_contain_text("spring")
    await desk.words.press_sequentially("/")
    await expect(desk.page.locator("#offers")).to_be_visible()
    await desk.words.press("Escape")
    await expect(desk.page.locator("#offers")).to_be_hidden()
    await expect(desk.words).to_have_value("/")


async def test_members_are_not_offered_what_only_moderators_may_say(desk: Desk) -> None:
    await desk.words.press_sequentially("/cohort")
    await expect(desk.page.get_by_role("option").filter(has_text="/cohort create")).to_have_count(0)
    await desk.words.fill("")
    await desk.becomes("Mona")
    await desk.words.press_sequentially("/cohort")
    await expect(desk.page.get_by_role("option").filter(has_text="/cohort create")).to_have_count(1)


async def test_chat_is_not_disturbed_by_completion(desk: Desk) -> None:
    await desk.words.press_sequentially("week")
    await desk.words.press("Enter")
    await expect(desk.newest).to_have_class(re.compile("chat"))
    await expect(desk.newest.locator(".body")).to_have_text("week")


async def test_hostile_text_stays_text(desk: Desk) -> None:
    line = "<img src=x onerror=alert(1)> <script>alert(1)</script> שלום @everyone"
    await desk.words.fill(line)
    await desk.words.press("Enter")
    await expect(desk.newest.locator(".body")).to_have_text(line)
    await desk.says("/<b>bold</b>")
    await expect(desk.newest).to_contain_text("<b>bold</b>")
    assert await desk.page.locator("#log img, #log script").count() == 0


async def test_everybody_sees_their_own_private_answers_and_messages(desk: Desk) -> None:
    await desk.says("/help")
    await desk.page.keyboard.press("Alt+ArrowDown")
    await expect(desk.page.locator(".person:has(:checked) .name bdi")).to_have_text("Bob")
    await expect(desk.log.locator("article")).to_have_count(0)
    await desk.page.keyboard.press("Alt+ArrowUp")
    await expect(desk.log.locator("article")).to_have_count(2)


async def test_a_restart_loses_nothing_and_what_was_typed_meanwhile_arrives(browser: Browser, tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as local:
        port = int(local.url.rpartition(":")[2])
        page = await browser.new_page()
        await page.goto(local.room.address)
        await Desk(page, local).says("/help")
        await expect(page.locator("#log > article")).to_have_count(2)
    await page.get_by_role("combobox").fill("said while nobody listened")
    await page.get_by_role("combobox").press("Enter")
    await expect(page.locator("#alarm")).to_contain_text("connection")
    async with whole_bot(tmp_path, port=port):
        await expect(page.locator("#log > article")).to_have_count(3)
        await expect(page.locator("#log > article").last).to_contain_text("said while nobody listened")
        await expect(page.locator("#alarm")).to_be_hidden()
        await page.reload()
        await expect(page.locator("#log > article")).to_have_count(3)
        await page.close()


async def test_a_phone_shows_everything_without_scrolling_sideways(browser: Browser, local: Local) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 720}, color_scheme="dark", reduced_motion="reduce")
    desk = Desk(page, local)
    await page.goto(local.room.address)
    await page.get_by_role("button", name="Start a group with six classmates").click()
    await expect(desk.log).to_contain_text("Ada has joined")
    await desk.page.get_by_role("button", name="Next post").click()
    await desk.stands()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await page.evaluate("document.querySelector('#scroll').scrollWidth") <= 360
    await desk.picture("phone")
    await page.get_by_role("button", name="You speak as Ada: change").click()
    await expect(page.get_by_role("radio", name="Ada")).to_be_focused()
    await desk.picture("phone-people")
    await page.locator(".person").filter(has=page.get_by_role("radio", name="Mona")).click()
    await page.get_by_role("button", name="Close", exact=True).click()
    await expect(page.get_by_role("button", name="You speak as Mona: change")).to_be_visible()
    await page.close()
    assert desk.troubles == []


async def test_colours_follow_the_system_and_the_switch(browser: Browser, local: Local) -> None:
    page = await browser.new_page(color_scheme="dark")
    await page.goto(local.room.address)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(ground)
    await page.get_by_role("button", name="Colours: as your system").click()
    light = await page.evaluate(ground)
    assert light != dark
    await page.reload()
    assert await page.evaluate(ground) == light
    await page.get_by_role("button", name="Colours: light").click()
    assert await page.evaluate(ground) == dark
    await page.close()


async def test_an_outage_is_shown_and_told(desk: Desk) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring")
    await desk.page.get_by_role("button", name="Be down for…").click()
    await desk.page.get_by_label("How long").fill("nine")
    await desk.page.get_by_role("button", name="Switch it off").click()
    await expect(desk.page.locator("#down-problem")).to_contain_text("how many hours")
    await desk.page.get_by_label("How long").fill("20")
    await desk.page.get_by_role("button", name="Switch it off").click()
    await desk.stands()
    await expect(desk.log).to_contain_text("Syllabot was away for 20 days.")
    assert CHANNEL in await desk.page.locator("#where").inner_text()
    await desk.picture("outage")
