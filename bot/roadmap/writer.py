"""Writing a roadmap: its fields in their usual order, without defaults.

`parse_roadmap` reads it back to an equal roadmap, under a file name with the same slug.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import yaml

from bot.roadmap.model import Roadmap

SCHEMA = "# yaml-language-server: $schema=_schema.json"
WIDTH = 110
LONGEST_FLOW = 80

# Only the roadmap's own fields stand at the margin: texts with several lines are indented.
_PART = re.compile("^(?=[a-z]+:$)", re.MULTILINE)
# Letters that a text may hold, but a file only escaped.
_UNREADABLE = re.compile("[\ufffe\uffff]")


def render_roadmap_yaml(roadmap: Roadmap) -> str:
    """Return the roadmap in YAML. Its first line leads editors to the schema."""
    data = roadmap.model_dump(exclude_defaults=True, exclude={"slug"})
    text = yaml.dump(data, Dumper=_RoadmapDumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return f"{SCHEMA}\n" + _PART.sub("\n", text)


def render_roadmap_json(roadmap: Roadmap) -> str:
    """Return the roadmap in JSON."""
    data = roadmap.model_dump(mode="json", exclude_defaults=True, exclude={"slug"})
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _UNREADABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


class _RoadmapDumper(yaml.SafeDumper):
    """Indent lists below their field, and put short ones in brackets."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        # Our own reader refuses aliases, so a list used twice is written out twice.
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None
    if "\n" in text:
        style = "|"  # keeps each line
    elif len(text) > WIDTH - 30:
        style = ">"  # folds one long line
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_list(dumper: yaml.SafeDumper, values: Sequence[object]) -> yaml.Node:
    is_short = sum(len(str(value)) + 4 for value in values) <= LONGEST_FLOW
    is_plain = all(not isinstance(value, Mapping | tuple) for value in values)
    return dumper.represent_sequence(
        "tag:yaml.org,2002:seq", values, flow_style=is_short and is_plain
    )


_RoadmapDumper.add_representer(str, _represent_text)
_RoadmapDumper.add_representer(tuple, _represent_list)
_RoadmapDumper.add_representer(list, _represent_list)
