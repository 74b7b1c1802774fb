"""`progress`: somebody's card (shares per week, pace, streak with its reasons, rank) and the cohort's board."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Annotated

from bot.chat.address import Account, Caller
from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Block,
    Fact,
    Fields,
    Message,
    Progress,
    Text,
    phrase,
    quote,
    say,
)
from bot.chat.message import page as page_of
from bot.chat.text import short
from bot.command import Call, Hidden, Who, command
from bot.command.grammar import read_who, shown
from bot.command.suggestions import member_names, my_cohorts
from bot.group.cohort import Cohort, Member
from bot.group.progress import pace, reached, shares, streak, visible
from bot.group.route import route_of
from bot.views.board import board, weeks_done
from bot.views.notices import farewell, joins

OVERALL = "all"  # what says that the board of no single week is meant
ROWS = 20
JOINS = 2  # other cohorts that a card of a finished one offers


@command(reads=True, section="me", order=40, helps=("running", "over"), action="My progress")
async def progress(
    call: Call,
    member: Annotated[str | None, "Whose; without it, yours", member_names] = None,
    board: Annotated[bool, "The cohort's board"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    week: Annotated[str | None, Hidden()] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """How far you are, and the cohort's board."""
    found, own = await call.membership(cohort)
    if board and week is not None:
        return await _whole(call, found, own, week, page or 1)
    if board:
        return await _boards(call, found, own)
    if member is None:
        return await _card(call, found, own, own)
    return await _card(call, found, await _named(call, found, member), own)


async def _named(call: Call, cohort: Cohort, said: str) -> Member:
    seen = [
        one
        for one in await _meant(call, cohort, read_who(said))
        if visible(one, call.viewer, "card")
    ]
    if not seen:
        near = await _alike(call, cohort, said)
        hint = f"did you mean {near}?" if near else "`progress board` shows who is on it."
        raise Refused(
            f"I can show nobody called “{shown(said)}” in {cohort.name}: {hint}", "member"
        )
    if len(seen) > 1:
        raise Refused(
            f"{len(seen)} people are called “{shown(said)}”: `progress board` shows them all.",
            "member",
        )
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
    rows = {
        row.name.casefold(): row.name for row in await call.tx.progress.board(cohort, limit=OPTIONS)
    }
    near = difflib.get_close_matches(said.casefold(), rows, 1, 0.6)
    return f"**{quote(rows[near[0]])}**" if near else ""


async def _card(call: Call, cohort: Cohort, subject: Member, own: Member) -> Message:
    done = await call.tx.progress.ticked(subject.person, cohort.roadmap)
    checked_in = await call.tx.progress.weeks_checked_in(subject)
    plan = await call.tx.cohorts.plan(cohort.plan_id)
    route = route_of(plan, cohort.syllabus, subject.picks)
    so_far = shares(subject, cohort, route, done, checked_in, call.now)
    mine, ended = subject.id == own.id, subject.is_through(cohort, call.now)
    bars: list[Block] = [
        Progress("The whole plan", route.done(done), route.total(), strong=True),
        *weeks_done(so_far),
    ]
    run = streak(subject, cohort, so_far)
    rank = await call.tx.progress.rank(cohort, subject)
    facts = [
        Fact(
            "Streak",
            _weeks(run.weeks) + (f" ({'; '.join(run.reasons)})" if mine and run.reasons else ""),
        )
    ]
    if mine and ended:
        facts.insert(0, Fact("Reached", reached(route.done(done), route.total(), so_far)))
    elif mine and subject.is_away(cohort, call.now):
        facts.insert(0, Fact("Pace", "away, nobody is counting"))
    elif mine:
        facts.insert(0, Fact("Pace", pace(subject, cohort, route, so_far, done).sentence))
    facts.append(Fact("Rank", "hidden, on no board" if subject.hidden else f"{rank.rank}"))
    title = "Your progress" if mine else short(visible(subject, call.viewer, "card") or "", 60)
    more = [("The board", phrase("progress", board="yes", cohort=cohort.ref))]
    if mine and so_far:
        more.append(("My list", phrase("week", cohort=cohort.ref)))
    head: list[Block] = [Text(farewell(cohort))] if mine and ended else []
    if head:
        more += joins(await call.joinable(), JOINS)
    return say(
        *head, Fields(tuple(facts)), *bars, buttons(*more), title=f"{title} in {cohort.name}"
    )


def _weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


async def _boards(call: Call, cohort: Cohort, own: Member) -> Message:
    """The first of this week and of the whole plan."""
    week = None if own.is_through(cohort, call.now) else own.week(cohort, call.now)
    usual = route_of(await call.tx.cohorts.plan(cohort.plan_id), cohort.syllabus)
    blocks: list[Block] = []
    pairs = [("My progress", phrase("progress", cohort=cohort.ref))]
    if week is not None:
        rows, left = await _first(call, cohort, own, usual.total(week.id), week.id)
        blocks += [Text(f"**This week** · {quote(week.week.title)}"), *rows]
        if left:
            pairs.append(
                (
                    "Everybody this week",
                    phrase("progress", board="yes", week=week.id, cohort=cohort.ref),
                )
            )
    rows, left = await _first(call, cohort, own, usual.total(), None)
    blocks += [Text("**Overall**"), *rows]
    if left:
        pairs.append(
            ("Everybody overall", phrase("progress", board="yes", week=OVERALL, cohort=cohort.ref))
        )
    if own.hidden:
        blocks.append(Text("You are hidden: only you see your own line here."))
    return say(*blocks, buttons(*pairs), title=f"The board of {cohort.name}")


async def _first(
    call: Call, cohort: Cohort, own: Member, total: int, week_id: str | None
) -> tuple[Sequence[Block], int]:
    """The first rows of a board and the reader's own, and how many others there are."""
    rows = await call.tx.progress.board(cohort, week_id)
    mine = await call.tx.progress.rank(cohort, own, week_id)
    is_below = mine.done > 0 and not own.hidden and all(row.member_id != own.id for row in rows)
    left = await call.tx.progress.on_board(cohort, week_id) - len(rows) - is_below
    return (*board(rows, total, mine), *([Text(f"… and {left} more.")] if left else [])), left


async def _whole(call: Call, cohort: Cohort, own: Member, said: str, number: int) -> Message:
    """A page of the whole board of one week, or overall."""
    week = None if said == OVERALL else cohort.calendar.week(said)
    if week is None and said != OVERALL:
        raise Refused(
            f"{cohort.name} has no such week: say `progress board=yes` for this one's board.",
            "week",
        )
    week_id = week.id if week else None
    usual = route_of(await call.tx.cohorts.plan(cohort.plan_id), cohort.syllabus)
    shown = page_of(range(await call.tx.progress.on_board(cohort, week_id)), number, ROWS)
    rows = (
        await call.tx.progress.board(cohort, week_id, len(shown.entries), shown.entries[0])
        if shown.total
        else ()
    )
    mine = await call.tx.progress.rank(cohort, own, week_id)
    head = f"**Week {week.number}** · {quote(week.week.title)}" if week else "**Overall**"
    bars = board(rows, usual.total(week_id), mine)
    turns = shown.turns(phrase("progress", board="yes", week=said, cohort=cohort.ref))
    more = buttons(("My progress", phrase("progress", cohort=cohort.ref)))
    return say(Text(head), *bars, *turns, more, title=f"The board of {cohort.name}")
