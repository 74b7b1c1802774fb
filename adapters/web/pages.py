"""What a browser may ask the room for: the page itself, lines, the live stream, and to say, press, move and add something."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from aiohttp import web
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

from adapters.web.clock import next_monday, outage_of
from adapters.web.conversation import Brought, channel_place, private_place
from adapters.web.lines import event_of
from adapters.web.live import Changed, Closed, News
from adapters.web.transcript import Figure, Line, Said
from bot.chat.address import Place
from bot.chat.errors import Refused
from bot.chat.platform import Files

if TYPE_CHECKING:
    from adapters.web.server import Room

HERE = Path(__file__).parent
PAGE = 80
BREATH = 15.0
NOWHERE = 2**62
WITH_FILES = 1_500_000  # bytes of what is said with a file, which takes a third more in Base64

Once = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Short = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=40_000)]


class Asked(BaseModel):
    """What a page sends. `speaker` is who it speaks as, `channel` where, empty for the private conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    speaker: Short = Field(alias="as")


class ToSay(Asked):
    once: Once
    channel: Short = ""
    chat: Long | None = None
    phrase: Long | None = None
    filled: dict[Short, list[Long]] | None = None
    label: Short = ""
    source: int = Field(default=0, ge=0, le=NOWHERE)


class ToBring(BaseModel):
    """A file, its contents in Base64."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Long
    data: Base64Bytes


class ToSayWith(ToSay):
    files: dict[Short, ToBring]


class ToSuggest(Asked):
    channel: Short = ""
    command: Short
    option: Short
    typed: Long = ""
    given: dict[Short, Long] = {}


class ToMove(Asked):
    move: Literal["next", "day", "week", "play", "down", "stop"]
    hours: float | None = None


class ToAdd(Asked):
    name: Long
    zone: Long
    moderator: bool = False


class ToHear(Asked):
    hears: bool


class ToOpen(Asked):
    name: Long


class ToBegin(Asked):
    channel: Short = ""


def routes(room: Room) -> list[web.RouteDef | web.StaticDef]:
    """Every address of the room."""
    pages = Pages(room)
    return [
        web.get("/", pages.front),
        web.get("/api/room", pages.room),
        web.get("/api/commands", pages.commands),
        web.get("/api/lines", pages.lines),
        web.get("/api/events", pages.events),
        web.post("/api/say", pages.say),
        web.post("/api/bring", pages.bring),
        web.post("/api/suggest", pages.suggest),
        web.post("/api/clock", pages.move),
        web.post("/api/people", pages.add),
        web.post("/api/hearing", pages.hear),
        web.post("/api/channels", pages.open_channel),
        web.post("/api/story", pages.begin),
        web.static("/static", HERE / "static"),
    ]


class Pages:
    """The handlers. Each reads and checks what came, lets the room do it, and answers with JSON."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def front(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(HERE / "templates" / "room.html")

    async def room(self, request: web.Request) -> web.Response:
        return web.json_response({**await self._room.state(), "commands": self._room.catalogue()})

    async def commands(self, request: web.Request) -> web.Response:
        """What somebody may say where they are, what helps them today first."""
        viewer, place = self._viewer(request.query.get("as", "")), await self._place(request.query)
        return web.json_response(await self._room.menu(viewer, place))

    async def lines(self, request: web.Request) -> web.Response:
        """The newest lines of a conversation before a spot, and up to where the page is then informed."""
        viewer, place = self._viewer(request.query.get("as", "")), await self._place(request.query)
        last = await self._room.transcript.last()
        before = _number(request.query.get("before"), NOWHERE)
        found = await self._room.transcript.page(place, viewer.native, before, PAGE + 1)
        shown = [self._event(line, viewer) for line in found[-PAGE:]]
        return web.json_response({"lines": shown, "more": len(found) > PAGE, "last": last})

    async def say(self, request: web.Request) -> web.Response:
        return await self._say(ToSay.model_validate_json(await request.read()), {})

    async def bring(self, request: web.Request) -> web.Response:
        """The same, with files."""
        raw = await request.clone(client_max_size=WITH_FILES).read()
        asked = ToSayWith.model_validate_json(raw)
        return await self._say(
            asked, {field: Brought(one.name, one.data) for field, one in asked.files.items()}
        )

    async def _say(self, asked: ToSay, files: Files) -> web.Response:
        speaker = self._viewer(asked.speaker)
        place = await self._place({"as": asked.speaker, "channel": asked.channel})
        if asked.chat is not None and asked.chat.strip():
            said = [
                await self._room.conversation.chat(asked.once, speaker, place, asked.chat.strip())
            ]
        elif asked.phrase is not None and asked.phrase.strip():
            filled = (
                None
                if asked.filled is None
                else {name: tuple(texts) for name, texts in asked.filled.items()}
            )
            heard = Said(
                asked.once,
                speaker.native,
                place,
                asked.phrase.strip(),
                filled,
                asked.label,
                asked.source,
            )
            said = list(await self._room.conversation.say(heard, speaker, files))
            self._room.nudge()
        else:
            raise Refused(
                "There is nothing to say yet: type a message, or / for what the bot can do."
            )
        return web.json_response(
            {"lines": [self._event(line, speaker) for line in said if line.kind != "press"]}
        )

    async def suggest(self, request: web.Request) -> web.Response:
        asked = ToSuggest.model_validate_json(await request.read())
        place = await self._place({"as": asked.speaker, "channel": asked.channel})
        choices = await self._room.suggest(
            self._viewer(asked.speaker),
            place,
            asked.command,
            asked.option,
            asked.typed,
            asked.given,
        )
        return web.json_response(
            {
                "choices": [
                    {"label": one.label, "value": one.value, "note": one.note} for one in choices
                ]
            }
        )

    async def move(self, request: web.Request) -> web.Response:
        asked = ToMove.model_validate_json(await request.read())
        if asked.move == "stop":
            self._room.journey.stop()
        else:
            self._room.set_out(asked.move, outage_of(asked.hours) if asked.move == "down" else None)
        return await self._state()

    async def add(self, request: web.Request) -> web.Response:
        asked = ToAdd.model_validate_json(await request.read())
        added = await self._room.add_figure(asked.name, asked.zone, asked.moderator)
        return web.json_response({**await self._room.state(), "added": added.native})

    async def hear(self, request: web.Request) -> web.Response:
        asked = ToHear.model_validate_json(await request.read())
        await self._room.set_hearing(self._viewer(asked.speaker), asked.hears)
        return await self._state()

    async def open_channel(self, request: web.Request) -> web.Response:
        asked = ToOpen.model_validate_json(await request.read())
        opened = await self._room.open_channel(asked.name)
        return web.json_response({**await self._room.state(), "opened": opened})

    async def begin(self, request: web.Request) -> web.Response:
        asked = ToBegin.model_validate_json(await request.read())
        visitor = self._viewer(asked.speaker)
        start = next_monday(self._room.clock.now(), self._room.zone).date()
        self._room.begin_story(
            visitor, asked.channel or (await self._room.transcript.channels())[0], start
        )
        return await self._state()

    # — the live stream —

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Lines and changes as they come, from where the page was: server-sent events."""
        viewer = self._viewer(request.query.get("as", ""))
        after = _number(request.headers.get("Last-Event-ID") or request.query.get("after"), 0)
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        await stream.prepare(request)
        with suppress(ConnectionError), self._room.live.page() as news:
            await stream.write(b"retry: 800\n\n")
            after = await self._catch_up(stream, viewer, after)
            await self._tell(stream, await self._room.state())
            await self._follow(stream, viewer, after, news)
        return stream

    async def _catch_up(self, stream: web.StreamResponse, viewer: Figure, after: int) -> int:
        while missed := await self._room.transcript.since(viewer.native, after):
            for line in missed:
                await self._show(stream, line, viewer)
            after = missed[-1].seq
        return after

    async def _follow(
        self, stream: web.StreamResponse, viewer: Figure, after: int, news: asyncio.Queue[News]
    ) -> None:
        while True:
            try:
                item = await asyncio.wait_for(news.get(), BREATH)
            except TimeoutError:
                await stream.write(b": still here\n\n")
                continue
            match item:
                case Closed():
                    return
                case Changed():
                    await self._tell(stream, await self._room.state())
                case Line() if item.seq > after and item.seen_by(viewer.native):
                    await self._show(stream, item, viewer)
                case Line():
                    pass

    async def _show(self, stream: web.StreamResponse, line: Line, viewer: Figure) -> None:
        data = json.dumps(self._event(line, viewer), ensure_ascii=False)
        await stream.write(f"id: {line.seq}\nevent: line\ndata: {data}\n\n".encode())

    async def _tell(self, stream: web.StreamResponse, state: Mapping[str, object]) -> None:
        await stream.write(
            f"event: state\ndata: {json.dumps(state, ensure_ascii=False)}\n\n".encode()
        )

    # — reading what came —

    def _event(self, line: Line, viewer: Figure) -> dict[str, object]:
        return event_of(line, viewer, tuple(self._room.figures.values()))

    def _viewer(self, native: str) -> Figure:
        if (found := self._room.figures.get(native)) is None:
            raise Refused(
                "There is nobody by that name in this room: load the page again and choose who you are."
            )
        return found

    async def _place(self, asked: Mapping[str, str]) -> Place:
        channel = asked.get("channel", "")
        if not channel:
            return private_place(asked.get("as", ""))
        if channel not in await self._room.transcript.channels():
            raise Refused("There is no such channel in this room: choose one from the list.")
        return channel_place(channel)

    async def _state(self) -> web.Response:
        return web.json_response(await self._room.state())


def _number(text: str | None, otherwise: int) -> int:
    """A number a page sent, or `otherwise` where it is none a line could have."""
    return (
        int(text)
        if text is not None and text.isascii() and text.isdigit() and len(text) < 18
        else otherwise
    )
