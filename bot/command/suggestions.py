"""Suggestions for an option while it is typed: cohorts, weeks, items, zones. At most 25 each.

Each source takes the call and the text so far, and offers only things its caller may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.chat.errors import Refused
from bot.chat.message import OPTIONS, Choice
from bot.chat.text import shorten
from bot.command.call import Call, MissingChoice
from bot.command.routes import NONE, list_route_words
from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.cohort import Cohort, Member
from bot.group.fit import choose_default_week_count, fit_roadmap
from bot.group.gallery import fit_preview
from bot.group.zones import list_zones
from bot.roadmap import Certificate, PortfolioProject, Roadmap
from bot.views.gallery import list_plan_choices

MAX_VALUE = 100  # characters: Discord, value of a choice


def match_choices(choices: Iterable[Choice], typed: str) -> Sequence[Choice]:
    """Return the choices with the typed text in them, those beginning with it first."""
    wanted = typed.strip().casefold()
    matching: dict[str, Choice] = {}
    for choice in choices:
        if wanted in choice.label.casefold() or wanted in choice.value.casefold():
            # By value, because no list may offer one value twice.
            matching[choice.value] = choice
    ranked = sorted(
        matching.values(), key=lambda choice: not choice.label.casefold().startswith(wanted)
    )
    return ranked[:OPTIONS]


# — cohorts —


def _match_cohorts(cohorts: Iterable[Cohort], typed: str) -> Sequence[Choice]:
    choices = [Choice(cohort.name, cohort.name, cohort.state) for cohort in cohorts]
    return match_choices(choices, typed)


async def suggest_open_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest cohorts to join in this space."""
    cohorts = await call.list_local_cohorts()
    return _match_cohorts(
        [cohort for cohort in cohorts if cohort.state in {"open", "running", "paused"}], typed
    )


async def suggest_own_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the caller's cohorts."""
    if not call.person.id:
        return ()
    return _match_cohorts(await call.tx.cohorts.list_cohorts_of_person(call.person), typed)


