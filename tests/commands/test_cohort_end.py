"""Finish and archive: the button first, one finale, and a name that is free again."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.room import Room


async def test_finishing_asks_first_then_sends_the_finale_once_and_nothing_after(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    await room.says(
        "ada", "checkin week=linear-algebra cohort=#1", {"hours": ("3",), "items": ("bayes",)}
    )
    assert await room.says("mona", "cohort finish") == (
        "A preview\n"
        "spring is in week 2 of 12. End it now? There are no more weeks. "
        "You can also pause it and continue later.\n"
        "I post Finale right away. Each member gets a farewell in private. "
        "Nothing has changed yet.\n[Finish it now]\n[Timeline] [Pause]"
    )
    assert room.posts("finale") == []
    assert await room.says("mona", "cohort finish cohort=#1 sure=yes") == (
        "spring has finished. I post the finale now. Ticks and check-ins still count.\n"
        "[Timeline] [Archive it] [Start it again]"
    )
    again = await room.says("mona", "cohort finish cohort=#1 sure=yes")
    assert (
        again
        == "spring is finished, and only an open, running or paused cohort can finish: see what was posted with posts timeline."
    )
    assert [sent.kind for sent in room.private("ada")][-1] == "farewell"
    before = len(room.chat.sent)
    await room.goes_to(datetime(2026, 7, 1, tzinfo=UTC))
    assert len(room.chat.sent) == before
    (finale,) = room.posts("finale")
    assert (
        "2 of 12 weeks of AI/ML engineer in twelve weeks, and here we stop together."
        in finale.message.to_plain_text()
    )
    assert "Week 2" in await room.says("ada", "week")
    assert "week 3" not in (await room.says("ada", "progress")).casefold()


async def test_a_cohort_that_has_not_begun_is_called_off_without_a_finale(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "cohort finish sure=yes")
    await room.passes(days=120)
    assert room.posts() == []
    assert room.chat.sent[-1].message.to_plain_text() == (
        "spring is cancelled and will not start. Thank you for your interest."
    )


async def test_a_finished_cohort_can_go_through_its_plan_again(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("mona", "cohort finish sure=yes")
    await room.says("mona", "cohort start again=yes on=2026-03-09 sure=yes")
    await room.goes_to(datetime(2026, 3, 16, 12, tzinfo=UTC))
    assert [letter.ref for letter in room.posts("topics")] == [
        "linear-algebra",
        "linear-algebra",
        "optimization",
    ]


async def test_only_what_is_over_or_never_was_can_be_archived_and_its_name_is_free_again(
    room: Room,
) -> None:
    await room.spring("ada")
    assert await room.says("mona", "cohort archive") == (
        "spring is open: end it first with cohort finish."
    )
    await room.says("mona", "cohort finish sure=yes")
    asked = await room.says("mona", "cohort archive")
    assert asked.endswith(
        "You cannot undo this.\nNothing has changed yet.\n[Archive it]\n[Timeline]"
    )
    assert await room.says("mona", "cohort archive cohort=#1 sure=yes") == (
        "spring is archived. You can use its name again.\n[A new cohort]"
    )
    gone = "That cohort is archived and can no longer be read: use join to see the open ones."
    assert await room.says("ada", "week cohort=#1") == gone
    assert await room.says("ada", "progress cohort=#1") == gone
    assert await room.says("mona", "cohort archive cohort=#1 sure=yes") == (
        "spring~1 is already archived."
    )
    for verb in (
        "start again=yes sure=yes",
        "reschedule start=2026-03-09",
        "settings seats=3",
        "pause",
        "finish",
        "open",
    ):
        assert "spring~1 is archived" in await room.says("mona", f"cohort {verb} cohort=#1"), verb
    await room.spring("ada")


async def test_a_finale_that_fell_due_during_an_outage_is_not_lost_to_a_moderator_who_is_quicker(
    room: Room,
) -> None:
    await room.spring("ada")
    await room.is_down_until(datetime(2026, 5, 24, 12, tzinfo=UTC))
    room.clock.at = datetime(2026, 5, 25, 10, tzinfo=UTC)
    await room.core.answer_phrase(
        room.caller("mona"), room.place, "cohort settings seats=7", idempotency_key="quick"
    )
    await room.pulse()
    assert len(room.posts("finale")) == 1
