"""Resources: links and lines such as “Title” by Author (Platform, 20 hours), each kept once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.roadmap import is_link
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_TEXT,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    quote_excerpt,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.heading_names import parse_time_span
from bot.roadmap.importer.interpret.resource_fields import (
    apply_title_rest,
    build_resource_fields,
    find_count,
)
from bot.roadmap.importer.interpret.resource_kinds import ResourceHint, find_site_name, parse_host
from bot.roadmap.importer.interpret.vocabulary import normalize_words, strip_decoration
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Link, Prose

_POINTER_WORDS = (
    "here,link,this,website,site,url,this link,click here,link here,more,read more,source,"
    "details,course,the course,the link,video,homepage,course link,specialization link,"
    "see here,go,open,visit"
)
_POINTERS = frozenset(_POINTER_WORDS.split(","))
_LAST_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{1,150})[)\]]\s*$")


class ResourceCatalog:
    """The resources of a roadmap during import; the same link or title is the same resource."""

    def __init__(self, notes: ImportNotes) -> None:
        self.drafts: list[PartDraft] = []
        self._notes = notes
        self._by_address: dict[str, PartDraft] = {}
        self._by_title: dict[str, PartDraft] = {}

    def add_resource(
        self, draft: PartDraft, *, can_report_duplicate: bool = True, is_sure: bool = False
    ) -> PartDraft:
        """Add the draft and return it, or the earlier resource it repeats.

        An earlier one gains the fields it had not. With `is_sure`, a label or heading names the
        kind, so this draft's kind wins.
        """
        title = normalize_words(draft["title"])
        address = _normalize_address(draft.get("link", ""))
        resource = self._find_resource(title, address)
        if resource is None:
            self.drafts.append(draft)
            resource = draft
        elif can_report_duplicate:
            name = quote_excerpt(draft["title"])
            sentence = f"{name} is also on line {resource.line}: I kept it as one resource."
            self._notes.record_note(draft.line, "read", sentence)
        for field, value in draft.items():
            resource.setdefault(field, value)
        if is_sure:
            resource["kind"] = draft["kind"]
        self._by_title.setdefault(title, resource)
        if address:
            self._by_address.setdefault(address, resource)
        return resource

    def _find_resource(self, title: str, address: str) -> PartDraft | None:
        if address and address in self._by_address:
            return self._by_address[address]
        namesake = self._by_title.get(title) if title else None
        # Two different links are two resources, even under one title such as “Documentation”.
        if namesake is not None and address and "link" in namesake:
            return None
        return namesake

    def add_link_resources(
        self, prose: Prose, hint: ResourceHint = "", title: str = ""
    ) -> list[PartDraft]:
        """Add the resources behind the text's links, and return them.

        `title` names a link that only says “here”; `hint` is the kind from a heading.
        """
        resources = []
        for link in prose.links:
            target = self.check_link_target(link, prose.line)
            name = title
            if not title or not is_pointer_link(link):
                name = strip_decoration(link.text) or find_site_name(target)
            if target and name:
                draft = PartDraft(prose.line, **build_resource_fields(name, target, hint))
                resources.append(self.add_resource(draft, can_report_duplicate=False))
        return resources

    def check_link_target(self, link: Link, line: int) -> str:
        """Return the link's address; empty, with a report, for one a roadmap cannot have."""
        target = clean_plain_text(link.target)
        if is_link(target):
            return target
        name = _format_link_name(link)
        advice = "use one that starts with https:// or http://"
        self._notes.record_note(line, "odd", f"I left out the address of {name}: {advice}.")
        return ""

    def append_resource_summary(self, text: str) -> bool:
        """Append a paragraph such as “CS229: 20 lectures” to that resource's summary.

        Return False if the paragraph starts with no known title.
        """
        title, colon, rest = text.partition(": ")
        # A very long start is a sentence, and not worth comparing.
        if not colon or not normalize_words(title[:LONGEST_LINE]):
            return False
        resource = self._by_title.get(normalize_words(title))
        if resource is None:
            return False
        resource.append_summary(shorten_to_clause(rest, LONGEST_TEXT))
        if count := find_count(rest):
            resource.setdefault("count", count)
        return True

    def add_entry_resources(self, prose: Prose, hint: ResourceHint = "") -> list[PartDraft]:
        """Add the resources in a list entry, with the entry's words about them; return them."""
        if not prose.links:
            return self._add_linkless_resource(prose, hint)
        first, *others = prose.links
        target = self.check_link_target(first, prose.line)
        if clean_plain_text(first.text):
            resources = self._add_linked_resource(prose, target, hint)
        else:
            resources = self._add_badge_resource(prose, target, hint)
        rest = Prose(prose.line, prose.text, tuple(others))
        return resources + self.add_link_resources(rest, hint)

    def _add_linkless_resource(self, prose: Prose, hint: ResourceHint) -> list[PartDraft]:
        text = strip_decoration(prose.text)
        if not text:
            return []
        draft = PartDraft(prose.line, **build_resource_fields(text, "", hint))
        return [self.add_resource(draft, is_sure=bool(hint))]

    def _add_linked_resource(
        self, prose: Prose, target: str, hint: ResourceHint
    ) -> list[PartDraft]:
        """Add the resource behind an entry's first link, with the words before and after it."""
        text = strip_decoration(prose.text)
        words = clean_plain_text(prose.links[0].text)
        before, _, after = text.partition(words)
        if words not in text:
            before = ""
        title = _choose_link_title(prose.links[0], words, before, target)
        draft = PartDraft(prose.line, **build_resource_fields(title, target, hint))
        apply_title_rest(draft, after)
        if title == words and _is_sentence_start(before):
            draft["summary"] = shorten_to_clause(text, LONGEST_TEXT)
        if not draft.get("title"):
            return []
        return [self.add_resource(draft, is_sure=bool(hint))]

    def _add_badge_resource(self, prose: Prose, target: str, hint: ResourceHint) -> list[PartDraft]:
        """Add the resource behind a badge, with the words around it as its summary."""
        if not target:
            return []
        fields = build_resource_fields(find_site_name(target), target, hint)
        draft = PartDraft(prose.line, **fields)
        draft.append_summary(shorten_to_clause(strip_decoration(prose.text), LONGEST_TEXT))
        return [self.add_resource(draft, is_sure=bool(hint))]


