"""Letters sent by the real outbox, through a Slack that fails in every way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.__main__ import build_pulse
from bot.chat.address import Account, AccountRights, Extra, Place, SetupProblem, Threads
from bot.chat.message import Event, File, Message
from bot.chat.platform import Core, EditPace
from bot.chat.without_roles import WithoutRoles
from bot.runtime.outbox import Outbox
from bot.store.letter import LetterState
from tests.support.database import list_first_cohort_letters
from tests.support.room import Room
from tests.support.slack.api import STUDY, open_wire_api
from tests.support.slack.letters import Post
from tests.support.slack.wire import Wire, lost_connection, rate_limit, status
from tests.support.slack.workspaces import SCOPES

pytestmark = pytest.mark.usual_posts

POSTING, LOOKING = "chat.postMessage", "conversations.history"
A_MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class LettersPlatform(WithoutRoles):
    """The letters as a platform: what the events would tell is left out."""

    post: Post
    name: str = "slack"
    threads: Threads = "always"
    space_word: str = "workspace"
    reveal_path: str = ""
    edit_pace: EditPace = field(default_factory=EditPace)

    async def send(self, place: Place, message: Message, key: str) -> str:
        return await self.post.send(key, place, message)

    async def edit(self, place: Place, sent_ref: str, message: Message, key: str) -> None:
        await self.post.letters.edit_slack_letter(place, sent_ref, message, key, "/study")

    async def pin_message(self, place: Place, sent_ref: str) -> bool:
        raise NotImplementedError("nobody of these tests has a board")

    async def delete_message(self, place: Place, sent_ref: str, key: str) -> None:
        raise NotImplementedError("nobody of these tests has a board")

    def build_post_link(self, place: Place, sent_ref: str) -> str:
        raise NotImplementedError("no command of these tests links to a post")

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        raise NotImplementedError("on Slack nothing stands beside a message")

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        return None

    async def send_files(self, place: Place, files: Sequence[File], text: str, key: str) -> None:
        raise NotImplementedError("nobody of these tests asks for files")

    async def forget_account(self, account: Account, names: Collection[str]) -> None:
        raise NotImplementedError("nobody of these tests is erased")

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        return await self.post.find(key, place, since)

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        return ()

    async def is_in_space(self, place: Place) -> bool:
        return await self.post.letters.is_workspace_member(place)

    async def ask_rights(self, place: Place) -> AccountRights:
        raise NotImplementedError("no moderator of these tests gets a letter")

    async def listen(self, core: Core) -> None:
        raise NotImplementedError("tests speak through Room.says")


async def a_monday(
    room: Room, befalls: Callable[[Wire], None]
) -> tuple[list[str], list[tuple[str, LetterState, str]]]:
    """A first Monday with the real outbox, during which something befalls Slack: the kinds of post
    that stand in the channel, and what became of the letters to it.
    """
    async with Wire.on(room.clock) as wire, open_wire_api(wire) as api:
        post = Post.over(wire, api)
        room.place = STUDY
        room.outbox = Outbox(room.store, room.clock, {"slack": LettersPlatform(post)})
        room.pulse = build_pulse(room.clockwork, room.outbox)
        await room.spring("ada")
        await room.goes_to(MONDAY - A_MINUTE)
        before = len(post.posts)
        post.says()
        befalls(wire)
        await room.goes_to(MONDAY + timedelta(hours=1))
        past = await list_first_cohort_letters(room.store)
        kinds = {post.natural_key: post.kind for post in past}
        ends = [(post.kind, post.state, post.reason) for post in past if post.moment >= MONDAY]
        posted = [
            post["metadata"]["event_payload"]["key"]
            for post in post.posts[before:]
            if "metadata" in post
        ]
        return [kinds[key] for key in posted], ends


FOUND = "found after an unknown outcome"


@pytest.mark.parametrize(
    ("befalls", "reason"),
    [
        (lambda wire: None, ""),
        (lambda wire: wire.fails(POSTING, lost_connection(kept=True)), FOUND),
        (lambda wire: wire.fails(POSTING, lost_connection(kept=False)), ""),
        (lambda wire: wire.fails(POSTING, status(503, kept=True)), FOUND),
        (lambda wire: wire.fails(POSTING, rate_limit(600)), ""),
        (
            lambda wire: (
                wire.fails(POSTING, lost_connection(kept=True)),
                wire.fails(LOOKING, status(503), times=2),
                wire.fails(LOOKING, rate_limit(90)),
            ),
            FOUND,
        ),
    ],
    ids=["nothing", "answer-lost", "question-lost", "503", "limit", "no-answer-and-no-look"],
)
async def test_whatever_befalls_slack_on_a_monday_each_post_stands_there_once(
    quick_room: Room, befalls: Callable[[Wire], None], reason: str
) -> None:
    posts, ends = await a_monday(quick_room, befalls)
    assert posts == ["kick_off", "topics"]
    assert ends == [("kick_off", "sent", reason), ("topics", "sent", "")]


async def test_where_history_is_closed_an_unknown_outcome_is_unsure_and_nothing_is_doubled(
    quick_room: Room,
) -> None:
    def befalls(wire: Wire) -> None:
        wire.installs("T0HALL", SCOPES - {"channels:history"})
        wire.fails(POSTING, lost_connection(kept=True))

    posts, ends = await a_monday(quick_room, befalls)
    assert posts == ["kick_off", "topics"]
    assert [(kind, state) for kind, state, _ in ends] == [
        ("kick_off", "unsure"),
        ("topics", "sent"),
    ]
