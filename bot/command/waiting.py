"""Waiting for a cohort: the list of a roadmap in a space, and cohorts with a free seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, text_message
from bot.command.call import Call
from bot.group.cohort import JOINABLE_STATES, Cohort


@dataclass(frozen=True, slots=True)
class OtherCohort:
    """Another cohort on the same roadmap. `taken`: seats, counted only where there is a limit."""

    cohort: Cohort
    taken: int = 0

    @property
    def free_seats(self) -> int | None:
        """The seats that are free; None without a limit."""
        return None if self.cohort.seats is None else max(0, self.cohort.seats - self.taken)

    @property
    def is_full(self) -> bool:
        return self.free_seats == 0


def build_full_answer(cohort: Cohort, refusal: Refused) -> Message:
    """Return the refusal of a full cohort, with the way to its waiting list."""
    waitlist = ("Waiting list", build_phrase("waitlist", cohort=cohort.ref))
    return text_message(refusal.sentence, button_row(waitlist))


async def list_other_cohorts(call: Call, cohort: Cohort) -> Sequence[OtherCohort]:
    """Return the cohorts here on the same roadmap that started later, and may be joined.

    The caller's own are left out. The one that started last comes first.
    """
    own_ids = {own.id for own in await call.list_own_cohorts()}
    others = []
    for other in await call.list_local_cohorts():
        is_later = other.start > cohort.start or cohort.id not in own_ids
        is_same = other.roadmap == cohort.roadmap and other.id not in own_ids
        if is_same and is_later and other.state in JOINABLE_STATES:
            others.append(await measure_other_cohort(call, other))
    return sorted(others, key=lambda other: other.cohort.start, reverse=True)


async def measure_other_cohort(call: Call, cohort: Cohort) -> OtherCohort:
    """Return a cohort with its free seats."""
    if cohort.seats is None:
        return OtherCohort(cohort)
    return OtherCohort(cohort, await call.tx.members.count_seats_taken(cohort))


async def find_list_space(call: Call, cohort: Cohort) -> int:
    """Return the id of the space whose list is meant. Raises `Refused` elsewhere."""
    space_id = await call.tx.people.find_space_id(call.place)
    if space_id is None or not await call.tx.cohorts.is_cohort_in_space(cohort.id, call.place):
        raise Refused(f"The waiting list is kept where {cohort.name} lives: ask me there.")
    return space_id
