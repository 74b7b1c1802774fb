"""Items: the kind, the title, and the fields taken out of a line."""

from __future__ import annotations

import pytest

from bot.roadmap import Recall
from tests.support.imports import import_item, import_roadmap, list_remarks


@pytest.mark.parametrize(
    ("line", "label", "kind"),
    [
        ("- Loops", "Topics to Learn", "topic"), ("- [ ] Loops", "Key concepts", "topic"),
        ("- Loops", "Hands-on", "practice"),
        ("- Loops", "Homework", "practice"), ("- Loops", "Mini-project", "project"),
        ("- Loops", "Required reading", "reading"),
        ("- Loops", "Topics to Review", "review"), ("- Loops", "To-do", "action"),
        ("- Loops", "Quiz", "checkpoint"),
        ("- Loops", "Certification", "certificate"), ("- Read chapter 2", "", "reading"),
        ("- Build a clock", "", "project"),
        ("- Implement a stack", "", "practice"), ("- Join the forum", "", "action"),
        ("- Pass the DP-100 exam", "", "certificate"),
        ("- Quiz: five questions", "", "checkpoint"), ("- Loops and lists", "", "topic"),
        ("- Chapter 3", "", "reading"),
        ("- Hands-on Kaggle Projects", "", "topic"), ("- Work on small projects", "", "project"),
    ],
)  # fmt: skip
def test_the_kind_of_an_item_comes_from_the_label_above_or_from_its_first_word(
    line: str, label: str, kind: str
) -> None:
    assert import_item(line, label).kind == kind


def test_an_item_is_taken_apart() -> None:
    assert import_item("- Optimisers (Adam, RMSprop, and SGD)").parts == ("Adam", "RMSprop", "SGD")
    assert import_item("- Write a bot (e.g., a chess bot)").examples == ("a chess bot",)
    labelled = import_item("- **Linear algebra** – matrices, vectors (in 2D, 3D)")
    assert (labelled.title, labelled.parts) == (
        "Linear algebra",
        ("matrices", "vectors (in 2D, 3D)"),
    )
    timed = import_item("- [ ] Write a test (~30 min)")
    assert (timed.title, str(timed.estimate)) == ("Write a test", "30 minutes")
    spared = import_item("- Sleep (optional)")
    assert (spared.title, spared.essential) == ("Sleep", False)
    asked = import_item("- Walk\n\nQuestion: What is a loop?")
    assert asked.recall == Recall(question="What is a loop?")
    assert import_item("- Walk\n  - to the lake\n  - and back").parts == ("to the lake", "and back")
    named = import_item("- [Loops](https://a.org/loops) - What they are.")
    assert (named.title, named.summary, named.resources) == ("Loops", "What they are.", ("loops",))


@pytest.mark.parametrize(
    ("below", "done_when", "recall"),
    [
        ("- Done when: you can explain it", "You can explain it", None),
        ("- You are done when all dice are thrown.", "All dice are thrown.", None),
        ("- Q: Why?\n  - A: Because.", None, Recall(question="Why?", answer="Because.")),
        ("- Question: Why? Answer: Because.", None, Recall(question="Why?", answer="Because.")),
        ("- Q: Why?", None, Recall(question="Why?")),
    ],
)
def test_the_end_of_an_item_and_its_question_are_read_below_it(
    below: str, done_when: str | None, recall: Recall | None
) -> None:
    item = import_item(f"- Walk\n  {below}")
    assert (item.title, item.done_when, item.recall) == ("Walk", done_when, recall)
    assert item.parts == ()


def test_an_answer_without_a_question_is_no_answer() -> None:
    assert import_item("- Walk\n  - A: the lake").parts == ("A: the lake",)
    assert import_item("- Walk\n  - Done whenever").done_when is None


def test_boxes_below_an_entry_are_items_of_their_own() -> None:
    roadmap = import_roadmap("# C\n\n## Week 1\n\n- [ ] Walk\n  - [ ] Slowly\n  - [x] Fast\n")
    assert [item.title for item in roadmap.items.values()] == ["Walk", "Slowly", "Fast"]


def test_a_long_title_is_cut_at_a_clause_and_kept_whole_below() -> None:
    whole = (
        "Write down everything that you noticed on the way, and compare it with the notes of "
        "those who walked beside you"
    )
    item = import_item(f"- {whole}")
    assert (item.title, item.summary) == (
        "Write down everything that you noticed on the way",
        whole,
    )
    assert list_remarks(f"# C\n\n## Week 1\n\n- {whole}\n- {whole} twice\n")[:1] == [
        "5 read: I cut this title to 75 characters and kept the full text below it. This "
        "happens once more below.",
    ]


def test_a_block_with_its_course_topics_and_projects_is_a_stage() -> None:
    (stage,) = import_roadmap(
        "# C\n\n## Phase 1\n\n- **Maths**\n"
        "  - Course: [Algebra](https://www.coursera.org/learn/a) (Free to audit)\n"
        "  - Topics:\n"
        "    - Sets\n  - Projects:\n    - Count them\n"
    ).stages[0].stages  # fmt: skip
    assert (stage.title, stage.resources) == ("Maths", ("algebra",))
    assert [(item.kind, item.title) for item in stage.items] == [
        ("topic", "Sets"),
        ("project", "Count them"),
    ]


def test_a_heading_that_names_a_course_is_one_thing_to_do() -> None:
    platform = (
        "- **Platform**: [Coursera](https://www.coursera.org/learn/all)\n- Duration: 4 weeks\n"
    )
    heading = "# C\n\n## Phase 1\n\n### AI for All by Ada Byron\n\n"
    roadmap = import_roadmap(f"{heading}{platform}- Key Outcomes:\n  - You know it\n")
    (course,) = roadmap.resources
    assert (course.title, course.author, course.platform, str(course.time)) == (
        "AI for All",
        "Ada Byron",
        "Coursera",
        "4 weeks",
    )
    assert [(item.title, item.resources) for item in roadmap.stages[0].items] == [
        ("AI for All", (course.id,))
    ]
    assert roadmap.stages[0].outcomes == ("You know it",)
