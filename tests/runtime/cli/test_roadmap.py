"""`syllabot roadmap …` on the command line, and plans written out so that they are read back as they were."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot import __main__ as program
from bot.roadmap import Roadmap, parse_roadmap
from bot.roadmap.check import find_inconsistencies
from bot.roadmap.importer import import_document
from bot.roadmap.writer import render_roadmap_json, render_roadmap_yaml
from bot.settings import Settings
from tests.support.room import roadmaps
from tests.support.strategies import worded_plans

PLAN = """\
# Two weeks of chance

## Week 1: Counting
- [ ] Roll two dice

## Week 2: Guessing
- [ ] Guess the urn
- [ ] Guess the urn
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own, with a plan in it, and roadmaps that are read once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "load_bundled_roadmaps", roadmaps)
    Path("chance.md").write_text(PLAN, encoding="utf-8")


def typed(line: str) -> int:
    """The status of `syllabot roadmap` and what follows."""
    asked: argparse.Namespace = program.build_parser().parse_args(["roadmap", *line.split()])
    status: int = asyncio.run(asked.work(Settings(), asked))
    return status


@settings(max_examples=60, deadline=None)
@given(worded_plans())
def test_a_plan_that_was_written_out_is_read_back_as_it_was(data: dict[str, object]) -> None:
    assert not list(find_inconsistencies(data))
    plan = Roadmap.model_validate(data)
    assert import_document(render_roadmap_yaml(plan).encode(), f"{plan.slug}.yaml").roadmap == plan
    assert import_document(render_roadmap_json(plan).encode(), f"{plan.slug}.json").roadmap == plan


def test_a_plan_is_written_as_its_author_would_write_it() -> None:
    plan = parse_roadmap(
        'title: "Chance: a start"\nsummary: Dice.\nstages:\n- {id: dice, title: Dice, time: 2 weeks, items: '
        "[{id: odds, kind: topic, title: 'no', parts: [a, b], essential: false, estimate: 90 minutes}]}\n",
        "chance.yaml",
    )
    assert render_roadmap_yaml(plan) == (
        "# yaml-language-server: $schema=_schema.json\n"
        "title: 'Chance: a start'\n"
        "summary: Dice.\n"
        "\n"
        "stages:\n"
        "  - id: dice\n"
        "    title: Dice\n"
        "    time: 2 weeks\n"
        "    items:\n"
        "      - id: odds\n"
        "        kind: topic\n"
        "        title: 'no'\n"
        "        essential: false\n"
        "        estimate: 90 minutes\n"
        "        parts: [a, b]\n"
    )


def test_import_prints_a_plan_that_can_be_read_and_tells_beside_it_what_was_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed("import chance.md") == 0
    told = capsys.readouterr()
    assert [week.title for week in parse_roadmap(told.out, "chance.yaml").weeks] == [
        "Counting",
        "Guessing",
    ]
    assert "chance.md:7: odd: “Guess the urn” is in “Two weeks of chance” twice: " in told.err
    assert told.err.endswith(
        "Good to add later. Of 3 items: 3 without estimate, 3 without link, 3 without done_when.\n"
        "2 weeks, 3 items\n"
    )


def test_import_writes_no_file_over_another_unless_it_is_forced_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("mine.json").write_text("mine", encoding="utf-8")
    assert typed("import chance.md --json -o mine.json") == 1
    sentence = "mine.json already exists: choose another name, or replace it with --force.\n"
    assert capsys.readouterr().err == sentence
    assert Path("mine.json").read_text(encoding="utf-8") == "mine"
    assert typed("import chance.md --json -o mine.json --force") == 0
    assert (
        json.loads(Path("mine.json").read_text(encoding="utf-8"))["title"] == "Two weeks of chance"
    )
    assert capsys.readouterr().out == ""


def test_check_says_in_one_line_that_a_plan_is_fine_and_what_is_odd_about_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed("check chance.md") == 0
    fine, odd, *advice = capsys.readouterr().out.splitlines()
    assert fine == "Fine: 2 weeks, 3 items"
    assert odd == (
        "chance.md:7: “Guess the urn” is in “Two weeks of chance” twice: "
        "rename or remove one of them."
    )
    assert [line.partition(":")[0] for line in advice] == ["Advice"] * len(advice)


