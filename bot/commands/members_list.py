"""`members list`: everybody in a cohort, for moderators only, hidden members included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Buttons,
    Choice,
    InvalidMessageError,
    Message,
    Page,
    Select,
    build_phrase,
    escape_text,
    paginate,
    text_message,
)
from bot.chat.text import clean_text, format_count, join_names, shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.attention import find_own_space_id
from bot.command.suggestions import suggest_managed_cohorts
from bot.command.values import format_typed_text
from bot.group.attention import MemberNeed
from bot.group.cohort import Cohort, Member
from bot.group.progress import get_visible_name
from bot.group.roster import (
    RosterFacts,
    RosterFilter,
    RosterQuestion,
    RosterRow,
    RosterSort,
    choose_rows,
)
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.views.member_lines import MemberLineFacts, list_member_lines
from bot.views.notices import build_next_step_buttons

SHOWN = 20  # members on a page
PARAGRAPH = 7  # members in a text block
MAX_NAME = 40  # characters of a search
MAX_WEEK = 400
USUAL = "usual"  # typed for members without a track

SORT_LABELS: Mapping[RosterSort, str] = {
    "joined": "By joining",
    "need": "By need",
    "progress": "By progress",
    "checkin": "By check-in",
    "name": "By name",
}
FILTER_WORDS: Mapping[RosterFilter, str] = {
    "away": "away",
    "hidden": "hidden",
    "way-back": "on a way back",
}


@dataclass(frozen=True, slots=True)
class _Roster:
    """All seats of a cohort, those asked for, and what is known beside them."""

    cohort: Cohort
    roadmap: Roadmap
    question: RosterQuestion
    all_rows: Sequence[RosterRow]
    rows: Sequence[RosterRow]
    facts: RosterFacts
    needs: Mapping[int, MemberNeed]
    own_space_id: int | None


@command(moderators=True, reads=True, order=40, action="Members", aliases=("cohort members",))
async def members_list(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    name: Annotated[str | None, "Part of a name"] = None,
    sort: Annotated[RosterSort | None, "In which order"] = None,
    week: Annotated[int | None, "Only those in this week", NumberRange(1, MAX_WEEK)] = None,
    track: Annotated[str | None, "Only those on this track"] = None,
    only: Annotated[RosterFilter | None, "Only those who are away, hidden or on a way back"] = None,
    page: Annotated[int | None, "Which page", NumberRange(1)] = None,
) -> Message:
    """See who has joined, their progress and what blocks them."""
    managed = await call.find_managed_cohort(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(managed.plan_id)
    searched = clean_text(name or "", MAX_NAME, "A name")
    question = RosterQuestion(searched, sort or "joined", week, _find_track(track, roadmap), only)
    roster = await _load_roster(call, managed, roadmap, question)
    if not roster.all_rows:
        return _build_empty_list(managed)
    if not roster.rows:
        return _build_no_match(roster)
    places = paginate(roster.rows, page or 1, SHOWN)
    members = await _load_members(call, managed, places)
    lines = list_member_lines(members, await _load_line_facts(call, roster, members))
    paragraphs = []
    for start in range(0, len(lines), PARAGRAPH):
        paragraphs.append("\n".join(lines[start : start + PARAGRAPH]))
    return text_message(
        " ".join(await _list_head_sentences(call, roster)),
        *paragraphs,
        _build_member_select(call, managed, members),
        *_build_page_blocks(roster, places),
        *_build_buttons(roster),
        title=_format_title(managed),
    )


def _find_track(typed: str | None, roadmap: Roadmap) -> str | None:
    """Return a track's id, empty for the usual route; None for any. Raises `Refused`."""
    if typed is None:
        return None
    wanted = typed.strip().casefold()
    if wanted == USUAL:
        return ""
    for track in roadmap.tracks:
        if wanted in {track.id.casefold(), track.title.casefold()}:
            return track.id
    if not roadmap.tracks:
        raise Refused("This plan has no tracks: leave the track out.", "track")
    known = join_names(f"`{track.id}`" for track in roadmap.tracks)
    raise Refused(
        f"There is no track “{format_typed_text(typed)}”: choose among {known} and `{USUAL}`.",
        "track",
    )


# — what is known —


async def _load_roster(
    call: Call, cohort: Cohort, roadmap: Roadmap, question: RosterQuestion
) -> _Roster:
    all_rows = await call.tx.roster.list_roster(cohort)
    own_space_id = await find_own_space_id(call, cohort)
    needs: Mapping[int, MemberNeed] = {}
    if question.sort == "need":
        found = await call.tx.attention.list_member_needs(cohort, roadmap, call.now)
        readable = found.hide_foreign_words(own_space_id)
        needs = {entry.member.id: entry for entry in readable.members}
    movers = await call.tx.waiting.find_movers([cohort.id])
    facts = RosterFacts(
        await call.tx.roster.list_away_ids(cohort, call.now),
        frozenset(person_id for person_id, _ in movers),
        await call.tx.roster.load_tracks(cohort) if question.track is not None else {},
        await call.tx.roster.load_checkin_moments(cohort) if question.sort == "checkin" else {},
        list(needs),
    )
    rows = choose_rows(all_rows, question, facts, cohort, call.now)
    return _Roster(cohort, roadmap, question, all_rows, rows, facts, needs, own_space_id)


async def _load_members(call: Call, cohort: Cohort, places: Page[RosterRow]) -> list[Member]:
    ids = [row.member_id for row in places.entries]
    loaded = await call.tx.members.load_members_by_id(ids, cohort.id)
    return [loaded[member_id] for member_id in ids]


