"""The registry in Discord's application commands, and an invoked command back in a phrase.

Pure: raw JSON in and out (Discord: Interactions, Application Commands). Names, options, choices and
default visibility come from the registry, so nothing about a command is written down here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.files import DiscordAttachment, parse_attachments
from bot.chat.message import Choice, quote_phrase_word
from bot.command import Command, CommandOption, Mention, parse_mention

CHAT_INPUT, SUB_COMMAND = 1, 1
STRING, INTEGER, BOOLEAN, MENTIONABLE, NUMBER, ATTACHMENT = 3, 4, 5, 9, 10, 11
MANAGE_GUILD = 1 << 5  # Discord: Permissions, "Manage Server"
GUILD, BOT_DM = 0, 1  # Discord: Interaction Contexts
CHOICE_NAME = 100
MAX_TEXT = 2000  # characters in a text option; Discord would take 6000

_TYPES = {"number": NUMBER, "flag": BOOLEAN, "who": MENTIONABLE, "file": ATTACHMENT}


def build_commands_payload(commands_by_name: Mapping[str, Command]) -> list[dict[str, Any]]:
    """Return the body for a bulk overwrite; a group is one command with subcommands.

    Hidden commands are left out.
    """
    commands_by_first_word: dict[str, list[Command]] = {}
    for command in commands_by_name.values():
        if not command.hidden:
            first_word = command.name.partition(" ")[0]
            commands_by_first_word.setdefault(first_word, []).append(command)
    groups = sorted(commands_by_first_word.items())
    return [_build_top_command(name, commands) for name, commands in groups]


def hash_commands_payload(body: Sequence[Mapping[str, Any]]) -> str:
    """Return a digest that differs for different bodies."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _build_top_command(name: str, commands: Sequence[Command]) -> dict[str, Any]:
    # Discord shows or hides a whole group, so a group is hidden only if all in it are.
    is_for_moderators = all(command.moderators for command in commands)
    payload: dict[str, Any] = {
        "name": name,
        "type": CHAT_INPUT,
        "integration_types": [0],
        "contexts": [GUILD] if is_for_moderators else [GUILD, BOT_DM],
        "default_member_permissions": str(MANAGE_GUILD) if is_for_moderators else None,
    }
    if not commands[0].group:
        payload["description"] = commands[0].help
        payload["options"] = _build_payload_options(commands[0])
        return payload
    subcommands: list[dict[str, Any]] = []
    for command in commands:
        subcommands.append(
            {
                "type": SUB_COMMAND,
                "name": command.name.partition(" ")[2],
                "description": command.help,
                "options": _build_payload_options(command),
            }
        )
    names = ", ".join(subcommand["name"] for subcommand in subcommands)
    payload["description"] = f"{name.capitalize()}: {names}"[:100]
    payload["options"] = subcommands
    return payload


def _build_payload_options(command: Command) -> list[dict[str, Any]]:
    # Discord refuses a required option behind an optional one.
    options = sorted(command.visible_options, key=lambda option: not option.required)
    return [_build_payload_option(option) for option in options]


def _build_payload_option(option: CommandOption) -> dict[str, Any]:
    kind = STRING if option.has_suggestions else _TYPES.get(option.kind, STRING)
    payload: dict[str, Any] = {
        "type": INTEGER if kind == NUMBER and option.is_integer else kind,
        "name": option.name,
        "description": option.help,
        "required": option.required,
    }
    if option.choices:
        payload["choices"] = [{"name": value, "value": value} for value in option.choices[:25]]
    elif option.has_suggestions:
        payload["autocomplete"] = True
    if payload["type"] == STRING and not option.choices:
        payload["max_length"] = MAX_TEXT
    if payload["type"] in {INTEGER, NUMBER} and option.range is not None:
        if option.range.least is not None:
            payload["min_value"] = option.range.least
        if option.range.most is not None:
            payload["max_value"] = option.range.most
    return payload


@dataclass(frozen=True, slots=True)
class CommandInvocation:
    """An invoked command. `focus` is the option under completion."""

    name: str
    values: Mapping[str, str]
    focus: str = ""
    files: Mapping[str, DiscordAttachment] = field(default_factory=dict)

    @property
    def phrase(self) -> str:
        words = [self.name]
        for name, value in self.values.items():
            words.append(f"{name}={quote_phrase_word(value)}")
        return " ".join(words)

    @property
    def partial_value(self) -> str:
        return self.values.get(self.focus, "")


