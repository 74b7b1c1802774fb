"""Two versions of a plan: what has changed between them, item by item, and what that means for a cohort on its way.

An item is the same as long as its id is, so ticks follow wherever it goes. Pure; all sentences are plain text.
"""

from __future__ import annotations

from bot.group.revision.align import aligned, estranged
from bot.group.revision.diff import Diff, Joined, Moved, Split, Steps, compared
from bot.group.revision.syllabus import Revised, revised
from bot.group.revision.telling import lines, sentence

__all__ = [
    "Diff",
    "Joined",
    "Moved",
    "Revised",
    "Split",
    "Steps",
    "aligned",
    "compared",
    "estranged",
    "lines",
    "revised",
    "sentence",
]
