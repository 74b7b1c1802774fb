"""A person's memberships with their cohorts, read in one query and once in a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.group.cohort import Cohort
from bot.roadmap import Roadmap
from bot.store.connection import TxConnection
from bot.store.rows import COHORT_COLUMNS, build_cohort
from bot.store.tables import accounts, cohorts, members, plans, ticks

MAX_KNOWN_ROADMAPS = 64  # kept in the process; a large one takes about 1 MB
_known_roadmaps: dict[str, Roadmap] = {}


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's membership in a cohort, by one of their accounts.

    `account_name`: the name of the account that joined.
    """

    id: int
    cohort: Cohort
    account_id: int
    account_name: str
    joined_at: datetime
    left_at: datetime | None
    shift: int
    catch_up: tuple[str, ...]
    hidden: bool
    shown: bool
    alias: str
    score: int
    space_id: int | None
    moved_from: int | None

    @property
    def cohort_id(self) -> int:
        return self.cohort.id


_OWN = accounts.alias("own")
# Ids of items hold no blanks.
_TICKED = (
    select(func.aggregate_strings(ticks.c.item, " "))
    .join(_OWN, _OWN.c.id == ticks.c.account_id)
    .where(_OWN.c.person_id == bindparam("person"), ticks.c.roadmap == cohorts.c.roadmap)
    .correlate(cohorts)
    .scalar_subquery()
)
_SELECT_MEMBERSHIPS = (
    select(
        *COHORT_COLUMNS,
        members.c.id.label("member_id"),
        members.c.account_id,
        members.c.joined_at,
        members.c.left_at,
        members.c.shift,
        members.c.catch_up,
        members.c.hidden,
        members.c.shown,
        members.c.alias,
        members.c.score,
        members.c.space_id.label("joined_in"),
        members.c.moved_from,
        accounts.c.name.label("account_name"),
        plans.c.digest,
        _TICKED.label("ticked"),
    )
    .join(members, members.c.cohort_id == cohorts.c.id)
    .join(accounts, accounts.c.id == members.c.account_id)
    .join(plans, plans.c.id == cohorts.c.plan_id)
    .where(accounts.c.person_id == bindparam("person"))
    .order_by(members.c.joined_at, members.c.id)
)
_SELECT_ROADMAP = select(plans.c.source).where(plans.c.id == bindparam("plan"))
_SELECT_DIGEST = select(plans.c.digest).where(plans.c.id == bindparam("plan"))


def load_memberships(connection: TxConnection, person_id: int) -> tuple[Membership, ...]:
    """Return a person's memberships in every cohort, by any account, the earliest first.

    Those that have ended are there too. What the person has ticked on these roadmaps is read with
    them, for nearly every command needs it.
    """
    return connection.remember("seats", person_id, lambda: _fetch(connection, person_id))


def forget_memberships(connection: TxConnection, cohort_id: int) -> None:
    """Have memberships read again that were read with this cohort as it was."""

    def is_in_cohort(memberships: tuple[Membership, ...]) -> bool:
        return any(membership.cohort_id == cohort_id for membership in memberships)

    connection.forget_matching("seats", is_in_cohort)


def _fetch(connection: TxConnection, person_id: int) -> tuple[Membership, ...]:
    memberships = []
    for row in connection.execute(_SELECT_MEMBERSHIPS, {"person": person_id}):
        connection.note("digest", row.plan_id, row.digest)
        connection.note("ticks", (person_id, row.roadmap), frozenset((row.ticked or "").split()))
        cohort = build_cohort(row)
        memberships.append(
            build_membership(row, row.member_id, cohort, row.account_name, row.joined_in)
        )
    return tuple(memberships)


def build_membership(
    row: Row[Any], member_id: int, cohort: Cohort, account_name: str, joined_in: int | None
) -> Membership:
    """Return the membership in a row with the columns of `members`."""
    return Membership(
        id=member_id,
        cohort=cohort,
        account_id=row.account_id,
        account_name=account_name,
        joined_at=row.joined_at,
        left_at=row.left_at,
        shift=row.shift,
        catch_up=tuple(row.catch_up),
        hidden=row.hidden,
        shown=row.shown,
        alias=row.alias,
        score=row.score,
        space_id=joined_in,
        moved_from=row.moved_from,
    )


def load_roadmap(connection: TxConnection, plan_id: int) -> Roadmap:
    """Return a stored roadmap version.

    Versions are kept between transactions by their digest, and never by their id: SQLite gives an
    id again after its row was deleted.
    """

    def fetch_digest() -> str:
        digest: str = connection.execute(_SELECT_DIGEST, {"plan": plan_id}).scalar_one()
        return digest

    def fetch_roadmap() -> Roadmap:
        digest = connection.remember("digest", plan_id, fetch_digest)
        known = _known_roadmaps.get(digest)
        if known is None:
            source = connection.execute(_SELECT_ROADMAP, {"plan": plan_id}).scalar_one()
            known = Roadmap.from_json(source)
            _keep_roadmap(digest, known)
        return known

    return connection.remember("roadmap", plan_id, fetch_roadmap)


def _keep_roadmap(digest: str, roadmap: Roadmap) -> None:
    while len(_known_roadmaps) >= MAX_KNOWN_ROADMAPS:
        # The one read first. Several threads may be here: each key is taken away once.
        _known_roadmaps.pop(next(iter(_known_roadmaps), ""), None)
    _known_roadmaps[digest] = roadmap
