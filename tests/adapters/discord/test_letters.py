"""Letters on the wire: the real library, and a Discord that limits, fails, forgets to answer and hangs up."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import discord
import pytest

from adapters.discord import custom_id, events, letters
from adapters.discord.errors import classify_discord_error
from bot.__main__ import build_pulse
from bot.chat.address import NO_RIGHTS, Account, AccountRights, Extra, Place, SetupProblem, Threads
from bot.chat.errors import CannotReadHistory, SendError
from bot.chat.message import Button, Buttons, Event, File, Message, text_message
from bot.chat.platform import Core, EditPace
from bot.chat.without_roles import WithoutRoles
from bot.runtime.outbox import Outbox
from bot.store.letter import LetterState
from tests.support.database import list_first_cohort_letters
from tests.support.discord.wire import (
    CANCELED,
    CHANNEL,
    GUILD,
    ME,
    THREAD,
    VOICE,
    Channel,
    Naps,
    Refusal,
    Wire,
    naps,
)
from tests.support.room import FRIDAY, Clock, Room

HOME = Place("discord", str(GUILD), str(CHANNEL))
ADA = Place("discord", str(GUILD), native="7")
POSTING = "POST /channels/*/messages"
LOOKING = "GET /channels/*/messages"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

HELLO = text_message("Hello.")
WITH_BUTTON = text_message("Hello.", Buttons((Button("Join", "join spring"),)))


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire.on(Clock()) as opened:
        yield opened


@pytest.fixture
async def client(wire: Wire) -> AsyncIterator[discord.Client]:
    async with wire.client() as opened:
        yield opened


@pytest.fixture(autouse=True)
def napping() -> Iterator[Naps]:
    with naps() as taken:
        yield taken


@pytest.fixture
def private() -> letters.DmChannels:
    return letters.DmChannels()


@dataclasses.dataclass
class Post:
    """The two ends: what the bot does, and what Discord has."""

    client: discord.Client
    wire: Wire
    private: letters.DmChannels

    async def send(self, key: str = "letter", message: Message = HELLO, place: Place = HOME) -> str:
        return await letters.send_marked_message(self.client, self.private, place, message, key)

    async def edit(
        self, sent: str, message: Message, key: str = "letter", place: Place = HOME
    ) -> None:
        await letters.edit_marked_message(self.client, self.private, place, sent, message, key)

    async def find(
        self, key: str = "letter", place: Place = HOME, since: datetime = FRIDAY
    ) -> str | None:
        return await letters.find_marked_message(self.client, self.private, place, key, since)

    async def fails(self, place: Place = HOME, message: Message = HELLO) -> SendError:
        with pytest.raises(SendError) as raised:
            await self.send(place=place, message=message)
        return raised.value

    def passes(self, **how_long: float) -> None:
        assert isinstance(self.wire.clock, Clock)
        self.wire.clock.at += timedelta(**how_long)


@pytest.fixture
def post(client: discord.Client, wire: Wire, private: letters.DmChannels) -> Post:
    return Post(client, wire, private)


# — sending —


async def test_a_letter_sent_twice_under_its_key_stands_there_once(post: Post) -> None:
    first = await post.send()
    assert await post.send() == first
    assert await post.send("another") != first
    assert [one["nonce"] for one in post.wire.posts] == [
        custom_id.compute_letter_mark("letter"),
        custom_id.compute_letter_mark("another"),
    ]


async def test_a_letter_goes_to_a_thread_or_a_voice_channel_like_to_any_other(post: Post) -> None:
    for number, kind in ((5, THREAD), (6, VOICE)):
        post.wire.channels[number] = Channel(number, type=kind)
        await post.send(f"letter {number}", place=dataclasses.replace(HOME, channel=str(number)))
        assert len(post.wire.channels[number].messages) == 1


async def test_a_private_channel_is_opened_once_and_the_oldest_is_forgotten(post: Post) -> None:
    post.private = letters.DmChannels(max_channels=2)
    for user in ("7", "7", "8", "9", "7"):
        await post.send(
            f"letter {len(post.wire.asked)}", place=dataclasses.replace(ADA, native=user)
        )
    assert len(post.wire.private(7)) == 3
    # The library remembers a hundred of its own, so forgetting costs no request here.
    assert post.wire.asked.count("POST /users/@me/channels") == 3


async def test_an_error_of_discord_is_tried_again_under_the_same_nonce(
    post: Post, napping: Naps
) -> None:
    post.wire.fails(POSTING, 500, kept=True)
    post.wire.fails(POSTING, 502)
    assert await post.send() == post.wire.posts[0]["id"]
    assert (len(post.wire.posts), napping.taken) == (1, [1, 3])


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_short_limit_is_waited_for(post: Post, napping: Naps, scope: str) -> None:
    post.wire.limits(POSTING, 12.5, scope=scope)
    await post.send()
    assert (len(post.wire.posts), napping.taken) == (1, [12.5])


def soon(error: SendError) -> bool:
    """Whether it is certain that nothing was sent, and the outbox's own back-off says when to try again."""
    return (error.permanent, error.perhaps_sent, error.after) == (False, False, None)


