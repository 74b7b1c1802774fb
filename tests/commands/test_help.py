"""`help`: what can be said, to whom it may be said."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from adapters.discord.render import build_layout_view
from adapters.slack.render import render_blocks, render_fallback_text
from bot.chat.message import Buttons, Message, Select, text_message
from bot.command import (
    Call,
    CommandRegistry,
    build_command_menu,
    command,
    get_commands,
    list_visible_commands,
)
from bot.command.registry import Moment
from tests.support.discord.limits import check_message
from tests.support.room import Room
from tests.support.slack import limits as slack_limits


async def test_members_hear_of_what_they_may_say_and_moderators_of_everything(
    quick_room: Room,
) -> None:
    told = await quick_room.says("ada", "help")
    everything = await quick_room.says("mona", "help") + await quick_room.says(
        "mona", "help more=yes"
    )
    for shown in list_visible_commands():
        assert (f"{shown.name} — {shown.help}" in told) is not shown.moderators
        assert f"{shown.name} — {shown.help}" in everything
    assert (
        "Today\njoin — Join a cohort and study together, week by week.\n[Join a cohort]\nMe\n"
    ) in told
    for hidden in (known.name for known in get_commands().values() if known.hidden):
        assert f"{hidden} — " not in everything
        assert (await quick_room.says("mona", f"help {hidden}")).startswith(
            f"I have no command “{hidden}”: "
        )


async def test_one_command_is_explained_with_its_options_and_without_what_only_buttons_say(
    quick_room: Room,
) -> None:
    room = quick_room
    assert await room.says("ada", "help tick") == (
        "Tick\ntick [item] [undo] [cohort]\nMark items as done.\n"
        "• item Items you have done (one or more, optional)\n"
        "• undo Remove the tick (yes or no, optional)\n"
        "• cohort Which cohort (text, optional)\n"
        "[Tick items] [Fill in a form]"
    )
    assert await room.says("ada", "help /TICK") == await room.says("ada", "help tick")
    assert (await room.says("ada", "help roadmap")).startswith("Roadmap\nroadmap list — ")
    assert await room.says("ada", "help \x00") == await room.says("ada", "help")
    assert "cohort open — " in await room.says("mona", "help cohort")
    assert (await room.says("mona", "help cohort open")).startswith("Cohort open\n")


async def test_a_command_that_is_not_there_is_answered_with_what_is_near(quick_room: Room) -> None:
    refusals = {
        "help chekin": "I have no command “chekin”: did you mean help checkin?",
        "help dance": "I have no command “dance”: use help to see them all.",
        "help @everyone": "I have no command “@everyone”: use help to see them all.",
        "help cohort": "I have no command “cohort”: use help to see them all.",
        "chekin": "I do not know the command “chekin”: did you mean checkin?",
        "<@123>": "I do not know the command “<@123>”: help lists all commands.",
        "cohort": (
            "Only moderators can use cohort here: ask one of them, or see help for what you can do."
        ),
        "cohort opne spring": (
            "Only moderators can use cohort here: ask one of them, or see help for what you can do."
        ),
        "cohort open spring": (
            "Only moderators can use cohort open here: ask one of them, or see help for what you "
            "can do."
        ),
        "": "Type a command, for example help.",
        "/": "Type a command, for example help.",
    }
    assert {said: await quick_room.says("ada", said) for said in refusals} == refusals


# — in the order of its use —


def sections(told: str) -> dict[str, list[str]]:
    """The names of the commands under each title of an answer to `help`."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in told.splitlines():
        if " — " in line:
            found[title].append(line.partition(" — ")[0])
        else:
            title = line
            found[title] = []
    return {title: names for title, names in found.items() if names}


async def test_what_helps_today_comes_first_and_follows_where_somebody_stands(room: Room) -> None:
    assert sections(await room.says("ada", "help"))["Today"] == ["join"]
    await room.spring("ada")
    waiting = sections(await room.says("ada", "help"))
    assert list(waiting) == ["Today", "Me", "Group", "Settings"]
    assert waiting["Today"] == ["roadmap show", "resources", "settings"]
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    running = sections(await room.says("ada", "help"))
    expected = {
        "Today": ["week", "tick", "checkin", "progress"],
        "Me": [
            "away",
            "project add",
            "project list",
            "certificate add",
            "certificate list",
            "leave",
        ],
        "Group": ["join", "roadmap show", "resources", "roadmap list"],
        "Settings": ["settings", "link", "unlink", "help"],
    }
    # The command of a new file stands among these, in the section that it names.
    known = [name for names in expected.values() for name in names]
    assert {
        title: [name for name in names if name in known] for title, names in running.items()
    } == expected
    assert sorted(name for names in running.values() for name in names) == [
        command.name for command in list_visible_commands(moderator=False)
    ]
    assert "[This week's list] [Tick items] [Check in] [My progress]" in await room.says(
        "ada", "help"
    )
    await room.says("mona", "cohort finish spring sure=yes")
    await room.goes_to(datetime(2026, 6, 10, 12, tzinfo=UTC))
    assert sections(await room.says("ada", "help"))["Today"] == ["progress", "farewell", "join"]
    assert sections(await room.says("bob", "help"))["Today"] == ["join"]


