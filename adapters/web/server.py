"""The local room as a platform: a chat server on 127.0.0.1 through which the whole bot is used, with no account anywhere.

Sending is idempotent by key, everything said is on disk before it is shown, and nothing outside its folder is touched.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import socket
import unicodedata
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from aiohttp import web

from adapters.connections import HttpLimits, serve_http
from adapters.web.cast import PLAYED, Cast
from adapters.web.clock import ClockMover, Pulse, RoomClock
from adapters.web.command_list import list_commands, order_commands
from adapters.web.conversation import RoomConversation, build_channel_place, build_room_caller
from adapters.web.lines import BOT, HUES
from adapters.web.live_pages import LivePages, StateChange, StreamEnd
from adapters.web.pages import build_room_routes
from adapters.web.render import format_clock_text
from adapters.web.transcript import Figure, RoomLine, Transcript, UnreadableTranscript
from adapters.web.verify import BODY, make_room_guard, set_security_headers
from bot.chat.address import Extra, Place, SetupProblem, Threads
from bot.chat.errors import Refused, SendError
from bot.chat.message import Choice, Event, Message, encode_answer
from bot.chat.platform import Core
from bot.chat.text import clean_text
from bot.command import Command, get_commands
from bot.group.member import NAME_LENGTH
from bot.group.zones import list_zones, load_zone, parse_zone

FIRST_CHANNEL = "study-group"
CHANNEL_NAME = 30
MOST_FIGURES, MOST_CHANNELS = 100, 20

_log = logging.getLogger(__name__)


class CannotOpenRoom(OSError):
    """The room cannot be opened; the sentence says what to do."""


class PortInUse(CannotOpenRoom):
    """Something else answers on the room's port."""


