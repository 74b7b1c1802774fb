"""A week's resources in lines of prose."""

from __future__ import annotations

from bot.chat.message import escape_text, format_link
from bot.group.calendar import SyllabusWeek
from bot.group.route import Route
from bot.roadmap import Resource, Roadmap
from bot.views.week_list import split_by_route


def format_resource_line(resource: Resource) -> str:
    """Return a resource in a line of prose; its title is the link, if it has one."""
    if resource.link:
        title = format_link(resource.title, resource.link)
    else:
        title = f"**{escape_text(resource.title)}**"
    maker = resource.author or resource.provider
    by = f" by {escape_text(maker)}" if maker else ""
    return f"• {title}{by} _{resource.kind}_"


def list_week_resources(roadmap: Roadmap, week: SyllabusWeek, route: Route) -> tuple[Resource, ...]:
    """Return a week's resources, those on the member's own route first.

    Within a route, the items' own resources come before those in their stages.
    """
    ids: dict[str, None] = {}  # a dict keeps the order, and each id once
    for item_ids in split_by_route(week.items, route):
        for item_id in item_ids:
            ids.update(dict.fromkeys(roadmap.items[item_id].resources))
        for item_id in item_ids:
            # From the inside out: the nearest stage says most about the item.
            for stage in reversed(roadmap.get_item_path(item_id)):
                ids.update(dict.fromkeys(stage.resources))
    return tuple(roadmap.get_resource(resource_id) for resource_id in ids)
