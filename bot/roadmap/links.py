"""The links of a roadmap with their lines, and what an address answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.roadmap.library import Certificate, Resource
from bot.roadmap.model import Roadmap

LinkState = Literal["fine", "moved", "insecure", "dead", "unreachable", "unsure"]
"""`unreachable`: its host cannot be found from here. `unsure`: only a person can tell."""

# Where an address ends in YAML, JSON and Markdown.
_END = r"""(?=[\s"'<>)\]},]|$)"""


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What came of asking an address. The sentence goes on after the address."""

    state: LinkState
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class RoadmapLink:
    """An address that people may press, and its line in the file; 0 if it is not found."""

    address: str
    line: int


def list_links(roadmap: Roadmap, text: str) -> tuple[RoadmapLink, ...]:
    """Return each address of a roadmap once, by line. `text` is the text of its file."""
    links = [
        RoadmapLink(address, _find_line(address, text))
        for address in dict.fromkeys(_walk_addresses(roadmap))
    ]
    return tuple(sorted(links, key=lambda link: link.line))


def _walk_addresses(roadmap: Roadmap) -> Iterator[str]:
    entries: tuple[Resource | Certificate, ...] = (*roadmap.resources, *roadmap.certificates)
    for entry in entries:
        # Nobody is sent to what is no longer offered.
        if entry.link and not entry.retired:
            yield entry.link
    if roadmap.provenance and roadmap.provenance.link:
        yield roadmap.provenance.link


def _find_line(address: str, text: str) -> int:
    pattern = re.escape(address) + _END
    # `seen` and prose may hold the same address before its own field does.
    match = re.search(rf"""\blink["']?:\s*["']?{pattern}""", text, re.MULTILINE)
    if match is None:
        match = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, match.end()) + 1 if match else 0
