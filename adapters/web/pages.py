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

from adapters.web.clock import next_monday, parse_outage
from adapters.web.conversation import RoomAttachment, build_channel_place, build_private_place
from adapters.web.lines import build_line_event
from adapters.web.live_pages import News, StateChange, StreamEnd
from adapters.web.transcript import Figure, RoomInteraction, RoomLine
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


class RoomRequest(BaseModel):
    """What a page sends. `speaker` is who it speaks as, `channel` where, empty for the private conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    speaker: Short = Field(alias="as")


class SayRequest(RoomRequest):
    once: Once
    channel: Short = ""
    chat: Long | None = None
    phrase: Long | None = None
    filled: dict[Short, list[Long]] | None = None
    label: Short = ""
    source: int = Field(default=0, ge=0, le=NOWHERE)


class FilePayload(BaseModel):
    """A file, its contents in Base64."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Long
    data: Base64Bytes


class SayWithFilesRequest(SayRequest):
    files: dict[Short, FilePayload]


class SuggestRequest(RoomRequest):
    channel: Short = ""
    command: Short
    option: Short
    typed: Long = ""
    given: dict[Short, Long] = {}


class MoveClockRequest(RoomRequest):
    move: Literal["next", "day", "week", "play", "down", "stop"]
    hours: float | None = None


class AddPersonRequest(RoomRequest):
    name: Long
    zone: Long
    moderator: bool = False


class HearingRequest(RoomRequest):
    hears: bool


class OpenChannelRequest(RoomRequest):
    name: Long


class BeginStoryRequest(RoomRequest):
    channel: Short = ""


def build_room_routes(room: Room) -> list[web.RouteDef | web.StaticDef]:
    """Every address of the room."""
    pages = RoomPages(room)
    return [
        web.get("/", pages.handle_front_page),
        web.get("/api/room", pages.handle_room),
        web.get("/api/commands", pages.handle_commands),
        web.get("/api/lines", pages.handle_lines),
        web.get("/api/events", pages.handle_event_stream),
        web.post("/api/say", pages.handle_say),
        web.post("/api/bring", pages.handle_say_with_files),
        web.post("/api/suggest", pages.handle_suggest),
        web.post("/api/clock", pages.handle_move_clock),
        web.post("/api/people", pages.handle_add_person),
        web.post("/api/hearing", pages.handle_hearing),
        web.post("/api/channels", pages.handle_open_channel),
        web.post("/api/story", pages.handle_begin_story),
        web.static("/static", HERE / "static"),
    ]


