"""`/posts announce`: moderators speak through the bot, and may think again until it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from bot.chat.message import Answer, Form
from tests.commands.test_cohort_link import MONDAY, THERE, linked
from tests.support.room import Room

FRIDAY_EVENING = datetime(2026, 3, 6, 18, tzinfo=UTC)
WALL = "day=2026-03-06 at=18:00"


def bulletins(room: Room) -> list[str]:
    return [sent.message.to_plain_text() for sent in room.posts("bulletin")]


async def announce(room: Room, text: str, when: str = WALL, who: str = "mona") -> Answer:
    """Write an announcement and agree to its preview."""
    preview = await room.answer(who, f'posts announce text="{text}" {when}')
    return await room.presses(who, preview, "Post it")


async def test_an_announcement_is_written_in_a_form_shown_first_and_posted_at_its_time(
    room: Room,
) -> None:
    await room.spring("ada")
    form = await room.answer("mona", "posts announce")
    assert isinstance(form, Form)
    filled = {"text": ("Bring a laptop.\nAsk Bo.",), "day": ("2026-03-06",), "at": ("18:00",)}
    preview = await room.answer("mona", form.says, filled)
    assert preview.to_plain_text() == (
        "A preview\n"
        "Post this on Fri 6 Mar 2026, 18:00 (UTC), here?\n"
        "Everyone will see:\n"
        "From the moderators of spring\n"
        "Bring a laptop.\nAsk Bo.\n"
        "Nobody is notified by it. Until then you can change or withdraw it. "
        "Nothing has changed yet.\n"
        "[Post it then]\n"
        "[Change it] [Drop it] [Timeline]"
    )
    answer = await room.presses("mona", preview, "Post it then")
    assert answer.to_plain_text() == (
        "I post it on Fri 6 Mar 2026, 18:00 (UTC), here. Until then you can change or withdraw it."
        "\nFrom the moderators of spring\nBring a laptop.\nAsk Bo.\n"
        "[Change it] [Withdraw it] [Timeline]"
    )
    await room.goes_to(FRIDAY_EVENING - timedelta(minutes=1))
    assert bulletins(room) == []
    await room.goes_to(FRIDAY_EVENING)
    assert bulletins(room) == ["From the moderators of spring\nBring a laptop.\nAsk Bo."]
    (sent,) = room.posts("bulletin")
    assert sent.at == FRIDAY_EVENING
    await room.passes(weeks=2)
    await room.restart()
    await room.pulse()
    assert len(bulletins(room)) == 1


async def test_without_a_day_and_a_time_it_is_posted_at_once(room: Room) -> None:
    await room.spring()
    preview = await room.answer("mona", "posts announce The call is at 19:00 today")
    assert preview.to_plain_text().startswith("A preview\nPost this now, here?")
    assert bulletins(room) == []
    answer = await room.presses("mona", preview, "Post it now")
    assert answer.to_plain_text().startswith("I am posting it here.")
    assert bulletins(room) == ["From the moderators of spring\nThe call is at 19:00 today"]
    again = await room.presses("mona", preview, "Post it now")
    assert again.to_plain_text().startswith("This is posted here.")
    assert len(bulletins(room)) == 1


async def test_it_can_be_changed_until_it_is_sent(room: Room) -> None:
    await room.spring()
    answer = await announce(room, "The exam is on Friday.")
    form = await room.presses("mona", answer, "Change it")
    assert isinstance(form, Form)
    assert [field.value for field in form.fields] == [
        "The exam is on Friday.",
        "2026-03-06",
        "18:00",
    ]
    filled = {"text": ("The exam is on Monday.",), "day": ("2026-03-07",), "at": ("",)}
    preview = await room.answer("mona", form.says, filled)
    assert "It takes the place of the former text." in preview.to_plain_text()
    await room.presses("mona", preview, "Post it then")
    await room.goes_to(datetime(2026, 3, 10, tzinfo=UTC))
    assert bulletins(room) == ["From the moderators of spring\nThe exam is on Monday."]
    assert [sent.at for sent in room.posts("bulletin")] == [datetime(2026, 3, 7, 9, tzinfo=UTC)]
    late = await room.answer("mona", form.says, filled)
    assert late.to_plain_text().startswith("That announcement was changed or withdrawn meanwhile")


async def test_it_can_be_withdrawn_until_it_is_sent_and_written_again(room: Room) -> None:
    await room.spring()
    answer = await announce(room, "No call this week.")
    withdrawn = await room.presses("mona", answer, "Withdraw it")
    assert withdrawn.to_plain_text() == (
        "Withdrawn: nobody has seen it.\n[Write it again] [Timeline]"
    )
    await room.goes_to(FRIDAY_EVENING + timedelta(days=1))
    assert bulletins(room) == []
    form = await room.presses("mona", withdrawn, "Write it again")
    assert isinstance(form, Form)
    preview = await room.answer("mona", form.says, {"text": ("No call this week.",)})
    await room.presses("mona", preview, "Post it now")
    assert len(bulletins(room)) == 1


async def test_what_is_posted_cannot_be_changed_or_withdrawn(room: Room) -> None:
    await room.spring()
    answer = await announce(room, "No call this week.")
    await room.goes_to(FRIDAY_EVENING)
    for label, sentence in (
        ("Change it", "It is posted already: write a new one with posts announce."),
        ("Withdraw it", "It is posted already: delete it in the channel if it must go."),
    ):
        assert (await room.presses("mona", answer, label)).to_plain_text() == sentence


async def test_of_two_moderators_who_change_it_the_first_one_wins(room: Room) -> None:
    await room.spring()
    room.moderators.add("moe")
    answer = await announce(room, "First")
    previews = {}
    for name in ("mona", "moe"):
        form = await room.presses(name, answer, "Change it")
        assert isinstance(form, Form)
        previews[name] = await room.answer(
            name, form.says, {"text": (f"By {name}",), "day": ("2026-03-06",), "at": ("18:00",)}
        )
    await room.presses("moe", previews["moe"], "Post it then")
    late = await room.presses("mona", previews["mona"], "Post it then")
    assert late.to_plain_text() == (
        "That announcement was changed or withdrawn meanwhile: see posts timeline."
    )
    await room.goes_to(FRIDAY_EVENING)
    assert bulletins(room) == ["From the moderators of spring\nBy moe"]


async def test_a_draft_is_shown_to_its_writer_alone(room: Room) -> None:
    await room.spring()
    room.moderators.add("moe")
    await room.answer("mona", "posts announce secret plans")
    told = await room.says("moe", "posts announcement number=1 cohort=#1 sure=yes")
    assert told == "That announcement was changed or withdrawn meanwhile: see posts timeline."
    assert "Only moderators" in await room.says("ada", "posts announcement number=1 sure=yes")
    assert bulletins(room) == []


async def test_all_homes_get_it_and_one_that_waits_can_still_be_spared(room: Room) -> None:
    await linked(room, "ada")
    await room.goes_to(FRIDAY_EVENING - timedelta(hours=6))
    chat = room.chats["other"]
    problem = SetupProblem("I cannot write here: give me the right.", True)
    chat.lacking[THERE.channel] = (problem,)
    answer = await announce(room, "Hello both")
    assert "here and on Other" in answer.to_plain_text()
    await room.goes_to(FRIDAY_EVENING)
    assert bulletins(room) == ["From the moderators of spring\nHello both"]
    assert [sent for sent in chat.sent if sent.kind == "bulletin"] == []
    told = (await room.presses("mona", answer, "Withdraw it")).to_plain_text()
    assert told.splitlines()[-2:] == [
        "Withdrawn where it was still waiting. It is posted already here: delete it there.",
        "[Write it again] [Timeline]",
    ]
    chat.lacking.clear()
    await room.passes(hours=12)
    assert [sent for sent in chat.sent if sent.kind == "bulletin"] == []


async def test_both_homes_get_it_once(room: Room) -> None:
    await linked(room, "ada")
    await announce(room, "Hello both")
    await room.goes_to(FRIDAY_EVENING)
    there = [sent for sent in room.chats["other"].sent if sent.kind == "bulletin"]
    assert [sent.place for sent in there] == [THERE]
    assert len(bulletins(room)) == 1


async def test_a_time_without_a_way_to_post_it_is_refused_in_one_sentence(room: Room) -> None:
    await room.spring(more="zone=Europe/Berlin")
    told = await room.says("mona", "posts announce text=x day=2026-02-19 at=18:00")
    assert told.startswith(
        "Thu 19 Feb 2026, 18:00 is past in Europe/Berlin: choose a later time, "
        "or no day and no time to post at once."
    )
    told = await room.says("mona", "posts announce text=x at=10:59")
    assert told.startswith("Fri 20 Feb 2026, 10:59 is past in Europe/Berlin")
    told = await room.says("mona", "posts announce text=x day=2026-03-29 at=02:30")
    assert told.startswith(
        "Sun 29 Mar 2026, 02:30 does not exist in Europe/Berlin, because the clocks go forward "
        "then: choose another time."
    )
    assert "more than two years away" in await room.says(
        "mona", "posts announce text=x day=2031-01-01"
    )


async def test_wall_clock_time_outlives_a_change_of_the_clocks(room: Room) -> None:
    await room.spring(more="zone=Europe/Berlin")
    await announce(room, "Summer", "day=2026-03-30 at=18:00")
    await announce(room, "Twice", "day=2026-10-25 at=02:30")
    await room.goes_to(datetime(2026, 3, 31, tzinfo=UTC))
    (summer,) = room.posts("bulletin")
    assert summer.at == datetime(2026, 3, 30, 16, tzinfo=UTC)
    preview = await room.says("mona", "posts announce text=x day=2026-10-25 at=02:30")
    assert "for the first time that night, when the clocks go back" in preview
    await room.goes_to(datetime(2026, 10, 25, 1, 15, tzinfo=UTC))
    assert [sent.at for sent in room.posts("bulletin")][1:] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    ]


async def test_a_time_that_passed_while_the_preview_was_read_is_asked_anew(room: Room) -> None:
    await room.spring()
    preview = await room.answer("mona", "posts announce text=x day=2026-02-20 at=10:30")
    await room.passes(hours=1)
    told = (await room.presses("mona", preview, "Post it then")).to_plain_text()
    assert told.startswith("Fri 20 Feb 2026, 10:30 is past in UTC")
    assert bulletins(room) == []


async def test_after_a_long_outage_old_news_is_left_out_and_the_timeline_says_so(
    room: Room,
) -> None:
    await room.spring()
    await announce(room, "The call is tonight")
    await room.is_down_until(FRIDAY_EVENING + timedelta(hours=23))
    assert len(bulletins(room)) == 1
    await announce(room, "The next call is tonight", "day=2026-03-10 at=18:00")
    await room.is_down_until(datetime(2026, 3, 12, tzinfo=UTC))
    assert len(bulletins(room)) == 1
    told = await room.says("mona", "posts timeline whole=yes")
    assert "The next call is tonight” · skipped, too late to be useful" in told


async def test_a_lost_connection_posts_it_once(room: Room) -> None:
    await room.spring()
    lost: list[str] = []

    def fault(when: str, place: Place, key: str) -> None:
        if when == "after" and ".bulletin." in key and not lost:
            lost.append(key)
            raise SendError("connection lost", perhaps_sent=True)

    room.chat.fault = fault
    await announce(room, "Hello")
    await room.goes_to(FRIDAY_EVENING + timedelta(hours=1))
    assert (len(lost), len(bulletins(room))) == (1, 1)


async def test_a_pause_a_new_start_and_the_end_of_the_plan_leave_it_alone(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAY + timedelta(hours=1))
    await announce(room, "In the pause", "day=2026-03-05 at=18:00")
    await announce(room, "After the end", "day=2026-03-08 at=18:00")
    await room.says("mona", "cohort pause sure=yes")
    await room.goes_to(datetime(2026, 3, 6, tzinfo=UTC))
    assert bulletins(room) == ["From the moderators of spring\nIn the pause"]
    await room.says("mona", "cohort finish sure=yes")
    await room.goes_to(datetime(2026, 3, 9, tzinfo=UTC))
    assert len(bulletins(room)) == 2


async def test_an_archived_cohort_hears_nothing_and_a_draft_cannot_be_spoken_to(
    room: Room,
) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    assert await room.says("mona", "posts announce Hello") == (
        "spring is a draft, and nobody reads it: open it first with cohort open."
    )
    await room.opens_cohort("spring")
    await announce(room, "Hello")
    await room.goes_to(MONDAY + timedelta(hours=1))
    await room.says("mona", "cohort finish sure=yes")
    await room.says("mona", "cohort archive cohort=spring sure=yes")
    await room.goes_to(FRIDAY_EVENING + timedelta(days=2))
    assert bulletins(room) == []


async def test_the_text_is_people_s_text_and_nothing_in_it_acts(room: Room) -> None:
    await room.spring()
    typed = "*Hi* @everyone <@1> `rm` https://evil.example/_a_(b). \u202eabc"
    await room.answer("mona", "posts announce ask=yes", {"text": (typed,)})
    await room.says("mona", "posts announcement number=1 sure=yes")
    assert bulletins(room) == [
        "From the moderators of spring\n*Hi* @everyone <@1> `rm` "
        "evil.example/_a_(b) (https://evil.example/_a_%28b%29). abc"
    ]


@pytest.mark.parametrize("text", ["x" * 10_000, "*" * 2000, "", "\u200b\u202e"])
async def test_a_text_no_post_has_room_for_is_refused_in_its_form(
    quick_room: Room, text: str
) -> None:
    await quick_room.spring()
    form = await quick_room.answer("mona", "posts announce")
    assert isinstance(form, Form)
    refused = await quick_room.answer("mona", form.says, {"text": (text,)})
    assert isinstance(refused, Form)
    assert refused.fields[0].problem
    assert refused.fields[0].problem.count(". ") == 0


async def test_no_more_than_twenty_five_are_to_come(quick_room: Room) -> None:
    await quick_room.spring()
    for number in range(25):
        await quick_room.says("mona", f"posts announce text={number} {WALL} sure=yes")
    assert await quick_room.says("mona", f"posts announce text=more {WALL} sure=yes") == (
        "25 announcements are still to come: withdraw one of them first, in posts timeline."
    )
    await quick_room.goes_to(FRIDAY_EVENING)
    assert len(bulletins(quick_room)) == 25
