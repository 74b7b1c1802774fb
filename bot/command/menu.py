"""The menu: commands by use, with the helpful ones for today first.

A command says for itself where it stands, at its registration. None is named here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.command.registry import SECTIONS, Command, Moment, Section

MOST_USED = 6  # moderators' commands in sight; the rest is behind a button
TODAY = "Today"


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands for one reader: titled `parts` for everyone, and moderators' commands by use."""

    parts: tuple[tuple[str, tuple[Command, ...]], ...]
    moderator_commands: tuple[Command, ...]

    @property
    def today_commands(self) -> tuple[Command, ...]:
        """The helpful commands at this moment; empty where no command claims it."""
        return dict(self.parts).get(TODAY, ())

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
        """Every part with its title, without empty ones."""
        parts = (
            *self.parts,
            ("For moderators", self.top_moderator_commands),
            ("More for moderators", self.other_moderator_commands),
        )
        return tuple((title, commands) for title, commands in parts if commands)


def build_command_menu(moment: Moment, commands: Iterable[Command]) -> Menu:
    """Return the menu at a moment on somebody's way, without hidden commands."""
    ranked = sorted(
        (command for command in commands if not command.hidden), key=_compute_command_rank
    )
    members = [command for command in ranked if not command.moderators]
    today = [command for command in members if moment in command.helps]
    parts = [(TODAY, tuple(today))]
    for section in SECTIONS:
        # A command for today stands once, at the top.
        others = _filter_section(section, members, today)
        parts.append((section.capitalize(), tuple(others)))
    return Menu(
        tuple((title, listed) for title, listed in parts if listed),
        tuple(command for command in ranked if command.moderators),
    )


def _filter_section(
    section: Section, members: Iterable[Command], today: Sequence[Command]
) -> list[Command]:
    return [command for command in members if command.section == section and command not in today]


def _compute_command_rank(command: Command) -> tuple[int, int, str]:
    if command.moderators:
        return len(SECTIONS), command.order, command.name
    return SECTIONS.index(command.section), command.order, command.name
