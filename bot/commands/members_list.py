"""`members list`: everybody in a cohort as moderators may see them, hidden members included. The answer is private."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.chat.message import paginate as page_of
from bot.chat.text import shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.cohort import Cohort, Member
from bot.group.progress import get_visible_name
from bot.group.route import build_route
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.views.dates import format_day
from bot.views.notices import build_next_step_buttons

SHOWN = 9
NAME, ALIAS, IN_THE_WAY = (
    40,
    24,
    60,
)  # characters shown; with every one escaped, a page still fits a message


@command(moderators=True, reads=True, order=40, action="Members", aliases=("cohort members",))
async def members_list(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    page: Annotated[int | None, "Which page", NumberRange(1)] = None,
) -> Message:
    """Who is in, how far they are, their last check-in and what is in their way."""
    found = await call.lock_managed_cohort(cohort)
    taken = await call.tx.members.count_seats_taken(found)
    title = shorten(f"Members of {found.name}")
    if not taken:
        invite = (
            "open it for people to join." if found.state == "draft" else "the way in is `join`."
        )
        return text_message(
            f"Nobody has joined yet: {invite}", build_next_step_buttons(found), title=title
        )
    shown = page_of(range(taken), page or 1, SHOWN)
    here = await call.tx.members.list_seated_members(found, len(shown.entries), shown.entries[0])
    last = await call.tx.progress.load_last_checkins([member.id for member in here])
    seats = f" of {found.seats} seats" if found.seats else ""
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    lines = [_format_cohort_member(member, found, plan, call, last) for member in here]
    more = ("Settings", build_phrase("cohort settings", cohort=found.ref))
    turns = shown.build_page_buttons(build_phrase("members list", cohort=found.ref))
    return text_message(
        f"{taken}{seats} taken. Only you can read this.",
        *("\n".join(lines[start : start + 5]) for start in range(0, len(lines), 5)),
        *turns,
        build_next_step_buttons(found, more),
        title=title,
    )


def _format_cohort_member(
    member: Member,
    cohort: Cohort,
    plan: Roadmap,
    call: Call,
    last: Mapping[int, tuple[datetime, str]],
) -> str:
    name = get_visible_name(member, call.viewer, "members") or "somebody"
    also = (
        f" (shown as {escape_text(shorten(member.name_in_cohort, ALIAS))})"
        if member.name_in_cohort != name
        else ""
    )
    there = load_zone(cohort.zone)
    at, blockers = last.get(member.id, (None, ""))
    checked_in = format_day(at.astimezone(there).date()) if at else "never"
    total = build_route(plan, cohort.syllabus, member.picks).count_slots()
    marks = [f"{member.score} of {total} done", f"last check-in {checked_in}"]
    marks.append(f"joined {format_day(member.joined_at.astimezone(there).date())}")
    marks += ["hidden"] if member.hidden else []
    marks += ["away"] if member.is_away_today(cohort, call.now) else []
    marks += (
        [f"in the way: _{escape_text(shorten(' '.join(blockers.split()), IN_THE_WAY))}_"]
        if blockers
        else []
    )
    return f"• **{escape_text(shorten(name, NAME))}**{also} · {' · '.join(marks)}"
