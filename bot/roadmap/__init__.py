"""A learning plan in data: read from a file, or refused with line and advice.

A `Roadmap` never changes. Its `digest` is the identity of that version for ever.
"""

from __future__ import annotations

from bot.roadmap.file import build_roadmap_schema, parse_roadmap
from bot.roadmap.library import (
    Certificate,
    Info,
    InfoKind,
    Pair,
    PortfolioProject,
    Provenance,
    Resource,
    ResourceKind,
    Track,
)
from bot.roadmap.model import (
    ChoiceOption,
    Item,
    ItemKind,
    Kind,
    Recall,
    Roadmap,
    RoadmapChoice,
    Stage,
    Week,
)
from bot.roadmap.problem import Problem, RoadmapError
from bot.roadmap.text import TimeSpan, is_link

__all__ = [
    "Certificate",
    "ChoiceOption",
    "Info",
    "InfoKind",
    "Item",
    "ItemKind",
    "Kind",
    "Pair",
    "PortfolioProject",
    "Problem",
    "Provenance",
    "Recall",
    "Resource",
    "ResourceKind",
    "Roadmap",
    "RoadmapChoice",
    "RoadmapError",
    "Stage",
    "TimeSpan",
    "Track",
    "Week",
    "build_roadmap_schema",
    "is_link",
    "parse_roadmap",
]
