"""What people of the room say and what they are answered, each written down before anything else happens.

The same `once` again says nothing twice: it gets the answer that was given, or, when the process died before there was one,
asks the core once more under the same id.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from adapters.web.clock import RoomClock
from adapters.web.lines import BOT, answer_of
from adapters.web.live import Live
from adapters.web.transcript import Figure, Kind, Line, Said, Transcript
from bot.chat.address import Account, Caller, Place
from bot.chat.errors import Refused, TooLarge
from bot.chat.message import Answer, Checklist, Form, Message, dumps, say
from bot.chat.platform import Core, Files

CHAT = 2000
RECENT = 60

_TURNS_A_PAGE = re.compile(r" page=\d+$")
_log = logging.getLogger(__name__)


def channel_place(name: str) -> Place:
    return Place("room", "room", name)


def private_place(native: str) -> Place:
    return Place("room", "room", native=native)


def caller_of(figure: Figure) -> Caller:
    return Caller(Account("room", "", figure.native), figure.name, figure.moderator, figure.zone)


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that came with a form, whole."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    async def read(self, most: int) -> bytes:
        """See `bot.chat.platform.Attached.read`."""
        if self.size > most:
            raise TooLarge(most)
        return self.data


class Conversation:
    """The way of a phrase from a page or a classmate to the core, and of the answer into the transcript."""

    def __init__(self, transcript: Transcript, clock: RoomClock, live: Live, core: Core) -> None:
        self._transcript = transcript
        self._clock = clock
        self._live = live
        self._core = core
        self._turns: dict[str, asyncio.Lock] = {}

    async def chat(self, once: str, speaker: Figure, place: Place, text: str) -> Line:
        """An ordinary line of somebody, which the bot does not read. Raises `Refused` when it is too long."""
        if len(text) > CHAT:
            raise Refused(
                f"A message can have {CHAT:,} characters and this has {len(text):,}: please shorten it."
            )
        async with self._turn(once):
            if (before := await self._transcript.said(once)) is not None:
                return await self._written(before.line)
            audience = speaker.native if place.private else ""
            line = Line("chat", speaker.native, place, audience, text, self._clock.now())
            written = await self._transcript.hear(
                Said(once, speaker.native, place, ""), line, answered=True
            )
            self._live.show(written)
            return written

    async def say(
        self, said: Said, speaker: Figure, files: Files | None = None
    ) -> tuple[Line, Line]:
        """Say a phrase to the bot: the line that shows it and the answer. Files are not written down: where the process ends
        before they were read, they are asked for again. Raises `Refused` when the id was used for something else."""
        async with self._turn(said.once):
            before = await self._transcript.said(said.once)
            if before is None:
                before = await self._hear(said, speaker)
            elif (before.author, before.phrase) != (speaker.native, said.phrase):
                raise Refused("This was sent under the id of something else: load the page again.")
            answer = (
                await self._written(before.answer)
                if before.answer
                else await self._ask(before, speaker, files)
            )
            return await self._written(before.line), answer

    async def finish(self, figures: Mapping[str, Figure]) -> None:
        """Ask again whatever was said but not answered when the process ended."""
        for said in await self._transcript.unanswered():
            if said.author in figures:
                await self.say(said, figures[said.author])

    def _turn(self, once: str) -> asyncio.Lock:
        """One lock for each id in use, so that the same id twice at once is answered once."""
        for other in [known for known, lock in self._turns.items() if not lock.locked()]:
            del self._turns[other]
        return self._turns.setdefault(once, asyncio.Lock())

    async def _hear(self, said: Said, speaker: Figure) -> Said:
        shown = said.label or f"/{said.phrase}"
        kind: Kind = "press" if said.label else "phrase"
        line = Line(kind, speaker.native, said.place, speaker.native, shown, self._clock.now())
        written = await self._transcript.hear(said, line)
        if kind == "phrase":
            self._live.show(written)
        return replace(said, line=written.seq)

    async def _ask(self, said: Said, speaker: Figure, files: Files | None) -> Line:
        caller = caller_of(speaker)
        try:
            answer = await self._core.answer(
                caller, said.place, said.phrase, said.filled, once=said.once, files=files
            )
        except Exception:
            _log.exception("The core could not answer “%s”", said.phrase)
            answer = say(
                "Something went wrong on my side: please try again, and tell the operator to look into the log."
            )
        replaces, keeps_spot = await self._replaced(said, answer)
        line = Line("answer", BOT, said.place, speaker.native, dumps(answer), self._clock.now())
        written = await self._transcript.answer(
            said.once, line, replaces=replaces, keeps_spot=keeps_spot
        )
        self._live.show(written)
        return written

    async def _replaced(self, said: Said, answer: Answer) -> tuple[tuple[int, ...], bool]:
        """Which private answers this one takes the place of: the page turned, the form filled in, and older copies of a
        list, whose boxes would be out of date."""
        recent = await self._transcript.private_answers(said.place, said.author, RECENT)
        shown = {line.seq: answer_of(line) for line in recent}
        source = shown.get(said.source)
        copies = [seq for seq, older in shown.items() if _own_lists(older) & _own_lists(answer)]
        if source is not None and (
            isinstance(source, Form) or _TURNS_A_PAGE.search(said.phrase) or said.source in copies
        ):
            return (said.source, *(seq for seq in copies if seq != said.source)), True
        return tuple(copies), False

    async def _written(self, seq: int) -> Line:
        line = await self._transcript.line(seq)
        if line is None:
            raise LookupError(f"line {seq} is not in the transcript")
        return line


def _own_lists(answer: Answer) -> set[str]:
    """The phrases of the private lists in an answer."""
    if not isinstance(answer, Message):
        return set()
    return {block.says for block in answer.blocks if isinstance(block, Checklist) and block.private}
