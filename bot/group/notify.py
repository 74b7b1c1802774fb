"""Whom a cohort's posts notify: by default nobody, else whom a moderator has chosen for a kind.

A choice belongs to a home: each channel has a platform and people of its own. A role belongs to
the cohort and a space, so that two homes in one space share it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.chat.message import NotifyWay, Ping
from bot.chat.text import shorten

RolePurpose = Literal["news", "member"]
"""For whoever wants to be notified, or for every member."""

RoleState = Literal["wanted", "gone", "dropped"]
"""Kept, deleted by somebody on the platform, or to be deleted there."""

ROLE_NAME = 60  # characters

_GROUP = re.compile(r"group:(?P<native>[A-Za-z0-9]{1,64})(?:\s+@?(?P<name>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NotifyChoice:
    """Whom a kind of post notifies in one home."""

    kind: str
    ping: Ping


def build_role_name(cohort_name: str, purpose: RolePurpose) -> str:
    """Return the name that a new role gets. Moderators may change it on the platform."""
    return shorten(f"{cohort_name} news" if purpose == "news" else cohort_name, ROLE_NAME)


def parse_group(typed: str) -> Ping | None:
    """Return the user group in a text like `group:S1 @mentors`; None for any other text."""
    found = _GROUP.fullmatch(typed.strip())
    if found is None:
        return None
    name = " ".join((found["name"] or "").split()).removeprefix("@")
    return Ping("group", found["native"], shorten(name, ROLE_NAME) if name else "")


def is_way(typed: str, way: NotifyWay) -> bool:
    """Return True if a typed word means this way to notify."""
    return typed.strip().casefold().removeprefix("@") == way
