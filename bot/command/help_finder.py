"""The request for help that a button names, for a member of its cohort."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.command.call import Call
from bot.group.cohort import Cohort, Member
from bot.roadmap import Item
from bot.store.help_requests import HelpRequest

GONE = "That request is over: use `week` to see this week's items."


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """A request, with its item, its cohort, and the caller's seat in it."""

    request: HelpRequest
    item: Item
    cohort: Cohort
    member: Member


async def find_help_request(call: Call, number: int) -> FoundRequest:
    """Return a request by its number. Raises `Refused` for one the caller has no part in.

    A request of another group gets the same refusal as one that is not there.
    """
    request = await call.tx.help.find_request(number) if 0 < number < 2**31 else None
    if request is None or not request.is_asked:
        raise Refused(GONE)
    for cohort in await call.list_own_cohorts():
        if cohort.id != request.cohort_id or cohort.edition != request.edition:
            continue
        member = await call.tx.members.find_member(cohort, call.person)
        roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
        item = roadmap.items.get(request.item)
        if member is not None and item is not None:
            return FoundRequest(request, item, cohort, member)
    raise Refused(GONE)
