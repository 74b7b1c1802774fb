"""Check-ins: a member's reports on their weeks, each kept with the account it came through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, func, select

from bot.group.cohort import Member
from bot.store.connection import TxConnection
from bot.store.count_edits import note_activity
from bot.store.memberships import load_memberships
from bot.store.rows import DialectInsert
from bot.store.seats import MEMBERSHIP_IDS, build_membership_params
from bot.store.tables import accounts, checkins, members

# A check-in counts for the membership that speaks, whichever membership of the person keeps it.
VOICE = members.alias("voice")
SPEAKER = func.coalesce(members.c.voice_id, members.c.id)
CHECKINS_BY_SPEAKER = checkins.join(members, members.c.id == checkins.c.member_id).join(
    VOICE, VOICE.c.id == SPEAKER
)

_IS_THEIRS = checkins.c.member_id.in_(MEMBERSHIP_IDS)
# `late` and `first_at` stay: an edit of a report sent in time is not late.
_EDITED = ("hours", "confidence", "blockers", "note", "shared", "at")
_UPSERT_CHECKIN = DialectInsert(
    checkins,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[checkins.c.member_id, checkins.c.week_id, checkins.c.account_id],
        set_={name: insert.excluded[name] for name in _EDITED},
    ),
)
_SELECT_REPORTS = select(checkins).where(_IS_THEIRS).order_by(checkins.c.at.desc())
_SELECT_SHARED = (
    select(checkins.c.week_id, checkins.c.note)
    .where(_IS_THEIRS, checkins.c.shared, checkins.c.note != "")
    .order_by(checkins.c.first_at.desc())
    .limit(1)
)

_SELECT_HOURS = select(checkins.c.hours).where(_IS_THEIRS, checkins.c.hours > 0)

_SPEAKING_IDS: BindParameter[int] = bindparam("speaking_ids", expanding=True)
_THEIR_COHORT_IDS = select(VOICE.c.cohort_id).where(VOICE.c.id.in_(_SPEAKING_IDS))
_SELECT_LAST_CHECKINS = (
    select(SPEAKER.label("speaker"), checkins.c.at, checkins.c.blockers)
    .join(members, members.c.id == checkins.c.member_id)
    # The cohorts are asked for so that an index helps: there is none on the expression.
    .where(members.c.cohort_id.in_(_THEIR_COHORT_IDS), SPEAKER.in_(_SPEAKING_IDS))
    .order_by(checkins.c.at)
)

_SEAT, _OWN, _OWNS = members.alias("seat"), accounts.alias("own"), accounts.alias("owns")


def select_reports_of_members(*columns: Any) -> Select[Any]:
    """Select columns of the members' check-ins by any account, each with the member's id."""
    is_theirs = and_(members.c.account_id == _OWNS.c.id, members.c.cohort_id == _SEAT.c.cohort_id)
    return (
        select(_SEAT.c.id, *columns)
        .join(_OWN, _OWN.c.id == _SEAT.c.account_id)
        .join(_OWNS, _OWNS.c.person_id == _OWN.c.person_id)
        .join(members, is_theirs)
        .join(checkins, checkins.c.member_id == members.c.id)
        .where(_SEAT.c.id.in_(bindparam("member_ids", expanding=True)))
    )


_SELECT_CHECKIN_HOURS = select_reports_of_members(checkins.c.week_id, checkins.c.hours).order_by(
    checkins.c.at
)
_SELECT_CHECKED_IN = (
    select_reports_of_members(checkins.c.week_id)
    .where(checkins.c.week_id.in_(bindparam("week_ids", expanding=True)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class CheckinReport:
    """A member's words about a week, beside the items.

    `hours` spent, `confidence` from 1 to 5; `late`: sent after the week closed.
    `shared`: the group may read the note.
    """

    hours: float | None = None
    confidence: int | None = None
    blockers: str = ""
    note: str = ""
    late: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SharedNote:
    """A note that a member shares with the group, on the week with this id."""

    week_id: str
    note: str


def _build_report(row: Row[Any]) -> CheckinReport:
    return CheckinReport(
        row.hours, row.confidence, row.blockers, row.note, row.late, shared=row.shared
    )


class CheckinQueries:
    """Queries about check-ins."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def save_checkin(
        self, member: Member, week_id: str, report: CheckinReport, now: datetime
    ) -> bool:
        """Store a member's report on a week; return True for the first, False for an edit."""
        # Asked before the insert: any account of theirs may have reported already.
        reports = [row for row in self._load_reports(member) if row.week_id == week_id]
        keeper_ids = {row.account_id: row.member_id for row in reports}
        account_id = member.person.account_id
        # Where its report is already, however often it was linked and parted: it has only one.
        keeper_id = keeper_ids.get(account_id)
        if keeper_id is None:
            keeper_id = self._find_seat_for_checkin(member)
        row = {
            "member_id": keeper_id,
            "week_id": week_id,
            "account_id": account_id,
            "hours": report.hours,
            "confidence": report.confidence,
            "blockers": report.blockers,
            "note": report.note,
            "late": report.late,
            "shared": report.shared,
            "first_at": now,
            "at": now,
        }
        self._connection.execute(_UPSERT_CHECKIN.for_engine(self._connection), row)
        if not reports:
            self._note_checkin(member, week_id)
        return not reports

    def _note_checkin(self, member: Member, week_id: str) -> None:
        for seat in load_memberships(self._connection, member.person.id):
            if seat.id == member.id and seat.shown:
                note_activity(self._connection, "checkins", seat.cohort, [week_id])

    def _find_seat_for_checkin(self, member: Member) -> int:
        """Return the account's own membership, else the member's."""
        for seat in load_memberships(self._connection, member.person.id):
            is_own = seat.account_id == member.person.account_id
            if is_own and seat.cohort_id == member.cohort_id:
                return seat.id
        return member.id

    async def load_checkin(self, member: Member, week_id: str) -> CheckinReport | None:
        """Return a member's newest report on a week by any account, or None."""
        for row in self._load_reports(member):
            if row.week_id == week_id:
                return _build_report(row)
        return None

    async def load_last_note_shared(self, member: Member) -> SharedNote | None:
        """Return the newest note a member shares with the group, or None."""
        row = self._connection.execute(_SELECT_SHARED, build_membership_params(member)).first()
        return SharedNote(row.week_id, row.note) if row else None

    def _load_reports(self, member: Member) -> Sequence[Row[Any]]:
        """Return a member's reports on all weeks by any account, the newest first."""
        wanted = build_membership_params(member)
        return self._connection.remember(
            "reports",
            member.id,
            lambda: self._connection.execute(_SELECT_REPORTS, wanted).all(),
        )

    async def find_checked_in(
        self, member_ids: Collection[int], week_ids: Collection[str]
    ) -> frozenset[tuple[int, str]]:
        """Return the members with a report on these weeks by any account, each with its week."""
        if not member_ids or not week_ids:
            return frozenset()
        wanted = {"member_ids": list(member_ids), "week_ids": list(week_ids)}
        rows = self._connection.execute(_SELECT_CHECKED_IN, wanted)
        return frozenset((row.id, row.week_id) for row in rows)

    async def load_checkin_hours(
        self, member_ids: Collection[int]
    ) -> Mapping[int, Mapping[str, float | None]]:
        """Return the hours of the newest report on each week, by member id and week id.

        Members without a report are left out.
        """
        if not member_ids:
            return {}
        hours: dict[int, dict[str, float | None]] = defaultdict(dict)
        rows = self._connection.execute(_SELECT_CHECKIN_HOURS, {"member_ids": list(member_ids)})
        # Oldest first: a later report of another account takes the place of an earlier one.
        for row in rows:
            hours[row.id][row.week_id] = row.hours
        return hours

    async def list_checkin_week_ids(self, member: Member) -> frozenset[str]:
        """Return the ids for the weeks a member has checked in for."""
        return frozenset(row.week_id for row in self._load_reports(member))

    async def load_reported_hours(self, member: Member) -> Sequence[float]:
        """Return the hours a member has reported, of the weeks with more than none."""
        wanted = build_membership_params(member)
        return list(self._connection.execute(_SELECT_HOURS, wanted).scalars())

    async def load_last_checkins(
        self, member_ids: Collection[int]
    ) -> dict[int, tuple[datetime, str]]:
        """Return the instant and the blockers from each member's last check-in.

        An edit counts as a check-in. Members without one are left out.
        """
        wanted = {"speaking_ids": sorted(member_ids)}
        rows = self._connection.execute(_SELECT_LAST_CHECKINS, wanted)
        # Oldest first: a later row takes the place of an earlier one.
        return {row.speaker: (row.at, row.blockers) for row in rows}
