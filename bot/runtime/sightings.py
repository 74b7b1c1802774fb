"""Who used a command, and when: kept in memory, and written in one statement a minute.

A reading command writes nothing, and a flood of them costs no more than one of them. Whoever is
noted in the minute before a crash is not; a reminder more or less is all that hangs on it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.chat.errors import DatabaseUnavailableError
from bot.clock import Clock
from bot.host.failures import FailureLog
from bot.store import Store

FLUSH_GAP = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Sightings:
    """The last command of each account, as far as it is not stored yet.

    It holds accounts that are in the database alone, so strangers cannot fill it.
    """

    def __init__(self, store: Store, clock: Clock, failures: FailureLog) -> None:
        self._store = store
        self._clock = clock
        self._failures = failures
        self._waiting: dict[int, datetime] = {}
        self._flushed_at: datetime | None = None

    def note_sighting(self, account_id: int) -> None:
        """Note that an account uses a command now. 0 is somebody the bot has not met."""
        # In memory alone, so that a transaction which runs again may note it again.
        if account_id:
            self._waiting[account_id] = self._clock.now()

    async def write_sightings(self, *, is_last: bool = False) -> None:
        """Write what waits, at most once a minute unless it is the last time. Raises nothing."""
        if not self._waiting or not (is_last or self._is_time_to_write()):
            return
        batch, self._waiting = self._waiting, {}
        self._flushed_at = self._clock.now()
        try:
            await self._store.run(lambda tx: tx.sightings.save_sightings(batch))
        except DatabaseUnavailableError:
            # What came meanwhile is newer.
            self._waiting = batch | self._waiting
        except Exception as bug:
            # A door: no post may wait for this.
            sentence = "I could not note who used a command"
            self._failures.log_failure("sightings", sentence, error=bug)

    def _is_time_to_write(self) -> bool:
        if self._flushed_at is None:
            return True
        # A clock that was set back makes the last time one to come.
        return not timedelta() <= self._clock.now() - self._flushed_at < FLUSH_GAP
