"""From text to an outline: headings, lists, tables and links, with Markdown's marks or without."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.roadmap import RoadmapError
from bot.roadmap.importer.document import build_outline
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import BulletList, Section
from tests.support.outline_text import draw_outline, report_outline


def test_headings_of_any_kind_hold_what_follows_them() -> None:
    text = """\
Before everything

The plan
========

# **One**: *first* 🚀
text

#### Deep
##   Two ##
<h3 class="x">Three</h3>
Four
----
"""
    assert draw_outline(text) == [
        "Before everything",
        "# The plan",
        "# One| One: first",
        "  text",
        "  #### Deep",
        "  ## Two",
        "    ### Three",
        "  ## Four",
    ]


def test_what_only_looks_like_a_tag_is_text() -> None:
    assert draw_outline("# Ask <!channel>\n- hello <!here> <!-- not this -->now\n") == [
        "# Ask <!channel>",
        "  - hello <!here> now",
    ]


def test_a_line_across_the_page_makes_no_heading_of_the_text_above_it() -> None:
    text = "# Plan\nA sentence that is followed\nby another line\n---\n**Time**: an hour\n---\n"
    assert draw_outline(text) == [
        "# Plan",
        "  A sentence that is followed by another line",
        "  Time| Time: an hour",
    ]


def test_lists_keep_their_boxes_numbers_and_depth() -> None:
    text = """\
# Plan
1. one
  - two spaces are enough
    for a reader

    and a second paragraph
    * [ ] box
	- [X] ticked
2) two
   > - quoted
- - inner
-
3. ~~gone~~ `code`
"""
    assert draw_outline(text)[1:] == [
        "  1. one",
        "    - two spaces are enough for a reader",
        "      and a second paragraph",
        "      - [ ] box",
        "      - [x] ticked",
        "  2. two",
        "    - quoted",
        "  - inner",
        "  3. gone code",
    ]


def test_what_only_looks_like_a_list_is_one() -> None:
    text = """\
# Plan
Since you know Python:
✅ **Linear algebra** – matrices
✅ Calculus
🔹 Focus: derivatives

🔹 **How to learn:**

    • indented by four
      ▪ and deeper
1️⃣ first
2️⃣ second
☐ to do
– a dash
– another

— a lonely one
"""
    assert draw_outline(text)[1:] == [
        "  Since you know Python| Since you know Python:",
        "  - Linear algebra| Linear algebra – matrices",
        "  - Calculus",
        "    Focus: derivatives",
        "  How to learn| How to learn:",
        "  - indented by four",
        "    - and deeper",
        "  1. first",
        "  2. second",
        "  - [ ] to do",
        "  - a dash",
        "  - another",
        "  — a lonely one",
    ]
    assert [entry.sentence for entry in report_outline(text).list_entries_of_kind("read")] == [
        "I read lines that start with ✅ as list entries. This happens once more below.",
        "I read lines that start with 1️⃣ as list entries.",
        "I read lines that start with 2️⃣ as list entries.",
        "I read lines that start with ☐ as list entries.",
    ]


def test_a_label_after_a_list_is_no_part_of_its_last_entry() -> None:
    text = "# Plan\n- a\n  goes on\nand on\nPractice:\n- b\n**Links**\n- c\n"
    assert draw_outline(text)[1:] == [
        "  - a goes on and on",
        "  Practice| Practice:",
        "  - b",
        "  Links",
        "  - c",
    ]


def test_labels_are_told_from_what_follows_them() -> None:
    text = """\
