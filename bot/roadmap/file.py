"""Reading a roadmap file: YAML or JSON text becomes a Roadmap, or a RoadmapError with line, place and remedy.

Only plain YAML is read: no anchors, aliases, tags or merge keys, one document, bounded size and depth.
Every scalar is text until the model says otherwise, so that a title may be `No` and a version `3.10`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

import yaml

from bot.roadmap.model import Roadmap
from bot.roadmap.problem import (
    MOST_PROBLEMS,
    WHOLE_FILE,
    Loc,
    Problem,
    RoadmapError,
    clipped,
    path_of,
)
from bot.roadmap.text import is_slug
from bot.roadmap.validation import judge_data

MOST_BYTES = 1_000_000
MOST_VALUES = 60_000
MOST_DEPTH = 20
_STANDARD = "tag:yaml.org,2002:"
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TABBED = re.compile("[ -]*\t")
_TABS = "Use spaces at the start of this line, not tabs."
_QUOTES = (
    "put quotes around a text that contains a colon or begins with a sign such as * & ! % @ [ {"
)
_SPACES = f"Check the spaces before this line and the line above, and {_QUOTES}"


def read(text: str, file: str) -> Roadmap:
    """Read the text of a roadmap file; the file's name, without folder and ending, becomes the slug.

    Raises RoadmapError with the first twenty problems, each with its line.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _refuse_unreadable(text, file)
    tree = _Tree(file)
    tree.grow(text)
    problems = list(tree.problems)
    if not isinstance(tree.root, dict):
        if not problems:
            problems.append(
                tree.problem(
                    1, (), "Write fields such as title: and stages: at the top of the file."
                )
            )
        raise RoadmapError(problems)
    if tree.is_cut_short:
        raise RoadmapError(problems)
    data = dict(tree.root)
    if "slug" not in data:
        data["slug"] = stem = re.split(r"[/\\]", file)[-1].rsplit(".", 1)[0]
        if not is_slug(stem, 48):
            data["slug"] = "unnamed"
            advice = "Rename the file to lower-case words joined by hyphens, such as python-in-8-weeks.yaml."
            problems.append(tree.problem(1, (), advice))
    return judge_data(Roadmap, data, file, tree.line_of, problems)


def schema() -> str:
    """The JSON schema of a roadmap file, for editors that check while one writes."""
    data = Roadmap.model_json_schema()
    data["required"].remove("slug")
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **data}, indent=2)
        + "\n"
    )


def _refuse_unreadable(text: str, file: str) -> None:
    if len(text) > MOST_BYTES or len(text.encode(errors="surrogatepass")) > MOST_BYTES:
        raise RoadmapError(
            [Problem(file, 1, WHOLE_FILE, "Split the file: a roadmap has at most one megabyte.")]
        )
    problems: list[Problem] = []
    for found in _UNREADABLE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        sentence = f"Delete the invisible character U+{ord(found.group()):04X} from this line."
        problems.append(Problem(file, line, WHOLE_FILE, sentence))
        if len(problems) == MOST_PROBLEMS:
            break
    if problems:
        raise RoadmapError(problems)


class _Enough(Exception):
    """Nothing after this point can be understood."""


@dataclass
class _Branch:
    """A mapping or list that is still growing; in a mapping, the key waiting for its value."""

    holder: dict[str, object] | list[object]
    loc: Loc
    key: str | None = None
    is_void: bool = False

    @property
    def wants_key(self) -> bool:
        return isinstance(self.holder, dict) and self.key is None

    @property
    def next_loc(self) -> Loc:
        return (
            (*self.loc, self.key or "?")
            if isinstance(self.holder, dict)
            else (*self.loc, len(self.holder))
        )


