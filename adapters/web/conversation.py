"""The way from a phrase to its answer, each step on disk before the next.

The same `once` again changes nothing: it gets the answer already given.
If the process died before there was one, the core is asked again under the same id.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.web.clock import RoomClock
from adapters.web.lines import BOT, decode_line_answer
from adapters.web.live_pages import LivePages
from adapters.web.records import Figure, RoomInteraction, RoomLine
from adapters.web.transcript import Transcript
from bot.chat.address import Account, Caller, Place, SetupProblem
from bot.chat.errors import FileTooLarge, Refused
from bot.chat.message import Answer, Checklist, Form, Message, encode_answer, text_message
from bot.chat.platform import Core, Files

CHAT = 2000  # characters
RECENT = 60  # private answers searched for older copies of a list

_TURNS_A_PAGE = re.compile(r" page=\d+$")
_log = logging.getLogger(__name__)


def build_channel_place(name: str) -> Place:
    """Return a channel's place."""
    return Place("room", "room", name)


def build_private_place(native: str) -> Place:
    """Return the place for one person's private messages."""
    return Place("room", "room", native=native)


def build_room_caller(figure: Figure) -> Caller:
    """Return somebody in the cast as the core sees them."""
    return Caller(Account("room", "", figure.native), figure.name, figure.moderator, figure.zone)


@dataclass(frozen=True, slots=True)
class RoomAttachment:
    """A file sent with a form, whole."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        """Return the number of bytes."""
        return len(self.data)

    async def download(self, max_bytes: int) -> bytes:
        """See `bot.chat.platform.Attachment.download`."""
        if self.size > max_bytes:
            raise FileTooLarge(max_bytes)
        return self.data


@dataclass(frozen=True, slots=True)
class _Replacement:
    """The older lines an answer replaces, and whether it takes the first one's spot."""

    seqs: tuple[int, ...]
    has_same_spot: bool


