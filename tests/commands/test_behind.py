"""`behind`: what is open in real numbers, and three ways back that can be taken and taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.__main__ import load_bundled_roadmaps
from bot.chat.address import Place
from bot.chat.message import Checklist, Message
from tests.support.room import Room
from tests.support.timed_roadmap import TIMED, begin_timed_course, build_timed_roadmap
from tests.support.two_platforms import THERE, houses, links

WAYS = (
    "• Catch up: only the essential items, spread over your next weeks.\n"
    "• Shift me: your own weeks move later, and your reminders with them.\n"
    "• Next cohort: you go on with another group and keep your ticks.\n"
    "[Catch up] [Shift me] [Next cohort]"
)


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


FIFTH_WEEK = on(3, 31)


async def fall_behind(room: Room, *more: str) -> None:
    """Bring ada into week 5 with weeks 2 to 4 open, all but one item."""
    await begin_timed_course(room, "ada", *more)
    await room.says("ada", "tick long1,short1,extra1,long2")
    await room.goes_to(FIFTH_WEEK)


async def take(room: Room, name: str, way: str) -> str:
    """Look at a way and take it."""
    preview = await room.answer(name, f"behind {way}")
    assert "Nothing has changed yet." in preview.to_plain_text()
    return (await room.presses(name, preview, "Catch up", "Move")).to_plain_text()


# — the numbers —


async def test_whoever_is_behind_sees_real_numbers_and_three_ways(room: Room) -> None:
    await fall_behind(room)
    assert await room.says("ada", "behind") == (
        "Your pace in spring\n"
        "5 of 8 essential items are open, about 5.5 h; the group is in week 5.\n"
        f"There are three ways back. Each button shows first what would change.\n{WAYS}"
    )


async def test_whoever_is_not_behind_hears_so_and_may_change_their_pace_all_the_same(
    quick_room: Room,
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada")
    other = "If you want another pace, each button shows first what would change."
    assert await room.says("ada", "behind") == (
        f"Your pace in spring\nYou are not behind in spring: nothing is due yet.\n{other}\n{WAYS}"
    )
    await room.says("ada", "tick long1")
    await room.goes_to(on(3, 10))
    assert "1 of 2 essential items is open, about 30 min; the group is in week 2. That is one" in (
        await room.says("ada", "behind")
    )
    await room.says("ada", "tick short1")
    assert "2 essential items of the weeks that are over, and all done. 🎉" in await room.says(
        "ada", "behind"
    )
    assert await room.says("ada", "behind way=catch-up") == (
        "There is nothing to catch up in spring: everything essential in the weeks that are over "
        "is done.\n[My list] [Back]"
    )


async def test_a_late_joiner_is_not_behind_and_may_have_the_weeks_before(room: Room) -> None:
    await begin_timed_course(room)
    await room.goes_to(on(3, 17))
    await room.says("ada", "join spring")
    start = await room.answer("ada", "steps step=start")
    page = (await room.presses("ada", start, "Ways to catch up")).to_plain_text()
    assert (
        "You are not behind: the weeks before you joined are no debt. If you want them too, 4 of "
        "4 essential items are open, about 5 h; the group is in week 3."
    ) in page
    assert "You are catching up in spring now" in await take(room, "ada", "way=catch-up")
    assert "• Week 3: 1 item, about 2 h (Long 1)" in await room.says(
        "ada", "behind way=catch-up hours=4"
    )


async def test_a_stranger_and_a_guest_are_told_what_to_do(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada")
    assert await room.says("eve", "behind") == (
        "You are not in a cohort yet: use join to see the open ones."
    )
    assert await room.says("eve", "behind way=shift cohort=spring sure=yes") == (
        "You are not in spring: use join spring first."
    )
    assert "choose catch-up, shift or next." in await room.says("ada", "behind way=sideways")
    assert await room.says("ada", "behind way=shift") == (
        "spring has not started, so nobody is behind: use roadmap."
    )
    assert "choose 1 to 60." in await room.says("ada", "behind hours=1000")
    assert "There is no cohort “nowhere” here" in await room.says("ada", "behind to=nowhere")


# — catch up —


async def test_catch_up_spreads_only_essential_items(room: Room) -> None:
    await fall_behind(room)
    preview = await room.says("ada", "behind way=catch-up hours=4")
    assert preview == (
        "A preview\n"
        "Catch up in spring with about 4 h a week? 5 essential items, about 5.5 h, beside the "
        "essential items of each week:\n"
        "• Week 5: 2 items, about 2.5 h (Short 2 and Long 3)\n"
        "• Week 6: 1 item, about 30 min (Short 3)\n"
        "• Week 7: 1 item, about 2 h (Long 4)\n"
        "• Week 8: 1 item, about 30 min (Short 4)\n"
        "You have caught up by the end of week 8, Sun 26 Apr 2026. Optional items can wait. Work "
        "you do not get to moves on by itself. Nothing has changed yet.\n"
        "[Catch up]\n[8 h a week] [Back]"
    )
    assert "extra" not in preview.casefold()
    await take(room, "ada", "way=catch-up hours=4")
    week = await room.answer("ada", "week")
    assert isinstance(week, Message)
    plan, own = (block for block in week.blocks if isinstance(block, Checklist))
    assert [choice.value for choice in plan.choices] == ["short2", "long3"]
    assert [choice.value for choice in own.choices] == ["long5", "short5", "extra5"]
    assert "While you catch up, this can wait: Extra 5." in week.to_plain_text()


async def test_a_reminder_names_the_work_of_my_plan(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=catch-up hours=4")
    await room.goes_to(on(4, 6))
    assert (
        "4 items to go, about 5 h. The shortest you can start now is Short 5, about 30 min."
        in room.private("ada")[-1].message.to_plain_text()
    )


async def test_the_hours_are_those_of_my_check_ins(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    for number, hours in ((1, 6), (2, 10)):
        await room.says("ada", f"checkin {number} hours={hours}")
    assert "with about 8 h a week?" in await room.says("ada", "behind way=catch-up")


async def test_hours_that_do_not_suffice_are_answered_with_hours_that_do(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    assert await room.says("ada", "behind way=catch-up hours=3") == (
        "With 3 h a week it does not fit before spring ends: about 4 h a week are enough. You can "
        "also move your weeks instead.\n[4 h a week] [Shift me] [Back]"
    )


async def test_whoever_keeps_to_the_plan_is_not_behind_until_it_is_done(room: Room) -> None:
    await fall_behind(room)
    await take(room, "ada", "way=catch-up hours=8")
    assert "Pace: on your plan" in await room.says("ada", "progress")
    state = await room.says("ada", "behind")
    assert "You are catching up: 5 items left, until week 5." in state
    assert "[Catch up] [Shift me] [Next cohort]\n[End my plan]" in state
    await room.says("ada", "tick short2,long3,short3,long4,short4")
    assert "You have caught up: your plan is done. 🎉" in await room.says("ada", "behind")
    assert "Catch up this week" not in await room.says("ada", "week")
    assert "catching up" not in await room.says("mona", "members list")


async def test_a_plan_that_is_left_lying_moves_on_and_says_so(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=catch-up hours=8")
    await room.goes_to(on(4, 14))
    state = await room.says("ada", "behind")
    assert "It has moved on by 2 weeks: you can make a new one." in state
    assert "There are three ways back." in state
    assert "Short 2" in await room.says("ada", "week")


async def test_other_picks_and_a_revised_roadmap_leave_a_plan_whole(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=catch-up hours=4")
    fewer = build_timed_roadmap(4)
    room.roadmaps = {fewer.slug: fewer}
    await room.restart()
    await room.says("mona", "cohort revise spring sure=yes")
    for phrase in ("behind", "week", "progress", "behind way=catch-up", "behind way=shift"):
        assert "Something went wrong" not in await room.says("ada", phrase)


# — shift me —


async def test_shift_me_moves_reminders_streak_and_board(room: Room) -> None:
    await fall_behind(room, "bob")
    await room.says("ada", "checkin 1 hours=2")
    assert "Streak" not in await room.says("ada", "progress")
    assert await room.says("ada", "behind way=shift") == (
        "A preview\n"
        "Shift me: move your weeks in spring, so that they come 3 weeks after the group's? You are "
        "in week 2: Part 2, Mon 30 Mar 2026 to Sun 5 Apr 2026. Your last day is Sun 17 May 2026 "
        "instead of Sun 26 Apr 2026.\n"
        "Your list, reminders, pace and streak follow your weeks. Posts in the channel stay with "
        "the group. Ticks and check-ins stay. Nothing has changed yet.\n"
        "[Move by 3 weeks]\n[2 weeks] [4 weeks] [Back]"
    )
    before = len(room.private("ada"))
    taken = await take(room, "ada", "way=shift")
    assert taken == (
        "Your weeks come 3 weeks after the group's in spring now. You are in week 2: Part 2, Mon "
        "30 Mar 2026 to Sun 5 Apr 2026.\n[My list] [Take it back]"
    )
    assert "Streak: 1 week (week 2 is still open)" in await room.says("ada", "progress")
    assert (await room.says("ada", "week")).startswith("Week 2 of 8 · Part 2")
    assert "This week · Part 2" in await room.says("ada", "progress board=yes")
    assert "This week · Part 5" in await room.says("bob", "progress board=yes")
    await room.goes_to(on(4, 6))
    own = [sent for sent in room.private("ada")[before:] if sent.kind == "reminder"]
    assert own
    assert {sent.ref.partition(".")[0] for sent in own} == {"week-02"}
    assert "week 2" in own[0].message.to_plain_text()


async def test_shared_buttons_open_my_own_week_and_say_so(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=shift")
    shared = await room.says("ada", "week n=5 cohort=#1")
    assert shared.startswith(
        "Week 2 of 8 · Part 2\nThe group is in week 5, and this is your week 2.\n"
    )
    form = await room.says("ada", "checkin week=week-05 cohort=#1")
    assert form.startswith("Check-in, week 2\nThe group is in week 5, and this is your week 2.")
    # Weeks that have come for the member open as they are named, and so does their own list.
    assert (await room.says("ada", "week n=1 cohort=#1")).startswith("Week 1 of 8 · Part 1\nAll")
    own = await room.answer("ada", "week")
    ahead = await room.presses("ada", own, "Week 3")
    assert ahead.to_plain_text().startswith("Week 3 of 8 · Part 3\nAll of it")
    # A report in words is meant for the week it names.
    assert (await room.says("ada", "checkin week=5 hours=2")).startswith("Week 5 has not started")


async def test_as_many_weeks_as_i_like_but_not_before_week_one(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    assert await room.says("ada", "behind way=shift weeks=5") == (
        "That would be before week 1 of spring: choose 1 to 4.\n[Edit]"
    )
    await room.says("ada", "behind weeks=4 sure=yes")
    again = await room.says("ada", "behind way=shift")
    assert again.startswith("Your weeks come 4 weeks after the group's in spring already.")
    assert "[3 weeks]" in again
    assert "2 weeks after the group's in spring now" in await room.says(
        "ada", "behind weeks=2 sure=yes"
    )
    assert "Your weeks are the group's in spring again." in await room.says("ada", "behind weeks=0")
    assert "are the group's in spring already." in await room.says("ada", "behind weeks=0")


async def test_nobody_waits_for_whoever_is_later(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room, "bob")
    await take(room, "ada", "way=shift")
    await room.says("bob", "tick long5")
    await room.says("bob", "checkin hours=3")
    await room.goes_to(on(4, 7))
    recap = room.posts("recap")[-1].message.to_plain_text()
    assert "Checked in: 1 of 1" in recap
    letters = [sent.ref for sent in room.posts("nudge")]
    assert "week-05" not in letters, "everybody whose week it is has begun"


async def test_before_my_own_first_week_i_read_when_it_starts(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.goes_to(on(3, 25))
    await take(room, "ada", "way=shift weeks=3")
    await room.says("mona", "cohort reschedule spring start=2026-03-16 sure=yes")
    mine = "Your week 1 of spring starts on Mon 6 Apr 2026"
    assert (await room.says("ada", "progress")).split("\n")[1] == f"{mine}."
    assert await room.says("ada", "week") == f"{mine}: use roadmap to see the whole plan."
    assert await room.says("ada", "checkin") == f"{mine}: check in when it has started."
    assert (await room.says("ada", "tick")).startswith(f"{mine}: to work ahead, ")
    assert "your week 1 is still to come, the group is in week 2." in await room.says(
        "ada", "behind"
    )
    assert (await room.says("bob", "week")).startswith("Week 2 of 12")
    # The pause may be over any day, so nobody knows when the week will be.
    await room.says("mona", "cohort pause spring sure=yes")
    paused = "spring is paused, so your week 1 has no date yet"
    assert (await room.says("ada", "progress")).split("\n")[1] == f"{paused}."


async def test_a_pause_holds_shifted_weeks_too(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=shift")
    await room.says("mona", "cohort pause spring sure=yes")
    assert (await room.says("ada", "week")).startswith("Week 2")
    assert "Your weeks come 3 weeks later" in await room.says("ada", "behind")
    await room.goes_to(on(4, 20))
    await room.says("mona", "cohort resume spring sure=yes")
    await room.goes_to(on(4, 28))
    assert (await room.says("ada", "week")).startswith("Week 4")
    assert "are the group's in spring again" in await room.says("ada", "behind weeks=0")


async def test_my_weeks_go_on_after_the_groups_last(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=shift")
    await room.goes_to(on(5, 5))
    assert (await room.says("ada", "week")).startswith("Week 7")
    assert "In your week" not in await room.says("ada", "progress")
    await room.goes_to(on(5, 18))
    assert "spring has finished." in await room.says("ada", "week")


# — taken again, taken back —


async def test_a_way_taken_again_changes_nothing(room: Room) -> None:
    await fall_behind(room)
    preview = await room.answer("ada", "behind way=shift")
    first = await room.presses("ada", preview, "Move")
    second = await room.presses("ada", preview, "Move")
    assert second.to_plain_text().startswith(
        "Your weeks come 3 weeks after the group's in spring already."
    )
    assert "now" in first.to_plain_text()
    await room.says("ada", "behind weeks=0")
    preview = await room.answer("ada", "behind way=catch-up hours=8")
    await room.presses("ada", preview, "Catch up")
    assert (await room.says("ada", "behind hours=8 sure=yes")).startswith(
        "You are catching up in spring already."
    )


async def test_a_way_back_can_be_taken_back_after_the_week_has_closed(room: Room) -> None:
    await fall_behind(room)
    shifted = await room.answer("ada", "behind weeks=3 sure=yes")
    await room.goes_to(on(4, 14))
    assert (await room.says("ada", "week")).startswith("Week 4")
    back = await room.presses("ada", shifted, "Take it back")
    assert back.to_plain_text().startswith(
        "Your weeks are the group's in spring again. You are in week 7: Part 7, "
    )
    assert (await room.says("ada", "week")).startswith("Week 7")
    planned = await room.answer("ada", "behind hours=20 sure=yes")
    await room.goes_to(on(4, 21))
    ended = await room.presses("ada", planned, "Take it back")
    assert ended.to_plain_text().startswith("Your catch-up plan in spring has ended.")
    assert (await room.says("ada", "behind way=catch-up back=yes")).startswith(
        "You have no catch-up plan in spring."
    )


async def test_an_old_preview_shows_the_new_facts_before_anything_changes(
    quick_room: Room,
) -> None:
    room = quick_room
    await fall_behind(room)
    preview = await room.answer("ada", "behind way=catch-up hours=8")
    await room.says("ada", "tick short2")
    shown = (await room.presses("ada", preview, "Catch up")).to_plain_text()
    assert "Something has changed since you looked" in shown
    assert "4 essential items" in shown


async def test_moving_ones_weeks_ends_a_plan_and_says_so(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=catch-up hours=8")
    assert "Your catch-up plan ends." in await room.says("ada", "behind way=shift weeks=3")
    await room.says("ada", "behind weeks=3 sure=yes")
    state = await room.says("ada", "behind")
    assert "catching up" not in state
    assert "[The group's weeks]" in state


# — the end, and starting again —


async def test_starting_again_gives_everybody_the_groups_weeks(room: Room) -> None:
    await fall_behind(room, "bob")
    await take(room, "ada", "way=shift")
    await room.says("bob", "behind hours=20 sure=yes")
    await room.says("mona", "cohort start spring on=2026-04-06 again=yes sure=yes")
    await room.goes_to(on(4, 7))
    for name in ("ada", "bob"):
        assert (await room.says(name, "week")).startswith("Week 1 of 8 · Part 1\nAll of it")
    listed = await room.says("mona", "members list")
    assert "shifted" not in listed
    assert "catching up" not in listed


async def test_a_cohort_that_is_ended_early_is_over_for_everybody(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    await take(room, "ada", "way=shift")
    await room.says("mona", "cohort finish spring sure=yes")
    assert await room.says("ada", "behind way=shift weeks=4") == (
        "spring has ended for everybody: late ticks still count, so use week."
    )
    assert "late ticks still count" in await room.says("ada", "behind way=catch-up")
    assert "Your weeks are the group's" in await room.says("ada", "behind weeks=0")
    private = len(room.private("ada"))
    await room.passes(weeks=6)
    assert len(room.private("ada")) == private
    await room.says("mona", "cohort archive spring sure=yes")
    assert "archived" in await room.says("ada", "behind cohort=#1")


# — the next cohort —


async def open_autumn(room: Room, more: str = "") -> None:
    await room.says("mona", f"cohort create name=autumn start=2026-05-04 roadmap=timed {more}")
    await room.says("mona", "cohort open autumn sure=yes")


async def test_i_move_to_the_next_cohort_with_my_ticks_and_back(room: Room) -> None:
    await fall_behind(room)
    await room.says("ada", "checkin 1 hours=2")
    await open_autumn(room)
    choice = await room.answer("ada", "behind way=next")
    assert choice.to_plain_text() == (
        "Next cohort: you leave this group for one that started later, and your ticks come "
        "along.\n• autumn starts on Mon 4 May 2026\n[Move to autumn] [Back]"
    )
    preview = await room.presses("ada", choice, "Move to autumn")
    assert preview.to_plain_text() == (
        "A preview\n"
        "Next cohort: move from spring to autumn, which starts on Mon 4 May 2026? Your ticks come "
        "along. You leave spring; your check-ins there stay.\n"
        "You can come back at any time. Nothing has changed yet.\n"
        "[Move to autumn]\n[Waiting list] [Back]"
    )
    moved = await room.presses("ada", preview, "Move to autumn")
    assert moved.to_plain_text() == (
        "You are in autumn now, which starts on Mon 4 May 2026. Your ticks have come along.\n"
        "[My list] [Back to spring]"
    )
    assert "The whole plan: 4 of 24" in await room.says("ada", "progress cohort=autumn")
    assert (
        "You are in autumn already."
        in (await room.presses("ada", preview, "Move to autumn")).to_plain_text()
    )
    assert await room.says("ada", "week cohort=spring") == (
        "You are not in spring: use join spring first."
    )
    await room.goes_to(on(4, 14))
    assert "You moved here from spring." in await room.says("ada", "behind cohort=autumn")
    back = await room.presses("ada", moved, "Back to spring")
    assert back.to_plain_text().startswith("You are in spring again, as before.")
    progress = await room.says("ada", "progress weeks=yes cohort=spring")
    assert "The whole plan: 4 of 24" in progress
    assert "Week 1: Part 1: 3 of 3 (checked in)" in progress
    assert "You are not in autumn" in await room.says("ada", "progress cohort=autumn")


async def test_privacy_and_route_move_along(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room, "bob")
    await room.says("ada", "settings hidden=yes cohort=spring")
    await open_autumn(room)
    await room.says("bob", "join autumn")
    named = len(room.posts("new_members"))
    await room.says("ada", "behind to=autumn sure=yes")
    await room.passes(hours=2)
    assert "Ada" not in await room.says("bob", "progress board=yes cohort=autumn")
    assert len(room.posts("new_members")) == named


async def test_a_full_next_cohort_puts_me_on_the_list(room: Room) -> None:
    await fall_behind(room)
    await open_autumn(room, "seats=1")
    choice = await room.answer("ada", "behind way=next")
    assert "1 free seat" in choice.to_plain_text()
    preview = await room.presses("ada", choice, "Move to autumn")
    await room.says("bob", "join autumn")
    full = await room.presses("ada", preview, "Move to autumn")
    assert full.to_plain_text() == (
        "All seats of autumn are taken by now. You are still in spring, and I can tell you when "
        "there is a seat.\n[Waiting list] [Back]"
    )
    listed = await room.presses("ada", full, "Waiting list")
    assert listed.to_plain_text() == (
        "You are now number 1 on the waiting list for Timed. I tell you in private when there is "
        "a seat. Until then you stay in spring.\n[Leave the list]"
    )
    assert "You are number 1 on the waiting list" in await room.says("ada", "behind")
    before = len(room.private("ada"))
    await room.passes(minutes=10)
    await room.says("bob", "leave autumn")
    (offer,) = room.private("ada")[before:]
    assert offer.message.to_plain_text() == (
        "A seat is free in autumn, which starts on Mon 4 May 2026. You are on the waiting list for "
        "Timed. The seat is not held: in two days I tell the next in line. You leave spring when "
        "you move, and keep your ticks.\n[Move to autumn] [Leave the list]"
    )
    preview = await room.presses("ada", offer.message, "Move to autumn")
    moved = await room.presses("ada", preview, "Move to autumn")
    assert moved.to_plain_text().startswith("You are in autumn now")
    assert "waiting list" not in await room.says("ada", "behind cohort=autumn")


async def test_the_old_cohort_that_filled_meanwhile_offers_its_list(quick_room: Room) -> None:
    room = quick_room
    room.roadmaps = {TIMED.slug: TIMED}
    await room.restart()
    await room.spring("ada", more="roadmap=timed seats=1")
    await room.goes_to(FIFTH_WEEK)
    await open_autumn(room)
    moved = await room.answer("ada", "behind to=autumn sure=yes")
    await room.says("bob", "join spring")
    assert (
        "The only seat of spring is taken"
        in (await room.presses("ada", moved, "Back to spring")).to_plain_text()
    )
    assert "autumn" in await room.says("ada", "progress")


async def test_only_later_cohorts_on_the_same_roadmap_are_next_ones(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    room.roadmaps = {"timed": TIMED, **load_bundled_roadmaps()}
    await room.restart()
    for name, more in (("early", "start=2026-02-23 roadmap=timed"), ("other", "start=2026-05-04")):
        await room.says("mona", f"cohort create name={name} {more}")
        await room.opens_cohort(name)
    none = await room.says("ada", "behind way=next")
    assert none.startswith("Next cohort: No later cohort on this plan is open here yet.")
    assert "[Waiting list] [Back]" in none


async def test_hostile_names_are_shown_as_they_are(quick_room: Room) -> None:
    room = quick_room
    hostile = build_timed_roadmap(8, "**All** [x](https://evil.example) <@U1> `rm`")
    await begin_timed_course(room, "ada", roadmap=hostile)
    await room.goes_to(FIFTH_WEEK)
    for phrase in ("behind", "behind way=next", "behind way=catch-up", "waitlist"):
        answer = await room.answer("ada", phrase)
        assert "https://evil.example" not in answer.to_plain_text() or "[x]" in (
            answer.to_plain_text()
        )


# — who sees what —


async def test_moderators_see_the_state_and_nobody_else_sees_anything(room: Room) -> None:
    await fall_behind(room, "bob", "cem")
    public = len(room.posts())
    await room.says("ada", "behind weeks=3 sure=yes")
    await room.says("bob", "behind hours=20 sure=yes")
    await room.says("cem", "waitlist spring")
    listed = await room.says("mona", "members list")
    assert [line.rpartition(" · ")[2] for line in listed.splitlines() if line.startswith("•")] == [
        "shifted by 3 weeks",
        "catching up",
        "waiting for the next cohort",
    ]
    assert len(room.posts()) == public
    for said in ("progress board=yes", "progress ada", "progress bob", "progress cem"):
        shown = await room.says("cem", said)
        assert not any(word in shown for word in ("shift", "catching", "waiting"))


# — linked accounts, two homes —


async def test_a_way_is_the_persons_whichever_account_takes_it(room: Room) -> None:
    await fall_behind(room)
    await houses(room)
    await room.says("nora", "join spring", place=THERE)
    await links(room, "ada", "nora")
    await room.says("nora", "behind weeks=3 sure=yes", place=THERE)
    assert "Your weeks come 3 weeks later" in await room.says("ada", "behind")
    assert (await room.says("ada", "week")).startswith("Week 2")
    before = len(room.private("ada"))
    await room.goes_to(on(4, 6))
    refs = [sent.ref for sent in room.private("ada")[before:] if sent.kind == "reminder"]
    assert len(refs) == len(set(refs)) > 0
    elsewhere = room.chats["other"]
    assert not [sent for sent in elsewhere.sent if sent.place.native == "nora"]
    await room.says("ada", "behind weeks=0")
    assert "Your weeks come" not in await room.says("nora", "behind", place=THERE)


async def test_a_list_is_kept_where_the_cohort_lives(quick_room: Room) -> None:
    room = quick_room
    await fall_behind(room)
    away = Place("test", "elsewhere", "lobby")
    assert await room.says("ada", "waitlist cohort=#1", place=away) == (
        "The waiting list is kept where spring lives: ask me there."
    )
    direct = Place("test", "space", native="ada")
    assert "number 1 on the waiting list" in await room.says("ada", "waitlist", place=direct)


@pytest.mark.parametrize("week_count", [2, 60])
async def test_the_ways_fit_short_and_long_roadmaps(quick_room: Room, week_count: int) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=build_timed_roadmap(week_count))
    await room.goes_to(on(3, 2) if week_count == 2 else datetime(2027, 3, 3, tzinfo=UTC))
    for phrase in (
        "behind",
        "behind way=catch-up",
        "behind way=shift",
        "behind way=next",
        "behind hours=30 sure=yes",
        "week",
        "behind weeks=1 sure=yes",
        "behind",
    ):
        assert "Something went wrong" not in await room.says("ada", phrase)
