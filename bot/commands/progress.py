"""`progress`: somebody's card (shares per week, pace, streak with its reasons, rank) and the cohort's board."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Annotated

from bot.chat.address import Account, Caller
from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Block,
    Fact,
    Fields,
    Message,
    Progress,
    Text,
    build_phrase,
    escape_text,
    text_message,
)
from bot.chat.message import paginate as page_of
from bot.chat.text import shorten
from bot.command import Call, CohortRef, HiddenOption, PersonOrRole, command
from bot.command.suggestions import suggest_member_names, suggest_own_cohorts
from bot.command.values import format_typed_text, parse_person_or_role
from bot.group.cohort import Cohort, Member
from bot.group.progress import (
    compute_pace,
    compute_streak,
    describe_final_progress,
    get_visible_name,
    list_week_progress,
)
from bot.group.route import build_route
from bot.views.board import build_board_bars, build_week_bars
from bot.views.notices import format_finish_notice, list_join_buttons

OVERALL = "all"  # what says that the board of no single week is meant
ROWS = 20
JOINS = 2  # other cohorts that a card of a finished one offers


@command(reads=True, section="me", order=40, helps=("running", "over"), action="My progress")
async def progress(
    call: Call,
    member: Annotated[str | None, "Whose; without it, yours", suggest_member_names] = None,
    board: Annotated[bool, "The cohort's board"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    week: Annotated[str | None, HiddenOption()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """How far you are, and the cohort's board."""
    found, own = await call.resolve_membership(cohort)
    if board and week is not None:
        return await _build_board_page(call, found, own, week, page or 1)
    if board:
        return await _build_boards_overview(call, found, own)
    if member is None:
        return await _build_progress_card(call, found, own, own)
    return await _build_progress_card(
        call, found, await _find_visible_member(call, found, member), own
    )


async def _find_visible_member(call: Call, cohort: Cohort, said: str) -> Member:
    seen = [
        one
        for one in await _find_candidate_members(call, cohort, parse_person_or_role(said))
        if get_visible_name(one, call.viewer, "card")
    ]
    if not seen:
        near = await _find_similar_name(call, cohort, said)
        hint = f"did you mean {near}?" if near else "`progress board` shows who is on it."
        raise Refused(
            f"I can show nobody called “{format_typed_text(said)}” in {cohort.name}: {hint}",
            "member",
        )
    if len(seen) > 1:
        raise Refused(
            f"{len(seen)} people are called “{format_typed_text(said)}”: `progress board` shows them all.",
            "member",
        )
    return seen[0]


async def _find_candidate_members(
    call: Call, cohort: Cohort, who: PersonOrRole
) -> Sequence[Member]:
    """Whoever is called so. Somebody who was picked is not found behind an alias, which would give it away."""
    if not who.native:
        return await call.tx.members.find_members_by_name(cohort, who.name)
    account = Account(call.place.platform, call.place.tenant, who.native)
    person = await call.tx.people.find_person(Caller(account, who.name))
    found = await call.tx.members.find_member(cohort, person) if person.id else None
    own = person.id == call.person.id
    return [found] if found and (own or found.name_in_cohort == found.person.name) else []


async def _find_similar_name(call: Call, cohort: Cohort, said: str) -> str:
    """A name on the board that is spelt like what was said, as prose."""
    rows = {
        row.name.casefold(): row.name
        for row in await call.tx.progress.list_board_standings(cohort, limit=OPTIONS)
    }
    near = difflib.get_close_matches(said.casefold(), rows, 1, 0.6)
    return f"**{escape_text(rows[near[0]])}**" if near else ""


