"""Every bundled roadmap, in twelve weeks and in its own number of weeks.

All three platforms can show every post for every week, and everybody's own list.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from html import escape

import pytest

from adapters.discord.render import build_layout_view
from adapters.slack.render import render_blocks, render_fallback_text
from adapters.web.html_text import LineReader
from adapters.web.render import render_message_html
from bot.chat.buttons import LISTED
from bot.chat.message import Checklist, Message, text_message
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort
from bot.group.fit import MOST_WEEKS, FitResult, count_roadmap_weeks, fit_roadmap
from bot.group.route import build_route
from bot.post import list_post_kinds
from bot.roadmap import Roadmap, parse_roadmap
from bot.views.week_guide import compute_list_room, format_week_title
from bot.views.week_list import add_item_details, build_own_checklists
from tests.posts.test_limits import ROADMAPS, WILD, every_post
from tests.support.discord.limits import check_message
from tests.support.slack import limits

READER = LineReader("UTC", ("UTC",))


def refusals(message: Message) -> list[str]:
    """Return the reasons for Discord or Slack to refuse a message, and labels the room hides."""
    sent = {
        "flags": 1 << 15,
        "nonce": "n",
        "allowed_mentions": {"parse": []},
        "components": build_layout_view(message).to_components(),  # type: ignore[no-untyped-call]
    }
    problems = [
        *check_message(sent),
        *limits.message(
            {
                "text": render_fallback_text(message, "/study"),
                "blocks": render_blocks(message, "/study"),
            }
        ),
    ]
    html = render_message_html(message, READER, "m")
    checklists = [block for block in message.blocks if isinstance(block, Checklist)]
    labels = [choice.label for checklist in checklists for choice in checklist.choices]
    hidden = [label for label in labels if escape(label) not in html]
    return problems + [f"the room does not show {label}" for label in hidden]


def lists(plan: Roadmap, syllabus: Syllabus) -> Iterator[Message]:
    """Yield every page in a member's own list for every week."""
    cohort = Cohort(
        999_999_999,
        "a" * 32,
        1,
        1,
        plan.slug,
        syllabus,
        date(2026, 3, 2),
        "UTC",
        time(9),
        "running",
    )
    route = build_route(plan, syllabus)
    for week in cohort.calendar.weeks:
        for page in range(1, 1 + max(1, -(-len(week.week.items) // LISTED))):
            listed = build_own_checklists(plan, cohort, week, frozenset(), route, page)
            room = compute_list_room("Your list.")
            yield text_message(
                "Your list.",
                *add_item_details(plan, listed, room, has_end=True),
                title=format_week_title(week, cohort),
            )


@pytest.mark.parametrize("slug", ROADMAPS)
@pytest.mark.parametrize("weeks", [12, None], ids=["twelve", "own"])
def test_every_post_of_every_week_is_shown_everywhere(slug: str, weeks: int | None) -> None:
    plan = ROADMAPS[slug]
    first = (
        fit_roadmap(plan, weeks, 8)
        if weeks
        else fit_roadmap(plan, min(count_roadmap_weeks(plan), MOST_WEEKS))
    )
    for season in range(1, first.season_count + 1):
        shown_everywhere(plan, fit_roadmap(plan, weeks, 8, season) if weeks else first)


def shown_everywhere(plan: Roadmap, fitted: FitResult) -> None:
    written = list(every_post(plan, fitted.syllabus))
    assert {slot.kind for slot, _ in written} == set(list_post_kinds())
    assert {slot.week.number for slot, _ in written if slot.week} == set(
        range(1, len(fitted.syllabus.weeks) + 1)
    )
    for slot, message in written:
        assert refusals(message) == [], f"{slot.kind} {slot.ref}"
    for message in lists(plan, fitted.syllabus):
        assert refusals(message) == [], message.title


def test_a_week_crowded_beyond_measure_shows_what_fits_and_says_so() -> None:
    title = f'"{(WILD * 20)[:70]}"'.replace("\\", "")
    items = "".join(
        f"\n      - {{id: item-{n}, kind: topic, title: '{title}'}}" for n in range(300)
    )
    plan = parse_roadmap(
        f"title: T\nsummary: S\nstages:\n  - id: s\n    title: S\n    items:{items}\n",
        "crowded.yaml",
    )
    syllabus = fit_roadmap(plan, 1, None, "all").syllabus
    assert len(syllabus.weeks[0].items) == 300
    for slot, message in every_post(plan, syllabus):
        assert refusals(message) == [], slot.kind
        assert (
            slot.kind != "topics"
            or "260 more: your own list has all of them" in message.to_plain_text()
        )
    assert [refusals(message) for message in lists(plan, syllabus)] == [[]] * 30
