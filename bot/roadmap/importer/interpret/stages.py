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
    Draft,
    brief,
    plain,
    quoted,
    titled,
)
from bot.roadmap.importer.interpret.heading_names import Name
from bot.roadmap.importer.interpret.parts import Part
from bot.roadmap.importer.interpret.resources import Shelf
from bot.roadmap.importer.interpret.section_body import PREREQUISITE, Body, things_named
from bot.roadmap.importer.interpret.vocabulary import label_of, role_of
from bot.roadmap.importer.report import Notes

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
class Builder:
    """Makes stages of parts. `outside` are the parts found inside the plan that belong beside it, each with its role."""

    shelf: Shelf
    notes: Notes
    outside: list[tuple[Part, str]] = field(default_factory=list)
    _weekly: str = "week"
    """The unit that is a week here: week or session."""
    _last: dict[str, int] = field(default_factory=dict)
    """The last number of each unit."""
    _fresh: set[str] = field(default_factory=set)
    """The units that may begin again at one."""

    def count(self, parts: Sequence[Part], *, text_says_weekly: bool) -> None:
        """Find out what is a week: where nothing shorter or longer is counted, sessions may be."""
        units = Counter(part.name.unit for top in parts for part in top.walk() if part.name.unit)
        if units["week"] or units["day"] or not units["session"]:
            return
        first = next(part for top in parts for part in top.walk() if part.name.unit == "session")
        word = first.name.label
        if not (units["month"] or units["phase"]) and (
            text_says_weekly or units["session"] <= MOST_SESSIONS
        ):
            self._weekly = "session"
            self.notes.tell(
                first.line, "read", f"I read {quoted(word)} and what follows as one week each."
            )
        else:
            self.notes.tell(
                first.line,
                "read",
                f"I read {quoted(word)} and what follows as stages, not as weeks.",
            )

    def stages(self, parts: Sequence[Part], title: str) -> list[Draft]:
        """The stages that parts of one level make; weeks that stand by themselves share one, called `title`."""
        found: list[Draft] = []
        loose: list[Part] = []
        for part in parts:
            if self._is_weekly(part):
                loose.append(part)
                continue
            found += self._loose(loose, title, found)
            loose = []
            stage = self.stage(part)
            found += [stage] if stage is not None else []
        return found + self._loose(loose, title, found)

    def _loose(self, parts: Sequence[Part], title: str, before: Sequence[Draft]) -> list[Draft]:
        if not parts:
            return []
        # Weeks that something else parts from the first ones make a second stage, and two of one name confuse.
        is_taken = any(stage["title"] == title for stage in before)
        draft = titled(
            Draft(parts[0].line), f"{title}, continued" if is_taken else title, self.notes
        )
        draft.add("weeks", self._weeks(parts))
        return [draft] if "weeks" in draft else []

    def _is_weekly(self, part: Part) -> bool:
        return part.name.unit in (self._weekly, "day")

    def stage(self, part: Part, body: Body | None = None) -> Draft | None:
        """The stage that a part is; None where nothing in it can be ticked. `body` is its text, if that was read before."""
        if body is None:
            body = Body(part.title, self.shelf, self.notes).head(part)
        title = PREREQUISITE.sub("", part.full_title)
        draft = titled(Draft(part.line, time=self._time(part), kind=_kind(part)), title, self.notes)
        draft.called = _ROUTE.sub("", PREREQUISITE.sub("", part.title))
        weeks = [inner for inner in part.parts if self._is_weekly(inner)]
        options: list[tuple[Part, list[Draft]]] = []
        for inner in part.parts:
            if inner not in weeks and not self._read_inside(inner, body):
                options.append((inner, self._inside(inner, body)))
        body.finish(part.line)
        if not (weeks or body.items or body.stages):
            body.items += things_named(part, body)
        self._essential(part, body.items)
        body.stage(draft)
        self._with_weeks(draft, weeks)
        self._choice(draft, part, options)
        return draft if any(name in draft for name in ("items", "weeks", "stages")) else None

    def _time(self, part: Part) -> str:
        name = part.name
        if name.unit == "month" and not name.time and name.first:
            return f"{name.count} month{'s' if name.count > 1 else ''}"
        return name.time

    def _read_inside(self, inner: Part, body: Body) -> bool:
        """Take in a heading that is only a label, or set aside what belongs beside the plan."""
        label = label_of(inner.heading.text)
        role = role_of(inner.title)
        if inner.is_empty and not inner.name.unit and not inner.heading.links:
            self.notes.tell(
                inner.line, "odd", f"Nothing stands below {quoted(inner.heading.text)}."
            )
            return True
        if label and not inner.name.unit:
            body.read(inner.blocks, label)
            for deeper in inner.parts:
                self._deeper(deeper, body)
            return True
        if role in _OUTSIDE and len(inner.title.split()) <= 3 and not inner.name.unit:
            self.outside.append((inner, role))
            return True
        return False

    def _deeper(self, part: Part, body: Body) -> None:
        if body.is_week:
            self._in_week(part, body)
        elif not self._read_inside(part, body):
            self._inside(part, body)

    def _inside(self, inner: Part, body: Body) -> list[Draft]:
        """A stage inside this one; or items of this one, where a heading only names courses or one thing to do. What was
        found is put into `body` and returned."""
        found = Body(inner.title, self.shelf, self.notes).head(inner)
        if inner.parts or found.items or found.stages:
            stage = self.stage(inner, found)
            body.stages += [stage] if stage is not None else []
            return [stage] if stage is not None else []
        found.finish(inner.line)
        items = things_named(inner, found)
        self._say_named(inner, found)
        body.items += items
        body.outcomes += found.outcomes
        body.refer(found.resources)
        return items

    def _say_named(self, part: Part, body: Body) -> None:
        if not body.named and not part.heading.links:
            self.notes.tell(
                part.line,
                "read",
                "I read a heading with nothing but words below it as one thing to do.",
            )

    def _essential(self, part: Part, items: Iterable[Draft]) -> None:
        if part.name.is_optional:
            for item in items:
                item["essential"] = False

    def _with_weeks(self, draft: Draft, weeks: Sequence[Part]) -> None:
        """Put weeks into a stage; what stands beside them moves, because a stage with weeks holds nothing else."""
        if not weeks:
            return
        drafts = self._weeks(weeks)
        items = draft.pop("items", [])
        if items and drafts:
            first = next((week for week in drafts if week.get("kind") != "break"), drafts[0])
            self.notes.tell(
                items[0].line, "read", "I put what stands above the weeks into the first of them."
            )
            first["items"] = [*items, *first.get("items", [])]
        if "stages" not in draft:
            draft.add("weeks", drafts)
            return
        inner = titled(
            Draft(weeks[0].line, weeks=drafts), f"{draft['title']}, week by week", self.notes
        )
        draft["stages"] = sorted([*draft["stages"], inner], key=lambda stage: stage.line)

    def _choice(
        self, draft: Draft, part: Part, options: Sequence[tuple[Part, list[Draft]]]
    ) -> None:
        """Offer what stands inside as a choice, where the heading or the names say that it is one."""
        routes = [
            (inner, takes) for inner, takes in options if _ROUTE.match(inner.heading.text) and takes
        ]
        taken = (
            [(inner, takes) for inner, takes in options if takes]
            if role_of(part.title) == "choice"
            else routes
        )
        if len(taken) < 2:
            return
        pick = (
            "one" if routes or _ONE.search(part.title) else 2 if _TWO.search(part.title) else "any"
        )
        choice = Draft(part.line, pick=pick, title=brief(part.title, LONGEST_TITLE))
        for inner, takes in taken[:LONGEST_LIST]:
            option = Draft(
                inner.line, title=brief(inner.title, LONGEST_TITLE), takes=takes[:LONGEST_LIST]
            )
            choice.add("options", [option])
        draft.add("choices", [choice])
        self.notes.tell(part.line, "read", f"I read {quoted(part.title)} as a choice: pick {pick}.")

    # — weeks —

    def _weeks(self, parts: Sequence[Part]) -> list[Draft]:
        self._fresh.add(self._weekly)
        weeks: list[Draft] = []
        for are_days, several in groupby(parts, lambda part: part.name.unit == "day"):
            group = list(several)
            weeks += (
                self._days(group)
                if are_days
                else [week for part in group for week in self._week(part)]
            )
        return weeks

    def _week(self, part: Part) -> list[Draft]:
        self._check_number(part)
        self._fresh.add("day")
        body = Body(part.title, self.shelf, self.notes, is_week=True).head(part)
        for inner in part.parts:
            self._in_week(inner, body)
        body.finish(part.line)
        kind = _kind(part)
        if not body.items and kind != "break":
            self.notes.tell(
                part.line, "read", "This week lists nothing, so its title is the thing to do."
            )
            body.items += things_named(part, body)
            # Its words stand below the week, and once is enough.
            if body.items[0]["title"] == part.title:
                body.items[0].pop("summary", None)
            else:
                body.words.clear()
        self._essential(part, body.items)
        items, body.items = body.items, []
        draft = titled(body.stage(Draft(part.line, kind=kind)), part.title, self.notes)
        self._say_week(part, draft)
        return self._spread(part, draft, items)

    def _say_week(self, part: Part, draft: Draft) -> None:
        """Put into words what a week has no field for."""
        time = part.name.time or draft.get("time", "")
        draft.pop("time", None)
        if time:
            draft.describe(f"Time: {time}")
        for outcome in draft.pop("outcomes", []):
            draft.describe(f"Outcome: {outcome}")
        if part.name.dates and part.title != part.name.dates:
            self.notes.tell(
                part.line,
                "dropped",
                f"I left out {quoted(part.name.dates)}: a cohort has its own dates.",
            )

    def _spread(self, part: Part, draft: Draft, items: list[Draft]) -> list[Draft]:
        """One week, or as many as its heading spans, each with the next of its items."""
        count = part.name.count if part.name.unit == self._weekly else 1
        draft.add("items", items)
        if count == 1:
            return [draft]
        is_break = draft.get("kind") == "break"
        # One week more than a plan holds is enough for it to be refused.
        weeks = min(count, MOST_WEEKS + 1) if is_break else min(count, len(items)) or 1
        label, several = quoted(part.name.label), "s" if weeks > 1 else ""
        self.notes.tell(
            part.line, "read", f"I read {label} as {weeks} week{several}, its items in their order."
        )
        if weeks < count and not is_break:
            self.notes.tell(
                part.line,
                "odd",
                f"{label} spans {count} weeks and lists {len(items)} things to do.",
            )
        found = [draft]
        for _ in range(1, weeks):
            found.append(
                titled(Draft(part.line, kind=draft.get("kind")), draft["title"], self.notes)
            )
        for place, week in enumerate(found):
            week.pop("items", None)
            week.add(
                "items", items[place * len(items) // weeks : (place + 1) * len(items) // weeks]
            )
        return found

    def _in_week(self, inner: Part, body: Body) -> None:
        """Take a day, or what else stands below a heading inside a week, into the week."""
        if self._read_inside(inner, body):
            return
        found = Body(inner.title, self.shelf, self.notes, is_week=True).head(inner)
        for deeper in inner.parts:
            self._in_week(deeper, found)
        found.finish(inner.line)
        if inner.name.unit == "day":
            self._check_number(inner)
        elif found.items:
            self.notes.tell(
                inner.line,
                "read",
                "I put what stands below a heading inside a week into the week itself.",
            )
        if found.items:
            found.items[0].describe("\n\n".join([plain(inner.full_title), *found.words]))
        elif _BREAK.search(inner.title):
            body.words += [plain(inner.full_title), *found.words]
        else:
            found.items += things_named(inner, found)
            if inner.name.unit and inner.title != inner.full_title:
                found.items[0].describe(plain(inner.full_title))
        self._essential(inner, found.items)
        _take_time(found.items, inner.name.time or found.time)
        body.items += found.items
        body.outcomes += found.outcomes
        body.refer(found.resources)

    def _days(self, parts: Sequence[Part]) -> list[Draft]:
        """Days that stand in no week, put together into weeks of five or seven."""
        most = max(part.name.last for part in parts)
        length = 5 if most in _FIVE_DAYS else 7
        self.notes.tell(
            parts[0].line,
            "read",
            f"I put {length} days into each week, because the plan names no weeks.",
        )
        weeks: list[Draft] = []
        current, body, first = -1, None, parts[0]
        for place, part in enumerate(parts):
            number = ((part.name.first or place + 1) - 1) // length
            if body is None or (number != current and part.name.unit == "day"):
                weeks += self._closed(first, body, current, length)
                current, first, body = number, part, Body("", self.shelf, self.notes, is_week=True)
            self._in_week(part, body)
        return weeks + self._closed(first, body, current, length)

    def _closed(self, part: Part, body: Body | None, number: int, length: int) -> list[Draft]:
        if body is None or not body.items:
            return []
        title = f"Days {number * length + 1}–{(number + 1) * length}"
        items, body.items = body.items, []
        draft = titled(body.stage(Draft(part.line)), title, self.notes)
        self._say_week(Part(part.heading, Name(title)), draft)
        draft.add("items", items)
        return [draft]

    def _check_number(self, part: Part) -> None:
        """Tell where numbers jump or repeat; a new stage may begin at one again."""
        name = part.name
        last = self._last.get(name.unit, 0)
        begins_again = name.first == 1 and name.unit in self._fresh
        self._fresh.discard(name.unit)
        if name.first and last and name.first != last + 1 and not begins_again:
            word = name.label or f"{name.unit} {name.first}"
            sentence = (
                f"{quoted(word)} follows number {last}: look whether one is missing or named twice."
            )
            self.notes.tell(part.line, "odd", sentence)
        if name.first:
            self._last[name.unit] = name.last


def _take_time(items: Sequence[Draft], time: str) -> None:
    """Keep the time that a day states: as estimate of its only item, or in words."""
    if time and len(items) == 1 and time.endswith(("minutes", "hours", "hour", "minute")):
        items[0].setdefault("estimate", time)
    elif time and items:
        items[0].describe(f"Time: {time}")


def _kind(part: Part) -> str:
    text = part.heading.text
    if part.name.unit in ("week", "session", "day") or not part.name.unit:
        if (
            part.name.unit
            and _BREAK.search(text)
            and not any(entry.checked is not None for entry in part.entries)
        ):
            return "break" if not part.entries and not part.parts else ""
        if part.name.unit and _REVIEW.search(part.title):
            return "review"
    return "capstone" if part.name.unit and _CAPSTONE.search(text) else ""


def is_something_to_do(part: Part) -> bool:
    """Whether a part without a number lists anything that could be ticked."""
    return any(inner.entries for inner in part.walk())
