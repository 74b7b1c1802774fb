"""The menu: commands by use, with the helpful ones for today first.

A command says for itself where it stands, at its registration. None is named here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.command.registry import SECTIONS, Command, Moment, Section

MOST_USED = 6  # moderators' commands in sight; the rest is behind a button
TODAY = "Today"

MenuPart = tuple[str, tuple[Command, ...]]


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands for one reader: titled `parts` for everyone, and moderators' commands by use."""

    parts: tuple[MenuPart, ...]
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
    def all_sections(self) -> tuple[MenuPart, ...]:
        """Every part with its title, without empty ones."""
        parts = (
            *self.parts,
            ("For moderators", self.top_moderator_commands),
            ("More for moderators", self.other_moderator_commands),
        )
        return _drop_empty_parts(parts)


def build_command_menu(moment: Moment, commands: Iterable[Command]) -> Menu:
    """Return the menu at a moment on somebody's way, without hidden commands."""
    today, moderators = [], []
    by_section: dict[Section, list[Command]] = {section: [] for section in SECTIONS}
    for command in sorted(commands, key=_compute_command_rank):
        if command.hidden:
            continue
        if command.moderators:
            moderators.append(command)
        elif moment in command.helps:
            # A command for today stands once, at the top.
            today.append(command)
        else:
            by_section[command.section].append(command)
    parts = [(TODAY, tuple(today))]
    for section, listed in by_section.items():
        parts.append((section.capitalize(), tuple(listed)))
    return Menu(_drop_empty_parts(parts), tuple(moderators))


def _drop_empty_parts(parts: Iterable[MenuPart]) -> tuple[MenuPart, ...]:
    return tuple(part for part in parts if part[1])


def _compute_command_rank(command: Command) -> tuple[int, int, str]:
    if command.moderators:
        return len(SECTIONS), command.order, command.name
    return SECTIONS.index(command.section), command.order, command.name
