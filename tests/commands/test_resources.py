"""`resources`: the reading list, all of it or what fits a topic."""

from __future__ import annotations

from tests.support.guided_plan import GUIDED
from tests.support.roadmap_versions import publishes
from tests.support.room import Room

COUNT = 88
BOOKS = (
    "Resources of AI/ML engineer in twelve weeks\n"
    "• Deep Learning with Python by François Chollet book\n"
    "• Practical Deep Learning (https://course.fast.ai/) by Fast.ai course\n"
    "• Dive into Deep Learning: calculus "
    "(https://d2l.ai/chapter_preliminaries/calculus.html) by Aston Zhang and others book\n"
    "• Dive into Deep Learning: dropout "
    "(https://d2l.ai/chapter_multilayer-perceptrons/dropout.html) "
    "by Aston Zhang and others book\n"
    "• Dive into Deep Learning: pooling "
    "(https://d2l.ai/chapter_convolutional-neural-networks/pooling.html) "
    "by Aston Zhang and others book\n"
    "[The whole plan]"
)


async def test_resources_are_listed_or_found_by_topic(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    everything = await room.says("ada", "resources")
    assert everything.count("\n• ") == 10
    assert f"\n[{COUNT - 10} more]\n" in everything
    for said in (
        "resources deep learning",
        "resources topic=DEEP cohort=#1",
        "resources topic deep learning",
    ):
        assert await room.says("ada", said) == BOOKS, said
    refusals = {
        "resources cooking": (
            f"The plan has no resource about “cooking”: use resources to see all {COUNT}."
        ),
        "resources **x**": (
            f"The plan has no resource about “**x**”: use resources to see all {COUNT}."
        ),
        f"resources {'x' * 40}": "Name the topic in one or two words, like resources statistics.",
        "resources cohort=sprin": "There is no cohort “sprin” here: did you mean spring?",
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals
    assert (
        await room.says("eve", "resources")
        == "You are not in a cohort yet: use join to see the open ones."
    )


async def test_a_week_without_resources_or_not_there_is_refused(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, GUIDED, 1, 0, "dice.yaml")
    await room.spring("ada", more="roadmap=dice")
    refusals = {
        "resources week=off": (
            "Week 2 of spring has no resources of its own: "
            "use resources to see those of the whole plan."
        ),
        "resources week=9": "spring has no week “9”: choose 1 to 3.",
        "resources week=**x**": "spring has no week “**x**”: choose 1 to 3.",
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals
    assert "Resources of week 3 · Bets" in await room.says("ada", "resources week=3")
