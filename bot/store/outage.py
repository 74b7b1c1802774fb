"""A database that is away for a while: told apart from a wrong statement here and nowhere else.

Away is what the machine, the network or another program does to it: a server that restarts, a file
that is locked, a disk that is full. It is waited for. A statement that is wrong is a bug.
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

# SQLite, Result and Error Codes.
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
    """Return in a few words why the database is away, or None for an error that says no such thing."""
    if isinstance(error, PoolTimeout):
        return "it answers too slowly"
    if isinstance(error, DBAPIError):
        return _format_driver_message(error.orig or error) if _is_outage_error(error) else None
    if isinstance(error, OSError) and _is_raised_by_driver(error):  # TimeoutError is one of them
        reason = (
            "no answer in time"
            if isinstance(error, TimeoutError)
            else error.strerror or _format_driver_message(error)
        )
        return f"no connection, {reason}"
    if (
        type(error).__module__.partition(".")[0] == "asyncpg"
    ):  # while it connects, nobody translates
        return _format_driver_message(error)
    return None


def is_commit_doubtful(error: BaseException) -> bool:
    """Whether a commit that ended in this error may have come through all the same."""
    code = _get_sqlite_code(error)
    return code is None or code & 0xFF not in _BUSY | {_FULL}


def is_damage_error(error: BaseException) -> bool:
    """Whether the database says that its own data are damaged."""
    code = _get_sqlite_code(error)
    return code & 0xFF in _DAMAGED if code is not None else get_sqlstate(error) in _DAMAGED_STATES


def strip_error_details(error: BaseException) -> None:
    """Drop what PostgreSQL quotes of a row beside an error: it is what people wrote, and errors end in the log."""
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "detail", None):
            cause.detail = None  # type: ignore[attr-defined]
        cause = cause.__cause__ or cause.__context__


def compute_outage_delay(tries: int) -> float:
    """The seconds to wait after so many tries in vain, the first being 0."""
    return float(min(2.0 ** min(tries, 10) / 2, LONGEST_WAIT))


async def retry_while_unavailable(work: Callable[[], Awaitable[Result]]) -> Result:
    """Do something in the database, trying again for as long as it is away."""
    tries = 0
    while True:
        try:
            return await work()
        except DatabaseUnavailableError:
            await asyncio.sleep(compute_outage_delay(tries))
            tries += 1


class DatabaseAvailability:
    """Whether the database can be used, told in the log once each way. `time` only grows."""

    def __init__(self, time: Callable[[], float] = machine.monotonic) -> None:
        self._time = time
        self._repeats = FailureLog(log, time)
        self._since: float | None = None
        self._failed_at = 0.0
        self._is_full = False

    def record_outage(self, reason: str, error: BaseException) -> None:
        """Note that it could not be used."""
        self._failed_at = self._time()
        code = _get_sqlite_code(error)
        self._is_full = code is not None and code & 0xFF in _DISK
        if self._since is None:
            self._since = self._failed_at
        if is_damage_error(error):
            self._repeats.log_failure(
                "damaged",
                f"the database is damaged ({reason}): stop the bot, keep a copy of it, and put your last backup in its place",
            )
            return
        self._repeats.log_failure(
            "away", f"the database cannot be used ({reason}): I try again until it can be"
        )

    def get_transaction_start(self) -> float:
        """When a transaction begins, for `find`."""
        return self._time()

    def record_success(self, started_at: float) -> None:
        """Note that it was used by a transaction `begun` then: one that began before the last failure proves nothing.

        On a full disk much still succeeds that writes little or nothing.
        """
        if self._since is None or started_at <= self._failed_at:
            return
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
    state = get_sqlstate(error)
    return (
        bool(error.connection_invalidated) or state[:2] in _AWAY_CLASSES or is_damage_error(error)
    )


def _get_sqlite_code(error: BaseException) -> int | None:
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlite_errorcode", None)


def get_sqlstate(error: BaseException) -> str:
    """The five letters by which PostgreSQL names an error (SQLSTATE); empty where there are none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(original, "sqlstate", None) or "")


def _format_driver_message(error: BaseException) -> str:
    """What an error says, its first line: the others may quote what people wrote."""
    text = str(error).strip().partition("\n")[0].removesuffix(".")
    # The driver's name of the error's class comes first where SQLAlchemy translates.
    return text.rpartition(">: ")[2] or type(error).__name__


def _is_raised_by_driver(error: BaseException) -> bool:
    names = (str(frame.tb_frame.f_globals.get("__name__", "")) for frame in _walk_frames(error))
    return any(name.partition(".")[0] in ("asyncpg", "sqlalchemy") for name in names)


def _walk_frames(error: BaseException) -> Iterator[TracebackType]:
    frame = error.__traceback__
    while frame is not None:
        yield frame
        frame = frame.tb_next
