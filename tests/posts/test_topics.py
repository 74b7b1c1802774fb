"""The weekly post says what the week is about, how long it takes, and what to click first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.message import Checklist, Text, parse_prose
from bot.post import post_registry
from bot.roadmap import parse_roadmap
from tests.posts.test_limits import every_post
from tests.support.guided_plan import GUIDED, write_hostile_plan
from tests.support.roadmap_versions import publishes
from tests.support.room import Room


async def starts(room: Room, text: str, name: str) -> None:
    await publishes(room, text, 1, 0, f"{name}.yaml")
    await room.spring("ada", more=f"roadmap={name}")


def texts(room: Room) -> list[str]:
    return [letter.message.to_plain_text() for letter in room.posts("topics")]


async def test_a_beginner_knows_on_monday_what_to_click_first(room: Room) -> None:
    await starts(room, GUIDED, "dice")
    await room.goes_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert texts(room) == [
        "Week 1 of 3 · Counting\n"
        "The start · Mon 2 Mar 2026 to Sun 8 Mar 2026 · about 4 h\n"
        "How many ways there are, and why it matters.\n"
        "Start here: Throw two dice · about 40 min · "
        "Seeing chance (https://chance.example.org/dice)\n"
        "Tick what you have done:\n"
        "  [ ] Sample spaces · about 3 h · Seeing chance (https://chance.example.org/dice)\n"
        "  [ ] Throw two dice · about 40 min · Seeing chance (https://chance.example.org/dice)\n"
        "  [ ] A page of history · about 10 min · if there is time\n"
        "[My own list] [Check in] [Resources]"
    ]


async def test_the_button_below_the_post_shows_the_resources_of_the_week(room: Room) -> None:
    await starts(room, GUIDED, "dice")
    await room.goes_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
    pressed = await room.presses("ada", room.posts("topics")[0].message, "Resources")
    assert pressed.to_plain_text() == (
        "Resources of week 1 · Counting\n"
        "• An old site (https://old.example.org) site · no longer offered: It closed.\n"
        "• A book about chance by A. Writer book\n"
        "• Seeing chance (https://chance.example.org/dice) site\n"
        "[Week 1] [All resources]"
    )


async def test_a_week_off_and_a_week_with_an_unknown_part_read_well(quick_room: Room) -> None:
    await starts(quick_room, GUIDED, "dice")
    await quick_room.goes_to(datetime(2026, 3, 16, 9, tzinfo=UTC))
    _, off, bets = texts(quick_room)
    assert off == (
        "Week 2 of 3 · A week off\n"
        "The start · Mon 9 Mar 2026 to Sun 15 Mar 2026\n"
        "A week to catch your breath, nothing is due.\n"
        "[My own list] [Check in]"
    )
    assert bets.startswith(
        "Week 3 of 3 · Bets\n"
        "The start · Mon 16 Mar 2026 to Sun 22 Mar 2026 · about 4 h or more\n"
        # An item named like its link does not say the same words twice.
        "Start here: Odds · about 1 h · docs (https://odds.example.org)\n"
    )


@pytest.mark.parametrize("weeks", [2, 60])
def test_hostile_words_stay_words_in_plans_of_two_and_of_sixty_weeks(weeks: int) -> None:
    plan = parse_roadmap(write_hostile_plan(weeks), "hostile.json")
    written = [message for slot, message in every_post(plan) if slot.kind == "topics"]
    assert len(written) == weeks
    for message in written:
        prose = [block.body for block in message.blocks if isinstance(block, Text)]
        for block in message.blocks:
            if isinstance(block, Checklist):
                prose += [choice.detail for choice in block.choices]
        targets = {span.target for body in prose for span in parse_prose(body)}
        # A bracket would end the link early, so this address makes no link.
        assert {target for target in targets if target.startswith("http")} == set()


def test_the_largest_week_lists_every_item_and_gives_details_to_the_first() -> None:
    assert post_registry.kinds
    items = "".join(
        f"\n          - {{id: item-{'abcdefghij'[n // 4]}{'abcd'[n % 4]}, kind: topic, "
        f"title: An item with a title of usual length, estimate: 1 hour, resources: [site]}}"
        for n in range(40)
    )
    plan = parse_roadmap(
        "title: T\nsummary: S\nstages:\n  - id: s\n    title: S\n    weeks:\n"
        f"      - id: all\n        title: All\n        items:{items}\n"
        "resources:\n  - {id: site, kind: site, title: A site, link: 'https://a.example.org'}\n",
        "large.yaml",
    )
    (message,) = [message for slot, message in every_post(plan) if slot.kind == "topics"]
    lists = [block for block in message.blocks if isinstance(block, Checklist)]
    details = [choice.detail for block in lists for choice in block.choices]
    assert len(details) == 40
    assert details[0] == "about 1 h · [A site](https://a.example.org)"
    assert details == [detail for detail in details if detail] + [""] * details.count("")
