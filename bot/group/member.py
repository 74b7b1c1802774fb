"""A person with their settings, and the dates on which they are away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

REMINDER_AT = time(18, 0)
QUIET_FROM, QUIET_UNTIL = time(22, 0), time(8, 0)
REMINDERS_A_WEEK = 2
NAME_LENGTH = 40
DELIVERIES = ("private", "none")


@dataclass(frozen=True, slots=True)
class Away:
    """Local dates, both included, on which a person is left alone; `last` None means until they say otherwise."""

    first: date
    last: date | None = None

    def is_active_on(self, day: date) -> bool:
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
    def display_name(self) -> str:
        """The name others see: the alias where there is one."""
        return self.alias or self.name

    def can_be_messaged_at(self, wall: time) -> bool:
        """Whether a private message may arrive at this local time, outside the quiet hours."""
        start, end = self.quiet_from, self.quiet_until
        if start == end:
            return True
        quiet = start <= wall < end if start < end else wall >= start or wall < end
        return not quiet
