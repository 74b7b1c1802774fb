"""`roadmap versions`: the versions of a roadmap here, their changes, and the cohorts on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import (
    ROW,
    Buttons,
    Choice,
    Message,
    build_phrase,
    escape_text,
    paginate,
    text_message,
)
from bot.chat.text import join_names, shorten
from bot.command import Call, HiddenOption, MissingChoice, command
from bot.command.suggestions import suggest_roadmaps
from bot.group.cohort import Cohort
from bot.group.revision import compare_roadmaps, describe_diff
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.store.roadmaps import AvailableRoadmap, RoadmapVersion
from bot.views.dates import format_day

PAGE_SIZE = 5
BLOCK_LINES = 4  # with more lines in it, a block could grow over its limit
MAX_COHORT_NAME, MAX_PUBLISHER, MAX_CHOICE_TITLE = 40, 40, 40  # characters
MAX_NAMES = 3  # cohorts of a version; with every name escaped, a page still fits a message
MAX_TITLE = 150  # characters
MAX_MOVES = ROW - 1  # one button of the row imports a new version
OVER_STATES = frozenset({"finished", "archived"})


@command(moderators=True, reads=True)
async def roadmap_versions(
    call: Call,
    roadmap: Annotated[str | None, "Which plan", suggest_roadmaps] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Show the versions of a plan, and the cohorts on each."""
    slug = roadmap or await _find_only_own_roadmap(call)
    history = await _load_history(call, await call.find_available_roadmap(slug))
    places = paginate(range(len(history.versions)), page or 1, PAGE_SIZE)
    lines = [await _format_version_line(call, history, place) for place in places.entries]
    if history.bundled is not None and places.number == places.pages:
        lines.append(f"**Version 0**, the built-in plan{history.format_users(0)}")
    other_users = history.format_users(None)
    if other_users:
        lines.append(f"A plan older than these versions{other_users}")
    page_phrase = build_phrase("roadmap versions", roadmap=history.latest.roadmap.slug)
    return text_message(
        *_group_lines(lines),
        *places.build_page_buttons(page_phrase),
        _build_versions_buttons(history),
        title=shorten(f"Versions of {history.latest.roadmap.title}", MAX_TITLE),
    )


@dataclass(frozen=True, slots=True)
class RoadmapHistory:
    """A roadmap with its versions, newest first, and the cohorts on each.

    `bundled` is the roadmap built into the bot, None for one from the space itself.
    `version_numbers` are by cohort id; None for a cohort on none of the versions.
    """

    latest: AvailableRoadmap
    versions: Sequence[RoadmapVersion]
    bundled: Roadmap | None
    followers: Sequence[Cohort]
    version_numbers: Mapping[int, int | None]

    def format_users(self, number: int | None) -> str:
        """Return the cohorts on a version as the end of a line, empty without any."""
        users = [cohort for cohort in self.followers if self.version_numbers[cohort.id] == number]
        if not users:
            return ""
        return f" · used by {join_names(map(_format_short_name, users), MAX_NAMES)}"


def _format_short_name(cohort: Cohort) -> str:
    return f"**{escape_text(shorten(cohort.name, MAX_COHORT_NAME))}**"


async def _load_history(call: Call, latest: AvailableRoadmap) -> RoadmapHistory:
    slug = latest.roadmap.slug
    space_id = await call.tx.people.find_space_id(call.place)
    versions = await call.tx.roadmaps.list_roadmap_versions(space_id, slug)
    # A space's own roadmap with a built-in one's name has another key: it does not follow it.
    bundled = call.roadmaps.get(slug) if latest.key == slug else None
    space_cohorts = await call.tx.cohorts.list_cohorts_in_space(call.place)
    followers = [cohort for cohort in space_cohorts if cohort.roadmap == latest.key]
    version_numbers = {}
    for cohort in followers:
        version_numbers[cohort.id] = await _find_cohort_version(call, cohort, versions, bundled)
    return RoadmapHistory(latest, versions, bundled, followers, version_numbers)


