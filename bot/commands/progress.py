"""`progress`: a member's card (shares per week, pace, streak, rank) and the cohort's board."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.chat.address import Account, Caller
from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Block,
    Fact,
    Fields,
    Message,
    Progress,
    Text,
    build_phrase,
    escape_text,
    paginate,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call, CohortRef, HiddenOption, PersonOrRole, command
from bot.command.suggestions import suggest_member_names, suggest_own_cohorts
from bot.command.values import format_typed_text, parse_person_or_role
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.progress import (
    Standing,
    Streak,
    WeekProgress,
    compute_pace,
    compute_streak,
    describe_final_progress,
    get_visible_name,
    list_week_progress,
)
from bot.group.route import Route, build_route
from bot.views.board import build_board_bars, build_week_bars
from bot.views.notices import format_finish_notice, list_join_buttons

OVERALL = "all"  # said instead of a week's id for the board of the whole plan
ROWS = 20
MAX_JOIN_BUTTONS = 2  # other cohorts that the card of a finished one offers
MAX_NAME = 60  # characters
SPELT_ALIKE = 0.6  # from 0 to 1: lower offers odd guesses, higher misses common slips


@command(reads=True, section="me", order=40, helps=("running", "over"), action="My progress")
async def progress(
    call: Call,
    member: Annotated[str | None, "Whose (yours if left out)", suggest_member_names] = None,
    board: Annotated[bool, "Show the cohort's board"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    week: Annotated[str | None, HiddenOption()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Show how far you are, or the cohort's board."""
    own_cohort, own_member = await call.resolve_membership(cohort)
    if board and week is not None:
        return await _build_board_page(call, own_cohort, own_member, week, page or 1)
    if board:
        return await _build_boards_overview(call, own_cohort, own_member)
    subject = own_member
    if member is not None:
        subject = await _find_visible_member(call, own_cohort, member)
    if subject.id == own_member.id:
        return await _build_own_card(call, own_cohort, subject)
    return await _build_other_card(call, own_cohort, subject)


# — the member —


async def _find_visible_member(call: Call, cohort: Cohort, typed_name: str) -> Member:
    """Return the member with a name. Raises `Refused` without one, or with several.

    A hidden member is refused in the same words as nobody at all.
    """
    target = parse_person_or_role(typed_name)
    visible_members = []
    for candidate in await _find_candidate_members(call, cohort, target):
        if get_visible_name(candidate, call.viewer, "card"):
            visible_members.append(candidate)
    if len(visible_members) == 1:
        return visible_members[0]
    safe_name = format_typed_text(typed_name)
    if visible_members:
        count = len(visible_members)
        raise Refused(
            f"{count} people are called “{safe_name}”: use `progress board` to see them.", "member"
        )
    hint = await _suggest_similar_member(call, cohort, typed_name)
    raise Refused(f"I found nobody called “{safe_name}” in {cohort.name}: {hint}", "member")


async def _find_candidate_members(
    call: Call, cohort: Cohort, target: PersonOrRole
) -> Sequence[Member]:
    if not target.native:
        return await call.tx.members.find_members_by_name(cohort, target.name)
    account = Account(call.place.platform, call.place.tenant, target.native)
    person = await call.tx.people.find_person(Caller(account, target.name))
    if not person.id:
        return []
    member = await call.tx.members.find_member(cohort, person)
    if member is None or _is_behind_alias(member, call):
        return []
    return [member]


def _is_behind_alias(member: Member, call: Call) -> bool:
    # Finding an account that was picked by its real name would give its alias away.
    is_own = member.person.id == call.person.id
    return not is_own and member.name_in_cohort != member.person.name


async def _suggest_similar_member(call: Call, cohort: Cohort, typed_name: str) -> str:
    standings = await call.tx.progress.list_board_standings(cohort, limit=OPTIONS)
    similar_name = _find_similar_name(typed_name, [standing.name for standing in standings])
    if similar_name:
        return f"did you mean **{escape_text(similar_name)}**?"
    return "use `progress board` to see who is on it."


def _find_similar_name(typed_name: str, names: Sequence[str]) -> str:
    """Return the name spelt most alike, empty without one."""
    folded_names = {name.casefold(): name for name in names}
    matches = difflib.get_close_matches(typed_name.casefold(), folded_names, 1, SPELT_ALIKE)
    return folded_names[matches[0]] if matches else ""


