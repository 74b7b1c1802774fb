"""The boards of a cohort: the reader among their neighbours, and everybody page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Message,
    Progress,
    Text,
    build_phrase,
    escape_text,
    paginate,
    text_message,
)
from bot.command import Call
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.progress import Standing
from bot.group.route import Route, build_route
from bot.store.own_boards import OwnBoard
from bot.views.board import build_board_bars

OVERALL = "all"  # said instead of a week's id for the board of the whole plan
ROWS = 20


async def build_boards_overview(call: Call, cohort: Cohort, own_member: Member) -> Message:
    """Return the first rows of this week's board and of the board for the whole plan."""
    usual_route = await _load_usual_route(call, cohort)
    week = _find_open_week(call, cohort, own_member)
    boards = await call.tx.progress.load_own_boards(cohort, own_member, week.id if week else None)
    blocks: list[Block] = []
    buttons = [_build_own_progress_button(cohort)]
    for board in boards:
        board_week = None if board.is_overall else week
        board_top = _build_board_top(cohort, own_member, usual_route, board_week, board)
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


def _build_board_top(
    cohort: Cohort,
    own_member: Member,
    usual_route: Route,
    board_week: CalendarWeek | None,
    board: OwnBoard,
) -> BoardTop:
    """Return the reader and their neighbours on a week's board, or on that of the whole plan."""
    week_id = board_week.id if board_week else None
    position, standings = board.position, board.rows
    hidden_count = position.size - len(standings)
    if not own_member.hidden and _is_below(position.own, standings):
        hidden_count -= 1  # the reader's own row is shown below the first ones
    total = usual_route.count_slots(week_id)
    blocks: list[Block] = [Text(_format_top_heading(board_week))]
    if position.size > 1:
        blocks.append(Progress("All of us together", position.done, position.size * total))
    # Whoever has done nothing yet stands on no board, and no rank is shown for that.
    own = position.own if position.own.done else None
    blocks.extend(build_board_bars(standings, total, own))
    if own is None:
        blocks.append(Text("Your first tick puts you on this board."))
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


async def build_board_page(
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
