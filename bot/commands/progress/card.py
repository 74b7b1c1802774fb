"""A member's card: what is done, and one next step."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Fact,
    Fields,
    Message,
    Progress,
    Text,
    build_phrase,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call
from bot.group.cohort import Cohort, Member
from bot.group.progress import (
    Streak,
    WeekProgress,
    compute_pace,
    compute_streak,
    describe_final_progress,
    get_visible_name,
    list_week_progress,
)
from bot.group.route import Route, build_route
from bot.views.board import build_week_bars
from bot.views.notices import format_finish_notice, list_join_buttons

MAX_JOIN_BUTTONS = 2  # other cohorts that the card of a finished one offers
MAX_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member in a cohort, with their route and everything they have done of it."""

    cohort: Cohort
    member: Member
    route: Route
    done: frozenset[str]
    week_shares: tuple[WeekProgress, ...]

    @property
    def done_slot_count(self) -> int:
        return self.route.count_done_slots(self.done)

    @property
    def total_slot_count(self) -> int:
        return self.route.count_slots()

    def compute_card_streak(self) -> Streak:
        return compute_streak(self.member, self.cohort, self.week_shares)


async def _load_card(call: Call, cohort: Cohort, member: Member) -> MemberCard:
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    route = build_route(roadmap, cohort.syllabus, member.picks)
    done = await call.tx.progress.load_ticked_items(member.person, cohort.roadmap)
    checkin_ids = await call.tx.progress.list_checkin_week_ids(member)
    week_shares = list_week_progress(member, cohort, route, done, checkin_ids, call.now)
    return MemberCard(cohort, member, route, done, week_shares)


async def build_own_card(call: Call, cohort: Cohort, member: Member) -> Message:
    card = await _load_card(call, cohort, member)
    blocks: list[Block] = [Fields(await _list_own_facts(call, card)), *_build_progress_bars(card)]
    buttons = [_build_board_button(cohort)]
    if card.week_shares:
        buttons.append(("My list", build_phrase("week", cohort=cohort.ref)))
    if member.has_finished_roadmap(cohort, call.now):
        blocks.insert(0, Text(format_finish_notice(cohort)))
        joinable_cohorts = await call.list_joinable_cohorts()
        buttons.extend(list_join_buttons(joinable_cohorts, MAX_JOIN_BUTTONS))
    return text_message(*blocks, button_row(*buttons), title=f"Your progress in {cohort.name}")


async def _list_own_facts(call: Call, card: MemberCard) -> tuple[Fact, ...]:
    streak = _format_own_streak(card.compute_card_streak())
    rank_fact = await _build_rank_fact(call, card)
    return _build_pace_fact(call, card), Fact("Streak", streak), rank_fact


def _build_pace_fact(call: Call, card: MemberCard) -> Fact:
    cohort, member = card.cohort, card.member
    # Pace has no meaning once the plan is over, and nobody away is behind.
    if member.has_finished_roadmap(cohort, call.now):
        reached = describe_final_progress(
            card.done_slot_count, card.total_slot_count, card.week_shares
        )
        return Fact("Reached", reached)
    if member.is_away_today(cohort, call.now):
        return Fact("Pace", "away, nobody is counting")
    return Fact(
        "Pace", compute_pace(member, cohort, card.route, card.week_shares, card.done).pace_text
    )


async def build_other_card(call: Call, cohort: Cohort, member: Member) -> Message:
    # Pace and the reasons for a streak are private: others see neither.
    card = await _load_card(call, cohort, member)
    streak = format_count(card.compute_card_streak().weeks, "week")
    facts = (Fact("Streak", streak), await _build_rank_fact(call, card))
    visible_name = get_visible_name(member, call.viewer, "card") or ""
    return text_message(
        Fields(facts),
        *_build_progress_bars(card),
        button_row(_build_board_button(cohort)),
        title=f"{shorten(visible_name, MAX_NAME)} in {cohort.name}",
    )


def _build_progress_bars(card: MemberCard) -> tuple[Block, ...]:
    whole_bar = Progress("The whole plan", card.done_slot_count, card.total_slot_count, strong=True)
    return whole_bar, *build_week_bars(card.week_shares)


def _build_board_button(cohort: Cohort) -> tuple[str, str]:
    return "The board", build_phrase("progress", board="yes", cohort=cohort.ref)


def _format_own_streak(streak: Streak) -> str:
    week_count = format_count(streak.weeks, "week")
    if not streak.reasons:
        return week_count
    return f"{week_count} ({'; '.join(streak.reasons)})"


async def _build_rank_fact(call: Call, card: MemberCard) -> Fact:
    if card.member.hidden:
        return Fact("Rank", "hidden, on no board")
    standing = await call.tx.progress.load_member_standing(card.cohort, card.member)
    return Fact("Rank", f"{standing.rank}")
