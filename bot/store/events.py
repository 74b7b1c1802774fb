"""The calls homes were told of, and the events that stand for them on their platforms.

A note beside the letter keeps the call as the home was told of it. When a call changes, the home
is told in the same transaction, and its event falls due: to be made, edited or cancelled, by the
call at that time. An event goes idle → due → claimed → idle, or `gone` once somebody has deleted
it on the platform. Claiming moves `due_at` into the future (the lease).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select

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
from bot.store.connection import TxConnection
from bot.store.ledger import LedgerQueries
from bot.store.letter import LEASE, OPEN, Letter
from bot.store.letter_states import IS_MAYBE_READ_BY_NOW, match_states
from bot.store.rows import build_insert
from bot.store.tables import events, homes, letters, spaces

EventState = Literal["idle", "due", "claimed", "gone"]
IDLE: EventState = "idle"
DUE: EventState = "due"
CLAIMED: EventState = "claimed"
GONE: EventState = "gone"


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event that is due, claimed until `leased_until`.

    `title`: its name on the platform. `native`: its id there, empty if that is not known.
    `starts`: the instant its readers believe the call begins.
    `tries`: those since it was last right. `changes`: counts the changes to the call.
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


# Literals, because bound parameters would keep SQLite from using the partial index.
_AT_WORK = match_states(events, OPEN)
_NAMED = events.join(letters, letters.c.id == events.c.letter_id)
_LETTER_ENDED = (
    select(letters.c.id)
    .where(letters.c.id == events.c.letter_id, letters.c.state.not_in(OPEN))
    .exists()
)
# Asked every second, so these statements are built once.
_ON_TURN = and_(_AT_WORK, _LETTER_ENDED)
IS_EVENT_DUE = (
    select(events.c.letter_id).where(events.c.due_at <= bindparam("now"), _ON_TURN).exists()
)
SELECT_NEXT_EVENT_DUE = select(func.min(events.c.due_at)).where(_ON_TURN)
_READY = select(events.c.letter_id).where(_ON_TURN).order_by(events.c.due_at, events.c.letter_id)
_READY = _READY.with_for_update(of=events, skip_locked=True)

_SELECT_PENDING_HOMES = (
    select(letters.c.home_id)
    .distinct()
    .select_from(_NAMED)
    .where(
        letters.c.home_id.in_(bindparam("home_ids", expanding=True)),
        _AT_WORK,
        events.c.changes > 0,
    )
)

_ENTRIES = (
    select(
        events,
        letters.c.cohort_id,
        letters.c.edition,
        letters.c.ref,
        letters.c.home_id,
        spaces.c.platform,
        spaces.c.native.label("space"),
        spaces.c.tenant,
    )
    .select_from(_NAMED.join(spaces, spaces.c.id == events.c.space_id))
    .order_by(events.c.letter_id)
)


class EventQueries:
    """Queries about calls homes were told of, and their events."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — news for the homes —

    async def record_named_call(self, letter: Letter, home: Home, event: Event) -> None:
        """Note the call a letter names, before the letter is sent."""
        # Before, because after a crash the letter may have been read, and a change to the call
        # must reach its readers.
        space_id = select(homes.c.space_id).where(homes.c.id == home.id).scalar_subquery()
        call_values = _build_call_values(event)
        row = {"letter_id": letter.id, "space_id": space_id, "title": event.title, **call_values}
        statement = build_insert(self._connection, events).values(row)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=[events.c.letter_id], set_=call_values)
        )

    async def release_event(self, letter: Letter, now: datetime) -> None:
        """Make the event for a sent letter due, and tell its home if the call has changed since.

        The cohort must be locked.
        """
        # Only an idle one: a call that changed on the way has made it due already.
        is_idle = and_(events.c.letter_id == letter.id, events.c.state == IDLE)
        self._connection.execute(events.update().where(is_idle).values(state=DUE, due_at=now))
        cohort = await CohortQueries(self._connection).load_cohort(letter.cohort_id)
        if cohort is not None:
            await self.announce_call_changes(cohort, now)

    async def announce_call_changes(
        self, after: Cohort, now: datetime, before: Cohort | None = None
    ) -> None:
        """Tell a cohort's homes about changed calls they know, and make the events due.

        `before`: the cohort before the change. Letters older than these notes are read by it.
        The cohort must be locked.
        """
        homes_by_id = {}
        for home in await CohortQueries(self._connection).list_homes(after.id):
            homes_by_id[home.id] = home
        news: defaultdict[int, list[str]] = defaultdict(list)
        for row in self._connection.execute(_select_named_calls(after, now)).all():
            notice = await self._resolve_named_call(row, before or after, now)
            if notice is None or row.home_id not in homes_by_id:
                continue
            event = find_coming_call(after, notice.edition, notice.week_id, now)
            if sentence := describe_call_change(after, notice, event):
                news[row.home_id].append(sentence)
            # A new title is no news for the home, but the event bears it.
            if has_call_changed(notice, event) or (event is not None and event.title != row.title):
                await self._update_event_call(row, event, now)
        await self._announce_news(after, homes_by_id, news, now)

    async def _announce_news(
        self,
        cohort: Cohort,
        homes_by_id: Mapping[int, Home],
        news: Mapping[int, Sequence[str]],
        now: datetime,
    ) -> None:
        """Enter one announcement for each set of sentences, to the homes they are meant for."""
        # Homes that joined later may know fewer calls, and get fewer sentences.
        homes_by_news: defaultdict[tuple[str, ...], list[Home]] = defaultdict(list)
        for home_id, sentences in news.items():
            homes_by_news[tuple(sentences)].append(homes_by_id[home_id])
        for sentences, readers in homes_by_news.items():
            message = build_call_news(sentences)
            if message is not None:
                await LedgerQueries(self._connection).enter_numbered_announcement(
                    cohort, "call", message, readers, now
                )

    async def list_named_calls(self, cohort: Cohort, now: datetime) -> Sequence[CallNotice]:
        """Return the calls a cohort's homes believe to be coming, or to be called off."""
        rows = self._connection.execute(_select_named_calls(cohort, now)).all()
        return [_build_named_call(row) for row in rows if row.starts is not None]

    async def _resolve_named_call(
        self, row: Row[Any], before: Cohort, now: datetime
    ) -> CallNotice | None:
        """Return the call a letter named, or None if it named none that is still to come."""
        if row.starts is not None:
            return _build_named_call(row)
        # A letter sent before these notes were kept. The cohort before the change gives the same
        # call as the letter did; the note is completed, so this happens once.
        event = _find_call_of_letter(row, before)
        is_note = events.c.letter_id == row.letter_id
        if event is None or event.starts <= now:
            self._connection.execute(events.delete().where(is_note))
            return None
        values = {
            "starts": event.starts,
            "ends": event.ends,
            "place": event.where,
            "title": event.title,
        }
        self._connection.execute(events.update().where(is_note).values(values))
        week_id = _parse_week_id(row.ref)
        return CallNotice(row.edition, week_id, event.starts, event.ends, event.where)

    async def _update_event_call(self, row: Row[Any], event: Event | None, now: datetime) -> None:
        # A call that is off keeps the times its readers were told.
        values: dict[str, Any] = {"off": True}
        if event is not None:
            values = _build_call_values(event)
        is_note = events.c.letter_id == row.letter_id
        self._connection.execute(events.update().where(is_note).values(values))
        await self._make_events_due(is_note, now)

    async def cancel_home_events(self, leaving: Collection[Home], now: datetime) -> None:
        """Cancel the coming events for homes that are taken away."""
        home_ids = [home.id for home in leaving]
        letter_ids = select(letters.c.id).where(letters.c.home_id.in_(home_ids))
        is_coming = and_(events.c.letter_id.in_(letter_ids), events.c.starts > now)
        self._connection.execute(events.update().where(is_coming).values(off=True))
        await self._make_events_due(is_coming, now)

    async def _make_events_due(self, condition: ColumnElement[bool], now: datetime) -> None:
        # `changes` rises for every event, also for a claimed one. Its holder sees at the end that
        # it did not have the last word, and makes it due again (`finish_event`).
        counted = events.update().where(condition).values(changes=events.c.changes + 1)
        self._connection.execute(counted)
        is_free = events.c.state.in_((IDLE, DUE))
        self._connection.execute(
            events.update().where(condition, is_free).values(state=DUE, due_at=now, tries=0)
        )

    # — events on the platform —

    async def claim_events(self, now: datetime, limit: int) -> Sequence[EventEntry]:
        """Claim up to `limit` due events and return them, oldest letter first.

        None for a letter that is still on its way.
        """
        ready = _READY.where(events.c.due_at <= now).limit(limit)
        claim = (
            events.update()
            .where(events.c.letter_id.in_(ready))
            .values(state=CLAIMED, tries=events.c.tries + 1, due_at=now + LEASE)
            .returning(events.c.letter_id)
        )
        claimed_ids = list(self._connection.execute(claim).scalars())
        if not claimed_ids:
            return []
        query = _ENTRIES.where(events.c.letter_id.in_(claimed_ids))
        return [_build_event_entry(row) for row in self._connection.execute(query)]

    async def finish_event(
        self, entry: EventEntry, now: datetime, native: str, title: str, *, is_gone: bool = False
    ) -> None:
        """Store a claimed event's id and title; one with a changed call is due again.

        `is_gone`: somebody has deleted it on the platform.
        """
        known = {"native": native, "title": title or entry.title, "tries": 0}
        at_rest = {"state": GONE if is_gone else IDLE, "due_at": None}
        is_mine = _match_event_lease(entry)
        has_last_word = events.c.changes == entry.changes
        rest = events.update().where(is_mine, has_last_word).values(**known, **at_rest)
        done = self._connection.execute(rest.returning(events.c.letter_id))
        if done.first() is not None:
            return
        # Either the call has changed, or the lease was lost: then this matches no row as well.
        again: dict[str, Any] = {"state": DUE, "due_at": now}
        if is_gone:
            again = {"state": GONE}
        self._connection.execute(events.update().where(is_mine).values(**known, **again))

    async def postpone_event(self, entry: EventEntry, until: datetime, now: datetime) -> None:
        """Put a claimed event back until an instant, or until now if its call has changed."""
        is_mine, has_last_word = _match_event_lease(entry), events.c.changes == entry.changes
        # The first update releases the claim, so the second matches only what it left alone.
        changed = events.update().where(is_mine, ~has_last_word)
        self._connection.execute(changed.values(state=DUE, due_at=now, tries=0))
        self._connection.execute(events.update().where(is_mine).values(state=DUE, due_at=until))

    async def list_other_event_ids(self, entry: EventEntry) -> frozenset[str]:
        """Return the ids for other calls' events in the space: this call takes none of them."""
        is_same_call = and_(
            letters.c.cohort_id == entry.cohort_id,
            letters.c.edition == entry.edition,
            letters.c.ref == entry.week_id,
        )
        space_id = (
            select(events.c.space_id).where(events.c.letter_id == entry.letter_id).scalar_subquery()
        )
        query = (
            select(events.c.native)
            .select_from(_NAMED)
            .where(events.c.space_id == space_id, events.c.native != "", ~is_same_call)
        )
        return frozenset(self._connection.execute(query).scalars())

    async def find_homes_with_pending_events(self, home_ids: Collection[int]) -> frozenset[int]:
        """Return the homes with an event that has yet to be changed."""
        if not home_ids:
            return frozenset()
        wanted = {"home_ids": list(home_ids)}
        return frozenset(self._connection.execute(_SELECT_PENDING_HOMES, wanted).scalars())

    async def reset_event_claims(self, now: datetime) -> None:
        """Make every claimed event due now.

        Only for a start that knows no other sender is alive.
        """
        claimed = events.update().where(events.c.state == CLAIMED)
        self._connection.execute(claimed.values(state=DUE, due_at=now))


