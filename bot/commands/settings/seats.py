"""A person's seats: the cohorts they are in, and those with a route to choose."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.command import Call
from bot.group.cohort import Cohort, Member
from bot.group.route import has_route_choices
from bot.roadmap import Roadmap


@dataclass(frozen=True, slots=True)
class CohortSeat:
    """A cohort and the caller's place in it."""

    cohort: Cohort
    member: Member


async def list_own_seats(call: Call, typed_cohort: str | None) -> list[CohortSeat]:
    """Return the caller's seat in the named cohort, or all their seats without a name.

    Raises `Refused` or `MissingChoice`, like `Call.resolve_membership`.
    """
    if typed_cohort:
        cohort, member = await call.resolve_membership(typed_cohort)
        return [CohortSeat(cohort, member)]
    seats: list[CohortSeat] = []
    # Somebody the bot has not met yet has no id, and no row to look for.
    if not call.person.id:
        return seats
    for cohort in await call.tx.cohorts.list_cohorts_of_person(call.person):
        own_member = await call.tx.members.find_member(cohort, call.person)
        if own_member is not None:
            seats.append(CohortSeat(cohort, own_member))
    return seats


async def find_seat_with_routes(call: Call, typed_cohort: str | None) -> tuple[CohortSeat, Roadmap]:
    """Return the only seat with a route to choose, and its roadmap.

    Raises `MissingChoice` with several such seats, and `Refused` with none.
    """
    routed_seats = await list_seats_with_routes(call, await list_own_seats(call, typed_cohort))
    if len(routed_seats) == 1:
        return routed_seats[0]
    cohort, member = await call.resolve_membership(typed_cohort, certain=True)
    if not routed_seats:
        raise Refused(f"{cohort.name} has one route for everybody: use `week` to see your list.")
    return CohortSeat(cohort, member), await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)


async def list_seats_with_routes(
    call: Call, seats: list[CohortSeat]
) -> list[tuple[CohortSeat, Roadmap]]:
    """Return the seats with tracks or choices in their roadmap, each beside that roadmap."""
    routed_seats = []
    for seat in seats:
        roadmap = await call.tx.cohorts.load_roadmap_by_id(seat.cohort.plan_id)
        if has_route_choices(roadmap):
            routed_seats.append((seat, roadmap))
    return routed_seats
