"""`stuck`: say with one press that an item does not go on. A tick ends it.

Where several are stuck on one, the group is asked for help (see `bot.store.help_requests`).
"""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, text_message
from bot.command import Call, CohortRef, command
from bot.command.item_finder import ItemFinder
from bot.command.post_links import build_post_link
from bot.command.suggestions import suggest_open_items, suggest_own_cohorts
from bot.group.cohort import Cohort, Member
from bot.group.first_item import list_open_items
from bot.group.route import build_route
from bot.roadmap import Item, Roadmap
from bot.views.help_wanted import (
    NOTICE,
    format_item_name,
    format_solved_line,
    list_resource_lines,
)
from bot.views.stuck import build_stuck_select


@command(hidden=True)
async def stuck(
    call: Call,
    item: Annotated[str | None, "The item you are stuck on", suggest_open_items] = None,
    undo: Annotated[bool, "You are not stuck any more"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Say which item you are stuck on."""
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
    return await _mark_stuck_item(call, own_cohort, member, roadmap, found)


def _build_stuck_question(cohort: Cohort, open_items: tuple[Item, ...]) -> Message:
    if not open_items:
        return text_message(
            "Nothing is open this week. To name an item of another week, type `stuck` and its title.",
            button_row(("My list", build_phrase("week", cohort=cohort.ref))),
        )
    return text_message(
        f"What are you stuck on? {NOTICE}",
        build_stuck_select(cohort, open_items),
    )


async def _mark_stuck_item(
    call: Call, cohort: Cohort, member: Member, roadmap: Roadmap, item: Item
) -> Message:
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    name = format_item_name(item)
    my_list = ("My list", build_phrase("week", cohort=cohort.ref))
    if item.id in done:
        return text_message(
            f"You have ticked {name} already. If it is not done, remove the tick in your list.",
            button_row(my_list),
        )
    await call.tx.stuck.mark_stuck(call.person, cohort.roadmap, item.id, call.now)
    lines = [f"You are stuck on {name}. Your moderators can see it, and I name you nowhere else."]
    lines += await _list_help_lines(call, cohort, member, item)
    links = list_resource_lines(roadmap, item)
    if links:
        lines += ["Another explanation may help:", *links]
    solved = build_phrase("stuck", item=item.id, undo="yes", cohort=cohort.ref)
    return text_message("\n".join(lines), button_row(("It works now", solved), my_list))


async def _list_help_lines(call: Call, cohort: Cohort, member: Member, item: Item) -> list[str]:
    """Return what the group does about the item; note a member who is stuck on it, too."""
    request = await call.tx.help.find_request_for_item(cohort, item.id)
    if request is None:
        # Nobody counts aloud whom nobody may see.
        if not member.hidden:
            await call.tx.help.note_stuck(cohort, item.id, call.now)
        return []
    if request.is_solved:
        posts = await call.tx.help.list_solved_posts(cohort, [item.id])
        return [format_solved_line(item, build_post_link(call, posts))]
    await call.tx.help.add_part(request, member, "stuck", call.now)
    return ["Others are stuck there too: see my post in the channel, and press _Solved_ there."]


async def _clear_stuck_item(call: Call, cohort: Cohort, item: Item) -> Message:
    was_stuck = await call.tx.stuck.clear_stuck(call.person, cohort.roadmap, item.id)
    name = format_item_name(item)
    sentence = f"You were not stuck on {name}, so nothing changed."
    if was_stuck:
        sentence = f"Good: you are not stuck on {name} any more. Tick it when it is done."
    tick = build_phrase("tick", item=item.id, cohort=cohort.ref)
    return text_message(sentence, button_row(("Tick it", tick)))
