"""`members attention`: who needs somebody, why and since when; and what can be done for each.

For moderators only, who see hidden members by their own name. What members wrote to moderators is
shown to those of their own space.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import (
    Block,
    Buttons,
    Choice,
    Message,
    Page,
    Select,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count, join_names, shorten
from bot.command import Call, CohortRef, HiddenOption, NumberRange, command
from bot.command.attention import (
    MOST_MEMBER_ID,
    MemberInQuestion,
    build_member_phrase,
    build_need_text,
    find_own_space_id,
    load_member_in_question,
)
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.attention import CohortNeeds, MemberNeed, Need
from bot.group.cohort import Cohort
from bot.group.hard_items import HardItem, list_hard_items
from bot.group.route import build_route
from bot.roadmap import Roadmap
from bot.views.attention import (
    LONG_ITEM,
    NEED_WORDS,
    NeedText,
    describe_need_counts,
    format_member_name,
    format_need_line,
    get_member_name,
    list_bot_acts,
    list_need_sentences,
    list_word_sentences,
)
from bot.views.cohort_texts import format_cohort_name
from bot.views.hand_letters import describe_objection

SHOWN = 20  # lines on a page
LINES_PROSE = 2400  # characters of them; a head and the hardest items fit in the rest


@command(moderators=True, reads=True, order=35, action="Who needs me")
async def members_attention(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    need: Annotated[Need | None, "Only those with this need"] = None,
    page: Annotated[int | None, "Which page", NumberRange(1)] = None,
    member: Annotated[int | None, HiddenOption(), NumberRange(1, MOST_MEMBER_ID)] = None,
) -> Message:
    """See who needs somebody, why and since when."""
    managed = await call.find_managed_cohort(cohort)
    if member is not None:
        return _build_member_page(call, await load_member_in_question(call, managed, member))
    roadmap = await call.tx.cohorts.load_roadmap_by_id(managed.plan_id)
    found = await call.tx.attention.list_member_needs(managed, roadmap, call.now)
    needs = found.hide_foreign_words(await find_own_space_id(call, managed))
    text = build_need_text(call, managed, roadmap)
    if not needs.members:
        return await _build_calm_answer(call, managed, roadmap)
    entries = needs.list_with_need(need)
    lines = [format_need_line(entry, text) for entry in entries]
    shown = paginate_lines(lines, page or 1, SHOWN, LINES_PROSE)
    return text_message(
        await _format_head(call, managed, needs, need),
        "\n".join(shown.entries) or f"Nobody is {NEED_WORDS[need or 'blocked']} now.",
        *await _describe_hard_items(call, managed, roadmap, is_shown=shown.number == 1),
        *_build_member_select(managed, _cut_page(entries, lines, shown), text),
        *shown.build_page_buttons(build_phrase("members attention", need=need, cohort=managed.ref)),
        *_build_filter_buttons(managed, needs, need),
        title=shorten(f"Who needs you in {managed.name}"),
    )


async def _build_calm_answer(call: Call, cohort: Cohort, roadmap: Roadmap) -> Message:
    taken = await call.tx.members.count_seats_taken(cohort)
    sentence = f"Nobody in {format_cohort_name(cohort)} needs you now."
    if not taken:
        sentence = f"Nobody has joined {format_cohort_name(cohort)} yet."
    elif cohort.state in {"running", "paused"}:
        sentence += " Nobody is blocked, unsure, silent or behind."
    return text_message(
        sentence,
        *await _describe_hard_items(call, cohort, roadmap, is_shown=True),
        button_row(("Members", build_phrase("members list", cohort=cohort.ref)), has_main=False),
        title=shorten(f"Who needs you in {cohort.name}"),
    )


async def _format_head(call: Call, cohort: Cohort, needs: CohortNeeds, need: Need | None) -> str:
    taken = await call.tx.members.count_seats_taken(cohort)
    verb = "needs" if len(needs.members) == 1 else "need"
    counts = describe_need_counts(needs.count_needs())
    sentences = [
        f"**{len(needs.members)}** of {format_count(taken, 'member')} {verb} you: {counts}."
    ]
    if need is not None:
        sentences.append(f"Here are those who are {NEED_WORDS[need]}.")
    if not needs.is_complete:
        sentences.append("In so large a group there may be more: these need you most.")
    sentences.append("Only moderators see this list.")
    return " ".join(sentences)


def _cut_page(
    entries: Sequence[MemberNeed], lines: Sequence[str], shown: Page[str]
) -> Sequence[MemberNeed]:
    """Return the entries whose lines are on a page."""
    first = len(lines) - shown.left - len(shown.entries)
    return entries[first : first + len(shown.entries)]


def _build_member_select(
    cohort: Cohort, entries: Sequence[MemberNeed], text: NeedText
) -> tuple[Block, ...]:
    choices = []
    for entry in entries:
        words = ", ".join(NEED_WORDS[need] for need in entry.needs)
        name = shorten(get_member_name(entry, text))
        choices.append(Choice(name, str(entry.member.id), shorten(words)))
    if not choices:
        return ()
    phrase = build_phrase("members attention", cohort=cohort.ref)
    return (Select("Open a member", phrase, "member", tuple(choices)),)


def _build_filter_buttons(
    cohort: Cohort, needs: CohortNeeds, need: Need | None
) -> tuple[Buttons, ...]:
    buttons = []
    if need is not None:
        buttons.append(("Everybody", build_phrase("members attention", cohort=cohort.ref)))
    counts = needs.count_needs()
    if len(counts) > 1:
        for other, count in counts.items():
            phrase = build_phrase("members attention", need=other, cohort=cohort.ref)
            if other != need:
                buttons.append((f"{NEED_WORDS[other].capitalize()} · {count}", phrase))
    if not buttons:
        buttons.append(("Members", build_phrase("members list", cohort=cohort.ref)))
    return (button_row(*buttons, has_main=False),)


# — the hardest items —


async def _describe_hard_items(
    call: Call, cohort: Cohort, roadmap: Roadmap, *, is_shown: bool
) -> tuple[str, ...]:
    if not is_shown:
        return ()
    counts = await call.tx.hard_items.count_recent_items(cohort, call.now)
    route = build_route(roadmap, cohort.syllabus)
    items = list_hard_items(cohort, roadmap, route, counts, call.now)
    if not items:
        return ()
    lines = [_format_hard_item(item, roadmap) for item in items]
    return ("\n".join(["**The hardest items of the last weeks**", *lines]),)


def _format_hard_item(item: HardItem, roadmap: Roadmap) -> str:
    title = escape_text(shorten(roadmap.items[item.item].title, LONG_ITEM))
    facts = []
    if item.stuck:
        facts.append(f"{item.stuck} stuck")
    if item.at_work:
        facts.append(f"{item.done} of {item.at_work} have done it")
    return f"• {title}, week {item.week_number}: {', '.join(facts)}"


# — one member —


def _build_member_page(call: Call, question: MemberInQuestion) -> Message:
    entry, text = question.entry, question.text
    needs = "\n".join(list_need_sentences(entry)) or "No need that I know of."
    return text_message(
        f"{format_member_name(entry, text)} in {format_cohort_name(question.cohort)}",
        needs,
        *_build_section("What they wrote to moderators", list_word_sentences(entry, text)),
        *_build_section("What I have done", _list_acts(question)),
        *_list_obstacles(call, question),
        *_build_act_buttons(call, question),
    )


def _build_section(head: str, lines: Sequence[str]) -> tuple[str, ...]:
    return ("\n".join([f"**{head}**", *lines]),) if lines else ()


def _list_acts(question: MemberInQuestion) -> list[str]:
    lines = []
    acts = list_bot_acts(question.entry.acts, question.text)
    if acts:
        lines.append(f"• Sent: {join_names(acts)}")
    waiting = [letter for letter in question.earlier if letter.is_open]
    if waiting:
        lines.append(f"• On its way: {format_count(len(waiting), 'letter')}")
    return lines


def _list_obstacles(call: Call, question: MemberInQuestion) -> tuple[str, ...]:
    """Return why a kind word cannot be sent, where it cannot."""
    objection = question.find_word_objection(call)
    if objection is None:
        return ()
    sentence = describe_objection(objection, question.entry, question.cohort, question.earlier)
    return (sentence,)


def _build_act_buttons(call: Call, question: MemberInQuestion) -> tuple[Buttons, ...]:
    pairs = []
    if question.find_word_objection(call) is None:
        pairs.append(("Send a kind word", build_member_phrase("members word", question)))
    if question.find_offer_objection(call) is None:
        pairs.append(("Offer the ways back", build_member_phrase("members offer", question)))
    member, cohort = question.entry.member, question.cohort
    if cohort.state in {"open", "running", "paused"} and not member.is_away_today(cohort, call.now):
        pairs.append(("Mark as away", build_member_phrase("members away", question)))
    pairs.append(("Everybody", build_phrase("members attention", cohort=cohort.ref)))
    return (button_row(*pairs, has_main=False),)
