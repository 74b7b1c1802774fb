"""Time zones by their IANA names, and by what people type for them."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.chat.errors import Refused
from bot.chat.text import clean_text


@lru_cache(maxsize=1)
def list_zones() -> tuple[str, ...]:
    """Every IANA zone a person may name, sorted; aliases of the maintainers' own making are left out."""
    return tuple(
        sorted(
            name
            for name in available_timezones()
            if not name.startswith(("posix", "right", "Etc/GMT"))
        )
    )


@lru_cache(maxsize=1)
def _map_zones_by_name() -> dict[str, str]:
    return {name.casefold(): name for name in list_zones()}


def parse_zone(typed: str) -> str:
    """The IANA name of a zone as typed, letter case and blanks forgiven. Raises `Refused` for anything else."""
    folded = typed.strip().casefold().replace(" ", "_")
    if found := _map_zones_by_name().get(folded):
        return found
    cities = [name for name in list_zones() if name.casefold().rpartition("/")[2] == folded]
    if len(cities) == 1:
        return cities[0]
    near = difflib.get_close_matches(folded[:40], _map_zones_by_city(), 1, 0.75)
    hint = (
        f"did you mean {_map_zones_by_city()[near[0]]}?"
        if near
        else "give it like Europe/Berlin or Asia/Kolkata."
    )
    told = re.sub(r"([\\*_`\[\]<>])", r"\\\1", clean_text(typed[:1000], 1000, "A zone")[:40])
    raise Refused(f"I do not know the time zone “{told}”: {hint}")


@lru_cache(maxsize=1)
def _map_zones_by_city() -> dict[str, str]:
    """Zones by their whole folded name and by its last word, so that `berlln` is near to something."""
    return {
        key: name
        for name in list_zones()
        for key in (name.casefold().rpartition("/")[2], name.casefold())
    }


@lru_cache(maxsize=512)
def load_zone(name: str) -> ZoneInfo:
    """The rules of a zone by its IANA name."""
    return ZoneInfo(name)
