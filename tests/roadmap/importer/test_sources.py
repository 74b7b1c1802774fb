"""The five source documents, imported as they lie, give what people made of them, but for the differences in a table.

Each difference stands in sources/differences.yaml with its reason: one that is not listed fails, and so does one that is
listed and not there. With the original documents in the folder SOURCES, the same table holds for them, too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.roadmap import parse_roadmap
from bot.roadmap.importer import import_document
from tests.support.paths import ROOT
from tests.support.roadmap_similarity import Likeness

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    (SOURCES / "differences.yaml").read_text(encoding="utf-8")
)


def _documents() -> list[Path]:
    """The five documents, and the originals where somebody has them."""
    folders = [SOURCES, *(Path(folder) for folder in [os.environ.get("SOURCES", "")] if folder)]
    return [
        path for folder in folders for path in sorted(folder.iterdir()) if path.name[:3] in TABLE
    ]


@pytest.mark.parametrize("document", _documents(), ids=lambda path: path.name)
def test_a_document_imported_as_it_lies_is_the_bundled_roadmap_but_for_what_is_listed(
    document: Path,
) -> None:
    entry = TABLE[document.name[:3]]
    name = f"{entry['roadmap']}.yaml"
    wanted = parse_roadmap((ROOT / "roadmaps" / name).read_text(encoding="utf-8"), name)
    found = Likeness(
        import_document(document.read_bytes(), document.name).roadmap, wanted
    ).differences()
    listed = {
        what: why
        for group in entry["differences"]
        for what in group["what"]
        for why in [group["why"]]
    }
    assert sorted(found) == sorted(listed)
    assert all(len(why) > 20 for why in listed.values())


@pytest.mark.parametrize("number", sorted(TABLE))
def test_every_source_document_says_what_was_repaired_or_dropped_and_what_is_odd(
    number: str,
) -> None:
    document = next(path for path in SOURCES.iterdir() if path.name.startswith(number))
    report = import_document(document.read_bytes(), document.name).report
    told = [f"{entry.line} {entry.kind}" for entry in report.entries]
    assert [each for each in TABLE[number]["told"] if each not in told] == []