@dataclass
class _Tree:
    """Plain data grown from YAML events, with the line of every entry."""

    file: str
    root: object = None
    is_cut_short: bool = False
    problems: list[Problem] = field(default_factory=list)
    _branches: list[_Branch] = field(default_factory=list)
    _lines: dict[int, dict[str | int, int]] = field(default_factory=dict)
    _documents: int = 0
    _values: int = 0

    def grow(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._take(event)
        except _Enough:
            self.is_cut_short = True
        except yaml.MarkedYAMLError as error:
            self.is_cut_short = True
            mark = error.problem_mark or error.context_mark
            lines = text.split("\n")
            # A bracket left open is noticed behind the last line.
            line = min(mark.line, len(lines) - 1) if mark else 0
            is_tabbed = _TABBED.match(lines[line])
            sentence = _TABS if is_tabbed else f"{_SPACES} ({error.problem})."
            self.problems.append(self.problem(line + 1, self._here(), sentence))
        except yaml.YAMLError:
            self.is_cut_short = True
            self.problems.append(self.problem(1, (), "Save the file as plain text in UTF-8."))

    def problem(self, line: int, loc: Loc, sentence: str) -> Problem:
        return Problem(self.file, line, path_of(loc), sentence)

    def line_of(self, loc: Loc) -> int:
        """The line, from 1, of the entry at `loc`, or of the innermost part that is there."""
        line, at = 1, self.root
        for step in loc:
            line = self._lines.get(id(at), {}).get(step, line)
            try:
                at = at[step]  # type: ignore[index]
            except (TypeError, KeyError, IndexError):
                break
        return line

    def _here(self) -> Loc:
        return self._branches[-1].loc if self._branches else ()

    def _take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop(
                        event,
                        "Keep one roadmap in a file: remove this second one.",
                    )
            case yaml.AliasEvent():
                self._complain(event, f"Write this out: aliases are not read; {_QUOTES}.")
                self._place(event, None)
            case yaml.ScalarEvent():
                self._refuse_marks(event)
                self._take_scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_marks(event)
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._branches.pop()

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        branch = self._branches[-1] if self._branches else None
        if branch is None or not branch.wants_key:
            is_nothing = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
            self._place(event, None if is_nothing else event.value)
            return
        assert isinstance(branch.holder, dict)
        key, line = event.value, _line(event)
        branch.key = key
        branch.is_void = key in branch.holder or key == "<<"
        if key == "<<":
            self._complain(event, "Write these fields out: merge keys are not read.")
        elif branch.is_void:
            first = self._lines[id(branch.holder)][key]
            self._complain(
                event, f'Keep one of the two: "{clipped(key)}" is already written on line {first}.'
            )
        else:
            self._lines[id(branch.holder)][key] = line

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._branches) >= MOST_DEPTH:
            self._stop(
                event, f"Bring this nearer to the top: at most {MOST_DEPTH} levels are read."
            )
        holder: dict[str, object] | list[object] = (
            {} if isinstance(event, yaml.MappingStartEvent) else []
        )
        loc = self._branches[-1].next_loc if self._branches else ()
        self._lines[id(holder)] = {}
        self._place(event, holder)
        self._branches.append(_Branch(holder, loc))

    def _place(self, event: yaml.NodeEvent, value: object) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            self._stop(event, f"Split the file: a roadmap has at most {MOST_VALUES} entries.")
        branch = self._branches[-1] if self._branches else None
        if branch is None:
            self.root = value
        elif isinstance(branch.holder, list):
            self._lines[id(branch.holder)][len(branch.holder)] = _line(event)
            branch.holder.append(value)
        elif branch.key is None:
            self._stop(event, "Write a plain name before the colon.")
        else:
            if not branch.is_void:
                branch.holder[branch.key] = value
            branch.key = None

    def _refuse_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._complain(
                event,
                f"Remove the anchor &{clipped(event.anchor)}: anchors are not read; {_QUOTES}.",
            )
        if event.tag is not None:
            self._complain(
                event,
                f"Remove the tag {event.tag.replace(_STANDARD, '!!')[:40]}: tags are not read; {_QUOTES}.",
            )

    def _complain(self, event: yaml.Event, sentence: str) -> None:
        loc = self._branches[-1].next_loc if self._branches else ()
        self.problems.append(self.problem(_line(event), loc, sentence))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Enough

    def _stop(self, event: yaml.Event, sentence: str) -> None:
        self.problems.append(self.problem(_line(event), self._here(), sentence))
        raise _Enough


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1
