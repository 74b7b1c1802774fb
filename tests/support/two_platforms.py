"""Two platforms in one room: a cohort living on both, and people with an account on each."""

from __future__ import annotations

import re

from bot.chat.address import Place
from bot.store import Tx
from tests.support.room import Room

THERE = Place("other", "team", "general", tenant="T1")
"""A channel on another platform, a possible second home for the room's cohort."""


async def houses(room: Room, cohort_id: int = 1, place: Place = THERE) -> None:
    """Give a cohort a home on another platform."""
    room.opens(place.platform)

    async def insert_home(tx: Tx) -> None:
        mona = await tx.people.find_person(room.caller("mona"))
        await tx.cohorts.insert_home(cohort_id, await tx.people.ensure_space_id(place), place, mona)

    await room.store.run(insert_home)


async def code_for(room: Room, name: str, place: Place | None = None) -> str:
    """Return the code `link` gives somebody."""
    found = re.search(
        r"Your code is ([0-9A-Z]{5}-[0-9A-Z]{5})\.", await room.says(name, "link", place=place)
    )
    assert found is not None
    return found[1]


async def links(room: Room, here: str, there: str, place: Place = THERE) -> str:
    """Link two accounts on two platforms, and return the bot's answer to the second one."""
    room.opens(place.platform)
    return await room.says(there, f"link {await code_for(room, here)}", place=place)
