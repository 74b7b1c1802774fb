"""One failure, one entry in the log: what comes again is counted, and summed up once a minute.

A full disk or a bug that meets every tick must not bury what else the log has to say.
"""

from __future__ import annotations

import logging
import secrets
import time as machine
import traceback
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = (
    60.0  # seconds between two sums; a failure that stays away for so long is news when it returns
)
MOST = 200  # failures that are remembered at once


@dataclass(slots=True)
class _Failure:
    ticket: str
    sentence: str
    at: float
    count: int = 0


class FailureLog:
    """Failures by what they are about. `time` gives seconds that only grow."""

    def __init__(self, log: logging.Logger, time: Callable[[], float] = machine.monotonic) -> None:
        self._log = log
        self._time = time
        self._known: dict[str, _Failure] = {}

    def log_failure(
        self,
        key: str,
        sentence: str,
        *,
        error: BaseException | None = None,
        has_ticket: bool = False,
    ) -> str:
        """Log a failure, or count it where the same is in the log already.

        Two failures are the same where `key`, and the kind and place of `error`, are.
        Returns the ticket that the log knows, where it `has_ticket`.
        """
        self.log_summaries()
        key = f"{key} {describe_error_origin(error)}" if error is not None else key
        if (known := self._known.get(key)) is not None:
            known.count += 1
            return known.ticket
        while len(self._known) >= MOST:
            self._log_repeats(self._known.pop(next(iter(self._known))))
        ticket = secrets.token_hex(3)
        told = f"ticket {ticket}: {sentence}" if has_ticket else sentence
        self._known[key] = _Failure(ticket, told, self._time())
        self._log.error("%s", told, exc_info=error)
        return ticket

    def log_summaries(self, *, is_last: bool = False) -> None:
        """Log how often each failure came again, where a minute has passed since that was last told."""
        now = self._time()
        for key, failure in list(self._known.items()):
            if is_last or now - failure.at >= WINDOW:
                if failure.count == 0 or is_last:
                    del self._known[key]
                self._log_repeats(failure)

    def _log_repeats(self, failure: _Failure) -> None:
        if failure.count:
            times = "once more" if failure.count == 1 else f"{failure.count:,} times"
            minutes = round((self._time() - failure.at) / WINDOW)
            when = "minute" if minutes <= 1 else f"{minutes} minutes"
            self._log.error("%s: the same %s in the last %s", failure.sentence, times, when)
        failure.count, failure.at = 0, self._time()


def describe_error_origin(error: BaseException) -> str:
    """The kind of an error and where it was raised, in our own code where that is known."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    where = (ours or frames)[-1:]
    return " ".join((type(error).__qualname__, *(f"{at.filename}:{at.lineno}" for at in where)))
