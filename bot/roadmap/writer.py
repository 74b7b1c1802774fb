"""Writing a roadmap as its author would: the same fields in the same order, what is left at its default left out.

What is written here is read back by `read`, under a file name made of the slug, as an equal roadmap.
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

# Only fields of the plan itself stand at the margin: a text of several lines is set in.
_PART = re.compile("^(?=[a-z]+:$)", re.MULTILINE)
# What a file may not hold as it is, though a text may.
_UNREADABLE = re.compile("[\ufffe\uffff]")


def render_roadmap_yaml(roadmap: Roadmap) -> str:
    """The roadmap as YAML, with the line at its head by which an editor finds the schema."""
    data = roadmap.model_dump(exclude_defaults=True, exclude={"slug"})
    text = yaml.dump(data, Dumper=_RoadmapDumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return f"{SCHEMA}\n" + _PART.sub("\n", text)


def render_roadmap_json(roadmap: Roadmap) -> str:
    """The roadmap as JSON."""
    data = roadmap.model_dump(mode="json", exclude_defaults=True, exclude={"slug"})
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text) + "\n"


class _RoadmapDumper(yaml.SafeDumper):
    """Writes lists set in below their field, short ones in brackets, and long texts over several lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else ">" if len(text) > WIDTH - 30 else None
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
