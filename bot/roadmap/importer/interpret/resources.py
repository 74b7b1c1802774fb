"""Resources: what a link or a line such as “Title” by Author (Platform, 20 hours) names, once each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from bot.roadmap import is_link
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TEXT,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    quote_excerpt,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.heading_names import find_time_span, parse_time_span
from bot.roadmap.importer.interpret.vocabulary import normalize_words, strip_decoration
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Link, Prose

_KINDS: Final = (
    ("specialisation", r"speciali[sz]ations?|professional certificate|nanodegree|micro ?masters?"),
    ("book", r"(?:text ?)?books?|e ?books?|novel|library"),
    ("paper", r"papers?|preprint"),
    ("lectures", r"lectures?|videos?|playlists?|talks?|podcasts?|youtube|webinars?|channels?"),
    ("docs", r"docs|documentation|manual|reference|api|cheat ?sheets?|specification|handbook"),
    ("lab", r"labs?|sandbox|playground|(?:hands on|practice) projects?|hands on .* projects?"),
    ("community", r"communit(?:y|ies)|forums?|discord|slack|subreddit|reddit|meetups?|groups?|mailing list|"
    r"stack overflow|networks?"),
    ("course", r"courses?|bootcamps?|mooc|opencourseware|tutorials?|lessons?|classes"),
    ("tool", r"tools?|frameworks?|librar(?:y|ies)|apps?|notebooks?|colab|ide|editors?|packages?"),
    ("site", r"sites?|websites?|blogs?|links?|pages?|newsletters?|online|articles?"),
)  # fmt: skip
_KIND: Final = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _KINDS)
_HOSTS: Final = {
    "coursera.org": ("Coursera", "course"),
    "udemy.com": ("Udemy", "course"),
    "edx.org": ("edX", "course"),
    "youtube.com": ("YouTube", "lectures"),
    "youtu.be": ("YouTube", "lectures"),
    "udacity.com": ("Udacity", "course"),
    "khanacademy.org": ("Khan Academy", "course"),
    "futurelearn.com": ("FutureLearn", "course"),
    "linkedin.com": ("LinkedIn", "site"),
    "pluralsight.com": ("Pluralsight", "course"),
    "freecodecamp.org": ("freeCodeCamp", "course"),
    "codecademy.com": ("Codecademy", "course"),
    "datacamp.com": ("DataCamp", "course"),
    "arxiv.org": ("arXiv", "paper"),
    "reddit.com": ("Reddit", "community"),
    "discord.gg": ("Discord", "community"),
    "discord.com": ("Discord", "community"),
    "stackoverflow.com": ("Stack Overflow", "community"),
    "kaggle.com": ("Kaggle", "community"),
    "github.com": ("GitHub", "site"),
    "readthedocs.io": ("Read the Docs", "docs"),
    "medium.com": ("Medium", "site"),
    "oreilly.com": ("O’Reilly", "book"),
}
PLATFORMS: Final = {name.casefold(): name for name, _ in _HOSTS.values()} | {
    "pluralsight": "Pluralsight",
    "skillshare": "Skillshare",
}
_POINTING = (
    "here,link,this,website,site,url,this link,click here,link here,more,read more,source,details,course,the course,the link,"
    "video,homepage,course link,specialization link,see here,go,open,visit"
)
_POINTERS: Final = frozenset(_POINTING.split(","))
_QUOTED = re.compile(r"^[\"“„«]([^\"”“»]{2,200})[\"”“»]\s*(.*)$")
_BY = re.compile(
    r"^(.{2,300}?),? (?:by|von|par|por) ([A-ZÀ-Þ][^,;()]{1,80}(?:,? (?:and|&) [A-ZÀ-Þ][^,;()]{1,60})?)$"
)
_POSSESSIVE = re.compile(r"^([A-ZÀ-Þ][\w.-]{1,30}(?: [A-ZÀ-Þ][\w.-]{0,30}){1,3})['’]s? (.{4,200})$")
_ON = re.compile(r"^(.{2,300}?) (?:on|at|via|from|bei|auf) ([\w’ ]{2,20})$")
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{1,150})[)\]]\s*$")
_COST = re.compile(
    r"\b(?:free|paid|audit|subscription|kostenlos|gratis|gratuit)\b|[$€£]\s?\d|\d\s?(?:[$€£]|usd|eur)\b",
    re.I,
)
_COUNT = re.compile(
    r"\b(\d{1,4}) (?:lectures?|videos?|episodes?|lessons?|courses?|chapters?|modules?)\b", re.I
)
_SORT_WORDS = "book course docs video videos website site paper tool podcast playlist forum lab"
_SORTS: Final = frozenset(_SORT_WORDS.split())
_PART_OF_TITLE = re.compile(r"[a-z .+/&-]{1,6}|\d{4}|.*\b(?:edition|ed\.)")
_LISTED_AUTHOR = re.compile(r"^([^,]{3,150}), ([A-ZÀ-Þ][\w.’-]*(?: [A-ZÀ-Þ][\w.’-]*){1,3})$")
_DESCRIBED = re.compile(r"^\s*(?:[-–—:|,;]|→)\s*(?=\S)")


class ResourceCatalog:
    """The resources of a plan while it is being read: the same one named twice is one."""

    def __init__(self, notes: ImportNotes) -> None:
        self.drafts: list[PartDraft] = []
        self._notes = notes
        self._by_link: dict[str, PartDraft] = {}
        self._by_title: dict[str, PartDraft] = {}

    def add_resource(
        self, draft: PartDraft, *, can_report_duplicate: bool = True, is_sure: bool = False
    ) -> PartDraft:
        """The draft, or what stood here already under its link or (where one has no link) its title. `again` tells of it;
        where `is_sure`, a label or heading says of which kind it is."""
        title, address = normalize_words(draft["title"]), _normalize_address(draft.get("link", ""))
        there = self._by_link.get(address) if address else None
        if there is None:
            named = self._by_title.get(title) if title else None
            there = named if named is not None and not (address and "link" in named) else None
        if there is None:
            self.drafts.append(draft)
            there = draft
        elif can_report_duplicate:
            sentence = f"{quote_excerpt(draft['title'])} is named on line {there.line} already: it is one resource."
            self._notes.record_note(draft.line, "read", sentence)
        for name, value in draft.items():
            there.setdefault(name, value)
        if is_sure:
            there["kind"] = draft["kind"]
        self._by_title.setdefault(title, there)
        if address:
            self._by_link.setdefault(address, there)
        return there

    def add_link_resources(self, prose: Prose, hint: str = "", title: str = "") -> list[PartDraft]:
        """What the links of a text lead to. `title` is what a link is called that only says “here”."""
        found = []
        for link in prose.links:
            target = self.check_link_target(link, prose.line)
            name = (
                title
                if title and is_pointer_link(link)
                else strip_decoration(link.text) or _find_site_name(target)
            )
            if target and name:
                draft = PartDraft(prose.line, **_build_resource_fields(name, target, hint))
                found.append(self.add_resource(draft, can_report_duplicate=False))
        return found

    def check_link_target(self, link: Link, line: int) -> str:
        """The address a link leads to, if it may stand in a plan; told otherwise."""
        target = clean_plain_text(link.target)
        if is_link(target):
            return target
        called = f"the link {quote_excerpt(link.text)}" if link.text else "a link without words"
        advice = "give it an address that starts with https:// or http://"
        self._notes.record_note(line, "odd", f"I left out where {called} leads: {advice}.")
        return ""

    def append_resource_summary(self, text: str) -> bool:
        """Whether a paragraph such as “CS229: 20 lectures” says something about a resource on the shelf; it is kept there."""
        title, colon, rest = text.partition(": ")
        there = (
            self._by_title.get(normalize_words(title))
            if colon and normalize_words(title[:LONGEST_LINE])
            else None
        )
        if there is None:
            return False
        there.append_summary(shorten_to_clause(rest, LONGEST_TEXT))
        if count := _COUNT.search(rest):
            there.setdefault("count", int(count.group(1)) or 1)
        return True

    def add_entry_resources(self, prose: Prose, hint: str = "") -> list[PartDraft]:
        """The resources that an entry of a list names, with what it says of them."""
        text = strip_decoration(prose.text)
        if not prose.links:
            return (
                [
                    self.add_resource(
                        PartDraft(prose.line, **_build_resource_fields(text, "", hint)),
                        is_sure=bool(hint),
                    )
                ]
                if text
                else []
            )
        first, *others = prose.links
        words, target = clean_plain_text(first.text), self.check_link_target(first, prose.line)
        if not words:
            return self._add_badge_resource(prose, target, hint)
        before, _, after = text.partition(words) if words in text else ("", "", "")
        title = (
            words
            if not is_pointer_link(first)
            else before.strip(" :–—-") or _parse_host(target) or words
        )
        draft = PartDraft(prose.line, **_build_resource_fields(title, target, hint))
        _apply_title_rest(draft, after, is_described=_DESCRIBED.match(after) is not None)
        if before.strip(" :–—-*") and title == words and len(before.split()) > 2:
            draft["summary"] = shorten_to_clause(text, LONGEST_TEXT)
        rest = Prose(prose.line, prose.text, tuple(others))
        found = [self.add_resource(draft, is_sure=bool(hint))] if draft.get("title") else []
        return found + self.add_link_resources(rest, hint)

    def _add_badge_resource(self, prose: Prose, target: str, hint: str) -> list[PartDraft]:
        """Keep the resource behind a badge, with the words around it as its summary."""
        found = []
        if target:
            draft = PartDraft(
                prose.line, **_build_resource_fields(_find_site_name(target), target, hint)
            )
            draft.append_summary(shorten_to_clause(strip_decoration(prose.text), LONGEST_TEXT))
            found.append(self.add_resource(draft, is_sure=bool(hint)))
        rest = Prose(prose.line, prose.text, prose.links[1:])
        return found + self.add_link_resources(rest, hint)


def is_pointer_link(link: Link) -> bool:
    """Whether a link has no words (a badge), only points, as “here” does, or repeats its address."""
    words = clean_plain_text(link.text)
    return (
        not words
        or words.casefold().strip(".:!") in _POINTERS
        or words == clean_plain_text(link.target)
        or words.startswith(("http://", "https://", "www."))
    )


def find_resource_kind(title: str) -> str:
    """The kind of resource that words name; empty if none."""
    words = normalize_words(title)
    return next((kind for kind, pattern in _KIND if pattern.search(words)), "")


def _build_resource_fields(title: str, target: str, hint: str) -> dict[str, object]:
    draft = PartDraft(0)
    text = clean_plain_text(title)
    while (
        (bracket := _BRACKET.search(text))
        and bracket.start() > 1
        and _apply_bracket(draft, bracket.group(1))
    ):
        text = text[: bracket.start()].strip(" ,;:–—-")
    _split_author(draft, text)
    listed = (
        _LISTED_AUTHOR.match(str(draft["title"]))
        if hint == "book" and "author" not in draft
        else None
    )
    if listed:
        draft["title"], draft["author"] = listed.groups()
    platform, kind = _find_platform(target)
    draft.setdefault("title", shorten_to_clause(text, LONGEST_LINE))
    if target:
        draft["link"] = target
    if (
        platform
        and platform.casefold() != normalize_words(draft["title"])
        and platform not in ("GitHub", "Read the Docs")
    ):
        draft.setdefault("platform", platform)
    draft["kind"] = _choose_resource_kind(draft, target, kind, hint)
    return {**draft}


def _choose_resource_kind(draft: PartDraft, target: str, by_host: str, hint: str) -> str:
    said = str(draft.pop("said", ""))
    by_title = find_resource_kind(draft["title"])
    if hint:
        return "docs" if (hint, by_title) == ("book", "docs") else hint
    if by_host and by_title in ("tool", "site", "community"):
        by_title = ""
    is_path = by_host == "course" and re.search(r"/(?:user|instructor|search)/", target)
    return said or by_title or ("site" if is_path else by_host) or "site"


def _split_author(draft: PartDraft, text: str) -> None:
    """Take the author and the platform from a title."""
    found = _QUOTED.match(text)
    title, rest = (found.group(1), found.group(2)) if found else (text, "")
    by = _BY.match(f"xx {rest}") if found else _BY.match(text)
    if by:
        draft.setdefault("author", shorten_to_clause(by.group(2).strip(), LONGEST_LINE))
        title = title if found else by.group(1)
    elif found and rest:
        _apply_title_rest(draft, rest, is_described=True)
    on = _ON.match(title)
    if on and on.group(2).casefold() in PLATFORMS:
        draft.setdefault("platform", PLATFORMS[on.group(2).casefold()])
        title = on.group(1)
    owner = _POSSESSIVE.match(title)
    if owner and "author" not in draft and not found:
        draft["author"], title = owner.groups()
    draft["title"] = shorten_to_clause(title.strip(" ,;:–—-") or text, LONGEST_LINE)


def _apply_bracket(draft: PartDraft, words: str) -> bool:
    """Note what a bracket behind a title says; whether it was understood."""
    low = words.strip().casefold()
    count = _COUNT.fullmatch(low)
    if parse_time_span(words):
        draft.setdefault("time", parse_time_span(words))
    elif _COST.search(words):
        draft.setdefault("cost", words.strip())
    elif low in PLATFORMS:
        draft.setdefault("platform", PLATFORMS[low])
    elif count:
        draft.setdefault("count", int(count.group(1)) or 1)
    elif low in _SORTS:
        draft.setdefault("said", find_resource_kind(low))
    elif _PART_OF_TITLE.fullmatch(low):
        return False
    else:
        topics = [
            shorten_to_clause(topic, LONGEST_LINE)
            for topic in map(str.strip, words.split(","))
            if topic
        ]
        draft.setdefault("topics", topics[:LONGEST_LIST])
    return True


def _apply_title_rest(draft: PartDraft, text: str, *, is_described: bool) -> None:
    """What stands behind the title: brackets, an author, a description."""
    rest = clean_plain_text(text)
    while (bracket := _BRACKET.search(rest)) and _apply_bracket(draft, bracket.group(1)):
        rest = rest[: bracket.start()]
    by = _BY.match(f"xx {rest.strip(' ,')}")
    rest = _DESCRIBED.sub("", rest).strip(" ,;")
    if by and "author" not in draft:
        draft["author"] = shorten_to_clause(by.group(2).strip(), LONGEST_LINE)
    elif is_described and rest:
        words = normalize_words(rest)
        kind = find_resource_kind(words) if len(words.split()) <= 2 else ""
        if kind:
            draft["kind"] = kind
        else:
            draft["summary"] = shorten_to_clause(rest, LONGEST_TEXT)
    elif len(rest.split()) > 2:
        draft["summary"] = shorten_to_clause(f"{draft['title']} {rest}", LONGEST_TEXT)
    time = find_time_span(rest)
    if time.endswith("hours"):
        draft.setdefault("time", time)
    draft.pop("said", None)


def add_resource_details(draft: PartDraft, texts: Sequence[str], notes: ImportNotes) -> None:
    """What the entries below a resource say of it: its length, how many lectures it has, or what it covers."""
    topics = []
    for text in map(clean_plain_text, texts):
        found, count = _BRACKET.search(text), _COUNT.search(text)
        time = parse_time_span(found.group(1)) if found else ""
        if time:
            draft.setdefault("time", time)
            text = text[: found.start()] if found else text
        if count:
            draft.setdefault("count", int(count.group(1)) or 1)
        topics.append(text)
    draft["topics"] = clean_list_entries([*draft.get("topics", ()), *topics], notes, draft.line)


def _find_platform(target: str) -> tuple[str, str]:
    host = _parse_host(target)
    while host:
        if host in _HOSTS:
            return _HOSTS[host]
        host = host.partition(".")[2]
    start = _parse_host(target)
    if start.startswith("docs.") or "/docs" in target:
        return "", "docs"
    return "", "community" if start.startswith("forum") else ""


def _parse_host(target: str) -> str:
    return (urlsplit(target).hostname or "").removeprefix("www.") if target else ""


def _find_site_name(target: str) -> str:
    """The name of the site an address leads to; empty where there is no address."""
    return _find_platform(target)[0] or _parse_host(target)


def _normalize_address(target: str) -> str:
    """An address without what does not change where it leads."""
    return target.split("://", 1)[-1].removeprefix("www.").rstrip("/?#") if target else ""
