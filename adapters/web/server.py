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

from adapters.connections import Limits, serve_http
from adapters.web.cast import PLAYED, Cast
from adapters.web.catalogue import list_commands, order_commands
from adapters.web.clock import Journey, Pulse, RoomClock
from adapters.web.conversation import Conversation, caller_of, channel_place
from adapters.web.door import BODY, door, put_headers
from adapters.web.lines import BOT, HUES
from adapters.web.live import Changed, Closed, Live
from adapters.web.pages import routes
from adapters.web.render import clock_text
from adapters.web.transcript import Figure, Line, Transcript, Unreadable
from bot.chat.address import Extra, Lack, Place, Threads
from bot.chat.errors import Refused, SendError
from bot.chat.message import Choice, Event, Message, dumps
from bot.chat.platform import Core
from bot.chat.text import clean
from bot.command import Command, commands
from bot.group.member import NAME_LENGTH
from bot.group.zones import zone, zone_of, zones

FIRST_CHANNEL = "study-group"
CHANNEL_NAME = 30
MOST_FIGURES, MOST_CHANNELS = 100, 20

_log = logging.getLogger(__name__)


class CannotOpen(OSError):
    """The room cannot be opened; the sentence says what to do."""


class PortInUse(CannotOpen):
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
        self.zone = zone(zone_name)
        self.pulse: Pulse | None = None
        self.limits = Limits(farewell=1.0)
        self.commands: Callable[[], Mapping[str, Command]] = commands
        self.live = Live()
        self.conversation: Conversation
        self.cast: Cast
        self.journey: Journey
        self._core: Core
        self._listener = listener
        self._port: int = listener.getsockname()[1]
        self.shown = 0
        self._states = 0
        self._nudged = asyncio.Event()
        self._tasks: asyncio.TaskGroup

    @classmethod
    async def open(cls, folder: Path, port: int, zone: str, now: datetime) -> Room:
        """Open or create the room in `folder`, with its clock in `zone`, and take its port (0: any free one). `now` is where
        the clock of a new room begins.

        Raises `PortInUse` or `CannotOpen`.
        """
        listener = _listener(port)
        try:
            transcript = await Transcript.open(folder / "transcript.db")
        except Unreadable as problem:
            listener.close()
            raise CannotOpen(str(problem)) from problem
        try:
            await transcript.open_channel(FIRST_CHANNEL)
            await transcript.welcome(PLAYED)
            return cls(transcript, await RoomClock.open(transcript, now), zone, listener)
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
        self.conversation = Conversation(self.transcript, self.clock, self.live, core)
        self.cast = Cast(self.transcript, self.conversation)
        await self.cast.load()
        self.journey = Journey(self.clock, self.zone, self)
        if self.pulse is not None:
            self.journey.pulse = self.pulse
        async with serve_http(self._app(), self.limits, sock=self._listener):
            try:
                async with asyncio.TaskGroup() as self._tasks:
                    self._tasks.create_task(self._guarded(self._resume))
                    self._tasks.create_task(self._settle())
            finally:
                self.live.show(Closed())

    async def send(self, place: Place, message: Message, key: str) -> str:
        """Post a message; the same `key` again posts nothing and gives the same id. Raises `SendError`."""
        if problems := await self.check(place):
            raise SendError(problems[0].sentence, permanent=True)
        line = Line("post", BOT, place, place.native, dumps(message), self.clock.now(), key=key)
        written, new = await self.transcript.add(line)
        if new:
            self.shown += not place.private
            self.live.show(written)
        return str(written.seq)

    async def complete(self, place: Place, message: Message, sent: str) -> None:
        """Nothing stands beside a message in the room."""

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """The room has no events."""
        return None

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """The id of the message sent under `key`, or None."""
        found = await self.transcript.by_key(place, key)
        return None if found is None or found.at < since else str(found.seq)

    async def check(self, place: Place, wanted: Collection[Extra] = ()) -> Sequence[Lack]:
        """What keeps the bot from posting at `place`. The room has no threads and no events."""
        if place.private:
            figure = next(
                (one for one in await self.transcript.figures() if one.native == place.native), None
            )
            if figure is None:
                return (Lack("That person is not in this room: add them first."),)
            closed = f"{figure.name}'s private messages are closed: open them in the room."
            return () if figure.hears else (Lack(closed),)
        if place.channel in await self.transcript.channels():
            return ()
        return (
            Lack(f"There is no channel #{place.channel} in this room: add it, or choose another."),
        )

    async def belongs(self, place: Place) -> bool:
        """Whether somebody is still in the cast."""
        return any(one.native == place.native for one in await self.transcript.figures())

    # — what the pages ask for —

    async def state(self) -> dict[str, object]:
        """The clock, the cast and the channels as the page shows them."""
        newest, channels = await self.transcript.newest_private(), await self.transcript.channels()
        now, due = self.clock.now(), self.journey.due
        self._states += 1
        return {
            "number": self._states,
            "clock": {
                "at": int(now.timestamp()),
                "text": clock_text(now, self.zone.key),
                "zone": self.zone.key,
                "due": ""
                if due is None or due <= now
                else clock_text(due, self.zone.key, year=False),
                "moving": self.journey.moving,
                "remark": self.journey.remark,
            },
            "people": [
                _card(one, number % HUES, now, newest.get(one.native, 0))
                for number, one in enumerate(self.figures.values())
            ],
            "channels": list(channels),
            "begun": self.cast.story is not None,
            "over": self.is_over,
        }

    async def menu(self, who: Figure, place: Place) -> dict[str, object]:
        """The commands in the order of their use, as the composer offers them to somebody at a place."""
        return order_commands(self.commands(), await self._core.menu(caller_of(who), place))

    def catalogue(self) -> list[dict[str, object]]:
        """The commands as the composer offers them before anybody has entered."""
        return list_commands(self.commands())

    async def suggest(
        self,
        who: Figure,
        place: Place,
        command: str,
        option: str,
        typed: str,
        given: Mapping[str, str],
    ) -> Sequence[Choice]:
        """Values for an option: the core's, or zones where one is asked for."""
        known = self.commands().get(command)
        asked = known.option(option) if known is not None else None
        if asked is not None and asked.kind == "zone" and not asked.suggests:
            found = [
                name for name in zones() if typed.casefold().replace(" ", "_") in name.casefold()
            ]
            return [Choice(name, name) for name in found[:25]]
        return await self._core.suggest(caller_of(who), place, command, option, typed, given)

    def set_out(self, move: str, outage: timedelta | None) -> None:
        """Start to move the clock. Raises `Refused` while it moves."""
        self.journey.begin(move)
        self._tasks.create_task(self.journey.run(move, outage or timedelta()))

    def nudge(self) -> None:
        """Something was said: whatever it made due is to be done."""
        self._nudged.set()

    @property
    def is_over(self) -> bool:
        """Whether the classmates' group has come to its end."""
        story = self.cast.story
        return story is not None and story.told and self.journey.is_at_rest

    def begin_story(self, visitor: Figure, channel: str, start: date) -> None:
        """Let a group of classmates begin. Raises `Refused` while there is one that goes on."""
        if self.cast.story is not None and not self.is_over:
            raise Refused(
                "The classmates are here already: press play, or type /help for what else there is."
            )
        self._tasks.create_task(self._guarded(lambda: self._begin(visitor, channel, start)))

    async def add_figure(self, name: str, zone_name: str, moderator: bool) -> Figure:
        """Somebody new in the cast. Raises `Refused` for a name or zone that will not do."""
        shown = clean(name, NAME_LENGTH, "A name")
        if not shown:
            raise Refused("Give the new person a name.", "name")
        if any(one.name.casefold() == shown.casefold() for one in self.figures.values()):
            raise Refused(f"{shown} is here already: choose another name.", "name")
        if len(self.figures) >= MOST_FIGURES:
            raise Refused(
                f"{MOST_FIGURES} people are in this room, and that is as many as it holds.", "name"
            )
        try:
            figure = Figure(self._slug(shown), shown, zone_of(zone_name), moderator)
        except Refused as refused:
            raise Refused(refused.sentence, "zone") from None
        await self.transcript.welcome([figure])
        await self.cast.load()
        self.changed()
        return figure

    async def set_hearing(self, who: Figure, hears: bool) -> None:
        """Open or close somebody's private messages."""
        await self.transcript.set_hearing(who.native, hears)
        await self.cast.load()
        self.changed()

    async def open_channel(self, name: str) -> str:
        """Add a channel and return its name. Raises `Refused`."""
        slug = re.sub(r"[^a-z0-9]+", "-", _ascii(name)).strip("-")
        if not slug or len(slug) > CHANNEL_NAME:
            raise Refused(
                f"A channel's name is 1 to {CHANNEL_NAME} letters, digits and dashes, like reading-room.",
                "name",
            )
        if len(await self.transcript.channels()) >= MOST_CHANNELS:
            raise Refused(
                f"There are {MOST_CHANNELS} channels, and that is as many as the room holds.",
                "name",
            )
        await self.transcript.open_channel(slug)
        self.changed()
        return slug

    # — what the clock moves through —

    async def act(self, at: datetime) -> None:
        """Let the classmates do what they do at this instant."""
        await self.cast.act(at)

    def upcoming(self, now: datetime) -> datetime | None:
        """When a classmate next does something."""
        return self.cast.upcoming(now)

    def changed(self) -> None:
        """Tell the pages that the clock, the cast or the channels are not what they were."""
        self.live.show(Changed())

    async def come_back(self, outage: timedelta) -> None:
        """Tell everybody how long the bot was away."""
        hours = round(outage / timedelta(hours=1))
        shown = f"{hours // 24} days" if hours >= 48 and hours % 24 == 0 else f"{hours} hours"
        for channel in await self.transcript.channels():
            note = Line(
                "note",
                BOT,
                channel_place(channel),
                "",
                f"Syllabot was away for {shown}.",
                self.clock.now(),
            )
            self.live.show((await self.transcript.add(note))[0])

    # — inside —

    def _app(self) -> web.Application:
        hosts = frozenset(f"{host}:{self._port}" for host in ("127.0.0.1", "localhost"))
        app = web.Application(middlewares=[door(hosts)], client_max_size=BODY)
        app.on_response_prepare.append(put_headers)
        app.on_shutdown.append(self._send_pages_away)
        app.add_routes(routes(self))
        return app

    async def _send_pages_away(self, app: web.Application) -> None:
        self.live.show(Closed())

    async def _resume(self) -> None:
        """Finish what a process that was killed had begun: answers, the story, the classmates' moment."""
        async with self.journey.turn:
            await self.conversation.finish(self.figures)
            await self.cast.go_on()
            await self.cast.act(self.clock.now())
        self.nudge()

    async def _begin(self, visitor: Figure, channel: str, start: date) -> None:
        async with self.journey.turn:
            # Pressed twice, the second press finds what the first has begun.
            if self.cast.story is None or self.is_over:
                await self.cast.begin(visitor.native, channel, start)
                self.journey.has_looked = False
        await self.journey.settle()

    async def _settle(self) -> None:
        """Do what became due without the clock moving, whenever something was said."""
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            await self._guarded(self.journey.settle)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            _log.exception("The room could not do something by itself")

    def _slug(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", _ascii(name)).strip("-") or "person"
        taken = {*self.figures, BOT}
        return next(
            slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if slug not in taken
        )


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _listener(port: int) -> socket.socket:
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
        raise CannotOpen(
            f"Port {port} cannot be used for the room ({problem}): set ROOM_PORT to one from 1024 to 65535."
        ) from problem
    taken.setblocking(False)
    return taken


def _card(one: Figure, hue: int, now: datetime, newest: int) -> dict[str, object]:
    return {
        "native": one.native,
        "name": one.name,
        "zone": one.zone,
        "moderator": one.moderator,
        "temper": one.temper,
        "hears": one.hears,
        "hue": hue,
        "local": clock_text(now, one.zone),
        "newest": newest,
    }
