"""Short forms of documents with tables, each with the plan a careful person reads in it."""

from __future__ import annotations

import pytest

from bot.roadmap.importer.interpret.calendar_dates import is_date, number_weeks
from tests.support.imports import import_roadmap, list_remarks, list_weeks

# — weeks and days —


def test_rows_of_one_week_are_one_week() -> None:
    text = "# C\n\n| KW | Unterricht |\n|--|--|\n| 4 | Mengen |\n| 4 | Listen |\n| 6 | Bäume |\n"
    assert list_weeks(text) == [
        ("Mengen, Listen", ["Mengen", "Listen"]),
        ("Bäume", ["Bäume"]),
    ]
    assert "3 read: I put the rows of the same week together." in list_remarks(text)


def test_rows_below_a_row_that_names_a_week_are_that_week() -> None:
    text = (
        "# C\n\n| Date | Topic |\n|--|--|\n| Week 1 | |\n| Mon, March 3 | Sets |\n"
        "| Wed, March 5 | Maps |\n| Week 2 | |\n| Mon, March 10 | Trees |\n| Week 3 | |\n"
    )
    assert list_weeks(text)[:2] == [("Sets, Maps", ["Sets", "Maps"]), ("Trees", ["Trees"])]
    assert len(list_weeks(text)) == 3
    assert (
        "6 dropped: I left out “Mon, March 3, Wed, March 5”: each cohort has its own dates."
        in list_remarks(text)
    )
    # A week without a plan among others is one of them.
    blank = "# C\n\n| Week | Topic |\n|--|--|\n| Week 1 | Sets |\n| Week 2 | |\n| Week 3 | Maps |\n"
    assert [title for title, _ in list_weeks(blank)] == ["Sets", "Week 2", "Maps"]


def test_a_column_of_lengths_spreads_its_rows() -> None:
    text = "# C\n\n| Name | Weeks |\n|--|--|\n| Sets | 1 |\n| Maps, Trees | 2 |\n| Graphs | 1 |\n"
    assert [title for title, _ in list_weeks(text)] == ["Sets", "Maps, Trees", "Graphs"]
    assert "3 read: I read “Weeks” as how long each row takes." in list_remarks(text)
    counted = "# C\n\n| Name | Weeks |\n|--|--|\n| Sets | 1 |\n| Maps | 2 |\n| Graphs | 3 |\n"
    assert len(list_weeks(counted)) == 3


def test_each_cell_of_a_grid_of_weekdays_is_an_item() -> None:
    text = "# C\n\n## Week 1\n\n| Lunes | Martes |\n|--|--|\n| Leer | Escribir |\n| | Repasar |\n"
    assert list_weeks(text) == [("Week 1", ["Leer", "Escribir", "Repasar"])]


def test_many_rows_of_one_week_have_a_short_title() -> None:
    rows = "".join(f"| 1 | A rather long name, number {number} |\n" for number in range(1, 6))
    ((title, items),) = list_weeks(f"# C\n\n| Week | Topic |\n|--|--|\n{rows}")
    assert title == "A rather long name, number 1 – A rather long name, number 5"
    assert len(items) == 5


def test_classes_of_one_calendar_week_are_one_week() -> None:
    text = (
        "# C\n\n| Date | Topic | Homework |\n|--|--|--|\n| Tue Sep 1 | Sets | Sheet A |\n"
        "| Thu Sep 3 | Maps | |\n| Tue Sep 8 | Trees | Sheet B |\n| Thu Sep 10 | Graphs | |\n"
    )
    assert list_weeks(text) == [
        ("Sets, Maps", ["Sets", "Sheet A", "Maps"]),
        ("Trees, Graphs", ["Trees", "Sheet B", "Graphs"]),
    ]
    assert (
        "5 dropped: I left out “Tue Sep 1, Thu Sep 3”: each cohort has its own dates."
        in list_remarks(text)
    )


