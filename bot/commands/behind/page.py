"""The page of `behind`: the state of things in numbers, and the ways there are."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.message import Block, Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count, join_names, shorten
from bot.command import Call
from bot.commands.behind.shift import describe_shift
from bot.commands.behind.standing import OwnStanding
from bot.group.shift import get_week_number
from bot.views.cohort_texts import format_cohort_name
from bot.views.ways_back import (
    CATCH_UP,
    MAX_TITLE,
    NEXT,
    SHIFT,
    WAY_SENTENCES,
    build_way_buttons,
    build_way_phrase,
    describe_backlog,
)

MAX_NAMES = 4  # items that a sentence names
THREE_WAYS = "There are three ways back. Each button shows first what would change."
OTHER_PACE = "If you want another pace, each button shows first what would change."


def build_standing_page(call: Call, standing: OwnStanding) -> Message:
    """Return what is open, the way chosen, and three buttons."""
    paragraphs = [*_list_chosen_ways(call, standing), _describe_open_items(call, standing)]
    paragraphs.append(THREE_WAYS if standing.is_behind else OTHER_PACE)
    paragraphs.append("\n".join(f"• {sentence}" for sentence in WAY_SENTENCES))
    return text_message(
        *paragraphs,
        build_way_buttons(standing.cohort),
        *_build_undo_buttons(standing),
        title=shorten(f"Your pace in {standing.cohort.name}"),
    )


# — what is open —


def _describe_open_items(call: Call, standing: OwnStanding) -> str:
    cohort, member, backlog = standing.cohort, standing.member, standing.backlog
    if not backlog.open_items:
        return _describe_nothing_open(standing)
    numbers = describe_backlog(cohort, member, backlog, call.now)
    if not standing.is_debt:
        return (
            "You are not behind: the weeks before you joined are no debt. "
            f"If you want them too, {numbers}"
        )
    if standing.plan is not None and standing.plan.is_kept:
        return f"{numbers} Your plan takes care of them."
    if not backlog.is_behind:
        return f"{numbers} That is one week, and you are not behind."
    return numbers


def _describe_nothing_open(standing: OwnStanding) -> str:
    if not standing.backlog.essential_count:
        return f"You are not behind in {format_cohort_name(standing.cohort)}: nothing is due yet."
    count = format_count(standing.backlog.essential_count, "essential item")
    return (
        f"You are not behind in {format_cohort_name(standing.cohort)}: {count} of the weeks that are "
        "over, and all done. 🎉"
    )


# — the way chosen —


def _list_chosen_ways(call: Call, standing: OwnStanding) -> list[str]:
    sentences = []
    if standing.member.shift:
        sentences.append(describe_shift(call, standing.cohort, standing.member))
    if standing.member.catch_up:
        sentences.append(_describe_plan(call, standing))
    if standing.entry is not None:
        title = escape_text(shorten(standing.roadmap.title, MAX_TITLE))
        sentences.append(
            f"You are number **{standing.entry.number}** on the waiting list for {title}. "
            "I tell you in private when there is a seat."
        )
    if standing.old_cohort is not None:
        sentences.append(f"You moved here from {format_cohort_name(standing.old_cohort)}.")
    return sentences


def _describe_plan(call: Call, standing: OwnStanding) -> str:
    plan = standing.plan
    if plan is None:
        return "You have caught up: your plan is done. 🎉"
    number = get_week_number(standing.member, standing.cohort, call.now)
    this_week = plan.list_items_of_week(number)
    count = format_count(len(plan.open_items), "item")
    sentence = f"You are **catching up**: {count} left, until week {plan.parts[-1].week_number}."
    if this_week:
        titles = [
            escape_text(shorten(standing.roadmap.items[item].title, MAX_TITLE))
            for item in this_week
        ]
        sentence = f"{sentence} This week: {join_names(titles, MAX_NAMES)}."
    if not plan.is_kept:
        weeks = format_count(plan.weeks_late, "week")
        sentence = f"{sentence} It has moved on by {weeks}: you can make a new one."
    return sentence


def _build_undo_buttons(standing: OwnStanding) -> tuple[Block, ...]:
    cohort, buttons = standing.cohort, []
    if standing.member.catch_up:
        phrase = build_way_phrase(cohort, CATCH_UP, back="yes")
        buttons.append(("End my plan", phrase))
    if standing.member.shift:
        phrase = build_way_phrase(cohort, SHIFT, back="yes")
        buttons.append(("The group's weeks", phrase))
    if standing.entry is not None:
        phrase = build_phrase("waitlist", cohort=cohort.ref, leave="yes")
        buttons.append(("Leave the list", phrase))
    if standing.old_cohort is not None:
        phrase = build_way_phrase(cohort, NEXT, back="yes")
        buttons.append((f"Back to {standing.old_cohort.name}", phrase))
    return (button_row(*buttons, has_main=False),) if buttons else ()
