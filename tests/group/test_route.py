"""A route: what counts for a member, by their track and choices and by what is as good as what."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.route import (
    Picks,
    Route,
    build_full_route,
    build_route,
    get_option_title,
    list_unmet_requirements,
    map_route_labels,
)
from bot.roadmap import Roadmap, parse_roadmap
from bot.views.resources import list_week_resources
from tests.support.branching_roadmap import BRANCHING

PLAN = BRANCHING
SYLLABUS = Syllabus.from_roadmap(PLAN)


def own(*words: str, plan: Roadmap = PLAN) -> set[str]:
    return set(build_route(plan, Syllabus.from_roadmap(plan), words).own_items)


def plan_of(stages: str, rest: str = "") -> Roadmap:
    return parse_roadmap(
        f"title: A plan\nsummary: Of sorts.\nstages:\n{stages}\n{rest}", "plan.yaml"
    )


def test_who_picks_nothing_is_on_the_default_route() -> None:
    usual = build_route(PLAN, SYLLABUS)
    assert usual.own_items == {"python", "course", "tensorflow", "paper", "share"}
    assert [usual.count_slots(week.id) for week in SYLLABUS.weeks] == [2, 2, 1, 0]
    assert usual.count_slots() == 5


@pytest.mark.parametrize(
    ("words", "more", "less"),
    [
        (("framework/with-pytorch",), {"pytorch"}, {"tensorflow"}),
        (("framework/no-such-option", "vanished"), set(), set()),
        (("vision",), {"see", "pytorch"}, {"tensorflow"}),
        (("vision", "framework/with-tensorflow"), {"see"}, set()),
        (("language",), {"hear"}, set()),
        (("course-or-lectures/by-lectures",), {"lectures"}, {"course"}),
        (("extras/compete", "extras/blog"), {"kaggle", "post"}, {"share"}),
        (("extras/",), set(), {"share"}),
        (("papers/older",), {"old-paper"}, {"paper"}),
    ],
    ids=lambda value: "+".join(sorted(value)) if value else "nothing",
)
def test_picks_take_what_they_name_and_leave_the_rest(
    words: tuple[str, ...], more: set[str], less: set[str]
) -> None:
    assert own(*words) == own() - less | more


def test_an_equivalent_counts_once_wherever_it_is_ticked() -> None:
    usual = build_route(PLAN, SYLLABUS)
    assert (
        usual.count_done_slots({"course"})
        == usual.count_done_slots({"lectures"})
        == usual.count_done_slots({"course", "lectures"})
        == 1
    )
    assert usual.count_done_slots({"lectures"}, "begin") == 1
    assert usual.find_ticked_equivalent("course", {"lectures"}) == "lectures"
    assert usual.find_ticked_equivalent("course", {"course", "lectures"}) is None
    assert not usual.is_on_route("lectures")
    assert usual.count_done_slots({"pytorch", "see"}) == 0


def test_what_two_lists_of_equivalents_share_makes_them_one() -> None:
    items = ", ".join(
        f"{{id: {name}, kind: topic, title: {name}}}" for name in ("aa", "bb", "cc", "dd")
    )
    plan = plan_of(
        f"  - {{id: all, title: All, weeks: [{{id: only, title: Only, items: [{items}]}}]}}",
        "equivalents: [[aa, bb], [cc, dd], [bb, cc], [aa, dd]]",
    )
    route = build_route(plan, Syllabus.from_roadmap(plan))
    assert (route.count_slots(), route.count_done_slots({"dd"})) == (1, 1)


def test_a_slot_lies_in_the_first_week_that_holds_an_item_of_it_on_the_route() -> None:
    late = Syllabus(
        (SyllabusWeek("one", "One", ("lectures",)), SyllabusWeek("two", "Two", ("course",)))
    )
    assert [build_route(PLAN, late).count_slots(week) for week in ("one", "two")] == [0, 1]
    by_lectures = build_route(PLAN, late, ("course-or-lectures/by-lectures",))
    assert [by_lectures.count_slots(week) for week in ("one", "two")] == [1, 0]


def test_equivalents_written_for_several_tracks_are_left_to_who_is_on_none_of_them() -> None:
    plan = plan_of(
        """  - id: basics
    title: Basics
    weeks:
      - id: first
        title: First
        items:
          - {id: by-course, kind: topic, title: A course, track: courses}
          - {id: by-video, kind: topic, title: Lectures, track: videos}
          - {id: only-video, kind: topic, title: More lectures, track: videos}
""",
        "tracks: [{id: courses, title: C}, {id: videos, title: V}, {id: third, title: T}]\n"
        "equivalents: [[by-course, by-video]]",
    )
    assert own(plan=plan) == own("third", plan=plan) == {"by-course", "by-video"}
    assert own("courses", plan=plan) == {"by-course"}
    assert own("videos", plan=plan) == {"by-video", "only-video"}
    assert build_route(plan, Syllabus.from_roadmap(plan)).count_slots() == 1


NESTED = plan_of(
    """  - id: whole
    title: The whole way
    stages:
      - id: long
        title: Long
        items:
          - {id: basics, kind: topic, title: Basics}
          - {id: left, kind: topic, title: Left}
          - {id: right, kind: topic, title: Right}
        choices:
          - id: side
            title: Side
            options: [{id: to-left, takes: [left]}, {id: to-right, takes: [right]}]
      - id: short
        title: Short
        items: [{id: summary, kind: topic, title: Summary}]
