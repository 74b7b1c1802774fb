"""The room for everybody: by keyboard, by ear, at 400 %, on a phone, without a connection.

axe looks at every screen, in both themes and at both sizes, and finds only minor things.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # no stubs
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.support.room_page import Desk, browser, desk, in_a_browser, local, seated
from tests.support.room_server import Local, whole_bot

__all__ = ["browser", "desk", "local"]

pytestmark = in_a_browser

SIZES = {
    "desktop": ViewportSize(width=1240, height=840),
    "phone": ViewportSize(width=390, height=844),
}
LARGE = ViewportSize(width=360, height=225)  # CSS pixels: a screen of 1440 by 900 at 400 %
HARM = {"critical", "serious", "moderate"}
EVERYTHING: dict[str, Any] = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
COLOURS: dict[str, Any] = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
# Every control smaller than 24 pixels (WCAG 2.2, 2.5.8). A box or a radio button has its label's
# size. A link or a command in a sentence may be as small as the line.
SMALL = """() => [...document.querySelectorAll('button, input, select, textarea, [role=option], a')]
  .filter((control) => !control.matches(':is(.text, dd, small, h3) :is(a, button)'))
  .map((control) => control.closest('label') || control)
  .filter((area) => area.checkVisibility({ visibilityProperty: true }) && !area.matches('.skip'))
  .filter((area) => ['width', 'height'].some((side) => area.getBoundingClientRect()[side] < 23.9))
  .map((area) => area.outerHTML.slice(0, 90))"""
# Every text a screen reader would read out by itself from now on.
LISTEN = """() => {
  window.heard = [];
  const loud = '[aria-live], [role=log], [role=status], [role=alert]';
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const region = (target.closest ? target : target.parentElement)?.closest(loud);
      if (!region || region.closest('[hidden]')) continue;
      if (region.getAttribute('aria-live') === 'off') continue;
      const texts = [...addedNodes].map((added) => added.textContent.trim());
      window.heard.push(...texts.filter(Boolean));
    }
  }).observe(document.body, { subtree: true, childList: true });
}"""

# The height left for messages, and everything that scrolls sideways.
FREE_AND_SIDEWAYS = """() => {
  const top = document.getElementById('moves').getBoundingClientRect().bottom;
  const end = document.querySelector('.foot').getBoundingClientRect().top;
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const wide = [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && scrolls(element))
    .filter((element) => element.scrollWidth > element.clientWidth + 1);
  return [end - top, wide.map((element) => element.className)];
}"""
# Whether an element's first and last pixel rows are in view, with nothing above them.
IS_SEEN = """(element) => {
  const { left, top, height } = element.getBoundingClientRect();
  const isOnTop = (down) => element.contains(document.elementFromPoint(left + 9, top + down));
  return [1, height - 1].every(isOnTop);
}"""


class Inspector:
    """Looks at the screen at every size and in every theme, and notes every problem."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []

    async def look(self, screen: str, sizes: tuple[str, ...] = ("desktop", "phone")) -> None:
        for size in sizes:
            await self.page.set_viewport_size(SIZES[size])
            where = f"{screen}, {size}"
            await self._axe(f"{where}, light", EVERYTHING)
            self.problems += [
                f"{where}: too small: {html}" for html in await self.page.evaluate(SMALL)
            ]
            headlines = await self.page.get_by_role("heading", level=1).count()
            if headlines != 1 and not await self.page.locator("dialog[open]").count():
                self.problems.append(f"{where}: {headlines} main headlines")
            await self._darken(size)
            await self._axe(f"{where}, dark", COLOURS)
            await self._lighten(size)
        await self.page.set_viewport_size(SIZES["desktop"])

    async def _axe(self, where: str, options: dict[str, Any]) -> None:
        await self.page.evaluate(
            "Promise.all(document.getAnimations().map((animation) => animation.finished))"
        )
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(Axe().axe_script)
        result = await self.page.evaluate("options => axe.run(options)", options)
        self.problems += [
            f"{where}: {rule['impact']}: {rule['id']}: {rule['nodes'][0]['html'][:120]}"
            for rule in result["violations"]
            if rule["impact"] in HARM
        ]

    async def _darken(self, size: str) -> None:
        """Set the system's scheme on the desktop, and the room's own switch on the phone."""
        if size == "desktop":
            await self.page.emulate_media(color_scheme="dark")
        else:
            await self._switch("Colours: dark")

    async def _lighten(self, size: str) -> None:
        if size == "desktop":
            await self.page.emulate_media(color_scheme="light")
        else:
            await self._switch("Colours: system")

    async def _switch(self, wanted: str) -> None:
        await self.page.evaluate(
            "wanted => { const theme = document.getElementById('theme');"
            " while (theme.getAttribute('aria-label') !== wanted) theme.click() }",
            wanted,
        )


