"""What people may say. A command is a function; its name, options, help, form and completion are read off it.

`@command` registers one, `discover()` imports the files of `bot/commands`, and every platform derives its own shape
(Discord commands, the Slack manifest, the room's completion) from `commands()`.
"""

from bot.command.call import Ask, Call
from bot.command.confirm import Act, Sure
from bot.command.grammar import Parsed, command_of, may_open_form, parse
from bot.command.mention import Mention, mention_of
from bot.command.menu import Menu, menu_at
from bot.command.missing import ask_for_missing, gather_offers
from bot.command.questions import ask, form_for, form_to_edit
from bot.command.registry import (
    Command,
    Default,
    Hidden,
    Label,
    Option,
    Past,
    Range,
    Reads,
    Registry,
    Secret,
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
    "Act",
    "Ask",
    "Call",
    "Command",
    "Default",
    "Hidden",
    "Label",
    "Mention",
    "Menu",
    "Option",
    "Parsed",
    "Past",
    "Range",
    "Reads",
    "Registry",
    "Secret",
    "Sure",
    "Upload",
    "Who",
    "Wordy",
    "Zone",
    "ask",
    "ask_for_missing",
    "command",
    "command_of",
    "commands",
    "discover",
    "form_for",
    "form_to_edit",
    "gather_offers",
    "listed",
    "may_open_form",
    "mention_of",
    "menu_at",
    "parse",
    "registry",
    "table",
]
