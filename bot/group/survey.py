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
MIN_NEW_ANSWERS = 3  # with fewer, a look before and a look after would tell each of them
MAX_CHANGE = 500  # characters


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """A member's answer.

    `again` is empty where it was not answered. `helped`: ids of `HELPED`.
    `consent`: moderators may read `change`, without a name.
    `id`: the stored answer, 0 for one that is not stored yet.
    `is_summed`: it was counted in the sums that moderators have seen.
    """

    again: str = ""
    helped: tuple[str, ...] = ()
    change: str = ""
    consent: bool = False
    id: int = 0
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class SurveySums:
    """What several members said, in numbers of answers by their words."""

    count: int = 0
    again: Mapping[str, int] = field(default_factory=dict)
    helped: Mapping[str, int] = field(default_factory=dict)


def are_sums_due(sums: SurveySums | None, answers: Sequence[SurveyAnswer]) -> bool:
    """Return True if moderators may see new sums. `sums`: those they have seen, if any.

    Sums that change with one answer would tell that answer, so several new ones come together.
    An edit waits for them too.
    """
    if len(answers) < MIN_ANSWERS:
        return False
    new_count = sum(not answer.is_summed for answer in answers)
    return sums is None or new_count >= MIN_NEW_ANSWERS


def sum_answers(answers: Iterable[SurveyAnswer]) -> SurveySums:
    """Add answers up."""
    known = list(answers)
    again = Counter(answer.again for answer in known if answer.again)
    helped = Counter(helper for answer in known for helper in answer.helped)
    return SurveySums(len(known), again, helped)


def list_readable_texts(answers: Sequence[SurveyAnswer]) -> tuple[str, ...]:
    """Return the texts that moderators may read: with consent, of answers that were counted.

    They come in an order that says nothing of when they were written.
    """
    readable = [
        answer for answer in answers if answer.change and answer.consent and answer.is_summed
    ]
    # By a hash of the id: mixed, but the same on each page and at each look.
    readable.sort(key=lambda answer: hashlib.sha256(f"survey {answer.id}".encode()).digest())
    return tuple(answer.change for answer in readable)
