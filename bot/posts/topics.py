"""The weekly post: this week's subject, with a list to tick on the spot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.chat.buttons import button_row
from bot.chat.message import (
    Buttons,
    Event,
    Message,
    build_phrase,
    escape_text,
    format_moment,
    text_message,
)
from bot.chat.message.limits import THREAD
from bot.chat.text import join_names, shorten
from bot.group.calendar import SyllabusWeek
from bot.group.calls import build_call_event, format_call_place
from bot.group.first_item import find_first_item
from bot.group.route import Route, build_route
from bot.group.zones import load_zone
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.views.dates import format_week_dates
from bot.views.pulse import format_pulse
from bot.views.resources import list_week_resources
from bot.views.roadmap_overview import choose_tip
from bot.views.week_guide import (
    compute_list_room,
    find_week_sentence,
    format_start_line,
    format_week_time,
    format_week_title,
    list_counted_items,
)
from bot.views.week_list import add_item_details, build_home_checklists


@post(
    PostDay("week"),
    title="Weekly topics",
    late=LatePolicy("week", can_fold=True),
    order=40,
    uses=("pulse",),
    counts=("ticks",),
)
def topics(facts: HomeFacts) -> Message:
    """On the first day of each week: where to start, and its items to tick on the spot."""
    cohort, week = facts.cohort, facts.post_week
    # What a plan offers as a choice is told for those who have chosen nothing.
    route = build_route(facts.roadmap, cohort.syllabus)
    event = _find_week_call(facts)
    texts = ["\n".join(_list_topic_lines(facts, route, event)), *_list_start_lines(facts, route)]
    if pulse := format_pulse(facts.pulse):
        texts.append(pulse)
    lists = build_home_checklists(facts.roadmap, cohort, week)
    message = text_message(
        *texts,
        *add_item_details(facts.roadmap, lists, compute_list_room(*texts)),
        _build_week_buttons(facts, route),
        title=format_week_title(week, cohort),
    )
    thread = ""
    if cohort.threads:
        thread = shorten(week.title_with_number, THREAD)
    return replace(message, thread=thread, event=event)


def _list_topic_lines(facts: HomeFacts, route: Route, event: Event | None) -> Iterator[str]:
    week = facts.post_week
    line = format_week_dates(week)
    if week.week.stage:
        line = f"_{escape_text(week.week.stage)}_ · {line}"
    if length := format_week_time(facts.roadmap, list_counted_items(week.week, route)):
        line = f"{line} · {length}"
    yield line
    sentence = find_week_sentence(facts.roadmap, facts.cohort.syllabus, week.week)
    if sentence:
        yield sentence
    yield from _describe_week_kind(week.week, has_sentence=bool(sentence))
    if facts.weeks_folded:
        numbers = join_names(map(str, facts.weeks_folded))
        yield (
            f"I was away for a while: week {numbers} went by without a post. "
            f"Its list is there with `week n={facts.weeks_folded[-1]}`."
        )
    if event is not None:
        moment = format_moment(event.starts, load_zone(facts.cohort.zone))
        yield f"This week's call: {moment} · {format_call_place(event.where)}"
    if tip := choose_tip(facts.roadmap, week.number):
        yield tip


def _list_start_lines(facts: HomeFacts, route: Route) -> Iterator[str]:
    first_item = find_first_item(facts.roadmap, facts.post_week.week.items, route=route)
    if first_item is not None:
        yield format_start_line(facts.roadmap, first_item)


def _build_week_buttons(facts: HomeFacts, route: Route) -> Buttons:
    cohort, week = facts.cohort, facts.post_week
    buttons = [
        ("My own list", build_phrase("week", n=week.number, cohort=cohort.ref)),
        ("Check in", build_phrase("checkin", week=week.id, cohort=cohort.ref)),
    ]
    if list_week_resources(facts.roadmap, week.week, route):
        resources = build_phrase("resources", week=week.id, cohort=cohort.ref)
        buttons.append(("Resources", resources))
    return button_row(*buttons)


def _describe_week_kind(week: SyllabusWeek, *, has_sentence: bool) -> Iterator[str]:
    # The plan's own sentence about its last project says more than ours.
    if week.kind == "capstone" and not has_sentence:
        yield "The last stretch: everything so far comes together in one project of your own."
    if week.kind == "break":
        yield "A week to catch your breath, nothing is due."
    elif not week.items:
        yield "Nothing new this week: time to go on with what is under way."


def _find_week_call(facts: HomeFacts) -> Event | None:
    """Return the week's call; None without one, and once it has begun."""
    event = build_call_event(facts.cohort, facts.post_week)
    if event is None or event.starts <= facts.now:
        return None
    return event
