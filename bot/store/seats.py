"""Memberships in statements: seated members, the memberships of one person, and absences.

Only conditions and selects; `bot.store.members` and its neighbours run them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select

from bot.group.calendar import DAY, CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.store.tables import absences, accounts, members

SEATED = and_(members.c.left_at.is_(None), members.c.voice_id.is_(None))
"""Has not left, and speaks: one membership for each person in a cohort."""


def select_members() -> Select[Any]:
    """Select memberships with the columns `build_person_from_row` needs."""
    return select(
        members, accounts.c.person_id, accounts.c.name, accounts.c.zone.label("account_zone")
    ).join(accounts, accounts.c.id == members.c.account_id)


def select_membership_ids(member: Member) -> Select[tuple[int]]:
    """Select the ids for every membership a member's person has in this cohort."""
    return _select_membership_ids(member.id, member.cohort_id)


def _select_membership_ids(
    member_id: int | BindParameter[int], cohort_id: int | BindParameter[int]
) -> Select[tuple[int]]:
    # Starts from the member's row, not from `member.person`: accounts may have been linked or
    # parted since the member was read.
    seat, own = members.alias("seat"), accounts.alias("own")
    person = (
        select(own.c.person_id)
        .join(seat, seat.c.account_id == own.c.id)
        .where(seat.c.id == member_id)
        .scalar_subquery()
    )
    return (
        select(members.c.id)
        .join(accounts, accounts.c.id == members.c.account_id)
        .where(members.c.cohort_id == cohort_id, accounts.c.person_id == person)
    )


MEMBERSHIP_IDS = _select_membership_ids(bindparam("member_id"), bindparam("cohort_id"))
"""The same for statements that are built once, with `build_membership_params`."""


def build_membership_params(member: Member) -> dict[str, int]:
    """Return the parameters of `MEMBERSHIP_IDS` for a member."""
    return {"member_id": member.id, "cohort_id": member.cohort_id}


def select_memberships(
    cohort_id: int | BindParameter[int], person_id: int | BindParameter[int], *columns: Any
) -> Select[Any]:
    """Select a person's memberships in a cohort, by any account, the earliest first."""
    return (
        select(*(columns or (members,)))
        .join(accounts, accounts.c.id == members.c.account_id)
        .where(members.c.cohort_id == cohort_id, accounts.c.person_id == person_id)
        .order_by(members.c.joined_at, members.c.id)
    )


def _find_absence_start(cohort: Cohort, week: CalendarWeek | None, now: datetime) -> date:
    first = cohort.get_cohort_date(now)
    if week is not None:
        first = min(first, week.first)
    # Where a member is, it may still be yesterday.
    return first - DAY


def _select_absent(since: BindParameter[date]) -> Select[tuple[int]]:
    """Select the persons with an absence, from any cohort, that lasts until a date."""
    own = accounts.alias("own")
    is_lasting = or_(absences.c.last.is_(None), absences.c.last >= since)
    path = own.join(absences, absences.c.account_id == own.c.id)
    return select(own.c.person_id).select_from(path).where(is_lasting)


_SELECT_ABSENT = _select_absent(bindparam("absent_since"))
_IS_MEANT = or_(absences.c.cohort_id == 0, absences.c.cohort_id == bindparam("cohort_id"))
MAY_BE_ABSENT_ANYWHERE = accounts.c.person_id.in_(_SELECT_ABSENT)
"""Match persons in `accounts` with an absence from any cohort since `absent_since`."""
MAY_BE_ABSENT = accounts.c.person_id.in_(_SELECT_ABSENT.where(_IS_MEANT))
"""Match persons in `accounts` with an absence that may cover today or the week.

A rough filter; `bot.group.progress.is_excused` decides in the member's own zone.
The parameters are those of `build_absence_params`.
"""


def build_absence_params(
    cohort: Cohort, week: CalendarWeek | None, now: datetime
) -> dict[str, Any]:
    """Return the parameters of `MAY_BE_ABSENT` for a cohort's week."""
    return {"absent_since": _find_absence_start(cohort, week, now), "cohort_id": cohort.id}


def copy_inherited_values(row: Any) -> dict[str, Any]:
    """Return the values another membership passes on: privacy, shift and catch-up."""
    return {
        "hidden": row.hidden,
        "alias": row.alias,
        "shift": row.shift,
        "catch_up": row.catch_up,
        "shown": not row.hidden,
    }


def match_spelling(text: ColumnElement[str], typed: str) -> ColumnElement[bool]:
    """Match a name in any letter case; the caller compares by `casefold` again."""
    return or_(func.lower(text) == typed.lower(), text.in_(_list_spellings(typed)))


def _list_spellings(typed: str) -> list[str]:
    # SQLite folds ASCII letters only, so the usual spellings of the others are tried as well.
    spellings = {typed, typed.lower(), typed.upper(), typed.title(), typed.capitalize()}
    return sorted(spellings)


def match_bound_spelling(text: ColumnElement[str]) -> ColumnElement[bool]:
    """Do the same for statements that are built once, with `build_spelling_params`."""
    is_spelt = text.in_(bindparam("spellings", expanding=True))
    return or_(func.lower(text) == bindparam("lower_case"), is_spelt)


def build_spelling_params(typed: str) -> dict[str, Any]:
    """Return the parameters of `match_bound_spelling` for a name."""
    return {"lower_case": typed.lower(), "spellings": _list_spellings(typed)}
