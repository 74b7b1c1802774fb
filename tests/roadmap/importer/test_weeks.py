"""Weeks, stages, times, timetables and choices, in all common notations."""

from __future__ import annotations

import pytest

from bot.roadmap import RoadmapError
from tests.support.imports import import_roadmap, import_text, list_remarks


@pytest.mark.parametrize(
    "heading",
    [
        "## Week 1: Loops", "## Week One – Loops", "## WEEK 1 Loops", "## Wk 1 - Loops",
        "## W1: Loops", "## 1st week: Loops",
        "## First Week: Loops", "## Week 1 (Jan 5–11): Loops", "## Woche 1: Loops",
        "## Semaine 1 : Loops", "## Semana 1: Loops",
        "## Settimana 1 - Loops", "## 📅 Week #1 | Loops", "**Week 1: Loops**",
        "## Lesson 1: Loops", "## Week I: Loops",
    ],
)  # fmt: skip
def test_a_week_is_a_week_in_any_common_wording(heading: str) -> None:
    roadmap = import_roadmap(
        f"# Course\n\n{heading}\n\n- Write a loop\n\n"
        f"{heading.replace('1', '2').replace('Loops', 'Lists')}\n\n- Write a list\n"
    )
    assert [week.title for week in roadmap.weeks] == ["Loops", "Lists"]
    assert [item.title for item in roadmap.items.values()] == ["Write a loop", "Write a list"]


def test_weeks_that_are_not_marked_stand_below_months_that_are() -> None:
    roadmap = import_roadmap(
        "Month 1\n-------\nWeek 1. Loops\nWeek 2. Lists\n\n## Month 2\nWeek 3: Trees\n"
        "- Draw a tree\n"
    )
    assert [stage.title for stage in roadmap.stages] == ["Month 1", "Month 2"]
    assert [week.title for week in roadmap.weeks] == ["Loops", "Lists", "Trees"]


@pytest.mark.parametrize(
    "sentence", ["Step 2 of the way is hard", "Part 3 is the hard one", "Week by week"]
)
def test_a_sentence_is_not_a_number(sentence: str) -> None:
    roadmap = import_roadmap(f"# Course\n\n## {sentence}\n\n- Write a loop\n")
    assert (roadmap.weeks, roadmap.stages[0].title) == ((), sentence)


def test_months_and_phases_hold_weeks_even_on_the_same_level_and_state_their_time() -> None:
    roadmap = import_roadmap(
        "# C\n\n## Month 1: A\n\n## Week 1\n\n- a\n\n## Week 2\n\n- b\n\n## Month 2\n\n"
        "## Week 3\n\n- c\n"
    )
    assert [(stage.title, str(stage.time), len(stage.weeks)) for stage in roadmap.stages] == [
        ("Month 1: A", "1 month", 2), ("Month 2", "1 month", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "title", "time"),
    [
        ("Foundation Phase (4 weeks)", "Foundation Phase", "4 weeks"),
        ("Phase 1: Basics (2–3 Months)", "Phase 1: Basics", "2-3 months"),
        ("Phase 1: Basics (6+ Months)", "Phase 1: Basics", "6+ months"),
        ("Phase 1: Basics – 1 year", "Phase 1: Basics", "12 months"),
        ("Phase 1: Basics (Weeks 1-4)", "Phase 1: Basics", "4 weeks"),
    ],
)
def test_a_stated_time_leaves_the_title(heading: str, title: str, time: str) -> None:
    (stage,) = import_roadmap(f"# C\n\n## {heading}\n\n- a\n").stages
    assert (stage.title, str(stage.time)) == (title, time)


def test_a_span_of_weeks_is_as_many_weeks_and_its_items_go_in_order() -> None:
    text = (
        "# C\n\n## Weeks 1–2: Loops\n\n- a\n- b\n- c\n\n## Week 3: No class\n\n"
        "## Weeks 5 to 6\n\n- d\n"
    )
    imported = import_text(text)
    weeks = [
        (week.title, week.kind, [item.title for item in week.items])
        for week in imported.roadmap.weeks
    ]
    assert weeks[:3] == [
        ("Loops", "normal", ["a"]),
        ("Loops", "normal", ["b", "c"]),
        ("No class", "break", []),
    ]
    assert weeks[3:] == [("Weeks 5 to 6", "normal", ["d"])]
    assert list_remarks(text) == [
        "3 read: I read “Weeks 1–2” as 2 weeks and kept the order of the items.",
        "11 odd: “Weeks 5 to 6” comes after number 3: check for a missing or repeated number.",
        "11 read: I read “Weeks 5 to 6” as 1 week and kept the order of the items.",
        "11 odd: “Weeks 5 to 6” covers 2 weeks but has only 1 item: add an item for each week.",
    ]


