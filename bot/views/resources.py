"""The resources of a week as lines of prose."""

from __future__ import annotations

from bot.chat.message import (
    escape_text,
    format_link,
)
from bot.group.calendar import SyllabusWeek
from bot.group.route import Route
from bot.roadmap import Resource, Roadmap
from bot.views.week_list import split_by_route


def format_resource_line(resource: Resource) -> str:
    """A resource as a line of prose, its title leading to it where it has a link."""
    title = (
        format_link(resource.title, resource.link)
        if resource.link
        else f"**{escape_text(resource.title)}**"
    )
    by = resource.author or resource.provider or ""
    return f"• {title}" + (f" by {escape_text(by)}" if by else "") + f" _{resource.kind}_"


def list_week_resources(roadmap: Roadmap, week: SyllabusWeek, route: Route) -> tuple[Resource, ...]:
    """What a week's reading is, that for the member's own route first: of its items, then of the stages that hold them."""
    ids: dict[str, None] = {}
    for part in split_by_route(week.items, route):
        ids.update(dict.fromkeys(one for item in part for one in roadmap.items[item].resources))
        for item in part:
            ids.update(
                dict.fromkeys(
                    one
                    for place in reversed(roadmap.get_item_path(item))
                    for one in place.resources
                )
            )
    return tuple(roadmap.get_resource(one) for one in ids)
