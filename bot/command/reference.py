"""The page of all commands for the documentation, written from the registry."""

from __future__ import annotations

from bot.command.options import CommandOption, format_number_range
from bot.command.registry import Command, list_visible_commands


def format_command_table() -> str:
    """Return the commands and their options as a page of Markdown."""
    rows = ["# What can be said", ""]
    for title, moderators in (("Everyone", False), ("Moderators", True)):
        rows += [f"## {title}", "", "| command | what it does |", "|---|---|"]
        rows += _format_section(moderators)
        rows.append("")
    return "\n".join(rows).rstrip() + "\n"


def _format_section(moderators: bool) -> list[str]:
    rows, details = [], []
    for known in list_visible_commands():
        if known.moderators is moderators:
            rows.append(f"| `/{known.usage}` | {known.help} |")
            details += _format_details(known)
    return [*rows, "", *details]


def _format_details(known: Command) -> list[str]:
    options = known.visible_options
    if not options:
        return []
    return [f"- `{known.name}`", *map(_format_option, options)]


def _format_option(option: CommandOption) -> str:
    kind: str = option.kind
    if option.choices:
        kind = ", ".join(f"`{choice}`" for choice in option.choices)
    elif option.range:
        kind = f"{kind}, {format_number_range(option.range)}"
    if not option.required:
        kind = f"{kind}, optional"
    return f"  - `{option.name}` ({kind}): {option.help}"
