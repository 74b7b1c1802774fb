"""Copies of a Postgres database, made and brought back by Postgres' own programs.

Passwords go to them by the environment, which other users of the machine cannot read, and never
stand on a command line.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.store.backup import refuse_unknown_schema, require_copy_file
from bot.store.connection import TxConnection
from bot.store.errors import StoreError, format_database_address
from bot.store.files import write_atomic_file
from bot.store.gaps import CopyMark, GapQueries
from bot.store.outage import get_first_line
from bot.store.transaction import run_without_waiting

Result = TypeVar("Result")

_MAGIC = b"PGDMP"
_MADE = re.compile(r"^;\s+Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
_REVISION = re.compile(r"^COPY \S*alembic_version .*\n(\w+)$", re.MULTILINE)
# The roles of the old server may not exist on the new one.
_WHOLE = ("--no-password", "--no-owner", "--no-privileges", "--no-comments")
_INSTALL_ADVICE = "install the PostgreSQL client programs, then try again."
_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND coalesce(backend_type, 'client backend') = 'client backend'
"""
_TABLES = """
SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = ANY (current_schemas(false)) AND relkind IN ('r', 'p')
"""


@dataclass(frozen=True, slots=True)
class PostgresDump:
    """A checked file that pg_dump made, and the instant it was made."""

    path: Path
    made_at: datetime


async def write_postgres_dump(url: str, target: Path, *, overwrite: bool = False) -> bool:
    """Have pg_dump copy a database that is in use; return True if it replaced a file.

    Raises `StoreError`.
    """
    address = make_url(url)
    settings = " ".join(_format_postgres_settings(address))
    path = shlex.quote(str(target.absolute()))
    typed = f"{settings} pg_dump --format=custom --file={path}"
    program = _find_postgres_program("pg_dump", f"run this where it is installed: {typed}")
    with write_atomic_file(target, overwrite=overwrite) as file:
        await _run_postgres_program(
            program,
            "--no-password",
            "--format=custom",
            f"--file={file.partial_path}",
            address=address,
        )
    return file.is_replacement


async def read_postgres_dump(source: Path) -> PostgresDump:
    """Check a file that pg_dump made from a Syllabot database. Raises `StoreError`."""
    require_copy_file(source)
    _require_dump_format(source)
    program = _find_postgres_program("pg_restore", _INSTALL_ADVICE)
    made = _MADE.search(await _run_postgres_program(program, "--list", str(source)))
    # The dump is read without a server: pg_restore prints one table as text.
    revision_table = await _run_postgres_program(
        program, "--data-only", "--table=alembic_version", "--file=-", str(source)
    )
    revision = _REVISION.search(revision_table)
    refuse_unknown_schema(revision and revision[1], source)
    if made is None:
        raise StoreError(
            f"{source} does not say when it was made: "
            "restore it with pg_restore, then type `syllabot restore --mark`."
        )
    # In UTC, because the program was run with TZ=UTC.
    return PostgresDump(source, datetime.fromisoformat(made[1]).replace(tzinfo=UTC))


def _require_dump_format(source: Path) -> None:
    if _read_beginning(source) != _MAGIC:
        raise StoreError(
            f"{source} is not in pg_dump's custom format: "
            "give the path of a copy that `syllabot backup` made of a PostgreSQL database."
        )


