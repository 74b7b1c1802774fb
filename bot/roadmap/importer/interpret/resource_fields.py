"""The fields of a resource, taken from its title: author, platform, time, cost, count, topics."""

from __future__ import annotations

import re
from typing import Final

from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TEXT,
    PartDraft,
    clean_plain_text,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.heading_names import find_time_span, parse_time_span
from bot.roadmap.importer.interpret.resource_kinds import (
    PLATFORMS,
    ResourceHint,
    choose_resource_kind,
    find_named_platform,
    find_resource_kind,
)
from bot.roadmap.importer.interpret.vocabulary import normalize_words

_QUOTED = re.compile(r"^[\"“„«]([^\"”“»]{2,200})[\"”“»]\s*(.*)$")
_BY_AUTHOR = re.compile(
    r"^(.{2,300}?),? (?:by|von|par|por) "
    r"([A-ZÀ-Þ][^,;()]{1,80}(?:,? (?:and|&) [A-ZÀ-Þ][^,;()]{1,60})?)$"
)
_POSSESSIVE = re.compile(r"^([A-ZÀ-Þ][\w.-]{1,30}(?: [A-ZÀ-Þ][\w.-]{0,30}){1,3})['’]s? (.{4,200})$")
_ON_PLATFORM = re.compile(r"^(.{2,300}?) (?:on|at|via|from|bei|auf) ([\w’ ]{2,20})$")
_LISTED_AUTHOR = re.compile(r"^([^,]{3,150}), ([A-ZÀ-Þ][\w.’-]*(?: [A-ZÀ-Þ][\w.’-]*){1,3})$")
_LAST_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{1,150})[)\]]\s*$")
_COST = re.compile(
    r"\b(?:free|paid|audit|subscription|kostenlos|gratis|gratuit)\b|"
    r"[$€£]\s?\d|\d\s?(?:[$€£]|usd|eur)\b",
    re.I,
)
_COUNT = re.compile(
    r"\b(\d{1,4}) (?:lectures?|videos?|episodes?|lessons?|courses?|chapters?|modules?)\b", re.I
)
_KIND_WORDS = "book course docs video videos website site paper tool podcast playlist forum lab"
_BRACKET_KINDS: Final = frozenset(_KIND_WORDS.split())
# Such as “(c++)”, “(2019)” or “(3rd edition)”.
_PART_OF_TITLE = re.compile(r"[a-z .+/&-]{1,6}|\d{4}|.*\b(?:edition|ed\.)")
_DESCRIPTION_SIGN = re.compile(r"^\s*(?:[-–—:|,;]|→)\s*(?=\S)")
_TRIMMED = " ,;:–—-"


def find_count(text: str) -> int:
    """Return the count in words such as “20 lectures”; 0 without one."""
    match = _COUNT.search(text)
    if match is None:
        return 0
    # “0 lectures” is a slip, and the field counts from 1.
    return int(match.group(1)) or 1


def build_resource_fields(title: str, target: str, hint: ResourceHint) -> dict[str, object]:
    """Return a resource's fields from its title and address; `hint` is the kind above it."""
    draft = PartDraft(0)
    text = _strip_brackets(draft, clean_plain_text(title))
    _split_author(draft, text)
    if hint == "book" and "author" not in draft:
        _split_listed_author(draft)
    draft.setdefault("title", shorten_to_clause(text, LONGEST_LINE))
    if target:
        draft["link"] = target
    if platform := find_named_platform(target, draft["title"]):
        draft.setdefault("platform", platform)
    bracket_kind: ResourceHint = draft.pop("bracket_kind", "")
    draft["kind"] = choose_resource_kind(draft["title"], target, hint, bracket_kind)
    return {**draft}


def _strip_brackets(draft: PartDraft, text: str) -> str:
    """Move the facts from the brackets at the title's end into the draft."""
    while bracket := _LAST_BRACKET.search(text):
        # A title in brackets has nothing before them.
        if bracket.start() < 2 or not _apply_bracket(draft, bracket.group(1)):
            break
        text = text[: bracket.start()].strip(_TRIMMED)
    return text


def _split_listed_author(draft: PartDraft) -> None:
    if match := _LISTED_AUTHOR.match(str(draft["title"])):
        draft["title"], draft["author"] = match.groups()