def unknown(error: SendError) -> bool:
    return (error.permanent, error.perhaps_sent) == (False, True)


def never(error: SendError) -> bool:
    return (error.permanent, error.perhaps_sent) == (True, False)


def after(**how_long: float) -> Callable[[SendError], bool]:
    return lambda error: (
        (error.permanent, error.perhaps_sent, error.after) == (False, False, timedelta(**how_long))
    )


@pytest.mark.parametrize(
    ("befalls", "means", "reason"),
    [
        (lambda wire: wire.limits(POSTING, 17, via=False), after(seconds=17), "slow down"),
        (lambda wire: wire.limits(POSTING, 0, via=False), after(minutes=1), "slow down"),
        (lambda wire: wire.limits(POSTING, 1e9, via=False), after(days=1), "slow down"),
        (lambda wire: wire.limits(POSTING, 45), after(seconds=45), "slow down"),
        (lambda wire: wire.fails(POSTING, 401), after(minutes=10), "token"),
        (lambda wire: wire.fails(POSTING, 403), after(minutes=10), "closed to me (403)"),
        (lambda wire: wire.fails(POSTING, 503), unknown, "in trouble (503)"),
        (lambda wire: wire.fails(POSTING, 500, times=5), unknown, "in trouble (500)"),
        (lambda wire: wire.drops(POSTING, kept=False), unknown, "connection"),
        (lambda wire: wire.drops(POSTING, kept=True), unknown, "connection"),
        (lambda wire: wire.fails(POSTING, 403, 50001), never, "may not see the channel"),
        (lambda wire: wire.fails(POSTING, 403, 50013), never, "lack a right there"),
        (lambda wire: wire.fails(POSTING, 404, 10003), never, "the channel is gone"),
        (
            lambda wire: wire.fails(POSTING, 400, 50035),
            never,
            "Discord refused it (50035): error 50035",
        ),
    ],
)
async def test_what_goes_wrong_in_sending_is_news_for_the_outbox(
    post: Post, befalls: Callable[[Wire], None], means: Callable[[SendError], bool], reason: str
) -> None:
    befalls(post.wire)
    error = await post.fails()
    assert means(error), vars(error)
    assert reason in error.reason


@pytest.mark.parametrize(
    ("befalls", "means", "reason"),
    [
        (lambda wire: wire.fails(POSTING, 403, 50007), never, "private messages are closed"),
        (lambda wire: wire.fails(POSTING, 403, 50278), never, "share no server"),
        (
            lambda wire: wire.fails("POST /users/@me/channels", 400, 40003),
            after(minutes=10),
            "too many",
        ),
        (lambda wire: wire.fails("POST /users/@me/channels", 404, 10013), never, "no such user"),
        (lambda wire: wire.fails("POST /users/@me/channels", 503), soon, "in trouble"),
        (lambda wire: wire.drops("POST /users/@me/channels", kept=True), soon, "connection"),
    ],
)
async def test_a_private_letter_fails_for_good_only_where_the_door_is_closed(
    post: Post, befalls: Callable[[Wire], None], means: Callable[[SendError], bool], reason: str
) -> None:
    befalls(post.wire)
    error = await post.fails(ADA)
    assert means(error), vars(error)
    assert reason in error.reason
    assert post.wire.private(7) == []


