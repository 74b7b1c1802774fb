"""The origin of a document: title, author, date and tags in its front matter, and its file name."""

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
    "readme read me plan roadmap untitled index document note notes file files stdin export "
    "download syllabus curriculum text doc new copy draft final message attachment upload paste "
    "pasted import input page home main content contents md markdown test temp tmp of my our the"
)
_GENERIC: Final = re.compile(rf"(?:{'|'.join(_GENERIC_WORDS.split())}|v\d*|[a-z]|\d+)")
_HASH: Final = re.compile(r"(?=.*\d)[0-9a-f]{8,}")
_FIELD_NAMES: Final = {
    "title": "title name",
    "summary": "description summary excerpt abstract subtitle",
    "author": "author authors by creator instructor",
    "published": "date pubdate published publishdate created pub_date pubdatetime updated",
    "tags": "tags keywords categories topics category",
    "link": "link url source canonical canonical_url original",
}
_FIELDS: Final = {name: field for field, names in _FIELD_NAMES.items() for name in names.split()}
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_MONTH_WORD = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)? )?([A-Za-z]{3})[a-z]*\.?"
    r"(?: (\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})"
)


def map_front_matter(front: Front) -> dict[str, str | tuple[str, ...]]:
    """Return the front matter under a roadmap's field names; unknown fields keep their own."""
    fields: dict[str, str | tuple[str, ...]] = {}
    for name, value in front.items():
        key = name.casefold().replace(" ", "").replace("-", "")
        # The first of two names for one field wins.
        fields.setdefault(_FIELDS.get(key, name), value)
    return fields


def build_provenance(front: Front, title: str, notes: ImportNotes) -> PartDraft | None:
    """Return the roadmap's provenance; None if the document says nothing about it."""
    fields = map_front_matter(front)
    draft = PartDraft(1)
    if len(title) > LONGEST_TITLE:
        # The roadmap's own title is cut, so the full one is kept here.
        draft["title"] = shorten_to_clause(title, LONGEST_LINE)
    if author := format_front_matter_value(fields.get("author")):
        draft["author"] = shorten_to_clause(author, LONGEST_LINE)
    if published := format_front_matter_value(fields.get("published")):
        _add_publication_date(draft, published, notes)
    tags = fields.get("tags", ())
    if isinstance(tags, str):
        tags = tuple(tags.split(","))
    draft.add_values("tags", clean_list_entries(tags, notes, 1))
    if link := format_front_matter_value(fields.get("link")):
        _add_source_link(draft, link, notes)
    return draft or None


def _add_source_link(draft: PartDraft, link: str, notes: ImportNotes) -> None:
    if is_link(link):
        draft["link"] = link
        return
    advice = "write an address that starts with https:// or http://"
    notes.record_note(1, "odd", f"I left out the link {quote_excerpt(link)}: {advice}.")


def list_unused_fields(front: Front) -> list[str]:
    """Return the fields without a place in a roadmap, each with its value."""
    lines: list[str] = []
    for name, value in map_front_matter(front).items():
        text = format_front_matter_value(value)
        if text and name not in _FIELD_NAMES:
            lines.append(f"{name}: {text}")
    return lines


def format_front_matter_value(value: str | tuple[str, ...] | None) -> str:
    """Return a field on one line, with commas between several values; empty without one."""
    if isinstance(value, tuple):
        value = ", ".join(value)
    return clean_plain_text(value or "")


def _add_publication_date(draft: PartDraft, text: str, notes: ImportNotes) -> None:
    try:
        published = _parse_publication_date(text, notes)
    except ValueError:
        # Such as 30 February.
        published = None
    if published is not None:
        draft["published"] = published.isoformat()
        return
    sentence = f"I could not read the date {quote_excerpt(text)}: write it like 2024-07-13."
    notes.record_note(1, "dropped", sentence)


def _parse_publication_date(text: str, notes: ImportNotes) -> date | None:
    """Return the date at the start of a text; None without one.

    Raises ValueError for a date that does not exist.
    """
    if match := _YEAR_FIRST.match(text):
        return date(*map(int, match.groups()))
    if match := _YEAR_LAST.match(text):
        first, second, year = map(int, match.groups())
        if second > 12:
            return date(year, first, second)
        if first <= 12 and first != second:
            sentence = (
                f"I read {quote_excerpt(text)} as day, month, year: "
                "a date like 2024-07-13 is always clear."
            )
            notes.record_note(1, "read", sentence)
        return date(year, second, first)
    return _parse_date_with_month_word(text)


def _parse_date_with_month_word(text: str) -> date | None:
    match = _MONTH_WORD.match(text)
    if match is None:
        return None
    day_before, word, day_after, year = match.groups()
    month = _MONTHS.get(word.casefold())
    if month is None:
        return None
    return date(int(year), month, int(day_before or day_after or 1))


def choose_slug(name: str, title: str) -> str:
    """Return the roadmap's slug: from the file's name if that is telling, else from its title."""
    stem = name.rsplit(".", 1)[0]
    slug = ""
    if _is_telling_name(stem):
        slug = build_slug(stem, LONGEST_SLUG)
    return slug or build_slug(title, LONGEST_SLUG) or "imported-plan"


def _is_telling_name(stem: str) -> bool:
    """Return False for a name such as “README”, “Untitled (1)” or a hash."""
    words = re.findall(r"[^\W_]+", stem.casefold())
    if not words or not words[0][0].isalpha():
        return False
    return not all(_GENERIC.fullmatch(word) or _HASH.fullmatch(word) for word in words)
