"""`resources`: the reading list of the plan, all of it or what fits a topic."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, paginate_lines, text_message
from bot.chat.text import shorten
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.suggestions import suggest_own_cohorts
from bot.command.values import format_typed_text
from bot.views import roadmap_overview

A_PAGE = 10
TOPIC = 30  # characters, so that a button can carry it to the next page


@command(reads=True, order=30, helps=("waiting",), action="Books and courses")
async def resources(
    call: Call,
    topic: Annotated[str | None, "What about; without it, everything"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Books, courses and documentation of the plan."""
    found = await call.resolve_cohort(cohort)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    fitting = [
        one
        for one in plan.resources
        if topic is None
        or all(word in roadmap_overview.build_search_text(one) for word in topic.casefold().split())
    ]
    if topic is not None and len(topic) > TOPIC:
        raise Refused("Name the topic in one or two words, like `resources statistics`.", "topic")
    if not fitting and topic is not None:
        raise Refused(
            f"The plan has no resource about “{format_typed_text(topic)}”: `resources` lists all {len(plan.resources)}.",
            "topic",
        )
    if not fitting:
        raise Refused(
            f"{escape_text(plan.title)} lists no resources: `roadmap` has the plan itself."
        )
    paged = paginate_lines(
        [roadmap_overview.describe_resource(one) for one in fitting], page or 1, A_PAGE
    )
    turns = paged.build_page_buttons(build_phrase("resources", topic=topic, cohort=found.ref))
    more = button_row(("The whole plan", build_phrase("roadmap show", cohort=found.ref)))
    return text_message(
        "\n".join(paged.entries), *turns, more, title=shorten(f"Resources of {plan.title}", 150)
    )
