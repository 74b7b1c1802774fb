"""The message box in a real browser: completion by keyboard and pointer."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.support.room_page import Desk, HeldRequests, browser, desk, in_a_browser, local

__all__ = ["browser", "desk", "local"]

pytestmark = in_a_browser


async def test_the_message_box_completes_commands_options_and_values_by_keyboard(
    desk: Desk,
) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring sure=yes")
    offers = desk.offers
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
    await expect(desk.answer).to_contain_text("You are in spring")
    await desk.words.press_sequentially("/")
    await expect(desk.page.locator("#offers")).to_be_visible()
    await desk.words.press("Escape")
    await expect(desk.page.locator("#offers")).to_be_hidden()
    await expect(desk.words).to_have_value("/")


async def test_a_click_on_a_command_in_an_answer_puts_it_into_the_box(desk: Desk) -> None:
    await desk.says("/week")
    await expect(desk.answer).to_contain_text(
        "You are not in a cohort yet: use /join to see the open ones."
    )
    await desk.answer.get_by_role("button", name="/join").click()
    await expect(desk.words).to_have_value("/join")
    await expect(desk.words).to_be_focused()
    await desk.words.press("Enter")
    await expect(desk.answer).to_contain_text("No cohort is open here")


async def test_members_are_not_offered_what_only_moderators_may_say(desk: Desk) -> None:
    create = desk.offers.filter(has_text="/cohort create")
    await desk.words.press_sequentially("/")
    await expect(desk.offers.filter(has_text="/join")).to_have_count(1)
    await expect(create).to_have_count(0)
    await desk.words.fill("")
    await desk.becomes("Mona")
    await desk.words.press_sequentially("/")
    await expect(create).to_have_count(1)
    await desk.page.keyboard.press("Alt+ArrowUp")
    await desk.speaks_as("Cy")
    await expect(create).to_have_count(0)
    await expect(desk.page.locator("#composer-note")).to_have_text("Only Cy sees the answer.")


async def test_the_list_behind_the_slash_begins_with_what_helps_today(desk: Desk) -> None:
    await desk.words.press_sequentially("/")
    await expect(desk.offers.first).to_contain_text("/join")
    await desk.words.fill("")
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring sure=yes")
    async with desk.page.expect_response("**/api/commands?*"):
        await desk.says("/join spring")
    await desk.words.press_sequentially("/")
    await expect(desk.offers.first).to_contain_text("/roadmap show")
    await desk.words.fill("")
    async with desk.page.expect_response("**/api/commands?*"):
        await desk.becomes("Mona")
    await desk.words.press_sequentially("/")
    finish = desk.offers.filter(has_text="/cohort finish")
    await expect(finish).to_have_count(0)
    more = desk.offers.filter(has_text=re.compile(r"^\d+ more for moderators"))
    await desk.picture("slash-list")
    await more.dispatch_event("pointerdown")
    await expect(more).to_have_count(0)
    await expect(finish).to_have_count(1)
    await desk.words.fill("/cohort f")
    await expect(finish).to_have_count(1)


async def test_a_value_that_was_looked_up_for_somebody_else_is_looked_up_again(desk: Desk) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring sure=yes")
    async with HeldRequests(desk.page, "**/api/suggest"):
        async with desk.page.expect_request("**/api/suggest") as first:
            await desk.words.press_sequentially("/join ")
        body = (await first.value).post_data_json
        assert body is not None
        assert body["as"] == "ada"
        async with desk.page.expect_request("**/api/suggest") as second:
            await desk.page.keyboard.press("Alt+ArrowDown")
        body = (await second.value).post_data_json
        assert body is not None
        assert body["as"] == "bob"
    await expect(desk.offers.filter(has_text="spring")).to_have_count(1)


async def test_a_list_that_was_closed_stays_closed(desk: Desk) -> None:
    async with HeldRequests(desk.page, "**/api/suggest"):
        async with desk.page.expect_request("**/api/suggest"):
            await desk.words.press_sequentially("/join ")
        async with desk.page.expect_event("requestfailed"):  # nobody waits for the values any more
            await desk.words.press("Escape")
    await expect(desk.page.locator("#offers")).to_be_hidden()


async def test_chat_is_not_disturbed_by_completion(desk: Desk) -> None:
    await desk.words.press_sequentially("week")
    await desk.words.press("Enter")
    await expect(desk.lines).to_have_class(re.compile("chat"))
    await expect(desk.lines.locator(".body")).to_have_text("week")
