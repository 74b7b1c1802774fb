"""A second home on another platform: the code and what it opens, what is refused, and taking one's own side away again."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from bot.group.codes import LIVES
from tests.support.database import load_first_cohort
from tests.support.room import Chat, Room

THERE = Place("other", "workspace", "general", tenant="workspace")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRONG_CODE = "AAAAA-AAAAA"


async def code_for(room: Room, cohort: str = "spring", *, place: Place | None = None) -> str:
    """A code, as a moderator reads it."""
    told = await room.says("mona", f"cohort link cohort={cohort}", place=place)
    (code,) = re.findall(r"cohort link (\w{5}-\w{5})", told)
    return str(code)


def other(room: Room) -> Chat:
    """The other platform, where omar is a moderator, who never speaks in the room."""
    room.moderators.add("omar")
    return room.opens("other")


async def linked(room: Room, *members: str, start: str = "2026-03-02") -> None:
    """An open cohort that lives in the room and, on another platform, there."""
    await room.spring(*members, start=start)
    other(room)
    told = await room.says("omar", f"cohort link code={await code_for(room)} sure=yes", place=THERE)
    assert told.startswith("spring now posts in this channel too, and still on Test.")


@pytest.mark.usual_posts
async def test_a_code_said_on_the_other_platform_makes_that_channel_a_home_with_a_way_in(
    room: Room,
) -> None:
    await room.spring("ada")
    chat = other(room)
    told = await room.says("mona", "cohort link")
    code = re.findall(r"\w{5}-\w{5}", told)[0]
    assert told == (
        "To post spring on another platform too, "
        f"a moderator there types cohort link {code} in the channel for the posts.\n"
        "The code works once, within 15 minutes. It stays one cohort: "
        "the same plan and dates, one board with all names. "
        "Moderators of both sides can manage it. What members write in check-ins stays with the "
        "moderators of their own side.\n[Timeline]"
    )
    sent = len(room.chat.sent)
    assert await room.says("omar", f"cohort link {code.lower()} sure=yes", place=THERE) == (
        "spring now posts in this channel too, and still on Test. I have invited "
        "everybody here. Earlier posts are not posted again. The next post is Starts soon on "
        "Sat 28 Feb 2026, 09:00.\n[Join it yourself] [Timeline]"
    )
    (invited,) = chat.sent
    assert (invited.place, invited.kind) == (THERE, "announcement")
    assert invited.message.to_plain_text().endswith("Everybody is welcome.\n[Join]")
    (news,) = room.chat.sent[sent:]
    assert (
        news.message.to_plain_text()
        == "spring now also posts on Other: one cohort, one plan, one board."
    )
    assert "You are in spring" in await room.says("bea", "join cohort=#1", place=THERE)
    assert "It posts here and on Other." in await room.says("mona", "posts timeline")
    assert "It posts on Test and here." in await room.says(
        "omar", "posts timeline spring", place=THERE
    )


async def test_a_code_works_once_and_not_for_ever_and_not_as_another_one(room: Room) -> None:
    await room.spring()
    other(room)
    old = await code_for(room)
    room.clock.at += LIVES + timedelta(seconds=1)
    wrong = await room.says("omar", f"cohort link {old} sure=yes", place=THERE)
    assert "now posts in this channel" not in wrong
    code = await code_for(room)
    assert "now posts in this channel" in await room.says(
        "omar", f"cohort link {code} sure=yes", place=THERE
    )
    third = Place("third", "guild", "hall")
    assert "now posts in this channel" not in await room.says(
        "omar", f"cohort link {code} sure=yes", place=third
    )
    assert "now posts in this channel" not in await room.says(
        "omar", f"cohort link {WRONG_CODE} sure=yes", place=third
    )


async def test_a_code_that_is_refused_for_another_reason_stays_valid(room: Room) -> None:
    await room.spring("ada")
    other(room)
    code = await code_for(room)
    elsewhere = Place("test", "another", "lobby")
    for place in (room.place, elsewhere):
        assert (await room.says("omar", f"cohort link {code} sure=yes", place=place)).startswith(
            "This code is for another platform: type it there, "
        )
    private = Place("other", "workspace", native="omar", tenant="workspace")
    assert (await room.says("omar", f"cohort link {code} sure=yes", place=private)).startswith(
        "Use cohort link in the channel for the posts"
    )
    assert (await room.says("bea", f"cohort link {code} sure=yes", place=THERE)).startswith(
        "Only moderators can use cohort link"
    )
    await room.says("omar", "cohort create name=spring start=2026-03-09", place=THERE)
    assert (await room.says("omar", f"cohort link {code} sure=yes", place=THERE)).startswith(
        "There is another cohort called spring here: rename one"
    )
    await room.says("omar", "cohort settings spring name=autumn", place=THERE)
    assert "now posts in this channel" in await room.says(
        "omar", f"cohort link {code} sure=yes", place=THERE
    )
    another = Place("other", "workspace", "annex", tenant="workspace")
    assert await room.says(
        "omar", f"cohort link {await code_for(room)} sure=yes", place=another
    ) == ("spring already posts here: use cohort move for another channel.")


async def test_a_name_is_taken_in_every_space_where_a_cohort_lives(room: Room) -> None:
    await linked(room)
    taken = "There is a cohort called spring here already: choose another name.\n[Edit]"
    assert (
        await room.says("omar", "cohort create name=spring start=2026-03-09", place=THERE) == taken
    )
    await room.says("omar", "cohort create name=autumn start=2026-03-09", place=THERE)
    assert (await room.says("mona", "cohort settings spring name=autumn")).startswith(
        "There is a cohort called autumn"
    )
    assert (await room.says("omar", "cohort settings autumn name=spring", place=THERE)) == taken
    assert "Saved." in await room.says("mona", "cohort settings spring name=summer")
    assert "summer is already open" in await room.says(
        "omar", "cohort open summer sure=yes", place=THERE
    )


async def test_a_draft_is_linked_without_a_word_and_opens_in_both_homes(quick_room: Room) -> None:
    room = quick_room
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    chat = other(room)
    told = await room.says("omar", f"cohort link {await code_for(room)} sure=yes", place=THERE)
    assert "It is a draft, so nobody is told until you open it." in told
    assert (room.chat.sent, chat.sent) == ([], [])
    assert "I have invited everybody here and on Other." in await room.says(
        "mona", "cohort open spring sure=yes"
    )
    assert [letter.ref for letter in (*room.chat.sent, *chat.sent)] == ["open/1", "open/1"]


async def test_what_is_over_is_not_linked_and_a_code_does_not_outlive_it(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    other(room)
    code = await code_for(room)
    await room.says("mona", "cohort finish spring sure=yes")
    over = "spring has finished: start it again with cohort start first."
    assert await room.says("mona", "cohort link spring") == over
    assert await room.says("omar", f"cohort link {code} sure=yes", place=THERE) == over
    await room.says("mona", "cohort archive spring sure=yes")
    assert "is archived and cannot change" in await room.says(
        "omar", f"cohort link {code} sure=yes", place=THERE
    )
    assert "is archived and cannot change" in await room.says("mona", "cohort link cohort=#1")


async def test_what_is_missing_in_the_new_home_is_said_and_its_invitation_waits(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    chat = other(room)
    chat.lacking["general"] = (SetupProblem("I am not in this channel: invite me."),)
    told = await room.says("omar", f"cohort link {await code_for(room)} sure=yes", place=THERE)
    assert "My invitation waits" in told
    assert "Before posts can appear here: I am not in this channel: invite me." in told
    assert chat.sent == []
    assert len(room.chat.sent) == 3
    chat.lacking.clear()
    await room.passes(minutes=15)
    assert [letter.ref for letter in chat.sent] == ["open/1"]


async def test_a_code_of_a_side_that_is_gone_opens_nothing_and_there_are_five_homes_at_most(
    quick_room: Room,
) -> None:
    room = quick_room
    await linked(room)
    told = await room.says("omar", "cohort link spring", place=THERE)
    (code,) = re.findall(r"\w{5}-\w{5}", told)
    await room.says("omar", "cohort unlink spring sure=yes", place=THERE)
    assert await room.says(
        "omar", f"cohort link {code} sure=yes", place=Place("third", "guild", "hall")
    ) == ("spring has left the place of this code: ask its moderators for another one.")
    for number in range(4):
        place = Place("other", f"workspace-{number}", "general", tenant=f"workspace-{number}")
        told = await room.says("omar", f"cohort link {await code_for(room)} sure=yes", place=place)
        assert told.startswith("spring now posts in this channel")
    assert await room.says("mona", "cohort link spring") == (
        "spring already posts in 5 places: stop one with cohort unlink first."
    )


async def test_of_two_who_say_the_same_code_at_once_one_gets_the_cohort(room: Room) -> None:
    await room.spring()
    other(room)
    code = await code_for(room)
    there = [Place("other", f"workspace-{n}", "general", tenant=f"workspace-{n}") for n in range(2)]
    told = await asyncio.gather(
        *(room.says("omar", f"cohort link {code} sure=yes", place=place) for place in there)
    )
    assert sum("now posts in this channel" in answer for answer in told) == 1


async def test_what_is_typed_as_a_code_never_breaks_anything(quick_room: Room) -> None:
    await quick_room.spring()
    other(quick_room)
    for typed in ("x" * 3900, "'; DROP TABLE codes; --", "<!channel>", "* [x](y) `z`", "🙂" * 50):
        told = await quick_room.says("omar", f'cohort link code="{typed}"', place=THERE)
        assert "now posts in this channel" not in told
        assert "Something went wrong" not in told


# — unlink —


async def test_ones_own_side_is_taken_away_and_the_cohort_lives_on(room: Room) -> None:
    await linked(room, "ada")
    chat = room.chats["other"]
    await room.says("bea", "join cohort=#1", place=THERE)
    told = await room.says("omar", "cohort unlink spring", place=THERE)
    assert told.startswith("A preview\nStop the posts of spring here? It then posts only on Test.")
    assert "[Stop it here]" in told
    before = len(chat.sent)
    assert (await room.says("omar", "cohort unlink cohort=#1 sure=yes", place=THERE)).startswith(
        "spring now posts only on Test. People who joined here stay members and keep their progress."
    )
    assert room.chat.sent[-1].message.to_plain_text() == (
        "spring no longer posts on Other. People who joined there stay members."
    )
    assert (await room.says("omar", "posts timeline spring", place=THERE)).startswith(
        "There is no cohort"
    )
    assert "Bea" in await room.says("mona", "members list spring")
    await room.passes(days=20)
    assert chat.sent[before:] == []
    assert "Your list" in await room.says("bea", "week", place=THERE)
    assert (await room.says("omar", "cohort unlink", place=THERE)).startswith(
        "There is no cohort here yet"
    )
    again = await room.says("omar", f"cohort link {await code_for(room)} sure=yes", place=THERE)
    assert again.startswith("spring now posts in this channel")
    assert [letter.ref for letter in chat.sent[before:]] == ["open/1"]


async def test_a_cohort_whose_first_home_is_taken_away_belongs_where_it_lives(room: Room) -> None:
    await linked(room, "ada")
    assert "now posts only on Other" in await room.says("mona", "cohort unlink spring sure=yes")
    assert (await room.says("mona", "posts timeline spring")).startswith("There is no cohort")
    assert "draft" in await room.says("mona", "cohort create name=spring start=2026-03-09")
    for phrase in (
        "settings spring name=autumn",
        "pause autumn",
        "finish autumn sure=yes",
        "archive autumn sure=yes",
    ):
        assert "autumn" in await room.says("omar", f"cohort {phrase}", place=THERE)
    cohort = await room.store.run(load_first_cohort, write=False)
    space = await room.store.run(lambda tx: tx.people.find_space_id(THERE), write=False)
    assert cohort.space_id == space


async def test_what_waits_for_a_home_that_is_taken_away_is_skipped_and_what_may_have_been_sent_is_unsure(
    room: Room,
) -> None:
    await linked(room, "ada")

    def fault(when: str, place: Place, key: str) -> None:
        if when == "after":
            raise SendError("connection lost", perhaps_sent=True)

    await room.goes_to(MONDAY - timedelta(minutes=1))
    room.chats["other"].fault = fault
    await room.goes_to(MONDAY)
    await room.says("omar", "cohort unlink spring sure=yes", place=THERE)
    room.chats["other"].fault = None
    await room.passes(days=1)
    assert [letter.kind for letter in room.chats["other"].sent if letter.at >= MONDAY] == [
        "kick_off"
    ]
    told = await room.says("mona", "posts timeline spring page=1")
    assert "Kick-off · sent\n" in told
    assert "Kick-off · unsure, its home was taken away · in a former place\n" in told
    assert "Weekly topics, week 1 · sent\n" in told
    assert "Weekly topics, week 1 · skipped, its home was taken away · in a former place\n" in told


async def test_the_last_home_within_reach_cannot_be_taken_away(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    assert await room.says("mona", "cohort unlink spring") == (
        "spring posts only here: use cohort move for another channel, or cohort finish to end it."
    )
    other(room)
    await room.says("omar", f"cohort link {await code_for(room)} sure=yes", place=THERE)
    await room.core.handle_space_left(THERE)
    assert (await room.says("mona", "cohort unlink spring sure=yes")).endswith(
        "I cannot post in the other places of spring now: have me invited there again, or end it with cohort finish."
    )


async def test_nobody_archives_a_cohort_over_the_heads_of_its_other_home(quick_room: Room) -> None:
    room = quick_room
    await linked(room, "ada")
    await room.says("omar", "cohort finish spring sure=yes", place=THERE)
    assert await room.says("omar", "cohort archive spring sure=yes", place=THERE) == (
        "spring also posts on Test: use cohort unlink here or there first."
    )
    await room.says("omar", "cohort unlink spring sure=yes", place=THERE)
    assert "is archived" in await room.says("mona", "cohort archive spring sure=yes")


async def test_own_words_go_to_the_moderators_of_the_members_side(room: Room) -> None:
    await room.spring("ada")
    other(room)
    code = await code_for(room)
    preview = await room.says("omar", f"cohort link {code}", place=THERE)
    assert "stays with the moderators of their own side" in preview
    await room.says("omar", f"cohort link {code} sure=yes", place=THERE)
    await room.says("bea", "join cohort=#1", place=THERE)
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("ada", "checkin blockers=secret-here")
    await room.says("bea", "checkin blockers=secret-there", place=THERE)
    await room.says("bea", "stuck bayes", place=THERE)
    here = await room.says("mona", "members list")
    there = await room.says("omar", "members list", place=THERE)
    assert ("secret-here" in here, "secret-there" in here, "stuck on" in here) == (
        True,
        False,
        False,
    )
    assert ("secret-here" in there, "secret-there" in there, "stuck on" in there) == (
        False,
        True,
        True,
    )
