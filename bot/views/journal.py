"""A person's own data to read: day by day in their zone, as a file or in pages of text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.chat.message import escape_text
from bot.views.dates import format_day

Row = Mapping[str, Any]
Sections = Mapping[str, Sequence[Row]]

LONGEST_PIECE = 800  # characters of people's words in one line; escaping may double them
NUMBERS = {"id", "account_id"}  # columns that mean nothing to a reader
FORMAT = "syllabot-mydata"
VERSION = 1


@dataclass(frozen=True, slots=True)
class JournalNames:
    """How ids are called: an item by its roadmap, a week by its cohort, a kind of letter."""

    item: Callable[[str, str], str]
    week: Callable[[str | None, str], str]
    letter: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A heading, an entry, or a piece of what somebody typed. `text` is prose, escaped."""

    kind: Literal["title", "heading", "entry", "quote"]
    text: str

    def format_markdown(self) -> str:
        """Return the line for the file."""
        before = {"title": "# ", "heading": "\n## ", "entry": "- ", "quote": "  > "}
        return before[self.kind] + self.text

    def format_prose(self) -> str:
        """Return the line for a message."""
        if self.kind in ("title", "heading"):
            return f"**{self.text}**"
        return f"• {self.text}" if self.kind == "entry" else f"    {self.text}"


# — the machine's version —


def format_personal_json(sections: Sections, made_at: datetime) -> str:
    """Return everything as JSON, instants in UTC."""
    document = {"format": FORMAT, "version": VERSION, "made_at": made_at, **sections}
    return json.dumps(document, ensure_ascii=False, indent=1, default=_encode_value) + "\n"


def _encode_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


# — the readable version —


def format_journal(lines: Iterable[JournalLine]) -> str:
    """Return the journal as a Markdown file."""
    return "\n".join(line.format_markdown() for line in lines) + "\n"


def build_journal(
    sections: Sections, names: JournalNames, zone: ZoneInfo, made_at: datetime
) -> list[JournalLine]:
    """Return the lines: who you are, then each day, then everything else."""
    writer = JournalWriter(sections, names, zone)
    return [
        JournalLine("title", "Your journal with Syllabot"),
        JournalLine(
            "entry", f"Written on {writer.format_moment(made_at)}. All times are {zone.key} time."
        ),
        *writer.list_accounts(),
        *writer.list_memberships(),
        *writer.list_days(),
        *writer.list_other_sections(),
    ]


