"""Copies of a Postgres database, made and brought back by Postgres' own programs. Passwords go
to them by their environment, which other users of the machine cannot read, and never stand on a
command line."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.store.backup import refuse_unknown_schema, require_copy_file
from bot.store.engine import StoreError
from bot.store.files import write_atomic_file
from bot.store.gaps import CopyMark, GapQueries

_MAGIC = b"PGDMP"
_MADE = re.compile(r"^;\s+Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
_WHOLE = ("--no-password", "--no-owner", "--no-privileges", "--no-comments")
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
    """A checked file of pg_dump's, and the instant at which it was made."""

    path: Path
    made_at: datetime


async def write_postgres_dump(url: str, target: Path, *, overwrite: bool = False) -> bool:
    """Have pg_dump copy a database that is in use. Return whether an older file was replaced.
    Raises `StoreError`."""
    where = make_url(url)
    said = " ".join(
        (
            *_format_postgres_settings(where),
            "pg_dump --format=custom",
            f"--file={shlex.quote(str(target.absolute()))}",
        )
    )
    program = _find_postgres_program("pg_dump", f"type this where it is: {said}")
    with write_atomic_file(target, overwrite=overwrite) as copy:
        await _run_postgres_program(
            program, "--no-password", "--format=custom", f"--file={copy.partial_path}", where=where
        )
    return copy.is_replacement


async def read_postgres_dump(source: Path) -> PostgresDump:
    """Check a file that pg_dump made of a Syllabot database. Raises `StoreError`."""
    require_copy_file(source)
    try:
        with source.open("rb") as opened:
            begins = opened.read(len(_MAGIC))
    except OSError as broken:
        raise StoreError(
            f"{source} cannot be read ({broken.strerror}): check its rights."
        ) from broken
    if begins != _MAGIC:
        raise StoreError(
            f"{source} is no file of pg_dump's custom format, which `syllabot backup` makes of Postgres."
        )
    program = _find_postgres_program(
        "pg_restore", "it comes with Postgres' client programs: install them, and try again"
    )
    made = _MADE.search(await _run_postgres_program(program, "--list", str(source)))
    schema = await _run_postgres_program(
        program, "--data-only", "--table=alembic_version", "--file=-", str(source)
    )
    found = re.search(r"^COPY \S*alembic_version .*\n(\w+)$", schema, re.MULTILINE)
    refuse_unknown_schema(found and found[1], source)
    if made is None:
        raise StoreError(
            f"{source} does not say when it was made: use pg_restore, then `syllabot restore --mark`."
        )
    return PostgresDump(source, datetime.fromisoformat(made[1]).replace(tzinfo=UTC))


async def restore_postgres_dump(url: str, dump: PostgresDump, *, is_told: bool) -> CopyMark:
    """Have pg_restore bring a dump into an empty database that nobody uses, and mark it. Raises
    `StoreError`."""
    where = make_url(url)
    async with _connect_exclusively(where) as connection:
        if tables := list((await connection.execute(text(_TABLES))).scalars()):
            what = "a Syllabot database already" if "alembic_version" in tables else "other tables"
            raise StoreError(
                f"{where.database} holds {what}: make an empty one (`createdb NAME`), set DATABASE_URL to it, and try "
                "again; the old one stays as it is."
            )
    program = _find_postgres_program(
        "pg_restore", "it comes with Postgres' client programs: install them, and try again"
    )
    name = where.database or ""
    await _run_postgres_program(
        program,
        *_WHOLE,
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={name}",
        str(dump.path),
        where=where,
    )
    copied = CopyMark(dump.made_at, is_told)
    async with _connect_exclusively(where) as connection:
        await GapQueries(connection).save_copy_mark(copied)
    return copied


async def mark_postgres_database(url: str, *, is_told: bool) -> CopyMark | None:
    """Mark a Postgres database as a copy that somebody has brought back by hand. The instant is
    that of its newest entry; None where nothing can be due in it. Raises `StoreError`."""
    where = make_url(url)
    async with _connect_exclusively(where) as connection:
        tables = list((await connection.execute(text(_TABLES))).scalars())
        schema = None
        if {"alembic_version", "marks", "letters", "cohorts"} <= set(tables):
            schema = (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar()
        refuse_unknown_schema(schema, where.database)
        gaps = GapQueries(connection)
        copied = await gaps.pop_copy_mark()
        at = copied.at if copied else await gaps.find_newest_instant()
        if at is None:
            return None
        await gaps.save_copy_mark(CopyMark(at, is_told))
        return CopyMark(at, is_told)


@asynccontextmanager
async def _connect_exclusively(where: URL) -> AsyncIterator[AsyncConnection]:
    """A transaction on a database that nobody else is connected to. Raises `StoreError`."""
    engine = create_async_engine(where)
    try:
        async with engine.begin() as connection:
            if others := (await connection.execute(text(_OTHERS))).scalar():
                has = "connection has" if others == 1 else "connections have"
                raise StoreError(
                    f"{others} other {has} {where.database} open: stop Syllabot, then try again."
                )
            yield connection
    except (SQLAlchemyError, OSError) as broken:
        said = str(getattr(broken, "orig", broken)).strip().partition("\n")[0]
        shown = where.render_as_string(hide_password=True)
        raise StoreError(f"I cannot use {shown} ({said}): check DATABASE_URL.") from broken
    finally:
        await engine.dispose()


def _find_postgres_program(program: str, otherwise: str) -> str:
    if (path := shutil.which(program)) is None:
        raise StoreError(f"{program} is not installed here: {otherwise}")
    return path


def _build_postgres_environment(where: URL) -> dict[str, str]:
    """Where a database is, in the words of Postgres' programs."""
    query = {
        name: value if isinstance(value, str) else value[0] for name, value in where.query.items()
    }
    named = {
        "PGHOST": where.host or query.get("host"),
        "PGPORT": str(where.port) if where.port else query.get("port"),
        "PGUSER": where.username or query.get("user"),
        "PGPASSWORD": where.password or query.get("password"),
        "PGDATABASE": where.database,
        "PGSSLMODE": query.get("sslmode") or query.get("ssl"),
    }
    return {name: value for name, value in named.items() if value}


def _format_postgres_settings(where: URL) -> Sequence[str]:
    """The same as one types it before a command, without the password, which the command asks
    for."""
    said = {
        name: value
        for name, value in _build_postgres_environment(where).items()
        if name != "PGPASSWORD"
    }
    return [f"{name}={shlex.quote(value)}" for name, value in said.items()]


async def _run_postgres_program(program: str, *arguments: str, where: URL | None = None) -> str:
    """What a program prints. Raises `StoreError` with its first complaint."""
    environment = {
        **os.environ,
        "TZ": "UTC",
        "LC_ALL": "C",
        **(_build_postgres_environment(where) if where else {}),
    }
    running = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        printed, complained = await running.communicate()
    except BaseException:
        running.kill()
        raise
    if running.returncode:
        first = complained.decode(errors="replace").strip().partition("\n")[0]
        raise StoreError(
            f"{Path(program).name} could not do it, and nothing was changed ({first})."
        )
    return printed.decode(errors="replace")
