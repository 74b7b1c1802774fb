"""The list to choose an item from that somebody is stuck on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import OPTIONS, Choice, Select, build_phrase
from bot.chat.text import shorten
from bot.group.cohort import Cohort
from bot.roadmap import Item


def build_stuck_select(cohort: Cohort, items: Sequence[Item]) -> Select:
    """Return a list of these items, at most as many as a list takes: one press is enough."""
    choices = [Choice(shorten(item.title), item.id) for item in items[:OPTIONS]]
    return Select(
        "Stuck on one of these?", build_phrase("stuck", cohort=cohort.ref), "item", tuple(choices)
    )
