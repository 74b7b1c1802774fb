"""What people may say. A command is a function; its name, options, help, form and completion are read off it.

`@command` registers one, `discover()` imports the files of `bot/commands`, and every platform derives its own shape
(Discord commands, the Slack manifest, the room's completion) from `commands()`.
"""

from bot.command.asking import ask, form_for
from bot.command.call import Ask, Call
from bot.command.mention import Mention, mention_of
from bot.command.menu import Menu, menu_at
from bot.command.phrase import Parsed, command_of, may_open_form, parse
from bot.command.registry import (
    Command,
    Hidden,
    Option,
    Past,
    Reads,
    Registry,
    Upload,
    Who,
    Wordy,
    Zone,
    command,
    commands,
    discover,
    listed,
    registry,
    table,
)

__all__ = [
    "Ask",
    "Call",
    "Command",
    "Hidden",
    "Mention",
    "Menu",
    "Option",
    "Parsed",
    "Past",
    "Reads",
    "Registry",
    "Upload",
    "Who",
    "Wordy",
    "Zone",
    "ask",
    "command",
    "command_of",
    "commands",
    "discover",
    "form_for",
    "listed",
    "may_open_form",
    "mention_of",
    "menu_at",
    "parse",
    "registry",
    "table",
]
