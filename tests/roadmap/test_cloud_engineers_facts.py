"""The references for cloud engineers keep every fact of the page they retell, in its order."""

from __future__ import annotations

from bot.roadmap import parse_roadmap
from tests.support.paths import ROOT
from tests.support.roadmap_facts import complaints, facts, source

FILE = ROOT / "roadmaps" / "ai-ml-for-cloud-engineers.yaml"
PLAN = parse_roadmap(FILE.read_text(encoding="utf-8"), FILE.name)


def test_every_line_of_the_page_is_kept_and_nothing_is_claimed_beyond_it() -> None:
    assert complaints(PLAN, source("000.md"), facts(PLAN.slug)) == []


def test_four_areas_come_first_and_three_phases_follow_each_other() -> None:
    before, *phases = PLAN.stages
    assert [area.id for area in before.stages] == [
        "mathematics",
        "python",
        "algorithms",
        "data-and-mlops",
    ]
    assert [len(area.items) for area in before.stages] == [3, 4, 4, 4]
    assert [(phase.id, str(phase.time), phase.requires) for phase in phases] == [
        ("basics", "2-3 months", ("prerequisites",)),
        ("engineering", "3-4 months", ("basics",)),
        ("specialisation", "6+ months", ("engineering",)),
    ]
    assert [stage.id for stage in PLAN.all_stages if stage.time and stage.time.is_open_ended] == [
        "specialisation"
    ]


def test_the_items_stand_in_the_order_of_the_page() -> None:
    first: dict[str, int] = {}
    for fact in facts(PLAN.slug):
        *_, field, name, _ = ("", "", *fact.at.split("."))
        if field == "items":
            first.setdefault(name, fact.line)
    assert list(first) == list(PLAN.items)
    assert list(first.values()) == sorted(first.values())


def test_what_the_page_joins_with_or_is_a_choice_of_one() -> None:
    assert [
        (choice.pick, [option.takes for option in choice.options]) for choice in PLAN.all_choices
    ] == [
        ("one", [("master-tensorflow",), ("master-pytorch",)]),
        ("one", [("earn-dp-100",), ("earn-aws-ml",)]),
        ("one", [("computer-vision",), ("natural-language",)]),
        ("one", [("earn-google-ml",), ("take-cs229",)]),
    ]
    assert [choice.id for choice in PLAN.all_choices if choice.default] == []
    assert [option.track for option in PLAN.all_choices[2].options] == ["vision", "language"]


def test_there_are_three_certificates_of_each_level_where_the_page_lists_them() -> None:
    assert [(certificate.level, certificate.id) for certificate in PLAN.certificates] == [
        ("beginner", "tensorflow-developer"),
        ("beginner", "ai-900"),
        ("beginner", "aws-ml-specialty"),
        ("intermediate", "dp-100"),
        ("intermediate", "google-ml-engineer"),
        ("intermediate", "ibm-ai-engineering"),
        ("advanced", "tensorflow-professional"),
        ("advanced", "cs229"),
        ("advanced", "deep-learning-specialization"),
    ]
    earned = {item.id: item.earns for item in PLAN.items.values() if item.earns}
    assert earned == {
        "earn-dp-100": "dp-100",
        "earn-aws-ml": "aws-ml-specialty",
        "earn-google-ml": "google-ml-engineer",
        "take-cs229": "cs229",
    }


def test_what_is_odd_in_the_page_is_said_and_not_corrected() -> None:
    assert PLAN.provenance is not None
    notes = " ".join(PLAN.provenance.notes)
    for odd in (
        "a specialty (AWS",
        "CS229",
        "two TensorFlow certificates",
        "Azure AI Engineer Associate",
        "broken",
    ):
        assert odd in notes
