"""The log: on the standard error, without people's words, and calm when it cannot be written."""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

# Below these levels libraries log statements with their values, whole messages, and headers with
# tokens. LOG_LEVEL cannot bring them back.
LOWEST_LEVELS = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,  # it warns each second during a pulse longer than one
    "asyncpg": logging.WARNING,
    "discord": logging.INFO,
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,
    "sqlalchemy": logging.WARNING,
    "sqlalchemy.pool": logging.CRITICAL,  # a page of code per lost connection; the store logs a line
    "websockets": logging.INFO,
}


class LossCountingHandler(logging.StreamHandler):  # type: ignore[type-arg]  # any stream of text
    """Write to a stream, count the lines it refuses, and report the count when it works again."""

    lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        if self.lost:
            lost, self.lost = self.lost, 0
            report = f"{lost:,} lines of the log could not be written"
            entry = logging.LogRecord(__name__, logging.ERROR, __file__, 0, report, None, None)
            super().emit(entry)
            # If the report failed, `handleError` has counted it as one line. The report itself
            # is no lost line, so the old count comes back with one less.
            if self.lost:
                self.lost += lost - 1
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Count a line that could not be written.

        An entry about it now would fail as well.
        """
        self.lost += 1


def configure_logging(level: str) -> None:
    """Write the log from this level on."""
    handler = LossCountingHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for name, lowest_level in LOWEST_LEVELS.items():
        logging.getLogger(name).setLevel(lowest_level)
