"""The front matter of a page: its fields as plain text, without those for the page's look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml

from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Front
from bot.roadmap.problem import shorten_author_text

MOST_FRONT_LINES = 200
LONGEST_FIELD = 2_000
_LOOK_FIELDS = re.compile(
    r"layout|template|img\w*|\w*image\w*|cover\w*|thumbnail\w*|hero\w*|banner\w*|icon|permalink|"
    r"draft|toc\w*|sidebar\w*|nav\w*|weight|order|aliases|css\w*|type|theme|comments|share|search|"
    r"hide\w*|editor|output|og\w*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,60}?)[ \t]*[:=][ \t]*(.*)")


def split_front_matter(lines: list[str], notes: ImportNotes) -> tuple[Front, list[str]]:
    """Return the fields between two fences at the top, and the lines with these emptied."""
    start = _find_first_filled_line(lines)
    end = _find_front_end(lines, start)
    if end is None:
        return {}, lines
    fields = _drop_look_fields(_parse_front_matter(lines[start + 1 : end]), start + 1, notes)
    emptied = [""] * (end + 1 - start)
    return fields, [*lines[:start], *emptied, *lines[end + 1 :]]


def _drop_look_fields(front: Front, line: int, notes: ImportNotes) -> Front:
    """Return the fields with a value, without those for the page's look."""
    looks = list(filter(_LOOK_FIELDS.fullmatch, front))
    if looks:
        _report_look_fields(looks, line, notes)
    return {name: value for name, value in front.items() if name not in looks and value}


def _report_look_fields(looks: Sequence[str], line: int, notes: ImportNotes) -> None:
    names = shorten_author_text(", ".join(looks))
    sentence = f"I left out fields about the look of the page: {names}."
    notes.record_note(line, "dropped", sentence)


def _find_first_filled_line(lines: list[str]) -> int:
    for place, line in enumerate(lines):
        if line.strip():
            return place
    return 0


def _find_front_end(lines: list[str], start: int) -> int | None:
    """Return the place of the closing fence; None if no front matter starts here."""
    fence = lines[start].rstrip()
    if fence not in ("---", "+++"):
        return None
    last = min(len(lines), start + MOST_FRONT_LINES)
    for place in range(start + 1, last):
        if lines[place].rstrip() in (fence, "..."):
            # A line across the page looks the same, but no field follows it at once.
            if place > start + 1 and _FIELD.match(lines[start + 1]):
                return place
            return None
    return None


def _parse_front_matter(lines: list[str]) -> Front:
    if any(len(line) > LONGEST_FIELD for line in lines):
        return _parse_front_matter_lines(lines)
    try:
        return dict(_read_yaml_fields("\n".join(lines)))
    except (yaml.YAMLError, RecursionError):
        # Many titles have a colon without quotes around them, and line by line they can be read.
        return _parse_front_matter_lines(lines)


def _parse_front_matter_lines(lines: list[str]) -> Front:
    front: dict[str, str | tuple[str, ...]] = {}
    name = ""
    for line in lines:
        text = line.strip()
        if field := _FIELD.match(line):
            name = field.group(1)
            front[name] = _parse_field_value(field.group(2).strip())
        elif text.startswith("- ") and name:
            front[name] = _append_list_value(front[name], _strip_quotes(text[2:]))
    return front


def _parse_field_value(value: str) -> str | tuple[str, ...]:
    if value.startswith("[") and value.endswith("]"):
        return tuple(map(_strip_quotes, value[1:-1].split(",")))
    return _strip_quotes(value)


def _append_list_value(before: str | tuple[str, ...], value: str) -> tuple[str, ...]:
    # Before the first entry of a list, the field's value is an empty text.
    if isinstance(before, tuple):
        return (*before, value)
    return (value,)


def _strip_quotes(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _read_yaml_fields(text: str) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Yield the fields with a text or a list of texts.

    Raises YAMLError if the text is no YAML mapping.
    """
    # Nodes are composed and never constructed: no tag runs code, and no alias multiplies.
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise yaml.YAMLError
    for name, value in root.value:
        if isinstance(value, yaml.ScalarNode):
            yield str(name.value), value.value
        elif isinstance(value, yaml.SequenceNode):
            scalars = [node.value for node in value.value if isinstance(node, yaml.ScalarNode)]
            yield str(name.value), tuple(scalars)
