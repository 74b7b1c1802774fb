"""`cohort fit`: the plan of a cohort that has not begun in other weeks, for other hours, or another season of it."""

from __future__ import annotations

from dataclasses import replace
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
from bot.command import Act, Call, CohortRef, NumberRange, Sure, command
from bot.command.suggestions import suggest_cohort_seasons, suggest_managed_cohorts
from bot.command.values import parse_season
from bot.group.cohort import Cohort
from bot.group.fit import LEAST_HOURS, MOST_HOURS, MOST_WEEKS, FitResult, fit_roadmap
from bot.roadmap import Roadmap
from bot.views.dates import describe_cohort_state, format_day
from bot.views.notices import build_next_step_buttons, describe_fit_result
from bot.views.timeline import describe_next_post

LISTED, PROSE = 16, 1200  # weeks and characters of a preview


@command(moderators=True, form=True)
async def cohort_fit(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    weeks: Annotated[int | None, "In how many weeks", NumberRange(1, MOST_WEEKS)] = None,
    hours: Annotated[
        float | None, "How many hours a week there are", NumberRange(LEAST_HOURS, MOST_HOURS)
    ] = None,
    season: Annotated[str | None, "Of a long plan: 1, 2, …, or all", suggest_cohort_seasons] = None,
    sure: Sure = None,
) -> Answer:
    """Fit a plan that has not begun to other weeks or hours."""
    found = await call.lock_managed_cohort(cohort, "draft", "open")
    await _check_fit_allowed(call, found)
    if weeks is None and hours is None and season is None and not call.is_submitted:
        return _build_fit_form(found)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    made = fit_roadmap(
        plan, len(found.syllabus.weeks) if weeks is None else weeks, hours, parse_season(season)
    )
    after = replace(found, syllabus=made.syllabus)
    if found.state == "draft":
        return await _fit_draft_cohort(call, found, after, plan, made)
    if after.syllabus == found.syllabus:
        raise Refused(f"That is how {found.name} is planned already: nothing has changed.")
    news = await _build_fit_news(call, found, after)
    act = _build_fit_act(after, plan, made, hours, news)
    return (
        await _apply_fit(call, found, after, news)
        if act.is_agreed(sure)
        else act.build_preview(sure, build_next_step_buttons(found))
    )


async def _check_fit_allowed(call: Call, found: Cohort) -> None:
    if found.state not in {"draft", "open"}:
        raise Refused(
            f"{found.name} has begun, so its weeks stay: `cohort create` makes a cohort with other weeks."
        )
    if any(kind == "topics" for kind, _ in await call.tx.ledger.group_homes_by_post(found)):
        raise Refused(
            f"Weeks of {found.name} have been posted, so they stay: `cohort create` makes a cohort with others."
        )


def _build_fit_form(found: Cohort) -> Form:
    fields = (
        Field(
            "weeks",
            "Weeks",
            "number",
            value=f"{len(found.syllabus.weeks)}",
            least=1,
            most=MOST_WEEKS,
        ),
        Field(
            "hours",
            "Hours a week",
            "number",
            least=0,
            most=MOST_HOURS,
            help="Leave it open, and nothing is left out",
        ),
        Field("season", "Season", "line", help="Of a long plan: 1, 2, …, or all of it at once"),
    )
    return Form("Fit the plan", build_phrase("cohort fit", cohort=found.ref), fields)


def _describe_fit_outcome(after: Cohort, plan: Roadmap, made: FitResult) -> list[str]:
    ends = f" and ends on {format_day(after.calendar.finish)}" if after.calendar.finish else ""
    head = f"{escape_text(plan.title)} in {_format_syllabus_length(after)}: it starts on {format_day(after.start)}{ends}."
    return [head, *describe_fit_result(made)]


def _format_syllabus_length(cohort: Cohort) -> str:
    count = len(cohort.syllabus.weeks)
    return "one week" if count == 1 else f"{count} weeks"


async def _fit_draft_cohort(
    call: Call, found: Cohort, after: Cohort, plan: Roadmap, made: FitResult
) -> Message:
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now)
    lines = [
        f"**{escape_text(saved.name)}** is fitted anew.",
        *_describe_fit_outcome(saved, plan, made),
    ]
    steps = (("The weeks", "roadmap show"), ("Fit it again", "cohort fit"))
    pairs = ((label, build_phrase(says, cohort=saved.ref)) for label, says in steps)
    opening = ("Open it", build_phrase("cohort open", cohort=saved.ref))
    return text_message(
        "\n".join((*lines, "Nobody has been told, as it is a draft.")),
        build_next_step_buttons(saved, *pairs, acts=[opening]),
    )


def _build_fit_act(
    after: Cohort, plan: Roadmap, made: FitResult, hours: float | None, news: Message
) -> Act:
    season = "all" if made.season_count == 1 else str(made.season)
    says = build_phrase(
        "cohort fit",
        cohort=after.ref,
        weeks=len(after.syllabus.weeks),
        hours=None if hours is None else f"{hours:g}",
        season=season,
    )
    lines = _describe_fit_outcome(after, plan, made)
    listed = [
        f"{number}. {escape_text(week.title)}"
        for number, week in enumerate(after.syllabus.weeks, 1)
    ]
    shown = paginate_lines(listed, 1, LISTED, PROSE)
    more = [f"… and {format_count(shown.left, 'more week')}"] if shown.left else []
    return Act("\n".join((*lines, *shown.entries, *more)), "Fit it", says, (news,))


async def _build_fit_news(call: Call, found: Cohort, after: Cohort) -> Message:
    coming = describe_next_post(
        after,
        call.now,
        await call.tx.ledger.list_posts_in_every_home(found),
        post_kinds=call.post_kinds,
    )
    ends = f", until {format_day(after.calendar.finish)}" if after.calendar.finish else ""
    return text_message(
        f"**{escape_text(after.name)}** has other weeks now: {_format_syllabus_length(after)}{ends}. {coming}",
        button_row(("The whole plan", build_phrase("roadmap show", cohort=after.ref))),
    )


async def _apply_fit(call: Call, found: Cohort, after: Cohort, news: Message) -> Message:
    homes = await call.tx.cohorts.list_homes(found.id)
    await call.tx.ledger.enter_numbered_announcement(after, "fitted", news, homes, call.now)
    saved = await call.tx.schedule.save_changed_cohort(found, after, call.now)
    await call.tx.roadmaps.update_cohort_scores(saved)
    return text_message(
        f"Fitted, and everybody has been told. **{escape_text(saved.name)}** {describe_cohort_state(saved, call.now)}.",
        build_next_step_buttons(saved),
    )
