"""The schema: its revision, and the migrations that bring a database up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL

from bot.store.errors import StoreError, format_database_address
from bot.store.filecheck import FOREIGN, format_damage_advice
from bot.store.outage import find_outage_reason, get_first_line
from bot.store.tables import metadata

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# The Postgres advisory lock under which one of several starting bots migrates.
MIGRATING = 7_051_305


def find_newest_revision() -> str:
    """Return the newest schema revision, read from the names of the migrations' files."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return max(path.name.partition("_")[0] for path in files)


def fetch_schema_revision(connection: Connection) -> str | None:
    """Return a database's schema revision, or None if it has none."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    revision: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return revision


def migrate_connection(connection: Connection, url: URL) -> None:
    """Make or migrate the tables in an open transaction. Raises `StoreError`.

    Tables that are not ours are left unchanged.
    """
    revision = fetch_schema_revision(connection)
    refuse_newer_schema(revision)
    _refuse_foreign_tables(connection, revision)
    if revision == find_newest_revision():
        return
    try:
        _upgrade_schema(connection)
    except Exception as error:
        # A door: a migration is a program of its own, and may raise anything. A database that
        # went away meanwhile is no fault of the migration, and is told as what it is.
        if find_outage_reason(error) is not None:
            raise
        raise StoreError(_format_migration_failure(error, url, revision)) from error


def _upgrade_schema(connection: Connection) -> None:
    # Imported late: a start on a current schema never needs it, and it is slow to load.
    from alembic import command
    from alembic.config import Config

    # Alembic reads the revision again once it has the lock, so a second bot that waited here
    # finds nothing left to do. The lock ends with the transaction.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_newer_schema(revision: str | None) -> None:
    """Raise `StoreError` for a revision newer than this program's."""
    newest = find_newest_revision()
    if revision is not None and revision > newest:
        raise StoreError(
            f"This database was written by a newer Syllabot (schema {revision}, "
            f"this version knows {newest}), and nothing was changed: update the bot."
        )


def refuse_older_schema(revision: str | None) -> None:
    """Raise `StoreError` for a revision older than this program's."""
    newest = find_newest_revision()
    if revision is not None and revision < newest:
        raise StoreError(
            f"This database is from an older Syllabot (schema {revision}, "
            f"this version needs {newest}): start `syllabot run` once to update it."
        )


def _refuse_foreign_tables(connection: Connection, revision: str | None) -> None:
    """Raise `StoreError` for tables that are not ours, or not all of ours."""
    # On a server other programs' tables may stand beside ours, under other names.
    present, ours = set(inspect(connection).get_table_names()), set(metadata.tables)
    address = format_database_address(connection.engine.url)
    if revision is None and present & ours:
        raise StoreError(f"{address} {FOREIGN}")
    missing = sorted(ours - present)
    if revision == find_newest_revision() and missing:
        raise StoreError(f"{address} {format_damage_advice(f'there is no table {missing[0]}')}")


def _format_migration_failure(error: Exception, url: URL, revision: str | None) -> str:
    # "Nothing was changed" holds on both engines: they make and change tables in the transaction.
    reason = get_first_line(error) or type(error).__name__
    step = f"to schema {find_newest_revision()}"
    if revision:
        step = f"from schema {revision} to {find_newest_revision()}"
    return (
        f"{format_database_address(url)} could not be updated {step} ({reason}), and nothing was "
        "changed: start the version of Syllabot you had before, and report this to its authors."
    )
