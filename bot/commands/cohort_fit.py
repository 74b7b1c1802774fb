"""`cohort fit`: change a cohort's weeks or hours before it starts, or choose another season."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Answer,
    Field,
    Form,
    Message,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import format_count
from bot.command import Act, Call, CohortRef, LoggedText, NumberRange, Sure, command
from bot.command.suggestions import suggest_cohort_seasons, suggest_managed_cohorts
from bot.command.values import parse_season
from bot.group.cohort import Cohort
from bot.group.fit import LEAST_HOURS, MOST_HOURS, MOST_WEEKS, FitResult, SeasonChoice, fit_roadmap
from bot.views.cohort_texts import (
    describe_plan_dates,
    format_cohort_name,
    format_last_day,
    format_week_count,
)
from bot.views.dates import describe_cohort_state
from bot.views.fitting import build_fit_offer_buttons, describe_fit_result
from bot.views.notices import build_next_step_buttons
from bot.views.timeline import describe_next_post

LISTED = 16  # weeks of a preview
PROSE = 1200  # characters of these


@dataclass(frozen=True, slots=True)
class _FitChange:
    """A cohort before and after, the fit, and the hours and the season asked for."""

    before: Cohort
    after: Cohort
    fitted: FitResult
    plan_title: str
    hours: float | None
    season: SeasonChoice


@command(moderators=True, form=True, action="Change length")
async def cohort_fit(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    weeks: Annotated[int | None, "How many weeks", NumberRange(1, MOST_WEEKS)] = None,
    hours: Annotated[
        float | None, "How many hours a week people have", NumberRange(LEAST_HOURS, MOST_HOURS)
    ] = None,
    season: Annotated[
        str | None,
        "A part of a long plan, all, or essentials",
        suggest_cohort_seasons,
        LoggedText(),
    ] = None,
    sure: Sure = None,
) -> Answer:
    """Change how many weeks or hours a plan takes, before it starts."""
    before = await call.lock_managed_cohort(cohort, "draft", "open")
    await _require_fittable(call, before)
    if weeks is None and hours is None and season is None and not call.is_submitted:
        return _build_fit_form(before)
    change = await _fit_cohort(call, before, weeks, hours, season)
    if before.state == "draft":
        return await _fit_draft(call, change)
    if change.after.syllabus == before.syllabus:
        raise Refused(f"{before.name} is already planned like that: choose other weeks or hours.")
    act = await _build_fit_act(call, change)
    if not act.is_agreed(sure):
        offers = build_fit_offer_buttons(before, change.fitted)
        return act.build_preview(sure, *offers, build_next_step_buttons(before))
    return await _apply_fit(call, change, act)


async def _require_fittable(call: Call, cohort: Cohort) -> None:
    if cohort.state not in {"draft", "open"}:
        raise Refused(
            f"{cohort.name} has started and its weeks are fixed: "
            "create another cohort with `cohort create`."
        )
    # Dates moved back can leave a cohort open with weeks that people have read already.
    for kind, _ in await call.tx.ledger.group_homes_by_post(cohort):
        if kind == "topics":
            raise Refused(
                f"Weeks of {cohort.name} have been posted and stay as they are: "
                "create another cohort with `cohort create`."
            )


async def _fit_cohort(
    call: Call, before: Cohort, weeks: int | None, hours: float | None, season: str | None
) -> _FitChange:
    plan = await call.tx.cohorts.load_roadmap_by_id(before.plan_id)
    if weeks is None:
        weeks = len(before.syllabus.weeks)
    chosen = parse_season(season)
    fitted = fit_roadmap(plan, weeks, hours, chosen)
    after = replace(before, syllabus=fitted.syllabus)
    return _FitChange(before, after, fitted, plan.title, hours, chosen)


def _build_fit_form(cohort: Cohort) -> Form:
    weeks = str(len(cohort.syllabus.weeks))
    hours_help = "No week takes longer than that; leave it empty to keep everything"
    season_help = "A part of a long plan (1, 2, …), all, or essentials"
    fields = (
        Field("weeks", "Weeks", "number", value=weeks, least=1, most=MOST_WEEKS),
        Field("hours", "Hours a week", "number", least=0, most=MOST_HOURS, help=hours_help),
        Field("season", "Season", "line", help=season_help),
    )
    return Form("Change length", build_phrase("cohort fit", cohort=cohort.ref), fields)


def _describe_fit_outcome(change: _FitChange) -> list[str]:
    weeks = format_week_count(change.after)
    return [
        f"{escape_text(change.plan_title)} in {weeks}. {describe_plan_dates(change.after)}",
        *describe_fit_result(change.fitted),
    ]


# — a draft: nobody has to be asked —


async def _fit_draft(call: Call, change: _FitChange) -> Message:
    saved = await call.tx.schedule.save_changed_cohort(change.before, change.after, call.now)
    lines = [
        f"I have changed {format_cohort_name(saved)}.",
        *_describe_fit_outcome(change),
        "It is a draft, so nobody is told.",
    ]
    steps = (
        ("The weeks", build_phrase("roadmap show", cohort=saved.ref)),
        ("Change length", build_phrase("cohort fit", cohort=saved.ref)),
    )
    opening = ("Open it", build_phrase("cohort open", cohort=saved.ref))
    return text_message(
        "\n".join(lines),
        *build_fit_offer_buttons(saved, change.fitted),
        build_next_step_buttons(saved, *steps, acts=[opening]),
    )


# — an open cohort: people have seen the plan —


async def _build_fit_act(call: Call, change: _FitChange) -> Act:
    lines = [*_describe_fit_outcome(change), *_list_week_titles(change.after)]
    notice = await _build_fit_notice(call, change)
    return Act("\n".join(lines), "Change length", _build_fit_phrase(change), (notice,))


def _build_fit_phrase(change: _FitChange) -> str:
    hours = None
    season: str | None = None
    if change.fitted.season_count > 1:
        season = str(change.fitted.season)
    elif change.season != "auto":
        # A number of one part means something else once the plan fits in one season.
        season = "essentials" if change.season == "essentials" else "all"
    if change.hours is not None:
        hours = f"{change.hours:g}"
    return build_phrase(
        "cohort fit",
        cohort=change.after.ref,
        weeks=len(change.after.syllabus.weeks),
        hours=hours,
        season=season,
    )


def _list_week_titles(cohort: Cohort) -> list[str]:
    page = paginate_lines(_format_numbered_titles(cohort), 1, LISTED, PROSE)
    if not page.left:
        return list(page.entries)
    return [*page.entries, f"… and {format_count(page.left, 'more week')}"]


def _format_numbered_titles(cohort: Cohort) -> list[str]:
    weeks = enumerate(cohort.syllabus.weeks, 1)
    return [f"{number}. {escape_text(week.title)}" for number, week in weeks]


async def _build_fit_notice(call: Call, change: _FitChange) -> Message:
    entered = await call.tx.ledger.list_posts_in_every_home(change.before)
    after = change.after
    last_day = format_last_day(after)
    until = f", until {last_day}" if last_day else ""
    name = format_cohort_name(after)
    return text_message(
        f"{name} has a new plan: {format_week_count(after)}{until}. "
        f"{describe_next_post(after, call.now, entered, post_kinds=call.post_kinds)}",
        button_row(("The whole plan", build_phrase("roadmap show", cohort=after.ref))),
    )


async def _apply_fit(call: Call, change: _FitChange, act: Act) -> Message:
    before, after = change.before, change.after
    homes = await call.tx.cohorts.list_homes(before.id)
    for notice in act.announcements:
        await call.tx.ledger.enter_numbered_announcement(after, "fitted", notice, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(before, after, call.now)
    # Other items count now: every member's score follows in the same transaction.
    await call.tx.roadmaps.update_cohort_scores(saved)
    state = describe_cohort_state(saved, call.now)
    return text_message(
        f"Done, and I have told everybody. {format_cohort_name(saved)} {state}.",
        build_next_step_buttons(saved),
    )
