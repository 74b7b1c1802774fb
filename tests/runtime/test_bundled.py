"""A folder of roadmaps is opened by its index: only files it does not know are parsed at the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.group.gallery import RoadmapShelf, build_card
from bot.roadmap import RoadmapError, parse_roadmap
from bot.runtime import bundled
from bot.runtime.bundled import INDEX, build_roadmap_index, open_roadmap_folder

PLAN = """\
title: {title}
summary: Dice.
subject: Mathematics
audience: People who throw dice
stages:
  - id: start
    title: Start
    weeks:
      - {{id: one, title: One, items: [{{id: a, kind: topic, title: A, estimate: 90 minutes}}]}}
      - {{id: two, title: Two, items: [{{id: b, kind: topic, title: B, estimate: 150 minutes}}]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two roadmaps and an index."""
    for name in ("cards", "dice"):
        (tmp_path / f"{name}.yaml").write_text(PLAN.format(title=name.capitalize()), "utf-8")
    (tmp_path / "_notes.yaml").write_text("not a roadmap", "utf-8")
    (tmp_path / INDEX).write_text(build_roadmap_index(tmp_path), "utf-8")
    return tmp_path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are parsed from now on."""
    names: list[str] = []

    def parse(text: str, name: str) -> object:
        names.append(name)
        return parse_roadmap(text, name)

    monkeypatch.setattr(bundled, "parse_roadmap", parse)
    return names


def test_known_files_are_parsed_when_they_are_opened(folder: Path, parsed: list[str]) -> None:
    shelf = open_roadmap_folder(folder)
    card = shelf.get_card("dice")
    assert list(shelf) == ["cards", "dice"]
    assert "dice" in shelf
    assert "_notes" not in shelf
    assert shelf.get("chess") is None
    assert (card.title, card.subject, card.audience) == (
        "Dice",
        "Mathematics",
        "People who throw dice",
    )
    assert (card.week_count, card.item_count, card.weekly_minutes) == (2, 2, 120)
    assert parsed == []
    assert shelf.get_digest("dice") == shelf["dice"].digest
    assert shelf["dice"] is shelf["dice"]
    assert build_card(shelf["dice"]) == card
    assert parsed == ["dice.yaml"]


def test_a_new_or_an_edited_file_is_parsed_at_once(folder: Path, parsed: list[str]) -> None:
    (folder / "coins.yaml").write_text(PLAN.format(title="Coins"), "utf-8")
    (folder / "dice.yaml").write_text(PLAN.format(title="More dice"), "utf-8")
    shelf = open_roadmap_folder(folder)
    assert parsed == ["coins.yaml", "dice.yaml"]
    assert [shelf.get_card(slug).title for slug in shelf] == ["Cards", "Coins", "More dice"]
    (folder / "dice.yaml").write_text("title: Dice", "utf-8")
    with pytest.raises(RoadmapError, match=r"dice\.yaml:1: "):
        open_roadmap_folder(folder)


def test_a_renamed_file_is_another_roadmap(folder: Path) -> None:
    (folder / "dice.yaml").rename(folder / "coins.yaml")
    assert list(open_roadmap_folder(folder)) == ["cards", "coins"]


@pytest.mark.parametrize("index", ["", "{", "[]", '{"a": {}}', '{"a": 1}', "null"])
def test_without_a_readable_index_everything_is_parsed(
    folder: Path, parsed: list[str], index: str
) -> None:
    (folder / INDEX).write_text(index, "utf-8")
    assert len(open_roadmap_folder(folder)) == 2
    assert parsed == ["cards.yaml", "dice.yaml"]


def test_a_shelf_of_loaded_roadmaps_stays_the_same_shelf(folder: Path) -> None:
    shelf = RoadmapShelf.from_roadmaps(dict(open_roadmap_folder(folder)))
    assert RoadmapShelf.from_roadmaps(shelf) is shelf
    assert shelf.get_card("dice").title == "Dice"
    assert shelf.get_digest("dice") == shelf["dice"].digest