async def test_moderators_find_the_six_most_used_and_the_rest_behind_a_button(room: Room) -> None:
    await room.spring()
    shown = await room.answer("mona", "help")
    assert isinstance(shown, Message)
    used = [
        "cohort create",
        "cohort open",
        "posts timeline",
        "members attention",
        "members list",
        "posts settings",
    ]
    assert sections(shown.to_plain_text())["For moderators"] == used
    offers = [
        button for block in shown.blocks if isinstance(block, Buttons) for button in block.buttons
    ]
    moderators = [button for button in offers if button.says in used or "more" in button.says]
    assert [button.says for button in moderators] == [*used, "help more=yes"]
    assert {button.style for button in moderators} == {"plain"}, (
        "what all will see is no main button"
    )
    rest = await room.answer("mona", "help more=yes")
    assert isinstance(rest, Message)
    hidden = [
        command.name
        for command in list_visible_commands()
        if command.moderators and command.name not in used
    ]
    told = [name for names in sections(rest.to_plain_text()).values() for name in names]
    # Those with a place in the menu come before the others.
    assert (told[0], sorted(told)) == ("cohort pause", sorted(hidden))
    picks = [block for block in rest.blocks if isinstance(block, Select)]
    listed = [choice.value for pick in picks for choice in pick.choices]
    assert sorted(listed) == sorted([*used, *hidden])
    chosen = await room.says("mona", picks[0].says, {picks[0].name: ("cohort break",)})
    assert chosen.endswith("[Plan a break] [Fill in a form]")
    assert (await room.says("mona", 'form about="cohort break"')).splitlines() == [
        "Plan a break", "  Cohort", "  First", "  Last", "  Remove"
    ]  # fmt: skip
    assert await room.says("ada", "help more=yes") == await room.says("ada", "help")
    refused = "I have no form for “cohort break”: use help to see all commands."
    assert await room.says("ada", 'form about="cohort break"') == refused


def test_a_command_says_for_itself_where_it_stands() -> None:
    own = CommandRegistry()

    @command(into=own)
    async def plain(call: Call) -> Message:
        """Nothing said."""
        return text_message("x")

    @command(into=own, section="me", order=5, helps=("running",), action="Dance")
    async def dance(call: Call) -> Message:
        """Dance a little."""
        return text_message("x")

    def parts(moment: Moment) -> list[tuple[str, list[str]]]:
        return [
            (title, [command.name for command in found])
            for title, found in build_command_menu(moment, own.commands.values()).parts
        ]

    assert parts("outside") == [("Me", ["dance"]), ("Group", ["plain"])]
    assert parts("running") == [("Today", ["dance"]), ("Group", ["plain"])]
    assert [own.commands[name].button_label for name in ("dance", "plain")] == ["Dance", "Plain"]


async def test_the_order_is_given_to_whoever_lists_commands_for_somebody(room: Room) -> None:
    parts = await room.core.build_menu(room.caller("ada"), room.place)
    assert [title for title, _ in parts] == ["Today", "Me", "Group", "Settings"]
    parts = await room.core.build_menu(room.caller("mona"), room.place)
    assert [title for title, _ in parts][-2:] == ["For moderators", "More for moderators"]
    assert sorted(name for _, names in parts for name in names) == sorted(
        command.name for command in list_visible_commands()
    )


async def test_help_fits_everywhere_with_every_command_clickable(quick_room: Room) -> None:
    numbers = {
        command.name.partition(" ")[0]: "1234567890123456789" for command in list_visible_commands()
    }
    sent = {"flags": 1 << 15, "nonce": "n", "allowed_mentions": {"parse": []}}
    for said in (
        "help",
        "help more=yes",
        *(f'help about="{known.name}"' for known in list_visible_commands()),
    ):
        message = await quick_room.answer("mona", said)
        assert isinstance(message, Message)
        view = build_layout_view(message, command_ids=numbers)
        # discord.py has no types here.
        drawn = view.to_components()  # type: ignore[no-untyped-call]
        assert check_message({**sent, "components": drawn}) == []
        assert (
            slack_limits.message(
                {
                    "text": render_fallback_text(message, "/study"),
                    "blocks": render_blocks(message, "/study"),
                }
            )
            == []
        )
        if said in {"help", "help more=yes"}:
            shown = json.dumps(drawn)
            named = [name for names in sections(message.to_plain_text()).values() for name in names]
            assert [
                name for name in named if f"</{name}:1234567890123456789> \\u2014 " not in shown
            ] == []
