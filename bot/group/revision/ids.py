"""New ids put into a plan, wherever they stand and wherever they are referred to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from bot.group.revision.parts import normalize_title_words
from bot.roadmap import Roadmap

# Most characters in an id, as the model of a roadmap has them.
_LONGEST = {"weeks": 24, "stages": 32, "items": 32}
_LONGEST_BESIDE = 48
_STEPS = ("stages", "weeks", "items")
# Lists that stand beside the steps, and the attribute with all their entries.
_BESIDE = {
    "resources": "resources",
    "portfolio": "portfolio",
    "certificates": "certificates",
    "tracks": "tracks",
    "choices": "all_choices",
}
# Fields that refer to an entry in one of these lists.
_REFERENCES = {
    "resources": "resources",
    "track": "tracks",
    "earns": "certificates",
    "builds": "portfolio",
}
_STEP_REFERENCES = frozenset({"requires", "takes", "parallel_with"})

IdMap = Mapping[str, str]


class _Entry(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


def list_id_limits(roadmap: Roadmap) -> dict[str, int]:
    """Map the ids for stages, weeks and items to the most characters each may have.

    These three share their ids: none stands for two things.
    """
    limits = {}
    for stage in roadmap.all_stages:
        limits[stage.id] = _LONGEST["stages"]
    for week in roadmap.weeks:
        limits[week.id] = _LONGEST["weeks"]
    limits.update(dict.fromkeys(roadmap.items, _LONGEST["items"]))
    return limits


def replace_roadmap_ids(
    new: Roadmap, versions: Sequence[Roadmap], pairs: Mapping[str, str]
) -> Roadmap:
    """Return the plan with the ids from earlier versions.

    `versions` are the earlier ones, the latest first. `pairs` has the ids for its steps.
    """
    step_ids = _assign_step_ids(pairs, new, versions)
    beside_ids = {}
    for name, attribute in _BESIDE.items():
        entries, old_entries = getattr(new, attribute), getattr(versions[0], attribute)
        beside_ids[name] = _match_ids_by_title(entries, old_entries)
    data = json.loads(new.to_json())
    _replace_ids(data, "", step_ids, beside_ids)
    # Lists in a list, which the walk over names does not reach.
    groups = data.get("equivalents", [])
    data["equivalents"] = [_translate_ids(group, step_ids) for group in groups]
    return Roadmap.from_json(json.dumps(data))


def _translate_ids(ids: Iterable[str], id_map: IdMap) -> list[str]:
    return [id_map.get(id_, id_) for id_ in ids]


def _assign_step_ids(
    pairs: Mapping[str, str], new: Roadmap, versions: Sequence[Roadmap]
) -> dict[str, str]:
    """Choose the id for each step: its pair's, else its own, or a fresh one.

    A fresh one is needed where its own has meant something else in an earlier version.
    """
    used_ids: set[str] = set()
    for version in versions:
        used_ids.update(list_id_limits(version))
    step_ids = dict(pairs)
    for step, limit in list_id_limits(new).items():
        if step not in step_ids:
            step_ids[step] = _make_unused_id(step, limit, used_ids)
            used_ids.add(step_ids[step])
    return step_ids


def _match_ids_by_title(entries: Iterable[_Entry], old_entries: Iterable[_Entry]) -> dict[str, str]:
    """Choose the id for each entry: that of the old one with its title, else an unused one."""
    waiting = {}
    # Reversed, so that the first of several with one title is the one that is found.
    for old_entry in reversed(tuple(old_entries)):
        waiting[normalize_title_words(old_entry.title)] = old_entry.id
    used_ids = set(waiting.values())
    id_map = {}
    for entry in entries:
        id_map[entry.id] = waiting.pop(normalize_title_words(entry.title), "")
    # Only now are all used ids known: an entry must not take one that a later entry has.
    for own_id, found_id in id_map.items():
        if not found_id:
            id_map[own_id] = _make_unused_id(own_id, _LONGEST_BESIDE, used_ids)
            used_ids.add(id_map[own_id])
    return id_map


def _make_unused_id(own_id: str, limit: int, used_ids: set[str]) -> str:
    if own_id not in used_ids:
        return own_id
    number = 2
    while True:
        candidate = _append_version_number(own_id, limit, number)
        if candidate not in used_ids:
            return candidate
        number += 1


def _append_version_number(own_id: str, limit: int, number: int) -> str:
    # With a "v": an item called `week-2` would look like a week.
    room = limit - 2 - len(str(number))
    return f"{own_id[:room].rstrip('-')}-v{number}"


def _replace_ids(
    data: Any, field_name: str, step_ids: IdMap, beside_ids: Mapping[str, IdMap]
) -> None:
    """Replace the ids in a plan's plain data; `field_name` is the field that holds it."""
    if isinstance(data, list):
        for entry in data:
            _replace_ids(entry, field_name, step_ids, beside_ids)
    if not isinstance(data, dict):
        return
    for name, value in data.items():
        id_map = _find_id_map(name, field_name, step_ids, beside_ids)
        if isinstance(value, str):
            data[name] = id_map.get(value, value)
        elif isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            data[name] = _translate_ids(value, id_map)
        else:
            _replace_ids(value, name, step_ids, beside_ids)


def _find_id_map(
    name: str, field_name: str, step_ids: IdMap, beside_ids: Mapping[str, IdMap]
) -> IdMap:
    """Return the ids that may stand in a field; empty for a field with any other text."""
    if name == "id" and field_name in _STEPS:
        return step_ids
    if name == "id":
        return beside_ids.get(field_name, {})
    if name in _STEP_REFERENCES:
        return step_ids
    return beside_ids.get(_REFERENCES.get(name, ""), {})
