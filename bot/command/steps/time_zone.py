"""The first step: the time zone, guessed where the platform or the cohort tells it. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.chat.buttons import button_row
from bot.chat.message import Block, Choice, Select, build_phrase, escape_text
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.group.zones import guess_zone_by_locale, load_zone

# One zone for each clock that many people live by, with cities that most have heard of.
CLOCKS = (
    ("Pacific/Honolulu", "Honolulu"),
    ("America/Anchorage", "Anchorage"),
    ("America/Los_Angeles", "Los Angeles, Vancouver"),
    ("America/Denver", "Denver, Calgary"),
    ("America/Mexico_City", "Mexico City"),
    ("America/Chicago", "Chicago, Dallas"),
    ("America/Bogota", "Bogotá, Lima"),
    ("America/New_York", "New York, Toronto"),
    ("America/Santiago", "Santiago"),
    ("America/Sao_Paulo", "São Paulo, Buenos Aires"),
    ("Europe/London", "London, Lisbon"),
    ("Africa/Lagos", "Lagos, Algiers"),
    ("Europe/Berlin", "Berlin, Paris, Madrid, Rome"),
    ("Africa/Johannesburg", "Johannesburg"),
    ("Africa/Cairo", "Cairo"),
    ("Europe/Athens", "Athens, Kyiv, Helsinki"),
    ("Europe/Istanbul", "Istanbul, Riyadh, Nairobi"),
    ("Asia/Dubai", "Dubai, Baku"),
    ("Asia/Karachi", "Karachi, Tashkent"),
    ("Asia/Kolkata", "Delhi, Mumbai, Bangalore"),
    ("Asia/Dhaka", "Dhaka"),
    ("Asia/Jakarta", "Jakarta, Bangkok, Hanoi"),
    ("Asia/Shanghai", "Beijing, Singapore, Manila"),
    ("Asia/Tokyo", "Tokyo, Seoul"),
    ("Australia/Sydney", "Sydney, Melbourne"),
)


def build_zone_blocks(
    cohort: Cohort, person: Person, now: datetime, locale: str = ""
) -> tuple[Block | str, ...]:
    """Return the question for the time zone, with a guess to confirm if there is one.

    `locale`: the language in which the platform is shown to them, like `ja`.
    """
    heading = "**Step 1 of 3: your time zone**\nYour weeks and reminders follow your clock."
    skip = build_phrase("steps", step="remind", cohort=cohort.ref)
    others = (("Skip", skip), ("Another zone", "settings ask=times"))
    choices = _list_clock_choices(now)
    guess = _guess_zone(cohort, person, locale)
    if guess is None:
        return (
            f"{heading} What time is it for you now?",
            Select("My clock says …", skip, "zone", choices),
            button_row(*others, has_main=False),
        )
    clock = f"{_read_local_time(now, guess):%H:%M}"
    confirm = build_phrase("steps", step="remind", zone=guess, cohort=cohort.ref)
    return (
        f"{heading} {_ask_about_guess(cohort, person, guess, clock)}",
        button_row((f"Yes, {clock}", confirm), *others),
        Select("No, my clock says …", skip, "zone", choices),
    )


def _ask_about_guess(cohort: Cohort, person: Person, guess: str, clock: str) -> str:
    zone_name = escape_text(guess)
    if person.zone is None and guess == cohort.zone:
        return f"The group uses {zone_name} time. Is it **{clock}** for you too?"
    return f"Is it **{clock}** for you now ({zone_name} time)?"


def _guess_zone(cohort: Cohort, person: Person, locale: str) -> str | None:
    """Return the zone that a member probably lives in; None without a sign of it."""
    known = person.zone or guess_zone_by_locale(locale)
    if known is not None:
        return known
    # A group on UTC has mostly never been asked, and hardly anybody lives by it.
    is_place = "/" in cohort.zone and not cohort.zone.startswith("Etc/")
    return cohort.zone if is_place else None


def _list_clock_choices(now: datetime) -> tuple[Choice, ...]:
    """Return the clocks with their times now, the earliest first."""
    clocks = []
    for zone_name, cities in CLOCKS:
        clocks.append((_read_local_time(now, zone_name), zone_name, cities))
    choices = []
    for local, zone_name, cities in sorted(clocks):
        choices.append(Choice(f"{local:%H:%M} · {cities}", zone_name))
    return tuple(choices)


def _read_local_time(now: datetime, zone_name: str) -> datetime:
    return now.astimezone(load_zone(zone_name)).replace(tzinfo=None)
