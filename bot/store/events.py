"""The calls that homes have been told of, and the events that stand for them on their platforms.

What a home was told is kept beside the letter that told it. When a call changes, the home is told in the same transaction,
and its event falls due: to be made, edited or cancelled, whatever the call is by then. An event is idle → due → claimed →
idle, or `gone` once somebody has deleted it on the platform. Claiming moves `due_at` into the future (the lease).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Place
from bot.chat.message import Event
from bot.group.calls import (
    CallNotice,
    build_call_event,
    build_call_news,
    describe_call_change,
    find_coming_call,
)
from bot.group.cohort import Cohort
from bot.store.cohorts import CohortQueries, Home
from bot.store.ledger import LEASE, OPEN, LedgerQueries, Letter
from bot.store.rows import build_insert
from bot.store.tables import events, homes, letters, spaces

IDLE, DUE, CLAIMED, GONE = "idle", "due", "claimed", "gone"


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event that is due, claimed until `leased_until`.

    `title` is what it is called on the platform, `native` its id there, empty where that is not known; `starts` is when its
    readers believe the call begins. `tries` counts those since it was last right, `changes` what has happened to the call.
    """

    letter_id: int
    cohort_id: int
    edition: int
    week_id: str
    home_id: int
    place: Place
    title: str
    native: str
    starts: datetime | None
    tries: int
    changes: int
    leased_until: datetime


_AT_WORK = events.c.state.in_(
    (literal_column("'due'"), literal_column("'claimed'"))
)  # literals, for the partial index
_NAMED = events.join(letters, letters.c.id == events.c.letter_id)
_LETTER_ENDED = (
    select(letters.c.id)
    .where(letters.c.id == events.c.letter_id, letters.c.state.not_in(OPEN))
    .exists()
)
_MAY_BE_READ = or_(
    letters.c.state.in_(("sent", "unsure")),
    and_(letters.c.state.in_(OPEN), letters.c.tries > letters.c.settled),
)
# Asked every second, so it is put together once.
_ON_TURN = and_(_AT_WORK, _LETTER_ENDED)
_READY = select(events.c.letter_id).where(_ON_TURN).order_by(events.c.due_at, events.c.letter_id)
_READY = _READY.with_for_update(of=events, skip_locked=True)


