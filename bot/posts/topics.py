"""The weekly post: what this week is about, with a list that can be ticked on the spot."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.buttons import button_row
from bot.chat.message import Event, Message, build_phrase, escape_text, format_moment, text_message
from bot.chat.message.limits import THREAD
from bot.chat.text import join_names, shorten
from bot.group.calls import build_call_event, format_call_place
from bot.group.zones import load_zone
from bot.post import LatePolicy, PostDay, PostFacts, post
from bot.views.dates import format_week_dates
from bot.views.roadmap_overview import choose_tip
from bot.views.week_list import build_home_checklists


@post(PostDay("week"), title="Weekly topics", late=LatePolicy("week", can_fold=True), order=40)
def topics(facts: PostFacts) -> Message:
    """On the first day of each week: its items, to tick on the spot."""
    cohort, week = facts.cohort, facts.post_week
    head = (
        f"_{escape_text(week.week.stage)}_ · {format_week_dates(week)}"
        if week.week.stage
        else format_week_dates(week)
    )
    lines = [head]
    if week.week.kind == "capstone":
        lines.append(
            "The last stretch: everything so far comes together in one project of your own."
        )
    if week.week.kind == "break":
        lines.append("A week to catch your breath, nothing is due.")
    elif not week.week.items:
        lines.append("Nothing new this week: time to go on with what is under way.")
    if facts.weeks_folded:
        numbers = join_names(str(number) for number in facts.weeks_folded)
        lines.append(
            f"I was away for a while: week {numbers} went by without a post. Its list is there with `week n={facts.weeks_folded[-1]}`."
        )
    if (event := _find_week_call(facts)) is not None:
        lines.append(
            f"This week's call: {format_moment(event.starts, load_zone(cohort.zone))} · {format_call_place(event.where)}"
        )
    if beside := choose_tip(facts.roadmap, week.number):
        lines.append(beside)
    pairs = (
        ("My own list", build_phrase("week", n=week.number, cohort=cohort.ref)),
        ("Check in", build_phrase("checkin", week=week.id, cohort=cohort.ref)),
    )
    said = text_message(
        "\n".join(lines),
        *build_home_checklists(facts.roadmap, cohort, week),
        button_row(*pairs),
        title=shorten(week.title_with_number, 150),
    )
    return replace(
        said, thread=shorten(week.title_with_number, THREAD) if cohort.threads else "", event=event
    )


def _find_week_call(facts: PostFacts) -> Event | None:
    """The call of the week; None where there is none, or where it has begun."""
    event = build_call_event(facts.cohort, facts.post_week)
    return event if event and event.starts > facts.now else None