def test_check_tells_what_does_not_add_up_in_our_own_format_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("dice.yaml").write_text(
        """\
title: Dice
summary: Odds.
stages:
  - id: start
    title: Start
    time: 1 month
    weeks:
      - {id: one, title: One, items: [{id: a, kind: topic, title: A, resources: [course, other, book]}]}
      - {id: two, title: Two, kind: break}
  - id: more
    title: More
    time: 2-3 months
    stages:
      - {id: x, title: X, time: 8 weeks, items: [{id: b, kind: topic, title: B}]}
      - {id: y, title: Y, time: 1+ weeks, items: [{id: c, kind: topic, title: C}]}
resources:
  - {id: course, kind: course, title: A course}
  - {id: book, kind: book, title: A book}
  - {id: other, kind: site, title: A site, link: "https://example.org/"}
  - {id: third, kind: docs, title: The same, link: "https://example.org/"}
""",
        encoding="utf-8",
    )
    assert typed("check dice.yaml") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Fine: 2 weeks, 3 items, 4 resources",
        "dice.yaml:4: “Start” says 1 month, but its parts add up to 2 weeks: "
        "correct one of the two.",
        "dice.yaml:17: Add a link to this resource: “A course”.",
        "dice.yaml:19: 2 resources have the same link, so keep one: https://example.org/.",
        "Advice: Add an estimate to 3 items in stages “Start”, “X” and “Y”: "
        "the weekly post then says how long it takes.",
        "Advice: Add a resource with a link to 2 items in stages “X” and “Y”: "
        "people then know what to click first.",
        "Advice: Add done_when to 3 items in stages “Start”, “X” and “Y”: "
        "people then know when they are done.",
    ]


def test_check_names_the_place_of_every_problem(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = b"title: Chance\nsummary: Dice.\nstages:\n  - {id: Dice, title: Dice, items: [{id: a, kind: topic}]}\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(wrong)))
    assert typed("check -") == 1
    assert capsys.readouterr().err == (
        "-:4: stages[0].id: Write an id of lower-case letters and digits, its words joined by single hyphens, starting "
        "with a letter, such as gradient-descent.\n"
        '-:4: stages[0].items[0].title: Add the field "title" here.\n'
    )


def test_show_prints_everything_a_roadmap_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("show ai-ml-engineer-12-weeks") == 0
    shown = " ".join(capsys.readouterr().out.split())
    plan = roadmaps()["ai-ml-engineer-12-weeks"]
    texts = [
        plan.title,
        plan.summary,
        *(week.title for week in plan.weeks),
        *(one.title for one in plan.items.values()),
    ]
    texts += [text for one in plan.resources for text in (one.title, one.link or "")]
    assert [text for text in texts if " ".join(text.split()) not in shown] == []


def test_show_prints_what_an_item_is_learnt_from_below_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = "title: Dice\nsummary: Odds.\nstages: [{id: d, title: D, items: [{id: a, kind: topic, title: A, resources: [b]}]}]"
    Path("dice.yaml").write_text(
        f"{line}\nresources: [{{id: b, kind: book, title: A book}}]\n", encoding="utf-8"
    )
    assert typed("show dice.yaml") == 0
    assert "  - A (topic)\n    From: A book\n" in capsys.readouterr().out


def test_fit_prints_the_weeks_of_a_file_or_a_bundled_roadmap(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed("fit chance.md --weeks 2") == 0
    assert capsys.readouterr().out.splitlines()[:5] == [
        "Two weeks of chance: 2 weeks",
        "",
        "Week 1: Counting (Two weeks of chance)",
        "  - Roll two dice",
        "",
    ]
    assert typed("fit ai-ml-engineer-12-weeks --weeks 0") == 1
    assert (
        capsys.readouterr().err
        == "A cohort can have 1 to 104 weeks: choose a number in that range.\n"
    )


def test_export_gives_a_bundled_roadmap_back(capsys: pytest.CaptureFixture[str]) -> None:
    for slug, plan in roadmaps().items():
        assert typed(f"export {slug}") == 0
        assert parse_roadmap(capsys.readouterr().out, f"{slug}.yaml") == plan


def test_what_is_neither_a_file_nor_a_roadmap_is_refused_with_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed("show nothing") == 1
    told = capsys.readouterr().err
    assert told.startswith(
        "There is neither a file nor a roadmap called nothing: the roadmaps are ai-ml-career-card, "
    )
    assert typed("check nothing.md") == 1
    assert (
        capsys.readouterr().err
        == "nothing.md cannot be read (No such file or directory): give the path of a file.\n"
    )


def test_a_file_of_five_megabytes_is_not_read_to_its_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Path("large.md").open("wb") as large:
        large.truncate(5_000_000)
    assert typed("check large.md") == 1
    told = capsys.readouterr().err
    assert told == "large.md:1: the file: Split this file: it can have at most 1 MB.\n"