async def test_axe_finds_nothing_on_any_screen_in_either_theme_at_either_size(
    browser: Browser, tmp_path: Path
) -> None:
    async with whole_bot(tmp_path) as local:
        page = await browser.new_page(
            viewport=SIZES["desktop"], color_scheme="light", reduced_motion="reduce"
        )
        desk = Desk(page, local)
        eye = Inspector(desk.page)
        await desk.page.goto(local.room.address)
        await ada_starts_a_group(desk, eye)
        await ada_looks_around(desk, eye)
        await mona_sees_it_through_and_starts_another(desk, eye)
        assert desk.troubles == []
    await desk.words.fill("Is anybody there?")
    await desk.words.press("Enter")
    await expect(desk.page.locator("#pending article")).to_contain_text("Not sent yet")
    await eye.look("connection lost")
    await desk.page.close()
    assert eye.problems == []


async def ada_starts_a_group(desk: Desk, eye: Inspector) -> None:
    begin = desk.page.get_by_role("button", name="Start a group with seven classmates")
    await expect(begin).to_be_visible()
    await eye.look("start")
    await begin.click()
    await expect(desk.page.get_by_role("button", name="Play")).to_be_focused()
    await expect(desk.log).to_contain_text("You are in first-steps")
    for _ in range(3):  # new members, "starts soon", and week 1
        await desk.moves("Next post")
    await expect(desk.log).to_contain_text("Week 1 of 12")
    await eye.look("running group")
    for opener, sheet in (
        ("Turn off…", "outage"),
        ("Add a person", "new person"),
        ("Add a channel", "new channel"),
    ):
        await desk.page.get_by_role("button", name=opener).click()
        await eye.look(
            sheet, sizes=("desktop",) if opener.startswith("Add") else ("desktop", "phone")
        )
        await desk.page.keyboard.press("Escape")


async def ada_looks_around(desk: Desk, eye: Inspector) -> None:
    await desk.page.get_by_role("button", name="Syllabot private, only Ada").click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Syllabot")
    await eye.look("private conversation")
    await desk.page.get_by_role("button", name="# study-group").click()
    await desk.says("/week")
    await eye.look("private list with boxes")
    await desk.says("/checkin")
    await expect(desk.page.locator("dialog[open]")).to_be_visible()
    await eye.look("form")
    await desk.page.keyboard.press("Escape")
    await desk.words.fill("/")
    await expect(desk.page.locator("#offers")).to_be_visible()
    await eye.look("completion")
    await desk.words.press("Escape")
    await desk.words.fill("")
    await desk.page.set_viewport_size(SIZES["phone"])
    await desk.page.get_by_role("button", name="Conversations and people").click()
    await eye.look("drawer", sizes=("phone",))


async def mona_sees_it_through_and_starts_another(desk: Desk, eye: Inspector) -> None:
    await desk.becomes("Mona")
    await desk.says("/posts timeline first-steps")
    await eye.look("timeline")
    await desk.says("/cohort finish first-steps")
    await desk.answer.get_by_role("button").first.click()
    another = desk.page.get_by_role("button", name="Start another group")
    await expect(desk.log).to_contain_text("first-steps has finished")
    await expect(another).to_be_hidden()  # each member's farewell comes on the day after
    await desk.moves("+1 week")
    await expect(another).to_be_visible()
    await eye.look("after the end")
    await another.click()
    await expect(desk.page.get_by_role("button", name="Play")).to_be_focused()
    await expect(desk.log).to_contain_text("You are in first-steps-2")
    await expect(another).to_be_hidden()


async def test_at_400_percent_messages_can_be_read_and_everything_scrolls_one_way(
    browser: Browser, local: Local
) -> None:
    async with seated(browser, local, viewport=LARGE, reduced_motion="reduce") as desk:
        page = desk.page
        await page.get_by_role("button", name="Start a group with seven classmates").click()
        await expect(desk.log).to_contain_text("You are in first-steps")
        for _ in range(3):
            await desk.moves("Next post")
        post = page.locator("#log > .post", has_text="Week 1 of 12")
        await expect(post).to_be_visible()
        await desk.picture("at-400-percent")
        free, sideways = await page.evaluate(FREE_AND_SIDEWAYS)
        assert sideways == []
        assert free >= 130, f"{free} of 225 pixels are left for messages"
        for text in (
            post.locator(".title"),
            post.locator(".box").last,
            post.get_by_role("button").last,
        ):
            await text.evaluate("element => element.scrollIntoView({ block: 'center' })")
            assert await text.evaluate(IS_SEEN), await text.inner_text()
        await desk.says("/checkin")
        await desk.fills(note="From far above")
        await expect(desk.answer).to_contain_text("checked in")


async def test_a_change_of_person_is_announced(desk: Desk) -> None:
    await expect(desk.page.get_by_role("heading", name="# study-group")).to_be_visible()
    await desk.page.evaluate(LISTEN)
    await desk.page.keyboard.press("Alt+ArrowDown")
    await desk.page.wait_for_function("() => heard.length")
    await desk.page.keyboard.press("Alt+ArrowUp")
    await desk.page.wait_for_function("() => heard.length > 1")
    assert await desk.page.evaluate("heard") == ["You now speak as Bob.", "You now speak as Ada."]


