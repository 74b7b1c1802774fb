"""The weekly post: what this week is about, with a list that can be ticked on the spot."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.buttons import buttons
from bot.chat.message import Event, Message, moment, phrase, quote, say
from bot.chat.message.limits import THREAD
from bot.chat.text import names, short
from bot.group.calls import call_event, where_text
from bot.group.zones import zone
from bot.post import Facts, Late, When, post
from bot.views.dates import span
from bot.views.roadmap_overview import tip
from bot.views.week_list import open_list


@post(When("week"), title="Weekly topics", late=Late("week", fold=True), order=40)
def topics(facts: Facts) -> Message:
    """On the first day of each week: its items, to tick on the spot."""
    cohort, week = facts.cohort, facts.week
    head = f"_{quote(week.week.stage)}_ · {span(week)}" if week.week.stage else span(week)
    lines = [head]
    if week.week.kind == "capstone":
        lines.append(
            "The last stretch: everything so far comes together in one project of your own."
        )
    if week.week.kind == "break":
        lines.append("A week to catch your breath, nothing is due.")
    elif not week.week.items:
        lines.append("Nothing new this week: time to go on with what is under way.")
    if facts.folded:
        numbers = names(str(number) for number in facts.folded)
        lines.append(
            f"I was away for a while: week {numbers} went by without a post. Its list is there with `week n={facts.folded[-1]}`."
        )
    if (event := _call(facts)) is not None:
        lines.append(
            f"This week's call: {moment(event.starts, zone(cohort.zone))} · {where_text(event.where)}"
        )
    if beside := tip(facts.plan, week.number):
        lines.append(beside)
    pairs = (
        ("My own list", phrase("week", n=week.number, cohort=cohort.ref)),
        ("Check in", phrase("checkin", week=week.id, cohort=cohort.ref)),
    )
    said = say(
        "\n".join(lines),
        *open_list(facts.plan, cohort, week),
        buttons(*pairs),
        title=short(week.label, 150),
    )
    return replace(said, thread=short(week.label, THREAD) if cohort.threads else "", event=event)


def _call(facts: Facts) -> Event | None:
    """The call of the week; None where there is none, or where it has begun."""
    event = call_event(facts.cohort, facts.week)
    return event if event and event.starts > facts.now else None