async def _find_only_own_roadmap(call: Call) -> str | None:
    """Return the name of the only roadmap with versions, None without any.

    Raises `MissingChoice` with several.
    """
    available = await call.load_available_roadmaps()
    own_roadmaps = {slug: entry for slug, entry in available.items() if entry.version}
    if len(own_roadmaps) > 1:
        choices = list(map(_build_version_choice, own_roadmaps.values()))
        raise MissingChoice("roadmap", "Which plan do you mean?", choices)
    return next(iter(own_roadmaps), None)


def _build_version_choice(entry: AvailableRoadmap) -> Choice:
    # Two roadmaps may share a title, so the name stands beside it.
    short_title = shorten(entry.roadmap.title, MAX_CHOICE_TITLE)
    return Choice(f"{short_title} · {entry.roadmap.slug}", entry.roadmap.slug)


async def _find_cohort_version(
    call: Call, cohort: Cohort, versions: Iterable[RoadmapVersion], bundled: Roadmap | None
) -> int | None:
    """Return the number of a cohort's version, 0 for the built-in one, None for neither."""
    for version in versions:
        if version.plan_id == cohort.plan_id:
            return version.number
    if bundled is None:
        return None
    # The built-in roadmap has no row of its own: compare the content.
    cohort_roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    return 0 if cohort_roadmap.digest == bundled.digest else None


# — in words —


async def _format_version_line(call: Call, history: RoadmapHistory, place: int) -> str:
    version = history.versions[place]
    published_on = _compute_local_date(call, version)
    facts = [f"**Version {version.number}** · {format_day(published_on)}"]
    if version.publisher_name:  # empty for an account that is gone
        facts.append(f"by {escape_text(shorten(version.publisher_name, MAX_PUBLISHER))}")
    facts.append(await _describe_version_changes(call, history, place))
    return f"{' · '.join(facts)}{history.format_users(version.number)}"


def _compute_local_date(call: Call, version: RoadmapVersion) -> date:
    zone = load_zone(call.person.zone or "UTC")
    return version.published_at.astimezone(zone).date()


async def _describe_version_changes(call: Call, history: RoadmapHistory, place: int) -> str:
    older_roadmap = history.bundled
    if place + 1 < len(history.versions):
        older_version = history.versions[place + 1]
        older_roadmap = await call.tx.roadmaps.load_version_roadmap(older_version.plan_id)
    if older_roadmap is None:
        return "first version"
    version = history.versions[place]
    version_roadmap = await call.tx.roadmaps.load_version_roadmap(version.plan_id)
    return describe_diff(compare_roadmaps(older_roadmap, version_roadmap))


def _group_lines(lines: Sequence[str]) -> list[str]:
    """Return lines joined to blocks of text."""
    texts = []
    for first_place in range(0, len(lines), BLOCK_LINES):
        texts.append("\n".join(lines[first_place : first_place + BLOCK_LINES]))
    return texts


def _build_versions_buttons(history: RoadmapHistory) -> Buttons:
    buttons = []
    for cohort in _list_movable_cohorts(history)[:MAX_MOVES]:
        buttons.append(_build_move_button(cohort, history.latest.version))
    buttons.append(("Import a new version", "roadmap import"))
    return button_row(*buttons, has_main=False)


def _build_move_button(cohort: Cohort, version: int) -> tuple[str, str]:
    move_phrase = build_phrase("cohort revise", cohort=cohort.ref, version=version)
    return f"Move {shorten(cohort.name, MAX_COHORT_NAME)}", move_phrase


def _list_movable_cohorts(history: RoadmapHistory) -> list[Cohort]:
    movable_cohorts = []
    for cohort in history.followers:
        is_latest = history.version_numbers[cohort.id] == history.latest.version
        if not is_latest and cohort.state not in OVER_STATES:
            movable_cohorts.append(cohort)
    return movable_cohorts
