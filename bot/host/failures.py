"""Repeated failures: one entry in the log for each, and a count once a minute.

A full disk, or a bug in every tick, must not bury the rest of the log.
"""

from __future__ import annotations

import logging
import secrets
import time as machine
import traceback
from collections.abc import Callable
from dataclasses import dataclass

# Seconds between two summaries. A failure that stays away for longer is logged in full again.
WINDOW = 60.0
REMEMBERED_FAILURES = 200


@dataclass(slots=True)
class _Failure:
    ticket: str
    sentence: str
    at: float
    count: int = 0


class FailureLog:
    """Failures by their subject. `time` gives seconds on a clock that only grows."""

    def __init__(self, log: logging.Logger, time: Callable[[], float] = machine.monotonic) -> None:
        self._log = log
        self._time = time
        self._failures: dict[str, _Failure] = {}

    def log_failure(
        self,
        key: str,
        sentence: str,
        *,
        error: BaseException | None = None,
        has_ticket: bool = False,
    ) -> str:
        """Log a failure in full, or count it if the same one is in the log already.

        Two failures are the same if `key`, the error's class and the line it was raised in are.
        Return the ticket; with `has_ticket` the log entry names it.
        """
        self.log_summaries()
        if error is not None:
            key = f"{key} {describe_error_origin(error)}"
        known_failure = self._failures.get(key)
        if known_failure is not None:
            known_failure.count += 1
            return known_failure.ticket

        # Keys can be without end (one per letter, say), so the oldest gives way.
        while len(self._failures) >= REMEMBERED_FAILURES:
            oldest = next(iter(self._failures))
            self._log_repeats(self._failures.pop(oldest))
        ticket = secrets.token_hex(3)
        if has_ticket:
            sentence = f"ticket {ticket}: {sentence}"
        self._failures[key] = _Failure(ticket, sentence, self._time())
        self._log.error("%s", sentence, exc_info=error)
        return ticket

    def log_summaries(self, *, is_last: bool = False) -> None:
        """Log how often each failure came again, if a minute has passed since its last entry.

        `is_last`: the process ends, so every count is logged now.
        """
        now = self._time()
        for key, failure in list(self._failures.items()):
            if not is_last and now - failure.at < WINDOW:
                continue
            # Quiet for a whole minute: the next time is news again.
            if failure.count == 0 or is_last:
                del self._failures[key]
            self._log_repeats(failure)

    def _log_repeats(self, failure: _Failure) -> None:
        now = self._time()
        if failure.count:
            minutes = round((now - failure.at) / WINDOW)
            times = "once more" if failure.count == 1 else f"{failure.count:,} times"
            period = "minute" if minutes <= 1 else f"{minutes} minutes"
            self._log.error("%s: the same %s in the last %s", failure.sentence, times, period)
        failure.count = 0
        failure.at = now


def describe_error_origin(error: BaseException) -> str:
    """Return the class of an error and the line that raised it, in our own code if it is known."""
    frames = traceback.extract_tb(error.__traceback__)
    own_frames = [frame for frame in frames if "site-packages" not in frame.filename]
    words = [type(error).__qualname__]
    # The innermost frame is the last one; an error that was never raised has none.
    for frame in (own_frames or frames)[-1:]:
        words.append(f"{frame.filename}:{frame.lineno}")
    return " ".join(words)
