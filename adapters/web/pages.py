"""The room's addresses: the page itself, lines, the live stream, and every press on the page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.helpers import content_disposition_header

from adapters.web.clock import next_monday, parse_outage
from adapters.web.conversation import RoomAttachment, build_channel_place, build_private_place
from adapters.web.event_stream import EventStream
from adapters.web.files import decode_file
from adapters.web.lines import build_line_event
from adapters.web.payloads import (
    NO_LINE_YET,
    AddPersonRequest,
    BeginStoryRequest,
    HearingRequest,
    MoveClockRequest,
    OpenChannelRequest,
    SayRequest,
    SayWithFilesRequest,
    SuggestRequest,
)
from adapters.web.records import Figure, RoomInteraction, RoomLine
from bot.chat.address import Place
from bot.chat.errors import Refused
from bot.chat.platform import Files

if TYPE_CHECKING:
    from adapters.web.server import Room

HERE = Path(__file__).parent
PAGE = 80  # lines sent at once
WITH_FILES = 1_500_000  # bytes in a request with a file; Base64 takes a third more


def build_room_routes(room: Room) -> list[web.RouteDef | web.StaticDef]:
    """Return every address in the room."""
    pages = RoomPages(room)
    return [
        web.get("/", pages.handle_front_page),
        web.get("/api/room", pages.handle_room),
        web.get("/api/commands", pages.handle_commands),
        web.get("/api/lines", pages.handle_lines),
        web.get("/api/file", pages.handle_file),
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
    """The handlers.

    Each checks the request, lets the room act, and answers with JSON.
    Errors become sentences in `verify`.
    """

    def __init__(self, room: Room) -> None:
        self._room = room

    async def handle_front_page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(HERE / "templates" / "room.html")

    async def handle_room(self, request: web.Request) -> web.Response:
        state = await self._room.build_state()
        return web.json_response({**state, "commands": self._room.list_all_commands()})

    async def handle_commands(self, request: web.Request) -> web.Response:
        """Send the commands for one person at a place, the most helpful first."""
        viewer = self._find_viewer(request.query.get("as", ""))
        place = await self._resolve_place(request.query)
        return web.json_response(await self._room.build_composer_menu(viewer, place))

    async def handle_lines(self, request: web.Request) -> web.Response:
        """Send a conversation's newest lines before a spot.

        `last` is the newest line in the room: the page's stream goes on after it.
        """
        viewer = self._find_viewer(request.query.get("as", ""))
        place = await self._resolve_place(request.query)
        # Asked before the lines: a line written in between comes twice, but never not at all.
        last = await self._room.transcript.find_last_seq()
        before = _parse_line_number(request.query.get("before"), NO_LINE_YET)
        # One line more than shown tells whether there are earlier ones.
        lines = await self._room.transcript.list_lines_before(
            place, viewer.native, before, PAGE + 1
        )
        events = [self._build_viewer_event(line, viewer) for line in lines[-PAGE:]]
        return web.json_response({"lines": events, "more": len(lines) > PAGE, "last": last})

    async def handle_file(self, request: web.Request) -> web.Response:
        """Send a file from a line, to the one person the line is for."""
        viewer = self._find_viewer(request.query.get("as", ""))
        line = await self._room.transcript.load_line(
            _parse_line_number(request.query.get("line"), NO_LINE_YET)
        )
        number = _parse_line_number(request.query.get("number"), NO_LINE_YET)
        if line is None or line.audience != viewer.native:
            raise web.HTTPNotFound
        file = decode_file(line, number)
        if file is None:
            raise web.HTTPNotFound
        return web.Response(
            body=file.content.encode(),
            # Never shown as a page: its content was typed by people.
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": content_disposition_header("attachment", filename=file.name)
            },
        )

    async def handle_say(self, request: web.Request) -> web.Response:
        payload = SayRequest.model_validate_json(await request.read())
        return await self._answer_say_request(payload, {})

    async def handle_say_with_files(self, request: web.Request) -> web.Response:
        # Only this address takes large requests; everywhere else 64 kB is the limit.
        raw = await request.clone(client_max_size=WITH_FILES).read()
        payload = SayWithFilesRequest.model_validate_json(raw)
        files = {
            field: RoomAttachment(file.name, file.data) for field, file in payload.files.items()
        }
        return await self._answer_say_request(payload, files)

    async def _answer_say_request(self, payload: SayRequest, files: Files) -> web.Response:
        speaker = self._find_viewer(payload.speaker)
        place = await self._resolve_place({"as": payload.speaker, "channel": payload.channel})
        chat = (payload.chat or "").strip()
        phrase = (payload.phrase or "").strip()
        if chat:
            line = await self._room.conversation.post_chat(payload.once, speaker, place, chat)
            return self._build_lines_response([line], speaker)
        if not phrase:
            raise Refused("Type a message, or type / to see all commands.")
        interaction = _build_interaction(payload, speaker, place, phrase)
        lines = await self._room.conversation.submit_phrase(interaction, speaker, files)
        self._room.wake_room()
        # A press has no line on the page: the button is already there.
        shown = [line for line in lines if line.kind != "press"]
        return self._build_lines_response(shown, speaker)

    async def handle_suggest(self, request: web.Request) -> web.Response:
        payload = SuggestRequest.model_validate_json(await request.read())
        place = await self._resolve_place({"as": payload.speaker, "channel": payload.channel})
        choices = await self._room.suggest_room_values(
            self._find_viewer(payload.speaker),
            place,
            payload.command,
            payload.option,
            payload.typed,
            payload.given,
        )
        entries = [
            {"label": choice.label, "value": choice.value, "note": choice.note}
            for choice in choices
        ]
        return web.json_response({"choices": entries})

    async def handle_move_clock(self, request: web.Request) -> web.Response:
        payload = MoveClockRequest.model_validate_json(await request.read())
        match payload.move:
            case "stop":
                self._room.mover.stop_move()
            case "down":
                self._room.start_clock_move("down", parse_outage(payload.hours))
            case move:
                self._room.start_clock_move(move)
        return await self._build_state_response()

    async def handle_add_person(self, request: web.Request) -> web.Response:
        payload = AddPersonRequest.model_validate_json(await request.read())
        figure = await self._room.add_figure(payload.name, payload.zone, payload.moderator)
        return web.json_response({**await self._room.build_state(), "added": figure.native})

    async def handle_hearing(self, request: web.Request) -> web.Response:
        payload = HearingRequest.model_validate_json(await request.read())
        speaker = self._find_viewer(payload.speaker)
        await self._room.set_private_messages(speaker, payload.hears)
        return await self._build_state_response()

    async def handle_open_channel(self, request: web.Request) -> web.Response:
        payload = OpenChannelRequest.model_validate_json(await request.read())
        channel = await self._room.add_channel(payload.name)
        return web.json_response({**await self._room.build_state(), "opened": channel})

    async def handle_begin_story(self, request: web.Request) -> web.Response:
        payload = BeginStoryRequest.model_validate_json(await request.read())
        visitor = self._find_viewer(payload.speaker)
        start = next_monday(self._room.clock.now(), self._room.zone).date()
        channel = payload.channel
        if not channel:
            channel, *_ = await self._room.transcript.list_room_channels()
        self._room.begin_story(visitor, channel, start)
        return await self._build_state_response()

    async def handle_event_stream(self, request: web.Request) -> web.StreamResponse:
        """Send lines and changes as they come, from the page's last line on."""
        viewer = self._find_viewer(request.query.get("as", ""))
        # The browser sets the header when it connects again by itself; the query is older then.
        last_seq = request.headers.get("Last-Event-ID") or request.query.get("after")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        stream = EventStream(self._room, viewer, _parse_line_number(last_seq, 0), response)
        with suppress(ConnectionError):  # the page was closed
            await stream.stream_news()
        return response

    # — requests and responses —

    def _build_lines_response(self, lines: list[RoomLine], viewer: Figure) -> web.Response:
        events = [self._build_viewer_event(line, viewer) for line in lines]
        return web.json_response({"lines": events})

    def _build_viewer_event(self, line: RoomLine, viewer: Figure) -> dict[str, object]:
        return build_line_event(line, viewer, tuple(self._room.figures.values()))

    def _find_viewer(self, native: str) -> Figure:
        figure = self._room.figures.get(native)
        if figure is None:
            raise Refused(
                "That person is not in this room: load the page again and choose who you are."
            )
        return figure

    async def _resolve_place(self, query: Mapping[str, str]) -> Place:
        channel = query.get("channel", "")
        if not channel:
            return build_private_place(query.get("as", ""))
        if channel not in await self._room.transcript.list_room_channels():
            raise Refused("That channel is not in this room: choose one from the list.")
        return build_channel_place(channel)

    async def _build_state_response(self) -> web.Response:
        return web.json_response(await self._room.build_state())


def _build_interaction(
    payload: SayRequest, speaker: Figure, place: Place, phrase: str
) -> RoomInteraction:
    filled = None
    if payload.filled is not None:
        filled = {name: tuple(texts) for name, texts in payload.filled.items()}
    return RoomInteraction(
        payload.once, speaker.native, place, phrase, filled, payload.label, payload.source
    )


def _parse_line_number(text: str | None, otherwise: int) -> int:
    """Return a number from a page, or `otherwise` if no line can have it."""
    # `isdigit` alone accepts "²", and a longer number does not fit into SQLite.
    if text is None or len(text) >= 18 or not (text.isascii() and text.isdigit()):
        return otherwise
    return int(text)
