"""New members that are to be named: one folded post for each home, at most once an hour.

A home remembers up to which member people have been named there (`named_to`). Ids are never given
twice, and whoever joins holds the cohort's row, so they come in order. A post covers a range of
ids, `17-46`. Ranges do not overlap, so nobody is named twice. Somebody who comes back by any
account is not new, and neither is a seat that appeared when two accounts were parted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select

from bot.group.cohort import Cohort, CohortState, Member
from bot.post import APART, PostRegistry, list_join_kinds, post_registry
from bot.store.connection import TxConnection
from bot.store.ledger import LedgerQueries
from bot.store.letter import IS_UNSENT, Letter
from bot.store.letter_states import IS_DUE
from bot.store.members import MemberQueries
from bot.store.seats import SEATED, select_members
from bot.store.tables import homes, letters, members

READ = 500  # members in a range that are read; the others are only counted
JOINABLE: frozenset[CohortState] = frozenset({"open", "running", "paused", "finished"})


# The instant a home's last post came. A post nobody saw begins no hour.
_LAST_CAME_AT = (
    select(func.coalesce(letters.c.ended_at, letters.c.moment))
    .where(
        letters.c.cohort_id == homes.c.cohort_id,
        letters.c.home_id == homes.c.id,
        letters.c.member_id == 0,
        letters.c.kind.in_(bindparam("kinds", expanding=True)),
        letters.c.state.not_in(("skipped", "failed")),
    )
    .order_by(letters.c.id.desc())
    .limit(1)
    .correlate(homes)
    .scalar_subquery()
)
_SELECT_GROUPS = (
    select(
        homes.c.id,
        func.min(members.c.id),
        func.max(members.c.id),
        func.count().filter(and_(members.c.shown, members.c.newcomer)),
        _LAST_CAME_AT,
    )
    .join(members, and_(members.c.cohort_id == homes.c.cohort_id, members.c.id > homes.c.named_to))
    .where(homes.c.cohort_id == bindparam("cohort"))
    .group_by(homes.c.id)
    .order_by(homes.c.id)
)
_IS_TO_HOME = and_(
    letters.c.cohort_id == bindparam("cohort"), letters.c.home_id == bindparam("home")
)
_MARK_NAMED = (
    homes.update().where(homes.c.id == bindparam("home")).values(named_to=bindparam("last"))
)
_FOLD_UNSENT = (
    letters.update()
    .where(_IS_TO_HOME, letters.c.kind == bindparam("post_kind"), IS_DUE, IS_UNSENT)
    .values(state="skipped", reason="folded into a later one", ended_at=bindparam("now"))
    .returning(letters.c.ref)
)


@dataclass(frozen=True, slots=True)
class NewcomerGroup:
    """Members that are still to be named in a home, by their range, and the instant for it.

    `is_shown`: at least one of them is visible to everybody.
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
    """Return the first and the last member id in a letter's ref."""
    first, _, last = ref.partition("-")
    return int(first), int(last)


class NewcomerQueries:
    """Queries about new members."""

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        self._connection = connection
        self._post_kinds = post_kinds

    async def list_newcomer_groups(self, cohort: Cohort, now: datetime) -> Sequence[NewcomerGroup]:
        """Return the members to be named in each home, the oldest home first."""
        kind_names = [kind.name for kind in list_join_kinds(cohort, self._post_kinds)]
        wanted = {"cohort": cohort.id, "kinds": kind_names}
        groups = []
        for row in self._connection.execute(_SELECT_GROUPS, wanted).all():
            home_id, first, last, visible, came_at = row
            # Now, or an hour after the home's last post.
            due_at = max(now, came_at + APART) if came_at else now
            groups.append(NewcomerGroup(home_id, first, last, due_at, visible > 0))
        return groups

    async def enter_newcomer_posts(self, cohort: Cohort, now: datetime) -> datetime | None:
        """Enter the posts that are due; return the instant the next home's hour is over, or None.

        The cohort must be locked.
        Members that must not be named (hidden, gone again, posts switched off) are passed over
        for good.
        """
        if cohort.state not in JOINABLE:
            return None
        kinds, waiting = list_join_kinds(cohort, self._post_kinds), []
        for group in await self.list_newcomer_groups(cohort, now):
            if group.is_shown and kinds and group.due_at > now:
                waiting.append(group.due_at)
                continue
            if group.is_shown:
                for kind in kinds:
                    await self._enter_newcomer_letter(cohort, kind.name, group, now)
            await self._mark_named(group)
        return min(waiting, default=None)

    async def _mark_named(self, group: NewcomerGroup) -> None:
        # In one transaction with the letter, so the range is used up exactly if it was entered.
        values = {"home": group.home_id, "last": group.last}
        self._connection.execute(_MARK_NAMED, values)

    async def _enter_newcomer_letter(
        self, cohort: Cohort, kind: str, group: NewcomerGroup, now: datetime
    ) -> None:
        """Enter a letter that also covers those before it still certainly unsent."""
        # A home that was closed for a day gets one post, not one for each hour. A letter that
        # may have got through is left alone: covering it would name its members twice.
        unsent = {"cohort": cohort.id, "home": group.home_id, "post_kind": kind, "now": now}
        first = group.first
        for ref in self._connection.execute(_FOLD_UNSENT, unsent).scalars():
            first = min(first, parse_newcomer_range(ref)[0])
        await LedgerQueries(self._connection).enter_home_post(
            cohort, kind, f"{first}-{group.last}", group.home_id, now, group.last
        )

    async def load_newcomers_of_letter(
        self, cohort: Cohort, letter: Letter
    ) -> tuple[Sequence[Member], int]:
        """Return the visible members a letter covers, and the number beyond the first 500."""
        # Judged as the letter is sent: whoever has left or hidden since is not named.
        first, last = parse_newcomer_range(letter.ref)
        is_named = and_(
            members.c.cohort_id == cohort.id,
            members.c.id.between(first, last),
            SEATED,
            members.c.shown,
            members.c.newcomer,
        )
        query = select_members().where(is_named).order_by(members.c.id).limit(READ)
        newcomers = await MemberQueries(self._connection).fetch_members(query, cohort.id)
        if len(newcomers) < READ:
            return newcomers, 0
        count_query = select(func.count()).where(is_named)
        count = self._connection.execute(count_query).scalar_one()
        return newcomers, count - len(newcomers)
