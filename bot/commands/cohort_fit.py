"""`cohort fit`: the plan of a cohort that has not begun in other weeks, for other hours, or another season of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import Answer, Field, Form, Message, page_of_lines, phrase, quote, say
from bot.chat.text import counted
from bot.command import Act, Call, Range, Sure, command
from bot.command.grammar import read_season
from bot.command.suggestions import cohort_seasons, managed_cohorts
from bot.group.cohort import Cohort
from bot.group.fit import LEAST_HOURS, MOST_HOURS, MOST_WEEKS, Fitted, fit
from bot.roadmap import Roadmap
from bot.views.dates import day, standing
from bot.views.notices import fitted, onward
from bot.views.timeline import next_post

LISTED, PROSE = 16, 1200  # weeks and characters of a preview


@command(moderators=True, form=True)
async def cohort_fit(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", managed_cohorts] = None,
    weeks: Annotated[int | None, "In how many weeks", Range(1, MOST_WEEKS)] = None,
    hours: Annotated[
        float | None, "How many hours a week there are", Range(LEAST_HOURS, MOST_HOURS)
    ] = None,
    season: Annotated[str | None, "Of a long plan: 1, 2, …, or all", cohort_seasons] = None,
    sure: Sure = None,
) -> Answer:
    """Fit a plan that has not begun to other weeks or hours."""
    found = await call.managed(cohort, "draft", "open")
    await _may_fit(call, found)
    if weeks is None and hours is None and season is None and not call.submitted:
        return _form(found)
    plan = await call.tx.cohorts.plan(found.plan_id)
    made = fit(
        plan, len(found.syllabus.weeks) if weeks is None else weeks, hours, read_season(season)
    )
    after = replace(found, syllabus=made.syllabus)
    if found.state == "draft":
        return await _draft(call, found, after, plan, made)
    if after.syllabus == found.syllabus:
        raise Refused(f"That is how {found.name} is planned already: nothing has changed.")
    news = await _news(call, found, after)
    act = _act(after, plan, made, hours, news)
    return (
        await _do(call, found, after, news)
        if act.is_agreed(sure)
        else act.preview(sure, onward(found))
    )


async def _may_fit(call: Call, found: Cohort) -> None:
    if found.state not in {"draft", "open"}:
        raise Refused(
            f"{found.name} has begun, so its weeks stay: `cohort create` makes a cohort with other weeks."
        )
    if any(kind == "topics" for kind, _ in await call.tx.ledger.posted(found)):
        raise Refused(
            f"Weeks of {found.name} have been posted, so they stay: `cohort create` makes a cohort with others."
        )


def _form(found: Cohort) -> Form:
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
    return Form("Fit the plan", phrase("cohort fit", cohort=found.ref), fields)


def _outcome(after: Cohort, plan: Roadmap, made: Fitted) -> list[str]:
    ends = f" and ends on {day(after.calendar.finish)}" if after.calendar.finish else ""
    head = f"{quote(plan.title)} in {_weeks(after)}: it starts on {day(after.start)}{ends}."
    return [head, *fitted(made)]


def _weeks(cohort: Cohort) -> str:
    count = len(cohort.syllabus.weeks)
    return "one week" if count == 1 else f"{count} weeks"


async def _draft(call: Call, found: Cohort, after: Cohort, plan: Roadmap, made: Fitted) -> Message:
    saved = await call.tx.schedule.change(found, after, call.now)
    lines = [f"**{quote(saved.name)}** is fitted anew.", *_outcome(saved, plan, made)]
    steps = (("The weeks", "roadmap show"), ("Fit it again", "cohort fit"))
    pairs = ((label, phrase(says, cohort=saved.ref)) for label, says in steps)
    opening = ("Open it", phrase("cohort open", cohort=saved.ref))
    return say(
        "\n".join((*lines, "Nobody has been told, as it is a draft.")),
        onward(saved, *pairs, acts=[opening]),
    )


def _act(after: Cohort, plan: Roadmap, made: Fitted, hours: float | None, news: Message) -> Act:
    season = "all" if made.seasons == 1 else str(made.season)
    says = phrase(
        "cohort fit",
        cohort=after.ref,
        weeks=len(after.syllabus.weeks),
        hours=None if hours is None else f"{hours:g}",
        season=season,
    )
    lines = _outcome(after, plan, made)
    listed = [
        f"{number}. {quote(week.title)}" for number, week in enumerate(after.syllabus.weeks, 1)
    ]
    shown = page_of_lines(listed, 1, LISTED, PROSE)
    more = [f"… and {counted(shown.left, 'more week')}"] if shown.left else []
    return Act("\n".join((*lines, *shown.entries, *more)), "Fit it", says, (news,))


async def _news(call: Call, found: Cohort, after: Cohort) -> Message:
    coming = next_post(after, call.now, await call.tx.ledger.entered(found))
    ends = f", until {day(after.calendar.finish)}" if after.calendar.finish else ""
    return say(
        f"**{quote(after.name)}** has other weeks now: {_weeks(after)}{ends}. {coming}",
        buttons(("The whole plan", phrase("roadmap show", cohort=after.ref))),
    )


async def _do(call: Call, found: Cohort, after: Cohort, news: Message) -> Message:
    homes = await call.tx.cohorts.homes(found.id)
    await call.tx.ledger.announce_next(after, "fitted", news, homes, call.now)
    saved = await call.tx.schedule.change(found, after, call.now)
    await call.tx.roadmaps.move(saved)
    return say(
        f"Fitted, and everybody has been told. **{quote(saved.name)}** {standing(saved, call.now)}.",
        onward(saved),
    )
