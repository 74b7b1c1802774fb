"""`cohort break`: dates on which the plan stands still, told ahead; `remove=yes` takes one out again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import Answer, Block, Field, Form, Message, phrase, quote, say
from bot.command import Act, Call, Hidden, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.calendar import Break
from bot.group.cohort import Cohort
from bot.views.dates import dates, moves
from bot.views.notices import changed, onward
from bot.views.timeline import comes_at_once, late_posts, next_post

STILL = "No week moves; on those days nobody is reminded and no streak counts."
OFFERED = 4  # breaks with a button to take them out


@command(moderators=True, form=True, action="Plan a break")
async def cohort_break(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    first: Annotated[date | None, "First day of the break"] = None,
    last: Annotated[date | None, "Last day of the break"] = None,
    remove: Annotated[bool, "Take out the break that begins on that first day"] = False,
    add: Annotated[bool, Hidden()] = False,
    sure: Sure = None,
) -> Answer:
    """Let the plan stand still on some dates, or take a break out."""
    found = await call.managed(cohort, "draft", "open", "running", "paused")
    first, last = call.local_date("first", found.zone), call.local_date("last", found.zone)
    if found.state in {"finished", "archived"}:
        raise Refused(f"{found.name} is {found.state}: there is nothing left to interrupt.")
    coming = [one for one in found.breaks if one.last is None or one.last >= found.today(call.now)]
    if first is None and last is None:
        return _form(found) if not remove and (add or not coming) else _listed(found, coming)
    if first is None:
        raise Refused("Which day does the break begin on? Say it with `first=`.", "first")
    if remove:
        act = _asked(found, "Take it out", first, remove="yes")
        after = found.mended(first, call.now)
        return await _changed(
            call, found, after, f"The break from {first} is taken out.", act, sure
        )
    if last is None:
        raise Refused(
            f"Which day does the break end on? For a single day say `last={first}` too.", "last"
        )
    after = found.broken(first, last, call.now)
    undo = phrase("cohort break", cohort=found.ref, first=first, remove="yes")
    head = f"**{quote(found.name)}** has a break, {dates(Break(first, last))}."
    act = _asked(found, "Add the break", first, last=last)
    return await _changed(call, found, after, head, act, sure, [("Take it out again", undo)])


def _asked(found: Cohort, label: str, first: date, **more: object) -> tuple[str, str]:
    return label, phrase("cohort break", cohort=found.ref, first=first, **more)


def _form(found: Cohort) -> Form:
    fields = (
        Field("first", "First day", "date", True, help="Like 2026-04-06"),
        Field("last", "Last day", "date", True, help="The plan goes on the day after"),
    )
    return Form("A break", phrase("cohort break", cohort=found.ref, add="yes"), fields)


def _listed(found: Cohort, coming: list[Break]) -> Message:
    dated = [one for one in coming if one.last is not None]
    pairs = [(f"Remove {one.first}", phrase("cohort break", cohort=found.ref, first=one.first, remove="yes"))
             for one in dated[:OFFERED]]  # fmt: skip
    more: list[Block] = [buttons(*pairs, has_main=False)] if pairs else []
    told = "\n".join(f"• {dates(one)}" for one in coming) or "No break is planned."
    add = ("Add a break", phrase("cohort break", cohort=found.ref, add="yes"))
    return say(told, *more, onward(found, add), title=f"Breaks of {found.name}")


async def _changed(
    call: Call,
    found: Cohort,
    after: Cohort,
    head: str,
    asked: tuple[str, str],
    sure: str | None,
    undo: Sequence[tuple[str, str]] = (),
) -> Message:
    told = found.state != "draft"
    entered = await call.tx.ledger.entered(found)
    if told:
        homes = await call.tx.cohorts.homes(found.id)
        news = changed(found, after, call.now, entered, head)
        still = "" if moves(found, after, call.now) else f" {STILL}"
        then = comes_at_once(late_posts(found, after, call.now, entered))
        act = Act(
            f"The breaks of **{quote(found.name)}** would change.{still}", *asked, (news,), then
        )
        if not act.is_agreed(sure):
            return act.preview(sure, onward(found))
        await call.tx.ledger.announce_next(after, "moved", news, homes, call.now)
    saved = await call.tx.schedule.change(found, after, call.now)
    lines = moves(found, saved, call.now) or (STILL,)
    who = "Everybody has been told." if told else "Nobody has been told, as it is a draft."
    return say(
        f"{head} {who}",
        " ".join((*lines, next_post(saved, call.now, entered))),
        onward(saved, acts=undo),
    )
