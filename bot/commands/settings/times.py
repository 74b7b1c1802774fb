"""Times: a person's zone, quiet hours, and the reminders they get. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from bot.chat.errors import Refused
from bot.chat.message import Choice, Field, Form
from bot.command.values import parse_time_of_day
from bot.group.member import Person

Delivery = Literal["private", "none"]

MAX_REMINDERS = 7  # one a day
NO_QUIET_HOURS = frozenset({"none", "off", "-", "no"})
DELIVERY_LABELS: tuple[tuple[str, Delivery], ...] = (
    ("By private message", "private"),
    ("Not at all", "none"),
)


@dataclass(frozen=True, slots=True)
class TypedTimes:
    """The values typed for times; None where nothing was typed."""

    zone: str | None
    reminder: time | None
    quiet: str | None
    reminders: int | None
    delivery: Delivery | None
    is_zone_cleared: bool

    @property
    def has_times(self) -> bool:
        values = (self.zone, self.reminder, self.quiet, self.reminders, self.delivery)
        return self.is_zone_cleared or any(value is not None for value in values)


def change_times(person: Person, typed_times: TypedTimes) -> tuple[Person, str]:
    """Return the person with the typed values, and the sentence to answer with.

    Times are local to the person, without a zone.
    Raises `Refused` for quiet hours nobody can read, and for a reminder inside them.
    """
    changed = replace(
        person,
        zone=typed_times.zone or person.zone,
        # Midnight is a time like any other: `time(0)` is true in Python 3.5 and later.
        reminder_at=typed_times.reminder or person.reminder_at,
        delivery=typed_times.delivery or person.delivery,
    )
    # Zero reminders is a valid choice, so `or` would lose it.
    if typed_times.reminders is not None:
        changed = replace(changed, reminders_a_week=typed_times.reminders)
    if typed_times.quiet is not None:
        quiet_from, quiet_until = _parse_quiet_hours(typed_times.quiet)
        changed = replace(changed, quiet_from=quiet_from, quiet_until=quiet_until)
    _refuse_quiet_reminder(changed, typed_times)
    return changed, "Saved."


def _refuse_quiet_reminder(person: Person, typed_times: TypedTimes) -> None:
    # A reminder inside the quiet hours would wait for their end and never come at its time.
    if person.can_be_messaged_at(person.reminder_at):
        return
    hours = f"{person.quiet_from:%H:%M} to {person.quiet_until:%H:%M}"
    raise Refused(
        f"{person.reminder_at:%H:%M} is inside your quiet hours, {hours}: change one of them.",
        _choose_refused_field(typed_times),
    )


def _choose_refused_field(typed_times: TypedTimes) -> str:
    if typed_times.reminder is not None:
        return "reminder"
    return "quiet"


def _parse_quiet_hours(typed_hours: str) -> tuple[time, time]:
    if typed_hours.strip().casefold() in NO_QUIET_HOURS:
        return time(0), time(0)  # an empty span: nothing lies between midnight and midnight
    ends = re.split(r"\s*(?:-|–|—|to|until)\s*", typed_hours.strip())
    if len(ends) != 2:
        raise Refused("Write quiet hours like 22:00-08:00, or `none`.", "quiet")
    try:
        return parse_time_of_day(ends[0]), parse_time_of_day(ends[1])
    except Refused as refused:
        # Raised anew, so that the form shows the sentence beside this field.
        raise Refused(refused.sentence, "quiet") from None


def format_quiet_hours(person: Person) -> str:
    """Return the quiet hours in the spelling people type, `none` without any."""
    if person.quiet_from == person.quiet_until:
        return "none"
    return f"{person.quiet_from:%H:%M}-{person.quiet_until:%H:%M}"


def build_times_form(person: Person) -> Form:
    """Return the form for a person's times, filled with their present values."""
    fields = (
        _build_zone_field(person),
        Field("reminder", "Remind me at", "time", value=f"{person.reminder_at:%H:%M}"),
        _build_quiet_field(person),
        _build_reminders_field(person),
        _build_delivery_field(person),
    )
    return Form("Times and reminders", "settings ask=times", fields)


def _build_zone_field(person: Person) -> Field:
    hint = "Like Europe/Berlin or Asia/Kolkata"
    return Field("zone", "Time zone", "line", value=person.zone or "", help=hint)


def _build_quiet_field(person: Person) -> Field:
    hint = "Like 22:00-08:00, or none"
    return Field("quiet", "Quiet hours", "line", value=format_quiet_hours(person), help=hint)


def _build_reminders_field(person: Person) -> Field:
    count = str(person.reminders_a_week)
    label = "Most reminders a week"
    return Field("reminders", label, "number", value=count, least=0, most=MAX_REMINDERS)


def _build_delivery_field(person: Person) -> Field:
    choices = []
    for label, delivery in DELIVERY_LABELS:
        choices.append(Choice(label, delivery, chosen=person.delivery == delivery))
    return Field("delivery", "Send reminders", "one", choices=tuple(choices))
