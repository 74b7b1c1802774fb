"""`syllabot run` in a process of its own: used through its address like the page, or killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.paths import ROOT


class Gone(Exception):
    """The process no longer answers."""


class Program:
    """The program on a data folder of its own; its log is `log.txt` there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._address = ""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Program:
        await self.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.stop(signal.SIGKILL if any(problem) else signal.SIGTERM)

    async def start(self) -> None:
        """Start it and wait until it has printed the room's address."""
        wanted = {
            "DATA_DIR": str(self.folder),
            "ROOM_PORT": "0",
            "ROOM_ZONE": "Europe/Berlin",
            "PYTHONPATH": str(ROOT),
        }
        with (self.folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, **wanted},
                cwd=self.folder,
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(240):
            line = (await self._process.stdout.readline()).decode()
        assert "http://127.0.0.1:" in line, f"{line}{self.log}"
        self._address = line[line.index("http") :].strip().rstrip("/")

    async def stop(self, how: signal.Signals = signal.SIGKILL) -> int:
        """End the process with a signal, and return its status."""
        assert self._process is not None
        self.kill(how)
        await self._process.communicate()
        return self._process.returncode or 0

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Send the process a signal and wait for nothing."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(how)

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    async def get(self, path: str) -> dict[str, Any]:
        """Return an answer over the wire. Raises `Gone`."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Return the answer to a change. Raises `Gone`."""
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: object) -> dict[str, Any]:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, self._address + path, json=body) as answer,
            ):
                said: dict[str, Any] = await answer.json()
                assert answer.status == 200, said
                return said
        except (aiohttp.ClientError, ConnectionError) as gone:
            raise Gone from gone
