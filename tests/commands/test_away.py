"""`away`: time off for some days or without an end, everywhere or in one cohort."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.room import Room

THURSDAY = datetime(2026, 3, 12, 12, tzinfo=UTC)
BACK = "\n[I am back]"
AWAY = "You are away{} {}. I send you no reminders, and you keep your streak." + BACK


async def test_somebody_is_away_until_a_day_or_until_they_say_so(room: Room) -> None:
    await room.spring("ada")
    room.clock.at = THURSDAY
    asked = "[Three days] [A week] [Two weeks] [Until I come back]"
    dialogue = [
        (
            "away",
            (
                "How long will you be away, starting today? For another date, use away "
                "2026-04-01.\n"
                f"{asked}"
            ),
        ),
        ("away back", "You are not away: use away when you want to take time off."),
        ("away until monday", AWAY.format("", "until the end of Mon 16 Mar 2026")),
        (
            "away",
            (
                "You are away now. Do you want to change that? For another date, use away "
                "2026-04-01.\n"
                f"{asked} [I am back]"
            ),
        ),
        (
            "away back",
            "Welcome back! Here is where you left off.\n[This week's list] [My progress]",
        ),
        ("away back", "You are not away: use away when you want to take time off."),
        ("away open=yes cohort=#1", AWAY.format(" from spring", "until you tell me you are back")),
        (
            "away back=yes cohort=#1",
            "Welcome back! Here is where you left off.\n[This week's list] [My progress]",
        ),
    ]
    assert [(said, await room.says("ada", said)) for said, _ in dialogue] == dialogue


async def test_a_day_that_cannot_be_is_refused(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    room.clock.at = THURSDAY
    refusals = {
        "away 2026-01-01": "2026-01-01 is in the past: choose today, 2026-03-12, or a later day.",
        "away 2027-12-01": (
            "You can set up to a year: use away and press “Until I come back” instead."
        ),
        "away 2029-12-01": (
            "2029-12-01 is more than two years away: choose a date closer to today, 2026-03-12."
        ),
        "away 2026-02-30": "The date 2026-02-30 does not exist: check the day and the month.",
        "away soon": (
            "“soon” is not a date I can read: write it like 2026-03-12, tomorrow or monday."
        ),
        "away monday autumn": "There is no cohort “autumn” here: choose spring.\n[Edit]",
        "away monday spring": AWAY.format(" from spring", "until the end of Mon 16 Mar 2026"),
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals
    assert (
        await room.says("eve", "away monday spring")
        == "You are not in spring: use join spring first."
    )


async def test_today_is_where_the_member_is_or_else_where_their_cohort_is(quick_room: Room) -> None:
    room = quick_room
    room.zones = {"west": "America/Los_Angeles", "east": "Pacific/Kiritimati"}
    await room.spring("ada", "west", "east", more="zone=America/New_York")
    room.clock.at = datetime(
        2026, 3, 12, 2, tzinfo=UTC
    )  # still the eleventh in New York and Los Angeles
    until = AWAY.format("", "until the end of Wed 11 Mar 2026")
    for name in ("ada", "west"):
        assert await room.says(name, "away 2026-03-11") == until
        assert await room.says(name, "away today") == until
    assert await room.says("east", "away 2026-03-11") == (
        "2026-03-11 is in the past: choose today, 2026-03-12, or a later day."
    )


async def test_what_is_said_of_one_cohort_leaves_the_others_as_they_were(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-02")
    await room.says("mona", "cohort open autumn sure=yes")
    await room.says("ada", "join autumn")
    room.clock.at = THURSDAY
    await room.says("ada", "away 2026-05-01")
    await room.says("ada", "away 2026-03-20 spring")
    room.clock.at = datetime(2026, 4, 2, tzinfo=UTC)
    for cohort in ("spring", "autumn"):
        assert "Pace: away, nobody is counting" in await room.says(
            "ada", f"progress cohort={cohort}"
        )
    await room.says("ada", "away back")
    assert "Pace: away" not in await room.says("ada", "progress cohort=autumn")


async def test_who_is_away_hears_nothing_and_keeps_their_streak(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("ada", "checkin hours=1")
    await room.says("ada", "away open=yes")
    await room.goes_to(datetime(2026, 3, 17, 12, tzinfo=UTC))
    assert room.private("ada") == []
    assert (
        "Streak: 1 week (week 3 is still open; week 2 is frozen, you were away)"
        in await room.says("ada", "progress")
    )
