"""Day one: what the weeks will be like, and what each of them asks for."""

from __future__ import annotations

from bot.chat.buttons import buttons
from bot.chat.message import Message, phrase, quote, say
from bot.chat.text import counted
from bot.post import Facts, When, post
from bot.views.dates import day


@post(When("start"), title="Kick-off", order=20)
def kick_off(facts: Facts) -> Message:
    """On day one, before the first topics: how the weeks work."""
    cohort = facts.cohort
    stages = list(dict.fromkeys(week.stage for week in cohort.syllabus.weeks if week.stage))
    way = f" The way: {quote(' → '.join(stages[:6]))}." if stages else ""
    finish = f" We finish on {day(cohort.calendar.finish)}." if cohort.calendar.finish else ""
    return say(
        f"Today **{quote(cohort.name)}** sets off, {counted(len(cohort.syllabus.weeks), 'week')} together.{way}{finish}",
        "Each week I post what to learn and to practise. Tick what you have done, right under the post or with `week`; "
        "check in once a week, late is fine too; and if life gets in the way, `away` leaves you in peace.",
        buttons(("Join", phrase("join", cohort=cohort.ref)), ("Help", "help")),
        title="Here we go",
    )
