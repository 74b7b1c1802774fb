"""The career roadmap and the career card keep every fact of the documents they retell, and claim nothing more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.roadmap import Roadmap, Stage, parse_roadmap
from tests.support.paths import ROOT
from tests.support.roadmap_facts import complaints, facts, source

ROADMAPS = ROOT / "roadmaps"
ROADMAP, CARD = "ai-ml-career-roadmap", "ai-ml-career-card"


def load(slug: str) -> Roadmap:
    return parse_roadmap((ROADMAPS / f"{slug}.yaml").read_text(encoding="utf-8"), f"{slug}.yaml")


@pytest.mark.parametrize(("slug", "document"), [(ROADMAP, "002.md"), (CARD, "004.txt")])
def test_every_line_of_the_document_is_kept_and_nothing_is_claimed_beyond_it(
    slug: str, document: str
) -> None:
    assert complaints(load(slug), source(document), facts(slug)) == []


@pytest.mark.parametrize("slug", [ROADMAP, CARD])
def test_each_phase_waits_for_the_one_before(slug: str) -> None:
    stages = load(slug).stages
    assert [stage.requires for stage in stages] == [(), *((stage.id,) for stage in stages[:-1])]


def blocks(stages: tuple[Stage, ...]) -> Iterator[Stage]:
    for stage in stages:
        yield from blocks(stage.stages) if stage.stages else [stage]


def test_each_of_the_ten_blocks_has_a_course_four_topics_and_two_projects() -> None:
    plan = load(ROADMAP)
    foundation, *phases = plan.stages
    assert [len(phase.stages) for phase in phases] == [2, 3, 3]
    ten = list(blocks(tuple(phases)))
    assert len(ten) == 10
    for block in ten:
        assert [item.kind for item in block.items] == ["topic"] * 4 + ["project"] * 2
        assert len(block.resources) == 1
    courses = [*foundation.resources, *(block.resources[0] for block in ten)]
    assert courses == [
        resource.id for resource in plan.resources if resource.link and not resource.added
    ]


def test_the_times_that_do_not_add_up_are_both_kept_and_told() -> None:
    plan = load(ROADMAP)
    assert plan.provenance is not None
    note = " ".join(plan.provenance.notes[1].split())
    for number, phase in enumerate(plan.stages[1:], 1):
        modules = [stage.time for stage in phase.stages]
        weeks = sum(
            time.min for time in modules if time and time.unit == "weeks" and time.min == time.max
        )
        assert (
            f"Phase {number} is given {phase.time}, and its modules make {weeks:g} weeks." in note
        )


def test_the_card_lists_no_resources_but_ours_and_says_why() -> None:
    plan = load(CARD)
    assert {resource.added for resource in plan.resources} == {True}
    assert plan.provenance is not None
    assert any(
        "learning resources" in note and "names none" in note for note in plan.provenance.notes
    )


def test_the_card_lets_each_member_choose_one_niche_by_track() -> None:
    plan = load(CARD)
    (niche,) = plan.all_choices
    assert (niche.pick, niche.default) == ("one", ())
    for option in niche.options:
        assert [plan.items[taken].track for taken in option.takes] == [option.track]
    assert [option.track for option in niche.options] == [track.id for track in plan.tracks]


@pytest.mark.parametrize(
    ("document", "damage"),
    [("002.md", "Consulting opportunities"), ("004.txt", "Go back to Career Paths")],
)
def test_a_document_still_ends_without_a_newline(document: str, damage: str) -> None:
    assert source(document)[-1].endswith(damage)


def test_the_card_still_has_its_broken_characters() -> None:
    assert "πŸ€– AI & Machine Learning" in source("004.txt")[2]
