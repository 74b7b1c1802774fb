"""`cohort revise` and `roadmap versions`: a cohort goes from one version of its plan to another, and no tick is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.message import Checklist, Message
from bot.roadmap import parse_roadmap
from bot.roadmap.writer import render_roadmap_yaml
from tests.support.roadmap_versions import FIRST, SECOND, file, publishes
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses


async def on_the_way(room: Room) -> None:
    """A cohort in week 1 of the first version, where Ada has ticked two items; the second version is published."""
    await publishes(room, FIRST, 1, 0)
    await room.spring("ada", "ben", more="roadmap=rust")
    await room.passes(days=11)
    await room.says("ada", "tick hello")
    await room.says("ada", "tick quiz")
    await publishes(room, SECOND, 2, 1)


@pytest.mark.usual_posts
async def test_a_move_is_looked_at_first_and_then_keeps_every_tick(room: Room) -> None:
    await on_the_way(room)
    assert await room.says("mona", "cohort revise spring") == (
        "A preview\n"
        "Change spring to version 2 of its plan? 1 moved, 1 split, 2 new, 1 gone, 1 week new; "
        "1 person has ticked a changed item, and ticks stay.\n"
        "New in weeks that have begun: Read a chapter.\n"
        "It now has 4 weeks and ends on Sun 29 Mar 2026, not Sun 22 Mar 2026.\n"
        "Everyone will see:\n"
        "The plan of spring has changed. It now has 4 weeks and ends on Sun 29 Mar 2026, not Sun 22 Mar 2026. "
        "The next post is Mid-week nudge, week 1 on Thu 5 Mar 2026, 09:00.\n"
        "Nothing has changed yet.\n"
        "[Change the plan]\n"
        "• Week new: “A show”\n"
        "• Moved: “Give a talk” from “An ending” to “A show”\n"
        "• Split: parts of “Ownership” are now in “Borrowing”\n"
        "• New: “Read a chapter”\n"
        "• New: “Borrowing”\n"
        "• Gone: “A quiz” (1 ticked it)\n"
        "[Versions] [Timeline]"
    )
    assert "2 of 5 items" in await room.says("ada", "tick hello")
    assert await room.says("mona", "cohort revise spring version=2 sure=yes") == (
        "spring now has version 2 of its plan: 1 moved, 1 split, 2 new, 1 gone, 1 week new; "
        "1 person has ticked a changed item, and ticks stay.\n"
        "New in weeks that have begun: Read a chapter.\n"
        "It now has 4 weeks and ends on Sun 29 Mar 2026, not Sun 22 Mar 2026.\n"
        "The next post is Mid-week nudge, week 1 on Thu 5 Mar 2026, 09:00.\n"
        "I have told everybody about the new end.\n"
        "[The plan] [Timeline]"
    )
    assert room.chat.sent[-1].message.to_plain_text() == (
        "The plan of spring has changed. It now has 4 weeks and ends on Sun 29 Mar 2026, not Sun 22 Mar 2026. "
        "The next post is Mid-week nudge, week 1 on Thu 5 Mar 2026, 09:00."
    )
    assert "Ada · 1 of 6 done" in await room.says("mona", "members list spring")  # counted again
    assert "1 of 3 done" in await room.says("ada", "week 1")
    assert "1 of 6 items" in await room.says("ada", "tick hello")
    await room.says("mona", "cohort revise spring version=1 sure=yes")
    assert "2 of 5 items" in await room.says(
        "ada", "tick hello"
    )  # the quiz is there again, and so is its tick


async def test_the_weeks_to_come_are_posted_as_the_new_version_has_them(quick_room: Room) -> None:
    room = quick_room
    await on_the_way(room)
    await room.passes(
        days=5
    )  # Sunday noon: where it is Monday already, somebody may have begun week 2
    said = await room.says("mona", "cohort revise spring sure=yes")
    assert "New in weeks that have begun: Read a chapter and Borrowing." in said
    await room.passes(weeks=4)
    assert [letter.message.title.partition(" ·")[2] for letter in room.posts("topics")] == [
        " A start", " Owning things", " An ending", " A show",
    ]  # fmt: skip
    assert [f"{letter.at:%d %b}" for letter in room.posts("finale")] == ["30 Mar"]
    assert await room.says("mona", "cohort revise spring version=1") == (
        "spring is finished and keeps its plan: create a new cohort for the newest version."
    )


async def test_an_old_list_takes_no_tick_back_that_it_did_not_show(quick_room: Room) -> None:
    room = quick_room
    await on_the_way(room)
    await room.passes(weeks=1)
    await room.says("mona", "cohort revise spring version=2 sure=yes")
    answer = await room.answer("ada", "week 2")
    assert isinstance(answer, Message)
    old = next(block for block in answer.blocks if isinstance(block, Checklist))
    assert [choice.value for choice in old.choices] == ["owner", "borrow"]
    await room.says("mona", "cohort revise spring version=1 sure=yes")
    assert "2 of 5 items" in await room.says("ada", "tick hello")
    await room.answer("ada", old.says, {old.name: ("owner",)})
    assert "3 of 5 items" in await room.says("ada", "tick hello")


async def test_versions_say_what_they_changed_and_who_goes_by_them(quick_room: Room) -> None:
    room = quick_room
    await on_the_way(room)
    assert await room.says("mona", "roadmap versions") == (
        "Versions of Rust together\n"
        "Version 2 · Tue 3 Mar 2026 · by Mona · 2 moved, 1 split, 2 new, 1 gone, 1 week new\n"
        "Version 1 · Fri 20 Feb 2026 · by Mona · first version · used by spring\n"
        "[Move spring] [Import a new version]"
    )
    for number, over in ((3, 2), (4, 3)):
        await publishes(room, (FIRST, SECOND)[over % 2], number, over)
    assert "Version 4" in await room.says("mona", "roadmap versions roadmap=rust page=1")
    assert (await room.says("mona", "roadmap versions ai-ml-engineer-12-weeks")).splitlines()[
        1
    ] == ("Version 0, the built-in plan")
    assert "Only moderators" in await room.says("ada", "roadmap versions")


async def test_a_cohort_can_go_back_to_the_plan_that_comes_with_the_bot(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await publishes(
        room, FIRST.replace("id: hello", "id: bayes"), 1, 0, "ai-ml-engineer-12-weeks.yaml"
    )
    await room.says("ada", "tick bayes")
    there = await room.says("mona", "roadmap versions")
    assert "Version 0, the built-in plan · used by spring" in there
    await room.says("mona", "cohort revise spring version=1 sure=yes")
    assert "1 of 5 items" in await room.says("ada", "tick bayes")
    assert "now has the bundled version of its plan" in await room.says(
        "mona", "cohort revise spring version=0 sure=yes"
    )
    assert "bayes" not in await room.says("ada", "tick install")
    # An update of the bot brings another plan: who is on their way stays on the stored one.
    changed = room.roadmaps["ai-ml-engineer-12-weeks"].model_copy(update={"title": "Another title"})
    room.roadmaps = {**room.roadmaps, "ai-ml-engineer-12-weeks": changed}
    await room.restart()
    there = await room.says("mona", "roadmap versions")
    assert "A plan older than these versions · used by spring" in there


async def test_moderators_are_offered_a_bundled_plan_that_came_with_an_update(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    assert "newer version" not in await room.says("mona", "posts timeline")
    plan = room.roadmaps["ai-ml-engineer-12-weeks"]
    changed = parse_roadmap(
        render_roadmap_yaml(plan).replace(
            "title: Describing data with a few numbers\n            estimate: 75 minutes",
            "title: Describing data with a few numbers\n            estimate: 2 hours",
        ),
        "ai-ml-engineer-12-weeks.yaml",
    )
    room.roadmaps = {**room.roadmaps, "ai-ml-engineer-12-weeks": changed}
    await room.restart()
    for said in ("posts timeline", "cohort settings spring"):
        shown = await room.answer("mona", said)
        assert (
            "There is a newer version of the plan: 1 edited. Every tick would stay.\n"
            "[See what would change]\n"
        ) in shown.to_plain_text()
        pressed = await room.presses("mona", shown, "See what would change")
        assert "to the bundled version of its plan?" in pressed.to_plain_text()
    assert "now has" in await room.says("mona", "cohort revise spring version=0 sure=yes")
    assert "newer version" not in await room.says("mona", "posts timeline")


async def test_a_version_there_is_not_and_a_cohort_of_another_place_are_refused(
    quick_room: Room,
) -> None:
    room = quick_room
    await on_the_way(room)
    assert await room.says("mona", "cohort revise spring version=7") == (
        "Choose a version of this plan from 1 to 2.\n[Edit]"
    )
    assert await room.says("mona", "cohort revise spring version=1") == (
        "spring already has this version: see the others with roadmap versions."
    )
    other = replace(room.place, space="elsewhere")
    assert "There is no cohort" in await room.says(
        "mona", "cohort revise #1 version=2", place=other
    )
    assert "Only moderators" in await room.says("ada", "cohort revise spring version=2 sure=yes")
    assert "There is no roadmap “rust”" in await room.says(
        "mona", "roadmap versions rust", place=other
    )


async def test_a_guest_cohort_is_not_led_to_a_namesake_of_its_roadmap(quick_room: Room) -> None:
    room = quick_room
    await on_the_way(room)
    await houses(room)
    await room.says("mona", "roadmap import", files=file(SECOND), place=THERE)
    assert "version 1 of rust" in await room.says(
        "mona", "roadmap publish number=3 over=0", place=THERE
    )
    assert (await room.says("mona", "cohort revise spring")).endswith("\n[Versions] [Timeline]")
    guest = await room.says("mona", "cohort revise spring", place=THERE)
    assert guest.endswith("\n[Timeline]")
    assert "[Versions]" not in guest


async def test_roadmaps_of_one_title_are_told_apart_by_their_names(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, FIRST, 1, 0)
    await publishes(room, FIRST, 2, 0, "crab.yaml")
    assert await room.says("mona", "roadmap versions") == (
        "Which plan do you mean?\n[Rust together · crab] [Rust together · rust]"
    )


async def test_a_cohort_with_weeks_made_to_measure_keeps_them(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, FIRST, 1, 0)
    await room.spring("ada", more="roadmap=rust weeks=2")
    await publishes(room, SECOND, 2, 1)
    before = await room.says("ada", "roadmap show")
    assert "cohort revise" not in before
    assert "now has version 2" in await room.says("mona", "cohort revise spring sure=yes")
    after = await room.says("ada", "roadmap show")
    assert "1." in after
    assert "2." in after
    assert "3." not in after
