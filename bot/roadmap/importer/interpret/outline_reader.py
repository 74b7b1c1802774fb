"""What a document says as a plan: its title, its weeks and stages with their items, and all that stands beside them.

Every reading that could have been another is told, and nothing is left out silently. The finished data passes the same
judgement as a file that somebody wrote in our own format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from bot.roadmap import Problem, Roadmap, RoadmapError
from bot.roadmap.importer.interpret.draft import (
    LONGEST_TEXT,
    Draft,
    brief,
    lined,
    plain,
    quoted,
    titled,
)
from bot.roadmap.importer.interpret.extras import Beside
from bot.roadmap.importer.interpret.heading_names import Name
from bot.roadmap.importer.interpret.ids import name_all
from bot.roadmap.importer.interpret.parts import Part, parted
from bot.roadmap.importer.interpret.provenance import (
    fields_of,
    provenance,
    slug_of,
    text_of,
    unplaced,
)
from bot.roadmap.importer.interpret.resources import Shelf
from bot.roadmap.importer.interpret.stages import Builder, is_something_to_do
from bot.roadmap.importer.interpret.vocabulary import INFO, role_of, undecorated
from bot.roadmap.importer.report import Notes
from bot.roadmap.importer.tree import Outline, Prose, entries_below
from bot.roadmap.problem import WHOLE_FILE, Loc
from bot.roadmap.validation import judge_data

_WEEKLY = re.compile(
    r"\b(?:weekly|per week|each week|every week|a week|wöchentlich|semanal|hebdomadaire)\b", re.I
)
_BESIDE: Final = frozenset({"resources", "certificates", "portfolio"}) | INFO
# The most a plan holds of what stands beside it (bot/roadmap/model.py).
_MOST: Final = {"resources": 400, "portfolio": 100, "certificates": 100, "info": 100}
_STEP_UNITS: Final = frozenset({"week", "day", "session", "month"})


def understood(outline: Outline, name: str, notes: Notes) -> Roadmap:
    """The plan in an outline; how it was read is told. `name` is that of the file, without folders. Raises RoadmapError for
    more than a plan holds, and where nothing can be ticked."""
    plan = _Reading(outline, name, notes).plan()
    if not _can_be_ticked(plan):
        file = brief(plain(name), 60)
        advice = "write the things to do as bullets below headings such as Week 1."
        sentence = f"I found nothing to tick in {file}: {advice}"
        raise RoadmapError([Problem(name, 1, WHOLE_FILE, sentence)])
    _report_lost_boxes(outline, plan, notes)
    name_all(plan, notes)
    return judge_data(Roadmap, plan, name, _line_in(plan))


def _has_boxes(part: Part) -> bool:
    """Whether anything below a heading has a box, which says that it is to be ticked."""
    return any(
        entry.checked is not None for inner in part.walk() for entry in entries_below(inner.blocks)
    )


def _can_be_ticked(step: Draft) -> bool:
    return "items" in step or any(
        _can_be_ticked(inner) for name in ("stages", "weeks") for inner in step.get(name, ())
    )


def _report_lost_boxes(outline: Outline, plan: Draft, notes: Notes) -> None:
    """Name every entry with a box that became something else than an item."""
    ticked = set(_lines_of_items(plan))
    for section in outline.root.walk():
        for entry in entries_below(section.blocks):
            if entry.checked is not None and entry.line not in ticked:
                said = quoted(entry.prose.text or "An empty box")
                sentence = (
                    f"{said} has a box, but nobody will be able to tick it: move it below a week."
                )
                notes.tell(entry.line, "odd", sentence)


def _lines_of_items(step: Draft) -> Iterator[int]:
    yield from (item.line for item in step.get("items", ()))
    for name in ("stages", "weeks"):
        for inner in step.get(name, ()):
            yield from _lines_of_items(inner)


def _line_in(plan: Draft) -> Callable[[Loc], int]:
    """Where in the document the field of a path was read."""

    def line_of(loc: Loc) -> int:
        line, at = plan.line, plan
        for step in loc:
            try:
                at = at[step]  # type: ignore[index]
            except (TypeError, KeyError, IndexError):
                break
            line = at.line if isinstance(at, Draft) else line
        return line

    return line_of


class _Reading:
    """One document on the way to its plan."""

    def __init__(self, outline: Outline, name: str, notes: Notes) -> None:
        self._front, self._name, self._notes = outline.front, name, notes
        root = parted(outline.root, notes)
        self._shelf = Shelf(notes)
        self._builder = Builder(self._shelf, notes)
        self._beside = Beside(self._shelf, notes)
        self._summary = text_of(fields_of(outline.front).get("summary"))
        self._title, self._intro, self._tops = self._head(root)
        self._before: list[Part] = []
        self._plan: list[Part] = []
        self._others: list[tuple[Part, str]] = []
        self._has_one = False

    def plan(self) -> Draft:
        """All of it, as data with drafts instead of ids."""
        self._open()
        self._sort()
        draft = titled(Draft(1), self._title, self._notes)
        draft.pop("summary", None)
        draft["slug"] = slug_of(self._name, self._title)
        if len(self._summary) > LONGEST_TEXT:
            self._notes.tell(0, "dropped", f"I shortened the summary to {LONGEST_TEXT} characters.")
        source = brief(plain(self._name), 60) or "a file"
        draft["summary"] = brief(self._summary, LONGEST_TEXT) or f"Imported from {source}."
        if (origin := provenance(self._front, self._title, self._notes)) is not None:
            draft["provenance"] = origin
        draft.add("stages", self._stages())
        # What the plan names comes first on the shelf; what stands beside it may say more of the same.
        for part, role in (*self._others, *self._builder.outside):
            self._beside.place(part, "" if role == role_of(part.title) else role)
        if more := unplaced(self._front):
            self._beside.info.append(
                Draft(1, kind="note", title="Front matter", points=lined(more, self._notes, 1))
            )
            self._notes.tell(1, "kept", "I kept the other fields of the front matter as a note.")
        self._hold(draft)
        return draft

    # — the beginning of the document —

    def _head(self, root: Part) -> tuple[str, list[Any], list[Part]]:
        """The title, what stands before the first section, and the sections of the highest level."""
        tops, intro = root.parts, list(root.blocks)
        given = text_of(fields_of(self._front).get("title"))
        first = tops[0] if tops else None
        title = ""
        is_named = first is not None and bool(first.heading.text) and not first.name.unit
        if first is not None and is_named and (len(tops) == 1 or self._is_title(first, given)):
            title = undecorated(first.heading.text, numbered=True)
            intro += first.blocks
            tops = [*first.parts, *tops[1:]]
            self._shelf.linked(first.heading)
        stem = re.sub(r"[_-]+", " ", self._name.rsplit(".", 1)[0])
        return given or title or plain(stem) or "An imported plan", intro, tops

    def _is_title(self, first: Part, given: str) -> bool:
        # Of several first headings, the first is the title if it says the same as the front matter, or nothing of its own.
        bare = undecorated(first.heading.text).casefold()
        return bare == given.casefold() or (
            not given and not role_of(first.title) and not first.entries
        )

    def _open(self) -> None:
        """Find the summary; what else stands at the beginning is kept."""
        rest: list[Any] = []
        overview = [
            part for part in self._tops if role_of(part.title) == "summary" and not part.name.unit
        ]
        if not self._summary and overview and overview[0].proses:
            self._summary = self._taken(overview[0])
        first = min((part.line for part in self._tops), default=10**9)
        for block in self._intro:
            is_words = (
                isinstance(block, Prose)
                and not block.label
                and not block.strong
                and block.line < first
            )
            if is_words and not self._summary:
                self._summary = plain(block.text)
                self._shelf.linked(block)
            else:
                rest.append(block)
        self._intro = rest
        if not self._summary:
            self._summary = next((plain(prose.text) for prose in self._first_paragraphs()), "")

    def _first_paragraphs(self) -> Iterator[Prose]:
        """The paragraphs before the plan; the first of them serves as summary where nothing else does."""
        for part in self._tops:
            if self._belongs(part):
                return
            for inner in part.walk():
                yield from (
                    prose
                    for prose in inner.proses
                    if not prose.label and not prose.strong and len(prose.text) > 30
                )

    def _taken(self, part: Part) -> str:
        """The paragraphs of an overview, as the summary of the plan."""
        words = [prose for prose in part.proses if not prose.label]
        part.blocks = [block for block in part.blocks if not any(block is one for one in words)]
        for prose in words:
            self._shelf.linked(prose)
        if part.is_empty:
            self._tops = [one for one in self._tops if one is not part]
        return "\n\n".join(plain(prose.text) for prose in words)

    # — what is the plan, and what stands beside it —

    def _sort(self) -> None:
        planned = [part for part in self._tops if self._belongs(part)]
        self._has_one = len(planned) == 1
        for part in self._tops:
            self._place(part, has_plan=bool(planned))
        first = (
            Part(Prose(self._intro[0].line, self._title), Name(self._title), self._intro)
            if self._intro
            else None
        )
        if first is not None and (_has_boxes(first) or (not self._plan and first.entries)):
            self._plan.insert(0, first)
        elif self._intro:
            self._beside.note(self._intro, "", self._intro[0].line)

    def _belongs(self, part: Part) -> bool:
        """Whether a section is the plan itself or holds it."""
        role = role_of(part.title)
        units = {inner.name.unit for inner in part.walk()} - {""}
        if units & _STEP_UNITS or (units and role not in _BESIDE):
            return True
        return role == "plan" and (bool(part.parts) or is_something_to_do(part))

    def _place(self, part: Part, *, has_plan: bool) -> None:
        role = role_of(part.title)
        if self._belongs(part):
            self._take(part, role)
        elif role == "before" and self._can_be_done(part):
            self._before.append(part)
        elif part.is_empty or role in _BESIDE:
            self._others.append((part, role if role in _BESIDE else ""))
        elif has_plan and role != "skip" and _has_boxes(part):
            sentence = (
                f"I read {quoted(part.title)} as a stage of its own, because it has boxes to tick."
            )
            self._notes.tell(part.line, "read", sentence)
            self._plan.append(part)
        elif any(role_of(inner.title) in _BESIDE for inner in part.parts):
            self._keep(part, role)
            for inner in part.parts:
                self._place(inner, has_plan=has_plan)
        elif not has_plan and role not in ("summary", "skip") and is_something_to_do(part):
            self._plan.append(part)
        else:
            self._set_aside(part, role)

    def _can_be_done(self, part: Part) -> bool:
        return is_something_to_do(part) or any(
            prose.links for inner in part.walk() for prose in inner.proses
        )

    def _take(self, part: Part, role: str) -> None:
        """Take a section into the plan: as a stage, or what is in it, where its heading only says that here is the plan."""
        direct = {inner.name.unit for inner in part.parts} - {""}
        if part.name.unit or not (
            role == "plan" or (direct and not part.entries and not role and self._has_one)
        ):
            self._plan.append(part)
            return
        if part.entries and not part.parts:
            self._plan.append(part)
            return
        if role != "plan":
            self._notes.tell(
                part.line, "read", f"I read {quoted(part.title)} as the heading of the whole plan."
            )
        self._keep(part, "context")
        for inner in part.parts:
            inner_role = role_of(inner.title)
            if inner_role == "before" and self._can_be_done(inner):
                self._before.append(inner)
            elif (
                inner_role in _BESIDE
                and direct
                and not inner.name.unit
                and not self._belongs(inner)
            ):
                self._others.append((inner, inner_role))
            elif inner.is_empty and not inner.name.unit and not inner.heading.links:
                self._others.append((inner, ""))
            else:
                self._plan.append(inner)

    def _keep(self, part: Part, role: str) -> None:
        """Keep the words at the beginning of a section whose parts go different ways."""
        if part.blocks:
            self._others.append(
                (Part(part.heading, part.name, part.blocks), role if role in INFO else "")
            )

    def _set_aside(self, part: Part, role: str) -> None:
        self._others.append((part, "context" if role in ("summary", "before") else ""))

    # — the plan —

    def _stages(self) -> list[Draft]:
        text_says_weekly = bool(_WEEKLY.search(self._summary[:5000]))
        self._builder.count([*self._before, *self._plan], text_says_weekly=text_says_weekly)
        before = [
            draft for part in self._before if (draft := self._builder.stage(part)) is not None
        ]
        after = self._builder.stages(self._plan, self._title)
        for stage in after:
            stage.refer("requires", before)
        return [*before, *after]

    def _hold(self, draft: Draft) -> None:
        """Put in what stands beside the plan, as much of it as a plan holds."""
        held = {
            "resources": self._shelf.drafts, "portfolio": self._beside.portfolio,
            "certificates": self._beside.certificates, "info": self._beside.info,
        }  # fmt: skip
        for name, found in held.items():
            most, drafts = _MOST[name], sorted(found, key=lambda one: one.line)
            draft.add(name, drafts[:most])
            if drafts[most:]:
                what = "notes" if name == "info" else name
                sentence = f"I left out {what} from here on: a plan holds {most} of them."
                self._notes.tell(drafts[most].line, "dropped", sentence)
