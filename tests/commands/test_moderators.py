"""`moderators`: the moderators of a space name others, who may then what they may, in that space and until taken back."""

from __future__ import annotations

from bot.chat.address import Account, Caller, Place
from bot.chat.message import Buttons, Form, Message, Select
from bot.command import list_visible_commands
from tests.support.room import Room

ELSEWHERE = Place("test", "elsewhere", "lobby")
REFUSED = (
    "Only moderators can use cohort pause here: ask one of them, or see help for what you can do."
)
NOBODY = "Whoever runs this space may manage its cohorts, and nobody else is named: moderators add= and a name changes that."
FINDS = "They find buttons for all of it in help."


async def test_whoever_is_named_may_manage_until_they_are_taken_back(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("mona", "moderators") == f"Moderators\n{NOBODY}"
    assert await room.says("ada", "cohort pause") == REFUSED
    assert (
        await room.says("mona", "moderators add=@ADA")
        == f"Ada may now manage all cohorts here.\n{FINDS}"
    )
    assert await room.says("ada", "cohort pause") != REFUSED
    assert (await room.says("ada", "posts timeline")).startswith("Timeline of spring")
    assert "For moderators" in await room.says("ada", "help")
    offered = await room.core.suggest_values(
        room.caller("ada"), room.place, "cohort pause", "cohort", "", {}
    )
    assert [one.value for one in offered] == ["spring"]
    await room.restart()
    assert await room.says("ada", "moderators") == (
        "Moderators\nWhoever runs this space may manage its cohorts, and so may:\n• Ada\nRemove somebody: Ada"
    )
    removed = await room.answer("ada", "moderators", {"remove": ("person:ada",)}, once="gone")
    assert removed.to_plain_text() == f"Moderators\nAda is not named any more.\n{NOBODY}"
    assert (
        await room.answer("ada", "moderators", {"remove": ("person:ada",)}, once="gone") == removed
    )
    assert await room.says("ada", "cohort pause") == REFUSED
    assert (
        await room.core.suggest_values(
            room.caller("ada"), room.place, "cohort pause", "cohort", "", {}
        )
        == ()
    )


async def test_a_role_is_a_right_for_whoever_holds_it_just_now(room: Room) -> None:
    await room.spring()
    told = await room.says("mona", 'moderators add="role:42 Study *hosts*"')
    assert told == (
        "Whoever holds the role Study *hosts* may now manage all cohorts here.\n"
        "Whoever holds it finds buttons for all of it in help."
    )
    assert await room.says("eve", "cohort pause") == REFUSED
    room.roles["eve"] = {"7", "42"}
    assert await room.says("eve", "cohort pause") != REFUSED
    assert "• Study *hosts* role\nRemove somebody: Study *hosts*" in await room.says(
        "eve", "moderators"
    )
    room.roles["eve"] = {"7"}
    assert await room.says("eve", "cohort pause") == REFUSED
    assert await room.says("42", "cohort pause") == REFUSED


async def test_where_the_chat_hides_commands_the_answer_names_the_path_to_show_them(
    room: Room,
) -> None:
    room.chat.reveal_path = "Settings → Apps → choose the command → add the person"
    told = await room.says("mona", 'moderators add="person:ada Ada"')
    assert told == (
        f"Ada may now manage all cohorts here.\n{FINDS} To have the commands shown to them as well: "
        "Settings → Apps → choose the command → add the person."
    )
    assert (await room.says("mona", 'moderators add="role:42 Hosts"')).endswith(
        "choose the command → add the role."
    )


async def test_whoever_is_named_reaches_all_they_may_do_from_help_alone(room: Room) -> None:
    """Every command for moderators is pressed from a button of `help`, and none can be by anybody else."""
    await room.says("mona", 'moderators add="person:ada Ada"')
    shown = await room.answer("ada", "help")
    rest = await room.answer("ada", "help more=yes")
    assert isinstance(shown, Message)
    assert isinstance(rest, Message)
    said = {
        button.says
        for block in shown.blocks
        if isinstance(block, Buttons)
        for button in block.buttons
    }
    (pick,) = (block for block in rest.blocks if isinstance(block, Select))
    for choice in pick.choices:
        page = await room.answer("ada", pick.says, {pick.name: (choice.value,)})
        assert isinstance(page, Message)
        said |= {
            button.says
            for block in page.blocks
            if isinstance(block, Buttons)
            for button in block.buttons
        }
    assert {one.name for one in list_visible_commands() if one.moderators} <= said
    form = await room.answer("ada", "cohort create")
    assert isinstance(form, Form)
    made = await room.says("ada", form.says, {"name": ("spring",), "start": ("2026-03-02",)})
    assert made.startswith("spring is a draft")
    for name in (one.name for one in list_visible_commands() if one.moderators):
        refused = f"Only moderators can use {name} here: ask one of them, or see help for what you can do."
        assert await room.says("eve", name) == refused
    other = await room.answer("ada", "form about=moderators")
    assert isinstance(other, Form)
    assert await room.says("eve", other.says, {"add": ("Eve",)}) != await room.says(
        "ada", other.says, {"add": ("Ada",)}
    )


async def test_a_right_holds_in_its_own_space_alone_and_on_its_own_platform(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring()
    await room.says("mona", 'moderators add="person:ada Ada"')
    ada = room.caller("ada")
    for place in (
        ELSEWHERE,
        Place("other", "space", "study-group"),
        Place("test", "", native="ada"),
    ):
        answer = await room.core.answer_phrase(
            ada, place, "cohort pause", idempotency_key=f"{place}"
        )
        assert answer.to_plain_text() == REFUSED, place
    assert await room.says("ada", "cohort opne") != await room.says("eve", "cohort opne")
    assert await room.says("eve", "cohort opne") == REFUSED.replace("cohort pause", "cohort")
    assert (
        await room.says("ada", "cohort pause cohort=#1", place=Place("test", "space", native="ada"))
        != REFUSED
    )


async def test_nobody_names_themselves(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    refused = (
        "Only moderators can use moderators here: ask one of them, or see help for what you can do."
    )
    for said in (
        "moderators",
        "moderators add=Ada",
        "moderators add=person:ada",
        "moderators remove=person:mona",
    ):
        assert await room.says("ada", said) == refused
    assert await room.says("ada", "moderators", {"add": ("person:ada",)}) == refused
    assert (
        await room.core.suggest_values(
            room.caller("ada"), room.place, "moderators", "remove", "", {}
        )
        == ()
    )
    assert await room.says("mona", "moderators") == f"Moderators\n{NOBODY}"


async def test_what_cannot_be_is_refused_with_what_to_do(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    twin = Caller(Account("test", "", "ada-2"), "ada")
    await room.core.answer_phrase(twin, room.place, "join", idempotency_key="twin")
    refusals = {
        "moderators add=Ada": "Several people here are called “Ada”: pick one from the list of your chat.",
        "moderators add=Zoë": "I have not met “Zoë” here: pick them from the list of your chat, or have them join.",
        "moderators remove=Zoë": "Nobody named here is called “Zoë”: pick one under moderators.",
        "moderators remove=role:ada": "Nobody named here is called “ada”: pick one under moderators.",
        "moderators Ada Bob": "I do one after the other: say moderators with add, then again with remove.",
        'moderators add="role:space @everyone"': "Everybody holds that role: name one that only your moderators hold.",
    }
    assert {said: await room.says("mona", said) for said in refusals} == refusals
    in_private = await room.says(
        "mona", "moderators add=Ada", place=Place("test", "", native="mona")
    )
    assert in_private == "Moderators are named for one space: say moderators in a channel there."
    assert await room.says("mona", "moderators") == f"Moderators\n{NOBODY}"


async def test_a_name_is_looked_for_among_those_of_this_space(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    await room.says("mona", "cohort create name=summer start=2026-03-02", place=ELSEWHERE)
    await room.says("mona", "cohort open summer sure=yes", place=ELSEWHERE)
    await room.says("bob", "join summer", place=ELSEWHERE)
    told = await room.says("mona", "moderators add=bob")
    assert (
        told
        == "I have not met “bob” here: pick them from the list of your chat, or have them join."
    )
    assert (
        await room.says("mona", "moderators add=bob", place=ELSEWHERE)
        == f"Bob may now manage all cohorts here.\n{FINDS}"
    )
    aed = Caller(Account("test", "", "u-9"), "ÄDA")
    await room.core.answer_phrase(aed, room.place, "join", idempotency_key="aed")
    assert (await room.says("mona", "moderators add=äda")).startswith("ÄDA may now manage")


async def test_many_are_paged_and_no_more_than_fifty_are_kept(quick_room: Room) -> None:
    room = quick_room
    name = "*" * 80
    for number in range(50):
        assert "may now manage" in await room.says(
            "mona", f'moderators add="person:{number} {name}"'
        )
    assert await room.says("mona", 'moderators add="person:50 One more"') == (
        "I keep 50 names here: remove one first, or name a role that they share."
    )
    assert (await room.says("mona", f'moderators add="person:7 {name}"')).endswith(
        "was named before and may manage all cohorts here."
    )
    first = await room.says("mona", "moderators")
    assert first.count("• ") == 17
    assert first.endswith("[33 more]")
    assert (await room.says("mona", "moderators page=3")).count("• ") == 16
    offered = await room.core.suggest_values(
        room.caller("mona"), room.place, "moderators", "remove", "person:4", {}
    )
    assert {one.value for one in offered} == {
        "person:4",
        *(f"person:{number}" for number in range(40, 50)),
    }
    assert "is not named any more" in await room.says("mona", "moderators remove=person:49")
    assert "may now manage" in await room.says("mona", 'moderators add="person:50 \u200b"')
    assert "Somebody" in await room.says("mona", "moderators page=3")
