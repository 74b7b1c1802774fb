"""A plan says its subject, its readers, what was added to its source, and where links were seen."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.roadmap import Roadmap, RoadmapError, parse_roadmap
from bot.roadmap.text_page import render_roadmap_text
from bot.roadmap.writer import render_roadmap_json, render_roadmap_yaml

PLAN = """\
title: Dice
summary: Two weeks of chance.
subject: Mathematics
audience: People who throw dice
stages:
  - id: start
    title: The start
    summary: We begin with dice.
    added: [summary]
    weeks:
      - id: counting
        title: Counting
        added: true
        items:
          - id: spaces
            kind: topic
            title: Sample spaces
            estimate: 1 hour
            resources: [site, book]
            added: [estimate, resources]
          - id: proof
            kind: topic
            title: A proof
            essential: false
            added: true
resources:
  - id: site
    kind: site
    title: Seeing chance
    link: https://chance.example.org/dice
    checked: 2026-11-29
    seen: chance-club/lists/docs/our links.md
    added: true
  - id: book
    kind: book
    title: A book about chance
provenance:
  title: The source
"""
ITEM = "stages[0].weeks[0].items[0]"


def changed(old: str, new: str) -> str:
    assert PLAN.count(old) == 1, f"{old!r} must stand in the plan once"
    return PLAN.replace(old, new)


def problems_of(text: str) -> list[str]:
    with pytest.raises(RoadmapError) as refused:
        parse_roadmap(text, "dice.yaml")
    return str(refused.value).splitlines()


def test_the_new_fields_are_read_stored_and_written_back() -> None:
    plan = parse_roadmap(PLAN, "dice.yaml")
    assert (plan.subject, plan.audience) == ("Mathematics", "People who throw dice")
    assert plan.stages[0].added == ("summary",)
    assert plan.weeks[0].added is True
    assert plan.items["spaces"].added == ("estimate", "resources")
    site, book = plan.resources
    assert site.seen == "chance-club/lists/docs/our links.md"
    assert (site.checked, site.added) == (date(2026, 11, 29), True)
    assert (book.seen, book.added) == (None, None)
    assert Roadmap.from_json(plan.to_json()) == plan
    assert parse_roadmap(render_roadmap_yaml(plan), "dice.yaml") == plan
    assert parse_roadmap(render_roadmap_json(plan), "dice.json") == plan


def test_a_plan_without_the_new_fields_is_stored_as_before() -> None:
    names = ("subject: ", "audience: ", "added: ", "seen: ")
    kept = [line for line in PLAN.splitlines() if not line.strip().startswith(names)]
    plan = parse_roadmap("\n".join(kept), "dice.yaml")
    # Computed before the format had these fields.
    assert plan.digest == "abaf91c3156f1a50b3e6eceb988adb8f6d3f72b145fb348da6700165f9297072"


def test_the_stored_version_holds_what_was_added_and_where_links_were_seen() -> None:
    plan = parse_roadmap(PLAN, "dice.yaml")
    stored = json.loads(plan.to_json())
    assert stored["stages"][0]["weeks"][0]["items"][0]["added"] == ["estimate", "resources"]
    assert stored["resources"][0]["seen"] == "chance-club/lists/docs/our links.md"
    for old, new in (("added: [summary]", "added: true"), ("club/lists", "club/links")):
        assert parse_roadmap(changed(old, new), "dice.yaml").digest != plan.digest


def test_a_plan_as_text_says_its_subject_its_readers_and_what_was_added() -> None:
    shown = render_roadmap_text(parse_roadmap(PLAN, "dice.yaml"))
    assert "\nSubject: Mathematics\nFor: People who throw dice\n" in shown
    assert "  Link looked up on 2026-11-29 at chance-club/lists/docs/our links.md\n" in shown
    assert shown.endswith(
        "\nThe source\n"
        "Added to the source: a whole entry (3), summary (1), estimate (1), resources (1).\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "subject: Mathematics",
            f"subject: {'x' * 41}",
            "3: subject: Shorten this to 40 characters: it has 41.",
        ),
        (
            "subject: Mathematics",
            'subject: "a\\nb"',
            "3: subject: Write this on one line.",
        ),
        (
            "People who throw dice",
            "x" * 101,
            "4: audience: Shorten this to 100 characters: it has 101.",
        ),
        (
            "People who throw dice",
            '"a\\nb"',
            "4: audience: Write this on one line.",
        ),
        (
            "[estimate, resources]",
            "[estimate, recall]",
            f'20: {ITEM}.added: Write the field "recall" here as well, '
            "or remove its name from this list.",
        ),
        (
            "[estimate, resources]",
            "[colour]",
            f'20: {ITEM}.added: Write the field "colour" here as well, '
            "or remove its name from this list.",
        ),
        (
            "[estimate, resources]",
            "[essential]",
            f'20: {ITEM}.added: Write the field "essential" here as well, '
            "or remove its name from this list.",
        ),
        (
            "[estimate, resources]",
            "[id]",
            f'20: {ITEM}.added: Write added: true if all of this is added, and never name "id" '
            "alone.",
        ),
        (
            "[estimate, resources]",
            "[estimate, estimate]",
            f'20: {ITEM}.added: Write "estimate" once in this list.',
        ),
        (
            "[estimate, resources]",
            "[[estimate]]",
            f"20: {ITEM}.added: Write only the names of fields into this list.",
        ),
        (
            "[estimate, resources]",
            f"[{', '.join(['estimate'] * 21)}]",
            f"20: {ITEM}.added: Shorten this list to 20 entries.",
        ),
        *(
            (
                "[estimate, resources]",
                wrong,
                f"20: {ITEM}.added: Write true if all of this is added, or list the fields that "
                "are, such as [estimate, done_when].",
            )
            for wrong in ("false", "estimate", "[]", "{estimate: true}")
        ),
        (
            "    link: https://chance.example.org/dice\n",
            "",
            "31: resources[0].seen: Add the link that you saw there, or remove this field.",
        ),
        *(
            (
                "chance-club/lists/docs/our links.md",
                wrong,
                "32: resources[0].seen: Write where you saw the link: an address that starts with "
                "https://, a public repository such as owner/name or owner/name/docs/page.md, or "
                "the word source if the source of the plan gives it.",
            )
            for wrong in (
                "http://chance.example.org/",
                "a book",
                "chance-club",
                "-club/lists",
                "chance-club/..",
                "chance-club/lists/../docs",
                "chance-club/lists//docs",
                "chance-club/lists/<b>",
                '"javascript://a/b"',
            )
        ),
        (
            "chance-club/lists/docs/our links.md",
            "https://me@chance.example.org/",
            "32: resources[0].seen: Take the user name out of the link: everybody in the group "
            "will see it.",
        ),
        (
            "chance-club/lists/docs/our links.md",
            f"chance-club/{'x' * 100}/{'y' * 400}",
            "32: resources[0].seen: Shorten this to 500 characters: it has 513.",
        ),
        (
            "chance-club/lists/docs/our links.md",
            '"club/lists\\nmore"',
            "32: resources[0].seen: Write this on one line.",
        ),
    ],
)
def test_a_mistake_in_a_new_field_is_refused_with_its_remedy(
    old: str, new: str, problem: str
) -> None:
    assert problems_of(changed(old, new)) == [f"dice.yaml:{problem}"]


def test_a_field_with_a_mistake_of_its_own_is_named_once() -> None:
    [problem] = problems_of(changed("estimate: 1 hour", "estimate: a while"))
    assert problem.startswith(f"dice.yaml:18: {ITEM}.estimate: ")
    [problem] = problems_of(changed("https://chance.example.org/dice", "chance"))
    assert problem.startswith("dice.yaml:30: resources[0].link: ")


@pytest.mark.parametrize(
    "seen", ["https://docs.example.org/a", "a/b", "a-1/b.c_d", "a/b/.github/x", "source"]
)
def test_a_place_where_a_link_was_seen_is_a_page_a_repository_or_the_source(seen: str) -> None:
    plan = parse_roadmap(changed("chance-club/lists/docs/our links.md", seen), "dice.yaml")
    assert plan.resources[0].seen == seen
