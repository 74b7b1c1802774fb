"""Files brought in a modal of Slack: told of by an id, asked for, fetched from Slack alone, and
only where the app may.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.slack.files import UNGRANTED, SlackFile, build_slack_files
from adapters.slack.modal import (
    ViewMetadata,
    build_field_errors,
    build_form_view,
    parse_view_files,
    parse_view_values,
)
from bot.chat.errors import FileTooLarge, Refused, SendError
from bot.chat.message import Field, Form
from tests.support.file_host import Shelf
from tests.support.slack import limits
from tests.support.slack.api import HALL, open_wire_api
from tests.support.slack.delivery import Http
from tests.support.slack.files import uploads
from tests.support.slack.group import ONE, SOCKET, Group, words
from tests.support.slack.socket import SocketWire
from tests.support.slack.wire import Fault, lost_connection, no_answer, refusal, status
from tests.support.slack.workspaces import SCOPES
from tests.support.uploads import MOST, poems

__all__ = ["poems"]

ROSES = b"Roses are red"
FORM = Form(
    "Poem count",
    "poem count",
    (Field("file", "File", "file", True, help="The poem"), Field("most", "Most", "number")),
)


def brings(group: Group, data: bytes, name: str = "roses.txt", **how: Any) -> dict[str, Any]:
    """What somebody puts into the form."""
    return {"file": uploads(group.wire, group.place.id, name, data, **how)}


@pytest.mark.usefixtures("poems")
async def test_a_file_is_brought_in_a_modal_and_what_is_wrong_with_it_stands_at_its_field(
    url: str,
) -> None:
    async with Group.on(url, SOCKET) as group:
        form = await group.types("mona", "poem count")
        assert (form.kind, form.body["title"]["text"]) == ("modal", "Count poem")
        wrong = await group.fills("mona", form, **brings(group, b"\0"))
        assert wrong.errors == {"File": "“roses.txt” is no text: bring one that is."}
        large = await group.fills("mona", wrong, **brings(group, b"x" * (MOST + 1)))
        assert large.errors["File"].startswith(
            "“roses.txt” is too large: file takes files of up to 60 bytes"
        )
        assert len(group.wire.calls("file")) == 1, "what is too large is not fetched"
        away = await group.fills(
            "mona", large, **brings(group, ROSES, is_external=True, mode="external")
        )
        assert away.errors == {
            "File": "That file is not kept on Slack: upload it from your own device."
        }
        partly = await group.fills("mona", away, **brings(group, b"\0", "half.txt", halved=True))
        assert partly.errors == {"File": "“half.txt” is no text: bring one that is."}
        half = brings(group, ROSES, "half.txt", halved=True)
        assert "Poem 1 has 3 words, says mona." in words(await group.fills("mona", away, **half))


@pytest.mark.usefixtures("poems")
async def test_a_form_sent_twice_is_answered_alike_and_its_file_is_fetched_once(url: str) -> None:
    async with Group.on(url, ONE) as group:
        form = await group.types("mona", "poem count")
        first = await group.fills("mona", form, **brings(group, ROSES))
        assert "Poem 1 has 3 words" in words(first)
        assert isinstance(group.delivery, Http)
        told = group.delivery.told[-1]
        again = await group.delivery.again(told)
        assert again.payload == told.payload
        assert len(group.wire.calls("file")) == 1


@pytest.mark.usefixtures("poems")
async def test_for_somebody_who_may_not_nothing_is_fetched_even_if_they_have_the_form(
    url: str,
) -> None:
    async with Group.on(url, ONE) as group:
        form = await group.types("mona", "poem count")
        group.place.named("mona").admin = False
        group.place.users["U0MONA"].owner = False
        told = await group.fills("mona", form, **brings(group, ROSES))
        assert "Only moderators can use" in words(told)
        assert group.wire.calls("files.info") == group.wire.calls("file") == []


@pytest.mark.usefixtures("poems")
async def test_without_the_scope_the_form_does_not_open_and_who_can_help_is_told(url: str) -> None:
    sentence = (
        "I cannot read files on Slack, because I lack the scope files:read: ask the person who "
        "runs this bot to add it under OAuth & Permissions and to install me again."
    )
    async with Group.on(url, ONE) as group:
        group.wire.installs("T0HALL", SCOPES - {"files:read"})
        assert sentence in await group.says("mona", "poem count"), "as Slack says, once it is asked"
        await group.restart()
        asked = len(group.wire.calls("views.update"))
        assert sentence in await group.says("mona", "poem count"), "as is known since the start"
        assert len(group.wire.calls("views.update")) == asked + 1


@pytest.mark.usefixtures("poems")
async def test_a_file_that_takes_long_is_waited_for_with_a_word_and_a_problem_opens_the_form_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.conversation.PATIENCE", 0.05)
    async with Group.on(url, ONE) as group:
        form = await group.types("mona", "poem count")
        group.wire.fails("file", no_answer())
        filling = asyncio.create_task(group.fills("mona", form, **brings(group, ROSES), most="0"))
        await group.wire.until(
            lambda: "One moment" in getattr(group.person("mona").modal, "sees", "")
        )
        group.wire.freed.set()
        await filling
        shown = await group.person("mona").hears("modal")
        assert "That poem is too long: shorten it." in shown.sees


async def read(wire: SocketWire, **traits: Any) -> bytes:
    """A file of the workspace, read."""
    file = uploads(wire, "T0HALL", "roses.txt", ROSES, **traits)
    async with open_wire_api(wire) as api:
        return await SlackFile(api, HALL, file.id, "roses.txt", 0).download(MOST)


async def test_a_file_is_fetched_from_either_address_with_the_workspaces_token(
    wire: SocketWire,
) -> None:
    assert await read(wire) == await read(wire, url_private_download=None) == ROSES
    assert [call.token for call in wire.asked if call.method == "file"] == ["xoxb-T0HALL"] * 2


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/roses.txt",
        "https://slack.com.evil.example/roses.txt",
        "https://evilslack.com/roses.txt",
        "http://files.slack.com/roses.txt",
        "https://files.slack.com@evil.example/roses.txt",
        "//files.slack.com/roses.txt",
        "file:///etc/passwd",
        "https://[",
        "",
        7,
        None,
    ],
)
async def test_the_token_is_shown_to_nobody_but_slack(wire: SocketWire, address: object) -> None:
    with pytest.raises(SendError, match="it is not kept by Slack"):
        await read(wire, url_private_download=address, url_private=address)
    assert wire.calls("file") == []


async def test_nobody_is_followed_elsewhere(wire: SocketWire) -> None:
    async with Shelf.on() as elsewhere:
        elsewhere.files["/x"] = [ROSES]
        wire.fails("file", Fault(302, "<html>no</html>", {"Location": f"{elsewhere.address}/x"}))
        with pytest.raises(Refused, match="Slack does not let me read that file: upload it again"):
            await read(wire)
        with pytest.raises(SendError, match="it is not kept by Slack"):
            await read(
                wire,
                url_private_download=f"{elsewhere.address}/x",
                url_private=f"{elsewhere.address}/x",
            )
        assert elsewhere.asked == []


async def test_a_page_on_which_to_sign_in_is_no_file(wire: SocketWire) -> None:
    wire.fails("file", status(200))
    with pytest.raises(Refused, match="check that I have the scope `files:read`"):
        await read(wire)
    wire.fails("file", status(200))
    assert await read(wire, mimetype="text/html") == b"<html>no</html>", (
        "unless it is one that somebody has brought"
    )


@pytest.mark.parametrize(
    ("method", "how", "reason"),
    [
        ("files.info", refusal("file_deleted"), r"Slack refused it \(file_deleted\)"),
        ("files.info", refusal("ratelimited"), "Slack asks me to slow down"),
        ("files.info", status(503), r"Slack is in trouble \(503\)"),
        ("file", status(500), "Slack answered with 500"),
        ("file", lost_connection(kept=False), "the connection to Slack was lost"),
    ],
    ids=["deleted", "limited", "in trouble", "broken", "lost"],
)
async def test_what_keeps_a_file_from_being_fetched_is_told(
    wire: SocketWire, method: str, how: Fault, reason: str
) -> None:
    wire.fails(method, how, 9)  # aiohttp asks for a file once more by itself
    with pytest.raises(SendError, match=reason):
        await read(wire)


async def test_without_the_scope_it_is_told_who_can_help(wire: SocketWire) -> None:
    wire.installs("T0HALL", SCOPES - {"files:read"})
    with pytest.raises(Refused) as told:
        await read(wire)
    assert told.value.sentence == UNGRANTED


async def test_no_more_is_read_than_is_wanted_whatever_the_size_was_said_to_be(
    wire: SocketWire,
) -> None:
    file = uploads(wire, "T0HALL", "roses.txt", b"x" * 3_000_000, size=3)
    async with open_wire_api(wire) as api:
        with pytest.raises(FileTooLarge):
            await SlackFile(api, HALL, file.id, "roses.txt", 0).download(MOST)
        assert len(wire.calls("file")) == 1
        with pytest.raises(FileTooLarge):
            await read(wire, size=MOST + 1)
        assert len(wire.calls("file")) == 1, "what Slack says to be too large is left alone"


def test_a_field_for_a_file_is_drawn_and_says_what_was_wrong() -> None:
    view = build_form_view(FORM, ViewMetadata("poem count", "C1"), "/study")
    assert limits.view(view) == []
    asked = view["blocks"][0]
    assert (asked["block_id"], asked["optional"], asked["hint"]["text"]) == (
        "file",
        False,
        "The poem",
    )
    assert (asked["element"]["type"], asked["element"]["max_files"]) == ("file_input", 1)
    assert build_field_errors(
        FORM.restore_with_problem("file", "Bring **another**.", {}), "/study"
    ) == {"file": "Bring another."}


@pytest.mark.parametrize(
    "element",
    [
        {},
        {"files": None},
        {"files": []},
        {"files": "F1"},
        {"files": [None]},
        {"files": [{"name": "x"}]},
    ],
)
async def test_what_is_no_file_is_none(element: dict[str, object], wire: SocketWire) -> None:
    view = {"state": {"values": {"file": {"a": {"type": "file_input", **element}}}}}
    assert parse_view_values(view) == {"file": ()}
    async with open_wire_api(wire) as api:
        assert build_slack_files(api, HALL, parse_view_files(view)) == {}
