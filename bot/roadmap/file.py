"""Reading a roadmap file: YAML or JSON becomes a `Roadmap`, or a `RoadmapError`.

Only plain YAML is read: no anchors, aliases, tags or merge keys, one document, bounded size.
Every scalar is text until the model converts it, so a title may be `No` and a version `3.10`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.roadmap.model import Roadmap
from bot.roadmap.problem import (
    MOST_PROBLEMS,
    WHOLE_FILE,
    Loc,
    Problem,
    RoadmapError,
    format_loc,
    shorten_author_text,
)
from bot.roadmap.text import is_slug
from bot.roadmap.validation import validate_data

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


def parse_roadmap(text: str, file: str) -> Roadmap:
    """Return the roadmap from a file's text. Its slug is the file's name without folder and ending.

    Raises `RoadmapError` with the first twenty problems, each with its line.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _check_readable_text(text, file)
    tree = _YamlTree(file)
    tree.parse_yaml(text)
    problems = list(tree.problems)
    if not isinstance(tree.root, dict):
        if not problems:
            sentence = "Write fields such as title: and stages: at the top of the file."
            problems.append(tree.build_problem(1, (), sentence))
        raise RoadmapError(problems)
    # Half a file would only add problems about its missing half.
    if tree.is_cut_short:
        raise RoadmapError(problems)
    data = dict(tree.root)
    if "slug" not in data:
        stem = re.split(r"[/\\]", file)[-1].rsplit(".", 1)[0]
        data["slug"] = stem
        if not is_slug(stem, 48):
            data["slug"] = "unnamed"
            advice = (
                "Rename the file to lower-case words joined by hyphens, "
                "such as python-in-8-weeks.yaml."
            )
            problems.append(tree.build_problem(1, (), advice))
    return validate_data(Roadmap, data, file, tree.find_entry_line, problems)


