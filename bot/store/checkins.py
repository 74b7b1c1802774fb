"""Check-ins: a member's reports on their weeks, each kept with the account it came through."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.group.cohort import Member
from bot.store.rows import build_insert
from bot.store.seats import select_membership_ids
from bot.store.tables import checkins, members

# A check-in counts for the membership that speaks, whichever membership of the person keeps it.
VOICE = members.alias("voice")
SPEAKER = func.coalesce(members.c.voice_id, members.c.id)
CHECKINS_BY_SPEAKER = checkins.join(members, members.c.id == checkins.c.member_id).join(
    VOICE, VOICE.c.id == SPEAKER
)


@dataclass(frozen=True, slots=True)
class CheckinReport:
    """A member's words about a week, beside the items.

    `hours` spent, `confidence` from 1 to 5; `late`: sent after the week closed.
    """

    hours: float | None = None
    confidence: int | None = None
    blockers: str = ""
    note: str = ""
    late: bool = False


class CheckinQueries:
    """Queries about check-ins."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def save_checkin(
        self, member: Member, week_id: str, report: CheckinReport, now: datetime
    ) -> bool:
        """Store a member's report on a week; return True for the first, False for an edit."""
        # Asked before the insert: any account of theirs may have reported already.
        is_first = not await self.load_checkin(member, week_id)
        row = {
            "member_id": await self._find_checkin_member_id(member, week_id),
            "week_id": week_id,
            "account_id": member.person.account_id,
            "hours": report.hours,
            "confidence": report.confidence,
            "blockers": report.blockers,
            "note": report.note,
            "late": report.late,
            "first_at": now,
            "at": now,
        }
        statement = build_insert(self._connection, checkins).values(row)
        key = [checkins.c.member_id, checkins.c.week_id, checkins.c.account_id]
        # `late` and `first_at` stay: an edit of a report sent in time is not late.
        edited = {name: row[name] for name in ("hours", "confidence", "blockers", "note", "at")}
        self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=edited))
        return is_first

    async def _find_checkin_member_id(self, member: Member, week_id: str) -> int:
        """Return the membership that keeps this account's report on a week.

        First the one with its report already, then the account's own, then the member's.
        """
        # So an account has one report on a week, however often it is linked and parted.
        account_id = member.person.account_id
        keeper = select(checkins.c.member_id).where(
            checkins.c.member_id.in_(select_membership_ids(member)),
            checkins.c.week_id == week_id,
            checkins.c.account_id == account_id,
        )
        own_seat = select(members.c.id).where(
            members.c.cohort_id == member.cohort_id, members.c.account_id == account_id
        )
        member_id = self._connection.execute(keeper).scalar()
        if member_id is None:
            member_id = self._connection.execute(own_seat).scalar()
        return member_id or member.id

    async def load_checkin(self, member: Member, week_id: str) -> CheckinReport | None:
        """Return a member's newest report on a week by any account, or None."""
        query = (
            select(checkins)
            .where(
                checkins.c.member_id.in_(select_membership_ids(member)),
                checkins.c.week_id == week_id,
            )
            .order_by(checkins.c.at.desc())
            .limit(1)
        )
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return CheckinReport(row.hours, row.confidence, row.blockers, row.note, row.late)

    async def list_checkin_week_ids(self, member: Member) -> frozenset[str]:
        """Return the ids for the weeks a member has checked in for."""
        query = select(checkins.c.week_id).where(
            checkins.c.member_id.in_(select_membership_ids(member))
        )
        return frozenset(self._connection.execute(query).scalars())

    async def load_last_checkins(
        self, member_ids: Collection[int]
    ) -> dict[int, tuple[datetime, str]]:
        """Return the instant and the blockers from each member's last check-in.

        An edit counts as a check-in. Members without one are left out.
        """
        speaking_ids = sorted(member_ids)
        their_cohorts = select(VOICE.c.cohort_id).where(VOICE.c.id.in_(speaking_ids))
        query = (
            select(SPEAKER.label("speaker"), checkins.c.at, checkins.c.blockers)
            .join(members, members.c.id == checkins.c.member_id)
            # The cohorts are asked for so that an index helps: there is none on the expression.
            .where(members.c.cohort_id.in_(their_cohorts), SPEAKER.in_(speaking_ids))
            .order_by(checkins.c.at)
        )
        rows = self._connection.execute(query)
        # Oldest first: a later row takes the place of an earlier one.
        return {row.speaker: (row.at, row.blockers) for row in rows}
