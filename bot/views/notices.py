"""Announcements about a cohort, and the sentences that moderators read about its homes."""

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
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, join_names, shorten
from bot.group.cohort import Cohort
from bot.group.fit import FitResult
from bot.group.zones import load_zone
from bot.views.dates import describe_date_changes
from bot.views.timeline import NOTHING, Entered, describe_next_post


def format_finish_notice(cohort: Cohort) -> str:
    """What there is to know of a cohort that has finished, as prose."""
    return f"**{escape_text(cohort.name)}** has finished. Late ticks and check-ins still count."


def list_join_buttons(cohorts: Iterable[Cohort], limit: int) -> tuple[tuple[str, str], ...]:
    """Labels and phrases of buttons that join the first of these cohorts."""
    return tuple(
        (shorten(f"Join {cohort.name}"), build_phrase("join", cohort=cohort.ref))
        for cohort in islice(cohorts, limit)
    )


FITTED, FITTED_PROSE = 10, 1600  # lines and characters about fitting: a preview says more than that


def describe_fit_result(fit_result: FitResult) -> tuple[str, ...]:
    """What fitting did to a plan, and what other seasons it has, as lines of prose."""
    shown = paginate_lines(
        [f"• {escape_text(note)}" for note in fit_result.notes], 1, FITTED, FITTED_PROSE
    )
    more = (f"• … and {shown.left} more of the kind.",) if shown.left else ()
    if fit_result.season_count == 1:
        return (*shown.entries, *more)
    other = 2 if fit_result.season == 1 else 1
    ways = f"`cohort fit season={other}` takes another one, and `season=all` everything at once."
    return (*shown.entries, *more, f"One cohort takes one season: {ways}")


def build_invitation(cohort: Cohort, now: datetime) -> Message:
    """The announcement that people may join."""
    begins = cohort.begins_at
    if begins is not None and begins > now:
        way = f"starting on {format_moment(begins, load_zone(cohort.zone))}."
    elif begins is not None and cohort.calendar.weeks[0].first == cohort.get_cohort_date(now):
        way = "starting today."
    else:
        way = "already on the way."
    return text_message(
        f"**{escape_text(cohort.name)}** is open: {format_count(len(cohort.syllabus.weeks), 'week')} together, {way} Everybody is welcome.",
        button_row(("Join", build_phrase("join", cohort=cohort.ref))),
    )


def build_restore_notice(copied_at: datetime, cohort: Cohort) -> Message:
    """Tell a group that the bot goes on from a copy, and what that asks of people."""
    return text_message(
        f"I was restored from a copy of {format_moment(copied_at, load_zone(cohort.zone))}. I no longer know what you told me after "
        f"that. Did you join **{escape_text(cohort.name)}**, tick, check in or change a date since then? Please do it again.",
        button_row(
            ("Join", build_phrase("join", cohort=cohort.ref)),
            ("This week", build_phrase("week", cohort=cohort.ref)),
            ("Check in", build_phrase("checkin", cohort=cohort.ref)),
        ),
    )


def build_date_change_notice(
    before: Cohort, after: Cohort, now: datetime, entered: Entered = NOTHING, head: str = ""
) -> Message:
    """The announcement that dates have changed: what moves, and the next post by its date."""
    head = head or f"The calendar of **{escape_text(after.name)}** has changed."
    return text_message(
        " ".join(
            (
                head,
                *describe_date_changes(before, after, now),
                describe_next_post(after, now, entered),
            )
        )
    )


def describe_setup_problems(setup_problems: Iterable[SetupProblem]) -> tuple[str, ...]:
    """What is missing where a cohort lives, a line of prose for each."""
    return tuple(
        f"{'Before posts can appear here' if one.is_blocking else 'Good to know'}: {one.sentence}"
        for one in setup_problems
    )


def describe_homes(places: Iterable[Place], here: Place) -> str:
    """Where a cohort lives, as somebody at `here` would say it: `here and on Slack`. Other channels of the space are here."""
    return join_names(dict.fromkeys(_describe_home(one, here) for one in places))


def _describe_home(place: Place, here: Place) -> str:
    if (place.platform, place.space) == (here.platform, here.space):
        return "here"
    on = f"on {escape_text(place.platform.capitalize())}"
    return f"elsewhere {on}" if place.platform == here.platform else on


def build_next_step_buttons(
    cohort: Cohort, *more: tuple[str, str], acts: Iterable[tuple[str, str]] = ()
) -> Buttons:
    """The buttons under a moderator's answer: the next steps, and the timeline.

    `acts` lead to what everybody will see, or to an end. They come last, and none of all these is the main thing to do.
    """
    timeline = ("Timeline", build_phrase("posts timeline", cohort=cohort.ref))
    return button_row(*more, timeline, *acts, has_main=False)
