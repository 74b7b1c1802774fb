"""A member's place on the boards agrees with everybody's points, sorted in Python."""

from __future__ import annotations

import random
from collections.abc import Mapping

from bot.group.cohort import Cohort, Member
from bot.store import Tx
from bot.store.own_boards import ROWS, SMALL_BOARD, OwnBoard
from tests.support.database import execute_sql, load_first_cohort
from tests.support.room import Room

NAMES = [f"p{number:02}" for number in range(16)]
Points = Mapping[int, int]  # by member id


async def test_everybody_finds_their_place_however_the_points_are_shared(room: Room) -> None:
    await room.spring(*NAMES)
    cohort = await room.store.run(load_first_cohort, write=False)
    week_id = cohort.syllabus.weeks[0].id
    for seed in range(8):
        overall, weekly = await draw_points(room, week_id, random.Random(seed))
        await check_boards(room, cohort, week_id, overall, weekly)


async def draw_points(room: Room, week_id: str, chance: random.Random) -> tuple[Points, Points]:
    """Give members points, few of them different, and hide some; return what boards may show."""
    ids = [row.id for row in await execute_sql(room.store, "SELECT id FROM members ORDER BY id")]
    most, hidden_share = chance.choice((1, 3, 9)), chance.choice((0.0, 0.2, 0.6))
    await execute_sql(room.store, "DELETE FROM scores")
    boards: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for member_id in ids:
        is_shown = chance.random() >= hidden_share
        points = chance.randint(0, most), chance.randint(0, most)
        values = {"id": member_id, "week": week_id, "shown": is_shown}
        await execute_sql(
            room.store,
            "UPDATE members SET score = :points, shown = :shown, hidden = :hides WHERE id = :id",
            {**values, "points": points[0], "hides": not is_shown},
        )
        await execute_sql(
            room.store,
            "INSERT INTO scores (member_id, week_id, cohort_id, shown, done)"
            " VALUES (:id, :week, 1, :shown, :points)",
            {**values, "points": points[1]},
        )
        for board, done in zip(boards, points, strict=True):
            if is_shown and done:
                board[member_id] = done
    return boards


async def check_boards(
    room: Room, cohort: Cohort, week_id: str, overall: Points, weekly: Points
) -> None:
    async def compare(tx: Tx) -> None:
        for name in NAMES:
            member = await tx.members.find_member(
                cohort, await tx.people.find_person(room.caller(name))
            )
            assert member is not None
            own_week, own_overall = await tx.progress.load_own_boards(cohort, member, week_id)
            check_place(own_week, member, weekly)
            check_place(own_overall, member, overall)
            (alone,) = await tx.progress.load_own_boards(cohort, member, None)
            assert alone == own_overall
            for board, board_week in ((own_week, week_id), (own_overall, None)):
                position = await tx.progress.load_board_position(cohort, member, board_week)
                assert position == board.position

    await room.store.run(compare, write=False)


def check_place(board: OwnBoard, member: Member, points: Points) -> None:
    own = board.position.own
    order = sorted(points, key=lambda member_id: (-points[member_id], member_id))
    ranks = {
        member_id: 1 + sum(other > points[member_id] for other in points.values())
        for member_id in order
    }
    assert board.position.size == len(points)
    assert board.position.done == sum(points.values())
    assert own.rank == 1 + sum(other > own.done for other in points.values())
    for row in board.rows:
        assert (row.rank, row.done) == (ranks[row.member_id], points[row.member_id])
    shown = [row.member_id for row in board.rows]
    first = order.index(shown[0]) if shown else 0
    assert shown == order[first : first + len(shown)]
    if len(points) <= SMALL_BOARD:
        assert shown == order
        return
    assert len(shown) == ROWS
    if member.id in points:
        place = order.index(member.id)
        assert first == max(0, min(place - ROWS // 2, len(order) - ROWS))
    elif not own.done:
        assert first == 0
