"""The story in the room: Mona starts a cohort, and the classmates and the visitor join it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

OPENING_PHRASES = (
    ("create", "cohort create name={name} start={start}"),
    ("open", "cohort open cohort={name} sure=yes"),
)
JOIN_PHRASE = "join cohort={name}"
AWAY_PHRASE = "away until={until}"
HELLO = "Welcome, everybody! We have twelve weeks. We take them one step at a time, together."


@dataclass(frozen=True, slots=True)
class Story:
    """One group: its visitor, its channel and its first day.

    `visitor` is the native id of the person who asked for it.
    `is_set_up` turns true once everybody has joined.
    `number` counts the groups in this room.
    """

    visitor: str
    channel: str
    start: date
    is_set_up: bool = False
    number: int = 1

    @property
    def cohort_name(self) -> str:
        """Return the cohort's name."""
        if self.number == 1:
            return "first-steps"
        return f"first-steps-{self.number}"

    def build_story_key(self, step: str) -> str:
        """Return the interaction id for one step, the same after a restart."""
        # The first group has no number in its ids: rooms of earlier versions had one group.
        if self.number == 1:
            return f"story/{step}"
        return f"story/{self.number}/{step}"
