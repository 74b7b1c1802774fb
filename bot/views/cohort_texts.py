"""Short texts about a cohort, shared by the moderators' commands: its name, dates and times."""

from __future__ import annotations

from bot.chat.message import escape_text
from bot.chat.text import format_count
from bot.group.calendar import DAY
from bot.group.cohort import Cohort
from bot.views.dates import format_day


def format_cohort_name(cohort: Cohort) -> str:
    """Return the name in bold, as prose."""
    return f"**{escape_text(cohort.name)}**"


def format_week_count(cohort: Cohort) -> str:
    """Return the number of weeks, like `12 weeks`."""
    return format_count(len(cohort.syllabus.weeks), "week")


def format_posting_time(cohort: Cohort) -> str:
    """Return the usual time of posts with its zone, like `09:00 (Europe/Berlin)`."""
    return f"{cohort.at:%H:%M} ({cohort.zone})"


def format_last_day(cohort: Cohort) -> str:
    """Return the last day of the last week. Empty while a pause hides it."""
    # The calendar's finish is the day after: people count the days that belong to the plan.
    finish = cohort.calendar.finish
    return format_day(finish - DAY) if finish else ""


def describe_plan_dates(cohort: Cohort) -> str:
    """Return a sentence with the first and the last day, as prose."""
    first = f"It starts on {format_day(cohort.start)}"
    last = format_last_day(cohort)
    return f"{first} and ends on {last}." if last else f"{first}."
