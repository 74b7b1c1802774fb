"""A plan of equal weeks with estimates: two essential items, and one that may be left out."""

from __future__ import annotations

import json
from typing import Any

from bot.roadmap import Roadmap, parse_roadmap
from tests.support.room import Room


def build_timed_roadmap(week_count: int = 8, title: str = "Timed") -> Roadmap:
    """Build a plan with `long1`, `short1` and `extra1` in week 1, and so on."""
    weeks = [_build_week(number) for number in range(1, week_count + 1)]
    stages = [{"id": "all", "title": "All of it", "weeks": weeks}]
    plan = {"title": title, "summary": "A plan.", "stages": stages}
    return parse_roadmap(json.dumps(plan), "timed.yaml")


def _build_week(number: int) -> dict[str, Any]:
    items = [
        {"id": f"long{number}", "kind": "topic", "title": f"Long {number}", "estimate": "2 hours"},
        {
            "id": f"short{number}",
            "kind": "topic",
            "title": f"Short {number}",
            "estimate": "30 minutes",
        },
        {
            "id": f"extra{number}",
            "kind": "reading",
            "title": f"Extra {number}",
            "estimate": "1 hour",
            "essential": False,
        },
    ]
    return {"id": f"week-{number:02}", "title": f"Part {number}", "items": items}


TIMED = build_timed_roadmap()


async def begin_timed_course(room: Room, *names: str, roadmap: Roadmap = TIMED) -> None:
    """Open a cohort called spring on this plan, from Monday 2 March 2026."""
    room.roadmaps = {roadmap.slug: roadmap}
    await room.restart()
    await room.spring(*names, more=f"roadmap={roadmap.slug}")
