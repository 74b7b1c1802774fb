"""`cohort open`: let people join. The plan then starts by itself.

If its start is past, it asks how to begin. Nothing is public before that is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, text_message
from bot.command import Act, Call, CohortRef, HiddenOption, Sure, command
from bot.command.cohort_checks import require_changeable_cohort
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.calendar import DAY
from bot.group.cohort import Cohort
from bot.store.cohorts import Home
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import format_day
from bot.views.notices import (
    build_invitation,
    build_next_step_buttons,
    describe_homes,
    describe_setup_problems,
)
from bot.views.timeline import (
    describe_immediate_posts,
    describe_next_post,
    get_instant_before_week,
    list_opening_slots,
)


@command(moderators=True, announcing=True, order=20, action="Open a cohort")
async def cohort_open(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    week: Annotated[int | None, HiddenOption()] = None,
    sure: Sure = None,
) -> Message:
    """Let people join; the plan then starts by itself."""
    before = await call.lock_managed_cohort(cohort, "draft")
    require_changeable_cohort(before)
    if before.state != "draft":
        raise Refused(
            f"{before.name} is already {before.state}: see what comes with `posts timeline`."
        )
    if _is_start_in_question(call, before, week):
        return _ask_how_to_begin(call, before)
    after = replace(before, state="open")
    act = await _build_open_act(call, before, after)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(before))
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in act.announcements:
        key = f"open/{before.edition}"
        await call.tx.ledger.enter_announcement(before, key, notice, homes, call.now)
    # If the start is past, this week's posts are still sent, and no earlier ones.
    since = get_instant_before_week(after, call.now)
    opened = await call.tx.schedule.save_changed_cohort(before, after, call.now, since=since)
    return _build_open_answer(call, opened, homes)


def _is_start_in_question(call: Call, cohort: Cohort, agreed_week: int | None) -> bool:
    finishes = cohort.finishes_at
    if finishes is not None and finishes <= call.now:
        return True
    current = cohort.week_at(call.now)
    # A button from last week agreed to last week.
    return current is not None and current.number != agreed_week


# — the question —


def _ask_how_to_begin(call: Call, cohort: Cohort) -> Message:
    head, ways = _list_ways_to_begin(call, cohort)
    dates = ("Change the dates", build_phrase("cohort reschedule", cohort=cohort.ref))
    return text_message(
        f"{head} Nobody has been told yet. When should it start?",
        button_row(*ways, dates, has_main=False),
        build_next_step_buttons(cohort),
    )


def _list_ways_to_begin(call: Call, cohort: Cohort) -> tuple[str, list[tuple[str, str]]]:
    """Return a sentence about the past start, and labels with phrases for each way on."""
    name, day = format_cohort_name(cohort), format_day(cohort.start)
    start = build_phrase("cohort start", cohort=cohort.ref)
    current = cohort.week_at(call.now)
    if current is None:
        return f"All dates of {name} are past: its start was {day}.", [("Start today", start)]
    today = cohort.get_cohort_date(call.now)
    if cohort.start == today:
        tomorrow = build_phrase("cohort reschedule", cohort=cohort.ref, start=today + DAY)
        head = f"{name} starts today, but it is later than {cohort.at:%H:%M}."
        return head, [("First post now", start), ("Tomorrow", tomorrow)]
    begin = build_phrase("cohort open", cohort=cohort.ref, week=current.number)
    ways = [("Start today", start), (f"Begin in week {current.number}", begin)]
    return f"The start of {name} was {day}.", ways


# — the preview —


async def _build_open_act(call: Call, before: Cohort, after: Cohort) -> Act:
    plan = await call.tx.cohorts.load_roadmap_by_id(before.plan_id)
    slots = list_opening_slots(after, plan, call.now, post_kinds=call.post_kinds)
    week = before.week_at(call.now)
    head = f"Open {format_cohort_name(before)} for people to join?"
    number = None
    if week is not None:
        number = week.number
        head = f"{head} It begins in week {number}."
    return Act(
        head,
        "Open it",
        build_phrase("cohort open", cohort=before.ref, week=number),
        (build_invitation(before, call.now),),
        describe_immediate_posts(slots, post_kinds=call.post_kinds),
    )


# — the answer —


def _build_open_answer(call: Call, opened: Cohort, homes: Sequence[Home]) -> Message:
    problems = _list_blocking_problems(call, homes)
    where = "here"
    if len(homes) > 1:
        where = describe_homes((home.place for home in homes), call.place)
    invited = f"I have invited everybody {where}."
    if problems:
        invited = "My invitation waits until I can post."
    head = f"{format_cohort_name(opened)} is open. {invited} {_describe_coming_post(call, opened)}"
    join = ("Join it yourself", build_phrase("join", cohort=opened.ref))
    return text_message("\n".join((head, *problems)), build_next_step_buttons(opened, join))


def _list_blocking_problems(call: Call, homes: Sequence[Home]) -> tuple[str, ...]:
    # What is missing in this channel matters only if the posts come to this channel.
    if not any(home.place == call.place for home in homes):
        return ()
    blocking = [problem for problem in call.setup_problems if problem.is_blocking]
    return describe_setup_problems(blocking)


def _describe_coming_post(call: Call, opened: Cohort) -> str:
    coming = describe_next_post(opened, call.now, post_kinds=call.post_kinds)
    week = opened.week_at(call.now)
    if week is None:
        return coming
    return f"I post week {week.number} now. {coming}"
