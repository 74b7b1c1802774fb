"""A person's own times: their zone, quiet hours and reminders, checked and stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from bot.chat.errors import Refused
from bot.command.call import Call
from bot.command.values import parse_time_of_day
from bot.group.member import Person

Delivery = Literal["private", "none"]

NO_QUIET_HOURS = frozenset({"none", "off", "-", "no"})

# The settings that belong to times, by the names under which the store keeps them.
TIME_SETTINGS = (
    "zone",
    "reminder_at",
    "quiet_from",
    "quiet_until",
    "reminders_a_week",
    "delivery",
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


async def save_times(call: Call, typed_times: TypedTimes) -> tuple[Person, str]:
    """Store a person's times and reminders; return the person after it, and the sentence.

    Raises `Refused` for values that do not go together.
    """
    before = call.person
    if typed_times.is_zone_cleared:
        # The platform may know the zone of this account, so load the person again without ours.
        await call.tx.people.delete_setting(before, "zone")
        before = await call.tx.people.find_person(call.caller)
    after, sentence = change_times(before, typed_times)
    for setting in TIME_SETTINGS:
        value = getattr(after, setting)
        if value != getattr(before, setting):
            await call.tx.people.save_setting(after, setting, _format_stored(value), call.now)
    return after, sentence


def _format_stored(value: object) -> str:
    if isinstance(value, time):
        return value.isoformat()
    return str(value)


async def refresh_reminders(call: Call, person: Person) -> None:
    """Move reminders and questions in every cohort after a new zone, time or limit."""
    for own_cohort in await call.tx.cohorts.list_cohorts_of_person(person):
        await call.tx.members.refresh_reminders(person, own_cohort, call.now)
    if person.recall == "yes":
        await call.tx.recalls.move_questions(person, call.now)
