"""Waiting lists: who waits for a cohort on a roadmap in a space, and who is told of a free seat.

One list for each roadmap and space, in the order in which people came. As many are told as there
are free seats; no seat is held for them. If one stays free for two days, the next in line is told.
A cohort without a limit has a seat for everybody, so all are told at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select

from bot.chat.address import Place
from bot.group.cohort import JOINABLE_STATES, Cohort
from bot.group.member import Person
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.connection import TxConnection
from bot.store.ledger import LedgerQueries
from bot.store.members import MemberQueries
from bot.store.people import PeopleQueries
from bot.store.tables import accounts, cohorts, homes, letters, members, spaces, waiting

SEAT_OFFER = "seat_offer"
"""The kind of the letters that tell of a free seat: `account/row.number`."""

SEAT_GONE = "no seat is free any more"
"""The reason of an offer that told nobody, and is made again when a seat is free."""

FIRST_REFUSAL = timedelta(days=2)  # how long a seat may stay free before the next one is told

# Whoever has joined a cohort on the roadmap since waits no more. Joining takes nobody off: it is
# asked here, so that a seat costs no statement for lists that almost nobody is on.
_LATER, _OWNER, _OWNED = members.alias("later"), accounts.alias("owner"), accounts.alias("owned")
_JOINED = cohorts.alias("joined")
_IS_WAITING = ~(
    exists()
    .where(
        _OWNER.c.id == waiting.c.account_id,
        _OWNED.c.person_id == _OWNER.c.person_id,
        _LATER.c.account_id == _OWNED.c.id,
        _LATER.c.joined_at > waiting.c.at,
        _JOINED.c.id == _LATER.c.cohort_id,
        _JOINED.c.roadmap == waiting.c.roadmap,
    )
    .correlate(waiting)
)

_IS_THEIRS = waiting.c.account_id.in_(OWN_ACCOUNTS)
_IS_LIST = and_(waiting.c.space_id == bindparam("space"), waiting.c.roadmap == bindparam("roadmap"))
_IN_LINE = (waiting.c.at, waiting.c.id)
_INSERT = waiting.insert()
_SELECT_OWN = select(waiting).where(_IS_THEIRS, _IS_LIST, _IS_WAITING).order_by(*_IN_LINE).limit(1)
_COUNT_BEFORE = (
    select(func.count(accounts.c.person_id.distinct()))
    .select_from(waiting.join(accounts, accounts.c.id == waiting.c.account_id))
    .where(
        _IS_LIST,
        _IS_WAITING,
        or_(
            waiting.c.at < bindparam("since"),
            and_(waiting.c.at == bindparam("since"), waiting.c.id < bindparam("row")),
        ),
    )
)
_DELETE_OWN = waiting.delete().where(_IS_THEIRS, _IS_LIST)
_DELETE_ON_ROADMAP = waiting.delete().where(_IS_THEIRS, waiting.c.roadmap == bindparam("roadmap"))

_SEAT, _OWN, _OLD = members.alias("seat"), accounts.alias("own"), cohorts.alias("old")
_IS_SEATED = (
    exists()
    .where(
        _SEAT.c.cohort_id == bindparam("cohort"),
        _SEAT.c.left_at.is_(None),
        _SEAT.c.account_id == _OWN.c.id,
        _OWN.c.person_id == accounts.c.person_id,
    )
    .correlate(accounts)
)
_SELECT_CANDIDATES = (
    select(waiting, accounts.c.person_id)
    .join(accounts, accounts.c.id == waiting.c.account_id)
    .outerjoin(_OLD, _OLD.c.id == waiting.c.from_cohort_id)
    .where(
        waiting.c.roadmap == bindparam("roadmap"),
        waiting.c.space_id.in_(
            select(homes.c.space_id).where(homes.c.cohort_id == bindparam("cohort"))
        ),
        # Whoever could not keep up with one cohort is told of later ones alone.
        or_(_OLD.c.start.is_(None), _OLD.c.start < bindparam("start")),
        ~_IS_SEATED,
        _IS_WAITING,
    )
    .order_by(*_IN_LINE)
)
_SELECT_OFFERS = select(letters.c.ref, letters.c.state, letters.c.reason, letters.c.ended_at).where(
    letters.c.cohort_id == bindparam("cohort"),
    letters.c.edition == bindparam("edition"),
    letters.c.kind == SEAT_OFFER,
)
_NOTE_TOLD = (
    waiting.update()
    .where(waiting.c.id == bindparam("row"))
    .values(
        told_at=bindparam("now", type_=waiting.c.told_at.type), told_cohort_id=bindparam("cohort")
    )
)
_SELECT_CONTACT = (
    select(
        waiting,
        accounts.c.person_id,
        accounts.c.name,
        accounts.c.zone.label("account_zone"),
        accounts.c.native.label("account_native"),
        accounts.c.tenant.label("account_tenant"),
        spaces.c.platform,
        spaces.c.native.label("space_native"),
        spaces.c.gone_at,
    )
    .join(accounts, accounts.c.id == waiting.c.account_id)
    .join(spaces, spaces.c.id == waiting.c.space_id)
    .where(
        waiting.c.id == bindparam("row"),
        waiting.c.account_id == bindparam("account"),
        _IS_WAITING,
    )
)
_SELECT_MOVERS = (
    select(accounts.c.person_id)
    .join(waiting, waiting.c.account_id == accounts.c.id)
    .where(waiting.c.from_cohort_id.in_(bindparam("cohorts", expanding=True)), _IS_WAITING)
    .add_columns(waiting.c.from_cohort_id)
)


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """Somebody's place on a waiting list.

    `number`: their place in line, from 1. `told_cohort_id`: the cohort they were told of last.
    """

    id: int
    account_id: int
    from_cohort_id: int | None
    at: datetime
    number: int
    told_cohort_id: int | None


@dataclass(frozen=True, slots=True)
class WaitingContact:
    """How somebody on a list is reached. `is_in_reach`: the bot is still in that space."""

    person: Person
    from_cohort_id: int | None
    place: Place
    is_in_reach: bool


@dataclass(frozen=True, slots=True)
class SeatOffer:
    """A letter about a free seat. `is_void`: the seat was gone before it went out.

    `ended_at`: when it arrived, or could not; None while it waits, for a night to end perhaps.
    """

    ref: str
    is_void: bool
    ended_at: datetime | None


class WaitingQueries:
    """Queries about waiting lists."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — one's own place —

    async def find_waiting_entry(
        self, person: Person, space_id: int, roadmap: str
    ) -> WaitingEntry | None:
        """Return a person's place on a list, by any account, or None."""
        wanted = {"person": person.id, "space": space_id, "roadmap": roadmap}
        row = self._connection.execute(_SELECT_OWN, wanted).first()
        if row is None:
            return None
        before = {"space": space_id, "roadmap": roadmap, "since": row.at, "row": row.id}
        number = 1 + int(self._connection.execute(_COUNT_BEFORE, before).scalar_one())
        return WaitingEntry(
            row.id, row.account_id, row.from_cohort_id, row.at, number, row.told_cohort_id
        )

    async def insert_waiting_entry(
        self,
        person: Person,
        space_id: int,
        roadmap: str,
        from_cohort_id: int | None,
        at: datetime,
    ) -> None:
        """Put a person on a list, in place of any earlier row of theirs.

        The person must be locked.
        """
        await self.delete_waiting_entry(person, space_id, roadmap)
        row = {
            "account_id": person.account_id,
            "space_id": space_id,
            "roadmap": roadmap,
            "from_cohort_id": from_cohort_id,
            "at": at,
        }
        self._connection.execute(_INSERT, row)

    async def delete_waiting_entry(self, person: Person, space_id: int, roadmap: str) -> bool:
        """Take a person from a list, by every account; return False if they were not on it."""
        wanted = {"person": person.id, "space": space_id, "roadmap": roadmap}
        return self._connection.execute(_DELETE_OWN, wanted).rowcount > 0

    async def delete_entries_on_roadmap(self, person: Person, roadmap: str) -> None:
        """Take a person from every list for a roadmap: they have moved."""
        wanted = {"person": person.id, "roadmap": roadmap}
        self._connection.execute(_DELETE_ON_ROADMAP, wanted)

    async def find_movers(self, cohort_ids: Collection[int]) -> frozenset[tuple[int, int]]:
        """Return the persons who wait to move from these cohorts, each with the cohort's id."""
        if not cohort_ids:
            return frozenset()
        rows = self._connection.execute(_SELECT_MOVERS, {"cohorts": sorted(set(cohort_ids))})
        return frozenset((row.person_id, row.from_cohort_id) for row in rows)

    async def count_waiting_people(self, cohort: Cohort) -> int:
        """Count those who wait and could take a seat of this cohort."""
        wanted = {"cohort": cohort.id, "roadmap": cohort.roadmap, "start": cohort.start}
        return len(_drop_doubles(self._connection.execute(_SELECT_CANDIDATES, wanted).all()))

    # — telling —

    async def tell_waiting_people(self, cohort: Cohort, now: datetime) -> datetime | None:
        """Enter the letters about free seats; return the instant to look again, or None.

        The cohort must be locked.
        """
        if cohort.state not in JOINABLE_STATES:
            return None
        wanted = {"cohort": cohort.id, "roadmap": cohort.roadmap, "start": cohort.start}
        line = _drop_doubles(self._connection.execute(_SELECT_CANDIDATES, wanted).all())
        if not line:
            return None
        offers = self._list_offers(cohort)
        untold = [row for row in line if not _has_live_offer(row, offers)]
        told = [row for row in line if row not in untold]
        ends = [_find_refusal_end(row, offers, now) for row in told if _was_told_of(row, cohort)]
        pending = [end for end in ends if now < end]
        free = await self._count_free_seats(cohort, len(untold) + len(pending))
        chosen = untold[: max(0, free - len(pending))]
        for row in chosen:
            count = sum(offer.ref.startswith(_format_ref_start(row)) for offer in offers)
            await LedgerQueries(self._connection).enter_account_letter(
                cohort, SEAT_OFFER, f"{row.id}.{count}", row.account_id, now
            )
            self._connection.execute(_NOTE_TOLD, {"row": row.id, "now": now, "cohort": cohort.id})
        if len(chosen) == len(untold):
            return None
        return min([*pending, *[now + FIRST_REFUSAL] * bool(chosen)], default=None)

    def _list_offers(self, cohort: Cohort) -> Sequence[SeatOffer]:
        """Return every offer of a seat in this edition."""
        wanted = {"cohort": cohort.id, "edition": cohort.edition}
        offers = []
        for row in self._connection.execute(_SELECT_OFFERS, wanted):
            is_void = row.state == "skipped" and row.reason == SEAT_GONE
            offers.append(SeatOffer(row.ref, is_void, row.ended_at))
        return offers

    async def _count_free_seats(self, cohort: Cohort, enough: int) -> int:
        if cohort.seats is None:
            return enough
        taken = await MemberQueries(self._connection).count_seats_taken(cohort)
        return max(0, cohort.seats - taken)

    async def load_waiting_contact(self, letter_ref: str, account_id: int) -> WaitingContact | None:
        """Return how the reader of an offer is reached; None if they wait no more."""
        number = letter_ref.partition("/")[2].partition(".")[0]
        if not number.isdecimal():
            return None
        wanted = {"row": int(number), "account": account_id}
        row = self._connection.execute(_SELECT_CONTACT, wanted).first()
        if row is None:
            return None
        place = Place(
            row.platform, row.space_native, native=row.account_native, tenant=row.account_tenant
        )
        known = await PeopleQueries(self._connection).load_people_settings([row.person_id])
        person = known.build_person_from_row(row)
        return WaitingContact(person, row.from_cohort_id, place, row.gone_at is None)


def _drop_doubles(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Return the first row of each person: two accounts may have been linked since."""
    by_person: dict[int, Row[Any]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, row)
    return list(by_person.values())


def _format_ref_start(row: Row[Any]) -> str:
    return f"{row.account_id}/{row.id}."


def _has_live_offer(row: Row[Any], offers: Sequence[SeatOffer]) -> bool:
    """Return True if somebody was told of this cohort, or could not be."""
    start = _format_ref_start(row)
    return any(offer.ref.startswith(start) and not offer.is_void for offer in offers)


def _was_told_of(row: Row[Any], cohort: Cohort) -> bool:
    return row.told_cohort_id == cohort.id and row.told_at is not None


def _find_refusal_end(row: Row[Any], offers: Sequence[SeatOffer], now: datetime) -> datetime:
    """Return until when a seat is somebody's to take: two days after they could read of it.

    The nights of their own zone cost them nothing.
    """
    start = _format_ref_start(row)
    told_at: datetime = row.told_at
    arrivals = [offer.ended_at or now for offer in offers if offer.ref.startswith(start)]
    return max([told_at, *arrivals]) + FIRST_REFUSAL
