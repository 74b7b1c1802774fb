"""Make what a platform tells of a caller and a place safe to show and to store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.address import LONGEST_NAME, Caller, Place
from bot.chat.text import clean_text, has_visible_text, repair_surrogates
from bot.group.zones import list_zones


def repair_form_values(given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The same for what was filled in, by the names of its fields."""
    return {
        repair_surrogates(name): tuple(repair_surrogates(text) for text in texts)
        for name, texts in given.items()
    }


def clean_caller(caller: Caller) -> Caller:
    """A caller as the bot can keep and show them: a name that is safe, short enough and seen, and a zone it knows."""
    name = clean_text(caller.name[:1000], 1000, "A name")[:LONGEST_NAME].strip()
    account = replace(
        caller.account,
        tenant=repair_surrogates(caller.account.tenant),
        native=repair_surrogates(caller.account.native),
    )
    known = caller.zone if caller.zone in list_zones() else None
    return replace(
        caller, account=account, name=name if has_visible_text(name) else "Somebody", zone=known
    )


def clean_place(place: Place) -> Place:
    """A place as the bot can keep it."""
    space, channel, native = (
        repair_surrogates(place.space),
        repair_surrogates(place.channel),
        repair_surrogates(place.native),
    )
    return replace(
        place, space=space, channel=channel, native=native, tenant=repair_surrogates(place.tenant)
    )
