"""Where a document says that it comes from: the title, author, day and tags in its front matter, and the name of its file."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from bot.roadmap import is_link
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_TITLE,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    quote_excerpt,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.ids import LONGEST_SLUG, build_slug
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Front

_GENERIC_WORDS = (
    "readme read me plan roadmap untitled index document note notes file files stdin export download syllabus curriculum text "
    "doc new copy draft final message attachment upload paste pasted import input page home main content contents md markdown "
    "test temp tmp of my our the"
)
_GENERIC: Final = re.compile(rf"(?:{'|'.join(_GENERIC_WORDS.split())}|v\d*|[a-z]|\d+)")
_HASH: Final = re.compile(r"(?=.*\d)[0-9a-f]{8,}")
_NAMES: Final = {
    "title": "title name",
    "summary": "description summary excerpt abstract subtitle",
    "author": "author authors by creator instructor",
    "published": "date pubdate published publishdate created pub_date pubdatetime updated",
    "tags": "tags keywords categories topics category",
    "link": "link url source canonical canonical_url original",
}
_FIELD: Final = {name: field for field, names in _NAMES.items() for name in names.split()}
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_WORDED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)? )?([A-Za-z]{3})[a-z]*\.?(?: (\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})"
)


def map_front_matter(front: Front) -> dict[str, str | tuple[str, ...]]:
    """The front matter under the names a plan has for it; what it has none for keeps its own."""
    found: dict[str, str | tuple[str, ...]] = {}
    for name, value in front.items():
        found.setdefault(_FIELD.get(name.casefold().replace(" ", "").replace("-", ""), name), value)
    return found


def build_provenance(front: Front, title: str, notes: ImportNotes) -> PartDraft | None:
    """What goes into the plan's provenance; None if there is nothing."""
    fields = map_front_matter(front)
    draft = PartDraft(1)
    if title != shorten_to_clause(title, LONGEST_TITLE):
        draft["title"] = shorten_to_clause(title, LONGEST_LINE)
    if author := format_front_matter_value(fields.get("author")):
        draft["author"] = shorten_to_clause(author, LONGEST_LINE)
    if (published := format_front_matter_value(fields.get("published"))) and (
        day := _parse_publication_date(published, notes)
    ):
        draft["published"] = day.isoformat()
    tags = fields.get("tags", ())
    draft.add_values(
        "tags", clean_list_entries(tags.split(",") if isinstance(tags, str) else tags, notes, 1)
    )
    link = format_front_matter_value(fields.get("link"))
    if is_link(link):
        draft["link"] = link
    elif link:
        sentence = f"I left out the link {quote_excerpt(link)}: only addresses that start with https:// or http:// are kept."
        notes.record_note(1, "odd", sentence)
    return draft or None


def list_unused_fields(front: Front) -> list[str]:
    """The fields of the front matter that a plan has no place for, each with its value."""
    others = (
        (name, format_front_matter_value(value))
        for name, value in map_front_matter(front).items()
        if name not in _NAMES
    )
    return [f"{name}: {text}" for name, text in others if text]


def format_front_matter_value(value: str | tuple[str, ...] | None) -> str:
    """A field of the front matter on one line, several values between commas; empty where there is none."""
    return clean_plain_text(", ".join(value) if isinstance(value, tuple) else value or "")


def _parse_publication_date(text: str, notes: ImportNotes) -> date | None:
    iso, numbers, worded = _ISO.match(text), _NUMBERS.match(text), _WORDED.match(text)
    try:
        if iso:
            return date(*map(int, iso.groups()))
        if numbers:
            first, second, year = map(int, numbers.groups())
            if first <= 12 and second <= 12 and first != second:
                notes.record_note(
                    1, "read", f"I read {quote_excerpt(text)} with the day before the month."
                )
            return date(year, first, second) if second > 12 else date(year, second, first)
        if worded and (month := _MONTHS.get(worded.group(2).casefold())):
            return date(int(worded.group(4)), month, int(worded.group(1) or worded.group(3) or 1))
    except ValueError:
        pass
    notes.record_note(
        1, "dropped", f"I could not read {quote_excerpt(text)} as a date: write it as 2024-07-13."
    )
    return None


def choose_slug(name: str, title: str) -> str:
    """The slug of a plan: from the name of its file where that says something, else from its title."""
    stem = name.rsplit(".", 1)[0]
    words = re.findall(r"[^\W_]+", stem.casefold())
    says_something = bool(words) and words[0][0].isalpha() and not all(
        _GENERIC.fullmatch(word) or _HASH.fullmatch(word) for word in words
    )  # fmt: skip
    return (
        (build_slug(stem, LONGEST_SLUG) if says_something else "")
        or build_slug(title, LONGEST_SLUG)
        or "imported-plan"
    )
