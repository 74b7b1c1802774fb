"""Make what a platform tells of a caller and a place safe to show and to store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.address import LONGEST_NAME, Caller, Place
from bot.chat.text import clean, is_seen, well_formed
from bot.group.zones import zones


def well_formed_values(given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The same for what was filled in, by the names of its fields."""
    return {
        well_formed(name): tuple(well_formed(text) for text in texts)
        for name, texts in given.items()
    }


def presentable(caller: Caller) -> Caller:
    """A caller as the bot can keep and show them: a name that is safe, short enough and seen, and a zone it knows."""
    name = clean(caller.name[:1000], 1000, "A name")[:LONGEST_NAME].strip()
    account = replace(
        caller.account,
        tenant=well_formed(caller.account.tenant),
        native=well_formed(caller.account.native),
    )
    known = caller.zone if caller.zone in zones() else None
    return replace(caller, account=account, name=name if is_seen(name) else "Somebody", zone=known)


def presentable_place(place: Place) -> Place:
    """A place as the bot can keep it."""
    space, channel, native = (
        well_formed(place.space),
        well_formed(place.channel),
        well_formed(place.native),
    )
    return replace(
        place, space=space, channel=channel, native=native, tenant=well_formed(place.tenant)
    )
