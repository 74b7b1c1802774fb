"""Empty databases on both engines, on disks that are waited for."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.figures import Figure, skip_figure
from bot import command, post
from bot.store import Store
from tests.support import postgres
from tests.support.postgres import Postgres, PostgresMissing

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
# The server of the tests never waits for its disk. Here that would flatter every commit.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

# From an engine's name and a function that makes an empty database to figures.
EngineWork = Callable[[str, Callable[[str], str]], Iterator[Figure]]


class Databases:
    """Empty databases by name. The server is started for the first who asks for it."""

    def __init__(self, folder: Path, opened: ExitStack, *, is_full: bool = False) -> None:
        self.is_full = is_full
        self._folder = folder
        self._opened = opened
        self._server: Postgres | None = None

    def create_sqlite(self, name: str) -> str:
        """Return the URL of a file that does not exist yet."""
        return f"sqlite+aiosqlite:///{self._folder / name}.db"

    def create_postgres(self, name: str) -> str:
        """Make a database, and return its URL. Raises `PostgresMissing`."""
        return self._start_server().create_database(name)

    def get_server_version(self) -> str | None:
        """Return the version of the server, None if none was started."""
        if self._server is None:
            return None
        program = str(self._server.binaries / "postgres")
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        return answer.stdout.split()[-1]

    def measure_each(self, measure: str, work: EngineWork) -> Iterator[Figure]:
        """Yield the figures of both engines, and a line that says so if Postgres is missing."""
        yield from work(SQLITE, self.create_sqlite)
        try:
            self._start_server()
        except PostgresMissing as missing:
            yield skip_figure(f"{measure}, {POSTGRES}", str(missing))
        else:
            yield from work(POSTGRES, self.create_postgres)

    def _start_server(self) -> Postgres:
        if self._server is None:
            with patch.dict(postgres._CONFIGURATION, DURABLE):
                self._server = self._opened.enter_context(Postgres())
        return self._server


@contextmanager
def open_databases(*, is_full: bool = False) -> Iterator[Databases]:
    """Keep the databases of one run until the block ends."""
    prepare_registries()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        yield Databases(Path(folder), opened, is_full=is_full)


def prepare_registries() -> None:
    """Register the commands and the kinds of posts, as the program does at its start."""
    command.discover_commands()
    post.discover_post_kinds()


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open a store until the block ends."""
    store = await Store.open_database(url)
    try:
        yield store
    finally:
        await store.close()
