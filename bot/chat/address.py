"""Accounts, places and callers: who spoke and where.

Nothing here knows how a platform spells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LONGEST_NAME = 80  # what a platform calls somebody; longer ones are cut


@dataclass(frozen=True, slots=True)
class Account:
    """A person on one platform. `tenant` is the Slack team or enterprise and empty elsewhere."""

    platform: str
    tenant: str
    native: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: a channel of a space or, with `native` set, a private message to that account.

    `tenant` is that of the accounts who belong to the space: the Slack team or enterprise, empty elsewhere.
    """

    platform: str
    space: str
    channel: str = ""
    native: str = ""
    tenant: str = ""

    @property
    def is_private(self) -> bool:
        """Whether only one account can read what is sent here."""
        return bool(self.native)


Extra = Literal["thread", "event"]
"""What a platform may have beside a post."""


Threads = Literal["opened", "always", "none"]
"""Whether a platform has threads that a bot can open, one under every message anyway, or none."""


@dataclass(frozen=True, slots=True)
class SetupProblem:
    """Something that is missing at a place: one sentence of prose with what to click or type. `blocks`: nothing can be
    posted there without it; else the sentence says what is lost, of an `extra` where it is about one."""

    sentence: str
    is_blocking: bool = True
    extra: Extra | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An account as the adapter met it just now, with the rights the platform gives it in this space.

    Rights are passed with each call and kept nowhere. `zone` and `locale` (like `en-GB`) are what the platform knows of the
    person's, if anything; `roles` are the native ids of the roles they hold in this space, which its moderators may have
    named.
    """

    account: Account
    name: str
    is_moderator: bool = False
    zone: str | None = None
    roles: frozenset[str] = frozenset()
    locale: str = ""
