"""`join`: a seat in a cohort, and where the cohort is for whoever comes late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Choice, Message, build_phrase, escape_text, format_moment, text_message
from bot.chat.text import format_count, join_names, shorten
from bot.command import Call, CohortRef, MissingChoice, command
from bot.command.suggestions import suggest_open_cohorts
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.zones import load_zone
from bot.post import list_slots_between
from bot.views.dates import format_day

COVERED = 12  # weeks that are named to whoever comes late
AHEAD = timedelta(days=14)  # the next post is named when it comes within this time


@command(order=10, helps=("outside", "over"), action="Join a cohort")
async def join(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_open_cohorts, CohortRef()] = None,
) -> Message:
    """Join a cohort and walk its weeks together."""
    meant = await _choose_cohort_to_join(call, cohort)
    found = await call.tx.cohorts.lock_cohort(meant.id) or meant
    found = found.advance_state(call.now)
    if (member := await call.tx.members.find_member(found, call.person)) is not None:
        return build_landing_message(
            found, member, call, f"You are in **{escape_text(found.name)}** already."
        )
    found.check_admission(await call.tx.members.count_seats_taken(found), call.now)
    member = await call.tx.members.enrol_person(found, call.person, call.now)
    if await call.tx.people.load_setting(call.person, "hidden") == "yes" and not member.hidden:
        await call.tx.members.update_member_privacy(member, hidden=True, alias=member.alias)
        member = replace(member, hidden=True)
    await call.tx.progress.update_member_scores(found, member)
    await call.tx.schedule.schedule_newcomer_posts(found, call.now)
    return build_landing_message(
        found, member, call, f"You are in **{escape_text(found.name)}** 🎉"
    )


async def _choose_cohort_to_join(call: Call, said: str | None) -> Cohort:
    if said:
        return await call.resolve_cohort(said)
    there = [
        one.advance_state(call.now)
        for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
    ]
    open_ones = [one for one in there if one.state in {"open", "running", "paused"}]
    if not open_ones:
        raise Refused(
            "No cohort is open here right now: ask a moderator to say `cohort create` and `cohort open`."
        )
    if len(open_ones) == 1:
        return open_ones[0]
    raise MissingChoice(
        "cohort",
        "Which cohort would you like to join?",
        [_build_join_choice(one, call) for one in open_ones],
    )


def _build_join_choice(cohort: Cohort, call: Call) -> Choice:
    week = cohort.week_at(call.now)
    where = f"in week {week.number}" if week else f"starts {format_day(cohort.start)}"
    return Choice(cohort.name, cohort.ref, where)


def build_landing_message(cohort: Cohort, member: Member, call: Call, hello: str) -> Message:
    """What somebody reads who has just joined: where the cohort is and what to do now."""
    current = member.get_current_week(cohort, call.now)
    lines = [hello, _describe_join_week(cohort, current, call)]
    if (upcoming := _find_next_post_time(cohort, call)) is not None:
        here = member.get_zone_name(cohort)
        lines.append(
            f"The next post comes on {format_moment(upcoming, load_zone(here), has_zone_name=not member.person.zone)}."
        )
    pairs = [("This week's list", build_phrase("week", cohort=cohort.ref))] if current else []
    pairs.append(("The whole plan", build_phrase("roadmap show", cohort=cohort.ref)))
    if member.person.zone is None:
        pairs.append(("Set my time zone", "settings ask=times"))
    return text_message("\n".join(lines), button_row(*pairs))


def _describe_join_week(cohort: Cohort, current: CalendarWeek | None, call: Call) -> str:
    weeks = len(cohort.syllabus.weeks)
    if current is None:
        first = cohort.calendar.weeks[0].first if cohort.calendar.weeks else cohort.start
        return f"It starts on {format_day(first)} and takes {format_count(weeks, 'week')}."
    line = f"It is in week {current.number} of {weeks}: **{escape_text(current.week.title)}**."
    before = list(enumerate(cohort.syllabus.weeks[: current.number - 1], 1))
    if not before:
        return line
    latest = [
        f"{number}. {escape_text(shorten(week.title, 60))}" for number, week in before[-COVERED:]
    ]
    earlier = len(before) - len(latest)
    covered = join_names(
        [*latest, *([f"{earlier} more before that (`roadmap`)"] if earlier else [])]
    )
    return f"{line}\nCovered so far: {covered}. Nobody expects you to do it all at once: begin with this week."


def _find_next_post_time(cohort: Cohort, call: Call) -> datetime | None:
    coming = list_slots_between(cohort, call.now, call.now + AHEAD, post_kinds=call.post_kinds)
    return coming[0].at if coming else None
