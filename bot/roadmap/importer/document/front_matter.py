"""The front matter of a page: its fields as plain text, without those that only say how the page looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Front
from bot.roadmap.problem import shorten_author_text

MOST_FRONT_LINES = 200
LONGEST_FIELD = 2_000
_LOOKS = re.compile(
    r"layout|template|img\w*|\w*image\w*|cover\w*|thumbnail\w*|hero\w*|banner\w*|icon|permalink|draft|toc\w*|"
    r"sidebar\w*|nav\w*|weight|order|aliases|css\w*|type|theme|comments|share|search|hide\w*|editor|output|og\w*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,60}?)[ \t]*[:=][ \t]*(.*)")


def split_front_matter(lines: list[str], notes: ImportNotes) -> tuple[Front, list[str]]:
    """The fields between two fences at the beginning, and the lines with these emptied."""
    start = next((place for place, line in enumerate(lines) if line.strip()), 0)
    fence = lines[start].rstrip()
    if fence not in ("---", "+++"):
        return {}, lines
    last = min(len(lines), start + MOST_FRONT_LINES)
    end = next(
        (place for place in range(start + 1, last) if lines[place].rstrip() in (fence, "...")), None
    )
    # A line across the page looks the same: fields begin at once and hold no empty beginning.
    if end is None or end == start + 1 or not _FIELD.match(lines[start + 1]):
        return {}, lines
    front = _parse_front_matter(lines[start + 1 : end])
    if looks := [name for name in front if _LOOKS.fullmatch(name)]:
        notes.record_note(
            start + 1,
            "dropped",
            f"Left out what only says how the page looks: {shorten_author_text(', '.join(looks))}.",
        )
    kept = {name: value for name, value in front.items() if name not in looks and value}
    return kept, [*lines[:start], *[""] * (end + 1 - start), *lines[end + 1 :]]


def _parse_front_matter(lines: list[str]) -> Front:
    try:
        if any(len(line) > LONGEST_FIELD for line in lines):
            return _parse_front_matter_lines(lines)
        return dict(_read_yaml_fields("\n".join(lines)))
    except (yaml.YAMLError, RecursionError):
        # Many write a colon into a title without quotes; then line by line is what they meant.
        return _parse_front_matter_lines(lines)


def _parse_front_matter_lines(lines: list[str]) -> Front:
    front: dict[str, str | tuple[str, ...]] = {}
    name = ""
    for line in lines:
        text = line.strip()
        if found := _FIELD.match(line):
            name, value = found.group(1), found.group(2).strip()
            is_list = value.startswith("[") and value.endswith("]")
            front[name] = (
                tuple(map(_strip_quotes, value[1:-1].split(",")))
                if is_list
                else _strip_quotes(value)
            )
        elif text.startswith("- ") and name:
            before = front[name]
            front[name] = (*(before if isinstance(before, tuple) else ()), _strip_quotes(text[2:]))
    return front


def _strip_quotes(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _read_yaml_fields(text: str) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """The fields of the outermost mapping that hold a text or texts. Nodes are composed, never constructed: no tag is
    obeyed and no alias multiplied."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise yaml.YAMLError
    for name, value in root.value:
        if isinstance(value, yaml.ScalarNode):
            yield str(name.value), value.value
        elif isinstance(value, yaml.SequenceNode):
            yield (
                str(name.value),
                tuple(each.value for each in value.value if isinstance(each, yaml.ScalarNode)),
            )
