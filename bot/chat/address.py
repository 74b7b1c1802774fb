"""Accounts, places and callers.

Nothing here knows how a platform spells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LONGEST_NAME = 80  # characters in a person's name from a platform; longer ones are cut


@dataclass(frozen=True, slots=True)
class Account:
    """A person on one platform.

    `tenant` is the Slack team or enterprise, and empty elsewhere.
    """

    platform: str
    tenant: str
    native: str


@dataclass(frozen=True, slots=True)
class Place:
    """A channel in a space or, with `native`, a private message to that account.

    `tenant` is the one its accounts belong to: the Slack team or enterprise, empty elsewhere.
    """

    platform: str
    space: str
    channel: str = ""
    native: str = ""
    tenant: str = ""

    @property
    def is_private(self) -> bool:
        """True if only one account can read messages here."""
        return bool(self.native)


# An extra that a platform may have beside a post.
Extra = Literal["thread", "event", "pin", "role", "mention"]

# A bot can open threads ("opened"), every message has one anyway ("always"), or there are none.
Threads = Literal["opened", "always", "none"]


@dataclass(frozen=True, slots=True)
class SetupProblem:
    """A setup problem at a place: one sentence of prose with the remedy to click or type.

    `is_blocking`: nothing can be posted there before it is solved.
    `extra`: the extra it takes away, if it is about one.
    """

    sentence: str
    is_blocking: bool = True
    extra: Extra | None = None


@dataclass(frozen=True, slots=True)
class AccountRights:
    """What a platform says about an account in a space when it is asked.

    `is_there`: the account is in the space. `is_moderator`: by the platform's own rights.
    `roles` as in `Caller`. `name` is empty where the platform does not say.
    """

    is_there: bool
    is_moderator: bool = False
    roles: frozenset[str] = frozenset()
    name: str = ""


NO_RIGHTS = AccountRights(is_there=False)
"""What is said about an account that is not in the space."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An account at the moment of a call, with its rights in this space.

    Rights come with each call and are never stored: they may be taken away at any time.
    `zone` and `locale` (like `en-GB`) come from the platform, if it knows them.
    `roles` are the native ids for the roles this person holds in this space.
    """

    account: Account
    name: str
    is_moderator: bool = False
    zone: str | None = None
    roles: frozenset[str] = frozenset()
    locale: str = ""
