"""A learning plan as a value: read from a file, or refused with line and advice if anything is wrong.

A `Roadmap` never changes after it was read; its `digest` is the identity of that version for ever.
"""

from __future__ import annotations

from bot.roadmap.file import read, schema
from bot.roadmap.model import (
    Certificate,
    Choice,
    Info,
    InfoKind,
    Item,
    ItemKind,
    Kind,
    Option,
    Pair,
    PortfolioProject,
    Provenance,
    Resource,
    ResourceKind,
    Roadmap,
    Stage,
    Track,
    Week,
)
from bot.roadmap.problem import Problem, RoadmapError
from bot.roadmap.text import Span, is_link

__all__ = [
    "Certificate",
    "Choice",
    "Info",
    "InfoKind",
    "Item",
    "ItemKind",
    "Kind",
    "Option",
    "Pair",
    "PortfolioProject",
    "Problem",
    "Provenance",
    "Resource",
    "ResourceKind",
    "Roadmap",
    "RoadmapError",
    "Span",
    "Stage",
    "Track",
    "Week",
    "is_link",
    "read",
    "schema",
]
