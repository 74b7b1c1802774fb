"""What becomes of a letter right before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.message import Message
from bot.runtime.compose import Delay, Skip
from bot.store.members import MemberContact


@dataclass(frozen=True, slots=True)
class ClosedHome:
    """A letter for a home without posts now: a reason for the ledger, a sentence for moderators."""

    reason: str
    trouble: str


@dataclass(frozen=True, slots=True)
class ReadyLetter:
    """A letter to send now.

    `trouble`: anything its home lacks all the same. `seen`: a member the platform has just seen.
    """

    message: Message
    trouble: str = ""
    seen: MemberContact | None = None


PreparedLetter = ReadyLetter | ClosedHome | Skip | Delay