def parse_invocation(data: Mapping[str, Any]) -> CommandInvocation:
    """Return the command in an interaction's data. Malformed parts are left out."""
    words, options = [str(data.get("name", ""))], _list_payload_options(data)
    while options and options[0].get("type") in (1, 2):
        words.append(str(options[0].get("name", "")))
        options = _list_payload_options(options[0])
    resolved = data.get("resolved")
    accounts = resolved if isinstance(resolved, Mapping) else {}
    values: dict[str, str] = {}
    file_ids: dict[str, str] = {}
    focus = ""
    for option in options:
        name = str(option.get("name"))
        if option.get("focused") and not focus:
            focus = name
        if option.get("value") is None:
            continue
        if option.get("type") == ATTACHMENT:
            file_ids[name] = str(option["value"])
        else:
            values[name] = _parse_option_value(option, accounts)
    files = parse_attachments(resolved, file_ids)
    return CommandInvocation(" ".join(words), values, focus, files)


def _list_payload_options(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    options = data.get("options")
    if not isinstance(options, list):
        return []
    return [option for option in options if isinstance(option, Mapping)]


def _parse_option_value(option: Mapping[str, Any], resolved: Mapping[str, Any]) -> str:
    value = option["value"]
    if option.get("type") == MENTIONABLE:
        return _format_picked_account(str(value), resolved)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _format_picked_account(native: str, resolved: Mapping[str, Any]) -> str:
    """Return a picked person or role for the core: `person:` or `role:`, the id, the name."""
    role = _find_resolved_object(resolved, "roles", native)
    if role:
        return f"role:{native} {role.get('name') or ''}".strip()
    member = _find_resolved_object(resolved, "members", native)
    user = _find_resolved_object(resolved, "users", native)
    name = member.get("nick") or user.get("global_name") or user.get("username") or ""
    return f"person:{native} {name}".strip()


def _find_resolved_object(resolved: Mapping[str, Any], kind: str, native: str) -> Mapping[str, Any]:
    objects = resolved.get(kind)
    payload = objects.get(native) if isinstance(objects, Mapping) else None
    return payload if isinstance(payload, Mapping) else {}


def build_completion_choices(choices: Iterable[Choice]) -> list[dict[str, str]]:
    """Return at most 25 choices for completion, each with a name and a value."""
    payload = []
    for choice in list(choices)[:25]:
        payload.append({"name": _format_completion_name(choice), "value": choice.value})
    return payload


def _format_completion_name(choice: Choice) -> str:
    note = choice.note_with_group
    name = f"{choice.label} · {note}" if note else choice.label
    return name[:CHOICE_NAME]


def format_discord_phrase(phrase: str, known: Mapping[str, Command]) -> str:
    """Return a phrase the way people type it on Discord: `week n=3` becomes `/week n:3`.

    Other text stays unchanged.
    """
    mention = parse_mention(phrase, known)
    return format_discord_command(mention) if mention else phrase


def format_discord_command(mention: Mention) -> str:
    """Return a command the way people type it on Discord."""
    if mention.option_texts is None or mention.is_group:
        return f"/{mention.phrase}"
    words = [f"/{mention.name}"]
    for name, values in mention.option_texts.items():
        words.append(f"{name}:{quote_phrase_word(','.join(values))}")
    if mention.open_option:
        words.append(f"{mention.open_option}:")
    return " ".join(words)


def format_command_link(mention: Mention, command_ids: Mapping[str, str]) -> str:
    """Return a clickable command (Discord: Message Formatting, Slash Command), or nothing.

    `command_ids`: Discord's ids for our commands, by their first word.
    """
    command_id = command_ids.get(mention.name.partition(" ")[0], "")
    # A click cannot fill options in, so a command with options stays text.
    if not command_id or not mention.is_bare:
        return ""
    return f"</{mention.name}:{command_id}>"


def parse_command_ids(answer: object) -> dict[str, str]:
    """Return our commands' ids by their first word, from Discord's own list."""
    ids: dict[str, str] = {}
    if not isinstance(answer, list):
        return ids
    for command in answer:
        if not isinstance(command, Mapping) or command.get("type", CHAT_INPUT) != CHAT_INPUT:
            continue
        if str(command.get("id", "")).isdecimal():
            ids[str(command.get("name"))] = str(command["id"])
    return ids
