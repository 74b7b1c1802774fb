"""Catch up: the essential items that are open, spread over the coming weeks."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count
from bot.command import Act, Call
from bot.commands.behind.standing import OwnStanding
from bot.group.catch_up import MAX_HOURS, CatchUpDraft, CatchUpWork
from bot.views.catch_up import describe_plan_end, describe_plan_parts
from bot.views.cohort_texts import format_cohort_name
from bot.views.durations import format_time_sum
from bot.views.ways_back import (
    CATCH_UP,
    NEXT,
    SHIFT,
    build_back_button,
    build_way_button,
    build_way_phrase,
)

LAST_DAYS = 2  # of a week: a plan made then begins with the next one


async def answer_catch_up(
    call: Call, standing: OwnStanding, hours: int | None, sure: str | None
) -> Message:
    """Show a plan, or take it. Raises `Refused` where no week is left."""
    if standing.member.has_finished_roadmap(standing.cohort, call.now):
        raise Refused(
            f"{standing.cohort.name} has finished: late ticks still count, so use `week` to go on."
        )
    if not standing.backlog.open_items:
        return _answer_nothing_open(standing)
    work = _build_work(call, standing)
    least = work.find_least_hours()
    if least is None:
        return _answer_too_much(standing)
    usual = await _choose_usual_hours(call, standing, work)
    draft = work.draft_plan(hours or max(usual, least))
    if not draft.is_complete:
        return _answer_too_few_hours(standing, draft, least)
    act = _build_act(standing, draft)
    if not act.is_agreed(sure):
        return act.build_preview(sure, _build_other_hours(standing, draft.hours, least, usual))
    return await _take_plan(call, standing, draft)


async def stop_catching_up(call: Call, standing: OwnStanding) -> Message:
    """End a member's plan. Without one, say so."""
    name = format_cohort_name(standing.cohort)
    again = (("Catch up", build_way_phrase(standing.cohort, CATCH_UP)),)
    if not standing.member.catch_up:
        return text_message(f"You have no catch-up plan in {name}.", button_row(*again))
    await call.tx.members.save_catch_up(standing.member, ())
    return text_message(
        f"Your catch-up plan in {name} has ended. Your ticks stay.",
        button_row(build_back_button(standing.cohort, "Ways back"), *again, has_main=False),
    )


# — the plan —


def _build_work(call: Call, standing: OwnStanding) -> CatchUpWork:
    return CatchUpWork(
        standing.roadmap,
        standing.route,
        standing.cohort.syllabus,
        standing.ticked,
        standing.backlog.open_items,
        _find_first_number(call, standing),
    )


def _find_first_number(call: Call, standing: OwnStanding) -> int:
    """Return the week a plan begins with: the current one, unless it is almost over."""
    member, cohort = standing.member, standing.cohort
    week = member.get_current_week(cohort, call.now)
    if week is None:
        return 1
    has_next = week.number < len(cohort.syllabus.weeks)
    today = member.get_member_date(cohort, call.now)
    if has_next and week.last is not None and (week.last - today).days < LAST_DAYS:
        return week.number + 1
    return week.number


async def _choose_usual_hours(call: Call, standing: OwnStanding, work: CatchUpWork) -> int:
    """Return the hours they have: as their check-ins say, else as the roadmap asks."""
    reported = await call.tx.progress.load_reported_hours(standing.member)
    if reported:
        mean = sum(reported) / len(reported)
        return min(MAX_HOURS, max(1, round(mean)))
    return work.estimate_weekly_hours()


async def _take_plan(call: Call, standing: OwnStanding, draft: CatchUpDraft) -> Message:
    words = draft.encode_words(standing.cohort.syllabus)
    name = format_cohort_name(standing.cohort)
    if words == standing.member.catch_up:
        head = f"You are catching up in {name} already."
    else:
        await call.tx.members.save_catch_up(standing.member, words)
        head = f"You are catching up in {name} now, with about {draft.hours} h a week."
    lines = describe_plan_parts(draft.parts, standing.roadmap)
    stop = ("Take it back", build_way_phrase(standing.cohort, CATCH_UP, back="yes"))
    return text_message(
        head,
        "\n".join(lines),
        button_row(("My list", build_phrase("week", cohort=standing.cohort.ref)), stop),
    )


# — previews and other answers —


def _build_act(standing: OwnStanding, draft: CatchUpDraft) -> Act:
    count = format_count(len(standing.backlog.open_items), "essential item")
    time = format_time_sum(standing.backlog.time)
    lines = [
        f"**Catch up** in {format_cohort_name(standing.cohort)} with about {draft.hours} h a week? "
        f"{count}{time and f', {time}'}, beside the essential items of each week:",
        *describe_plan_parts(draft.parts, standing.roadmap),
    ]
    follow_ups = [
        describe_plan_end(draft.parts, standing.cohort, standing.member),
        "Optional items can wait. Work you do not get to moves on by itself.",
    ]
    if standing.plan is not None:
        follow_ups.append("This takes the place of your plan so far.")
    phrase = build_way_phrase(standing.cohort, CATCH_UP, hours=draft.hours)
    return Act("\n".join(lines), "Catch up", phrase, follow_ups=tuple(follow_ups))


def _build_other_hours(standing: OwnStanding, hours: int, least: int, usual: int) -> Buttons:
    """Return buttons for other hours a week, and the one back."""
    wanted = (least, usual, hours // 2, hours * 2)
    others = sorted({number for number in wanted if least <= number <= MAX_HOURS} - {hours})
    buttons = [
        (f"{number} h a week", build_way_phrase(standing.cohort, CATCH_UP, hours=number))
        for number in others[:3]
    ]
    return button_row(*buttons, build_back_button(standing.cohort), has_main=False)


def _answer_nothing_open(standing: OwnStanding) -> Message:
    return text_message(
        f"There is nothing to catch up in {format_cohort_name(standing.cohort)}: everything essential "
        "in the weeks that are over is done.",
        button_row(
            ("My list", build_phrase("week", cohort=standing.cohort.ref)),
            build_back_button(standing.cohort),
        ),
    )


def _answer_too_few_hours(standing: OwnStanding, draft: CatchUpDraft, least: int) -> Message:
    name = escape_text(standing.cohort.name)
    return text_message(
        f"With {draft.hours} h a week it does not fit before {name} ends: about {least} h a week "
        "are enough. You can also move your weeks instead.",
        button_row(
            (f"{least} h a week", build_way_phrase(standing.cohort, CATCH_UP, hours=least)),
            build_way_button(standing.cohort, SHIFT),
            build_back_button(standing.cohort),
        ),
    )


def _answer_too_much(standing: OwnStanding) -> Message:
    time = format_time_sum(standing.backlog.time)
    return text_message(
        f"More is open{time and f' ({time})'} than the weeks left in "
        f"{format_cohort_name(standing.cohort)} can hold: move your weeks instead, or join the next "
        "cohort.",
        button_row(
            build_way_button(standing.cohort, SHIFT),
            build_way_button(standing.cohort, NEXT),
            build_back_button(standing.cohort),
        ),
    )
