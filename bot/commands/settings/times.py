"""The form for a person's time zone, quiet hours and reminders. Pure."""

from __future__ import annotations

from bot.chat.message import Choice, Field, Form
from bot.command.own_times import Delivery
from bot.group.member import Person

MAX_REMINDERS = 7  # one a day
DELIVERY_LABELS: tuple[tuple[str, Delivery], ...] = (
    ("By private message", "private"),
    ("Not at all", "none"),
)


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