def has_call_changed(notice: CallNotice, event: Event | None) -> bool:
    """Return True if a call differs from the one a home was told."""
    if event is None:
        return not notice.is_off
    current = replace(notice, starts=event.starts, ends=event.ends, where=event.where, is_off=False)
    return current != notice


def _select_named_calls(cohort: Cohort, now: datetime) -> Select[Any]:
    """Select the notes a change may concern: for calls that are not over."""
    # One that was called off stays in view even after its time: it may be put back.
    is_open = or_(events.c.starts.is_(None), events.c.off, events.c.starts > now)
    return (
        select(events, letters.c.edition, letters.c.ref, letters.c.home_id)
        .select_from(_NAMED)
        .where(letters.c.cohort_id == cohort.id, IS_MAYBE_READ_BY_NOW, is_open)
        .order_by(events.c.letter_id)
    )


def _match_event_lease(entry: EventEntry) -> ColumnElement[bool]:
    # `tries` starts again after a change, so alone it would not fence: the lease's end does.
    return and_(
        events.c.letter_id == entry.letter_id,
        events.c.state == CLAIMED,
        events.c.tries == entry.tries,
        events.c.due_at == entry.leased_until,
    )


def _find_call_of_letter(row: Row[Any], before: Cohort) -> Event | None:
    if row.edition != before.edition:
        return None
    week = before.calendar.find_week(_parse_week_id(row.ref))
    return build_call_event(before, week) if week else None


def _build_call_values(event: Event) -> dict[str, Any]:
    return {"starts": event.starts, "ends": event.ends, "place": event.where, "off": False}


def _parse_week_id(ref: str) -> str:
    return ref.partition(".")[0]


def _build_named_call(row: Row[Any]) -> CallNotice:
    week_id = _parse_week_id(row.ref)
    return CallNotice(row.edition, week_id, row.starts, row.ends, row.place, row.off)


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
