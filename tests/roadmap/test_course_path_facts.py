"""The path of courses keeps every fact, link and route of the article it retells."""

from __future__ import annotations

from datetime import date

from bot.roadmap import parse_roadmap
from tests.support.paths import ROOT
from tests.support.roadmap_facts import complaints, facts, source

FILE = ROOT / "roadmaps" / "ai-ml-course-path.yaml"
PLAN = parse_roadmap(FILE.read_text(encoding="utf-8"), FILE.name)


def test_every_line_of_the_article_is_kept_and_nothing_is_claimed_beyond_it() -> None:
    assert complaints(PLAN, source("001.md"), facts(PLAN.slug)) == []


def test_the_author_and_the_day_are_named() -> None:
    assert PLAN.provenance is not None
    assert (PLAN.provenance.author, PLAN.provenance.published) == ("Tim Coelho", date(2024, 7, 13))
    assert PLAN.provenance.tags == ("Tech", "AI & ML", "Data Science")
    assert PLAN.provenance.link is None


def test_python_and_mathematics_come_before_the_two_specialisations() -> None:
    assert [(stage.id, stage.requires) for stage in PLAN.stages] == [
        ("python", ()),
        ("mathematics", ()),
        ("machine-learning", ("python", "mathematics")),
        ("deep-learning", ("machine-learning",)),
        ("branches", ("machine-learning", "deep-learning")),
        ("a-to-z", ()),
    ]
    king = [resource.title for resource in PLAN.resources if resource.author == "Krista King"]
    assert king == ["Algebra", "Statistics", "Linear Algebra", "Basic Calculus"]


def test_the_alternate_routes_stand_beside_what_they_replace() -> None:
    routes = {choice.id: (choice.pick, choice.default) for choice in PLAN.all_choices}
    assert routes == {
        "machine-learning-route": ("one", ("ml-by-course",)),
        "deep-learning-route": ("one", ("dl-with-tensorflow",)),
        "branch": ("any", ("by-deeplearning-ai", "by-tensorflow", "by-kaggle")),
        "a-to-z-course": ("any", ()),
    }
    assert PLAN.equivalents == (
        ("ml-specialization", "watch-cs229"),
        ("dl-specialization", "ibm-ai-engineer", "watch-cs230"),
    )
    by_track = {
        (option.track, option.takes)
        for choice in PLAN.all_choices
        for option in choice.options
        if option.track
    }
    assert by_track == {
        ("tensorflow", ("dl-specialization",)),
        ("pytorch", ("ibm-ai-engineer",)),
        ("lectures", ("watch-cs229",)),
        ("lectures", ("watch-cs230",)),
    }


def test_ibm_is_the_one_route_that_asks_for_the_machine_learning_specialisation_first() -> None:
    asking = {
        option.id: option.requires
        for choice in PLAN.all_choices
        for option in choice.options
        if option.requires
    }
    assert asking == {"dl-with-pytorch": ("ml-specialization",)}


def test_only_the_additional_courses_may_be_left_out() -> None:
    assert [item.id for item in PLAN.items.values() if not item.essential] == [
        "machine-learning-a-z",
        "deep-learning-a-z",
        "ai-llm-a-z",
    ]


def test_every_item_says_with_what_to_do_it() -> None:
    assert [item.id for item in PLAN.items.values() if not item.resources] == []
    used = {name for item in PLAN.items.values() for name in item.resources}
    assert [each.id for each in PLAN.resources if each.id not in used] == ["krista-king"]
