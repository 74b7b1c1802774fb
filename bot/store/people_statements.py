"""The statements of `bot.store.people`, built once: building one costs as much as five runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects import postgresql

from bot.store.columns import Instant
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.rows import DialectInsert
from bot.store.tables import absences, accounts, grants, members, persons, settings, spaces

CLOSED = "closed"  # the setting that notes an account with closed private messages
UNTOLD, TOLD = "untold", "told"  # its values: has the person been told of it?

_OWN = accounts.alias("own")  # every account of the person
_IS_CALLER = and_(
    accounts.c.platform == bindparam("platform"),
    accounts.c.tenant == bindparam("tenant"),
    accounts.c.native == bindparam("native"),
)
_NO_DAY = cast(null(), Date)
_NO_INSTANT = cast(null(), Instant)


def _select_kind(kind: str, account_id: Any, name: Any, value: Any, *rest: Any) -> Select[Any]:
    """Select one kind of row about a person; every kind has the same columns."""
    first, last, cohort_id, at = rest
    return select(
        literal_column(f"'{kind}'", String).label("kind"),
        _OWN.c.person_id,
        account_id.label("account_id"),
        name.label("name"),
        value.label("value"),
        first.label("first"),
        last.label("last"),
        cohort_id.label("cohort_id"),
        at.label("at"),
    )


_ZERO = literal_column("0", Integer)
_NOTHING = literal_column("''", String)
_ACCOUNT = _select_kind(
    "account", _OWN.c.id, _OWN.c.name, _OWN.c.zone, _NO_DAY, _NO_DAY, _ZERO, _NO_INSTANT
)
_SETTINGS = _select_kind(
    "setting",
    _OWN.c.id,
    settings.c.name,
    settings.c.value,
    _NO_DAY,
    _NO_DAY,
    settings.c.cohort_id,
    settings.c.at,
).join(settings, settings.c.account_id == _OWN.c.id)
_ABSENCES = _select_kind(
    "absence",
    absences.c.id,  # in place of the account: absences come in the order they were noted
    _NOTHING,
    absences.c.origin,
    absences.c.first,
    absences.c.last,
    absences.c.cohort_id,
    _NO_INSTANT,
).join(absences, absences.c.account_id == _OWN.c.id)
_GRANTS = (
    select(
        literal_column("'grant'", String),
        _ZERO,
        _ZERO,
        _NOTHING,
        _NOTHING,
        _NO_DAY,
        _NO_DAY,
        _ZERO,
        _NO_INSTANT,
    )
    .select_from(grants.join(spaces, spaces.c.id == grants.c.space_id))
    .where(
        spaces.c.platform == bindparam("space_platform"),
        spaces.c.native == bindparam("space"),
        # A native id means somebody else in another tenant.
        spaces.c.tenant == bindparam("tenant"),
        or_(
            and_(grants.c.kind == "person", grants.c.native == bindparam("native")),
            and_(
                grants.c.kind == "role",
                grants.c.native.in_(bindparam("roles", expanding=True)),
            ),
        ),
    )
)
_CALLER_ID = select(accounts.c.person_id).where(_IS_CALLER).scalar_subquery()
_CALLER_ROW = select(accounts.c.id).where(_IS_CALLER).scalar_subquery()


def _order_person_rows(rows: CompoundSelect[Any]) -> CompoundSelect[Any]:
    return rows.order_by("cohort_id", "at", "account_id")


SELECT_CALLER = _order_person_rows(
    union_all(
        _ACCOUNT.where(_OWN.c.id == _CALLER_ROW),
        _SETTINGS.where(_OWN.c.person_id == _CALLER_ID),
        _ABSENCES.where(_OWN.c.person_id == _CALLER_ID),
        _GRANTS,
    )
)
"""Who is calling, in one query: the account, its person's settings and absences, their grants."""
_ACCOUNT_PERSON = (
    select(accounts.c.person_id).where(accounts.c.id == bindparam("account")).scalar_subquery()
)
SELECT_ACCOUNT_ROWS = _order_person_rows(
    union_all(
        _ACCOUNT.where(_OWN.c.id == bindparam("account")),
        _SETTINGS.where(_OWN.c.person_id == _ACCOUNT_PERSON),
        _ABSENCES.where(_OWN.c.person_id == _ACCOUNT_PERSON),
    )
)
"""Whom an account belongs to, in one query: the account, its person's settings and absences."""
SELECT_PERSON_ROWS = _order_person_rows(
    union_all(
        _SETTINGS.where(_OWN.c.person_id == bindparam("person")),
        _ABSENCES.where(_OWN.c.person_id == bindparam("person")),
    )
)
_IS_WANTED = _OWN.c.person_id.in_(bindparam("persons", expanding=True))
_WANTED_COHORTS: BindParameter[int] = bindparam("cohorts", expanding=True)
SELECT_PEOPLE_ROWS = _order_person_rows(
    union_all(
        _SETTINGS.where(_IS_WANTED, settings.c.cohort_id.in_(_WANTED_COHORTS)),
        _ABSENCES.where(_IS_WANTED, absences.c.cohort_id.in_(_WANTED_COHORTS)),
    )
)
"""The settings and absences of several persons, in one query."""
UPDATE_ACCOUNT = (
    accounts.update()
    .where(accounts.c.id == bindparam("account"))
    .values(name=bindparam("name"), zone=bindparam("zone"))
)
SELECT_OWNER = select(accounts.c.person_id).where(accounts.c.id == bindparam("account"))
LOCK_OWNER = (
    select(persons.c.id).where(persons.c.id == SELECT_OWNER.scalar_subquery()).with_for_update()
)
INSERT_PERSON = persons.insert().returning(persons.c.id)
DELETE_PERSON = persons.delete().where(persons.c.id == bindparam("person"))
INSERT_ACCOUNT = DialectInsert(
    accounts, lambda insert: insert.on_conflict_do_nothing().returning(accounts.c.id)
)
_NEW_PERSON = (
    persons.insert().values(met_at=bindparam("met_at")).returning(persons.c.id).cte("new_person")
)
_NEW_ACCOUNT_VALUES = {
    column.name: bindparam(column.name, type_=column.type)
    for column in accounts.c
    if column.name not in ("id", "person_id")
}
_NEW_ACCOUNT = (
    postgresql.insert(accounts)
    .from_select(
        ["person_id", *_NEW_ACCOUNT_VALUES],
        select(_NEW_PERSON.c.id, *_NEW_ACCOUNT_VALUES.values()),
    )
    .on_conflict_do_nothing()
    .returning(accounts.c.id)
    .cte("new_account")
)
INSERT_PERSON_AND_ACCOUNT = select(
    _NEW_PERSON.c.id.label("person_id"), _NEW_ACCOUNT.c.id.label("account_id")
).select_from(_NEW_PERSON.outerjoin(_NEW_ACCOUNT, true()))
"""Both in one trip, on Postgres alone: SQLite writes nothing within a query."""
_SETTING_KEY = (settings.c.account_id, settings.c.cohort_id, settings.c.name)
SAVE_SETTING = DialectInsert(
    settings,
    lambda insert: insert.on_conflict_do_update(
        index_elements=_SETTING_KEY,
        set_={"value": insert.excluded.value, "at": insert.excluded.at},
    ),
)
_IS_OF_PERSON = settings.c.account_id.in_(OWN_ACCOUNTS)
DELETE_SETTING = settings.delete().where(_IS_OF_PERSON, settings.c.name == bindparam("setting"))
_MEMBER_ACCOUNT = (
    select(members.c.account_id).where(members.c.id == bindparam("member")).scalar_subquery()
)
DELETE_CLOSED = settings.delete().where(
    settings.c.account_id == _MEMBER_ACCOUNT,
    settings.c.cohort_id == 0,
    settings.c.name == CLOSED,
)
NOTE_CLOSED = DialectInsert(
    settings,
    lambda insert: insert.values(
        account_id=_MEMBER_ACCOUNT,
        cohort_id=0,
        name=CLOSED,
        value=UNTOLD,
        at=bindparam("now"),
    ).on_conflict_do_nothing(),
)
_IS_ACCOUNT_CLOSED = (
    settings.c.account_id == bindparam("account"),
    settings.c.cohort_id == 0,
    settings.c.name == CLOSED,
)
DELETE_ACCOUNT_CLOSED = settings.delete().where(*_IS_ACCOUNT_CLOSED)
NOTE_ACCOUNT_CLOSED = DialectInsert(
    settings,
    lambda insert: insert.values(
        account_id=bindparam("account"),
        cohort_id=0,
        name=CLOSED,
        value=UNTOLD,
        at=bindparam("now"),
    ).on_conflict_do_nothing(),
)
CLAIM_NOTICE = (
    settings.update()
    .where(_IS_OF_PERSON, settings.c.name == CLOSED, settings.c.value == UNTOLD)
    .values(value=TOLD)
)
INSERT_ABSENCE = absences.insert()
_IS_THIS_ABSENCE = and_(
    absences.c.account_id.in_(OWN_ACCOUNTS),
    absences.c.cohort_id == bindparam("away_cohort"),
    absences.c.first == bindparam("away_first"),
    absences.c.last == bindparam("away_last"),
)
DELETE_ABSENCE = absences.delete().where(_IS_THIS_ABSENCE)
END_ABSENCE = absences.update().where(_IS_THIS_ABSENCE).values(last=bindparam("new_last"))
SELECT_SPACE = select(spaces.c.id).where(
    spaces.c.platform == bindparam("platform"), spaces.c.native == bindparam("native")
)
SAVE_SPACE = DialectInsert(
    spaces,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[spaces.c.platform, spaces.c.native],
        set_={"tenant": insert.excluded.tenant},
        where=spaces.c.tenant != insert.excluded.tenant,
    ),
)
