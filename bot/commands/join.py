"""`join`: a seat in a cohort, and where the cohort is for whoever comes late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, moment, phrase, quote, say
from bot.chat.text import counted, names, short
from bot.command import Ask, Call, command
from bot.command.suggestions import open_cohorts
from bot.group.calendar import Dated
from bot.group.cohort import Cohort, Member
from bot.group.zones import zone
from bot.post import between
from bot.views.dates import day

COVERED = 12  # weeks that are named to whoever comes late
AHEAD = timedelta(days=14)  # the next post is named when it comes within this time


@command(order=10, helps=("outside", "over"), action="Join a cohort")
async def join(
    call: Call, cohort: Annotated[str | None, "Which cohort", open_cohorts] = None
) -> Message:
    """Join a cohort and walk its weeks together."""
    meant = await _meant(call, cohort)
    found = await call.tx.cohorts.lock(meant.id) or meant
    found = found.advanced(call.now)
    if (member := await call.tx.members.of(found, call.person)) is not None:
        return landing(found, member, call, f"You are in **{quote(found.name)}** already.")
    found.admit(await call.tx.members.taken(found), call.now)
    member = await call.tx.members.enrol(found, call.person, call.now)
    if await call.tx.people.setting(call.person, "hidden") == "yes" and not member.hidden:
        await call.tx.members.show(member, hidden=True, alias=member.alias)
        member = replace(member, hidden=True)
    await call.tx.progress.recount(found, member)
    await call.tx.schedule.greet(found, call.now)
    return landing(found, member, call, f"You are in **{quote(found.name)}** 🎉")


async def _meant(call: Call, said: str | None) -> Cohort:
    if said:
        return await call.cohort(said)
    there = [one.advanced(call.now) for one in await call.tx.cohorts.in_space(call.place)]
    open_ones = [one for one in there if one.state in {"open", "running", "paused"}]
    if not open_ones:
        raise Refused(
            "No cohort is open here right now: ask a moderator to say `cohort create` and `cohort open`."
        )
    if len(open_ones) == 1:
        return open_ones[0]
    raise Ask(
        "cohort", "Which cohort would you like to join?", [_offer(one, call) for one in open_ones]
    )


def _offer(cohort: Cohort, call: Call) -> Choice:
    week = cohort.week_at(call.now)
    where = f"in week {week.number}" if week else f"starts {day(cohort.start)}"
    return Choice(cohort.name, cohort.ref, where)


def landing(cohort: Cohort, member: Member, call: Call, hello: str) -> Message:
    """What somebody reads who has just joined: where the cohort is and what to do now."""
    current = member.week(cohort, call.now)
    lines = [hello, _where(cohort, current, call)]
    if (upcoming := _next_post(cohort, call)) is not None:
        here = member.zone(cohort)
        lines.append(
            f"The next post comes on {moment(upcoming, zone(here), told=not member.person.zone)}."
        )
    pairs = [("This week's list", phrase("week", cohort=cohort.ref))] if current else []
    pairs.append(("The whole plan", phrase("roadmap show", cohort=cohort.ref)))
    if member.person.zone is None:
        pairs.append(("Set my time zone", "settings ask=times"))
    return say("\n".join(lines), buttons(*pairs))


def _where(cohort: Cohort, current: Dated | None, call: Call) -> str:
    weeks = len(cohort.syllabus.weeks)
    if current is None:
        first = cohort.calendar.weeks[0].first if cohort.calendar.weeks else cohort.start
        return f"It starts on {day(first)} and takes {counted(weeks, 'week')}."
    line = f"It is in week {current.number} of {weeks}: **{quote(current.week.title)}**."
    before = list(enumerate(cohort.syllabus.weeks[: current.number - 1], 1))
    if not before:
        return line
    latest = [f"{number}. {quote(short(week.title, 60))}" for number, week in before[-COVERED:]]
    earlier = len(before) - len(latest)
    covered = names([*latest, *([f"{earlier} more before that (`roadmap`)"] if earlier else [])])
    return f"{line}\nCovered so far: {covered}. Nobody expects you to do it all at once: begin with this week."


def _next_post(cohort: Cohort, call: Call) -> datetime | None:
    coming = between(cohort, call.now, call.now + AHEAD)
    return coming[0].at if coming else None
