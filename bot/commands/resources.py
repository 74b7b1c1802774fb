"""`resources`: the reading list of the plan, all of it or what fits a topic."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import Message, page_of_lines, phrase, quote, say
from bot.chat.text import short
from bot.command import Call, Hidden, command
from bot.command.grammar import shown
from bot.command.suggestions import my_cohorts
from bot.views import roadmap_overview

A_PAGE = 10
TOPIC = 30  # characters, so that a button can carry it to the next page


@command(reads=True, order=30, helps=("waiting",), action="Books and courses")
async def resources(
    call: Call,
    topic: Annotated[str | None, "What about; without it, everything"] = None,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """Books, courses and documentation of the plan."""
    found = await call.cohort(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    fitting = [
        one
        for one in plan.resources
        if topic is None
        or all(word in roadmap_overview.about(one) for word in topic.casefold().split())
    ]
    if topic is not None and len(topic) > TOPIC:
        raise Refused("Name the topic in one or two words, like `resources statistics`.", "topic")
    if not fitting and topic is not None:
        raise Refused(
            f"The plan has no resource about “{shown(topic)}”: `resources` lists all {len(plan.resources)}.",
            "topic",
        )
    if not fitting:
        raise Refused(f"{quote(plan.title)} lists no resources: `roadmap` has the plan itself.")
    paged = page_of_lines([roadmap_overview.resource(one) for one in fitting], page or 1, A_PAGE)
    turns = paged.turns(phrase("resources", topic=topic, cohort=found.ref))
    more = buttons(("The whole plan", phrase("roadmap show", cohort=found.ref)))
    return say(
        "\n".join(paged.entries), *turns, more, title=short(f"Resources of {plan.title}", 150)
    )
