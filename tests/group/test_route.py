"""A route: what counts for a member, by their track and choices and by what is as good as what."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.route import Picks, Route, ahead_of, everything, labels, option_title, route_of
from bot.roadmap import Roadmap, read
from bot.views.resources import resources_of
from tests.support.branching_roadmap import BRANCHING

PLAN = BRANCHING
SYLLABUS = Syllabus.of(PLAN)


def own(*words: str, plan: Roadmap = PLAN) -> set[str]:
    return set(route_of(plan, Syllabus.of(plan), words).own)


def plan_of(stages: str, rest: str = "") -> Roadmap:
    return read(f"title: A plan\nsummary: Of sorts.\nstages:\n{stages}\n{rest}", "plan.yaml")


def test_who_picks_nothing_is_on_the_default_route() -> None:
    usual = route_of(PLAN, SYLLABUS)
    assert usual.own == {"python", "course", "tensorflow", "paper", "share"}
    assert [usual.total(week.id) for week in SYLLABUS.weeks] == [2, 2, 1, 0]
    assert usual.total() == 5


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
    usual = route_of(PLAN, SYLLABUS)
    assert (
        usual.done({"course"})
        == usual.done({"lectures"})
        == usual.done({"course", "lectures"})
        == 1
    )
    assert usual.done({"lectures"}, "begin") == 1
    assert usual.instead("course", {"lectures"}) == "lectures"
    assert usual.instead("course", {"course", "lectures"}) is None
    assert not usual.counts("lectures")
    assert usual.done({"pytorch", "see"}) == 0


def test_what_two_lists_of_equivalents_share_makes_them_one() -> None:
    items = ", ".join(
        f"{{id: {one}, kind: topic, title: {one}}}" for one in ("aa", "bb", "cc", "dd")
    )
    plan = plan_of(
        f"  - {{id: all, title: All, weeks: [{{id: only, title: Only, items: [{items}]}}]}}",
        "equivalents: [[aa, bb], [cc, dd], [bb, cc], [aa, dd]]",
    )
    route = route_of(plan, Syllabus.of(plan))
    assert (route.total(), route.done({"dd"})) == (1, 1)


def test_a_slot_lies_in_the_first_week_that_holds_an_item_of_it_on_the_route() -> None:
    late = Syllabus(
        (SyllabusWeek("one", "One", ("lectures",)), SyllabusWeek("two", "Two", ("course",)))
    )
    assert [route_of(PLAN, late).total(week) for week in ("one", "two")] == [0, 1]
    by_lectures = route_of(PLAN, late, ("course-or-lectures/by-lectures",))
    assert [by_lectures.total(week) for week in ("one", "two")] == [1, 0]


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
    assert route_of(plan, Syllabus.of(plan)).total() == 1


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
          - {id: side, title: Side, options: [{id: to-left, takes: [left]}, {id: to-right, takes: [right]}]}
      - id: short
        title: Short
        items: [{id: summary, kind: topic, title: Summary}]
""",
    "choices: [{id: depth, title: Depth, options: [{id: deep, takes: [long]}, {id: light, takes: [basics, short]}]}]",
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
    assert route_of(NESTED, ALL_OF_IT, words).own == items


def test_a_plan_with_one_way_for_everybody_has_a_slot_for_each_item() -> None:
    plan = plan_of(
        "  - {id: a, title: A, weeks: [{id: b, title: B, items: [{id: c, kind: topic, title: C}]}]}"
    )
    syllabus = Syllabus.of(plan)
    assert route_of(plan, syllabus, ("vision",)) is everything(syllabus)
    assert route_of(plan, syllabus).total() == len(syllabus.items) == 1


def test_a_week_that_is_not_there_has_nothing_to_do() -> None:
    assert (
        route_of(PLAN, SYLLABUS).total("gone"),
        route_of(PLAN, SYLLABUS).done({"python"}, "gone"),
    ) == (0, 0)


WORDS = [
    "vision",
    "language",
    "x",
    *(f"{choice.id}/{one.id}" for choice in PLAN.all_choices for one in choice.options),
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
    route = route_of(PLAN, syllabus, words)
    weeks = [week.id for week in syllabus.weeks]
    assert route.done(ticked) <= route.done(ticked | {item}) <= route.done(ticked) + 1
    assert route.done(set(syllabus.items)) == route.total() == sum(map(route.total, weeks))
    assert route.done(ticked) == sum(route.done(ticked, week) for week in weeks)
    every = list(chain.from_iterable(route.slots.values()))
    assert len(set().union(*every)) == sum(map(len, every)), "no item is in two slots"
    assert all(slot & route.own for slot in every)
    assert Picks.of(Picks.of(words).words) == Picks.of(words)


def test_items_are_labelled_with_the_option_or_the_track_they_are_part_of() -> None:
    assert labels(PLAN, PLAN.items) == {
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
    assert option_title(PLAN, PLAN.all_choices[1].options[1]) == "Learn PyTorch"


def test_what_an_option_requires_is_named_until_it_is_done_or_something_as_good() -> None:
    words = ("framework/with-pytorch",)
    assert ahead_of(PLAN, SYLLABUS, words, frozenset()) == ("Begin",)
    assert ahead_of(PLAN, SYLLABUS, ("vision",), {"python"}) == ("Begin",)
    assert ahead_of(PLAN, SYLLABUS, words, {"python", "lectures"}) == ()
    assert ahead_of(PLAN, SYLLABUS, (), frozenset()) == ()
    sharing = ("extras/open-source",)
    assert ahead_of(PLAN, SYLLABUS, sharing, {"tensorflow"}) == ("Frameworks",)
    assert ahead_of(PLAN, SYLLABUS, sharing, {"tensorflow", "paper"}) == (), (
        "what others do there is not waited for"
    )


def test_reading_for_the_own_route_comes_first_and_with_it_what_stands_by_its_stages() -> None:
    week = SYLLABUS.weeks[1]

    def listed(route: Route) -> list[str]:
        return [one.id for one in resources_of(PLAN, week, route)]

    assert listed(route_of(PLAN, SYLLABUS)) == ["tf-docs", "handbook", "pytorch-docs"]
    assert listed(route_of(PLAN, SYLLABUS, ("framework/with-pytorch",))) == [
        "pytorch-docs",
        "handbook",
        "tf-docs",
    ]
