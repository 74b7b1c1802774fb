"""Who spoke and where: accounts, persons, places. Nothing here knows how any platform spells them.

What a person typed becomes safe text in `clean`, and a wall-clock zone in `zone_of`; both refuse with a sentence.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

REMINDER_AT = time(18, 0)
QUIET_FROM, QUIET_UNTIL = time(22, 0), time(8, 0)
REMINDERS_A_WEEK = 2
NAME_LENGTH = 40
DELIVERIES = ("private", "none")

LONGEST_NAME = 80  # what a platform calls somebody; longer ones are cut

# Bidirectional overrides and isolates can make the rest of a line read backwards, and characters without a width can make
# two words look the same; the letters themselves stay, and what joins or parts them in Persian or in an emoji.
_TRICKS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u2060\ufeff"
)
_SEEN = frozenset("LNPS")


class Refused(Exception):
    """A sentence for the person: what was wrong with what they asked, and what to do instead.

    `field` names the option it is about, so that a platform can show it beside the field of a form.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True, slots=True)
class Account:
    """A person on one platform. `tenant` is the Slack team or enterprise and empty elsewhere."""

    platform: str
    tenant: str
    native: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: a channel of a space or, with `native` set, a private message to that account.

    `tenant` is that of the accounts who belong to the space: the Slack team or enterprise, empty elsewhere.
    """

    platform: str
    space: str
    channel: str = ""
    native: str = ""
    tenant: str = ""

    @property
    def private(self) -> bool:
        """Whether only one account can read what is sent here."""
        return bool(self.native)


Extra = Literal["thread", "event"]
"""What a platform may have beside a post."""


Threads = Literal["opened", "always", "none"]
"""Whether a platform has threads that a bot can open, one under every message anyway, or none."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing at a place: one sentence of prose with what to click or type. `blocks`: nothing can be
    posted there without it; else the sentence says what is lost, of an `extra` where it is about one."""

    sentence: str
    blocks: bool = True
    extra: Extra | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An account as the adapter met it just now, with the rights the platform gives it in this space.

    Rights are passed with each call and kept nowhere. `zone` and `locale` (like `en-GB`) are what the platform knows of the
    person's, if anything; `roles` are the native ids of the roles they hold in this space, which its moderators may have
    named.
    """

    account: Account
    name: str
    moderator: bool = False
    zone: str | None = None
    roles: frozenset[str] = frozenset()
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Local dates, both included, on which a person is left alone; `last` None means until they say otherwise."""

    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with the settings that hold for all their cohorts. `id` 0 is somebody the bot has not met. `closed`: their
    private messages are, and they are still `untold` of it, or have been `told`."""

    id: int
    name: str
    account_id: int = 0
    zone: str | None = None
    reminder_at: time = REMINDER_AT
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    reminders_a_week: int = REMINDERS_A_WEEK
    delivery: str = "private"
    alias: str = ""
    closed: str = ""
    away: tuple[Away, ...] = field(default=())

    @property
    def shown_name(self) -> str:
        """The name others see: the alias where there is one."""
        return self.alias or self.name

    def may_hear_at(self, wall: time) -> bool:
        """Whether a private message may arrive at this local time, outside the quiet hours."""
        start, end = self.quiet_from, self.quiet_until
        if start == end:
            return True
        quiet = start <= wall < end if start < end else wall >= start or wall < end
        return not quiet


def well_formed(text: str) -> str:
    """Text without halves of characters (lone surrogates), which nothing can store or send; two that fit become one."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def well_formed_values(given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The same for what was filled in, by the names of its fields."""
    return {
        well_formed(name): tuple(well_formed(text) for text in texts)
        for name, texts in given.items()
    }


def clean(text: str, limit: int, what: str, *, lines: bool = False) -> str:
    """What a person typed as text that cannot break a layout: composed, without control characters.

    Raises `Refused` when it is longer than `limit` characters, naming it as `what`.
    """
    composed = unicodedata.normalize("NFC", well_formed(text).replace("\r\n", "\n"))
    kept = "".join(_visible(letter, lines) for letter in composed if letter not in _TRICKS)
    kept = kept.strip() if lines else " ".join(kept.split())
    if len(kept) > limit:
        raise Refused(
            f"{what} can have {limit:,} characters and this has {len(kept):,}: please shorten it."
        )
    return kept


def _visible(letter: str, lines: bool) -> str:
    if letter.isspace():
        return letter if letter == "\n" and lines else " "
    return "" if unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} else letter


def is_seen(text: str) -> bool:
    """Whether a reader sees anything of it: a letter, a digit or a sign, and not only blanks and marks."""
    return any(unicodedata.category(letter)[0] in _SEEN for letter in text)


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


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Every IANA zone a person may name, sorted; aliases of the maintainers' own making are left out."""
    return tuple(
        sorted(
            name
            for name in available_timezones()
            if not name.startswith(("posix", "right", "Etc/GMT"))
        )
    )


@lru_cache(maxsize=1)
def _zones_by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in zones()}


def zone_of(typed: str) -> str:
    """The IANA name of a zone as typed, letter case and blanks forgiven. Raises `Refused` for anything else."""
    folded = typed.strip().casefold().replace(" ", "_")
    if found := _zones_by_folded_name().get(folded):
        return found
    cities = [name for name in zones() if name.casefold().rpartition("/")[2] == folded]
    if len(cities) == 1:
        return cities[0]
    near = difflib.get_close_matches(folded[:40], _zones_by_last_word(), 1, 0.75)
    hint = (
        f"did you mean {_zones_by_last_word()[near[0]]}?"
        if near
        else "give it like Europe/Berlin or Asia/Kolkata."
    )
    told = re.sub(r"([\\*_`\[\]<>])", r"\\\1", clean(typed[:1000], 1000, "A zone")[:40])
    raise Refused(f"I do not know the time zone “{told}”: {hint}")


@lru_cache(maxsize=1)
def _zones_by_last_word() -> dict[str, str]:
    """Zones by their whole folded name and by its last word, so that `berlln` is near to something."""
    return {
        key: name
        for name in zones()
        for key in (name.casefold().rpartition("/")[2], name.casefold())
    }


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The rules of a zone by its IANA name."""
    return ZoneInfo(name)
