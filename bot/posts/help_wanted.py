"""Help wanted: some of the group are stuck on one item. It names nobody and counts nobody."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Message, text_message
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.roadmap import Item
from bot.views.help_wanted import build_help_buttons, format_item_name, list_resource_lines


def _find_skip_reason(facts: HomeFacts) -> str | None:
    if _find_item(facts) is None:
        return "the plan has no such item any more"
    return None


def _find_item(facts: HomeFacts) -> Item | None:
    need = facts.help.need
    return facts.roadmap.items.get(need.item) if need is not None else None


@post(
    PostDay(
        "event", occasion="when three members of a group of eight or more are stuck on one item"
    ),
    title="Help wanted",
    late=LatePolicy(max_delay=timedelta(days=3)),
    order=45,
    skip=_find_skip_reason,
    uses=("help",),
)
def help_wanted(facts: HomeFacts) -> Message:
    """Some are stuck on one item: its resources, and a button for whoever can help."""
    item, need = _find_item(facts), facts.help.need
    assert item is not None
    assert need is not None
    name, links = format_item_name(item), list_resource_lines(facts.roadmap, item)
    if need.is_solved:
        return text_message("\n".join([f"✅ Solved: {name}. What helped stands below.", *links]))
    lines = [f"Some of us are stuck on {name}. What made it clear to you? Write it below."]
    if links:
        lines += ["Until then, another explanation may help:", *links]
    return text_message("\n".join(lines), build_help_buttons(facts.cohort, need))
