"""Ids, and the limits of a roadmap."""

from __future__ import annotations

import pytest

from bot.roadmap import RoadmapError
from tests.support.imports import import_roadmap, import_text


def test_ids_are_words_unique_and_stay_when_something_is_added_at_the_end() -> None:
    text = (
        "# C\n\n## Week 1: Loops\n\n- Review\n- Café\n- Week 2\n\n## Week 2: Lists\n\n"
        "- Review\n- Review\n- 日本語\n"
    )
    ids = list(import_roadmap(text).items)
    assert ids == ["review", "cafe", "in-week-2", "review-lists", "review-lists-2", "topic-1"]
    more = import_roadmap(f"{text}- Loops\n- 中文\n\n## Resources\n\n- A book\n")
    assert list(more.items) == [*ids, "loops-lists", "topic-2"]
    assert [week.id for week in more.weeks] == ["loops", "lists"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# C\n\nOnly words.\n",
        "loops.md:1: the file: I found nothing to tick in loops.md: write the tasks as bullets "
         "below headings such as Week 1."),
        ("# C\n" + "".join(f"## Week {n}\n- a\n" for n in range(1, 62)),
         "loops.md:122: stages[0].weeks[60]: Split this into two roadmaps: "
         "one holds at most 60 weeks."),
    ],
    ids=["nothing to tick", "too many weeks"],
)  # fmt: skip
def test_what_no_roadmap_holds_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(RoadmapError) as error:
        import_text(text)
    assert str(error.value) == sentence


def test_long_lists_and_texts_are_shortened_and_told() -> None:
    many = "".join(f"  - part {number}\n" for number in range(50))
    tips = "".join(f"- tip {number}\n" for number in range(90))
    roadmap = import_roadmap(
        f"# C\n\n## Week 1\n\n- Walk\n{many}\n## Tips\n\n{tips}\n## Overview\n\n"
        f"{'A word. ' * 400}\n"
    )
    (item,) = roadmap.items.values()
    assert (len(item.parts), (item.summary or "").startswith("part 40; part 41")) == (40, True)
    assert [len(info.points) for info in roadmap.info if info.kind == "tips"] == [40, 40, 10]
    assert len(roadmap.summary) <= 2000
