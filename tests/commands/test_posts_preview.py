"""`/posts preview`: the coming post as everybody will see it, for one moderator alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.message import Message
from bot.post import post_registry
from tests.commands.test_cohort_link import THERE, linked
from tests.support.room import Room

KINDS = sorted(post_registry.group_kinds)


async def show(room: Room, phrase: str) -> Message:
    shown = await room.answer("mona", f"posts preview {phrase}")
    assert isinstance(shown, Message)
    return shown


@pytest.mark.usual_posts
@pytest.mark.parametrize("kind", ["kick_off", "topics", "nudge", "check_in", "recap", "finale"])
async def test_the_preview_is_what_everybody_reads(quick_room: Room, kind: str) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.goes_to(datetime(2026, 3, 1, 12, tzinfo=UTC))
    week = "" if kind in {"kick_off", "finale"} else "week=1"
    shown = (await show(room, f"{kind} {week}")).to_plain_text()
    await room.goes_to(datetime(2026, 5, 26, tzinfo=UTC))
    sent = room.posts(kind)[0].message
    for line in sent.to_plain_text().splitlines()[1 if sent.title else 0 :]:
        assert line in shown
    assert sent.title in shown


async def test_its_buttons_do_nothing_and_say_so(room: Room) -> None:
    await room.spring("ada")
    shown = await show(room, "kick_off")
    assert shown.to_plain_text().splitlines()[:2] == [
        "Preview · Here we go",
        "Kick-off comes on Mon 2 Mar 2026, 09:00. Only you see this, and its buttons do nothing.",
    ]
    pressed = (await room.presses("mona", shown, "Join")).to_plain_text()
    assert pressed.splitlines()[1].startswith("The buttons of a preview do nothing. Kick-off:")
    assert "1 member" in await room.says("mona", "members list")
    topics = await show(room, "topics week=1")
    (listed,) = [block for block in topics.blocks if block.block == "checklist"]
    await room.says("mona", listed.says, {listed.name: (listed.choices[0].value,)})
    assert room.chat.sent[-1].kind in {"announcement", "new_members"}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_shown_before_and_after_it_comes(quick_room: Room, kind: str) -> None:
    room = quick_room
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    assert "went wrong" not in (await show(room, kind)).to_plain_text()
    await room.opens_cohort("spring")
    await room.says("ada", "join spring")
    for when in (datetime(2026, 3, 18, 12, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)):
        await room.goes_to(when)
        sent = len(room.chat.sent)
        told = (await show(room, kind)).to_plain_text()
        assert "went wrong" not in told
        assert told.startswith("Preview")
        assert len(room.chat.sent) == sent


async def test_a_private_post_is_shown_as_an_example_and_never_as_a_real_member_s(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.says("ada", "tick vectors-matrices")
    told = (await show(room, "farewell")).to_plain_text()
    assert (
        "Farewell goes to members in private, each at their own time. This is an example, "
        "as somebody reads it who has done nothing yet."
    ) in told
    assert "Ada" not in told


async def test_by_todays_facts_it_would_be_left_out_and_says_why(room: Room) -> None:
    await room.spring()
    told = (await show(room, "check_in")).to_plain_text()
    assert "By today's facts I would leave it out: nobody is there to hear it." in told
    assert "How did week 1 go" in told
    told = (await show(room, "new_members")).to_plain_text()
    assert "nobody new is to be named" in told


async def test_a_post_that_is_switched_off_can_be_seen_before_it_is_switched_on(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.says("mona", "posts settings post=recap on=no")
    told = (await show(room, "recap")).to_plain_text()
    assert "Weekly recap, week 1 is switched off. It would come on Mon 9 Mar 2026" in told


async def test_what_cannot_be_shown_is_refused_in_one_sentence(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("mona", "posts preview week=13") == (
        "spring has weeks 1 to 12: choose one of them."
    )
    assert await room.says("mona", "posts preview finale week=2") == (
        "Finale belongs to no week: leave week out."
    )
    assert "I know no post “nonsense”" in await room.says("mona", "posts preview nonsense")
    assert "Only moderators" in await room.says("ada", "posts preview")


async def test_a_hidden_member_is_in_no_preview(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("bob", "settings hidden=yes")
    await room.goes_to(datetime(2026, 3, 3, tzinfo=UTC))
    for name in ("ada", "bob"):
        await room.says(name, "tick 1")
    told = (await show(room, "recap")).to_plain_text()
    assert "Ada" in told
    assert "Bob" not in told


async def test_in_two_homes_both_moderators_see_the_same(room: Room) -> None:
    await linked(room, "ada")
    here = (await show(room, "topics week=2")).to_plain_text()
    there = await room.says("omar", "posts preview topics week=2", place=THERE)
    assert here == there


async def test_a_full_post_has_room_for_its_preview(quick_room: Room) -> None:
    await quick_room.spring("ada")
    for week in range(1, 13):
        shown = await show(quick_room, f"topics week={week}")
        assert shown.title.startswith("Preview · Week")


async def test_the_digest_of_moderators_is_shown_by_its_own_command(room: Room) -> None:
    await room.spring("ada")
    shown = await room.says("mona", "posts preview digest")
    assert "cohort digest shows it as it stands now." in shown
    assert "[The digest]" in shown
