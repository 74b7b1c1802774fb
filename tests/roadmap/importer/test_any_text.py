"""Any text at all is a valid plan or refused, always in the same way."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.roadmap import Certificate, Resource, Roadmap, RoadmapError, Stage, is_link
from tests.support.imports import import_text

_WORDS = st.sampled_from(
    [
        "Week", "Day", "Phase", "Module", "1", "2-3", "4–1", "(4 weeks)", "(optional)", "Loops",
        "**Topics**:", "Practice:",
        "Course:",
        "[x](https://a.org/x)", "[y](javascript:alert(1))", "<a href='https://b.org'>z</a>",
        "[q](#a)", "Resources", "Projects",
        "Certificates", "by Ada Byron", "“Book”", "é", "日本", "|", "–", "→", "Myth:", "Reality:",
        "?", "(a, b)", "or",
        "(e.g., x)",
        "~30 min", "Overview", "Prerequisites", "Tips", "Option A", "Option B", "choose one",
        "Beginner", "No class", "\u202e",
        "\u200b", "🎯", "Duration: 4 weeks", "Platform:", "Quiz:", "word " * 20, "0", "٣",
        "@everyone",
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


def _list_links(roadmap: Roadmap) -> list[str]:
    holders: list[Resource | Certificate] = [*roadmap.resources, *roadmap.certificates]
    return [holder.link for holder in holders if holder.link is not None]


def _list_titles(stages: tuple[Stage, ...]) -> list[str]:
    return [title for stage in stages for title in (stage.title, *_list_titles(stage.stages))]


@settings(max_examples=60, deadline=None)
@given(st.lists(_LINES, max_size=30).map("\n".join))
def test_any_text_is_a_valid_plan_or_refused_always_the_same_and_links_only_to_the_web(
    text: str,
) -> None:
    try:
        imported = import_text(text)
    except RoadmapError:
        return
    assert import_text(text) == imported
    assert Roadmap.from_json(imported.roadmap.to_json()) == imported.roadmap
    assert all(map(is_link, _list_links(imported.roadmap)))
    assert all(_list_titles(imported.roadmap.stages))
    assert all(0 <= entry.line <= text.count("\n") + 1 for entry in imported.report.entries)
