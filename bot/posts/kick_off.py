"""Day one: a picture of the weeks, and what each of them asks for."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count
from bot.group.cohort import Cohort
from bot.post import HomeFacts, PostDay, post
from bot.views.cohort_texts import format_last_day

STAGES = 6  # stages that are named; a long plan has dozens


@post(PostDay("start"), title="Kick-off", order=20)
def kick_off(facts: HomeFacts) -> Message:
    """On day one, before the first topics: how the weeks work."""
    cohort = facts.cohort
    weeks = format_count(len(cohort.syllabus.weeks), "week")
    return text_message(
        f"Today **{escape_text(cohort.name)}** starts: {weeks} together."
        f"{_describe_stages(cohort)}{_describe_finish_date(cohort)}",
        "Each week I post what to learn and practise. "
        "Tick what you have done, under the post or with `week`. "
        "Check in once a week; late is fine too. "
        "Need a break? Tell me with `away`, and I will not remind you.",
        button_row(("Join", build_phrase("join", cohort=cohort.ref)), ("Help", "help")),
        title="Here we go",
    )


def _describe_stages(cohort: Cohort) -> str:
    # In order, each once: a stage has several weeks.
    stages = list(dict.fromkeys(week.stage for week in cohort.syllabus.weeks if week.stage))
    if not stages:
        return ""
    return f" Our stages: {escape_text(' → '.join(stages[:STAGES]))}."


def _describe_finish_date(cohort: Cohort) -> str:
    if cohort.calendar.finish is None:
        return ""
    return f" We finish on {format_last_day(cohort)}."
