"""A person with their settings, and the dates on which they are away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Delivery = Literal["private", "none"]
"""How reminders reach a person: by private message, or not at all."""

RecallChoice = Literal["", "yes", "no"]
"""Do finished topics' questions come back? Empty until the person has chosen: then none does."""

PrivateMessageState = Literal["", "untold", "told"]
"""Empty while private messages arrive; else they are closed, and the person knows it or not."""

REMINDER_AT = time(18, 0)
QUIET_FROM, QUIET_UNTIL = time(22, 0), time(8, 0)
REMINDERS_A_WEEK = 1
NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Away:
    """Local dates, both included, on which a person is left alone.

    `last` None means until they say otherwise.
    `was_missing`: they asked for nothing, but were not in the space.
    """

    first: date
    last: date | None = None
    was_missing: bool = False

    def is_active_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with the settings for all their cohorts.

    `id` 0 is somebody the bot has not met.
    `recall` says if questions about finished topics come back to them.
    `helps` says that they may be asked for help with an item.
    `closed` says if their private messages are closed, and if they have been told.
    """

    id: int
    name: str
    account_id: int = 0
    zone: str | None = None
    reminder_at: time = REMINDER_AT
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    reminders_a_week: int = REMINDERS_A_WEEK
    delivery: Delivery = "private"
    alias: str = ""
    recall: RecallChoice = ""
    helps: bool = False
    closed: PrivateMessageState = ""
    away: tuple[Away, ...] = field(default=())

    @property
    def display_name(self) -> str:
        """The name others see: the alias, if there is one."""
        return self.alias or self.name

    def is_away_on(self, day: date) -> bool:
        """Return True if the person is away on a local date."""
        return any(away.is_active_on(day) for away in self.away)

    def can_be_messaged_at(self, wall: time) -> bool:
        """Return True outside the quiet hours at this local time."""
        start, end = self.quiet_from, self.quiet_until
        if start == end:
            return True
        if start < end:
            return not start <= wall < end
        # Quiet hours over midnight, 22:00 to 08:00: only the time between end and start is free.
        return end <= wall < start
