"""Announcements about a cohort, and the sentences that moderators read about its homes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from bot.chat.address import Lack, Place
from bot.chat.buttons import buttons
from bot.chat.message import (
    Buttons,
    Message,
    moment,
    page_of_lines,
    phrase,
    quote,
    say,
)
from bot.chat.text import counted, names, short
from bot.group.cohort import Cohort
from bot.group.fit import Fitted
from bot.group.zones import zone
from bot.views.dates import moves
from bot.views.timeline import NOTHING, Entered, next_post


def farewell(cohort: Cohort) -> str:
    """What there is to know of a cohort that has finished, as prose."""
    return f"**{quote(cohort.name)}** has finished. Late ticks and check-ins still count."


def joins(cohorts: Iterable[Cohort], most: int) -> tuple[tuple[str, str], ...]:
    """Labels and phrases of buttons that join the first of these cohorts."""
    return tuple(
        (short(f"Join {cohort.name}"), phrase("join", cohort=cohort.ref))
        for cohort in islice(cohorts, most)
    )


FITTED, FITTED_PROSE = 10, 1600  # lines and characters about fitting: a preview says more than that


def fitted(found: Fitted) -> tuple[str, ...]:
    """What fitting did to a plan, and what other seasons it has, as lines of prose."""
    shown = page_of_lines([f"• {quote(note)}" for note in found.notes], 1, FITTED, FITTED_PROSE)
    more = (f"• … and {shown.left} more of the kind.",) if shown.left else ()
    if found.seasons == 1:
        return (*shown.entries, *more)
    other = 2 if found.season == 1 else 1
    ways = f"`cohort fit season={other}` takes another one, and `season=all` everything at once."
    return (*shown.entries, *more, f"One cohort takes one season: {ways}")


def invitation(cohort: Cohort, now: datetime) -> Message:
    """The announcement that people may join."""
    begins = cohort.begins_at
    if begins is not None and begins > now:
        way = f"starting on {moment(begins, zone(cohort.zone))}."
    elif begins is not None and cohort.calendar.weeks[0].first == cohort.today(now):
        way = "starting today."
    else:
        way = "already on the way."
    return say(
        f"**{quote(cohort.name)}** is open: {counted(len(cohort.syllabus.weeks), 'week')} together, {way} Everybody is welcome.",
        buttons(("Join", phrase("join", cohort=cohort.ref))),
    )


def restoration(copied_at: datetime, cohort: Cohort) -> Message:
    """Tell a group that the bot goes on from a copy, and what that asks of people."""
    return say(
        f"I was restored from a copy of {moment(copied_at, zone(cohort.zone))}. I no longer know what you told me after "
        f"that. Did you join **{quote(cohort.name)}**, tick, check in or change a date since then? Please do it again.",
        buttons(
            ("Join", phrase("join", cohort=cohort.ref)),
            ("This week", phrase("week", cohort=cohort.ref)),
            ("Check in", phrase("checkin", cohort=cohort.ref)),
        ),
    )


def changed(
    before: Cohort, after: Cohort, now: datetime, entered: Entered = NOTHING, head: str = ""
) -> Message:
    """The announcement that dates have changed: what moves, and the next post by its date."""
    head = head or f"The calendar of **{quote(after.name)}** has changed."
    return say(" ".join((head, *moves(before, after, now), next_post(after, now, entered))))


def missing(lacking: Iterable[Lack]) -> tuple[str, ...]:
    """What is missing where a cohort lives, a line of prose for each."""
    return tuple(
        f"{'Before posts can appear here' if one.blocks else 'Good to know'}: {one.sentence}"
        for one in lacking
    )


def whereabouts(places: Iterable[Place], here: Place) -> str:
    """Where a cohort lives, as somebody at `here` would say it: `here and on Slack`. Other channels of the space are here."""
    return names(dict.fromkeys(_whereabouts(one, here) for one in places))


def _whereabouts(place: Place, here: Place) -> str:
    if (place.platform, place.space) == (here.platform, here.space):
        return "here"
    on = f"on {quote(place.platform.capitalize())}"
    return f"elsewhere {on}" if place.platform == here.platform else on


def onward(cohort: Cohort, *more: tuple[str, str], acts: Iterable[tuple[str, str]] = ()) -> Buttons:
    """The buttons under a moderator's answer: the next steps, and the timeline.

    `acts` lead to what everybody will see, or to an end. They come last, and none of all these is the main thing to do.
    """
    timeline = ("Timeline", phrase("cohort timeline", cohort=cohort.ref))
    return buttons(*more, timeline, *acts, has_main=False)
