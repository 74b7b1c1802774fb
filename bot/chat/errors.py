"""The errors of a chat: a refusal for the person, a failure for the outbox, a database that is away."""

from __future__ import annotations

from datetime import timedelta


class Refused(Exception):
    """A sentence for the person: what was wrong with what they asked, and what to do instead.

    `field` names the option it is about, so that a platform can show it beside the field of a form.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class SendError(Exception):
    """A message did not get through, or perhaps did: news for the outbox, never for a person.

    `permanent`: it never will (channel gone, private messages closed), so stop asking.
    `after`: wait this long before the next try, where the platform said so.
    `perhaps_sent`: the outcome is unknown, so it is looked for before it is sent again.
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


class NotConnected(SendError):
    """The platform is not connected, so nothing was tried: it costs no try, however long it takes."""

    def __init__(self, reason: str, after: timedelta) -> None:
        super().__init__(reason, after=after)


class FileTooLarge(SendError):
    """A file has more bytes than are wanted, and the rest of it is left alone."""

    def __init__(self, most: int) -> None:
        super().__init__(f"it has more than {most:,} bytes", permanent=True)


class CannotConnect(Exception):
    """The platform does not let the bot in; the sentence tells the operator what to do."""


class CannotReadHistory(Exception):
    """The platform does not let us look whether a message is there."""


class DatabaseUnavailableError(Exception):
    """The database cannot be used at the moment; the text says why, for the log.

    `is_doubtful`: the connection was lost in the middle of a commit, which may have come through.
    Else nothing was changed.
    """

    def __init__(self, reason: str, *, is_doubtful: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_doubtful = is_doubtful
