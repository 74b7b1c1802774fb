"""What stands beside the weeks of a plan: its resources, certificates, portfolio and everything worth knowing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Draft,
    brief,
    lined,
    plain,
    quoted,
    titled,
)
from bot.roadmap.importer.interpret.heading_names import Name
from bot.roadmap.importer.interpret.items import split
from bot.roadmap.importer.interpret.parts import Part
from bot.roadmap.importer.interpret.resources import Shelf, detailed, kind_in
from bot.roadmap.importer.interpret.vocabulary import (
    INFO,
    STRICT,
    key,
    label_of,
    level_of,
    role_of,
    undecorated,
)
from bot.roadmap.importer.report import Notes
from bot.roadmap.importer.tree import Bullet, Bullets, Prose, lines_below

_UNNAMED: Final = Name("")
_ARROW = re.compile(r"\s*(?:→|⇒|➜|->|=>)\s*")
_MYTH = re.compile(r"\bmyths?:\s*(.{3,300}?)\s*\b(?:reality|facts?|truth):\s*(.{3,})", re.I)
_FOCUS = re.compile(r"^(?:focus(?:es)?(?: on)?|covers|about|topics?)\s*[:–—-]\s*(.+)$", re.I)
_FOCUS_INSIDE = re.compile(r"\bfocus(?:es)?(?: on)?\s?:\s?(.+)$", re.I)
_LEVEL_NAMES = (
    "beginner beginners basic basics entry level easy starter foundational fundamental fundamentals novice intermediate medium "
    "mid advanced expert hard professional friendly project projects certificate certificates certification certifications "
    "ideas and & for"
)
_LEVEL_WORDS: Final = frozenset(_LEVEL_NAMES.split())
_OF_ANY_KIND: Final = frozenset(
    {"online resources", "resources", "links", "learning resources", "useful links"}
)
_LEVEL_LABEL = re.compile(r"^([\w -]{3,20}?)\s*[:–—]\s+(.+)$")
_INFO_LABEL: Final = {
    "ladder": re.compile(r"^(?:growth path|career (?:path|ladder|progression)|progression)$"),
    "difficulty": re.compile(r"^(?:difficulty(?: level)?|common (?:struggles|challenges))$"),
    "myths": re.compile(r"^myths?(?: (?:vs|versus|and) (?:reality|facts?))?$"),
    "pitfalls": re.compile(r"^(?:common )?(?:pitfalls|mistakes)$"),
}


@dataclass
class Beside:
    """Collects what is not the plan itself."""

    shelf: Shelf
    notes: Notes
    certificates: list[Draft] = field(default_factory=list)
    portfolio: list[Draft] = field(default_factory=list)
    info: list[Draft] = field(default_factory=list)
    _certified: dict[str, Draft] = field(default_factory=dict)

    def place(self, part: Part, inherited: str = "", level: str = "") -> None:
        """Put a part, with everything inside it, where its heading says; `level` is that of what it stands in."""
        role = self.role(part, inherited)
        if inherited in ("portfolio", "certificates") and not _is_level(part.title):
            self._single(part, role, level)
        elif part.is_empty:
            self._empty(part, role)
        elif role == "resources":
            self._resources(part, inherited)
        elif role == "certificates" and (part.entries or part.parts):
            self._certificates(part)
        elif role == "portfolio" and (part.entries or part.parts):
            self._portfolio(part)
        else:
            self.shelf.linked(part.heading)
            self._info(part, role if role in INFO else "")
        for inner in part.parts:
            self.place(inner, role, level_of(part.title) or level)

    def _single(self, part: Part, role: str, level: str) -> None:
        """A heading that is a project or certificate itself."""
        bullet = Bullet(part.heading, blocks=tuple(part.blocks))
        if role == "portfolio":
            self._project(bullet, level)
        else:
            self._certificate(bullet, level)

    def _empty(self, part: Part, role: str) -> None:
        if role == "resources" and part.heading.links:
            self.shelf.linked(part.heading)
        else:
            self.notes.tell(part.line, "odd", f"Nothing stands below {quoted(part.heading.text)}.")

    def role(self, part: Part, inherited: str) -> str:
        """Where a part belongs: where its own heading says, unless what it stands in is a list of one kind."""
        own = role_of(part.title)
        if inherited in STRICT:
            return inherited
        if inherited == "resources":
            leaves = own in ("community", "certificates", "portfolio") and not self._is_list_of(
                part
            )
            return own if leaves else "resources"
        return (
            own
            if own in INFO or own in ("resources", "certificates", "portfolio")
            else inherited or own
        )

    def _is_list_of(self, part: Part) -> bool:
        # “Communities” among the resources are resources; “Industry connections” are not.
        return bool(kind_in(part.title)) or any(entry.prose.links for entry in part.entries)

    def note(
        self, blocks: Sequence[Prose | Bullets], title: str, line: int, kind: str = "note"
    ) -> None:
        """Keep words that have no place of their own, and tell so."""
        before = len(self.info)
        self._say(Part(Prose(line, title), _UNNAMED, list(blocks)), kind, title)
        if len(self.info) > before:
            first = next(
                (block.text for block in blocks if isinstance(block, Prose)), ""
            ) or _first_words(blocks)
            sentence = f"I kept {quoted(title or first)} as a note: it is neither something to do nor a resource."
            self.notes.tell(line, "kept", sentence)

    # — resources —

    def _resources(self, part: Part, inherited: str) -> None:
        """Keep the resources a part lists, each of the kind that its heading or the label above announces."""
        hint = _hint(part.title) if inherited == "resources" or not part.parts else ""
        self.shelf.linked(part.heading, hint)
        rest: list[Prose | Bullets] = []
        current = hint
        for block in part.blocks:
            if isinstance(block, Bullets):
                for entry in block.entries:
                    self._resource(entry, current)
                current = hint
            elif block.rest == "" and (block.strong or block.text.rstrip().endswith(":")):
                current = _hint(block.text) or hint
            elif block.links:
                self.shelf.entry(block, current)
            else:
                rest.append(block)
        if rest:
            self.note(rest, "", rest[0].line)

    def _resource(self, entry: Bullet, hint: str) -> None:
        """Keep the resource an entry names, or those below it; `hint` is the kind that a heading or label announced."""
        text = undecorated(entry.prose.text)
        if entry.bullets and not entry.prose.links:
            self._resources_below(entry, text, hint)
            return
        label, _, rest = text.partition(": ")
        if rest and not entry.prose.links and _hint(label) and len(label.split()) <= 3:
            for piece in split(rest):
                self.shelf.entry(Prose(entry.line, piece), _hint(label))
            return
        found = self.shelf.entry(entry.prose, hint)
        below = [*lines_below(entry.blocks)]
        for prose in below:
            self.shelf.linked(prose)
        if found and below:
            detailed(found[0], [prose.text for prose in below], self.notes)

    def _resources_below(self, entry: Bullet, text: str, hint: str) -> None:
        kind = _hint(text)
        says_none = not kind and not hint and role_of(text) in INFO | {""}
        if says_none and not any(inner.prose.links for inner in entry.bullets):
            self._say(_part_of(entry), _kind_of(text), text, is_whole=True)
            return
        if words := [block for block in entry.blocks if isinstance(block, Prose)]:
            self.note(words, text, entry.line)
        for inner in entry.bullets:
            self._resource(inner, kind or hint)

    # — certificates and portfolio —

    def _certificates(self, part: Part) -> None:
        """Keep the certificates a part lists; a line in bold or with a link is one, too."""
        level = level_of(part.title)
        current: Draft | None = None
        words: list[Prose | Bullets] = []
        for block in part.blocks:
            for entry in block.entries if isinstance(block, Bullets) else ():
                current = self._certificate(entry, level)
            if isinstance(block, Prose):
                focus = _FOCUS.match(undecorated(block.text))
                if focus and current is not None:
                    current.setdefault("focus", brief(focus.group(1), LONGEST_LINE))
                elif block.strong or block.links:
                    current = self._certificate(Bullet(block), level)
                else:
                    words.append(block)
        if words:
            self._say(Part(part.heading, part.name, words), "context", part.title)

    def _certificate(self, bullet: Bullet, level: str) -> Draft | None:
        """Keep the certificate an entry names, or those of a level: “Beginner: one, two”. The last of them is returned."""
        text = undecorated(bullet.prose.text)
        labelled = _LEVEL_LABEL.match(text)
        if labelled and level_of(labelled.group(1)) and not bullet.prose.links:
            inner = [Bullet(Prose(bullet.line, piece)) for piece in split(labelled.group(2))]
            return [self._certificate(one, level_of(labelled.group(1))) for one in inner][-1]
        name, focus = _focused(bullet, text)
        first = next(iter(bullet.prose.links), None)
        title = (plain(first.text) if first is not None else "") or name
        draft = Draft(
            bullet.line,
            title=brief(undecorated(title), LONGEST_LINE),
            level=level,
            link=self.shelf.target(first, bullet.line) if first is not None else "",
            focus=brief(focus, LONGEST_LINE),
        )
        if "title" not in draft:
            return None
        for prose in (
            replace(bullet.prose, links=bullet.prose.links[1:]),
            *lines_below(bullet.blocks),
        ):
            self.shelf.linked(prose)
        same = self._certified.setdefault(key(draft["title"]), draft)
        if same is draft:
            self.certificates.append(draft)
        else:
            sentence = f"{quoted(draft['title'])} is named on line {same.line} already: it is one certificate."
            self.notes.tell(bullet.line, "read", sentence)
        return same

    def _portfolio(self, part: Part) -> None:
        level = level_of(part.title)
        words = [block for block in part.blocks if isinstance(block, Prose)]
        for entry in part.entries:
            self._project(entry, level)
        if words:
            self._say(Part(part.heading, part.name, list(words)), "experience", part.title)

    def _project(self, entry: Bullet, level: str) -> None:
        """Keep the project an entry names, or those below an entry that only names a level."""
        text = undecorated(entry.prose.text)
        if _is_level(text):
            for inner in entry.bullets:
                self._project(inner, level_of(text))
            return
        title, rest = text, ""
        labelled = _LEVEL_LABEL.match(text)
        if labelled and _is_level(labelled.group(1)):
            level, title = level_of(labelled.group(1)), labelled.group(2).strip(" .")
        elif entry.prose.label and entry.prose.rest:
            title, rest = undecorated(entry.prose.label), plain(entry.prose.rest)
        if title:
            self._keep(
                titled(Draft(entry.line, level=level, summary=rest), title, self.notes), entry
            )

    def _keep(self, draft: Draft, entry: Bullet) -> None:
        """Put a project into the portfolio, with what stands below it."""
        for prose in (entry.prose, *lines_below(entry.blocks)):
            draft.refer("resources", self.shelf.linked(prose))
        for block in entry.blocks:
            if isinstance(block, Prose):
                draft.describe(brief(plain(block.text), LONGEST_TEXT))
        below = lines_below(block for block in entry.blocks if isinstance(block, Bullets))
        draft.add(
            "parts", lined((undecorated(prose.text) for prose in below), self.notes, entry.line)
        )
        self.portfolio.append(draft)

    # — everything else —

    def _info(self, part: Part, kind: str) -> None:
        if not part.blocks:
            return
        if kind:
            self._say(part, kind, part.title)
        else:
            self.note(part.blocks, part.title, part.line)

    def _say(self, part: Part, kind: str, title: str, *, is_whole: bool = False) -> None:
        """One block of info and, unless it `is_whole`, one more for each entry with entries of its own."""
        draft = (
            titled(Draft(part.line, kind=kind), title, self.notes)
            if title
            else Draft(part.line, kind=kind)
        )
        points: list[str] = []
        for block in part.blocks:
            if isinstance(block, Prose):
                self._paragraph(draft, block)
            for entry in block.entries if isinstance(block, Bullets) else ():
                if (
                    title
                    and not is_whole
                    and entry.bullets
                    and not any(one.blocks for one in entry.bullets)
                ):
                    self.shelf.linked(entry.prose)
                    self._say(_part_of(entry), kind, undecorated(entry.prose.text), is_whole=True)
                else:
                    points += self._point(draft, entry, kind)
        if "summary" in draft:
            draft["text"] = draft.pop("summary")
        found = lined(points, self.notes, part.line, len(points))
        draft.add("points", found[:LONGEST_LIST])
        if any(name in draft for name in ("text", "points", "pairs")):
            self.info.append(draft)
        for start in range(LONGEST_LIST, len(found), LONGEST_LIST):
            self.info.append(
                Draft(
                    part.line,
                    kind=kind,
                    title=draft.get("title"),
                    points=found[start : start + LONGEST_LIST],
                )
            )

    def _paragraph(self, draft: Draft, prose: Prose) -> None:
        self.shelf.linked(prose, title=str(draft.get("title", "")))
        if not self._pair(draft, plain(prose.text)):
            if len(draft.get("summary", "")) + len(prose.text) > LONGEST_TEXT:
                self.notes.tell(
                    prose.line, "dropped", f"I shortened a text to {LONGEST_TEXT} characters."
                )
            draft.describe(plain(prose.text))

    def _pair(self, draft: Draft, text: str) -> bool:
        myth = _MYTH.search(text)
        sides = (
            list(myth.groups())
            if myth
            else _ARROW.split(undecorated(text))
            if draft["kind"] == "advice"
            else []
        )
        if len(sides) != 2 or not all(sides) or len(draft.get("pairs", ())) >= LONGEST_LIST:
            return False
        about, says = (undecorated(side.strip()) for side in sides)
        draft.add(
            "pairs",
            [Draft(draft.line, about=brief(about, LONGEST_LINE), says=brief(says, LONGEST_TEXT))],
        )
        return True

    def _point(self, draft: Draft, entry: Bullet, kind: str) -> Iterator[str]:
        """What an entry adds to the points: its words and those below it, unless it is a pair, a resource or a block."""
        text = undecorated(entry.prose.text)
        label, colon, rest = text.partition(": ")
        other = (
            next((role for role, words in _INFO_LABEL.items() if words.match(key(label))), "")
            if colon
            else ""
        )
        if other:
            self._labelled(Draft(entry.line, kind=other, title=brief(label, LONGEST_TITLE)), rest)
        elif self._pair(draft, text):
            pass
        elif kind == "community" and entry.prose.links:
            self.shelf.entry(entry.prose, "community")
        else:
            self.shelf.linked(entry.prose)
            yield text
        for prose in lines_below(entry.blocks):
            self.shelf.linked(prose)
            yield undecorated(prose.text)

    def _labelled(self, draft: Draft, rest: str) -> None:
        """An entry such as “Growth path: one → two”, which is a block of its own."""
        if not self._pair(draft, rest):
            steps = (
                [step.strip(" .") for step in _ARROW.split(rest)]
                if draft["kind"] == "ladder"
                else []
            )
            if len(steps) > 1:
                draft["points"] = lined(steps, self.notes, draft.line)
            else:
                draft["text"] = brief(rest, LONGEST_TEXT)
        self.info.append(draft)


def _focused(bullet: Bullet, text: str) -> tuple[str, str]:
    """The name of a certificate, and what it is about."""
    inside = _FOCUS_INSIDE.search(text)
    if inside:
        return text[: inside.start()].strip(" –—-;,.·•"), inside.group(1)
    if bullet.prose.label and bullet.prose.rest:
        return plain(bullet.prose.label), plain(bullet.prose.rest)
    said = [undecorated(prose.text) for prose in lines_below(bullet.blocks)]
    return text, "; ".join(found.group(1) if (found := _FOCUS.match(one)) else one for one in said)


def _is_level(title: str) -> bool:
    """Whether a heading only says how hard what stands below it is."""
    return bool(level_of(title)) and not set(key(title).split()) - _LEVEL_WORDS


def _first_words(blocks: Sequence[Prose | Bullets]) -> str:
    return next(
        (
            entry.prose.text
            for block in blocks
            if isinstance(block, Bullets)
            for entry in block.entries
        ),
        "",
    )


def _hint(title: str) -> str:
    """The kind of resources that a heading or label announces; empty where each of them has its own."""
    return "" if key(title) in _OF_ANY_KIND else kind_in(title)


def _kind_of(title: str) -> str:
    """The kind of info block that a list among the resources is, though it lists none."""
    role = role_of(title)
    return role if role in INFO else "community" if label_of(title) == "resources" else "note"


def _part_of(entry: Bullet) -> Part:
    return Part(
        entry.prose,
        _UNNAMED,
        [block for block in entry.blocks if isinstance(block, Prose | Bullets)],
    )