class RoomPages:
    """The handlers. Each reads and checks what came, lets the room do it, and answers with JSON."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def handle_front_page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(HERE / "templates" / "room.html")

    async def handle_room(self, request: web.Request) -> web.Response:
        return web.json_response(
            {**await self._room.build_state(), "commands": self._room.list_all_commands()}
        )

    async def handle_commands(self, request: web.Request) -> web.Response:
        """What somebody may say where they are, what helps them today first."""
        viewer, place = (
            self._find_viewer(request.query.get("as", "")),
            await self._resolve_place(request.query),
        )
        return web.json_response(await self._room.build_composer_menu(viewer, place))

    async def handle_lines(self, request: web.Request) -> web.Response:
        """The newest lines of a conversation before a spot, and up to where the page is then informed."""
        viewer, place = (
            self._find_viewer(request.query.get("as", "")),
            await self._resolve_place(request.query),
        )
        last = await self._room.transcript.find_last_seq()
        before = _parse_line_number(request.query.get("before"), NOWHERE)
        found = await self._room.transcript.list_lines_before(
            place, viewer.native, before, PAGE + 1
        )
        shown = [self._build_viewer_event(line, viewer) for line in found[-PAGE:]]
        return web.json_response({"lines": shown, "more": len(found) > PAGE, "last": last})

    async def handle_say(self, request: web.Request) -> web.Response:
        return await self._answer_say_request(
            SayRequest.model_validate_json(await request.read()), {}
        )

    async def handle_say_with_files(self, request: web.Request) -> web.Response:
        """The same, with files."""
        raw = await request.clone(client_max_size=WITH_FILES).read()
        asked = SayWithFilesRequest.model_validate_json(raw)
        return await self._answer_say_request(
            asked, {field: RoomAttachment(one.name, one.data) for field, one in asked.files.items()}
        )

    async def _answer_say_request(self, asked: SayRequest, files: Files) -> web.Response:
        speaker = self._find_viewer(asked.speaker)
        place = await self._resolve_place({"as": asked.speaker, "channel": asked.channel})
        if asked.chat is not None and asked.chat.strip():
            said = [
                await self._room.conversation.post_chat(
                    asked.once, speaker, place, asked.chat.strip()
                )
            ]
        elif asked.phrase is not None and asked.phrase.strip():
            filled = (
                None
                if asked.filled is None
                else {name: tuple(texts) for name, texts in asked.filled.items()}
            )
            heard = RoomInteraction(
                asked.once,
                speaker.native,
                place,
                asked.phrase.strip(),
                filled,
                asked.label,
                asked.source,
            )
            said = list(await self._room.conversation.submit_phrase(heard, speaker, files))
            self._room.wake_room()
        else:
            raise Refused(
                "There is nothing to say yet: type a message, or / for what the bot can do."
            )
        return web.json_response(
            {
                "lines": [
                    self._build_viewer_event(line, speaker) for line in said if line.kind != "press"
                ]
            }
        )

    async def handle_suggest(self, request: web.Request) -> web.Response:
        asked = SuggestRequest.model_validate_json(await request.read())
        place = await self._resolve_place({"as": asked.speaker, "channel": asked.channel})
        choices = await self._room.suggest_room_values(
            self._find_viewer(asked.speaker),
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

    async def handle_move_clock(self, request: web.Request) -> web.Response:
        asked = MoveClockRequest.model_validate_json(await request.read())
        if asked.move == "stop":
            self._room.journey.stop_move()
        else:
            self._room.start_clock_move(
                asked.move, parse_outage(asked.hours) if asked.move == "down" else None
            )
        return await self._build_state_response()

    async def handle_add_person(self, request: web.Request) -> web.Response:
        asked = AddPersonRequest.model_validate_json(await request.read())
        added = await self._room.add_figure(asked.name, asked.zone, asked.moderator)
        return web.json_response({**await self._room.build_state(), "added": added.native})

    async def handle_hearing(self, request: web.Request) -> web.Response:
        asked = HearingRequest.model_validate_json(await request.read())
        await self._room.set_private_messages(self._find_viewer(asked.speaker), asked.hears)
        return await self._build_state_response()

    async def handle_open_channel(self, request: web.Request) -> web.Response:
        asked = OpenChannelRequest.model_validate_json(await request.read())
        opened = await self._room.add_channel(asked.name)
        return web.json_response({**await self._room.build_state(), "opened": opened})

    async def handle_begin_story(self, request: web.Request) -> web.Response:
        asked = BeginStoryRequest.model_validate_json(await request.read())
        visitor = self._find_viewer(asked.speaker)
        start = next_monday(self._room.clock.now(), self._room.zone).date()
        self._room.begin_story(
            visitor, asked.channel or (await self._room.transcript.list_room_channels())[0], start
        )
        return await self._build_state_response()

    # — the live stream —

    async def handle_event_stream(self, request: web.Request) -> web.StreamResponse:
        """Lines and changes as they come, from where the page was: server-sent events."""
        viewer = self._find_viewer(request.query.get("as", ""))
        after = _parse_line_number(
            request.headers.get("Last-Event-ID") or request.query.get("after"), 0
        )
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        await stream.prepare(request)
        with suppress(ConnectionError), self._room.live.open_page_queue() as news:
            await stream.write(b"retry: 800\n\n")
            after = await self._send_missed_lines(stream, viewer, after)
            await self._send_state(stream, await self._room.build_state())
            await self._follow_news(stream, viewer, after, news)
        return stream

    async def _send_missed_lines(
        self, stream: web.StreamResponse, viewer: Figure, after: int
    ) -> int:
        while missed := await self._room.transcript.list_lines_after(viewer.native, after):
            for line in missed:
                await self._send_line(stream, line, viewer)
            after = missed[-1].seq
        return after

    async def _follow_news(
        self, stream: web.StreamResponse, viewer: Figure, after: int, news: asyncio.Queue[News]
    ) -> None:
        while True:
            try:
                item = await asyncio.wait_for(news.get(), BREATH)
            except TimeoutError:
                await stream.write(b": still here\n\n")
                continue
            match item:
                case StreamEnd():
                    return
                case StateChange():
                    await self._send_state(stream, await self._room.build_state())
                case RoomLine() if item.seq > after and item.is_visible_to(viewer.native):
                    await self._send_line(stream, item, viewer)
                case RoomLine():
                    pass

    async def _send_line(self, stream: web.StreamResponse, line: RoomLine, viewer: Figure) -> None:
        data = json.dumps(self._build_viewer_event(line, viewer), ensure_ascii=False)
        await stream.write(f"id: {line.seq}\nevent: line\ndata: {data}\n\n".encode())

    async def _send_state(self, stream: web.StreamResponse, state: Mapping[str, object]) -> None:
        await stream.write(
            f"event: state\ndata: {json.dumps(state, ensure_ascii=False)}\n\n".encode()
        )

    # — reading what came —

    def _build_viewer_event(self, line: RoomLine, viewer: Figure) -> dict[str, object]:
        return build_line_event(line, viewer, tuple(self._room.figures.values()))

    def _find_viewer(self, native: str) -> Figure:
        if (found := self._room.figures.get(native)) is None:
            raise Refused(
                "There is nobody by that name in this room: load the page again and choose who you are."
            )
        return found

    async def _resolve_place(self, asked: Mapping[str, str]) -> Place:
        channel = asked.get("channel", "")
        if not channel:
            return build_private_place(asked.get("as", ""))
        if channel not in await self._room.transcript.list_room_channels():
            raise Refused("There is no such channel in this room: choose one from the list.")
        return build_channel_place(channel)

    async def _build_state_response(self) -> web.Response:
        return web.json_response(await self._room.build_state())


def _parse_line_number(text: str | None, otherwise: int) -> int:
    """A number a page sent, or `otherwise` where it is none a line could have."""
    return (
        int(text)
        if text is not None and text.isascii() and text.isdigit() and len(text) < 18
        else otherwise
    )
