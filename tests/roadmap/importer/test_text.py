"""From bytes to readable text: encodings, damaged letters, remains of web pages, front matter."""

from __future__ import annotations

import codecs
import subprocess
import sys

import pytest

from bot.roadmap.importer import import_document
from bot.roadmap.importer.document import build_outline
from bot.roadmap.importer.file import decode_document, is_native_format
from bot.roadmap.importer.report import ImportNotes, ReportEntry
from tests.support.outline_text import draw_outline, report_outline

PLAN = (
    "title: Dice\nsummary: Odds.\nstages: [{id: dice, title: Dice, "
    "items: [{id: odds, kind: topic, title: Odds}]}]\n"
)


@pytest.mark.parametrize(
    "data",
    [
        "# Été\r\n- Øl".encode(),
        codecs.BOM_UTF8 + "# Été\n- Øl".encode(),
        "# Été\r- Øl".encode("utf-16"),
        codecs.BOM_UTF16_BE + "# Été\n- Øl".encode("utf-16-be"),
    ],
    ids=["UTF-8", "UTF-8 with a mark", "UTF-16", "UTF-16 the other way round"],
)
def test_text_is_read_with_whatever_ends_its_lines_and_says_its_encoding(data: bytes) -> None:
    assert decode_document(data, "plan.md") == "# Été\n- Øl"


@pytest.mark.parametrize(
    ("text", "name", "ours"),
    [
        ("# Dice", "plan.md", False),
        ("# Dice", "plan.YAML", True),
        ('{"title": "Dice"}', "plan", True),
        (PLAN, "message.txt", True),
        (f"---\n{PLAN}", "message.txt", True),
        (f"---\n{PLAN}---\n# Dice", "message.txt", False),
        (PLAN, "plan.md", False),
        ("{% raw %}\n# Dice", "plan.txt", False),
    ],
)
def test_our_own_format_is_known_by_its_ending_or_by_how_it_looks(
    text: str, name: str, ours: bool
) -> None:
    assert is_native_format(text, name) is ours


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("dice.yaml", "dice"),
        ("My Dice (2).yaml", "my-dice-2"),
        ("Würfel/Plan.yml", "plan"),
        ("骰.yaml", "dice"),
    ],
)
def test_a_plan_in_our_format_may_come_under_any_name(name: str, slug: str) -> None:
    assert import_document(PLAN.encode(), name).roadmap.slug == slug


def test_damage_is_put_right_and_told_once_for_all_lines() -> None:
    text = "# Andrewâ€™s cafÃ©\n- âœ… donâ€™t\n- câ€™est “vrai”, 'vrai', \"vrai\" â€“ oui\n"
    assert draw_outline(text) == [
        "# Andrew’s café",
        "  - don’t",
        "  - c’est “vrai”, 'vrai', \"vrai\" – oui",
    ]
    assert report_outline(text).list_entries_of_kind("repaired") == (
        ReportEntry(
            1,
            "repaired",
            "I repaired damaged letters: “â€™” is now “’”. This happens 2 more times below.",
        ),
        ReportEntry(1, "repaired", "I repaired damaged letters: “Ã©” is now “é”."),
        ReportEntry(2, "repaired", "I repaired damaged letters: “âœ…” is now “✅”."),
        ReportEntry(3, "repaired", "I repaired damaged letters: “â€“” is now “–”."),
    )


def test_a_repair_that_would_bring_a_rare_sign_or_lose_a_space_is_not_made() -> None:
    # ftfy makes an unassigned sign of the first three letters and swallows the space after them.
    text = "# Plan\n\n## **ğŸ¯ Phase 1: Basics**\n\n- read\n"
    assert draw_outline(text) == ["# Plan", "  ## Phase 1: Basics", "    - read"]
    assert report_outline(text).entries == (
        ReportEntry(3, "dropped", "I left out “ğŸ¯”: this sign is too damaged to repair."),
    )


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("### 1ï¸âƒ£ Mathematics", "### Mathematics"),
        ("### πŸ›\xa0οΈ Skills", "### Skills"),
        ("### π and τ", "### π and τ"),
        ("### Ελληνικά", "### Ελληνικά"),
    ],
)
def test_only_damage_before_the_words_is_dropped(line: str, left: str) -> None:
    assert draw_outline(line) == [left]


def test_damage_between_words_that_cannot_be_put_right_stays_and_is_odd() -> None:
    text = "# Plan\n- read the πŸ€– chapter\n"
    assert draw_outline(text) == ["# Plan", "  - read the πŸ€– chapter"]
    assert report_outline(text).entries == (
        ReportEntry(2, "odd", "“πŸ€–” is too damaged to repair: write it again."),
    )


def test_letters_of_another_script_are_believed_when_several_lines_agree() -> None:
    words = [
        f"- {word}".encode().decode("sloppy-windows-1252")
        for word in ("привет", "спасибо", "пожалуйста")
    ]
    assert draw_outline("# Plan\n" + "\n".join(words))[1:] == [
        "  - привет",
        "  - спасибо",
        "  - пожалуйста",
    ]
    assert draw_outline(f"# Plan\n{words[0]}\n")[1] != "  - привет"


