"""The main run in a real browser: a cohort is made, three people join, twelve weeks pass, and everything is done by hand.

Needs Debian's chromium, or one that `SYLLABOT_CHROMIUM` names; without it these tests are skipped, except where CI is set.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.room_page import Desk, Held, browser, desk, in_a_browser, local, seated
from tests.support.room_server import CHANNEL, Local, whole_bot
from tests.support.uploads import MOST, poems

__all__ = ["browser", "desk", "local", "poems"]

pytestmark = in_a_browser


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nobody else is given while no room answers there."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


async def test_a_cohort_goes_through_the_twelve_weeks_by_hand(desk: Desk) -> None:
    await expect(desk.page.locator("#welcome")).to_be_visible()
    await desk.becomes("Mona")
    await desk.says("/cohort create name=spring start=2026-03-02")
    await mona_opens_it_after_a_look(desk)
    for name in ("Ada", "Bob", "Cy"):
        await desk.becomes(name)
        answer = await desk.says("/join spring")
        await expect(answer).to_contain_text("You are in spring")
        await expect(answer).to_contain_text(f"Only {name} sees this")
    await expect(desk.log).not_to_contain_text("Only Ada sees this")

    await desk.becomes("Ada")
    while "Week 1:" not in await desk.local.sees("ada"):
        await desk.moves("Next post")
    await expect(desk.log).to_contain_text("Week 1:")
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
        await expect(titles, f"week {week}").to_have_count(1)
    own = await desk.says("/progress")
    await expect(own).to_contain_text("Your progress in spring")
    await desk.picture("progress")
    await own.get_by_role("button", name="The board").click()
    await expect(desk.answer.locator(".progress").filter(has_text="Ada")).to_contain_text("1 of 57")
    await desk.picture("the-end")


async def mona_opens_it_after_a_look(desk: Desk) -> None:
    preview = await desk.says("/cohort open spring")
    await expect(preview).to_contain_text("Everybody will read:")
    await expect(preview.locator("button.primary")).to_have_count(0)
    await desk.picture("preview")
    await preview.get_by_role("button", name="Open it").click()
    await expect(desk.answer).to_contain_text("is open, and I have invited everybody here")


async def in_the_first_week_ada_ticks_and_checks_in(desk: Desk) -> None:
    home = desk.page.locator("#log > .post:has(form.checklist)").last
    await home.get_by_role("checkbox").first.check()
    await home.get_by_role("button", name="Mark as done").click()
    await expect(desk.answer).to_contain_text("Ticked")
    await expect(home.get_by_role("checkbox").first).not_to_be_checked()
    await desk.says("/week")
    own = desk.page.locator("#log > .answer:has(form.checklist.own)").last
    await expect(own.get_by_role("checkbox").first).to_be_checked()

    save = own.get_by_role("button", name="Save")
    await own.get_by_role("checkbox").nth(1).check()
    await save.click()
    await expect(save).to_be_disabled()
    await expect(own.locator("input:checked")).to_have_count(2)
    await desk.picture("own-list")
    await own.get_by_role("checkbox").nth(1).uncheck()
    await save.click()
    await expect(save).to_be_disabled()
    await expect(own.locator("input:checked")).to_have_count(1)

    await desk.says("/checkin")
    await desk.fills(hours="many", note="All of <b>this</b> is mine שלום")
    form = desk.page.locator("dialog[open]")
    await expect(form.locator("[data-field=hours] .problem")).to_contain_text("no number")
    await expect(form.locator("[data-field=note] textarea")).to_have_value(
        "All of <b>this</b> is mine שלום"
    )
    await expect(form.locator("[data-field=hours] input")).to_be_focused()
    await desk.picture("form-with-a-problem")
    await desk.fills(hours="3.5")
    await expect(desk.answer).to_contain_text("You are checked in")
    await expect(desk.page.locator("dialog[open]")).to_have_count(0)


async def bob_checks_in_late_and_edits(desk: Desk) -> None:
    await desk.says("/checkin week=1")
    await desk.fills(hours="2", note="Late, sorry")
    await expect(desk.answer).to_contain_text("late and just as welcome")
    await desk.answer.get_by_role("button", name="Edit").click()
    await expect(desk.page.locator("dialog[open] textarea")).to_have_value("Late, sorry")
    await desk.fills(note="Late, but done")
    await expect(desk.answer).to_contain_text("I have updated your check-in")


@pytest.mark.long
async def test_one_press_and_play_show_a_whole_group(desk: Desk) -> None:
    desk.local.room.journey.pause = 0.05
    await desk.page.get_by_role("button", name="Start a group with six classmates").click()
    await expect(desk.log).to_contain_text("You are in first-steps")
    await desk.picture("begun")
    await desk.page.get_by_role("button", name="Play").click()
    await expect(desk.page.get_by_role("button", name="Stop")).to_be_visible()
    await desk.stands()
    await expect(desk.log).to_contain_text("first-steps has finished")
    await expect(desk.page.locator("#remark")).to_contain_text("Nothing is due any more")
    await desk.picture("played")


async def test_a_file_is_brought_by_keyboard_and_what_is_wrong_with_it_is_told(
    desk: Desk, poems: None, tmp_path: Path
) -> None:
    roses, much = tmp_path / "roses.txt", tmp_path / "much.txt"
    roses.write_text("Roses are red")
    much.write_text("x" * (MOST + 1))
    await desk.becomes("Mona")
    await desk.says("/poem count")
    form = desk.page.locator("dialog[open] form.asks")
    chosen = form.locator("[data-field=file] input")
    await expect(chosen).to_be_focused()
    await chosen.set_input_files(much)
    await expect(form.get_by_role("status")).to_have_text("61 bytes")
    await desk.picture("form-with-a-file")
    await chosen.press("Tab")
    await desk.page.keyboard.press("Enter")
    await expect(form.locator(".problem.whole")).to_contain_text(
        "has 61 bytes, and I take up to 60 bytes"
    )
    await chosen.set_input_files(roses)
    await desk.fills(most="2")
    again = form.locator("[data-field=file]")
    await expect(again.locator(".problem")).to_have_text("That poem is too long: shorten it.")
    await again.locator("input").set_input_files(roses)
    await desk.fills(most="3")
    await expect(desk.answer).to_contain_text("Poem 1 has 3 words, says Mona.")
    await desk.page.reload()
    await expect(desk.answer).to_contain_text("Poem 1 has 3 words, says Mona.")


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
        "You are in no cohort yet: say /join to see which are open."
    )
    await desk.answer.get_by_role("button", name="/join").click()
    await expect(desk.words).to_have_value("/join")
    await expect(desk.words).to_be_focused()
    await desk.words.press("Enter")
    await expect(desk.answer).to_contain_text("No cohort is open here right now")


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
    await expect(desk.offers.filter(has_text="/cohort")).to_have_count(6)
    more = desk.offers.filter(has_text="16 more for moderators")
    await desk.picture("slash-list")
    await more.dispatch_event("pointerdown")
    await expect(more).to_have_count(0)
    await expect(desk.offers.filter(has_text="/cohort finish")).to_have_count(1)
    await desk.words.fill("/cohort f")
    await expect(desk.offers.filter(has_text="/cohort finish")).to_have_count(1)


async def test_a_value_that_was_looked_up_for_somebody_else_is_looked_up_again(desk: Desk) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring sure=yes")
    async with Held(desk.page, "**/api/suggest"):
        async with desk.page.expect_request("**/api/suggest") as first:
            await desk.words.press_sequentially("/join ")
        assert (await first.value).post_data_json["as"] == "ada"
        async with desk.page.expect_request("**/api/suggest") as second:
            await desk.page.keyboard.press("Alt+ArrowDown")
        assert (await second.value).post_data_json["as"] == "bob"
    await expect(desk.offers.filter(has_text="spring")).to_have_count(1)


async def test_a_list_that_was_closed_stays_closed(desk: Desk) -> None:
    async with Held(desk.page, "**/api/suggest"):
        async with desk.page.expect_request("**/api/suggest"):
            await desk.words.press_sequentially("/join ")
        async with desk.page.expect_event("requestfailed"):  # nobody waits for the values any more
            await desk.words.press("Escape")
    await expect(desk.page.locator("#offers")).to_be_hidden()


async def test_a_press_is_not_lost_when_the_room_changes_under_it(desk: Desk) -> None:
    await desk.card("Mona").hover()
    await desk.page.mouse.down()
    await desk.local.moves("day")
    await expect(desk.page.locator("#now")).to_contain_text("21 Feb")
    await desk.page.mouse.up()
    await desk.speaks_as("Mona")


async def test_two_presses_at_once_move_the_clock_once(desk: Desk) -> None:
    day = desk.page.get_by_role("button", name="A day")
    await day.dblclick()
    await desk.stands()
    await expect(desk.page.locator("#now")).to_contain_text("21 Feb")
    await expect(desk.page.locator("#alarm")).to_be_hidden()
    await expect(day).to_be_focused()


async def test_a_form_asked_for_before_the_conversation_has_changed_stays_open(desk: Desk) -> None:
    async with Held(desk.page, "**/api/lines*"):
        await desk.becomes("Mona")
        async with desk.page.expect_response("**/api/say") as said:
            await desk.words.fill("/cohort create")
            await desk.words.press("Enter")
        assert (await said.value).ok
        await expect(desk.log).to_have_attribute("inert", "")
    await expect(desk.log).not_to_have_attribute("inert", "")
    await expect(desk.page.locator("dialog[open] form.asks")).to_be_visible()
    await expect(desk.answer).to_have_count(1)


async def test_chat_is_not_disturbed_by_completion(desk: Desk) -> None:
    await desk.words.press_sequentially("week")
    await desk.words.press("Enter")
    await expect(desk.lines).to_have_class(re.compile("chat"))
    await expect(desk.lines.locator(".body")).to_have_text("week")


async def test_hostile_text_stays_text(desk: Desk) -> None:
    line = "<img src=x onerror=alert(1)> <script>alert(1)</script> שלום @everyone"
    await desk.words.fill(line)
    await desk.words.press("Enter")
    await expect(desk.lines.locator(".body")).to_have_text(line)
    await expect(await desk.says("/<b>bold</b>")).to_contain_text("<b>bold</b>")
    await expect(desk.page.locator("#log :is(img, script)")).to_have_count(0)


async def test_everybody_sees_their_own_private_answers_and_messages(desk: Desk) -> None:
    await desk.says("/help")
    await desk.page.keyboard.press("Alt+ArrowDown")
    await desk.speaks_as("Bob")
    await expect(desk.lines).to_have_count(0)
    await desk.page.keyboard.press("Alt+ArrowUp")
    await expect(desk.lines).to_have_count(2)


async def test_a_restart_loses_nothing_and_what_was_typed_meanwhile_arrives(
    browser: Browser, tmp_path: Path, port: int
) -> None:
    async with whole_bot(tmp_path, port=port) as local:
        desk = Desk(await browser.new_page(), local)
        await desk.page.goto(local.room.address)
        await desk.says("/help")
        await expect(desk.lines).to_have_count(2)
    alarm = desk.page.locator("#alarm")
    await desk.words.fill("said while nobody listened")
    await desk.words.press("Enter")
    await expect(alarm).to_contain_text("connection")
    async with whole_bot(tmp_path, port=port):
        await expect(desk.lines).to_have_count(3)
        await expect(desk.lines.last).to_contain_text("said while nobody listened")
        await expect(alarm).to_be_hidden()
        await desk.page.reload()
        await expect(desk.lines).to_have_count(3)
        await desk.page.close()


async def test_a_phone_shows_everything_without_scrolling_sideways(
    browser: Browser, local: Local
) -> None:
    looks = {
        "viewport": {"width": 360, "height": 720},
        "color_scheme": "dark",
        "reduced_motion": "reduce",
    }
    async with seated(browser, local, **looks) as desk:
        page = desk.page
        await page.get_by_role("button", name="Start a group with six classmates").click()
        await expect(desk.log).to_contain_text("You are in first-steps")
        await desk.moves("Next post")
        for part in ("html", "#scroll"):
            await page.wait_for_function(
                "part => document.querySelector(part).scrollWidth <= 360", arg=part
            )
        await desk.picture("phone")
        await page.get_by_role("button", name="You speak as Ada: change").click()
        await expect(page.get_by_role("radio", name="Ada")).to_be_focused()
        await desk.picture("phone-people")
        await desk.becomes("Mona")
        await expect(page.get_by_role("button", name="You speak as Mona: change")).to_be_visible()


async def test_colours_follow_the_system_and_the_switch(browser: Browser, local: Local) -> None:
    async with seated(browser, local, color_scheme="dark") as desk:
        body = desk.page.locator("body")
        dark = await body.evaluate("body => getComputedStyle(body).backgroundColor")
        await desk.page.get_by_role("button", name="Colours: as your system").click()
        await expect(body).not_to_have_css("background-color", dark)
        await desk.page.reload()
        await expect(body).not_to_have_css("background-color", dark)
        await desk.page.get_by_role("button", name="Colours: light").click()
        await expect(body).to_have_css("background-color", dark)


async def test_an_outage_is_shown_and_told(desk: Desk) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring sure=yes")
    await desk.page.get_by_role("button", name="Be down for…").click()
    await desk.page.get_by_label("How long").fill("nine")
    await desk.page.get_by_role("button", name="Switch it off").click()
    await expect(desk.page.locator("#down-problem")).to_contain_text("how many hours")
    await desk.page.get_by_label("How long").fill("20")
    await desk.page.get_by_role("button", name="Switch it off").click()
    await desk.stands()
    await expect(desk.log).to_contain_text("Syllabot was away for 20 days.")
    await expect(desk.page.locator("#where")).to_contain_text(CHANNEL)
    await desk.picture("outage")
