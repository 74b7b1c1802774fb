"""`cohort open`: people may join, and the plan begins by itself on its start date. Where that day is past, it asks how to
begin, and nothing is public until that is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Act, Call, CohortRef, HiddenOption, Sure, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.calendar import DAY
from bot.group.cohort import Cohort
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
    found = await call.lock_managed_cohort(cohort, "draft")
    if found.state != "draft":
        raise Refused(f"{found.name} is {found.state} already: `posts timeline` shows what comes.")
    current = found.week_at(call.now)
    if _is_past_finish(found, call) or (current is not None and current.number != week):
        return _build_late_open_question(found, call)
    homes = await call.tx.cohorts.list_homes(found.id)
    where = describe_homes((home.place for home in homes), call.place) if len(homes) > 1 else "here"
    news, after = build_invitation(found, call.now), replace(found, state="open")
    act = await _build_open_act(found, after, call, news)
    if not act.is_agreed(sure):
        return act.build_preview(sure, build_next_step_buttons(found))
    await call.tx.ledger.enter_announcement(found, f"open/{found.edition}", news, homes, call.now)
    opened = await call.tx.schedule.save_changed_cohort(
        found, after, call.now, since=get_instant_before_week(after, call.now)
    )
    lacking = describe_setup_problems(
        one
        for one in call.setup_problems
        if one.is_blocking and any(home.place == call.place for home in homes)
    )
    invited = "my invitation waits" if lacking else f"I have invited everybody {where}"
    told = f"**{escape_text(opened.name)}** is open, and {invited}. I take it from now on. {_describe_next_after_open(opened, call)}"
    return text_message(
        "\n".join((told, *lacking)),
        build_next_step_buttons(
            opened, ("Join it yourself", build_phrase("join", cohort=opened.ref))
        ),
    )


def _is_past_finish(found: Cohort, call: Call) -> bool:
    return found.finishes_at is not None and found.finishes_at <= call.now


def _build_late_open_question(found: Cohort, call: Call) -> Message:
    """Ask how a plan begins whose start is past."""
    current, today = found.week_at(call.now), found.get_cohort_date(call.now)
    start = build_phrase("cohort start", cohort=found.ref)
    move = ("Change the dates", build_phrase("cohort reschedule", cohort=found.ref))
    if current is None:
        head = f"All of **{escape_text(found.name)}** lies in the past: it was to start on {format_day(found.start)}."
        ways = [("Start today", start)]
    elif found.start == today:
        head = f"**{escape_text(found.name)}** starts today, and its posting time, {found.at:%H:%M}, is past."
        tomorrow = build_phrase("cohort reschedule", cohort=found.ref, start=today + DAY)
        ways = [("First post now", start), ("Tomorrow", tomorrow)]
    else:
        head = f"**{escape_text(found.name)}** was to start on {format_day(found.start)}, and that day is past."
        begin = build_phrase("cohort open", cohort=found.ref, week=current.number)
        ways = [("Start today", start), (f"Begin in week {current.number}", begin)]
    asked = "Nobody has been told yet. When should it begin?"
    return text_message(
        f"{head} {asked}", button_row(*ways, move, has_main=False), build_next_step_buttons(found)
    )


async def _build_open_act(found: Cohort, after: Cohort, call: Call, news: Message) -> Act:
    current = found.week_at(call.now)
    if current is None:
        head, week = f"**{escape_text(found.name)}** would be open for people to join.", None
    else:
        head = f"**{escape_text(found.name)}** would be open for people to join, and begin in week {current.number}."
        week = current.number
    says = build_phrase("cohort open", cohort=found.ref, week=week)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    return Act(
        head,
        "Open it",
        says,
        (news,),
        describe_immediate_posts(
            list_opening_slots(after, plan, call.now, post_kinds=call.post_kinds),
            post_kinds=call.post_kinds,
        ),
    )


def _describe_next_after_open(cohort: Cohort, call: Call) -> str:
    week = cohort.week_at(call.now)
    now = f"Week {week.number} comes right now. " if week else ""
    return now + describe_next_post(cohort, call.now, post_kinds=call.post_kinds)
