"""Help for an item that several are stuck on: its resources, and the buttons below."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.buttons import button_row
from bot.chat.message import Buttons, build_phrase, escape_text, format_link
from bot.chat.text import shorten
from bot.group.cohort import Cohort
from bot.post import HelpNeed
from bot.roadmap import Item, Roadmap
from bot.views.resources import format_resource_line

MAX_RESOURCES = 3
MAX_ITEM_TITLE = 60  # characters

NOTICE = (
    "Your moderators will see it. In a group of eight or more, when three of you are stuck on one "
    "item, I ask everybody for help, and name nobody."
)
"""What happens to the answer. It is said wherever somebody is asked what they are stuck on."""


def format_item_name(item: Item) -> str:
    """Return an item's title in bold."""
    return f"**{escape_text(shorten(item.title, MAX_ITEM_TITLE))}**"


def list_resource_lines(roadmap: Roadmap, item: Item) -> Sequence[str]:
    """Return the item's first resources, a line each."""
    resources = [roadmap.get_resource(resource_id) for resource_id in item.resources]
    return [format_resource_line(resource) for resource in resources[:MAX_RESOURCES]]


def build_help_buttons(cohort: Cohort, need: HelpNeed) -> Buttons:
    """Return the buttons below a call for help."""
    return button_row(
        ("I can help", f"assist request={need.request}"),
        ("Solved", f"solved request={need.request}"),
        ("I am stuck too", build_phrase("stuck", item=need.item, cohort=cohort.ref)),
    )


def format_solved_line(item: Item, link: str) -> str:
    """Return a sentence that leads to what has helped others with an item."""
    answers = format_link("what helped them", link) if link else "what helped them in the channel"
    return f"Others were stuck on {format_item_name(item)} too: see {answers}."