""",
    "choices: [{id: depth, title: Depth, options: "
    "[{id: deep, takes: [long]}, {id: light, takes: [basics, short]}]}]",
)
ALL_OF_IT = Syllabus((SyllabusWeek("w", "W", tuple(NESTED.items)),))


@pytest.mark.parametrize(
    ("words", "items"),
    [
        ((), {"basics", "left"}),
        (("side/to-right",), {"basics", "right"}),
        (("depth/light", "side/to-right"), {"basics", "summary"}),
    ],
    ids=("default", "right", "light"),
)
def test_a_choice_inside_what_is_not_taken_takes_nothing(
    words: tuple[str, ...], items: set[str]
) -> None:
    assert build_route(NESTED, ALL_OF_IT, words).own_items == items


def test_a_plan_with_one_way_for_everybody_has_a_slot_for_each_item() -> None:
    plan = plan_of(
        "  - {id: a, title: A, weeks: [{id: b, title: B, items: [{id: c, kind: topic, title: C}]}]}"
    )
    syllabus = Syllabus.from_roadmap(plan)
    assert build_route(plan, syllabus, ("vision",)) is build_full_route(syllabus)
    assert build_route(plan, syllabus).count_slots() == len(syllabus.all_items) == 1


def test_a_week_that_is_not_there_has_nothing_to_do() -> None:
    assert (
        build_route(PLAN, SYLLABUS).count_slots("gone"),
        build_route(PLAN, SYLLABUS).count_done_slots({"python"}, "gone"),
    ) == (0, 0)


WORDS = [
    "vision",
    "language",
    "x",
    *(f"{choice.id}/{option.id}" for choice in PLAN.all_choices for option in choice.options),
]
PICKS = st.lists(st.sampled_from(WORDS), max_size=5)
TICKS = st.sets(st.sampled_from(sorted(PLAN.items)))
WEEKS = st.permutations(sorted(PLAN.items)).flatmap(
    lambda items: st.integers(1, len(items)).map(
        lambda cut: Syllabus(
            (SyllabusWeek("a", "A", tuple(items[:cut])), SyllabusWeek("b", "B", tuple(items[cut:])))
        )
    )
)


@settings(max_examples=60)
@given(WEEKS, PICKS, TICKS, st.sampled_from(sorted(PLAN.items)))
def test_a_tick_never_lowers_what_is_done_and_everything_ticked_is_everything_done(
    syllabus: Syllabus, words: list[str], ticked: set[str], item: str
) -> None:
    route = build_route(PLAN, syllabus, words)
    weeks = [week.id for week in syllabus.weeks]
    assert (
        route.count_done_slots(ticked)
        <= route.count_done_slots(ticked | {item})
        <= route.count_done_slots(ticked) + 1
    )
    assert (
        route.count_done_slots(set(syllabus.all_items))
        == route.count_slots()
        == sum(map(route.count_slots, weeks))
    )
    assert route.count_done_slots(ticked) == sum(
        route.count_done_slots(ticked, week) for week in weeks
    )
    every = list(chain.from_iterable(route.slots.values()))
    assert len(set().union(*every)) == sum(map(len, every)), "no item is in two slots"
    assert all(slot & route.own_items for slot in every)
    assert Picks.parse_picks(Picks.parse_picks(words).words_to_store) == Picks.parse_picks(words)


def test_items_are_labelled_with_the_option_or_the_track_they_are_part_of() -> None:
    assert map_route_labels(PLAN, PLAN.items) == {
        "course": "By course",
        "lectures": "By lectures",
        "tensorflow": "TensorFlow or PyTorch",
        "pytorch": "TensorFlow or PyTorch",
        "see": "Computer vision",
        "hear": "Language",
        "kaggle": "Compete",
        "post": "Write",
        "share": "Share",
        "paper": "A paper",
        "old-paper": "A paper",
    }
    assert get_option_title(PLAN, PLAN.all_choices[1].options[1]) == "Learn PyTorch"


def test_what_an_option_requires_is_named_until_it_is_done_or_something_as_good() -> None:
    words = ("framework/with-pytorch",)
    assert list_unmet_requirements(PLAN, SYLLABUS, words, frozenset()) == ("Begin",)
    assert list_unmet_requirements(PLAN, SYLLABUS, ("vision",), {"python"}) == ("Begin",)
    assert list_unmet_requirements(PLAN, SYLLABUS, words, {"python", "lectures"}) == ()
    assert list_unmet_requirements(PLAN, SYLLABUS, (), frozenset()) == ()
    sharing = ("extras/open-source",)
    assert list_unmet_requirements(PLAN, SYLLABUS, sharing, {"tensorflow"}) == ("Frameworks",)
    assert list_unmet_requirements(PLAN, SYLLABUS, sharing, {"tensorflow", "paper"}) == (), (
        "what others do there is not waited for"
    )


def test_reading_for_the_own_route_comes_first_and_with_it_what_stands_by_its_stages() -> None:
    week = SYLLABUS.weeks[1]

    def listed(route: Route) -> list[str]:
        return [resource.id for resource in list_week_resources(PLAN, week, route)]

    assert listed(build_route(PLAN, SYLLABUS)) == ["tf-docs", "handbook", "pytorch-docs"]
    assert listed(build_route(PLAN, SYLLABUS, ("framework/with-pytorch",))) == [
        "pytorch-docs",
        "handbook",
        "tf-docs",
    ]
