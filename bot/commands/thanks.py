"""`thanks`: name somebody for something. The weekly recap shows it, and no rank counts it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, escape_text, text_message
from bot.chat.text import clean_text, has_visible_text, shorten
from bot.command import Call, CohortRef, MissingChoice, command
from bot.command.member_finder import find_visible_member
from bot.command.suggestions import match_choices, suggest_own_cohorts
from bot.group.cohort import Cohort, Member
from bot.group.progress import get_public_name
from bot.group.zones import load_zone
from bot.store.thanks import WINDOW, GivenThanks
from bot.views.dates import format_day

MOST = 3  # thanks in seven days
MAX_REASON = 120  # characters
MAX_NAME = 60  # characters
MAX_LISTED = 200  # members looked at for suggestions
RECAP = "recap"  # the kind of post that shows thanks


async def suggest_others(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the other members of the caller's cohort, by their visible names."""
    try:
        cohort, member = await call.resolve_membership(None)
    except (Refused, MissingChoice):
        return ()
    names = []
    for other in await call.tx.members.list_seated_members(cohort, MAX_LISTED):
        name = get_public_name(other, cohort, call.now)
        if name is not None and other.person.id != member.person.id:
            names.append(name)
    return match_choices([Choice(shorten(name), name) for name in names], typed)


@command(section="me", order=50, action="Say thanks")
async def thanks(
    call: Call,
    who: Annotated[str, "Whom to thank", suggest_others],
    what: Annotated[str, "What for, in a few words"],
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Thank somebody for something, in the weekly recap."""
    await call.lock_person()
    own_cohort, member = await call.resolve_membership(cohort)
    target = await find_visible_member(call, own_cohort, who, "who")
    given = await call.tx.thanks.list_given_thanks(call.person, own_cohort, call.now)
    earlier = [thanked for thanked in given if thanked.person_id == target.person.id]
    _check_target(call, own_cohort, member, target)
    _check_recap(own_cohort)
    reason = _parse_reason(what)
    _check_limits(call, own_cohort, target, given, earlier)
    row_id = await call.tx.thanks.save_thanks(call.person, own_cohort, target, reason, call.now)
    giver = get_public_name(member, own_cohort, call.now)
    return _build_receipt(giver, target, reason, MOST - len(given) - 1, row_id)


# — refusals —


def _check_target(call: Call, cohort: Cohort, member: Member, target: Member) -> None:
    if target.person.id == member.person.id:
        raise Refused("You cannot thank yourself: name somebody who has helped you.", "who")
    if get_public_name(target, cohort, call.now) is None:
        name = escape_text(shorten(target.name_in_cohort, MAX_NAME))
        raise Refused(f"{name} cannot be named now: thank them in a few days.", "who")


def _check_recap(cohort: Cohort) -> None:
    if cohort.state not in {"open", "running", "paused"}:
        raise Refused(
            f"{escape_text(cohort.name)} is over and has no recap any more: "
            "thank them in the channel."
        )
    if not cohort.get_post_setting(RECAP).on:
        raise Refused(
            "Thanks are shown in the weekly recap, and it is switched off here: "
            "thank them in the channel."
        )


def _parse_reason(typed: str) -> str:
    try:
        reason = clean_text(typed, MAX_REASON, "The reason")
    except Refused as refused:
        raise Refused(refused.sentence, "what") from None
    if not has_visible_text(reason):
        raise Refused("Say in a few words what you thank them for.", "what")
    # The recap says it once.
    return reason.removeprefix("for ")


def _check_limits(
    call: Call,
    cohort: Cohort,
    target: Member,
    given: Sequence[GivenThanks],
    earlier: Sequence[GivenThanks],
) -> None:
    if earlier:
        day = _format_free_day(call, cohort, earlier[-1].at)
        name = escape_text(shorten(target.name_in_cohort, MAX_NAME))
        raise Refused(f"You have thanked {name} already: you can again on {day}.", "who")
    if len(given) >= MOST:
        day = _format_free_day(call, cohort, given[-MOST].at)
        raise Refused(
            f"You have thanked {MOST} people within a week: you can thank the next on {day}."
        )


def _format_free_day(call: Call, cohort: Cohort, at: datetime) -> str:
    """Return the first whole day on which thanks of an instant count no more."""
    zone = load_zone(call.person.zone or cohort.zone)
    return format_day((at + WINDOW + timedelta(days=1)).astimezone(zone).date())


# — answers —


def _build_receipt(
    giver: str | None, target: Member, reason: str, left: int, row_id: int
) -> Message:
    name = escape_text(shorten(target.name_in_cohort, MAX_NAME))
    who = f"**{escape_text(shorten(giver, MAX_NAME))}**" if giver else "One of us"
    lines = [f"The next weekly recap will say: {who} thanks **{name}** for: {escape_text(reason)}"]
    if giver is None:
        lines.append("You are hidden or away, so it does not name you.")
    if left:
        people = "person" if left == 1 else "people"
        lines.append(f"You can thank {left} more {people} this week.")
    take_back = ("Take it back", f"unthank thanks={row_id}")
    return text_message("\n".join(lines), button_row(take_back, has_main=False))
