"""Short forms of documents that people bring, each with the plan a careful person reads in it."""

from __future__ import annotations

import pytest

from bot.roadmap.importer.interpret.heading_names import parse_heading_name
from tests.support.imports import import_roadmap, list_remarks, list_weeks


def list_stage_titles(text: str) -> list[str]:
    return [stage.title for stage in import_roadmap(text).stages]


# — headings —


@pytest.mark.parametrize(
    ("heading", "unit", "first", "last", "title"),
    [
        ("第1周：变量", "week", 1, 1, "变量"),
        ("第 2 週 変数", "week", 2, 2, "変数"),
        ("第十二周变量", "week", 12, 12, "变量"),
        ("第二十一周", "week", 21, 21, ""),
        ("第1–3周：变量", "week", 1, 3, "变量"),
        ("2日目: 変数", "day", 2, 2, "変数"),
        ("3주차: 변수", "week", 3, 3, "변수"),
        ("第三章 函数", "session", 3, 3, "函数"),
        ("第一阶段：入门", "phase", 1, 1, "入门"),
        ("第一次世界大戦", "", 0, 0, "第一次世界大戦"),
        ("3日", "", 0, 0, "3日"),
        ("Kalenderwoche 7: Schleifen", "week", 7, 7, "Schleifen"),
        ("Tier 2 - Practice", "phase", 2, 2, "Practice"),
        ("Week 0 - Tools", "week", 0, 0, "Tools"),
        ("Weeks 0–2", "week", 0, 2, ""),
        ("Week 3b: More", "week", 3, 3, "More"),
        ("Week 2D printing", "", 0, 0, "Week 2D printing"),
        ("Week 1 - Day 3: Clay", "week", 1, 1, "Day 3: Clay"),
        ("Week 2 beginning 3 March: Clay", "week", 2, 2, "Clay"),
        ("Week 2 begins well", "", 0, 0, "Week 2 begins well"),
        ("Week 3 (Feb 5-9).", "week", 3, 3, ""),
        ("Неделя 2: Циклы", "week", 2, 2, "Циклы"),
        ("Séance 4 - Boucles", "session", 4, 4, "Boucles"),
        ("Miércoles: Repaso", "day", 0, 0, "Repaso"),
    ],
)
def test_a_heading_is_taken_apart(
    heading: str, unit: str, first: int, last: int, title: str
) -> None:
    name = parse_heading_name(heading)
    assert (name.unit, name.first, name.last, name.title) == (unit, first, last, title)


def test_weeks_in_other_scripts_are_weeks_and_may_stand_beside_others() -> None:
    assert list_weeks(
        "# Kurs\n\n## 第1周：变量\n- 安装\n\n## Semana 2: Bucles\n- escribir\n\n## 3주차: 함수\n- 읽기\n"
    ) == [("变量", ["安装"]), ("Bucles", ["escribir"]), ("함수", ["읽기"])]


def test_weeks_without_a_mark_are_found_in_chinese_too() -> None:
    assert list_weeks("课程\n\n第一周：变量\n- 安装\n\n第二周：循环\n- 写\n") == [
        ("变量", ["安装"]),
        ("循环", ["写"]),
    ]


def test_a_week_with_a_letter_follows_the_one_with_its_number() -> None:
    text = "# C\n\n## Week 1: A\n- a\n\n## Week 1b: More\n- b\n\n## Week 2: C\n- c\n"
    assert list_weeks(text) == [("A", ["a"]), ("More", ["b"]), ("C", ["c"])]
    assert not any(" odd: “Week" in remark for remark in list_remarks(text))


def test_a_week_0_before_the_stages_is_a_week() -> None:
    text = "# C\n\n## Week 0 - Tools\n- Editor\n\n## Pages\n### Week 1 - Text\n- Write\n### Week 2 - Style\n- Paint\n"
    assert list_weeks(text) == [("Tools", ["Editor"]), ("Text", ["Write"]), ("Style", ["Paint"])]
    assert list_stage_titles(text) == ["C", "Pages"]


def test_a_tier_is_a_stage_with_its_goal_and_instructions() -> None:
    roadmap = import_roadmap(
        "# G\n\n## Tier 1 - Walking\n### Goal\nWalk for an hour.\n### Instructions\n- Buy shoes\n"
        "- Walk\n\n## Tier 2 - Running\n### Goal\nRun for an hour.\n### Instructions\n- Run\n"
    )
    assert [
        (stage.title, list(stage.outcomes), [item.title for item in stage.items])
        for stage in roadmap.stages
    ] == [
        ("Tier 1: Walking", ["Walk for an hour."], ["Buy shoes", "Walk"]),
        ("Tier 2: Running", ["Run for an hour."], ["Run"]),
    ]