def test_days_without_weeks_are_put_together_and_days_inside_a_week_stay_in_it() -> None:
    alone = import_text(
        "# C\n\n" + "".join(f"## Day {day}: D{day}\n\n- Task {day}\n\n" for day in range(1, 11))
    )
    assert [len(week.items) for week in alone.roadmap.weeks] == [5, 5]
    assert "I put 5 days in each week" in alone.report.list_entries_of_kind("read")[0].sentence
    assert (
        len(
            import_roadmap(
                "# C\n\n" + "".join(f"## Day {day}\n\n- Task {day}\n\n" for day in range(1, 15))
            ).weeks
        )
        == 2
    )
    inside = import_roadmap(
        "# C\n\n## Week 1\n\n### Day 1: Walk\n\n- Around the block\n\n### Days 2-3: Rest\n"
    )
    assert [(item.title, item.summary) for item in inside.weeks[0].items] == [
        ("Around the block", "Day 1: Walk"), ("Rest", "Days 2-3: Rest"),
    ]  # fmt: skip


def test_sessions_are_weeks_only_where_nothing_else_is_counted() -> None:
    alone = import_text("# C\n\n## Module 1: A\n\n- a\n\n## Module 2: B\n\n- b\n")
    assert [week.title for week in alone.roadmap.weeks] == ["A", "B"]
    assert (
        alone.report.list_entries_of_kind("read")[0].sentence
        == "I read “Module 1” and each one after it as a week."
    )
    beside = import_roadmap(
        "# C\n\n## Phase 1\n\n### Module 1: A\n\n- a\n\n## Phase 2\n\n### Module 2: B\n\n- b\n"
    )
    assert (beside.weeks, [stage.title for stage in beside.all_stages]) == (
        (), ["Phase 1", "Module 1: A", "Phase 2", "Module 2: B"],
    )  # fmt: skip


def test_a_timetable_gives_a_week_for_each_row_and_a_label_for_each_column() -> None:
    rows = "| Jan 5 | Loops | Ch. 1; Ch. 2 | – |\n| Jan 12 | Spring break | | |\n"
    table = f"| Date | Title | Reading | Homework |\n|--|--|--|--|\n{rows}"
    roadmap = import_roadmap(f"# C\n\n## Schedule\n\n{table}")
    assert [(week.title, week.kind) for week in roadmap.weeks] == [
        ("Loops", "normal"),
        ("Spring break", "break"),
    ]
    assert [(item.kind, item.title) for item in roadmap.weeks[0].items] == [
        ("reading", "Ch. 1"),
        ("reading", "Ch. 2"),
    ]
    numbered = (
        "| Week | Title |\n|--|--|\n| [1](https://a.org) | Loops |\n| 2 | Lists |\n| | |\n"
        "| | Review |\n| | |\n"
    )
    numbered_plan = import_roadmap(f"# C\n\n{numbered}")
    assert ([week.title for week in numbered_plan.weeks], len(numbered_plan.resources)) == (
        ["Loops", "Lists", "Review"],
        1,
    )


def test_what_comes_before_is_required_by_what_comes_after() -> None:
    roadmap = import_roadmap(
        "# C\n\n## Phase 1\n\n- a\n\n## Prerequisites: Git\n\n- Install it\n\n## Phase 2\n\n- b\n"
    )
    assert [(stage.title, stage.requires) for stage in roadmap.stages] == [
        ("Git", ()), ("Phase 1", ("git",)), ("Phase 2", ("git",)),
    ]  # fmt: skip


def test_a_bare_list_below_the_title_is_the_plan_and_bare_words_are_none() -> None:
    roadmap = import_roadmap(
        "# C\n\nFor a rainy day.\n\n- [ ] a\n- [ ] b\n\n## Resources\n\n- A book\n"
    )
    assert (roadmap.summary, list(roadmap.items)) == ("For a rainy day.", ["a", "b"])
    with pytest.raises(RoadmapError, match="nothing to tick"):
        import_roadmap(
            "# C\n\nFor a rainy day.\n\nAnd for a dry one.\n\n## Resources\n\n- A book\n"
        )


def test_routes_are_a_choice() -> None:
    roadmap = import_roadmap(
        "# C\n\n## Phase 1\n\n### Option A: Web\n\n- Page\n\n### Option B: Games\n\n- Game\n"
    )
    (choice,) = roadmap.all_choices
    assert (choice.pick, [option.takes for option in choice.options]) == (
        "one",
        [("web",), ("games",)],
    )
    (any_,) = import_roadmap(
        "# C\n\n## Roadmap\n\n### Alternate routes\n\n#### [X](https://x.org)\n\n"
        "#### [Y](https://y.org)\n"
    ).all_choices
    assert (any_.pick, len(any_.options)) == ("any", 2)
