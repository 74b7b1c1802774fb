"""Versions of a plan: their differences, ids that stay, and a cohort's weeks taken along.

No edit may part a tick from its item.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.revision import (
    ItemMove,
    ItemSplit,
    compare_roadmaps,
    describe_changed_ids,
    describe_diff,
    list_diff_lines,
    match_roadmap_ids,
    revise_syllabus,
)
from bot.group.revision.similarity import compute_title_similarity
from bot.roadmap import Item, Resource, Roadmap, Stage, Week

SUMMARY = "A plan for tests."


def item(name: str, title: str = "", parts: Sequence[str] = (), **more: object) -> Item:
    return Item.model_validate(
        {"id": name, "kind": "topic", "title": title or name, "parts": list(parts), **more}
    )


def plan(**weeks: Sequence[Item | str]) -> Roadmap:
    """A plan of one stage, its weeks by their ids."""
    made = tuple(
        Week(
            id=name,
            title=name.capitalize(),
            items=tuple(entry if isinstance(entry, Item) else item(entry) for entry in items),
        )
        for name, items in weeks.items()
    )
    return Roadmap(
        slug="plan",
        title="Plan",
        summary=SUMMARY,
        stages=(Stage(id="all", title="All", weeks=made),),
    )


def staged(**stages: Sequence[Item | str]) -> Roadmap:
    """A plan without weeks."""
    made = tuple(
        Stage(
            id=name,
            title=name.capitalize(),
            items=tuple(entry if isinstance(entry, Item) else item(entry) for entry in items),
        )
        for name, items in stages.items()
    )
    return Roadmap(slug="plan", title="Plan", summary=SUMMARY, stages=made)


def weeks_of(syllabus: Syllabus) -> dict[str, tuple[str, ...]]:
    return {week.id: week.items for week in syllabus.weeks}


# — what has changed —


def test_an_insertion_moves_nobody_and_a_swap_moves_one() -> None:
    old = plan(one=["a", "b", "c"], two=["d"])
    assert compare_roadmaps(old, plan(one=["new", "a", "b", "fresh", "c"], two=["d"])).moved == ()
    assert compare_roadmaps(old, plan(one=["b", "a", "c"], two=["d"])).moved == (
        ItemMove("b", "one", "one"),
    )
    assert compare_roadmaps(old, plan(one=["a", "c"], two=["b", "d"])).moved == (
        ItemMove("b", "one", "two"),
    )
    assert compare_roadmaps(old, plan(two=["d"], one=["a", "b", "c"])).weeks.moved == ("two",)


def test_a_diff_is_said_in_one_sentence_and_a_line_for_each_change() -> None:
    old = plan(
        one=[item("a", "Vectors"), item("b", "Matrices", ["adding", "inverting"])],
        two=["c", "gone"],
    )
    new = plan(
        one=[item("b", "Matrices", ["adding"]), item("inv", "Inverting"), item("c", "Calculus")],
        two=[item("a", "Vectors", recall="Why?")],
        three=["d"],
    )
    diff = compare_roadmaps(old, new)
    assert diff.splits == (ItemSplit("b", ("inv",)),)
    assert diff.items_with_changes == {"a", "b", "c", "gone"}
    assert describe_diff(diff, 14) == (
        "2 moved, 1 split, 1 renamed, 1 edited, 2 new, 1 gone, 1 week new; "
        "14 people have ticked a changed item, and ticks stay"
    )
    assert list(list_diff_lines(diff, {"a": 3})) == [
        "Week new: “Three”",
        "Moved: “Calculus” from “Two” to “One”",
        "Moved: “Vectors” from “One” to “Two” (3 ticked it)",
        "Split: parts of “Matrices” are now in “Inverting”",
        "Renamed: “c” is now “Calculus”",
        "New: “Inverting”",
        "New: “d”",
        "Gone: “gone”",
        "Edited: “Vectors” (3 ticked it)",
    ]


def test_what_was_joined_is_said_to_be_taken_in() -> None:
    old = plan(one=[item("a", "Vectors"), item("b", "Matrices", ["adding", "inverting"]), "c"])
    new = plan(one=[item("b", "Matrices", ["adding", "inverting", "vectors"]), "c"])
    assert "Joined: “Matrices” now includes “Vectors”" in list(
        list_diff_lines(compare_roadmaps(old, new), {})
    )


def test_only_what_is_around_the_items_has_changed() -> None:
    old = plan(one=["a"])
    book = Resource(id="book", kind="book", title="A book")
    assert describe_diff(compare_roadmaps(old, old)) == "nothing has changed"
    assert describe_diff(
        compare_roadmaps(old, old.model_copy(update={"summary": "Other words."}))
    ) == ("only the text around the items has changed")
    assert (
        describe_diff(compare_roadmaps(old, old.model_copy(update={"resources": (book,)})))
        == "1 resource changed"
    )


# — ids that stay —


def test_what_has_the_same_title_or_parts_or_nearly_the_same_title_keeps_its_id() -> None:
    old = plan(
        one=[
            item("gd", "Gradient descent"),
            item("la", "Linear algebra", ["vectors", "matrices"]),
            item("x", "Python"),
        ],
        two=[item("quiz-a", "Quiz 1"), item("sup", "Supervised learning")],
    )
    new = plan(
        one=[
            item("gradient-descent-algorithm", "Gradient descent algorithm"),
            item("python", "python!"),
        ],
        two=[
            item("algebra", "Algebra in a line", ["Matrices", "Vectors"]),
            item("quiz-two", "Quiz 2"),
            item("unsup", "Unsupervised learning", requires=["gradient-descent-algorithm"]),
        ],
    )
    taken, notes = match_roadmap_ids(new, old)
    assert list(taken.items) == ["gd", "x", "la", "quiz-two", "unsup"]
    assert taken.items["unsup"].requires == ("gd",)
    assert notes == (
        "“Algebra in a line” is the new title of “Linear algebra”: its ticks stay.",
        "“Gradient descent algorithm” is the new title of “Gradient descent”: its ticks stay.",
    )


def test_an_id_is_never_given_to_something_else() -> None:
    old = plan(
        one=[item("docs", "Read the docs"), item("docs-2", "Read the docs")],
        two=[item("intro", "Hello")],
    )
    new = plan(
        one=[item("docs", "Read the docs")],
        two=[item("intro", "Something quite different"), item("docs-2", "Zoo")],
    )
    taken, _ = match_roadmap_ids(new, old)
    assert list(taken.items) == ["docs", "intro-v2", "docs-2-v2"]


def test_weeks_are_known_by_title_or_by_what_they_hold() -> None:
    old = plan(start=["a", "b", "c"], rest=["d"])
    new = plan(beginnings=["a", "b", "e"], rest=["d"])
    taken, notes = match_roadmap_ids(new, old)
    assert [week.id for week in taken.weeks] == ["start", "rest"]
    assert notes == ("“Beginnings” is the new title of “Start”: its check-ins stay.",)


def test_what_comes_back_from_an_earlier_version_has_its_id_again() -> None:
    first, second = plan(one=[item("gd", "Gradient descent"), "b"]), plan(one=["b"])
    again, _ = match_roadmap_ids(
        plan(one=[item("gradient-descent", "Gradient descent"), "b"]), second, first
    )
    assert list(again.items) == ["gd", "b"]


def test_a_new_id_for_an_old_title_is_odd_in_a_plan_that_names_itself() -> None:
    old, new = (
        plan(one=[item("gd", "Gradient descent")]),
        plan(one=[item("descent", "Gradient Descent")]),
    )
    assert describe_changed_ids(new, old) == (
        "Keep the id gd for “Gradient Descent”: ticks on gd do not count for descent.",
    )


@pytest.mark.parametrize(
    ("title", "other", "close"),
    [
        ("Gradient descent", "Gradient descent algorithm", True),
        ("Neural network", "Neural networks", True),
        ("Week quiz 1", "Week quiz 2", False),
        ("Linear regression", "Logistic regression", False),
        ("Supervised learning", "Unsupervised learning", False),
        ("Install Rust", "Install Rust and the tools around it", True),
        ("C++", "C#", False),
        ("Statistics", "Statistics for the whole of the data", False),
    ],
)
def test_titles_are_close_only_where_they_can_hardly_mean_two_things(
    title: str, other: str, close: bool
) -> None:
    assert bool(compute_title_similarity(title, other)) is close


def test_the_largest_plan_with_every_title_changed_is_taken_in_bounded_time() -> None:
    def large(word: str) -> Roadmap:
        return staged(
            all=[
                item(f"{word}-{n}", f"Topic {word} of the number {n} in a long line of them")
                for n in range(1500)
            ]
        )

    taken, _ = match_roadmap_ids(
        large("alpha"), large("beta")
    )  # 2.25 million pairs, if each were compared
    assert len(taken.items) == 1500


# — a cohort's weeks —


def test_weeks_that_have_begun_stay_and_the_coming_ones_follow_the_plan() -> None:
    old = plan(one=["a", "b"], two=["c", "d"], three=["e"], four=["f"])
    new = plan(one=["a", "x"], zero=["n"], three=["e", "d", "c2"], two=["c"], five=["f"])
    result = revise_syllabus(Syllabus.from_roadmap(old), old, new, begun_week_count=2)
    assert weeks_of(result.syllabus) == {
        "one": ("a", "x"),
        "two": ("c", "d"),
        "zero": ("n",),
        "three": ("e", "c2"),
        "five": ("f",),
    }
    assert result.late_items == ("x",)
    assert result.items_excluded == ()


def test_a_cohort_with_its_own_weeks_keeps_them_and_new_items_stand_by_their_neighbours() -> None:
    old = staged(first=["a", "b", "c"], second=["d", "e"])
    new = staged(first=["x", "a", "b", "y", "c"], second=["d", "z"])
    own = Syllabus((SyllabusWeek("w-a", "A", ("a", "b")), SyllabusWeek("w-b", "B", ("c",))))
    result = revise_syllabus(own, old, new, begun_week_count=0)
    assert weeks_of(result.syllabus) == {"w-a": ("x", "a", "b", "y"), "w-b": ("c",)}
    assert result.items_excluded == ("z",)  # of a season this cohort does not have
    begun = revise_syllabus(own, old, new, begun_week_count=1)
    assert weeks_of(begun.syllabus) == {"w-a": ("a", "b"), "w-b": ("x", "y", "c")}
    assert begun.late_items == ()


def test_what_was_left_out_stays_out_and_what_comes_back_is_there_again() -> None:
    old, without = plan(one=["a", "b"], two=["c"]), plan(one=["a"], two=["c"])
    short = Syllabus((SyllabusWeek("one", "One", ("a",)), SyllabusWeek("two", "Two", ("c",))))
    assert weeks_of(
        revise_syllabus(short, old, old.model_copy(update={"title": "New"}), 0).syllabus
    )["one"] == ("a",)
    removed = revise_syllabus(Syllabus.from_roadmap(old), old, without, 1).syllabus
    assert weeks_of(removed) == {"one": ("a",), "two": ("c",)}
    assert weeks_of(revise_syllabus(removed, without, old, 1).syllabus) == {
        "one": ("a", "b"),
        "two": ("c",),
    }


def edited(base: Roadmap, seed: int, mark: str = "x") -> Roadmap:
    """Edit a plan at random, ids kept: items and weeks are removed, added, moved and renamed."""
    dice = random.Random(seed)
    weeks = {week.id: list(week.items) for week in base.weeks}
    for step in range(dice.randint(1, 12)):
        source = dice.choice(list(weeks))
        if weeks[source] and len(weeks[source]) > 1 and dice.random() < 0.6:
            taken = weeks[source].pop(dice.randrange(len(weeks[source])))
            if dice.random() < 0.7:
                target = dice.choice(list(weeks))
                weeks[target].insert(
                    dice.randint(0, len(weeks[target])), item(taken.id, f"{taken.title}'"[:75])
                )
        elif dice.random() < 0.6:
            weeks[source].insert(
                dice.randint(0, len(weeks[source])), item(f"new-{mark}{seed}-{step}")
            )
        elif dice.random() < 0.5 and len(weeks) > 1:
            weeks.pop(source)
        else:
            names = dice.sample([*weeks, f"extra-{mark}{seed}-{step}"], len(weeks) + 1)
            weeks = {name: weeks.get(name, [item(f"of-{mark}{seed}-{step}")]) for name in names}
    return plan(**weeks)


BASE = plan(**{f"part-{n}": [f"item-{n}-{m}" for m in range(3)] for n in range(6)})
SEEDS = st.integers(0, 10**6)


@settings(max_examples=60)
@given(SEEDS, SEEDS, st.integers(0, 6), st.booleans())
def test_a_revision_keeps_what_has_begun_and_holds_every_item_once(
    a: int, b: int, begun: int, own: bool
) -> None:
    old = edited(BASE, a)
    new = edited(old, b, "y")
    syllabus = Syllabus.from_roadmap(old)
    if own:
        syllabus = Syllabus(
            tuple(SyllabusWeek(f"own-{w.id[-18:]}", w.title, w.items) for w in syllabus.weeks[::2])
        )
    begun = min(begun, len(syllabus.weeks))
    result = revise_syllabus(syllabus, old, new, begun)
    weeks = result.syllabus.weeks
    held = [item for week in weeks for item in week.items]
    assert len(set(held)) == len(held)
    assert set(held) <= new.items.keys()
    assert set(held).isdisjoint(result.items_excluded)
    assert [(week.id, week.title) for week in weeks[:begun]] == [
        (w.id, w.title) for w in syllabus.weeks[:begun]
    ]
    kept = {item for item in syllabus.all_items if item in new.items}
    assert kept - set(result.items_excluded) <= set(held)
    for week, before in zip(weeks[:begun], syllabus.weeks, strict=False):
        late = set(week.items) - set(before.items)
        assert late <= set(result.late_items)
        assert all(
            (native := new.find_week_of_item(item)) and native.id == week.id for item in late
        )
    if own:
        assert [week.id for week in weeks] == [week.id for week in syllabus.weeks]
    else:
        assert {week.id for week in weeks[begun:]} == {w.id for w in new.weeks} - {
            w.id for w in weeks[:begun]
        }
        if begun == 0:
            assert result.syllabus == Syllabus.from_roadmap(new)


@settings(max_examples=60)
@given(SEEDS)
def test_a_diff_accounts_for_every_item_and_undone_it_is_the_other_way_round(seed: int) -> None:
    new = edited(BASE, seed)
    there, back = compare_roadmaps(BASE, new), compare_roadmaps(new, BASE)
    assert {*there.added, *(item for item in new.items if item in BASE.items)} == new.items.keys()
    assert set(there.added) == set(back.removed)
    assert set(there.removed) == set(back.added)
    assert set(there.retitled) == set(back.retitled)
    assert len(there.moved) == len(back.moved)


@settings(max_examples=40)
@given(SEEDS)
def test_ids_made_from_titles_find_back_to_what_they_were(seed: int) -> None:
    renumbered = {old_id: f"made-{place}" for place, old_id in enumerate(BASE.items)}
    made = plan(
        **{
            f"new-{w.id}": [item(renumbered[old_item.id], old_item.title) for old_item in w.items]
            for w in BASE.weeks
        }
    )
    shuffled = edited(made, seed)
    taken, _ = match_roadmap_ids(shuffled, BASE)
    back = {fresh: old_id for old_id, fresh in renumbered.items()}
    expected = {back[item] for item in shuffled.items if item in back}
    assert expected <= taken.items.keys()
    assert len(taken.items) == len(shuffled.items)
    assert match_roadmap_ids(BASE, BASE) == (BASE, ())
