"""The rules of posts: their moments, and their use after an outage. No bot, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.__main__ import load_bundled_roadmaps
from bot.chat.message import Message, text_message
from bot.command.call import DEFAULT_ROADMAP
from bot.group.calendar import Break, Syllabus, SyllabusWeek
from bot.group.cohort import Cohort, Member, PostSetting
from bot.group.member import Person
from bot.post import (
    HomeFacts,
    InvalidPostKindError,
    LatePolicy,
    MemberFacts,
    MemberReadings,
    PostDay,
    PostRegistry,
    PostSlot,
    Recipient,
    UndeclaredUseError,
    build_post_slot,
    convert_post_day_number,
    describe_post_day,
    find_next_post_moment,
    find_quiet_end,
    is_too_late,
    list_coming_slots,
    list_overdue_slots,
    list_post_slots,
    list_slots_between,
    post,
    post_registry,
)
from tests.support.posts import USUAL_POSTS

MONDAY = date(2026, 3, 2)
LONG = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
WEEKS = Syllabus(tuple(SyllabusWeek(f"w{n}", f"Subject {n}", (f"item-{n}",)) for n in (1, 2)))
SPRING = Cohort(1, "spring", 1, 1, "short", WEEKS, MONDAY, "UTC", time(9), "running")


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def ada(zone: str | None = None, shift: int = 0, **person: object) -> Member:
    somebody = replace(Person(1, "Ada", zone=zone), **person)  # type: ignore[arg-type]
    return Member(1, 1, somebody, on(2, 20), shift=shift)


def plan(cohort: Cohort, member: Member | None = None) -> list[str]:
    return [
        f"{slot.at:%m-%d %H:%M} {slot.kind} {slot.ref}"
        for slot in list_slots_between(cohort, *LONG, member, USUAL_POSTS)
    ]


def test_the_flight_plan_of_a_cohort_is_every_post_in_its_order() -> None:
    assert plan(SPRING) == [
        "02-28 09:00 starts_soon start",
        "03-02 09:00 kick_off start",
        "03-02 09:00 topics w1",
        "03-05 09:00 nudge w1",
        "03-06 09:00 check_in w1",
        "03-09 09:00 recap w1",
        "03-09 09:00 topics w2",
        "03-12 09:00 nudge w2",
        "03-13 09:00 check_in w2",
        "03-16 09:00 recap w2",
        "03-16 09:00 finale finish",
    ]


def test_the_flight_plan_of_a_member_follows_their_zone_their_hour_and_their_own_clock() -> None:
    assert plan(SPRING, ada("Asia/Kolkata", reminder_at=time(19))) == [
        "03-07 13:30 reminder w1.0",
        "03-08 13:30 reminder w1.1",
        "03-14 13:30 reminder w2.0",
        "03-15 13:30 reminder w2.1",
    ]
    assert plan(SPRING, ada(shift=1))[0] == "03-14 18:00 reminder w1.0.s1"


def test_a_break_moves_what_comes_after_it_and_keeps_everything_out_of_its_days() -> None:
    with_break = replace(SPRING, breaks=(Break(date(2026, 3, 5), date(2026, 3, 10)),))
    assert plan(with_break)[2:8] == [
        "03-02 09:00 topics w1",
        "03-12 09:00 nudge w1",
        "03-13 09:00 check_in w1",
        "03-16 09:00 recap w1",
        "03-16 09:00 topics w2",
        "03-19 09:00 nudge w2",
    ]
    for slot in list_slots_between(with_break, *LONG, post_kinds=USUAL_POSTS):
        assert not any(pause.has_date(slot.at.date()) for pause in with_break.breaks)


@pytest.mark.parametrize(
    ("first", "last", "half"),
    [
        (date(2026, 3, 9), date(2026, 3, 9), "03-08"),  # 13 active days: six are over
        (date(2026, 3, 9), date(2026, 3, 14), "03-06"),  # 8: four are over
        (date(2026, 3, 9), date(2026, 3, 15), "03-05"),  # 7 at a stretch, and a week off
        (date(2026, 3, 6), date(2026, 3, 12), "03-05"),  # 7 with a hole in them
        (date(2026, 3, 3), date(2026, 3, 12), "03-14"),  # 4: two are over
        (date(2026, 3, 6), date(2026, 3, 8), "03-04"),  # a shortened week, 4: two are over
    ],
)
def test_a_week_is_half_over_when_half_of_its_active_days_are(
    first: date, last: date, half: str
) -> None:
    with_break = replace(SPRING, breaks=(Break(first, last),))
    assert [line for line in plan(with_break) if "nudge w1" in line] == [f"{half} 09:00 nudge w1"]
    moved = replace(with_break, posts={"nudge": PostSetting(day=1)})
    active = with_break.calendar.weeks[0].active
    assert [line for line in plan(moved) if "nudge w1" in line] == [
        f"{active[1]:%m-%d} 09:00 nudge w1"
    ]


def test_a_pause_leaves_what_was_due_before_it_and_nothing_after() -> None:
    paused = replace(SPRING, state="paused", breaks=(Break(date(2026, 3, 6)),))
    assert plan(paused)[2:] == ["03-02 09:00 topics w1", "03-05 09:00 nudge w1"]


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_a_draft_and_an_archived_cohort_have_no_posts(state: str) -> None:
    quiet = replace(SPRING, state=state)  # type: ignore[arg-type]
    assert plan(quiet) == plan(quiet, ada()) == []
    assert len(list(list_post_slots(quiet, is_unfiltered=True, post_kinds=USUAL_POSTS))) == len(
        plan(SPRING)
    )


def test_members_whose_clock_goes_on_are_reminded_after_the_cohort_has_run_out() -> None:
    ran_out = replace(SPRING, state="finished", looked_at=on(3, 16))
    ended_early = replace(SPRING, state="finished", looked_at=on(3, 10))
    assert plan(ran_out, ada(shift=1)) == plan(SPRING, ada(shift=1))
    assert plan(ended_early, ada(shift=1)) == []
    assert find_next_post_moment(ran_out, on(3, 16), ada(shift=1), USUAL_POSTS) == on(3, 21, 18)


def test_a_moderator_switches_a_kind_off_or_moves_it() -> None:
    off = replace(SPRING, posts={"nudge": PostSetting(on=False)})
    assert plan(off) == [line for line in plan(SPRING) if "nudge" not in line]
    moved = replace(SPRING, posts={"topics": PostSetting(day=2, at=time(18, 30))})
    assert [line for line in plan(moved) if "topics" in line] == [
        "03-04 18:30 topics w1",
        "03-11 18:30 topics w2",
    ]


def test_topics_moved_into_days_a_break_takes_come_on_the_last_day_that_is_left() -> None:
    moved = replace(SPRING, posts={"topics": PostSetting(day=3)})
    with_break = replace(moved, breaks=(Break(date(2026, 3, 4), date(2026, 3, 8)),))
    assert [line for line in plan(with_break) if "topics w1" in line] == ["03-03 09:00 topics w1"]
    assert not [line for line in plan(with_break) if "nudge w1" in line]


def test_the_next_moment_is_the_next_post_or_the_next_change_of_state() -> None:
    assert find_next_post_moment(SPRING, on(3, 2), post_kinds=USUAL_POSTS) == on(3, 5)
    without = replace(SPRING, posts={name: PostSetting(on=False) for name in USUAL_POSTS.kinds})
    assert find_next_post_moment(without, on(3, 2), post_kinds=USUAL_POSTS) == on(3, 16)
    assert find_next_post_moment(without, on(3, 16), post_kinds=USUAL_POSTS) is None


# — a change of dates —


ZONES = ("Pacific/Pago_Pago", "Pacific/Kiritimati", "Australia/Lord_Howe", "Europe/Berlin", "UTC")
HOURS = (time(23), time(0, 30), time(2, 30), time(9))
SUBJECTS = tuple(SyllabusWeek(f"w{n}", f"Subject {n}", (f"item-{n}",)) for n in range(1, 15))


@st.composite
def groups(draw: st.DrawFn) -> tuple[Cohort, Member | None]:
    """Draw a cohort anywhere in the world, with a break, and perhaps a member with another clock."""
    start = MONDAY + timedelta(days=draw(st.integers(0, 300)))
    breaks = []
    if draw(st.booleans()):
        first = start + timedelta(days=draw(st.integers(0, 90)))
        length = draw(st.one_of(st.none(), st.integers(0, 20)))
        breaks.append(Break(first, None if length is None else first + timedelta(days=length)))
    cohort = replace(
        SPRING,
        syllabus=Syllabus(SUBJECTS[: draw(st.sampled_from((1, 4, 14)))]),
        start=start,
        zone=draw(st.sampled_from(ZONES)),
        at=draw(st.sampled_from(HOURS)),
        state=draw(st.sampled_from(("running", "paused", "open", "finished"))),
        breaks=tuple(breaks),
    )
    zone = draw(st.sampled_from((None, *ZONES)))
    member = ada(zone, draw(st.integers(0, 3)), reminder_at=draw(st.sampled_from(HOURS)))
    return cohort, draw(st.sampled_from((None, member)))


@settings(max_examples=500)
@given(groups(), st.integers(-100, 2200), st.sampled_from((1, 5, 24, 100, 700)))
def test_a_window_holds_exactly_the_posts_between_two_instants(
    group: tuple[Cohort, Member | None], hours: int, length: int
) -> None:
    cohort, member = group
    since = datetime.combine(cohort.start, time(), UTC) + timedelta(hours=hours)
    until = since + timedelta(hours=length)
    every = list(list_post_slots(cohort, member))
    inside = list_slots_between(cohort, since, until, member)
    assert sorted(map(str, inside)) == sorted(
        str(slot) for slot in every if since < slot.at <= until
    )
    moments = [slot.at for slot in every]
    if member is None:
        moments += [slot.at for slot in list_post_slots(cohort, scope="moderator")]
        if cohort.state in {"open", "running"}:
            moments += [at for at in (cohort.begins_at, cohort.finishes_at) if at is not None]
    expected = min((moment for moment in moments if moment > since), default=None)
    assert find_next_post_moment(cohort, since, member) == expected


def overtaken_by(before: Cohort, now: datetime, **changes: object) -> list[str]:
    after = replace(before, **changes)  # type: ignore[arg-type]
    return [
        f"{slot.kind} {slot.ref}" for slot in list_overdue_slots(before, after, now, USUAL_POSTS)
    ]


def test_a_post_that_was_still_to_come_and_is_past_by_the_new_dates_is_late() -> None:
    assert overtaken_by(SPRING, on(3, 9, 8, 30), at=time(8)) == ["recap w1", "topics w2"]
    assert overtaken_by(SPRING, on(3, 2, 10), start=date(2026, 2, 23)) == [
        "nudge w1",
        "check_in w1",
        "recap w1",
        "topics w2",
    ]


def test_a_post_that_was_past_already_is_not_made_due_again() -> None:
    assert overtaken_by(SPRING, on(3, 9, 10), at=time(8)) == []
    assert overtaken_by(SPRING, on(3, 9, 10), start=date(2026, 3, 9)) == []
    off = replace(SPRING, posts={"nudge": PostSetting(on=False)})
    assert overtaken_by(off, on(3, 6, 8), posts={}) == []


def test_a_pause_that_ends_after_the_posting_hour_posts_the_week_that_starts_today() -> None:
    paused = SPRING.pause_weeks(on(3, 6))
    late = list_overdue_slots(paused, paused.resume_weeks(on(3, 9, 11)), on(3, 9, 11), USUAL_POSTS)
    assert [f"{slot.kind} {slot.ref}" for slot in late] == ["check_in w1", "recap w1", "topics w2"]


# — after an outage —


@pytest.mark.parametrize(
    ("kind", "ref", "useful_until"),
    [
        ("starts_soon", "start", "2026-03-02 09:00"),
        ("kick_off", "start", "2026-03-09 09:00:00.000001"),
        ("topics", "w1", "2026-03-09 09:00"),
        ("nudge", "w1", "2026-03-06 09:00:00.000001"),
        ("check_in", "w1", "2026-03-09 09:00"),
        ("recap", "w1", "2026-03-16 09:00:00.000001"),
        ("finale", "finish", "2026-04-15 09:00:00.000001"),
    ],
)
def test_each_kind_is_useful_for_its_own_time(kind: str, ref: str, useful_until: str) -> None:
    due = next(slot for slot in list_post_slots(SPRING) if (slot.kind, slot.ref) == (kind, ref))
    end = datetime.fromisoformat(useful_until).replace(tzinfo=UTC)
    late = [
        is_too_late(USUAL_POSTS.kinds[kind], due, SPRING, now)
        for now in (due.at, end - timedelta(microseconds=1), end)
    ]
    assert late == [False, False, True]


@pytest.mark.parametrize(
    ("zone", "closes"),
    [
        ("UTC", (3, 9, 0, 0)),
        ("Pacific/Kiritimati", (3, 8, 10, 0)),
        ("Pacific/Pago_Pago", (3, 9, 11, 0)),
    ],
)
def test_a_reminder_is_useful_until_the_week_closes_where_the_member_is(
    zone: str, closes: tuple[int, ...]
) -> None:
    member, end = ada(zone), on(*closes)
    due = next(slot for slot in list_post_slots(SPRING, member) if slot.ref == "w1.0")
    late = [
        is_too_late(USUAL_POSTS.kinds["reminder"], due, SPRING, now, member)
        for now in (end - timedelta(seconds=1), end)
    ]
    assert late == [False, True]


def test_a_letter_finds_its_week_in_the_calendar_as_it_is_now() -> None:
    moved = replace(SPRING, start=date(2026, 3, 9))
    found = build_post_slot(moved, "topics", "w2", on(3, 9))
    assert found.week is not None
    assert found.week.first == date(2026, 3, 16)
    assert build_post_slot(moved, "topics", "gone", on(3, 9)).week is None


@pytest.mark.parametrize(
    ("zone", "now", "heard"),
    [
        ("UTC", on(3, 8, 21, 59), on(3, 8, 21, 59)),
        ("UTC", on(3, 8, 22, 0), on(3, 9, 8, 0)),
        ("UTC", on(3, 9, 3, 0), on(3, 9, 8, 0)),
        ("Asia/Kolkata", on(3, 8, 18, 0), on(3, 9, 2, 30)),
        ("Europe/Berlin", on(3, 28, 22, 0), on(3, 29, 6, 0)),
    ],
)
def test_quiet_hours_are_those_of_the_member_over_midnight_and_clock_changes(
    zone: str, now: datetime, heard: datetime
) -> None:
    assert find_quiet_end(ada(zone), SPRING, now) == heard


def test_without_quiet_hours_everything_is_heard_at_once() -> None:
    awake = ada(quiet_from=time(0), quiet_until=time(0))
    assert find_quiet_end(awake, SPRING, on(3, 9, 3)) == on(3, 9, 3)


# — declaring a kind —


def write_nothing(facts: HomeFacts) -> Message:
    return text_message("nothing")


def test_a_kind_without_a_moment_or_a_docstring_is_refused() -> None:
    with pytest.raises(InvalidPostKindError, match="needs a moment and a docstring"):
        post(title="Silent")(write_nothing)


def test_two_kinds_of_one_name_are_refused() -> None:
    def topics(facts: HomeFacts) -> Message:
        """Another kind."""
        return text_message("again")

    with pytest.raises(
        InvalidPostKindError, match="Two kinds of post are called “topics”: rename one"
    ):
        post(PostDay("week"), title="Again", late=LatePolicy())(topics)


def test_a_private_post_uses_nothing_of_a_home() -> None:
    def remember(facts: MemberFacts) -> Message:
        """A private post."""
        return text_message("remember")

    declare: Any = post
    with pytest.raises(InvalidPostKindError, match="“board”, which is never read for a member"):
        declare(PostDay("end"), title="Remember", scope="member", uses=("board",))(remember)


def test_what_a_post_uses_has_to_be_declared() -> None:
    slot = PostSlot("topics", "week-1", on(3, 2))
    facts = HomeFacts(SPRING, load_bundled_roadmaps()[DEFAULT_ROADMAP], slot, on(3, 2))
    with pytest.raises(
        UndeclaredUseError, match=r'“topics” asks for board .* add "board" to `uses`'
    ):
        assert facts.board


def test_what_a_private_post_uses_has_to_be_declared() -> None:
    slot = PostSlot("reminder", "week-1.0", on(3, 2))
    roadmap = load_bundled_roadmaps()[DEFAULT_ROADMAP]
    facts = MemberFacts(SPRING, roadmap, slot, on(3, 2), Recipient(ada("UTC")))
    with pytest.raises(UndeclaredUseError, match='add "checkin_hours" to `uses`'):
        assert facts.checkin_hours
    known = replace(facts, readings=MemberReadings(checkin_hours={"week-1": 2.5}))
    assert known.checkin_hours == {"week-1": 2.5}


# — a registry in a test —


def build_registry(*days: PostDay) -> PostRegistry:
    """A registry with one kind, `extra`, on these days."""
    registry = PostRegistry()

    @post(*days, title="Extra", into=registry)
    def extra(facts: HomeFacts) -> Message:
        """For a test."""
        return text_message("extra")

    return registry


def test_a_kind_in_a_registry_of_its_own_is_planned_there_and_nowhere_else() -> None:
    registry = build_registry(PostDay("week", 1))
    coming = list_coming_slots(SPRING, on(3, 1), registry)
    assert [(slot.kind, slot.ref, slot.at) for slot in coming] == [
        ("extra", "w1", on(3, 3)),
        ("extra", "w2", on(3, 10)),
    ]
    assert find_next_post_moment(SPRING, on(3, 3), post_kinds=registry) == on(3, 10)
    assert "extra" not in post_registry.kinds
    both = PostRegistry([*post_registry.kinds.values(), *registry.kinds.values()])
    assert set(both.kinds) == {*post_registry.kinds, "extra"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (PostDay("week", 0, week_number=2), [("w2", on(3, 9))]),
        (PostDay("half", 3, week_number=1), [("w1", on(3, 5))]),
        (PostDay("end", 1, week_number=2), [("w2", on(3, 14))]),
        (PostDay("after", 0, week_number=1), [("w1", on(3, 9))]),
        (PostDay("week", 0, week_number=3), []),
    ],
)
def test_a_kind_for_one_week_is_listed_in_that_week_alone(
    day: PostDay, expected: list[tuple[str, datetime]]
) -> None:
    coming = list_coming_slots(SPRING, on(2, 20), build_registry(day))
    assert [(slot.ref, slot.at) for slot in coming] == expected


def test_a_kind_for_one_week_is_moved_within_that_week() -> None:
    registry = build_registry(PostDay("week", 0, week_number=2))
    kind = registry.kinds["extra"]
    assert describe_post_day(kind, PostSetting()) == "day 1 of week 2"
    setting = PostSetting(day=convert_post_day_number(kind, 3))
    moved = replace(SPRING, posts={"extra": setting})
    assert describe_post_day(kind, setting) == "day 3 of week 2"
    assert [slot.at for slot in list_coming_slots(moved, on(3, 1), registry)] == [on(3, 11)]


@pytest.mark.parametrize("day", [PostDay("start", 0, 1), PostDay("week", 0, 0)])
def test_a_week_number_that_no_week_can_have_is_refused(day: PostDay) -> None:
    with pytest.raises(InvalidPostKindError, match="weeks count from 1"):
        build_registry(day)
