"""The main run in a real browser, by hand: a cohort, three members, twelve weeks.

It needs Debian's chromium, or another one in `SYLLABOT_CHROMIUM`.
Without it these tests are skipped, except in CI.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.room_page import Desk, HeldRequests, browser, desk, in_a_browser, local, seated
from tests.support.room_server import CHANNEL, Local, whole_bot
from tests.support.uploads import MOST, poems

__all__ = ["browser", "desk", "local", "poems"]

pytestmark = in_a_browser


@pytest.fixture
def port() -> Iterator[int]:
    """A port kept free for the room, even while no room answers there."""
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
    while "Week 1 of 12" not in await desk.local.sees("ada"):
        await desk.moves("Next post")
    await expect(desk.log).to_contain_text("Week 1 of 12")
    await desk.picture("week-1")

    await in_the_first_week_ada_ticks_and_checks_in(desk)
    await desk.becomes("Cy")
    await expect(await desk.says("/away until=2026-03-22")).to_contain_text("22 Mar")
    await desk.becomes("Bob")
    await desk.moves("+1 week")
    await bob_checks_in_late_and_edits(desk)

    for _ in range(12):
        await desk.moves("+1 week")
    await expect(desk.log).to_contain_text("spring has finished")
    for week in range(1, 13):
        titles = desk.page.locator(
            "#log > .post h3", has_text=re.compile(rf"^Week {week} of 12 · ")
        )
        await expect(titles, f"week {week}").to_have_count(1)
    own = await desk.says("/progress")
    await expect(own).to_contain_text("Your progress in spring")
    await desk.picture("progress")
    await own.get_by_role("button", name="The board").click()
    await expect(desk.answer.locator(".progress").filter(has_text="Ada")).to_contain_text("1 of 57")
    await desk.picture("the-end")


async def mona_opens_it_after_a_look(desk: Desk) -> None:
    preview = await desk.says("/cohort open spring")
    await expect(preview).to_contain_text("Everyone will see:")
    await expect(preview.locator("button.primary")).to_have_count(0)
    await desk.picture("preview")
    await preview.get_by_role("button", name="Open it").click()
    await expect(desk.answer).to_contain_text("is open. I have invited everybody here")


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
    await expect(form.locator("[data-field=hours] .problem")).to_contain_text("not a number")
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
    await expect(desk.answer).to_contain_text("A late check-in counts like any other")
    await desk.answer.get_by_role("button", name="Edit").click()
    await expect(desk.page.locator("dialog[open] textarea")).to_have_value("Late, sorry")
    await desk.fills(note="Late, but done")
    await expect(desk.answer).to_contain_text("I have updated your check-in")


@pytest.mark.long
async def test_one_press_and_play_show_a_whole_group(desk: Desk) -> None:
    desk.local.room.mover.pause = 0.05
    await desk.page.get_by_role("button", name="Start a group with seven classmates").click()
    await expect(desk.log).to_contain_text("You are in first-steps")
    await desk.picture("begun")
    await desk.page.get_by_role("button", name="Play").click()
    await expect(desk.page.get_by_role("button", name="Stop")).to_be_visible()
    await desk.stands()
    await expect(desk.log).to_contain_text("first-steps has finished")
    await expect(desk.page.locator("#remark")).to_contain_text("Nothing more is due")
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
        "has 61 bytes, and the limit is 60 bytes"
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


async def test_a_press_is_not_lost_when_the_room_changes_under_it(desk: Desk) -> None:
    await desk.card("Mona").hover()
    await desk.page.mouse.down()
    await desk.local.moves("day")
    await expect(desk.page.locator("#now")).to_contain_text("21 Feb")
    await desk.page.mouse.up()
    await desk.speaks_as("Mona")


async def test_two_presses_at_once_move_the_clock_once(desk: Desk) -> None:
    day = desk.page.get_by_role("button", name="+1 day")
    # A quick room would have made the first move before the second press.
    async with HeldRequests(desk.page, "**/api/clock"):
        await day.dblclick()
    await desk.stands()
    await expect(desk.page.locator("#now")).to_contain_text("21 Feb")
    await expect(desk.page.locator("#alarm")).to_be_hidden()
    await expect(day).to_be_focused()


async def test_a_form_asked_for_before_the_conversation_has_changed_stays_open(desk: Desk) -> None:
    async with HeldRequests(desk.page, "**/api/lines*"):
        await desk.becomes("Mona")
        async with desk.page.expect_response("**/api/say") as said:
            await desk.words.fill("/cohort create")
            await desk.words.press("Enter")
        assert (await said.value).ok
        await expect(desk.log).to_have_attribute("inert", "")
    await expect(desk.log).not_to_have_attribute("inert", "")
    await expect(desk.page.locator("dialog[open] form.asks")).to_be_visible()
    await expect(desk.answer).to_have_count(1)


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


async def test_a_newcomer_takes_three_steps_in_one_message(desk: Desk) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring sure=yes")
    answers = desk.page.locator("#log > .answer")
    await expect(await desk.says("/join spring")).to_contain_text("Step 1 of 3: your time zone")
    await desk.picture("joining")
    await desk.answer.get_by_role("combobox").select_option("Asia/Tokyo")
    await desk.answer.get_by_role("button", name="Choose").click()
    await expect(desk.answer).to_contain_text("Saved: your time zone is Asia/Tokyo.")
    await desk.picture("reminders")
    await desk.answer.get_by_role("button", name="Evening, 18:00").click()
    await expect(desk.answer).to_contain_text("Start here: Vectors, matrices")
    await desk.picture("first-item")
    await expect(answers).to_have_count(1)
    # In a private chat, an answer stands below what was pressed.
    await desk.page.get_by_role("button", name="Syllabot private").click()
    await desk.says("/steps step=remind")
    await desk.answer.get_by_role("button", name="Skip").click()
    await expect(desk.answer).to_contain_text("Step 3 of 3: your first item")
    await expect(answers).to_have_count(2)


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
        await page.get_by_role("button", name="Start a group with seven classmates").click()
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
        await desk.page.get_by_role("button", name="Colours: system").click()
        await expect(body).not_to_have_css("background-color", dark)
        await desk.page.reload()
        await expect(body).not_to_have_css("background-color", dark)
        await desk.page.get_by_role("button", name="Colours: light").click()
        await expect(body).to_have_css("background-color", dark)


async def test_an_outage_is_shown_and_told(desk: Desk) -> None:
    await desk.local.says("mona", "cohort create name=spring start=2026-03-02")
    await desk.local.says("mona", "cohort open spring sure=yes")
    await desk.page.get_by_role("button", name="Turn off…").click()
    await desk.page.get_by_label("How long").fill("nine")
    await desk.page.get_by_role("button", name="Turn it off").click()
    await expect(desk.page.locator("#down-problem")).to_contain_text("number of hours")
    await desk.page.get_by_label("How long").fill("20")
    await desk.page.get_by_role("button", name="Turn it off").click()
    await desk.stands()
    await expect(desk.log).to_contain_text("Syllabot was away for 20 days.")
    await expect(desk.page.locator("#where")).to_contain_text(CHANNEL)
    await desk.picture("outage")