async def test_where_no_connection_was_made_nothing_was_sent(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:1")
    assert soon(await post.fails())


def test_silence_may_hide_a_letter_that_got_through_but_not_one_that_was_only_asked_for() -> None:
    assert unknown(classify_discord_error(TimeoutError()))
    assert soon(classify_discord_error(TimeoutError(), is_read_only=True))


async def test_a_letter_that_was_deleted_meanwhile_counts_as_sent(post: Post) -> None:
    await post.send()
    post.wire.delete(post.wire.posts[0])
    assert await post.send() == ""
    assert post.wire.posts == []


async def test_a_send_that_is_given_up_in_a_global_limit_does_not_hold_up_the_others(
    post: Post, napping: Naps
) -> None:
    post.wire.limits(POSTING, 25, scope="global")
    napping.deep = True
    waiting = asyncio.create_task(post.send())
    async with asyncio.timeout(120):
        while not napping.taken:
            await asyncio.sleep(0.001)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await post.send("another")
    assert len(post.wire.posts) == 1


# — finding —


@pytest.mark.parametrize("message", [HELLO, WITH_BUTTON])
@pytest.mark.parametrize("place", [HOME, ADA])
async def test_a_letter_is_found_by_its_mark_and_no_other_is_taken_for_it(
    post: Post, place: Place, message: Message
) -> None:
    post.wire.says(5)
    assert await post.find(place=place) is None
    sent = await post.send(message=message, place=place)
    await post.send("another", message, place)
    post.passes(days=3)
    assert await post.find(place=place) == sent
    assert await post.find("a third", place) is None


async def test_a_letter_is_found_by_its_button_alone(post: Post) -> None:
    sent = await post.send(message=WITH_BUTTON)
    del post.wire.posts[0]["components"][0]["id"]
    assert (await post.find(), await post.find("another")) == (sent, None)


async def test_a_letter_is_not_found_in_somebody_elses_message_or_before_its_time(
    post: Post,
) -> None:
    await post.send(message=WITH_BUTTON)
    (posted,) = post.wire.posts
    post.passes(minutes=2)
    since = FRIDAY + timedelta(minutes=2)
    post.wire.says(5, components=posted["components"], flags=posted["flags"])
    assert await post.find(since=since) is None
    assert await post.find(since=since - timedelta(seconds=90)) == posted["id"]


async def test_in_a_busy_channel_a_letter_is_found_near_the_first_try_and_near_the_last(
    post: Post,
) -> None:
    first = await post.send("first")
    for _ in range(700):
        post.wire.says(5)
    middle = await post.send("middle")
    for _ in range(700):
        post.wire.says(5)
    last = await post.send("last")
    assert (await post.find("first"), await post.find("last")) == (first, last)
    with pytest.raises(CannotReadHistory):
        await post.find("middle")
    post.wire.channels[CHANNEL].messages[:300] = []
    assert await post.find("middle") == middle
    assert await post.find("nothing else", since=FRIDAY + timedelta(days=1)) is None


async def test_where_history_is_closed_it_cannot_be_looked_at_and_is_not_taken_for_empty(
    post: Post,
) -> None:
    await post.send()
    post.wire.channels[CHANNEL].readable = False
    with pytest.raises(CannotReadHistory):
        await post.find()
    for code in (50001, 50013):
        post.wire.channels[CHANNEL].refusal = Refusal(403, code)
        with pytest.raises(CannotReadHistory):
            await post.find()
    del post.wire.channels[CHANNEL]
    with pytest.raises(CannotReadHistory):
        await post.find()


@pytest.mark.parametrize(
    ("befalls", "means"),
    [
        (lambda wire: wire.fails(LOOKING, 503), soon),
        (lambda wire: wire.fails(LOOKING, 403), after(minutes=10)),
        (
            lambda wire: wire.drops(LOOKING, kept=False, times=9),
            soon,
        ),  # aiohttp asks once more by itself
        (lambda wire: wire.limits(LOOKING, 31), after(seconds=31)),
    ],
)
async def test_looking_that_fails_is_news_as_well(
    post: Post, befalls: Callable[[Wire], None], means: Callable[[SendError], bool]
) -> None:
    befalls(post.wire)
    with pytest.raises(SendError) as raised:
        await post.find()
    assert means(raised.value), vars(raised.value)


# — with the outbox —


@dataclasses.dataclass
class Wired(WithoutRoles):
    """The letters as a platform: what the gateway would tell is left out."""

    post: Post
    name: str = "discord"
    space_word: str = "server"
    reveal_path: str = ""
    edit_pace: EditPace = dataclasses.field(default_factory=EditPace)
    threads: Threads = "opened"

    async def send(self, place: Place, message: Message, key: str) -> str:
        return await self.post.send(key, message, place)

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        return None

    async def edit(self, place: Place, sent_ref: str, message: Message, key: str) -> None:
        await self.post.edit(sent_ref, message, key, place)

    async def pin_message(self, place: Place, sent_ref: str) -> bool:
        raise NotImplementedError("nobody of these tests has a board")

    async def delete_message(self, place: Place, sent_ref: str, key: str) -> None:
        raise NotImplementedError("nobody of these tests has a board")

    def build_post_link(self, place: Place, sent_ref: str) -> str:
        raise NotImplementedError("no command of these tests links to a post")

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        raise NotImplementedError("no cohort of these tests has threads")

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
        return await letters.is_user_in_server(self.post.client, place)

    async def ask_rights(self, place: Place) -> AccountRights:
        return await letters.ask_server_rights(self.post.client, place)

    async def listen(self, core: Core) -> None:
        raise NotImplementedError("tests speak through Room.says")


async def a_monday(
    room: Room, befalls: Callable[[Wire], None]
) -> tuple[list[str], list[tuple[str, LetterState, str]]]:
    """A first Monday with the real outbox, during which something befalls Discord: the kinds of post that stand in the
    channel, and what became of the letters to it."""
    async with Wire.on(room.clock) as wire, wire.client() as client:
        room.place = HOME
        room.outbox = Outbox(
            room.store, room.clock, {"discord": Wired(Post(client, wire, letters.DmChannels()))}
        )
        room.pulse = build_pulse(room.clockwork, room.outbox)
        await room.spring("ada")
        await room.goes_to(MONDAY - timedelta(minutes=1))
        before = len(wire.posts)
        wire.says(5)
        befalls(wire)
        await room.goes_to(MONDAY + timedelta(hours=1))
        past = await list_first_cohort_letters(room.store)
        kinds = {custom_id.compute_letter_mark(one.natural_key): one.kind for one in past}
        ends = [(one.kind, one.state, one.reason) for one in past if one.moment >= MONDAY]
        return [kinds[one["nonce"]] for one in wire.posts[before:]], ends


FOUND = "found after an unknown outcome"


@pytest.mark.usual_posts
@pytest.mark.parametrize(
    ("befalls", "reason"),
    [
        (lambda wire: None, ""),
        (lambda wire: wire.drops(POSTING, kept=True), FOUND),
        (lambda wire: wire.drops(POSTING, kept=False), ""),
        (lambda wire: wire.fails(POSTING, 503, kept=True), FOUND),
        (lambda wire: wire.fails(POSTING, 500, times=5), ""),
        (lambda wire: wire.limits(POSTING, 600), ""),
        (lambda wire: (wire.drops(POSTING, kept=True), wire.fails(LOOKING, 503, times=3)), FOUND),
    ],
    ids=["nothing", "answer-lost", "question-lost", "503", "500", "limit", "no-answer-and-no-look"],
)
async def test_whatever_befalls_discord_on_a_monday_each_post_stands_there_once(
    quick_room: Room, befalls: Callable[[Wire], None], reason: str
) -> None:
    posts, ends = await a_monday(quick_room, befalls)
    assert posts == ["kick_off", "topics"]
    assert ends == [("kick_off", "sent", reason), ("topics", "sent", "")]


@pytest.mark.usual_posts
async def test_where_history_is_closed_an_unknown_outcome_is_unsure_and_nothing_is_doubled(
    quick_room: Room,
) -> None:
    def befalls(wire: Wire) -> None:
        wire.channels[CHANNEL].readable = False
        wire.drops(POSTING, kept=True)

    posts, ends = await a_monday(quick_room, befalls)
    assert posts == ["kick_off", "topics"]
    assert [(kind, state) for kind, state, _ in ends] == [
        ("kick_off", "unsure"),
        ("topics", "sent"),
    ]


# — beside a post —

STARTS = datetime(2026, 2, 26, 18, 0, tzinfo=UTC)
CALL = Event(
    "spring: week 1 call",
    STARTS,
    STARTS + timedelta(hours=1),
    "https://meet.example/spring",
    "Bring tea.",
)
WITH_ALL = dataclasses.replace(HELLO, thread="Week 1: Variables", event=CALL)
OPENING, ANNOUNCING = "POST */threads", "POST */scheduled-events"


async def whole(post: Post, message: Message = WITH_ALL, key: str = "letter") -> str:
    """Post a message with what stands beside it; its id."""
    sent = await post.send(key, message)
    lost: list[SendError] = []
    for beside in (
        letters.ensure_message_thread(post.client, HOME, message, sent),
        settle(post, message.event),
    ):
        try:
            await beside
        except SendError as broken:
            lost.append(broken)
    if lost:
        raise lost[0]
    return sent


async def settle(
    post: Post, event: Event | None, title: str = CALL.title, native: str = ""
) -> str | None:
    """Have the event of a call stand as it is given."""
    return await events.settle_scheduled_event(post.client, HOME, event, title, native, ())


async def test_a_thread_opens_under_the_post_and_the_call_stands_among_the_servers_events(
    post: Post,
) -> None:
    sent = await whole(post)
    (thread,), (event,) = post.wire.threads, post.wire.events
    assert (thread["id"], thread["name"], thread["parent_id"]) == (
        sent,
        "Week 1: Variables",
        HOME.channel,
    )
    assert (event["name"], event["description"]) == (CALL.title, CALL.about)
    assert event["entity_metadata"] == {"location": CALL.where}
    assert datetime.fromisoformat(event["scheduled_end_time"]) == CALL.ends


async def test_a_post_that_is_sent_again_opens_no_second_thread_and_announces_no_second_call(
    post: Post,
) -> None:
    assert await whole(post) == await whole(post)
    assert (len(post.wire.threads), len(post.wire.events)) == (1, 1)


async def test_a_call_without_words_is_announced_and_one_of_somebody_else_is_left_alone(
    post: Post,
) -> None:
    await whole(post)
    post.wire.events[0]["creator_id"] = "5"
    await whole(
        post, dataclasses.replace(HELLO, event=dataclasses.replace(CALL, about="")), "another"
    )
    assert [(one["creator_id"], one.get("description")) for one in post.wire.events] == [
        ("5", CALL.about),
        (str(ME), None),
    ]


@pytest.mark.parametrize(
    ("befalls", "reason", "made"),
    [
        (lambda wire: wire.fails(OPENING, 403, 50013), "I lack a right there", (0, 1)),
        (
            lambda wire: wire.drops(OPENING, kept=False),
            "the connection to Discord was lost",
            (0, 1),
        ),
        (lambda wire: wire.fails(ANNOUNCING, 403, 50013), "I lack a right there", (1, 0)),
        (
            lambda wire: wire.fails(ANNOUNCING, 400, 30038),
            "Discord refused it (30038): error 30038",
            (1, 0),
        ),
        (
            lambda wire: wire.limits("GET */scheduled-events", 99),
            "Discord asks me to slow down",
            (1, 0),
        ),
    ],
)
async def test_a_missing_thread_costs_no_event_and_the_other_way_round(
    post: Post, befalls: Callable[[Wire], None], reason: str, made: tuple[int, int]
) -> None:
    befalls(post.wire)
    with pytest.raises(SendError) as raised:
        await whole(post)
    assert raised.value.reason == reason
    assert (len(post.wire.threads), len(post.wire.events)) == made


async def test_no_thread_opens_in_a_thread_or_under_a_post_that_was_deleted(post: Post) -> None:
    post.wire.channels[5] = Channel(5, type=THREAD, parent=CHANNEL)
    message = dataclasses.replace(WITH_ALL, event=None)
    await letters.ensure_message_thread(
        post.client, dataclasses.replace(HOME, channel="5"), message, "1"
    )
    await letters.ensure_message_thread(post.client, HOME, message, "")
    assert post.wire.threads == []


# — members —


async def test_a_member_belongs_until_they_have_left_and_a_failure_to_ask_is_no_answer(
    post: Post,
) -> None:
    post.wire.members[GUILD].add(7)
    assert await letters.is_user_in_server(post.client, ADA)
    post.wire.members[GUILD].remove(7)
    assert not await letters.is_user_in_server(post.client, ADA)
    post.wire.fails("GET */members/*", 404, 10013)
    assert not await letters.is_user_in_server(post.client, ADA)
    for status, code in ((503, 0), (403, 50001)):
        post.wire.fails("GET */members/*", status, code)
        with pytest.raises(SendError) as raised:
            await letters.is_user_in_server(post.client, ADA)
        assert not raised.value.perhaps_sent
    del post.wire.members[GUILD]
    with pytest.raises(SendError, match="no longer in that server"):
        await letters.is_user_in_server(post.client, ADA)


async def test_whoever_may_manage_the_server_at_this_moment_is_a_moderator(post: Post) -> None:
    wire, manage_server, mentors = post.wire, 1 << 5, 42
    wire.members[GUILD].add(7)
    wire.roles[mentors] = 0
    wire.roles_of[7] = [mentors]
    # Discord gives everybody the role of the server itself.
    roles = frozenset({str(GUILD), str(mentors)})
    rights = await letters.ask_server_rights(post.client, ADA)
    assert rights == AccountRights(True, False, roles, "user7")
    for power in (manage_server, 1 << 3):
        wire.roles[mentors] = power
        assert (await letters.ask_server_rights(post.client, ADA)).is_moderator
    wire.roles_of[7] = []
    assert not (await letters.ask_server_rights(post.client, ADA)).is_moderator
    wire.members[GUILD].remove(7)
    assert await letters.ask_server_rights(post.client, ADA) == NO_RIGHTS
    wire.fails("GET */members/*", 503, 0)
    with pytest.raises(SendError):
        await letters.ask_server_rights(post.client, ADA)


# — the event of a call —

LATER = dataclasses.replace(
    CALL, starts=STARTS + timedelta(days=1), ends=STARTS + timedelta(days=1, hours=2)
)
GETTING, CHANGING = "GET */scheduled-events/*", "PATCH */scheduled-events/*"


def standing(post: Post) -> list[tuple[str, str, int]]:
    """Each event's title, start and status."""
    return [(one["name"], one["scheduled_start_time"], one["status"]) for one in post.wire.events]


@pytest.mark.parametrize("is_known", [True, False], ids=["by its id", "by its old title"])
async def test_an_event_is_edited_and_cancelled_and_doing_so_again_changes_nothing(
    post: Post, is_known: bool
) -> None:
    made = await settle(post, CALL)
    assert made is not None
    native = made if is_known else ""
    renamed = dataclasses.replace(LATER, title="summer: week 1 call", where="Attic", about="")
    assert [await settle(post, renamed, native=native) for _ in range(2)] == [made, made]
    assert standing(post) == [("summer: week 1 call", LATER.starts.isoformat(), 1)]
    assert post.wire.events[0]["entity_metadata"] == {"location": "Attic"}
    assert sum(one.startswith("PATCH") for one in post.wire.asked) == 1
    for _ in range(2):
        assert await settle(post, None, title=renamed.title, native=native) is None
    assert [status for _, _, status in standing(post)] == [CANCELED]
    assert sum(one.startswith("PATCH") for one in post.wire.asked) == 2


async def test_an_event_that_was_deleted_is_not_made_again_and_one_we_cancelled_is(
    post: Post,
) -> None:
    made = await settle(post, CALL)
    assert made is not None
    await settle(post, None, native=made)
    again = await settle(post, LATER)
    assert (again != made, len(post.wire.events)) == (True, 2)
    assert again is not None
    post.wire.events.clear()
    assert await settle(post, CALL, native=again) is None
    assert await settle(post, None, native=again) is None
    assert post.wire.events == []


async def test_an_event_of_another_call_or_of_somebody_else_is_not_taken_for_it(post: Post) -> None:
    first = await settle(post, CALL)
    assert first is not None
    second = await events.settle_scheduled_event(post.client, HOME, LATER, CALL.title, "", {first})
    assert (second == first, len(post.wire.events)) == (False, 2)
    for one in post.wire.events:
        one["creator_id"] = "5"
    assert await settle(post, None) is None
    assert {status for _, _, status in standing(post)} == {1}


async def test_whatever_befalls_an_edit_it_stands_once_after_the_next_try(post: Post) -> None:
    faults: Sequence[tuple[Callable[[], None], Callable[[SendError], bool], str]] = (
        (lambda: post.wire.fails(CHANGING, 403, 50013), never, "I lack a right there"),
        (lambda: post.wire.fails(GETTING, 503), soon, "in trouble"),
        (lambda: post.wire.drops(CHANGING, kept=True), soon, "connection"),
        (lambda: post.wire.limits(CHANGING, 99), after(seconds=99), "slow down"),
        (lambda: post.wire.fails(GETTING, 404, 10004), never, "no longer in that server"),
    )
    for befalls, means, reason in faults:
        post.wire.events.clear()
        made = await settle(post, CALL)
        assert made is not None
        befalls()
        with pytest.raises(SendError) as raised:
            await settle(post, LATER, native=made)
        assert means(raised.value), vars(raised.value)
        assert reason in raised.value.reason
        assert await settle(post, LATER, native=made) == made
        assert standing(post) == [(CALL.title, LATER.starts.isoformat(), 1)]


async def test_an_event_whose_creation_was_not_heard_of_is_made_once(post: Post) -> None:
    post.wire.drops(ANNOUNCING, kept=True)
    with pytest.raises(SendError):
        await settle(post, CALL)
    assert await settle(post, LATER) == post.wire.events[0]["id"]
    assert standing(post) == [(CALL.title, LATER.starts.isoformat(), 1)]
