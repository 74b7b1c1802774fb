"""Commands: functions with everything else derived from their signatures.

`@command` registers one, and `discover_commands` imports the files in `bot/commands`. Each platform
derives its own form from the registry: Discord commands, the Slack manifest, the room's completion.
"""

from bot.command.call import Call, MissingChoice, NamedRights
from bot.command.confirm import Act, Sure
from bot.command.grammar import (
    MissingAction,
    ParsedPhrase,
    can_phrase_open_form,
    find_command,
    parse_phrase,
)
from bot.command.mention import Mention, parse_mention
from bot.command.menu import Menu, build_command_menu
from bot.command.missing import ask_for_missing_options, gather_offers
from bot.command.options import (
    CohortRef,
    CommandOption,
    DefaultText,
    FieldLabel,
    FileReader,
    HiddenOption,
    LoggedText,
    NumberRange,
    PastDate,
    PersonOrRole,
    RestOfLine,
    SecretText,
    Upload,
    Zone,
)
from bot.command.questions import (
    ask_for_option,
    build_action_menu,
    build_edit_form,
    build_missing_form,
)
from bot.command.reference import format_command_table
from bot.command.registry import (
    Command,
    CommandRegistry,
    command,
    discover_commands,
    get_commands,
    list_visible_commands,
    registry,
)

__all__ = [
    "Act",
    "Call",
    "CohortRef",
    "Command",
    "CommandOption",
    "CommandRegistry",
    "DefaultText",
    "FieldLabel",
    "FileReader",
    "HiddenOption",
    "LoggedText",
    "Mention",
    "Menu",
    "MissingAction",
    "MissingChoice",
    "NamedRights",
    "NumberRange",
    "ParsedPhrase",
    "PastDate",
    "PersonOrRole",
    "RestOfLine",
    "SecretText",
    "Sure",
    "Upload",
    "Zone",
    "ask_for_missing_options",
    "ask_for_option",
    "build_action_menu",
    "build_command_menu",
    "build_edit_form",
    "build_missing_form",
    "can_phrase_open_form",
    "command",
    "discover_commands",
    "find_command",
    "format_command_table",
    "gather_offers",
    "get_commands",
    "list_visible_commands",
    "parse_mention",
    "parse_phrase",
    "registry",
]
