"""StoreError: a database that cannot be used, as a sentence with a remedy for the operator."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.store.filecheck import format_damage_advice
from bot.store.outage import get_first_line, get_sqlstate, is_damage_error

# PostgreSQL's error codes (SQLSTATE), and the remedy for each.
_POSTGRES_ADVICE = {
    "28P01": "The database server refused the login for {address} ({reason}): "
    "check the user and the password in DATABASE_URL.",
    "28000": "The database server refused the login for {address} ({reason}): "
    "check the user and the password in DATABASE_URL.",
    "3D000": "There is no database for {address} yet: "
    "create it on the server, or check DATABASE_URL.",
    "42501": "I am not allowed to use {address} ({reason}): "
    "give its user the right to create tables there.",
    "57P03": "The database server for {address} is not ready ({reason}): start again in a moment.",
}


class StoreError(Exception):
    """The database cannot be used; the sentence tells the operator what to do."""


def format_database_address(url: URL) -> str:
    """Return a file's path, or a server's address without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return url.render_as_string(hide_password=True)


def format_start_failure(error: BaseException, url: URL) -> str:
    """Return the sentence for a start that failed on this database."""
    address = format_database_address(url)
    reason = get_first_line(error)
    if "readonly" in reason or "read-only" in reason:
        return format_read_only(address)
    if "locked" in reason:
        return _format_locked(address)
    if is_damage_error(error):
        return f"{address} {format_damage_advice(reason)}"
    if advice := _POSTGRES_ADVICE.get(get_sqlstate(error)):
        return advice.format(address=address, reason=reason.rpartition(">: ")[2])
    if isinstance(error, (OperationalError, InterfaceError, OSError)):
        return f"I cannot open {address} ({reason}): check DATABASE_URL."
    return f"I cannot use {address} as a database ({reason}): check DATABASE_URL."


def _format_locked(address: str) -> str:
    return (
        f"{address} is locked by another program: "
        "close it (a database browser, a backup) and start again."
    )


def format_read_only(path: object) -> str:
    """Return the sentence for a file this user may not write to."""
    return f"{path} is read-only: give this user the right to write to it."


def build_folder_error(path: Path, reason: str | None) -> StoreError:
    """Return the error for a database in a folder this user may not write in."""
    return StoreError(
        f"I cannot write in the folder {path.parent} ({reason}): "
        "give this user the right to write there, or change DATA_DIR."
    )
