"""The spaces the bot is in: brought in, removed, and whether somebody is still there to be written to.

A space it has left keeps everything for thirty days, while the posts to it wait; `bot.runtime.scheduler` erases it then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from bot.chat.address import Caller, Extra, Place, SetupProblem
from bot.chat.errors import SendError
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.cohort import Cohort
from bot.store import Store
from bot.store.members import MemberContact

log = logging.getLogger(__name__)

ASK_LIMIT = 10.0  # seconds that a platform has to say what is missing, or whether somebody is there
ASK_AGAIN = timedelta(days=1)


async def update_present_spaces(
    store: Store,
    clock: Clock,
    platform: str,
    spaces: Collection[str],
    is_own_space: Callable[[str], bool],
) -> None:
    """See `bot.chat.platform.Core.present`."""
    here = frozenset(spaces)
    async with store.transaction() as tx:
        known = await tx.spaces.list_platform_spaces(platform)
        back = [one.id for one in known if one.gone_at is not None and one.native in here]
        lost = [
            one.id
            for one in known
            if one.gone_at is None and one.native not in here and is_own_space(one.native)
        ]
        await tx.spaces.record_spaces_rejoined(back, clock.now())
        await tx.spaces.record_spaces_left(lost, clock.now())
        greeted = await tx.greetings.list_greeted_spaces(platform)
        await tx.greetings.delete_space_greetings(
            platform, [native for native in greeted if native not in here and is_own_space(native)]
        )
    if back or lost:
        log.info(
            "%s: back in %d spaces, gone from %d while nobody was looking",
            platform,
            len(back),
            len(lost),
        )


async def restore_space(store: Store, clock: Clock, place: Place) -> None:
    """See `bot.chat.platform.Core.arrived`."""
    async with store.transaction() as tx:
        back = [
            space.id
            for space in await tx.spaces.list_spaces_of_place(place)
            if space.gone_at is not None
        ]
        await tx.spaces.record_spaces_rejoined(back, clock.now())


async def record_space_left(store: Store, clock: Clock, place: Place) -> None:
    """See `bot.chat.platform.Core.left`."""
    async with store.transaction() as tx:
        await tx.spaces.record_spaces_left(
            [space.id for space in await tx.spaces.list_spaces_of_place(place)], clock.now()
        )
        await tx.greetings.delete_place_greetings(
            place
        )  # whoever brings the bot back is greeted again


async def record_channel_deleted(store: Store, clock: Clock, place: Place, reason: str) -> None:
    """See `bot.chat.platform.Core.gone`."""
    async with store.transaction() as tx:
        await tx.cohorts.record_closed_channel(place, reason, clock.now())
        await tx.greetings.delete_greeting(place)


async def claim_place_greeting(store: Store, clock: Clock, caller: Caller, place: Place) -> bool:
    """See `bot.chat.platform.Core.claim_greeting`."""
    async with store.transaction() as tx:
        if place.is_private:
            person = await tx.people.find_person(caller)
            is_known = bool(person.id) and bool(await tx.cohorts.list_cohorts_of_person(person))
        else:
            is_known = not place.channel and bool(await tx.cohorts.list_cohorts_in_space(place))
        return not is_known and await tx.greetings.insert_greeting(place, clock.now())


async def release_place_greeting(store: Store, place: Place) -> None:
    """See `bot.chat.platform.Core.release_greeting`."""
    async with store.transaction() as tx:
        await tx.greetings.delete_greeting(place)


async def is_member_present(
    store: Store, clock: Clock, platform: Platform, cohort: Cohort, seat: MemberContact
) -> bool:
    """Whether a member is still in a space where they can be written to; where the platform cannot say, they are.

    It is asked at most once a day for a member, and what it says is kept: who has left is away from the cohort from that
    day on, with their streak, and who has come back is not.
    """
    now = clock.now()
    if seat.looked_for_at is not None and now - seat.looked_for_at < ASK_AGAIN:
        return True
    there = await _is_in_any_space(platform, seat.places)
    if there is None:
        return True
    async with store.transaction() as tx:
        member = (await tx.members.load_members_by_id([seat.member_id], cohort.id))[seat.member_id]
        note = tx.members.record_member_present if there else tx.members.record_member_missing
        await note(seat, member.get_member_date(cohort, now), now)
    return there


async def _is_in_any_space(platform: Platform, places: Sequence[Place]) -> bool | None:
    try:
        async with asyncio.timeout(ASK_LIMIT):
            for place in places:
                if await platform.is_in_space(place):
                    return True
    except (SendError, TimeoutError) as broken:
        log.info("%s cannot say who is there: %s", platform.name, broken)
        return None
    return False


async def list_setup_problems(
    platform: Platform, place: Place, wanted: Collection[Extra]
) -> Sequence[SetupProblem]:
    """What is missing for a post at a place; nothing where the platform cannot say, for then sending will tell."""
    try:
        async with asyncio.timeout(ASK_LIMIT):
            return await platform.check_place(place, wanted)
    except (SendError, TimeoutError) as broken:
        log.info("%s cannot say what is missing: %s", platform.name, broken)
        return ()
