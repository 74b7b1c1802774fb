"""After a week: what was done together, the board and the honours. It shows who did much and names nobody who did not."""

from __future__ import annotations

from bot.chat.buttons import buttons
from bot.chat.message import Block, Message, Progress, Text, phrase, quote, say
from bot.chat.text import names, short
from bot.group.progress import Honour, first_rows
from bot.group.route import route_of
from bot.post import Facts, Late, When, post
from bot.views.board import top

ROWS = 10


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
        blocks += [
            Text("**This week's board**"),
            *top(facts.week_board, total, ROWS, facts.on_week_board),
        ]
    if facts.honours:
        blocks.append(Text("🏅 " + "\n".join(map(_line, facts.honours))))
    if facts.folded:
        blocks.append(
            Text(f"This stands for week {names(str(number) for number in facts.folded)} too.")
        )
    pairs = [
        ("My progress", phrase("progress", cohort=cohort.ref)),
        ("Check in late", phrase("checkin", week=week.id, cohort=cohort.ref)),
    ]
    if facts.on_week_board > len(first_rows(facts.week_board, ROWS)) or any(
        honour.who.more for honour in facts.honours
    ):
        pairs.append(
            ("The board", phrase("progress", board="yes", week=week.id, cohort=cohort.ref))
        )
    return say(
        *blocks, buttons(*pairs), title=short(f"Week {week.number} is done: {week.week.title}", 150)
    )


def _line(honour: Honour) -> str:
    """Everybody an honour is for, equals in one line: one medal is for all of them."""
    more = [f"{honour.who.more} more"] if honour.who.more else []
    return f"{names([*(f'**{quote(name)}**' for name in honour.who.names), *more])} {honour.text}"
