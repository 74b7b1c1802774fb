"""After the last week: the group has finished together."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.buttons import buttons
from bot.chat.message import Block, Message, Text, phrase, quote, say
from bot.chat.text import counted
from bot.group.progress import first_rows
from bot.group.route import route_of
from bot.post import Facts, Late, When, post
from bot.views.board import top

ROWS = 10


@post(When("finish"), title="Finale", late=Late(within=timedelta(days=30)), order=80)
def finale(facts: Facts) -> Message:
    """When the last week is over: the whole way in numbers, and the final board."""
    cohort, total = facts.cohort, route_of(facts.plan, facts.cohort.syllabus).total()
    rows = first_rows(facts.board, ROWS)
    done = sum(row.done for row in rows)
    way = f"{counted(len(cohort.syllabus.weeks), 'week')}, {counted(total, 'item')}"
    told = (
        _early(facts)
        or f"{way}, and we have come to the end of {_part(facts)}{quote(facts.plan.title)}. 🎓"
    )
    blocks: list[Block] = [Text(told)]
    if rows:
        among = f" among the first {len(rows)}" if len(rows) > 1 else ""
        blocks += [
            Text(f"**The board** · {counted(done, 'tick')}{among}"),
            *top(facts.board, total, ROWS, facts.on_board),
        ]
    blocks.append(
        Text(
            "Everything stays as it is: late ticks and check-ins still count, and nobody is in a hurry any more."
        )
    )
    pairs = [("My progress", phrase("progress", cohort=cohort.ref))]
    if facts.on_board > len(rows):
        pairs.append(("The board", phrase("progress", board="yes", week="all", cohort=cohort.ref)))
    return say(*blocks, buttons(*pairs), title=f"{cohort.name} has finished")


def _part(facts: Facts) -> str:
    """What says that there is more of the plan: a season, and what is essential in others."""
    held = set(facts.cohort.syllabus.items)
    is_whole = all(item in held for item, one in facts.plan.items.items() if one.essential)
    return "" if is_whole else "our part of "


def _early(facts: Facts) -> str:
    """For a cohort that was ended before its last week was over."""
    cohort = facts.cohort
    if cohort.calendar.finish is not None:
        return ""
    come = sum(week.first <= cohort.today(facts.now) for week in cohort.calendar.weeks)
    gone = f"{come} of {len(cohort.syllabus.weeks)} weeks of {quote(facts.plan.title)}"
    return f"{gone}, and here we stop together. 🎓"