# — days —


def test_days_that_fill_weeks_are_as_many_weeks() -> None:
    assert list_weeks(
        "# C\n\n## Days 1-14: Shell\n- a\n- b\n- c\n\n## Days 15-21: Editors\n- d\n\n"
        "## Days 22-23: Rest\n- e\n"
    ) == [("Shell", ["a"]), ("Shell", ["b", "c"]), ("Editors", ["d"]), ("Rest", ["e"])]


def test_days_inside_a_range_of_days_are_its_items() -> None:
    days = {day: f"- **Day {day}**: Task {day}\n" for day in range(1, 15)}
    text = (
        f"# C\n\n## Days 1-3: Start\n{days[1]}{days[2]}{days[3]}\n## Days 4-14: More\n"
        + "".join(days[day] for day in range(4, 15))
    )
    assert list_stage_titles(text) == ["Start", "More"]
    assert list_weeks(text) == [
        ("Start", ["Task 1", "Task 2", "Task 3"]),
        ("More", [f"Task {day}" for day in range(4, 15)]),
    ]


def test_days_that_begin_again_in_each_stage_keep_their_weeks() -> None:
    short = "".join(f"### Day {day}\n- Task {day}\n" for day in range(1, 6))
    long = "".join(f"### Day {day}\n- Task {day}\n" for day in range(1, 11))
    weeks = list_weeks(f"# C\n\n## Phase 1: Start\n{short}\n## Phase 2: More\n{long}")
    assert [(title, len(items)) for title, items in weeks] == [
        ("Start", 5),
        ("Days 1–5", 5),
        ("Days 6–10", 5),
    ]


def test_days_of_a_phase_that_is_a_week_are_the_items_of_that_week() -> None:
    table = "\n\n| Day | Topic | Notes |\n|--|--|--|\n| 1 | {} | slowly |\n| 2 | {} | |\n\n"
    text = (
        "# C\n\n## Phase 1: Base (Week 1)"
        + table.format("Sets", "Maps")
        + "## Phase 2: More (Week 2)"
        + table.format("Trees", "Graphs")
    )
    roadmap = import_roadmap(text)
    assert list_stage_titles(text) == ["Phase 1: Base", "Phase 2: More"]
    assert list_weeks(text) == [("Base", ["Sets", "Maps"]), ("More", ["Trees", "Graphs"])]
    assert "slowly" in (roadmap.weeks[0].items[0].summary or "")
    assert not any(" odd: " in remark and "number" in remark for remark in list_remarks(text))


def test_pieces_of_one_week_are_one_week() -> None:
    text = (
        "# C\n\n## Week 1 - Day 1 - Day 2\n- a\n- b\n\n## Week 1 - Day 3\n- c\n\n"
        "## Week 2 Objectives:\n- Know d\n\n## Week 2 Tasks:\n- e\n"
    )
    assert list_weeks(text) == [("Week 1", ["a", "b", "c"]), ("Week 2", ["e"])]
    assert "Know d" in (import_roadmap(text).weeks[1].summary or "")
    assert "3 read: I put the parts of “Week 1” together." in list_remarks(text)
    alone = "# C\n\n## Week 1 - Day 1: Sets\n- a\n\n## Week 2\n- b\n"
    assert list_weeks(alone) == [("Week 1", ["a"]), ("Week 2", ["b"])]
    # Two titles for one number are two weeks, and perhaps a slip.
    slip = "# C\n\n## Week 1: Sets\n- a\n\n## Week 1: Maps\n- b\n"
    assert [title for title, _ in list_weeks(slip)] == ["Sets", "Maps"]
    assert any(" odd: “Week 1” comes after number 1" in remark for remark in list_remarks(slip))


def test_a_routine_for_every_week_is_a_note() -> None:
    text = "# C\n\n## Week 1: Sets\n- a\n\n## Every week\n- Monday: Read\n- Friday: Write\n"
    assert list_weeks(text) == [("Sets", ["a"])]
    (note,) = import_roadmap(text).info
    assert note.title == "Every week"
    assert "Monday: Read" in str(note)


def test_an_entry_with_a_link_keeps_its_own_words() -> None:
    text = "# C\n\n## Week 1\n- Monday: Sets - [A Book: Of Sets](https://example.org/s)\n"
    assert list_weeks(text) == [("Week 1", ["Sets - A Book: Of Sets"])]


