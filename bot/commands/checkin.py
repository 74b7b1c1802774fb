"""`checkin`: a member's report on a week. Without options it is a form.

Late check-ins count, and a check-in can be edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Answer,
    Block,
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
from bot.group.first_item import list_open_items
from bot.group.progress import WeekProgress, compute_streak, list_week_progress
from bot.group.route import Route, build_route, map_route_labels
from bot.roadmap import Roadmap
from bot.store.progress import CheckinReport
from bot.views.dates import format_day
from bot.views.stuck import build_stuck_select
from bot.views.week_list import sort_own_items

MAX_HOURS = 100
MAX_BLOCKERS = 300  # characters
MAX_NOTE = 2000  # characters: a field takes no more
MAX_WEEK_DIGITS = 3
UNSURE = 2  # the highest confidence that calls for help
FEELINGS = ("1 · lost", "2 · shaky", "3 · getting there", "4 · good", "5 · could teach it")
BLOCKERS_QUESTION = "Anything blocking you?"


@command(form=True, section="me", order=30, helps=("running",), action="Check in")
async def checkin(
    call: Call,
    week: Annotated[str | None, "Which week (this one if left out)", suggest_past_weeks] = None,
    items: Annotated[tuple[str, ...] | None, "Items you have done", suggest_open_items] = None,
    hours: Annotated[float | None, "Hours you spent", NumberRange(0, MAX_HOURS)] = None,
    confidence: Annotated[
        int | None, "How sure you feel, 1 to 5", NumberRange(1, len(FEELINGS))
    ] = None,
    blockers: Annotated[str | None, BLOCKERS_QUESTION] = None,
    note: Annotated[str | None, "Anything else?"] = None,
    share: Annotated[bool | None, "Let the group read your note"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Answer:
    """Report on your week: your items, how it went, and anything blocking you."""
    if items:
        await call.lock_person()
    own_cohort, member = await call.resolve_membership(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    reported_week = _resolve_checkin_week(own_cohort, member, week, call)
    route = build_route(roadmap, own_cohort.syllabus, member.picks)
    subject = CheckinSubject(own_cohort, member, reported_week, roadmap, route)
    stored = await call.tx.progress.load_checkin(member, reported_week.id)
    before = stored or CheckinReport()
    typed_report = TypedReport(hours, confidence, blockers, note, share)
    if not (call.is_submitted or typed_report.has_report or items is not None):
        return await _build_checkin_form(call, subject, before)
    is_late = member.is_week_over(reported_week, own_cohort, call.now)
    report = typed_report.apply_to(_clear_emptied_fields(call, before), is_late)
    if not report.note:
        if share:
            raise Refused("There is no note to share yet: write one with `checkin`.", "share")
        report = replace(report, shared=False)
    await _tick_reported_items(call, subject, items)
    is_first = await call.tx.progress.save_checkin(member, reported_week.id, report, call.now)
    return await _build_checkin_thanks(call, subject, report, is_first)


@dataclass(frozen=True, slots=True)
class CheckinSubject:
    """The member and the week of a check-in, with the roadmap and the member's route through it."""

    cohort: Cohort
    member: Member
    week: CalendarWeek
    roadmap: Roadmap
    route: Route

    @property
    def report_phrase(self) -> str:
        return build_phrase("checkin", week=self.week.id, cohort=self.cohort.ref)


@dataclass(frozen=True, slots=True)
class TypedReport:
    """The values typed for a report; None where nothing was typed."""

    hours: float | None
    confidence: int | None
    blockers: str | None
    note: str | None
    share: bool | None

    @property
    def has_report(self) -> bool:
        values = (self.hours, self.confidence, self.blockers, self.note, self.share)
        return any(value is not None for value in values)

    def apply_to(self, report: CheckinReport, is_late: bool) -> CheckinReport:
        """Return a report with the typed values in it; the others stay.

        Raises `Refused` for a text that is too long.
        """
        changed = replace(report, late=is_late)
        # Zero hours is an honest answer, so each value is compared with None.
        if self.hours is not None:
            changed = replace(changed, hours=self.hours)
        if self.confidence is not None:
            changed = replace(changed, confidence=self.confidence)
        if self.blockers is not None:
            clean_answer = _clean_checkin_text(
                self.blockers, MAX_BLOCKERS, "The answer", "blockers"
            )
            changed = replace(changed, blockers=clean_answer)
        if self.note is not None:
            clean_note = _clean_checkin_text(self.note, MAX_NOTE, "The note", "note")
            changed = replace(changed, note=clean_note)
        if self.share is not None:
            changed = replace(changed, shared=self.share)
        return changed


# — the week —


def _resolve_checkin_week(
    cohort: Cohort, member: Member, typed_week: str | None, call: Call
) -> CalendarWeek:
    started_weeks = member.list_started_weeks(cohort, call.now)
    if not started_weeks:
        raise Refused(_describe_first_checkin(cohort, member), "week")
    if typed_week is None:
        return started_weeks[-1]
    return _find_started_week(started_weeks, _parse_week_number(cohort, typed_week))


