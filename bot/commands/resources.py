"""`resources`: the plan's books and courses, all of them or those about a topic."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, escape_text, paginate_lines, text_message
from bot.chat.text import shorten
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.suggestions import suggest_own_cohorts
from bot.command.values import format_typed_text
from bot.group.calendar import SyllabusWeek
from bot.group.cohort import Cohort
from bot.group.route import build_route
from bot.roadmap import Resource, Roadmap
from bot.views.resources import list_week_resources
from bot.views.roadmap_overview import build_search_text, describe_resource

PAGE_SIZE = 10
MAX_TITLE = 150  # characters
MAX_TOPIC = 30  # characters, so that a button can carry the topic to the next page


@command(reads=True, order=30, helps=("waiting",), action="Books and courses")
async def resources(
    call: Call,
    topic: Annotated[str | None, "A topic (all if left out)"] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    week: Annotated[str | None, HiddenOption()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Show the plan's books, courses and documentation."""
    own_cohort = await call.resolve_cohort(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    if week is not None:
        return _build_week_resources(own_cohort, roadmap, _find_week(own_cohort, week), page or 1)
    matches = _find_resources(roadmap, topic)
    line_page = paginate_lines(list(map(describe_resource, matches)), page or 1, PAGE_SIZE)
    page_phrase = build_phrase("resources", topic=topic, cohort=own_cohort.ref)
    roadmap_phrase = build_phrase("roadmap show", cohort=own_cohort.ref)
    return text_message(
        "\n".join(line_page.entries),
        *line_page.build_page_buttons(page_phrase),
        button_row(("The whole plan", roadmap_phrase)),
        title=shorten(f"Resources of {roadmap.title}", MAX_TITLE),
    )


def _find_week(cohort: Cohort, typed: str) -> SyllabusWeek:
    """Return a week by its id or its number. Raises `Refused`."""
    weeks = cohort.syllabus.weeks
    for number, syllabus_week in enumerate(weeks, 1):
        if typed in (syllabus_week.id, str(number)):
            return syllabus_week
    raise Refused(
        f"{cohort.name} has no week “{format_typed_text(typed)}”: choose 1 to {len(weeks)}.", "week"
    )


def _build_week_resources(
    cohort: Cohort, roadmap: Roadmap, syllabus_week: SyllabusWeek, page: int
) -> Message:
    """Return a page of one week's resources. Raises `Refused` without any."""
    number = cohort.syllabus.get_week_number(syllabus_week.id)
    matches = list_week_resources(roadmap, syllabus_week, build_route(roadmap, cohort.syllabus))
    if not matches:
        raise Refused(
            f"Week {number} of {cohort.name} has no resources of its own: "
            "use `resources` to see those of the whole plan.",
            "week",
        )
    line_page = paginate_lines(list(map(describe_resource, matches)), page, PAGE_SIZE)
    page_phrase = build_phrase("resources", cohort=cohort.ref, week=syllabus_week.id)
    return text_message(
        "\n".join(line_page.entries),
        *line_page.build_page_buttons(page_phrase),
        button_row(
            (f"Week {number}", build_phrase("week", n=number, cohort=cohort.ref)),
            ("All resources", build_phrase("resources", cohort=cohort.ref)),
        ),
        title=shorten(f"Resources of week {number} · {syllabus_week.title}", MAX_TITLE),
    )


def _find_resources(roadmap: Roadmap, topic: str | None) -> list[Resource]:
    """Return the resources about a topic, or all without one. Raises `Refused` without any."""
    if topic is not None:
        return _find_resources_about(roadmap, topic)
    if not roadmap.resources:
        raise Refused(
            f"{escape_text(roadmap.title)} has no resources: use `roadmap` to see the plan."
        )
    return list(roadmap.resources)


def _find_resources_about(roadmap: Roadmap, topic: str) -> list[Resource]:
    if len(topic) > MAX_TOPIC:
        raise Refused("Name the topic in one or two words, like `resources statistics`.", "topic")
    topic_words = topic.casefold().split()
    matches = [resource for resource in roadmap.resources if _is_about(resource, topic_words)]
    if not matches:
        raise Refused(
            f"The plan has no resource about “{format_typed_text(topic)}”: "
            f"use `resources` to see all {len(roadmap.resources)}.",
            "topic",
        )
    return matches


def _is_about(resource: Resource, topic_words: list[str]) -> bool:
    search_text = build_search_text(resource)
    return all(topic_word in search_text for topic_word in topic_words)
