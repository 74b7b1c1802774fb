"""What is offered for an option while it is typed: cohorts, weeks, items, zones. At most 25 values each.

A source takes the call and what is typed so far; it only ever offers what the caller may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.chat.errors import Refused
from bot.chat.message import OPTIONS, Choice
from bot.chat.text import shorten
from bot.command.call import Call, MissingChoice
from bot.command.routes import NONE, list_route_words
from bot.group.cohort import Cohort, Member
from bot.group.fit import choose_default_week_count, fit_roadmap
from bot.group.zones import list_zones
from bot.roadmap import Roadmap

VALUE = 100  # characters: Discord, value of a choice


def match_choices(choices: Iterable[Choice], typed: str) -> Sequence[Choice]:
    """The choices that match what is typed: those that begin with it first."""
    wanted = typed.strip().casefold()
    fit = (
        one for one in choices if wanted in one.label.casefold() or wanted in one.value.casefold()
    )
    found = list({one.value: one for one in fit}.values())
    found.sort(key=lambda one: not one.label.casefold().startswith(wanted))
    return found[:OPTIONS]


def _suggest_cohorts(cohorts: Iterable[Cohort], typed: str) -> Sequence[Choice]:
    return match_choices((Choice(one.name, one.name, one.state) for one in cohorts), typed)


async def suggest_open_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Cohorts of this space that can be joined."""
    there = (
        one.advance_state(call.now)
        for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
    )
    return _suggest_cohorts(
        (one for one in there if one.state in {"open", "running", "paused"}), typed
    )


async def suggest_own_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Cohorts the caller is in."""
    return _suggest_cohorts(
        await call.tx.cohorts.list_cohorts_of_person(call.person) if call.person.id else (), typed
    )


async def suggest_managed_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Cohorts the caller may manage here."""
    return _suggest_cohorts(
        await call.tx.cohorts.list_cohorts_in_space(call.place) if call.caller.is_moderator else (),
        typed,
    )


async def _find_own_membership(call: Call) -> tuple[Cohort, Member] | None:
    given = call.option_texts.get("cohort", ())
    try:
        return await call.resolve_membership(given[0] if given else None)
    except (Refused, MissingChoice):
        return None


async def suggest_past_weeks(call: Call, typed: str) -> Sequence[Choice]:
    """The weeks that have come in the caller's cohort, newest first."""
    if (mine := await _find_own_membership(call)) is None:
        return ()
    cohort, member = mine
    come = reversed(member.list_started_weeks(cohort, call.now))
    return match_choices(
        (Choice(shorten(week.title_with_number), str(week.number)) for week in come), typed
    )


async def suggest_all_weeks(call: Call, typed: str) -> Sequence[Choice]:
    """Every week of the caller's cohort."""
    if (mine := await _find_own_membership(call)) is None:
        return ()
    listed = enumerate(mine[0].syllabus.weeks, 1)
    return match_choices(
        (Choice(shorten(f"Week {number}: {week.title}"), str(number)) for number, week in listed),
        typed,
    )


async def suggest_open_items(call: Call, typed: str) -> Sequence[Choice]:
    """Items the caller has not ticked yet, this week's first."""
    if (mine := await _find_own_membership(call)) is None:
        return ()
    cohort, member = mine
    plan = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    current = member.get_current_week(cohort, call.now)
    ordered = sorted(
        cohort.syllabus.weeks, key=lambda week: current is None or week.id != current.id
    )
    left = (item for week in ordered for item in week.items if item not in done)
    return match_choices((Choice(shorten(plan.items[item].title), item) for item in left), typed)


async def suggest_routes(call: Call, typed: str) -> Sequence[Choice]:
    """Tracks and options of the caller's cohort; of several words the last one is completed."""
    if (mine := await _find_own_membership(call)) is None:
        return ()
    before, _, last = typed.rpartition(" ")
    there = {
        **list_route_words(await call.tx.cohorts.load_roadmap_by_id(mine[0].plan_id)),
        NONE: "The usual route",
    }
    found = match_choices((Choice(shorten(title), word) for word, title in there.items()), last)
    said = [replace(one, value=f"{before} {one.value}".strip()) for one in found]
    return [one for one in said if len(one.value) <= VALUE]


