"""`home`: everything of somebody's own at a glance."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.message import Checklist, Message, Select
from bot.roadmap import parse_roadmap
from tests.support.guided_plan import GUIDED
from tests.support.room import Room
from tests.support.timed_roadmap import begin_timed_course

AT_HOME = Place("test", "space", native="ada")


async def test_somebody_in_no_cohort_sees_which_to_join(quick_room: Room) -> None:
    room = quick_room
    assert "No cohort is open here yet. A moderator can create one." in await room.says(
        "ada", "home", place=AT_HOME
    )
    await room.spring()
    told = await room.says("ada", "home", place=AT_HOME)
    assert "spring starts on Mon 2 Mar 2026." in told
    assert "[Join spring]" in told


async def test_a_member_sees_this_weeks_list_progress_and_the_next_post(room: Room) -> None:
    await room.spring("ada")
    await room.passes(days=12)
    shown = await room.answer("ada", "home", place=AT_HOME)
    assert isinstance(shown, Message)
    (own,) = [block for block in shown.blocks if isinstance(block, Checklist)]
    first = own.choices[0]
    assert own.private
    await room.says("ada", own.says, {own.name: (first.value,)}, place=AT_HOME)
    told = await room.says("ada", "home", place=AT_HOME)
    assert told.startswith("Your study group\nspring is in week 1 of 12.\nThe next post is ")
    assert f"[x] {first.label}" in told
    assert "The whole plan: 1 of " in told
    assert "[Check in] [My progress]" in told
    assert "I send you up to 1 reminder a week, at 18:00 (your cohort's time zone)." in told
    assert "For moderators" not in told


@pytest.mark.usual_posts
async def test_the_next_post_is_told_in_the_members_own_zone(quick_room: Room) -> None:
    room = quick_room
    room.zones["ada"] = "Asia/Kolkata"
    await room.spring("ada", more="zone=Europe/Berlin")
    assert "on Sat 28 Feb 2026, 13:30." in await room.says("ada", "home", place=AT_HOME)


async def test_a_moderator_has_a_corner_and_nobody_else(quick_room: Room) -> None:
    room = quick_room
    corner = Place("test", "space", native="mona")
    assert "There is no cohort yet" in await room.says("mona", "home", place=corner)
    await room.spring()
    shown = await room.answer("mona", "home", place=corner)
    assert isinstance(shown, Message)
    (select,) = [block for block in shown.blocks if isinstance(block, Select)]
    assert "spring" in await room.says(
        "mona", select.says, {select.name: (select.choices[0].value,)}, place=corner
    )
    assert "For moderators" not in await room.says("ada", "home", place=AT_HOME)


async def test_of_many_cohorts_two_lists_are_shown_and_a_line_of_each_other(
    quick_room: Room,
) -> None:
    room = quick_room
    for name in ("spring", "summer", "autumn", "winter"):
        await room.says("mona", f"cohort create name={name} start=2026-02-23")
        await room.says("mona", f"cohort open {name} sure=yes")
        assert "You are in" in await room.says("ada", f"join {name}")
    await room.passes(days=5)
    shown = await room.answer("ada", "home", place=AT_HOME)
    assert isinstance(shown, Message)
    assert sum(isinstance(block, Checklist) for block in shown.blocks) == 2
    assert "winter is in week 1 of 12." in shown.to_plain_text()


async def test_each_item_of_the_week_has_its_time_and_its_link_as_in_the_weekly_list(
    quick_room: Room,
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=parse_roadmap(GUIDED, "dice.yaml"))
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    beside = "[ ] Sample spaces · about 3 h · Seeing chance (https://chance.example.org/dice)"
    assert beside in await room.says("ada", "week")
    assert beside in await room.says("ada", "home", place=AT_HOME)


async def test_a_home_without_room_for_links_is_shown_without_them(quick_room: Room) -> None:
    room = quick_room
    link = "https://chance.example.org/" + "dice" * 25
    names = [f"{number} {'A long title ' * 4}" for number in range(5)]
    plan = {
        "title": "Long",
        "summary": "A plan.",
        "stages": [
            {
                "id": "all",
                "title": "All",
                "weeks": [
                    {
                        "id": "one",
                        "title": "One",
                        "items": [
                            {"id": f"i{n}", "kind": "topic", "title": name, "resources": [f"r{n}"]}
                            for n, name in enumerate(names)
                        ],
                    }
                ],
            }
        ],
        "resources": [
            {"id": f"r{n}", "kind": "site", "title": f"Site of {name}", "link": f"{link}{n}"}
            for n, name in enumerate(names)
        ],
    }
    await begin_timed_course(room, "ada", roadmap=parse_roadmap(json.dumps(plan), "long.yaml"))
    room.moderators.add("ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert "Site of 4 A long title" in await room.says("ada", "home", place=AT_HOME)
    for number in range(11):
        name = f"{'x' * 30}{number:02}"
        made = await room.says("mona", f"cohort create name={name} start=2026-03-02 roadmap=long")
        assert "draft" in made
        await room.opens_cohort(name)
        assert "You are in" in await room.says("ada", f"join {name}")
    lost = "I may not _write_ here: " + "open the settings and allow me to. " * 12
    room.chat.lacking["study-group"] = (SetupProblem(lost),)
    await room.passes(days=5)
    told = await room.says("ada", "home", place=AT_HOME)
    assert told.count("[ ] 4 A long title") == 2
    assert "Site of" not in told
    assert "For moderators" in told
