"""The classmates: invented people who act only through phrases and what they can see, the same way every time.

What they do follows from their name and the room's date, and each deed has an id of its own, so a process killed in the
middle repeats nothing when it comes back.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from adapters.web.conversation import RoomConversation, build_channel_place
from adapters.web.lines import decode_line_answer
from adapters.web.transcript import Figure, RoomInteraction, RoomLine, Transcript
from bot.chat.address import Place
from bot.chat.message import Buttons, Checklist, Field, Form, Message
from bot.group.zones import load_zone

LOOKED_THROUGH = 60

PLAYED = (
    Figure("ada", "Ada", "Asia/Kolkata"),
    Figure("bob", "Bob", "America/Los_Angeles"),
    Figure("cy", "Cy", "Pacific/Auckland"),
    Figure("mona", "Mona", "Europe/Berlin", moderator=True),
)
CLASSMATES = (
    Figure("noor", "Noor", "Asia/Dubai", temper="eager"),
    Figure("tomas", "Tomás", "America/Bogota", temper="steady"),
    Figure("kwame", "Kwame", "Africa/Accra", temper="weekend"),
    Figure("yuki", "Yuki", "Asia/Tokyo", temper="late"),
    Figure("sefa", "Sefa", "Europe/Istanbul", temper="silent"),
    Figure("lena", "Lena", "Europe/Stockholm", temper="away"),
)
BEGINNING = (
    ("create", "cohort create name={name} start={start}"),
    ("open", "cohort open cohort={name} sure=yes"),
)
JOINING = "join cohort={name}"
BEING_AWAY = "away until={until}"
HELLO = "Welcome, everybody. Twelve weeks, one step at a time, and nobody has to do them alone."
NOTES = (
    "Slower than planned, but it makes sense now.",
    "The exercises helped more than the videos.",
    "I had to read the middle part twice.",
    "Drew it on paper first, that did it.",
    "Good week, happy with where this is going.",
    "Work was a lot, I did what I could.",
)


@dataclass(frozen=True, slots=True)
class ClassmateAction:
    """Something a classmate does at an instant. `share` is how much of a list they tick, `age` how many days old what they
    press is at least."""

    figure: Figure
    at: datetime
    kind: str
    day: date
    share: float = 1.0
    age: int = 0

    @property
    def idempotency_key(self) -> str:
        return f"cast/{self.figure.native}/{self.day}/{self.kind}"


# Weekday (Monday is 0), local time, what, share of the list, age of what is pressed.
_HABITS: Mapping[str, tuple[tuple[int, time, str, float, int], ...]] = {
    "eager": (
        (1, time(20, 10), "tick", 0.6, 0),
        (3, time(19, 40), "tick", 1.0, 0),
        (6, time(10, 30), "check in", 1.0, 0),
    ),
    "steady": (
        (2, time(19, 5), "tick", 0.5, 0),
        (5, time(11, 15), "tick", 0.9, 0),
        (6, time(18, 20), "check in", 1.0, 0),
    ),
    "weekend": ((5, time(14, 45), "tick", 0.8, 0), (6, time(20, 35), "check in", 1.0, 0)),
    "late": ((1, time(21, 25), "tick", 0.7, 3), (1, time(21, 50), "check in", 1.0, 2)),
    "silent": ((3, time(18, 55), "tick", 0.7, 0), (6, time(16, 25), "check in", 1.0, 0)),
    "away": ((2, time(20, 50), "tick", 0.9, 0), (6, time(19, 15), "check in", 1.0, 0)),
}
_SILENT_WEEKS = range(3, 6)
_WEEK_AWAY = 7


def list_classmate_actions(figure: Figure, day: date, start: date) -> Iterator[ClassmateAction]:
    """What a classmate does on a local day of a cohort that began at `start`."""
    week = (day - start).days // 7
    if figure.temper == "silent" and week in _SILENT_WEEKS:
        return
    if figure.temper == "away" and week == _WEEK_AWAY:
        if day.weekday() == 0:
            yield ClassmateAction(figure, _convert_local_time(day, time(8, 5), figure), "away", day)
        return
    for weekday, wall, what, share, age in _HABITS.get(figure.temper, ()):
        if weekday == day.weekday() and day >= start:
            yield ClassmateAction(
                figure, _convert_local_time(day, wall, figure), what, day, share, age
            )


def _convert_local_time(day: date, wall: time, who: Figure) -> datetime:
    return datetime.combine(day, wall, load_zone(who.zone)).astimezone(UTC)


def compute_chance(*words: object) -> float:
    """A number from 0 up to 1 that the same words always give."""
    return int.from_bytes(sha256("/".join(map(str, words)).encode()).digest()[:6]) / 2**48


@dataclass(frozen=True, slots=True)
class Story:
    """How a cohort of the classmates began: who asked for it, where, and on what day it starts.

    `number` counts the groups of this room.
    """

    visitor: str
    channel: str
    start: date
    is_set_up: bool = False
    number: int = 1

    @property
    def cohort_name(self) -> str:
        """What the cohort is called."""
        return "first-steps" if self.number == 1 else f"first-steps-{self.number}"

    def build_story_key(self, deed: str) -> str:
        """The id under which something is said at its beginning, the same after a restart."""
        return f"story/{deed}" if self.number == 1 else f"story/{self.number}/{deed}"


class Cast:
    """The people of the room, and what the classmates among them do."""

    def __init__(self, transcript: Transcript, conversation: RoomConversation) -> None:
        self._transcript = transcript
        self._conversation = conversation
        self.figures: dict[str, Figure] = {}
        self.story: Story | None = None

    async def load_cast(self) -> None:
        """Learn from the transcript who is here and whether the story has begun."""
        self.figures = {one.native: one for one in await self._transcript.list_figures()}
        kept = json.loads(await self._transcript.load_fact("story") or "null")
        if kept is not None:
            self.story = Story(
                kept["visitor"],
                kept["channel"],
                date.fromisoformat(kept["start"]),
                kept["told"],
                kept.get("number", 1),  # rooms of earlier versions had one group
            )

    async def _save_story(self, story: Story) -> None:
        kept = {
            "visitor": story.visitor,
            "channel": story.channel,
            "start": story.start.isoformat(),
            "told": story.is_set_up,
            "number": story.number,
        }
        await self._transcript.save_fact("story", json.dumps(kept))
        self.story = story

    async def start_story(self, visitor: str, channel: str, start: date) -> None:
        """Bring the classmates in and let Mona begin a cohort that they and the visitor join."""
        number = 1 if self.story is None else self.story.number + 1
        await self._transcript.insert_figures(CLASSMATES)
        await self._save_story(Story(visitor, channel, start, number=number))
        await self.load_cast()
        await self.resume_story()

    async def resume_story(self) -> None:
        """Tell the beginning to its end; what was told before stays as it was."""
        if self.story is None or self.story.is_set_up:
            return
        story, place = self.story, build_channel_place(self.story.channel)
        for name, words in BEGINNING:
            words = words.format(name=story.cohort_name, start=story.start)
            await self._submit_phrase_as(
                story.build_story_key(name), self.figures["mona"], place, words
            )
        await self._conversation.post_chat(
            story.build_story_key("hello"), self.figures["mona"], place, HELLO
        )
        for native in (*(figure.native for figure in CLASSMATES), story.visitor):
            joining = JOINING.format(name=story.cohort_name)
            await self._submit_phrase_as(
                story.build_story_key(f"join/{native}"), self.figures[native], place, joining
            )
        await self._save_story(replace(story, is_set_up=True))

    async def _submit_phrase_as(self, once: str, who: Figure, place: Place, said: str) -> RoomLine:
        _, answer = await self._conversation.submit_phrase(
            RoomInteraction(once, who.native, place, said), who
        )
        return answer

    # — what they do by themselves —

    def find_next_action_at(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which a classmate does something."""
        later = (deed.at for deed in self._list_coming_actions(now, days=8) if deed.at > now)
        return min(later, default=None)

    async def run_actions_at(self, at: datetime) -> None:
        """Do what is to be done at exactly this instant."""
        for deed in [one for one in self._list_coming_actions(at, days=1) if one.at == at]:
            await self._run_action(deed)

    def _list_coming_actions(self, now: datetime, days: int) -> Iterator[ClassmateAction]:
        if self.story is None:
            return
        for who in self.figures.values():
            today = now.astimezone(load_zone(who.zone)).date()
            for ahead in range(days if who.temper else 0):
                yield from list_classmate_actions(
                    who, today + timedelta(days=ahead), self.story.start
                )

    async def _run_action(self, deed: ClassmateAction) -> None:
        match deed.kind:
            case "away":
                place = build_channel_place(self.story.channel if self.story else "")
                await self._submit_phrase_as(
                    deed.idempotency_key,
                    deed.figure,
                    place,
                    BEING_AWAY.format(until=deed.day + timedelta(days=6)),
                )
            case "tick":
                await self._tick_newest_list(deed)
            case _:
                await self._submit_checkin(deed)

    async def _tick_newest_list(self, deed: ClassmateAction) -> None:
        """Tick on the newest list that stands for everybody."""
        async for line, message in self._walk_visible_messages(deed):
            lists = [
                block
                for block in message.blocks
                if isinstance(block, Checklist) and not block.private
            ]
            for number, block in enumerate(lists):
                values = tuple(
                    one.value
                    for one in block.choices
                    if compute_chance(deed.figure.native, one.value) < deed.share
                )
                if values:
                    said = RoomInteraction(
                        f"{deed.idempotency_key}/{number}", deed.figure.native, line.place, block.says,
                        {block.name: values}, block.label, line.seq,
                    )  # fmt: skip
                    await self._conversation.submit_phrase(said, deed.figure)
            if lists:
                return

    async def _submit_checkin(self, deed: ClassmateAction) -> None:
        """Press the newest check-in button and fill in the form that opens."""
        async for line, message in self._walk_visible_messages(deed):
            rows = (block.buttons for block in message.blocks if isinstance(block, Buttons))
            button = next(
                (one for row in rows for one in row if one.says.startswith("checkin")), None
            )
            if button is None:
                continue
            said = RoomInteraction(
                deed.idempotency_key,
                deed.figure.native,
                line.place,
                button.says,
                None,
                button.label,
                line.seq,
            )
            _, answer = await self._conversation.submit_phrase(said, deed.figure)
            form = decode_line_answer(answer)
            if isinstance(form, Form):
                filled = {one.name: _compute_field_values(one, deed) for one in form.fields}
                sent = RoomInteraction(
                    f"{deed.idempotency_key}/send",
                    deed.figure.native,
                    line.place,
                    form.says,
                    filled,
                    "Send",
                    answer.seq,
                )
                await self._conversation.submit_phrase(sent, deed.figure)
            return

    async def _walk_visible_messages(
        self, deed: ClassmateAction
    ) -> AsyncIterator[tuple[RoomLine, Message]]:
        newest = deed.at - timedelta(days=deed.age)
        for line in await self._transcript.list_visible_posts(deed.figure.native, LOOKED_THROUGH):
            message = decode_line_answer(line)
            if isinstance(message, Message) and line.at <= newest:
                yield line, message


def _compute_field_values(asked: Field, deed: ClassmateAction) -> tuple[str, ...]:
    """What a classmate writes into a field."""
    luck = compute_chance(deed.figure.native, deed.day, asked.name)
    match asked.kind:
        case "number":
            least, most = asked.least or 0, asked.most or 10
            return (str(int(min(most, max(least, 2 + 7 * luck)))),)
        case "one":
            picks = len(asked.choices)
            return (asked.choices[min(picks - 1, int(picks * (0.35 + 0.65 * luck)))].value,)
        case "any":
            return tuple(
                one.value
                for one in asked.choices
                if one.chosen or compute_chance(deed.figure.native, one.value) < 0.7
            )
        case "line" | "text":
            says_something = asked.required or (asked.name == "note" and luck < 0.4)
            return (NOTES[int(luck * 1000) % len(NOTES)],) if says_something else ()
        case _:
            return (asked.value,) if asked.value else ()