class EventQueries:
    """Queries about calls that were named and their events."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # — what homes are told —

    async def record_named_call(self, letter: Letter, home: Home, event: Event) -> None:
        """Note, before a letter is sent, which call it names."""
        space = select(homes.c.space_id).where(homes.c.id == home.id).scalar_subquery()
        told = {"starts": event.starts, "ends": event.ends, "place": event.where, "off": False}
        row = {"letter_id": letter.id, "space_id": space, "title": event.title, **told}
        made = build_insert(self._connection, events).values(row)
        await self._connection.execute(
            made.on_conflict_do_update(index_elements=[events.c.letter_id], set_=told)
        )

    async def release_event(self, letter: Letter, now: datetime) -> None:
        """Have the event of a letter that was sent made, and tell its home at once where the call is another by now.

        The cohort must be locked.
        """
        due = events.update().where(events.c.letter_id == letter.id, events.c.state == IDLE)
        await self._connection.execute(due.values(state=DUE, due_at=now))
        cohort = await CohortQueries(self._connection).load_cohort(letter.cohort_id)
        if cohort is not None:
            await self.announce_call_changes(cohort, now)

    async def announce_call_changes(
        self, after: Cohort, now: datetime, before: Cohort | None = None
    ) -> None:
        """Tell the homes of a cohort which calls they know of have changed, and have their events changed.

        `before` is the cohort as it was: what was told before these notes were kept is worked out from it.
        The cohort must be locked.
        """
        there = {
            home.id: home for home in await CohortQueries(self._connection).list_homes(after.id)
        }
        news: defaultdict[int, list[str]] = defaultdict(list)
        for row in (await self._connection.execute(self._select_named_calls(after, now))).all():
            named = await self._resolve_named_call(row, before or after, now)
            if named is None or row.home_id not in there:
                continue
            event = find_coming_call(after, named.edition, named.week_id, now)
            if sentence := describe_call_change(after, named, event):
                news[row.home_id].append(sentence)
            if has_call_changed(named, event) or (event is not None and event.title != row.title):
                await self._update_event_call(row, event, now)
        for sentences in dict.fromkeys(tuple(sentences) for sentences in news.values()):
            told = [there[home_id] for home_id, known in news.items() if tuple(known) == sentences]
            if (message := build_call_news(sentences)) is not None:
                await LedgerQueries(self._connection).enter_numbered_announcement(
                    after, "call", message, told, now
                )

    async def list_named_calls(self, cohort: Cohort, now: datetime) -> Sequence[CallNotice]:
        """The calls that homes of a cohort believe to be coming, or to be called off."""
        rows = (await self._connection.execute(self._select_named_calls(cohort, now))).all()
        return [_build_named_call(row) for row in rows if row.starts is not None]

    def _select_named_calls(self, cohort: Cohort, now: datetime) -> Select[Any]:
        """Those that a change may concern: none that has taken place."""
        coming = or_(events.c.starts.is_(None), events.c.off, events.c.starts > now)
        asked = select(events, letters.c.edition, letters.c.ref, letters.c.home_id).select_from(
            _NAMED
        )
        return asked.where(letters.c.cohort_id == cohort.id, _MAY_BE_READ, coming).order_by(
            events.c.letter_id
        )

    async def _resolve_named_call(
        self, row: Row[Any], before: Cohort, now: datetime
    ) -> CallNotice | None:
        """The call that a letter named. Of one sent before these notes were kept, the call that its week had, if any."""
        if row.starts is not None:
            return _build_named_call(row)
        week = (
            before.calendar.find_week(_parse_week_id(row.ref))
            if row.edition == before.edition
            else None
        )
        event = build_call_event(before, week) if week else None
        here = events.c.letter_id == row.letter_id
        if event is None or event.starts <= now:
            await self._connection.execute(events.delete().where(here))
            return None
        told = {
            "starts": event.starts,
            "ends": event.ends,
            "place": event.where,
            "title": event.title,
        }
        await self._connection.execute(events.update().where(here).values(told))
        return CallNotice(
            row.edition, _parse_week_id(row.ref), event.starts, event.ends, event.where
        )

    async def _update_event_call(self, row: Row[Any], event: Event | None, now: datetime) -> None:
        told: dict[str, Any] = {"off": True}
        if event is not None:
            told = {"off": False, "starts": event.starts, "ends": event.ends, "place": event.where}
        await self._connection.execute(
            events.update().where(events.c.letter_id == row.letter_id).values(told)
        )
        await self._make_events_due(events.c.letter_id == row.letter_id, now)

    async def cancel_home_events(self, leaving: Collection[Home], now: datetime) -> None:
        """Have the events cancelled that stand for homes which are taken away."""
        theirs = select(letters.c.id).where(letters.c.home_id.in_([home.id for home in leaving]))
        coming = and_(events.c.letter_id.in_(theirs), events.c.starts > now)
        await self._connection.execute(events.update().where(coming).values(off=True))
        await self._make_events_due(coming, now)

    async def _make_events_due(self, which: ColumnElement[bool], now: datetime) -> None:
        """A claimed one is left to whoever holds it, and is due again as soon as they are done: see `finish`."""
        counted = events.update().where(which).values(changes=events.c.changes + 1)
        await self._connection.execute(counted)
        idle = events.update().where(which, events.c.state.in_((IDLE, DUE)))
        await self._connection.execute(idle.values(state=DUE, due_at=now, tries=0))

    # — what stands on the platform —

    async def claim_events(self, now: datetime, limit: int) -> Sequence[EventEntry]:
        """Take up to `limit` events that are due; none whose letter is still on its way."""
        taken = (
            events.update()
            .where(events.c.letter_id.in_(_READY.where(events.c.due_at <= now).limit(limit)))
            .values(state=CLAIMED, tries=events.c.tries + 1, due_at=now + LEASE)
            .returning(events.c.letter_id)
        )
        if not (claimed := list((await self._connection.execute(taken)).scalars())):
            return []
        where = (spaces.c.platform, spaces.c.native.label("space"), spaces.c.tenant)
        asked = select(
            events, letters.c.cohort_id, letters.c.edition, letters.c.ref, letters.c.home_id, *where
        )
        asked = asked.select_from(_NAMED.join(spaces, spaces.c.id == events.c.space_id))
        asked = asked.where(events.c.letter_id.in_(claimed)).order_by(events.c.letter_id)
        return [_build_event_entry(row) for row in await self._connection.execute(asked)]

    async def finish_event(
        self, entry: EventEntry, now: datetime, native: str, title: str, *, is_gone: bool = False
    ) -> None:
        """Note how an event stands now. One whose call has changed meanwhile is due again."""
        known = {"native": native, "title": title or entry.title, "tries": 0}
        at_rest = {"state": GONE if is_gone else IDLE, "due_at": None}
        last_word = events.c.changes == entry.changes
        mine = self._match_event_lease(entry)
        done = await self._connection.execute(
            events.update()
            .where(mine, last_word)
            .values(**known, **at_rest)
            .returning(events.c.letter_id)
        )
        if done.first() is None:
            again = {"state": GONE} if is_gone else {"state": DUE, "due_at": now}
            await self._connection.execute(events.update().where(mine).values(**known, **again))

    async def postpone_event(self, entry: EventEntry, until: datetime, now: datetime) -> None:
        """Put a claimed event back until an instant, or until now where its call has changed meanwhile."""
        mine, last_word = self._match_event_lease(entry), events.c.changes == entry.changes
        await self._connection.execute(
            events.update().where(mine, ~last_word).values(state=DUE, due_at=now, tries=0)
        )
        await self._connection.execute(events.update().where(mine).values(state=DUE, due_at=until))

    def _match_event_lease(self, entry: EventEntry) -> ColumnElement[bool]:
        same = and_(events.c.letter_id == entry.letter_id, events.c.state == CLAIMED)
        return and_(same, events.c.tries == entry.tries, events.c.due_at == entry.leased_until)

    async def list_other_event_ids(self, entry: EventEntry) -> frozenset[str]:
        """The ids of the events in a space that stand for other calls: none of them is taken for this one."""
        same = and_(
            letters.c.cohort_id == entry.cohort_id,
            letters.c.edition == entry.edition,
            letters.c.ref == entry.week_id,
        )
        here = (
            select(events.c.space_id).where(events.c.letter_id == entry.letter_id).scalar_subquery()
        )
        asked = (
            select(events.c.native)
            .select_from(_NAMED)
            .where(events.c.space_id == here, events.c.native != "", ~same)
        )
        return frozenset((await self._connection.execute(asked)).scalars())

    async def has_pending_event(self, home: Home) -> bool:
        """Whether an event of a home has yet to be changed."""
        asked = (
            select(events.c.letter_id)
            .select_from(_NAMED)
            .where(letters.c.home_id == home.id, _AT_WORK)
        )
        return (
            await self._connection.execute(asked.where(events.c.changes > 0).limit(1))
        ).first() is not None

    async def reset_event_claims(self, now: datetime) -> None:
        """Make every claimed event due again: for a start that knows that no other sender lives."""
        claimed = events.update().where(events.c.state == CLAIMED)
        await self._connection.execute(claimed.values(state=DUE, due_at=now))

    async def find_next_event_due(self) -> datetime | None:
        """When the next event can be claimed."""
        found: datetime | None = (
            await self._connection.execute(select(func.min(events.c.due_at)).where(_ON_TURN))
        ).scalar()
        return found


def has_call_changed(named: CallNotice, event: Event | None) -> bool:
    """Whether a call is another than the one that was told."""
    if event is None:
        return not named.is_off
    same = replace(named, starts=event.starts, ends=event.ends, where=event.where, is_off=False)
    return same != named


def _parse_week_id(ref: str) -> str:
    return ref.partition(".")[0]


def _build_named_call(row: Row[Any]) -> CallNotice:
    return CallNotice(
        row.edition, _parse_week_id(row.ref), row.starts, row.ends, row.place, row.off
    )


def _build_event_entry(row: Row[Any]) -> EventEntry:
    return EventEntry(
        letter_id=row.letter_id,
        cohort_id=row.cohort_id,
        edition=row.edition,
        week_id=_parse_week_id(row.ref),
        home_id=row.home_id,
        place=Place(row.platform, row.space, tenant=row.tenant),
        title=row.title,
        native=row.native,
        starts=row.starts,
        tries=row.tries,
        changes=row.changes,
        leased_until=row.due_at,
    )
