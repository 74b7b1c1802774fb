"""A web server with files, and the requests for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Shelf:
    """The files by path: data in pieces, or another address to go to.

    `asked` has every request with its headers; `hears` is called at each.
    """

    address: str = ""
    files: dict[str, list[bytes] | str] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    hears: Callable[[], object] = lambda: None

    @classmethod
    @asynccontextmanager
    async def on(cls) -> AsyncIterator[Shelf]:
        """Serve the files at `address` until the block ends."""
        shelf, app = cls(), web.Application()
        app.router.add_get("/{path:.*}", shelf._handle)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        shelf.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield shelf
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, dict(request.headers)))
        self.hears()
        file = self.files.get(request.path)
        if file is None:
            return web.Response(status=404)
        if isinstance(file, str):
            return web.Response(status=302, headers={"Location": file})
        answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await answer.prepare(request)
        for part in file:
            await answer.write(part)
        return answer
