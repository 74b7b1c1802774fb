"""The weekly post: what this week is about, with a list that can be ticked on the spot."""

from __future__ import annotations

from bot.message import Message, phrase, quote, say
from bot.pages import buttons, names, open_list, short, span
from bot.post import Facts, Late, When, post


@post(When("week"), title="Weekly topics", late=Late("week", fold=True), order=40)
def topics(facts: Facts) -> Message:
    """On the first day of each week: its items, to tick on the spot."""
    cohort, week = facts.cohort, facts.week
    head = f"_{quote(week.week.stage)}_ · {span(week)}" if week.week.stage else span(week)
    lines = [head]
    if week.week.kind == "capstone":
        lines.append("The last stretch: everything so far comes together in one project of your own.")
    if week.week.kind == "break":
        lines.append("A week to catch your breath, nothing is due.")
    if facts.folded:
        numbers = names(str(number) for number in facts.folded)
        lines.append(
            f"I was away for a while: week {numbers} went by without a post. Its list is there with `week n={facts.folded[-1]}`."
        )
    pairs = (
        ("My own list", phrase("week", n=week.number, cohort=cohort.ref)),
        ("Check in", phrase("checkin", week=week.id, cohort=cohort.ref)),
    )
    return say("\n".join(lines), *open_list(facts.plan, cohort, week), buttons(*pairs), title=short(week.label, 150))
