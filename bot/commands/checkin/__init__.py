"""`checkin`: a member's report on a week. Without options it is a form.

Late check-ins count, and a check-in can be edited.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    OPTIONS,
    Answer,
    Block,
    Message,
    Text,
    build_phrase,
    text_message,
)
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.item_finder import ItemFinder
from bot.command.suggestions import suggest_open_items, suggest_own_cohorts, suggest_past_weeks
from bot.commands.checkin.form import BLOCKERS_QUESTION, FEELINGS, MAX_HOURS, build_checkin_form
from bot.commands.checkin.report import TypedReport, clear_emptied_fields
from bot.commands.checkin.subject import CheckinSubject, resolve_shared_week
from bot.group.attention import UNSURE
from bot.group.first_item import list_open_items
from bot.group.progress import WeekProgress, compute_streak, list_week_progress
from bot.group.route import build_route
from bot.store.progress import CheckinReport
from bot.views.help_wanted import NOTICE
from bot.views.stuck import build_stuck_select
from bot.views.week_list import sort_own_items


@command(form=True, section="me", order=30, helps=("running",), action="Check in")
async def checkin(
    call: Call,
    week: Annotated[str | None, "Which week (this one if left out)", suggest_past_weeks] = None,
    items: Annotated[tuple[str, ...] | None, "Items you have done", suggest_open_items] = None,
    hours: Annotated[float | None, "Hours you spent", NumberRange(0, MAX_HOURS)] = None,
    confidence: Annotated[
        int | None, "How sure you feel, 1 to 5", NumberRange(1, len(FEELINGS))
    ] = None,
    blockers: Annotated[str | None, BLOCKERS_QUESTION] = None,
    note: Annotated[str | None, "Anything else?"] = None,
    share: Annotated[bool | None, "Let the group read your note"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Answer:
    """Report on your week: your items, how it went, and anything blocking you."""
    if items:
        await call.lock_person()
    own_cohort, member = await call.resolve_membership(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    typed_report = TypedReport(hours, confidence, blockers, note, share)
    opens_form = not (call.is_submitted or typed_report.has_report or items is not None)
    reported_week, own_week_note = resolve_shared_week(
        own_cohort, member, week, call, opens_form=opens_form
    )
    route = build_route(roadmap, own_cohort.syllabus, member.picks)
    subject = CheckinSubject(own_cohort, member, reported_week, roadmap, route)
    before = await call.tx.progress.load_checkin(member, reported_week.id) or CheckinReport()
    if opens_form:
        return await build_checkin_form(call, subject, before, own_week_note)
    is_late = member.is_week_over(reported_week, own_cohort, call.now)
    report = typed_report.apply_to(clear_emptied_fields(call, before), is_late)
    if not report.note:
        if share:
            raise Refused("There is no note to share yet: write one with `checkin`.", "share")
        report = replace(report, shared=False)
    return await _save_report(call, subject, report, items)


# — the report —


async def _save_report(
    call: Call, subject: CheckinSubject, report: CheckinReport, items: tuple[str, ...] | None
) -> Message:
    cohort, member, week_id = subject.cohort, subject.member, subject.week.id
    # Read before it is written: the report itself is one of them.
    reported_ids = await call.tx.progress.list_checkin_week_ids(member) | {week_id}
    await _tick_reported_items(call, subject, items)
    is_first = await call.tx.progress.save_checkin(member, week_id, report, call.now)
    if is_first:
        await call.tx.milestones.note_checkin(cohort, week_id, call.now)
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    week_shares = list_week_progress(member, cohort, subject.route, done, reported_ids, call.now)
    return _build_checkin_thanks(subject, report, week_shares, done, is_first=is_first)


async def _tick_reported_items(
    call: Call, subject: CheckinSubject, typed_items: tuple[str, ...] | None
) -> None:
    if not typed_items:
        return
    reported_ids = _build_week_finder(subject).find_item_ids(typed_items, "items")
    await call.tx.progress.tick_items(call.person, subject.cohort.roadmap, reported_ids, call.now)


def _build_week_finder(subject: CheckinSubject) -> ItemFinder:
    syllabus_week = subject.week.week
    titles = {item: subject.roadmap.items[item].title for item in syllabus_week.items}
    numbered_items = sort_own_items(syllabus_week, subject.route)
    return ItemFinder(titles, numbered_items, f"week {subject.week.number}")


# — the answer —


def _build_checkin_thanks(
    subject: CheckinSubject,
    report: CheckinReport,
    week_shares: tuple[WeekProgress, ...],
    done: frozenset[str],
    *,
    is_first: bool,
) -> Message:
    sentences = [_format_checkin_result(subject, week_shares, is_first)]
    if is_first and report.late:
        sentences.append("A late check-in counts like any other.")
    streak = compute_streak(subject.member, subject.cohort, week_shares)
    if streak.weeks > 1:
        sentences.append(f"That makes {streak.weeks} weeks in a row.")
    if report.blockers:
        sentences.append("Your moderators can see what is blocking you.")
    if report.shared:
        sentences.append("The group can read your note.")
    open_items = list_open_items(subject.roadmap, subject.week.week.items, done, subject.route)
    blocks: list[Block] = []
    if open_items and _sounds_stuck(report):
        blocks += [Text(NOTICE), build_stuck_select(subject.cohort, open_items)]
    return text_message(
        " ".join(sentences), *blocks, button_row(*_list_thanks_buttons(subject, report))
    )


def _sounds_stuck(report: CheckinReport) -> bool:
    is_unsure = report.confidence is not None and report.confidence <= UNSURE
    return is_unsure or bool(report.blockers)


def _format_checkin_result(
    subject: CheckinSubject, week_shares: tuple[WeekProgress, ...], is_first: bool
) -> str:
    number = subject.week.number
    counts = _format_week_counts(subject, week_shares)
    if is_first:
        return f"Thank you! You are checked in for **week {number}**: {counts} items done."
    return f"I have updated your check-in for **week {number}**: {counts} items done."


def _format_week_counts(subject: CheckinSubject, week_shares: tuple[WeekProgress, ...]) -> str:
    share = next(share for share in week_shares if share.week.id == subject.week.id)
    return f"{share.done} of {share.total}"


def _list_thanks_buttons(subject: CheckinSubject, report: CheckinReport) -> list[tuple[str, str]]:
    cohort_ref = subject.cohort.ref
    buttons = [("My progress", build_phrase("progress", cohort=cohort_ref))]
    buttons.append(("Edit", subject.report_phrase))
    if report.note:
        buttons.append(_build_share_button(subject, report))
    # A form may not have shown all items of such a week.
    if len(subject.week.week.items) > OPTIONS:
        buttons.append(("My list", build_phrase("week", n=subject.week.number, cohort=cohort_ref)))
    return buttons


def _build_share_button(subject: CheckinSubject, report: CheckinReport) -> tuple[str, str]:
    label, answer = ("Stop sharing", "no") if report.shared else ("Share my note", "yes")
    week_id, cohort_ref = subject.week.id, subject.cohort.ref
    return label, build_phrase("checkin", share=answer, week=week_id, cohort=cohort_ref)
