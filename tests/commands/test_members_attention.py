"""Who needs a moderator, what the bot knows about them, and the three things that can be done."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.chat.message import Form
from tests.commands.test_cohort_link import THERE, linked
from tests.support.room import Room, Sent
from tests.support.timed_roadmap import begin_timed_course, build_timed_roadmap

SEASON = build_timed_roadmap(12)


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def words(room: Room, name: str, kind: str = "kind_word") -> list[Sent]:
    """The letters by hand to somebody."""
    return [sent for sent in room.private(name) if sent.kind == kind]


def listed(page: str) -> list[str]:
    return [line.split(" ")[1] for line in page.splitlines() if line.startswith("• ")]


async def spring_in_week_three(room: Room) -> None:
    """Bring a group into its third week: one is stuck, one unsure, one silent, one back, one away."""
    await room.spring("ada", "bob", "cyd", "dua", "eve", "fay")
    await room.says("bob", "settings hidden=yes")
    await room.goes_to(on(3, 3))
    await room.says("eve", "away until=2026-03-18")
    await room.goes_to(on(3, 19))
    report = {"confidence": ("2",), "blockers": ("the *night* shift",)}
    await room.says("ada", "checkin week=1 cohort=#1", report)
    await room.says("bob", "stuck item=bayes")
    await room.says("cyd", "week")
    await room.says("fay", "away until=2026-03-31")
    await room.passes(minutes=2)


async def test_a_moderator_reads_who_needs_them_since_when_and_what_the_bot_did(
    room: Room,
) -> None:
    await spring_in_week_three(room)
    assert await room.says("mona", "members attention") == (
        "Who needs you in spring\n"
        "5 of 6 members need you: 2 blocked, 1 unsure, 1 silent, 5 behind, 1 back from time off. "
        "Only moderators see this list.\n"
        "• Ada · blocked and unsure since 19 Mar · behind since 16 Mar, 10 items · "
        "“the *night* shift” · sent: ways back 14 Mar\n"
        "• Bob · blocked since 19 Mar · behind since 16 Mar, 10 items · "
        "stuck on First steps in probability… · sent: ways back 14 Mar\n"
        "• Dua · silent since 20 Feb · behind since 16 Mar, 10 items · "
        "sent: 1 reminder, last reminder 14 Mar\n"
        "• Eve · behind since 16 Mar, 10 items · back from time off since 19 Mar\n"
        "• Cyd · behind since 16 Mar, 10 items · sent: ways back 14 Mar\n"
        "The hardest items of the last weeks\n"
        "• First steps in probability, up to Bayes’ theorem, week 1: 1 stuck\n"
        "Open a member: Ada | Bob | Dua | Eve | Cyd\n"
        "[Blocked · 2] [Unsure · 1] [Silent · 1] [Behind · 5] [Back from time off · 1]"
    )
    assert listed(await room.says("mona", "members attention need=silent"))[:1] == ["Dua"]
    assert await room.says("mona", "members attention member=1") == (
        "Ada in spring\n"
        "• Blocked since Thu 19 Mar 2026\n"
        "• Unsure since Thu 19 Mar 2026\n"
        "• Behind since Mon 16 Mar 2026: 10 essential items of 2 weeks open, about 13 h\n"
        "What they wrote to moderators\n"
        "• “the *night* shift” (19 Mar)\n"
        "• How sure they feel: 2 of 5 (19 Mar)\n"
        "What I have done\n"
        "• Sent: ways back 14 Mar\n"
        "[Send a kind word] [Mark as away] [Everybody]"
    )


async def test_members_and_strangers_see_nothing_of_it(room: Room) -> None:
    await spring_in_week_three(room)
    public = len(room.posts())
    for name in ("ada", "stranger"):
        for said in (
            "attention",
            "word member=1",
            "write member=1",
            "offer member=1",
            "away member=1",
        ):
            answer = await room.says(name, f"members {said}")
            assert answer.startswith("Only moderators can use"), said
    await room.says("mona", "members attention")
    assert len(room.posts()) == public


async def test_a_calm_group_says_so(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("mona", "members attention") == (
        "Who needs you in spring\nNobody in spring needs you now.\n[Members]"
    )
    await room.goes_to(on(3, 3))
    assert "Nobody is blocked, unsure, silent or behind." in await room.says(
        "mona", "members attention"
    )


async def test_nobody_is_missed_once_the_plan_is_over(room: Room) -> None:
    await spring_in_week_three(room)
    await room.says("mona", "cohort finish spring sure=yes")
    assert "Nobody in spring needs you now." in await room.says("mona", "members attention")
    assert "is not running: write to" in await room.says("mona", "members word member=1")


async def test_own_words_are_for_the_moderators_of_the_members_own_side(room: Room) -> None:
    await linked(room, "ada")
    await room.says("bea", "join cohort=#1", place=THERE)
    await room.goes_to(on(3, 3))
    await room.says("ada", "checkin cohort=#1", {"blockers": ("secret-here",)})
    await room.says("bea", "checkin cohort=#1", {"blockers": ("secret-there",)}, place=THERE)
    here = await room.says("mona", "members attention")
    there = await room.says("omar", "members attention cohort=#1", place=THERE)
    assert ("secret-here" in here, "secret-there" in here, listed(here)) == (True, False, ["Ada"])
    assert ("secret-here" in there, "secret-there" in there, listed(there)) == (
        False,
        True,
        ["Bea"],
    )
    # Not even that something blocks them, and no word is proposed about it.
    page = await room.says("mona", "members attention member=2")
    assert "No need that I know of." in page
    assert "blocking" not in await room.says("mona", "members word member=2")


# — a kind word —


async def test_a_kind_word_is_shown_first_and_sent_once(room: Room) -> None:
    await spring_in_week_three(room)
    page = await room.answer("mona", "members attention member=4")
    preview = await room.presses("mona", page, "Send a kind word")
    letter = (
        "A moderator of spring asked me to give you this:\n"
        "Hello Dua. We have not seen you for a while, and that is fine. You can come back at any "
        "time. Is there anything we can do for you?\n"
    )
    assert preview.to_plain_text() == (
        f"A preview\nI send this to Dua, in private:\n{letter}Nothing is sent yet.\n"
        "[Send it] [Change the words] [Back]"
    )
    assert not words(room, "dua")
    sent = await room.presses("mona", preview, "Send it")
    assert "Your word to Dua is on its way." in sent.to_plain_text()
    (word,) = words(room, "dua")
    assert word.message.to_plain_text() == f"{letter}[My list] [Ways back] [I need a break]"
    again = await room.presses("mona", preview, "Send it")
    assert again.to_plain_text() == (
        "One kind word a week is enough, and Dua got the last one on Thu 19 Mar 2026: "
        "send the next from Thu 26 Mar 2026 on."
    )
    # Dua, who has been written to, now comes after all others.
    assert listed(await room.says("mona", "members attention"))[4] == "Dua"
    assert "kind word 19 Mar" in await room.says("mona", "members attention need=silent")
    await room.goes_to(on(3, 26, 13))
    assert "I send this to Dua" in await room.says("mona", "members word member=4")


async def test_the_words_can_be_changed_in_a_form(room: Room) -> None:
    await spring_in_week_three(room)
    form = await room.answer("mona", "members write member=4")
    assert isinstance(form, Form)
    assert form.fields[0].value.startswith("Hello Dua. We have not seen you")
    answer = await room.says("mona", form.says, {"words": ("Come by.\n\n*We* miss @you.",)})
    assert "Your word to Dua is on its way." in answer
    (word,) = words(room, "dua")
    assert "Come by.\n\n*We* miss @you." in word.message.to_plain_text()


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u2060", "x" * 601])
async def test_words_that_say_nothing_or_too_much_are_refused(quick_room: Room, typed: str) -> None:
    await spring_in_week_three(quick_room)
    await quick_room.says("mona", "members word member=4 cohort=#1", {"words": (typed,)})
    assert not words(quick_room, "dua")


async def test_two_moderators_who_press_at_once_send_one_word(room: Room) -> None:
    await spring_in_week_three(room)
    room.moderators.add("max")
    said = "members word member=4 cohort=#1 sure=yes"
    answers = await asyncio.gather(room.answer("mona", said), room.answer("max", said))
    await room.pulse()
    texts = sorted(answer.to_plain_text().partition(":")[0] for answer in answers)
    assert texts[0] == "One kind word a week is enough, and Dua has one on its way"
    assert "Your word to Dua is on its way." in texts[1]
    assert len(words(room, "dua")) == 1


async def test_a_word_survives_a_crash_and_is_not_sent_twice(room: Room) -> None:
    await spring_in_week_three(room)

    def fault(when: str, place: Place, key: str) -> None:
        if when == "after" and "kind_word" in key:
            raise SendError("the connection broke", perhaps_sent=True)

    room.chat.fault = fault
    await room.says("mona", "members word member=4 cohort=#1 sure=yes")
    room.chat.fault = None
    await room.restart()
    await room.passes(hours=2)
    assert len(words(room, "dua")) == 1


async def test_a_word_waits_for_the_end_of_quiet_hours_and_is_judged_then(room: Room) -> None:
    await spring_in_week_three(room)
    await room.goes_to(on(3, 19, 23))
    for number in (3, 4):
        answer = await room.says("mona", f"members word member={number} cohort=#1 sure=yes")
        assert "outside their quiet hours" in answer
    assert "On its way: 1 letter" in await room.says("mona", "members attention member=4")
    await room.says("cyd", "away until=2026-03-25")
    await room.goes_to(on(3, 20, 9))
    assert len(words(room, "dua")) == 1
    assert not words(room, "cyd")


async def test_closed_messages_and_wishes_are_respected(room: Room) -> None:
    await spring_in_week_three(room)
    await room.says("cyd", "settings delivery=none")

    def fault(when: str, place: Place, key: str) -> None:
        if place.native == "dua":
            raise SendError("private messages are closed", permanent=True)

    room.chat.fault = fault
    await room.says("mona", "members word member=4 cohort=#1 sure=yes")
    public = len(room.posts())
    await room.passes(days=8)
    assert await room.says("mona", "members word member=4 cohort=#1") == (
        "Dua has closed private messages: greet them in the channel instead."
    )
    assert await room.says("mona", "members word member=3 cohort=#1") == (
        "Cyd wants no letters from me: greet them in the channel instead."
    )
    assert await room.says("mona", "members word member=6 cohort=#1") == (
        "Fay is away, and I leave them alone until they are back: wait for that."
    )
    assert not [sent for sent in room.posts()[public:] if "kind_word" in sent.key]
    page = await room.says("mona", "members attention member=4")
    assert "has closed private messages" in page
    assert "[Send a kind word]" not in page


async def test_a_silent_member_gets_five_letters_at_most_with_words_by_hand(
    quick_room: Room,
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    for week in range(12):
        await room.goes_to(on(3, 5) if not week else room.clock.at)
        await room.says("mona", "members word member=1 cohort=#1 sure=yes")
        await room.passes(days=7)
    await room.goes_to(on(6, 8))
    kinds = [sent.kind for sent in room.private("ada")]
    assert len(kinds) <= 5
    assert kinds.count("last_reminder") == 1
    assert "has had" in await room.says("mona", "members word member=1") or (
        "is not running" in await room.says("mona", "members word member=1")
    )


# — the ways back —


async def test_the_ways_back_are_offered_once_and_only_to_whoever_is_behind(room: Room) -> None:
    await begin_timed_course(room, "ada", "bob", roadmap=SEASON)
    await room.says("mona", "cohort settings spring post=ways on=no")
    await room.goes_to(on(3, 12))
    await room.says("ada", "week")
    await room.says("bob", "week")
    await room.goes_to(on(3, 17))
    await room.says("bob", "tick short1,long1,short2,long2")
    await room.passes(minutes=2)
    page = await room.answer("mona", "members attention member=1")
    preview = await room.presses("mona", page, "Offer the ways back")
    assert "It is offered once." in preview.to_plain_text()
    assert not words(room, "ada", "ways_by_hand")
    await room.presses("mona", preview, "Send it")
    (offer,) = words(room, "ada", "ways_by_hand")
    assert "Your moderators thought that this may help." in offer.message.to_plain_text()
    assert "[Catch up] [Shift me] [Next cohort]" in offer.message.to_plain_text()
    assert await room.says("mona", "members offer member=1 sure=yes") == (
        "Ada has been offered the ways back already: send a kind word instead."
    )
    assert "is not behind" in await room.says("mona", "members offer member=2 sure=yes")
    await room.says("ada", "behind weeks=1 sure=yes")
    assert "has chosen a way back" in await room.says("mona", "members offer member=1 sure=yes")
    # The schedule does not offer them a second time.
    await room.says("mona", "cohort settings spring post=ways on=yes")
    await room.goes_to(on(5, 1))
    assert not words(room, "ada", "ways")


# — away —


async def test_a_member_is_marked_as_away_and_back(room: Room) -> None:
    await spring_in_week_three(room)
    page = await room.answer("mona", "members attention member=4")
    asked = await room.presses("mona", page, "Mark as away")
    marked = await room.presses("mona", asked, "Two weeks")
    assert marked.to_plain_text() == (
        "Dua is away from spring until the end of Wed 1 Apr 2026. They can come back earlier with "
        "away back=yes.\n[Undo] [This member] [Everybody]"
    )
    assert "Dua" not in listed(await room.says("mona", "members attention"))
    again = await room.says("mona", "members away member=4 until=2026-03-25")
    assert again == "Dua is away already: wait until they are back."
    undone = await room.presses("mona", marked, "Undo")
    assert "Dua is not away any more." in undone.to_plain_text()
    assert "Dua" in listed(await room.says("mona", "members attention"))
    twice = await room.presses("mona", marked, "Undo")
    assert "That time off of Dua has ended already." in twice.to_plain_text()


async def test_a_member_ends_the_time_off_that_a_moderator_gave_them(room: Room) -> None:
    await spring_in_week_three(room)
    await room.says("mona", "members away member=4 until=2026-04-10")
    assert "Welcome back" in await room.says("dua", "away back=yes")
    assert "[Mark as away]" in await room.says("mona", "members attention member=4")


@pytest.mark.parametrize("until", ["2026-03-18", "2026-04-16", "2027-01-01"])
async def test_a_moderator_marks_up_to_four_weeks(quick_room: Room, until: str) -> None:
    await spring_in_week_three(quick_room)
    answer = await quick_room.says("mona", f"members away member=4 until={until}")
    assert "up to four weeks" in answer


async def test_an_undo_ends_no_time_off_that_the_member_took(quick_room: Room) -> None:
    await spring_in_week_three(quick_room)
    answer = await quick_room.says("mona", "members away member=6 until=2026-03-31 undo=12")
    assert "has ended already" in answer
    assert "Fay · " in await quick_room.says("mona", "members list only=away")


# — hostile input, and large groups —


@pytest.mark.parametrize("number", ["0", "-1", "99", "2147483648", "1e30", "nan", "'; drop"])
async def test_numbers_of_nobody_are_refused(quick_room: Room, number: str) -> None:
    await spring_in_week_three(quick_room)
    for name in ("attention", "word", "write", "offer", "away"):
        answer = await quick_room.says("mona", f'members {name} cohort=#1 member="{number}"')
        assert "Something went wrong" not in answer
        assert "Ada" not in answer.partition("choose")[0]


async def test_a_member_of_another_cohort_is_out_of_reach(quick_room: Room) -> None:
    await spring_in_week_three(quick_room)
    await quick_room.says("mona", "cohort create name=autumn start=2026-09-07")
    answer = await quick_room.says("mona", "members word cohort=autumn member=4 sure=yes")
    assert answer == (
        "That member is not in autumn any more: choose another with members attention."
    )
    await quick_room.says("dua", "leave")
    assert "is not in spring any more" in await quick_room.says(
        "mona", "members attention spring member=4"
    )


async def test_sixty_hostile_names_and_words_are_paged(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    names = [f"{number:02}" + "*_`" * 20 for number in range(60)]
    for name in names:
        await room.answer(name, "join spring")
    await room.goes_to(on(3, 3))
    for name in names:
        await room.answer(name, "checkin cohort=#1", {"blockers": ("[<@1>](x)*_`\n" * 20,)})
    seen = []
    for page in range(1, 12):
        answer = await room.answer("mona", f"members attention page={page}")
        lines = listed(answer.to_plain_text())
        seen += [line[:2] for line in lines]
        assert len(lines) <= 20
        if "more]" not in answer.to_plain_text():
            break
    assert sorted(seen) == [f"{number:02}" for number in range(60)]
    form = await room.answer("mona", "members write member=1")
    assert isinstance(form, Form)


# — the hardest items —


async def test_the_item_that_most_people_leave_open_is_named(room: Room) -> None:
    names = ["ada", "bob", "cyd", "dua", "eve"]
    await begin_timed_course(room, *names, roadmap=SEASON)
    await room.goes_to(on(3, 4))
    for name in names:
        await room.says(name, "tick short1")
    await room.says("ada", "tick long1")
    await room.goes_to(on(3, 10))
    for name in names:
        await room.says(name, "week")
    await room.passes(minutes=2)
    answer = await room.says("mona", "members attention")
    assert "• Long 1, week 1: 1 of 5 have done it" in answer
    assert "Short 1" not in answer
