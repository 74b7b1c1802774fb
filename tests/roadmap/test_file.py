"""A roadmap file is read exactly, or refused with every problem's line, place and remedy."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.roadmap import (
    Problem,
    Recall,
    Roadmap,
    RoadmapError,
    TimeSpan,
    build_roadmap_schema,
    parse_roadmap,
)
from bot.roadmap.text_page import render_roadmap_text
from bot.roadmap.writer import render_roadmap_json, render_roadmap_yaml

PLAN = """\
title: Two weeks of probability
summary: A short plan.
stages:
  - id: start
    title: The start
    time: 2 weeks
    weeks:
      - id: chance
        title: Chance
        items:
          - id: bayes
            kind: topic
            title: Bayes’ theorem
            parts: [prior, posterior]
            resources: [book]
          - id: dice
            kind: practice
            title: Throw dice
            estimate: 1-2 hours
            essential: no
      - id: rest
        title: A week off
        kind: break
resources:
  - id: book
    kind: book
    title: A book about chance
"""


def problems_of(text: str, file: str = "roadmaps/chance.yaml") -> list[str]:
    with pytest.raises(RoadmapError) as refused:
        parse_roadmap(text, file)
    return str(refused.value).splitlines()


def changed(old: str, new: str) -> str:
    assert PLAN.count(old) == 1, f"{old!r} must stand in the plan once"
    return PLAN.replace(old, new)


def test_a_plan_is_read_with_its_weeks_items_and_resources() -> None:
    plan = parse_roadmap(PLAN, "roadmaps/chance.yaml")
    assert plan.slug == "chance"
    assert [week.id for week in plan.weeks] == ["chance", "rest"]
    assert list(plan.items) == ["bayes", "dice"]
    assert plan.items["bayes"].parts == ("prior", "posterior")
    assert plan.items["dice"].minutes == 90
    assert not plan.items["dice"].essential
    assert plan.get_stage_of_week("rest").title == "The start"
    assert plan.get_week("rest").kind == "break"
    week = plan.find_week_of_item("dice")
    assert week is not None
    assert week.id == "chance"
    assert plan.find_week_of_item("chess") is None
    assert plan.get_resource("book").title == "A book about chance"
    with pytest.raises(KeyError):
        plan.get_stage_of_week("chess")


def test_what_is_stored_is_read_back_as_the_same_version() -> None:
    plan = parse_roadmap(PLAN, "chance.yaml")
    again = Roadmap.from_json(plan.to_json())
    assert again == plan
    assert again.digest == plan.digest
    assert again.to_json() == plan.to_json()
    assert parse_roadmap(plan.to_json(), "another-name.json") == plan


RECALLING = """\
title: Two weeks of probability
summary: A short plan.
stages:
  - id: start
    title: The start
    items:
      - id: bayes
        kind: topic
        title: Bayes’ theorem
        estimate: 1-2 hours
        resources: [book]
        recall: Why does a rare illness need a good test?
resources:
  - id: book
    kind: book
    title: A book about chance
