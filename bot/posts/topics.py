"""The weekly post: this week's subject, with a list to tick on the spot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.chat.buttons import button_row
from bot.chat.message import Event, Message, build_phrase, escape_text, format_moment, text_message
from bot.chat.message.limits import THREAD
from bot.chat.text import join_names, shorten
from bot.group.calendar import SyllabusWeek
from bot.group.calls import build_call_event, format_call_place
from bot.group.zones import load_zone
from bot.post import HomeFacts, LatePolicy, PostDay, post
from bot.views.dates import format_week_dates
from bot.views.roadmap_overview import choose_tip
from bot.views.week_list import build_home_checklists


@post(PostDay("week"), title="Weekly topics", late=LatePolicy("week", can_fold=True), order=40)
def topics(facts: HomeFacts) -> Message:
    """On the first day of each week: its items, to tick on the spot."""
    cohort, week = facts.cohort, facts.post_week
    event = _find_week_call(facts)
    message = text_message(
        "\n".join(_list_topic_lines(facts, event)),
        *build_home_checklists(facts.roadmap, cohort, week),
        button_row(
            ("My own list", build_phrase("week", n=week.number, cohort=cohort.ref)),
            ("Check in", build_phrase("checkin", week=week.id, cohort=cohort.ref)),
        ),
        title=shorten(week.title_with_number, 150),
    )
    thread = ""
    if cohort.threads:
        thread = shorten(week.title_with_number, THREAD)
    return replace(message, thread=thread, event=event)


def _list_topic_lines(facts: HomeFacts, event: Event | None) -> Iterator[str]:
    week = facts.post_week
    dates = format_week_dates(week)
    if week.week.stage:
        dates = f"_{escape_text(week.week.stage)}_ · {dates}"
    yield dates
    yield from _describe_week_kind(week.week)
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


def _describe_week_kind(week: SyllabusWeek) -> Iterator[str]:
    if week.kind == "capstone":
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
