"""`stuck`: say with one press that an item does not go on. A tick ends it."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import shorten
from bot.command import Call, CohortRef, command
from bot.command.item_finder import ItemFinder
from bot.command.suggestions import suggest_open_items, suggest_own_cohorts
from bot.group.cohort import Cohort
from bot.group.first_item import list_open_items
from bot.group.route import build_route
from bot.roadmap import Item, Roadmap
from bot.views.resources import format_resource_line
from bot.views.stuck import build_stuck_select

MAX_RESOURCES = 3
MAX_ITEM_TITLE = 60  # characters


@command(hidden=True)
async def stuck(
    call: Call,
    item: Annotated[str | None, "The item you are stuck on", suggest_open_items] = None,
    undo: Annotated[bool, "You are not stuck any more"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Tell your moderators which item you are stuck on."""
    own_cohort, member = await call.resolve_membership(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    week = member.get_current_week(own_cohort, call.now)
    week_items = week.week.items if week else ()
    if item is None:
        done = await call.tx.progress.load_ticked_items(call.person, own_cohort.roadmap)
        route = build_route(roadmap, own_cohort.syllabus, member.picks)
        open_items = list_open_items(roadmap, week_items, done, route)
        return _build_stuck_question(own_cohort, open_items)
    titles = {known: roadmap.items[known].title for known in own_cohort.syllabus.all_items}
    finder = ItemFinder(titles, week_items, own_cohort.name)
    found = roadmap.items[finder.find_item_ids((item,), "item")[0]]
    if undo:
        return await _clear_stuck_item(call, own_cohort, found)
    return await _mark_stuck_item(call, own_cohort, roadmap, found)


def _build_stuck_question(cohort: Cohort, open_items: tuple[Item, ...]) -> Message:
    if not open_items:
        return text_message(
            "Nothing is open this week. To name an item of another week, type `stuck` and its title.",
            button_row(("My list", build_phrase("week", cohort=cohort.ref))),
        )
    return text_message(
        "What are you stuck on? Your moderators will see it, nobody else.",
        build_stuck_select(cohort, open_items),
    )


async def _mark_stuck_item(call: Call, cohort: Cohort, roadmap: Roadmap, item: Item) -> Message:
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    name = _format_item_name(item)
    my_list = ("My list", build_phrase("week", cohort=cohort.ref))
    if item.id in done:
        return text_message(
            f"You have ticked {name} already. If it is not done, remove the tick in your list.",
            button_row(my_list),
        )
    await call.tx.stuck.mark_stuck(call.person, cohort.roadmap, item.id, call.now)
    lines = [f"You are stuck on {name}. Your moderators can see it, and nobody else."]
    links = [roadmap.get_resource(resource_id) for resource_id in item.resources]
    if links:
        lines.append("Another explanation may help:")
        lines += [format_resource_line(resource) for resource in links[:MAX_RESOURCES]]
    solved = build_phrase("stuck", item=item.id, undo="yes", cohort=cohort.ref)
    return text_message("\n".join(lines), button_row(("It works now", solved), my_list))


async def _clear_stuck_item(call: Call, cohort: Cohort, item: Item) -> Message:
    was_stuck = await call.tx.stuck.clear_stuck(call.person, cohort.roadmap, item.id)
    name = _format_item_name(item)
    sentence = f"You were not stuck on {name}, so nothing changed."
    if was_stuck:
        sentence = f"Good: you are not stuck on {name} any more. Tick it when it is done."
    tick = build_phrase("tick", item=item.id, cohort=cohort.ref)
    return text_message(sentence, button_row(("Tick it", tick)))


def _format_item_name(item: Item) -> str:
    return f"**{escape_text(shorten(item.title, MAX_ITEM_TITLE))}**"
