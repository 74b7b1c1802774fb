"""The weekly call of a group: its event in a week, and the news about it for a home. Pure."""

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
    """A call as a home was told of it last.

    `is_off`: the home was told that it does not take place.
    """

    edition: int
    week_id: str
    starts: datetime
    ends: datetime
    where: str
    is_off: bool = False


def build_call_event(cohort: Cohort, week: CalendarWeek) -> Event | None:
    """Return a week's call as an event, or None where the week has none."""
    times = cohort.compute_call_times(week)
    if cohort.call is None or times is None:
        return None
    title = shorten(f"{cohort.name}: week {week.number} call", EVENT_TITLE)
    return Event(title, *times, cohort.call.where, shorten(week.title_with_number, ABOUT))


def find_coming_call(cohort: Cohort, edition: int, week_id: str, now: datetime) -> Event | None:
    """Return a week's call, for as long as it is still to come.

    None if the cohort has ended or was started again, if the week has no call, or if the call
    has begun.
    """
    if edition != cohort.edition or cohort.state in {"finished", "archived"}:
        return None
    week = cohort.calendar.find_week(week_id)
    if week is None:
        return None
    event = build_call_event(cohort, week)
    if event is None or event.starts <= now:
        return None
    return event


def format_call_place(place: str) -> str:
    """Return a call's place as prose: a link to follow, or a name."""
    link = format_link("join here", place)
    # `format_link` gives the bare label for a place that is no web address.
    if place in link:
        return link
    return escape_text(place)


def describe_call_change(cohort: Cohort, notice: CallNotice, event: Event | None) -> str:
    """Return the sentence about a changed call, as prose; empty if the home knows it already.

    `notice` is the call as the home knows it, `event` the call as it is; None if there is none.
    """
    zone = load_zone(cohort.zone)
    head = f"The call of **{escape_text(cohort.name)}**"
    head_with_time = f"{head} on {format_moment(notice.starts, zone)}"
    if event is None:
        if notice.is_off:
            return ""
        return f"{head_with_time} is called off."
    place = format_call_place(event.where)
    time_and_place = f"{format_moment(event.starts, zone)} · {place}"
    if notice.is_off:
        return f"{head} takes place after all: {time_and_place}"
    if event.starts != notice.starts:
        return f"{head_with_time} has moved. It is now: {time_and_place}"
    if event.where != notice.where:
        return f"{head_with_time} has a new place: {place}"
    return ""


def build_call_news(sentences: Iterable[str]) -> Message | None:
    """Build the post about changed calls for a home, None if there are none."""
    lines = list(sentences)
    if not lines:
        return None
    return text_message("\n".join(_shorten_news(lines)))


def _shorten_news(lines: list[str]) -> list[str]:
    if len(lines) <= LISTED:
        return lines
    return [*lines[:LISTED], f"… and {len(lines) - LISTED} more."]
