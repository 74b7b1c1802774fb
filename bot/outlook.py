"""What is said of the calendar: what moves to when, what comes next, where the clocks change. Pure prose over the schedule.

Commands that change dates share it, so that a moderator and the members read the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta

from bot.chat.message import Buttons, Message, moment, page_of_lines, phrase, quote, say
from bot.group.calendar import DAY, Break, Dated
from bot.group.cohort import Cohort
from bot.group.fit import Fitted
from bot.pages import buttons, counted, day, names
from bot.people import Lack, Place, zone
from bot.post import Facts, Slot, between, coming, kinds, overtaken, too_late
from bot.roadmap import Roadmap

Entered = AbstractSet[tuple[str, str]]
"""Kind and ref of posts that are in the ledger, and therefore never sent again."""

NOTHING: Entered = frozenset()
NOON = time(12)
NAMED = 6  # posts that a sentence names
FITTED, FITTED_PROSE = 10, 1600  # lines and characters about fitting: a preview says more than that


def titled(slot: Slot) -> str:
    """A post as people read it: its kind and its week."""
    title = kinds()[slot.kind].title
    return f"{title}, week {slot.week.number}" if slot.week else title


def letter_title(kind: str, ref: str, cohort: Cohort) -> str:
    """A letter of the ledger as people read it: its kind and its week, whatever has become of the two since."""
    known = kinds().get(kind)
    number = cohort.syllabus.number(ref.partition(".")[0])
    return (known.title if known else kind) + (f", week {number}" if number else "")


def next_post(
    cohort: Cohort, now: datetime, entered: Entered = NOTHING, where: str | None = None
) -> str:
    """A sentence about the next post to the homes, as prose; its time in the zone `where`, else in the cohort's."""
    slot = next((one for one in coming(cohort, now) if (one.kind, one.ref) not in entered), None)
    if slot is not None:
        return f"The next post is _{quote(titled(slot))}_ on {moment(slot.at, zone(where or cohort.zone))}."
    return (
        "No post comes until it goes on."
        if cohort.state == "paused"
        else "No more posts are to come."
    )


def standing(cohort: Cohort, now: datetime) -> str:
    """Where a cohort is, as the end of a sentence: `starts on Mon 2 Mar 2026`, `is in week 3 of 12`."""
    if cohort.state in {"finished", "archived"}:
        return f"is {cohort.state}"
    week = cohort.week_at(now)
    if week is not None:
        verb = {"draft": "would be", "paused": "is paused"}.get(cohort.state, "is")
        return f"{verb} in week {week.number} of {len(cohort.syllabus.weeks)}"
    begins = cohort.calendar.weeks[0].first if cohort.calendar.weeks else cohort.start
    return f"{'would start' if cohort.state == 'draft' else 'starts'} on {day(begins)}"


def moves(before: Cohort, after: Cohort, now: datetime) -> tuple[str, ...]:
    """What a change of dates does to the weeks that have not come, as sentences."""
    today = after.today(now)
    then = {week.id: week for week in before.calendar.weeks}
    ids = {week.id for week in after.calendar.weeks}
    lines = []
    moved = [week for week in after.calendar.weeks if _moves(then.get(week.id), week, today)]
    if moved:
        along = ", and the weeks after it move along" if len(moved) > 1 else ""
        lines.append(f"{_move(then.get(moved[0].id), moved[0])}{along}.")
    hidden = [week for week in before.calendar.weeks if week.id not in ids]
    if hidden:
        lines.append(f"Week {hidden[0].number} and whatever follows wait until it goes on.")
    finish, was = after.calendar.finish, before.calendar.finish
    if finish and finish != was:
        lines.append(f"It ends on {day(finish)}" + (f" instead of {day(was)}." if was else "."))
    if (after.at, after.zone) != (before.at, before.zone):
        lines.append(
            f"Posts come at {after.at:%H:%M} {after.zone} time, not {before.at:%H:%M} {before.zone}."
        )
    return tuple(lines)


def _moves(was: Dated | None, week: Dated, today: date) -> bool:
    return (was is None or was.first != week.first) and (
        week.first >= today or (was is not None and was.first > today)
    )


def _move(was: Dated | None, week: Dated) -> str:
    if was is None:
        return f"Week {week.number} comes on {day(week.first)}"
    return f"Week {week.number} moves from {day(was.first)} to {day(week.first)}"


def fitted(found: Fitted) -> tuple[str, ...]:
    """What fitting did to a plan, and what other seasons it has, as lines of prose."""
    shown = page_of_lines([f"• {quote(note)}" for note in found.notes], 1, FITTED, FITTED_PROSE)
    more = (f"• … and {shown.left} more of the kind.",) if shown.left else ()
    if found.seasons == 1:
        return (*shown.entries, *more)
    other = 2 if found.season == 1 else 1
    ways = f"`cohort fit season={other}` takes another one, and `season=all` everything at once."
    return (*shown.entries, *more, f"One cohort takes one season: {ways}")


def dates(one: Break) -> str:
    """A break as people write it; an open one says so."""
    if one.last is None:
        return f"from {day(one.first)}, open end"
    return day(one.first) if one.first == one.last else f"{day(one.first)} to {day(one.last)}"


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


def clock_changes(zone_name: str, first: date, last: date) -> tuple[tuple[date, str], ...]:
    """The dates, from `first` to `last`, on which the clocks of a zone have changed since the day before, with a sentence."""
    found = []
    for count in range(1, (last - first).days + 1):
        on = first + DAY * count
        if shift := _offset(on, zone_name) - _offset(on - DAY, zone_name):
            way = "forward" if shift > timedelta() else "back"
            minutes = abs(shift) // timedelta(minutes=1)
            far = "an hour" if minutes == 60 else f"{minutes} minutes"
            found.append(
                (on, f"The clocks change between {day(on - DAY)} and {day(on)}: {far} {way}")
            )
    return tuple(found)


def _offset(on: date, zone_name: str) -> timedelta:
    return datetime.combine(on, NOON, zone(zone_name)).utcoffset() or timedelta()


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


def comes_at_once(slots: Iterable[Slot]) -> tuple[str, ...]:
    """Name the posts that follow right away, as a sentence; nothing where there are none."""
    titles = [f"_{quote(titled(slot))}_" for slot in slots]
    if not titles:
        return ()
    return (f"I post {names(titles, NAMED)} right away.",)


def late_posts(before: Cohort, after: Cohort, now: datetime, entered: Entered) -> tuple[Slot, ...]:
    """Return the posts that a change makes due at once, those left out that are too late to be of use."""
    if before.looked_at is None:
        return ()
    late = (slot for slot in overtaken(before, after, now) if (slot.kind, slot.ref) not in entered)
    return tuple(slot for slot in late if not too_late(kinds()[slot.kind], slot, after, now))


def opening_posts(after: Cohort, plan: Roadmap, now: datetime) -> tuple[Slot, ...]:
    """Return the posts that come at once where a draft begins in a week that has come already.

    Nobody has joined a draft, so what is written for its members alone is left out.
    """
    since = just_before(after, now)
    slots = between(after, since, now) if since else ()
    known = ((slot, kinds()[slot.kind]) for slot in slots)
    return tuple(
        slot
        for slot, kind in known
        if not too_late(kind, slot, after, now) and kind.skip(Facts(after, plan, slot, now)) is None
    )


def just_before(cohort: Cohort, now: datetime) -> datetime | None:
    """For a plan that begins in the past, the instant before its current week, so that this week is still posted."""
    week = cohort.week_at(now)
    return cohort.opens_at(week) - timedelta(seconds=1) if week else None
