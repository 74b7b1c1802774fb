"""Whom each kind of post notifies in each home."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select

from bot.chat.message import Ping
from bot.group.notify import NotifyChoice
from bot.store.cohorts import Home
from bot.store.connection import TxConnection
from bot.store.rows import DialectInsert
from bot.store.tables import homes, notify_choices, roles, spaces

_SELECT_CHOICES = (
    select(notify_choices)
    .where(notify_choices.c.home_id == bindparam("home"))
    .order_by(notify_choices.c.kind)
)
_SAVE = DialectInsert(
    notify_choices,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[notify_choices.c.home_id, notify_choices.c.kind],
        set_={
            "way": insert.excluded.way,
            "native": insert.excluded.native,
            "name": insert.excluded.name,
        },
    ),
)
_DELETE = notify_choices.delete().where(
    notify_choices.c.home_id == bindparam("home"), notify_choices.c.kind == bindparam("post_kind")
)
# A role belongs to the cohort and the home's space.
_ROLE_OF_HOME = and_(
    roles.c.cohort_id == homes.c.cohort_id,
    roles.c.space_id == homes.c.space_id,
    roles.c.purpose == "news",
    notify_choices.c.way == "role",
)
_SELECT_NOTICES = (
    select(
        notify_choices,
        roles.c.native.label("role_native"),
        roles.c.name.label("role_name"),
        roles.c.state.label("role_state"),
        roles.c.trouble,
    )
    .select_from(
        notify_choices.join(homes, homes.c.id == notify_choices.c.home_id).outerjoin(
            roles, _ROLE_OF_HOME
        )
    )
    .where(notify_choices.c.home_id.in_(bindparam("home_ids", expanding=True)))
    .order_by(notify_choices.c.home_id, notify_choices.c.kind)
)
_COUNT_ROLE_CHOICES = (
    select(func.count())
    .select_from(
        notify_choices.join(homes, homes.c.id == notify_choices.c.home_id).join(
            spaces, spaces.c.id == homes.c.space_id
        )
    )
    .where(
        homes.c.cohort_id == bindparam("cohort"),
        spaces.c.platform == bindparam("platform"),
        spaces.c.native == bindparam("space"),
        notify_choices.c.way == "role",
    )
)


@dataclass(frozen=True, slots=True)
class HomeNotices:
    """Whom the posts of one home notify, by their kinds.

    `ping` of a choice has no `native` before its role is made, and once it was deleted.
    `trouble`: what keeps the role from its members, as prose; empty if nothing does.
    """

    pings: Mapping[str, Ping]
    trouble: str = ""

    @property
    def has_role(self) -> bool:
        """True if a post notifies those with a role."""
        return any(ping.way == "role" for ping in self.pings.values())


NOBODY = HomeNotices({})


class NotifyQueries:
    """Queries about whom posts notify."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_choices(self, home: Home) -> Sequence[NotifyChoice]:
        """Return the choices for a home, one for each kind that notifies somebody."""
        rows = self._connection.execute(_SELECT_CHOICES, {"home": home.id})
        return [NotifyChoice(row.kind, _build_ping(row)) for row in rows]

    async def save_choice(self, home: Home, choice: NotifyChoice) -> None:
        """Have a kind of post notify somebody from now on."""
        ping = choice.ping
        row = {
            "home_id": home.id,
            "kind": choice.kind,
            "way": ping.way,
            "native": ping.native,
            "name": ping.name,
        }
        self._connection.execute(_SAVE.for_engine(self._connection), row)

    async def delete_choice(self, home: Home, kind: str) -> None:
        """Have a kind of post notify nobody from now on."""
        self._connection.execute(_DELETE, {"home": home.id, "post_kind": kind})

    async def load_notices(self, home_ids: Collection[int]) -> Mapping[int, HomeNotices]:
        """Return whom the posts of these homes notify, by the home's id."""
        if not home_ids:
            return {}
        pings: dict[int, dict[str, Ping]] = {}
        troubles: dict[int, str] = {}
        for row in self._connection.execute(_SELECT_NOTICES, {"home_ids": sorted(home_ids)}):
            pings.setdefault(row.home_id, {})[row.kind] = _build_ping(row)
            if row.trouble:
                troubles[row.home_id] = row.trouble
        found = {}
        for home_id, by_kind in pings.items():
            found[home_id] = HomeNotices(by_kind, troubles.get(home_id, ""))
        return found

    async def has_role_choice(self, home: Home) -> bool:
        """Return True if a post notifies those with the role of the home's space."""
        place = home.place
        values = {"cohort": home.cohort_id, "platform": place.platform, "space": place.space}
        return bool(self._connection.execute(_COUNT_ROLE_CHOICES, values).scalar())


def _build_ping(row: Row[Any]) -> Ping:
    ping = Ping(row.way, row.native, row.name)
    native = getattr(row, "role_native", None)
    if ping.way == "role" and native and row.role_state == "wanted":
        return replace(ping, native=native, name=row.role_name)
    return ping