def test_a_column_of_dates_is_no_title() -> None:
    text = "# C\n\n| Week | Meeting | Material |\n|--|--|--|\n| 1 | Feb 4 | Ch. 1 |\n| 2 | Mar 7 | Ch. 2 |\n"
    assert [items for _, items in list_weeks(text)] == [["Ch. 1"], ["Ch. 2"]]
    assert "5 dropped: I left out “Feb 4”: each cohort has its own dates." in list_remarks(text)


def test_a_bare_number_in_a_cell_says_what_it_counts() -> None:
    text = "# C\n\n| Week | Exercises | Chapter | Focus |\n|--|--|--|--|\n| 1 | 12 | 3 | Sets |\n"
    assert list_weeks(text) == [("Sets", ["Sets", "12 Exercises", "Chapter 3"])]


def test_columns_that_describe_a_row_are_nothing_to_tick() -> None:
    text = (
        "# C\n\n| Week | Puzzle Name | Difficulty | Where |\n|--|--|--|--|\n"
        "| 1 | Lights | Easy | [Open](https://example.org/a) |\n"
    )
    roadmap = import_roadmap(text)
    assert list_weeks(text) == [("Lights", ["Lights"])]
    assert "Difficulty: Easy" in (roadmap.weeks[0].summary or "")
    assert [resource.link for resource in roadmap.resources] == ["https://example.org/a"]


def test_every_other_cell_is_something_to_tick() -> None:
    text = "# C\n\n## Week 1: Base\n\n| Day | Python | Evening |\n|--|--|--|\n| 1 | Sets | Read |\n"
    assert list_weeks(text) == [("Base", ["Sets", "Read"])]


def test_weeks_are_found_in_cells_below_a_header_that_says_nothing() -> None:
    assert list_weeks(
        "# C\n\n| | Tuesday | Thursday |\n|--|--|--|\n| Week 1 | Sets | Maps |\n"
        "| Week 2 | Trees | Graphs |\n"
    ) == [("Sets", ["Sets", "Maps"]), ("Trees", ["Trees", "Graphs"])]


@pytest.mark.parametrize(
    ("header", "are_weeks"),
    [("Topic | Reading", True), ("Puzzle | Source", False), ("Topic | Difficulty", False)],
)
def test_numbered_problems_are_a_list_and_numbered_topics_are_sessions(
    header: str, are_weeks: bool
) -> None:
    text = f"# C\n\n| # | {header} |\n|--|--|--|\n| 1 | Lights | a |\n| 2 | River | b |\n"
    roadmap = import_roadmap(text)
    titles = [week.title for week in roadmap.weeks]
    assert titles == (["Lights", "River"] if are_weeks else [])
    assert are_weeks or [item.title for item in roadmap.items.values()] == ["Lights", "River"]


def test_an_overview_above_the_weeks_adds_none() -> None:
    overview = "| Week | Topic | Hours |\n|--|--|--|\n| 1 | Sets | 3 |\n| 2 | Maps | 4 |\n\n"
    weeks = "## Week 1: Sets\n- a\n\n## Week 2: Maps\n- b\n"
    expected = [("Sets", ["a"]), ("Maps", ["b"])]
    below_heading = f"# C\n\n## Overview\n\n{overview}{weeks}"
    assert list_weeks(below_heading) == expected
    assert (
        "3 dropped: I left out “Overview”: it only lists what stands elsewhere in the plan."
        in list_remarks(below_heading)
    )
    assert list_weeks(f"# C\n\n{overview}{weeks}") == expected
    days = "## Week 1: Sets\n- a\n\n## Week 2: Maps\n\n| Day | Topic |\n|--|--|\n| 1 | b |\n"
    assert list_weeks(f"# C\n\n## Overview\n\n{overview}{days}") == expected
    # The words around the table stay.
    text = f"# C\n\nA course.\n\n## Calendar\nTake your time.\n\n{overview}{weeks}"
    (note,) = import_roadmap(text).info
    assert "Take your time." in str(note)
    # Bare headings say less than the table.
    bare = f"# C\n\n## Overview\n\n{overview}## Week 1\n\n## Week 2\n"
    assert [title for title, _ in list_weeks(bare)][:2] == ["Sets", "Maps"]
    # Without the second week in detail, the table says more than the rest.
    assert len(list_weeks(f"# C\n\n## Overview\n\n{overview}## Week 1: Sets\n- a\n")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Feb 4",
        "Tue Sep 1",
        "4 Feb",
        "04.02.",
        "2026-02-04",
        "Feb 4–8",
        "02/09 (Mon)",
        "Thursday, 3 September 2026",
    ],
)
def test_a_date_is_a_date(text: str) -> None:
    assert is_date(text)


