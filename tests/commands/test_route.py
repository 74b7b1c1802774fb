"""Routes: a member's picks in a plan with branches, and every count and list after them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.chat.message import Checklist, Form, Message, Text
from tests.group.test_progress import agrees
from tests.support.branching_roadmap import BRANCHING
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses, links

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)


async def ways(room: Room, *members: str) -> Room:
    """A room whose cohort goes through a plan with tracks, choices and equivalents."""
    room.roadmaps = {BRANCHING.slug: BRANCHING}
    await room.restart()
    await room.spring(*members, more="roadmap=many-ways")
    await room.goes_to(TUESDAY)
    return room


@pytest.fixture
async def branching(quick_room: Room) -> Room:
    return await ways(quick_room, "ada", "bob")


async def lists(room: Room, said: str, name: str = "ada") -> list[Checklist]:
    """The lists in what the bot answers."""
    answer = await room.answer(name, said)
    assert isinstance(answer, Message)
    return [block for block in answer.blocks if isinstance(block, Checklist)]


def shown(block: Checklist) -> dict[str, Any]:
    return {choice.value: choice.note for choice in block.choices}


async def fact(room: Room, name: str = "ada") -> str:
    """What the settings say of somebody's route."""
    told = (await room.says(name, "settings")).split("\n")
    assert told[-1] == "[Times and reminders] [Name and privacy] [My route]"
    return next(line for line in told if line.startswith("Route: "))


async def test_what_is_picked_is_kept_shown_and_taken_back(branching: Room) -> None:
    room = branching
    assert await fact(room) == "Route: the usual one (5 items)"
    hint = "Do Begin first: your choice builds on it."
    steps = [
        ("settings track=with-pytorch", 5, "Learn PyTorch (5 items)", hint),
        ("settings track=vision", 6, "Computer vision (6 items)", hint),
        (
            "settings track vision, blog compete",
            7,
            "Computer vision, Compete, Write (7 items)",
            hint,
        ),
        (
            'settings track="Learn TensorFlow"',
            7,
            "Computer vision, Learn TensorFlow, Compete, Write (7 items)",
            "",
        ),
        ("settings track=language", 7, "Language, Learn TensorFlow, Compete, Write (7 items)", ""),
        (
            "settings track=vision,by-lectures",
            7,
            "Computer vision, By lectures, Compete, Write (7 items)",
            hint,
        ),
        ("settings track=none", 5, "the usual one (5 items)", ""),
    ]
    for said, total, told, first in steps:
        answer = (await room.says("ada", said)).split("\n")
        assert answer[1] == f"Saved. Your route now has {total} items. {first}".strip(), said
        assert await fact(room) == f"Route: {told}", said
        await agrees(room, "ada")
    assert await fact(room, "bob") == "Route: the usual one (5 items)"


REFUSED = {
    "settings track=with-pytroch": (
        "There is no track or option “with-pytroch” in spring: did you mean with-pytorch?"
    ),
    "settings track=<@1>": "There is no track or option “<@1>” in spring: choose one of vision, "
    "language, by-course, by-lectures, with-tensorflow, with-pytorch and 5 more.",
    "settings track=vision,language": "You can follow one track at a time: choose vision or language.",
    "settings track=newer,older": "You can take one option for A paper: choose fewer.",
}


async def test_what_a_plan_does_not_have_is_refused_with_what_there_is(branching: Room) -> None:
    assert {said: await branching.says("ada", said) for said in REFUSED} == REFUSED
    assert await fact(branching) == "Route: the usual one (5 items)"


async def test_a_plan_with_one_route_has_nothing_to_pick(quick_room: Room) -> None:
    await quick_room.spring("ada")
    refusal = "spring has one route for everybody: use week to see your list."
    assert await quick_room.says("ada", "settings track=vision") == refusal
    assert await quick_room.says("ada", "settings ask=route cohort=#1") == refusal
    assert "Route" not in await quick_room.says("ada", "settings")