class JournalWriter:
    """Writes the parts of a journal."""

    def __init__(self, sections: Sections, names: JournalNames, zone: ZoneInfo) -> None:
        self._sections = sections
        self._names = names
        self._zone = zone
        self._told = {"person", "accounts", "memberships", "scores"}

    def format_moment(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{format_day(local.date())}, {local:%H:%M}"

    def list_accounts(self) -> Iterator[JournalLine]:
        yield JournalLine("heading", "Your accounts")
        for row in self._sections["accounts"]:
            line = f"{_bold(row['name'])} on {row['platform'].capitalize()}"
            line += f" ({escape_text(row['native'])}), met on {self.format_moment(row['met_at'])}"
            yield JournalLine("entry", line)

    def list_memberships(self) -> Iterator[JournalLine]:
        if self._sections["memberships"]:
            yield JournalLine("heading", "Your cohorts")
        for row in self._sections["memberships"]:
            yield JournalLine("entry", self._describe_membership(row))

    def _describe_membership(self, row: Row) -> str:
        parts = [f"{_bold(row['cohort'])}: joined on {self.format_moment(row['joined_at'])}"]
        if row["left_at"]:
            parts.append(f"left on {self.format_moment(row['left_at'])}")
        if row["alias"]:
            parts.append(f"shown as {_bold(row['alias'])}")
        if row["hidden"]:
            parts.append("hidden from the others")
        return ", ".join(parts)

    # — day by day —

    def list_days(self) -> Iterator[JournalLine]:
        by_day: dict[date, list[tuple[datetime, list[JournalLine]]]] = defaultdict(list)
        for at, lines in self._list_deeds():
            by_day[at.astimezone(self._zone).date()].append((at, lines))
        for day in sorted(by_day):
            yield JournalLine("heading", format_day(day))
            for _, lines in sorted(by_day[day], key=_get_instant):
                yield from lines

    def _list_deeds(self) -> Iterator[tuple[datetime, list[JournalLine]]]:
        describers: Mapping[str, tuple[str, Callable[[Row], Iterator[JournalLine]]]] = {
            "ticks": ("at", self._describe_tick),
            "check_ins": ("at", self._describe_checkin),
            "projects": ("at", self._describe_project),
            "certificates": ("at", self._describe_certificate),
            "private_letters": ("moment", self._describe_letter),
        }
        for section, (moment, describe) in describers.items():
            self._told.add(section)
            for row in self._sections[section]:
                yield row[moment], list(describe(row))

    def _describe_tick(self, row: Row) -> Iterator[JournalLine]:
        title = self._names.item(row["roadmap"], row["item"])
        yield self._start_entry(row["at"], f"ticked {_bold(title)}")

    def _describe_checkin(self, row: Row) -> Iterator[JournalLine]:
        parts = [f"checked in for {escape_text(self._names.week(row['cohort'], row['week_id']))}"]
        if row["hours"] is not None:
            parts.append(f"{row['hours']:g} h")
        if row["confidence"] is not None:
            parts.append(f"confidence {row['confidence']} of 5")
        yield self._start_entry(row["at"], ", ".join(parts))
        yield from _quote(row["note"])
        yield from _quote(row["blockers"], "blocked by: ")

    def _describe_project(self, row: Row) -> Iterator[JournalLine]:
        yield self._start_entry(row["at"], f"added the project {_bold(row['title'])}")
        yield from _quote(row["link"])

    def _describe_certificate(self, row: Row) -> Iterator[JournalLine]:
        earned = f"earned on {format_day(row['earned'])}"
        text = f"added the certificate {_bold(row['title'])}, {earned}"
        yield self._start_entry(row["at"], text)
        yield from _quote(row["link"])

    def _describe_letter(self, row: Row) -> Iterator[JournalLine]:
        title = escape_text(self._names.letter(row["kind"]))
        yield self._start_entry(row["moment"], f"private letter: {title} ({row['state']})")
        yield from _quote(row["message"])

    def _start_entry(self, at: datetime, text: str) -> JournalLine:
        return JournalLine("entry", f"{at.astimezone(self._zone):%H:%M} {text}")

    # — everything else —

    def list_other_sections(self) -> Iterator[JournalLine]:
        """Yield what has no words of its own here, so that nothing is left out."""
        for section, rows in self._sections.items():
            if section in self._told or not rows:
                continue
            yield JournalLine("heading", section.replace("_", " ").capitalize())
            for row in rows:
                yield from self._list_row_lines(row)

    def _list_row_lines(self, row: Row) -> Iterator[JournalLine]:
        facts = []
        for name, value in row.items():
            if name not in NUMBERS and value is not None and value != "":
                facts.append(f"{name.replace('_', ' ')}: {self._format_value(value)}")
        first, *others = _cut(", ".join(facts))
        yield JournalLine("entry", escape_text(first))
        for piece in others:
            yield JournalLine("quote", escape_text(piece))

    def _format_value(self, value: object) -> str:
        if isinstance(value, datetime):
            return self.format_moment(value)
        if isinstance(value, date):
            return format_day(value)
        if isinstance(value, list | dict):
            return json.dumps(value, ensure_ascii=False)
        return str(value)


def _get_instant(deed: tuple[datetime, list[JournalLine]]) -> datetime:
    return deed[0]


def _bold(typed: str | None) -> str:
    return f"**{escape_text(typed or 'unknown')}**"


def _quote(typed: str, before: str = "") -> Iterator[JournalLine]:
    if typed:
        for piece in _cut(before + typed):
            yield JournalLine("quote", escape_text(piece))


def _cut(text: str) -> list[str]:
    """Return a text in lines that a page has room for."""
    pieces = []
    for line in text.splitlines() or [""]:
        starts = range(0, max(1, len(line)), LONGEST_PIECE)
        pieces += [line[start : start + LONGEST_PIECE] for start in starts]
    return pieces
