"""`cohort members`: everybody in a cohort as moderators may see them, hidden members included. The answer is private."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from bot.chat.message import Message, phrase, quote, say
from bot.chat.message import page as page_of
from bot.chat.text import short
from bot.command import Call, Range, command
from bot.command.suggestions import managed_cohorts
from bot.group.cohort import Cohort, Member
from bot.group.progress import visible
from bot.group.route import route_of
from bot.group.zones import zone
from bot.roadmap import Roadmap
from bot.views.dates import day
from bot.views.notices import onward

SHOWN = 9
NAME, ALIAS, IN_THE_WAY = (
    40,
    24,
    60,
)  # characters shown; with every one escaped, a page still fits a message


@command(moderators=True, reads=True, order=40, action="Members")
async def cohort_members(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    page: Annotated[int | None, "Which page", Range(1)] = None,
) -> Message:
    """Who is in, how far they are, their last check-in and what is in their way."""
    found = await call.managed(cohort)
    taken = await call.tx.members.taken(found)
    title = short(f"Members of {found.name}")
    if not taken:
        invite = (
            "open it for people to join." if found.state == "draft" else "the way in is `join`."
        )
        return say(f"Nobody has joined yet: {invite}", onward(found), title=title)
    shown = page_of(range(taken), page or 1, SHOWN)
    here = await call.tx.members.every(found, len(shown.entries), shown.entries[0])
    last = await call.tx.progress.last_checked_in([member.id for member in here])
    seats = f" of {found.seats} seats" if found.seats else ""
    plan = await call.tx.cohorts.plan(found.plan_id)
    lines = [_line(member, found, plan, call, last) for member in here]
    more = ("Settings", phrase("cohort settings", cohort=found.ref))
    turns = shown.turns(phrase("cohort members", cohort=found.ref))
    return say(
        f"{taken}{seats} taken. Only you can read this.",
        *("\n".join(lines[start : start + 5]) for start in range(0, len(lines), 5)),
        *turns,
        onward(found, more),
        title=title,
    )


def _line(
    member: Member,
    cohort: Cohort,
    plan: Roadmap,
    call: Call,
    last: Mapping[int, tuple[datetime, str]],
) -> str:
    name = visible(member, call.viewer, "members") or "somebody"
    also = f" (shown as {quote(short(member.name, ALIAS))})" if member.name != name else ""
    there = zone(cohort.zone)
    at, blockers = last.get(member.id, (None, ""))
    checked_in = day(at.astimezone(there).date()) if at else "never"
    total = route_of(plan, cohort.syllabus, member.picks).total()
    marks = [f"{member.score} of {total} done", f"last check-in {checked_in}"]
    marks.append(f"joined {day(member.joined_at.astimezone(there).date())}")
    marks += ["hidden"] if member.hidden else []
    marks += ["away"] if member.is_away(cohort, call.now) else []
    marks += (
        [f"in the way: _{quote(short(' '.join(blockers.split()), IN_THE_WAY))}_"]
        if blockers
        else []
    )
    return f"• **{quote(short(name, NAME))}**{also} · {' · '.join(marks)}"
