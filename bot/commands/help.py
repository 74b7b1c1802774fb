"""`help`: what can be said here, in the words of the commands themselves, and what helps today before all else.

Moderators find buttons for what they may do: they work as well where the platform does not show the commands to them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import (
    LABEL,
    OPTIONS,
    ROW,
    Block,
    Button,
    Buttons,
    Choice,
    Message,
    Select,
    Text,
    build_phrase,
    escape_text,
    text_message,
)
from bot.chat.text import shorten
from bot.command import (
    Call,
    Command,
    HiddenOption,
    Menu,
    build_command_menu,
    command,
    list_visible_commands,
)
from bot.command.grammar import format_typed_text
from bot.command.options import OptionKind, format_number_range

KINDS: Mapping[OptionKind, str] = {
    "text": "text",
    "number": "number",
    "date": "date",
    "time": "time of day",
    "zone": "time zone",
    "list": "one or more",
    "flag": "yes or no",
    "who": "somebody",
    "file": "a file",
}
INTRO = "I take your group through a plan, week by week. Tick what you do, check in once a week, and I keep the board."
PICK = "Choose something to do"


@command(reads=True, section="settings", order=90)
async def help(
    call: Call,
    about: Annotated[str | None, "A command, like checkin"] = None,
    more: Annotated[bool, HiddenOption()] = False,
) -> Message:
    """What I can do, or how one command is used."""
    known = list_visible_commands(call.caller.is_moderator)
    wanted = " ".join((about or "").casefold().removeprefix("/").split())
    if not wanted:
        menu = build_command_menu(await call.load_member_moment(), known)
        return (
            _build_moderator_help(menu)
            if more and menu.other_moderator_commands
            else _build_help_overview(menu)
        )
    meant = [one for one in known if wanted in one.spoken_names] or [
        one for one in known if one.group == wanted
    ]
    if not meant:
        near = difflib.get_close_matches(
            wanted, [name for one in known for name in (one.name, one.group) if name], 1, 0.6
        )
        hint = f"did you mean `help {near[0]}`?" if near else "`help` lists them."
        raise Refused(f"I know no command “{format_typed_text(wanted)}”: {hint}", "about")
    return (
        _build_command_help(meant[0])
        if len(meant) == 1
        else text_message(
            "\n".join(_format_command_line(one) for one in meant), title=wanted.capitalize()
        )
    )


def _build_help_overview(menu: Menu) -> Message:
    parts = [_format_help_section(title, commands) for title, commands in menu.parts]
    blocks: list[Block] = [Text(INTRO), *parts]
    if menu.today_commands:
        blocks.insert(2, _build_today_buttons(menu.today_commands[:ROW]))
    if menu.moderator_commands:
        blocks += [
            _format_help_section("For moderators", menu.top_moderator_commands),
            *_build_moderator_buttons(menu),
        ]
    return text_message(*blocks, title="What I can do")


def _format_help_section(title: str, commands: Sequence[Command]) -> Text:
    return Text("\n".join((f"**{title}**", *map(_format_command_line, commands))))


def _build_today_buttons(commands: Sequence[Command]) -> Buttons:
    first, *others = commands
    return Buttons(
        (
            Button(first.button_label, first.name, "primary"),
            *(Button(entry.button_label, entry.name) for entry in others),
        )
    )


def _build_moderator_buttons(menu: Menu) -> Iterator[Buttons]:
    """What moderators do most as buttons, and one for the rest; none is the main one, for some act in public."""
    offers = [Button(entry.button_label, entry.name) for entry in menu.top_moderator_commands]
    if menu.other_moderator_commands:
        offers.append(
            Button(
                f"{len(menu.other_moderator_commands)} more for moderators",
                build_phrase("help", more="yes"),
            )
        )
    for start in range(0, len(offers), ROW):
        yield Buttons(tuple(offers[start : start + ROW]))


def _build_moderator_help(menu: Menu) -> Message:
    """What moderators do less often, and every command of theirs to choose."""
    choices = [
        Choice(entry.button_label, entry.name, shorten(entry.help, LABEL))
        for entry in menu.moderator_commands
    ]
    parts = [choices[start : start + OPTIONS] for start in range(0, len(choices), OPTIONS)]
    picks = (Select(PICK, "help", "about", tuple(part)) for part in parts)
    back = Buttons((Button("Back", "help"),))
    return text_message(
        "\n".join(map(_format_command_line, menu.other_moderator_commands)),
        *picks,
        back,
        title="More for moderators",
    )


def _format_command_line(one: Command) -> str:
    return f"`{one.name}` — {escape_text(one.help)}"


def _build_command_help(one: Command) -> Message:
    rows = [f"`{one.usage}`", escape_text(one.help)]
    for option in one.visible_options:
        kind = " or ".join(option.choices) if option.kind == "choice" else KINDS[option.kind]
        kind += f", {format_number_range(option.range)}" if option.range else ""
        rows.append(
            f"• **{option.name}** {escape_text(option.help)} _({kind}{'' if option.required else ', optional'})_"
        )
    return text_message("\n".join(rows), *_build_command_buttons(one), title=one.name.capitalize())


def _build_command_buttons(one: Command) -> Iterator[Buttons]:
    """Buttons that say a command alone or open a form with its options, for whoever is not shown it, or types little."""
    if one.name == "help":
        return
    offers = [Button(one.button_label, one.name)]
    if any(option.name != "cohort" for option in one.visible_options) and not any(
        option.required for option in one.visible_options
    ):
        offers.append(Button("Fill in a form", build_phrase("form", about=one.name)))
    yield Buttons(tuple(offers))
