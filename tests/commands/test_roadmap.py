"""`roadmap show`: the whole plan at a glance, and one week in full."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.message import build_phrase
from bot.commands.roadmap_import import SLUG
from tests.support.room import Room, roadmaps


async def test_the_whole_plan_is_shown_with_its_stages_and_dates(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    whole = await room.says("ada", "roadmap")
    lines = whole.split("\n")
    assert lines[0] == "AI/ML engineer in twelve weeks"
    assert [line for line in lines if line.startswith("Month")] == [
        "Month 1: Foundations in mathematics and Python for ML",
        "Month 2: The core of machine learning",
        "Month 3: Deep learning and deployment",
    ]
    assert "1. Basics of linear algebra and statistics · 5 items · from Mon 2 Mar 2026" in lines
    assert (
        "12. Final project: an AI system from end to end · 4 items · from Mon 18 May 2026" in lines
    )
    assert lines[-1] == "[This week's list] [Resources] [Notes]"
    assert lines[2] == "Based on “AI/ML Engineer - Learning Roadmap”"
    assert await room.says("ada", "roadmap show cohort=#1") == whole
    # Whoever is not in it yet may look before they join.
    assert await room.says("eve", "roadmap show cohort=#1") == whole.replace(
        "[This week's list]", "[Join]"
    )


async def test_one_week_is_shown_with_everything_that_belongs_to_it(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    week = (
        "Week 2: Calculus and optimisation\n"
        "Month 1: Foundations in mathematics and Python for ML\n"
        "How a model finds its way downhill, on paper first and then in code.\n"
        "• Derivatives, ordinary and partial topic — derivatives, partial derivatives\n"
        "• How the gradient descent algorithm works topic\n"
        "• The usual optimisation techniques topic — Adam, RMSprop, SGD\n"
        "• Code gradient descent from scratch in Python practice\n"
        "• Show with Matplotlib how a loss function gets minimised practice\n"
        "[The whole plan]"
    )
    for said in (
        "roadmap 2",
        "roadmap week 2",
        "roadmap show 2",
        "roadmap show week=2 cohort=spring",
        "roadmap 2 spring",
    ):
        assert await room.says("ada", said) == week, said
    refusals = {
        "roadmap 13": "spring has no week 13: choose 1 to 12.",
        "roadmap zero": "“zero” is not a number I can use: write week like 3.",
        "roadmap 2 sprung": "There is no cohort “sprung” here: did you mean spring?",
        "roadmap page=99": (await room.says("ada", "roadmap")),
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals


async def test_a_week_of_a_roadmap_is_shown_before_a_cohort_takes_it(quick_room: Room) -> None:
    room = quick_room
    said = await room.says("eve", "roadmap show week=2 roadmap=ai-ml-engineer-12-weeks")
    assert said.startswith("Week 2: Calculus and optimisation\nMonth 1: ")
    refusals = {
        "roadmap show week=13 roadmap=ai-ml-engineer-12-weeks": (
            "AI/ML engineer in twelve weeks has no week 13: choose 1 to 12."
        ),
    }
    assert {said: await room.says("eve", said) for said in refusals} == refusals


def test_the_longest_name_of_a_roadmap_leaves_room_to_turn_pages() -> None:
    assert build_phrase("roadmap show", about="certificates", roadmap="x" * SLUG, page=99)
    assert [slug for slug in roadmaps() if len(slug) > SLUG] == []


async def test_a_pause_leaves_the_plan_readable(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 4, tzinfo=UTC))
    await room.says("mona", "cohort pause spring sure=yes")
    assert "\n12. Final project: an AI system from end to end · 4 items\n" in await room.says(
        "ada", "roadmap"
    )
    assert await room.says("ada", "week 12") == (
        "Week 12 has no dates while spring is paused: use roadmap 12 to see its items."
    )