def _find_started_week(started_weeks: tuple[CalendarWeek, ...], number: int) -> CalendarWeek:
    """Return the week with a number. Raises `Refused` if it has not started."""
    for started_week in started_weeks:
        if started_week.number == number:
            return started_week
    raise Refused(_describe_latest_checkin(number, started_weeks[-1].number), "week")


def _describe_first_checkin(cohort: Cohort, member: Member) -> str:
    calendar_weeks = member.build_member_calendar(cohort).weeks
    moment = "when week 1 starts"
    if calendar_weeks:  # a paused cohort has no dates
        moment = f"from {format_day(calendar_weeks[0].first)}, when week 1 starts"
    return f"{cohort.name} has not started: check in {moment}."


def _describe_latest_checkin(number: int, latest_number: int) -> str:
    choice = f"choose week {latest_number}"
    if latest_number > 1:
        choice = f"{choice} or an earlier one"
    return f"Week {number} has not started: {choice}."


def _parse_week_number(cohort: Cohort, typed_week: str) -> int:
    wanted = typed_week.strip().casefold()
    number = _map_week_numbers(cohort).get(wanted) or _read_number(wanted)
    if not 1 <= number <= len(cohort.syllabus.weeks):
        raise Refused(_describe_foreign_week(cohort, typed_week), "week")
    return number


def _describe_foreign_week(cohort: Cohort, typed_week: str) -> str:
    return (
        f"“{format_typed_text(typed_week)}” is not a week of {cohort.name}: "
        f"choose 1 to {len(cohort.syllabus.weeks)}."
    )


def _map_week_numbers(cohort: Cohort) -> Mapping[str, int]:
    # Buttons name a week by its id, which stays the same when its number changes.
    syllabus_weeks = cohort.syllabus.weeks
    return {syllabus_week.id: number for number, syllabus_week in enumerate(syllabus_weeks, 1)}


def _read_number(wanted: str) -> int:
    digits = wanted.removeprefix("week").strip()
    # `isdecimal` and not `isdigit`: the latter also takes “²”, and int() fails on it.
    if digits.isdecimal() and len(digits) <= MAX_WEEK_DIGITS:
        return int(digits)
    return 0


# — the form —


async def _build_checkin_form(call: Call, subject: CheckinSubject, before: CheckinReport) -> Form:
    last_words = await _load_last_words(call, subject)
    done = await call.tx.progress.load_ticked_items(call.person, subject.cohort.roadmap)
    choices = _list_open_choices(subject, done)
    fields = (
        # A form without anything left to tick leaves that field out: it could not be drawn.
        *([_build_items_field(choices)] if choices else ()),
        _build_hours_field(before),
        _build_confidence_field(before),
        Field("blockers", BLOCKERS_QUESTION, "line", value=before.blockers, longest=MAX_BLOCKERS),
        Field("note", "Note", "text", value=before.note, longest=MAX_NOTE),
    )
    note = shorten(last_words or subject.week.week.title, compute_note_limit(fields))
    heading = f"Check-in, week {subject.week.number}"
    return Form(heading, subject.report_phrase, fields, note=escape_text(note))


async def _load_last_words(call: Call, subject: CheckinSubject) -> str:
    """Return what the member wrote a week earlier, in a sentence; empty for nothing."""
    number = subject.week.number
    if number == 1:
        return ""
    week_before = subject.cohort.syllabus.weeks[number - 2]
    report = await call.tx.progress.load_checkin(subject.member, week_before.id)
    if report is None:
        return ""
    # On one line, however they were typed.
    words = " ".join((report.note or report.blockers).split())
    return f"A week ago: “{words}”" if words else ""


def _list_open_choices(subject: CheckinSubject, done: frozenset[str]) -> tuple[Choice, ...]:
    """Return the items of the week still to do: those on the own route first."""
    route = subject.route
    open_items = _list_open_items(subject, done)
    other_items = [item for item in open_items if not route.is_on_route(item)]
    labels = map_route_labels(subject.roadmap, other_items)
    # Sorting is stable, so items keep the roadmap's order on each side.
    open_items.sort(key=lambda item: not route.is_on_route(item))
    choices = []
    for item in open_items:
        item_title = subject.roadmap.items[item].title
        choices.append(Choice(shorten(item_title), item, shorten(labels.get(item, ""))))
    return tuple(choices)


def _list_open_items(subject: CheckinSubject, done: frozenset[str]) -> list[str]:
    open_items = []
    for item in subject.week.week.items:
        if item not in done and not subject.route.find_ticked_equivalent(item, done):
            open_items.append(item)
    return open_items


def _build_items_field(choices: tuple[Choice, ...]) -> Field:
    hint = _format_items_help(len(choices))
    return Field("items", "Done this week", "any", choices=choices[:OPTIONS], help=hint)


def _format_items_help(count: int) -> str:
    # A crowded week has more items than a form can show.
    if count > OPTIONS:
        return f"Here are {OPTIONS} of {count}: tick the others in your list"
    return "Ticked items stay ticked"


