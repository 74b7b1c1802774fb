"""The classmates: invented people, acting through phrases only.

They press and fill in only the things they can see.
Their actions follow from their name and the room's date, so every run is the same.
Each action has an id of its own: after a kill, nothing happens twice.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from adapters.web.classmates import (
    CLASSMATES,
    ClassmateAction,
    compute_chance,
    compute_field_values,
    does_share,
    list_classmate_actions,
)
from adapters.web.conversation import RoomConversation, build_channel_place
from adapters.web.lines import decode_line_answer
from adapters.web.records import Figure, RoomInteraction, RoomLine
from adapters.web.story import AWAY_PHRASE, HELLO, JOIN_PHRASE, OPENING_PHRASES, Story
from adapters.web.transcript import Transcript
from bot.chat.address import Place
from bot.chat.message import Button, Buttons, Checklist, Form, Message
from bot.group.zones import load_zone

LOOKED_THROUGH = 60  # posts a classmate looks through for something to press


class Cast:
    """The people in the room, and the classmates' actions."""

    def __init__(self, transcript: Transcript, conversation: RoomConversation) -> None:
        self._transcript = transcript
        self._conversation = conversation
        self.figures: dict[str, Figure] = {}
        self.story: Story | None = None

    async def load_cast(self) -> None:
        """Read the people and the story from the transcript."""
        figures = await self._transcript.list_figures()
        self.figures = {figure.native: figure for figure in figures}
        stored = json.loads(await self._transcript.load_fact("story") or "null")
        if stored is not None:
            self.story = Story(
                stored["visitor"],
                stored["channel"],
                date.fromisoformat(stored["start"]),
                stored["told"],
                stored.get("number", 1),  # rooms of earlier versions had one group
            )

    async def _save_story(self, story: Story) -> None:
        # These keys are in the transcripts of earlier versions, so they stay.
        stored = {
            "visitor": story.visitor,
            "channel": story.channel,
            "start": story.start.isoformat(),
            "told": story.is_set_up,
            "number": story.number,
        }
        await self._transcript.save_fact("story", json.dumps(stored))
        self.story = story

    async def start_story(self, visitor: str, channel: str, start: date) -> None:
        """Bring the classmates in, and let Mona start a cohort for them and the visitor."""
        number = 1 if self.story is None else self.story.number + 1
        await self._transcript.insert_figures(CLASSMATES)
        # Saved before its first step: after a kill it is resumed, not started anew.
        await self._save_story(Story(visitor, channel, start, number=number))
        await self.load_cast()
        await self.resume_story()

    async def resume_story(self) -> None:
        """Finish setting up the cohort; steps already done get their old answers."""
        if self.story is None or self.story.is_set_up:
            return
        story, place = self.story, build_channel_place(self.story.channel)
        mona = self.figures["mona"]
        for step, phrase in OPENING_PHRASES:
            phrase = phrase.format(name=story.cohort_name, start=story.start)
            await self._submit_phrase_as(story.build_story_key(step), mona, place, phrase)
        await self._conversation.post_chat(story.build_story_key("hello"), mona, place, HELLO)
        join_phrase = JOIN_PHRASE.format(name=story.cohort_name)
        for native in (*(figure.native for figure in CLASSMATES), story.visitor):
            if native not in self.figures:
                continue  # a story that an earlier version began has fewer classmates
            key = story.build_story_key(f"join/{native}")
            await self._submit_phrase_as(key, self.figures[native], place, join_phrase)
        await self._save_story(replace(story, is_set_up=True))

    async def _submit_phrase_as(self, once: str, figure: Figure, place: Place, phrase: str) -> None:
        interaction = RoomInteraction(once, figure.native, place, phrase)
        await self._conversation.submit_phrase(interaction, figure)

    # — the classmates' own actions —

    def find_next_action_at(self, now: datetime) -> datetime | None:
        """Return the next instant after `now` with a classmate's action, or None."""
        # Some classmate acts every week. Eight days reach them in any zone.
        later = (action.at for action in self._list_coming_actions(now, days=8) if action.at > now)
        return min(later, default=None)

    async def run_actions_at(self, at: datetime) -> None:
        """Run the actions for exactly this instant."""
        # A list first: while an action runs, somebody may be added to the cast.
        due = [action for action in self._list_coming_actions(at, days=1) if action.at == at]
        for action in due:
            await self._run_action(action)

    def _list_coming_actions(self, now: datetime, days: int) -> Iterator[ClassmateAction]:
        if self.story is None:
            return
        classmates = [figure for figure in self.figures.values() if figure.temper]
        for figure in classmates:
            for day in _list_local_days(figure, now, days):
                yield from list_classmate_actions(figure, day, self.story.start)

    async def _run_action(self, action: ClassmateAction) -> None:
        match action.kind:
            case "away":
                await self._take_week_off(action)
            case "tick":
                await self._tick_newest_list(action)
            case "check in":
                await self._submit_checkin(action)
            case "phrase":
                await self._submit_phrase_in_channel(action)
            case "chat":
                place = build_channel_place(self.story.channel if self.story else "")
                key = action.idempotency_key
                await self._conversation.post_chat(key, action.figure, place, action.words)
            case "press":
                await self._press_newest_button(action)

    async def _take_week_off(self, action: ClassmateAction) -> None:
        place = build_channel_place(self.story.channel if self.story else "")
        phrase = AWAY_PHRASE.format(until=action.day + timedelta(days=6))
        await self._submit_phrase_as(action.idempotency_key, action.figure, place, phrase)

    async def _submit_phrase_in_channel(self, action: ClassmateAction) -> None:
        place = build_channel_place(self.story.channel if self.story else "")
        await self._submit_phrase_as(action.idempotency_key, action.figure, place, action.words)

    async def _press_newest_button(self, action: ClassmateAction) -> None:
        """Press the newest button with a label; nothing where there is none."""
        async for line, message in self._walk_visible_messages(action):
            button = _find_button(message, lambda button: button.label == action.words)
            if button is not None:
                await self._press_button(action.idempotency_key, action.figure, line, button)
                return

    async def _press_button(
        self, once: str, figure: Figure, line: RoomLine, button: Button
    ) -> RoomLine:
        """Press a button below a line, and return the answer."""
        press = RoomInteraction(
            once, figure.native, line.place, button.says, None, button.label, line.seq
        )
        _, answer = await self._conversation.submit_phrase(press, figure)
        return answer

    async def _tick_newest_list(self, action: ClassmateAction) -> None:
        """Tick on the newest list for everybody."""
        async for line, message in self._walk_visible_messages(action):
            checklists = _list_public_checklists(message)
            for number, checklist in enumerate(checklists):
                await self._tick_on_list(action, line, checklist, number)
            if checklists:
                return

    async def _tick_on_list(
        self, action: ClassmateAction, line: RoomLine, checklist: Checklist, number: int
    ) -> None:
        figure = action.figure
        # By name and item, not by day: who ticks twice a week ticks the same and some more.
        values = tuple(
            choice.value
            for choice in checklist.choices
            if compute_chance(figure.native, choice.value) < action.share
        )
        if not values:
            return
        interaction = RoomInteraction(
            f"{action.idempotency_key}/{number}",
            figure.native,
            line.place,
            checklist.says,
            {checklist.name: values},
            checklist.label,
            line.seq,
        )
        await self._conversation.submit_phrase(interaction, figure)

    async def _submit_checkin(self, action: ClassmateAction) -> None:
        """Press the newest check-in button, and send the form."""
        async for line, message in self._walk_visible_messages(action):
            button = _find_button(message, lambda button: button.says.startswith("checkin"))
            if button is not None:
                await self._press_checkin_button(action, line, button)
                return

    async def _press_checkin_button(
        self, action: ClassmateAction, line: RoomLine, button: Button
    ) -> None:
        figure = action.figure
        form_line = await self._press_button(action.idempotency_key, figure, line, button)
        form = decode_line_answer(form_line)
        # No form: the week was checked in before, or the cohort has ended.
        if not isinstance(form, Form):
            return
        filled = {field.name: compute_field_values(field, action) for field in form.fields}
        submission = RoomInteraction(
            f"{action.idempotency_key}/send",
            figure.native,
            line.place,
            form.says,
            filled,
            "Send",
            form_line.seq,
        )
        _, thanks_line = await self._conversation.submit_phrase(submission, figure)
        await self._share_note(action, thanks_line)

    async def _share_note(self, action: ClassmateAction, line: RoomLine) -> None:
        """Share the note with the group, as most do who wrote one."""
        message = decode_line_answer(line)
        if not isinstance(message, Message):
            return
        button = _find_button(message, lambda button: button.label == "Share my note")
        if button is not None and does_share(action):
            once = f"{action.idempotency_key}/share"
            await self._press_button(once, action.figure, line, button)

    async def _walk_visible_messages(
        self, action: ClassmateAction
    ) -> AsyncIterator[tuple[RoomLine, Message]]:
        """Yield the posts old enough for this action, newest first."""
        newest = action.at - timedelta(days=action.age)
        native = action.figure.native
        for line in await self._transcript.list_visible_posts(native, LOOKED_THROUGH):
            message = decode_line_answer(line)
            if isinstance(message, Message) and line.at <= newest:
                yield line, message


def _list_local_days(figure: Figure, now: datetime, count: int) -> list[date]:
    today = now.astimezone(load_zone(figure.zone)).date()
    return [today + timedelta(days=ahead) for ahead in range(count)]


def _list_public_checklists(message: Message) -> Sequence[Checklist]:
    return [block for block in message.blocks if isinstance(block, Checklist) and not block.private]


def _find_button(message: Message, is_meant: Callable[[Button], bool]) -> Button | None:
    for block in message.blocks:
        if not isinstance(block, Buttons):
            continue
        for button in block.buttons:
            if is_meant(button):
                return button
    return None