class Room:
    """The local room. `pulse` is set by whoever owns the bot, before `listen`: it does all that is due and returns when
    something is due next. `limits` may be set until then."""

    name = "room"
    space_word = "room"
    threads: Threads = "none"
    reveal_path = ""

    def __init__(
        self, transcript: Transcript, clock: RoomClock, zone_name: str, listener: socket.socket
    ) -> None:
        self.transcript = transcript
        self.clock = clock
        self.zone = load_zone(zone_name)
        self.pulse: Pulse | None = None
        self.limits = HttpLimits(shutdown_timeout=1.0)
        self.commands: Callable[[], Mapping[str, Command]] = get_commands
        self.live = LivePages()
        self.conversation: RoomConversation
        self.cast: Cast
        self.journey: ClockMover
        self._core: Core
        self._listener = listener
        self._port: int = listener.getsockname()[1]
        self.public_message_count = 0
        self._states = 0
        self._nudged = asyncio.Event()
        self._tasks: asyncio.TaskGroup

    @classmethod
    async def open_room(cls, folder: Path, port: int, zone: str, now: datetime) -> Room:
        """Open or create the room in `folder`, with its clock in `zone`, and take its port (0: any free one). `now` is where
        the clock of a new room begins.

        Raises `PortInUse` or `CannotOpen`.
        """
        listener = _open_listener(port)
        try:
            transcript = await Transcript.open_transcript(folder / "transcript.db")
        except UnreadableTranscript as problem:
            listener.close()
            raise CannotOpenRoom(str(problem)) from problem
        try:
            await transcript.insert_channel(FIRST_CHANNEL)
            await transcript.insert_figures(PLAYED)
            return cls(transcript, await RoomClock.open_room_clock(transcript, now), zone, listener)
        except BaseException:
            listener.close()
            await transcript.close()
            raise

    @property
    def address(self) -> str:
        """Where a browser finds the room."""
        return f"http://127.0.0.1:{self._port}/"

    @property
    def figures(self) -> dict[str, Figure]:
        return self.cast.figures

    async def close(self) -> None:
        """Give the port and the file back."""
        self._listener.close()
        await self.transcript.close()

    # — the platform —

    async def listen(self, core: Core) -> None:
        """Serve the page and take people's words to `core`, until cancelled."""
        self._core = core
        self.conversation = RoomConversation(self.transcript, self.clock, self.live, core)
        self.cast = Cast(self.transcript, self.conversation)
        await self.cast.load_cast()
        self.journey = ClockMover(self.clock, self.zone, self)
        if self.pulse is not None:
            self.journey.pulse = self.pulse
        async with serve_http(self._build_web_app(), self.limits, sock=self._listener):
            try:
                async with asyncio.TaskGroup() as self._tasks:
                    self._tasks.create_task(self._run_and_log_errors(self._resume_room))
                    self._tasks.create_task(self._run_due_work_when_woken())
            finally:
                self.live.publish_news(StreamEnd())

    async def send(self, place: Place, message: Message, key: str) -> str:
        """Post a message; the same `key` again posts nothing and gives the same id. Raises `SendError`."""
        if problems := await self.check_place(place):
            raise SendError(problems[0].sentence, permanent=True)
        line = RoomLine(
            "post", BOT, place, place.native, encode_answer(message), self.clock.now(), key=key
        )
        written, new = await self.transcript.append_line(line)
        if new:
            self.public_message_count += not place.is_private
            self.live.publish_news(written)
        return str(written.seq)

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """Nothing stands beside a message in the room."""

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """The room has no events."""
        return None

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """The id of the message sent under `key`, or None."""
        found = await self.transcript.find_line_by_key(place, key)
        return None if found is None or found.at < since else str(found.seq)

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """What keeps the bot from posting at `place`. The room has no threads and no events."""
        if place.is_private:
            figure = next(
                (one for one in await self.transcript.list_figures() if one.native == place.native),
                None,
            )
            if figure is None:
                return (SetupProblem("That person is not in this room: add them first."),)
            closed = f"{figure.name}'s private messages are closed: open them in the room."
            return () if figure.hears else (SetupProblem(closed),)
        if place.channel in await self.transcript.list_room_channels():
            return ()
        return (
            SetupProblem(
                f"There is no channel #{place.channel} in this room: add it, or choose another."
            ),
        )

    async def is_in_space(self, place: Place) -> bool:
        """Whether somebody is still in the cast."""
        return any(one.native == place.native for one in await self.transcript.list_figures())

    # — what the pages ask for —

    async def build_state(self) -> dict[str, object]:
        """The clock, the cast and the channels as the page shows them."""
        newest, channels = (
            await self.transcript.find_newest_private_seqs(),
            await self.transcript.list_room_channels(),
        )
        now, due = self.clock.now(), self.journey.due
        self._states += 1
        return {
            "number": self._states,
            "clock": {
                "at": int(now.timestamp()),
                "text": format_clock_text(now, self.zone.key),
                "zone": self.zone.key,
                "due": ""
                if due is None or due <= now
                else format_clock_text(due, self.zone.key, has_year=False),
                "moving": self.journey.moving,
                "remark": self.journey.remark,
            },
            "people": [
                _build_person_card(one, number % HUES, now, newest.get(one.native, 0))
                for number, one in enumerate(self.figures.values())
            ],
            "channels": list(channels),
            "begun": self.cast.story is not None,
            "over": self.is_over,
        }

    async def build_composer_menu(self, figure: Figure, place: Place) -> dict[str, object]:
        """The commands in the order of their use, as the composer offers them to somebody at a place."""
        return order_commands(
            self.commands(), await self._core.build_menu(build_room_caller(figure), place)
        )

    def list_all_commands(self) -> list[dict[str, object]]:
        """The commands as the composer offers them before anybody has entered."""
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
        """Values for an option: the core's, or zones where one is asked for."""
        known = self.commands().get(command)
        asked = known.find_option(option) if known is not None else None
        if asked is not None and asked.kind == "zone" and not asked.has_suggestions:
            found = [
                name
                for name in list_zones()
                if typed.casefold().replace(" ", "_") in name.casefold()
            ]
            return [Choice(name, name) for name in found[:25]]
        return await self._core.suggest_values(
            build_room_caller(figure), place, command, option, typed, given
        )

    def start_clock_move(self, move: str, outage: timedelta | None) -> None:
        """Start to move the clock. Raises `Refused` while it moves."""
        self.journey.begin_move(move)
        self._tasks.create_task(self.journey.run_move(move, outage or timedelta()))

    def wake_room(self) -> None:
        """Something was said: whatever it made due is to be done."""
        self._nudged.set()

    @property
    def is_over(self) -> bool:
        """Whether the classmates' group has come to its end."""
        story = self.cast.story
        return story is not None and story.is_set_up and self.journey.is_at_rest

    def begin_story(self, visitor: Figure, channel: str, start: date) -> None:
        """Let a group of classmates begin. Raises `Refused` while there is one that goes on."""
        if self.cast.story is not None and not self.is_over:
            raise Refused(
                "The classmates are here already: press play, or type /help for what else there is."
            )
        self._tasks.create_task(
            self._run_and_log_errors(lambda: self._begin_story_in_turn(visitor, channel, start))
        )

    async def add_figure(self, name: str, zone_name: str, moderator: bool) -> Figure:
        """Somebody new in the cast. Raises `Refused` for a name or zone that will not do."""
        shown = clean_text(name, NAME_LENGTH, "A name")
        if not shown:
            raise Refused("Give the new person a name.", "name")
        if any(one.name.casefold() == shown.casefold() for one in self.figures.values()):
            raise Refused(f"{shown} is here already: choose another name.", "name")
        if len(self.figures) >= MOST_FIGURES:
            raise Refused(
                f"{MOST_FIGURES} people are in this room, and that is as many as it holds.", "name"
            )
        try:
            figure = Figure(
                self._choose_figure_slug(shown), shown, parse_zone(zone_name), moderator
            )
        except Refused as refused:
            raise Refused(refused.sentence, "zone") from None
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
        """Add a channel and return its name. Raises `Refused`."""
        slug = re.sub(r"[^a-z0-9]+", "-", _fold_to_ascii(name)).strip("-")
        if not slug or len(slug) > CHANNEL_NAME:
            raise Refused(
                f"A channel's name is 1 to {CHANNEL_NAME} letters, digits and dashes, like reading-room.",
                "name",
            )
        if len(await self.transcript.list_room_channels()) >= MOST_CHANNELS:
            raise Refused(
                f"There are {MOST_CHANNELS} channels, and that is as many as the room holds.",
                "name",
            )
        await self.transcript.insert_channel(slug)
        self.notify_pages()
        return slug

    # — what the clock moves through —

    async def run_cast_actions(self, at: datetime) -> None:
        """Let the classmates do what they do at this instant."""
        await self.cast.run_actions_at(at)

    def find_next_cast_action(self, now: datetime) -> datetime | None:
        """When a classmate next does something."""
        return self.cast.find_next_action_at(now)

    def notify_pages(self) -> None:
        """Tell the pages that the clock, the cast or the channels are not what they were."""
        self.live.publish_news(StateChange())

    async def announce_return(self, outage: timedelta) -> None:
        """Tell everybody how long the bot was away."""
        hours = round(outage / timedelta(hours=1))
        shown = f"{hours // 24} days" if hours >= 48 and hours % 24 == 0 else f"{hours} hours"
        for channel in await self.transcript.list_room_channels():
            note = RoomLine(
                "note",
                BOT,
                build_channel_place(channel),
                "",
                f"Syllabot was away for {shown}.",
                self.clock.now(),
            )
            self.live.publish_news((await self.transcript.append_line(note))[0])

    # — inside —

    def _build_web_app(self) -> web.Application:
        hosts = frozenset(f"{host}:{self._port}" for host in ("127.0.0.1", "localhost"))
        app = web.Application(middlewares=[make_room_guard(hosts)], client_max_size=BODY)
        app.on_response_prepare.append(set_security_headers)
        app.on_shutdown.append(self._end_page_streams)
        app.add_routes(build_room_routes(self))
        return app

    async def _end_page_streams(self, app: web.Application) -> None:
        self.live.publish_news(StreamEnd())

    async def _resume_room(self) -> None:
        """Finish what a process that was killed had begun: answers, the story, the classmates' moment."""
        async with self.journey.turn:
            await self.conversation.finish_interactions(self.figures)
            await self.cast.resume_story()
            await self.cast.run_actions_at(self.clock.now())
        self.wake_room()

    async def _begin_story_in_turn(self, visitor: Figure, channel: str, start: date) -> None:
        async with self.journey.turn:
            # Pressed twice, the second press finds what the first has begun.
            if self.cast.story is None or self.is_over:
                await self.cast.start_story(visitor.native, channel, start)
                self.journey.has_looked = False
        await self.journey.run_due_work()

    async def _run_due_work_when_woken(self) -> None:
        """Do what became due without the clock moving, whenever something was said."""
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            await self._run_and_log_errors(self.journey.run_due_work)

    async def _run_and_log_errors(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            _log.exception("The room could not do something by itself")

    def _choose_figure_slug(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", _fold_to_ascii(name)).strip("-") or "person"
        taken = {*self.figures, BOT}
        return next(
            slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if slug not in taken
        )


def _fold_to_ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _open_listener(port: int) -> socket.socket:
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
        taken.listen(128)
    except (OSError, OverflowError) as problem:
        taken.close()
        if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} is taken on this machine: stop what uses it, or set ROOM_PORT to another one, or to 0 for any."
            ) from problem
        raise CannotOpenRoom(
            f"Port {port} cannot be used for the room ({problem}): set ROOM_PORT to one from 1024 to 65535."
        ) from problem
    taken.setblocking(False)
    return taken


def _build_person_card(one: Figure, hue: int, now: datetime, newest: int) -> dict[str, object]:
    return {
        "native": one.native,
        "name": one.name,
        "zone": one.zone,
        "moderator": one.moderator,
        "temper": one.temper,
        "hears": one.hears,
        "hue": hue,
        "local": format_clock_text(now, one.zone),
        "newest": newest,
    }
