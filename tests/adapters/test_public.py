"""The public address: what platforms offer there is answered, and of the local room nothing is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from adapters.public import BODY, listening
from adapters.slack.door import Door
from adapters.web.pages import HERE, routes


@pytest.fixture
async def public() -> AsyncIterator[aiohttp.ClientSession]:
    """The address with everything a platform offers there today."""
    async with (
        listening(Door("secret").routes(installs=True), "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


def addresses_of_the_room() -> list[tuple[str, str]]:
    found = routes(cast(Any, SimpleNamespace()))
    asked = [(one.method, one.path) for one in found if isinstance(one, web.RouteDef)]
    files = [one for one in (HERE / "static").iterdir() if one.is_file()]
    return asked + [("GET", f"/static/{one.name}") for one in files]


async def test_no_address_of_the_room_is_answered_in_public(public):
    asked = addresses_of_the_room()
    assert len(asked) > 15
    answered = {(method, path): (await public.request(method, path)).status for method, path in asked}
    assert {address: status for address, status in answered.items() if status != 404} == {}


async def test_what_is_offered_is_answered_and_nothing_longer_than_it_should_be(public):
    assert (await public.post("/slack/events", data=b"x" * BODY)).status == 401
    assert (await public.post("/slack/events", data=b"x" * (BODY + 1))).status == 413
    assert ((await public.get("/slack/events")).status, (await public.get("/slack/install")).status) == (405, 503)


async def test_a_port_that_is_taken_is_an_error_and_is_free_again_in_the_end():
    async with listening([], "127.0.0.1", 0) as port:
        with pytest.raises(OSError, match=str(port)):
            async with listening([], "127.0.0.1", port):
                raise AssertionError("two bots listen on one port")
    async with listening([], "127.0.0.1", port) as again:
        assert again == port