async def _load_line_facts(
    call: Call, roster: _Roster, members: Sequence[Member]
) -> MemberLineFacts:
    cohort = roster.cohort
    movers = frozenset((person_id, cohort.id) for person_id in roster.facts.mover_ids)
    return MemberLineFacts(
        cohort,
        roster.roadmap,
        call.viewer,
        call.now,
        load_zone(cohort.zone),
        await call.tx.progress.load_last_checkins([member.id for member in members]),
        await call.tx.stuck.load_stuck_items(
            {member.person.id for member in members}, cohort.roadmap
        ),
        roster.own_space_id,
        await _load_planners_ticks(call, cohort, members),
        movers,
        roster.needs,
    )


async def _load_planners_ticks(
    call: Call, cohort: Cohort, members: Sequence[Member]
) -> Mapping[tuple[int, str], frozenset[str]]:
    """Return the ticks of those with a catch-up plan: it ends by itself when it is done."""
    person_ids = [member.person.id for member in members if member.catch_up]
    return await call.tx.progress.load_ticks_of_people(person_ids, [cohort.roadmap])


# — the answer —


def _build_empty_list(cohort: Cohort) -> Message:
    invite = "people join with `join`."
    if cohort.state == "draft":
        invite = "open it for people to join."
    return text_message(
        f"Nobody has joined yet: {invite}",
        build_next_step_buttons(cohort),
        title=_format_title(cohort),
    )


def _build_no_match(roster: _Roster) -> Message:
    everybody = ("Everybody", build_phrase("members list", cohort=roster.cohort.ref))
    count = format_count(len(roster.all_rows), "member")
    return text_message(
        f"Of {count}, nobody is {_describe_question(roster.question)}.",
        button_row(everybody),
        title=_format_title(roster.cohort),
    )


def _format_title(cohort: Cohort) -> str:
    return shorten(f"Members of {cohort.name}")


async def _list_head_sentences(call: Call, roster: _Roster) -> list[str]:
    sentences = [f"{_format_totals(roster)}."]
    if roster.question.has_filter:
        shown = _describe_question(roster.question)
        sentences.append(f"Shown: **{len(roster.rows)}** {shown}.")
    if roster.cohort.seats is not None:
        waiting = await call.tx.waiting.count_waiting_people(roster.cohort)
        if waiting:
            verb = "waits" if waiting == 1 else "wait"
            sentences.append(f"{waiting} {verb} for a seat.")
    sentences.append("Only moderators see this list.")
    return sentences


def _format_totals(roster: _Roster) -> str:
    """Return `33 members, 40 seats: 2 hidden, 1 away`."""
    head = format_count(len(roster.all_rows), "member")
    if roster.cohort.seats:
        head = f"{head}, {roster.cohort.seats} seats"
    counts = {
        "hidden": sum(row.hidden for row in roster.all_rows),
        "away": len(roster.facts.away_ids),
        "on a way back": sum(roster.facts.has_way_back(row) for row in roster.all_rows),
    }
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return f"{head}: {', '.join(parts)}" if parts else head


def _describe_question(question: RosterQuestion) -> str:
    """Return the filters as the end of a sentence: `in week 3 and hidden`."""
    parts = []
    if question.name:
        parts.append(f"with “{escape_text(question.name)}” in their name")
    if question.week is not None:
        parts.append(f"in week {question.week}")
    if question.track is not None:
        parts.append(f"on the track {question.track or USUAL}")
    if question.only is not None:
        parts.append(FILTER_WORDS[question.only])
    return join_names(parts)


def _build_member_select(call: Call, cohort: Cohort, members: Sequence[Member]) -> Block:
    choices = []
    for member in members:
        name = get_visible_name(member, call.viewer, "members") or "somebody"
        choices.append(Choice(shorten(name), str(member.id)))
    phrase = build_phrase("members attention", cohort=cohort.ref)
    return Select("Open a member", phrase, "member", tuple(choices))


def _build_list_phrase(question: RosterQuestion, cohort: Cohort, sort: RosterSort) -> str:
    return build_phrase(
        "members list",
        name=question.name or None,
        sort=sort if sort != "joined" else None,
        week=question.week,
        track=USUAL if question.track == "" else question.track,
        only=question.only,
        cohort=cohort.ref,
    )


def _build_page_blocks(roster: _Roster, places: Page[RosterRow]) -> tuple[str | Block, ...]:
    question = roster.question
    try:
        return places.build_page_buttons(_build_list_phrase(question, roster.cohort, question.sort))
    except InvalidMessageError:
        # A long search does not fit a button.
        if places.number == places.pages:
            return (f"Page {places.number} of {places.pages}.",)
        return (f"Page {places.number} of {places.pages}: add `page={places.number + 1}`.",)


def _build_buttons(roster: _Roster) -> tuple[Buttons, ...]:
    cohort, orders = roster.cohort, []
    for sort, label in SORT_LABELS.items():
        if sort == roster.question.sort or len(roster.rows) < 2:
            continue
        try:
            phrase = _build_list_phrase(roster.question, cohort, sort)
            orders.append(button_row((label, phrase), has_main=False).buttons[0])
        except InvalidMessageError:
            continue
    attention = ("Who needs me", build_phrase("members attention", cohort=cohort.ref))
    settings = ("Settings", build_phrase("cohort settings", cohort=cohort.ref))
    rows = [Buttons(tuple(orders))] if orders else []
    return (*rows, build_next_step_buttons(cohort, attention, settings))
