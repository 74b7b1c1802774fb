"""Files with roadmaps that somebody names on the command line."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from bot.roadmap import RoadmapError
from bot.roadmap.file import MOST_BYTES
from bot.roadmap.importer import ImportedRoadmap, import_document
from bot.roadmap.importer.file import decode_document

STDIN = "-"


class RoadmapCommandError(Exception):
    """An impossible request; its text says what to do."""


@dataclass(frozen=True, slots=True)
class RoadmapFile:
    """A file's roadmap, with the text it was read from."""

    imported: ImportedRoadmap
    text: str


def read_roadmap_file(file: str) -> RoadmapFile:
    """Return what a file holds, or the standard input for `-`.

    Raises `RoadmapCommandError`, and `RoadmapError` with problems under the typed file name.
    """
    try:
        data = _read_bytes(file)
        name = "stdin" if file == STDIN else file
        return RoadmapFile(import_document(data, name), decode_document(data, name))
    except RoadmapError as error:
        raise RoadmapError(replace(problem, file=file) for problem in error.problems) from None
    except OSError as error:
        raise RoadmapCommandError(
            f"{file} cannot be read ({error.strerror}): give the path of a file."
        ) from None


def _read_bytes(file: str) -> bytes:
    # One byte more than allowed is enough to see that a file is too large.
    if file == STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(file).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)
