"""Milestones: one short post at most a day about what somebody, or everybody, has reached.

Members who are hidden, away or gone are never named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.text import join_names, shorten
from bot.post import HomeFacts, LatePolicy, MilestoneNews, PostDay, post
from bot.views.voices import VOICES, Voices

MOST_LINES = 5
MAX_NAME = 40  # characters
MAX_STAGE = 100  # characters

# By the kind of milestone, for one person and for several.
ONE: Mapping[str, Voices] = {
    "plan": (
        "{names} has done the last item: that is the whole plan.",
        "{names} has finished the whole plan.",
        "The last item is ticked: {names} has done the whole plan.",
    ),
    "stage": (
        "{names} has finished **{stage}**.",
        "**{stage}** is done for {names}.",
        "{names} has done all of **{stage}**.",
    ),
    "half": (
        "{names} is half way through the plan.",
        "Half of the plan is done for {names}.",
        "{names} has reached the middle of the plan.",
    ),
}
SEVERAL: Mapping[str, Voices] = {
    "plan": (
        "{names} have done the last item: that is the whole plan.",
        "{names} have finished the whole plan.",
        "The last items are ticked: {names} have done the whole plan.",
    ),
    "stage": (
        "{names} have finished **{stage}**.",
        "**{stage}** is done for {names}.",
        "{names} have done all of **{stage}**.",
    ),
    "half": (
        "{names} are half way through the plan.",
        "Half of the plan is done for {names}.",
        "{names} have reached the middle of the plan.",
    ),
}
EVERYBODY: Voices = (
    "Everybody has checked in for **week {number}**.",
    "**Week {number}** is complete: everybody has checked in.",
    "All of us have checked in for **week {number}**.",
)
ORDER = ("plan", "week", "stage", "half")  # the greatest first


def _find_skip_reason(facts: HomeFacts) -> str | None:
    if not _list_lines(facts):
        return "nobody is to be named"
    return None


@post(
    PostDay("event", occasion="when somebody has reached one, at most once a day"),
    title="Milestones",
    late=LatePolicy(max_delay=timedelta(days=2)),
    order=40,
    skip=_find_skip_reason,
    uses=("milestones", "former_posts"),
)
def milestone(facts: HomeFacts) -> Message:
    """Half of the plan, a stage, the last item, or a check-in from everybody."""
    lines = _list_lines(facts)[:MOST_LINES]
    ref = facts.cohort.ref
    return text_message(
        "🎉 " + "\n".join(lines),
        button_row(
            ("My progress", build_phrase("progress", cohort=ref)),
            ("Say thanks", build_phrase("thanks", cohort=ref)),
        ),
    )


def _list_lines(facts: HomeFacts) -> list[str]:
    """Return a sentence for each milestone, the greatest first."""
    voice = facts.former_posts % VOICES
    ordered = sorted(facts.milestones, key=lambda news: ORDER.index(news.kind))
    lines = []
    for news in ordered:
        line = _format_news(facts, news, voice)
        if line:
            lines.append(line)
    return lines


def _format_news(facts: HomeFacts, news: MilestoneNews, voice: int) -> str:
    """Return the sentence about a milestone; empty where nobody is to be named."""
    if news.kind == "week":
        number = facts.cohort.syllabus.get_week_number(news.subject)
        # The week may have left the plan since.
        return EVERYBODY[voice].format(number=number) if number else ""
    if not news.count:
        return ""
    stage = _find_stage(facts, news.subject)
    if news.kind == "stage" and not stage:
        return ""
    names = [f"**{escape_text(shorten(name, MAX_NAME))}**" for name in news.names]
    if news.count > len(names):
        names.append(f"{news.count - len(names)} more")
    voices = ONE if news.count == 1 else SEVERAL
    return voices[news.kind][voice].format(
        names=join_names(names), stage=escape_text(shorten(stage, MAX_STAGE))
    )


def _find_stage(facts: HomeFacts, week_id: str) -> str:
    for week in facts.cohort.syllabus.weeks:
        if week.id == week_id:
            return week.stage
    return ""
