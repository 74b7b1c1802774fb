"""Files attached on Discord: fetched from its CDN alone, after a sign of life, and for those who may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from adapters.discord import files as attached
from adapters.discord.client import Discord
from adapters.discord.commands import build_commands_payload, parse_invocation
from adapters.discord.files import DiscordAttachment, parse_attachments
from adapters.discord.modal import parse_modal_files, parse_modal_values
from adapters.discord.shards import Shards
from bot.chat.errors import FileTooLarge, SendError
from bot.runtime.dispatch import Dispatch
from tests.support.database import open_store
from tests.support.discord import limits
from tests.support.discord.gateway import DEFERRED, MODAL, Gateway
from tests.support.discord.request_checks import parts
from tests.support.discord.server import words
from tests.support.discord.wire import TOKEN, Json
from tests.support.file_host import Shelf
from tests.support.room import Clock, roadmaps
from tests.support.uploads import MOST, POEM, poems

__all__ = ["poems"]

MONA, ADA = 1, 7
ROSES = b"Roses are red"


@dataclass
class Study:
    """The bot on a simulated Discord, whose CDN is a shelf."""

    gateway: Gateway
    shelf: Shelf

    def keeps(self, *parts: bytes, url: str = "", size: int | None = None) -> Json:
        """Somebody has given Discord a file; what interactions say of it."""
        path = f"/ephemeral-attachments/{len(self.shelf.files)}/roses.txt"
        self.shelf.files[path] = list(parts)
        told = sum(map(len, parts)) if size is None else size
        return {
            "id": "77",
            "filename": "roses.txt",
            "size": told,
            "url": url or f"{self.shelf.address}{path}?ex=1&hm=2",
        }

    async def invokes(self, user: int, file: Json) -> str:
        """Somebody invokes the command with a file; the words of the answer."""
        options = [{"type": 11, "name": "file", "value": "77"}]
        data: Json = {
            "id": "1",
            "name": "poem",
            "type": 1,
            "options": [{"type": 1, "name": "count", "options": options}],
        }
        return await self.told(user, 2, {**data, "resolved": {"attachments": {"77": file}}})

    async def told(self, user: int, kind: int, data: Json) -> str:
        """Somebody does something; the words of the answer."""
        answers = await self.does(user, kind, data)
        last = answers[-1]
        return words(last.get("data", last)["components"])

    async def does(self, user: int, kind: int, data: Json) -> list[Json]:
        """The same; all that the bot has answered."""
        asked = await self.gateway.interact(user, kind, data, manages=user == MONA)
        await self.gateway.until(
            lambda: (
                self.gateway.answers[asked]
                and self.gateway.answers[asked][-1].get("type") != DEFERRED
            )
        )
        return self.gateway.answers[asked]


@asynccontextmanager
async def study(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Study]:
    """The bot on a simulated Discord, with its database at a URL."""
    store = await open_store(url)
    platform = Discord(TOKEN, Shards(1))
    async with Gateway.on(Clock()) as gateway, Shelf.on() as shelf:
        monkeypatch.setattr(attached, "ORIGINS", {shelf.address})
        listening = asyncio.create_task(platform.listen(Dispatch(store, gateway.clock, roadmaps())))
        try:
            await gateway.until(platform.client.is_ready)
            yield Study(gateway, shelf)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            await store.close()


@pytest.mark.usefixtures("poems")
async def test_a_file_attached_to_a_command_is_read_after_a_sign_of_life(
    quick_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with study(quick_database, monkeypatch) as hall:
        signs: list[int] = []
        hall.shelf.hears = lambda: signs.append(
            max(len(one) for one in hall.gateway.answers.values())
        )
        roses = hall.keeps(b"Roses ", b"are red")
        assert await hall.invokes(MONA, roses) == "Poem 1 has 3 words, says **user1**."
        assert signs == [1], "Discord has heard from the bot before it fetches"
        assert "Authorization" not in hall.shelf.asked[0][1]
        assert "is too large: **file** takes files of up to 60 bytes" in await hall.invokes(
            MONA, hall.keeps(b"x" * (MOST + 1))
        )
        assert "Only moderators can use" in await hall.invokes(ADA, roses)
        assert "(it is not kept by Discord)" in await hall.invokes(
            MONA, hall.keeps(ROSES, url="https://evil.example/x")
        )
        assert len(hall.shelf.asked) == 1, "nothing more was fetched"


@pytest.mark.usefixtures("poems")
async def test_a_file_brought_in_a_form_is_read_and_what_is_wrong_with_it_opens_the_form_again(
    quick_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with study(quick_database, monkeypatch) as hall:
        command: Json = {
            "id": "1",
            "name": "poem",
            "type": 1,
            "options": [{"type": 1, "name": "count", "options": []}],
        }
        (form,) = await hall.does(MONA, 2, command)
        assert form["type"] == MODAL
        upload = form["data"]["components"][0]["component"]
        assert (
            upload["type"],
            upload["custom_id"],
            upload["min_values"],
            upload["max_values"],
        ) == (19, "file", 1, 1)

        assert "Poem 1 has 3 words" in await hall.told(MONA, 5, sent(form, hall.keeps(ROSES)))
        wrong = await hall.does(MONA, 5, sent(form, hall.keeps(b"\0")))
        shown = wrong[-1]["components"]
        assert words(shown) == "“roses.txt” is no text: bring one that is.\n[Edit]"
        edit = next(one for one in parts(shown) if one.get("label") == "Edit")
        (again,) = await hall.does(MONA, 3, {"custom_id": edit["custom_id"], "component_type": 2})
        assert (
            again["data"]["components"][0]["description"]
            == "“roses.txt” is no text: bring one that is."
        )
        assert "Poem 2 has 3 words" in await hall.told(MONA, 5, sent(again, hall.keeps(ROSES)))


def sent(form: Json, file: Json) -> Json:
    """A form as it comes back with a file."""
    upload = {"type": 18, "component": {"type": 19, "custom_id": "file", "values": ["77"]}}
    most = {"type": 18, "component": {"type": 4, "custom_id": "most", "value": ""}}
    data: Json = {"custom_id": form["data"]["custom_id"], "components": [upload, most]}
    return {**data, "resolved": {"attachments": {"77": file}}}


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://evil.example/roses.txt", "it is not kept by Discord"),
        ("https://cdn.discordapp.com.evil.example/roses.txt", "it is not kept by Discord"),
        ("https://cdn.discordapp.com@evil.example/roses.txt", "it is not kept by Discord"),
        ("http://cdn.discordapp.com/roses.txt", "it is not kept by Discord"),
        ("https://cdn.discordapp.com:99/roses.txt", "it is not kept by Discord"),
        ("file:///etc/passwd", "it is not kept by Discord"),
        ("https://[", "it is not kept by Discord"),
        ("", "it is not kept by Discord"),
        ("{shelf}/nowhere", "Discord answered with 404"),
        ("{shelf}/elsewhere", "Discord answered with 302"),
    ],
)
async def test_no_address_is_called_but_those_of_the_cdn(
    monkeypatch: pytest.MonkeyPatch, url: str, problem: str
) -> None:
    async with Shelf.on() as shelf, Shelf.on() as elsewhere:
        monkeypatch.setattr(attached, "ORIGINS", attached.ORIGINS | {shelf.address})
        shelf.files["/elsewhere"] = f"{elsewhere.address}/roses.txt"
        with pytest.raises(SendError) as refused:
            await DiscordAttachment("roses.txt", 3, url.format(shelf=shelf.address)).download(MOST)
        assert refused.value.reason == problem
        assert elsewhere.asked == []


async def test_no_more_is_read_than_is_wanted_whatever_the_size_was_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Shelf.on() as shelf:
        monkeypatch.setattr(attached, "ORIGINS", {shelf.address})
        shelf.files["/much"] = [b"x" * 1_000_000] * 200
        with pytest.raises(FileTooLarge):
            await DiscordAttachment("roses.txt", 3, f"{shelf.address}/much").download(MOST)
    with pytest.raises(SendError, match="the connection to Discord was lost"):
        await DiscordAttachment("roses.txt", 3, f"{shelf.address}/much").download(MOST)


def test_an_attachment_is_an_option_of_its_own_kind_and_no_text() -> None:
    (top,) = build_commands_payload({POEM.name: POEM})
    assert limits.check_commands([top]) == []
    (option, _) = top["options"][0]["options"]
    assert option == {
        "type": 11,
        "name": "file",
        "description": "The poem, as a text",
        "required": True,
    }


@pytest.mark.parametrize(
    "resolved",
    [
        None,
        [],
        {},
        {"attachments": None},
        {"attachments": {"78": {}}},
        {"attachments": {"77": "x"}},
    ],
)
def test_an_attachment_that_was_not_sent_along_is_none(resolved: object) -> None:
    options = [
        {"type": 11, "name": "file", "value": "77"},
        {"type": 11, "name": "other", "value": {}},
    ]
    said = parse_invocation({"name": "poem", "options": options, "resolved": resolved})
    assert (said.phrase, said.files) == ("poem", {})
    data = {
        "components": [{"component": {"type": 19, "custom_id": "file", "values": ["77"]}}],
        "resolved": resolved,
    }
    assert (parse_modal_values(data), parse_modal_files(data)) == ({"file": ()}, {})
    assert (
        parse_modal_files(
            {"components": [{"type": 19, "custom_id": "file"}, {"type": 19, "values": 3}]}
        )
        == {}
    )


def test_what_is_malformed_in_an_attachment_is_empty() -> None:
    files = parse_attachments(
        {"attachments": {"77": {"filename": 3, "size": "x", "url": None}}}, {"file": "77"}
    )
    assert files == {"file": DiscordAttachment("", 0, "")}
