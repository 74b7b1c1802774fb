"""Reading the ledger: sent, skipped and waiting letters, without changing any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.group.cohort import Cohort, Member
from bot.store.cohorts import Home
from bot.store.connection import TxConnection
from bot.store.letter import IS_UNSENT, MAYBE_READ, OPEN, Letter, build_letter
from bot.store.seats import select_membership_ids
from bot.store.tables import accounts, homes, letters, members

# An announcement is entered by a command, everything else by the schedule.
_IS_SCHEDULED = letters.c.kind != "announcement"
_WAITING_LIMIT = 20  # letters that one look at a home reads; the others follow at the next


class LetterHistoryQueries:
    """Queries that read letters."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_waiting_letters(self, home: Home) -> Sequence[Letter]:
        """Return up to 20 letters waiting for a home, oldest first.

        Only letters that have certainly not got through.
        """
        waiting = and_(letters.c.home_id == home.id, letters.c.state == "due", IS_UNSENT)
        query = select(letters).where(waiting).order_by(letters.c.id).limit(_WAITING_LIMIT)
        return [build_letter(row) for row in self._connection.execute(query)]

    async def find_next_open_letter(self, letter: Letter) -> Letter | None:
        """Return the next open letter with this kind and destination, or None."""
        query = (
            select(letters)
            .where(
                letters.c.home_id == letter.home_id,
                letters.c.member_id == letter.member_id,
                letters.c.cohort_id == letter.cohort_id,
                letters.c.kind == letter.kind,
                letters.c.id > letter.id,
                letters.c.state.in_(OPEN),
            )
            .order_by(letters.c.id)
            .limit(1)
        )
        row = self._connection.execute(query).first()
        return build_letter(row) if row else None

    async def list_folded_refs(self, letter: Letter) -> Sequence[str]:
        """Return the refs of letters skipped because this one stands for them, oldest first."""
        query = (
            select(letters.c.ref)
            .where(
                letters.c.cohort_id == letter.cohort_id,
                letters.c.edition == letter.edition,
                letters.c.kind == letter.kind,
                letters.c.home_id == letter.home_id,
                letters.c.member_id == letter.member_id,
                letters.c.state == "skipped",
                # The reason is the only note of a fold; `compose` writes it.
                letters.c.reason.startswith("folded"),
                letters.c.ended_at >= letter.moment,
            )
            .order_by(letters.c.id)
        )
        return list(self._connection.execute(query).scalars())

    async def is_sent_elsewhere(self, letter: Letter, member: Member) -> bool:
        """Return True if the member got, or may have got, this letter by another account."""
        other_seats = await self._list_other_seats(member)
        if not other_seats:
            return False
        query = select(letters.c.id).where(
            letters.c.cohort_id == letter.cohort_id,
            letters.c.edition == letter.edition,
            letters.c.kind == letter.kind,
            letters.c.ref == letter.ref,
            letters.c.home_id == 0,
            letters.c.member_id.in_(other_seats),
            letters.c.state.in_(MAYBE_READ),
        )
        return self._connection.execute(query.limit(1)).first() is not None

    async def _list_other_seats(self, member: Member) -> list[int]:
        memberships = self._connection.execute(select_membership_ids(member))
        return [row.id for row in memberships if row.id != member.id]

    async def count_private_letters(self, person_id: int, since: datetime) -> int:
        """Count a person's private letters since an instant, in all their cohorts.

        Letters that may have been sent count too: the weekly cap errs on the quiet side.
        """
        path = letters.join(members, members.c.id == letters.c.member_id)
        path = path.join(accounts, accounts.c.id == members.c.account_id)
        query = (
            select(func.count())
            .select_from(path)
            .where(
                accounts.c.person_id == person_id,
                letters.c.state.in_(MAYBE_READ),
                letters.c.ended_at >= since,
            )
        )
        return int(self._connection.execute(query).scalar_one())

    async def list_home_letters(self, cohort: Cohort, limit: int = 200) -> Sequence[Letter]:
        """Return up to `limit` letters to a cohort's homes, newest first, in any state."""
        query = (
            select(letters)
            .where(letters.c.cohort_id == cohort.id, letters.c.member_id == 0)
            .order_by(letters.c.moment.desc(), letters.c.id.desc())
            .limit(limit)
        )
        return [build_letter(row) for row in self._connection.execute(query)]

    async def list_posts_in_every_home(self, cohort: Cohort) -> frozenset[tuple[str, str]]:
        """Return kind and ref for the posts already entered for every home in this edition.

        None of them is sent again.
        """
        query = select(homes.c.id).where(homes.c.cohort_id == cohort.id)
        every_home = frozenset(self._connection.execute(query).scalars())
        homes_by_post = await self.group_homes_by_post(cohort)
        return frozenset(post for post, reached in homes_by_post.items() if reached >= every_home)

    async def group_homes_by_post(
        self, cohort: Cohort
    ) -> Mapping[tuple[str, str], AbstractSet[int]]:
        """Return home ids by kind and ref for the posts entered in this edition.

        Homes that were taken away are among them.
        """
        query = select(letters.c.kind, letters.c.ref, letters.c.home_id).where(
            *_match_edition(cohort), _IS_SCHEDULED, letters.c.member_id == 0
        )
        homes_by_post: dict[tuple[str, str], set[int]] = defaultdict(set)
        for row in self._connection.execute(query):
            homes_by_post[row.kind, row.ref].add(row.home_id)
        return homes_by_post

    async def has_sent_posts(self, cohort: Cohort) -> bool:
        """Return True if a scheduled post was sent, or is being sent, in this edition."""
        is_sent = or_(letters.c.state == "sent", letters.c.state == "claimed")
        query = select(letters.c.id).where(*_match_edition(cohort), _IS_SCHEDULED, is_sent)
        return self._connection.execute(query.limit(1)).first() is not None


def _match_edition(cohort: Cohort) -> tuple[ColumnElement[bool], ...]:
    return letters.c.cohort_id == cohort.id, letters.c.edition == cohort.edition
