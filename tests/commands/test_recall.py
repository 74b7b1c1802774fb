"""`recall`: questions about finished topics come back, and can be practised."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.recall_plan import (
    NAMES,
    answer_last_question,
    begin_recall,
    find_phrase,
    finish_topic,
    list_question_days,
    list_questions_to,
)
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses, links

PROMISE = "after about one, three and seven weeks, in private, and at most two questions a week."


async def test_a_question_comes_back_after_one_three_and_seven_weeks(room: Room) -> None:
    await begin_recall(room, "ada")
    ticked = await room.says("ada", "tick loops")
    assert ticked == (
        "Ticked Learn loops.\nYou have done 1 of 18 items in the whole plan.\n"
        "[My list] [My progress]\n"
        f"Shall I ask you about the topics you finish? I would ask {PROMISE}\n"
        "[Ask me again later]"
    )
    assert await room.says("ada", "recall start") == (
        f"I will ask you about each topic you finish, {PROMISE} "
        "The first question comes on Wed 11 Mar 2026.\n[Stop]"
    )
    await room.passes(days=7, hours=7)
    question = list_questions_to(room, "ada")[-1]
    assert question.message.to_plain_text() == (
        "About a week ago you finished Learn loops. Do you still know this? "
        "recall stop ends these questions.\nWhat is loops?\n[Knew it] [Partly] [No]"
    )
    assert await answer_last_question(room, "ada", "Knew it") == (
        "Good: you still know it.\nWhat is loops?\nIt is _loops_.\n[Another question]"
    )
    await room.passes(weeks=10)
    assert list_question_days(room, "ada") == [
        "03-11 18:00 loops/1",
        "03-25 18:00 loops/2",
        "04-22 18:00 loops/3",
    ]
    assert (
        "About 7 weeks ago you finished"
        in list_questions_to(room, "ada")[-1].message.to_plain_text()
    )


async def test_nobody_is_asked_who_has_not_said_so(room: Room) -> None:
    await begin_recall(room, "ada", "bob")
    for name in ("ada", "bob"):
        await room.says(name, "tick loops")
    assert "Shall I ask you" not in await room.says("ada", "tick lists")
    assert "Questions: on" in await room.says("bob", "settings recall=yes")
    assert "Questions: off" in await room.says("bob", "settings recall=no")
    await room.passes(weeks=9)
    assert list_questions_to(room, "ada") + list_questions_to(room, "bob") == []


async def test_a_no_asks_once_more_a_week_later_and_then_goes_on(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.passes(days=7, hours=7)
    assert await answer_last_question(room, "ada", "No") == (
        "That is what the question is for. I will ask you once more in a week.\n"
        "What is loops?\nIt is _loops_.\n• The handbook (https://example.org/book) book\n"
        "[Another question]"
    )
    await room.passes(days=7, hours=7)
    assert (
        "Once more about Learn loops." in list_questions_to(room, "ada")[-1].message.to_plain_text()
    )
    assert "once more in a week" not in await answer_last_question(room, "ada", "No")
    await room.passes(weeks=9)
    assert list_question_days(room, "ada") == [
        "03-11 18:00 loops/1",
        "03-18 18:00 loops/1.2",
        "03-25 18:00 loops/2",
        "04-22 18:00 loops/3",
    ]


async def test_no_more_than_two_questions_a_week(room: Room) -> None:
    await begin_recall(room, "ada")
    for item in NAMES:
        await room.says("ada", f"tick {item}")
    await room.says("ada", "recall start")
    await room.passes(weeks=12)
    asked = list_questions_to(room, "ada")
    days = [letter.at.date() for letter in asked]
    assert len(set(days)) == len(days)
    assert all((later - earlier).days >= 7 for earlier, later in zip(days, days[2:], strict=False))
    assert {letter.ref.partition("/")[0] for letter in asked} == set(NAMES)
    assert len({letter.ref for letter in asked}) == len(asked)


async def test_two_cohorts_ask_once(room: Room) -> None:
    await begin_recall(room, "ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-09 roadmap=to-remember")
    await room.opens_cohort("autumn")
    await room.says("ada", "join autumn")
    await room.says("ada", "tick loops cohort=spring")
    await room.says("ada", "recall start")
    await room.passes(weeks=8)
    assert list_question_days(room, "ada") == [
        "03-11 18:00 loops/1",
        "03-25 18:00 loops/2",
        "04-22 18:00 loops/3",
    ]


async def test_leaving_stops_the_questions(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.passes(days=8)
    await room.says("ada", "leave spring")
    await room.passes(weeks=8)
    assert list_question_days(room, "ada") == ["03-11 18:00 loops/1"]


async def test_whoever_comes_back_is_asked_again(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.says("ada", "leave spring")
    await room.passes(days=10)
    await room.says("ada", "join spring")
    await room.passes(days=12)
    assert list_question_days(room, "ada") == ["03-25 18:00 loops/2"]


async def test_leaving_one_of_two_cohorts_goes_on_by_the_other(room: Room) -> None:
    await begin_recall(room, "ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-09 roadmap=to-remember")
    await room.opens_cohort("autumn")
    await room.says("ada", "join autumn")
    await room.says("ada", "tick loops cohort=spring")
    await room.says("ada", "recall start")
    await room.says("ada", "leave autumn")
    await room.passes(days=8)
    assert list_question_days(room, "ada") == ["03-11 18:00 loops/1"]


async def test_unticking_stops_a_question_and_ticking_again_brings_it_back(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.says("ada", "tick loops undo=yes")
    await room.passes(days=8)
    assert list_questions_to(room, "ada") == []
    await room.says("ada", "tick loops")
    await room.passes(days=8)
    assert list_question_days(room, "ada") == ["03-19 18:00 loops/1"]


async def test_stop_ends_the_questions_and_a_later_start_goes_on(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.passes(days=8)
    assert await room.says("ada", "recall stop") == (
        "No more questions will come. You can practise with recall whenever you like.\n"
        "[Ask me again later]"
    )
    await room.passes(days=20)
    assert "on Wed 22 Apr 2026" in await room.says("ada", "recall start")
    await room.passes(weeks=5)
    assert list_question_days(room, "ada") == ["03-11 18:00 loops/1", "04-22 18:00 loops/3"]


async def test_questions_wait_while_somebody_is_away(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.says("ada", "away until=2026-03-14")
    await room.passes(weeks=2)
    assert list_question_days(room, "ada") == ["03-15 18:00 loops/1"]


async def test_questions_end_four_weeks_after_the_finish(room: Room) -> None:
    await begin_recall(room, "ada", "bob")
    await finish_topic(room, "ada")
    await room.says("bob", "tick lists")
    # The plan ends on 25 May, and the four weeks after it on 22 June.
    await room.goes_to(datetime(2026, 5, 10, 12, tzinfo=UTC))
    for item in ("sets", "trees"):
        await room.says("ada", f"tick {item}")
    await room.passes(weeks=12)
    late = [day for day in list_question_days(room, "ada") if "loops" not in day]
    assert late == [
        "05-17 18:00 sets/1",
        "05-18 18:00 trees/1",
        "05-31 18:00 sets/2",
        "06-01 18:00 trees/2",
    ]


async def test_a_question_comes_at_ones_own_hour_through_clock_changes(room: Room) -> None:
    await begin_recall(room, "ada")
    await room.says("ada", "settings zone=Europe/Berlin reminder=02:30 quiet=none")
    # Ticked on 22 March: a week later the clock skips half past two in the night.
    await room.goes_to(datetime(2026, 3, 22, 12, tzinfo=UTC))
    await finish_topic(room, "ada")
    await room.passes(days=8)
    assert list_question_days(room, "ada") == ["03-29 01:30 loops/1"]


async def test_a_new_hour_or_zone_moves_the_questions_that_wait(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.says("ada", "settings zone=Asia/Tokyo reminder=09:00")
    await room.passes(days=8)
    assert list_question_days(room, "ada") == ["03-11 00:00 loops/1"]


async def test_a_question_late_after_an_outage_waits_for_quiet_hours_to_end(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.is_down_until(datetime(2026, 3, 11, 23, tzinfo=UTC))
    await room.passes(days=2)
    assert list_question_days(room, "ada") == ["03-12 08:00 loops/1"]


async def test_practice_asks_one_after_another_and_then_ends(room: Room) -> None:
    await begin_recall(room, "ada")
    assert await room.says("ada", "recall") == (
        "There is nothing to practise in spring yet: tick a topic with tick first."
    )
    for item in ("loops", "bare", "silent"):
        await room.says("ada", f"tick {item}")
    asked = await room.answer("ada", "recall")
    assert asked.to_plain_text() == "Learn loops\nWhat is loops?\n[Knew it] [Partly] [No]"
    answer = await room.presses("ada", asked, "Partly")
    assert answer.to_plain_text().startswith("Part of it is there. Look at the answer once more.")
    asked = await room.presses("ada", answer, "Another question")
    assert asked.to_plain_text() == "A bare question\nWhy?\n[Knew it] [Partly] [No]"
    answer = await room.presses("ada", asked, "Knew it")
    assert answer.to_plain_text() == (
        "Good: you still know it.\nWhy?\n"
        "The plan has no answer to it: look at A bare question again.\n[Another question]"
    )
    ended = await room.presses("ada", answer, "Another question")
    assert ended.to_plain_text() == (
        "You have answered all 2 questions today, and knew 1.\n[My progress]"
    )
    await room.passes(days=1)
    # The weakest comes first.
    assert (await room.says("ada", "recall")).startswith("Learn loops")
    await room.passes(weeks=8)
    assert list_questions_to(room, "ada") == []


async def test_practice_answers_a_question_that_waits(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.passes(days=7, hours=7)
    asked = await room.answer("ada", "recall")
    await room.presses("ada", asked, "Partly")
    closed = "That question is closed: use recall to practise it."
    assert await answer_last_question(room, "ada", "No") == closed


async def test_a_hostile_or_old_phrase_gets_one_sentence(room: Room) -> None:
    await begin_recall(room, "ada", "bob")
    await finish_topic(room, "ada")
    await room.passes(days=7, hours=7)
    phrase = find_phrase(list_questions_to(room, "ada")[-1].message, "Knew it")
    closed = "That question is closed: use recall to practise it."
    not_ticked = "You have not ticked that topic: tick it first, then use recall."
    assert await room.says("bob", phrase) == not_ticked
    assert await room.says("cem", phrase) == "You are not in spring: use join spring first."
    assert await room.says("ada", phrase.replace("loops/1", "loops/2")) == closed
    assert await room.says("ada", phrase.replace("loops/1", "gone/1")) == (
        "There is no question about “gone/1” any more: use recall to practise others."
    )
    assert await room.says("ada", phrase.replace("loops/1", "silent")) == (
        "There is no question about “silent” any more: use recall to practise others."
    )
    wild = f'recall answer=no item="{"*_`<@1>" * 20}" cohort=spring'
    assert "There is no question about" in await room.says("ada", wild)
    assert "Good: you still know it." in await room.says("ada", phrase)
    assert await room.says("ada", phrase) == closed
    await room.says("ada", "leave spring")
    assert await room.says("ada", phrase) == "You are not in spring: use join spring first."


async def test_an_answer_after_stop_brings_no_question_back(room: Room) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada")
    await room.passes(days=7, hours=7)
    await room.says("ada", "recall stop")
    assert "once more" not in await answer_last_question(room, "ada", "No")
    await room.passes(weeks=9)
    assert len(list_questions_to(room, "ada")) == 1


async def test_weak_topics_are_listed_for_their_member_alone(room: Room) -> None:
    await begin_recall(room, "ada", "bob")
    await room.says("ada", "tick loops")
    asked = await room.answer("ada", "recall")
    await room.presses("ada", asked, "No")
    line = "Look again at Learn loops"
    assert line in await room.says("ada", "progress")
    assert line not in await room.says("bob", "progress ada")
    for page in ("members list", "progress ada", "posts timeline", "posts settings"):
        said = await room.says("mona", f"{page} cohort=spring")
        assert "loops" not in said
        assert "Question" not in said
    hint = "Before the project, look at Learn loops again."
    assert hint not in await room.says("ada", "week 1")
    assert hint in await room.says("ada", "week 2")
    assert hint in await room.says("ada", "week 3")
    await room.says("ada", "tick app")
    assert hint not in await room.says("ada", "week 3")


async def test_linked_accounts_are_asked_once_and_each_takes_its_own_along(room: Room) -> None:
    await begin_recall(room, "ada")
    await houses(room)
    await room.says("nora", "join spring", place=THERE)
    for item in ("loops", "lists"):
        await room.says("nora", f"tick {item}", place=THERE)
    await room.says("ada", "tick loops")
    await room.says("ada", "recall start")
    await room.says("nora", "recall start", place=THERE)
    await links(room, "ada", "nora")
    await room.passes(days=9)
    asked = list_question_days(room, "ada") + list_question_days(room, "nora")
    assert sorted(asked) == ["03-11 18:00 lists/1", "03-12 18:00 loops/1"]
    await room.says("nora", "unlink", place=THERE)
    await room.says("nora", "unlink sure=yes", place=THERE)
    await room.passes(weeks=3)
    assert [day[12:] for day in list_question_days(room, "nora")][-2:] == ["lists/2", "loops/2"]
    assert [day[12:] for day in list_question_days(room, "ada")][-1:] == ["loops/2"]


@pytest.mark.parametrize("item", ["loops", "bare"])
async def test_a_topic_that_is_gone_from_the_plan_is_not_asked(room: Room, item: str) -> None:
    await begin_recall(room, "ada")
    await finish_topic(room, "ada", item)
    plan = room.roadmaps["to-remember"]
    week = plan.stages[0].weeks[0]
    kept = tuple(known for known in week.items if known.id != item)
    stage = plan.stages[0].model_copy(
        update={"weeks": (week.model_copy(update={"items": kept}), *plan.stages[0].weeks[1:])}
    )
    changed = type(plan).from_json(plan.model_copy(update={"stages": (stage,)}).to_json())
    room.roadmaps = {plan.slug: changed}
    room.core = type(room.core)(room.store, room.clock, room.roadmaps, platforms=room.chats)
    preview = await room.answer("mona", "cohort revise spring")
    assert "spring" in (await room.presses("mona", preview, "Change the plan")).to_plain_text()
    await room.passes(days=8)
    assert list_questions_to(room, "ada") == []
