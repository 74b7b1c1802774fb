"""`cohort handover`: another moderator becomes the first one, asked about at that moment."""

from __future__ import annotations

from bot.chat.address import Place
from bot.chat.errors import SendError
from tests.support.room import Room

PICKED = "person:omar Omar"


async def is_handed_over(room: Room, phrase: str) -> str:
    answer = await room.answer("mona", phrase)
    return (await room.presses("mona", answer, "Hand it over")).to_plain_text()


async def test_whoever_made_a_cohort_is_its_first_moderator(room: Room) -> None:
    await room.spring("ada")
    assert "You are the first moderator of spring." in await room.says("mona", "cohort handover")
    room.moderators.add("omar")
    assert "Mona is the first moderator" in await room.says("omar", "cohort handover")


async def test_a_cohort_is_handed_over_after_a_preview(room: Room) -> None:
    await room.spring("ada")
    room.moderators.add("omar")
    shown = await room.answer("mona", f'cohort handover to="{PICKED}"')
    assert shown.to_plain_text() == (
        "A preview\n"
        "Hand spring over to Omar? The first moderator gets the weekly digest, "
        "and a letter when the group goes quiet.\n"
        "I tell Omar in private. Nothing has changed yet.\n"
        "[Hand it over]\n"
        "[Timeline]"
    )
    assert "Mona is the first" in await room.says("omar", "cohort handover")
    done = await room.presses("mona", shown, "Hand it over")
    assert "Omar is the first moderator of spring now." in done.to_plain_text()
    assert "You are the first moderator" in await room.says("omar", "cohort handover")
    (letter,) = room.private("omar")
    assert "You are the first moderator of spring now" in letter.message.to_plain_text()
    assert "handover to=…" in await room.says("mona", "cohort log")


async def test_only_a_moderator_can_take_a_cohort(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("mona", "cohort handover to=ada") == (
        "Ada is no moderator here: make them one with moderators add first."
    )
    await room.says("mona", "moderators add=ada")
    assert "Ada is the first moderator" in await is_handed_over(room, "cohort handover to=ada")


async def test_a_role_that_was_named_makes_a_moderator(room: Room) -> None:
    await room.spring("ada")
    room.roles["ada"] = {"42"}
    await room.says("mona", 'moderators add="role:42 Mentors"')
    assert "Ada is the first moderator" in await is_handed_over(room, "cohort handover to=ada")


async def test_a_right_lost_between_preview_and_press_is_seen(room: Room) -> None:
    await room.spring("ada")
    room.moderators.add("omar")
    shown = await room.answer("mona", f'cohort handover to="{PICKED}"')
    room.moderators.remove("omar")
    pressed = await room.presses("mona", shown, "Hand it over")
    assert "no moderator here" in pressed.to_plain_text()
    assert "You are the first moderator" in await room.says("mona", "cohort handover")


async def test_somebody_gone_a_role_and_a_silent_platform_are_refused(room: Room) -> None:
    await room.spring("ada")
    room.chat.strangers.add("omar")
    assert "Omar is not in this space" in await room.says("mona", f'cohort handover to="{PICKED}"')
    assert "name somebody, not a role" in await room.says("mona", "cohort handover to=role:42")

    def is_silent(place: Place) -> None:
        raise SendError("down")

    room.chat.rights_fault = is_silent
    assert "try again in a minute" in await room.says("mona", f'cohort handover to="{PICKED}"')
    assert "I do not know “nobody”" in await room.says("mona", "cohort handover to=nobody")


async def test_a_member_cannot_have_the_platform_asked_about_people(room: Room) -> None:
    await room.spring("ada")
    asked: list[Place] = []
    room.chat.rights_fault = asked.append
    assert "Only moderators" in await room.says("ada", f'cohort handover to="{PICKED}"')
    assert asked == []


async def test_another_moderator_takes_over_when_the_first_one_is_erased(room: Room) -> None:
    await room.spring("ada")
    room.moderators.add("omar")
    await room.says("mona", "mydata erase sure=yes")
    assert "spring has no first moderator." in await room.says("omar", "cohort handover")
    answer = await room.answer("omar", f'cohort handover to="{PICKED}"')
    taken = await room.presses("omar", answer, "Hand it over")
    assert "Omar is the first moderator" in taken.to_plain_text()
