"""`resources`: the reading list of the plan, all of it or what fits a topic."""

from __future__ import annotations

from typing import Annotated

from bot.command import Call, Hidden, command
from bot.command.suggest import my_cohorts
from bot.message import Message, phrase, quote, say
from bot.message import page as paged
from bot.pages import buttons, resource_line, short
from bot.people import Refused
from bot.roadmap import Resource

A_PAGE = 10


@command(reads=True)
async def resources(
    call: Call,
    topic: Annotated[str | None, "What about; without it, everything"] = None,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """Books, courses and documentation of the plan."""
    found = await call.cohort(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    fitting = [one for one in plan.resources if topic is None or _is_about(one, topic)]
    again = phrase("resources", cohort=found.ref)
    if not fitting and topic is not None:
        raise Refused(
            f"The plan has no resource about “{quote(topic[:40])}”: `resources` lists all {len(plan.resources)}.",
            "topic",
        )
    if not fitting:
        raise Refused(f"{plan.title} lists no resources: `roadmap show` has the plan itself.")
    shown = paged(fitting, page or 1, A_PAGE)
    lines = "\n".join(resource_line(one) for one in shown.entries)
    turns = shown.turns(again) if topic is None else ()
    more = buttons(("The whole plan", phrase("roadmap show", cohort=found.ref)))
    return say(lines, *turns, more, title=short(f"Resources of {plan.title}", 150))


def _is_about(resource: Resource, topic: str) -> bool:
    words = " ".join(
        (resource.title, resource.author or "", resource.provider or "", resource.kind, *resource.topics)
    ).casefold()
    return all(word in words for word in topic.casefold().split())
