"""Where a document says that it comes from: the title, author, day and tags in its front matter, and the name of its file."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from bot.roadmap import is_link
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_TITLE,
    Draft,
    brief,
    lined,
    plain,
    quoted,
)
from bot.roadmap.importer.interpret.ids import LONGEST_SLUG, slug
from bot.roadmap.importer.report import Notes
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


def fields_of(front: Front) -> dict[str, str | tuple[str, ...]]:
    """The front matter under the names a plan has for it; what it has none for keeps its own."""
    found: dict[str, str | tuple[str, ...]] = {}
    for name, value in front.items():
        found.setdefault(_FIELD.get(name.casefold().replace(" ", "").replace("-", ""), name), value)
    return found


def provenance(front: Front, title: str, notes: Notes) -> Draft | None:
    """What goes into the plan's provenance; None if there is nothing."""
    fields = fields_of(front)
    draft = Draft(1)
    if title != brief(title, LONGEST_TITLE):
        draft["title"] = brief(title, LONGEST_LINE)
    if author := text_of(fields.get("author")):
        draft["author"] = brief(author, LONGEST_LINE)
    if (published := text_of(fields.get("published"))) and (day := _day(published, notes)):
        draft["published"] = day.isoformat()
    tags = fields.get("tags", ())
    draft.add("tags", lined(tags.split(",") if isinstance(tags, str) else tags, notes, 1))
    link = text_of(fields.get("link"))
    if is_link(link):
        draft["link"] = link
    elif link:
        sentence = f"I left out the link {quoted(link)}: only addresses that start with https:// or http:// are kept."
        notes.tell(1, "odd", sentence)
    return draft or None


def unplaced(front: Front) -> list[str]:
    """The fields of the front matter that a plan has no place for, each with its value."""
    others = (
        (name, text_of(value)) for name, value in fields_of(front).items() if name not in _NAMES
    )
    return [f"{name}: {text}" for name, text in others if text]


def text_of(value: str | tuple[str, ...] | None) -> str:
    """A field of the front matter on one line, several values between commas; empty where there is none."""
    return plain(", ".join(value) if isinstance(value, tuple) else value or "")


def _day(text: str, notes: Notes) -> date | None:
    iso, numbers, worded = _ISO.match(text), _NUMBERS.match(text), _WORDED.match(text)
    try:
        if iso:
            return date(*map(int, iso.groups()))
        if numbers:
            first, second, year = map(int, numbers.groups())
            if first <= 12 and second <= 12 and first != second:
                notes.tell(1, "read", f"I read {quoted(text)} with the day before the month.")
            return date(year, first, second) if second > 12 else date(year, second, first)
        if worded and (month := _MONTHS.get(worded.group(2).casefold())):
            return date(int(worded.group(4)), month, int(worded.group(1) or worded.group(3) or 1))
    except ValueError:
        pass
    notes.tell(1, "dropped", f"I could not read {quoted(text)} as a date: write it as 2024-07-13.")
    return None


def slug_of(name: str, title: str) -> str:
    """The slug of a plan: from the name of its file where that says something, else from its title."""
    stem = name.rsplit(".", 1)[0]
    words = re.findall(r"[^\W_]+", stem.casefold())
    says_something = bool(words) and words[0][0].isalpha() and not all(
        _GENERIC.fullmatch(word) or _HASH.fullmatch(word) for word in words
    )  # fmt: skip
    return (
        (slug(stem, LONGEST_SLUG) if says_something else "")
        or slug(title, LONGEST_SLUG)
        or "imported-plan"
    )
