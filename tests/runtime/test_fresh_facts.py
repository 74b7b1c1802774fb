"""Whether a letter is still needed is judged by facts that are new when it is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.chat.address import Extra, Place, SetupProblem
from bot.chat.message import Message, text_message
from bot.post import HomeFacts, PostDay, PostRegistry, post
from bot.runtime.gathering import gather_letters
from bot.runtime.outbox import Outbox
from bot.store import Tx
from tests.support.database import execute_sql, list_first_cohort_letters, record_statements
from tests.support.room import Chat, Room

KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Pondering(Chat):
    """A chat that takes seconds to say what is missing, while a moderator ends the cohort."""

    seconds: float = 0
    room: Room | None = None

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        assert self.room is not None
        self.clock.at += timedelta(seconds=self.seconds)
        await execute_sql(self.room.store, "UPDATE cohorts SET state = 'archived'")
        return ()


@pytest.mark.parametrize(
    ("seconds", "ended"),
    [(2.0, ("sent", "")), (2.1, ("skipped", "the cohort is archived"))],
)
async def test_facts_older_than_two_seconds_are_gathered_again(
    room: Room, seconds: float, ended: tuple[str, str]
) -> None:
    await room.spring()
    room.clock.at = KICK_OFF
    await room.clockwork.schedule_due_posts()
    chat = Pondering(room.clock, seconds=seconds, room=room)
    await Outbox(room.store, room.clock, {"test": chat}).drain_outbox()
    letters = await list_first_cohort_letters(room.store)
    (letter,) = [letter for letter in letters if letter.kind == "kick_off"]
    assert (letter.state, letter.reason) == ended
    assert len(chat.sent) == (ended[0] == "sent")


async def test_a_cohort_with_a_bug_stops_no_other_cohort_of_its_claim(quick_room: Room) -> None:
    room = quick_room
    room.store.post_kinds = kinds = PostRegistry(room.store.post_kinds.kinds.values())

    @post(PostDay("start"), title="Extra", order=5, uses=("new_members",), into=kinds)
    def extra(facts: HomeFacts) -> Message:
        """A post that asks for new members, though its key names none: that raises."""
        return text_message(f"{facts.new_members.count} of us")

    await room.spring()
    elsewhere = Place("test", "space", "another")
    await room.says("mona", "cohort create name=summer start=2026-03-02", place=elsewhere)
    await room.says("mona", "cohort open summer sure=yes", place=elsewhere)
    await execute_sql(
        room.store,
        "UPDATE cohorts SET posts = :off WHERE id = 2",
        {"off": '{"extra": {"on": false}}'},
    )
    await room.goes_to(KICK_OFF + timedelta(minutes=1))
    assert [(sent.place.channel, sent.kind) for sent in room.posts() if sent.at >= KICK_OFF] == [
        ("another", "kick_off"),
        ("another", "topics"),
    ]
    letters = await list_first_cohort_letters(room.store)
    (broken,) = [letter for letter in letters if letter.kind == "extra"]
    assert (broken.state, broken.is_outcome_unknown) == ("due", False)
    assert broken.reason.startswith("a bug, ticket ")


async def test_what_several_letters_need_is_read_once(room: Room) -> None:
    counts = []
    for names in ("ab", "cdefgh"):
        for name in names:
            place = Place("test", "space", f"channel-{name}")
            await room.says("mona", f"cohort create name={name} start=2026-03-02", place=place)
            await room.says("mona", f"cohort open {name} sure=yes", place=place)
        await enter_kick_off(room)
        claimed = await room.store.run(lambda tx: tx.ledger.claim_letters(room.clock.at, 50))
        with record_statements(room.store) as statements:
            gathered = await room.store.run(
                partial(gather_letters, letters=claimed, now=room.clock.at), write=False
            )
        counts.append((len(gathered), len(statements)))
        room.clock.at += timedelta(hours=1)
    (few, few_statements), (many, many_statements) = counts
    # An hour later the leases of the first two have ended: they are claimed again.
    assert (few, many) == (2, 2 + 6)
    assert few_statements == many_statements


async def enter_kick_off(room: Room) -> None:
    """Enter a post for every home, due now, with a key that was not seen before."""

    async def enter(tx: Tx) -> None:
        for cohort in await tx.cohorts.list_active_cohorts():
            for home in await tx.cohorts.list_homes(cohort.id):
                now = room.clock.at
                ref = f"start.{now.hour}"
                await tx.ledger.enter_home_post(cohort, "kick_off", ref, home.id, now, 0)

    await room.store.run(enter)
