"""Letters: written from the facts gathered for them, or found to be needless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.chat.message import Message, Ping
from bot.post import (
    HomeFacts,
    MemberFacts,
    ModeratorFacts,
    PostKind,
    find_next_reminder_time,
    find_quiet_end,
)
from bot.views.notify import add_ping


@dataclass(frozen=True, slots=True)
class Skip:
    """A letter nobody needs, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delay:
    """A letter that may not arrive before `until`, and why."""

    until: datetime
    reason: str = "quiet hours"


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A post that may be needed, with the facts to judge and to write it by.

    `ping`: whom it notifies, for a post to a home.
    """

    kind: PostKind
    facts: HomeFacts | MemberFacts | ModeratorFacts
    ping: Ping | None = None


LetterContent = Message | Skip | Delay | PostDraft
"""A text, a letter that is out of date, one that waits for quiet hours to end, or a post."""


def write_letter(content: LetterContent) -> Message | Skip | Delay:
    """Return a letter's text, or why nobody needs it, or until when it waits."""
    if not isinstance(content, PostDraft):
        return content
    kind, facts = content.kind, content.facts
    reason = kind.skip(facts)
    if reason is not None:
        return Skip(reason)
    # Waiting comes last: a letter nobody needs must not wait through the night to be skipped.
    if isinstance(facts, MemberFacts):
        delay = _find_delay(kind, facts)
        if delay is not None:
            return delay
    return add_ping(kind.writer(facts), content.ping, facts.cohort)


def _find_delay(kind: PostKind, facts: MemberFacts) -> Delay | None:
    """Return until when a private letter waits, None to send it now."""
    member = facts.recipient.member
    hold_reason = kind.hold(facts)
    if hold_reason is not None:
        return Delay(find_next_reminder_time(member, facts.cohort, facts.now), hold_reason)
    quiet_end = find_quiet_end(member, facts.cohort, facts.now)
    return Delay(quiet_end) if quiet_end > facts.now else None
