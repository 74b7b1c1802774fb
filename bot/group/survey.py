"""What members say about their cohort at the end, and when moderators may read it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

Again = Literal["yes", "maybe", "no"]
AGAIN: tuple[Again, ...] = get_args(Again)

# Ids are stored: never change one.
HELPED: Mapping[str, str] = {
    "plan": "One week at a time",
    "first-step": "Knowing where to start",
    "resources": "The links and courses",
    "group": "Doing it together",
    "checkins": "The weekly check-in",
    "reminders": "The reminders",
}

MIN_ANSWERS = 5  # with fewer, somebody could be recognised
MAX_CHANGE = 500  # characters


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """A member's answer.

    `again` is empty where it was not answered. `helped`: ids of `HELPED`.
    `consent`: moderators may read `change`, without a name.
    `id`: the stored answer, 0 for one that is not stored yet.
    """

    again: str = ""
    helped: tuple[str, ...] = ()
    change: str = ""
    consent: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class SurveySums:
    """What several members said, without names.

    `texts`: those that may be read.
    """

    count: int = 0
    again: Mapping[str, int] = field(default_factory=dict)
    helped: Mapping[str, int] = field(default_factory=dict)
    texts: tuple[str, ...] = ()

    @property
    def may_be_shown(self) -> bool:
        return self.count >= MIN_ANSWERS


def sum_answers(answers: Iterable[SurveyAnswer]) -> SurveySums:
    """Add answers up. The texts come in an order that says nothing of when they were written."""
    known = list(answers)
    again = Counter(answer.again for answer in known if answer.again)
    helped = Counter(helper for answer in known for helper in answer.helped)
    return SurveySums(len(known), again, helped, _list_readable_texts(known))


def _list_readable_texts(answers: Sequence[SurveyAnswer]) -> tuple[str, ...]:
    readable = [answer for answer in answers if answer.change and answer.consent]
    # By a hash of the id: mixed, but the same on each page and at each look.
    readable.sort(key=lambda answer: hashlib.sha256(f"survey {answer.id}".encode()).digest())
    return tuple(answer.change for answer in readable)
