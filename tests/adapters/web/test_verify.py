"""The room's guard over the wire: foreign pages stay out, and bad input gets a sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.room_server import CHANNEL, Local, whole_bot


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    "path", ["/", "/static/room.js", "/api/room", "/api/events?as=ada", "/nowhere"]
)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1:1", "localhost"])
async def test_a_foreign_host_is_refused(local: Local, path: str, host: str) -> None:
    status, answer = await local.get(path, headers={"Host": host})
    assert status == 403
    assert "open the one it printed" in answer["problem"]


@pytest.mark.parametrize("path", ["/", "/api/room", "/api/events?as=ada"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:1", "https://127.0.0.1", "null"]
)
async def test_a_foreign_origin_is_refused(local: Local, path: str, origin: str) -> None:
    status, answer = await local.get(path, headers={"Origin": origin})
    assert status == 403
    assert "other websites" in answer["problem"]


async def test_another_port_of_this_machine_is_elsewhere_too(local: Local) -> None:
    status, _ = await local.get("/api/room", headers={"Sec-Fetch-Site": "same-site"})
    assert status == 403


async def test_the_rooms_own_page_may_talk_to_it(local: Local) -> None:
    status, _ = await local.get(
        "/api/room", headers={"Origin": local.url, "Sec-Fetch-Site": "same-origin"}
    )
    assert status == 200


async def test_a_form_of_another_page_cannot_post(local: Local) -> None:
    async with local.session.post(local.url + "/api/clock", data={"move": "week"}) as response:
        assert response.status == 415
        assert "application/json" in (await response.json())["problem"]


async def test_every_answer_keeps_scripts_from_elsewhere_out(local: Local) -> None:
    for path in ("/", "/api/room", "/static/room.js", "/nowhere"):
        async with local.session.get(local.url + path) as response:
            assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert ("no-store" in response.headers["Cache-Control"]) == path.startswith("/api/")


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("/api/say", {"as": "nobody", "once": "12345678", "chat": "x"}, 422, "not in this room"),
        (
            "/api/say",
            {"as": "ada", "once": "12345678", "channel": "nowhere", "chat": "x"},
            422,
            "That channel is not",
        ),
        (
            "/api/say",
            {"as": "ada", "once": "12345678", "channel": CHANNEL, "chat": "  "},
            422,
            "type / to see",
        ),
        (
            "/api/say",
            {"as": "ada", "once": "../../etc", "channel": CHANNEL, "chat": "x"},
            400,
            "“once”",
        ),
        (
            "/api/say",
            {"as": "ada", "once": "12345678", "channel": CHANNEL, "chat": "x" * 2001},
            422,
            "please shorten",
        ),
        ("/api/say", {"as": "ada", "once": "12345678", "chat": "x" * 70_000}, 413, "64 kB"),
        ("/api/say", {"as": 3}, 400, "“as”"),
        ("/api/say", [1], 400, "load the page again"),
        ("/api/clock", {"as": "ada", "move": "back"}, 400, "“move”"),
        ("/api/clock", {"as": "ada", "move": "down", "hours": 0}, 422, "1 hour to 60 days"),
        ("/api/clock", {"as": "ada", "move": "down", "hours": 5000}, 422, "1 hour to 60 days"),
        ("/api/clock", {"as": "ada", "move": "down"}, 422, "number of hours"),
        ("/api/people", {"as": "ada", "name": " ", "zone": "Europe/Berlin"}, 422, "a name"),
        ("/api/people", {"as": "ada", "name": "Bob", "zone": "Europe/Berlin"}, 422, "already here"),
        (
            "/api/people",
            {"as": "ada", "name": "Eve", "zone": "Mars/Olympus"},
            422,
            "I do not know the time zone",
        ),
        (
            "/api/people",
            {"as": "ada", "name": "E" * 41, "zone": "Europe/Berlin"},
            422,
            "please shorten",
        ),
        ("/api/channels", {"as": "ada", "name": "…"}, 422, "letters, digits and dashes"),
    ],
)
async def test_bad_input_gets_a_sentence(
    local: Local, path: str, body: object, status: int, sentence: str
) -> None:
    got, answer = await local.post(path, body)
    assert (got, sentence in answer["problem"]) == (status, True), answer


async def test_what_is_no_json_gets_a_sentence(local: Local) -> None:
    headers = {"Content-Type": "application/json"}
    for data in (b"{", b"\xff\xfe", b"null", b'{"as": "ada", "as": "bob"'):
        async with local.session.post(
            local.url + "/api/say", data=data, headers=headers
        ) as response:
            assert response.status == 400
            assert "load the page again" in (await response.json())["problem"]


async def test_an_unknown_address_gets_a_sentence(local: Local) -> None:
    assert (await local.get("/api/nothing"))[0] == 404
    assert (await local.get("/static/../server.py"))[0] == 404
    assert (await local.get("/static/%2e%2e/server.py"))[0] == 404
    assert (await local.get("/api/say"))[0] == 405
