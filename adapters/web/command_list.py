"""The commands as the composer offers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.command import Command

NO_TITLES: Mapping[str, str] = MappingProxyType({})


def order_commands(
    known: Mapping[str, Command], parts: Sequence[tuple[str, Sequence[str]]]
) -> dict[str, object]:
    """The commands in the order of a menu, each with the title it stands under; those that are in no part come last."""
    titles = {name: title for title, names in parts for name in names}
    order = {name: number for number, name in enumerate(titles)}
    commands = sorted(
        list_commands(known, titles),
        key=lambda command: order.get(str(command["name"]), len(order)),
    )
    return {"commands": commands, "manages": any(known[name].moderators for name in titles)}


def list_commands(
    known: Mapping[str, Command], titles: Mapping[str, str] = NO_TITLES
) -> list[dict[str, object]]:
    """Every command that is not hidden, by name. An option that a file is brought for is not typed, so it is left out."""
    return [
        {
            "name": command.name,
            "help": command.help,
            "usage": command.usage,
            "moderators": command.moderators,
            "part": titles.get(command.name, ""),
            "options": [
                {
                    "name": option.name,
                    "help": option.help,
                    "kind": option.kind,
                    "required": option.required,
                    "choices": list(option.choices),
                    "suggests": option.has_suggestions,
                }
                for option in command.visible_options
                if option.kind != "file"
            ],
        }
        for command in known.values()
        if not command.hidden
    ]
