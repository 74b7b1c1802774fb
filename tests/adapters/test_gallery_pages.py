"""The gallery of plans is shown by every platform: each bundled plan, and one full of hostile words."""

from __future__ import annotations

from bot.chat.message import Message, Select
from bot.roadmap import Roadmap, parse_roadmap
from bot.runtime.dispatch import Dispatch
from tests.adapters.test_every_post import refusals
from tests.posts.test_limits import largest
from tests.support.guided_plan import HOSTILE, write_hostile_plan
from tests.support.room import Room, roadmaps


async def check_pages(room: Room, *slugs: str) -> None:
    """Look at the list, and at these plans with all their weeks, on every platform."""
    said = ["roadmap list", *(f"roadmap show roadmap={slug}" for slug in slugs)]
    for phrase in said:
        message = await ask(room, phrase)
        assert refusals(message) == [], phrase
        [select] = [block for block in message.blocks if isinstance(block, Select)]
        if phrase == "roadmap list":
            continue
        for choice in select.choices:
            week = f"{phrase} week={choice.value}"
            assert refusals(await ask(room, week)) == [], week


async def ask(room: Room, phrase: str) -> Message:
    answer = await room.answer("mona", phrase)
    assert isinstance(answer, Message)
    assert "Something went wrong on my side" not in answer.to_plain_text(), phrase
    return answer


async def test_every_platform_shows_the_gallery(quick_room: Room) -> None:
    await check_pages(quick_room, *roadmaps())


async def test_every_platform_shows_the_largest_and_the_worst_plans(quick_room: Room) -> None:
    room = quick_room
    plan = largest()
    plans: dict[str, Roadmap] = {plan.slug: plan}
    for number in range(13):
        subject = f'"{HOSTILE[:37]}{number}"'
        text = write_hostile_plan(60).replace(
            "{", f'{{"subject": {subject}, "audience": "{HOSTILE}", ', 1
        )
        text = text.replace('"Hostile"', f'"{HOSTILE}"')
        plans[f"hostile-{number}"] = parse_roadmap(text, f"hostile-{number}.yaml")
    room.core = Dispatch(room.store, room.clock, plans)
    await check_pages(room, plan.slug, "hostile-0")
