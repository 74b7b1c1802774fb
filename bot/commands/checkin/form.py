"""The form of a check-in, with the report there is and the words of the week before."""

from __future__ import annotations

from bot.chat.message import (
    OPTIONS,
    Choice,
    Field,
    Form,
    compute_note_limit,
    escape_text,
)
from bot.chat.text import shorten
from bot.command import Call
from bot.commands.checkin.report import MAX_BLOCKERS, MAX_NOTE
from bot.commands.checkin.subject import CheckinSubject
from bot.group.route import map_route_labels
from bot.store.progress import CheckinReport

MAX_HOURS = 100
FEELINGS = ("1 · lost", "2 · shaky", "3 · getting there", "4 · good", "5 · could teach it")
BLOCKERS_QUESTION = "Anything blocking you?"


async def build_checkin_form(
    call: Call, subject: CheckinSubject, before: CheckinReport, own_week_note: str = ""
) -> Form:
    """Return the form for a report. `own_week_note`: whose week it is, where that is in doubt."""
    last_words = own_week_note or await _load_last_words(call, subject)
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
