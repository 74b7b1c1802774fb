"""A room for tests: the whole bot, a chat with a memory, a cast, and a clock that moves on request.

The chat is one more platform behind the same protocol, and can be told to fail like one.
"""

from __future__ import annotations

import itertools
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.__main__ import build_pulse, load_bundled_roadmaps
from bot.chat.address import (
    NO_RIGHTS,
    Account,
    AccountRights,
    Caller,
    Extra,
    Place,
    SetupProblem,
    Threads,
)
from bot.chat.errors import CannotReadHistory, MessageGone, RoleGone, SendError
from bot.chat.message import Answer, Buttons, Event, File, Message, NotifyWay
from bot.chat.platform import Core, EditPace, Files, Filled
from bot.post import PostRegistry, post_registry
from bot.roadmap import Roadmap
from bot.runtime.dispatch import Dispatch
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import PostScheduler
from bot.store import Store
from tests.support.database import open_store

FRIDAY = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
"""The beginning of every test: Friday 20 February 2026, ten o'clock UTC."""


roadmaps = cache(load_bundled_roadmaps)
"""The bundled roadmaps, read once for all tests."""


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = FRIDAY

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Sent:
    """A message in the chat's memory."""

    place: Place
    message: Message
    key: str
    at: datetime

    @property
    def kind(self) -> str:
        return self.key.split(".")[2]

    @property
    def ref(self) -> str:
        return ".".join(self.key.split(".")[3:-2])


