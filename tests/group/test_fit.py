"""Fitting: any plan in so many weeks, in order, with requirements first and essentials kept."""

from __future__ import annotations

from itertools import combinations, pairwise
from unittest.mock import patch

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.group.calendar import Syllabus
from bot.group.fit import FitResult, count_roadmap_weeks, fit_roadmap
from bot.group.fit import divide as division
from bot.group.fit.divide import divide_weights
from bot.roadmap import Item, Roadmap, Stage
from bot.roadmap.text import is_slug
from tests.support.drawn_plans import draw_plans, walk_parts

WEEKS = st.integers(1, 30)
HOURS = st.none() | st.sampled_from([0.5, 3, 8, 80])


def list_seasons(plan: Roadmap, weeks: int, hours: float | None) -> list[FitResult]:
    first = fit_roadmap(plan, weeks, hours, 1)
    later = range(2, first.season_count + 1)
    return [first, *(fit_roadmap(plan, weeks, hours, number) for number in later)]


def list_all_ways(plan: Roadmap, weeks: int, hours: float | None) -> list[FitResult]:
    whole = [fit_roadmap(plan, weeks, hours), fit_roadmap(plan, weeks, hours, "all")]
    if any(item.essential for item in plan.items.values()):
        whole.append(fit_roadmap(plan, weeks, hours, "essentials"))
    return [*list_seasons(plan, weeks, hours), *whole]


@settings(max_examples=60)
@given(draw_plans(), WEEKS, HOURS)
def test_every_item_is_in_one_week_of_one_season_or_left_out_and_never_if_it_is_essential(
    plan: Roadmap, weeks: int, hours: float | None
) -> None:
    seasons = list_seasons(plan, weeks, hours)
    placed = [item for season in seasons for item in season.syllabus.all_items]
    assert sorted(placed) == sorted(plan.items)
    for fitted in list_all_ways(plan, weeks, hours):
        assert not any(plan.items[item].essential for item in fitted.items_left_out)
        if fitted.season_count == 1:
            placed = [*fitted.syllabus.all_items, *fitted.items_left_out]
            assert sorted(placed) == sorted(plan.items)
        if fitted.items_left_out:
            assert any(note.startswith("Left out") for note in fitted.notes)
    assert not hours or not fit_roadmap(plan, weeks).items_left_out
    assert fit_roadmap(plan, weeks, hours) == fit_roadmap(plan, weeks, hours)


@settings(max_examples=60)
@given(draw_plans(), WEEKS, HOURS)
def test_weeks_have_ids_and_titles_of_their_own_and_are_as_many_as_there_is_work_for(
    plan: Roadmap, weeks: int, hours: float | None
) -> None:
    for fitted in list_all_ways(plan, weeks, hours):
        made = fitted.syllabus.weeks
        assert 1 <= len(made) <= weeks
        is_shorter = any(note.startswith("There is not enough to do") for note in fitted.notes)
        assert is_shorter == (len(made) < weeks)
        assert len({week.id for week in made}) == len({week.title for week in made}) == len(made)
        assert all(is_slug(week.id, 24) and 0 < len(week.title) <= 75 for week in made)
        assert len(fitted.week_minutes) == len(made)
        assert fitted.syllabus.all_items
        assert len(fitted.notes) <= 12


@settings(max_examples=60)
@given(draw_plans(), WEEKS, HOURS)
def test_no_two_weeks_in_a_row_have_nothing_but_more_time(
    plan: Roadmap, weeks: int, hours: float | None
) -> None:
    for fitted in list_all_ways(plan, weeks, hours):
        idle = [week.kind == "review" and not week.items for week in fitted.syllabus.weeks]
        assert not any(first and second for first, second in pairwise(idle))


@settings(max_examples=80)
@given(draw_plans(), WEEKS, st.sampled_from([0.5, 3, 8, 80]))
def test_no_week_takes_longer_than_the_hours_but_for_one_long_item_and_then_it_is_said(
    plan: Roadmap, weeks: int, hours: float
) -> None:
    for fitted in (fit_roadmap(plan, weeks, hours), *list_seasons(plan, weeks, hours)):
        if max(fitted.week_minutes) > hours * 60 * 1.1:
            busy = [week for week in fitted.syllabus.weeks if week.items]
            assert len(busy) == 1, "an item longer than a season has it alone"
            assert any(" needs about " in note for note in fitted.notes)


