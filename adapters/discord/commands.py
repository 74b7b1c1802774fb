"""The registry as Discord's application commands, and an invoked command as a phrase again.

Pure: raw JSON in and out, as Discord documents it (Interactions, Application Commands). Names, options, choices and who
sees a command by default all come from the registry, so nothing about a command is written down here.
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
LONGEST = 2000  # characters of a text option; Discord would take 6000

_TYPES = {"number": NUMBER, "flag": BOOLEAN, "who": MENTIONABLE, "file": ATTACHMENT}


def build_commands_payload(commands_by_name: Mapping[str, Command]) -> list[dict[str, Any]]:
    """The commands as the body of a bulk overwrite, groups as one command with subcommands. Hidden ones are left out."""
    shown = [command for command in commands_by_name.values() if not command.hidden]
    top: dict[str, list[Command]] = {}
    for command in shown:
        top.setdefault(command.name.partition(" ")[0], []).append(command)
    return [_build_top_command(name, within) for name, within in sorted(top.items())]


def hash_commands_payload(body: Sequence[Mapping[str, Any]]) -> str:
    """What tells two bodies apart."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _build_top_command(name: str, within: Sequence[Command]) -> dict[str, Any]:
    moderators = all(command.moderators for command in within)
    made: dict[str, Any] = {
        "name": name,
        "type": CHAT_INPUT,
        "integration_types": [0],
        "contexts": [GUILD] if moderators else [GUILD, BOT_DM],
        "default_member_permissions": str(MANAGE_GUILD) if moderators else None,
    }
    if not within[0].group:
        return {**made, "description": within[0].help, "options": _build_payload_options(within[0])}
    verbs = ", ".join(command.name.partition(" ")[2] for command in within)
    below = [
        {
            "type": SUB_COMMAND,
            "name": command.name.partition(" ")[2],
            "description": command.help,
            "options": _build_payload_options(command),
        }
        for command in within
    ]
    return {**made, "description": f"{name.capitalize()}: {verbs}"[:100], "options": below}


def _build_payload_options(command: Command) -> list[dict[str, Any]]:
    # Discord wants what is required first.
    return [
        _build_payload_option(one)
        for one in sorted(command.visible_options, key=lambda one: not one.required)
    ]


def _build_payload_option(option: CommandOption) -> dict[str, Any]:
    kind = STRING if option.has_suggestions else _TYPES.get(option.kind, STRING)
    made: dict[str, Any] = {
        "type": INTEGER if kind == NUMBER and option.is_integer else kind,
        "name": option.name,
        "description": option.help,
        "required": option.required,
    }
    if option.choices:
        made["choices"] = [{"name": one, "value": one} for one in option.choices[:25]]
    elif option.has_suggestions:
        made["autocomplete"] = True
    if made["type"] == STRING and not option.choices:
        made["max_length"] = LONGEST
    if made["type"] in {INTEGER, NUMBER} and option.range is not None:
        bounds = {"min_value": option.range.least, "max_value": option.range.most}
        made.update({name: bound for name, bound in bounds.items() if bound is not None})
    return made


@dataclass(frozen=True, slots=True)
class CommandInvocation:
    """A command as it came from Discord. `focused` is the option being typed, for completion; `files` are those attached."""

    name: str
    values: Mapping[str, str]
    focus: str = ""
    files: Mapping[str, DiscordAttachment] = field(default_factory=dict)

    @property
    def phrase(self) -> str:
        return " ".join(
            (
                self.name,
                *(f"{name}={quote_phrase_word(value)}" for name, value in self.values.items()),
            )
        )

    @property
    def partial_value(self) -> str:
        return self.values.get(self.focus, "")


