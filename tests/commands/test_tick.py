"""`tick`: typed, pressed in a home or saved from a private list, it is the same tick."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.message import Buttons, Checklist, Message
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
MORE = "\n[My list] [My progress]"
# It comes once, with the first tick of a topic that has a question.
OFFER = (
    "\nShall I ask you about the topics you finish? I would ask after about one, three and seven "
    "weeks, in private, and at most two questions a week.\n[Ask me again later]"
)


async def test_an_item_is_ticked_and_unticked_by_id_or_title(room: Room) -> None:
    await room.spring("ada")
    bayes = "First steps in probability, up to Bayes’ theorem"
    dialogue = {
        "tick bayes": (
            f"Ticked {bayes}.\nYou have done 1 of 57 items in the whole plan.{MORE}{OFFER}"
        ),
        "tick BAYES": (
            f"{bayes} was already ticked, so nothing "
            "changed.\n"
            f"You have done 1 of 57 items in the whole plan.{MORE}"
        ),
        "tick describing data with a few numbers": (
            "Ticked Describing data with a few numbers.\n"
            f"You have done 2 of 57 items in the whole plan.{MORE}"
        ),
        "tick vectors-matrices, numpy-matrices": (
            "Ticked Write vector and matrix operations with NumPy and "
            "Vectors, matrices and how to calculate with them.\n"
            f"You have done 4 of 57 items in the whole plan.{MORE}"
        ),
        "tick undo bayes": (
            f"Unticked {bayes}.\nYou have done 3 of 57 items in the whole plan.{MORE}"
        ),
        "tick bayes undo=yes": (
            f"{bayes} was not ticked, so nothing "
            "changed.\n"
            f"You have done 3 of 57 items in the whole plan.{MORE}"
        ),
    }
    assert {said: await room.says("ada", said) for said in dialogue} == dialogue


async def test_what_is_no_item_of_the_cohort_ticks_nothing(quick_room: Room) -> None:
    await quick_room.spring("ada")
    refusals = {
        "tick": "spring starts on Mon 2 Mar 2026: to work ahead, name an item from roadmap.",
        "tick numpy": (
            "“numpy” could be one of several items. Which one do you mean?\n"
            "[Write vector and matrix operations with NumPy] [Manipulating data with NumPy and "
            "Pandas]"
        ),
        "tick 1": "There is no numbered list yet: write the item's title.",
        "tick bayes kubernetes": (
            "There is no item “kubernetes” in spring: week lists this week's items, roadmap lists all of them."
        ),
        "tick <@123>": (
            "There is no item “<@123>” in spring: week lists this week's items, roadmap lists all of them."
        ),
        "tick bayes week=nonsense": "spring has no such week: use week to see the current one.",
        "tick bayes undo=perhaps": "“perhaps” does not work for undo: choose yes or no.\n[Edit]",
    }
    assert {said: await quick_room.says("ada", said) for said in refusals} == refusals
    assert "The whole plan: 0 of 57" in await quick_room.says("ada", "progress")


async def test_an_item_is_ticked_by_its_number_in_the_list_or_a_word_of_its_title(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    lists = await own_list(room, "ada")
    first, second, third = (choice.label for choice in lists.choices[:3])
    assert (await room.says("ada", "tick 1")).startswith(f"Ticked {first}.\nYou have done 1 of 57")
    assert (await room.says("ada", "tick 2,#3")).startswith("Ticked ")
    assert [choice.label for choice in (await own_list(room, "ada")).choices if choice.chosen] == [
        first,
        second,
        third,
    ]
    assert (
        await room.says("ada", "tick 9")
        == "There is no item 9: the list has 5 items, so write the item's title."
    )
    assert (await room.says("ada", "tick Bayes’")).startswith("First steps in probability")


async def test_a_near_match_is_a_button_that_ticks_it_with_all_that_was_said(room: Room) -> None:
    await room.spring("ada")
    asked = await room.answer("ada", "tick bayes vektors")
    assert isinstance(asked, Message)
    assert asked.to_plain_text() == (
        "There is no item “vektors” in spring. Did you mean one of these?\n"
        "[Vectors, matrices and how to calculate with them] [Write vector and matrix "
        "operations with NumPy]"
    )
    button, _ = [
        button for block in asked.blocks if isinstance(block, Buttons) for button in block.buttons
    ]
    assert (await room.says("ada", button.says)).endswith(
        f"You have done 2 of 57 items in the whole plan.{MORE}{OFFER}"
    )


async def test_the_list_in_a_home_only_ever_adds(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    (lists,) = [
        block for block in room.posts("topics")[0].message.blocks if isinstance(block, Checklist)
    ]
    assert not any(choice.chosen for choice in lists.choices)
    answer = await room.says("ada", lists.says, {lists.name: ("bayes", "descriptive-stats")})
    assert "You have done 2 of 5 items in week 1." in answer
    assert (
        "[x] First steps in probability" in answer
    )  # the private answer carries the member's own list
    await room.says("ada", lists.says, {lists.name: ("vectors-matrices",)})
    await room.says("bob", lists.says, {lists.name: ("bayes",)})
    assert "The whole plan: 3 of 57" in await room.says("ada", "progress")
    assert "The whole plan: 1 of 57" in await room.says("bob", "progress")
    kept = await room.says("bob", lists.says, {lists.name: ()})
    assert "You chose nothing, so nothing changed. You can remove ticks here.\n" in kept
    assert "[x] First steps in probability" in kept
    assert await room.says("eve", lists.says, {lists.name: ("bayes",)}) == (
        "You are not in spring: use join spring first."
    )


async def own_list(room: Room, name: str) -> Checklist:
    answer = await room.answer(name, "week")
    assert isinstance(answer, Message)
    return next(block for block in answer.blocks if isinstance(block, Checklist))


async def test_a_saved_private_list_is_the_whole_state_of_what_it_shows_and_of_nothing_else(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    await room.says("ada", "tick bayes descriptive-stats python-basics")
    lists = await own_list(room, "ada")
    assert [choice.value for choice in lists.choices if choice.chosen] == [
        "bayes",
        "descriptive-stats",
    ]
    saved = await room.says("ada", lists.says, {lists.name: ("bayes", "vectors-matrices")})
    assert saved.split("\n")[1:3] == [
        "Ticked Vectors, matrices and how to calculate with them. "
        "Unticked Describing data with a few numbers.",
        "You have done 2 of 5 items in week 1.",
    ]
    assert "The whole plan: 3 of 57" in await room.says("ada", "progress")
    await room.says("ada", lists.says, {lists.name: ()})
    assert "The whole plan: 1 of 57" in await room.says("ada", "progress")


async def test_the_phrase_of_a_private_list_alone_takes_no_tick_back(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(TUESDAY)
    await quick_room.says("ada", "tick bayes")
    shown = await quick_room.says("ada", (await own_list(quick_room, "ada")).says)
    assert shown.startswith(
        "Week 1 of 12 · Basics of linear algebra and statistics\nWhat have you done?"
    )
    assert "[x] First steps in probability" in shown


async def test_a_tick_holds_in_every_cohort_on_the_same_roadmap(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-09")
    await room.says("mona", "cohort open autumn sure=yes")
    await room.says("ada", "tick bayes")
    await room.says("ada", "join autumn")
    await room.says("ada", "tick vectors-matrices cohort=autumn")
    for cohort in ("spring", "autumn"):
        assert "The whole plan: 2 of 57" in await room.says("ada", f"progress cohort={cohort}")
