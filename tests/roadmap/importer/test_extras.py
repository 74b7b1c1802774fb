"""Everything beside the weeks: resources, certificates, projects and notes."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.imports import import_resource, import_roadmap, import_text, list_remarks


def test_a_resource_says_what_it_is_in_brackets_and_behind_dashes() -> None:
    book = import_resource("- “Deep Learning” by Ian Goodfellow", "Books")
    assert (book.kind, book.title, book.author) == ("book", "Deep Learning", "Ian Goodfellow")
    course = import_resource(
        "- [Loops (Coursera)](https://www.coursera.org/learn/loops) (free, 12 hours)"
    )
    assert (course.kind, course.title, course.platform, course.cost) == (
        "course",
        "Loops",
        "Coursera",
        "free, 12 hours",
    )
    video = import_resource("- [Lectures](https://youtu.be/x) – 20 lectures, 15 hours")
    assert (video.kind, video.platform, video.summary) == (
        "lectures",
        "YouTube",
        "20 lectures, 15 hours",
    )
    bare = import_resource("- Ada Byron’s Loops Course (Recursion, Lists)")
    assert (bare.title, bare.author, bare.topics) == (
        "Loops Course",
        "Ada Byron",
        ("Recursion", "Lists"),
    )
    assert import_resource("- dictionary: https://www.wordreference.com/").title == "dictionary"


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
    imported = import_text(f"# C\n\n## Week 1\n\n- Read [the notes]({target})\n")
    assert imported.roadmap.resources == ()
    assert target not in imported.roadmap.to_json()
    assert [entry.line for entry in imported.report.list_entries_of_kind("odd")] == [5]


def test_the_same_resource_named_twice_is_one() -> None:
    resources = "## Resources\n\n- [Git](https://git-scm.com/)\n- Pro Git\n- Pro Git\n"
    text = f"# C\n\n## Week 1\n\n- [Git](https://git-scm.com)\n\n{resources}"
    assert [resource.title for resource in import_roadmap(text).resources] == ["Git", "Pro Git"]
    assert [sentence for sentence in list_remarks(text) if "read" in sentence] == [
        "9 read: “Git” is also on line 5: I kept it as one resource.",
        "11 read: “Pro Git” is also on line 10: I kept it as one resource.",
    ]


def test_certificates_and_projects_have_their_level() -> None:
    roadmap = import_roadmap(
        "# C\n\n## Week 1\n\n- a\n\n## Certifications\n\n### Beginner\n\n- **AI-900**\n"
        "  - Focus: the cloud\n\n"
        "## Projects to build\n\n- Advanced: A ray tracer.\n- A clock\n  - hands\n"
    )
    assert [
        (certificate.title, certificate.level, certificate.focus)
        for certificate in roadmap.certificates
    ] == [("AI-900", "beginner", "the cloud")]
    assert [(project.title, project.level, project.parts) for project in roadmap.portfolio] == [
        ("A ray tracer", "advanced", ()), ("A clock", None, ("hands",)),
    ]  # fmt: skip


def test_what_is_worth_knowing_is_kept_under_its_kind_and_the_rest_as_a_note() -> None:
    text = (
        "# C\n\n## Week 1\n\n- a\n\n## Who this is for\n\nAnybody.\n\n## Final thoughts\n\n"
        "- For games → learn C\n\n"
        "## Reality check\n\n- Myths: Myth: It is easy. Reality: It is fun.\n\n## The hall\n"
        "\nBring shoes.\n\n## Nothing here\n"
    )
    roadmap = import_roadmap(text)
    assert [(info.kind, info.title, info.text) for info in roadmap.info] == [
        ("fit", "Who this is for", "Anybody."), ("advice", "Final thoughts", None),
        ("myths", "Myths", None), ("note", "The hall", "Bring shoes."),
    ]  # fmt: skip
    assert [(pair.about, pair.says) for info in roadmap.info for pair in info.pairs] == [
        ("For games", "learn C"), ("It is easy.", "It is fun."),
    ]  # fmt: skip
    assert list_remarks(text) == [
        "19 kept: I kept “The hall” as a note, because it is not an item or a resource.",
        "23 odd: There is nothing below “Nothing here”: add something or remove it.",
    ]


def test_what_stands_deep_below_something_or_in_a_table_is_kept_all_the_same() -> None:
    tips = "## Tips\n\n- Rest\n  - often\n    - and [well](https://a.org)\n\n"
    books = (
        "## Resources\n\n- [Dice](https://b.org)\n  - odds\n    - of two\n- The hall\n"
        "  - opens\n    - at six\n\n"
    )
    earned = "## Certificates\n\n- Roller\n  - throws\n    - and [bets](https://c.org)\n\n"
    built = "## Portfolio\n\n- A clock\n  - hands\n    - of [steel](https://d.org)\n"
    row = "- Walk\n\n  | To | In |\n  |--|--|\n  | the lake | boots |\n\n"
    roadmap = import_roadmap(f"# C\n\n## Week 1\n\n{row}{tips}{books}{earned}{built}")
    assert roadmap.items["walk"].parts == ("the lake: boots",)
    assert [(info.title, info.points) for info in roadmap.info] == [
        ("Tips", ("Rest", "often", "and well")), ("The hall", ("opens", "at six")),
    ]  # fmt: skip
    assert [book.topics for book in roadmap.resources if book.title == "Dice"] == [
        ("odds", "of two")
    ]
    assert [certificate.focus for certificate in roadmap.certificates] == ["throws; and bets"]
    assert [project.parts for project in roadmap.portfolio] == [("hands", "of steel")]
    assert {resource.link for resource in roadmap.resources} == {
        f"https://{letter}.org" for letter in "abcd"
    }


def test_a_box_that_only_says_how_long_it_takes_loses_nothing_below_it() -> None:
    (week,) = import_roadmap("# C\n\n## Week 1\n\n- [ ] Duration: 2 hours\n  - Walk\n").weeks
    assert ([item.title for item in week.items], week.summary) == (["Walk"], "Duration: 2 hours")


def test_labels_below_an_entry_tell_of_it_and_none_of_them_hides_it() -> None:
    (week,) = import_roadmap(
        "# C\n\n## Week 1\n\n- Walk\n  - Outcomes: You know the way.\n"
        "  - Duration: 2 hours\n- Duration: 3 hours\n"
        "- Duration: 4 hours\n"
    ).weeks
    assert [(item.title, item.summary) for item in week.items] == [("Walk", "Time: 2 hours")]
    assert week.summary == "Time: 4 hours\n\nTime: 3 hours\n\nOutcome: You know the way."


def test_a_heading_around_all_the_weeks_is_told() -> None:
    assert "3 read: I read “Spring term” as the heading of the whole plan." in list_remarks(
        "# C\n\n## Spring term\n\n### Week 1\n\n- a\n"
    )


@pytest.mark.parametrize(
    "heading", ["## Week 1: Duration: 4 weeks", "## Week 1\n\n### Day 1: Duration: 4 hours"]
)
def test_a_week_or_day_that_only_says_how_long_it_takes_is_a_thing_to_do(heading: str) -> None:
    (item,) = import_roadmap(f"# C\n\n{heading}\n").items.values()
    assert item.title.startswith("Duration: 4 ")


def test_the_front_matter_says_where_a_plan_comes_from() -> None:
    front = (
        "title: Loops\npubDate: 13/07/2024 12:20\nauthor: Ada\ntags: a, b\n"
        "link: https://a.org\nroom: B2"
    )
    roadmap = import_roadmap(f"---\n{front}\n---\n\n# Week 1\n\n- a\n")
    assert roadmap.title == "Loops"
    assert roadmap.provenance is not None
    assert (roadmap.provenance.published, roadmap.provenance.author, roadmap.provenance.tags) == (
        date(2024, 7, 13),
        "Ada",
        ("a", "b"),
    )
    assert roadmap.info[0].points == ("room: B2",)
    assert (
        "1 read: I read “03/04/2024” as day, month, year: a date like 2024-07-13 is always clear."
        in list_remarks("---\ndate: 03/04/2024\n---\n\n# Week 1\n\n- a\n")
    )


@pytest.mark.parametrize(
    ("file", "slug"),
    [("python-basics.md", "python-basics"), ("Über_Öl 2.md", "uber-ol-2"),
    ("README.md", "straße-der-schleifen"),
     ("002_7509e64a56d0b26a.txt", "straße-der-schleifen"),
     ("Untitled (1).md", "straße-der-schleifen"),
     ("-", "straße-der-schleifen")],
)  # fmt: skip
def test_the_slug_comes_from_the_file_where_its_name_says_something(file: str, slug: str) -> None:
    assert import_roadmap(
        "# Straße der Schleifen\n\n## Week 1\n\n- a\n", file
    ).slug == slug.replace("ß", "ss")
