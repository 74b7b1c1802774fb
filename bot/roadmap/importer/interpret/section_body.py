"""What stands below one heading of the plan: its items under their labels, its words, its resources, outcomes and time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

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
from bot.roadmap.importer.interpret.heading_names import first_span, named, optional
from bot.roadmap.importer.interpret.items import is_list, item_of, prefix_of, split
from bot.roadmap.importer.interpret.parts import Part
from bot.roadmap.importer.interpret.resources import PLATFORMS, Shelf, is_pointer, kind_in
from bot.roadmap.importer.interpret.vocabulary import KINDS, label_of, undecorated
from bot.roadmap.importer.report import Notes
from bot.roadmap.importer.tree import Bullet, Bullets, Prose

PREREQUISITE = re.compile(r"^(?:pre-?requisites?|requirements?)\s*[:–—-]\s*(?=\S)", re.I)
_DETAILS = frozenset({"platform", "author", "cost", "link", "time"})
_HEADED = re.compile(r"^(.{2,150}) by ([A-ZÀ-Þ][\w.’'-]*(?: [A-ZÀ-Þ][\w.’'-]*){1,3})$")


@dataclass(slots=True)
class Body:
    """The inside of a stage or week, growing line by line. `about` is its title."""

    about: str
    shelf: Shelf
    notes: Notes
    is_week: bool = False
    items: list[Draft] = field(default_factory=list)
    stages: list[Draft] = field(default_factory=list)
    resources: list[Draft] = field(default_factory=list)
    named: list[Draft] = field(default_factory=list)
    """Resources whose links stand in its text: what there is to do where nothing else is."""
    outcomes: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    course: Draft | None = None
    time: str = ""

    def head(self, part: Part) -> Body:
        """Take in what the heading links to, and the text below it."""
        self.named += self.shelf.linked(part.heading, title=part.title)
        self.refer(self.named)
        self.read(part.blocks)
        return self

    def read(self, blocks: Sequence[object], label: str = "") -> None:
        """Take blocks in; `label` is what the heading or entry above says of them."""
        current = label
        for place, block in enumerate(blocks):
            if isinstance(block, Bullets):
                self._entries(block, current)
                current = label
            elif isinstance(block, Prose):
                is_above_list = isinstance(next(iter(blocks[place + 1 : place + 2]), None), Bullets)
                current = (label_of(block.text) if is_above_list else "") or self._prose(
                    block, label
                )

    def _entries(self, block: Bullets, label: str) -> None:
        for entry in block.entries:
            if plain(entry.prose.text):
                self._entry(entry, label)
            else:
                self.read(entry.blocks, label)

    def _prose(self, prose: Prose, label: str) -> str:
        """Take a paragraph in; what it says about the list below it is returned."""
        role, rest = _labelled(prose)
        if role and not rest:
            return role
        if role == "question" and self._asked(rest):
            return label
        if role not in ("", "note", "question"):
            self._say(role, Prose(prose.line, rest, prose.links), prose)
        elif not role and label in (*KINDS, "outcomes", "resources", "course"):
            self._say(label, Prose(prose.line, rest, prose.links), prose)
        elif not self.shelf.describe(rest):
            self._link(prose)
            self.words.append(rest if role == "note" else plain(prose.text))
        return label

    def _link(self, prose: Prose) -> None:
        found = self.shelf.linked(prose, title=self.about)
        self.named += found
        self.refer(found)

    def refer(self, resources: Sequence[Draft]) -> None:
        """Take in resources, each once, and as many as a stage or week may name."""
        for one in resources:
            if any(one is each for each in self.resources):
                continue
            if len(self.resources) < LONGEST_LIST:
                self.resources.append(one)
            else:
                most = f"A stage names {LONGEST_LIST} resources at most"
                self.notes.tell(
                    one.line, "read", f"{most}; this one stands in the list of all of them."
                )

    def _say(self, role: str, said: Prose, prose: Prose) -> None:
        """Take in what a label says on its own line."""
        if role in KINDS:
            self._say_items(role, said)
        elif role == "outcomes":
            self.outcomes += lined([said.text], self.notes, prose.line)
            self._link(said)
        elif role == "resources" or (
            role == "course" and not any(is_pointer(link) for link in said.links)
        ):
            hint = kind_in(prose.label or prose.text.partition(":")[0]) if role == "course" else ""
            self.refer(self.shelf.entry(said, "" if hint == "course" else hint))
        elif role in _DETAILS or role == "course":
            self._detail(role, said)
        elif role != "question" or not self._asked(plain(said.text)):
            self._link(prose)
            self.words.append(plain(prose.text))

    def _asked(self, question: str) -> bool:
        """Ask a question of the item above it, if there is one that asks none."""
        if not self.items or "recall" in self.items[-1] or len(question) > LONGEST_LINE:
            return False
        self.items[-1]["recall"] = question
        return True

    def _say_items(self, kind: str, said: Prose) -> None:
        pieces = split(said.text) if kind in ("topic", "review") and not said.links else []
        if len(pieces) > 1 and is_list(pieces):
            self.notes.tell(
                said.line,
                "read",
                "I read the words between the commas as things to do, one by one.",
            )
        else:
            pieces = [said.text]
        for piece in pieces:
            self._item(Bullet(Prose(said.line, piece, said.links)), kind)

    def _detail(self, role: str, said: Prose) -> None:
        """A fact about the course that the heading names."""
        text = plain(said.text)
        if role == "time":
            self._state_time(text)
            return
        draft = self.course = self.course or Draft(said.line)
        for link in said.links:
            if "link" in draft:
                self._link(Prose(said.line, text, (link,)))
            elif target := self.shelf.target(link, said.line):
                draft["link"] = target
        if role in ("platform", "author", "cost") and text:
            value = brief(PLATFORMS.get(text.casefold(), text), LONGEST_LINE)
            if draft.setdefault(role, value) != value:
                self.words.append(f"{role.capitalize()}: {text}")

    def _state_time(self, text: str) -> None:
        time = first_span(text)
        if time and self.time in ("", time):
            self.time = time
        else:
            self.words.append(f"Time: {text}")

    def _entry(self, entry: Bullet, label: str) -> None:
        role, rest = _labelled(entry.prose)
        if role and entry.checked is None and (entry.blocks or role not in KINDS):
            if not entry.blocks and not rest:
                self.notes.tell(
                    entry.line, "odd", f"Nothing stands below {quoted(entry.prose.text)}."
                )
            if rest:
                self._say(role, Prose(entry.line, rest, entry.prose.links), entry.prose)
            self.read(entry.blocks, role)
        elif entry.blocks and self._is_group(entry):
            self._group(entry, label)
        elif label in ("", "note", *KINDS) or (label == "resources" and entry.checked is not None):
            self._item(entry, label)
        else:
            self._say(
                label,
                Prose(entry.line, undecorated(entry.prose.text), entry.prose.links),
                entry.prose,
            )
            self.read(entry.blocks, label)

    def _is_group(self, entry: Bullet) -> bool:
        """Whether the entries below are things to do themselves, or labels with such below them."""
        return any(
            inner.checked is not None or (_labelled(inner.prose)[0] not in ("", "note", "question"))
            for inner in entry.bullets
        ) or (self.is_week and named(entry.prose.text).unit == "day")

    def _group(self, entry: Bullet, label: str) -> None:
        """Take in an entry with things to do below it, or with labels that tell of it."""
        name = named(entry.prose.text)
        title = name.title or name.label or plain(entry.prose.text)
        are_boxes = any(inner.checked is not None for inner in entry.bullets)
        inner = Body(title, self.shelf, self.notes, self.is_week)
        inner.read(entry.blocks, label)
        inner.finish(entry.line)
        if not (inner.items or inner.stages):
            self._told_of(entry, title, label, inner)
            return
        if entry.checked is not None:
            self._item(Bullet(entry.prose), label)
        if not self.is_week and not are_boxes:
            stage = titled(Draft(entry.line, time=name.time), title, self.notes)
            self.stages.append(inner.stage(stage))
            return
        if entry.checked is None:
            self._link(entry.prose)
            for item in inner.items[:1]:
                item.describe(plain(entry.prose.text))
        self.items += inner.items
        self.stages += inner.stages
        self.outcomes += inner.outcomes
        self.refer(inner.resources)
        self.words += inner.words

    def _told_of(self, entry: Bullet, title: str, label: str, inner: Body) -> None:
        """Take in an entry as one thing to do, of which the labels below it tell."""
        prose = (
            entry.prose
            if entry.checked is not None
            else Prose(entry.line, title, entry.prose.links)
        )
        item = self._item(Bullet(prose), label)
        self.outcomes += inner.outcomes
        if item is None:
            self.refer(inner.resources)
            return
        item.refer("resources", inner.resources)
        item.describe(inner.summary)
        if inner.time:
            item.describe(f"Time: {inner.time}")

    def _item(self, bullet: Bullet, label: str) -> Draft | None:
        item = item_of(bullet, label if label in KINDS else "", self.shelf, self.notes)
        if item is not None:
            self.items.append(item)
        elif text := plain(
            bullet.prose.text
        ):  # “[ ] Duration: 2 hours” is nothing to do, and yet says something
            self.words.append(text)
            self.read(bullet.blocks, label)
        return item

    def finish(self, line: int) -> None:
        """Make the course that the heading names, if labels told of one."""
        if self.course is None:
            return
        found = _HEADED.match(self.about)
        title, author = found.groups() if found else (self.about, "")
        known = {"title": brief(title, LONGEST_LINE), "author": author, "time": self.time}
        course = Draft(line, **{**known, **self.course})
        course["kind"] = kind_in(title) or ("course" if "platform" in course else "site")
        course = self.shelf.put(course)
        self.named.append(course)
        self.refer([course])

    def stage(self, draft: Draft) -> Draft:
        """The stage or week, with everything that was found for it."""
        draft.add("resources", self.resources)
        outcomes = list(dict.fromkeys(self.outcomes))
        draft.add("outcomes", outcomes[:LONGEST_LIST])
        draft.describe(brief("; ".join(outcomes[LONGEST_LIST:]), LONGEST_TEXT))
        if self.time:
            draft.setdefault("time", self.time)
        for text in self.words:
            draft.describe(text)
        draft.add("items", self.items)
        draft.add("stages", self.stages)
        return draft

    @property
    def summary(self) -> str:
        return brief("\n\n".join(self.words), LONGEST_TEXT)


def things_named(part: Part, body: Body) -> list[Draft]:
    """The items of a part that lists none: the courses its heading or its text links to, else what the heading says. There
    is always one."""
    linked = list({id(one): one for one in body.named}.values())
    items: list[Draft] = []
    called: list[tuple[str, Draft | None]] = [
        (_called(part, one, len(linked)), one) for one in linked
    ]
    for title, resource in called or [(_task(part, body), None)]:
        bare, is_optional = optional(title)
        item = item_of(Bullet(Prose(part.line, bare)), "", body.shelf, body.notes)
        if item is None:  # a title such as “Duration: 4 weeks”, which says nothing of a thing to do
            item = titled(Draft(part.line, kind="topic"), bare, body.notes)
        item.refer("resources", [resource] if resource is not None else [])
        if is_optional or part.name.is_optional:
            item["essential"] = False
        if not items and body.summary != item["title"]:
            item.describe(body.summary)
        items.append(item)
    return items


def _task(part: Part, body: Body) -> str:
    """What to do where nothing is listed: the title, or the sentence below a heading that is only a number."""
    is_sentence = (
        not part.name.title and len(body.words) == 1 and len(body.words[0]) <= LONGEST_TITLE
    )
    return body.words[0] if is_sentence else part.title


def _called(part: Part, resource: Draft, count: int) -> str:
    """What doing a course is called: by its name, with the heading before it where the name is a single word."""
    title, around = str(resource["title"]), PREREQUISITE.sub("", part.title).split(":")[0]
    if count == 1 and any(plain(link.text) == title for link in part.heading.links):
        return part.title
    return title if " " in title or title.casefold() in around.casefold() else f"{around}: {title}"


def _labelled(prose: Prose) -> tuple[str, str]:
    """What the label of a text says of it, and the text without the label."""
    if prose.label and (role := label_of(prose.label)):
        return role, plain(prose.rest)
    text = undecorated(prose.text)
    role, rest = prefix_of(text)
    if role:
        return role, rest
    if (prose.strong or prose.text.rstrip(" *").endswith(":")) and (role := label_of(text)):
        return role, ""
    return "", text