# — what is done already —


def test_the_authors_ticks_are_counted_and_left_out() -> None:
    text = "# C\n\n## Week 1: Base\n- [x] Install\n- [ ] Loops\n"
    assert list_weeks(text) == [("Base", ["Install", "Loops"])]
    assert (
        "4 dropped: 1 of 2 entries is ticked: I left that out, because each member has their own "
        "ticks." in list_remarks(text)
    )


def test_a_column_about_what_is_done_is_left_out() -> None:
    table = "\n\n| Day | Topic | {} |\n|--|--|--|\n| 1 | Sets | {} |\n| 2 | Maps | |\n\n"
    text = f"# C\n\n## Week 1: Base{table.format('Status', 'Done')}"
    assert list_weeks(text) == [("Base", ["Sets", "Maps"])]
    assert (
        "5 dropped: “Status” says that 1 of 2 rows is done: I left that out, because each member "
        "has their own ticks." in list_remarks(text)
    )
    # The same words in a column about something else are content.
    kept = f"# C\n\n## Week 1: Base{table.format('Exercise', 'Done')}"
    assert list_weeks(kept) == [("Base", ["Sets", "Done", "Maps"])]


def test_boxes_below_any_header_and_hours_are_no_title() -> None:
    text = (
        "# C\n\n## Week 1: Base\n\n| Feito | Hora | Tarefa |\n|--|--|--|\n"
        "| [ ] | 06:00 - 07:00 | Ler |\n| [ ] | 07:00 - 08:00 | Correr |\n"
    )
    assert list_weeks(text) == [("Base", ["Ler", "Correr"])]


def test_a_list_of_the_weeks_to_tick_adds_none() -> None:
    text = (
        "# C\n\n## Week 1: Sets\n- a\n\n## Week 2: Maps\n- b\n\n## Tracker\n- [ ] Week 1\n"
        "- [ ] Week 2\n"
    )
    assert list_weeks(text) == [("Sets", ["a"]), ("Maps", ["b"])]
    assert [remark for remark in list_remarks(text) if "Tracker" in remark or "tick" in remark] == [
        "9 dropped: I left out “Tracker”: it only lists what stands elsewhere in the plan."
    ]
    # A list with a week of its own is a plan.
    assert len(list_weeks(f"{text}- [ ] Week 3\n")) == 5


# — what is no plan, and too much of one —


def test_a_template_in_a_fence_is_an_example_and_a_whole_plan_in_one_is_the_plan() -> None:
    fence = "```markdown\n## Week 2: Review\n- [ ] a task\n```\n"
    text = f"# C\n\n## Week 1: Sets\n- a\n\n## Template\nCopy this.\n\n{fence}"
    assert list_weeks(text) == [("Sets", ["a"])]
    assert "9 dropped: I left out an example." in list_remarks(text)
    assert list_weeks(f"Here is your plan:\n\n{fence}\nTell me what you think!\n") == [
        ("Review", ["a task"])
    ]


@pytest.mark.parametrize(("count", "groups", "size"), [(41, 21, 2), (80, 40, 2), (100, 34, 3)])
def test_a_crowded_week_has_its_items_in_groups(count: int, groups: int, size: int) -> None:
    text = "# C\n\n## Week 1: Drill\n" + "".join(f"- Task {n}\n" for n in range(1, count + 1))
    (week,) = import_roadmap(text).weeks
    assert len(week.items) == groups
    parts = [part for item in week.items for part in item.parts or (item.title,)]
    assert parts == [f"Task {n}" for n in range(1, count + 1)]
    assert any(
        remark.startswith(f"3 read: A week can have at most 40 items and this has {count}:")
        for remark in list_remarks(text)
    )
    assert len(week.items[0].parts) == size


def test_a_group_of_items_loses_no_words() -> None:
    rest = "".join(f"- Task {n}\n" for n in range(3, 42))
    (week,) = import_roadmap(
        "# C\n\n## Week 1: Drill\n- [Task 1](https://example.org/1) (30 min)\n"
        "  - Done when it runs.\n- Task 2\n  - Q: Why? A: Because.\n" + rest
    ).weeks
    group = week.items[0]
    assert group.title == "Task 1, Task 2"
    assert group.parts == ("Task 1 (30 minutes)", "Task 2")
    assert group.resources == ("task-1",)
    assert all(word in (group.summary or "") for word in ("It runs", "Why? Because."))
