"""Two versions of a plan: the changes between them, and what they mean for a cohort on its way.

An item is the same for as long as its id is, so ticks follow it. Pure; all sentences are plain
text.
"""

from __future__ import annotations

from bot.group.revision.description import describe_diff, list_diff_lines
from bot.group.revision.diff import ItemMove, RoadmapDiff, StepChanges, compare_roadmaps
from bot.group.revision.matching import describe_changed_ids, match_roadmap_ids
from bot.group.revision.parts import ItemMerge, ItemSplit
from bot.group.revision.syllabus import SyllabusRevision, revise_syllabus

__all__ = [
    "ItemMerge",
    "ItemMove",
    "ItemSplit",
    "RoadmapDiff",
    "StepChanges",
    "SyllabusRevision",
    "compare_roadmaps",
    "describe_changed_ids",
    "describe_diff",
    "list_diff_lines",
    "match_roadmap_ids",
    "revise_syllabus",
]