def _build_hours_field(before: CheckinReport) -> Field:
    hours = "" if before.hours is None else f"{before.hours:g}"
    hint = "About how many? You can leave it empty"
    return Field("hours", "Hours", "number", value=hours, least=0, most=MAX_HOURS, help=hint)


def _build_confidence_field(before: CheckinReport) -> Field:
    choices = []
    for number, label in enumerate(FEELINGS, 1):
        choices.append(Choice(label, str(number), chosen=before.confidence == number))
    return Field("confidence", "How sure do you feel?", "one", choices=tuple(choices))


# — the report —


def _clear_emptied_fields(call: Call, before: CheckinReport) -> CheckinReport:
    # A form sent with an empty field takes the earlier answer back; a phrase without it does not.
    report = before
    if call.is_field_cleared("hours"):
        report = replace(report, hours=None)
    if call.is_field_cleared("confidence"):
        report = replace(report, confidence=None)
    if call.is_field_cleared("blockers"):
        report = replace(report, blockers="")
    if call.is_field_cleared("note"):
        report = replace(report, note="")
    return report


def _clean_checkin_text(text: str, limit: int, label: str, option: str) -> str:
    try:
        return clean_text(text, limit, label, is_multiline=True)
    except Refused as refused:
        # Raised anew, so that the form shows the sentence beside its field.
        raise Refused(refused.sentence, option) from None


async def _tick_reported_items(
    call: Call, subject: CheckinSubject, typed_items: tuple[str, ...] | None
) -> None:
    if not typed_items:
        return
    reported_ids = _build_week_finder(subject).find_item_ids(typed_items, "items")
    await call.tx.progress.tick_items(call.person, subject.cohort.roadmap, reported_ids, call.now)


def _build_week_finder(subject: CheckinSubject) -> ItemFinder:
    syllabus_week = subject.week.week
    titles = {item: subject.roadmap.items[item].title for item in syllabus_week.items}
    numbered_items = sort_own_items(syllabus_week, subject.route)
    return ItemFinder(titles, numbered_items, f"week {subject.week.number}")


# — the answer —


async def _build_checkin_thanks(
    call: Call, subject: CheckinSubject, report: CheckinReport, is_first: bool
) -> Message:
    week_shares = await _load_week_shares(call, subject)
    sentences = [_format_checkin_result(subject, week_shares, is_first)]
    if is_first and report.late:
        sentences.append("A late check-in counts like any other.")
    streak = compute_streak(subject.member, subject.cohort, week_shares)
    if streak.weeks > 1:
        sentences.append(f"That makes {streak.weeks} weeks in a row.")
    if report.blockers:
        sentences.append("Your moderators can see what is blocking you.")
    if report.shared:
        sentences.append("The group can read your note.")
    done = await call.tx.progress.load_ticked_items(call.person, subject.cohort.roadmap)
    open_items = list_open_items(subject.roadmap, subject.week.week.items, done, subject.route)
    blocks: list[Block] = []
    if open_items and _sounds_stuck(report):
        blocks.append(build_stuck_select(subject.cohort, open_items))
    return text_message(
        " ".join(sentences), *blocks, button_row(*_list_thanks_buttons(subject, report))
    )


def _sounds_stuck(report: CheckinReport) -> bool:
    is_unsure = report.confidence is not None and report.confidence <= UNSURE
    return is_unsure or bool(report.blockers)


async def _load_week_shares(call: Call, subject: CheckinSubject) -> tuple[WeekProgress, ...]:
    member, cohort = subject.member, subject.cohort
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    checkin_ids = await call.tx.progress.list_checkin_week_ids(member)
    return list_week_progress(member, cohort, subject.route, done, checkin_ids, call.now)


def _format_checkin_result(
    subject: CheckinSubject, week_shares: tuple[WeekProgress, ...], is_first: bool
) -> str:
    number = subject.week.number
    counts = _format_week_counts(subject, week_shares)
    if is_first:
        return f"Thank you! You are checked in for **week {number}**: {counts} items done."
    return f"I have updated your check-in for **week {number}**: {counts} items done."


def _format_week_counts(subject: CheckinSubject, week_shares: tuple[WeekProgress, ...]) -> str:
    share = next(share for share in week_shares if share.week.id == subject.week.id)
    return f"{share.done} of {share.total}"


def _list_thanks_buttons(subject: CheckinSubject, report: CheckinReport) -> list[tuple[str, str]]:
    cohort_ref = subject.cohort.ref
    buttons = [("My progress", build_phrase("progress", cohort=cohort_ref))]
    buttons.append(("Edit", subject.report_phrase))
    if report.note:
        buttons.append(_build_share_button(subject, report))
    # A form may not have shown all items of such a week.
    if len(subject.week.week.items) > OPTIONS:
        buttons.append(("My list", build_phrase("week", n=subject.week.number, cohort=cohort_ref)))
    return buttons


def _build_share_button(subject: CheckinSubject, report: CheckinReport) -> tuple[str, str]:
    label, answer = ("Stop sharing", "no") if report.shared else ("Share my note", "yes")
    week_id, cohort_ref = subject.week.id, subject.cohort.ref
    return label, build_phrase("checkin", share=answer, week=week_id, cohort=cohort_ref)
