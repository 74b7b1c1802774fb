"""Fitting by example: what a teacher would make of a plan, and what the moderator reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.fit import measure_roadmap_fits
from bot.chat.errors import Refused
from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.fit import (
    MOST_WEEKS,
    FitResult,
    choose_default_week_count,
    count_roadmap_weeks,
    fit_roadmap,
)
from bot.roadmap import Roadmap, parse_roadmap
from tests.support.room import roadmaps

TWELVE = "ai-ml-engineer-12-weeks"


def list_seasons(plan: Roadmap, weeks: int, hours: float | None) -> list[FitResult]:
    first = fit_roadmap(plan, weeks, hours, 1)
    later = range(2, first.season_count + 1)
    return [first, *(fit_roadmap(plan, weeks, hours, number) for number in later)]


def list_sentences(fitted: FitResult) -> list[str]:
    return [f"{'(taken) ' * offer.is_taken}{offer.sentence}" for offer in fitted.offers]


def titles(weeks: tuple[SyllabusWeek, ...]) -> list[str]:
    return [week.title for week in weeks]


def made(stages: str, more: str = "") -> Roadmap:
    return parse_roadmap(f"title: A plan\nsummary: A plan.\nstages: {stages}\n{more}", "plan.yaml")


def week(number: int, *items: str) -> str:
    return f"{{id: w{number}, title: Week {number}, items: [{', '.join(items)}]}}"


def topic(name: str, more: str = "") -> str:
    return f"{{id: {name}, kind: topic, title: {name.capitalize()}{more and ', '}{more}}}"


def test_the_twelve_weeks_in_ten_are_divided_anew_and_say_so() -> None:
    fitted = fit_roadmap(roadmaps()[TWELVE], 10)
    assert len(fitted.syllabus.weeks) == 10
    assert max(fitted.week_minutes) < 1.3 * sum(fitted.week_minutes) / 10
    (note,) = fitted.notes
    assert note.startswith(
        "Divided the items anew, so that no week is too full. Over two weeks go “"
    )


def test_the_twelve_weeks_in_six_are_two_seasons_parted_between_months_where_it_can_be() -> None:
    plan = roadmaps()[TWELVE]
    first, second = list_seasons(plan, 6, None)
    assert first.syllabus.weeks + second.syllabus.weeks == Syllabus.from_roadmap(plan).weeks
    assert first.notes[0].startswith(
        "Season 1 of 2: from “Basics of linear algebra and statistics” to "
    )
    thirds = list_seasons(plan, 4, None)
    assert [len({week.stage for week in season.syllabus.weeks}) for season in thirds] == [1, 1, 1]


def test_seasons_are_parted_between_stages_and_no_season_ends_with_a_week_off() -> None:
    four = ", ".join(week(number, topic(f"a{number}")) for number in range(4))
    seven = ", ".join(week(number, topic(f"b{number}")) for number in range(4, 11))
    plan = made(
        f"[{{id: one, title: One, weeks: [{four}]}}, {{id: two, title: Two, weeks: [{seven}]}}]"
    )
    first, second = list_seasons(plan, 7, None)
    assert {week.stage for week in first.syllabus.weeks} == {"One"}
    assert second.syllabus.weeks == Syllabus.from_roadmap(plan).weeks[4:]
    off = "{id: off, title: Off, kind: break}"
    plan = made(
        f"[{{id: one, title: One, weeks: [{four}, {off}]}}, "
        f"{{id: two, title: Two, weeks: [{seven}]}}]"
    )
    assert [
        week.kind for season in list_seasons(plan, 7, None) for week in season.syllabus.weeks
    ].count("break") == 0


def test_a_long_item_goes_on_for_as_many_weeks_as_its_stage_states() -> None:
    short = (
        f"{{id: short, title: Short, time: 2 weeks, items: [{', '.join(map(topic, 'abcdefgh'))}]}}"
    )
    long = f"{{id: long, title: Long, time: 8 weeks, items: [{topic('y')}, {topic('z')}]}}"
    fitted = fit_roadmap(made(f"[{short}, {long}]"), 10)
    assert [len(week.items) for week in fitted.syllabus.weeks] == [4, 4, 1, 0, 0, 0, 1, 0, 0, 0]


def test_more_weeks_split_the_heaviest_first_and_then_go_on_with_the_longest() -> None:
    weeks = [week(1, topic("a"), topic("b"), topic("c")), week(2, topic("d", "estimate: 4 hours"))]
    plan = made(f"[{{id: s, title: S, weeks: [{', '.join(weeks)}]}}]")
    fitted = fit_roadmap(plan, 5)
    assert titles(fitted.syllabus.weeks) == [
        "Week 1 (1 of 3)",
        "Week 1 (2 of 3)",
        "Week 1 (3 of 3)",
        "Week 2 (1 of 2)",
        "Week 2 (2 of 2)",
    ]
    longer = fit_roadmap(plan, 6)
    assert [(week.id, week.kind, len(week.items)) for week in longer.syllabus.weeks] == [
        ("w1", "normal", 1),
        ("b", "normal", 1),
        ("c", "normal", 1),
        ("w2", "normal", 1),
        ("more-d", "normal", 0),
        ("more-d-2", "review", 0),
    ]
    assert longer.syllabus.weeks[-1].title == "More time: D"
    assert "Added one week without new items, for the longest ones: “D”." in longer.notes


def test_a_plan_with_too_little_to_do_ends_earlier_and_says_so() -> None:
    plan = made(f"[{{id: s, title: S, weeks: [{week(1, topic('a'))}, {week(2, topic('b'))}]}}]")
    fitted = fit_roadmap(plan, 30)
    assert titles(fitted.syllabus.weeks) == ["Week 1", "More time: A", "Week 2", "More time: B"]
    assert fitted.notes[0] == "There is not enough to do for 30 weeks, so I made 4 weeks."


def test_stated_time_is_shared_and_the_detailed_one_holds_where_two_disagree() -> None:
    inner = f"{{id: i, title: Inner, time: 4 weeks, items: [{topic('a')}, {topic('b')}]}}"
    plan = made(f"[{{id: s, title: Outer, time: 2 months, stages: [{inner}]}}]")
    assert count_roadmap_weeks(plan) == 4
    assert titles(fit_roadmap(plan, 4).syllabus.weeks) == [
        "A (1 of 2)",
        "A (2 of 2)",
        "B (1 of 2)",
        "B (2 of 2)",
    ]
    assert fit_roadmap(plan, 4).notes[-1] == (
        "Some stages and their parts disagree, so I used the parts: "
        "“Outer” (2 months, its parts 4 weeks)."
    )


def test_stages_side_by_side_count_once_and_are_interleaved() -> None:
    first_items, second_items = (", ".join(map(topic, names)) for names in ("abcd", "efgh"))
    first = f"{{id: one, title: One, time: 4 weeks, items: [{first_items}]}}"
    second = (
        f"{{id: two, title: Two, time: 4 weeks, parallel_with: [one], items: [{second_items}]}}"
    )
    plan = made(f"[{first}, {second}]")
    assert count_roadmap_weeks(plan) == 4
    assert [week.items for week in fit_roadmap(plan, 4).syllabus.weeks] == [
        ("a", "e"),
        ("b", "f"),
        ("c", "g"),
        ("d", "h"),
    ]


def test_what_another_choice_takes_costs_no_time_and_stands_beside_what_is_taken() -> None:
    choices = "choices: [{id: c, title: C, options: [{id: x, takes: [a]}, {id: y, takes: [b]}]}]"
    plan = made(
        f"[{{id: s, title: S, items: "
        f"[{topic('a')}, {topic('b', 'estimate: 40 hours')}, {topic('c')}]}}]",
        choices,
    )
    assert count_roadmap_weeks(plan) == 1
    assert [week.items for week in fit_roadmap(plan, 2).syllabus.weeks] == [("a", "b"), ("c",)]


def test_when_time_is_short_the_longest_that_is_not_essential_goes_first_and_the_rest_is_told() -> (
    None
):
    spare = "essential: false, estimate: 5 hours"
    plan = made(
        f"[{{id: s, title: S, weeks: "
        f"[{week(1, topic('a', 'estimate: 9 hours'), topic('b', spare))}, "
        f"{week(2, topic('c', spare), topic('d', spare), topic('e', 'requires: [c]'))}]}}]"
    )
    fitted = fit_roadmap(plan, 2, 10)
    assert fitted.items_left_out == ("b", "d")
    assert fitted.notes == ("Left out, because time is short: “B” and “D”.",)
    assert fitted.need == "The whole plan takes about 26 hours, and you have 2 weeks of 10 hours."
    assert list_sentences(fitted) == [
        "2 seasons of 2 weeks: everything, one part after the other.",
        "(taken) 2 weeks without 2 items that can be left out.",
        "3 weeks of 10 hours: everything, in one go.",
        "2 weeks of 13 hours: everything, in one go.",
    ]
    assert fit_roadmap(plan, 2, 4, "all").items_left_out == ("b", "d"), (
        "what something requires stays"
    )


def test_the_twelve_weeks_in_eight_of_five_hours_are_a_month_a_season_and_nobody_has_more() -> None:
    seasons = list_seasons(roadmaps()[TWELVE], 8, 5)
    assert [len({week.stage for week in season.syllabus.weeks}) for season in seasons] == [1, 1, 1]
    assert all(max(season.week_minutes) <= 5.5 * 60 for season in seasons)
    assert titles(seasons[0].syllabus.weeks)[:3] == [
        "Basics of linear algebra and statistics (1 of 2)",
        "Basics of linear algebra and statistics (2 of 2)",
        "Calculus and optimisation (1 of 2)",
    ]
    fitted = fit_roadmap(roadmaps()[TWELVE], 8, 5)
    assert fitted == seasons[0], "nobody has to name a season"
    assert list_sentences(fitted)[0] == (
        "(taken) 3 seasons of 8 weeks: everything, one part after the other."
    )


def test_everything_is_pressed_together_only_if_somebody_asks_for_it() -> None:
    fitted = fit_roadmap(roadmaps()[TWELVE], 8, 5, "all")
    assert len(fitted.syllabus.all_items) == 57
    assert list_sentences(fitted)[0] == "(taken) 8 weeks, everything at once: too full."
    assert any(" needs about 1" in note for note in fitted.notes)


def test_a_few_items_are_left_out_before_weeks_are_torn_and_everything_can_be_kept() -> None:
    weeks = []
    for number in range(1, 7):
        essential = topic(f"a{number}", "estimate: 5 hours")
        spare = topic(f"b{number}", "estimate: 1 hours, essential: false")
        weeks.append(week(number, essential, *([spare] if number == 3 else [])))
    plan = made(f"[{{id: s, title: S, weeks: [{', '.join(weeks)}]}}]")
    fitted = fit_roadmap(plan, 6, 5)
    assert fitted.items_left_out == ("b3",)
    assert titles(fitted.syllabus.weeks) == [f"Week {number}" for number in range(1, 7)]
    assert fitted.need.startswith("The whole plan takes about 31 hours")


def test_essentials_alone_are_one_way() -> None:
    spare = "essential: false, estimate: 5 hours"
    plan = made(
        f"[{{id: s, title: S, weeks: [{week(1, topic('a'), topic('b', spare))}, "
        f"{week(2, topic('c'), topic('d', spare))}]}}]"
    )
    fitted = fit_roadmap(plan, 2, 3, "essentials")
    assert fitted.syllabus.all_items == ("a", "c")
    assert fitted.items_left_out == ("b", "d")
    assert "(taken) 2 weeks with the essential items only." in list_sentences(fitted)
    with pytest.raises(Refused, match=r"^No item of this plan is essential: "):
        fit_roadmap(
            made(f"[{{id: s, title: S, items: [{topic('a', 'essential: false')}]}}]"),
            2,
            3,
            "essentials",
        )


RESOURCES = """
resources:
  - {id: talks, kind: lectures, title: Talks, count: 20}
  - {id: book, kind: book, title: A book}