# — the card —


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member in a cohort, with their route and everything they have done of it."""

    cohort: Cohort
    member: Member
    route: Route
    done: frozenset[str]
    week_shares: tuple[WeekProgress, ...]

    @property
    def done_slot_count(self) -> int:
        return self.route.count_done_slots(self.done)

    @property
    def total_slot_count(self) -> int:
        return self.route.count_slots()

    def compute_card_streak(self) -> Streak:
        return compute_streak(self.member, self.cohort, self.week_shares)


async def _load_card(call: Call, cohort: Cohort, member: Member) -> MemberCard:
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    route = build_route(roadmap, cohort.syllabus, member.picks)
    done = await call.tx.progress.load_ticked_items(member.person, cohort.roadmap)
    checkin_ids = await call.tx.progress.list_checkin_week_ids(member)
    week_shares = list_week_progress(member, cohort, route, done, checkin_ids, call.now)
    return MemberCard(cohort, member, route, done, week_shares)


async def _build_own_card(call: Call, cohort: Cohort, member: Member) -> Message:
    card = await _load_card(call, cohort, member)
    blocks: list[Block] = [Fields(await _list_own_facts(call, card)), *_build_progress_bars(card)]
    buttons = [_build_board_button(cohort)]
    if card.week_shares:
        buttons.append(("My list", build_phrase("week", cohort=cohort.ref)))
    if member.has_finished_roadmap(cohort, call.now):
        blocks.insert(0, Text(format_finish_notice(cohort)))
        joinable_cohorts = await call.list_joinable_cohorts()
        buttons.extend(list_join_buttons(joinable_cohorts, MAX_JOIN_BUTTONS))
    return text_message(*blocks, button_row(*buttons), title=f"Your progress in {cohort.name}")


async def _list_own_facts(call: Call, card: MemberCard) -> tuple[Fact, ...]:
    streak = _format_own_streak(card.compute_card_streak())
    rank_fact = await _build_rank_fact(call, card)
    return _build_pace_fact(call, card), Fact("Streak", streak), rank_fact


def _build_pace_fact(call: Call, card: MemberCard) -> Fact:
    cohort, member = card.cohort, card.member
    # Pace has no meaning once the plan is over, and nobody away is behind.
    if member.has_finished_roadmap(cohort, call.now):
        reached = describe_final_progress(
            card.done_slot_count, card.total_slot_count, card.week_shares
        )
        return Fact("Reached", reached)
    if member.is_away_today(cohort, call.now):
        return Fact("Pace", "away, nobody is counting")
    return Fact(
        "Pace", compute_pace(member, cohort, card.route, card.week_shares, card.done).pace_text
    )


async def _build_other_card(call: Call, cohort: Cohort, member: Member) -> Message:
    # Pace and the reasons for a streak are private: others see neither.
    card = await _load_card(call, cohort, member)
    streak = format_count(card.compute_card_streak().weeks, "week")
    facts = (Fact("Streak", streak), await _build_rank_fact(call, card))
    visible_name = get_visible_name(member, call.viewer, "card") or ""
    return text_message(
        Fields(facts),
        *_build_progress_bars(card),
        button_row(_build_board_button(cohort)),
        title=f"{shorten(visible_name, MAX_NAME)} in {cohort.name}",
    )


def _build_progress_bars(card: MemberCard) -> tuple[Block, ...]:
    whole_bar = Progress("The whole plan", card.done_slot_count, card.total_slot_count, strong=True)
    return whole_bar, *build_week_bars(card.week_shares)


def _build_board_button(cohort: Cohort) -> tuple[str, str]:
    return "The board", build_phrase("progress", board="yes", cohort=cohort.ref)


def _format_own_streak(streak: Streak) -> str:
    week_count = format_count(streak.weeks, "week")
    if not streak.reasons:
        return week_count
    return f"{week_count} ({'; '.join(streak.reasons)})"


async def _build_rank_fact(call: Call, card: MemberCard) -> Fact:
    if card.member.hidden:
        return Fact("Rank", "hidden, on no board")
    standing = await call.tx.progress.load_member_standing(card.cohort, card.member)
    return Fact("Rank", f"{standing.rank}")


# — the boards —


async def _build_boards_overview(call: Call, cohort: Cohort, own_member: Member) -> Message:
    """Return the first rows of this week's board and of the board for the whole plan."""
    usual_route = await _load_usual_route(call, cohort)
    boards = []
    current_week = _find_open_week(call, cohort, own_member)
    if current_week is not None:
        boards.append(await _load_board_top(call, cohort, own_member, usual_route, current_week))
    boards.append(await _load_board_top(call, cohort, own_member, usual_route, None))
    blocks: list[Block] = []
    buttons = [_build_own_progress_button(cohort)]
    for board_top in boards:
        blocks.extend(board_top.blocks)
        if board_top.hidden_count:
            buttons.append(board_top.button)
    if own_member.hidden:
        blocks.append(Text("You are hidden: only you see your own line here."))
    return text_message(*blocks, button_row(*buttons), title=f"The board of {cohort.name}")