async def test_words_are_completed_one_after_the_other(branching: Room) -> None:
    room = branching

    async def offered(typed: str) -> list[tuple[str, str]]:
        found = await room.core.suggest_values(
            room.caller("ada"), room.place, "settings", "track", typed, {}
        )
        return [(choice.label, choice.value) for choice in found]

    assert len(await offered("")) == 12
    assert await offered("vis") == [("Computer vision", "vision")]
    assert await offered("vision with-p") == [
        ("TensorFlow or PyTorch: Learn PyTorch", "vision with-pytorch")
    ]


async def test_the_form_starts_with_what_holds_and_a_new_track_takes_its_options_along(
    branching: Room,
) -> None:
    room = branching
    says = "settings ask=route cohort=#1"

    async def filled() -> dict[str, tuple[str, ...]]:
        form = await room.answer("ada", says)
        assert isinstance(form, Form)
        assert form.says == says
        return {
            field.name: tuple(choice.value for choice in field.choices if choice.chosen)
            for field in form.fields
        }

    before = {
        "track": ("none",),
        "first": ("course-or-lectures/by-course",),
        "second": ("framework/with-tensorflow",),
        "third": ("extras/open-source",),
        "fourth": ("papers/newer",),
    }
    assert await filled() == before
    assert "now has 6 items" in await room.says("ada", says, {**before, "track": ("vision",)})
    along = {**before, "track": ("vision",), "second": ("framework/with-pytorch",)}
    assert await filled() == along
    assert "now has 5 items" in await room.says("ada", says, {**along, "third": ("",)})
    assert await filled() == {**along, "third": ()}
    assert await fact(room) == "Route: Computer vision, nothing of What else (5 items)"
    assert "now has 6 items" in await room.says(
        "ada", says, {**along, "second": ("framework/with-tensorflow",)}
    )
    assert await fact(room) == "Route: Computer vision, Learn TensorFlow, Share (6 items)"
    assert "now has 5 items" in await room.says("ada", says, before)


async def test_the_own_list_has_other_routes_below_it_and_says_what_is_as_good_as_done(
    branching: Room,
) -> None:
    room = branching
    own, others = await lists(room, "week")
    assert (shown(own), shown(others)) == (
        {"python": "topic", "course": "topic"},
        {"lectures": "By lectures · topic"},
    )
    assert others.label == "Other routes: tick or untick"
    told = await room.says("ada", others.says, {others.name: ("lectures",)})
    assert told.startswith(
        "Week 1 of 4 · Begin\nTicked Watch the lectures.\nYou have done 1 of 2 items in week 1.\n"
    )
    own, others = await lists(room, "week")
    assert shown(own)["course"] == "as good as done: Watch the lectures · topic"
    await room.says("ada", own.says, {own.name: ("python",)})
    assert "2 of 2 done" in await room.says("ada", "week")
    assert "The whole plan: 2 of 5" in await room.says("ada", "progress")
    assert "You have done 2 of 5 items" in await room.says("ada", "tick pytorch")
    assert "The whole plan: 2 of 5" in await room.says("ada", "home")
    assert "2 of 2 items done" in await room.says("ada", "checkin hours=1")
    listed = await room.answer("mona", "cohort members")
    assert isinstance(listed, Message)
    (_, lines, *_) = listed.blocks
    assert isinstance(lines, Text)
    assert "**Ada** · 2 of 5 done" in lines.body
    await room.says("ada", "settings track=with-pytorch")
    assert "The whole plan: 3 of 5" in await room.says("ada", "progress")
    assert "3 of 5 done" in await room.says("mona", "cohort members")
    assert "1. Ada: 3 of 5 (you)" in await room.says("ada", "progress board")
    await agrees(room, "ada")


async def test_a_list_from_before_a_change_of_route_takes_nothing_back(branching: Room) -> None:
    room = branching
    await room.says("ada", "tick course")
    (own, _) = await lists(room, "week")
    await room.says("ada", "settings track=by-lectures")
    answer = await room.says("ada", own.says, {own.name: ("python",)})
    assert "Ticked Learn Python." in answer
    assert "Your list was out of date, so I removed no ticks. Here is a new one." in answer
    assert "  [x] Take the course" in answer


