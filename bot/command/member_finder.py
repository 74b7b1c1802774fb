"""The member whom somebody means by a name or a mention, among those whom they may see."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.chat.address import Account, Caller
from bot.chat.errors import Refused
from bot.chat.message import OPTIONS, escape_text
from bot.command.call import Call
from bot.command.options import PersonOrRole
from bot.command.values import format_typed_text, parse_person_or_role
from bot.group.cohort import Cohort, Member
from bot.group.progress import get_visible_name

SPELT_ALIKE = 0.6  # from 0 to 1: lower offers odd guesses, higher misses common slips


async def find_visible_member(
    call: Call, cohort: Cohort, typed_name: str, option: str = "member"
) -> Member:
    """Return the member with a name. Raises `Refused` without one, or with several.

    A hidden member is refused in the same words as nobody at all.
    """
    target = parse_person_or_role(typed_name)
    visible_members = []
    for candidate in await _find_candidate_members(call, cohort, target):
        if get_visible_name(candidate, call.viewer, "card"):
            visible_members.append(candidate)
    if len(visible_members) == 1:
        return visible_members[0]
    safe_name = format_typed_text(typed_name)
    if visible_members:
        count = len(visible_members)
        raise Refused(
            f"{count} people are called “{safe_name}”: use `progress board` to see them.", option
        )
    hint = await _suggest_similar_member(call, cohort, typed_name)
    raise Refused(f"I found nobody called “{safe_name}” in {cohort.name}: {hint}", option)


async def _find_candidate_members(
    call: Call, cohort: Cohort, target: PersonOrRole
) -> Sequence[Member]:
    if not target.native:
        return await call.tx.members.find_members_by_name(cohort, target.name)
    account = Account(call.place.platform, call.place.tenant, target.native)
    person = await call.tx.people.find_person(Caller(account, target.name))
    if not person.id:
        return []
    member = await call.tx.members.find_member(cohort, person)
    if member is None or _is_behind_alias(member, call):
        return []
    return [member]


def _is_behind_alias(member: Member, call: Call) -> bool:
    # Finding an account that was picked by its real name would give its alias away.
    is_own = member.person.id == call.person.id
    return not is_own and member.name_in_cohort != member.person.name


async def _suggest_similar_member(call: Call, cohort: Cohort, typed_name: str) -> str:
    standings = await call.tx.progress.list_board_standings(cohort, limit=OPTIONS)
    similar_name = _find_similar_name(typed_name, [standing.name for standing in standings])
    if similar_name:
        return f"did you mean **{escape_text(similar_name)}**?"
    return "use `progress board` to see who is on it."


def _find_similar_name(typed_name: str, names: Sequence[str]) -> str:
    """Return the name spelt most alike, empty without one."""
    folded_names = {name.casefold(): name for name in names}
    matches = difflib.get_close_matches(typed_name.casefold(), folded_names, 1, SPELT_ALIKE)
    return folded_names[matches[0]] if matches else ""