async def suggest_managed_cohorts(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the cohorts a moderator may manage here."""
    if not call.caller.is_moderator:
        return ()
    return _match_cohorts(await call.tx.cohorts.list_cohorts_in_space(call.place), typed)


# — weeks, items and members —


async def _find_own_membership(call: Call) -> tuple[Cohort, Member] | None:
    texts = call.option_texts.get("cohort", ())
    try:
        return await call.resolve_membership(texts[0] if texts else None)
    except (Refused, MissingChoice):
        # A completion cannot ask back: nothing is offered until the cohort is clear.
        return None


async def _find_own_roadmap(call: Call) -> Roadmap | None:
    membership = await _find_own_membership(call)
    if membership is None:
        return None
    return await call.tx.cohorts.load_roadmap_by_id(membership[0].plan_id)


async def suggest_past_weeks(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the weeks already released to the caller, newest first."""
    membership = await _find_own_membership(call)
    if membership is None:
        return ()
    cohort, member = membership
    weeks = reversed(member.list_started_weeks(cohort, call.now))
    return match_choices(
        [Choice(shorten(week.title_with_number), str(week.number)) for week in weeks], typed
    )


async def suggest_all_weeks(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest every week in the caller's cohort, or in the typed roadmap."""
    slug = _get_option_text(call, "roadmap")
    if slug is not None:
        return match_choices(await _list_preview_week_choices(call, slug), typed)
    membership = await _find_own_membership(call)
    if membership is None:
        return ()
    return match_choices(list_week_choices(membership[0].syllabus), typed)


async def _list_preview_week_choices(call: Call, slug: str) -> list[Choice]:
    try:
        available = await call.find_available_roadmap(slug)
    except Refused:
        return []
    return list_week_choices(fit_preview(available.roadmap).syllabus)


def list_week_choices(syllabus: Syllabus) -> list[Choice]:
    """Return a choice for each week, by its number."""
    return [
        Choice(shorten(f"Week {number}: {week.title}"), str(number))
        for number, week in enumerate(syllabus.weeks, 1)
    ]


async def suggest_open_items(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest items the caller has not ticked yet, this week's first."""
    membership = await _find_own_membership(call)
    if membership is None:
        return ()
    cohort, member = membership
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    done_ids = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    current = member.get_current_week(cohort, call.now)
    current_id = None if current is None else current.id
    choices = []
    for week in _list_weeks_from(cohort, current_id):
        for item_id in week.items:
            if item_id not in done_ids:
                choices.append(Choice(shorten(roadmap.items[item_id].title), item_id))
    return match_choices(choices, typed)


def _list_weeks_from(cohort: Cohort, current_id: str | None) -> Sequence[SyllabusWeek]:
    """Return the cohort's weeks with the current one first."""
    return sorted(cohort.syllabus.weeks, key=lambda week: week.id != current_id)


async def suggest_member_names(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest members with a visible card in the caller's cohort, by their visible name."""
    membership = await _find_own_membership(call)
    if membership is None:
        return ()
    standings = await call.tx.progress.list_board_standings(membership[0], limit=OPTIONS)
    return match_choices([Choice(shorten(row.name), row.name) for row in standings], typed)


# — roadmaps —


async def suggest_roadmaps(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the roadmaps for a new cohort."""
    available = await call.load_available_roadmaps()
    cards = [entry.card for entry in available.values()]
    own_slugs = [slug for slug, entry in available.items() if entry.version]
    # What is typed chooses among all of them.
    most = len(cards) if typed.strip() else OPTIONS
    return match_choices(list_plan_choices(cards, own_slugs, most), typed)


async def suggest_routes(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest tracks and options in the caller's cohort, for the last typed word."""
    roadmap = await _find_own_roadmap(call)
    if roadmap is None:
        return ()
    words_before, _, last_word = typed.rpartition(" ")
    matching = match_choices(_list_route_choices(roadmap), last_word)
    return _add_words_before(matching, words_before)


def _list_route_choices(roadmap: Roadmap) -> list[Choice]:
    titles = {**list_route_words(roadmap), NONE: "The usual route"}
    return [Choice(shorten(title), word) for word, title in titles.items()]


def _add_words_before(choices: Sequence[Choice], words_before: str) -> Sequence[Choice]:
    """Return choices with the typed words in front: a picked value replaces all of them."""
    completed = []
    for choice in choices:
        value = f"{words_before} {choice.value}".strip()
        if len(value) <= MAX_VALUE:
            completed.append(replace(choice, value=value))
    return completed


async def suggest_projects(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the projects in the roadmap of the caller's cohort."""
    roadmap = await _find_own_roadmap(call)
    if roadmap is None:
        return ()
    return _match_pieces(roadmap.portfolio, typed)


async def suggest_certificates(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the certificates in the roadmap of the caller's cohort."""
    roadmap = await _find_own_roadmap(call)
    if roadmap is None:
        return ()
    return _match_pieces(roadmap.certificates, typed)


def _match_pieces(pieces: Sequence[PortfolioProject | Certificate], typed: str) -> Sequence[Choice]:
    choices = [Choice(shorten(piece.title), piece.id, piece.level or "") for piece in pieces]
    return match_choices(choices, typed)


async def suggest_seasons(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the seasons of the typed roadmap, for the weeks and hours so far, and all at once."""
    try:
        available = await call.find_available_roadmap(_get_option_text(call, "roadmap"))
    except Refused:
        return ()
    roadmap = available.roadmap
    return _match_seasons(call, roadmap, choose_default_week_count(roadmap), typed)


async def suggest_cohort_seasons(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the seasons of the roadmap in the one cohort its moderator can mean."""
    if not call.caller.is_moderator:
        return ()
    name = _get_option_text(call, "cohort")
    candidates = []
    for cohort in await call.tx.cohorts.list_cohorts_in_space(call.place):
        if name in {None, cohort.name, cohort.ref} and cohort.state in {"draft", "open"}:
            candidates.append(cohort)
    if len(candidates) != 1:
        return ()
    cohort = candidates[0]
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    return _match_seasons(call, roadmap, len(cohort.syllabus.weeks), typed)


def _get_option_text(call: Call, option: str) -> str | None:
    texts = call.option_texts.get(option, ())
    return "".join(texts[:1]).strip().casefold() or None


def _match_seasons(call: Call, roadmap: Roadmap, weeks: int, typed: str) -> Sequence[Choice]:
    hours = _get_option_text(call, "hours")
    try:
        fitted = fit_roadmap(
            roadmap,
            int(_get_option_text(call, "weeks") or weeks),
            float(hours) if hours else None,
        )
    except (Refused, ValueError):
        # The weeks or hours are still being typed.
        return ()
    total = fitted.season_count
    choices = [Choice(f"{number} of {total}", str(number)) for number in range(1, total + 1)]
    choices.append(Choice("all at once", "all"))
    return match_choices(choices, typed)


# — lists that are the same everywhere —


async def suggest_zones(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest IANA time zones."""
    return match_choices([Choice(name, name) for name in list_zones()], typed.replace(" ", "_"))


async def suggest_post_kinds(call: Call, typed: str) -> Sequence[Choice]:
    """Suggest the kinds of posts."""
    kinds = call.post_kinds.group_kinds.values()
    return match_choices([Choice(kind.title, kind.name) for kind in kinds], typed)
