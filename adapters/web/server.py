"""The local room as a platform: a chat server on 127.0.0.1 for the whole bot, with no account.

Sending is idempotent by key, every line is on disk before it is shown,
and nothing outside the room's folder is touched.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

from aiohttp import web

from adapters.connections import HttpLimits, serve_http
from adapters.web.cast import Cast
from adapters.web.classmates import INVENTED, PLAYED
from adapters.web.clock import ClockMover, Move, Pulse, RoomClock, format_outage
from adapters.web.command_list import (
    is_plain_zone_option,
    list_commands,
    order_commands,
    suggest_zones,
)
from adapters.web.conversation import (
    RoomConversation,
    build_channel_place,
    build_room_caller,
    list_private_problems,
)
from adapters.web.files import encode_files
from adapters.web.lines import BOT
from adapters.web.listener import CannotOpenRoom, open_listener
from adapters.web.live_pages import LivePages, StateChange, StreamEnd
from adapters.web.newcomers import find_figure_rights, make_channel_name, make_figure
from adapters.web.pages import build_room_routes
from adapters.web.records import Figure, RoomLine
from adapters.web.roles import RoomRoles
from adapters.web.state import build_clock_card, build_people_cards
from adapters.web.transcript import Transcript, UnreadableTranscript
from adapters.web.verify import BODY, make_room_guard, set_security_headers
from bot.chat.address import Account, AccountRights, Extra, Place, SetupProblem, Threads
from bot.chat.errors import MessageGone, Refused, SendError
from bot.chat.message import Choice, Event, File, Message, encode_answer, text_message
from bot.chat.platform import Core, EditPace, build_no_link
from bot.command import Command, get_commands
from bot.group.zones import load_zone

FIRST_CHANNEL = "study-group"
TAKEN_DOWN = text_message("I have taken this post back.")

_log = logging.getLogger(__name__)


class Room(RoomRoles):
    """The local room. `pulse` does everything due; it and `limits` are set before `listen`."""

    name = "room"
    space_word = "room"
    threads: Threads = "none"
    reveal_path = ""
    edit_pace = EditPace(gap=timedelta())  # nobody minds: each tick shows at once
    build_post_link = staticmethod(build_no_link)

    def __init__(
        self, transcript: Transcript, clock: RoomClock, zone_name: str, listener: socket.socket
    ) -> None:
        self.transcript = transcript
        self.clock = clock
        self.zone = load_zone(zone_name)
        self.pulse: Pulse | None = None
        self.limits = HttpLimits(shutdown_timeout=1.0)
        self.commands: Callable[[], Mapping[str, Command]] = get_commands
        self.live_pages = LivePages()
        self.conversation: RoomConversation
        self.cast: Cast
        self.mover: ClockMover
        self.public_message_count = 0
        self._core: Core
        self._listener = listener
        self._port: int = listener.getsockname()[1]
        self._state_count = 0
        self._wake_event = asyncio.Event()
        self._tasks: asyncio.TaskGroup

    @classmethod
    async def open_room(cls, folder: Path, port: int, zone: str, now: datetime) -> Room:
        """Open or create the room in `folder`, and take its port.

        `zone` is the zone its clock is shown in.
        `now` is a new room's first instant.
        Port 0 takes any free one.
        Raises `PortInUse` or `CannotOpenRoom`.
        """
        async with AsyncExitStack() as stack:
            # The port comes first: while another room has it, its file must not be touched.
            listener = open_listener(port)
            stack.callback(listener.close)
            try:
                transcript = await Transcript.open_transcript(folder / "transcript.db")
            except UnreadableTranscript as problem:
                raise CannotOpenRoom(str(problem)) from problem
            stack.push_async_callback(transcript.close)
            await transcript.insert_channel(FIRST_CHANNEL)
            await transcript.insert_figures(PLAYED)
            clock = await RoomClock.open_room_clock(transcript, now)
            room = cls(transcript, clock, zone, listener)
            # From here on the room itself closes both.
            stack.pop_all()
        return room

    @property
    def address(self) -> str:
        """Return the address for a browser."""
        return f"http://127.0.0.1:{self._port}/"

    @property
    def figures(self) -> dict[str, Figure]:
        """Return the people in the room by native id."""
        return self.cast.figures

    async def close(self) -> None:
        """Close the port and the file."""
        self._listener.close()
        await self.transcript.close()

    # — the platform —

    async def listen(self, core: Core) -> None:
        """Serve the page and take people's phrases to `core`, until cancelled."""
        self._core = core
        self.conversation = RoomConversation(self.transcript, self.clock, self.live_pages, core)
        self.cast = Cast(self.transcript, self.conversation)
        await self.cast.load_cast()
        self.mover = ClockMover(self.clock, self.zone, self)
        if self.pulse is not None:
            self.mover.pulse = self.pulse
        async with serve_http(self._build_web_app(), self.limits, sock=self._listener):
            try:
                async with asyncio.TaskGroup() as self._tasks:
                    self._tasks.create_task(self._run_and_log_errors(self._resume_room))
                    self._tasks.create_task(self._run_due_work_when_woken())
            finally:
                self.live_pages.publish_news(StreamEnd())

    async def send(self, place: Place, message: Message, key: str) -> str:
        """Post a message, and return its id.

        The same `key` again posts nothing and returns the same id.
        Raises `SendError`.
        """
        if problems := await self.check_place(place):
            raise SendError(problems[0].sentence, permanent=True)
        line = RoomLine(
            "post", BOT, place, place.native, encode_answer(message), self.clock.now(), key=key
        )
        written, is_new = await self.transcript.append_line(line)
        if is_new:
            # A private message does not count: "Next post" goes on to one everybody can see.
            self.public_message_count += not place.is_private
            self.live_pages.publish_news(written)
        return str(written.seq)

    async def edit(self, place: Place, sent_ref: str, message: Message, key: str) -> None:
        """Put a message in the place of the one sent under `key`. Raises `SendError`."""
        written = await self.transcript.rewrite_line(place, key, encode_answer(message))
        if written is None:
            raise MessageGone("the message was deleted")
        self.live_pages.publish_news(written)

    async def pin_message(self, place: Place, sent_ref: str) -> bool:
        return False  # the room has nothing on top

    async def delete_message(self, place: Place, sent_ref: str, key: str) -> None:
        """Leave a word in the place of a message. Raises `SendError`."""
        await self.edit(place, sent_ref, TAKEN_DOWN, key)

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """Do nothing: the room has no threads."""

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """Do nothing: the room has no events."""
        return None

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """Return the id for a message sent under `key`, or None."""
        line = await self.transcript.find_line_by_key(place, key)
        if line is None or line.at < since:
            return None
        return str(line.seq)

    async def send_files(self, place: Place, files: Sequence[File], text: str, key: str) -> None:
        """Put files into somebody's private conversation, to be downloaded. Raises `SendError`."""
        if await self.check_place(place):
            raise SendError("their private messages are closed", permanent=True)
        content = encode_files(text, files)
        line = RoomLine("file", BOT, place, place.native, content, self.clock.now(), key=key)
        written, is_new = await self.transcript.append_line(line)
        if is_new:
            self.live_pages.publish_news(written)

    async def forget_account(self, account: Account, names: Collection[str]) -> None:
        """Erase what somebody typed and was told, and their name from everything else."""
        is_invented = account.native in INVENTED
        await self.transcript.erase_figure(account.native, names, keeps_figure=is_invented)
        await self.cast.load_cast()
        self.notify_pages()

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """Return why the bot cannot post at `place`. No extra is `wanted` here, so none is missing."""
        if place.is_private:
            # Asked from the transcript: the outbox may send before `listen` has loaded the cast.
            return list_private_problems(await self.transcript.list_figures(), place)
        if place.channel in await self.transcript.list_room_channels():
            return ()
        problem = f"There is no channel #{place.channel} in this room: add it, or choose another."
        return (SetupProblem(problem),)

    async def is_in_space(self, place: Place) -> bool:
        """Return True if this person is in the cast."""
        return (await self.ask_rights(place)).is_there

    async def ask_rights(self, place: Place) -> AccountRights:
        """Return what a person of the cast may do."""
        return find_figure_rights(await self.transcript.list_figures(), place.native)

    # — for the pages —

    async def build_state(self) -> dict[str, object]:
        """Return the clock, the cast and the channels for the page."""
        newest = await self.transcript.find_newest_private_seqs()
        channels = await self.transcript.list_room_channels()
        # Two answers may overtake each other on the wire; the page keeps the higher number.
        self._state_count += 1
        return {
            "number": self._state_count,
            "clock": build_clock_card(self.mover),
            "people": build_people_cards(self.figures.values(), self.clock.now(), newest),
            "channels": list(channels),
            "begun": self.cast.story is not None,
            "over": self.is_over,
        }

    async def build_composer_menu(self, figure: Figure, place: Place) -> dict[str, object]:
        """Return the commands for one person at a place, the most helpful first."""
        menu = await self._core.build_menu(build_room_caller(figure), place)
        return order_commands(self.commands(), menu)

    def list_all_commands(self) -> list[dict[str, object]]:
        """Return the commands for a page where nobody has entered yet."""
        return list_commands(self.commands())

    async def suggest_room_values(
        self,
        figure: Figure,
        place: Place,
        command: str,
        option: str,
        typed: str,
        given: Mapping[str, str],
    ) -> Sequence[Choice]:
        """Return values for an option: the core's, or time zones from the room."""
        if is_plain_zone_option(self.commands(), command, option):
            return suggest_zones(typed)
        return await self._core.suggest_values(
            build_room_caller(figure), place, command, option, typed, given
        )

    def start_clock_move(self, move: Move, outage: timedelta = timedelta()) -> None:
        """Start to move the clock.

        Raises `Refused` while it is already moving.
        """
        self.mover.begin_move(move)
        self._tasks.create_task(self.mover.run_move(move, outage))

    def wake_room(self) -> None:
        """Have everything done that has become due without the clock moving."""
        self._wake_event.set()

    @property
    def is_over(self) -> bool:
        """Return True if the classmates' group has come to its end."""
        story = self.cast.story
        return story is not None and story.is_set_up and self.mover.is_at_rest

    def begin_story(self, visitor: Figure, channel: str, start: date) -> None:
        """Start a group with the classmates.

        Raises `Refused` while another group goes on.
        """
        if self.cast.story is not None and not self.is_over:
            raise Refused("The classmates are already here: press Play to go on.")
        self._tasks.create_task(
            self._run_and_log_errors(lambda: self._begin_story_in_turn(visitor, channel, start))
        )

    async def add_figure(self, name: str, zone_name: str, moderator: bool) -> Figure:
        """Add a person to the cast, and return them.

        Raises `Refused`, see `make_figure`.
        """
        figure = make_figure(name, zone_name, moderator, self.figures)
        await self.transcript.insert_figures([figure])
        await self.cast.load_cast()
        self.notify_pages()
        return figure

    async def set_private_messages(self, figure: Figure, hears: bool) -> None:
        """Open or close somebody's private messages."""
        await self.transcript.update_hearing(figure.native, hears)
        await self.cast.load_cast()
        self.notify_pages()

    async def add_channel(self, name: str) -> str:
        """Add a channel, and return its name.

        Raises `Refused`, see `make_channel_name`.
        """
        slug = make_channel_name(name, await self.transcript.list_room_channels())
        await self.transcript.insert_channel(slug)
        self.notify_pages()
        return slug

    # — for the clock —

    async def run_cast_actions(self, at: datetime) -> None:
        """Let the classmates act at this instant."""
        await self.cast.run_actions_at(at)

    def find_next_cast_action(self, now: datetime) -> datetime | None:
        """Return the classmates' next moment after `now`, or None."""
        return self.cast.find_next_action_at(now)

    def notify_pages(self) -> None:
        """Tell the pages about a change to the clock, the cast or the channels."""
        self.live_pages.publish_news(StateChange())

    async def announce_return(self, outage: timedelta) -> None:
        """Say in every channel how long the bot was away."""
        content = f"Syllabot was away for {format_outage(outage)}."
        for channel in await self.transcript.list_room_channels():
            place = build_channel_place(channel)
            note = RoomLine("note", BOT, place, "", content, self.clock.now())
            self.live_pages.publish_news((await self.transcript.append_line(note))[0])

    # — inside —

    def _build_web_app(self) -> web.Application:
        hosts = frozenset(f"{host}:{self._port}" for host in ("127.0.0.1", "localhost"))
        app = web.Application(middlewares=[make_room_guard(hosts)], client_max_size=BODY)
        app.on_response_prepare.append(set_security_headers)
        app.on_shutdown.append(self._end_page_streams)
        app.add_routes(build_room_routes(self))
        return app

    async def _end_page_streams(self, app: web.Application) -> None:
        # An open stream never ends by itself, and the server would wait for it.
        self.live_pages.publish_news(StreamEnd())

    async def _resume_room(self) -> None:
        """Finish the work left by a killed process: answers, the story, the classmates' moment."""
        async with self.mover.turn:
            await self.conversation.finish_interactions(self.figures)
            await self.cast.resume_story()
            # Killed between setting the clock and acting, the classmates would skip a moment.
            await self.cast.run_actions_at(self.clock.now())
        self.wake_room()

    async def _begin_story_in_turn(self, visitor: Figure, channel: str, start: date) -> None:
        async with self.mover.turn:
            # Pressed twice, the second press finds the group already there.
            if self.cast.story is None or self.is_over:
                await self.cast.start_story(visitor.native, channel, start)
                # Until the next pulse nobody knows the new group's first post.
                self.mover.has_looked = False
        await self.mover.run_due_work()

    async def _run_due_work_when_woken(self) -> None:
        while True:
            await self._wake_event.wait()
            # Cleared before the work: a line said meanwhile wakes the room once more.
            self._wake_event.clear()
            await self._run_and_log_errors(self.mover.run_due_work)

    async def _run_and_log_errors(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        # A door: an error in one background task would end the task group, and the room with it.
        except Exception:
            _log.exception("The room could not do something by itself")
