"""The roadmaps of a folder, without reading them all: an index knows each file's card.

To parse thirteen roadmaps takes a fifth of a second and some megabytes, and a group follows one.
A file that is new or was edited is not the one the index knows, so it is parsed at once, and its
author reads at the start what is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from bot.group.gallery import RoadmapCard, RoadmapShelf, build_card, parse_card, render_card
from bot.roadmap import Roadmap, parse_roadmap

INDEX = "_index.json"


def open_roadmap_folder(folder: Path) -> RoadmapShelf:
    """Return a folder's roadmaps. Raises `RoadmapError` for an invalid file."""
    known = _read_index(folder / INDEX)
    cards: dict[str, RoadmapCard] = {}
    paths: dict[str, Path] = {}
    for path in _list_roadmap_files(folder):
        data = path.read_bytes()
        card = known.get(_hash_file(path.name, data))
        if card is None:
            card = build_card(_parse_file(path, data))
        cards[card.slug] = card
        paths[card.slug] = path
    return RoadmapShelf(cards, lambda slug: _parse_file(paths[slug], paths[slug].read_bytes()))


def build_roadmap_index(folder: Path) -> str:
    """Return the text of a folder's index. Raises `RoadmapError` for an invalid file."""
    entries = {}
    for path in _list_roadmap_files(folder):
        data = path.read_bytes()
        card = build_card(_parse_file(path, data))
        entries[_hash_file(path.name, data)] = render_card(card)
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def _list_roadmap_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*.yaml")):
        if not path.name.startswith("_"):
            yield path


def _parse_file(path: Path, data: bytes) -> Roadmap:
    return parse_roadmap(data.decode(), path.name)


def _hash_file(name: str, data: bytes) -> str:
    # The slug is in the name.
    return hashlib.sha256(name.encode() + b"\n" + data).hexdigest()


def _read_index(path: Path) -> dict[str, RoadmapCard]:
    """Return the cards by their files' hashes; none without a readable index."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {file_hash: parse_card(card) for file_hash, card in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        # It only saves time.
        return {}
