"""`checkin`: a member's report on a week. Late answers count, answers can be edited, and without options it is a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Answer,
    Choice,
    Field,
    Form,
    Message,
    note_room,
    phrase,
    quote,
    say,
)
from bot.chat.text import clean, short
from bot.command import Call, Range, command
from bot.command.grammar import shown
from bot.command.item_finder import Items
from bot.command.suggestions import my_cohorts, open_items, weeks
from bot.group.calendar import Dated
from bot.group.cohort import Cohort, Member
from bot.group.progress import shares, streak
from bot.group.route import Route, labels, route_of
from bot.roadmap import Roadmap
from bot.store.progress import Report
from bot.views.dates import day
from bot.views.week_list import own_order

HOURS = 100
BLOCKERS = 300
NOTE = 2000
FEELINGS = ("1 · lost", "2 · shaky", "3 · getting there", "4 · good", "5 · could teach it")


@command(form=True, section="me", order=30, helps=("running",), action="Check in")
async def checkin(
    call: Call,
    week: Annotated[str | None, "Which week; without it, this one", weeks] = None,
    items: Annotated[tuple[str, ...] | None, "What you have done of it", open_items] = None,
    hours: Annotated[float | None, "Hours you spent", Range(0, HOURS)] = None,
    confidence: Annotated[int | None, "How sure you feel, 1 to 5", Range(1, len(FEELINGS))] = None,
    blockers: Annotated[str | None, "What is in your way"] = None,
    note: Annotated[str | None, "Anything else"] = None,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
) -> Answer:
    """Report on a week: what you did, how it felt, what is in the way."""
    found, member = await call.membership(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    route = route_of(plan, found.syllabus, member.picks)
    meant = _week(found, member, week, call)
    before = await call.tx.progress.checked_in(member, meant.id)
    said = (items, hours, confidence, blockers, note)
    if not call.submitted and all(one is None for one in said):
        done = await call.tx.progress.ticked(call.person, found.roadmap)
        return _form(found, meant, _left(meant, plan, route, done), before or Report())
    late = member.is_closed(meant, found, call.now)
    report = _report(_kept(call, before or Report()), hours, confidence, blockers, note, late)
    if items:
        titles = {item: plan.items[item].title for item in meant.week.items}
        offered = Items(titles, own_order(meant.week, route), f"week {meant.number}")
        ticked = offered.find(items, "items")
        await call.tx.progress.tick(call.person, found.roadmap, ticked, call.now)
    first = await call.tx.progress.check_in(member, meant.id, report, call.now)
    return await _thanks(call, found, member, route, meant, report, first)


def _week(cohort: Cohort, member: Member, said: str | None, call: Call) -> Dated:
    come = member.come(cohort, call.now)
    if not come:
        weeks = member.calendar(cohort).weeks
        opens = f" on {day(weeks[0].first)}" if weeks else ""
        raise Refused(
            f"{cohort.name} has not begun: the first check-in opens with week 1{opens}.", "week"
        )
    if said is None:
        return come[-1]
    wanted = said.strip().casefold()
    plain = wanted.removeprefix("week").strip()
    ids = {week.id: number for number, week in enumerate(cohort.syllabus.weeks, 1)}
    number = ids.get(wanted) or (int(plain) if plain.isdecimal() and len(plain) <= 3 else 0)
    if not 1 <= number <= len(ids):
        raise Refused(
            f"“{shown(said)}” is no week of {cohort.name}: it has weeks 1 to {len(ids)}.", "week"
        )
    if (dated := next((one for one in come if one.number == number), None)) is None:
        raise Refused(
            f"Week {number} has not come yet: the latest to check in for is week {come[-1].number}.",
            "week",
        )
    return dated


def _left(week: Dated, plan: Roadmap, route: Route, done: frozenset[str]) -> tuple[Choice, ...]:
    """What of a week is still to do: of the own route first, and of others with whose they are."""
    left = [item for item in week.week.items if item not in done and not route.instead(item, done)]
    left.sort(key=lambda item: not route.counts(item))
    named = labels(plan, [item for item in left if not route.counts(item)])
    return tuple(
        Choice(short(plan.items[item].title), item, short(named.get(item, ""))) for item in left
    )


def _form(cohort: Cohort, week: Dated, choices: tuple[Choice, ...], before: Report) -> Form:
    feelings = tuple(
        Choice(label, label[0], chosen=before.confidence == place)
        for place, label in enumerate(FEELINGS, 1)
    )
    hours = "" if before.hours is None else f"{before.hours:g}"
    fields = [
        Field(
            "items", "Done this week", "any", choices=choices[:OPTIONS], help=_shown(len(choices))
        )
        if choices
        else None,
        Field(
            "hours",
            "Hours",
            "number",
            value=hours,
            least=0,
            most=HOURS,
            help="About how many; leave it open if you like",
        ),
        Field("confidence", "How sure do you feel?", "one", choices=feelings),
        Field("blockers", "In your way", "line", value=before.blockers, longest=BLOCKERS),
        Field("note", "Note", "text", value=before.note, longest=NOTE),
    ]
    says = phrase("checkin", week=week.id, cohort=cohort.ref)
    asked = tuple(field for field in fields if field)
    return Form(
        f"Check-in, week {week.number}",
        says,
        asked,
        note=quote(short(week.week.title, note_room(asked))),
    )


def _shown(count: int) -> str:
    """What a form says of the items it offers, of so many: a crowded week has more than a form can show."""
    if count <= OPTIONS:
        return "Items ticked before stay ticked"
    return f"These are {OPTIONS} of {count}: tick the others in your list"


def _report(
    before: Report,
    hours: float | None,
    confidence: int | None,
    blockers: str | None,
    note: str | None,
    late: bool,
) -> Report:
    return Report(
        before.hours if hours is None else hours,
        before.confidence if confidence is None else confidence,
        before.blockers
        if blockers is None
        else _bounded(blockers, BLOCKERS, "What is in your way", "blockers"),
        before.note if note is None else _bounded(note, NOTE, "A note", "note"),
        late,
    )


def _kept(call: Call, before: Report) -> Report:
    """What stays of an earlier report: a field that was sent empty takes back what it held."""
    return replace(
        before,
        hours=None if call.cleared("hours") else before.hours,
        confidence=None if call.cleared("confidence") else before.confidence,
        blockers="" if call.cleared("blockers") else before.blockers,
        note="" if call.cleared("note") else before.note,
    )


def _bounded(text: str, limit: int, what: str, field: str) -> str:
    try:
        return clean(text, limit, what, lines=True)
    except Refused as refused:
        raise Refused(refused.sentence, field) from None


async def _thanks(
    call: Call,
    cohort: Cohort,
    member: Member,
    route: Route,
    week: Dated,
    report: Report,
    first: bool,
) -> Message:
    done = await call.tx.progress.ticked(call.person, cohort.roadmap)
    checked_in = await call.tx.progress.weeks_checked_in(member)
    so_far = shares(member, cohort, route, done, checked_in, call.now)
    count = streak(member, cohort, so_far).weeks
    share = next(one for one in so_far if one.week.id == week.id)
    told = "Thank you, you are checked in" if first else "Your check-in is changed"
    late = ", late and just as welcome" if first and report.late else ""
    lines = [f"{told} for **week {week.number}**{late}: {share.done} of {share.total} items done."]
    if count > 1:
        lines.append(f"That makes {count} weeks in a row.")
    if report.blockers:
        lines.append("What is in your way is noted for the moderators.")
    edit = phrase("checkin", week=week.id, cohort=cohort.ref)
    pairs = [("My progress", phrase("progress", cohort=cohort.ref)), ("Edit", edit)]
    if len(week.week.items) > OPTIONS:  # a form may not have shown them all
        pairs.append(("My list", phrase("week", n=week.number, cohort=cohort.ref)))
    return say(" ".join(lines), buttons(*pairs))
