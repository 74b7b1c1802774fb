"""`checkin`: a member's report on a week. Late answers count, answers can be edited, and without options it is a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Answer,
    Choice,
    Field,
    Form,
    Message,
    build_phrase,
    compute_note_limit,
    escape_text,
    text_message,
)
from bot.chat.text import clean_text, shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.item_finder import ItemFinder
from bot.command.suggestions import suggest_open_items, suggest_own_cohorts, suggest_past_weeks
from bot.command.values import format_typed_text
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.progress import compute_streak, list_week_progress
from bot.group.route import Route, build_route, map_route_labels
from bot.roadmap import Roadmap
from bot.store.progress import CheckinReport
from bot.views.dates import format_day
from bot.views.week_list import sort_own_items

HOURS = 100
BLOCKERS = 300
NOTE = 2000
FEELINGS = ("1 · lost", "2 · shaky", "3 · getting there", "4 · good", "5 · could teach it")


@command(form=True, section="me", order=30, helps=("running",), action="Check in")
async def checkin(
    call: Call,
    week: Annotated[str | None, "Which week; without it, this one", suggest_past_weeks] = None,
    items: Annotated[tuple[str, ...] | None, "What you have done of it", suggest_open_items] = None,
    hours: Annotated[float | None, "Hours you spent", NumberRange(0, HOURS)] = None,
    confidence: Annotated[
        int | None, "How sure you feel, 1 to 5", NumberRange(1, len(FEELINGS))
    ] = None,
    blockers: Annotated[str | None, "What is in your way"] = None,
    note: Annotated[str | None, "Anything else"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Answer:
    """Report on a week: what you did, how it felt, what is in the way."""
    found, member = await call.resolve_membership(cohort)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    route = build_route(plan, found.syllabus, member.picks)
    meant = _resolve_checkin_week(found, member, week, call)
    before = await call.tx.progress.load_checkin(member, meant.id)
    said = (items, hours, confidence, blockers, note)
    if not call.is_submitted and all(one is None for one in said):
        done = await call.tx.progress.load_ticked_items(call.person, found.roadmap)
        return _build_checkin_form(
            found, meant, _list_open_choices(meant, plan, route, done), before or CheckinReport()
        )
    late = member.is_week_over(meant, found, call.now)
    report = _build_checkin_report(
        _clear_emptied_fields(call, before or CheckinReport()),
        hours,
        confidence,
        blockers,
        note,
        late,
    )
    if items:
        titles = {item: plan.items[item].title for item in meant.week.items}
        offered = ItemFinder(titles, sort_own_items(meant.week, route), f"week {meant.number}")
        ticked = offered.find_item_ids(items, "items")
        await call.tx.progress.tick_items(call.person, found.roadmap, ticked, call.now)
    first = await call.tx.progress.save_checkin(member, meant.id, report, call.now)
    return await _build_checkin_thanks(call, found, member, route, meant, report, first)


def _resolve_checkin_week(
    cohort: Cohort, member: Member, said: str | None, call: Call
) -> CalendarWeek:
    come = member.list_started_weeks(cohort, call.now)
    if not come:
        weeks = member.build_member_calendar(cohort).weeks
        opens = f" on {format_day(weeks[0].first)}" if weeks else ""
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
            f"“{format_typed_text(said)}” is no week of {cohort.name}: it has weeks 1 to {len(ids)}.",
            "week",
        )
    if (dated := next((one for one in come if one.number == number), None)) is None:
        raise Refused(
            f"Week {number} has not come yet: the latest to check in for is week {come[-1].number}.",
            "week",
        )
    return dated


def _list_open_choices(
    week: CalendarWeek, plan: Roadmap, route: Route, done: frozenset[str]
) -> tuple[Choice, ...]:
    """What of a week is still to do: of the own route first, and of others with whose they are."""
    left = [
        item
        for item in week.week.items
        if item not in done and not route.find_ticked_equivalent(item, done)
    ]
    left.sort(key=lambda item: not route.is_on_route(item))
    named = map_route_labels(plan, [item for item in left if not route.is_on_route(item)])
    return tuple(
        Choice(shorten(plan.items[item].title), item, shorten(named.get(item, ""))) for item in left
    )


def _build_checkin_form(
    cohort: Cohort, week: CalendarWeek, choices: tuple[Choice, ...], before: CheckinReport
) -> Form:
    feelings = tuple(
        Choice(label, label[0], chosen=before.confidence == place)
        for place, label in enumerate(FEELINGS, 1)
    )
    hours = "" if before.hours is None else f"{before.hours:g}"
    fields = [
        Field(
            "items",
            "Done this week",
            "any",
            choices=choices[:OPTIONS],
            help=_format_items_help(len(choices)),
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
    says = build_phrase("checkin", week=week.id, cohort=cohort.ref)
    asked = tuple(field for field in fields if field)
    return Form(
        f"Check-in, week {week.number}",
        says,
        asked,
        note=escape_text(shorten(week.week.title, compute_note_limit(asked))),
    )


def _format_items_help(count: int) -> str:
    """What a form says of the items it offers, of so many: a crowded week has more than a form can show."""
    if count <= OPTIONS:
        return "Items ticked before stay ticked"
    return f"These are {OPTIONS} of {count}: tick the others in your list"


def _build_checkin_report(
    before: CheckinReport,
    hours: float | None,
    confidence: int | None,
    blockers: str | None,
    note: str | None,
    late: bool,
) -> CheckinReport:
    return CheckinReport(
        before.hours if hours is None else hours,
        before.confidence if confidence is None else confidence,
        before.blockers
        if blockers is None
        else _clean_checkin_text(blockers, BLOCKERS, "What is in your way", "blockers"),
        before.note if note is None else _clean_checkin_text(note, NOTE, "A note", "note"),
        late,
    )


def _clear_emptied_fields(call: Call, before: CheckinReport) -> CheckinReport:
    """What stays of an earlier report: a field that was sent empty takes back what it held."""
    return replace(
        before,
        hours=None if call.is_field_cleared("hours") else before.hours,
        confidence=None if call.is_field_cleared("confidence") else before.confidence,
        blockers="" if call.is_field_cleared("blockers") else before.blockers,
        note="" if call.is_field_cleared("note") else before.note,
    )


def _clean_checkin_text(text: str, limit: int, what: str, field: str) -> str:
    try:
        return clean_text(text, limit, what, is_multiline=True)
    except Refused as refused:
        raise Refused(refused.sentence, field) from None


async def _build_checkin_thanks(
    call: Call,
    cohort: Cohort,
    member: Member,
    route: Route,
    week: CalendarWeek,
    report: CheckinReport,
    first: bool,
) -> Message:
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    checked_in = await call.tx.progress.list_checkin_week_ids(member)
    so_far = list_week_progress(member, cohort, route, done, checked_in, call.now)
    count = compute_streak(member, cohort, so_far).weeks
    share = next(one for one in so_far if one.week.id == week.id)
    told = "Thank you, you are checked in" if first else "Your check-in is changed"
    late = ", late and just as welcome" if first and report.late else ""
    lines = [f"{told} for **week {week.number}**{late}: {share.done} of {share.total} items done."]
    if count > 1:
        lines.append(f"That makes {count} weeks in a row.")
    if report.blockers:
        lines.append("What is in your way is noted for the moderators.")
    edit = build_phrase("checkin", week=week.id, cohort=cohort.ref)
    pairs = [("My progress", build_phrase("progress", cohort=cohort.ref)), ("Edit", edit)]
    if len(week.week.items) > OPTIONS:  # a form may not have shown them all
        pairs.append(("My list", build_phrase("week", n=week.number, cohort=cohort.ref)))
    return text_message(" ".join(lines), button_row(*pairs))
