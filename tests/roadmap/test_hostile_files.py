"""Files that are no plan, or mean harm: a clear sentence with line and path, and nothing kept.

Time and memory are measured by `python -m benchmarks import`, not here.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.roadmap import RoadmapError
from bot.roadmap.importer import ImportedRoadmap, import_document

SEND = "send the plan as Markdown (.md), plain text (.txt) or YAML (.yaml)."
SAVE = "open the file in a text editor, save it as UTF-8 and send it again."


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return data.getvalue()


def refusal(data: bytes | str, name: str = "plan.md") -> str:
    """Everything that is said about a file that cannot be used."""
    with pytest.raises(RoadmapError) as error:
        import_document(data.encode() if isinstance(data, str) else data, name)
    return str(error.value)


FILES: dict[str, tuple[bytes | str, int, str]] = {
    "of 5 MB": (
        b"# Plan\n- read\n" * 400_000,
        1,
        "Split this file: it can have at most 1 MB.",
    ),
    "empty": (" \r\n\n", 1, f"This file is empty: {SEND}"),
    "zip": (zipped("plan.md"), 1, f"This is a zip file: {SEND}"),
    "docx": (
        zipped("[Content_Types].xml", "word/document.xml"),
        1,
        f"This is a Word document: {SEND}",
    ),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", 1, f"This is a PDF: {SEND}"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0", 1, f"This is a picture: {SEND}"),
    "program": (b"MZ\x90\0\x03", 1, f"This is a program: {SEND}"),
    "web page": (
        "\n<!DOCTYPE html><html><h1>Plan</h1>",
        1,
        f"This is a web page: {SEND}",
    ),
    "bytes": (b"# Plan\n\0\0", 2, f"This line is not valid UTF-8: {SAVE}"),
    "Latin-1": (
        "# Plan\r\r\n- résumé\n".encode("latin-1"),
        3,
        f"This line is not valid UTF-8: {SAVE}",
    ),
    "UTF-16 cut": (
        "# Plan\n".encode("utf-16") + b"a",
        2,
        f"This line is not valid UTF-16: {SAVE}",
    ),
    "long line": (
        "# Plan\n" + "a" * 10_001,
        2,
        "Break this line: it can have at most 10,000 characters.",
    ),
    "many lines": (
        "a\n" * 10_002,
        10_001,
        "Split the file here: it can have at most 10,000 lines.",
    ),
    "many bullets": (
        "- a\n" * 4_001,
        4_001,
        "Split the file here: it can have at most 4,000 list entries.",
    ),
    "many headings": (
        "# a\n" * 2_001,
        2_001,
        "Split the file here: it can have at most 2,000 headings.",
    ),
    "lists fifty deep": (
        "".join(f"{'  ' * depth}- a\n" for depth in range(50)),
        13,
        "Move this up: lists can be at most 12 levels deep.",
    ),
    "quotes fifty deep": (
        "# Plan\n" + "> " * 50 + "a",
        2,
        "Move this up: lists can be at most 12 levels deep.",
    ),
    "lists in one line": (
        "- " * 13 + "a",
        1,
        "Move this up: lists can be at most 12 levels deep.",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_plan_is_refused_with_what_to_do(case: str) -> None:
    data, line, sentence = FILES[case]
    assert refusal(data) == f"plan.md:{line}: the file: {sentence}"


def bomb() -> str:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    rows += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("yaml", "told"),
    [
        (bomb, "plan.yaml:1: a: Remove the anchor &a: anchors are not read; "),
        (
            lambda: "title: !!python/object/apply:os.system [rm]\n",
            "plan.yaml:1: title: Remove the tag !!python/object/",
        ),
        (lambda: "[" * 50 + "]" * 50, "plan.yaml:1: [0][0]"),
        (lambda: "title: Dice\nstages: [\n", "plan.yaml:3: stages"),
        (
            lambda: "title: Di\x07ce\nstages: []\n",
            "plan.yaml:1: the file: Delete the invisible character U+0007",
        ),
        (
            lambda: "- title\n",
            "plan.yaml:1: the file: Write fields such as title: and stages: at the top",
        ),
    ],
    ids=["bomb", "tag", "deep", "open bracket", "control character", "no fields"],
)
def test_yaml_that_means_harm_is_refused_by_the_format(yaml: Callable[[], str], told: str) -> None:
    assert refusal(yaml(), "plan.yaml").startswith(told)


def test_the_problems_of_a_plan_under_an_odd_name_carry_that_name() -> None:
    told = refusal("title: Dice\nsumary: Odds.\n", "My Plan.yaml").splitlines()
    assert (
        'My Plan.yaml:2: sumary: Write "summary" instead of "sumary", or remove this field.' in told
    )
    assert all(line.startswith("My Plan.yaml:") for line in told)


def test_a_plan_of_hundreds_of_weeks_is_refused_at_the_first_too_many() -> None:
    told = refusal(
        "# Plan\n" + "".join(f"## Week {week}\n- read {week}\n" for week in range(1, 301))
    )
    assert told.startswith("plan.md:122: ")
    assert "Split this into two roadmaps: one holds at most 60 weeks." in told


def test_what_would_call_people_or_be_markup_stays_plain_text() -> None:
    text = b"# Plan\n## Week 1\n- Ask @everyone, <@1>, `<!channel>` and &lt;!here&gt; about \\*stars\\*\n"
    (item,) = import_document(text, "plan.md").roadmap.items.values()
    assert item.title == "Ask @everyone, <@1>, <!channel> and <!here> about *stars*"


CROWDS = ["[", "*a **a ", "`a``b", '<a href="', "![", "[a](", "_a__", "&amp", "](<", "~~a", "<b>", "\\[", "- ", "> ", "|", "#",
          "<!--", "http://", "âœ", "✅", "***", "1. ", "[x](y) ", "<details><summary>a</summary>"]  # fmt: skip


def came_of(data: bytes, name: str) -> ImportedRoadmap | RoadmapError:
    """The plan, or why there is none; anything else that is raised is a bug."""
    try:
        return import_document(data, name)
    except RoadmapError as error:
        return error


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_crowd_of_signs_is_read_or_refused(crowd: str) -> None:
    for text in (
        f"# Plan\n\n- do {crowd * (9_000 // len(crowd))}\n",
        f"# Plan\n\n{(crowd * 20 + chr(10)) * 300}\n- do\n",
    ):
        found = came_of(text.encode(), "plan.md")
        assert found.problems if isinstance(found, RoadmapError) else found.roadmap.items


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    st.sampled_from(["a.md", "b.yaml", "c"]),
)
def test_no_file_brings_anything_down(data: bytes, name: str) -> None:
    found = came_of(data, name)
    assert found.problems if isinstance(found, RoadmapError) else found.roadmap.items
