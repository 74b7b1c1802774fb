"""The offer to take a cohort to a newer version of its plan: imported here, or come with the bot."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Block, Text, build_phrase
from bot.command.call import Call
from bot.group.cohort import Cohort
from bot.group.revision import compare_roadmaps, describe_diff

OVER_STATES = frozenset({"finished", "archived"})


async def build_newer_plan_offer(call: Call, cohort: Cohort) -> tuple[Block, ...]:
    """Return a sentence about the newer version with a button to look at it; empty without one."""
    if cohort.state in OVER_STATES:
        return ()
    slug = cohort.roadmap.partition("@")[0]
    newest = (await call.load_available_roadmaps()).get(slug)
    # In another space than its own, a plan of the same name is another plan.
    if newest is None or newest.key != cohort.roadmap:
        return ()
    own = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    if own.digest == newest.digest:
        return ()
    changes = describe_diff(compare_roadmaps(own, newest.roadmap))
    phrase = build_phrase("cohort revise", cohort=cohort.ref, version=newest.version)
    return (
        Text(f"**There is a newer version of the plan:** {changes}. Every tick would stay."),
        button_row(("See what would change", phrase), has_main=False),
    )