async def test_while_the_clock_plays_nothing_is_read_out_and_at_stop_one_summary(
    desk: Desk,
) -> None:
    page = desk.page
    desk.local.room.mover.pause = 0.02
    await page.get_by_role("button", name="Start a group with seven classmates").click()
    await expect(desk.log).to_contain_text("You are in first-steps")
    await desk.moves("Next post")
    await expect(page.locator("#heard")).to_contain_text("The clock shows")
    await page.evaluate(LISTEN)
    await page.get_by_role("button", name="Play").click()
    await expect(desk.log).to_contain_text("Week 2 of 12")
    await expect(page.get_by_role("button", name="Stop")).to_be_focused()
    assert await page.evaluate("heard") == []
    await page.keyboard.press("Enter")
    await desk.stands()
    await page.wait_for_function("() => heard.length")
    await expect(desk.log).to_have_attribute("aria-live", "polite")
    [summary] = await page.evaluate("heard")
    now = await page.locator("#now").inner_text()
    assert summary.startswith(f"The clock shows {now}. "), summary
    assert " new messages. The latest: " in summary


async def test_the_phones_drawer_closes_after_a_choice_and_the_focus_goes_back(
    browser: Browser, local: Local
) -> None:
    async with seated(
        browser, local, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    ) as desk:
        page = desk.page
        side = page.get_by_role("complementary", name="Conversations and people")
        menu = page.get_by_role("button", name="Conversations and people")
        await menu.click()
        await expect(page.get_by_role("radio", name="Ada")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await desk.speaks_as("Bob")
        await expect(side).to_be_visible()  # whoever passes along the people has not chosen yet
        await page.keyboard.press("Enter")
        await expect(side).to_be_hidden()
        await expect(menu).to_be_focused()
        me = page.get_by_role("button", name="You speak as Bob: change")
        await me.click()
        await desk.card("Cy").click()
        await expect(side).to_be_hidden()
        await expect(page.get_by_role("button", name="You speak as Cy: change")).to_be_focused()
        await menu.click()
        await side.get_by_role("button", name="Syllabot").click()
        await expect(side).to_be_hidden()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Syllabot")
        await menu.click()
        await page.mouse.click(380, 400)
        await expect(side).to_be_hidden()


async def test_lines_sent_without_a_connection_are_shown_as_pending_and_said_once_in_order(
    desk: Desk,
) -> None:
    page, waiting = desk.page, desk.page.locator("#pending article")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()  # the room hears it, and the page does not learn of it
        await route.abort()

    await expect(desk.words).to_be_focused()
    await page.route("**/api/say", lambda route: route.abort())
    for words in ("One.", "Two.", "Three."):
        await desk.words.fill(words)
        await desk.words.press("Enter")
    await expect(waiting).to_have_count(3)
    await expect(waiting.first).to_contain_text("Not sent yet")
    await desk.picture("pending")
    await page.keyboard.press("Alt+ArrowDown")
    await expect(waiting).to_have_count(0)  # they are Ada's
    await page.keyboard.press("Alt+ArrowUp")
    await expect(waiting).to_have_count(3)
    await page.unroute("**/api/say")
    await page.route("**/api/say", lose_the_answer, times=1)
    await expect(waiting).to_have_count(0)
    await expect(desk.lines).to_have_count(3)
    said = [line["html"].partition('dir="auto">')[2] for line in await desk.local.lines("ada")]
    assert [
        number for number, line in enumerate(said) if ("One.", "Two.", "Three.")[number] in line
    ] == [0, 1, 2]
    desk.troubles.clear()  # the browser says of each request that it failed


async def test_a_line_that_is_refused_when_the_connection_is_back_is_kept_and_can_be_deleted(
    desk: Desk,
) -> None:
    page, waiting = desk.page, desk.page.locator("#pending article")
    await expect(desk.words).to_be_focused()
    await page.route("**/api/say", lambda route: route.abort())
    await desk.words.fill("x" * 2001)
    await desk.words.press("Enter")
    await expect(waiting).to_contain_text("Not sent yet")
    await page.unroute("**/api/say")
    await expect(waiting).to_contain_text(
        "Not sent. A message can have 2,000 characters and this has 2,001"
    )
    await expect(page.get_by_role("alert").first).to_be_hidden()
    await desk.picture("refused")
    await waiting.get_by_role("button", name="Send again").click()
    await expect(waiting).to_contain_text("Not sent. A message")
    await waiting.get_by_role("button", name="Delete").click()
    await expect(waiting).to_have_count(0)
    await expect(desk.words).to_be_focused()
    assert await desk.local.lines("ada") == []
    desk.troubles.clear()


async def test_a_line_that_waits_is_said_after_the_page_was_loaded_again(desk: Desk) -> None:
    page, waiting = desk.page, desk.page.locator("#pending article")
    await expect(desk.words).to_be_focused()
    await page.route("**/api/say", lambda route: route.abort())
    await desk.words.fill("Not lost.")
    await desk.words.press("Enter")
    await expect(waiting).to_contain_text("Not lost.")
    await page.reload()
    await expect(waiting).to_contain_text("Not lost.")
    await page.unroute("**/api/say")
    await expect(waiting).to_have_count(0)
    await expect(desk.lines).to_have_count(1)
    desk.troubles.clear()
