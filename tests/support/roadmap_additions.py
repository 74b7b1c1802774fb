"""A plan as its source states it: without everything that the plan marks as added."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Any

from bot.roadmap import Roadmap


def remove_additions(plan: Roadmap) -> Roadmap:
    """Return the plan without its added entries and fields."""
    data = json.loads(plan.to_json())
    added_resources = {resource.id for resource in plan.resources if resource.added is True}
    return Roadmap.from_json(json.dumps(_remove_from(data, added_resources)))


def _remove_from(value: Any, added_resources: Set[str]) -> Any:
    if isinstance(value, list):
        kept = [entry for entry in value if not _is_added(entry)]
        return [_remove_from(entry, added_resources) for entry in kept]
    if not isinstance(value, dict):
        return value
    fields = {}
    for name, inner in value.items():
        if name == "resources" and all(isinstance(entry, str) for entry in inner):
            # An item may name resources of the source beside those that were added.
            fields[name] = [entry for entry in inner if entry not in added_resources]
        elif name != "added" and name not in value.get("added", ()):
            fields[name] = _remove_from(inner, added_resources)
    return fields


def _is_added(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("added") is True
