"""Who has joined and is to be named: one folded post for each home, at most once an hour.

A home remembers up to which member people have been named there (`named_to`). Ids of members are never given twice, and
whoever joins holds the cohort's row, so they come in order. What is entered is a range of them, `17-46`: ranges do not
overlap, so nobody is named twice. Whoever comes back, by whichever account, and whoever has a seat of their own since two
accounts were parted, is not new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.group.cohort import Cohort, Member
from bot.post import APART, PostRegistry, list_join_kinds, post_registry
from bot.store.ledger import LedgerQueries, Letter
from bot.store.members import SEATED, MemberQueries, select_members
from bot.store.tables import homes, letters, members

READ = 500  # members of a range who are read; of more there is only the number
JOINABLE = frozenset({"open", "running", "paused", "finished"})


@dataclass(frozen=True, slots=True)
class NewcomerGroup:
    """The members that are still to be named in a home, by their range, and when that may be.

    `is_shown`: at least one of them may be seen by everybody.
    """

    home_id: int
    first: int
    last: int
    due_at: datetime
    is_shown: bool

    @property
    def letter_ref(self) -> str:
        return f"{self.first}-{self.last}"


def parse_newcomer_range(ref: str) -> tuple[int, int]:
    """The first and the last member that a letter stands for."""
    first, _, last = ref.partition("-")
    return int(first), int(last)


class NewcomerQueries:
    """Queries about those who have joined."""

    def __init__(
        self, connection: AsyncConnection, post_kinds: PostRegistry = post_registry
    ) -> None:
        self._connection = connection
        self._post_kinds = post_kinds

    async def list_newcomer_groups(self, cohort: Cohort, now: datetime) -> Sequence[NewcomerGroup]:
        """Who is to be named in which home, and from when on."""
        its = and_(members.c.cohort_id == cohort.id, members.c.id > homes.c.named_to)
        seen = func.count().filter(and_(members.c.shown, members.c.newcomer))
        asked = (
            select(homes.c.id, func.min(members.c.id), func.max(members.c.id), seen)
            .join(members, its)
            .where(homes.c.cohort_id == cohort.id)
            .group_by(homes.c.id)
            .order_by(homes.c.id)
        )
        rows = (await self._connection.execute(asked)).all()
        return [
            NewcomerGroup(
                home_id,
                first,
                last,
                await self._compute_group_due_at(cohort, home_id, now),
                shown > 0,
            )
            for home_id, first, last, shown in rows
        ]

    async def _compute_group_due_at(self, cohort: Cohort, home_id: int, now: datetime) -> datetime:
        """When the next post of this kind may come: now, or an hour after the last one that came."""
        names = [kind.name for kind in list_join_kinds(cohort, self._post_kinds)]
        asked = (
            select(letters.c.state, letters.c.moment, letters.c.ended_at)
            .where(
                letters.c.cohort_id == cohort.id,
                letters.c.home_id == home_id,
                letters.c.member_id == 0,
            )
            .where(letters.c.kind.in_(names), letters.c.state.not_in(("skipped", "failed")))
            .order_by(letters.c.id.desc())
            .limit(1)
        )
        if (row := (await self._connection.execute(asked)).first()) is None:
            return now
        came_at: datetime = row.ended_at or row.moment
        return max(now, came_at + APART)

    async def enter_newcomer_posts(self, cohort: Cohort, now: datetime) -> datetime | None:
        """Enter what may come now. The cohort must be locked. Returns when the next home's hour is over, if any waits.

        Those who are not to be named (hidden, gone again, or where such posts are switched off) are passed over for good.
        """
        if cohort.state not in JOINABLE:
            return None
        kinds, later = list_join_kinds(cohort, self._post_kinds), []
        for group in await self.list_newcomer_groups(cohort, now):
            if group.is_shown and kinds and group.due_at > now:
                later.append(group.due_at)
                continue
            if group.is_shown:
                for kind in kinds:
                    await self._enter_newcomer_letter(cohort, kind.name, group, now)
            passed = homes.update().where(homes.c.id == group.home_id)
            await self._connection.execute(passed.values(named_to=group.last))
        return min(later, default=None)

    async def _enter_newcomer_letter(
        self, cohort: Cohort, kind: str, group: NewcomerGroup, now: datetime
    ) -> None:
        """Enter a letter, which also stands for those before it that have certainly not got through."""
        unsent = and_(
            letters.c.cohort_id == cohort.id,
            letters.c.home_id == group.home_id,
            letters.c.kind == kind,
            letters.c.state == "due",
            letters.c.tries <= letters.c.settled,
        )
        ended = {"state": "skipped", "reason": "folded into a later one", "ended_at": now}
        folded = await self._connection.execute(
            letters.update().where(unsent).values(ended).returning(letters.c.ref)
        )
        first = min([group.first, *(parse_newcomer_range(ref)[0] for ref in folded.scalars())])
        ref = f"{first}-{group.last}"
        await LedgerQueries(self._connection).enter_home_post(
            cohort, kind, ref, group.home_id, now, group.last
        )

    async def load_newcomers_of_letter(
        self, cohort: Cohort, letter: Letter
    ) -> tuple[Sequence[Member], int]:
        """The members that a letter stands for and that everybody may see, and how many more there are than are read."""
        first, last = parse_newcomer_range(letter.ref)
        its = and_(
            members.c.cohort_id == cohort.id,
            members.c.id.between(first, last),
            SEATED,
            members.c.shown,
        )
        its = and_(its, members.c.newcomer)
        asked = select_members().where(its).order_by(members.c.id).limit(READ)
        found = await MemberQueries(self._connection).fetch_members(asked, cohort.id)
        if len(found) < READ:
            return found, 0
        total = (await self._connection.execute(select(func.count()).where(its))).scalar_one()
        return found, total - len(found)
