"""Help for an item that several members are stuck on: the group is asked once, and names nobody.

Whoever says that they are stuck only notes that somebody should look. The scheduler counts, asks
the group in one post, and asks at most two members who have offered help in private.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.post import HELP_ASKED, HELP_WANTED, HelpNeed, PostSlot
from bot.store import help_statements as sql
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
from bot.store.edits import EditQueries
from bot.store.ledger import LedgerQueries
from bot.store.members import MemberQueries

LEAST_MEMBERS = 8  # visible members: in a smaller group everybody knows who is meant
LEAST_STUCK = 3
MOST_ASKED = 2  # members who are asked in private
REST = timedelta(days=7)  # how long a helper is left alone after a question

Part = Literal["stuck", "asked", "helps"]


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """An item that a group was asked to help with."""

    id: int
    cohort_id: int
    edition: int
    item: str
    is_asked: bool
    is_solved: bool


@dataclass(frozen=True, slots=True)
class HelpPost:
    """Where a group was asked: a letter's place, and the platform's id for it; empty if unknown."""

    item: str
    platform: str
    space: str
    channel: str
    sent_ref: str
    tenant: str


class HelpQueries:
    """Queries about help for items."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — noting —

    async def note_stuck(self, cohort: Cohort, item: str, now: datetime) -> None:
        """Have somebody look if so many are stuck on an item that the group should know."""
        row = {"cohort_id": cohort.id, "edition": cohort.edition, "item": item, "due_at": now}
        self._connection.execute(sql.NOTE.for_engine(self._connection), row)

    async def add_part(
        self, request: HelpRequest, member: Member, part: Part, at: datetime
    ) -> None:
        """Note a member's part in a request; a second time changes nothing."""
        row = {"request_id": request.id, "member_id": member.id, "part": part, "at": at}
        self._connection.execute(sql.ADD_PARTS.for_engine(self._connection), row)

    async def load_parts(self, request: HelpRequest, person: Person) -> frozenset[str]:
        """Return a person's parts in a request, by any account."""
        wanted = {"request": request.id, "person": person.id}
        return frozenset(self._connection.execute(sql.SELECT_PARTS, wanted).scalars())

    async def find_request(self, request_id: int) -> HelpRequest | None:
        """Return a request by its number, or None."""
        return self._build_request(sql.SELECT_REQUEST, {"request": request_id})

    async def load_needs(self, refs: Collection[str]) -> Mapping[str, HelpNeed]:
        """Return what posts and letters with these refs are about, by ref."""
        numbers = sorted({int(ref) for ref in refs if ref.isdecimal()})
        if not numbers:
            return {}
        rows = self._connection.execute(sql.SELECT_NEEDS, {"requests": numbers})
        needs = {}
        for row in rows:
            needs[str(row.id)] = HelpNeed(row.id, row.item, row.solved_at is not None)
        return needs

    async def find_request_for_item(self, cohort: Cohort, item: str) -> HelpRequest | None:
        """Return the request for an item that the group was asked, or None."""
        wanted = {"cohort": cohort.id, "edition": cohort.edition, "item": item}
        return self._build_request(sql.SELECT_BY_ITEM, wanted)

    def _build_request(self, query: Any, wanted: Mapping[str, Any]) -> HelpRequest | None:
        row = self._connection.execute(query, wanted).first()
        if row is None:
            return None
        return HelpRequest(
            row.id,
            row.cohort_id,
            row.edition,
            row.item,
            row.asked_at is not None,
            row.solved_at is not None,
        )

    async def solve_request(self, cohort: Cohort, request: HelpRequest, now: datetime) -> None:
        """Note that a request is solved, and have its posts say so."""
        self._connection.execute(sql.SOLVE, {"request": request.id, "now": now})
        letter_ids = [row.id for row in self._list_post_rows(cohort, [request.id])]
        await EditQueries(self._connection).request_edits(letter_ids, now)

    def _list_post_rows(self, cohort: Cohort, request_ids: Sequence[int]) -> Sequence[Any]:
        wanted = {
            "cohort": cohort.id,
            "edition": cohort.edition,
            "refs": [str(request_id) for request_id in request_ids],
        }
        return self._connection.execute(sql.SELECT_POSTS, wanted).all()

    async def list_solved_posts(self, cohort: Cohort, items: Collection[str]) -> Sequence[HelpPost]:
        """Return the posts in which these items were solved, the oldest first."""
        if not items:
            return ()
        wanted = {"cohort": cohort.id, "edition": cohort.edition, "items": sorted(items)}
        solved = {
            str(row.id): row.item for row in self._connection.execute(sql.SELECT_SOLVED, wanted)
        }
        if not solved:
            return ()
        posts = []
        for row in self._list_post_rows(cohort, [int(ref) for ref in solved]):
            post = HelpPost(
                solved[row.ref],
                row.platform,
                row.native,
                row.channel,
                row.sent_ref or "",
                row.tenant,
            )
            posts.append(post)
        return posts

    # — asking —

    async def enter_help_posts(self, cohort: Cohort, now: datetime) -> None:
        """Ask the group for help where so many are stuck. The cohort must be locked."""
        wanted = {"cohort": cohort.id, "now": now}
        due = self._connection.execute(sql.SELECT_DUE, wanted).all()
        if not due:
            return
        size = self._connection.execute(sql.COUNT_SHOWN, {"cohort": cohort.id}).scalar_one()
        is_open = size >= LEAST_MEMBERS and cohort.state == "running"
        is_open = is_open and cohort.get_post_setting(HELP_WANTED).on
        for row in due:
            await self._look_at_request(cohort, row, now, is_open=is_open)

    async def _look_at_request(
        self, cohort: Cohort, row: Any, now: datetime, *, is_open: bool
    ) -> None:
        stuck = StuckMembers((), ())
        if is_open and row.edition == cohort.edition:
            stuck = await self._list_stuck_members(cohort, row.item, now)
        if len(stuck.shown) < LEAST_STUCK:
            self._connection.execute(sql.REST, {"request": row.id})
            return
        self._connection.execute(sql.ASK, {"request": row.id, "now": now})
        helpers = await self._choose_helpers(cohort, row.item, now)
        self._add_parts(row.id, stuck.everybody, "stuck", now)
        self._add_parts(row.id, helpers, "asked", now)
        ledger, ref = LedgerQueries(self._connection), str(row.id)
        homes_of_cohort = await CohortQueries(self._connection).list_homes(cohort.id)
        await ledger.enter_due_posts(cohort, [PostSlot(HELP_WANTED, ref, now)], homes_of_cohort)
        if cohort.get_post_setting(HELP_ASKED).on:
            slots = [PostSlot(HELP_ASKED, ref, now)]
            await ledger.enter_private_posts(cohort, slots, helpers)

    async def _list_stuck_members(self, cohort: Cohort, item: str, now: datetime) -> StuckMembers:
        wanted = {"cohort": cohort.id, "roadmap": cohort.roadmap, "item": item}
        rows = self._connection.execute(sql.SELECT_STUCK, wanted).all()
        shown = [row.id for row in rows if row.shown]
        # Whoever is away counts for nothing said aloud. A few are enough to know.
        known = await MemberQueries(self._connection).load_members_by_id(
            sorted(shown)[: sql.CANDIDATES], cohort.id
        )
        present = [member.id for member in known.values() if not member.is_away_today(cohort, now)]
        return StuckMembers(sorted(row.id for row in rows), present)

    async def _choose_helpers(self, cohort: Cohort, item: str, now: datetime) -> list[int]:
        """Return at most two members who have offered help and are left alone otherwise."""
        wanted = {
            "cohort": cohort.id,
            "roadmap": cohort.roadmap,
            "item": item,
            "asked_since": now - REST,
        }
        rows = self._connection.execute(sql.SELECT_OFFERING, wanted).all()
        offering = await MemberQueries(self._connection).read_member_rows(rows, cohort.id)
        chosen = []
        for member in offering:
            # The setting is read anew: of several accounts the newest counts.
            is_ready = member.person.helps and not member.person.closed
            if is_ready and not member.is_away_today(cohort, now):
                chosen.append(member.id)
        return chosen[:MOST_ASKED]

    def _add_parts(
        self, request_id: int, member_ids: Sequence[int], part: Part, at: datetime
    ) -> None:
        rows = []
        for member_id in member_ids:
            row = {"request_id": request_id, "member_id": member_id, "part": part, "at": at}
            rows.append(row)
        if rows:
            self._connection.execute(sql.ADD_PARTS.for_engine(self._connection), rows)


@dataclass(frozen=True, slots=True)
class StuckMembers:
    """Members who are stuck on an item: all of them, and those who may count aloud."""

    everybody: Sequence[int]
    shown: Sequence[int]
