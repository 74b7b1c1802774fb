"""Time zones by their IANA names, and by what people type for them."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.chat.errors import Refused
from bot.chat.text import clean_text

# Copies of other zones with other rules for leap seconds, and names with reversed signs:
# Etc/GMT+5 is five hours behind. Nobody who types a city means these.
UNUSUAL_ZONES = ("posix", "right", "Etc/GMT")


# Languages whose readers nearly all live by one clock. English, French, Spanish, Portuguese,
# Russian and Indonesian are spoken in many zones, so they say nothing.
_ZONES_BY_LANGUAGE = {
    "bg": "Europe/Sofia",
    "cs": "Europe/Prague",
    "da": "Europe/Copenhagen",
    "de": "Europe/Berlin",
    "el": "Europe/Athens",
    "fi": "Europe/Helsinki",
    "hi": "Asia/Kolkata",
    "hr": "Europe/Zagreb",
    "hu": "Europe/Budapest",
    "it": "Europe/Rome",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "lt": "Europe/Vilnius",
    "nl": "Europe/Amsterdam",
    "no": "Europe/Oslo",
    "pl": "Europe/Warsaw",
    "ro": "Europe/Bucharest",
    "sv": "Europe/Stockholm",
    "th": "Asia/Bangkok",
    "tr": "Europe/Istanbul",
    "uk": "Europe/Kyiv",
    "vi": "Asia/Ho_Chi_Minh",
    "zh-CN": "Asia/Shanghai",
    "zh-TW": "Asia/Taipei",
}


def guess_zone_by_locale(locale: str) -> str | None:
    """Return the zone in which nearly all readers of a language live; None for other languages.

    `locale`: like `ja`, `sv-SE` or `zh-TW`.
    """
    language = locale.partition("-")[0]
    return _ZONES_BY_LANGUAGE.get(locale) or _ZONES_BY_LANGUAGE.get(language)


@lru_cache(maxsize=1)
def list_zones() -> tuple[str, ...]:
    """Return every IANA zone a person may name, sorted."""
    names = [name for name in available_timezones() if not name.startswith(UNUSUAL_ZONES)]
    return tuple(sorted(names))


@lru_cache(maxsize=1)
def _map_zones_by_name() -> dict[str, str]:
    return {name.casefold(): name for name in list_zones()}


def parse_zone(typed: str) -> str:
    """Return the IANA name for a zone typed in any letter case, with blanks or underscores.

    A city alone is enough where only one zone has it.
    Raises `Refused` for anything else, with the nearest name if there is one.
    """
    folded = typed.strip().casefold().replace(" ", "_")
    if name := _map_zones_by_name().get(folded):
        return name
    names = [name for name in list_zones() if name.casefold().rpartition("/")[2] == folded]
    if len(names) == 1:
        return names[0]
    shown = clean_text(typed[:1000], 1000, "A zone")[:40]
    # What people type is no markup: its signs are escaped before it is shown to them.
    escaped = re.sub(r"([\\*_`\[\]<>])", r"\\\1", shown)
    raise Refused(f"I do not know the time zone “{escaped}”: {_build_zone_hint(folded)}")


def _build_zone_hint(folded: str) -> str:
    # Comparing takes time that grows with the length: forty characters are more than any zone has.
    near = difflib.get_close_matches(folded[:40], _map_zones_by_city(), 1, 0.75)
    if near:
        return f"did you mean {_map_zones_by_city()[near[0]]}?"
    return "give it like Europe/Berlin or Asia/Kolkata."


@lru_cache(maxsize=1)
def _map_zones_by_city() -> dict[str, str]:
    """Map whole folded names and their last words to zones, so that `berlln` is near to Berlin."""
    zones = {}
    for name in list_zones():
        folded = name.casefold()
        zones[folded.rpartition("/")[2]] = name
        zones[folded] = name
    return zones


@lru_cache(maxsize=512)
def load_zone(name: str) -> ZoneInfo:
    """Load a zone's rules by its IANA name."""
    return ZoneInfo(name)