def _read_beginning(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return file.read(len(_MAGIC))
    except OSError as error:
        raise StoreError(
            f"{source} cannot be read ({error.strerror}): check its permissions."
        ) from error


async def restore_postgres_dump(url: str, dump: PostgresDump, *, is_told: bool) -> CopyMark:
    """Have pg_restore bring a dump into an empty database nobody uses, and mark it.

    `is_told`: the groups will be told about the lost days. Raises `StoreError`.
    """
    address = make_url(url)
    await _run_exclusively(address, lambda connection: _refuse_tables(connection, address))
    program = _find_postgres_program("pg_restore", _INSTALL_ADVICE)
    await _run_postgres_program(
        program,
        *_WHOLE,
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={address.database or ''}",
        str(dump.path),
        address=address,
    )
    copy_mark = CopyMark(dump.made_at, is_told)
    await _run_exclusively(
        address, lambda connection: GapQueries(TxConnection(connection)).save_copy_mark(copy_mark)
    )
    return copy_mark


async def _refuse_tables(connection: Connection, address: URL) -> None:
    tables = _list_tables(connection)
    if not tables:
        return
    content = "a Syllabot database" if "alembic_version" in tables else "other tables"
    raise StoreError(
        f"{address.database} already holds {content}: create an empty database "
        "(`createdb NAME`), set DATABASE_URL to it, and try again; the old one stays unchanged."
    )


async def mark_postgres_database(url: str, *, is_told: bool) -> CopyMark | None:
    """Mark a Postgres database as a copy somebody has brought back by hand; return the mark.

    Its instant is that of the newest entry. None if nothing can be due in it.
    Raises `StoreError`.
    """
    address = make_url(url)

    async def mark(connection: Connection) -> CopyMark | None:
        refuse_unknown_schema(_fetch_revision(connection), address.database)
        gaps = GapQueries(TxConnection(connection))
        earlier = await gaps.pop_copy_mark()
        at = earlier.at if earlier else await gaps.find_newest_instant()
        if at is None:
            return None
        copy_mark = CopyMark(at, is_told)
        await gaps.save_copy_mark(copy_mark)
        return copy_mark

    return await _run_exclusively(address, mark)


def _list_tables(connection: Connection) -> set[str]:
    return set(connection.execute(text(_TABLES)).scalars())


def _fetch_revision(connection: Connection) -> str | None:
    tables = _list_tables(connection)
    if not tables >= {"alembic_version", "marks", "letters", "cohorts"}:
        return None
    query = text("SELECT version_num FROM alembic_version")
    revision: str | None = connection.execute(query).scalar()
    return revision


async def _run_exclusively(
    address: URL, work: Callable[[Connection], Coroutine[Any, Any, Result]]
) -> Result:
    """Run a transaction on a database nobody else is connected to. Raises `StoreError`."""

    def run_alone(connection: Connection) -> Result:
        others = connection.execute(text(_OTHERS)).scalar()
        if others:
            verb = "connection is" if others == 1 else "connections are"
            raise StoreError(
                f"{others} other {verb} open to {address.database}: stop Syllabot, then try again."
            )
        return run_without_waiting(work(connection))

    # Imported here: every start imports this module, and few use SQLAlchemy's asyncio layer.
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(address)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(run_alone)
    except (SQLAlchemyError, OSError) as error:
        reason = get_first_line(error)
        shown = format_database_address(address)
        raise StoreError(f"I cannot use {shown} ({reason}): check DATABASE_URL.") from error
    finally:
        await engine.dispose()


def _find_postgres_program(program: str, advice: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise StoreError(f"{program} is not installed here: {advice}")
    return path


def _build_postgres_environment(address: URL) -> dict[str, str]:
    """Return a database's address in the variables Postgres' programs read."""
    options = _read_url_options(address)
    port = str(address.port) if address.port else options.get("port")
    variables = {
        "PGHOST": address.host or options.get("host"),
        "PGPORT": port,
        "PGUSER": address.username or options.get("user"),
        "PGPASSWORD": address.password or options.get("password"),
        "PGDATABASE": address.database,
        # asyncpg calls it `ssl`, the programs `sslmode`.
        "PGSSLMODE": options.get("sslmode") or options.get("ssl"),
    }
    return {name: value for name, value in variables.items() if value}


def _read_url_options(address: URL) -> dict[str, str]:
    """Return the options behind the question mark; the first value for one that is repeated."""
    options: dict[str, str] = {}
    for name, value in address.query.items():
        options[name] = value if isinstance(value, str) else value[0]
    return options


def _format_postgres_settings(address: URL) -> list[str]:
    """Return the variables to type before a command."""
    variables = _build_postgres_environment(address)
    # Shown on a screen. The program asks for the password by itself.
    variables.pop("PGPASSWORD", None)
    return [f"{name}={shlex.quote(value)}" for name, value in variables.items()]


async def _run_postgres_program(program: str, *arguments: str, address: URL | None = None) -> str:
    """Return a program's output. Raises `StoreError` with its first complaint."""
    # One zone and one language, because the output is read here.
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    if address is not None:
        environment.update(_build_postgres_environment(address))
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        output, complaints = await process.communicate()
    finally:
        # Still running means that we were cancelled.
        if process.returncode is None:
            process.kill()
    if process.returncode:
        reason = complaints.decode(errors="replace").strip().partition("\n")[0]
        raise StoreError(
            f"{Path(program).name} failed, and nothing was changed: "
            f"correct this, then try again ({reason})."
        )
    return output.decode(errors="replace")