def parse_invocation(data: Mapping[str, Any]) -> CommandInvocation:
    """What an application command's interaction data says. Whatever is malformed says nothing."""
    words, options = [str(data.get("name", ""))], _list_payload_options(data)
    while options and options[0].get("type") in (1, 2):
        words.append(str(options[0].get("name", "")))
        options = _list_payload_options(options[0])
    resolved = data.get("resolved")
    people = resolved if isinstance(resolved, Mapping) else {}
    said = [one for one in options if one.get("value") is not None]
    given = {
        str(one.get("name")): _parse_option_value(one, people)
        for one in said
        if one.get("type") != ATTACHMENT
    }
    focused = next((str(one.get("name")) for one in options if one.get("focused")), "")
    named = {
        str(one.get("name")): str(one["value"]) for one in said if one.get("type") == ATTACHMENT
    }
    return CommandInvocation(" ".join(words), given, focused, parse_attachments(resolved, named))


def _list_payload_options(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = data.get("options")
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _parse_option_value(option: Mapping[str, Any], resolved: Mapping[str, Any]) -> str:
    value = option["value"]
    if option.get("type") == MENTIONABLE:
        return _format_picked_account(str(value), resolved)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _format_picked_account(native: str, resolved: Mapping[str, Any]) -> str:
    """A person or a role somebody picked, as the core reads it: `person:` or `role:`, the id, the name."""
    role = _find_resolved_object(resolved, "roles", native)
    if role:
        return f"role:{native} {role.get('name') or ''}".strip()
    member, user = (
        _find_resolved_object(resolved, "members", native),
        _find_resolved_object(resolved, "users", native),
    )
    name = member.get("nick") or user.get("global_name") or user.get("username") or ""
    return f"person:{native} {name}".strip()


def _find_resolved_object(resolved: Mapping[str, Any], kind: str, native: str) -> Mapping[str, Any]:
    kept = resolved.get(kind)
    found = kept.get(native) if isinstance(kept, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def build_completion_choices(choices: Iterable[Choice]) -> list[dict[str, str]]:
    """Completion as Discord shows it: at most 25, each with the name people read."""
    return [
        {"name": _format_completion_name(one), "value": one.value} for one in list(choices)[:25]
    ]


def _format_completion_name(choice: Choice) -> str:
    return (f"{choice.label} · {choice.note}" if choice.note else choice.label)[:CHOICE_NAME]


def format_discord_phrase(phrase: str, known: Mapping[str, Command]) -> str:
    """A phrase that the bot names in its prose, as it is typed on Discord: `week n=3` is `/week n:3`. What is no phrase
    stays as it is."""
    mention = parse_mention(phrase, known)
    return format_discord_command(mention) if mention else phrase


def format_discord_command(mention: Mention) -> str:
    """A command that is named, as it is typed on Discord."""
    if mention.option_texts is None or mention.is_group:
        return f"/{mention.phrase}"
    options = [
        f"{name}:{quote_phrase_word(','.join(values))}"
        for name, values in mention.option_texts.items()
    ]
    waiting = [f"{mention.open_option}:"] if mention.open_option else []
    return " ".join((f"/{mention.name}", *options, *waiting))


def format_command_link(mention: Mention, command_ids: Mapping[str, str]) -> str:
    """A command as Discord lets it be clicked (Discord: Message Formatting, Slash Command), or nothing.

    `numbers` are the ids that Discord has given our commands, by their first word. A click cannot fill options in, so only
    a command without any is offered for it.
    """
    number = command_ids.get(mention.name.partition(" ")[0], "")
    return f"</{mention.name}:{number}>" if number and mention.is_bare else ""


def parse_command_ids(answer: object) -> dict[str, str]:
    """The ids of our commands, by their first word, from what Discord answers where they are asked for or overwritten."""
    commands = (
        [command for command in answer if isinstance(command, Mapping)]
        if isinstance(answer, list)
        else []
    )
    numbered = (command for command in commands if str(command.get("id", "")).isdecimal())
    return {
        str(command.get("name")): str(command["id"])
        for command in numbered
        if command.get("type", 1) == CHAT_INPUT
    }
