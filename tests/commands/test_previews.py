"""What everybody will see is shown first, whoever asks for it and however: then one button does it, or `sure=yes`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.message import Answer, Buttons, Message
from tests.support.room import Room

pytestmark = pytest.mark.usual_posts

ANNEX = Place("test", "space", "annex")
WEDNESDAY = datetime(2026, 3, 11, 12, tzinfo=UTC)


def buttons(answer: Answer) -> Iterator[tuple[str, str, str]]:
    """The buttons of an answer: label, phrase and style."""
    assert isinstance(answer, Message)
    for block in answer.blocks:
        if isinstance(block, Buttons):
            yield from ((button.label, button.says, button.style) for button in block.buttons)


PUBLIC = {
    "cohort pause cohort=#1": "running",
    "cohort finish cohort=#1": "running",
    "cohort break cohort=#1 first=2026-03-16 last=2026-03-18": "running",
    "cohort reschedule cohort=#1 start=2026-03-03": "running",
    "cohort start cohort=#1 on=2026-03-16 again=yes": "running",
    "cohort resume cohort=#1": "paused",
    "cohort open cohort=#1": "draft",
    "cohort start cohort=#1": "draft",
    "cohort archive cohort=#1": "draft",
    "cohort start cohort=#1 on=2026-02-27": "open",
    "cohort fit cohort=#1 weeks=10": "open",
}


async def brought_to(room: Room, state: str) -> None:
    if state == "draft":
        await room.says("mona", "cohort create name=spring start=2026-03-02")
        return
    await room.spring("ada")
    if state != "open":
        await room.goes_to(WEDNESDAY)
    if state == "paused":
        await room.says("mona", "cohort pause sure=yes")
        await room.passes(days=5)


@pytest.mark.parametrize("said", PUBLIC)
async def test_what_everybody_sees_is_shown_first_and_done_by_its_button(
    quick_room: Room, said: str
) -> None:
    room = quick_room
    await brought_to(room, PUBLIC[said])
    before = len(room.chat.sent)
    preview = await room.answer("mona", said)
    await room.pulse()
    assert len(room.chat.sent) == before, "nothing is posted unasked"
    assert preview.to_plain_text().startswith("A preview\n")
    assert "Nothing has changed yet." in preview.to_plain_text()
    (label, phrase, style), *others = buttons(preview)
    assert style != "primary"
    assert all(other != "primary" for _, _, other in others)
    await room.answer("mona", phrase)
    await room.pulse()
    posted = [letter.message for letter in room.chat.sent[before:] if letter.kind == "announcement"]
    for message in posted:
        assert message.to_plain_text().partition("\n[")[0] in preview.to_plain_text(), (
            "what was shown is what is posted"
        )
    assert posted or "I post" in preview.to_plain_text() or "archive" in said, label
    again = await room.says("mona", phrase)
    assert len(
        [letter for letter in room.chat.sent[before:] if letter.kind == "announcement"]
    ) == len(posted), again


async def test_a_press_that_comes_when_things_have_changed_is_shown_anew(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(WEDNESDAY)
    preview = await room.answer("mona", "cohort pause")
    await room.passes(days=1)
    before = len(room.chat.sent)
    stale = await room.presses("mona", preview, "Pause it")
    assert stale.to_plain_text() == (
        "A preview\n"
        "Something has changed since you looked: please check again.\n"
        "Pause spring from Thu 12 Mar 2026? Week 3 and the weeks after it wait for the end of the pause.\n"
        "Everyone will see:\n"
        "spring is paused from Thu 12 Mar 2026. There are no posts and no reminders, and your streak is safe. "
        "I will post here when it continues.\n"
        "Nothing has changed yet.\n"
        "[Pause it]\n"
        "[Timeline]"
    )
    assert len(room.chat.sent) == before
    done = await room.presses("mona", stale, "Pause it")
    assert done.to_plain_text().startswith(
        "spring is paused from Thu 12 Mar 2026. I have told everybody."
    )
    assert (await room.presses("mona", stale, "Pause it")).to_plain_text() == (
        "spring is paused, and only a running cohort can pause: see what comes next with posts timeline."
    )


async def test_no_act_stands_first_or_filled_below_a_timeline(room: Room) -> None:
    acts = {
        "Open it",
        "Start now",
        "Pause",
        "Resume",
        "Finish",
        "Finish it now",
        "Archive it",
        "Remove it again",
    }
    shown = []
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    shown.append(await room.answer("mona", "posts timeline spring"))
    await room.opens_cohort("spring")
    shown.append(await room.answer("mona", "posts timeline spring"))
    await room.goes_to(WEDNESDAY)
    shown.append(await room.answer("mona", "posts timeline spring"))
    shown.append(await room.answer("mona", "cohort pause spring sure=yes"))
    shown.append(await room.answer("mona", "posts timeline spring"))
    shown.append(await room.answer("mona", "cohort finish spring sure=yes"))
    for answer in shown:
        (first, _, _), *_ = buttons(answer)
        assert first not in acts
        assert [
            label for label, _, style in buttons(answer) if style == "primary" and label in acts
        ] == []


async def test_a_post_that_a_setting_makes_late_is_told_before_it_is_posted(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(WEDNESDAY)
    preview = await room.answer("mona", "posts settings post=nudge day=2 at=18:00")
    assert preview.to_plain_text() == (
        "A preview\n"
        "Mid-week nudge moves: day 2 of the week, 18:00.\n"
        "I post Mid-week nudge, week 2 right away. Nothing has changed yet.\n"
        "[Save]\n"
        "[Timeline]"
    )
    assert [letter.ref for letter in room.posts("nudge")] == ["linear-algebra"]
    await room.presses("mona", preview, "Save")
    assert [letter.ref for letter in room.posts("nudge")] == ["linear-algebra", "optimization"]
    assert "Saved." in await room.says("mona", "posts settings post=nudge usual=yes"), (
        "nothing is late, nothing asked"
    )


async def test_a_move_says_what_waits_and_comes_here_at_once(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 2, 8, tzinfo=UTC))
    room.chat.lacking["study-group"] = (SetupProblem("The channel is gone."),)
    await room.passes(hours=2)
    preview = await room.answer("mona", "cohort move", place=ANNEX)
    assert preview.to_plain_text() == (
        "A preview\n"
        "Posts of spring wait: The channel is gone. Or say cohort move spring in another channel.\n"
        "Move spring to this channel? Posts that waited come here now.\n"
        "I post Kick-off and Weekly topics, week 1 here right away. Nothing has changed yet.\n"
        "[Move it here]\n"
        "[Timeline]"
    )
    (move,) = [says for label, says, _ in buttons(preview) if label == "Move it here"]
    assert "now posts in this channel" in await room.says("mona", move, place=ANNEX)
    assert [letter.place.channel for letter in room.posts()[-2:]] == ["annex", "annex"]


async def test_a_code_is_looked_at_before_it_is_used_up(room: Room) -> None:
    there = Place("other", "team", "hall")
    await room.spring("ada")
    chat = room.opens("other")
    room.moderators.add("omar")
    code = (await room.says("mona", "cohort link")).partition("cohort link ")[2][:11]
    preview = await room.answer("omar", f"cohort link {code}", place=there)
    assert preview.to_plain_text() == (
        "A preview\n"
        "Post spring in this channel too? It also stays on Test. Moderators of both sides see "
        "every member's progress. What members write in check-ins stays with the moderators of "
        "their own side.\n"
        "Everyone will see:\n"
        "spring is open: 12 weeks together, starting on Mon 2 Mar 2026, 09:00. Everybody is welcome.\n"
        "spring now also posts on Other: one cohort, one plan, one board.\n"
        "The first of these is posted here, the second on Test. Nothing has changed yet.\n"
        "[Post here too]"
    )
    await room.pulse()
    assert chat.sent == []
    ((_, says, _),) = buttons(preview)
    assert "now posts in this channel" in await room.says("omar", says, place=there)
    assert [letter.ref for letter in chat.sent] == ["open/1"]


# — a start that is past —


async def test_a_zone_that_was_named_is_not_called_missing(quick_room: Room) -> None:
    assert "I do not know your time zone" not in await quick_room.says(
        "mona", "cohort create spring monday zone=UTC"
    )


async def test_a_start_today_after_the_posting_hour_is_now_or_tomorrow(room: Room) -> None:
    made = await room.answer("mona", "cohort create name=spring start=today")
    assert made.to_plain_text() == (
        "spring is a draft in this channel.\n"
        "Plan: AI/ML engineer in twelve weeks, 12 weeks.\n"
        "It starts on Fri 20 Feb 2026 and ends on Thu 14 May 2026. Posts come at 09:00 (UTC).\n"
        "It is later than 09:00 today: post the first week now or tomorrow?\n"
        "I do not know your time zone, so I use UTC: change it with cohort reschedule.\n"
        "Nobody has been told yet. Check the timeline, then open it for people to join.\n"
        "[First post now] [Tomorrow]\n"
        "[The weeks] [Change length] [Change the dates] [Timeline] [Open it]"
    )
    assert "Its first posting time is past, so I ask how to begin." in await room.says(
        "mona", "posts timeline"
    )
    asked = await room.says("mona", "cohort open")
    assert asked == (
        "spring starts today, but it is later than 09:00. Nobody has been told yet. When should it start?\n"
        "[First post now] [Tomorrow] [Change the dates]\n"
        "[Timeline]"
    )
    moved = await room.presses("mona", made, "Tomorrow")
    assert (
        "spring would start on Sat 21 Feb 2026. Posts come at 09:00 (UTC)." in moved.to_plain_text()
    )
    preview = await room.presses("mona", made, "First post now")
    assert preview.to_plain_text() == (
        "A preview\n"
        "Open spring now, in week 1?\n"
        "Everyone will see:\n"
        "spring is open: 12 weeks together, starting today. Everybody is welcome.\n"
        "I post Kick-off and Weekly topics, week 1 right away. Nothing has changed yet.\n"
        "[Start now]\n"
        "[Timeline]"
    )
    assert room.chat.sent == []
    await room.presses("mona", preview, "Start now")
    assert [letter.kind for letter in room.chat.sent] == ["announcement", "kick_off", "topics"]


async def test_today_is_the_day_where_the_cohort_is(quick_room: Room) -> None:
    room = quick_room
    room.clock.at = datetime(2026, 2, 20, 23, 30, tzinfo=UTC)
    room.zones = {"mona": "America/Lima"}
    in_tokyo = await room.says(
        "mona", "cohort create name=tokyo start=today zone=Asia/Tokyo at=9:00"
    )
    assert "It starts on Sat 21 Feb 2026" in in_tokyo
    assert "later than" not in in_tokyo, "nine o'clock comes in half an hour there"
    assert "It starts on Fri 20 Feb 2026" in await room.says(
        "mona", "cohort create name=lima start=today"
    )
    moved = await room.says("mona", "cohort reschedule tokyo start=tomorrow")
    assert "would start on Sun 22 Feb 2026" in moved
    started = await room.says("mona", "cohort start tokyo on=today")
    assert "Open tokyo, to start on Sat 21 Feb 2026?" in started


async def test_a_draft_whose_start_is_past_asks_how_to_begin_and_tells_nobody(room: Room) -> None:
    await room.says("mona", "cohort create name=spring start=2026-02-25")
    await room.passes(weeks=2)
    asked = await room.answer("mona", "cohort open spring sure=yes")
    assert asked.to_plain_text() == (
        "The start of spring was Wed 25 Feb 2026. "
        "Nobody has been told yet. When should it start?\n"
        "[Start today] [Begin in week 2] [Change the dates]\n"
        "[Timeline]"
    )
    today = await room.presses("mona", asked, "Start today")
    assert "Open spring now, in week 1?" in today.to_plain_text()
    chosen = await room.presses("mona", asked, "Begin in week 2")
    assert "I post Weekly topics, week 2 right away." in chosen.to_plain_text(), (
        "nobody has joined whom the others are for"
    )
    assert room.chat.sent == []
    opened = await room.presses("mona", chosen, "Open it")
    assert opened.to_plain_text().startswith("spring is open. I have invited everybody here.")
    assert [letter.kind for letter in room.chat.sent] == ["announcement", "topics"]


async def test_a_choice_that_a_new_week_has_overtaken_is_asked_again(quick_room: Room) -> None:
    room = quick_room
    await room.says("mona", "cohort create name=spring start=2026-02-16")
    asked = await room.answer("mona", "cohort open spring")
    await room.passes(weeks=1)
    assert (
        "[Begin in week 2]"
        in (await room.presses("mona", asked, "Begin in week 1")).to_plain_text()
    )


async def test_a_draft_whose_whole_plan_is_past_asks_as_well(quick_room: Room) -> None:
    room = quick_room
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    await room.goes_to(datetime(2026, 8, 3, 7, tzinfo=UTC))
    asked = await room.answer("mona", "cohort open spring")
    assert asked.to_plain_text() == (
        "All dates of spring are past: its start was Mon 2 Mar 2026. "
        "Nobody has been told yet. When should it start?\n"
        "[Start today] [Change the dates]\n"
        "[Timeline]"
    )
    preview = await room.presses("mona", asked, "Start today")
    assert "to start on Mon 3 Aug 2026?" in preview.to_plain_text(), "its hour is still to come"
    await room.presses("mona", preview, "Start on")
    await room.passes(hours=3)
    assert [letter.kind for letter in room.posts()] == ["kick_off", "topics"]
    assert room.posts()[0].at - room.clock.now() == timedelta(hours=-1)
