"""The weekly call of a group: the event it is in a week, and what a home is told when a call it knows of changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.chat.message import Event, Message, escape_text, format_link, format_moment, text_message
from bot.chat.message.limits import EVENT_TITLE
from bot.chat.text import shorten
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort
from bot.group.zones import load_zone

ABOUT = 300  # characters of an event's text
LISTED = 10  # changes that one post names


@dataclass(frozen=True, slots=True)
class CallNotice:
    """A call as a home was told of it last; `is_off`: the home was told that it does not take place."""

    edition: int
    week_id: str
    starts: datetime
    ends: datetime
    where: str
    is_off: bool = False


def build_call_event(cohort: Cohort, week: CalendarWeek) -> Event | None:
    """Return the call of a week as an event, or None where the week has none."""
    times = cohort.compute_call_times(week)
    if cohort.call is None or times is None:
        return None
    title = shorten(f"{cohort.name}: week {week.number} call", EVENT_TITLE)
    return Event(title, *times, cohort.call.where, shorten(week.title_with_number, ABOUT))


def find_coming_call(cohort: Cohort, edition: int, week_id: str, now: datetime) -> Event | None:
    """Return the call of a week as it shall take place from now on.

    None where it does not: the cohort has ended or was started again, the week has no call, or the call has begun.
    """
    if edition != cohort.edition or cohort.state in {"finished", "archived"}:
        return None
    week = cohort.calendar.find_week(week_id)
    event = build_call_event(cohort, week) if week else None
    return event if event and event.starts > now else None


def format_call_place(place: str) -> str:
    """Return where a call is, as prose: a link to follow, or the name of a place."""
    leads = format_link("join here", place)
    return leads if place in leads else escape_text(place)


def describe_call_change(cohort: Cohort, notice: CallNotice, event: Event | None) -> str:
    """Return the sentence about a call that a home knows otherwise, as prose; empty where it knows."""
    head, local = f"The call of **{escape_text(cohort.name)}**", load_zone(cohort.zone)
    if event is None:
        return (
            ""
            if notice.is_off
            else f"{head} on {format_moment(notice.starts, local)} is called off."
        )
    if notice.is_off:
        return f"{head} takes place after all: {format_moment(event.starts, local)} · {format_call_place(event.where)}"
    if event.starts != notice.starts:
        now = f"{format_moment(event.starts, local)} · {format_call_place(event.where)}"
        return f"{head} on {format_moment(notice.starts, local)} has moved. It is now: {now}"
    if event.where != notice.where:
        return f"{head} on {format_moment(notice.starts, local)} has a new place: {format_call_place(event.where)}"
    return ""


def build_call_news(sentences: Iterable[str]) -> Message | None:
    """Return the post that tells a home of changed calls, or None where there is nothing to tell."""
    lines = list(sentences)
    more = [f"… and {len(lines) - LISTED} more."] if len(lines) > LISTED else []
    return text_message("\n".join((*lines[:LISTED], *more))) if lines else None
