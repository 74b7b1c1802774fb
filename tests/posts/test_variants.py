"""No two reminders to a person, nudges or questions to a home in a row share a sentence."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.message import Message, Progress
from bot.group.calendar import Break, Syllabus
from bot.group.cohort import Cohort, Member
from bot.group.member import Away, Person
from bot.group.silence import Silence
from bot.post import (
    ActivityCounts,
    HomeFacts,
    HomeReadings,
    MemberFacts,
    MemberReadings,
    PostSlot,
    Recipient,
    post_registry,
)
from bot.roadmap import Roadmap
from bot.views.reminders import OPENINGS, choose_variant, find_own_work
from tests.support.room import Room
from tests.support.timed_roadmap import begin_timed_course, build_timed_roadmap

SEASON = build_timed_roadmap(12)
UNTIMED = Roadmap.model_validate(
    {
        **SEASON.model_dump(mode="json", exclude_none=True),
        "stages": [
            {
                "id": "all",
                "title": "All",
                "weeks": [
                    {
                        "id": f"week-{n:02}",
                        "title": f"Part {n}",
                        "items": []
                        if n % 4 == 1
                        else [{"id": f"a{n}", "kind": "topic", "title": "A"}],
                    }
                    for n in range(1, 13)
                ],
            }
        ],
    }
)
PLANS = (SEASON, UNTIMED)


def build_cohort(roadmap: Roadmap, breaks: tuple[Break, ...] = ()) -> Cohort:
    return Cohort(
        1,
        "spring",
        1,
        1,
        roadmap.slug,
        Syllabus.from_roadmap(roadmap),
        date(2026, 3, 2),
        "UTC",
        time(9),
        "running",
        breaks=breaks,
    )


def split_sentences(message: Message) -> frozenset[str]:
    """Return the sentences of a post, without its buttons and bars."""
    words = [block for block in message.blocks if not isinstance(block, Progress)]
    lines = Message(tuple(words), message.title).to_plain_text().splitlines()
    prose = [line for line in lines if not line.startswith("[")]
    sentences = itertools.chain.from_iterable(re.split(r"(?<=[.?!])\s", line) for line in prose)
    return frozenset(sentence for sentence in sentences if sentence)


def list_shared(messages: Sequence[Message]) -> list[frozenset[str]]:
    """Return the sentences that posts share with the one before, where they share any."""
    told = [split_sentences(message) for message in messages]
    shared = [before & after for before, after in itertools.pairwise(told)]
    return [sentences for sentences in shared if sentences]


MOMENTS = st.tuples(st.integers(0, 11), st.integers(0, 1))  # a week, and one of its last days


@st.composite
def member_facts(draw: st.DrawFn) -> MemberFacts:
    """Draw anything a reminder may be written from, with every combination of facts."""
    roadmap = draw(st.sampled_from(PLANS))
    number, day = draw(MOMENTS)
    breaks = draw(st.sampled_from([(), (Break(date(2026, 3, 20), date(2026, 3, 22)),)]))
    cohort = build_cohort(roadmap, breaks)
    week = cohort.calendar.weeks[number]
    assert week.last is not None
    now = datetime.combine(week.last - timedelta(days=1 - day), time(18), UTC)
    off = draw(st.sampled_from([(), (Away(date(2026, 3, 1), now.date() - timedelta(days=1)),)]))
    words = draw(st.sampled_from([(), ("hours=4", "week-12:short1", "week-12:long2")]))
    person = Person(1, "Ada", zone="UTC", away=off)
    member = Member(1, 1, person, datetime(2026, 2, 20, tzinfo=UTC), catch_up=words)
    ticked = draw(st.frozensets(st.sampled_from(sorted(roadmap.items))))
    whole_week = frozenset(week.week.items) if draw(st.booleans()) else frozenset[str]()
    recipient = Recipient(member, ticked=ticked | whole_week)
    silence = Silence(0, is_back=draw(st.booleans()))
    slot = PostSlot("reminder", week.id, now, week)
    return MemberFacts(cohort, roadmap, slot, now, recipient, MemberReadings(silence=silence))


def number_letters(letters: Sequence[MemberFacts], first: int) -> list[MemberFacts]:
    """Return letters to one person in a row, as the ledger numbers them."""
    numbered = []
    for count, facts in enumerate(letters, first):
        assert facts.readings.silence is not None
        silence = replace(facts.readings.silence, reminder_count=count)
        numbered.append(replace(facts, readings=MemberReadings(silence=silence)))
    return numbered


@settings(max_examples=60)
@given(st.lists(member_facts(), min_size=2, max_size=5), st.integers(0, 40))
def test_no_two_reminders_in_a_row_share_a_sentence_whatever_the_facts(
    letters: list[MemberFacts], first: int
) -> None:
    write = post_registry.kinds["reminder"].writer
    written = [write(facts) for facts in number_letters(letters, first)]
    assert list_shared(written) == []
    assert not any("until today" in message.to_plain_text() for message in written)


def test_every_opening_has_three_voices() -> None:
    assert {len(set(openings)) for openings in OPENINGS.values()} == {3}


@pytest.mark.parametrize(
    ("variant", "ticked", "is_back", "words"),
    [
        ("back", "", True, ()),
        ("done", "long1 short1 extra1", False, ()),
        ("almost", "long1 short1", False, ()),
        ("catching_up", "", False, ("hours=4", "week-01:short1")),
        ("fresh", "", False, ()),
        ("going", "short1", False, ()),
    ],
)
def test_the_facts_choose_the_variant(
    variant: str, ticked: str, is_back: bool, words: tuple[str, ...]
) -> None:
    cohort = build_cohort(SEASON)
    week, now = cohort.calendar.weeks[0], datetime(2026, 3, 7, 18, tzinfo=UTC)
    member = Member(1, 1, Person(1, "Ada"), datetime(2026, 2, 20, tzinfo=UTC), catch_up=words)
    readings = MemberReadings(silence=Silence(0, is_back=is_back))
    facts = MemberFacts(
        cohort,
        SEASON,
        PostSlot("reminder", week.id, now, week),
        now,
        Recipient(member, ticked=frozenset(ticked.split())),
        readings,
    )
    assert choose_variant(facts, find_own_work(facts)) == variant
    later = replace(facts, now=now + timedelta(days=1))
    is_last = variant in {"catching_up", "fresh", "going"}
    assert choose_variant(later, find_own_work(later)) == ("last_day" if is_last else variant)


COUNTS = st.integers(0, 12).flatmap(
    lambda total: st.builds(
        ActivityCounts,
        members=st.just(total),
        checked_in_count=st.integers(0, total),
        check_in_total=st.just(total),
        ticked_count=st.integers(0, total),
        tick_total=st.just(total),
    )
)


@st.composite
def home_facts(draw: st.DrawFn, kind: str) -> HomeFacts:
    roadmap = draw(st.sampled_from(PLANS))
    cohort = build_cohort(roadmap)
    week = cohort.calendar.weeks[draw(st.integers(0, 11))]
    now = datetime.combine(week.first + timedelta(days=draw(st.integers(0, 6))), time(9), UTC)
    readings = HomeReadings(draw(COUNTS), last_counts=draw(COUNTS), has_starters=True)
    return HomeFacts(cohort, roadmap, PostSlot(kind, week.id, now, week), now, readings)


@pytest.mark.parametrize("kind", ["nudge", "check_in"])
def test_no_two_posts_to_a_home_in_a_row_share_a_sentence_whatever_the_facts(kind: str) -> None:
    write = post_registry.kinds[kind].writer

    @settings(max_examples=60)
    @given(st.lists(home_facts(kind), min_size=2, max_size=5), st.integers(0, 40))
    def check(posts: list[HomeFacts], first: int) -> None:
        written = []
        for count, facts in enumerate(posts, first):
            readings = replace(facts.readings, former_posts=count)
            written.append(write(replace(facts, readings=readings)))
        assert list_shared(written) == []
        # Of one or two, and where nobody is named yet, a total would point at the others.
        for facts, text in zip(posts, written, strict=True):
            has_total = re.search(r"\d+ of \d+", text.to_plain_text()) is not None
            is_prompt = kind == "check_in" and facts.counts.check_in_total >= 3
            assert has_total == (is_prompt and facts.counts.checked_in_count > 0)

    check()


@pytest.mark.parametrize("seed", [1, 2])
async def test_in_a_whole_season_no_two_posts_in_a_row_read_alike(
    quick_room: Room, seed: int
) -> None:
    room = quick_room
    chance = random.Random(seed)
    names = ("ada", "bob", "cem", "dua")
    await begin_timed_course(room, *names, roadmap=SEASON)
    await room.says("mona", f"cohort create name=summer start=2026-03-04 roadmap={SEASON.slug}")
    await room.opens_cohort("summer")
    for name in names[:2]:
        await room.says(name, "settings reminders=2")
        await room.says(name, "join summer")
    for _ in range(28):
        name, number = chance.choice(names), chance.randint(1, 12)
        acts = (
            f"tick short{number}",
            f"tick long{number}",
            "week spring",
            "checkin cohort=spring hours=1",
        )
        await room.says(name, chance.choice(acts))
        await room.passes(days=3)
    for name in names:
        private = [sent for sent in room.private(name) if sent.kind == "reminder"]
        assert len(private) > 2
        assert list_shared([sent.message for sent in private]) == []
    for kind in ("nudge", "check_in"):
        # Each cohort's posts come to the same channel, and stand in a row of their own.
        posts = [sent for sent in room.posts(kind) if sent.key.startswith("1.")]
        assert len(posts) > 2
        assert list_shared([sent.message for sent in posts]) == []
