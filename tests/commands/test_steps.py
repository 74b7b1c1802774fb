"""`steps`: time zone, reminders and first item, the three steps after somebody joins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.address import Place
from bot.chat.message import Answer, Buttons, Message, Select
from bot.command.steps.time_zone import CLOCKS, build_zone_blocks
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.group.zones import guess_zone_by_locale, list_zones, load_zone, parse_zone
from tests.support.database import load_first_cohort
from tests.support.room import Room
from tests.support.two_platforms import THERE, code_for

THIRD_WEEK = datetime(2026, 3, 18, 12, tzinfo=UTC)
NOTHING = Syllabus(())
SPRING = Cohort(1, "spring", 1, 1, "p", NOTHING, date(2026, 3, 2), "UTC", time(9), "running")
FIRST_ITEM = (
    "Start here: Vectors, matrices and how to calculate with them · about 1 h · "
    "Linear algebra refresher "
    "(https://github.com/DataTalksClub/machine-learning-zoomcamp/blob/main/01-intro/08-linear-algebra.md)\n"
    "Done when: You can multiply two small matrices by hand, and say which shapes fit together.\n"
    "You can begin today, or with the group."
)
REMIND_STEP = (
    "Step 2 of 3: reminders\n"
    "I can remind you to check in before a week ends: in private, at most once a week. When?\n"
    "[Morning, 09:00] [Evening, 18:00] [Never] [Skip]"
)


def get_select(answer: Answer) -> Select:
    assert isinstance(answer, Message)
    return next(block for block in answer.blocks if isinstance(block, Select))


async def pick(room: Room, name: str, answer: Answer, label: str) -> str:
    """Pick the choice whose label ends like this."""
    select = get_select(answer)
    value = next(choice.value for choice in select.choices if choice.label.endswith(label))
    return await room.says(name, f"{select.says} {select.name}={value}")


# — the main path —


@pytest.mark.parametrize(
    ("locale", "asked"),
    [
        ("ja", "Is it 19:00 for you now (Asia/Tokyo time)?"),
        ("sv-SE", "Is it 11:00 for you now (Europe/Stockholm time)?"),
        ("zh-TW", "Is it 18:00 for you now (Asia/Taipei time)?"),
        ("de", "The group uses Europe/Berlin time. Is it 11:00 for you too?"),
        ("en-US", "The group uses Europe/Berlin time. Is it 11:00 for you too?"),
        ("pt-BR", "The group uses Europe/Berlin time. Is it 11:00 for you too?"),
    ],
)
async def test_a_language_of_one_zone_is_a_guess_to_confirm(
    quick_room: Room, locale: str, asked: str
) -> None:
    room = quick_room
    room.locales = {"ada": locale}
    await room.spring(more="zone=Europe/Berlin")
    joined = await room.answer("ada", "join spring")
    assert asked in joined.to_plain_text()
    # It is a guess: until it is confirmed, nothing follows it.
    assert "Time zone: not set" in await room.says("ada", "settings")


def test_every_zone_of_a_language_is_known() -> None:
    locales = ("ja", "ko", "tr", "de", "it", "pl", "uk", "vi", "zh-CN", "zh-TW", "nl", "el")
    assert {guess_zone_by_locale(locale) in list_zones() for locale in locales} == {True}
    assert {guess_zone_by_locale(locale) for locale in ("", "en-GB", "fr", "es-419", "ru")} == {
        None
    }


@pytest.mark.usual_posts
async def test_three_presses_lead_a_newcomer_to_the_first_item(room: Room) -> None:
    await room.spring(more="zone=Europe/Berlin")
    joined = await room.answer("ada", "join spring")
    remind = await room.presses("ada", joined, "Yes, 11:00")
    assert remind.to_plain_text() == f"Saved: your time zone is Europe/Berlin.\n{REMIND_STEP}"
    start = await room.presses("ada", remind, "Morning")
    assert start.to_plain_text() == (
        "Saved: reminders come at 09:00. You can change this in settings at any time.\n"
        f"Step 3 of 3: your first item\n{FIRST_ITEM}\n"
        "The next post comes on Sat 28 Feb 2026, 09:00.\n[The whole plan]"
    )
    settings = await room.says("ada", "settings")
    assert "Time zone: Europe/Berlin, where it is 11:00" in settings
    assert "Reminders: at 09:00, at most 1 a week, by private message" in settings


async def test_one_press_confirms_the_time_zone(quick_room: Room) -> None:
    room = quick_room
    room.zones = {"ada": "America/New_York"}
    await room.spring(more="zone=Europe/Berlin")
    joined = await room.answer("ada", "join spring")
    assert "Is it 05:00 for you now (America/New_York time)?" in joined.to_plain_text()
    remind = await room.presses("ada", joined, "Yes, 05:00")
    assert remind.to_plain_text().startswith("Saved: your time zone is America/New_York.\n")
    # The platform still tells the zone: whoever travels takes their clock along.
    room.zones = {"ada": "Asia/Tokyo"}
    assert "Time zone: Asia/Tokyo" in await room.says("ada", "settings")


async def test_whoever_lives_by_another_clock_picks_it(quick_room: Room) -> None:
    room = quick_room
    await room.spring(more="zone=Europe/Berlin")
    joined = await room.answer("ada", "join spring")
    assert "The group uses Europe/Berlin time. Is it 11:00 for you too?" in joined.to_plain_text()
    picked = await pick(room, "ada", joined, "15:30 · Delhi, Mumbai, Bangalore")
    assert picked.startswith("Saved: your time zone is Asia/Kolkata.\nStep 2 of 3")
    assert "Asia/Kolkata, where it is 15:30" in await room.says("ada", "settings")


async def test_without_a_sign_of_a_zone_nothing_is_guessed(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    joined = await room.answer("ada", "join spring")
    assert "clock. What time is it for you now?\nMy clock says …: 00:00 · Honolulu | " in (
        joined.to_plain_text()
    )
    assert joined.to_plain_text().endswith("\n[Skip] [Another zone]")
    form = await room.presses("ada", joined, "Another zone")
    assert form.to_plain_text().startswith("Times and reminders")


async def test_every_step_can_be_skipped(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    before = await room.says("bob", "settings")
    joined = await room.answer("ada", "join spring")
    remind = await room.presses("ada", joined, "Skip")
    assert remind.to_plain_text() == REMIND_STEP
    start = await room.presses("ada", remind, "Skip")
    assert start.to_plain_text().startswith(f"Step 3 of 3: your first item\n{FIRST_ITEM}")
    after = await room.says("ada", "settings")
    for line in before.splitlines():
        if line.startswith(("Time zone", "Reminders", "Quiet hours")):
            assert line in after


# — coming back —


async def test_joining_goes_on_where_somebody_stopped(room: Room) -> None:
    await room.spring(more="zone=Europe/Berlin")
    joined = await room.answer("ada", "join spring")
    already = "You are in spring already.\nIt starts on Mon 2 Mar 2026 and takes 12 weeks.\n"
    assert (await room.says("ada", "join spring")).startswith(f"{already}Step 1 of 3")
    remind = await room.presses("ada", joined, "Skip")
    await room.restart()
    assert await room.says("ada", "join spring") == f"{already}{REMIND_STEP}"
    await room.presses("ada", remind, "Evening")
    assert (await room.says("ada", "join spring")).startswith(f"{already}{FIRST_ITEM}\n")
    # An old message shows its step once more, and sets nobody back.
    assert (await room.presses("ada", joined, "Skip")).to_plain_text() == REMIND_STEP
    assert (await room.says("ada", "join spring")).startswith(f"{already}{FIRST_ITEM}\n")


async def test_the_greeting_offers_the_steps_until_they_are_taken(quick_room: Room) -> None:
    room = quick_room
    place = Place("test", "space", native="ada")
    await room.spring("ada")
    greeting = await room.answer("ada", "greeting", place=place)
    assert greeting.to_plain_text().endswith("\n[This week's list] [My first steps] [Help]")
    step = await room.presses("ada", greeting, "My first steps")
    assert step.to_plain_text().startswith("Step 1 of 3")
    for _ in range(2):
        step = await room.presses("ada", step, "Skip")
    greeting = await room.answer("ada", "greeting", place=place)
    assert greeting.to_plain_text().endswith("\n[This week's list] [Help]")


async def test_whoever_joins_again_after_leaving_goes_on_too(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    joined = await room.answer("ada", "join spring")
    remind = await room.presses("ada", joined, "Skip")
    await room.says("ada", "leave")
    assert (
        (await room.presses("ada", remind, "Morning"))
        .to_plain_text()
        .startswith("You are not in spring: use join spring")
    )
    again = await room.says("ada", "join spring")
    assert again.startswith("You are in spring 🎉\n")
    assert again.endswith(REMIND_STEP)


async def test_a_second_cohort_asks_nothing_again(room: Room) -> None:
    await room.spring("ada")
    for phrase in ("steps step=start", "tick vectors-matrices"):
        await room.says("ada", phrase)
    await room.says("mona", "cohort create name=autumn start=2026-03-02")
    await room.opens_cohort("autumn")
    assert await room.says("ada", "join autumn") == (
        "You are in autumn 🎉\n"
        "It starts on Mon 2 Mar 2026 and takes 12 weeks.\n"
        "Moderators see your name and progress. You choose in settings what others see.\n"
        "Start here: First steps in probability, up to Bayes’ theorem · about 1 h · "
        "Bayes’ theorem in pictures (https://www.3blue1brown.com/lessons/bayes-theorem)\n"
        "Done when: You can work out by hand how likely an illness is after a positive test, "
        "with numbers of your own.\n"
        "You can begin today, or with the group.\n"
        "The next post comes on Sat 28 Feb 2026, 09:00 (UTC time).\n"
        "[The whole plan]"
    )


async def test_a_zone_from_the_settings_answers_the_first_step(quick_room: Room) -> None:
    room = quick_room
    await room.says("ada", "settings zone=Asia/Kolkata")
    await room.spring()
    assert (await room.says("ada", "join spring")).endswith(REMIND_STEP)
    assert "Step 1 of 3" not in await room.says("ada", "steps")


async def test_the_steps_go_on_with_the_other_account(quick_room: Room) -> None:
    room = quick_room
    room.opens(THERE.platform)
    await room.spring()
    joined = await room.answer("ada", "join spring")
    await room.presses("ada", joined, "Skip")
    code = await code_for(room, "ada")
    assert "You are now connected" in await room.says("nora", f"link {code}", place=THERE)
    assert (await room.says("nora", "steps", place=THERE)).startswith("Step 2 of 3")


# — reminders —


async def test_quiet_hours_leave_out_the_times_inside_them(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    old = await room.answer("ada", "join spring")
    old = await room.presses("ada", old, "Skip")
    await room.says("ada", "settings quiet=22:00-10:00")
    assert "When?\n[Evening, 18:00] [Never] [Skip]" in await room.says("ada", "steps")
    assert (await room.presses("ada", old, "Morning")).to_plain_text() == (
        "09:00 is inside your quiet hours, 22:00 to 10:00: change one of them."
    )
    assert (await room.says("ada", "steps")).startswith("Step 2 of 3"), "a refusal changes nothing"


async def test_never_means_never_until_a_time_is_named(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    assert (await room.says("ada", "steps step=start remind=never")).startswith(
        "Saved: you get no reminders. You can change this in settings at any time.\n"
    )
    assert "Reminders: off" in await room.says("ada", "settings delivery=none")
    assert "at most once a week" in await room.says("ada", "steps step=remind")
    await room.says("ada", "steps step=start remind=evening")
    assert "Reminders: at 18:00, at most 1 a week, by private message" in (
        await room.says("ada", "settings")
    )


# — what stands in the way —


async def test_the_steps_belong_to_members_of_a_cohort_here(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    assert await room.says("eve", "steps step=start") == (
        "You are not in a cohort yet: use join to see the open ones."
    )
    assert await room.says("eve", "steps zone=Asia/Tokyo cohort=#1") == (
        "You are not in spring: use join spring first."
    )
    assert "not set" in await room.says("eve", "settings"), "a refusal stores nothing"
    elsewhere = Place("test", "elsewhere", "lobby")
    assert await room.says("eve", "steps cohort=#1", place=elsewhere) == (
        "There is no cohort “#1” here: use join to see the open ones."
    )


HOSTILE = {
    "steps zone=Mars/Base": (
        "I do not know the time zone “Mars/Base”: give it like Europe/Berlin or Asia/Kolkata."
    ),
    "steps zone=../../etc/passwd": (
        "I do not know the time zone “../../etc/passwd”: "
        "give it like Europe/Berlin or Asia/Kolkata."
    ),
    "steps zone=<!channel> remind=never": (
        "I do not know the time zone “<!channel>”: give it like Europe/Berlin or Asia/Kolkata."
    ),
    "steps step=nine": "“nine” does not work for step: choose zone, remind or start.",
    "steps remind=noon": "“noon” does not work for remind: choose morning, evening or never.",
}


async def test_what_no_button_says_is_refused(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    before = await room.says("ada", "settings")
    assert {said: await room.says("ada", said) for said in HOSTILE} == HOSTILE
    assert await room.says("ada", "settings") == before
    assert (await room.says("ada", "steps")).startswith("Step 1 of 3")


async def test_a_paused_and_a_finished_cohort_are_called_so(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(THIRD_WEEK)
    await room.says("mona", "cohort pause spring sure=yes")
    paused = await room.says("bob", "join spring")
    assert "\nIt is paused in week 3 of 12: Python for machine learning.\n" in paused
    assert "next post" not in await room.says("bob", "steps step=start")
    await room.says("mona", "cohort resume spring sure=yes")
    await room.goes_to(THIRD_WEEK + timedelta(weeks=12))
    over = "spring has finished. Late ticks and check-ins still count.\n"
    assert await room.says("bob", "join spring") == (
        f"You are in spring already.\n{over}[This week's list] [The whole plan]"
    )
    assert await room.says("bob", "steps") == (
        f"Step 3 of 3: your first item\n{over}[This week's list] [The whole plan]"
    )


async def test_a_week_that_is_done_is_praised_for_what_it_is(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", start="2026-02-16")
    cohort = await room.store.run(load_first_cohort, write=False)
    for item in cohort.syllabus.weeks[0].items:
        await room.says("ada", f"tick {item}")
    assert "You have done everything for this week.\n" in (
        await room.says("ada", "steps step=start")
    )


# — the clocks —


def test_every_clock_is_a_zone_people_can_name() -> None:
    names = [zone_name for zone_name, _ in CLOCKS]
    assert [parse_zone(zone_name) for zone_name in names] == names
    assert len(set(names)) == len(names)


@given(now=st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_the_clocks_are_listed_from_early_to_late_whatever_the_season(now: datetime) -> None:
    blocks = build_zone_blocks(SPRING, Person(1, "Ada"), now)
    choices = next(block for block in blocks if isinstance(block, Select)).choices
    clocks = [now.astimezone(load_zone(choice.value)).replace(tzinfo=None) for choice in choices]
    assert clocks == sorted(clocks)
    assert [choice.label[:5] for choice in choices] == [f"{clock:%H:%M}" for clock in clocks]


def test_every_zone_in_the_world_can_be_confirmed() -> None:
    # The longest name with the longest number still fits a button's phrase.
    cohort = replace(SPRING, id=10**9)
    for zone_name in list_zones():
        blocks = build_zone_blocks(cohort, Person(1, "Ada", zone=zone_name), THIRD_WEEK)
        buttons = next(block for block in blocks if isinstance(block, Buttons)).buttons
        said = f"steps step=remind zone={zone_name} cohort=#{10**9}"
        assert said in [button.says for button in buttons]
