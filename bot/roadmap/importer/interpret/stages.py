"""Stages and weeks: the parts of a document that are the plan, in order, however they are counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bot.roadmap.check import MOST_WEEKS
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LIST,
    LONGEST_TITLE,
    PartDraft,
    clean_plain_text,
    quote_excerpt,
    set_draft_title,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.heading_names import HeadingName
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.section_body import (
    PREREQUISITE,
    SectionBody,
    build_fallback_items,
)
from bot.roadmap.importer.interpret.vocabulary import find_label_role, find_section_role
from bot.roadmap.importer.report import ImportNotes

MOST_SESSIONS = 60
_BREAK = re.compile(
    r"\b(?:no (?:class(?:es)?|meeting|session|lecture|school)|break|holidays?|vacation|week off|off week|day off|reading week|"
    r"spring recess|ferien|pause|urlaub|vacances|vacaciones)\b",
    re.I,
)
_REVIEW = re.compile(
    r"^(?:review|revision|catch[- ]?up|recap|consolidation|buffer|wiederholung|repaso)\b", re.I
)
_CAPSTONE = re.compile(r"\b(?:capstone|final project|abschlussprojekt|proyecto final)\b", re.I)
_ROUTE = re.compile(r"^(?:option|route|track|path|variant) [a-z0-9]\b[ :.)–—-]*", re.I)
_ONE = re.compile(r"\b(?:one|between|either)\b", re.I)
_TWO = re.compile(r"\btwo\b", re.I)
_OUTSIDE = frozenset({"resources", "certificates", "portfolio"})
_FIVE_DAYS = (5, 10, 15, 20, 25)


@dataclass
class StageBuilder:
    """Makes stages of parts. `outside` are the parts found inside the plan that belong beside it, each with its role."""

    catalog: ResourceCatalog
    notes: ImportNotes
    outside_parts: list[tuple[DocumentPart, str]] = field(default_factory=list)
    _week_unit: str = "week"
    """The unit that is a week here: week or session."""
    _last_number_by_unit: dict[str, int] = field(default_factory=dict)
    """The last number of each unit."""
    _restartable_units: set[str] = field(default_factory=set)
    """The units that may begin again at one."""

    def detect_week_unit(self, parts: Sequence[DocumentPart], *, text_says_weekly: bool) -> None:
        """Find out what is a week: where nothing shorter or longer is counted, sessions may be."""
        units = Counter(
            part.name.unit for top in parts for part in top.walk_parts() if part.name.unit
        )
        if units["week"] or units["day"] or not units["session"]:
            return
        first = next(
            part for top in parts for part in top.walk_parts() if part.name.unit == "session"
        )
        word = first.name.label
        if not (units["month"] or units["phase"]) and (
            text_says_weekly or units["session"] <= MOST_SESSIONS
        ):
            self._week_unit = "session"
            self.notes.record_note(
                first.line,
                "read",
                f"I read {quote_excerpt(word)} and what follows as one week each.",
            )
        else:
            self.notes.record_note(
                first.line,
                "read",
                f"I read {quote_excerpt(word)} and what follows as stages, not as weeks.",
            )

    def build_stages(self, parts: Sequence[DocumentPart], title: str) -> list[PartDraft]:
        """The stages that parts of one level make; weeks that stand by themselves share one, called `title`."""
        found: list[PartDraft] = []
        loose: list[DocumentPart] = []
        for part in parts:
            if self._is_week_part(part):
                loose.append(part)
                continue
            found += self._build_loose_weeks(loose, title, found)
            loose = []
            stage = self.build_stage(part)
            found += [stage] if stage is not None else []
        return found + self._build_loose_weeks(loose, title, found)

    def _build_loose_weeks(
        self, parts: Sequence[DocumentPart], title: str, before: Sequence[PartDraft]
    ) -> list[PartDraft]:
        if not parts:
            return []
        # Weeks that something else parts from the first ones make a second stage, and two of one name confuse.
        is_taken = any(stage["title"] == title for stage in before)
        draft = set_draft_title(
            PartDraft(parts[0].line), f"{title}, continued" if is_taken else title, self.notes
        )
        draft.add_values("weeks", self._build_weeks(parts))
        return [draft] if "weeks" in draft else []

    def _is_week_part(self, part: DocumentPart) -> bool:
        return part.name.unit in (self._week_unit, "day")

    def build_stage(self, part: DocumentPart, body: SectionBody | None = None) -> PartDraft | None:
        """The stage that a part is; None where nothing in it can be ticked. `body` is its text, if that was read before."""
        if body is None:
            body = SectionBody(part.title, self.catalog, self.notes).read_part_heading(part)
        title = PREREQUISITE.sub("", part.full_title)
        draft = set_draft_title(
            PartDraft(part.line, time=self._find_stage_time(part), kind=_find_stage_kind(part)),
            title,
            self.notes,
        )
        draft.id_source = _ROUTE.sub("", PREREQUISITE.sub("", part.title))
        weeks = [inner for inner in part.parts if self._is_week_part(inner)]
        options: list[tuple[DocumentPart, list[PartDraft]]] = []
        for inner in part.parts:
            if inner not in weeks and not self._read_label_part(inner, body):
                options.append((inner, self._build_inner_stage(inner, body)))
        body.finish_course(part.line)
        if not (weeks or body.items or body.stages):
            body.items += build_fallback_items(part, body)
        self._set_items_optional(part, body.items)
        body.fill_stage_draft(draft)
        self._add_stage_weeks(draft, weeks)
        self._add_stage_choice(draft, part, options)
        return draft if any(name in draft for name in ("items", "weeks", "stages")) else None

    def _find_stage_time(self, part: DocumentPart) -> str:
        name = part.name
        if name.unit == "month" and not name.time and name.first:
            return f"{name.unit_count} month{'s' if name.unit_count > 1 else ''}"
        return name.time

    def _read_label_part(self, inner: DocumentPart, body: SectionBody) -> bool:
        """Take in a heading that is only a label, or set aside what belongs beside the plan."""
        label = find_label_role(inner.heading.text)
        role = find_section_role(inner.title)
        if inner.is_empty and not inner.name.unit and not inner.heading.links:
            self.notes.record_note(
                inner.line, "odd", f"Nothing stands below {quote_excerpt(inner.heading.text)}."
            )
            return True
        if label and not inner.name.unit:
            body.read_body_blocks(inner.blocks, label)
            for deeper in inner.parts:
                self._read_deeper_part(deeper, body)
            return True
        if role in _OUTSIDE and len(inner.title.split()) <= 3 and not inner.name.unit:
            self.outside_parts.append((inner, role))
            return True
        return False

    def _read_deeper_part(self, part: DocumentPart, body: SectionBody) -> None:
        if body.is_week:
            self._read_week_part(part, body)
        elif not self._read_label_part(part, body):
            self._build_inner_stage(part, body)

    def _build_inner_stage(self, inner: DocumentPart, body: SectionBody) -> list[PartDraft]:
        """A stage inside this one; or items of this one, where a heading only names courses or one thing to do. What was
        found is put into `body` and returned."""
        found = SectionBody(inner.title, self.catalog, self.notes).read_part_heading(inner)
        if inner.parts or found.items or found.stages:
            stage = self.build_stage(inner, found)
            body.stages += [stage] if stage is not None else []
            return [stage] if stage is not None else []
        found.finish_course(inner.line)
        items = build_fallback_items(inner, found)
        self._report_heading_task(inner, found)
        body.items += items
        body.outcomes += found.outcomes
        body.add_body_resources(found.resources)
        return items

    def _report_heading_task(self, part: DocumentPart, body: SectionBody) -> None:
        if not body.text_resources and not part.heading.links:
            self.notes.record_note(
                part.line,
                "read",
                "I read a heading with nothing but words below it as one thing to do.",
            )

    def _set_items_optional(self, part: DocumentPart, items: Iterable[PartDraft]) -> None:
        if part.name.is_optional:
            for item in items:
                item["essential"] = False

    def _add_stage_weeks(self, draft: PartDraft, weeks: Sequence[DocumentPart]) -> None:
        """Put weeks into a stage; what stands beside them moves, because a stage with weeks holds nothing else."""
        if not weeks:
            return
        drafts = self._build_weeks(weeks)
        items = draft.pop("items", [])
        if items and drafts:
            first = next((week for week in drafts if week.get("kind") != "break"), drafts[0])
            self.notes.record_note(
                items[0].line, "read", "I put what stands above the weeks into the first of them."
            )
            first["items"] = [*items, *first.get("items", [])]
        if "stages" not in draft:
            draft.add_values("weeks", drafts)
            return
        inner = set_draft_title(
            PartDraft(weeks[0].line, weeks=drafts), f"{draft['title']}, week by week", self.notes
        )
        draft["stages"] = sorted([*draft["stages"], inner], key=lambda stage: stage.line)

    def _add_stage_choice(
        self,
        draft: PartDraft,
        part: DocumentPart,
        options: Sequence[tuple[DocumentPart, list[PartDraft]]],
    ) -> None:
        """Offer what stands inside as a choice, where the heading or the names say that it is one."""
        routes = [
            (inner, takes) for inner, takes in options if _ROUTE.match(inner.heading.text) and takes
        ]
        taken = (
            [(inner, takes) for inner, takes in options if takes]
            if find_section_role(part.title) == "choice"
            else routes
        )
        if len(taken) < 2:
            return
        pick = (
            "one" if routes or _ONE.search(part.title) else 2 if _TWO.search(part.title) else "any"
        )
        choice = PartDraft(part.line, pick=pick, title=shorten_to_clause(part.title, LONGEST_TITLE))
        for inner, takes in taken[:LONGEST_LIST]:
            option = PartDraft(
                inner.line,
                title=shorten_to_clause(inner.title, LONGEST_TITLE),
                takes=takes[:LONGEST_LIST],
            )
            choice.add_values("options", [option])
        draft.add_values("choices", [choice])
        self.notes.record_note(
            part.line, "read", f"I read {quote_excerpt(part.title)} as a choice: pick {pick}."
        )

    # — weeks —

    def _build_weeks(self, parts: Sequence[DocumentPart]) -> list[PartDraft]:
        self._restartable_units.add(self._week_unit)
        weeks: list[PartDraft] = []
        for are_days, several in groupby(parts, lambda part: part.name.unit == "day"):
            group = list(several)
            weeks += (
                self._group_days(group)
                if are_days
                else [week for part in group for week in self._build_week(part)]
            )
        return weeks

    def _build_week(self, part: DocumentPart) -> list[PartDraft]:
        self._check_unit_number(part)
        self._restartable_units.add("day")
        body = SectionBody(part.title, self.catalog, self.notes, is_week=True).read_part_heading(
            part
        )
        for inner in part.parts:
            self._read_week_part(inner, body)
        body.finish_course(part.line)
        kind = _find_stage_kind(part)
        if not body.items and kind != "break":
            self.notes.record_note(
                part.line, "read", "This week lists nothing, so its title is the thing to do."
            )
            body.items += build_fallback_items(part, body)
            # Its words stand below the week, and once is enough.
            if body.items[0]["title"] == part.title:
                body.items[0].pop("summary", None)
            else:
                body.paragraphs.clear()
        self._set_items_optional(part, body.items)
        items, body.items = body.items, []
        draft = set_draft_title(
            body.fill_stage_draft(PartDraft(part.line, kind=kind)), part.title, self.notes
        )
        self._add_week_facts(part, draft)
        return self._spread_week_items(part, draft, items)

    def _add_week_facts(self, part: DocumentPart, draft: PartDraft) -> None:
        """Put into words what a week has no field for."""
        time = part.name.time or draft.get("time", "")
        draft.pop("time", None)
        if time:
            draft.append_summary(f"Time: {time}")
        for outcome in draft.pop("outcomes", []):
            draft.append_summary(f"Outcome: {outcome}")
        if part.name.dates and part.title != part.name.dates:
            self.notes.record_note(
                part.line,
                "dropped",
                f"I left out {quote_excerpt(part.name.dates)}: a cohort has its own dates.",
            )

    def _spread_week_items(
        self, part: DocumentPart, draft: PartDraft, items: list[PartDraft]
    ) -> list[PartDraft]:
        """One week, or as many as its heading spans, each with the next of its items."""
        count = part.name.unit_count if part.name.unit == self._week_unit else 1
        draft.add_values("items", items)
        if count == 1:
            return [draft]
        is_break = draft.get("kind") == "break"
        # One week more than a plan holds is enough for it to be refused.
        weeks = min(count, MOST_WEEKS + 1) if is_break else min(count, len(items)) or 1
        label, several = quote_excerpt(part.name.label), "s" if weeks > 1 else ""
        self.notes.record_note(
            part.line, "read", f"I read {label} as {weeks} week{several}, its items in their order."
        )
        if weeks < count and not is_break:
            self.notes.record_note(
                part.line,
                "odd",
                f"{label} spans {count} weeks and lists {len(items)} things to do.",
            )
        found = [draft]
        for _ in range(1, weeks):
            found.append(
                set_draft_title(
                    PartDraft(part.line, kind=draft.get("kind")), draft["title"], self.notes
                )
            )
        for place, week in enumerate(found):
            week.pop("items", None)
            week.add_values(
                "items", items[place * len(items) // weeks : (place + 1) * len(items) // weeks]
            )
        return found

    def _read_week_part(self, inner: DocumentPart, body: SectionBody) -> None:
        """Take a day, or what else stands below a heading inside a week, into the week."""
        if self._read_label_part(inner, body):
            return
        found = SectionBody(inner.title, self.catalog, self.notes, is_week=True).read_part_heading(
            inner
        )
        for deeper in inner.parts:
            self._read_week_part(deeper, found)
        found.finish_course(inner.line)
        if inner.name.unit == "day":
            self._check_unit_number(inner)
        elif found.items:
            self.notes.record_note(
                inner.line,
                "read",
                "I put what stands below a heading inside a week into the week itself.",
            )
        if found.items:
            found.items[0].append_summary(
                "\n\n".join([clean_plain_text(inner.full_title), *found.paragraphs])
            )
        elif _BREAK.search(inner.title):
            body.paragraphs += [clean_plain_text(inner.full_title), *found.paragraphs]
        else:
            found.items += build_fallback_items(inner, found)
            if inner.name.unit and inner.title != inner.full_title:
                found.items[0].append_summary(clean_plain_text(inner.full_title))
        self._set_items_optional(inner, found.items)
        _add_day_time(found.items, inner.name.time or found.time)
        body.items += found.items
        body.outcomes += found.outcomes
        body.add_body_resources(found.resources)

    def _group_days(self, parts: Sequence[DocumentPart]) -> list[PartDraft]:
        """Days that stand in no week, put together into weeks of five or seven."""
        most = max(part.name.last for part in parts)
        length = 5 if most in _FIVE_DAYS else 7
        self.notes.record_note(
            parts[0].line,
            "read",
            f"I put {length} days into each week, because the plan names no weeks.",
        )
        weeks: list[PartDraft] = []
        current, body, first = -1, None, parts[0]
        for place, part in enumerate(parts):
            number = ((part.name.first or place + 1) - 1) // length
            if body is None or (number != current and part.name.unit == "day"):
                weeks += self._build_day_week(first, body, current, length)
                current, first, body = (
                    number,
                    part,
                    SectionBody("", self.catalog, self.notes, is_week=True),
                )
            self._read_week_part(part, body)
        return weeks + self._build_day_week(first, body, current, length)

    def _build_day_week(
        self, part: DocumentPart, body: SectionBody | None, number: int, length: int
    ) -> list[PartDraft]:
        if body is None or not body.items:
            return []
        title = f"Days {number * length + 1}–{(number + 1) * length}"
        items, body.items = body.items, []
        draft = set_draft_title(body.fill_stage_draft(PartDraft(part.line)), title, self.notes)
        self._add_week_facts(DocumentPart(part.heading, HeadingName(title)), draft)
        draft.add_values("items", items)
        return [draft]

    def _check_unit_number(self, part: DocumentPart) -> None:
        """Tell where numbers jump or repeat; a new stage may begin at one again."""
        name = part.name
        last = self._last_number_by_unit.get(name.unit, 0)
        begins_again = name.first == 1 and name.unit in self._restartable_units
        self._restartable_units.discard(name.unit)
        if name.first and last and name.first != last + 1 and not begins_again:
            word = name.label or f"{name.unit} {name.first}"
            sentence = f"{quote_excerpt(word)} follows number {last}: look whether one is missing or named twice."
            self.notes.record_note(part.line, "odd", sentence)
        if name.first:
            self._last_number_by_unit[name.unit] = name.last


def _add_day_time(items: Sequence[PartDraft], time: str) -> None:
    """Keep the time that a day states: as estimate of its only item, or in words."""
    if time and len(items) == 1 and time.endswith(("minutes", "hours", "hour", "minute")):
        items[0].setdefault("estimate", time)
    elif time and items:
        items[0].append_summary(f"Time: {time}")


def _find_stage_kind(part: DocumentPart) -> str:
    text = part.heading.text
    if part.name.unit in ("week", "session", "day") or not part.name.unit:
        if (
            part.name.unit
            and _BREAK.search(text)
            and not any(entry.is_checked is not None for entry in part.entries)
        ):
            return "break" if not part.entries and not part.parts else ""
        if part.name.unit and _REVIEW.search(part.title):
            return "review"
    return "capstone" if part.name.unit and _CAPSTONE.search(text) else ""


def has_list_entries(part: DocumentPart) -> bool:
    """Whether a part without a number lists anything that could be ticked."""
    return any(inner.entries for inner in part.walk_parts())
