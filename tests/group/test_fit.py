"""Fitting: any plan in so many weeks, in order, with requirements first and essentials kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.chat.errors import Refused
from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.fit import MOST_WEEKS, FitResult, count_roadmap_weeks, fit_roadmap
from bot.group.fit.divide import divide_weights
from bot.roadmap import Item, Roadmap, Stage, parse_roadmap
from bot.roadmap.check import find_inconsistencies
from bot.roadmap.text import is_slug
from tests.support.room import roadmaps

KINDS = st.sampled_from(["topic", "practice", "project", "reading", "certificate", "action"])
TIMES = [None, None, "4 weeks", "2-3 months", "1+ weeks", "10 hours", "3 days"]
ESTIMATES = [None, None, None, "30 minutes", "12 hours", "3 weeks"]


@st.composite
def plans(draw: st.DrawFn, *, plain: bool = False) -> Roadmap:
    """Draw a plan with one to three levels of stages, with and without weeks and times.

    Unless `plain`, it has requirements, choices and stages side by side.
    """
    count = iter(range(1000))

    def item() -> dict[str, Any]:
        title = draw(st.sampled_from(["Read", "Write it down " * 5]))
        essential = str(draw(st.booleans())).lower()
        more = _maybe("estimate", draw(st.sampled_from(ESTIMATES)))
        return {
            "id": f"item-{next(count)}",
            "title": title,
            "kind": draw(KINDS),
            "essential": essential,
            **more,
        }

    def items(most: int) -> list[dict[str, Any]]:
        return [item() for _ in range(draw(st.integers(1, most)))]

    def week() -> dict[str, Any]:
        kind = draw(st.sampled_from(["normal", "normal", "break", "capstone"]))
        held = [] if kind == "break" and draw(st.booleans()) else items(4)
        return {"id": f"week-{next(count)}", "title": "A week", "kind": kind, "items": held}

    def stage(floors: int) -> dict[str, Any]:
        found: dict[str, Any] = {"id": f"stage-{next(count)}", "title": "A stage of the plan"}
        made = draw(
            st.sampled_from(["weeks", "items", "stages", "break"][: 4 if floors > 1 else 2])
        )
        if made == "break":
            return {**found, "kind": "break"}
        found |= _maybe("time", draw(st.sampled_from(TIMES)))
        if made == "weeks":
            return {**found, "weeks": [week() for _ in range(draw(st.integers(1, 4)))]}
        inner = (
            [stage(floors - 1) for _ in range(draw(st.integers(1, 3)))] if made == "stages" else []
        )
        return {**found, "items": items(6) if made == "items" else [], "stages": inner}

    stages = [stage(3) for _ in range(draw(st.integers(1, 4)))]
    data: dict[str, Any] = {
        "slug": "plan",
        "title": "A plan",
        "summary": "A plan.",
        "stages": stages,
    }
    assume(any(True for part in _walk(stages) if "kind" in part and part["id"].startswith("item")))
    if not plain:
        _tangled(draw, data)
    return Roadmap.from_json(json.dumps(data))


def _maybe(name: str, value: str | None) -> dict[str, str]:
    return {name: value} if value else {}


def _walk(stages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in stages:
        yield part
        for inner in ("weeks", "items", "stages"):
            yield from _walk(part.get(inner, []))


def _tangled(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """Add requirements of all kinds without cycles, stages side by side, and a choice."""
    parts = list(_walk(data["stages"]))
    names = [part["id"] for part in parts]
    may = [part for part in parts if not part["id"].startswith("week")]
    for _ in range(draw(st.integers(0, 5))):
        part, name = draw(st.sampled_from(may)), draw(st.sampled_from(names))
        part["requires"] = [*part.get("requires", []), name]
        if any(find_inconsistencies(data)):
            part["requires"].pop()
    if len(data["stages"]) > 1 and draw(st.booleans()):
        data["stages"][1]["parallel_with"] = [data["stages"][0]["id"]]
    if len(names) > 1 and draw(st.booleans()):
        first, second = draw(st.permutations(names))[:2]
        options = [{"id": "this", "takes": [first]}, {"id": "that", "takes": [second]}]
        data["choices"] = [{"id": "choice", "title": "This or that", "options": options}]


HOURS = st.none() | st.sampled_from([0.5, 3, 8, 80])


def every_season(plan: Roadmap, weeks: int, hours: float | None) -> list[FitResult]:
    first = fit_roadmap(plan, weeks, hours)
    return [
        first,
        *(fit_roadmap(plan, weeks, hours, number) for number in range(2, first.season_count + 1)),
    ]


@settings(max_examples=60)
@given(plans(), st.integers(1, 30), HOURS)
def test_every_item_is_in_one_week_of_one_season_or_left_out_and_never_if_it_is_essential(
    plan: Roadmap, weeks: int, hours: float | None
) -> None:
    seasons = every_season(plan, weeks, hours)
    placed = [
        item for season in seasons for item in (*season.syllabus.all_items, *season.items_left_out)
    ]
    assert sorted(placed) == sorted(plan.items)
    for season in seasons:
        assert not any(plan.items[item].essential for item in season.items_left_out)
        assert bool(hours) or not season.items_left_out
    assert fit_roadmap(plan, weeks, hours) == seasons[0]
    whole = fit_roadmap(plan, weeks, hours, None)
    assert sorted((*whole.syllabus.all_items, *whole.items_left_out)) == sorted(plan.items)
    assert (whole.season, whole.season_count) == (1, 1)


@settings(max_examples=60)
@given(plans(), st.integers(1, 30), HOURS)
def test_a_season_has_the_weeks_it_was_given_under_ids_and_titles_of_their_own(
    plan: Roadmap, weeks: int, hours: float | None
) -> None:
    for season in every_season(plan, weeks, hours):
        made = season.syllabus.weeks
        assert len(made) == weeks
        assert len({week.id for week in made}) == weeks
        assert all(is_slug(week.id, 24) and 0 < len(week.title) <= 75 for week in made)
        assert season.syllabus.all_items or season.items_left_out
        assert len(season.notes) <= 12


@settings(max_examples=60)
@given(plans(), st.integers(1, 30))
def test_what_is_required_comes_first(plan: Roadmap, weeks: int) -> None:
    order = [
        item for season in every_season(plan, weeks, None) for item in season.syllabus.all_items
    ]
    place = {item: number for number, item in enumerate(order)}
    held = {
        stage.id: [each["id"] for each in _walk([stage.model_dump()]) if each["id"] in place]
        for stage in plan.all_stages
    }
    held |= {week.id: [item.id for item in week.items] for week in plan.weeks}
    held |= {item: [item] for item in place}
    steps: list[Stage | Item] = [*plan.all_stages, *plan.items.values()]
    for step in steps:
        for needed in (item for name in step.requires for item in held[name]):
            assert all(place[needed] < place[item] for item in held[step.id])


@settings(max_examples=40)
@given(plans(plain=True), st.integers(1, 30))
def test_where_nothing_is_required_the_order_of_the_file_is_kept(plan: Roadmap, weeks: int) -> None:
    order = [
        item for season in every_season(plan, weeks, None) for item in season.syllabus.all_items
    ]
    assert order == list(plan.items)
    pressed = fit_roadmap(plan, weeks, None, None).syllabus
    for week in plan.weeks if weeks <= count_roadmap_weeks(plan) else ():
        assert len({pressed.find_item_week(item.id) for item in week.items}) <= 1, (
            "a week of the plan stays whole"
        )


@settings(max_examples=40)
@given(
    plans(plain=True).filter(lambda plan: all(stage.kind != "break" for stage in plan.all_stages))
)
def test_a_plan_of_weeks_in_as_many_weeks_is_what_it_was(plan: Roadmap) -> None:
    assume(all(plan.find_week_of_item(item) for item in plan.items))
    assert count_roadmap_weeks(plan) == len(plan.weeks)
    fitted = fit_roadmap(plan, count_roadmap_weeks(plan))
    assert fitted == FitResult(Syllabus.from_roadmap(plan), 1, 1)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.data())
def test_neighbours_are_grouped_so_that_the_heaviest_group_is_as_light_as_can_be(
    weights: list[int], data: st.DataObject
) -> None:
    groups = data.draw(st.integers(1, len(weights)))
    seams = data.draw(
        st.lists(st.sampled_from([0, 0.4]), min_size=len(weights), max_size=len(weights))
    )
    found = [weights[cut] for cut in divide_weights(weights, groups, seams)]
    assert [weight for group in found for weight in group] == weights
    assert all(found)
    ways = ([0, *cuts, len(weights)] for cuts in combinations(range(1, len(weights)), groups - 1))
    best = min(max(sum(weights[a:b]) for a, b in pairwise(way)) for way in ways)
    assert max(map(sum, found)) == best


# — by example —

TWELVE = "ai-ml-engineer-12-weeks"


def titles(weeks: tuple[SyllabusWeek, ...]) -> list[str]:
    return [week.title for week in weeks]


def made(stages: str, more: str = "") -> Roadmap:
    return parse_roadmap(f"title: A plan\nsummary: A plan.\nstages: {stages}\n{more}", "plan.yaml")


def week(number: int, *items: str) -> str:
    return f"{{id: w{number}, title: Week {number}, items: [{', '.join(items)}]}}"


def topic(name: str, more: str = "") -> str:
    return f"{{id: {name}, kind: topic, title: {name.capitalize()}{more and ', '}{more}}}"


def test_the_twelve_weeks_in_ten_put_neighbours_together_and_say_so() -> None:
    fitted = fit_roadmap(roadmaps()[TWELVE], 10)
    shared = [
        week for week in fitted.syllabus.weeks if " · " in week.title or " and 1 more" in week.title
    ]
    assert len(shared) == 2
    assert [note.partition(":")[0] for note in fitted.notes] == [
        "Put weeks 1 and 2 of the plan together in week 1",
        "Put weeks 7 and 8 of the plan together in week 6",
    ]


def test_the_twelve_weeks_in_six_are_two_seasons_parted_between_months_where_it_can_be() -> None:
    plan = roadmaps()[TWELVE]
    first, second = every_season(plan, 6, None)
    assert first.syllabus.weeks + second.syllabus.weeks == Syllabus.from_roadmap(plan).weeks
    assert first.notes[0].startswith(
        "Season 1 of 2: from “Basics of linear algebra and statistics” to "
    )
    thirds = every_season(plan, 4, None)
    assert [len({week.stage for week in season.syllabus.weeks}) for season in thirds] == [1, 1, 1]


def test_seasons_are_parted_between_stages_and_no_season_ends_with_a_week_off() -> None:
    four = ", ".join(week(number, topic(f"a{number}")) for number in range(4))
    seven = ", ".join(week(number, topic(f"b{number}")) for number in range(4, 11))
    plan = made(
        f"[{{id: one, title: One, weeks: [{four}]}}, {{id: two, title: Two, weeks: [{seven}]}}]"
    )
    first, second = every_season(plan, 7, None)
    assert {week.stage for week in first.syllabus.weeks} == {"One"}
    assert second.syllabus.weeks == Syllabus.from_roadmap(plan).weeks[4:]
    off = "{id: off, title: Off, kind: break}"
    plan = made(
        f"[{{id: one, title: One, weeks: [{four}, {off}]}}, "
        f"{{id: two, title: Two, weeks: [{seven}]}}]"
    )
    assert [
        week.kind for season in every_season(plan, 7, None) for week in season.syllabus.weeks
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
    assert titles(fit_roadmap(plan, 4).syllabus.weeks) == [
        "Week 1 (1 of 3)",
        "Week 1 (2 of 3)",
        "Week 1 (3 of 3)",
        "Week 2",
    ]
    fitted = fit_roadmap(plan, 5)
    assert titles(fitted.syllabus.weeks)[3:] == ["Week 2", "More time: D"]
    assert [(week.id, week.kind, len(week.items)) for week in fitted.syllabus.weeks] == [
        ("w1", "normal", 1),
        ("b", "normal", 1),
        ("c", "normal", 1),
        ("w2", "normal", 1),
        ("more-d", "review", 0),
    ]
    assert "Added one week without new items, for the longest ones: “D”." in fitted.notes


def test_stated_time_is_shared_and_the_detailed_one_holds_where_two_disagree() -> None:
    inner = f"{{id: i, title: Inner, time: 4 weeks, items: [{topic('a')}, {topic('b')}]}}"
    plan = made(f"[{{id: s, title: Outer, time: 2 months, stages: [{inner}]}}]")
    assert count_roadmap_weeks(plan) == 4
    assert titles(fit_roadmap(plan, 4).syllabus.weeks) == ["A", "More time: A", "B", "More time: B"]
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
    assert fitted.items_left_out == ("b",)
    assert fitted.notes == (
        "Left out, because time is short: “B”.",
        "Week 2 needs about 12 hours, and you have 10.",
    )
    assert fit_roadmap(plan, 2, 4).items_left_out == ("b", "d"), "what something requires stays"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ((0,), "weeks"),
        ((MOST_WEEKS + 1,), "weeks"),
        ((12, 0.4), "hours"),
        ((12, float("nan")), "hours"),
        ((12, 81), "hours"),
        ((12, 8, 2), "season"),
        ((3, 8, 5), "season"),
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
        assert len(fit_roadmap(plan, weeks, 8, None).syllabus.all_items) == 1500