@dataclass
class Chat:
    """A platform with a memory.

    `fault` is called before and after each message is kept, and may raise.
    `lacking`: missing rights by channel. `strangers`: accounts no longer in the space.
    `completed`: the key and title of each opened thread.
    `edited`: the keys of the edits, in their order. `edit_fault` is called around each, like `fault`.
    `edit_times`: the same with their moments. `pinned`, `deleted`: keys of messages.
    `moderators`, `roles`: what it says about an account's rights when asked.
    `rights_fault` is called before it says so, and may raise.
    `files`: what was sent as files, by key. `forgotten`: accounts whose data was erased.
    `made_roles`: the accounts with each role of ours, by its id. `role_fault` is called around
    each change to one.
    `events`: the events in the space by id. `event_fault` is called around each change to one.
    """

    clock: Clock
    name: str = "test"
    space_word: str = "space"
    reveal_path: str = ""
    edit_pace: EditPace = field(default_factory=EditPace)
    sent: list[Sent] = field(default_factory=list)
    fault: Callable[[str, Place, str], None] | None = None
    may_look: bool = True
    lacking: dict[str, tuple[SetupProblem, ...]] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    moderators: set[str] = field(default_factory=set)
    roles: dict[str, set[str]] = field(default_factory=dict)
    completed: list[tuple[str, str]] = field(default_factory=list)
    threads: Threads = "opened"
    events: dict[str, Event] = field(default_factory=dict)
    takes_files: bool = False
    files: dict[str, tuple[Place, str, tuple[File, ...]]] = field(default_factory=dict)
    forgotten: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    edit_times: list[tuple[str, datetime]] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    may_pin: bool = True
    edit_fault: Callable[[str, Place, str], None] | None = None
    event_fault: Callable[[str, Place], None] | None = None
    rights_fault: Callable[[Place], None] | None = None
    notify_ways: Sequence[NotifyWay] = ("role", "here", "group")
    made_roles: dict[str, set[str]] = field(default_factory=dict)
    role_fault: Callable[[str, str], None] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def listen(self, core: Core) -> None:
        raise NotImplementedError("tests speak through Room.says")

    async def send(self, place: Place, message: Message, key: str) -> str:
        if self.fault:
            self.fault("before", place, key)
        self.sent.append(Sent(place, message, key, self.clock.now()))
        if self.fault:
            self.fault("after", place, key)
        return str(len(self.sent))

    def build_post_link(self, place: Place, sent_ref: str) -> str:
        return f"https://chat.example/{place.space}/{place.channel}/{sent_ref}"

    async def edit(self, place: Place, sent_ref: str, message: Message, key: str) -> None:
        if self.edit_fault:
            self.edit_fault("before", place, key)
        number = int(sent_ref) - 1
        assert (self.sent[number].key, self.sent[number].place) == (key, place)
        self.sent[number] = replace(self.sent[number], message=message)
        self.edited.append(key)
        self.edit_times.append((key, self.clock.now()))
        if self.edit_fault:
            self.edit_fault("after", place, key)

    async def pin_message(self, place: Place, sent_ref: str) -> bool:
        if self.may_pin:
            self.pinned.append(self.sent[int(sent_ref) - 1].key)
        return self.may_pin

    async def delete_message(self, place: Place, sent_ref: str, key: str) -> None:
        number = int(sent_ref) - 1
        assert (self.sent[number].key, self.sent[number].place) == (key, place)
        if key in self.deleted:
            raise MessageGone("the message was deleted")
        self.deleted.append(key)

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        if message.thread:
            self.completed.append((self.sent[int(sent) - 1].key, message.thread))

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        if self.event_fault:
            self.event_fault("before", place)
        known = native
        for event_id, existing in self.events.items():
            if not known and existing.title == title and event_id not in others:
                known = event_id
        if event is None:
            self.events.pop(known, None)
        elif known in self.events:
            self.events[known] = event
        elif not native:
            known = f"event-{next(self._numbers)}"
            self.events[known] = event
        if self.event_fault:
            self.event_fault("after", place)
        return known if known in self.events else None

    async def settle_role(
        self, place: Place, name: str, native: str, since: datetime
    ) -> str | None:
        self._meet_role_fault("settle", name)
        if native:
            return native if native in self.made_roles else None
        made = f"{place.space}:{name}"
        self.made_roles.setdefault(made, set())
        self._meet_role_fault("settled", name)
        return made

    async def give_role(self, place: Place, role: str, native: str) -> bool:
        self._meet_role_fault("give", native)
        if role not in self.made_roles:
            raise RoleGone
        if native in self.strangers:
            return False
        self.made_roles[role].add(native)
        self._meet_role_fault("given", native)
        return True

    async def take_role(self, place: Place, role: str, native: str) -> None:
        self._meet_role_fault("take", native)
        if role not in self.made_roles:
            raise RoleGone
        self.made_roles[role].discard(native)
        self._meet_role_fault("taken", native)

    async def delete_role(self, place: Place, role: str) -> None:
        self._meet_role_fault("delete", role)
        self.made_roles.pop(role, None)

    def _meet_role_fault(self, what: str, whom: str) -> None:
        if self.role_fault:
            self.role_fault(what, whom)

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        if not self.may_look:
            raise CannotReadHistory
        for number, sent in enumerate(self.sent, 1):
            if (sent.key, sent.place) == (key, place):
                return str(number)
        return None

    async def send_files(self, place: Place, files: Sequence[File], text: str, key: str) -> None:
        if not self.takes_files:
            raise SendError("no files here", permanent=True)
        if key not in self.files:
            self.files[key] = (place, text, tuple(files))

    async def forget_account(self, account: Account, names: Collection[str]) -> None:
        self.forgotten.append((account.native, tuple(names)))

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        return self.lacking.get(place.channel, ())

    async def is_in_space(self, place: Place) -> bool:
        return place.native not in self.strangers

    async def ask_rights(self, place: Place) -> AccountRights:
        if self.rights_fault:
            self.rights_fault(place)
        if place.native in self.strangers:
            return NO_RIGHTS
        roles = frozenset(self.roles.get(place.native, ()))
        return AccountRights(
            True, place.native in self.moderators, roles, place.native.capitalize()
        )


class Passing:
    """Anything with a bot and a clock that is moved: everything happens at its own moment."""

    clock: Any
    pulse: Callable[[], Awaitable[datetime | None]]

    async def goes_to(self, when: datetime) -> None:
        """Let time pass up to an instant."""
        due = await self.pulse()
        while due is not None and due <= when:
            await self._advance(due)
            due = await self.pulse()
        await self._advance(when)
        await self.pulse()

    async def passes(self, **how_long: float) -> None:
        """Let time pass: `days=3`, `weeks=1`."""
        await self.goes_to(self.clock.now() + timedelta(**how_long))

    async def _advance(self, when: datetime) -> None:
        self.clock.at = max(when, self.clock.at)


