"""Announcements about a cohort, and sentences for its moderators about homes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from bot.chat.address import Place, SetupProblem
from bot.chat.buttons import button_row
from bot.chat.message import (
    Buttons,
    Message,
    build_phrase,
    escape_text,
    format_moment,
    text_message,
)
from bot.chat.text import format_count, join_names, shorten
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.post import PostRegistry, post_registry
from bot.views.dates import describe_date_changes
from bot.views.timeline import NOTHING, Entered, describe_next_post


def format_finish_notice(cohort: Cohort) -> str:
    """Return a sentence about a finished cohort, in prose."""
    return f"**{escape_text(cohort.name)}** has finished. Late ticks and check-ins still count."


def list_join_buttons(cohorts: Iterable[Cohort], limit: int) -> tuple[tuple[str, str], ...]:
    """Return labels and phrases to join the first `limit` cohorts."""
    buttons = []
    for cohort in islice(cohorts, limit):
        label = shorten(f"Join {cohort.name}")
        buttons.append((label, build_phrase("join", cohort=cohort.ref)))
    return tuple(buttons)


def build_invitation(cohort: Cohort, now: datetime) -> Message:
    """Return the announcement for an open cohort."""
    first_moment = cohort.begins_at
    if first_moment is not None and first_moment > now:
        start = f"starting on {format_moment(first_moment, load_zone(cohort.zone))}."
    elif first_moment is not None and cohort.calendar.weeks[0].first == cohort.get_cohort_date(now):
        start = "starting today."
    else:
        start = "already under way."
    weeks = format_count(len(cohort.syllabus.weeks), "week")
    return text_message(
        f"**{escape_text(cohort.name)}** is open: {weeks} together, {start} Everybody is welcome.",
        button_row(("Join", build_phrase("join", cohort=cohort.ref))),
    )


def build_restore_notice(copied_at: datetime, cohort: Cohort) -> Message:
    """Return the announcement after a restore, with a request to repeat later changes."""
    copied = format_moment(copied_at, load_zone(cohort.zone))
    return text_message(
        f"I was restored from a copy of {copied}. I no longer know what you told me after that. "
        f"Did you join **{escape_text(cohort.name)}**, tick, check in or change a date since then? "
        "Please do it again.",
        button_row(
            ("Join", build_phrase("join", cohort=cohort.ref)),
            ("This week", build_phrase("week", cohort=cohort.ref)),
            ("Check in", build_phrase("checkin", cohort=cohort.ref)),
        ),
    )


def build_date_change_notice(
    before: Cohort,
    after: Cohort,
    now: datetime,
    entered: Entered = NOTHING,
    head: str = "",
    post_kinds: PostRegistry = post_registry,
) -> Message:
    """Return the announcement for changed dates: the moved weeks, and the next post's date."""
    sentences = [head or f"The calendar of **{escape_text(after.name)}** has changed."]
    sentences += describe_date_changes(before, after, now)
    sentences.append(describe_next_post(after, now, entered, post_kinds=post_kinds))
    return text_message(" ".join(sentences))


def describe_setup_problems(setup_problems: Iterable[SetupProblem]) -> tuple[str, ...]:
    """Return a line of prose for each problem with a home."""
    lines = []
    for problem in setup_problems:
        opening = "Before posts can appear here" if problem.is_blocking else "Good to know"
        lines.append(f"{opening}: {problem.sentence}")
    return tuple(lines)


def describe_homes(places: Iterable[Place], here: Place) -> str:
    """Return a cohort's homes for a reader at `here`: `here and on Slack`.

    Every channel in the reader's space is "here".
    """
    homes = [_describe_home(place, here) for place in places]
    return join_names(dict.fromkeys(homes))


def _describe_home(place: Place, here: Place) -> str:
    if (place.platform, place.space) == (here.platform, here.space):
        return "here"
    platform = f"on {escape_text(place.platform.capitalize())}"
    return f"elsewhere {platform}" if place.platform == here.platform else platform


def build_next_step_buttons(
    cohort: Cohort, *more: tuple[str, str], acts: Iterable[tuple[str, str]] = ()
) -> Buttons:
    """Return the buttons below a moderator's answer: the next steps, then the timeline.

    `acts` are seen by everybody, or end something. They come last, and there is no main button.
    """
    timeline = ("Timeline", build_phrase("posts timeline", cohort=cohort.ref))
    return button_row(*more, timeline, *acts, has_main=False)
