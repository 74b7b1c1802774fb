"""`help`: what can be said, to whom it may be said."""

from __future__ import annotations

from bot.command import commands, listed
from tests.room import Room


async def test_members_hear_of_what_they_may_say_and_moderators_of_everything(quick_room: Room) -> None:
    told = await quick_room.says("ada", "help")
    everything = await quick_room.says("mona", "help")
    for one in listed():
        assert (f"{one.name} — {one.help}" in told) is not one.moderators
        assert f"{one.name} — {one.help}" in everything
    assert told.endswith("[Join a cohort] [This week's list]")
    for hidden in (one.name for one in commands().values() if one.hidden):
        assert f"{hidden} — " not in everything
        assert (await quick_room.says("mona", f"help {hidden}")).startswith(f"I know no command “{hidden}”: ")


async def test_one_command_is_explained_with_its_options_and_without_what_only_buttons_say(quick_room: Room) -> None:
    room = quick_room
    assert await room.says("ada", "help tick") == (
        "Tick\ntick [item] [undo] [cohort]\nMark items as done.\n"
        "• item What you have done (one or more, optional)\n"
        "• undo Take the tick back (yes or no, optional)\n"
        "• cohort Which cohort (text, optional)"
    )
    assert await room.says("ada", "help /TICK") == await room.says("ada", "help tick")
    assert (await room.says("ada", "help roadmap")).startswith("Roadmap\nroadmap list — ")
    assert await room.says("ada", "help \x00") == await room.says("ada", "help")
    assert "cohort open — " in await room.says("mona", "help cohort")
    assert (await room.says("mona", "help cohort open")).startswith("Cohort open\n")


async def test_a_command_that_is_not_there_is_answered_with_what_is_near(quick_room: Room) -> None:
    refusals = {
        "help chekin": "I know no command “chekin”: did you mean help checkin?",
        "help dance": "I know no command “dance”: help lists them.",
        "help @everyone": "I know no command “@everyone”: help lists them.",
        "help cohort": "I know no command “cohort”: help lists them.",
        "chekin": "I do not know the command “chekin”: did you mean checkin?",
        "<@123>": "I do not know the command “<@123>”: help lists what I know.",
        "cohort": "Only moderators can say cohort here: ask one of them, or see help for what you can do.",
        "cohort opne spring": "Only moderators can say cohort here: ask one of them, or see help for what you can do.",
        "cohort open spring": "Only moderators can say cohort open here: ask one of them, or see help for what you can do.",
        "": "Say what I can do for you, help for instance.",
        "/": "Say what I can do for you, help for instance.",
    }
    assert {said: await quick_room.says("ada", said) for said in refusals} == refusals
