"""What is offered for an option while it is typed: cohorts, weeks, items, zones. At most 25 values each.

A source takes the call and what is typed so far; it only ever offers what the caller may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.chat.errors import Refused
from bot.chat.message import OPTIONS, Choice
from bot.chat.text import short
from bot.command.call import Ask, Call
from bot.command.routes import NONE, offered
from bot.group.cohort import Cohort, Member
from bot.group.fit import fit, usual_weeks
from bot.group.zones import zones
from bot.post import kinds
from bot.roadmap import Roadmap

VALUE = 100  # characters: Discord, value of a choice


def fitting(choices: Iterable[Choice], typed: str) -> Sequence[Choice]:
    """The choices that match what is typed: those that begin with it first."""
    wanted = typed.strip().casefold()
    fit = (
        one for one in choices if wanted in one.label.casefold() or wanted in one.value.casefold()
    )
    found = list({one.value: one for one in fit}.values())
    found.sort(key=lambda one: not one.label.casefold().startswith(wanted))
    return found[:OPTIONS]


def _cohorts(cohorts: Iterable[Cohort], typed: str) -> Sequence[Choice]:
    return fitting((Choice(one.name, one.name, one.state) for one in cohorts), typed)


async def open_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Cohorts of this space that can be joined."""
    there = (one.advanced(call.now) for one in await call.tx.cohorts.in_space(call.place))
    return _cohorts((one for one in there if one.state in {"open", "running", "paused"}), typed)


async def my_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Cohorts the caller is in."""
    return _cohorts(await call.tx.cohorts.of_person(call.person) if call.person.id else (), typed)


async def managed_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Cohorts the caller may manage here."""
    return _cohorts(
        await call.tx.cohorts.in_space(call.place) if call.caller.moderator else (), typed
    )


async def _mine(call: Call) -> tuple[Cohort, Member] | None:
    given = call.given.get("cohort", ())
    try:
        return await call.membership(given[0] if given else None)
    except (Refused, Ask):
        return None


async def weeks(call: Call, typed: str) -> Sequence[Choice]:
    """The weeks that have come in the caller's cohort, newest first."""
    if (mine := await _mine(call)) is None:
        return ()
    cohort, member = mine
    come = reversed(member.come(cohort, call.now))
    return fitting((Choice(short(week.label), str(week.number)) for week in come), typed)


async def all_weeks(call: Call, typed: str) -> Sequence[Choice]:
    """Every week of the caller's cohort."""
    if (mine := await _mine(call)) is None:
        return ()
    listed = enumerate(mine[0].syllabus.weeks, 1)
    return fitting(
        (Choice(short(f"Week {number}: {week.title}"), str(number)) for number, week in listed),
        typed,
    )


async def open_items(call: Call, typed: str) -> Sequence[Choice]:
    """Items the caller has not ticked yet, this week's first."""
    if (mine := await _mine(call)) is None:
        return ()
    cohort, member = mine
    plan = await call.tx.cohorts.plan(cohort.plan_id)
    done = await call.tx.progress.ticked(call.person, cohort.roadmap)
    current = member.week(cohort, call.now)
    ordered = sorted(
        cohort.syllabus.weeks, key=lambda week: current is None or week.id != current.id
    )
    left = (item for week in ordered for item in week.items if item not in done)
    return fitting((Choice(short(plan.items[item].title), item) for item in left), typed)


async def routes(call: Call, typed: str) -> Sequence[Choice]:
    """Tracks and options of the caller's cohort; of several words the last one is completed."""
    if (mine := await _mine(call)) is None:
        return ()
    before, _, last = typed.rpartition(" ")
    there = {**offered(await call.tx.cohorts.plan(mine[0].plan_id)), NONE: "The usual route"}
    found = fitting((Choice(short(title), word) for word, title in there.items()), last)
    said = [replace(one, value=f"{before} {one.value}".strip()) for one in found]
    return [one for one in said if len(one.value) <= VALUE]


async def time_zones(call: Call, typed: str) -> Sequence[Choice]:
    """IANA zones."""
    return fitting((Choice(name, name) for name in zones()), typed.replace(" ", "_"))


async def roadmaps(call: Call, typed: str) -> Sequence[Choice]:
    """The roadmaps a cohort can take."""
    there = await call.shelf()
    return fitting(
        (Choice(short(one.plan.title), slug, slug) for slug, one in there.items()), typed
    )


async def seasons(call: Call, typed: str) -> Sequence[Choice]:
    """The seasons of the roadmap that is meant, in the weeks and hours said so far; and all of it at once."""
    try:
        plan = (await call.roadmap(_said(call, "roadmap"))).plan
    except Refused:
        return ()
    return _seasons(call, plan, usual_weeks(plan), typed)


async def cohort_seasons(call: Call, typed: str) -> Sequence[Choice]:
    """The seasons of the plan of the cohort that is meant, likewise."""
    there = await call.tx.cohorts.in_space(call.place) if call.caller.moderator else ()
    said = _said(call, "cohort")
    meant = [
        one for one in there if said in {None, one.name, one.ref} and one.state in {"draft", "open"}
    ]
    if len(meant) != 1:
        return ()
    return _seasons(
        call, await call.tx.cohorts.plan(meant[0].plan_id), len(meant[0].syllabus.weeks), typed
    )


def _said(call: Call, option: str) -> str | None:
    return next(iter(call.given.get(option, ())), "").strip().casefold() or None


def _seasons(call: Call, plan: Roadmap, weeks: int, typed: str) -> Sequence[Choice]:
    hours = _said(call, "hours")
    try:
        there = fit(
            plan, int(_said(call, "weeks") or weeks), float(hours) if hours else None
        ).seasons
    except (Refused, ValueError):
        return ()
    numbered = [Choice(f"{number} of {there}", str(number)) for number in range(1, there + 1)]
    return fitting([*numbered, Choice("all at once", "all")], typed)


async def post_kinds(call: Call, typed: str) -> Sequence[Choice]:
    """The kinds of posts there are."""
    return fitting((Choice(kind.title, kind.name) for kind in kinds().values()), typed)


async def member_names(call: Call, typed: str) -> Sequence[Choice]:
    """Members of the caller's cohort whose card they may see, by the name others see."""
    if (mine := await _mine(call)) is None:
        return ()
    board = await call.tx.progress.board(mine[0], limit=OPTIONS)
    return fitting((Choice(short(row.name), row.name) for row in board), typed)


async def portfolio_projects(call: Call, typed: str) -> Sequence[Choice]:
    """The projects that the plan of the caller's cohort suggests."""
    if (mine := await _mine(call)) is None:
        return ()
    plan = await call.tx.cohorts.plan(mine[0].plan_id)
    return fitting(
        (Choice(short(one.title), one.id, one.level or "") for one in plan.portfolio), typed
    )


async def plan_certificates(call: Call, typed: str) -> Sequence[Choice]:
    """The certificates that the plan of the caller's cohort suggests."""
    if (mine := await _mine(call)) is None:
        return ()
    plan = await call.tx.cohorts.plan(mine[0].plan_id)
    return fitting(
        (Choice(short(one.title), one.id, one.level or "") for one in plan.certificates), typed
    )
