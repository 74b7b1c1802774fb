"""The menu: commands in the order of their use, what helps somebody today before all else.

A command says for itself where it stands, when it is registered; nothing here names one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.command.registry import SECTIONS, Command, Moment

MOST_USED = 6  # commands for moderators that stand in sight; the rest is behind a button


@dataclass(frozen=True, slots=True)
class Menu:
    """What somebody may say: `parts` for everybody, each with its title, and what is for moderators, by use."""

    parts: tuple[tuple[str, tuple[Command, ...]], ...]
    moderator_commands: tuple[Command, ...]

    @property
    def today_commands(self) -> tuple[Command, ...]:
        """What helps at this moment; nothing where no command says so."""
        return next((commands for title, commands in self.parts if title == "Today"), ())

    @property
    def top_moderator_commands(self) -> tuple[Command, ...]:
        """The moderators' commands in sight."""
        return self.moderator_commands[:MOST_USED]

    @property
    def other_moderator_commands(self) -> tuple[Command, ...]:
        """The moderators' commands behind a button."""
        return self.moderator_commands[MOST_USED:]

    @property
    def all_sections(self) -> tuple[tuple[str, tuple[Command, ...]], ...]:
        """All of it, with titles."""
        named = (
            *self.parts,
            ("For moderators", self.top_moderator_commands),
            ("More for moderators", self.other_moderator_commands),
        )
        return tuple((title, commands) for title, commands in named if commands)


def build_command_menu(moment: Moment, known: Iterable[Command]) -> Menu:
    """The menu of the commands somebody may say, at a moment of their way. Hidden ones are left out."""
    ranked = sorted((command for command in known if not command.hidden), key=_rank_command)
    members = [command for command in ranked if not command.moderators]
    today = [command for command in members if moment in command.helps]
    parts = [("Today", today)]
    for section in SECTIONS:
        parts.append((section.capitalize(), _filter_section(section, members, today)))
    return Menu(
        tuple((title, tuple(commands)) for title, commands in parts if commands),
        tuple(command for command in ranked if command.moderators),
    )


def _filter_section(
    section: str, members: Iterable[Command], today: Sequence[Command]
) -> list[Command]:
    return [command for command in members if command.section == section and command not in today]


def _rank_command(command: Command) -> tuple[int, int, str]:
    section = len(SECTIONS) if command.moderators else SECTIONS.index(command.section)
    return section, command.order, command.name