"""


def test_a_long_course_is_divided_by_its_lessons_its_parts_or_its_hours() -> None:
    items = ", ".join(
        (
            topic("watch", "estimate: 20 hours, resources: [talks]"),
            topic("learn", "estimate: 10 hours, parts: [One, Two, Three, Four]"),
            topic("study", "estimate: 10 hours, resources: [book]"),
            "{id: build, kind: project, title: Build, estimate: 10 hours}",
        )
    )
    plan = made(f"[{{id: s, title: S, items: [{items}]}}]", RESOURCES)
    assert titles(fit_roadmap(plan, 10, 5).syllabus.weeks) == [
        "Watch: lectures 1–5 of 20",
        "Watch: lectures 6–10 of 20",
        "Watch: lectures 11–15 of 20",
        "Watch: lectures 16–20 of 20",
        "Learn: parts 1–2 of 4",
        "Learn: parts 3–4 of 4",
        "Study: hours 1–5 of 10",
        "Study: hours 6–10 of 10",
        "Build (1 of 2)",
        "Build (2 of 2)",
    ]


def test_an_estimate_goes_before_the_time_of_its_stage() -> None:
    items = f"{topic('a', 'estimate: 4 hours')}, {topic('b')}"
    plan = made(f"[{{id: s, title: S, time: 2 weeks, items: [{items}]}}]")
    fitted = fit_roadmap(plan, 3, 5)
    assert fitted.week_minutes == (240, 180, 180), "six hours are left for the other one"
    every = f"{topic('a', 'estimate: 4 hours')}, {topic('b', 'estimate: 4 hours')}"
    plan = made(f"[{{id: s, title: S, time: 8 weeks, items: [{every}]}}]")
    assert fit_roadmap(plan, 2, 5).week_minutes == (240, 240)
    assert count_roadmap_weeks(plan) == 8, "the list of plans says what its author says"


def test_two_weeks_never_bear_one_title() -> None:
    weeks = ", ".join(f"{{id: w{n}, title: Again, items: [{topic(f'a{n}')}]}}" for n in (1, 2))
    fitted = fit_roadmap(made(f"[{{id: s, title: S, weeks: [{weeks}]}}]"), 2)
    assert titles(fitted.syllabus.weeks) == ["Again (1 of 2)", "Again (2 of 2)"]


def test_light_weeks_are_told_and_fewer_are_offered_where_all_are_light() -> None:
    long, short = (topic(name, f"estimate: {hours} hours") for name, hours in (("a", 5), ("b", 1)))
    plan = made(f"[{{id: s, title: S, weeks: [{week(1, long)}, {week(2, short)}]}}]")
    assert fit_roadmap(plan, 2, 5).notes == (
        "Week 2 is light: it needs less than half of your time.",
    )
    fitted = fit_roadmap(plan, 2, 20)
    assert fitted.notes == ("That is light: about 6 hours of work in 2 weeks of 20 hours.",)
    assert list_sentences(fitted) == ["1 week of 20 hours: as much time as there is to do."]


def test_a_short_season_is_no_longer_than_half_of_the_time_makes_it() -> None:
    stages = (
        f"{{id: first, title: First, items: [{topic('a', 'estimate: 12 hours')}]}}",
        f"{{id: second, title: Second, items: [{topic('b', 'estimate: 60 hours')}]}}",
    )
    first, second = list_seasons(made(f"[{', '.join(stages)}]"), 12, 5)
    assert [len(season.syllabus.weeks) for season in (first, second)] == [5, 12]
    assert "There is not enough to do for 12 weeks, so I made 5 weeks." in first.notes


def test_a_new_cohort_takes_a_few_weeks_more_where_everything_then_fits() -> None:
    weeks = ", ".join(
        week(number, *(topic(f"{name}{number}") for name in "abc")) for number in range(6)
    )
    plan = made(f"[{{id: s, title: S, weeks: [{weeks}]}}]")
    assert choose_default_week_count(plan) == 6
    assert choose_default_week_count(plan, 5) == 6
    assert choose_default_week_count(plan, 3) == 9
    assert choose_default_week_count(plan, 1) == 6, "so many are another course"
    items = ", ".join(topic(name, "estimate: 2 hours") for name in "abcd")
    loose = made(f"[{{id: s, title: S, items: [{items}]}}]")
    assert choose_default_week_count(loose) == 12
    assert choose_default_week_count(loose, 5) == 2


@pytest.mark.parametrize("slug", roadmaps())
def test_no_bundled_roadmap_has_a_much_fuller_week_than_the_best_division(slug: str) -> None:
    figures = list(measure_roadmap_fits(roadmaps()[slug]))
    assert len(figures) == 6
    assert [figure for figure in figures if not figure.is_met] == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ((0,), "weeks"),
        ((MOST_WEEKS + 1,), "weeks"),
        ((12, 0.4), "hours"),
        ((12, float("nan")), "hours"),
        ((12, 81), "hours"),
        ((12, 8, 2), "season"),
        ((3, 8, 40), "season"),
        ((3, 8, 0), "season"),
    ],
    ids=str,
)
def test_numbers_no_cohort_can_have_are_refused_with_the_field(
    said: tuple[Any, ...], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        fit_roadmap(roadmaps()[TWELVE], *said)
    assert refused.value.field == field
    assert refused.value.sentence.count(".") - refused.value.sentence.count("0.5") == 1


def test_the_largest_plan_states_an_age_and_fits_all_the_same() -> None:
    stages: list[dict[str, Any]] = []
    for n in range(100):
        items = [{"id": f"item-{n}-{k}", "kind": "topic", "title": "T"} for k in range(15)]
        stage = {"id": f"stage-{n}", "title": f"Stage {n}", "time": "9999 months", "items": items}
        stages.append(stage | {"requires": [before["id"] for before in stages[-1:]]})
    plan = Roadmap.from_json(
        json.dumps({"slug": "age", "title": "Age", "summary": "Age.", "stages": stages})
    )
    assert 500 < count_roadmap_weeks(plan) < 600
    for weeks in (1, 12, MOST_WEEKS):
        fitted = fit_roadmap(plan, weeks, 8)
        assert len(fitted.syllabus.weeks) == weeks
        assert len(fit_roadmap(plan, weeks, 8, "all").syllabus.all_items) == 1500