"""
QUESTION = "Why does a rare illness need a good test?"


def test_a_question_on_a_bare_line_is_stored_as_it_was_before_it_could_have_an_answer() -> None:
    plan = parse_roadmap(RECALLING, "chance.yaml")
    assert plan.items["bayes"].recall == Recall(question=QUESTION)
    assert json.loads(plan.to_json())["stages"][0]["items"][0]["recall"] == QUESTION
    # Cohorts know their version by this digest, from before the answer came.
    assert plan.digest == "d77ab763c1296f700df040188cf485a161c951ed95cea4cd29d85b4d23b2007a"
    spelled = RECALLING.replace(f"recall: {QUESTION}", f"recall: {{question: {QUESTION}}}")
    assert parse_roadmap(spelled, "chance.yaml") == plan


def test_a_question_with_its_answer_and_the_end_of_an_item_are_read_and_written_back() -> None:
    answer = "Most people are healthy.\n\nSo most alarms are false."
    text = RECALLING.replace(
        f"recall: {QUESTION}",
        f"done_when: You can explain it.\n"
        f"        recall:\n"
        f"          question: {QUESTION}\n"
        f"          answer: {json.dumps(answer)}",
    )
    plan = parse_roadmap(text, "chance.yaml")
    assert plan.items["bayes"].done_when == "You can explain it."
    assert plan.items["bayes"].recall == Recall(question=QUESTION, answer=answer)
    assert Roadmap.from_json(plan.to_json()) == plan
    assert parse_roadmap(render_roadmap_yaml(plan), "chance.yaml") == plan
    assert parse_roadmap(render_roadmap_json(plan), "chance.json") == plan
    shown = " ".join(render_roadmap_text(plan).split())
    assert f"Done when: You can explain it. Question: {QUESTION} Answer: Most people" in shown


@pytest.mark.parametrize(
    ("recall", "problem"),
    [
        (
            "[a, b]",
            "recall: Write a question here, or question: and answer:, each on its own line.",
        ),
        ("{answer: No}", 'recall.question: Add the field "question" here.'),
        (
            "{question: Why?, anser: No}",
            'recall.anser: Write "answer" instead of "anser", or remove this field.',
        ),
        ("x" * 201, "recall.question: Shorten this to 200 characters: it has 201."),
        (
            f"{{question: Why?, answer: {'x' * 1001}}}",
            "recall.answer: Shorten this to 1000 characters: it has 1001.",
        ),
    ],
)
def test_a_wrong_question_is_refused_with_its_remedy(recall: str, problem: str) -> None:
    text = RECALLING.replace(f"recall: {QUESTION}", f"recall: {recall}")
    assert problems_of(text) == [f"roadmaps/chance.yaml:12: stages[0].items[0].{problem}"]


def test_the_first_resource_with_a_link_that_is_still_offered_is_where_to_start() -> None:
    plan = parse_roadmap(
        RECALLING.replace("[book]", "[book, gone, site]")
        + "  - {id: gone, kind: site, title: Gone, link: 'https://a.org', retired: It closed.}\n"
        + "  - {id: site, kind: site, title: A site, link: 'https://b.org'}\n",
        "chance.yaml",
    )
    first = plan.find_first_link(plan.items["bayes"])
    assert first is not None
    assert first.id == "site"
    without = parse_roadmap(RECALLING, "chance.yaml")
    assert without.find_first_link(without.items["bayes"]) is None


def test_the_order_and_spacing_of_the_file_do_not_change_the_version_but_its_words_do() -> None:
    plan = parse_roadmap(PLAN, "chance.yaml")
    title, summary, rest = PLAN.split("\n", 2)
    assert (
        parse_roadmap(f"{summary}\n\n# a remark\n{title}\n{rest}", "chance.yaml").digest
        == plan.digest
    )
    assert (
        parse_roadmap(changed("Throw dice", "Throw two dice"), "chance.yaml").digest != plan.digest
    )


def test_a_copy_with_a_change_forgets_what_was_looked_up_before() -> None:
    plan = parse_roadmap(PLAN, "chance.yaml")
    assert plan.digest
    assert plan.items
    other = plan.model_copy(update={"title": "Another"})
    assert other.digest != plan.digest
    assert other.model_copy(update={"stages": ()}).items == {}


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    plan = parse_roadmap(changed("title: Chance", "title: No"), "chance.yaml")
    assert plan.get_week("chance").title == "No"
    assert (
        parse_roadmap(changed("title: Chance", "title: 3.10"), "chance.yaml")
        .get_week("chance")
        .title
        == "3.10"
    )
    assert parse_roadmap(
        changed("[prior, posterior]", "[on, 2024-02-30, null-hypothesis]"), "c.yaml"
    ).items["bayes"].parts == (
        "on",
        "2024-02-30",
        "null-hypothesis",
    )


def test_a_file_from_another_editor_is_read_the_same() -> None:
    plan = parse_roadmap(PLAN, "chance.yaml")
    assert parse_roadmap("\ufeff" + PLAN.replace("\n", "\r\n"), "C:\\plans\\chance.yaml") == plan


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("8 weeks", TimeSpan(8, 8, "weeks")),
        ("1 hour", TimeSpan(1, 1, "hours")),
        ("2–3 months", TimeSpan(2, 3, "months")),
        ("3 to 4 months", TimeSpan(3, 4, "months")),
        ("6+ months", TimeSpan(6, None, "months")),
    ],
)
def test_a_stated_time_is_read_as_people_write_it(written: str, span: TimeSpan) -> None:
    plan = parse_roadmap(changed("2 weeks\n", f"{written}\n"), "chance.yaml")
    assert plan.stages[0].time == span
    assert span.is_open_ended == ("+" in written)
    assert Roadmap.from_json(plan.to_json()).stages[0].time == span


def test_a_duplicate_id_is_refused_with_its_line() -> None:
    assert problems_of(changed("id: dice", "id: bayes")) == [
        "roadmaps/chance.yaml:16: stages[0].weeks[0].items[1].id: "
        'Choose another id: "bayes" is already used on line 11.'
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "remedy"),
    [
        (
            "id: dice",
            "id: rest",
            21,
            "weeks[1].id",
            'Choose another id: "rest" is already used on line 16.',
        ),
        (
            "id: dice",
            "id: week-3",
            16,
            "weeks[0].items[1].id",
            "Name the item by its subject:",
        ),
        ("id: dice", "id: Dice", 16, "weeks[0].items[1].id", "Write an id of lower-case letters"),
        (
            "id: dice",
            "id: " + "d" * 33,
            16,
            "weeks[0].items[1].id",
            "Shorten this to 32 characters",
        ),
        (
            "id: rest",
            "id: " + "r" * 25,
            21,
            "weeks[1].id",
            "Shorten this to 24 characters: it has 25.",
        ),
        (
            "title: Throw dice",
            "title: " + "x" * 76,
            18,
            "weeks[0].items[1].title",
            "Shorten this to 75",
        ),
        (
            "kind: practice",
            "kind: chore",
            17,
            "weeks[0].items[1].kind",
            "Write one of these: topic, review",
        ),
        (
            "[book]",
            "[bok]",
            15,
            "weeks[0].items[0].resources[0]",
            'There is no resource with the id "bok": did',
        ),
        (
            "1-2 hours",
            "2-1 hours",
            19,
            "weeks[0].items[1].estimate",
            "Write the shorter time first",
        ),
        ("1-2 hours", "a while", 19, "weeks[0].items[1].estimate", "Write a time such as 8 weeks"),
        (
            "essential: no",
            "essential: maybe",
            20,
            "weeks[0].items[1].essential",
            "Write true or false.",
        ),
        (
            "kind: break",
            "kind: normal",
            21,
            "weeks[1]",
            "Write at least one item, or make this a week off",
        ),
        ("kind: break", "kind: [break]", 23, "weeks[1].kind", "Write one of these: normal, review"),
        ("title: Chance", "titel: Chance", 9, "weeks[0].titel", 'Write "title" instead of "titel"'),
        ("title: Chance", "summary: Chance", 8, "weeks[0].title", 'Add the field "title" here.'),
        ("title: Chance", 'title: "a\\nb"', 9, "weeks[0].title", "Write this on one line."),
        (
            "title: Chance",
            'title: "a\\u202Eb"',
            9,
            "weeks[0].title",
            "Delete the invisible character U+202E",
        ),
        (
            "title: Chance",
            "title: Chance\x07",
            9,
            "the file",
            "Delete the invisible character U+0007 from this line.",
        ),
        ("[prior, posterior]", "prior", 14, "weeks[0].items[0].parts", "Write this as a list"),
        (
            "[prior, posterior]",
            "[a: b]",
            14,
            "weeks[0].items[0].parts[0]",
            "Write a plain text here",
        ),
        (
            "title: Chance",
            "title: Chance: a game",
            9,
            "weeks[0]",
            "Check the spaces before this line",
        ),
        (
            "    time: 2 weeks",
            "\ttime: 2 weeks",
            6,
            "stages[0]",
            "Use spaces at the start of this line, not tabs.",
        ),
        (
            "time: 2 weeks",
            "time: 2 weeks\n    time: 3 weeks",
            7,
            "time",
            'Keep one of the two: "time" is',
        ),
        ("title: Chance", "title: &a Chance", 9, "weeks[0].title", "Remove the anchor &a"),
        (
            "title: Chance",
            "title: *bold",
            9,
            "weeks[0].title",
            "Write this out: aliases are not read",
        ),
        (
            "title: Chance",
            "title: !!python/name:os.system x",
            9,
            "weeks[0].title",
            "Remove the tag !!python",
        ),
        ("title: Chance", "<<: {}\n        title: x", 9, "weeks[0].<<", "Write these fields out"),
        ("resources:\n  -", "---\nresources:\n  -", 24, "the file", "Keep one roadmap in a file"),
    ],
)
def test_a_mistake_is_refused_with_line_place_and_remedy(
    old: str, new: str, line: int, path: str, remedy: str
) -> None:
    with pytest.raises(RoadmapError) as refused:
        parse_roadmap(changed(old, new), "chance.yaml")
    found = [
        each for each in refused.value.problems if each.path.removeprefix("stages[0].") == path
    ]
    assert [each.line for each in found] == [line], str(refused.value)
    assert found[0].sentence.startswith(remedy)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "example.org",
        "https://",
        "https://a b/",
        "https://me@example.org/",
    ],
)
def test_a_link_that_is_not_a_web_address_is_refused(link: str) -> None:
    [problem] = problems_of(f'{PLAN}    link: "{link}"\n')
    assert problem.startswith("roadmaps/chance.yaml:28: resources[0].link: ")


def test_all_problems_are_told_together_in_the_order_of_the_file() -> None:
    text = (
        changed("kind: practice", "kind: chore")
        .replace("id: dice", "id: bayes")
        .replace("time: 2", "time: two")
    )
    assert [line.split(": ")[1] for line in problems_of(text)] == [
        "stages[0].time",
        "stages[0].weeks[0].items[1].id",
        "stages[0].weeks[0].items[1].kind",
    ]


def test_at_most_twenty_problems_are_told() -> None:
    many = "".join(f"  - {{id: r{n}, kind: film, title: R}}\n" for n in range(50))
    assert len(problems_of(PLAN + many)) == 20


def test_the_problems_can_be_read_one_by_one() -> None:
    with pytest.raises(RoadmapError) as refused:
        parse_roadmap(changed("time: 2 weeks", "tempo: slow"), "c.yaml")
    remedy = (
        'Remove the field "tempo": here may be id, title, kind, summary, time, track, requires, '
        "parallel_with, outcomes, resources, choices, weeks, items, stages, added."
    )
    assert refused.value.problems == (Problem("c.yaml", 6, "stages[0].tempo", remedy),)


@pytest.mark.parametrize("text", ["", "just text", "- a\n- b\n", "# only a remark\n", "~"])
def test_a_file_that_holds_no_fields_is_refused(text: str) -> None:
    assert problems_of(text) == [
        "roadmaps/chance.yaml:1: the file: Write fields such as title: and stages: at the top of the file."
    ]


def test_a_plan_without_anything_to_tick_is_refused() -> None:
    text = "title: T\nsummary: S\nstages:\n  - {id: s, title: S, kind: break}\n"
    assert problems_of(text) == [
        "roadmaps/chance.yaml:1: the file: Write at least one item: there is nothing to tick in this roadmap."
    ]


def test_the_name_of_the_file_must_serve_as_a_name() -> None:
    [problem] = problems_of(PLAN, "My Plan.yaml")
    assert problem.startswith("My Plan.yaml:1: the file: Rename the file to lower-case words")


def test_a_bracket_left_open_is_refused_on_the_last_line() -> None:
    [problem] = problems_of("title: T\nsummary: [S")
    assert problem.startswith("roadmaps/chance.yaml:2: summary: Check the spaces before this line")


def test_what_is_too_big_or_too_deep_is_refused_before_it_is_built() -> None:
    assert "at most one megabyte" in problems_of("# " + "x" * 1_000_000)[0]
    assert "at most one megabyte" in problems_of("# " + "é" * 500_000)[0]
    assert "at most 20 levels" in problems_of("a: " + "[" * 400_000)[0]
    assert "at most 60000 entries" in problems_of("a:\n" + "- b\n" * 200_000)[0]


def plan_of(weeks: int, items: int) -> str:
    lines = [
        "title: Long",
        "summary: A long plan.",
        "stages:",
        "- id: all-of-it",
        "  title: All of it",
        "  weeks:",
    ]
    for week in range(weeks):
        lines += [f"  - id: part-{week}", f"    title: Part {week}", "    items:"]
        lines += [
            f"    - {{id: i-{week}-{item}, kind: topic, title: Topic {item}}}"
            for item in range(items)
        ]
    return "\n".join(lines)


def test_the_largest_plan_is_read_and_a_larger_one_is_refused() -> None:
    assert len(parse_roadmap(plan_of(60, 25), "long.yaml").items) == 1500
    assert problems_of(plan_of(61, 1)) == [
        "roadmaps/chance.yaml:247: stages[0].weeks[60]: Split this into two roadmaps: one holds at most 60 weeks."
    ]
    assert "one holds at most 1500 items" in problems_of(plan_of(60, 26))[0]
    assert (
        "stages[0].weeks[0].items[40]: Move items to another week" in problems_of(plan_of(1, 41))[0]
    )


@pytest.mark.parametrize(
    ("stages", "chain"),
    [
        ("[{id: a, title: A, requires: [a], items: [I]}]", "a → a"),
        (
            "[{id: a, title: A, requires: [b], items: [I]}, {id: b, title: B, requires: [a], items: [J]}]",
            "b → a → b",
        ),
        (
            "[{id: a, title: A, requires: [b], items: [I]}, {id: b, title: B, requires: [i], items: [J]}]",
            "b → i → b",
        ),
        (
            "[{id: a, title: A, stages: [{id: b, title: B, requires: [a], items: [I]}]}]",
            "b → a → b",
        ),
    ],
)
def test_stages_that_wait_for_each_other_are_refused(stages: str, chain: str) -> None:
    for name in "IJ":
        stages = stages.replace(f"[{name}]", f"[{{id: {name.lower()}, kind: topic, title: T}}]")
    [problem] = problems_of(f"title: T\nsummary: S\nstages: {stages}\n")
    found = problem.rsplit(": ", 1)[1].removesuffix(".").split(" → ")
    assert set(found) == set(chain.split(" → "))
    assert found[0] == found[-1]


def test_a_stage_holds_weeks_or_items_but_not_both() -> None:
    both = changed(
        "resources:\n  -", "    items: [{id: chess, kind: topic, title: Chess}]\nresources:\n  -"
    )
    [problem] = problems_of(both)
    assert problem.startswith(
        "roadmaps/chance.yaml:24: stages[0].items: Move these items into a week"
    )


@pytest.mark.parametrize(
    ("choice", "problem"),
    [
        ("options: [A, {id: a, takes: [dice]}]", "options[1].id: Choose another id"),
        ("options: [A]", "options: Write more here: at least 2."),
        ("options: [A, {id: b, takes: [chess]}]", "options[1].takes[0]: There is no stage or"),
        ("default: [c], options: [A, B]", "default[0]: There is no option"),
        ("default: [a, b], options: [A, B]", "default: Name at most 1"),
        ("pick: 3, options: [A, B]", "pick: Pick at most 2"),
        ("pick: 0, options: [A, B]", "pick: Write one, any, or a number"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(choice: str, problem: str) -> None:
    written = choice.replace("A", "{id: a, takes: [bayes]}").replace("B", "{id: b, takes: [dice]}")
    [found] = problems_of(f"{PLAN}choices:\n  - {{id: way, title: Way, {written}}}\n")
    assert found.startswith(f"roadmaps/chance.yaml:29: choices[0].{problem}")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"slug":"x"}', "[" * 100_000])
def test_a_stored_version_that_is_damaged_is_refused(text: str) -> None:
    with pytest.raises(RoadmapError):
        Roadmap.from_json(text)


def test_a_stored_version_is_checked_as_strictly_as_a_file() -> None:
    damaged = parse_roadmap(PLAN, "chance.yaml").to_json().replace('"id":"dice"', '"id":"bayes"')
    with pytest.raises(
        RoadmapError, match=r"stages\[0\]\.weeks\[0\]\.items\[1\]\.id: Choose another id"
    ):
        Roadmap.from_json(damaged)


def test_the_schema_for_editors_knows_the_fields_and_asks_for_no_slug() -> None:
    found = json.loads(build_roadmap_schema())
    assert found["required"] == ["title", "summary", "stages"]
    assert found["$defs"]["Item"]["required"] == ["id", "kind", "title"]
    assert found["$defs"]["Item"]["additionalProperties"] is False
    assert found["$defs"]["Stage"]["properties"]["stages"]["items"] == {"$ref": "#/$defs/Stage"}
    assert found["$defs"]["Item"]["properties"]["id"]["maxLength"] == 32


def test_dates_and_counts_are_values_and_not_words() -> None:
    plan = parse_roadmap(PLAN + "    checked: 2024-07-13\n    count: 20\n", "chance.yaml")
    assert (plan.get_resource("book").checked, plan.get_resource("book").count) == (
        date(2024, 7, 13),
        20,
    )
    assert problems_of(PLAN + "    checked: 13/07/2024\n    count: 0\n") == [
        "roadmaps/chance.yaml:28: resources[0].checked: Write a date as year-month-day, such as 2024-07-13.",
        "roadmaps/chance.yaml:29: resources[0].count: Write a number of at least 1.",
    ]
