"""What the importer understands: weeks in any common wording, items and their labels, resources, and what it tells of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.roadmap import Item, Resource, Roadmap, RoadmapError, Stage, is_link
from bot.roadmap.importer import ImportedRoadmap, import_document


def read(text: str, name: str = "loops.md") -> ImportedRoadmap:
    return import_document(text.encode(), name)


def plan(text: str, name: str = "loops.md") -> Roadmap:
    return read(text, name).roadmap


def one_item(line: str, label: str = "") -> Item:
    """The only item of a week that holds this line."""
    above = f"**{label}:**\n\n" if label else ""
    (item,) = plan(f"# Loops\n\n## Week 1: Loops\n\n{above}{line}\n").items.values()
    return item


def one_resource(line: str, heading: str = "Resources") -> Resource:
    (resource,) = plan(
        f"# Loops\n\n## Week 1: Loops\n\n- Walk\n\n## {heading}\n\n{line}\n"
    ).resources
    return resource


def told(text: str) -> list[str]:
    return [f"{entry.line} {entry.kind}: {entry.sentence}" for entry in read(text).report.entries]


# Weeks, stages and times


@pytest.mark.parametrize(
    "heading",
    [
        "## Week 1: Loops", "## Week One – Loops", "## WEEK 1 Loops", "## Wk 1 - Loops", "## W1: Loops", "## 1st week: Loops",
        "## First Week: Loops", "## Week 1 (Jan 5–11): Loops", "## Woche 1: Loops", "## Semaine 1 : Loops", "## Semana 1: Loops",
        "## Settimana 1 - Loops", "## 📅 Week #1 | Loops", "**Week 1: Loops**", "## Lesson 1: Loops", "## Week I: Loops",
    ],
)  # fmt: skip
def test_a_week_is_a_week_in_any_common_wording(heading: str) -> None:
    found = plan(
        f"# Course\n\n{heading}\n\n- Write a loop\n\n{heading.replace('1', '2').replace('Loops', 'Lists')}\n\n- Write a list\n"
    )
    assert [week.title for week in found.weeks] == ["Loops", "Lists"]
    assert [item.title for item in found.items.values()] == ["Write a loop", "Write a list"]


def test_weeks_that_are_not_marked_stand_below_months_that_are() -> None:
    found = plan(
        "Month 1\n-------\nWeek 1. Loops\nWeek 2. Lists\n\n## Month 2\nWeek 3: Trees\n- Draw a tree\n"
    )
    assert [stage.title for stage in found.stages] == ["Month 1", "Month 2"]
    assert [week.title for week in found.weeks] == ["Loops", "Lists", "Trees"]


@pytest.mark.parametrize(
    "sentence", ["Step 2 of the way is hard", "Part 3 is the hard one", "Week by week"]
)
def test_a_sentence_is_not_a_number(sentence: str) -> None:
    found = plan(f"# Course\n\n## {sentence}\n\n- Write a loop\n")
    assert (found.weeks, found.stages[0].title) == ((), sentence)


def test_months_and_phases_hold_weeks_even_on_the_same_level_and_state_their_time() -> None:
    found = plan(
        "# C\n\n## Month 1: A\n\n## Week 1\n\n- a\n\n## Week 2\n\n- b\n\n## Month 2\n\n## Week 3\n\n- c\n"
    )
    assert [(stage.title, str(stage.time), len(stage.weeks)) for stage in found.stages] == [
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
    (stage,) = plan(f"# C\n\n## {heading}\n\n- a\n").stages
    assert (stage.title, str(stage.time)) == (title, time)


def test_a_span_of_weeks_is_as_many_weeks_and_its_items_go_in_order() -> None:
    text = "# C\n\n## Weeks 1–2: Loops\n\n- a\n- b\n- c\n\n## Week 3: No class\n\n## Weeks 5 to 6\n\n- d\n"
    found = read(text)
    weeks = [
        (week.title, week.kind, [item.title for item in week.items]) for week in found.roadmap.weeks
    ]
    assert weeks[:3] == [
        ("Loops", "normal", ["a"]),
        ("Loops", "normal", ["b", "c"]),
        ("No class", "break", []),
    ]
    assert weeks[3:] == [("Weeks 5 to 6", "normal", ["d"])]
    assert told(text) == [
        "3 read: I read “Weeks 1–2” as 2 weeks and kept the order of the items.",
        "11 odd: “Weeks 5 to 6” comes after number 3: check for a missing or repeated number.",
        "11 read: I read “Weeks 5 to 6” as 1 week and kept the order of the items.",
        "11 odd: “Weeks 5 to 6” covers 2 weeks but has only 1 item: add an item for each week.",
    ]


def test_days_without_weeks_are_put_together_and_days_inside_a_week_stay_in_it() -> None:
    alone = read(
        "# C\n\n" + "".join(f"## Day {day}: D{day}\n\n- Task {day}\n\n" for day in range(1, 11))
    )
    assert [len(week.items) for week in alone.roadmap.weeks] == [5, 5]
    assert "I put 5 days in each week" in alone.report.list_entries_of_kind("read")[0].sentence
    assert (
        len(
            plan(
                "# C\n\n" + "".join(f"## Day {day}\n\n- Task {day}\n\n" for day in range(1, 15))
            ).weeks
        )
        == 2
    )
    inside = plan(
        "# C\n\n## Week 1\n\n### Day 1: Walk\n\n- Around the block\n\n### Days 2-3: Rest\n"
    )
    assert [(item.title, item.summary) for item in inside.weeks[0].items] == [
        ("Around the block", "Day 1: Walk"), ("Rest", "Days 2-3: Rest"),
    ]  # fmt: skip


def test_sessions_are_weeks_only_where_nothing_else_is_counted() -> None:
    alone = read("# C\n\n## Module 1: A\n\n- a\n\n## Module 2: B\n\n- b\n")
    assert [week.title for week in alone.roadmap.weeks] == ["A", "B"]
    assert (
        alone.report.list_entries_of_kind("read")[0].sentence
        == "I read “Module 1” and each one after it as a week."
    )
    beside = plan(
        "# C\n\n## Phase 1\n\n### Module 1: A\n\n- a\n\n## Phase 2\n\n### Module 2: B\n\n- b\n"
    )
    assert (beside.weeks, [stage.title for stage in beside.all_stages]) == (
        (), ["Phase 1", "Module 1: A", "Phase 2", "Module 2: B"],
    )  # fmt: skip


def test_a_timetable_gives_a_week_for_each_row_and_a_label_for_each_column() -> None:
    rows = "| Jan 5 | Loops | Ch. 1; Ch. 2 | – |\n| Jan 12 | Spring break | | |\n"
    table = f"| Date | Title | Reading | Homework |\n|--|--|--|--|\n{rows}"
    found = plan(f"# C\n\n## Schedule\n\n{table}")
    assert [(week.title, week.kind) for week in found.weeks] == [
        ("Loops", "normal"),
        ("Spring break", "break"),
    ]
    assert [(item.kind, item.title) for item in found.weeks[0].items] == [
        ("reading", "Ch. 1"),
        ("reading", "Ch. 2"),
    ]
    numbered = "| Week | Title |\n|--|--|\n| [1](https://a.org) | Loops |\n| 2 | Lists |\n| | |\n| | Review |\n| | |\n"
    read_ = plan(f"# C\n\n{numbered}")
    assert ([week.title for week in read_.weeks], len(read_.resources)) == (
        ["Loops", "Lists", "Review"],
        1,
    )


def test_what_comes_before_is_required_by_what_comes_after() -> None:
    found = plan(
        "# C\n\n## Phase 1\n\n- a\n\n## Prerequisites: Git\n\n- Install it\n\n## Phase 2\n\n- b\n"
    )
    assert [(stage.title, stage.requires) for stage in found.stages] == [
        ("Git", ()), ("Phase 1", ("git",)), ("Phase 2", ("git",)),
    ]  # fmt: skip


def test_a_bare_list_below_the_title_is_the_plan_and_bare_words_are_none() -> None:
    found = plan("# C\n\nFor a rainy day.\n\n- [ ] a\n- [ ] b\n\n## Resources\n\n- A book\n")
    assert (found.summary, list(found.items)) == ("For a rainy day.", ["a", "b"])
    with pytest.raises(RoadmapError, match="nothing to tick"):
        plan("# C\n\nFor a rainy day.\n\nAnd for a dry one.\n\n## Resources\n\n- A book\n")


def test_routes_are_a_choice() -> None:
    found = plan(
        "# C\n\n## Phase 1\n\n### Option A: Web\n\n- Page\n\n### Option B: Games\n\n- Game\n"
    )
    (choice,) = found.all_choices
    assert (choice.pick, [option.takes for option in choice.options]) == (
        "one",
        [("web",), ("games",)],
    )
    (any_,) = plan(
        "# C\n\n## Roadmap\n\n### Alternate routes\n\n#### [X](https://x.org)\n\n#### [Y](https://y.org)\n"
    ).all_choices
    assert (any_.pick, len(any_.options)) == ("any", 2)


# Items


@pytest.mark.parametrize(
    ("line", "label", "kind"),
    [
        ("- Loops", "Topics to Learn", "topic"), ("- [ ] Loops", "Key concepts", "topic"), ("- Loops", "Hands-on", "practice"),
        ("- Loops", "Homework", "practice"), ("- Loops", "Mini-project", "project"), ("- Loops", "Required reading", "reading"),
        ("- Loops", "Topics to Review", "review"), ("- Loops", "To-do", "action"), ("- Loops", "Quiz", "checkpoint"),
        ("- Loops", "Certification", "certificate"), ("- Read chapter 2", "", "reading"), ("- Build a clock", "", "project"),
        ("- Implement a stack", "", "practice"), ("- Join the forum", "", "action"),
        ("- Pass the DP-100 exam", "", "certificate"),
        ("- Quiz: five questions", "", "checkpoint"), ("- Loops and lists", "", "topic"), ("- Chapter 3", "", "reading"),
        ("- Hands-on Kaggle Projects", "", "topic"), ("- Work on small projects", "", "project"),
    ],
)  # fmt: skip
def test_the_kind_of_an_item_comes_from_the_label_above_or_from_its_first_word(
    line: str, label: str, kind: str
) -> None:
    assert one_item(line, label).kind == kind


def test_an_item_is_taken_apart() -> None:
    assert one_item("- Optimisers (Adam, RMSprop, and SGD)").parts == ("Adam", "RMSprop", "SGD")
    assert one_item("- Write a bot (e.g., a chess bot)").examples == ("a chess bot",)
    labelled = one_item("- **Linear algebra** – matrices, vectors (in 2D, 3D)")
    assert (labelled.title, labelled.parts) == (
        "Linear algebra",
        ("matrices", "vectors (in 2D, 3D)"),
    )
    timed = one_item("- [ ] Write a test (~30 min)")
    assert (timed.title, str(timed.estimate)) == ("Write a test", "30 minutes")
    spared = one_item("- Sleep (optional)")
    assert (spared.title, spared.essential) == ("Sleep", False)
    assert one_item("- Walk\n\nQuestion: What is a loop?").recall == "What is a loop?"
    assert one_item("- Walk\n  - to the lake\n  - and back").parts == ("to the lake", "and back")
    named = one_item("- [Loops](https://a.org/loops) - What they are.")
    assert (named.title, named.summary, named.resources) == ("Loops", "What they are.", ("loops",))


def test_boxes_below_an_entry_are_items_of_their_own() -> None:
    found = plan("# C\n\n## Week 1\n\n- [ ] Walk\n  - [ ] Slowly\n  - [x] Fast\n")
    assert [item.title for item in found.items.values()] == ["Walk", "Slowly", "Fast"]


def test_a_long_title_is_cut_at_a_clause_and_kept_whole_below() -> None:
    whole = "Write down everything that you noticed on the way, and compare it with the notes of those who walked beside you"
    item = one_item(f"- {whole}")
    assert (item.title, item.summary) == (
        "Write down everything that you noticed on the way",
        whole,
    )
    assert told(f"# C\n\n## Week 1\n\n- {whole}\n- {whole} twice\n")[:1] == [
        "5 read: I cut this title to 75 characters and kept the full text below it. This happens once more below.",
    ]


def test_a_block_with_its_course_topics_and_projects_is_a_stage() -> None:
    (stage,) = plan(
        "# C\n\n## Phase 1\n\n- **Maths**\n  - Course: [Algebra](https://www.coursera.org/learn/a) (Free to audit)\n  - Topics:\n"
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
    found = plan(f"{heading}{platform}- Key Outcomes:\n  - You know it\n")
    (course,) = found.resources
    assert (course.title, course.author, course.platform, str(course.time)) == (
        "AI for All",
        "Ada Byron",
        "Coursera",
        "4 weeks",
    )
    assert [(item.title, item.resources) for item in found.stages[0].items] == [
        ("AI for All", (course.id,))
    ]
    assert found.stages[0].outcomes == ("You know it",)


# What stands beside the weeks


def test_a_resource_says_what_it_is_in_brackets_and_behind_dashes() -> None:
    book = one_resource("- “Deep Learning” by Ian Goodfellow", "Books")
    assert (book.kind, book.title, book.author) == ("book", "Deep Learning", "Ian Goodfellow")
    course = one_resource(
        "- [Loops (Coursera)](https://www.coursera.org/learn/loops) (free, 12 hours)"
    )
    assert (course.kind, course.title, course.platform, course.cost) == (
        "course",
        "Loops",
        "Coursera",
        "free, 12 hours",
    )
    video = one_resource("- [Lectures](https://youtu.be/x) – 20 lectures, 15 hours")
    assert (video.kind, video.platform, video.summary) == (
        "lectures",
        "YouTube",
        "20 lectures, 15 hours",
    )
    bare = one_resource("- Ada Byron’s Loops Course (Recursion, Lists)")
    assert (bare.title, bare.author, bare.topics) == (
        "Loops Course",
        "Ada Byron",
        ("Recursion", "Lists"),
    )
    assert one_resource("- dictionary: https://www.wordreference.com/").title == "dictionary"


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "slides.pdf",
        "#top",
        "https://ada:pw@a.org/",
        "//a.org",
    ],
)
def test_a_link_that_is_no_web_address_is_left_out_and_told(target: str) -> None:
    found = read(f"# C\n\n## Week 1\n\n- Read [the notes]({target})\n")
    assert found.roadmap.resources == ()
    assert target not in found.roadmap.to_json()
    assert [entry.line for entry in found.report.list_entries_of_kind("odd")] == [5]


def test_the_same_resource_named_twice_is_one() -> None:
    resources = "## Resources\n\n- [Git](https://git-scm.com/)\n- Pro Git\n- Pro Git\n"
    text = f"# C\n\n## Week 1\n\n- [Git](https://git-scm.com)\n\n{resources}"
    assert [resource.title for resource in plan(text).resources] == ["Git", "Pro Git"]
    assert [sentence for sentence in told(text) if "read" in sentence] == [
        "9 read: “Git” is also on line 5: I kept it as one resource.",
        "11 read: “Pro Git” is also on line 10: I kept it as one resource.",
    ]


def test_certificates_and_projects_have_their_level() -> None:
    found = plan(
        "# C\n\n## Week 1\n\n- a\n\n## Certifications\n\n### Beginner\n\n- **AI-900**\n  - Focus: the cloud\n\n"
        "## Projects to build\n\n- Advanced: A ray tracer.\n- A clock\n  - hands\n"
    )
    assert [(one.title, one.level, one.focus) for one in found.certificates] == [
        ("AI-900", "beginner", "the cloud")
    ]
    assert [(one.title, one.level, one.parts) for one in found.portfolio] == [
        ("A ray tracer", "advanced", ()), ("A clock", None, ("hands",)),
    ]  # fmt: skip


def test_what_is_worth_knowing_is_kept_under_its_kind_and_the_rest_as_a_note() -> None:
    text = (
        "# C\n\n## Week 1\n\n- a\n\n## Who this is for\n\nAnybody.\n\n## Final thoughts\n\n- For games → learn C\n\n"
        "## Reality check\n\n- Myths: Myth: It is easy. Reality: It is fun.\n\n## The hall\n\nBring shoes.\n\n## Nothing here\n"
    )
    found = plan(text)
    assert [(info.kind, info.title, info.text) for info in found.info] == [
        ("fit", "Who this is for", "Anybody."), ("advice", "Final thoughts", None),
        ("myths", "Myths", None), ("note", "The hall", "Bring shoes."),
    ]  # fmt: skip
    assert [(pair.about, pair.says) for info in found.info for pair in info.pairs] == [
        ("For games", "learn C"), ("It is easy.", "It is fun."),
    ]  # fmt: skip
    assert told(text) == [
        "19 kept: I kept “The hall” as a note, because it is not an item or a resource.",
        "23 odd: There is nothing below “Nothing here”: add something or remove it.",
    ]


def test_what_stands_deep_below_something_or_in_a_table_is_kept_all_the_same() -> None:
    tips = "## Tips\n\n- Rest\n  - often\n    - and [well](https://a.org)\n\n"
    books = "## Resources\n\n- [Dice](https://b.org)\n  - odds\n    - of two\n- The hall\n  - opens\n    - at six\n\n"
    earned = "## Certificates\n\n- Roller\n  - throws\n    - and [bets](https://c.org)\n\n"
    built = "## Portfolio\n\n- A clock\n  - hands\n    - of [steel](https://d.org)\n"
    row = "- Walk\n\n  | To | In |\n  |--|--|\n  | the lake | boots |\n\n"
    found = plan(f"# C\n\n## Week 1\n\n{row}{tips}{books}{earned}{built}")
    assert found.items["walk"].parts == ("the lake: boots",)
    assert [(info.title, info.points) for info in found.info] == [
        ("Tips", ("Rest", "often", "and well")), ("The hall", ("opens", "at six")),
    ]  # fmt: skip
    assert [one.topics for one in found.resources if one.title == "Dice"] == [("odds", "of two")]
    assert [one.focus for one in found.certificates] == ["throws; and bets"]
    assert [one.parts for one in found.portfolio] == [("hands", "of steel")]
    assert {one.link for one in found.resources} == {f"https://{letter}.org" for letter in "abcd"}


def test_a_box_that_only_says_how_long_it_takes_loses_nothing_below_it() -> None:
    (week,) = plan("# C\n\n## Week 1\n\n- [ ] Duration: 2 hours\n  - Walk\n").weeks
    assert ([item.title for item in week.items], week.summary) == (["Walk"], "Duration: 2 hours")


def test_labels_below_an_entry_tell_of_it_and_none_of_them_hides_it() -> None:
    (week,) = plan(
        "# C\n\n## Week 1\n\n- Walk\n  - Outcomes: You know the way.\n  - Duration: 2 hours\n- Duration: 3 hours\n"
        "- Duration: 4 hours\n"
    ).weeks
    assert [(item.title, item.summary) for item in week.items] == [("Walk", "Time: 2 hours")]
    assert week.summary == "Time: 4 hours\n\nTime: 3 hours\n\nOutcome: You know the way."


def test_a_heading_around_all_the_weeks_is_told() -> None:
    assert "3 read: I read “Spring term” as the heading of the whole plan." in told(
        "# C\n\n## Spring term\n\n### Week 1\n\n- a\n"
    )


@pytest.mark.parametrize(
    "heading", ["## Week 1: Duration: 4 weeks", "## Week 1\n\n### Day 1: Duration: 4 hours"]
)
def test_a_week_or_day_that_only_says_how_long_it_takes_is_a_thing_to_do(heading: str) -> None:
    (item,) = plan(f"# C\n\n{heading}\n").items.values()
    assert item.title.startswith("Duration: 4 ")


def test_the_front_matter_says_where_a_plan_comes_from() -> None:
    front = "title: Loops\npubDate: 13/07/2024 12:20\nauthor: Ada\ntags: a, b\nlink: https://a.org\nroom: B2"
    found = plan(f"---\n{front}\n---\n\n# Week 1\n\n- a\n")
    assert found.title == "Loops"
    assert found.provenance is not None
    assert (found.provenance.published, found.provenance.author, found.provenance.tags) == (
        date(2024, 7, 13),
        "Ada",
        ("a", "b"),
    )
    assert found.info[0].points == ("room: B2",)
    assert "1 read: I read “03/04/2024” as day, month, year: a date like 2024-07-13 is always clear." in told(
        "---\ndate: 03/04/2024\n---\n\n# Week 1\n\n- a\n"
    )


@pytest.mark.parametrize(
    ("file", "slug"),
    [("python-basics.md", "python-basics"), ("Über_Öl 2.md", "uber-ol-2"), ("README.md", "straße-der-schleifen"),
     ("002_7509e64a56d0b26a.txt", "straße-der-schleifen"), ("Untitled (1).md", "straße-der-schleifen"),
     ("-", "straße-der-schleifen")],
)  # fmt: skip
def test_the_slug_comes_from_the_file_where_its_name_says_something(file: str, slug: str) -> None:
    assert plan("# Straße der Schleifen\n\n## Week 1\n\n- a\n", file).slug == slug.replace(
        "ß", "ss"
    )


# Ids and bounds


def test_ids_are_words_unique_and_stay_when_something_is_added_at_the_end() -> None:
    text = "# C\n\n## Week 1: Loops\n\n- Review\n- Café\n- Week 2\n\n## Week 2: Lists\n\n- Review\n- Review\n- 日本語\n"
    found = list(plan(text).items)
    assert found == ["review", "cafe", "in-week-2", "review-lists", "review-lists-2", "topic-1"]
    more = plan(f"{text}- Loops\n- 中文\n\n## Resources\n\n- A book\n")
    assert list(more.items) == [*found, "loops-lists", "topic-2"]
    assert [week.id for week in more.weeks] == ["loops", "lists"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# C\n\nOnly words.\n", "loops.md:1: the file: I found nothing to tick in loops.md: write the tasks as bullets "
         "below headings such as Week 1."),
        ("# C\n## Week 1\n" + "- a\n" * 41,
         "loops.md:43: stages[0].weeks[0].items[40]: Move items to another week: one week holds at most 40."),
    ],
    ids=["nothing to tick", "too many items in a week"],
)  # fmt: skip
def test_what_no_roadmap_holds_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(RoadmapError) as error:
        read(text)
    assert str(error.value) == sentence


def test_long_lists_and_texts_are_shortened_and_told() -> None:
    many = "".join(f"  - part {number}\n" for number in range(50))
    tips = "".join(f"- tip {number}\n" for number in range(90))
    found = plan(
        f"# C\n\n## Week 1\n\n- Walk\n{many}\n## Tips\n\n{tips}\n## Overview\n\n{'A word. ' * 400}\n"
    )
    (item,) = found.items.values()
    assert (len(item.parts), (item.summary or "").startswith("part 40; part 41")) == (40, True)
    assert [len(info.points) for info in found.info if info.kind == "tips"] == [40, 40, 10]
    assert len(found.summary) <= 2000


# Any text at all

_WORDS = st.sampled_from(
    [
        "Week", "Day", "Phase", "Module", "1", "2-3", "4–1", "(4 weeks)", "(optional)", "Loops", "**Topics**:", "Practice:",
        "Course:",
        "[x](https://a.org/x)", "[y](javascript:alert(1))", "<a href='https://b.org'>z</a>", "[q](#a)", "Resources", "Projects",
        "Certificates", "by Ada Byron", "“Book”", "é", "日本", "|", "–", "→", "Myth:", "Reality:", "?", "(a, b)", "or",
        "(e.g., x)",
        "~30 min", "Overview", "Prerequisites", "Tips", "Option A", "Option B", "choose one", "Beginner", "No class", "\u202e",
        "\u200b", "🎯", "Duration: 4 weeks", "Platform:", "Quiz:", "word " * 20, "0", "٣", "@everyone",
    ]
)  # fmt: skip
_STARTS = st.sampled_from(
    [
        "# ",
        "## ",
        "### ",
        "- ",
        "- [ ] ",
        "  - ",
        "    - [x] ",
        "1. ",
        "",
        "",
        "| ",
        "> ",
        "---\n",
        "\n",
        "✅ ",
    ]
)
_LINES = st.builds(
    lambda start, words: start + " ".join(words), _STARTS, st.lists(_WORDS, max_size=6)
)


def _links(found: Roadmap) -> list[str]:
    holders = (*found.resources, *found.certificates)
    return [one.link for one in holders if one.link is not None]


def _titles(stages: tuple[Stage, ...]) -> list[str]:
    return [title for stage in stages for title in (stage.title, *_titles(stage.stages))]


@settings(max_examples=60, deadline=None)
@given(st.lists(_LINES, max_size=30).map("\n".join))
def test_any_text_is_a_valid_plan_or_refused_always_the_same_and_links_only_to_the_web(
    text: str,
) -> None:
    try:
        found = read(text)
    except RoadmapError:
        return
    assert read(text) == found
    assert Roadmap.from_json(found.roadmap.to_json()) == found.roadmap
    assert all(map(is_link, _links(found.roadmap)))
    assert all(_titles(found.roadmap.stages))
    assert all(0 <= entry.line <= text.count("\n") + 1 for entry in found.report.entries)


# Badges: links whose only content is a picture


BADGE = "[![Chat](https://img.shields.io/x.svg)](https://discord.gg/abc)"


@pytest.mark.parametrize("heading", ["Community", "Resources", "Links"])
def test_a_badge_is_a_link_without_words(heading: str) -> None:
    found = one_resource(f"- We have a chat server! {BADGE} Say hello.", heading)
    assert (found.title, found.kind, found.link) == (
        "Discord",
        "community",
        "https://discord.gg/abc",
    )
    assert found.summary == "We have a chat server! Say hello."


def test_an_entry_that_is_only_a_badge_is_called_by_its_picture() -> None:
    assert one_resource("- [![A course](a.svg)](https://example.org/a)").title == "A course"
    assert one_resource("- [![](a.svg)](https://example.org/a)").link == "https://example.org/a"


def test_a_badge_beside_something_to_do_is_its_resource() -> None:
    found = plan(
        f"# Loops\n\n## Week 1\n\n- Say hello {BADGE} to all\n\n## Certificates\n\n- Get one {BADGE}\n"
    )
    (item,) = found.items.values()
    assert (item.title, [found.get_resource(ref).title for ref in item.resources]) == (
        "Say hello to all",
        ["Discord"],
    )
    assert [(each.title, each.link) for each in found.certificates] == [
        ("Get one", "https://discord.gg/abc")
    ]


def test_a_badge_that_leads_nowhere_is_named_in_the_report() -> None:
    assert told(
        "# Loops\n\n## Week 1\n\n- Walk ![a](b.svg) on\n- Talk [![a](b.svg)](ftp://x) on\n"
    ) == [
        "6 odd: I left out the address of a link without text: use one that starts with https:// or http://."
    ]


# Boxes: nothing that can be ticked is lost without its line in the report


def test_boxes_between_the_weeks_are_a_stage_of_their_own() -> None:
    text = (
        "# Drawing\n\n## Week 1\n- [ ] Draw a line\n\n"
        "## Light and shadow\n- [ ] Paint an apple\n\n## Week 2\n- [ ] Draw a cube\n"
    )
    found = plan(text)
    assert [(stage.title, [week.title for week in stage.weeks]) for stage in found.stages] == [
        ("Drawing", ["Week 1"]),
        ("Light and shadow", []),
        ("Drawing, continued", ["Week 2"]),
    ]
    assert [item.title for item in found.items.values()] == [
        "Draw a line",
        "Paint an apple",
        "Draw a cube",
    ]
    assert told(text) == [
        "6 read: I read “Light and shadow” as a stage, because it has checkboxes."
    ]


def test_boxes_before_the_first_heading_are_to_be_ticked() -> None:
    found = plan("# Drawing\n\n- [ ] Buy a pencil\n\n## Week 1\n- [ ] Draw a line\n")
    assert [item.title for item in found.items.values()] == ["Buy a pencil", "Draw a line"]


@pytest.mark.parametrize(
    "heading", ["Resources", "Community", "Certificates", "Portfolio projects"]
)
def test_a_box_that_nobody_can_tick_has_its_line_in_the_report(heading: str) -> None:
    text = f"# Drawing\n\n## Week 1\n- [ ] Draw a line\n\n## {heading}\n- [x] A book\n  - [ ] Its second half\n"
    assert [line for line in told(text) if "has a checkbox" in line] == [
        "7 odd: “A book” has a checkbox that nobody can tick: move it below a week.",
        "8 odd: “Its second half” has a checkbox that nobody can tick: move it below a week.",
    ]


LINES = [
    "## Week {n}",
    "## Light {n}",
    "### Part {n}",
    "Outcomes:",
    "## Tips",
    "- [ ] Do {n}",
    "  - [x] Sub {n}",
]


@given(st.lists(st.sampled_from(LINES), max_size=14))
@settings(deadline=None)
def test_every_box_is_an_item_or_has_its_line(parts: list[str]) -> None:
    lines = [
        "# Plan",
        "## Week 0",
        "- Begin",
        *(part.format(n=place) for place, part in enumerate(parts)),
    ]
    found = read("\n\n".join(lines))
    titles = {item.title for item in found.roadmap.items.values()}
    named = {entry.line for entry in found.report.list_entries_of_kind("odd")}
    for place, line in enumerate(lines):
        if "] " in line:
            assert line.partition("] ")[2] in titles or 2 * place + 1 in named
