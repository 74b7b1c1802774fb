"""`cohort break`: plan days without the plan, or remove them again. Everybody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Answer, Block, Field, Form, Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, HiddenOption, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.calendar import Break
from bot.group.cohort import Cohort
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import describe_date_changes, format_break_dates, format_day
from bot.views.notices import build_date_change_notice, build_next_step_buttons
from bot.views.timeline import (
    Entered,
    describe_immediate_posts,
    describe_next_post,
    list_late_slots,
)

SAME_WEEKS = "No week moves. On those days there are no reminders, and streaks wait."
OFFERED = 4  # breaks with a button that removes them


@dataclass(frozen=True, slots=True)
class _BreakChange:
    """A cohort before and after, with the texts and phrases that go with the change."""

    before: Cohort
    after: Cohort
    question: str
    head: str
    label: str
    phrase: str
    undo: tuple[tuple[str, str], ...] = ()


@command(moderators=True, form=True, action="Plan a break")
async def cohort_break(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    first: Annotated[date | None, "First day of the break"] = None,
    last: Annotated[date | None, "Last day of the break"] = None,
    remove: Annotated[bool, "Remove the break that starts on the first day"] = False,
    add: Annotated[bool, HiddenOption()] = False,
    sure: Sure = None,
) -> Answer:
    """Plan days off for everybody, or remove a break."""
    before = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    _require_unfinished(before)
    first = call.parse_local_date("first", before.zone)
    last = call.parse_local_date("last", before.zone)
    if first is None and last is None:
        return _build_breaks_answer(call, before, adds=add and not remove, removes=remove)
    if first is None:
        raise Refused("Choose the first day of the break.", "first")
    if remove:
        return await _apply_break_change(call, _remove_break(call, before, first), sure)
    if last is None:
        raise Refused("Choose the last day of the break; it can be the first day too.", "last")
    return await _apply_break_change(call, _add_break(call, before, first, last), sure)


def _require_unfinished(cohort: Cohort) -> None:
    if cohort.state in {"finished", "archived"}:
        raise Refused(f"{cohort.name} is {cohort.state}: plan breaks in a cohort that still runs.")


def _remove_break(call: Call, before: Cohort, first: date) -> _BreakChange:
    after = before.remove_break(first, call.now)
    day = format_day(first)
    return _BreakChange(
        before,
        after,
        f"Remove the break from {day}?",
        f"The break from {day} is removed.",
        "Remove it",
        _build_removal_phrase(before, first),
    )


def _add_break(call: Call, before: Cohort, first: date, last: date) -> _BreakChange:
    after = before.add_break(first, last, call.now)
    dates = format_break_dates(Break(first, last))
    name = format_cohort_name(before)
    undo = build_phrase("cohort break", cohort=before.ref, first=first, remove="yes")
    return _BreakChange(
        before,
        after,
        f"Add a break to {name}, {dates}?",
        f"{name} has a break, {dates}.",
        "Add the break",
        build_phrase("cohort break", cohort=before.ref, first=first, last=last),
        (("Remove it again", undo),),
    )


# — showing —


def _build_breaks_answer(call: Call, cohort: Cohort, *, adds: bool, removes: bool) -> Answer:
    """Return the list of breaks, or the form for a new one where the list would be empty."""
    coming = _list_coming_breaks(call, cohort)
    if adds or (not coming and not removes):
        return _build_break_form(cohort)
    return _build_breaks_page(cohort, coming)


def _list_coming_breaks(call: Call, cohort: Cohort) -> list[Break]:
    today = cohort.get_cohort_date(call.now)
    coming = []
    for planned in cohort.breaks:
        if planned.last is None or planned.last >= today:
            coming.append(planned)
    return coming


def _build_break_form(cohort: Cohort) -> Form:
    fields = (
        Field("first", "First day", "date", True, help="Like 2026-04-06"),
        Field("last", "Last day", "date", True, help="The plan continues on the next day"),
    )
    return Form("A break", build_phrase("cohort break", cohort=cohort.ref, add="yes"), fields)


def _build_breaks_page(cohort: Cohort, coming: Sequence[Break]) -> Message:
    lines = [f"• {format_break_dates(planned)}" for planned in coming]
    text = "\n".join(lines) or "No break is planned."
    add = ("Add a break", build_phrase("cohort break", cohort=cohort.ref, add="yes"))
    return text_message(
        text,
        *_build_remove_buttons(cohort, coming),
        build_next_step_buttons(cohort, add),
        title=f"Breaks of {cohort.name}",
    )


def _build_remove_buttons(cohort: Cohort, coming: Sequence[Break]) -> list[Block]:
    pairs = []
    for first in _list_removable_days(coming)[:OFFERED]:
        pairs.append((f"Remove {first}", _build_removal_phrase(cohort, first)))
    return [button_row(*pairs, has_main=False)] if pairs else []


def _list_removable_days(coming: Sequence[Break]) -> list[date]:
    # A pause has no last day: only `cohort resume` ends it.
    return [planned.first for planned in coming if planned.last is not None]


def _build_removal_phrase(cohort: Cohort, first: date) -> str:
    return build_phrase("cohort break", cohort=cohort.ref, first=first, remove="yes")


# — changing —


async def _apply_break_change(call: Call, change: _BreakChange, sure: str | None) -> Message:
    before, after = change.before, change.after
    entered = await call.tx.ledger.list_posts_in_every_home(before)
    if before.state == "draft":
        return await _save_break(call, change, entered, "It is a draft, so nobody is told.")
    act = _build_break_act(call, change, entered)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in act.announcements:
        await call.tx.ledger.enter_numbered_announcement(after, "moved", notice, homes, call.now)
    return await _save_break(call, change, entered, "I have told everybody.")


def _build_break_act(call: Call, change: _BreakChange, entered: Entered) -> Act:
    before, after = change.before, change.after
    notice = build_date_change_notice(
        before, after, call.now, entered, change.head, post_kinds=call.post_kinds
    )
    head = change.question
    if not describe_date_changes(before, after, call.now):
        head += f" {SAME_WEEKS}"
    late_slots = list_late_slots(before, after, call.now, entered, post_kinds=call.post_kinds)
    follow_ups = describe_immediate_posts(late_slots, post_kinds=call.post_kinds)
    return Act(head, change.label, change.phrase, (notice,), follow_ups)


async def _save_break(call: Call, change: _BreakChange, entered: Entered, audience: str) -> Message:
    saved = await call.tx.schedule.save_changed_cohort(change.before, change.after, call.now)
    sentences = describe_date_changes(change.before, saved, call.now) or (SAME_WEEKS,)
    return text_message(
        f"{change.head} {audience}",
        " ".join(
            (*sentences, describe_next_post(saved, call.now, entered, post_kinds=call.post_kinds))
        ),
        build_next_step_buttons(saved, acts=change.undo),
    )
