"""What makes a plan complete is counted, and the example of the authors' page is complete."""

from __future__ import annotations

import re

import pytest

from bot.roadmap import parse_roadmap
from tests.support.complete_plan import list_omissions
from tests.support.paths import ROOT

PAGE = (ROOT / "roadmaps/README.md").read_text("utf-8")
EXAMPLE: str = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)[0]


def changed(old: str, new: str) -> str:
    assert EXAMPLE.count(old) == 1, f"{old!r} must stand in the example once"
    return EXAMPLE.replace(old, new)


def test_the_example_of_the_authors_page_is_complete() -> None:
    assert list_omissions(parse_roadmap(EXAMPLE, "probability.yaml")) == []


@pytest.mark.parametrize(
    ("old", "new", "omission"),
    [
        ("subject: Data\n", "", "the plan: subject"),
        ("audience: People who can work with fractions\n", "", "the plan: audience"),
        (
            "    summary: Chance can be counted, and new facts change the count.\n",
            "",
            "chance: summary",
        ),
        (
            "        summary: New facts rarely prove anything, but they can change what is likely.\n",
            "",
            "updating: summary",
        ),
        ("estimate: 1.5 hours", "estimate: 2 days", "sample-spaces: estimate in minutes or hours"),
        ("            estimate: 30 minutes\n", "", "two-dice: estimate in minutes or hours"),
        (
            "            resources: [probability-chapter]\n",
            "",
            "two-dice: resources",
        ),
        (
            "            done_when: You can explain the result for a rare illness to a friend.\n",
            "",
            "bayes: done_when",
        ),
        (
            "              answer: Most people are healthy, so even a few wrong results outnumber "
            "the right ones.\n",
            "",
            "bayes: recall with its answer",
        ),
        ("    seen: AllenDowney/ThinkBayes2/chap01.html\n", "", "probability-chapter: seen"),
        (
            "    title: Think Bayes, on paper\n",
            "    title: Think Bayes, on paper\n    link: https://a.example.org/\n    seen: a/b\n",
            "think-bayes: checked",
        ),
    ],
)
def test_whatever_is_left_out_is_named_with_its_place(old: str, new: str, omission: str) -> None:
    assert list_omissions(parse_roadmap(changed(old, new), "probability.yaml")) == [omission]


def test_the_first_resource_is_free_and_still_offered() -> None:
    link = "    link: https://allendowney.github.io/ThinkBayes2/chap02.html\n"
    wanting = ["bayes: a free first resource", "guess-the-urn: a free first resource"]
    for field in ("cost: 20 dollars a month", "retired: It is gone."):
        plan = parse_roadmap(changed(link, f"{link}    {field}\n"), "probability.yaml")
        assert list_omissions(plan) == wanting
    plan = parse_roadmap(changed(link, f"{link}    cost: Free to read\n"), "probability.yaml")
    assert list_omissions(plan) == []
