"""The resources of a week as lines of prose."""

from __future__ import annotations

from bot.chat.message import (
    link,
    quote,
)
from bot.group.calendar import SyllabusWeek
from bot.group.route import Route
from bot.roadmap import Resource, Roadmap
from bot.views.week_list import own_parts


def resource_line(resource: Resource) -> str:
    """A resource as a line of prose, its title leading to it where it has a link."""
    title = link(resource.title, resource.link) if resource.link else f"**{quote(resource.title)}**"
    by = resource.author or resource.provider or ""
    return f"• {title}" + (f" by {quote(by)}" if by else "") + f" _{resource.kind}_"


def resources_of(plan: Roadmap, week: SyllabusWeek, route: Route) -> tuple[Resource, ...]:
    """What a week's reading is, that for the member's own route first: of its items, then of the stages that hold them."""
    ids: dict[str, None] = {}
    for part in own_parts(week.items, route):
        ids.update(dict.fromkeys(one for item in part for one in plan.items[item].resources))
        for item in part:
            ids.update(
                dict.fromkeys(
                    one for place in reversed(plan.path_to(item)) for one in place.resources
                )
            )
    return tuple(plan.resource(one) for one in ids)
