"""Rows to values and back; and inserts that may update, the engines' one difference in queries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date, time
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, Text, cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row

from bot.group.calendar import Break, Syllabus, SyllabusWeek
from bot.group.cohort import Cohort, Member, PostSetting, WeeklyCall
from bot.group.member import Away, Person
from bot.store.connection import TxConnection
from bot.store.tables import cohorts


class DialectInsert:
    """An insert with `on_conflict_do_…`, built once for each engine.

    `finish` gets the engine's own insert, without values: they are given as parameters.
    """

    def __init__(self, table: Table, finish: Callable[[Any], Any]) -> None:
        self._by_dialect = {
            "sqlite": finish(sqlite.insert(table)),
            "postgresql": finish(postgresql.insert(table)),
        }

    def for_engine(self, connection: TxConnection) -> Any:
        """Return the statement for a connection's engine."""
        return self._by_dialect[connection.dialect.name]


def build_insert(connection: TxConnection, table: Table) -> Any:
    """Return an insert with `on_conflict_do_…`, for the engine at hand."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def build_claim(table: Table) -> DialectInsert:
    """Return an insert that gives a row back only to the first caller with its key.

    A second transaction with the same key waits for the first to end.
    """
    key = table.primary_key.columns
    return DialectInsert(table, lambda insert: insert.on_conflict_do_nothing().returning(*key))


# — cohorts —

COHORT_COLUMNS = (
    *(column for column in cohorts.c if column is not cohorts.c.syllabus),
    # As text: the same syllabus comes with every row, and is parsed once.
    cast(cohorts.c.syllabus, Text).label("syllabus_text"),
)
"""What `build_cohort` needs of a row."""
_SET_ONCE = {"id", "space_id", "made_by", "made_at"}
COHORT_VALUES = tuple(column.name for column in cohorts.c if column.name not in _SET_ONCE)
"""The columns of `build_cohort_values`, which a cohort's own changes touch."""


def build_cohort(row: Row[Any]) -> Cohort:
    """Return the cohort in a row with `COHORT_COLUMNS`."""
    return Cohort(
        id=row.id,
        name=row.name,
        space_id=row.space_id,
        plan_id=row.plan_id,
        roadmap=row.roadmap,
        syllabus=_parse_syllabus(row.syllabus_text),
        start=row.start,
        zone=row.zone,
        at=row.at,
        state=row.state,
        edition=row.edition,
        seats=row.seats,
        breaks=tuple(_build_break(first, last) for first, last in row.breaks),
        posts={name: _build_post_setting(setting) for name, setting in row.posts.items()},
        threads=row.threads,
        call=_build_weekly_call(row.call),
        looked_at=row.looked_at,
        next_due_at=row.next_due_at,
    )


@lru_cache(maxsize=1024)
def _parse_syllabus(text: str) -> Syllabus:
    weeks = []
    for week in json.loads(text):
        # JSON knows no tuples, and a syllabus must be hashable: routes are cached by it.
        weeks.append(SyllabusWeek(**{**week, "items": tuple(week["items"])}))
    return Syllabus(tuple(weeks))


def _build_break(first: str, last: str | None) -> Break:
    if last is None:
        return Break(date.fromisoformat(first), None)
    return Break(date.fromisoformat(first), date.fromisoformat(last))


def _build_weekly_call(stored: Mapping[str, Any] | None) -> WeeklyCall | None:
    if not stored:
        return None
    return WeeklyCall(**{**stored, "at": time.fromisoformat(stored["at"])})


def _build_post_setting(stored: Mapping[str, Any]) -> PostSetting:
    at = stored.get("at")
    post_time = time.fromisoformat(at) if at else None
    return PostSetting(stored.get("on", True), stored.get("day"), post_time)


def build_cohort_values(cohort: Cohort) -> dict[str, Any]:
    """Return the columns a cohort's own changes touch."""
    return {
        "name": cohort.name,
        "plan_id": cohort.plan_id,
        "roadmap": cohort.roadmap,
        "syllabus": [asdict(week) for week in cohort.syllabus.weeks],
        "start": cohort.start,
        "zone": cohort.zone,
        "at": cohort.at,
        "state": cohort.state,
        "edition": cohort.edition,
        "seats": cohort.seats,
        "breaks": [_encode_break(pause) for pause in cohort.breaks],
        "posts": {name: _encode_post_setting(setting) for name, setting in cohort.posts.items()},
        "threads": cohort.threads,
        "call": _encode_weekly_call(cohort.call),
        "looked_at": cohort.looked_at,
        "next_due_at": cohort.next_due_at,
    }


def _encode_break(pause: Break) -> list[str | None]:
    last = pause.last.isoformat() if pause.last else None
    return [pause.first.isoformat(), last]


def _encode_post_setting(setting: PostSetting) -> dict[str, Any]:
    at = setting.at.isoformat() if setting.at else None
    return {"on": setting.on, "day": setting.day, "at": at}


def _encode_weekly_call(call: WeeklyCall | None) -> dict[str, Any] | None:
    if call is None:
        return None
    return {**asdict(call), "at": call.at.isoformat()}


# — persons and members —


def build_person(
    person_id: int,
    account_id: int,
    name: str,
    zone: str | None,
    settings: Mapping[str, str],
    away: Iterable[Away] = (),
) -> Person:
    """Return a person from an account and their settings.

    Their own zone comes before `zone`, the one the platform knows.
    """
    # Only what was set is passed on, so everything else keeps the defaults in `Person`.
    known: dict[str, Any] = {}
    for key in ("reminder_at", "quiet_from", "quiet_until"):
        if key in settings:
            known[key] = time.fromisoformat(settings[key])
    if "reminders_a_week" in settings:
        known["reminders_a_week"] = int(settings["reminders_a_week"])
    for key in ("delivery", "alias", "recall", "closed"):
        if key in settings:
            known[key] = settings[key]
    known["helps"] = settings.get("helps") == "yes"
    own_zone = settings.get("zone") or zone
    return Person(person_id, name, account_id, own_zone, away=tuple(away), **known)


def build_member(row: Any, person: Person, picks: tuple[str, ...]) -> Member:
    """Return the member in a membership's row."""
    return Member(
        id=row.id,
        cohort_id=row.cohort_id,
        person=person,
        joined_at=row.joined_at,
        shift=row.shift,
        catch_up=tuple(row.catch_up),
        space_id=row.space_id,
        hidden=row.hidden,
        alias=row.alias,
        score=row.score,
        left_at=row.left_at,
        picks=picks,
        moved_from=row.moved_from,
    )
