"""Moderators' rights outside a call in their space: asked of the platform, anew each time.

Platforms' rights arrive with each call and are stored nowhere. So a letter to a moderator, a button
below it, and somebody whom a moderator names are judged by a question to the platform.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.chat.address import Account, Caller, Place
from bot.chat.errors import Refused, SendError
from bot.chat.platform import Platform
from bot.command import Command, NamedRights, ParsedPhrase
from bot.command.values import parse_person_or_role
from bot.host.failures import FailureLog
from bot.store import Store, Tx

QUESTION_TIMEOUT = 10.0  # seconds for a letter
PATIENCE = 2.0  # seconds for somebody who waits


async def add_granted_rights(caller: Caller, place: Place, tx: Tx) -> Caller:
    """Return a caller with the right granted by this space's moderators, if any.

    It is asked at each call and kept nowhere, so a grant taken back is gone at once.
    """
    if caller.is_moderator or not place.space:
        return caller
    return replace(caller, is_moderator=await tx.rights.has_grant(caller, place))


@dataclass(frozen=True, slots=True)
class ModeratorSeat:
    """A space in which an account is a moderator now, and who they are there."""

    place: Place
    caller: Caller
    space_id: int | None


async def find_moderator_seat(
    store: Store, platform: Platform, account: Account, name: str, places: Sequence[Place]
) -> ModeratorSeat | None:
    """Return the first of these private places in whose space the account is a moderator now.

    None if there is none. Raises `SendError` or `TimeoutError` if the platform does not say.
    """
    for place in places:
        async with asyncio.timeout(QUESTION_TIMEOUT):
            rights = await platform.ask_rights(place)
        if not rights.is_there:
            continue
        caller = Caller(account, rights.name or name, rights.is_moderator, roles=rights.roles)
        seat = await store.run(partial(_find_seat, place, caller), write=False)
        if seat is not None:
            return seat
    return None


async def _find_seat(place: Place, caller: Caller, tx: Tx) -> ModeratorSeat | None:
    known = await add_granted_rights(caller, place, tx)
    if not known.is_moderator:
        return None
    return ModeratorSeat(place, known, await tx.people.find_space_id(place))


class ModeratorRights:
    """Questions about rights that come before a command's transaction."""

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], failures: FailureLog
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._failures = failures

    # — a button in a private chat —

    async def resolve_private_place(
        self, parsed: ParsedPhrase, caller: Caller, place: Place
    ) -> tuple[Caller, Place]:
        """Return the caller and the place for a phrase from a private chat that has no space.

        A letter to a moderator has buttons with moderators' commands. They work like the same words
        in a channel of the cohort, for whoever is a moderator there at this moment.
        """
        ref = _find_cohort_ref(parsed)
        platform = self._platforms.get(place.platform)
        if platform is None or ref is None or not place.is_private or place.space:
            return caller, place
        places = await self._store.run(
            lambda tx: list_private_places(tx, ref, caller.account), write=False
        )
        try:
            async with asyncio.timeout(PATIENCE):
                seat = await find_moderator_seat(
                    self._store, platform, caller.account, caller.name, places
                )
        except (SendError, TimeoutError) as error:
            self._log_failure(platform, error)
            return caller, place
        if seat is None:
            return caller, place
        known = replace(caller, is_moderator=True, roles=seat.caller.roles)
        return known, seat.place

    # — somebody whom a moderator names —

    async def ask_named_rights(
        self, parsed: ParsedPhrase, caller: Caller, place: Place
    ) -> NamedRights | None:
        """Return the rights of whom the phrase names, for a command that asks for them."""
        platform = self._platforms.get(place.platform)
        if platform is None or not place.space:
            return None
        account = await self._find_named_account(parsed, caller, place)
        if account is None:
            return None
        private = Place(place.platform, place.space, native=account.native, tenant=place.tenant)
        try:
            async with asyncio.timeout(PATIENCE):
                return NamedRights(account, await platform.ask_rights(private))
        except (SendError, TimeoutError) as error:
            self._log_failure(platform, error)
            return None

    async def _find_named_account(
        self, parsed: ParsedPhrase, caller: Caller, place: Place
    ) -> Account | None:
        typed = _find_named_text(parsed.command, parsed)
        if not typed:
            return None
        try:
            picked = parse_person_or_role(typed)
        except Refused:
            # The command says so itself.
            return None
        if picked.kind != "person":
            return None

        async def find_account(tx: Tx) -> Account | None:
            # Nobody else may ask a platform about people.
            known = await add_granted_rights(caller, place, tx)
            if not known.is_moderator:
                return None
            native = picked.native
            if not native:
                found = await tx.rights.find_grant_candidates(caller.account, place, picked.name)
                native = found[0].native if len(found) == 1 else ""
            return Account(place.platform, place.tenant, native) if native else None

        return await self._store.run(find_account, write=False)

    def _log_failure(self, platform: Platform, error: Exception) -> None:
        sentence = f"{platform.name} does not say who is a moderator"
        self._failures.log_failure("rights", sentence, error=error)


def _find_cohort_ref(parsed: ParsedPhrase) -> int | None:
    """Return the number of the cohort that a moderators' phrase names by its reference."""
    if not parsed.command.moderators:
        return None
    for option in parsed.command.options:
        text = "".join(parsed.option_texts.get(option.name, ())[:1]).strip()
        number = text.removeprefix("#")
        if option.is_cohort and text.startswith("#") and number.isdecimal() and len(number) < 10:
            return int(number)
    return None


def _find_named_text(command: Command, parsed: ParsedPhrase) -> str:
    if not command.asks_rights_of:
        return ""
    return "".join(parsed.option_texts.get(command.asks_rights_of, ())[:1]).strip()


async def list_private_places(tx: Tx, cohort_id: int, account: Account) -> tuple[Place, ...]:
    """Return an account's private places in the spaces of a cohort where it can be."""
    places = []
    for home in await tx.cohorts.list_homes(cohort_id):
        space = home.place
        is_near = (space.platform, space.tenant) == (account.platform, account.tenant)
        if is_near and home.is_in_reach:
            places.append(
                Place(space.platform, space.space, native=account.native, tenant=space.tenant)
            )
    return tuple(dict.fromkeys(places))
