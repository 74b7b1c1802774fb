"""Refusals that several of the moderators' commands share."""

from __future__ import annotations

from bot.chat.errors import Refused
from bot.command.call import Call
from bot.group.cohort import Cohort


def require_changeable_cohort(cohort: Cohort) -> None:
    """Raise `Refused` for an archived cohort."""
    if cohort.state == "archived":
        raise Refused(
            f"{cohort.name} is archived and cannot change: create a new cohort with `cohort create`."
        )


def require_channel(call: Call, command_name: str) -> None:
    """Raise `Refused` in a private conversation: posts need a channel."""
    if call.place.is_private:
        raise Refused(f"Use `{command_name}` in the channel for the posts, not in private.")
