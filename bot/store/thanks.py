"""Thanks from one member to another: few a week, shown in the recap, counted for no rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select

from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import get_public_name
from bot.post import SharedThanks, ThanksList
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.connection import TxConnection
from bot.store.edits import EditQueries
from bot.store.members import MemberQueries
from bot.store.tables import accounts, letters, members, thanks

WINDOW = timedelta(days=7)
READ = 40  # rows that are read for a post; the others are only counted

_INSERT = thanks.insert().returning(thanks.c.id)
_TARGET, _TARGET_ACCOUNT = members.alias("target"), accounts.alias("target_account")
_SELECT_GIVEN = (
    select(thanks.c.id, thanks.c.at, _TARGET_ACCOUNT.c.person_id)
    .join(_TARGET, _TARGET.c.id == thanks.c.member_id)
    .join(_TARGET_ACCOUNT, _TARGET_ACCOUNT.c.id == _TARGET.c.account_id)
    .where(
        thanks.c.cohort_id == bindparam("cohort"),
        thanks.c.edition == bindparam("edition"),
        thanks.c.account_id.in_(OWN_ACCOUNTS),
        thanks.c.at > bindparam("since"),
    )
    .order_by(thanks.c.at, thanks.c.id)
)
_DELETE = (
    thanks.delete()
    .where(thanks.c.id == bindparam("row"), thanks.c.account_id.in_(OWN_ACCOUNTS))
    .returning(thanks.c.cohort_id, thanks.c.edition, thanks.c.at)
)
# The recaps that may have shown it: the next one in each home. A later one shows later thanks.
_SELECT_RECAPS = select(letters.c.id).where(
    letters.c.cohort_id == bindparam("cohort"),
    letters.c.edition == bindparam("edition"),
    letters.c.kind == "recap",
    letters.c.state == "sent",
    letters.c.moment >= bindparam("given_at"),
)
# Whoever has linked two accounts is seen through the membership that speaks.
_RECEIVED, _SEEN = members.alias("received"), members.alias("seen")
_GIVEN = members.alias("given")
_SELECT_TOLD = (
    select(
        thanks.c.reason,
        _SEEN.c.id.label("receiver_id"),
        func.coalesce(_GIVEN.c.voice_id, _GIVEN.c.id).label("giver_id"),
        func.count().over().label("size"),
    )
    .join(_RECEIVED, _RECEIVED.c.id == thanks.c.member_id)
    .join(_SEEN, _SEEN.c.id == func.coalesce(_RECEIVED.c.voice_id, _RECEIVED.c.id))
    .outerjoin(
        _GIVEN,
        and_(_GIVEN.c.account_id == thanks.c.account_id, _GIVEN.c.cohort_id == thanks.c.cohort_id),
    )
    .where(
        thanks.c.cohort_id == bindparam("cohort"),
        thanks.c.edition == bindparam("edition"),
        thanks.c.at > bindparam("since"),
        thanks.c.at <= bindparam("until"),
        _SEEN.c.shown,
    )
    .order_by(thanks.c.at, thanks.c.id)
    .limit(READ)
)


@dataclass(frozen=True, slots=True)
class GivenThanks:
    """Thanks somebody has given: whom, and when."""

    id: int
    person_id: int
    at: datetime


class ThanksQueries:
    """Queries about thanks."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_given_thanks(
        self, person: Person, cohort: Cohort, now: datetime
    ) -> Sequence[GivenThanks]:
        """Return what a person has given in a cohort within seven days, the oldest first."""
        wanted = {
            "person": person.id,
            "cohort": cohort.id,
            "edition": cohort.edition,
            "since": now - WINDOW,
        }
        rows = self._connection.execute(_SELECT_GIVEN, wanted)
        return [GivenThanks(row.id, row.person_id, row.at) for row in rows]

    async def save_thanks(
        self, person: Person, cohort: Cohort, member: Member, reason: str, now: datetime
    ) -> int:
        """Store thanks from a person to a member; return their number.

        The person must be locked.
        """
        row = {
            "cohort_id": cohort.id,
            "edition": cohort.edition,
            "account_id": person.account_id,
            "member_id": member.id,
            "reason": reason,
            "at": now,
        }
        return int(self._connection.execute(_INSERT, row).scalar_one())

    async def delete_thanks(self, person: Person, row_id: int, now: datetime) -> bool:
        """Take back thanks that this person has given; return False if there were none.

        Recaps that may have shown them are to be written again.
        """
        values = {"person": person.id, "row": row_id}
        row = self._connection.execute(_DELETE, values).first()
        if row is None:
            return False
        told = {"cohort": row.cohort_id, "edition": row.edition, "given_at": row.at}
        letter_ids = list(self._connection.execute(_SELECT_RECAPS, told).scalars())
        await EditQueries(self._connection).request_edits(letter_ids, now)
        return True

    async def list_thanks_between(
        self, cohort: Cohort, since: datetime, until: datetime, now: datetime
    ) -> ThanksList:
        """Return the thanks that everybody may read, given after one instant up to another.

        Thanks to somebody hidden, away or gone are left out. A giver whom nobody may name has no
        name.
        """
        wanted = {
            "cohort": cohort.id,
            "edition": cohort.edition,
            "since": since,
            "until": until,
        }
        rows = self._connection.execute(_SELECT_TOLD, wanted).all()
        ids = {row.receiver_id for row in rows} | {row.giver_id for row in rows if row.giver_id}
        known = await MemberQueries(self._connection).load_members_by_id(sorted(ids), cohort.id)
        told = []
        for row in rows:
            receiver = get_public_name(known[row.receiver_id], cohort, now)
            if receiver is None:
                continue
            giver = ""
            if row.giver_id is not None:
                giver = get_public_name(known[row.giver_id], cohort, now) or ""
            told.append(SharedThanks(giver, receiver, row.reason))
        unread_count = rows[0].size - len(rows) if rows else 0
        return ThanksList(tuple(told), len(told) + unread_count)
