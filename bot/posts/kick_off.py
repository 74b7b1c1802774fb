"""Day one: what the weeks will be like, and what each of them asks for."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count
from bot.post import PostDay, PostFacts, post
from bot.views.dates import format_day


@post(PostDay("start"), title="Kick-off", order=20)
def kick_off(facts: PostFacts) -> Message:
    """On day one, before the first topics: how the weeks work."""
    cohort = facts.cohort
    stages = list(dict.fromkeys(week.stage for week in cohort.syllabus.weeks if week.stage))
    way = f" The way: {escape_text(' → '.join(stages[:6]))}." if stages else ""
    finish = (
        f" We finish on {format_day(cohort.calendar.finish)}." if cohort.calendar.finish else ""
    )
    return text_message(
        f"Today **{escape_text(cohort.name)}** sets off, {format_count(len(cohort.syllabus.weeks), 'week')} together.{way}{finish}",
        "Each week I post what to learn and to practise. Tick what you have done, right under the post or with `week`; "
        "check in once a week, late is fine too; and if life gets in the way, `away` leaves you in peace.",
        button_row(("Join", build_phrase("join", cohort=cohort.ref)), ("Help", "help")),
        title="Here we go",
    )
