"""The weekly call of a group: the event it is in a week, and what a home is told when a call it knows of changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.chat.message import Event, Message, link, moment, quote, say
from bot.chat.message.limits import EVENT_TITLE
from bot.chat.text import short
from bot.group.calendar import Dated
from bot.group.cohort import Cohort
from bot.group.zones import zone

ABOUT = 300  # characters of an event's text
LISTED = 10  # changes that one post names


@dataclass(frozen=True, slots=True)
class NamedCall:
    """A call as a home was told of it last; `is_off`: the home was told that it does not take place."""

    edition: int
    week_id: str
    starts: datetime
    ends: datetime
    where: str
    is_off: bool = False


def call_event(cohort: Cohort, week: Dated) -> Event | None:
    """Return the call of a week as an event, or None where the week has none."""
    times = cohort.call_in(week)
    if cohort.call is None or times is None:
        return None
    title = short(f"{cohort.name}: week {week.number} call", EVENT_TITLE)
    return Event(title, *times, cohort.call.where, short(week.label, ABOUT))


def coming_call(cohort: Cohort, edition: int, week_id: str, now: datetime) -> Event | None:
    """Return the call of a week as it shall take place from now on.

    None where it does not: the cohort has ended or was started again, the week has no call, or the call has begun.
    """
    if edition != cohort.edition or cohort.state in {"finished", "archived"}:
        return None
    week = cohort.calendar.week(week_id)
    event = call_event(cohort, week) if week else None
    return event if event and event.starts > now else None


def where_text(where: str) -> str:
    """Return where a call is, as prose: a link to follow, or the name of a place."""
    leads = link("join here", where)
    return leads if where in leads else quote(where)


def change_of_call(cohort: Cohort, named: NamedCall, event: Event | None) -> str:
    """Return the sentence about a call that a home knows otherwise, as prose; empty where it knows."""
    head, local = f"The call of **{quote(cohort.name)}**", zone(cohort.zone)
    if event is None:
        return "" if named.is_off else f"{head} on {moment(named.starts, local)} is called off."
    if named.is_off:
        return f"{head} takes place after all: {moment(event.starts, local)} · {where_text(event.where)}"
    if event.starts != named.starts:
        now = f"{moment(event.starts, local)} · {where_text(event.where)}"
        return f"{head} on {moment(named.starts, local)} has moved. It is now: {now}"
    if event.where != named.where:
        return f"{head} on {moment(named.starts, local)} has a new place: {where_text(event.where)}"
    return ""


def news_of_calls(sentences: Iterable[str]) -> Message | None:
    """Return the post that tells a home of changed calls, or None where there is nothing to tell."""
    lines = list(sentences)
    more = [f"… and {len(lines) - LISTED} more."] if len(lines) > LISTED else []
    return say("\n".join((*lines[:LISTED], *more))) if lines else None