async def _load_usual_route(call: Call, cohort: Cohort) -> Route:
    # Boards count by the route without any picks, so that every bar has the same length.
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    return build_route(roadmap, cohort.syllabus)


def _find_open_week(call: Call, cohort: Cohort, member: Member) -> CalendarWeek | None:
    if member.has_finished_roadmap(cohort, call.now):
        return None
    return member.get_current_week(cohort, call.now)


def _build_own_progress_button(cohort: Cohort) -> tuple[str, str]:
    return "My progress", build_phrase("progress", cohort=cohort.ref)


def _build_board_phrase(cohort: Cohort, week_id: str) -> str:
    return build_phrase("progress", board="yes", week=week_id, cohort=cohort.ref)


@dataclass(frozen=True, slots=True)
class BoardTop:
    """The first rows of a board, and the button to all of them."""

    blocks: tuple[Block, ...]
    hidden_count: int
    button: tuple[str, str]


async def _load_board_top(
    call: Call,
    cohort: Cohort,
    own_member: Member,
    usual_route: Route,
    board_week: CalendarWeek | None,
) -> BoardTop:
    """Return the top of the board for a week, or for the whole plan without one."""
    week_id = board_week.id if board_week else None
    standings = await call.tx.progress.list_board_standings(cohort, week_id)
    position = await call.tx.progress.load_board_position(cohort, own_member, week_id)
    hidden_count = position.size - len(standings)
    if not own_member.hidden and _is_below(position.own, standings):
        hidden_count -= 1  # the reader's own row is shown below the first ones
    blocks: list[Block] = [Text(_format_top_heading(board_week))]
    blocks.extend(build_board_bars(standings, usual_route.count_slots(week_id), position.own))
    if hidden_count:
        blocks.append(Text(f"… and {hidden_count} more."))
    return BoardTop(tuple(blocks), hidden_count, _build_everybody_button(cohort, week_id))


def _build_everybody_button(cohort: Cohort, week_id: str | None) -> tuple[str, str]:
    label = "Everybody this week" if week_id else "Everybody overall"
    return label, _build_board_phrase(cohort, week_id or OVERALL)


def _is_below(own_standing: Standing, standings: Sequence[Standing]) -> bool:
    # Whoever has done nothing yet is not counted on any board.
    if own_standing.done == 0:
        return False
    return all(standing.member_id != own_standing.member_id for standing in standings)


def _format_top_heading(board_week: CalendarWeek | None) -> str:
    if board_week is None:
        return "**Overall**"
    return f"**This week** · {escape_text(board_week.week.title)}"


async def _build_board_page(
    call: Call, cohort: Cohort, own_member: Member, week_word: str, number: int
) -> Message:
    """Return a page of the whole board for one week, or for the whole plan."""
    board_week = _find_board_week(cohort, week_word)
    week_id = board_week.id if board_week else None
    usual_route = await _load_usual_route(call, cohort)
    position = await call.tx.progress.load_board_position(cohort, own_member, week_id)
    places = paginate(range(position.size), number, ROWS)
    standings = await _load_board_rows(call, cohort, week_id, places.entries)
    return text_message(
        Text(_format_board_heading(board_week)),
        *build_board_bars(standings, usual_route.count_slots(week_id), position.own),
        *places.build_page_buttons(_build_board_phrase(cohort, week_word)),
        button_row(_build_own_progress_button(cohort)),
        title=f"The board of {cohort.name}",
    )


async def _load_board_rows(
    call: Call, cohort: Cohort, week_id: str | None, places: Sequence[int]
) -> Sequence[Standing]:
    if not places:
        return ()
    return await call.tx.progress.list_board_standings(cohort, week_id, len(places), places[0])


def _find_board_week(cohort: Cohort, week_word: str) -> CalendarWeek | None:
    if week_word == OVERALL:
        return None
    board_week = cohort.calendar.find_week(week_word)
    if board_week is None:
        raise Refused(
            f"{cohort.name} has no such week: use `progress board` to see the current board.",
            "week",
        )
    return board_week


def _format_board_heading(board_week: CalendarWeek | None) -> str:
    if board_week is None:
        return "**Overall**"
    return f"**Week {board_week.number}** · {escape_text(board_week.week.title)}"