async def _build_progress_card(call: Call, cohort: Cohort, subject: Member, own: Member) -> Message:
    done = await call.tx.progress.load_ticked_items(subject.person, cohort.roadmap)
    checked_in = await call.tx.progress.list_checkin_week_ids(subject)
    plan = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    route = build_route(plan, cohort.syllabus, subject.picks)
    so_far = list_week_progress(subject, cohort, route, done, checked_in, call.now)
    mine, ended = subject.id == own.id, subject.has_finished_roadmap(cohort, call.now)
    bars: list[Block] = [
        Progress("The whole plan", route.count_done_slots(done), route.count_slots(), strong=True),
        *build_week_bars(so_far),
    ]
    run = compute_streak(subject, cohort, so_far)
    rank = await call.tx.progress.load_member_standing(cohort, subject)
    facts = [
        Fact(
            "Streak",
            _format_streak_weeks(run.weeks)
            + (f" ({'; '.join(run.reasons)})" if mine and run.reasons else ""),
        )
    ]
    if mine and ended:
        facts.insert(
            0,
            Fact(
                "Reached",
                describe_final_progress(route.count_done_slots(done), route.count_slots(), so_far),
            ),
        )
    elif mine and subject.is_away_today(cohort, call.now):
        facts.insert(0, Fact("Pace", "away, nobody is counting"))
    elif mine:
        facts.insert(0, Fact("Pace", compute_pace(subject, cohort, route, so_far, done).pace_text))
    facts.append(Fact("Rank", "hidden, on no board" if subject.hidden else f"{rank.rank}"))
    title = (
        "Your progress"
        if mine
        else shorten(get_visible_name(subject, call.viewer, "card") or "", 60)
    )
    more = [("The board", build_phrase("progress", board="yes", cohort=cohort.ref))]
    if mine and so_far:
        more.append(("My list", build_phrase("week", cohort=cohort.ref)))
    head: list[Block] = [Text(format_finish_notice(cohort))] if mine and ended else []
    if head:
        more += list_join_buttons(await call.list_joinable_cohorts(), JOINS)
    return text_message(
        *head, Fields(tuple(facts)), *bars, button_row(*more), title=f"{title} in {cohort.name}"
    )


def _format_streak_weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


async def _build_boards_overview(call: Call, cohort: Cohort, own: Member) -> Message:
    """The first of this week and of the whole plan."""
    week = (
        None
        if own.has_finished_roadmap(cohort, call.now)
        else own.get_current_week(cohort, call.now)
    )
    usual = build_route(await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id), cohort.syllabus)
    blocks: list[Block] = []
    pairs = [("My progress", build_phrase("progress", cohort=cohort.ref))]
    if week is not None:
        rows, left = await _build_board_top(call, cohort, own, usual.count_slots(week.id), week.id)
        blocks += [Text(f"**This week** · {escape_text(week.week.title)}"), *rows]
        if left:
            pairs.append(
                (
                    "Everybody this week",
                    build_phrase("progress", board="yes", week=week.id, cohort=cohort.ref),
                )
            )
    rows, left = await _build_board_top(call, cohort, own, usual.count_slots(), None)
    blocks += [Text("**Overall**"), *rows]
    if left:
        pairs.append(
            (
                "Everybody overall",
                build_phrase("progress", board="yes", week=OVERALL, cohort=cohort.ref),
            )
        )
    if own.hidden:
        blocks.append(Text("You are hidden: only you see your own line here."))
    return text_message(*blocks, button_row(*pairs), title=f"The board of {cohort.name}")


async def _build_board_top(
    call: Call, cohort: Cohort, own: Member, total: int, week_id: str | None
) -> tuple[Sequence[Block], int]:
    """The first rows of a board and the reader's own, and how many others there are."""
    rows = await call.tx.progress.list_board_standings(cohort, week_id)
    mine = await call.tx.progress.load_member_standing(cohort, own, week_id)
    is_below = mine.done > 0 and not own.hidden and all(row.member_id != own.id for row in rows)
    left = await call.tx.progress.count_board_members(cohort, week_id) - len(rows) - is_below
    return (
        *build_board_bars(rows, total, mine),
        *([Text(f"… and {left} more.")] if left else []),
    ), left


async def _build_board_page(
    call: Call, cohort: Cohort, own: Member, said: str, number: int
) -> Message:
    """A page of the whole board of one week, or overall."""
    week = None if said == OVERALL else cohort.calendar.find_week(said)
    if week is None and said != OVERALL:
        raise Refused(
            f"{cohort.name} has no such week: say `progress board=yes` for this one's board.",
            "week",
        )
    week_id = week.id if week else None
    usual = build_route(await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id), cohort.syllabus)
    shown = page_of(
        range(await call.tx.progress.count_board_members(cohort, week_id)), number, ROWS
    )
    rows = (
        await call.tx.progress.list_board_standings(
            cohort, week_id, len(shown.entries), shown.entries[0]
        )
        if shown.total
        else ()
    )
    mine = await call.tx.progress.load_member_standing(cohort, own, week_id)
    head = f"**Week {week.number}** · {escape_text(week.week.title)}" if week else "**Overall**"
    bars = build_board_bars(rows, usual.count_slots(week_id), mine)
    turns = shown.build_page_buttons(
        build_phrase("progress", board="yes", week=said, cohort=cohort.ref)
    )
    more = button_row(("My progress", build_phrase("progress", cohort=cohort.ref)))
    return text_message(Text(head), *bars, *turns, more, title=f"The board of {cohort.name}")