async def suggest_zones(call: Call, typed: str) -> Sequence[Choice]:
    """IANA zones."""
    return match_choices((Choice(name, name) for name in list_zones()), typed.replace(" ", "_"))


async def suggest_roadmaps(call: Call, typed: str) -> Sequence[Choice]:
    """The roadmaps a cohort can take."""
    there = await call.load_available_roadmaps()
    return match_choices(
        (Choice(shorten(one.roadmap.title), slug, slug) for slug, one in there.items()), typed
    )


async def suggest_seasons(call: Call, typed: str) -> Sequence[Choice]:
    """The seasons of the roadmap that is meant, in the weeks and hours said so far; and all of it at once."""
    try:
        plan = (await call.find_available_roadmap(_get_option_text(call, "roadmap"))).roadmap
    except Refused:
        return ()
    return _suggest_roadmap_seasons(call, plan, choose_default_week_count(plan), typed)


async def suggest_cohort_seasons(call: Call, typed: str) -> Sequence[Choice]:
    """The seasons of the plan of the cohort that is meant, likewise."""
    there = (
        await call.tx.cohorts.list_cohorts_in_space(call.place) if call.caller.is_moderator else ()
    )
    said = _get_option_text(call, "cohort")
    meant = [
        one for one in there if said in {None, one.name, one.ref} and one.state in {"draft", "open"}
    ]
    if len(meant) != 1:
        return ()
    return _suggest_roadmap_seasons(
        call,
        await call.tx.cohorts.load_roadmap_by_id(meant[0].plan_id),
        len(meant[0].syllabus.weeks),
        typed,
    )


def _get_option_text(call: Call, option: str) -> str | None:
    return next(iter(call.option_texts.get(option, ())), "").strip().casefold() or None


def _suggest_roadmap_seasons(call: Call, plan: Roadmap, weeks: int, typed: str) -> Sequence[Choice]:
    hours = _get_option_text(call, "hours")
    try:
        there = fit_roadmap(
            plan, int(_get_option_text(call, "weeks") or weeks), float(hours) if hours else None
        ).season_count
    except (Refused, ValueError):
        return ()
    numbered = [Choice(f"{number} of {there}", str(number)) for number in range(1, there + 1)]
    return match_choices([*numbered, Choice("all at once", "all")], typed)


async def suggest_post_kinds(call: Call, typed: str) -> Sequence[Choice]:
    """The kinds of posts there are."""
    kinds = call.post_kinds.kinds.values()
    return match_choices((Choice(kind.title, kind.name) for kind in kinds), typed)


async def suggest_member_names(call: Call, typed: str) -> Sequence[Choice]:
    """Members of the caller's cohort whose card they may see, by the name others see."""
    if (mine := await _find_own_membership(call)) is None:
        return ()
    board = await call.tx.progress.list_board_standings(mine[0], limit=OPTIONS)
    return match_choices((Choice(shorten(row.name), row.name) for row in board), typed)


async def suggest_projects(call: Call, typed: str) -> Sequence[Choice]:
    """The projects that the plan of the caller's cohort suggests."""
    if (mine := await _find_own_membership(call)) is None:
        return ()
    plan = await call.tx.cohorts.load_roadmap_by_id(mine[0].plan_id)
    return match_choices(
        (Choice(shorten(one.title), one.id, one.level or "") for one in plan.portfolio), typed
    )


async def suggest_certificates(call: Call, typed: str) -> Sequence[Choice]:
    """The certificates that the plan of the caller's cohort suggests."""
    if (mine := await _find_own_membership(call)) is None:
        return ()
    plan = await call.tx.cohorts.load_roadmap_by_id(mine[0].plan_id)
    return match_choices(
        (Choice(shorten(one.title), one.id, one.level or "") for one in plan.certificates), typed
    )
