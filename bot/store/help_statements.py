"""The statements about help for items, each built once. `bot.store.help_requests` runs them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from bot.post import HELP_WANTED
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.rows import DialectInsert
from bot.store.seats import SEATED, select_members
from bot.store.tables import (
    accounts,
    help_members,
    help_requests,
    homes,
    letters,
    members,
    settings,
    spaces,
    stuck_items,
    ticks,
)

CANDIDATES = 30  # members who have offered help, read for one request

NOTE = DialectInsert(
    help_requests,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["cohort_id", "edition", "item"],
        set_={"due_at": insert.excluded.due_at},
        where=help_requests.c.asked_at.is_(None),
    ),
)
SELECT_DUE = (
    select(help_requests)
    .where(
        help_requests.c.cohort_id == bindparam("cohort"),
        help_requests.c.due_at <= bindparam("now"),
    )
    .order_by(help_requests.c.id)
)
_IS_REQUEST = help_requests.c.id == bindparam("request")
REST = help_requests.update().where(_IS_REQUEST).values(due_at=None)
ASK = help_requests.update().where(_IS_REQUEST).values(due_at=None, asked_at=bindparam("now"))
SOLVE = (
    help_requests.update()
    .where(_IS_REQUEST, help_requests.c.solved_at.is_(None))
    .values(solved_at=bindparam("now"))
)
SELECT_REQUEST = select(help_requests).where(_IS_REQUEST)
SELECT_NEEDS = select(help_requests).where(
    help_requests.c.id.in_(bindparam("requests", expanding=True))
)
SELECT_BY_ITEM = select(help_requests).where(
    help_requests.c.cohort_id == bindparam("cohort"),
    help_requests.c.edition == bindparam("edition"),
    help_requests.c.item == bindparam("item"),
    help_requests.c.asked_at.is_not(None),
)
COUNT_SHOWN = select(func.count()).where(
    members.c.cohort_id == bindparam("cohort"), members.c.shown
)
# — who is stuck, and who has done it —
_OWN, _OTHER = accounts.alias("own"), accounts.alias("other")


def _has_row(table: Any) -> Any:
    """Match members whose person has a row about the item, by any account."""
    return (
        select(_OTHER.c.id)
        .join(table, table.c.account_id == _OTHER.c.id)
        .where(
            _OTHER.c.person_id == _OWN.c.person_id,
            table.c.roadmap == bindparam("roadmap"),
            table.c.item == bindparam("item"),
        )
        .correlate(_OWN)
        .exists()
    )


_HAS_TICKED = _has_row(ticks)
# From the rows of the item, which are few, and not from the members, who may be thousands.
_STUCK = stuck_items.alias("stuck")
SELECT_STUCK = (
    select(members.c.id, members.c.shown)
    .distinct()
    .select_from(_STUCK)
    .join(_OTHER, _OTHER.c.id == _STUCK.c.account_id)
    .join(_OWN, _OWN.c.person_id == _OTHER.c.person_id)
    .join(members, members.c.account_id == _OWN.c.id)
    .where(
        _STUCK.c.roadmap == bindparam("roadmap"),
        _STUCK.c.item == bindparam("item"),
        members.c.cohort_id == bindparam("cohort"),
        SEATED,
        ~_HAS_TICKED,
    )
)
_WAS_ASKED = (
    select(help_members.c.member_id)
    .where(
        help_members.c.member_id == members.c.id,
        help_members.c.part == "asked",
        help_members.c.at > bindparam("asked_since"),
    )
    .correlate(members)
    .exists()
)
# Whoever has done the item comes first, then whoever has waited longest to be asked.
SELECT_OFFERING = (
    select_members()
    .join(_OWN, _OWN.c.id == members.c.account_id)
    .where(
        members.c.cohort_id == bindparam("cohort"),
        SEATED,
        select(settings.c.account_id)
        .join(_OTHER, _OTHER.c.id == settings.c.account_id)
        .where(
            _OTHER.c.person_id == _OWN.c.person_id,
            settings.c.name == "helps",
            settings.c.value == "yes",
        )
        .correlate(_OWN)
        .exists(),
        ~_has_row(stuck_items),
        ~_WAS_ASKED,
    )
    .order_by(_HAS_TICKED.desc(), members.c.id)
    .limit(CANDIDATES)
)

# — parts —
ADD_PARTS = DialectInsert(help_members, lambda insert: insert.on_conflict_do_nothing())
SELECT_PARTS = (
    select(help_members.c.part)
    .join(members, members.c.id == help_members.c.member_id)
    .where(
        help_members.c.request_id == bindparam("request"), members.c.account_id.in_(OWN_ACCOUNTS)
    )
)
# — where the group was asked —
SELECT_POSTS = (
    select(
        letters.c.id,
        letters.c.ref,
        letters.c.sent_ref,
        homes.c.space_id,
        homes.c.channel,
        spaces.c.platform,
        spaces.c.tenant,
        spaces.c.native,
    )
    .join(homes, homes.c.id == letters.c.home_id)
    .join(spaces, spaces.c.id == homes.c.space_id)
    .where(
        letters.c.cohort_id == bindparam("cohort"),
        letters.c.edition == bindparam("edition"),
        letters.c.kind == HELP_WANTED,
        letters.c.ref.in_(bindparam("refs", expanding=True)),
    )
    .order_by(letters.c.id)
)
SELECT_SOLVED = (
    select(help_requests.c.id, help_requests.c.item)
    .where(
        help_requests.c.cohort_id == bindparam("cohort"),
        help_requests.c.edition == bindparam("edition"),
        help_requests.c.item.in_(bindparam("items", expanding=True)),
        help_requests.c.solved_at.is_not(None),
    )
    .order_by(help_requests.c.id)
)
