"""A plan as people have it already, most often Markdown, becomes a Roadmap, with a report of everything that was done to it.

Nothing is guessed silently: what was repaired, dropped, odd or kept elsewhere is told with its line. The way there:

- `file`: from bytes to text;
- `document/`: from text to an outline (`tree`), put right, rid of leftovers, its headings and lists found;
- `meaning/`: from the outline to a plan: weeks, stages, items and all that stands beside them;
- `odd`: what the author should look at again, whatever the plan was written in; `report`: how it is told.
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
    """A plan that was read, and what is to be said about it. `names_itself`: its ids are its author's, and not made from
    titles."""

    roadmap: Roadmap
    report: ImportReport
    has_own_ids: bool


def import_document(data: bytes, name: str) -> ImportedRoadmap:
    """Read a file somebody brought: Markdown or plain text, or YAML or JSON in our own format. Its name, without folder and
    ending, becomes the slug where it can be one. Takes under two seconds and 100 MB for anything accepted.

    Raises RoadmapError, with line, path and remedy, for what is no plan: too large, binary, not UTF-8, nested too deep,
    more weeks or items than a roadmap holds, or nothing to tick.
    """
    name = re.split(r"[/\\]", name)[-1]
    text, notes = decode_document(data, name), ImportNotes()
    names_itself = is_native_format(text, name)
    plan = _read_native_file(text, name) if names_itself else _import_markdown(text, name, notes)
    return ImportedRoadmap(
        plan,
        (notes.build_import_report() + lint_roadmap(plan, text)).shorten_report(),
        names_itself,
    )


def _import_markdown(text: str, name: str, notes: ImportNotes) -> Roadmap:
    # Only who imports Markdown pays for its parser and for what puts a wrong encoding right.
    from bot.roadmap.importer.document import build_outline
    from bot.roadmap.importer.interpret import build_roadmap_from_outline

    return build_roadmap_from_outline(build_outline(text, name, notes), name, notes)


def _read_native_file(text: str, name: str) -> Roadmap:
    """A plan in our own format, which may come under any name."""
    stem = name.rsplit(".", 1)[0]
    file = name if is_slug(stem, LONGEST_SLUG) else f"{_UNNAMED}.yaml"
    try:
        plan = parse_roadmap(text, file)
    except RoadmapError as error:
        raise RoadmapError(
            Problem(name, one.line, one.path, one.sentence) for one in error.problems
        ) from None
    return _replace_unnamed_slug(plan, stem) if plan.slug == _UNNAMED else plan


def _replace_unnamed_slug(plan: Roadmap, stem: str) -> Roadmap:
    from bot.roadmap.importer.interpret.ids import build_slug

    made = build_slug(stem, LONGEST_SLUG) or build_slug(plan.title, LONGEST_SLUG) or _UNNAMED
    return plan.model_copy(update={"slug": made})
