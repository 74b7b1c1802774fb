"""After a week: what was done together, the board and the honours. It shows who did much and names nobody who did not."""

from __future__ import annotations

from bot.message import Block, Message, Progress, Text, phrase, quote, say
from bot.pages import board, buttons, names, short
from bot.post import Facts, Late, When, post
from bot.route import route_of

ROWS = 8


def _needless(facts: Facts) -> str | None:
    if facts.counts.members == 0:
        return "nobody is there to hear it"
    return "everybody is away" if facts.counts.to_check_in == 0 and not facts.week_board else None


@post(When("after"), title="Weekly recap", late=Late(fold=True), order=30, skip=_needless)
def recap(facts: Facts) -> Message:
    """When a week is over: how it went, the board and the honours."""
    cohort, week, counts = facts.cohort, facts.week, facts.counts
    total = route_of(facts.plan, cohort.syllabus).total(week.id)
    blocks: list[Block] = []
    if counts.to_check_in:
        blocks.append(Progress("Checked in", counts.checked_in, counts.to_check_in))
    if facts.week_board:
        blocks += [Text("**This week's board**"), *board(facts.week_board[:ROWS], total)]
    if facts.honours:
        blocks.append(
            Text("\n".join(f"🏅 **{quote(one.name)}** {one.text}" for one in facts.honours[:1]) + _others(facts))
        )
    if facts.folded:
        blocks.append(Text(f"This stands for week {names(str(number) for number in facts.folded)} too."))
    more = buttons(
        ("My progress", phrase("progress", cohort=cohort.ref)),
        ("Check in late", phrase("checkin", week=week.id, cohort=cohort.ref)),
    )
    return say(*blocks, more, title=short(f"Week {week.number} is done: {week.week.title}", 150))


def _others(facts: Facts) -> str:
    return "".join(f"\n**{quote(one.name)}** {one.text}" for one in facts.honours[1:])