async def test_the_check_in_offers_the_own_route_first_and_leaves_out_what_is_as_good_as_done(
    branching: Room,
) -> None:
    room = branching
    await room.goes_to(datetime(2026, 3, 10, 12, tzinfo=UTC))

    async def offered(week: int) -> list[tuple[str, str]]:
        form = await room.answer("ada", f"checkin {week}")
        assert isinstance(form, Form)
        return [(choice.value, choice.note) for choice in form.fields[0].choices]

    await room.says("ada", "tick lectures")
    assert await offered(1) == [("python", "")]
    await room.says("ada", "settings track=with-pytorch")
    assert [value for value, _ in await offered(2)] == [
        "pytorch",
        "paper",
        "tensorflow",
        "old-paper",
    ]
    assert (await offered(2))[2] == ("tensorflow", "TensorFlow or PyTorch")


@pytest.mark.usual_posts
async def test_posts_count_by_the_usual_route_and_honour_everybody_by_their_own(
    branching: Room,
) -> None:
    room = branching
    (topics,) = room.posts("topics")
    (block,) = (block for block in topics.message.blocks if isinstance(block, Checklist))
    assert shown(block) == {
        "python": "topic",
        "course": "By course · topic",
        "lectures": "By lectures · topic",
    }
    await room.goes_to(datetime(2026, 3, 17, 12, tzinfo=UTC))
    await room.says("ada", "settings track=blog,compete")
    await room.says("ada", "tick kaggle")
    await room.says("bob", "tick share")
    await room.goes_to(datetime(2026, 3, 21, 18, tzinfo=UTC))
    assert "1 item to go. It is Write a post." in room.private("ada")[-1].message.to_plain_text()
    assert "Write a post" not in room.private("bob")[-1].message.to_plain_text()
    await room.goes_to(datetime(2026, 3, 24, 12, tzinfo=UTC))
    recap = room.posts("recap")[-1].message.to_plain_text()
    assert "1. Ada: 1 of 1\n1. Bob: 1 of 1" in recap
    assert "🏅 Bob finished every item" in recap
    assert "Ada finished" not in recap


async def test_scores_follow_whatever_is_picked_linked_parted_or_left(room: Room) -> None:
    await ways(room, "ada")
    await houses(room)
    assert "You are in spring" in await room.says("nora", "join #1", place=THERE)
    await room.says("ada", "settings track=with-pytorch")
    await room.says("ada", "tick pytorch")
    room.clock.at = TUESDAY.replace(hour=13)
    await room.says("nora", "settings track=vision,with-tensorflow", place=THERE)
    await room.says("nora", "tick see", place=THERE)
    for name, rank in (("ada", "1 of 5"), ("nora", "1 of 6")):
        assert f"The whole plan: {rank}" in await room.says(
            name, "progress", place=THERE if name == "nora" else None
        )
    await links(room, "ada", "nora")
    assert await fact(room) == "Route: Computer vision, Learn TensorFlow (6 items)"
    assert "The whole plan: 1 of 6" in await room.says("ada", "progress"), (
        "what was said last counts for both"
    )
    await agrees(room, "ada")
    room.clock.at = TUESDAY.replace(hour=14)
    await room.says("ada", "settings track=with-pytorch")
    assert "The whole plan: 2 of 6" in await room.says("nora", "progress", place=THERE)
    await agrees(room, "ada")
    assert "no longer connected" in await room.says("nora", "unlink sure=yes", place=THERE)
    assert "The whole plan: 1 of 6" in await room.says("nora", "progress", place=THERE)
    await agrees(room, "ada")
    await agrees(room, "nora", THERE)
    assert "You have left" in await room.says("ada", "leave")
    await room.says("ada", "join spring")
    assert "1. Ada: 1 of 5 (you)" in await room.says("ada", "progress board")
    await agrees(room, "ada")
