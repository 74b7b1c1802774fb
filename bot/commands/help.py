"""`help`: everything people can say here, and before all else the commands that help today.

Moderators get buttons for their commands: those also work where the platform hides the commands.
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
    CommandOption,
    HiddenOption,
    Menu,
    build_command_menu,
    command,
    list_visible_commands,
)
from bot.command.options import OptionKind, format_number_range
from bot.command.values import format_typed_text

KIND_NAMES: Mapping[OptionKind, str] = {
    "text": "text",
    "number": "number",
    "date": "date",
    "time": "time of day",
    "zone": "time zone",
    "list": "one or more",
    "flag": "yes or no",
    "who": "a person",
    "file": "a file",
}
INTRODUCTION = (
    "I guide your group through a plan, week by week. Tick what you have done, and check in "
    "once a week. I keep the board."
)
SELECT_TITLE = "Choose a command"
SPELT_ALIKE = 0.6  # from 0 to 1: lower offers odd guesses, higher misses common slips


@command(reads=True, section="settings", order=90)
async def help(
    call: Call,
    about: Annotated[str | None, "A command, like checkin"] = None,
    more: Annotated[bool, HiddenOption()] = False,
) -> Message:
    """Show my commands, or explain one of them."""
    visible_commands = list_visible_commands(call.caller.is_moderator)
    wanted = _normalise_command_name(about or "")
    if wanted:
        return _build_help_about(wanted, visible_commands)
    menu = build_command_menu(await call.load_member_moment(), visible_commands)
    # A member who types the hidden option finds no moderators' commands, and gets the overview.
    if more and menu.other_moderator_commands:
        return _build_moderator_help(menu)
    return _build_help_overview(menu)


def _normalise_command_name(typed_name: str) -> str:
    return " ".join(typed_name.casefold().removeprefix("/").split())


def _build_help_about(wanted: str, visible_commands: Sequence[Command]) -> Message:
    matches = _find_commands_by_name(wanted, visible_commands)
    if not matches:
        hint = _suggest_similar_command(wanted, visible_commands)
        raise Refused(f"I have no command “{format_typed_text(wanted)}”: {hint}", "about")
    if len(matches) == 1:
        return _build_command_help(matches[0])
    return text_message(_format_command_lines(matches), title=wanted.capitalize())


def _find_commands_by_name(wanted: str, visible_commands: Sequence[Command]) -> list[Command]:
    """Return the command with this name, or else the commands in the group with this name."""
    matches = [match for match in visible_commands if wanted in match.spoken_names]
    return matches or [match for match in visible_commands if match.group == wanted]


def _suggest_similar_command(wanted: str, visible_commands: Sequence[Command]) -> str:
    names: list[str] = []
    for visible_command in visible_commands:
        names.extend(filter(None, (visible_command.name, visible_command.group)))
    similar_names = difflib.get_close_matches(wanted, names, 1, SPELT_ALIKE)
    if similar_names:
        return f"did you mean `help {similar_names[0]}`?"
    return "use `help` to see them all."


# — the overview —


def _build_help_overview(menu: Menu) -> Message:
    blocks: list[Block] = [Text(INTRODUCTION)]
    for heading, commands_of_part in menu.parts:
        blocks.append(_format_help_section(heading, commands_of_part))
    if menu.today_commands:
        # The part for today comes first, and its buttons stand right below it.
        blocks.insert(2, _build_today_buttons(menu.today_commands[:ROW]))
    if menu.moderator_commands:
        blocks.append(_format_help_section("For moderators", menu.top_moderator_commands))
        blocks.extend(_build_moderator_buttons(menu))
    return text_message(*blocks, title="What I can do")


def _format_help_section(heading: str, listed_commands: Sequence[Command]) -> Text:
    return Text(f"**{heading}**\n{_format_command_lines(listed_commands)}")


def _build_today_buttons(helpful_commands: Sequence[Command]) -> Buttons:
    buttons = list(map(_build_command_button, helpful_commands))
    main_command = helpful_commands[0]
    buttons[0] = Button(main_command.button_label, main_command.name, "primary")
    return Buttons(tuple(buttons))


def _build_command_button(shown_command: Command) -> Button:
    return Button(shown_command.button_label, shown_command.name)


# — for moderators —


def _build_moderator_buttons(menu: Menu) -> Iterator[Buttons]:
    """Return rows of buttons for the most used commands, and a button for the others.

    None of them is the main one: some post for everybody.
    """
    buttons = _list_moderator_buttons(menu)
    for first_place in range(0, len(buttons), ROW):
        yield Buttons(tuple(buttons[first_place : first_place + ROW]))


def _list_moderator_buttons(menu: Menu) -> list[Button]:
    buttons = list(map(_build_command_button, menu.top_moderator_commands))
    other_count = len(menu.other_moderator_commands)
    if other_count:
        label = f"{other_count} more for moderators"
        buttons.append(Button(label, build_phrase("help", more="yes")))
    return buttons


def _build_moderator_help(menu: Menu) -> Message:
    """Return the less used commands in words, and lists to choose any command from."""
    back = Buttons((Button("Back", "help"),))
    return text_message(
        _format_command_lines(menu.other_moderator_commands),
        *_build_command_selects(menu.moderator_commands),
        back,
        title="More for moderators",
    )


def _build_command_selects(listed_commands: Sequence[Command]) -> Iterator[Select]:
    choices = tuple(map(_build_command_choice, listed_commands))
    for first_place in range(0, len(choices), OPTIONS):
        yield Select(SELECT_TITLE, "help", "about", choices[first_place : first_place + OPTIONS])


def _build_command_choice(shown_command: Command) -> Choice:
    hint = shorten(shown_command.help, LABEL)
    return Choice(shown_command.button_label, shown_command.name, hint)


# — commands in words —


def _format_command_lines(listed_commands: Sequence[Command]) -> str:
    return "\n".join(map(_format_command_line, listed_commands))


def _format_command_line(shown_command: Command) -> str:
    return f"`{shown_command.name}` — {escape_text(shown_command.help)}"


def _build_command_help(shown_command: Command) -> Message:
    lines = [f"`{shown_command.usage}`", escape_text(shown_command.help)]
    lines.extend(map(_format_option_help, shown_command.visible_options))
    return text_message(
        "\n".join(lines),
        *_build_command_buttons(shown_command),
        title=shown_command.name.capitalize(),
    )


def _format_option_help(option: CommandOption) -> str:
    values = _format_option_values(option)
    if not option.required:
        values = f"{values}, optional"
    return f"• **{option.name}** {escape_text(option.help)} _({values})_"


def _format_option_values(option: CommandOption) -> str:
    if option.kind == "choice":
        return " or ".join(option.choices)
    if option.range:
        return f"{KIND_NAMES[option.kind]}, {format_number_range(option.range)}"
    return KIND_NAMES[option.kind]


def _build_command_buttons(shown_command: Command) -> Iterator[Buttons]:
    """Return a button for the command alone, and a button for a form with its options."""
    if shown_command.name == "help":
        return
    buttons = [_build_command_button(shown_command)]
    if _is_form_useful(shown_command):
        form_phrase = build_phrase("form", about=shown_command.name)
        buttons.append(Button("Fill in a form", form_phrase))
    yield Buttons(tuple(buttons))


def _is_form_useful(shown_command: Command) -> bool:
    options = shown_command.visible_options
    # With a required option the command alone opens a form by itself.
    if any(option.required for option in options):
        return False
    # A cohort alone is no reason for a form: whoever is in one of them need not name it.
    return any(not option.is_cohort for option in options)
