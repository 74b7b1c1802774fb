"""A post is judged when it is sent: needed or not, and without hidden, away or gone members."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.errors import SendError
from bot.store import Tx
from tests.support.database import list_first_cohort_letters, load_first_cohort
from tests.support.room import Room

FIRST_ITEM, SECOND_ITEM = "vectors-matrices", "bayes"


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


async def reasons(room: Room, kind: str) -> dict[str, str]:
    """What became of the letters of a kind to the home: by ref, the reason or the state."""
    return {
        letter.ref: letter.reason or letter.state
        for letter in await list_first_cohort_letters(room.store)
        if letter.kind == kind
    }


async def shift_clock(room: Room, name: str) -> None:
    """Have a member of the first cohort live two weeks behind it."""

    async def shift(tx: Tx) -> None:
        cohort = await load_first_cohort(tx)
        (member,) = await tx.members.find_members_by_name(cohort, name)
        await tx.members.shift_member_clock(member, 2, cohort, room.clock.now())

    await room.store.run(shift)


def reminders(room: Room, name: str) -> list[str]:
    return [f"{sent.at:%m-%d %H:%M} {sent.ref}" for sent in room.private(name)]


async def test_the_nudge_comes_only_while_somebody_has_not_begun_and_names_nobody(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada", "bob", "cem")
    await quick_room.goes_to(on(3, 3))
    await quick_room.says("ada", f"tick {FIRST_ITEM}")
    await quick_room.goes_to(on(3, 10))
    (nudge,) = quick_room.posts("nudge")
    assert nudge.message.to_plain_text().splitlines()[0] == (
        "Half of week 1, Basics of linear algebra and statistics, is left. "
        "One of us has started. "
        "Start with Vectors, matrices and how to calculate with them, about 1 h."
    )
    for name in ("ada", "bob", "cem"):
        await quick_room.says(name, "tick derivatives")
    await quick_room.goes_to(on(3, 13))
    assert (await reasons(quick_room, "nudge"))["optimization"] == "everybody has begun"


async def test_the_nudge_says_half_only_when_half_of_the_days_without_the_break_are_over(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort break spring first=2026-03-09 last=2026-03-14 sure=yes")
    await room.goes_to(on(3, 6))
    (nudge,) = room.posts("nudge")
    assert nudge.at == on(3, 6, 9)
    assert nudge.message.to_plain_text().startswith(
        "Half of week 1, Basics of linear algebra and statistics, is left. "
    )
    await room.says("mona", "cohort settings spring post=nudge day=2")
    await room.goes_to(on(3, 17, 10))
    assert (
        room.posts("nudge")[1]
        .message.to_plain_text()
        .startswith(
            "Week 2, Calculus and optimisation, goes on until Sun 22 Mar 2026. "
            "A short first step is Derivatives, ordinary and partial, about 1 h."
        )
    )


async def test_the_check_in_prompt_and_the_recap_need_somebody_to_hear_them(
    quick_room: Room,
) -> None:
    await quick_room.spring()
    await quick_room.goes_to(on(3, 9))
    for kind in ("nudge", "check_in", "recap"):
        assert await reasons(quick_room, kind) == {"linear-algebra": "nobody is there to hear it"}
    assert [sent.ref for sent in quick_room.posts("topics")] == ["linear-algebra", "optimization"]


async def test_the_check_in_prompt_is_left_out_when_everybody_has_checked_in(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada", "bob")
    await quick_room.goes_to(on(3, 5))
    for name in ("ada", "bob"):
        await quick_room.says(name, "checkin 1 hours=2")
    await quick_room.goes_to(on(3, 7))
    assert await reasons(quick_room, "check_in") == {"linear-algebra": "everybody has checked in"}


async def test_reminders_come_in_the_members_own_evening_to_those_who_have_not_checked_in(
    room: Room,
) -> None:
    room.zones |= {"bob": "Asia/Kolkata", "cem": "Pacific/Pago_Pago", "dora": "Pacific/Kiritimati"}
    await room.spring("ada", "bob", "cem", "dora", "eve", "fay", "gus")
    await room.goes_to(on(3, 5))
    await room.says("eve", "checkin 1 hours=2")
    await room.says("fay", "away until=2026-03-08")
    await room.says("gus", "leave spring")
    await room.goes_to(on(3, 10))
    assert reminders(room, "ada") == ["03-07 18:00 linear-algebra.0"]
    assert reminders(room, "bob") == ["03-07 12:30 linear-algebra.0"]
    assert reminders(room, "cem") == ["03-08 05:00 linear-algebra.0"]
    assert reminders(room, "dora") == ["03-07 04:00 linear-algebra.0"]
    assert reminders(room, "eve") == reminders(room, "fay") == reminders(room, "gus") == []


@pytest.mark.usual_posts
async def test_reminders_keep_coming_every_week_and_never_more_often_than_wished(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada", "bob", "cem", "dora")
    await quick_room.says("ada", "settings reminders=2")
    await quick_room.says("cem", "settings reminders=0")
    await quick_room.says("dora", "settings delivery=none")
    # Whoever is not seen gets no more reminders.
    for day in (3, 10, 17):
        await quick_room.goes_to(on(3, day))
        for name in ("ada", "bob"):
            await quick_room.says(name, "week")
    await quick_room.goes_to(on(3, 24))
    weeks = ("linear-algebra", "optimization", "python-for-ml")
    assert [sent.ref for sent in quick_room.private("ada")] == [
        f"{week}.{day}" for week in weeks for day in (0, 1)
    ]
    assert [sent.ref for sent in quick_room.private("bob")] == [f"{week}.0" for week in weeks]
    assert quick_room.private("cem") == quick_room.private("dora") == []


async def test_the_cap_holds_over_all_cohorts_of_a_person_even_at_the_same_minute(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort create name=summer start=2026-03-02")
    await room.says("mona", "cohort open summer sure=yes")
    await room.says("ada", "join summer")
    await room.says("ada", "settings reminders=1")
    await room.goes_to(on(3, 10))
    assert reminders(room, "ada") == ["03-07 18:00 linear-algebra.0"]


async def test_a_reminder_waits_for_the_end_of_the_quiet_hours_or_is_left_out_when_the_week_is_over(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(on(3, 7))
    await quick_room.is_down_until(on(3, 7, 23))
    assert reminders(quick_room, "ada") == []
    await quick_room.goes_to(on(3, 8))
    assert reminders(quick_room, "ada") == ["03-08 08:00 linear-algebra.0"]
    await quick_room.is_down_until(on(3, 8, 23))
    await quick_room.goes_to(on(3, 10))
    assert reminders(quick_room, "ada") == ["03-08 08:00 linear-algebra.0"]


async def test_no_reminder_comes_while_the_plan_stands_still(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(on(3, 7, 17))
    await quick_room.says("mona", "cohort break spring first=2026-03-08 last=2026-03-08 sure=yes")
    await quick_room.is_down_until(on(3, 8, 9))
    await quick_room.goes_to(on(3, 10))
    assert reminders(quick_room, "ada") == []


async def test_closed_private_messages_are_never_made_public(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(on(3, 6, 13))
    public = len(quick_room.posts())

    def fault(when: str, place: object, key: str) -> None:
        if "reminder" in key:
            raise SendError("private messages are closed", permanent=True)

    quick_room.chat.fault = fault
    await quick_room.goes_to(on(3, 9, 8))
    assert reminders(quick_room, "ada") == []
    assert len(quick_room.posts()) == public


async def test_a_member_with_a_shift_lives_by_their_own_clock_and_the_home_by_the_cohorts(
    room: Room,
) -> None:
    await room.spring("ada", "bob")
    await shift_clock(room, "ada")
    await room.goes_to(on(3, 17))
    assert [sent.ref for sent in room.posts("topics")] == [
        "linear-algebra",
        "optimization",
        "python-for-ml",
    ]
    assert reminders(room, "ada") == []
    assert (await room.says("ada", "week")).startswith(
        "Week 1 of 12 · Basics of linear algebra and statistics"
    )
    assert (await room.says("bob", "week")).startswith("Week 3 of 12 · ")
    assert "Check-in, week 1" in await room.says("ada", "checkin")
    await room.says("ada", f"tick {FIRST_ITEM}")
    assert "week 1 is still open" in await room.says("ada", "progress")
    board = await room.says("ada", "progress board=yes")
    assert "This week · Basics of linear algebra and statistics" in board
    await room.goes_to(on(3, 24))
    assert reminders(room, "ada") == ["03-21 18:00 linear-algebra.0.s2"]


@pytest.mark.usual_posts
async def test_a_member_with_a_shift_is_reminded_until_their_own_last_week_is_over(
    quick_room: Room,
) -> None:
    quick_room.zones["ada"] = "Pacific/Pago_Pago"
    await quick_room.spring("ada", "bob", start="2025-12-15", more="zone=Pacific/Kiritimati")
    await shift_clock(quick_room, "ada")
    for _ in range(8):
        for name in ("ada", "bob"):
            await quick_room.says(name, "week")
        await quick_room.passes(weeks=1)
    assert quick_room.private("bob")[-1].ref == "final-project.0"
    assert quick_room.private("ada")[-1].ref == "final-project.0.s2"
    assert quick_room.posts("finale")[0].at + timedelta(days=12) < quick_room.private("ada")[-1].at


async def test_the_recap_and_the_finale_show_who_did_much_and_nobody_who_is_hidden(
    quick_room: Room,
) -> None:
    await quick_room.spring("ada", "bob", "cem")
    await quick_room.goes_to(on(3, 3))
    items = "vectors-matrices,bayes,descriptive-stats,numpy-matrices,dataset-stats"
    for name in ("ada", "bob"):
        await quick_room.says(name, f"checkin 1 items={items}")
    await quick_room.says("bob", "settings hidden=yes")
    await quick_room.says("ada", "settings alias=Lovelace")
    await quick_room.goes_to(on(3, 9))
    (recap,) = quick_room.posts("recap")
    assert recap.message.to_plain_text() == (
        "Week 1 is done: Basics of linear algebra and statistics\n"
        "The first week is behind us.\n"
        "Checked in: 1 of 2\n"
        "This week's board\n"
        "1. Lovelace: 5 of 5\n"
        "🏅 Lovelace finished every item\n"
        "[My progress] [Check in late]"
    )
    await quick_room.goes_to(on(5, 26))
    said = quick_room.posts("finale")[0].message.to_plain_text()
    assert "1. Lovelace: 5 of 57" in said
    assert not {"Ada", "Bob", "Cem"} & set(said.replace(":", " ").split())


@pytest.mark.parametrize("setting", ["on=no", "day=3 at=18:30"])
async def test_a_moderator_switches_a_post_off_or_moves_it(quick_room: Room, setting: str) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", f"cohort settings spring post=topics {setting}")
    await quick_room.goes_to(on(3, 12, 20))
    came = [f"{sent.at:%m-%d %H:%M}" for sent in quick_room.posts("topics")]
    assert came == ([] if setting == "on=no" else ["03-04 18:30", "03-11 18:30"])


async def test_a_post_switched_off_while_it_waits_is_skipped(quick_room: Room) -> None:
    await quick_room.spring("ada")
    quick_room.chat.fault = _refuses
    await quick_room.goes_to(on(3, 2, 9))
    await quick_room.says("mona", "cohort settings spring post=kick_off on=no")
    quick_room.chat.fault = None
    await quick_room.passes(hours=1)
    assert await reasons(quick_room, "kick_off") == {"start": "switched off"}
    assert [sent.ref for sent in quick_room.posts("topics")] == ["linear-algebra"]


def _refuses(when: str, place: object, key: str) -> None:
    raise SendError("no", after=timedelta(minutes=5))