@settings(max_examples=60)
@given(draw_plans(), WEEKS, st.sampled_from([0.5, 3, 8]))
def test_every_way_that_is_offered_can_be_taken_and_keeps_its_word(
    plan: Roadmap, weeks: int, hours: float
) -> None:
    offers = fit_roadmap(plan, weeks, hours).offers
    assert sum(offer.is_taken for offer in offers) <= 1
    assert len([offer for offer in offers if not offer.is_taken]) <= 5, "a row of buttons"
    for offer in offers:
        season = int(offer.season) if offer.season.isdecimal() else offer.season or "auto"
        fitted = fit_roadmap(plan, offer.weeks, offer.hours, season)  # type: ignore[arg-type]
        if offer.sentence.endswith("everything, in one go."):
            assert not fitted.items_left_out
            assert max(fitted.week_minutes) <= (offer.hours or 0) * 60 * 1.1
        if offer.label.endswith("seasons"):
            assert fitted.season_count == int(offer.label.split()[0])


@settings(max_examples=60)
@given(draw_plans(), WEEKS, HOURS)
def test_what_is_required_comes_first(plan: Roadmap, weeks: int, hours: float | None) -> None:
    seasons = list_seasons(plan, weeks, hours)
    order = [item for season in seasons for item in season.syllabus.all_items]
    place = {item: number for number, item in enumerate(order)}
    held = {
        stage.id: [each["id"] for each in walk_parts([stage.model_dump()]) if each["id"] in place]
        for stage in plan.all_stages
    }
    held |= {week.id: [item.id for item in week.items] for week in plan.weeks}
    held |= {item: [item] for item in place}
    steps: list[Stage | Item] = [*plan.all_stages, *plan.items.values()]
    for step in steps:
        for needed in (item for name in step.requires for item in held[name]):
            assert all(place[needed] < place[item] for item in held[step.id])


@settings(max_examples=40)
@given(draw_plans(plain=True), WEEKS, HOURS)
def test_where_nothing_is_required_the_order_of_the_file_is_kept(
    plan: Roadmap, weeks: int, hours: float | None
) -> None:
    seasons = list_seasons(plan, weeks, hours)
    order = [item for season in seasons for item in season.syllabus.all_items]
    assert order == list(plan.items)


@settings(max_examples=40)
@given(draw_plans(plain=True), st.integers(0, 10))
def test_in_at_least_as_many_weeks_as_it_has_a_plan_shares_no_week_and_keeps_ids(
    plan: Roadmap, more: int
) -> None:
    weeks = count_roadmap_weeks(plan) + more
    assume(weeks <= 104)
    assume(all(plan.find_week_of_item(item) for item in plan.items))
    for week in fit_roadmap(plan, weeks).syllabus.weeks:
        own = {plan.find_week_of_item(item) for item in week.items}
        assert len(own) <= 1
    ids = {week.id for week in fit_roadmap(plan, weeks).syllabus.weeks}
    assert ids >= {week.id for week in plan.weeks if week.items}


@settings(max_examples=40)
@given(
    draw_plans(plain=True).filter(
        lambda plan: all(stage.kind != "break" for stage in plan.all_stages)
    )
)
def test_a_plan_of_weeks_in_as_many_weeks_is_what_it_was(plan: Roadmap) -> None:
    assume(all(plan.find_week_of_item(item) for item in plan.items))
    assert count_roadmap_weeks(plan) == len(plan.weeks)
    fitted = fit_roadmap(plan, count_roadmap_weeks(plan))
    assert fitted.syllabus == Syllabus.from_roadmap(plan)
    assert (fitted.season_count, fitted.notes, fitted.offers) == (1, (), ())


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.booleans(), st.data())
def test_neighbours_are_grouped_so_that_the_heaviest_group_is_as_light_as_can_be(
    weights: list[int], is_long: bool, data: st.DataObject
) -> None:
    groups = data.draw(st.integers(1, len(weights)))
    seams = data.draw(
        st.lists(st.sampled_from([0, 0.4]), min_size=len(weights), max_size=len(weights))
    )
    # A long row goes another way, so a short one is passed off as long.
    with patch.object(division, "EXACT", 0 if is_long else division.EXACT):
        found = [weights[cut] for cut in divide_weights(weights, groups, seams)]
    assert [weight for group in found for weight in group] == weights
    assert all(found)
    ways = ([0, *cuts, len(weights)] for cuts in combinations(range(1, len(weights)), groups - 1))
    best = min(max(sum(weights[a:b]) for a, b in pairwise(way)) for way in ways)
    assert max(map(sum, found)) == best
