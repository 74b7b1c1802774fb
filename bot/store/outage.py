"""A database that is away for a while, told apart from a wrong statement here and nowhere else.

Away means the machine, the network or another program: a server that restarts, a file that is
locked, a disk that is full. It is waited for. A statement that is wrong is a bug.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time as machine
from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.chat.errors import DatabaseUnavailableError
from bot.host.failures import FailureLog

LONGEST_WAIT = 10.0  # seconds between two tries
QUIET = 60.0  # seconds without a failed write until a disk that was full counts as mended

# SQLite, Result and Error Codes. The low byte is the primary code.
_FULL = sqlite3.SQLITE_FULL
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DISK = {_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_MOVED = sqlite3.SQLITE_READONLY_DBMOVED

# PostgreSQL, Appendix A: connection, resources, operator, system; damaged data.
_AWAY_CLASSES = ("08", "53", "57", "58")
_DAMAGED_STATES = ("XX001", "XX002")

Result = TypeVar("Result")

log = logging.getLogger(__name__)


def find_outage_reason(error: BaseException) -> str | None:
    """Return in a few words why the database is away, or None for any other error."""
    if isinstance(error, PoolTimeout):
        return "it answers too slowly"
    if isinstance(error, DBAPIError):
        if _is_outage_error(error):
            return _format_driver_message(error.orig or error)
        return None
    # TimeoutError is an OSError too. Only the driver's: a file that cannot be opened in the
    # middle of a transaction is no outage.
    if isinstance(error, OSError) and _is_raised_by_driver(error):
        return f"no connection, {_format_connection_failure(error)}"
    # While asyncpg connects, SQLAlchemy does not translate its errors.
    if type(error).__module__.partition(".")[0] == "asyncpg":
        return _format_driver_message(error)
    return None


def _format_connection_failure(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return error.strerror or _format_driver_message(error)


def is_commit_doubtful(error: BaseException) -> bool:
    """Return True if a commit with this error may have come through all the same."""
    # SQLite says "busy" or "full" before it commits. After anything else, a lost connection for
    # instance, nobody knows.
    code = _get_sqlite_code(error)
    return code is None or code & 0xFF not in _BUSY | {_FULL}


def is_damage_error(error: BaseException) -> bool:
    """Return True if the database says its own data are damaged."""
    code = _get_sqlite_code(error)
    if code is not None:
        return code & 0xFF in _DAMAGED
    return get_sqlstate(error) in _DAMAGED_STATES


def strip_error_details(error: BaseException) -> None:
    """Drop the row PostgreSQL quotes beside an error."""
    # It is people's words, and errors end in the log.
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "detail", None):
            cause.detail = None  # type: ignore[attr-defined]
        cause = cause.__cause__ or cause.__context__


def compute_outage_delay(tries: int) -> float:
    """Return the seconds to wait after this many tries in vain, counted from 0."""
    return float(min(2.0 ** min(tries, 10) / 2, LONGEST_WAIT))


async def retry_while_unavailable(work: Callable[[], Awaitable[Result]]) -> Result:
    """Do something in the database, again and again for as long as it is away."""
    tries = 0
    while True:
        try:
            return await work()
        except DatabaseUnavailableError:
            await asyncio.sleep(compute_outage_delay(tries))
            tries += 1


class DatabaseAvailability:
    """Tells in the log, once each way, that the database is away or back.

    `time` gives seconds that only grow.
    """

    def __init__(self, time: Callable[[], float] = machine.monotonic) -> None:
        self._time = time
        self._repeats = FailureLog(log, time)
        self._since: float | None = None
        self._failed_at = 0.0
        self._is_full = False

    def record_outage(self, reason: str, error: BaseException) -> None:
        """Note that the database could not be used."""
        self._failed_at = self._time()
        code = _get_sqlite_code(error)
        self._is_full = code is not None and code & 0xFF in _DISK
        if self._since is None:
            self._since = self._failed_at
        if is_damage_error(error):
            self._repeats.log_failure(
                "damaged",
                f"the database is damaged ({reason}): "
                "stop the bot, keep a copy of it, and put your last backup in its place",
            )
            return
        self._repeats.log_failure(
            "away", f"the database cannot be used ({reason}): I try again until it can be"
        )

    def get_transaction_start(self) -> float:
        """Return the time now, for `record_success` at the end."""
        return self._time()

    def record_success(self, started_at: float) -> None:
        """Note a transaction that came through, begun at `started_at`."""
        # One that began before the last failure proves nothing: it may have had its connection
        # already.
        if self._since is None or started_at <= self._failed_at:
            return
        # On a full disk many transactions still succeed, those that write little or nothing.
        if self._is_full and self._time() - self._failed_at < QUIET:
            return
        seconds = self._time() - self._since
        self._since = None
        self._repeats.log_summaries(is_last=True)
        log.warning("the database is back after %.0f seconds", seconds)


def _is_outage_error(error: DBAPIError) -> bool:
    code = _get_sqlite_code(error)
    if code is not None:
        return code & 0xFF in _BUSY | _DISK | _DAMAGED or code == _MOVED
    is_away = get_sqlstate(error)[:2] in _AWAY_CLASSES
    return bool(error.connection_invalidated) or is_away or is_damage_error(error)


def _get_sqlite_code(error: BaseException) -> int | None:
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlite_errorcode", None)


def get_sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's five letters for an error (SQLSTATE), empty if there are none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(original, "sqlstate", None) or "")


def get_first_line(error: BaseException) -> str:
    """Return the first line in a driver's message; the others may quote people's words."""
    original = getattr(error, "orig", None) or error
    return str(original).strip().partition("\n")[0]


def _format_driver_message(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0].removesuffix(".")
    # SQLAlchemy puts the name of the driver's error class before its text.
    return text.rpartition(">: ")[2] or type(error).__name__


def _is_raised_by_driver(error: BaseException) -> bool:
    for frame in _walk_frames(error):
        package = str(frame.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        if package in ("asyncpg", "sqlalchemy"):
            return True
    return False


def _walk_frames(error: BaseException) -> Iterator[TracebackType]:
    frame = error.__traceback__
    while frame is not None:
        yield frame
        frame = frame.tb_next
