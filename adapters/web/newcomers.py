"""New people and channels for the room: their names checked, their ids made. Pure."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from adapters.web.lines import BOT
from adapters.web.records import Figure
from bot.chat.address import NO_RIGHTS, AccountRights
from bot.chat.errors import Refused
from bot.chat.text import clean_text
from bot.group.member import NAME_LENGTH
from bot.group.zones import parse_zone

CHANNEL_NAME = 30  # characters
MOST_FIGURES, MOST_CHANNELS = 100, 20


def make_figure(
    name: str, zone_name: str, moderator: bool, figures: Mapping[str, Figure]
) -> Figure:
    """Return a new person, beside the figures already there.

    Raises `Refused` for a bad name or zone, and in a full room.
    """
    shown_name = clean_text(name, NAME_LENGTH, "A name")
    if not shown_name:
        raise Refused("Give the new person a name.", "name")
    if any(figure.name.casefold() == shown_name.casefold() for figure in figures.values()):
        raise Refused(f"{shown_name} is already here: choose another name.", "name")
    if len(figures) >= MOST_FIGURES:
        raise Refused(
            f"This room takes at most {MOST_FIGURES} people: speak as one of them.", "name"
        )
    try:
        zone = parse_zone(zone_name)
    except Refused as refused:
        # The same sentence, at this form's own field.
        raise Refused(refused.sentence, "zone") from None
    # The bot is no figure, but its id is taken.
    return Figure(_choose_slug(shown_name, {*figures, BOT}), shown_name, zone, moderator)


def make_channel_name(name: str, channels: Collection[str]) -> str:
    """Return a new channel's name: lower case, with dashes.

    Raises `Refused` for a bad name, and in a full room.
    """
    slug = _slugify(name)
    if not slug or len(slug) > CHANNEL_NAME:
        raise Refused(
            f"Use 1 to {CHANNEL_NAME} letters, digits and dashes for the name, like reading-room.",
            "name",
        )
    if len(channels) >= MOST_CHANNELS:
        raise Refused(f"This room takes at most {MOST_CHANNELS} channels: use one of them.", "name")
    return slug


def find_figure_rights(figures: Iterable[Figure], native: str) -> AccountRights:
    """Return what somebody of the cast may do."""
    for figure in figures:
        if figure.native == native:
            return AccountRights(True, figure.moderator, name=figure.name)
    return NO_RIGHTS


def _choose_slug(name: str, taken: Collection[str]) -> str:
    # A name without a Latin letter leaves nothing for an id.
    stem = _slugify(name) or "person"
    if stem not in taken:
        return stem
    return next(slug for number in itertools.count(2) if (slug := f"{stem}-{number}") not in taken)


def _slugify(text: str) -> str:
    # NFKD takes accents apart, so that "Zoë" becomes "zoe" and not "zo".
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
