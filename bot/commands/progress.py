"""`progress`: somebody's card (shares per week, pace, streak with its reasons, rank) and the cohort's board."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Annotated

from bot.cohort import Cohort, Member
from bot.command import Call, Who, command
from bot.command.phrase import read_who, shown
from bot.command.suggest import member_names, my_cohorts
from bot.message import OPTIONS, Block, Fact, Fields, Message, Progress, Text, phrase, quote, say
from bot.pages import board, buttons, short, weeks_done
from bot.people import Account, Caller, Refused
from bot.progress import pace, shares, streak, visible
from bot.route import route_of


@command(reads=True, section="me", order=40, helps=("running", "over"), action="My progress")
async def progress(
    call: Call,
    member: Annotated[str | None, "Whose; without it, yours", member_names] = None,
    board: Annotated[bool, "The cohort's board"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
) -> Message:
    """How far you are, and the cohort's board."""
    found, own = await call.membership(cohort)
    if board:
        return await _boards(call, found, own)
    if member is None:
        return await _card(call, found, own, own)
    return await _card(call, found, await _named(call, found, member), own)


async def _named(call: Call, cohort: Cohort, said: str) -> Member:
    seen = [one for one in await _meant(call, cohort, read_who(said)) if visible(one, call.viewer, "card")]
    if not seen:
        near = await _alike(call, cohort, said)
        hint = f"did you mean {near}?" if near else "`progress board` shows who is on it."
        raise Refused(f"I can show nobody called “{shown(said)}” in {cohort.name}: {hint}", "member")
    if len(seen) > 1:
        raise Refused(f"{len(seen)} people are called “{shown(said)}”: `progress board` shows them all.", "member")
    return seen[0]


async def _meant(call: Call, cohort: Cohort, who: Who) -> Sequence[Member]:
    """Whoever is called so. Somebody who was picked is not found behind an alias, which would give it away."""
    if not who.native:
        return await call.tx.members.named(cohort, who.name)
    account = Account(call.place.platform, call.place.tenant, who.native)
    person = await call.tx.people.known(Caller(account, who.name))
    found = await call.tx.members.of(cohort, person) if person.id else None
    own = person.id == call.person.id
    return [found] if found and (own or found.name == found.person.name) else []


async def _alike(call: Call, cohort: Cohort, said: str) -> str:
    """A name on the board that is spelt like what was said, as prose."""
    rows = {row.name.casefold(): row.name for row in await call.tx.progress.board(cohort, limit=OPTIONS)}
    near = difflib.get_close_matches(said.casefold(), rows, 1, 0.6)
    return f"**{quote(rows[near[0]])}**" if near else ""


async def _card(call: Call, cohort: Cohort, subject: Member, own: Member) -> Message:
    done = await call.tx.progress.ticked(subject.person, cohort.roadmap)
    checked_in = await call.tx.progress.weeks_checked_in(subject)
    plan = await call.tx.cohorts.plan(cohort.plan_id)
    route = route_of(plan, cohort.syllabus, subject.picks)
    so_far = shares(subject, cohort, route, done, checked_in, call.now)
    mine = subject.id == own.id
    bars: list[Block] = [
        Progress("The whole plan", route.done(done), route.total(), strong=True),
        *weeks_done(so_far),
    ]
    run = streak(subject, cohort, so_far)
    rank = await call.tx.progress.rank(cohort, subject)
    facts = [Fact("Streak", _weeks(run.weeks) + (f" ({'; '.join(run.reasons)})" if mine and run.reasons else ""))]
    if mine and not subject.is_away(cohort, call.now):
        facts.insert(0, Fact("Pace", pace(subject, cohort, route, so_far, done).sentence))
    if mine and subject.is_away(cohort, call.now):
        facts.insert(0, Fact("Pace", "away, nobody is counting"))
    facts.append(Fact("Rank", "hidden, on no board" if subject.hidden else f"{rank.rank}"))
    title = "Your progress" if mine else short(visible(subject, call.viewer, "card") or "", 60)
    more = [("The board", phrase("progress", board="yes", cohort=cohort.ref))]
    if mine and so_far:
        more.append(("My list", phrase("week", cohort=cohort.ref)))
    return say(Fields(tuple(facts)), *bars, buttons(*more), title=f"{title} in {cohort.name}")


def _weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


async def _boards(call: Call, cohort: Cohort, own: Member) -> Message:
    week = own.week(cohort, call.now)
    usual = route_of(await call.tx.cohorts.plan(cohort.plan_id), cohort.syllabus)
    blocks: list[Block] = []
    if week is not None:
        rows = await call.tx.progress.board(cohort, week.id)
        mine = await call.tx.progress.rank(cohort, own, week.id)
        blocks += [Text(f"**This week** · {quote(week.week.title)}"), *board(rows, usual.total(week.id), mine)]
    rows = await call.tx.progress.board(cohort)
    mine = await call.tx.progress.rank(cohort, own)
    blocks += [Text("**Overall**"), *board(rows, usual.total(), mine)]
    if own.hidden:
        blocks.append(Text("You are hidden: only you see your own line here."))
    more = buttons(("My progress", phrase("progress", cohort=cohort.ref)))
    return say(*blocks, more, title=f"The board of {cohort.name}")
