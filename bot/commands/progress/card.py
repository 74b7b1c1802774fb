"""A member's card: what is done, and one next step. Others see only what the member shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    escape_text,
    text_message,
)
from bot.chat.text import format_count, shorten
from bot.command import Call
from bot.group.backlog import measure_backlog
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.first_item import find_first_item
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
from bot.roadmap import Roadmap
from bot.views.board import build_week_bars
from bot.views.dates import describe_first_week, format_day
from bot.views.notices import format_finish_notice, list_join_buttons
from bot.views.recall import build_weak_topics
from bot.views.week_guide import format_start_line

MAX_JOIN_BUTTONS = 2  # other cohorts that the card of a finished one offers
MAX_NAME = 60  # characters
MAX_NOTE = 300  # characters of a shared note


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member in a cohort, with their route and everything they have done of it.

    `current_week`: the week they are in by their own clock; None before the first.
    """

    cohort: Cohort
    member: Member
    roadmap: Roadmap
    route: Route
    done: frozenset[str]
    week_shares: tuple[WeekProgress, ...]
    current_week: CalendarWeek | None

    @property
    def done_slot_count(self) -> int:
        return self.route.count_done_slots(self.done)

    @property
    def total_slot_count(self) -> int:
        return self.route.count_slots()

    @property
    def is_complete(self) -> bool:
        return 0 < self.total_slot_count <= self.done_slot_count

    @property
    def has_begun(self) -> bool:
        return self.done_slot_count > 0 or any(share.has_checked_in for share in self.week_shares)

    def compute_card_streak(self) -> Streak:
        return compute_streak(self.member, self.cohort, self.week_shares)


async def _load_card(call: Call, cohort: Cohort, member: Member) -> MemberCard:
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    route = build_route(roadmap, cohort.syllabus, member.picks)
    done = await call.tx.progress.load_ticked_items(member.person, cohort.roadmap)
    checkin_ids = await call.tx.progress.list_checkin_week_ids(member)
    week_shares = list_week_progress(member, cohort, route, done, checkin_ids, call.now)
    current_week = member.get_current_week(cohort, call.now)
    return MemberCard(cohort, member, roadmap, route, done, week_shares, current_week)


# — one's own —


async def build_own_card(
    call: Call, cohort: Cohort, member: Member, *, has_all_weeks: bool = False
) -> Message:
    """Return the reader's own card.

    `has_all_weeks`: no week is folded.
    """
    card = await _load_card(call, cohort, member)
    title = f"Your progress in {cohort.name}"
    if member.has_finished_roadmap(cohort, call.now):
        return await _build_finished_card(call, card, title)
    is_behind = _is_behind(call, card)
    shown, folded = _fold_weeks(card, is_behind=is_behind and not has_all_weeks)
    blocks: list[Block | str] = ["\n".join(_list_lead_lines(card, is_behind=is_behind))]
    facts = await _list_own_facts(call, card, is_behind=is_behind)
    if facts:
        blocks.append(Fields(facts))
    blocks += [_build_whole_bar(card), *build_week_bars(shown)]
    blocks += await _build_weak_topics(call, card)
    buttons = []
    if is_behind:
        buttons.append(("Ways back", build_phrase("behind", cohort=cohort.ref)))
    if card.week_shares:
        buttons.append(("My list", build_phrase("week", cohort=cohort.ref)))
    if folded:
        buttons.append(("Earlier weeks", build_phrase("progress", weeks="yes", cohort=cohort.ref)))
    buttons.append(_build_board_button(cohort))
    return text_message(*blocks, button_row(*buttons), title=title)


async def _build_weak_topics(call: Call, card: MemberCard) -> tuple[Block, ...]:
    # Private: no other card shows what somebody does not remember.
    weak_items = await call.tx.recalls.list_weak_items(call.person, card.cohort.roadmap)
    return build_weak_topics(card.roadmap, weak_items, card.done)


def _is_behind(call: Call, card: MemberCard) -> bool:
    # Nobody away is behind.
    if card.member.is_away_today(card.cohort, call.now):
        return False
    backlog = measure_backlog(
        card.member, card.cohort, card.roadmap, card.route, card.done, call.now
    )
    return backlog.is_behind


def _fold_weeks(
    card: MemberCard, *, is_behind: bool
) -> tuple[Sequence[WeekProgress], Sequence[WeekProgress]]:
    """Return the weeks to show and the weeks to fold.

    Whoever is behind sees the week they are in. Nobody sees the weeks from before they joined,
    unless they did something in them.
    """
    shown, folded = [], []
    for share in card.week_shares:
        is_current = card.current_week is not None and share.week.id == card.current_week.id
        is_foreign = card.member.is_week_over(share.week, card.cohort, card.member.joined_at)
        is_untouched = not (share.done or share.has_checked_in)
        if is_current or not (is_behind or (is_foreign and is_untouched)):
            shown.append(share)
        elif not is_foreign or not is_untouched:
            folded.append(share)
    return shown, folded


