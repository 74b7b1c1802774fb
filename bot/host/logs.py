"""How the log is written: to the standard error, without people's words, and without a flood where it cannot be written."""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

# What libraries say below these levels tells nothing, or too much: statements with their values, whole messages and
# events, headers with tokens. No LOG_LEVEL brings it back.
LEAST = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,  # it warns each second of a pulse that takes longer than one
    "asyncpg": logging.WARNING,
    "discord": logging.INFO,
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,
    "sqlalchemy": logging.WARNING,
    "sqlalchemy.pool": logging.CRITICAL,  # a lost connection, with a page of code; the store tells it in a line
    "websockets": logging.INFO,
}


class LossCountingHandler(logging.StreamHandler):  # type: ignore[type-arg]  # any stream of text
    """Writes to a stream and, where that cannot be written, counts what was lost and tells it when it can be."""

    lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        if self.lost:
            lost, self.lost = self.lost, 0
            told = f"{lost:,} lines of the log could not be written"
            # What could not be told is counted on, by `handleError`.
            super().emit(logging.LogRecord(__name__, logging.ERROR, __file__, 0, told, None, None))
            self.lost += (lost - 1) * bool(self.lost)
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Count a line that could not be written: telling so at once would be the next that could not."""
        self.lost += 1


def configure_logging(level: str) -> None:
    """Have the log written from this level on."""
    handler = LossCountingHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for name, least in LEAST.items():
        logging.getLogger(name).setLevel(least)