def _split_author(draft: PartDraft, text: str) -> None:
    """Take author and platform out of the title: quotes, “by”, “on” and “Ada’s”."""
    if quoted := _QUOTED.match(text):
        title = quoted.group(1)
        _read_after_quote(draft, quoted.group(2))
    else:
        title = _split_by_author(draft, text)
    on_platform = _ON_PLATFORM.match(title)
    if on_platform and on_platform.group(2).casefold() in PLATFORMS:
        draft.setdefault("platform", PLATFORMS[on_platform.group(2).casefold()])
        title = on_platform.group(1)
    owner = _POSSESSIVE.match(title)
    if owner and "author" not in draft and not quoted:
        draft["author"], title = owner.groups()
    draft["title"] = shorten_to_clause(title.strip(_TRIMMED) or text, LONGEST_LINE)


def _read_after_quote(draft: PartDraft, rest: str) -> None:
    if author := _find_author_only(rest):
        draft.setdefault("author", author)
    elif rest:
        _apply_description(draft, rest, is_described=True)


def _split_by_author(draft: PartDraft, text: str) -> str:
    match = _BY_AUTHOR.match(text)
    if match is None:
        return text
    draft.setdefault("author", shorten_to_clause(match.group(2).strip(), LONGEST_LINE))
    return match.group(1)


def _find_author_only(rest: str) -> str:
    # The pattern wants a title before “by”: two letters stand in for it.
    match = _BY_AUTHOR.match(f"xx {rest}")
    if match is None:
        return ""
    return shorten_to_clause(match.group(2).strip(), LONGEST_LINE)


def _apply_bracket(draft: PartDraft, words: str) -> bool:
    """Keep the fact in a bracket; return False if the bracket is part of the title."""
    low = words.strip().casefold()
    if time := parse_time_span(words):
        draft.setdefault("time", time)
    elif _COST.search(words):
        draft.setdefault("cost", words.strip())
    elif low in PLATFORMS:
        draft.setdefault("platform", PLATFORMS[low])
    elif _COUNT.fullmatch(low):
        draft.setdefault("count", find_count(low))
    elif low in _BRACKET_KINDS:
        draft.setdefault("bracket_kind", find_resource_kind(low))
    elif _PART_OF_TITLE.fullmatch(low):
        return False
    else:
        draft.setdefault("topics", _split_topic_list(words))
    return True


def _split_topic_list(words: str) -> list[str]:
    topics = filter(None, map(str.strip, words.split(",")))
    return [shorten_to_clause(topic, LONGEST_LINE) for topic in topics][:LONGEST_LIST]


def apply_title_rest(draft: PartDraft, text: str) -> None:
    """Keep the facts in the words after a link: brackets, an author, a description."""
    _apply_description(draft, text, is_described=_DESCRIPTION_SIGN.match(text) is not None)


def _apply_description(draft: PartDraft, text: str, *, is_described: bool) -> None:
    """Keep the facts after a title; `is_described` says a sign such as a dash came before."""
    rest = clean_plain_text(text)
    while (bracket := _LAST_BRACKET.search(rest)) and _apply_bracket(draft, bracket.group(1)):
        rest = rest[: bracket.start()]
    author = _find_author_only(rest.strip(" ,"))
    rest = _DESCRIPTION_SIGN.sub("", rest).strip(" ,;")
    if author and "author" not in draft:
        draft["author"] = author
    elif is_described and rest:
        _apply_kind_or_summary(draft, rest)
    elif len(rest.split()) > 2:
        # Without a sign the words continue the title, so the summary repeats it.
        draft["summary"] = shorten_to_clause(f"{draft['title']} {rest}", LONGEST_TEXT)
    time = find_time_span(rest)
    if time.endswith("hours"):
        draft.setdefault("time", time)
    # Its title has been read, so a bracket such as “(book)” came too late.
    draft.pop("bracket_kind", None)


def _apply_kind_or_summary(draft: PartDraft, rest: str) -> None:
    words = normalize_words(rest)
    # “Loops – course” only names a kind; a longer text describes the resource.
    kind = ""
    if len(words.split()) <= 2:
        kind = find_resource_kind(words)
    if kind:
        draft["kind"] = kind
    else:
        draft["summary"] = shorten_to_clause(rest, LONGEST_TEXT)
