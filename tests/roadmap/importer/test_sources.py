"""The five source documents become the bundled roadmaps that people made of them.

Each difference stands in sources/differences.yaml with its reason. A difference not listed fails,
and so does a listed one that is gone. What the bundled roadmap marks as added is left out. The
environment variable SOURCES can name a folder with the original documents, for the same comparison.
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
from tests.support.roadmap_additions import remove_additions
from tests.support.roadmap_similarity import RoadmapComparison

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    (SOURCES / "differences.yaml").read_text(encoding="utf-8")
)


def _list_documents() -> list[Path]:
    """Return the five documents, and the originals from the folder SOURCES."""
    folders = [SOURCES]
    if original_folder := os.environ.get("SOURCES", ""):
        folders.append(Path(original_folder))
    paths = [path for folder in folders for path in sorted(folder.iterdir())]
    return [path for path in paths if path.name[:3] in TABLE]


@pytest.mark.parametrize("document", _list_documents(), ids=lambda path: path.name)
def test_a_document_becomes_the_bundled_roadmap_except_for_the_listed_differences(
    document: Path,
) -> None:
    expected = TABLE[document.name[:3]]
    name = f"{expected['roadmap']}.yaml"
    bundled = parse_roadmap((ROOT / "roadmaps" / name).read_text(encoding="utf-8"), name)
    imported = import_document(document.read_bytes(), document.name).roadmap
    reasons: dict[str, str] = {}
    for group in expected["differences"]:
        for difference in group["what"]:
            reasons[difference] = group["why"]
    comparison = RoadmapComparison(imported, remove_additions(bundled))
    assert comparison.list_differences() == sorted(reasons)
    assert all(len(reason) > 20 for reason in reasons.values())


@pytest.mark.parametrize("number", sorted(TABLE))
def test_every_source_document_reports_repairs_omissions_and_oddities(number: str) -> None:
    document = next(path for path in SOURCES.iterdir() if path.name.startswith(number))
    report = import_document(document.read_bytes(), document.name).report
    remarks = [f"{entry.line} {entry.kind}" for entry in report.entries]
    assert [remark for remark in TABLE[number]["told"] if remark not in remarks] == []
