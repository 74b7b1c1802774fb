"""Rows to values and back, and the one difference between the engines that queries must know: how to insert or update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, time
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.group.calendar import Break, Syllabus, SyllabusWeek
from bot.group.cohort import Cohort, Member, PostSetting, WeeklyCall
from bot.group.member import Away, Person


def build_insert(connection: AsyncConnection, table: Table) -> Any:
    """An insert that knows `on_conflict_do_…` on the engine at hand."""
    return (
        postgresql.insert(table)
        if connection.dialect.name == "postgresql"
        else sqlite.insert(table)
    )


def build_cohort(row: Row[Any]) -> Cohort:
    return Cohort(
        id=row.id,
        name=row.name,
        space_id=row.space_id,
        plan_id=row.plan_id,
        roadmap=row.roadmap,
        syllabus=Syllabus(
            tuple(SyllabusWeek(**{**week, "items": tuple(week["items"])}) for week in row.syllabus),
        ),
        start=row.start,
        zone=row.zone,
        at=row.at,
        state=row.state,
        edition=row.edition,
        seats=row.seats,
        breaks=tuple(
            Break(date.fromisoformat(first), date.fromisoformat(last) if last else None)
            for first, last in row.breaks
        ),
        posts={name: _build_post_setting(setting) for name, setting in row.posts.items()},
        threads=row.threads,
        call=_build_weekly_call(row.call),
        looked_at=row.looked_at,
        next_due_at=row.next_due_at,
    )


def _build_weekly_call(stored: Mapping[str, Any] | None) -> WeeklyCall | None:
    return WeeklyCall(**{**stored, "at": time.fromisoformat(stored["at"])}) if stored else None


def _build_post_setting(stored: Mapping[str, Any]) -> PostSetting:
    at = stored.get("at")
    return PostSetting(
        stored.get("on", True), stored.get("day"), time.fromisoformat(at) if at else None
    )


def build_cohort_values(cohort: Cohort) -> dict[str, Any]:
    """The columns a cohort's own changes touch."""
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
        "breaks": [
            [one.first.isoformat(), one.last.isoformat() if one.last else None]
            for one in cohort.breaks
        ],
        "posts": {
            name: {
                "on": setting.on,
                "day": setting.day,
                "at": setting.at.isoformat() if setting.at else None,
            }
            for name, setting in cohort.posts.items()
        },
        "threads": cohort.threads,
        "call": {**asdict(cohort.call), "at": cohort.call.at.isoformat()} if cohort.call else None,
        "looked_at": cohort.looked_at,
        "next_due_at": cohort.next_due_at,
    }


def build_person(
    person_id: int,
    account_id: int,
    name: str,
    zone: str | None,
    settings: Mapping[str, str],
    away: Iterable[Away] = (),
) -> Person:
    """A person from their account and their settings; the zone is their own word, else what the platform knows."""
    known: dict[str, Any] = {}
    for key in ("reminder_at", "quiet_from", "quiet_until"):
        if key in settings:
            known[key] = time.fromisoformat(settings[key])
    if "reminders_a_week" in settings:
        known["reminders_a_week"] = int(settings["reminders_a_week"])
    for key in ("delivery", "alias", "closed"):
        if key in settings:
            known[key] = settings[key]
    return Person(
        person_id, name, account_id, settings.get("zone") or zone, away=tuple(away), **known
    )


def build_member(row: Row[Any], person: Person, picks: tuple[str, ...]) -> Member:
    return Member(
        id=row.id,
        cohort_id=row.cohort_id,
        person=person,
        joined_at=row.joined_at,
        shift=row.shift,
        catch_up=tuple(row.catch_up),
        hidden=row.hidden,
        alias=row.alias,
        score=row.score,
        left_at=row.left_at,
        picks=picks,
    )
