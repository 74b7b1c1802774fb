"""The flight plan: it is the clockwork's own count over the future, so what it promises is what is sent."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.chat.message import Answer, Message, Select
from bot.views.dates import list_clock_changes
from tests.adapters.test_every_post import refusals
from tests.commands.test_cohort_link import THERE, code_for, other
from tests.support.room import FRIDAY, Room

pytestmark = pytest.mark.usual_posts

ZONES = (
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)


async def _lines(room: Room) -> list[str]:
    """The lines of every page, without head and buttons."""
    pages = [
        await room.says("mona", f"posts timeline whole=yes page={number}") for number in range(1, 8)
    ]
    lines = [
        line
        for text in pages
        for line in text.splitlines()
        if " · " in line or "Break" in line or "clocks" in line
    ]
    return list(dict.fromkeys(lines))


def _posts(lines: list[str]) -> list[tuple[str, ...]]:
    posts = (
        line
        for line in lines
        if " · " in line
        and "Announcement" not in line
        and "not again" not in line
        and not line.startswith("Open a post")
    )
    # Without the sign, and a coming one without its word: these change when it is sent.
    return [tuple(line[2:].removesuffix(" · coming").split(" · ")) for line in posts]


async def test_a_draft_shows_every_post_before_anybody_is_told(room: Room) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02 zone=Europe/Berlin")
    await room.says("mona", "cohort break first=2026-04-06 last=2026-04-12 sure=yes")
    told = await room.says("mona", "posts timeline")
    opener = [line for line in told.splitlines() if line.startswith("Open a post or a week: ")]
    assert len(opener) == 1
    assert told.replace(f"{opener[0]}\n", "") == (
        "Timeline of spring\n"
        "spring would start on Mon 2 Mar 2026. Times are in the zone Europe/Berlin. "
        "It is a draft: I post nothing until you open it.\n"
        "○ Sat 28 Feb 2026, 09:00 · Starts soon · coming\n"
        "○ Mon 2 Mar 2026, 09:00 · Kick-off · coming\n"
        "○ Mon 2 Mar 2026, 09:00 · Weekly topics, week 1 · coming\n"
        "○ Thu 5 Mar 2026, 09:00 · Mid-week nudge, week 1 · coming\n"
        "○ Fri 6 Mar 2026, 09:00 · Check-in prompt, week 1 · coming\n"
        "○ Mon 9 Mar 2026, 09:00 · Weekly recap, week 1 · coming\n"
        "○ Mon 9 Mar 2026, 09:00 · Weekly topics, week 2 · coming\n"
        "○ Thu 12 Mar 2026, 09:00 · Mid-week nudge, week 2 · coming\n"
        "○ Fri 13 Mar 2026, 09:00 · Check-in prompt, week 2 · coming\n"
        "○ Mon 16 Mar 2026, 09:00 · Weekly recap, week 2 · coming\n"
        "○ Mon 16 Mar 2026 · Week 3 · 4 coming\n"
        "○ Mon 23 Mar 2026 · Week 4 · 4 coming\n"
        "[11 more]\n"
        "[Members] [Change the dates] [Open it]"
    )
    second = await room.says("mona", "posts timeline whole=yes page=2")
    assert second.splitlines()[2:11] == [
        "○ Mon 30 Mar 2026, 09:00 · Weekly recap, week 4 · coming",
        "○ Mon 30 Mar 2026, 09:00 · Weekly topics, week 5 · coming",
        "○ Thu 2 Apr 2026, 09:00 · Mid-week nudge, week 5 · coming",
        "○ Fri 3 Apr 2026, 09:00 · Check-in prompt, week 5 · coming",
        "Break: Mon 6 Apr 2026 to Sun 12 Apr 2026",
        "○ Mon 13 Apr 2026, 09:00 · Weekly recap, week 5 · coming",
        "○ Mon 13 Apr 2026, 09:00 · Weekly topics, week 6 · coming",
        "○ Thu 16 Apr 2026, 09:00 · Mid-week nudge, week 6 · coming",
        "○ Fri 17 Apr 2026, 09:00 · Check-in prompt, week 6 · coming",
    ]
    assert room.chat.sent == []


async def test_the_past_says_what_was_sent_and_skipped_and_why(room: Room) -> None:
    await room.spring()
    await room.goes_to(datetime(2026, 3, 6, 12, tzinfo=UTC))
    told = await room.says("mona", "posts timeline")
    assert told.splitlines()[2:9] == [
        "✓ Fri 20 Feb 2026, 10:00 · Announcement, open · sent",
        "✓ Sat 28 Feb 2026, 09:00 · Starts soon · sent",
        "✓ Mon 2 Mar 2026, 09:00 · Kick-off · sent",
        "✓ Mon 2 Mar 2026, 09:00 · Weekly topics, week 1 · sent",
        "– Thu 5 Mar 2026, 09:00 · Mid-week nudge, week 1 · skipped, nobody is there to hear it",
        "– Fri 6 Mar 2026, 09:00 · Check-in prompt, week 1 · skipped, nobody is there to hear it",
        "○ Mon 9 Mar 2026, 09:00 · Weekly recap, week 1 · coming",
    ]


async def test_the_timeline_opens_on_the_page_with_what_comes_next(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    told = await quick_room.says("mona", "posts timeline")
    assert "Weekly topics, week 5 · sent" in told
    assert "○ Thu 2 Apr 2026, 09:00 · Mid-week nudge, week 5 · coming\n" in told
    whole = await quick_room.says("mona", "posts timeline whole=yes")
    assert "Weekly topics, week 5 · sent" in whole
    assert "[Back]" in whole


async def test_a_post_that_was_sent_is_not_promised_again_after_a_move(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 4, 12, tzinfo=UTC))
    await room.says("mona", "cohort reschedule start=2026-03-09 sure=yes")
    told = await room.says("mona", "posts timeline")
    assert "Mon 9 Mar 2026, 09:00 · Weekly topics, week 1 · already posted, not again" in told
    await room.goes_to(datetime(2026, 3, 17, 12, tzinfo=UTC))
    assert [letter.ref for letter in room.posts("topics")] == ["linear-algebra", "optimization"]


async def test_quiet_weeks_are_one_line_and_a_list_opens_them(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    shown = await quick_room.answer("mona", "posts timeline")
    told = shown.to_plain_text()
    assert "✓ Mon 16 Mar 2026 · Week 3 · 3 sent and 1 skipped\n" in told
    assert "Weekly topics, week 3" not in told
    opened = await pick(quick_room, shown, "Week 3")
    assert "– Thu 19 Mar 2026, 09:00 · Mid-week nudge, week 3 · skipped, everybody" in opened
    assert "✓ Mon 9 Mar 2026 · Week 2 · 4 sent\n" in opened


async def test_what_came_late_or_failed_is_never_folded(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(datetime(2026, 3, 9, 12, tzinfo=UTC))
    await quick_room.is_down_until(datetime(2026, 3, 14, 12, tzinfo=UTC))
    await quick_room.goes_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    told = await quick_room.says("mona", "posts timeline")
    assert "◔ Fri 13 Mar 2026, 09:00 · Check-in prompt, week 2 · sent late\n" in told
    assert "✓ Mon 9 Mar 2026 · Week 2 · " in told


async def test_the_list_opens_the_text_of_each_post(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("mona", 'posts announce text="Bring a *laptop*" sure=yes')
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    shown = await room.answer("mona", "posts timeline")
    announced = await pick(room, shown, "From the moderators")
    assert "From the moderators: “Bring a *laptop*”, Fri 20 Feb 2026, 10:00: sent." in announced
    assert announced.splitlines()[2:4] == ["From the moderators of spring", "Bring a *laptop*"]
    (topics,) = room.posts("topics")
    opened = await pick(room, shown, "Weekly topics, week 1")
    assert "I keep no copy of it: this is how it reads by what I know today." in opened
    first_lines = topics.message.to_plain_text().splitlines()[1:4]
    assert [line for line in first_lines if line in opened] == first_lines
    coming = await pick(room, shown, "Check-in prompt, week 1")
    assert "Check-in prompt, week 1 comes on Fri 6 Mar 2026, 09:00." in coming
    await room.goes_to(datetime(2026, 3, 6, 12, tzinfo=UTC))
    (prompt,) = room.posts("check_in")
    assert prompt.message.to_plain_text().splitlines()[0] in coming


async def test_values_that_no_list_has_open_nothing(room: Room) -> None:
    await room.spring()
    gone = "I know no such post any more: see posts timeline."
    for value in ("week/0", "week/13", "letter/999", "letter/x", "slot/a/b", "slot", "", "²/²"):
        told = await room.says("mona", f'posts timeline open="{value}"')
        assert told == gone or (not value and told.startswith("Timeline of spring"))
    assert "Only moderators" in await room.says("ada", "posts timeline open=letter/1")


async def test_sixty_weeks_in_two_homes_stay_readable(quick_room: Room) -> None:
    room = quick_room
    plan = "roadmap=ai-ml-career-roadmap weeks=60 season=all"
    await room.says("mona", f"cohort create name=long start=2026-03-02 {plan}")
    await room.opens_cohort("long")
    other(room)
    code = await code_for(room, "long")
    await room.says("omar", f"cohort link code={code} sure=yes", place=THERE)
    await room.says("ada", "join long")
    await room.goes_to(datetime(2027, 4, 6, 12, tzinfo=UTC))
    told = await room.says("mona", "posts timeline")
    assert "✓ Mon 22 Feb 2027 · Week 52 · 3 sent and 1 skipped\n" in told
    assert "○ Mon 19 Apr 2027 · Week 60 · 4 coming\n" in told
    first = await room.says("mona", "posts timeline page=1")
    assert "✓ Mon 2 Mar 2026 · Week 1 · 3 sent and 1 skipped\n" in first
    for number in range(1, 6):
        shown = await room.answer("mona", f"posts timeline page={number}")
        assert isinstance(shown, Message)
        assert refusals(shown) == []


async def pick(room: Room, shown: Answer, label: str) -> str:
    """Open what the list of a timeline shows with a label that begins like this."""
    assert isinstance(shown, Message)
    (listed,) = [block for block in shown.blocks if isinstance(block, Select)]
    values = [choice.value for choice in listed.choices if choice.label.startswith(label)]
    return await room.says("mona", listed.says, {listed.name: (values[0],)})


PLANS = given(
    starts_in=st.integers(-20, 30),
    zone=st.sampled_from(ZONES),
    at=st.times(),
    breaks=st.lists(st.tuples(st.integers(1, 80), st.integers(0, 20)), max_size=2),
    moves=st.lists(
        st.sampled_from(
            [
                "topics at=07:30",
                "nudge day=2",
                "recap day=3",
                "check_in on=no",
                "finale day=2",
                "starts_soon day=9",
            ]
        ),
        max_size=2,
        unique=True,
    ),
)


@settings(max_examples=3, phases=[Phase.generate])  # a run takes seconds: too long to shrink
@PLANS
def test_what_the_timeline_promises_is_what_is_sent(
    starts_in: int, zone: str, at: time, breaks: list[tuple[int, int]], moves: list[str]
) -> None:
    _keeps_its_promise(30, starts_in, zone, at, breaks, moves)


@pytest.mark.long
@settings(max_examples=25, phases=[Phase.generate])
@PLANS
def test_what_the_timeline_promises_is_what_is_sent_to_the_end(
    starts_in: int, zone: str, at: time, breaks: list[tuple[int, int]], moves: list[str]
) -> None:
    _keeps_its_promise(200, starts_in, zone, at, breaks, moves)


def _keeps_its_promise(
    days: int, starts_in: int, zone: str, at: time, breaks: list[tuple[int, int]], moves: list[str]
) -> None:
    async def run(url: str) -> None:
        async with Room.on(url) as room:
            await room.spring(
                start=f"{FRIDAY.date() + timedelta(starts_in)}", more=f"zone={zone} at={at:%H:%M}"
            )
            for first, length in breaks:
                begins = FRIDAY.date() + timedelta(first)
                await room.says(
                    "mona",
                    f"cohort break first={begins} last={begins + timedelta(length)} sure=yes",
                )
            for move in moves:
                await room.says("mona", f"posts settings post={move} sure=yes")
            await room.says("ada", "join")
            before = _posts(await _lines(room))
            gone = [line for line in before if len(line) == 3]
            promised = [line for line in before if len(line) == 2]
            await room.goes_to(FRIDAY + timedelta(days=days))
            after = _posts(await _lines(room))
            assert [line[:2] for line in after] == [line[:2] for line in gone] + promised
            known = [line[2] for line in after if len(line) == 3]
            assert {outcome.partition(",")[0] for outcome in known[len(gone) :]} <= {
                "sent",
                "skipped",
            }
            assert sum(outcome.startswith("sent") for outcome in known) == len(
                [*room.posts(), *room.posts("new_members")]
            )

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(f"sqlite+aiosqlite:///{Path(folder) / 'syllabot.db'}"))


def test_the_clocks_change_only_where_and_when_they_do() -> None:
    assert [
        day for day, _ in list_clock_changes("Europe/Berlin", date(2026, 1, 1), date(2026, 12, 31))
    ] == [
        date(2026, 3, 29),
        date(2026, 10, 25),
    ]
    assert list_clock_changes("Asia/Kolkata", date(2026, 1, 1), date(2026, 12, 31)) == ()
    (_, told), _ = list_clock_changes("Australia/Lord_Howe", date(2026, 1, 1), date(2026, 12, 31))
    assert told == "The clocks change between Sat 4 Apr 2026 and Sun 5 Apr 2026: 30 minutes back"
