"""Letters: written from the facts gathered for them, or found to be needless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.chat.message import Message
from bot.post import HomeFacts, MemberFacts, PostKind, find_quiet_end


@dataclass(frozen=True, slots=True)
class Skip:
    """A letter nobody needs, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delay:
    """A letter that may not arrive before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A post that may be needed, with the facts to judge and to write it by."""

    kind: PostKind
    facts: HomeFacts | MemberFacts


LetterContent = Message | Skip | Delay | PostDraft
"""A text, a letter that is out of date, one that waits for quiet hours to end, or a post."""


def write_letter(content: LetterContent) -> Message | Skip | Delay:
    """Return a letter's text, or why nobody needs it, or when quiet hours end."""
    if not isinstance(content, PostDraft):
        return content
    kind, facts = content.kind, content.facts
    reason = kind.skip(facts)
    if reason is not None:
        return Skip(reason)
    # Quiet hours last: a letter nobody needs must not wait through the night to be skipped.
    if isinstance(facts, MemberFacts):
        quiet_end = find_quiet_end(facts.recipient.member, facts.cohort, facts.now)
        if quiet_end > facts.now:
            return Delay(quiet_end)
    return kind.writer(facts)
