"""Making a cohort to measure, and fitting one anew: what is said of it, who is told, and what is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot.chat.message import Form
from tests.support.room import Room

LONG = "ai-ml-career-roadmap"


async def test_a_cohort_without_a_word_about_weeks_takes_the_plans_own(quick_room: Room) -> None:
    assert await quick_room.says(
        "mona", "cohort create name=spring start=2026-03-02 zone=Europe/Berlin"
    ) == (
        "spring is a draft in this channel.\n"
        "Plan: AI/ML engineer in twelve weeks, 12 weeks.\n"
        "It starts on Mon 2 Mar 2026 and ends on Sun 24 May 2026. Posts come at 09:00 (Europe/Berlin).\n"
        "Nobody has been told yet. Check the timeline, then open it for people to join.\n"
        "[The weeks] [Change length] [Change the dates] [Timeline] [Open it]"
    )


async def test_a_long_plan_becomes_seasons_and_the_preview_says_what_was_done(
    quick_room: Room,
) -> None:
    room = quick_room
    made = await room.says(
        "mona", f"cohort create name=spring start=2026-03-02 roadmap={LONG} hours=8"
    )
    lines = made.split("\n")
    assert lines[:2] == [
        "spring is a draft in this channel.",
        "Plan: AI/ML engineer: the long road to a career, 12 weeks.",
    ]
    assert lines[3].startswith("• Season 1 of 7: from “Foundation phase” to “")
    assert (
        "A cohort takes one season. cohort fit changes to another season, or takes them all."
        in lines
    )
    again = (await room.says("mona", "cohort fit season=2")).split("\n")
    assert again[0] == "I have changed spring."
    assert again[2].startswith("• Season 2 of 7: from “")
    assert again[-2:] == [
        "It is a draft, so nobody is told.",
        "[The weeks] [Change length] [Timeline] [Open it]",
    ]
    whole = await room.says("mona", "cohort fit weeks=80")
    assert "Season" not in whole
    shown = await room.says("mona", "roadmap show cohort=#1")
    assert "\n2. More time: " in shown
    assert "[64 more]" in shown, "the plan turns its pages"
    assert room.chat.sent == []


async def test_one_week_is_one_week_wherever_it_is_told(quick_room: Room) -> None:
    room = quick_room
    made = await room.says("mona", "cohort create name=spring start=2026-03-02 weeks=1 hours=1")
    assert "• Season 1 of 12: “Basics of linear algebra and statistics”.\n" in made
    await room.says("mona", "cohort open spring sure=yes")
    assert "spring is open: 1 week together" in room.chat.sent[-1].message.to_plain_text()
    assert "takes 1 week." in await room.says("ada", "join spring")
    await room.passes(weeks=3)
    assert "starts: 1 week together" in room.posts("kick_off")[0].message.to_plain_text()
    assert (
        "\n1 week, 5 items, and we have come to the end of our part of AI/ML engineer in twelve weeks. 🎓\n"
        in (room.posts("finale")[0].message.to_plain_text())
    ), "a season is not the whole plan"


@pytest.mark.usual_posts
async def test_an_open_cohort_is_fitted_after_a_look_and_everybody_is_told_once(room: Room) -> None:
    await room.spring("ada")
    await room.says("ada", "tick vectors-matrices")
    preview = await room.says("mona", "cohort fit weeks=10 hours=8")
    assert preview.startswith(
        "A preview\nAI/ML engineer in twelve weeks in 10 weeks. It starts on Mon 2 Mar 2026 and ends on Sun 10 May 2026.\n"
        "• Put weeks 1 and 2 of the plan together in week 1: "
    )
    assert preview.endswith(
        "Everyone will see:\nspring has a new plan: 10 weeks, until Sun 10 May 2026. "
        "The next post is Starts soon on Sat 28 Feb 2026, 09:00.\nNothing has changed yet.\n[Change length]\n[Timeline]"
    )
    assert "12. " in await room.says("ada", "roadmap")
    sure = "cohort fit cohort=#1 weeks=10 hours=8 season=all sure=yes"
    assert await room.says("mona", sure) == (
        "Done, and I have told everybody. spring starts on Mon 2 Mar 2026.\n[Timeline]"
    )
    assert (
        await room.says("mona", sure)
        == "spring is already planned like that: choose other weeks or hours."
    )
    told = [
        letter.message.to_plain_text()
        for letter in room.chat.sent
        if letter.ref.startswith("fitted")
    ]
    assert told == [
        "spring has a new plan: 10 weeks, until Sun 10 May 2026. "
        "The next post is Starts soon on Sat 28 Feb 2026, 09:00.\n[The whole plan]"
    ]
    assert "1 of 57" in await room.says("ada", "progress"), "the tick has come along"
    await room.goes_to(datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert [letter.ref for letter in room.posts("topics")] == ["linear-algebra"]
    assert await room.says("mona", "cohort fit weeks=9") == (
        "spring has started and its weeks are fixed: create another cohort with cohort create."
    )


async def test_a_week_without_items_is_posted_listed_and_checked_in_like_any_other(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada", more=f"roadmap={LONG} weeks=80")
    await room.goes_to(datetime(2026, 3, 13, 12, tzinfo=UTC))
    posted = room.posts("topics")[-1].message.to_plain_text()
    assert re.match(r"Week 2 of \d+ · More time: ", posted)
    assert "Nothing new this week: time to go on with what is under way." in posted
    assert not any(letter.ref == room.posts("topics")[-1].ref for letter in room.posts("nudge"))
    own = await room.says("ada", "week")
    assert "\nNothing new this week: time to finish what you have begun." in own
    assert "0 of 0 items done" in await room.says("ada", "checkin hours=3")
    assert "More time: " in await room.says("ada", "progress")


async def test_fit_asks_with_a_form_and_numbers_it_cannot_use_come_back_at_their_field(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    form = await room.answer("mona", "cohort fit")
    assert isinstance(form, Form)
    assert [(field.name, field.value) for field in form.fields] == [
        ("weeks", "12"),
        ("hours", ""),
        ("season", ""),
    ]
    again = await room.says("mona", form.says, {"weeks": ("0",), "hours": ("",), "season": ("",)})
    assert "Weeks — 0 is too low for weeks: choose 1 to 104." in again
    done = await room.says("mona", form.says, {"weeks": ("24",), "hours": ("",), "season": ("",)})
    assert done.startswith("I have changed spring.\nAI/ML engineer in twelve weeks in 24 weeks. ")


REFUSED = {
    "weeks=105": "105 is too high for weeks: choose 1 to 104.",
    "hours=0.1": "0.1 is too low for hours: choose 0.5 to 80.",
    "season=2": "This plan has only one season: leave the season empty.",
    "weeks=6 season=9": "This plan has 2 seasons at that length: choose 1 to 2, or all.",
    "season=@everyone": "“@everyone” is not a season: write its number, or all for the whole plan.",
}


async def test_what_cannot_be_fitted_is_refused_when_making_and_when_fitting(
    quick_room: Room,
) -> None:
    room = quick_room
    made = {
        said: await room.says("mona", f"cohort create name=x start=2026-03-02 {said}")
        for said in REFUSED
    }
    assert made == {said: f"{sentence}\n[Edit]" for said, sentence in REFUSED.items()}
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    fitted = {said: await room.says("mona", f"cohort fit {said}") for said in REFUSED}
    assert {said: answer.removesuffix("\n[Edit]") for said, answer in fitted.items()} == REFUSED
    assert [said for said, answer in fitted.items() if "[Edit]" not in answer] == [
        "season=2",
        "season=@everyone",
    ]
    assert await room.says("ada", "cohort fit weeks=10") == (
        "Only moderators can use cohort fit here: ask one of them, or see help for what you can do."
    )


async def test_the_seasons_there_are_are_offered(quick_room: Room) -> None:
    room = quick_room

    async def offered(command: str, typed: str = "", **given: str) -> list[str]:
        found = await room.core.suggest_values(
            room.caller("mona"), room.place, command, "season", typed, given
        )
        return [choice.value for choice in found]

    assert await offered("cohort create", roadmap=LONG) == [*"1234567", "all"]
    assert await offered("cohort create", weeks="6") == ["1", "2", "all"]
    assert await offered("cohort create", "2 of", roadmap=LONG, hours="8") == ["2"]
    assert await offered("cohort create", weeks="x") == []
    assert await offered("cohort fit") == []
    await room.says("mona", f"cohort create name=spring start=2026-03-02 roadmap={LONG}")
    assert await offered("cohort fit") == [*"1234567", "all"]
    assert await offered("cohort fit", weeks="40", cohort="spring") == ["1", "2", "all"]