def _choose_link_title(link: Link, words: str, before: str, target: str) -> str:
    if not is_pointer_link(link):
        return words
    # “dictionary: here” names its link in the words before it.
    return before.strip(" :–—-") or parse_host(target) or words


def _is_sentence_start(before: str) -> bool:
    """Return True if a link stands inside a sentence, by the words before it."""
    return len(before.split()) > 2 and bool(before.strip(" :–—-*"))


def is_pointer_link(link: Link) -> bool:
    """Return True for a link without a name: a badge, “here”, or its own address."""
    words = clean_plain_text(link.text)
    if not words or words == clean_plain_text(link.target):
        return True
    if words.startswith(("http://", "https://", "www.")):
        return True
    return words.casefold().strip(".:!") in _POINTERS


def add_resource_details(draft: PartDraft, texts: Sequence[str], notes: ImportNotes) -> None:
    """Add the entries below a resource to it: its length, its lecture count and its topics."""
    topics = []
    for text in map(clean_plain_text, texts):
        if count := find_count(text):
            draft.setdefault("count", count)
        bracket = _LAST_BRACKET.search(text)
        if bracket and (time := parse_time_span(bracket.group(1))):
            draft.setdefault("time", time)
            text = text[: bracket.start()]
        topics.append(text)
    draft["topics"] = clean_list_entries([*draft.get("topics", ()), *topics], notes, draft.line)


def _normalize_address(target: str) -> str:
    """Return the address without the parts that lead nowhere else."""
    return target.split("://", 1)[-1].removeprefix("www.").rstrip("/?#")


def _format_link_name(link: Link) -> str:
    if link.text:
        return f"the link {quote_excerpt(link.text)}"
    return "a link without text"
