"""Weeks: made from parts that name a week, a session or days."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from bot.roadmap.check import MOST_WEEKS
from bot.roadmap.importer.interpret.draft import (
    PartDraft,
    clean_plain_text,
    quote_excerpt,
    set_draft_title,
)
from bot.roadmap.importer.interpret.fallback_items import build_fallback_items
from bot.roadmap.importer.interpret.heading_names import HeadingName, Unit, parse_heading_name
from bot.roadmap.importer.interpret.label_parts import LabelPartReader
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.section_body import SectionBody
from bot.roadmap.importer.interpret.vocabulary import find_label_role
from bot.roadmap.importer.report import ImportNotes

_BREAK = re.compile(
    r"\b(?:no (?:class(?:es)?|meeting|session|lecture|school)|break|holidays?|vacation|"
    r"week off|off week|day off|reading week|spring recess|ferien|pause|urlaub|vacances|"
    r"vacaciones)\b",
    re.I,
)
_REVIEW = re.compile(
    r"^(?:review|revision|catch[- ]?up|recap|consolidation|buffer|wiederholung|repaso)\b", re.I
)
_CAPSTONE = re.compile(r"\b(?:capstone|final project|abschlussprojekt|proyecto final)\b", re.I)
PartKind = Literal["", "break", "review", "capstone"]

_SCHOOL_WEEK = 5
_FULL_WEEK = 7
# A plan whose last day is one of these counts working days; day 35 is five full weeks.
_SCHOOL_DAY_COUNTS = (5, 10, 15, 20, 25)
_SHORT_TIME_UNITS = ("minutes", "hours", "hour", "minute")


@dataclass
class UnitNumbers:
    """The numbers that weeks and days had so far, to notice a gap or a repetition."""

    notes: ImportNotes
    _last_by_unit: dict[Unit, int] = field(default_factory=dict)
    _restartable_units: set[Unit] = field(default_factory=set)

    def allow_restart(self, unit: Unit) -> None:
        """Let the next number of this unit be 1 again, without a remark."""
        self._restartable_units.add(unit)

    def check_unit_number(self, part: DocumentPart) -> None:
        """Report a number that does not follow the last one of its unit."""
        name = part.name
        last = self._last_by_unit.get(name.unit, 0)
        restarts = name.first == 1 and name.unit in self._restartable_units
        self._restartable_units.discard(name.unit)
        if not name.first:
            return
        continues = name.first == last + 1 or (name.has_letter and name.first == last)
        if last and not continues and not restarts:
            label = quote_excerpt(name.label or f"{name.unit} {name.first}")
            sentence = f"{label} comes after number {last}: check for a missing or repeated number."
            self.notes.record_note(part.line, "odd", sentence)
        self._last_by_unit[name.unit] = name.last


@dataclass
class WeekBuilder:
    """Builds the drafts of weeks, in the order of the document."""

    catalog: ResourceCatalog
    notes: ImportNotes
    labels: LabelPartReader
    week_unit: Unit = "week"
    """The unit that is a week in this document: week or session."""
    _numbers: UnitNumbers = field(init=False)
    _last_day: int = 0
    """The number of the last day outside a week so far."""

    def __post_init__(self) -> None:
        self._numbers = UnitNumbers(self.notes)

    def is_week_part(self, part: DocumentPart) -> bool:
        """Return True for a part that becomes a week, or a day inside one."""
        return part.name.unit in (self.week_unit, "day")

    def build_weeks(self, parts: Sequence[DocumentPart], stage_title: str = "") -> list[PartDraft]:
        """Return the weeks for neighbouring parts; days without a week are grouped into weeks.

        If the days of a stage fill one week, that week has the stage's title.
        """
        self._numbers.allow_restart(self.week_unit)
        self._numbers.allow_restart("day")
        parts = self._join_pieces_of_weeks(parts)
        weeks: list[PartDraft] = []
        for are_days, group in groupby(parts, key=_is_within_week):
            if are_days:
                weeks += self._group_days(list(group))
                continue
            for part in group:
                weeks += self._build_week(part)
        if len(weeks) == 1 and stage_title and all(map(_is_within_week, parts)):
            set_draft_title(weeks[0], stage_title, self.notes)
        return weeks

    def _join_pieces_of_weeks(self, parts: Sequence[DocumentPart]) -> list[DocumentPart]:
        """Return the parts, with “Week 1 Tasks” and “Week 1 – Day 3” inside one week 1."""
        joined: list[DocumentPart] = []
        for _, group in groupby(parts, key=lambda part: (part.name.unit, part.name.label)):
            pieces = list(group)
            if len(pieces) == 1 and parse_heading_name(pieces[0].name.title).unit == "day":
                joined.append(_join_pieces(pieces))
            elif len(pieces) == 1 or not all(map(_is_piece_of_week, pieces)):
                joined += pieces
            else:
                label = quote_excerpt(pieces[0].name.label)
                sentence = f"I put the parts of {label} together."
                self.notes.record_note(pieces[0].line, "read", sentence)
                joined.append(_join_pieces(pieces))
        return joined

    def _build_week(self, part: DocumentPart) -> list[PartDraft]:
        self._numbers.check_unit_number(part)
        # Days may start at 1 again in every week.
        self._numbers.allow_restart("day")
        body = self._read_week_body(part)
        kind = find_part_kind(part)
        if not body.items and kind != "break":
            self._add_week_fallback(part, body)
        set_items_optional(part, body.items)
        # Items are kept back: the week may be several weeks, each with a share of them.
        items, body.items = body.items, []
        draft = body.fill_stage_draft(PartDraft(part.line, kind=kind))
        set_draft_title(draft, part.title, self.notes)
        _move_facts_to_summary(draft, part.name.time)
        self._report_dates(part)
        return self._spread_week_items(part, draft, items)

    def _read_week_body(self, part: DocumentPart) -> SectionBody:
        """Read everything below a heading into the body for one week or day."""
        body = SectionBody(part.title, self.catalog, self.notes, is_week=True)
        body.read_part_heading(part)
        for inner in part.parts:
            self.read_week_part(inner, body)
        body.finish_course(part.line)
        return body

    def _add_week_fallback(self, part: DocumentPart, body: SectionBody) -> None:
        sentence = "This week has no list, so I made its title or its links the items."
        self.notes.record_note(part.line, "read", sentence)
        body.items += build_fallback_items(part, body)
        # The body's words would stand twice: below the week and below its first item.
        if body.items[0]["title"] == part.title:
            body.items[0].pop("summary", None)
        else:
            body.paragraphs.clear()

    def _report_dates(self, part: DocumentPart) -> None:
        dates = part.name.dates
        if dates and part.title != dates:
            sentence = f"I left out {quote_excerpt(dates)}: each cohort has its own dates."
            self.notes.record_note(part.line, "dropped", sentence)

    # — one heading for several weeks —

    def _spread_week_items(
        self, part: DocumentPart, draft: PartDraft, items: list[PartDraft]
    ) -> list[PartDraft]:
        """Return one week, or one for each week the heading spans, with a share of the items."""
        span = self._count_weeks(part)
        if span == 1:
            draft.add_values("items", items)
            return [draft]
        # Every week needs an item, so a long span with few items becomes fewer weeks.
        count = min(span, len(items)) or 1
        is_break = draft.get("kind") == "break"
        if is_break:
            # One week more than a roadmap may have is enough for the refusal.
            count = min(span, MOST_WEEKS + 1)
        self._report_week_span(part, count)
        if count < span and not is_break:
            self._report_few_items(part, span, len(items))
        weeks = [draft, *self._copy_week(part.line, draft, count - 1)]
        _share_items(weeks, items)
        return weeks

    def _count_weeks(self, part: DocumentPart) -> int:
        """Return how many weeks a heading spans: “Weeks 1–2” and “Days 1–14” span two."""
        if part.name.unit == self.week_unit:
            return part.name.unit_count
        if part.name.unit == "day":
            return math.ceil(part.name.unit_count / _FULL_WEEK)
        return 1

    def _copy_week(self, line: int, draft: PartDraft, count: int) -> list[PartDraft]:
        copies: list[PartDraft] = []
        for _ in range(count):
            week = PartDraft(line, kind=draft.get("kind"))
            copies.append(set_draft_title(week, draft["title"], self.notes))
        return copies

    def _report_week_span(self, part: DocumentPart, count: int) -> None:
        weeks = "1 week" if count == 1 else f"{count} weeks"
        label = quote_excerpt(part.name.label)
        sentence = f"I read {label} as {weeks} and kept the order of the items."
        self.notes.record_note(part.line, "read", sentence)

    def _report_few_items(self, part: DocumentPart, span: int, item_count: int) -> None:
        items = "1 item" if item_count == 1 else f"{item_count} items"
        label = quote_excerpt(part.name.label)
        sentence = f"{label} covers {span} weeks but has only {items}: add an item for each week."
        self.notes.record_note(part.line, "odd", sentence)

    # — headings inside a week, and days —

    def read_week_part(self, part: DocumentPart, body: SectionBody) -> None:
        """Read a day, or another heading inside a week, into the week's body."""
        if self.labels.read_label_part(part, body, self.read_week_part):
            return
        inner = self._read_week_body(part)
        if part.name.unit == "day":
            self._numbers.check_unit_number(part)
        elif inner.items:
            sentence = "I moved the items below this heading into the week itself."
            self.notes.record_note(part.line, "read", sentence)
        self._name_inner_items(part, inner, body)
        set_items_optional(part, inner.items)
        _add_day_time(inner.items, part.name.time or inner.time)
        body.items += inner.items
        body.outcomes += inner.outcomes
        body.add_body_resources(inner.resources)

    def _name_inner_items(self, part: DocumentPart, inner: SectionBody, body: SectionBody) -> None:
        """Keep the day's heading in its first item, or in the week for a day off."""
        heading = clean_plain_text(part.full_title)
        if inner.items:
            inner.items[0].append_summary("\n\n".join([heading, *inner.paragraphs]))
        elif _BREAK.search(part.title):
            body.paragraphs += [heading, *inner.paragraphs]
        else:
            inner.items += build_fallback_items(part, inner)
            if part.name.unit and part.title != part.full_title:
                inner.items[0].append_summary(heading)

    def _group_days(self, parts: Sequence[DocumentPart]) -> list[PartDraft]:
        """Return weeks of five or seven days, for days outside any week."""
        length = _choose_week_length(parts)
        sentence = f"The plan names days but no weeks, so I put {length} days in each week."
        self.notes.record_note(parts[0].line, "read", sentence)
        numbers: list[int] = []
        for place, part in enumerate(parts):
            # “Monday” has no number: its place in the list stands in for it.
            numbers.append(((part.name.first or place + 1) - 1) // length)
        goes_on = 0 < self._last_day < parts[0].name.first
        if goes_on and (self._last_day - 1) // length == numbers[0] < numbers[-1]:
            numbers = [max(number, numbers[0] + 1) for number in numbers]
            sentence = (
                "An earlier stage has days of this week: I put the others into the next week."
            )
            self.notes.record_note(parts[0].line, "read", sentence)
        self._last_day = parts[-1].name.last
        weeks: list[PartDraft] = []
        pairs = zip(numbers, parts, strict=True)
        for number, group in groupby(pairs, key=lambda pair: pair[0]):
            days = [part for _, part in group]
            first, last = number * length + 1, (number + 1) * length
            if days[0].name.first:
                first = min(first, days[0].name.first)
            weeks += self._build_day_week(days, f"Days {first}–{last}")
        return weeks

    def _build_day_week(self, days: Sequence[DocumentPart], title: str) -> list[PartDraft]:
        if len(days) == 1 and days[0].name.unit_count > 1:
            title = days[0].title
        body = SectionBody("", self.catalog, self.notes, is_week=True)
        for day in days:
            self.read_week_part(day, body)
        if not body.items:
            return []
        items, body.items = body.items, []
        draft = body.fill_stage_draft(PartDraft(days[0].line))
        set_draft_title(draft, title, self.notes)
        _move_facts_to_summary(draft, "")
        draft.add_values("items", items)
        return [draft]


def _is_within_week(part: DocumentPart) -> bool:
    """Return True for a day, or for days that fill a week at most."""
    return part.name.unit == "day" and part.name.unit_count <= _FULL_WEEK


def _is_piece_of_week(part: DocumentPart) -> bool:
    """Return True if a week's title only says which part of the week it is."""
    title = part.name.title
    if part.name.unit == "day" or not part.name.first:
        return False
    return not title or bool(find_label_role(title)) or parse_heading_name(title).unit == "day"


def _join_pieces(pieces: Sequence[DocumentPart]) -> DocumentPart:
    """Return a week with each piece as a part, below the title of the piece."""
    first = pieces[0]
    heading = replace(first.heading, text=first.name.label, links=())
    week = DocumentPart(heading, replace(first.name, title=""))
    for piece in pieces:
        title = piece.name.title or piece.name.label
        inner = replace(piece.heading, text=title, label="", rest="")
        name = parse_heading_name(title) if piece.name.title else HeadingName(title)
        week.parts.append(DocumentPart(inner, name, piece.blocks, piece.parts))
    return week


def _choose_week_length(days: Iterable[DocumentPart]) -> int:
    last_day = max(day.name.last for day in days)
    if last_day in _SCHOOL_DAY_COUNTS:
        return _SCHOOL_WEEK
    return _FULL_WEEK


def _share_items(weeks: Sequence[PartDraft], items: Sequence[PartDraft]) -> None:
    """Give each week its share, in order; the shares differ by one item at most."""
    for place, week in enumerate(weeks):
        start = place * len(items) // len(weeks)
        end = (place + 1) * len(items) // len(weeks)
        week.add_values("items", items[start:end])


def _move_facts_to_summary(draft: PartDraft, time: str) -> None:
    """Move time and outcomes into the summary: a week has no field for them."""
    body_time = draft.pop("time", "")
    if time or body_time:
        draft.append_summary(f"Time: {time or body_time}")
    for outcome in draft.pop("outcomes", []):
        draft.append_summary(f"Outcome: {outcome}")


def _add_day_time(items: Sequence[PartDraft], time: str) -> None:
    """Keep a day's time: the estimate if it has one item, else words in the first summary."""
    if not time or not items:
        return
    if len(items) == 1 and time.endswith(_SHORT_TIME_UNITS):
        items[0].setdefault("estimate", time)
    else:
        items[0].append_summary(f"Time: {time}")


def set_items_optional(part: DocumentPart, items: Iterable[PartDraft]) -> None:
    """Mark the items as not essential if their heading says “optional”."""
    if part.name.is_optional:
        for item in items:
            item["essential"] = False


def find_part_kind(part: DocumentPart) -> PartKind:
    """Return the kind for a stage or week (break, review or capstone); empty for a normal one."""
    unit = part.name.unit
    if not unit:
        return ""
    if unit in ("week", "session", "day"):
        if _names_break(part):
            # “Break: read chapter 3” with a list below it is a week with work to do.
            return "" if part.entries or part.parts else "break"
        if _REVIEW.search(part.title):
            return "review"
    if _CAPSTONE.search(part.heading.text):
        return "capstone"
    return ""


def _names_break(part: DocumentPart) -> bool:
    if not _BREAK.search(part.heading.text):
        return False
    return all(entry.is_checked is None for entry in part.entries)
