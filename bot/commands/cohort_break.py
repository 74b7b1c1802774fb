"""`cohort break`: dates on which the plan stands still, told ahead; `remove=yes` takes one out again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Block,
    Field,
    Form,
    Message,
    build_phrase,
    escape_text,
    text_message,
)
from bot.command import Act, Call, CohortRef, HiddenOption, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.calendar import Break
from bot.group.cohort import Cohort
from bot.views.dates import describe_date_changes, format_break_dates
from bot.views.notices import build_date_change_notice, build_next_step_buttons
from bot.views.timeline import describe_immediate_posts, describe_next_post, list_late_slots

STILL = "No week moves; on those days nobody is reminded and no streak counts."
OFFERED = 4  # breaks with a button to take them out


@command(moderators=True, form=True, action="Plan a break")
async def cohort_break(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    first: Annotated[date | None, "First day of the break"] = None,
    last: Annotated[date | None, "Last day of the break"] = None,
    remove: Annotated[bool, "Take out the break that begins on that first day"] = False,
    add: Annotated[bool, HiddenOption()] = False,
    sure: Sure = None,
) -> Answer:
    """Let the plan stand still on some dates, or take a break out."""
    found = await call.lock_managed_cohort(cohort, "draft", "open", "running", "paused")
    first, last = (
        call.parse_local_date("first", found.zone),
        call.parse_local_date("last", found.zone),
    )
    if found.state in {"finished", "archived"}:
        raise Refused(f"{found.name} is {found.state}: there is nothing left to interrupt.")
    coming = [
        one
        for one in found.breaks
        if one.last is None or one.last >= found.get_cohort_date(call.now)
    ]
    if first is None and last is None:
        return (
            _build_break_form(found)
            if not remove and (add or not coming)
            else _build_breaks_page(found, coming)
        )
    if first is None:
        raise Refused("Which day does the break begin on? Say it with `first=`.", "first")
    if remove:
        act = _build_break_button(found, "Take it out", first, remove="yes")
        after = found.remove_break(first, call.now)
        return await _apply_break_change(
            call, found, after, f"The break from {first} is taken out.", act, sure
        )
    if last is None:
        raise Refused(
            f"Which day does the break end on? For a single day say `last={first}` too.", "last"
        )
    after = found.add_break(first, last, call.now)
    undo = build_phrase("cohort break", cohort=found.ref, first=first, remove="yes")
    head = f"**{escape_text(found.name)}** has a break, {format_break_dates(Break(first, last))}."
    act = _build_break_button(found, "Add the break", first, last=last)
    return await _apply_break_change(
        call, found, after, head, act, sure, [("Take it out again", undo)]
    )


def _build_break_button(found: Cohort, label: str, first: date, **more: object) -> tuple[str, str]:
    return label, build_phrase("cohort break", cohort=found.ref, first=first, **more)


def _build_break_form(found: Cohort) -> Form:
    fields = (
        Field("first", "First day", "date", True, help="Like 2026-04-06"),
        Field("last", "Last day", "date", True, help="The plan goes on the day after"),
    )
    return Form("A break", build_phrase("cohort break", cohort=found.ref, add="yes"), fields)


def _build_breaks_page(found: Cohort, coming: list[Break]) -> Message:
    dated = [one for one in coming if one.last is not None]
    pairs = [(f"Remove {one.first}", build_phrase("cohort break", cohort=found.ref, first=one.first, remove="yes"))
             for one in dated[:OFFERED]]  # fmt: skip
    more: list[Block] = [button_row(*pairs, has_main=False)] if pairs else []
    told = "\n".join(f"• {format_break_dates(one)}" for one in coming) or "No break is planned."
    add = ("Add a break", build_phrase("cohort break", cohort=found.ref, add="yes"))
    return text_message(
        told, *more, build_next_step_buttons(found, add), title=f"Breaks of {found.name}"
    )


async def _apply_break_change(
    call: Call,
    found: Cohort,
    after: Cohort,
    head: str,
    asked: tuple[str, str],
    sure: str | None,
    undo: Sequence[tuple[str, str]] = (),
) -> Message:
    told = found.state != "draft"
    entered = await call.tx.ledger.list_posts_in_every_home(found)
    if told:
        homes = await call.tx.cohorts.list_homes(found.id)
        news = build_date_change_notice(
            found, after, call.now, entered, head, post_kinds=call.post_kinds
        )
        still = "" if describe_date_changes(found, after, call.now) else f" {STILL}"
        then = describe_immediate_posts(
            list_late_slots(found, after, call.now, entered, post_kinds=call.post_kinds),
            post_kinds=call.post_kinds,
        )
        act = Act(
            f"The breaks of **{escape_text(found.name)}** would change.{still}",
            *asked,
            (news,),
            then,
        )
        if not act.is_agreed(sure):
            return act.build_preview(sure, build_next_step_buttons(found))
        await call.tx.ledger.enter_numbered_announcement(after, "moved", news, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now)
    lines = describe_date_changes(found, saved, call.now) or (STILL,)
    who = "Everybody has been told." if told else "Nobody has been told, as it is a draft."
    return text_message(
        f"{head} {who}",
        " ".join(
            (*lines, describe_next_post(saved, call.now, entered, post_kinds=call.post_kinds))
        ),
        build_next_step_buttons(saved, acts=undo),
    )
