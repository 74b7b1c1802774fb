"""Start, reschedule, pause, resume and break: what moves to when, who is told, and what is posted then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.message import Form
from tests.support.room import Room

pytestmark = pytest.mark.usual_posts


def told(room: Room) -> list[str]:
    """What was announced about dates, greetings left out."""
    return [
        letter.message.to_plain_text()
        for letter in room.chat.sent
        if letter.kind == "announcement" and "welcome" not in letter.ref
    ]


async def test_a_draft_that_is_started_today_posts_kick_off_and_week_one_at_once(
    room: Room,
) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    assert await room.says("mona", "cohort start sure=yes") == (
        "spring has started, in week 1. I post this week now.\n"
        "The next post is Mid-week nudge, week 1 on Mon 23 Feb 2026, 09:00. Nobody has joined yet: invite some people.\n"
        "[Members] [Timeline]"
    )
    assert [letter.kind for letter in room.posts()] == ["kick_off", "topics"]
    assert len(told(room)) == 1
    assert await room.says("mona", "cohort start sure=yes") == (
        "spring has already started: change its dates, or go through the whole plan again.\n"
        "[Change the dates] [Start it again]"
    )


async def test_a_start_later_today_waits_for_the_posting_time(room: Room) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02 at=18:00")
    answer = await room.says("mona", "cohort start sure=yes")
    assert answer.startswith("spring starts by itself on Fri 20 Feb 2026, 18:00.")
    assert room.posts() == []
    await room.passes(hours=9)
    assert [letter.kind for letter in room.posts()] == ["kick_off", "topics"]


async def test_an_open_cohort_started_early_says_when_it_would_have_started(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("mona", "cohort start on=2026-03-02 sure=yes") == (
        "spring starts by itself on Mon 2 Mar 2026: choose another day to change it."
    )
    answer = await room.says("mona", "cohort start on=2026-02-25 sure=yes")
    assert answer == (
        "spring starts by itself on Wed 25 Feb 2026, 09:00. It was planned for Mon 2 Mar 2026.\n"
        "The next post is Starts soon on Mon 23 Feb 2026, 09:00. 1 member so far.\n"
        "[Members] [Timeline]"
    )
    assert told(room)[1:] == [
        "The calendar of spring has changed. Week 1 moves from Mon 2 Mar 2026 to Wed 25 Feb 2026, and the weeks after it "
        "move too. It ends on Tue 19 May 2026 instead of Sun 24 May 2026. "
        "The next post is Starts soon on Mon 23 Feb 2026, 09:00."
    ]


async def test_a_past_start_begins_in_the_week_it_would_be_in(room: Room) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    answer = await room.says("mona", "cohort start on=2026-02-09 sure=yes")
    assert answer.startswith("spring has started, in week 2.")
    assert [letter.ref for letter in room.posts("topics")] == ["optimization"]
    await room.says("mona", "cohort create name=old start=2026-03-02")
    refused = await room.says("mona", "cohort start old on=2025-01-06 sure=yes")
    assert (
        refused
        == "From that day, old would already have ended on 2025-03-30: choose a later start.\n[Edit]"
    )


async def test_only_an_explicit_restart_posts_the_weeks_again(room: Room) -> None:
    await room.spring("ada", start="2026-02-16")
    await room.passes(days=4)
    asked = await room.says("mona", "cohort start again=yes")
    assert "I send every post again. Members, ticks and check-ins stay." in asked
    assert [letter.ref for letter in room.posts("topics")] == ["linear-algebra", "optimization"]
    await room.says("mona", "cohort start cohort=#1 on=2026-02-24 again=yes sure=yes")
    again = await room.says("mona", "cohort start cohort=#1 on=2026-02-24 again=yes sure=yes")
    assert (
        again
        == "spring has already been started again on Tue 24 Feb 2026: see its posts with posts timeline.\n[Edit]"
    )
    assert [letter.ref for letter in room.posts("topics")] == [
        "linear-algebra",
        "optimization",
        "linear-algebra",
    ]
    assert told(room)[1:] == [
        "spring starts again: week 1 is on Tue 24 Feb 2026. Your ticks and check-ins stay."
    ]


async def test_reschedule_asks_with_a_form_that_holds_what_is_set(room: Room) -> None:
    await room.spring(more="zone=Europe/Berlin at=18:30")
    form = await room.answer("mona", "cohort reschedule")
    assert isinstance(form, Form)
    assert [(field.name, field.value) for field in form.fields] == [
        ("start", "2026-03-02"), ("at", "18:30"), ("zone", "Europe/Berlin"), ("weekday", "")
    ]  # fmt: skip
    filled = {"start": ("2026-03-02",), "at": ("18:30",), "zone": ("Mars",), "weekday": ()}
    again = await room.says("mona", form.says, filled)
    assert "Time zone — I do not know the time zone “Mars”" in again


async def test_another_weekday_moves_to_the_next_such_day_and_the_preview_says_so(
    room: Room,
) -> None:
    await room.spring("ada")
    assert await room.says("mona", "cohort reschedule weekday=wednesday") == (
        "A preview\n"
        "spring starts on Wed 4 Mar 2026. Posts come at 09:00 (UTC). "
        "Mon 2 Mar 2026 is not a Wednesday, so it starts on the next one, Wed 4 Mar 2026.\n"
        "Everyone will see:\n"
        "The calendar of spring has changed. Week 1 moves from Mon 2 Mar 2026 to Wed 4 Mar 2026, "
        "and the weeks after it move too. It ends on Tue 26 May 2026 instead of Sun 24 May 2026. "
        "The next post is Starts soon on Mon 2 Mar 2026, 09:00.\n"
        "Nothing has changed yet.\n"
        "[Move it]\n"
        "[Timeline]"
    )
    assert len(told(room)) == 1
    await room.says("mona", "cohort reschedule cohort=#1 start=2026-03-04 sure=yes")
    assert await room.says("mona", "cohort reschedule cohort=#1 start=2026-03-04 sure=yes") == (
        "spring already has these dates: change one of them."
    )
    assert len(told(room)) == 2
    await room.goes_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert [(letter.kind, letter.at.day) for letter in room.posts()] == [
        ("starts_soon", 2),
        ("kick_off", 4),
        ("topics", 4),
    ]


async def test_moving_a_draft_tells_nobody(room: Room) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    answer = await room.says("mona", "cohort reschedule zone=Asia/Kolkata at=7pm")
    assert answer == (
        "Moved. It is a draft, so nobody is told.\n"
        "spring would start on Mon 2 Mar 2026. Posts come at 19:00 (Asia/Kolkata).\n"
        "Posts come at 19:00 Asia/Kolkata time, not 09:00 UTC.\n"
        "The next post is Starts soon on Sat 28 Feb 2026, 19:00.\n"
        "[Timeline] [Open it]"
    )
    assert room.chat.sent == []


async def test_a_running_cohort_hears_which_week_it_will_be_in_and_gets_that_week(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    preview = await room.says("mona", "cohort reschedule start=2026-02-23")
    assert "spring is in week 2 of 12. Posts come at 09:00 (UTC)." in preview
    await room.says("mona", "cohort reschedule start=2026-02-23 sure=yes")
    assert [letter.ref for letter in room.posts("topics")] == ["linear-algebra", "optimization"]
    assert await room.says("mona", "cohort reschedule start=2025-10-06") == (
        "From that day, spring would already have ended on 2025-12-28: choose a later start."
    )


async def test_moving_there_and_back_is_told_each_time(room: Room) -> None:
    await room.spring()
    for start in ("2026-03-03", "2026-03-02", "2026-03-03"):
        await room.says("mona", f"cohort reschedule start={start} sure=yes")
    assert len(told(room)) == 4


async def test_a_pause_holds_everything_and_resuming_moves_whole_weeks(room: Room) -> None:
    await room.spring("ada", more="zone=Europe/Berlin")
    await room.goes_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    assert await room.says("mona", "cohort pause sure=yes") == (
        "spring is paused from Tue 10 Mar 2026. I have told everybody.\n"
        "Week 3 and the weeks after it wait for the end of the pause. People can still tick items and check in.\n"
        "[Timeline] [Resume]"
    )
    before = len(room.chat.sent)
    await room.goes_to(datetime(2026, 3, 25, 12, tzinfo=UTC))
    assert len(room.chat.sent) == before
    assert await room.says("mona", "cohort resume sure=yes") == (
        "spring continues and is in week 2 of 12. I have told everybody.\n"
        "Week 3 moves from Mon 16 Mar 2026 to Mon 30 Mar 2026, and the weeks after it move too. "
        "It ends on Sun 7 Jun 2026 instead of Sun 24 May 2026. "
        "The next post is Mid-week nudge, week 2 on Fri 27 Mar 2026, 09:00.\n"
        "[Timeline] [Pause]"
    )
    await room.goes_to(datetime(2026, 3, 30, 12, tzinfo=UTC))
    assert [(letter.ref, letter.at.isoformat()) for letter in room.posts("topics")][2:] == [
        (room.posts("topics")[2].ref, "2026-03-30T07:00:00+00:00")
    ]
    assert len(told(room)) == 3


async def test_resuming_on_a_posting_day_after_the_hour_posts_that_week_at_once(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    await room.says("mona", "cohort pause sure=yes")
    await room.goes_to(datetime(2026, 3, 23, 12, tzinfo=UTC))
    answer = await room.says("mona", "cohort resume sure=yes")
    assert answer.startswith("spring continues and is in week 3 of 12")
    assert len(room.posts("topics")) == 3
    assert await room.says("mona", "cohort resume sure=yes") == (
        "spring is running, and only a paused cohort can resume: see what comes next with posts timeline."
    )


async def test_a_break_over_a_week_boundary_moves_the_weeks_and_can_be_taken_out(
    room: Room,
) -> None:
    await room.spring("ada")
    assert await room.says("mona", "cohort break spring 2026-03-12 2026-03-17 sure=yes") == (
        "spring has a break, Thu 12 Mar 2026 to Tue 17 Mar 2026. I have told everybody.\n"
        "Week 3 moves from Mon 16 Mar 2026 to Mon 23 Mar 2026, and the weeks after it move too. "
        "It ends on Sun 31 May 2026 instead of Sun 24 May 2026. The next post is Starts soon on Sat 28 Feb 2026, 09:00.\n"
        "[Timeline] [Remove it again]"
    )
    listed = await room.says("mona", "cohort break")
    assert listed == (
        "Breaks of spring\n• Thu 12 Mar 2026 to Tue 17 Mar 2026\n[Remove 2026-03-12]\n[Add a break] [Timeline]"
    )
    twice = await room.says("mona", "cohort break spring 2026-03-12 2026-03-20 sure=yes")
    assert (
        twice == "A break already starts on 2026-03-12: remove it with cohort break first.\n[Edit]"
    )
    answer = await room.says("mona", "cohort break cohort=#1 first=2026-03-12 remove=yes sure=yes")
    assert answer.splitlines()[:2] == [
        "The break from Thu 12 Mar 2026 is removed. I have told everybody.",
        "Week 3 moves from Mon 23 Mar 2026 to Mon 16 Mar 2026, and the weeks after it move too. "
        "It ends on Sun 24 May 2026 instead of Sun 31 May 2026. The next post is Starts soon on Sat 28 Feb 2026, 09:00.",
    ]
    assert len(told(room)) == 3


async def test_a_break_that_moves_no_week_says_so(room: Room) -> None:
    await room.spring()
    answer = await room.says("mona", "cohort break spring 2026-03-12 2026-03-13 sure=yes")
    assert "No week moves. On those days there are no reminders, and streaks wait." in answer


async def test_breaks_that_cannot_be_are_refused_and_nothing_is_told(room: Room) -> None:
    await room.spring()
    assert isinstance(await room.answer("mona", "cohort break"), Form)
    said = {
        "first=2026-03-20 last=2026-03-12": (
            "The break ends on 2026-03-12, before it starts on 2026-03-20: swap the two dates.\n[Edit]"
        ),
        "first=2026-02-01 last=2026-03-12": (
            "It is too late for a break on 2026-02-01: choose 2026-02-20 or a later day.\n[Edit]"
        ),
        "first=2026-02-30 last=2026-03-12": "The date 2026-02-30 does not exist: check the day and the month.\n[Edit]",
        "first=2026-03-01 last=2027-03-12": "A break can last 180 days: use cohort pause for a longer one.\n[Edit]",
        "first=2026-03-01": "Choose the last day of the break; it can be the first day too.\n[Edit]",
        "last=2026-03-01": "Choose the first day of the break.\n[Edit]",
        "first=2026-03-01 remove=yes": "spring has no breaks: add one with cohort break if you need it.",
    }
    assert {
        phrase: await room.says("mona", f"cohort break {phrase} sure=yes") for phrase in said
    } == said
    assert len(told(room)) == 1


async def test_what_is_too_long_to_ride_along_in_a_form_is_said_again_at_once(
    quick_room: Room,
) -> None:
    long = "zone=America/Argentina/ComodRivadavia roadmap=ai-ml-engineer-12-weeks at=09:00 weekday=monday seats=25"
    told = await quick_room.says("mona", f"cohort create {long}")
    assert told == "I also need name and start: type it all in one command."
    assert "draft" in await quick_room.says(
        "mona", f"cohort create {long} name=spring start=2026-03-02"
    )
