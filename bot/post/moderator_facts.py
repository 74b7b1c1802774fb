"""The facts a post to a moderator is written from: the digest of a week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.group.attention import CohortNeeds
from bot.group.calendar import CalendarWeek
from bot.post.facts import CommonFacts
from bot.post.kinds import PostSlot


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """What a cohort's members reported and did in a week, for its moderators: hidden ones count.

    `expected` are all but those who are away. `items` of the week are done by now.
    `hours` are those reported; `confidence` is their mean, None where nobody gave one.
    """

    week: CalendarWeek
    checked_in: int = 0
    expected: int = 0
    items: int = 0
    hours: float = 0
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class LetterTrouble:
    """A post that failed, or may have been sent: a moderator can have it sent again."""

    letter_id: int
    kind: str
    ref: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class DigestReadings:
    """What a cohort's digest says to all its moderators.

    `last_week` is None for the first one. `quiet_weeks`: how many weeks in a row, up to the post's,
    nobody has checked in; a few at most are counted.
    `is_shared`: the cohort lives in several spaces, each with moderators of its own.
    `coming`: the posts of the next seven days.
    """

    this_week: WeekFigures
    needs: CohortNeeds
    last_week: WeekFigures | None = None
    troubles: tuple[LetterTrouble, ...] = ()
    quiet_weeks: int = 0
    is_shared: bool = False
    coming: tuple[PostSlot, ...] = ()


QUIET_WEEKS = 2  # after so many without a check-in, a letter asks moderators what to do
QUIET_TOLD = "was told that the group is quiet"
"""The reason of a digest that is not sent, because one before it asked what to do."""


@dataclass(frozen=True, slots=True)
class ModeratorFacts(CommonFacts):
    """The facts for a post to a moderator.

    `reader_id`: their person. `reader_space_id`: the space whose members' words they may read, 0
    for none. `was_told_quiet`: an earlier letter told them that the group is quiet.
    `is_so_far`: the week is not over, and they have asked for it.
    `titles`: of the kinds of posts.
    """

    readings: DigestReadings
    reader_id: int = 0
    reader_space_id: int = 0
    was_told_quiet: bool = False
    is_so_far: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_quiet(self) -> bool:
        """True if nobody has checked in for two weeks."""
        return self.readings.quiet_weeks >= QUIET_WEEKS
