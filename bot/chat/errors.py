"""The errors in a chat.

A refusal is for the person, a send error for the outbox, an unavailable database for everyone.
"""

from __future__ import annotations

from datetime import timedelta


class Refused(Exception):
    """A sentence for the person: the mistake, and the remedy.

    `field` names the option, so a platform can show the sentence beside that form field.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class SendError(Exception):
    """A message did not get through, or perhaps did. Nobody but the outbox reads it.

    `permanent`: it never will (channel deleted, private messages closed), so do not retry.
    `after`: the wait before the next try, if the platform named one.
    `perhaps_sent`: the outcome is unknown, so look for the message before sending it again.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        after: timedelta | None = None,
        perhaps_sent: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.after = after
        self.perhaps_sent = perhaps_sent


class MessageGone(SendError):
    """A sent message is not there any more: somebody has deleted it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=True)


class TooOldToEdit(SendError):
    """A sent message may not be changed because of its age: for now (`after`), or never again."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason, permanent=after is None, after=after)


class RoleGone(SendError):
    """A role of ours is not there any more: somebody has deleted it."""

    def __init__(self) -> None:
        super().__init__("the role was deleted", permanent=True)


class NotConnected(SendError):
    """The platform is not connected, so nothing was tried.

    It does not count as a try, however long it lasts.
    """

    def __init__(self, reason: str, after: timedelta) -> None:
        super().__init__(reason, after=after)


class FileTooLarge(SendError):
    """A file exceeds the limit; the rest is left unread."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"it has more than {max_bytes:,} bytes", permanent=True)


class CannotConnect(Exception):
    """The platform rejects the bot. The sentence tells the operator the remedy."""


class CannotReadHistory(Exception):
    """The platform does not let the bot look for its own messages."""


class DatabaseUnavailableError(Exception):
    """The database cannot be used at the moment; the text is for the log.

    `is_doubtful`: the connection broke during a commit, so it may have come through.
    Otherwise nothing was changed.
    """

    def __init__(self, reason: str, *, is_doubtful: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_doubtful = is_doubtful