class RoomConversation:
    """Takes phrases to the core, and the answers into the transcript."""

    def __init__(
        self, transcript: Transcript, clock: RoomClock, live_pages: LivePages, core: Core
    ) -> None:
        self._transcript = transcript
        self._clock = clock
        self._live_pages = live_pages
        self._core = core
        self._locks: dict[str, asyncio.Lock] = {}

    async def post_chat(self, once: str, speaker: Figure, place: Place, text: str) -> RoomLine:
        """Write an ordinary line, and return it. The bot does not read it.

        Raises `Refused` if it is too long.
        """
        if len(text) > CHAT:
            raise Refused(
                f"A message can have {CHAT:,} characters and this has {len(text):,}: "
                "please shorten it."
            )
        async with self._get_interaction_lock(once):
            before = await self._transcript.find_interaction(once)
            if before is not None:
                return await self._require_line(before.line)
            audience = speaker.native if place.is_private else ""
            line = RoomLine("chat", speaker.native, place, audience, text, self._clock.now())
            written = await self._transcript.insert_interaction(
                RoomInteraction(once, speaker.native, place, ""), line, is_answered=True
            )
            self._live_pages.publish_news(written)
            return written

    async def submit_phrase(
        self, interaction: RoomInteraction, speaker: Figure, files: Files | None = None
    ) -> tuple[RoomLine, RoomLine]:
        """Take a phrase to the bot, and return its line and the answer.

        Files are never written down: after a kill the bot asks for them again.
        Raises `Refused` if the id belongs to another interaction.
        """
        async with self._get_interaction_lock(interaction.once):
            before = await self._transcript.find_interaction(interaction.once)
            if before is None:
                before = await self._record_interaction(interaction, speaker)
            elif (before.author, before.phrase) != (speaker.native, interaction.phrase):
                raise Refused("This message has the id of another one: load the page again.")
            if before.answer:
                reply = await self._require_line(before.answer)
            else:
                reply = await self._fetch_core_answer(before, speaker, files)
            # Somebody who has just been erased has no line any more, only the receipt.
            return await self._transcript.load_line(before.line) or reply, reply

    async def finish_interactions(self, figures: Mapping[str, Figure]) -> None:
        """Answer the interactions left open by the last process."""
        for interaction in await self._transcript.list_unanswered_interactions():
            if interaction.author in figures:
                await self.submit_phrase(interaction, figures[interaction.author])

    def _get_interaction_lock(self, once: str) -> asyncio.Lock:
        """Return the lock for one id, so that two requests with it get one answer."""
        # Locks in use stay. The others go here, or there would be one for every line ever said.
        idle = [other for other, lock in self._locks.items() if not lock.locked()]
        for other in idle:
            del self._locks[other]
        return self._locks.setdefault(once, asyncio.Lock())

    async def _record_interaction(
        self, interaction: RoomInteraction, speaker: Figure
    ) -> RoomInteraction:
        native, place, now = speaker.native, interaction.place, self._clock.now()
        # A press is written for the record, but no page shows it: the button is already there.
        if interaction.label:
            line = RoomLine("press", native, place, native, interaction.label, now)
            written = await self._transcript.insert_interaction(interaction, line)
        else:
            line = RoomLine("phrase", native, place, native, f"/{interaction.phrase}", now)
            written = await self._transcript.insert_interaction(interaction, line)
            self._live_pages.publish_news(written)
        return replace(interaction, line=written.seq)

    async def _fetch_core_answer(
        self, interaction: RoomInteraction, speaker: Figure, files: Files | None
    ) -> RoomLine:
        reply = await self._ask_core(interaction, speaker, files)
        replacement = await self._find_replaced_lines(interaction, reply)
        audience = self._transcript.find_successor(speaker.native)
        place = interaction.place
        if place.is_private:
            place = build_private_place(audience)
        line = RoomLine(
            "answer",
            BOT,
            place,
            audience,
            encode_answer(reply),
            self._clock.now(),
        )
        written = await self._transcript.insert_answer(
            interaction.once,
            line,
            replaced_seqs=replacement.seqs,
            has_same_spot=replacement.has_same_spot,
        )
        self._live_pages.publish_news(written)
        return written

    async def _ask_core(
        self, interaction: RoomInteraction, speaker: Figure, files: Files | None
    ) -> Answer:
        try:
            return await self._core.answer_phrase(
                build_room_caller(speaker),
                interaction.place,
                interaction.phrase,
                interaction.filled,
                idempotency_key=interaction.once,
                files=files,
            )
        # A door: the core never raises for anything a person can do, so this is a bug. Without
        # an answer the interaction would be tried again at every start.
        except Exception:
            # Without the phrase: people's own words stay out of the log.
            _log.exception("The core could not answer a phrase")
            return text_message(
                "Something went wrong: please try again, or tell the operator to look into the log."
            )

    async def _find_replaced_lines(
        self, interaction: RoomInteraction, reply: Answer
    ) -> _Replacement:
        """Return the private answers this one replaces.

        Those are the answer pressed on, the form filled in, and older copies with outdated boxes.
        """
        recent = await self._transcript.list_private_answers(
            interaction.place, interaction.author, RECENT
        )
        answers = {line.seq: decode_line_answer(line) for line in recent}
        phrases = _list_private_phrases(reply)
        copies = [seq for seq, older in answers.items() if _list_private_phrases(older) & phrases]
        source = answers.get(interaction.source)
        # Pressed on a line that it renews, the answer stands where the person looks.
        renews_source = source is not None and (
            isinstance(source, Form)
            or _turns_the_page(interaction.place, reply)
            or _TURNS_A_PAGE.search(interaction.phrase) is not None
            or interaction.source in copies
        )
        if not renews_source:
            return _Replacement(tuple(copies), False)
        others = [seq for seq in copies if seq != interaction.source]
        return _Replacement((interaction.source, *others), True)

    async def _require_line(self, seq: int) -> RoomLine:
        line = await self._transcript.load_line(seq)
        if line is None:
            raise LookupError(f"line {seq} is not in the transcript")
        return line


def _turns_the_page(place: Place, reply: Answer) -> bool:
    """Return True if an answer replaces the private answer that was pressed: see decision 0011."""
    # A plain sentence would take away what it is about, and a private chat is a conversation.
    return not place.is_private and isinstance(reply, Message) and reply.is_interactive


def _list_private_phrases(answer: Answer) -> set[str]:
    """Return the phrases in an answer's private lists: they tell which list it is."""
    if not isinstance(answer, Message):
        return set()
    return {block.says for block in answer.blocks if isinstance(block, Checklist) and block.private}


def list_private_problems(figures: Iterable[Figure], place: Place) -> Sequence[SetupProblem]:
    """Return the reasons why the bot cannot post to one person in private."""
    for figure in figures:
        if figure.native != place.native:
            continue
        if figure.hears:
            return ()
        # Without the name: the sentence goes to the ledger and to the log.
        return (SetupProblem("Their private messages are closed: open them in the room."),)
    return (SetupProblem("That person is not in this room: add them first."),)
