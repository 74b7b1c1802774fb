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
NOBODY = (
    "Only those who run this space can manage its cohorts. "
    "Add somebody like this: moderators add Ada."
)
FINDS = "They find buttons for all of it in help."


async def test_whoever_is_named_may_manage_until_they_are_taken_back(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("mona", "moderators") == f"Moderators\n{NOBODY}"
    assert await room.says("ada", "cohort pause") == REFUSED
    assert (
        await room.says("mona", "moderators add=@ADA")
        == f"Ada can now manage all cohorts here.\n{FINDS}"
    )
    assert await room.says("ada", "cohort pause") != REFUSED
    assert (await room.says("ada", "posts timeline")).startswith("Timeline of spring")
    assert "For moderators" in await room.says("ada", "help")
    offered = await room.core.suggest_values(
        room.caller("ada"), room.place, "cohort pause", "cohort", "", {}
    )
    assert [choice.value for choice in offered] == ["spring"]
    await room.restart()
    assert await room.says("ada", "moderators") == (
        "Moderators\nThose who run this space can manage its cohorts, and so can:\n• Ada\nRemove somebody: Ada"
    )
    removed = await room.answer("ada", "moderators", {"remove": ("person:ada",)}, once="gone")
    assert (
        removed.to_plain_text()
        == f"Moderators\nAda can no longer manage the cohorts here.\n{NOBODY}"
    )
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
        "Everybody with the role Study *hosts* can now manage all cohorts here.\n"
        "They find buttons for all of it in help."
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
        f"Ada can now manage all cohorts here.\n{FINDS} To show them the commands too: "
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
    lists = [block for block in rest.blocks if isinstance(block, Select)]
    picks = [(pick, choice.value) for pick in lists for choice in pick.choices]
    for listed, value in picks:
        page = await room.answer("ada", listed.says, {listed.name: (value,)})
        assert isinstance(page, Message)
        said |= {
            button.says
            for block in page.blocks
            if isinstance(block, Buttons)
            for button in block.buttons
        }
    assert {command.name for command in list_visible_commands() if command.moderators} <= said
    form = await room.answer("ada", "cohort create")
    assert isinstance(form, Form)
    made = await room.says("ada", form.says, {"name": ("spring",), "start": ("2026-03-02",)})
    assert made.startswith("spring is a draft")
    for name in (command.name for command in list_visible_commands() if command.moderators):
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
        "moderators add=Zoë": "I do not know “Zoë” here yet: pick them from the list of your chat, or have them join.",
        "moderators remove=Zoë": "No moderator here is called “Zoë”: pick one under moderators.",
        "moderators remove=role:ada": "No moderator here is called “ada”: pick one under moderators.",
        "moderators Ada Bob": "Add or remove one at a time with moderators.",
        'moderators add="role:space @everyone"': "Everybody has this role: choose one that only moderators have.",
    }
    assert {said: await room.says("mona", said) for said in refusals} == refusals
    in_private = await room.says(
        "mona", "moderators add=Ada", place=Place("test", "", native="mona")
    )
    assert in_private == "Use moderators in a channel of the space you mean."
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
        == "I do not know “bob” here yet: pick them from the list of your chat, or have them join."
    )
    assert (
        await room.says("mona", "moderators add=bob", place=ELSEWHERE)
        == f"Bob can now manage all cohorts here.\n{FINDS}"
    )
    aed = Caller(Account("test", "", "u-9"), "ÄDA")
    await room.core.answer_phrase(aed, room.place, "join", idempotency_key="aed")
    assert (await room.says("mona", "moderators add=äda")).startswith("ÄDA can now manage")


async def test_many_are_paged_and_no_more_than_fifty_are_kept(quick_room: Room) -> None:
    room = quick_room
    name = "*" * 80
    for number in range(50):
        assert "can now manage" in await room.says(
            "mona", f'moderators add="person:{number} {name}"'
        )
    assert await room.says("mona", 'moderators add="person:50 One more"') == (
        "There are already 50 names here: remove one first, or name a role."
    )
    assert (await room.says("mona", f'moderators add="person:7 {name}"')).endswith(
        "can already manage all cohorts here."
    )
    first = await room.says("mona", "moderators")
    assert first.count("• ") == 17
    assert first.endswith("[33 more]")
    assert (await room.says("mona", "moderators page=3")).count("• ") == 16
    offered = await room.core.suggest_values(
        room.caller("mona"), room.place, "moderators", "remove", "person:4", {}
    )
    assert {choice.value for choice in offered} == {
        "person:4",
        *(f"person:{number}" for number in range(40, 50)),
    }
    assert "can no longer manage the cohorts here" in await room.says(
        "mona", "moderators remove=person:49"
    )
    assert "can now manage" in await room.says("mona", 'moderators add="person:50 \u200b"')
    assert "Somebody" in await room.says("mona", "moderators page=3")
