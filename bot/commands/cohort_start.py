"""`cohort start`: the plan begins now or on a date; and with `again=yes`, once more from the first week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, moment, phrase, quote, say
from bot.command import Act, Call, Sure, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort
from bot.group.zones import zone
from bot.views.dates import day, standing
from bot.views.notices import changed, invitation, onward
from bot.views.timeline import comes_at_once, just_before, late_posts, next_post, opening_posts


@command(moderators=True)
async def cohort_start(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    on: Annotated[date | None, "Day one; without it, today"] = None,
    again: Annotated[bool, "Go through the whole plan once more"] = False,
    sure: Sure = None,
) -> Message:
    """Begin the plan today or on a date; again=yes goes through it once more."""
    found = await call.managed(
        cohort, "draft", "open", *(("running", "paused", "finished") if again else ())
    )
    first = call.local_date("on", found.zone) or found.today(call.now)
    if found.state == "archived":
        raise Refused(f"{found.name} is archived for good: `cohort create` makes a new cohort.")
    if found.state in {"draft", "open"}:
        return await _begin(call, found, first, sure)
    if not again:
        raise Refused(
            f"{found.name} has begun already: `cohort reschedule` moves its dates, and `cohort start again=yes` goes "
            "through the whole plan once more."
        )
    return await _again(call, found, first, sure)


async def _begin(call: Call, found: Cohort, first: date, sure: str | None) -> Message:
    if found.state == "open" and first == found.start:
        raise Refused(
            f"{found.name} starts on {day(first)} by itself: there is nothing left for you to do.",
            "on",
        )
    after = _from(found, first, call)
    act = await _act(call, found, after)
    if not act.is_agreed(sure):
        return act.preview(sure, onward(found))
    homes = await call.tx.cohorts.homes(found.id)
    for message in act.news:
        if found.state == "draft":
            await call.tx.ledger.announce(after, f"open/{after.edition}", message, homes, call.now)
        else:
            await call.tx.ledger.announce_next(after, "moved", message, homes, call.now)
    since = just_before(after, call.now) if found.state == "draft" else None
    saved = await call.tx.schedule.change(found, after, call.now, since=since)
    by_itself = (
        f" It would have started by itself on {day(found.start)}." if found.state == "open" else ""
    )
    return await _told(call, saved, by_itself)


async def _act(call: Call, found: Cohort, after: Cohort) -> Act:
    week, name = after.week_at(call.now), quote(found.name)
    opens = "be open for people to join, and " if found.state == "draft" else ""
    begins = f"begin in week {week.number}" if week else f"start on {day(after.start)}"
    says = phrase("cohort start", cohort=found.ref, on=after.start)
    if found.state == "draft":
        news: tuple[Message, ...] = (invitation(after, call.now),)
        slots = opening_posts(after, await call.tx.cohorts.plan(found.plan_id), call.now)
    else:
        news = () if week else (changed(found, after, call.now),)
        slots = late_posts(found, after, call.now, await call.tx.ledger.entered(found))
    then = comes_at_once(slots)
    return Act(f"**{name}** would {opens}{begins}.", _label(after, call), says, news, then)


def _label(after: Cohort, call: Call) -> str:
    return "Start now" if after.week_at(call.now) else f"Start on {day(after.start)}"


def _from(found: Cohort, first: date, call: Call) -> Cohort:
    try:
        return found.starting(first, call.now)
    except Refused as refused:
        raise Refused(refused.sentence, "on") from None


async def _told(call: Call, saved: Cohort, more: str) -> Message:
    week, name = saved.week_at(call.now), quote(saved.name)
    if week is not None:
        head = f"**{name}** is on its way, in week {week.number}. What opens the week comes right now.{more}"
    else:
        begins = saved.begins_at
        when = moment(begins, zone(saved.zone)) if begins else "the day its pause ends"
        head = f"**{name}** starts on {when}, all by itself.{more}"
    taken = await call.tx.members.taken(saved)
    people = (
        "Nobody has joined yet, so invite a few."
        if not taken
        else f"{taken} {'has' if taken == 1 else 'have'} joined."
    )
    coming = next_post(saved, call.now, await call.tx.ledger.entered(saved))
    return say(
        f"{head}\n{coming} {people}",
        onward(saved, ("Members", phrase("cohort members", cohort=saved.ref))),
    )


def _all(cohort: Cohort) -> str:
    count = len(cohort.syllabus.weeks)
    return "its week" if count == 1 else f"all {count} weeks"


async def _again(call: Call, found: Cohort, first: date, sure: str | None) -> Message:
    if found.edition > 1 and found.start == first:  # the button was pressed twice
        raise Refused(
            f"{found.name} has been started again on {day(first)} already: `cohort timeline` shows it.",
            "on",
        )
    edition = await call.tx.ledger.next_edition(found)
    after = replace(found.again(first, call.now), edition=edition)
    begins = f"Week 1 is on {day(after.calendar.weeks[0].first)}." if after.calendar.weeks else ""
    news = say(
        f"**{quote(found.name)}** goes through its plan once more. {begins} Ticks and check-ins stay."
    )
    head = (
        f"**{quote(found.name)}** would go through {_all(found)} once more, and it {standing(after, call.now)}. Every post "
        "is sent again; ticks, check-ins and members stay as they are. Another day: `cohort start again=yes on=`."
    )
    says = phrase("cohort start", cohort=found.ref, on=first, again="yes")
    begins_on = after.calendar.weeks[0].first if after.calendar.weeks else first
    act = Act(head, f"Start again on {day(begins_on)}", says, (news,), is_final=True)
    if not act.is_agreed(sure):
        return act.preview(sure, onward(found))
    homes = await call.tx.cohorts.homes(found.id)
    await call.tx.ledger.announce(after, f"again/{after.edition}", news, homes, call.now)
    saved = await call.tx.schedule.change(found, after, call.now)
    return await _told(call, saved, "")
