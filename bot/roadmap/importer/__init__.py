"""The importer: a plan in anybody's format, most often Markdown, becomes a Roadmap with a report.

The report names, by line, everything repaired, dropped, doubtful or kept as a note. In order:

- `file`: from bytes to text;
- `document/`: from text to an outline (`tree`) of headings, lists and tables;
- `interpret/`: from the outline to a roadmap of stages, weeks, items and the lists beside them;
- `lint`: remarks for the author about any roadmap, imported or in our own format;
- `report`: the entries of the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.roadmap import Roadmap, RoadmapError, parse_roadmap
from bot.roadmap.importer.file import decode_document, is_native_format
from bot.roadmap.importer.lint import lint_roadmap
from bot.roadmap.importer.report import EntryKind, ImportNotes, ImportReport, ReportEntry
from bot.roadmap.problem import Problem
from bot.roadmap.text import is_slug

__all__ = [
    "LONGEST_SLUG",
    "EntryKind",
    "ImportReport",
    "ImportedRoadmap",
    "ReportEntry",
    "import_document",
]

LONGEST_SLUG = 48
_UNNAMED = "imported-plan"


@dataclass(frozen=True, slots=True)
class ImportedRoadmap:
    """A roadmap from a file, and the report about its import."""

    roadmap: Roadmap
    report: ImportReport
    has_own_ids: bool
    """Whether its author wrote the ids; otherwise they were made from titles."""


def import_document(data: bytes, name: str) -> ImportedRoadmap:
    """Read somebody's file: Markdown, plain text, or YAML or JSON in our own format.

    The file's name, without folder and ending, becomes the slug if it can be one.
    Takes under two seconds and 100 MB for any accepted file.
    Raises RoadmapError, with line, path and remedy, for a file too large, binary, not UTF-8,
    nested too deep, with more weeks or items than a roadmap can hold, or with nothing to tick.
    """
    name = re.split(r"[/\\]", name)[-1]
    text, notes = decode_document(data, name), ImportNotes()
    if is_native_format(text, name):
        roadmap = _read_native_file(text, name)
        return _finish_import(roadmap, text, notes, has_own_ids=True)
    roadmap = _import_markdown(text, name, notes)
    return _finish_import(roadmap, text, notes, has_own_ids=False)


def _finish_import(
    roadmap: Roadmap, text: str, notes: ImportNotes, *, has_own_ids: bool
) -> ImportedRoadmap:
    report = notes.build_import_report() + lint_roadmap(roadmap, text)
    return ImportedRoadmap(roadmap, report.shorten_report(), has_own_ids)


def _import_markdown(text: str, name: str, notes: ImportNotes) -> Roadmap:
    # Imported here: the Markdown parser and ftfy load slowly, and the bot starts without them.
    from bot.roadmap.importer.document import build_outline
    from bot.roadmap.importer.interpret import build_roadmap_from_outline

    return build_roadmap_from_outline(build_outline(text, name, notes), name, notes)


def _read_native_file(text: str, name: str) -> Roadmap:
    """Read a roadmap in our own format, under any file name."""
    stem = name.rsplit(".", 1)[0]
    file_name = name
    if not is_slug(stem, LONGEST_SLUG):
        # The parser takes the slug from the file name, so it needs a valid one for now.
        file_name = f"{_UNNAMED}.yaml"
    try:
        roadmap = parse_roadmap(text, file_name)
    except RoadmapError as error:
        raise _restore_file_name(error, name) from None
    if roadmap.slug == _UNNAMED:
        return _replace_unnamed_slug(roadmap, stem)
    return roadmap


def _restore_file_name(error: RoadmapError, name: str) -> RoadmapError:
    return RoadmapError(
        Problem(name, problem.line, problem.path, problem.sentence) for problem in error.problems
    )


def _replace_unnamed_slug(roadmap: Roadmap, stem: str) -> Roadmap:
    from bot.roadmap.importer.interpret.ids import build_slug

    slug = build_slug(stem, LONGEST_SLUG) or build_slug(roadmap.title, LONGEST_SLUG) or _UNNAMED
    return roadmap.model_copy(update={"slug": slug})
