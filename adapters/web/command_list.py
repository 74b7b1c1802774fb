"""The commands as the message box offers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.chat.message import OPTIONS, Choice
from bot.command import Command, CommandOption
from bot.group.zones import list_zones

NO_TITLES: Mapping[str, str] = MappingProxyType({})


def order_commands(
    known: Mapping[str, Command], parts: Sequence[tuple[str, Sequence[str]]]
) -> dict[str, object]:
    """Return the commands in menu order, each with the title above it.

    `parts` is the menu: titles with the names below them.
    Commands outside the menu come last.
    """
    titles = {name: title for title, names in parts for name in names}
    positions = {name: position for position, name in enumerate(titles)}
    entries = list_commands(known, titles)
    entries.sort(key=lambda entry: positions.get(str(entry["name"]), len(positions)))
    return {"commands": entries, "manages": any(known[name].moderators for name in titles)}


def list_commands(
    known: Mapping[str, Command], titles: Mapping[str, str] = NO_TITLES
) -> list[dict[str, object]]:
    """Return every command not hidden, in the registry's order."""
    return [
        _build_command_entry(command, titles.get(command.name, ""))
        for command in known.values()
        if not command.hidden
    ]


def _build_command_entry(command: Command, title: str) -> dict[str, object]:
    return {
        "name": command.name,
        "help": command.help,
        "usage": command.usage,
        "moderators": command.moderators,
        "part": title,
        "options": [
            _build_option_entry(option)
            for option in command.visible_options
            # A file cannot be typed: the form asks for it.
            if option.kind != "file"
        ],
    }


def _build_option_entry(option: CommandOption) -> dict[str, object]:
    return {
        "name": option.name,
        "help": option.help,
        "kind": option.kind,
        "required": option.required,
        "choices": list(option.choices),
        "suggests": option.has_suggestions,
    }


def is_plain_zone_option(
    commands: Mapping[str, Command], command_name: str, option_name: str
) -> bool:
    """Return True for a time zone that the core has no suggestions for."""
    command = commands.get(command_name)
    option = command.find_option(option_name) if command is not None else None
    return option is not None and option.kind == "zone" and not option.has_suggestions


def suggest_zones(typed: str) -> Sequence[Choice]:
    """Return zones with some letters in their names."""
    # People type "new york"; the zone's name is America/New_York.
    wanted = typed.casefold().replace(" ", "_")
    zones = [zone for zone in list_zones() if wanted in zone.casefold()]
    return [Choice(zone, zone) for zone in zones[:OPTIONS]]