def test_a_damaged_arrow_is_put_right_where_the_rest_is_damaged_too() -> None:
    assert draw_outline("# πŸ€– Plan\n- junior β†’ senior\n")[1] == "  - junior → senior"
    assert draw_outline("# Plan\n- junior β†’ senior\n")[1] == "  - junior β†’ senior"


def test_characters_nobody_sees_are_removed_and_counted() -> None:
    text = "# Pl\u200ban\n- a\x07 \u202etxet\u202c\n- नमस्\u200dते\x0b\n"
    assert draw_outline(text) == ["# Plan", "  - a txet", "  - नमस्\u200dते"]
    assert report_outline(text).entries == (
        ReportEntry(1, "repaired", "I removed 5 invisible characters, the first one here."),
    )


def test_leftovers_of_pages_are_dropped_and_report_outline() -> None:
    text = """\
Skip to main content
[![build](b.svg)](b) ![coverage](c.svg)
<!-- a note
# no heading -->
import Box from '../box'

# Plan
[Edit this page](https://example.org/edit)

## Table of contents
- [Week 1](#week-1)

## Week 1
- read
1. Go back to Career Paths
[[toc]]
```python
# code
```
<script>
# more code
</script>
↑ Back to top
"""
    assert draw_outline(text) == ["# Plan", "  ## Week 1", "    - read"]
    assert [(entry.line, entry.kind, entry.sentence) for entry in report_outline(text).entries] == [
        (
            1,
            "dropped",
            "I left out “Skip to main content”: it belongs to the web page, not to the plan.",
        ),
        (2, "dropped", "I left out a picture."),
        (5, "dropped", "I left out a line of program code."),
        (8, "dropped", "I left out “Edit this page”: it belongs to the web page, not to the plan."),
        (11, "dropped", "I left out the table of contents."),
        (
            15,
            "dropped",
            "I left out “Go back to Career Paths”: it belongs to the web page, not to the plan.",
        ),
        (16, "dropped", "I left out “toc”: it belongs to the web page, not to the plan."),
        (17, "dropped", "I left out a block of code. This happens once more below."),
        (23, "dropped", "I left out “Back to top”: it belongs to the web page, not to the plan."),
    ]


def test_what_only_resembles_leftovers_stays() -> None:
    text = (
        "# Plan\n## Contents\n- [The course](https://example.org)\n"
        "- Edit this page of your diary\n- Import data\n"
    )
    assert draw_outline(text)[1:] == [
        "  ## Contents",
        "    - The course (The course → https://example.org)",
        "    - Edit this page of your diary",
        "    - Import data",
    ]
    assert report_outline(text).entries == ()


@pytest.mark.parametrize(
    "text", ["```\n# Plan\n- read\n```\n", "Here:\n```md\n# Plan\n- read\n```\n"]
)
def test_a_plan_between_fences_is_read(text: str) -> None:
    assert draw_outline(text)[-2:] == ["# Plan", "  - read"]


def test_a_fence_that_is_never_closed_hides_nothing() -> None:
    text = "# Plan\n```\n- read\n"
    assert draw_outline(text) == ["# Plan", "  - read"]
    assert report_outline(text).entries == (
        ReportEntry(2, "odd", "Close the block that starts with ```: I read it as plain text."),
    )


@pytest.mark.parametrize(
    ("matter", "front"),
    [
        (
            "title: Dice\ntags:\n  - a\n  - B & C\nlayout: x\n",
            {"title": "Dice", "tags": ("a", "B & C")},
        ),
        (
            "title: Dice: the odds\ntags: [a, 'b']\n",
            {"title": "Dice: the odds", "tags": ("a", "b")},
        ),
        (
            "title: &a [x, x]\nmore: [*a, *a]\nauthor: *a\n",
            {"title": ("x", "x"), "author": ("x", "x")},
        ),
        ("title: !!python/object:os.system Dice\n", {"title": "Dice"}),
    ],
    ids=["YAML", "a colon too many", "aliases", "a tag"],
)
def test_front_matter_is_plain_text_by_name(matter: str, front: dict[str, object]) -> None:
    outline = build_outline(f"---\n{matter}---\n# Plan\n- read\n", "plan.md", ImportNotes())
    assert outline.front == front
    assert [section.heading.text for section in outline.root.sections] == ["Plan"]


def test_a_line_across_the_page_is_no_front_matter() -> None:
    assert draw_outline("---\nHello\n\n---\n- read\n") == ["Hello", "- read"]


def test_the_parsers_are_loaded_with_the_first_file_and_not_with_the_bot() -> None:
    code = (
        "import sys, bot.roadmap.importer; "
        "print(sorted({'markdown_it', 'ftfy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