def build_roadmap_schema() -> str:
    """Return the JSON schema for roadmap files, for editors to check by."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema.update(Roadmap.model_json_schema())
    # The file's name is the slug, so its field may be missing.
    schema["required"].remove("slug")
    return json.dumps(schema, indent=2) + "\n"


def _check_readable_text(text: str, file: str) -> None:
    if len(text) > MOST_BYTES or len(text.encode(errors="surrogatepass")) > MOST_BYTES:
        raise RoadmapError(
            [Problem(file, 1, WHOLE_FILE, "Split the file: a roadmap has at most one megabyte.")]
        )
    problems: list[Problem] = []
    for match in _UNREADABLE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        sentence = f"Delete the invisible character U+{ord(match.group()):04X} from this line."
        problems.append(Problem(file, line, WHOLE_FILE, sentence))
        if len(problems) == MOST_PROBLEMS:
            break
    if problems:
        raise RoadmapError(problems)


class _StopParsing(Exception):
    """The rest of the file makes no sense."""


@dataclass
class _OpenCollection:
    """An unfinished mapping or list; in a mapping, `key` waits for its value."""

    container: dict[str, object] | list[object]
    loc: Loc
    key: str | None = None
    is_ignored: bool = False

    @property
    def is_awaiting_key(self) -> bool:
        return isinstance(self.container, dict) and self.key is None

    @property
    def next_loc(self) -> Loc:
        if isinstance(self.container, dict):
            return (*self.loc, self.key or "?")
        return (*self.loc, len(self.container))


@dataclass
class _YamlTree:
    """Plain data from YAML events, with a line for every entry."""

    file: str
    root: object = None
    is_cut_short: bool = False
    problems: list[Problem] = field(default_factory=list)
    _branches: list[_OpenCollection] = field(default_factory=list)
    _lines: dict[int, dict[str | int, int]] = field(default_factory=dict)
    _documents: int = 0
    _values: int = 0

    def parse_yaml(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._handle_event(event)
        except _StopParsing:
            self.is_cut_short = True
        except yaml.MarkedYAMLError as error:
            self.is_cut_short = True
            mark = error.problem_mark or error.context_mark
            lines = text.split("\n")
            # An open bracket is noticed only behind the last line.
            line = min(mark.line, len(lines) - 1) if mark else 0
            is_tabbed = _TABBED.match(lines[line])
            sentence = _TABS if is_tabbed else f"{_SPACES} ({error.problem})."
            self.problems.append(self.build_problem(line + 1, self._get_current_loc(), sentence))
        except yaml.YAMLError:
            self.is_cut_short = True
            self.problems.append(self.build_problem(1, (), "Save the file as plain text in UTF-8."))

    def build_problem(self, line: int, loc: Loc, sentence: str) -> Problem:
        return Problem(self.file, line, format_loc(loc), sentence)

    def find_entry_line(self, loc: Loc) -> int:
        """Return the line, from 1, for the entry at `loc` or its innermost existing part."""
        line, entry = 1, self.root
        for step in loc:
            line = self._lines.get(id(entry), {}).get(step, line)
            try:
                entry = entry[step]  # type: ignore[index]
            except (TypeError, KeyError, IndexError):
                break
        return line

    def _get_current_loc(self) -> Loc:
        return self._branches[-1].loc if self._branches else ()

    def _handle_event(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    sentence = "Keep one roadmap in a file: remove this second one."
                    self._stop_parsing(event, sentence)
            case yaml.AliasEvent():
                self._record_problem(event, f"Write this out: aliases are not read; {_QUOTES}.")
                self._store_value(event, None)
            case yaml.ScalarEvent():
                self._check_anchors_and_tags(event)
                self._handle_scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._check_anchors_and_tags(event)
                self._open_collection(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._branches.pop()

    def _handle_scalar(self, event: yaml.ScalarEvent) -> None:
        branch = self._branches[-1] if self._branches else None
        if branch is None or not branch.is_awaiting_key:
            is_nothing = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
            self._store_value(event, None if is_nothing else event.value)
            return
        assert isinstance(branch.container, dict)
        key, line = event.value, _get_event_line(event)
        branch.key = key
        branch.is_ignored = key in branch.container or key == "<<"
        if key == "<<":
            self._record_problem(event, "Write these fields out: merge keys are not read.")
        elif branch.is_ignored:
            first = self._lines[id(branch.container)][key]
            name = shorten_author_text(key)
            sentence = f'Keep one of the two: "{name}" is already written on line {first}.'
            self._record_problem(event, sentence)
        else:
            self._lines[id(branch.container)][key] = line

    def _open_collection(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._branches) >= MOST_DEPTH:
            sentence = f"Bring this nearer to the top: at most {MOST_DEPTH} levels are read."
            self._stop_parsing(event, sentence)
        container: dict[str, object] | list[object] = []
        if isinstance(event, yaml.MappingStartEvent):
            container = {}
        loc = self._branches[-1].next_loc if self._branches else ()
        # By identity: two equal containers stand on different lines. The tree keeps them alive.
        self._lines[id(container)] = {}
        self._store_value(event, container)
        self._branches.append(_OpenCollection(container, loc))

    def _store_value(self, event: yaml.NodeEvent, value: object) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            self._stop_parsing(
                event, f"Split the file: a roadmap has at most {MOST_VALUES} entries."
            )
        branch = self._branches[-1] if self._branches else None
        if branch is None:
            self.root = value
        elif isinstance(branch.container, list):
            self._lines[id(branch.container)][len(branch.container)] = _get_event_line(event)
            branch.container.append(value)
        elif branch.key is None:
            self._stop_parsing(event, "Write a plain name before the colon.")
        else:
            if not branch.is_ignored:
                branch.container[branch.key] = value
            branch.key = None

    def _check_anchors_and_tags(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        self._check_anchor(event)
        self._check_tag(event)

    def _check_anchor(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            name = shorten_author_text(event.anchor)
            sentence = f"Remove the anchor &{name}: anchors are not read; {_QUOTES}."
            self._record_problem(event, sentence)

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            tag = event.tag.replace(_STANDARD, "!!")[:40]
            self._record_problem(event, f"Remove the tag {tag}: tags are not read; {_QUOTES}.")

    def _record_problem(self, event: yaml.Event, sentence: str) -> None:
        loc = self._branches[-1].next_loc if self._branches else ()
        self.problems.append(self.build_problem(_get_event_line(event), loc, sentence))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _StopParsing

    def _stop_parsing(self, event: yaml.Event, sentence: str) -> None:
        self.problems.append(
            self.build_problem(_get_event_line(event), self._get_current_loc(), sentence)
        )
        raise _StopParsing


def _get_event_line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1