class Room(Passing):
    """A channel of a space, with the bot in it."""

    def __init__(self, url: str, store: Store, roadmaps: Mapping[str, Roadmap]) -> None:
        self.url = url
        self.clock = Clock()
        self.chat = Chat(self.clock)
        self.chats: dict[str, Chat] = {"test": self.chat}
        self.roadmaps = roadmaps
        self.place = Place("test", "space", "study-group")
        self.moderators = self.chat.moderators
        self.moderators.add("mona")
        self.zones: dict[str, str] = {}
        self.locales: dict[str, str] = {}
        self.roles = self.chat.roles
        self._asked = itertools.count(1)
        self._begin(store)

    def _begin(self, store: Store) -> None:
        self.store = store
        self.core = Dispatch(store, self.clock, self.roadmaps, platforms=self.chats)
        self.clockwork = PostScheduler(store, self.clock)
        self.outbox = Outbox(store, self.clock, self.chats)
        self.pulse = build_pulse(self.clockwork, self.outbox, self.core)

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str, post_kinds: PostRegistry = post_registry) -> AsyncIterator[Room]:
        """Open a room on the database at a URL."""
        room = cls(url, await open_store(url, post_kinds), roadmaps())
        try:
            await room.clockwork.prepare_schedule()
            yield room
        finally:
            await room.store.close()

    async def restart(self, post_kinds: PostRegistry | None = None) -> None:
        """Stop the bot and start it again on the same database, with other kinds of posts if any are given."""
        await self.store.close()
        self._begin(await open_store(self.url, post_kinds or self.store.post_kinds))
        await self.clockwork.prepare_schedule()
        await self.outbox.reset_former_claims()

    def opens(self, platform: str) -> Chat:
        """Add a platform with a chat of its own, and return that chat."""
        opened = Chat(self.clock, platform, moderators=self.moderators, roles=self.roles)
        return self.chats.setdefault(platform, opened)

    # — talking —

    def caller(self, name: str, place: Place | None = None) -> Caller:
        there = place or self.place
        account = Account(there.platform, there.tenant, name)
        roles = frozenset(self.roles.get(name, ()))
        locale = self.locales.get(name, "")
        return Caller(
            account, name.capitalize(), name in self.moderators, self.zones.get(name), roles, locale
        )

    async def answer(
        self,
        name: str,
        phrase: str,
        filled: Filled | None = None,
        *,
        once: str = "",
        place: Place | None = None,
        files: Files | None = None,
    ) -> Answer:
        """Return the bot's answer to somebody, a message or a form."""
        return await self.core.answer_phrase(
            self.caller(name, place),
            place or self.place,
            phrase,
            filled,
            idempotency_key=once or f"said-{next(self._asked)}",
            files=files,
        )

    async def says(
        self,
        name: str,
        phrase: str,
        filled: Filled | None = None,
        *,
        place: Place | None = None,
        files: Files | None = None,
    ) -> str:
        """Return the bot's answer to somebody in plain text. Announcements leave at once."""
        answer = await self.answer(name, phrase, filled, place=place, files=files)
        await self.pulse()
        return answer.to_plain_text()

    async def presses(self, name: str, answer: Answer, *labels: str) -> Answer:
        """Press a button below an answer, by the beginning of its label. The first label wins."""
        assert isinstance(answer, Message)
        buttons = [
            button
            for block in answer.blocks
            if isinstance(block, Buttons)
            for button in block.buttons
        ]
        for label in labels:
            for button in buttons:
                if button.label.startswith(label):
                    pressed = await self.answer(name, button.says)
                    await self.pulse()
                    return pressed
        raise AssertionError(f"no button {labels} below {answer.to_plain_text()}")

    async def opens_cohort(self, name: str) -> str:
        """Have a moderator open a draft. After its start date, it begins in the current week."""
        answer = await self.answer("mona", f"cohort open {name}")
        if "When should it start?" in answer.to_plain_text():
            answer = await self.presses(
                "mona", answer, "Begin in week", "First post now", "Start today"
            )
        return (await self.presses("mona", answer, "Open it", "Start now")).to_plain_text()

    async def spring(self, *members: str, start: str = "2026-03-02", more: str = "") -> None:
        """Make an open cohort called spring, with members."""
        assert "draft" in await self.says("mona", f"cohort create name=spring start={start} {more}")
        opened = await self.opens_cohort("spring")
        assert "is open" in opened or "has started" in opened
        for name in members:
            assert "You are in spring" in await self.says(name, "join spring")

    # — time —

    async def is_down_until(self, when: datetime) -> None:
        """Let time pass while the bot is not there, then start it again."""
        self.clock.at = when
        await self.restart()
        await self.pulse()

    # — what was sent —

    def posts(self, kind: str = "") -> list[Sent]:
        """Return the posts of one kind to the channel, or all scheduled ones."""
        public = [sent for sent in self.chat.sent if not sent.place.is_private]
        if kind:
            return [sent for sent in public if sent.kind == kind]
        return [sent for sent in public if sent.kind not in {"announcement", "new_members"}]

    def private(self, name: str) -> list[Sent]:
        """Return the private messages to somebody."""
        return [sent for sent in self.chat.sent if sent.place.native == name]
