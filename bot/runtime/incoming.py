"""Callers, places and form values made safe to show and to store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.address import LONGEST_NAME, Caller, Place
from bot.chat.text import clean_text, has_visible_text, repair_surrogates
from bot.group.zones import list_zones

# Anybody can call themselves anything: this much of a name is looked at.
MAX_RAW_NAME = 1000


def repair_form_values(filled: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return a form's fields and texts without lone surrogates."""
    repaired = {}
    for name, texts in filled.items():
        repaired[repair_surrogates(name)] = tuple(map(repair_surrogates, texts))
    return repaired


def clean_caller(caller: Caller) -> Caller:
    """Return a caller with a safe, short and visible name, and a known time zone or none."""
    name = clean_text(caller.name[:MAX_RAW_NAME], MAX_RAW_NAME, "A name")[:LONGEST_NAME].strip()
    if not has_visible_text(name):
        name = "Somebody"
    account = replace(
        caller.account,
        tenant=repair_surrogates(caller.account.tenant),
        native=repair_surrogates(caller.account.native),
    )
    # A platform may know zones this machine does not.
    zone = caller.zone if caller.zone in list_zones() else None
    return replace(caller, account=account, name=name, zone=zone)


def clean_place(place: Place) -> Place:
    """Return a place without lone surrogates in its ids."""
    return replace(
        place,
        space=repair_surrogates(place.space),
        channel=repair_surrogates(place.channel),
        native=repair_surrogates(place.native),
        tenant=repair_surrogates(place.tenant),
    )
