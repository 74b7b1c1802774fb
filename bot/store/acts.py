"""What moderators did: a row for each act, in the transaction of the act. None is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, select, union_all

from bot.chat.address import Place
from bot.group.member import Person
from bot.store.connection import TxConnection
from bot.store.tables import accounts, acts, spaces

# What a command may write without doing anything that others notice.
_UNNOTICED = frozenset(
    {"accounts", "answers", "drafts", "imports", "persons", "plans", "settings", "spaces"}
)

_SPACE_ID = (
    select(spaces.c.id)
    .where(spaces.c.platform == bindparam("platform"), spaces.c.native == bindparam("space"))
    .scalar_subquery()
)
_INSERT_ACT = acts.insert().values(
    cohort_id=bindparam("cohort"),
    space_id=_SPACE_ID,
    account_id=bindparam("account"),
    command=bindparam("command"),
    detail=bindparam("detail"),
    at=bindparam("now"),
)
_IS_OF_COHORT = acts.c.cohort_id == bindparam("cohort_id", type_=Integer)
# What concerns a whole space concerns each cohort in it.
_IS_OF_SPACE = and_(acts.c.cohort_id.is_(None), acts.c.space_id == _SPACE_ID)
_END = bindparam("end", type_=Integer)
_NEWEST = union_all(
    *(
        select(select(acts).where(condition).order_by(acts.c.id.desc()).limit(_END).subquery())
        for condition in (_IS_OF_COHORT, _IS_OF_SPACE)
    )
).subquery("newest")
_SELECT_ACTS = (
    select(_NEWEST, accounts.c.name)
    .outerjoin(accounts, accounts.c.id == _NEWEST.c.account_id)
    .order_by(_NEWEST.c.id.desc())
    .limit(bindparam("count", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)
_COUNT_ACTS = select(
    select(func.count()).select_from(acts).where(_IS_OF_COHORT).scalar_subquery()
    + select(func.count()).select_from(acts).where(_IS_OF_SPACE).scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class ModeratorAct:
    """Something a moderator did. `name`: None for somebody who was erased."""

    name: str | None
    command: str
    detail: str
    at: datetime


class ActQueries:
    """Queries about what moderators did."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection
        self._cohort_id: int | None = None

    def note_cohort(self, cohort_id: int) -> None:
        """Note which cohort the command in progress is about."""
        self._cohort_id = cohort_id

    @property
    def has_happened(self) -> bool:
        """True if this transaction has changed anything that others notice."""
        return bool(self._connection.changed_tables - _UNNOTICED)

    async def record_act(
        self, person: Person, place: Place, command: str, detail: str, now: datetime
    ) -> None:
        """Write down what a moderator has done in this transaction."""
        row = {
            "cohort": self._cohort_id,
            "platform": place.platform,
            "space": place.space,
            "account": person.account_id or None,
            "command": command,
            "detail": detail,
            "now": now,
        }
        self._connection.execute(_INSERT_ACT, row)

    async def count_acts(self, cohort_id: int, place: Place) -> int:
        """Count the acts about a cohort, and about the space of a place as a whole."""
        wanted = _build_scope(cohort_id, place)
        return int(self._connection.execute(_COUNT_ACTS, wanted).scalar_one())

    async def list_acts(
        self, cohort_id: int, place: Place, count: int, skip: int
    ) -> Sequence[ModeratorAct]:
        """Return some of these acts, newest first."""
        wanted = {**_build_scope(cohort_id, place), "count": count, "skip": skip}
        wanted["end"] = count + skip
        rows = self._connection.execute(_SELECT_ACTS, wanted)
        return [ModeratorAct(row.name, row.command, row.detail, row.at) for row in rows]


def _build_scope(cohort_id: int, place: Place) -> dict[str, Any]:
    return {"cohort_id": cohort_id, "platform": place.platform, "space": place.space}