@pytest.mark.parametrize("text", ["", "12", "1-2", "Week 3", "Ch. 1", "May 4: loops", "March on"])
def test_other_words_are_no_date(text: str) -> None:
    assert not is_date(text)


def test_dates_are_counted_by_calendar_weeks() -> None:
    assert number_weeks(["Fri Sep 4", "Mon Sep 7", "Sun Sep 13"]) == [0, 1, 1]
    assert number_weeks(["Dec 28", "Jan 4", "Jan 11"]) == [0, 1, 2]
    assert number_weeks(["Feb 1", "soon"]) == []


# — tables in other notations —


def test_an_html_table_is_a_table() -> None:
    rows = (
        "<tr><th>Week</th><th>Topic</th><th>Task</th></tr>\n"
        "<tr>\n  <td>1</td>\n  <td>Lines</td>\n  <td>Draw a <b>box</b> | twice</td>\n</tr>\n"
        '<tr><td>2</td><td>Shade</td><td><a href="https://example.org/s">Shading</a></td></tr>\n'
    )
    text = f"# C\n\n<table>\n{rows}</table>\n\nMore.\n"
    assert list_weeks(text) == [
        ("Lines", ["Lines", "Draw a box | twice"]),
        ("Shade", ["Shade", "Shading"]),
    ]
    assert [resource.link for resource in import_roadmap(text).resources] == [
        "https://example.org/s"
    ]


@pytest.mark.parametrize(
    "table",
    [
        "<table>",
        "<table></table>",
        "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>",
        "<table>\n<tr><td>a</td></tr><tr><td>b</td></tr><tr><td>c</td></tr></table>",
        "<table>\n<tr>\n</tr>\n</table>",
        "<table>\n" * 2000,
        "<table>\n" + "<tr>" * 2000 + "\n</table>",
    ],
)
def test_any_other_html_table_harms_nothing(table: str) -> None:
    assert list_weeks(f"# C\n\n{table}\n\n## Week 1: Sets\n- a\n")[-1] == ("Sets", ["a"])


def test_rows_between_pipes_need_no_rule() -> None:
    text = (
        "# C\n\n## Week 1: Start\n\n|Lessons | Terminal, Editor|\n|Project | Build a page|\n\n"
        "## Week 2: Files\n\n| Day | Topic |\n| 1 | Read a file |\n| 2 | Write a file |\n"
    )
    assert list_weeks(text) == [
        ("Start", ["Terminal, Editor", "Build a page"]),
        ("Files", ["Read a file", "Write a file"]),
    ]


@pytest.mark.parametrize(
    "rows",
    ["| | |\n" * 3, "|\n|\n", "| a |\n| b |\n", "|x" * 3_000 + "|\n" + "| a | b |\n" * 3_000],
    ids=["blank", "pipes alone", "one column", "too many cells"],
)
def test_other_lines_between_pipes_harm_nothing(rows: str) -> None:
    assert list_weeks(f"# C\n\n## Week 1: Sets\n- a\n\n{rows}") == [("Sets", ["a"])]
