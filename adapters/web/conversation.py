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
from adapters.web.lines import BOT, decode_line_answer
from adapters.web.live_pages import LivePages
from adapters.web.transcript import Figure, Kind, RoomInteraction, RoomLine, Transcript
from bot.chat.address import Account, Caller, Place
from bot.chat.errors import FileTooLarge, Refused
from bot.chat.message import Answer, Checklist, Form, Message, encode_answer, text_message
from bot.chat.platform import Core, Files

CHAT = 2000
RECENT = 60

_TURNS_A_PAGE = re.compile(r" page=\d+$")
_log = logging.getLogger(__name__)


def build_channel_place(name: str) -> Place:
    return Place("room", "room", name)


def build_private_place(native: str) -> Place:
    return Place("room", "room", native=native)


def build_room_caller(figure: Figure) -> Caller:
    return Caller(Account("room", "", figure.native), figure.name, figure.moderator, figure.zone)


@dataclass(frozen=True, slots=True)
class RoomAttachment:
    """A file that came with a form, whole."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    async def download(self, max_bytes: int) -> bytes:
        """See `bot.chat.platform.Attached.read`."""
        if self.size > max_bytes:
            raise FileTooLarge(max_bytes)
        return self.data


class RoomConversation:
    """The way of a phrase from a page or a classmate to the core, and of the answer into the transcript."""

    def __init__(
        self, transcript: Transcript, clock: RoomClock, live: LivePages, core: Core
    ) -> None:
        self._transcript = transcript
        self._clock = clock
        self._live = live
        self._core = core
        self._turns: dict[str, asyncio.Lock] = {}

    async def post_chat(self, once: str, speaker: Figure, place: Place, text: str) -> RoomLine:
        """An ordinary line of somebody, which the bot does not read. Raises `Refused` when it is too long."""
        if len(text) > CHAT:
            raise Refused(
                f"A message can have {CHAT:,} characters and this has {len(text):,}: please shorten it."
            )
        async with self._get_interaction_lock(once):
            if (before := await self._transcript.find_interaction(once)) is not None:
                return await self._require_line(before.line)
            audience = speaker.native if place.is_private else ""
            line = RoomLine("chat", speaker.native, place, audience, text, self._clock.now())
            written = await self._transcript.insert_interaction(
                RoomInteraction(once, speaker.native, place, ""), line, is_answered=True
            )
            self._live.publish_news(written)
            return written

    async def submit_phrase(
        self, interaction: RoomInteraction, speaker: Figure, files: Files | None = None
    ) -> tuple[RoomLine, RoomLine]:
        """Say a phrase to the bot: the line that shows it and the answer. Files are not written down: where the process ends
        before they were read, they are asked for again. Raises `Refused` when the id was used for something else."""
        async with self._get_interaction_lock(interaction.once):
            before = await self._transcript.find_interaction(interaction.once)
            if before is None:
                before = await self._record_interaction(interaction, speaker)
            elif (before.author, before.phrase) != (speaker.native, interaction.phrase):
                raise Refused("This was sent under the id of something else: load the page again.")
            answer = (
                await self._require_line(before.answer)
                if before.answer
                else await self._fetch_core_answer(before, speaker, files)
            )
            return await self._require_line(before.line), answer

    async def finish_interactions(self, figures: Mapping[str, Figure]) -> None:
        """Ask again whatever was said but not answered when the process ended."""
        for said in await self._transcript.list_unanswered_interactions():
            if said.author in figures:
                await self.submit_phrase(said, figures[said.author])

    def _get_interaction_lock(self, once: str) -> asyncio.Lock:
        """One lock for each id in use, so that the same id twice at once is answered once."""
        for other in [known for known, lock in self._turns.items() if not lock.locked()]:
            del self._turns[other]
        return self._turns.setdefault(once, asyncio.Lock())

    async def _record_interaction(self, said: RoomInteraction, speaker: Figure) -> RoomInteraction:
        shown = said.label or f"/{said.phrase}"
        kind: Kind = "press" if said.label else "phrase"
        line = RoomLine(kind, speaker.native, said.place, speaker.native, shown, self._clock.now())
        written = await self._transcript.insert_interaction(said, line)
        if kind == "phrase":
            self._live.publish_news(written)
        return replace(said, line=written.seq)

    async def _fetch_core_answer(
        self, said: RoomInteraction, speaker: Figure, files: Files | None
    ) -> RoomLine:
        caller = build_room_caller(speaker)
        try:
            answer = await self._core.answer_phrase(
                caller, said.place, said.phrase, said.filled, idempotency_key=said.once, files=files
            )
        except Exception:
            _log.exception("The core could not answer “%s”", said.phrase)
            answer = text_message(
                "Something went wrong on my side: please try again, and tell the operator to look into the log."
            )
        replaces, keeps_spot = await self._find_replaced_lines(said, answer)
        line = RoomLine(
            "answer", BOT, said.place, speaker.native, encode_answer(answer), self._clock.now()
        )
        written = await self._transcript.insert_answer(
            said.once, line, replaced_seqs=replaces, has_same_spot=keeps_spot
        )
        self._live.publish_news(written)
        return written

    async def _find_replaced_lines(
        self, said: RoomInteraction, answer: Answer
    ) -> tuple[tuple[int, ...], bool]:
        """Which private answers this one takes the place of: the page turned, the form filled in, and older copies of a
        list, whose boxes would be out of date."""
        recent = await self._transcript.list_private_answers(said.place, said.author, RECENT)
        shown = {line.seq: decode_line_answer(line) for line in recent}
        source = shown.get(said.source)
        copies = [
            seq
            for seq, older in shown.items()
            if _list_private_phrases(older) & _list_private_phrases(answer)
        ]
        if source is not None and (
            isinstance(source, Form) or _TURNS_A_PAGE.search(said.phrase) or said.source in copies
        ):
            return (said.source, *(seq for seq in copies if seq != said.source)), True
        return tuple(copies), False

    async def _require_line(self, seq: int) -> RoomLine:
        line = await self._transcript.load_line(seq)
        if line is None:
            raise LookupError(f"line {seq} is not in the transcript")
        return line


def _list_private_phrases(answer: Answer) -> set[str]:
    """The phrases of the private lists in an answer."""
    if not isinstance(answer, Message):
        return set()
    return {block.says for block in answer.blocks if isinstance(block, Checklist) and block.private}
