"""`cohort open`: people may join, and the plan begins by itself on its start date. Where that day is past, it asks how to
begin, and nothing is public until that is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import Message, phrase, quote, say
from bot.command import Act, Call, Hidden, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.calendar import DAY
from bot.group.cohort import Cohort
from bot.views.dates import day
from bot.views.notices import invitation, missing, onward, whereabouts
from bot.views.timeline import comes_at_once, just_before, next_post, opening_posts


@command(moderators=True, announcing=True, order=20, action="Open a cohort")
async def cohort_open(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    week: Annotated[int | None, Hidden()] = None,
    sure: Sure = None,
) -> Message:
    """Let people join; the plan then starts by itself."""
    found = await call.managed(cohort, "draft")
    if found.state != "draft":
        raise Refused(f"{found.name} is {found.state} already: `cohort timeline` shows what comes.")
    current = found.week_at(call.now)
    if _is_over(found, call) or (current is not None and current.number != week):
        return _ask(found, call)
    homes = await call.tx.cohorts.homes(found.id)
    where = whereabouts((home.place for home in homes), call.place) if len(homes) > 1 else "here"
    news, after = invitation(found, call.now), replace(found, state="open")
    act = await _act(found, after, call, news)
    if not act.is_agreed(sure):
        return act.preview(sure, onward(found))
    await call.tx.ledger.announce(found, f"open/{found.edition}", news, homes, call.now)
    opened = await call.tx.schedule.change(
        found, after, call.now, since=just_before(after, call.now)
    )
    lacking = missing(
        one
        for one in call.lacking
        if one.blocks and any(home.place == call.place for home in homes)
    )
    invited = "my invitation waits" if lacking else f"I have invited everybody {where}"
    told = f"**{quote(opened.name)}** is open, and {invited}. I take it from now on. {_next(opened, call)}"
    return say(
        "\n".join((told, *lacking)),
        onward(opened, ("Join it yourself", phrase("join", cohort=opened.ref))),
    )


def _is_over(found: Cohort, call: Call) -> bool:
    return found.finishes_at is not None and found.finishes_at <= call.now


def _ask(found: Cohort, call: Call) -> Message:
    """Ask how a plan begins whose start is past."""
    current, today = found.week_at(call.now), found.today(call.now)
    start = phrase("cohort start", cohort=found.ref)
    move = ("Change the dates", phrase("cohort reschedule", cohort=found.ref))
    if current is None:
        head = f"All of **{quote(found.name)}** lies in the past: it was to start on {day(found.start)}."
        ways = [("Start today", start)]
    elif found.start == today:
        head = f"**{quote(found.name)}** starts today, and its posting time, {found.at:%H:%M}, is past."
        tomorrow = phrase("cohort reschedule", cohort=found.ref, start=today + DAY)
        ways = [("First post now", start), ("Tomorrow", tomorrow)]
    else:
        head = f"**{quote(found.name)}** was to start on {day(found.start)}, and that day is past."
        begin = phrase("cohort open", cohort=found.ref, week=current.number)
        ways = [("Start today", start), (f"Begin in week {current.number}", begin)]
    asked = "Nobody has been told yet. When should it begin?"
    return say(f"{head} {asked}", buttons(*ways, move, has_main=False), onward(found))


async def _act(found: Cohort, after: Cohort, call: Call, news: Message) -> Act:
    current = found.week_at(call.now)
    if current is None:
        head, week = f"**{quote(found.name)}** would be open for people to join.", None
    else:
        head = f"**{quote(found.name)}** would be open for people to join, and begin in week {current.number}."
        week = current.number
    says = phrase("cohort open", cohort=found.ref, week=week)
    plan = await call.tx.cohorts.plan(found.plan_id)
    return Act(head, "Open it", says, (news,), comes_at_once(opening_posts(after, plan, call.now)))


def _next(cohort: Cohort, call: Call) -> str:
    week = cohort.week_at(call.now)
    now = f"Week {week.number} comes right now. " if week else ""
    return now + next_post(cohort, call.now)