def _list_lead_lines(card: MemberCard, *, is_behind: bool) -> Iterator[str]:
    """Yield what is done, and one next step."""
    done = f"{card.done_slot_count} of {format_count(card.total_slot_count, 'item')} done"
    if card.is_complete:
        yield f"You have done all {format_count(card.total_slot_count, 'item')} 🎓"
        return
    week = card.current_week
    if week is None:
        yield escape_text(f"{describe_first_week(card.cohort, card.member)}.")
        yield from _list_early_start_lines(card)
        return
    item = find_first_item(card.roadmap, week.week.items, card.done, card.route)
    if item is None and week.week.items:
        yield f"**{done}**. Week {week.number} is done 👏"
        yield _describe_next_week(card, week)
        return
    # To somebody who is behind, "0 of 57 items" would be a reproach.
    sentences = [f"**{done}**."] if card.done_slot_count or not is_behind else []
    if is_behind:
        sentences.append(f"You are in week {week.number}.")
    yield " ".join(sentences)
    if item is not None:
        yield format_start_line(card.roadmap, item)


def _list_early_start_lines(card: MemberCard) -> Iterator[str]:
    """Yield what somebody can begin with before their first week."""
    weeks = card.member.build_member_calendar(card.cohort).weeks
    items = weeks[0].week.items if weeks else ()
    item = find_first_item(card.roadmap, items, card.done, card.route)
    if item is not None:
        yield f"You can begin today. {format_start_line(card.roadmap, item)}"


def _describe_next_week(card: MemberCard, week: CalendarWeek) -> str:
    next_week = card.member.build_member_calendar(card.cohort).find_next_week(week)
    if next_week is None:
        return "It was the last one. Earlier items still count."
    return f"Week {next_week.number} begins on {format_day(next_week.first)}. Enjoy the free time."


async def _list_own_facts(call: Call, card: MemberCard, *, is_behind: bool) -> tuple[Fact, ...]:
    streak = card.compute_card_streak()
    if is_behind:
        # No rank and no count of what is open: the card is there to encourage.
        return (Fact("Streak", _format_own_streak(streak)),) if streak.weeks else ()
    facts = []
    if card.current_week is not None:
        facts.append(_build_pace_fact(call, card))
    # Boards show only those who have begun, and a streak of no weeks tells a beginner nothing.
    if card.has_begun:
        facts.append(Fact("Streak", _format_own_streak(streak)))
    if card.has_begun or card.member.hidden:
        facts.append(await _build_rank_fact(call, card))
    return tuple(facts)


def _build_pace_fact(call: Call, card: MemberCard) -> Fact:
    if card.member.is_away_today(card.cohort, call.now):
        return Fact("Pace", "away, nobody is counting")
    pace = compute_pace(card.member, card.cohort, card.route, card.week_shares, card.done)
    return Fact("Pace", pace.pace_text)


async def _build_finished_card(call: Call, card: MemberCard, title: str) -> Message:
    cohort = card.cohort
    reached = describe_final_progress(card.done_slot_count, card.total_slot_count, card.week_shares)
    streak = _format_own_streak(card.compute_card_streak())
    facts = (
        Fact("Reached", reached),
        Fact("Streak", streak),
        await _build_rank_fact(call, card),
    )
    buttons = [_build_board_button(cohort)]
    if card.week_shares:
        buttons.append(("My list", build_phrase("week", cohort=cohort.ref)))
    buttons.append(("My farewell", build_phrase("farewell", cohort=cohort.ref)))
    joinable_cohorts = await call.list_joinable_cohorts()
    buttons.extend(list_join_buttons(joinable_cohorts, MAX_JOIN_BUTTONS))
    return text_message(
        Text(format_finish_notice(cohort)),
        Fields(facts),
        _build_whole_bar(card),
        *build_week_bars(card.week_shares),
        *await _build_weak_topics(call, card),
        button_row(*buttons),
        title=title,
    )


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


# — somebody else's —


async def build_other_card(call: Call, cohort: Cohort, member: Member) -> Message:
    """Return another member's card, with what they share."""
    # Weeks, pace, rank and the reasons for a streak are private: others see none of them.
    card = await _load_card(call, cohort, member)
    blocks: list[Block | str] = [_build_whole_bar(card)]
    streak = card.compute_card_streak().weeks
    if streak:
        blocks.insert(0, Fields((Fact("Streak", format_count(streak, "week")),)))
    shared = await call.tx.progress.load_last_note_shared(member)
    if shared is not None:
        number = cohort.syllabus.get_week_number(shared.week_id)
        words = escape_text(shorten(" ".join(shared.note.split()), MAX_NOTE))
        blocks.append(f"About week {number}: “{words}”" if number else f"“{words}”")
    visible_name = get_visible_name(member, call.viewer, "card") or ""
    return text_message(
        *blocks,
        button_row(_build_board_button(cohort)),
        title=f"{shorten(visible_name, MAX_NAME)} in {cohort.name}",
    )


def _build_whole_bar(card: MemberCard) -> Progress:
    return Progress("The whole plan", card.done_slot_count, card.total_slot_count, strong=True)


def _build_board_button(cohort: Cohort) -> tuple[str, str]:
    return "The board", build_phrase("progress", board="yes", cohort=cohort.ref)
