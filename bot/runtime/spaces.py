"""The spaces with the bot in them: joined, left, and asked about their members.

A space left by the bot keeps everything for thirty days, while its posts wait. After that
`bot.runtime.scheduler` erases it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta

from bot.chat.address import Caller, Extra, Place, SetupProblem
from bot.chat.errors import SendError
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.cohort import Cohort
from bot.store import Store, Tx
from bot.store.members import MemberContact
from bot.store.spaces import Space

log = logging.getLogger(__name__)

QUESTION_TIMEOUT = 10.0  # seconds for a platform to say what is missing, or if somebody is there
PRESENCE_INTERVAL = timedelta(days=1)


# — joined and left —


async def update_present_spaces(
    store: Store,
    clock: Clock,
    platform: str,
    spaces: Collection[str],
    is_own_space: Callable[[str], bool],
) -> None:
    """See `bot.chat.platform.Core.sync_spaces`."""
    present = frozenset(spaces)

    async def update_spaces(tx: Tx) -> tuple[int, int]:
        known = await tx.spaces.list_platform_spaces(platform)
        rejoined = _list_rejoined_ids(known, present)
        left = _list_left_ids(known, present, is_own_space)
        await tx.spaces.record_spaces_rejoined(rejoined, clock.now())
        await tx.spaces.record_spaces_left(left, clock.now())
        greeted = await tx.greetings.list_greeted_spaces(platform)
        absent = [native for native in greeted if native not in present and is_own_space(native)]
        await tx.greetings.delete_space_greetings(platform, absent)
        return len(rejoined), len(left)

    counts = await store.run(update_spaces)
    if any(counts):
        log.info("%s: back in %d spaces, gone from %d while nobody was looking", platform, *counts)


def _list_rejoined_ids(known: Iterable[Space], present: Collection[str]) -> list[int]:
    return [space.id for space in known if space.gone_at is not None and space.native in present]


def _list_left_ids(
    known: Iterable[Space], present: Collection[str], is_own_space: Callable[[str], bool]
) -> list[int]:
    left = []
    for space in known:
        is_absent = space.gone_at is None and space.native not in present
        # Another process may look after the rest: only our own can be missing.
        if is_absent and is_own_space(space.native):
            left.append(space.id)
    return left


async def restore_space(store: Store, clock: Clock, place: Place) -> None:
    """See `bot.chat.platform.Core.handle_space_joined`."""

    async def restore(tx: Tx) -> None:
        spaces = await tx.spaces.list_spaces_of_place(place)
        rejoined = [space.id for space in spaces if space.gone_at is not None]
        await tx.spaces.record_spaces_rejoined(rejoined, clock.now())

    await store.run(restore)


async def record_space_left(store: Store, clock: Clock, place: Place) -> None:
    """See `bot.chat.platform.Core.handle_space_left`."""

    async def record_left(tx: Tx) -> None:
        left = [space.id for space in await tx.spaces.list_spaces_of_place(place)]
        await tx.spaces.record_spaces_left(left, clock.now())
        # Whoever brings the bot back is greeted again.
        await tx.greetings.delete_place_greetings(place)

    await store.run(record_left)


async def record_channel_deleted(store: Store, clock: Clock, place: Place, reason: str) -> None:
    """See `bot.chat.platform.Core.handle_channel_deleted`."""

    async def record_deleted(tx: Tx) -> None:
        await tx.cohorts.record_closed_channel(place, reason, clock.now())
        await tx.greetings.delete_greeting(place)

    await store.run(record_deleted)


# — greetings —


async def claim_place_greeting(store: Store, clock: Clock, caller: Caller, place: Place) -> bool:
    """See `bot.chat.platform.Core.claim_greeting`."""

    async def claim(tx: Tx) -> bool:
        if place.is_private:
            person = await tx.people.find_person(caller)
            is_known = bool(person.id) and bool(await tx.cohorts.list_cohorts_of_person(person))
        else:
            is_known = not place.channel and bool(await tx.cohorts.list_cohorts_in_space(place))
        if is_known:
            return False
        return await tx.greetings.insert_greeting(place, clock.now())

    return await store.run(claim)


async def release_place_greeting(store: Store, place: Place) -> None:
    """See `bot.chat.platform.Core.release_greeting`."""
    await store.run(lambda tx: tx.greetings.delete_greeting(place))


# — questions to a platform —


async def ask_member_present(clock: Clock, platform: Platform, seat: MemberContact) -> bool | None:
    """Tell if a member is still in a space with private messages.

    None without an answer. Asked at most once a day for each member, as the answer is kept.
    """
    now = clock.now()
    if seat.looked_for_at is not None and now - seat.looked_for_at < PRESENCE_INTERVAL:
        return None
    return await _is_in_any_space(platform, seat.places)


async def record_member_presence(
    store: Store, clock: Clock, cohort: Cohort, seat: MemberContact, *, is_present: bool
) -> None:
    """Keep the platform's answer.

    A member who left is away from that day on, streak and all, and one who came back is not.
    """
    now = clock.now()

    async def record_answer(tx: Tx) -> None:
        members = await tx.members.load_members_by_id([seat.member_id], cohort.id)
        today = members[seat.member_id].get_member_date(cohort, now)
        if is_present:
            await tx.members.record_member_present(seat, today, now)
        else:
            await tx.members.record_member_missing(seat, today, now)

    await store.run(record_answer)


async def _is_in_any_space(platform: Platform, places: Sequence[Place]) -> bool | None:
    """Tell if the account is in one of these spaces. None where the platform cannot say."""
    try:
        async with asyncio.timeout(QUESTION_TIMEOUT):
            for place in places:
                if await platform.is_in_space(place):
                    return True
    except (SendError, TimeoutError) as error:
        log.info("%s cannot say who is there: %s", platform.name, error)
        return None
    return False


async def list_setup_problems(
    platform: Platform, place: Place, wanted: Collection[Extra]
) -> Sequence[SetupProblem]:
    """Return what is missing for a post at a place; empty where the platform cannot say.

    Sending will tell then.
    """
    try:
        async with asyncio.timeout(QUESTION_TIMEOUT):
            return await platform.check_place(place, wanted)
    except (SendError, TimeoutError) as error:
        log.info("%s cannot say what is missing: %s", platform.name, error)
        return ()
