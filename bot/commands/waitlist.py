"""`waitlist`: wait for a seat in a cohort on a roadmap, or leave the list."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import OPTIONS, Choice, Message, build_phrase, escape_text, text_message
from bot.chat.text import shorten
from bot.command import Call, CohortRef, MissingChoice, command
from bot.command.suggestions import suggest_open_cohorts
from bot.command.waiting import (
    OtherCohort,
    find_list_space,
    list_other_cohorts,
    measure_other_cohort,
)
from bot.group.cohort import JOINABLE_STATES, Cohort
from bot.store.waiting import WaitingEntry
from bot.views.dates import describe_cohort_state
from bot.views.ways_back import MAX_TITLE, NEXT, build_way_phrase

MAX_OFFERED = 3  # cohorts with a free seat


@command(section="me", order=60, action="Waiting list")
async def waitlist(
    call: Call,
    leave: Annotated[bool, "Leave the list"] = False,
    cohort: Annotated[
        str | None, "A cohort on that plan", suggest_open_cohorts, CohortRef()
    ] = None,
) -> Message:
    """Wait for a seat in a cohort on a plan, or leave the list."""
    chosen = await _choose_cohort(call, cohort)
    space_id = await find_list_space(call, chosen)
    if leave:
        return await _leave_list(call, chosen, space_id)
    await _look_for_free_seats(call, chosen)
    await call.lock_person()
    entry = await call.tx.waiting.find_waiting_entry(call.person, space_id, chosen.roadmap)
    free = await _list_free_cohorts(call, chosen)
    if free:
        return await _answer_free_seat(call, chosen, free)
    await _enter_list(call, chosen, space_id, entry)
    return await _answer_waiting(call, chosen, space_id, is_new=entry is None)


async def _choose_cohort(call: Call, named: str | None) -> Cohort:
    if named:
        return await call.resolve_cohort(named)
    own = [cohort for cohort in await call.list_own_cohorts() if cohort.state != "finished"]
    local = [cohort for cohort in await call.list_local_cohorts() if cohort.state != "draft"]
    cohorts = own or local
    if not cohorts:
        raise Refused("No cohort is here to wait for: ask a moderator to create one.")
    by_roadmap = {cohort.roadmap: cohort for cohort in cohorts}
    if len(by_roadmap) == 1:
        return cohorts[-1]
    choices = [
        Choice(cohort.name, cohort.ref, describe_cohort_state(cohort, call.now))
        for cohort in by_roadmap.values()
    ]
    raise MissingChoice(
        "cohort", "Which cohort has the plan you want to wait for?", choices[:OPTIONS]
    )


async def _look_for_free_seats(call: Call, chosen: Cohort) -> None:
    """Have the cohorts that may offer a seat looked at again. Locks them, by their ids."""
    others = [other.cohort.id for other in await list_other_cohorts(call, chosen)]
    for cohort_id in sorted({chosen.id, *others}):
        await call.tx.members.look_for_free_seats(cohort_id, call.now)


async def _list_free_cohorts(call: Call, chosen: Cohort) -> list[OtherCohort]:
    others = list(await list_other_cohorts(call, chosen))
    own_ids = {own.id for own in await call.list_own_cohorts()}
    is_listed = any(other.cohort.id == chosen.id for other in others)
    if chosen.id not in own_ids and chosen.state in JOINABLE_STATES and not is_listed:
        others.append(await measure_other_cohort(call, chosen))
    return [other for other in others if not other.is_full]


async def _enter_list(
    call: Call, chosen: Cohort, space_id: int, entry: WaitingEntry | None
) -> None:
    """Put the caller on the list. Whoever is on it keeps their place."""
    own_ids = {own.id for own in await call.list_own_cohorts()}
    if entry is not None and entry.told_cohort_id is None:
        return
    since, from_id = call.now, chosen.id if chosen.id in own_ids else None
    if entry is not None:
        # They were told of a seat that is gone: a new row is told of the next one.
        since, from_id = entry.at, entry.from_cohort_id
    await call.tx.waiting.insert_waiting_entry(
        call.person, space_id, chosen.roadmap, from_id, since
    )


async def _leave_list(call: Call, chosen: Cohort, space_id: int) -> Message:
    title = await _load_title(call, chosen)
    entry = await call.tx.waiting.find_waiting_entry(call.person, space_id, chosen.roadmap)
    again = ("Wait again", build_phrase("waitlist", cohort=chosen.ref))
    if entry is None:
        return text_message(f"You are not on the waiting list for {title}.", button_row(again))
    if entry.told_cohort_id is not None:
        # The seat they were told of is for the next in line.
        await call.tx.members.look_for_free_seats(entry.told_cohort_id, call.now)
    await call.tx.waiting.delete_waiting_entry(call.person, space_id, chosen.roadmap)
    return text_message(f"You are off the waiting list for {title}.", button_row(again))


# — answers —


async def _load_title(call: Call, cohort: Cohort) -> str:
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    return f"**{escape_text(shorten(roadmap.title, MAX_TITLE))}**"


async def _answer_waiting(call: Call, chosen: Cohort, space_id: int, *, is_new: bool) -> Message:
    title = await _load_title(call, chosen)
    entry = await call.tx.waiting.find_waiting_entry(call.person, space_id, chosen.roadmap)
    number = entry.number if entry else 1
    verb = "are now" if is_new else "are"
    sentences = [
        f"You {verb} number {number} on the waiting list for {title}.",
        "I tell you in private when there is a seat.",
    ]
    if entry is not None and entry.from_cohort_id == chosen.id:
        sentences.append(f"Until then you stay in {escape_text(chosen.name)}.")
    if call.person.closed:
        sentences.append("Please open your private messages for that, or look here again.")
    leave = ("Leave the list", build_phrase("waitlist", cohort=chosen.ref, leave="yes"))
    return text_message(" ".join(sentences), button_row(leave, has_main=False))


async def _answer_free_seat(call: Call, chosen: Cohort, free: list[OtherCohort]) -> Message:
    """Return the cohorts with a free seat: nobody has to wait for those."""
    own_ids = {own.id for own in await call.list_own_cohorts()}
    lines, buttons = [], []
    for other in free[:MAX_OFFERED]:
        name = other.cohort.name
        lines.append(f"• **{escape_text(name)}** {describe_cohort_state(other.cohort, call.now)}")
        phrase = build_phrase("join", cohort=other.cohort.ref)
        label = f"Join {name}"
        if chosen.id in own_ids:
            phrase = build_way_phrase(chosen, NEXT, to=other.cohort.ref)
            label = f"Move to {name}"
        buttons.append((label, phrase))
    return text_message(
        "You need not wait: there is a free seat.", "\n".join(lines), button_row(*buttons)
    )