# Plan
**Platform**: [Coursera](https://coursera.org)
**Duration:** 4 weeks
**Note** this is bold
**End**-to-end
Course: one
Level: two
which goes on
"""
    assert draw_outline(text)[1:] == [
        "  Platform| Platform: Coursera (Coursera → https://coursera.org)",
        "  Duration| Duration: 4 weeks Note this is bold End-to-end",
        "  Course: one",
        "  Level: two which goes on",
    ]


def test_links_stand_beside_the_text_as_they_were_written() -> None:
    text = """\
# [Plan](https://example.org/a "title")
- <a href='https://example.org/?a=1&amp;list=2&copy=3' target="_blank">a page</a> and \
<https://example.org/auto>
- see https://example.org/bare), [ref], [other][ref] and [gone](), [jump](#there)
- [bad](javascript:alert(1)) [worse](data:text/html,x) ![picture](https://example.org/p.png)
- [**bold** `code`](https://example.org/ü%20 'x') [open](https://example.org
## <a href="https://example.org/b">Two</a> / <a href=https://example.org/c>three</a>

[ref]: https://example.org/ref
"""
    assert draw_outline(text) == [
        "# Plan (Plan → https://example.org/a)",
        "  - a page and https://example.org/auto (a page → https://example.org/?a=1&list=2&copy=3) "
        "(https://example.org/auto → https://example.org/auto)",
        "  - see https://example.org/bare), ref, other and gone, jump "
        "(https://example.org/bare → https://example.org/bare) "
        "(ref → https://example.org/ref) (other → https://example.org/ref) (gone → ) "
        "(jump → #there)",
        "  - bad worse (bad → javascript:alert(1)) (worse → data:text/html,x)",
        "  - bold code [open](https://example.org (bold code → https://example.org/ü%20) "
        "(https://example.org → https://example.org)",
        "  ## Two / three (Two → https://example.org/b) (three → https://example.org/c)",
    ]


def test_tables_are_read_row_by_row() -> None:
    text = "# Plan\n| Week | Topic |\n|--|:-:|\n| 1 | [a](https://example.org) \\| b |\n| **2** |\n"
    assert draw_outline(text)[1:] == [
        "  | Week | Topic",
        "  | 1 | a | b (a → https://example.org)",
        "  | 2 | ",
    ]


def test_what_can_be_folded_open_is_a_section() -> None:
    text = """\
# Plan
## Month 1
<details open><summary>Week 1: <b>Dice</b></summary>

- [ ] roll

</details>
<details>
<summary>Week 2: Cards</summary>
<ul>
<li>draw</li>
</ul>
</details>
"""
    assert draw_outline(text) == [
        "# Plan",
        "  ## Month 1",
        "    ### Week 1: Dice",
        "      - [ ] roll",
        "    ### Week 2: Cards",
        "      - draw",
    ]


def test_a_document_without_marked_headings_has_those_a_reader_sees() -> None:
    text = """\
Sure, here is your plan:

Spanish in three weeks

Wk 1 - Saying hello
• greetings
Homework:
• introduce yourself

Wk 2 - In the café!
• ordering

Third week
• the bill, please

🎯 Where to go next

Useful Links
- https://www.rae.es/

see you on Thursday
"""
    assert draw_outline(text) == [
        "Sure, here is your plan| Sure, here is your plan:",
        "# Spanish in three weeks",
        "  ## Wk 1 - Saying hello",
        "    - greetings",
        "    Homework| Homework:",
        "    - introduce yourself",
        "  ## Wk 2 - In the café!",
        "    - ordering",
        "  ## Third week",
        "    - the bill, please",
        "  ## Where to go next",
        "  ## Useful Links",
        "    - https://www.rae.es/ (https://www.rae.es/ → https://www.rae.es/)",
        "    see you on Thursday",
    ]


def test_months_weeks_and_days_without_marks_stand_below_each_other() -> None:
    text = (
        "# Plan\n\n**Month 1: Dice**\n\nWeek 1: Counting\n\nDay 1\n- roll\n\nDay 2\n- roll again\n"
    )
    assert draw_outline(text) == [
        "# Plan",
        "  ## Month 1: Dice",
        "    ### Week 1: Counting",
        "      #### Day 1",
        "        - roll",
        "      #### Day 2",
        "        - roll again",
    ]


def test_weeks_that_are_one_line_each_are_entries() -> None:
    text = "# Plan\n\nWeek 1: dice\nWeek 2: cards\n\nWeek 3: urns\n"
    assert draw_outline(text)[1:] == ["  - Week 1: dice", "  - Week 2: cards", "  - Week 3: urns"]


def test_lines_are_numbered_as_in_the_file() -> None:
    text = (
        "---\ntitle: x\n---\n<!-- a\nb -->\n# Plan\n```\ncode\n```\ntext\nmore  \nown\n\n"
        "- a\n  - b\n\n|c|\n|-|\n|d|\n"
    )
    section = build_outline(text, "plan.md", ImportNotes()).root.sections[0]
    assert section.line == 6
    assert [block.line for block in section.blocks] == [10, 12, 14, 17]
    entries = section.blocks[2]
    assert isinstance(entries, BulletList)
    assert entries.entries[0].bullets[0].line == 15


def _list_lines(section: Section) -> list[int]:
    return [inner.line for inner in section.walk_sections()]


PIECES = st.sampled_from(
    ["# ", "## ", "- ", "  - ", "    ", "1. ", "[ ] ", "> ", "|", "|-|-|", "\n", "\n\n", "---\n",
    "===\n", "```\n", "**", "*",
     "[a](", "https://b", ")", "<a href='", "'>", "</a>", "<details>", "<summary>", "<!--",
     "-->", "Week 1", "Topics:", "✅ ",
     "ğŸ¯ ", "â€™", "\t", "\u200b", "&amp;", "\\", "`", "~~", "words ", "título", "\ue000",
     "1️⃣ ", "[ref]: x\n", "{", "title: "]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_is_outlined_the_same_way_twice_or_refused(text: str) -> None:
    try:
        first = build_outline(text, "plan.md", ImportNotes())
    except RoadmapError:
        return
    assert build_outline(text, "plan.md", ImportNotes()) == first
    count = text.count("\n") + 1
    assert all(1 <= line <= count for line in _list_lines(first.root))
