"""Somebody silent is reminded, offered ways back, and then left in peace until they act."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.chat.errors import DatabaseUnavailableError, SendError
from bot.roadmap import parse_roadmap
from bot.store import Tx
from bot.store.tables import accounts
from bot.store.tables import letters as ledger
from tests.support.guided_plan import GUIDED
from tests.support.roadmap_versions import FIRST, SECOND, publishes
from tests.support.room import Room, Sent
from tests.support.timed_roadmap import begin_timed_course, build_timed_roadmap
from tests.support.two_platforms import houses, links

SEASON = build_timed_roadmap(12)
COUNTED_APART = {"recall"}  # what people asked for


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def letters(room: Room, *names: str) -> list[Sent]:
    """The private letters to somebody, on all platforms, without those they asked for."""
    sent = [sent for chat in room.chats.values() for sent in chat.sent]
    private = [each for each in sent if each.place.native in names]
    return [each for each in private if each.kind not in COUNTED_APART]


def told(room: Room, name: str) -> list[str]:
    """The day and the kind of each private letter to somebody."""
    return [f"{sent.at:%m-%d} {sent.kind}" for sent in letters(room, name)]


def text(sent: Sent) -> str:
    return sent.message.to_plain_text()


async def reasons(room: Room, kind: str) -> list[str]:
    """Why letters of a kind were not sent, each reason once, in order."""

    async def load(tx: Tx) -> list[str]:
        query = select(ledger.c.reason).where(ledger.c.kind == kind).order_by(ledger.c.id)
        return list(tx.connection.execute(query).scalars())

    return list(dict.fromkeys(await room.store.run(load, write=False)))


SILENT_SEASON = [
    "03-07 reminder",
    "03-14 last_reminder",
    "04-11 silence_note",
]


async def test_a_silent_member_gets_at_most_five_letters(room: Room) -> None:
    await begin_timed_course(room, "ada", "bob", roadmap=SEASON)
    await room.says("bob", "settings reminders=7")
    await room.goes_to(on(6, 8))
    assert told(room, "ada")[:3] == SILENT_SEASON
    assert len(letters(room, "ada")) <= 5
    # Whoever asked for several a week gets two in the first silent one.
    assert told(room, "bob")[:3] == ["03-07 reminder", "03-08 reminder", "03-14 last_reminder"]
    assert len(letters(room, "bob")) <= 5


async def test_somebody_who_falls_silent_after_joining_late_gets_no_more(room: Room) -> None:
    await begin_timed_course(room, "bob", roadmap=SEASON)
    await room.goes_to(on(3, 16, 14))
    await room.says("ada", "join spring")
    await room.says("ada", "settings reminders=2")
    await room.goes_to(on(6, 8))
    assert told(room, "ada")[:4] == [
        "03-21 reminder",
        "03-22 reminder",
        "04-04 last_reminder",
        "05-02 silence_note",
    ]
    assert len(letters(room, "ada")) <= 5


async def test_a_silent_member_of_two_cohorts_gets_at_most_five_letters(room: Room) -> None:
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.says("mona", f"cohort create name=summer start=2026-03-05 roadmap={SEASON.slug}")
    await room.opens_cohort("summer")
    await room.says("ada", "join summer")
    await room.goes_to(on(6, 15))
    assert len(letters(room, "ada")) <= 5
    assert [kind.split()[1] for kind in told(room, "ada")].count("last_reminder") == 1


@pytest.mark.parametrize(("count", "step", "wish"), [(4, 0, 1), (4, 0, 7), (6, 1, 7), (3, 7, 2)])
async def test_a_silent_member_of_many_cohorts_gets_at_most_five_letters(
    quick_room: Room, count: int, step: int, wish: int
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.says("ada", f"settings reminders={wish}")
    for number in range(1, count):
        start = on(3, 2 + number * step).date()
        await room.says(
            "mona", f"cohort create name=more{number} start={start} roadmap={SEASON.slug}"
        )
        await room.opens_cohort(f"more{number}")
        await room.says("ada", f"join more{number}")
    await room.goes_to(on(7, 15))
    kinds = [sent.kind for sent in letters(room, "ada")]
    assert len(kinds) <= 5
    assert kinds.count("farewell") >= 2
    # Whatever farewell is not sent, its reader finds it.
    if kinds.count("farewell") < count:
        assert "has had letters enough" in await reasons(room, "farewell")
    for name in ("spring", *(f"more{number}" for number in range(1, count))):
        assert "The door stays open" in await room.says("ada", f"farewell {name}")


async def test_whoever_is_there_to_the_end_gets_the_farewell_of_every_cohort(
    quick_room: Room,
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    for name in ("more1", "more2", "more3"):
        await room.says("mona", f"cohort create name={name} start=2026-03-02 roadmap={SEASON.slug}")
        await room.opens_cohort(name)
        await room.says("ada", f"join {name}")
    await room.goes_to(on(5, 24, 20))
    await room.says("ada", "week spring")
    await room.goes_to(on(6, 8))
    assert [sent.kind for sent in letters(room, "ada")].count("farewell") == 4


async def test_a_silent_member_with_two_accounts_gets_at_most_five_letters(room: Room) -> None:
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await houses(room)
    assert "You are in spring with both." in await links(room, "ada", "ada2")
    await room.goes_to(on(6, 8))
    assert len(letters(room, "ada", "ada2")) <= 5
    kinds = [sent.kind for sent in letters(room, "ada", "ada2")]
    assert kinds[:3] == ["reminder", "last_reminder", "silence_note"]


async def test_the_last_reminder_offers_three_ways_back_and_says_how_to_have_more(
    quick_room: Room,
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.goes_to(on(4, 12))
    first, last, note = letters(room, "ada")[:3]
    assert text(first) == (
        "A small step is a good start to week 1 of spring. Left: 3 items, about 3.5 h. "
        "Start here: Short 1, about 30 min. The week ends tomorrow, Sun 8 Mar 2026. "
        "Two words are enough for a check-in, and late is fine too.\n"
        "[Check in] [My list] [I need a break] [Change reminders]"
    )
    assert text(last) == (
        "It has been quiet for two weeks, and that is fine. This is week 2. "
        "In spring, 2 of 2 essential items are open, about 2.5 h; the group is in week 2.\n"
        "There are three ways back. Each button shows first what would change.\n"
        "• Catch up: only the essential items, spread over your next weeks.\n"
        "• Shift me: your own weeks move later, and your reminders with them.\n"
        "• Next cohort: you go on with another group and keep your ticks.\n"
        "I stop reminding you now. Any command starts my reminders again, week for instance, "
        "and settings says how often they come.\n"
        "[Catch up] [Shift me] [Next cohort]"
    )
    assert text(note) == (
        "Your place in spring is still yours: this is week 6. "
        "Start here: Short 6, about 30 min. "
        "This is my only note: I write again when you use a command.\n"
        "[My list] [Ways back]"
    )
    assert "ways" not in {sent.kind for sent in letters(room, "ada")}


async def test_who_was_offered_the_ways_before_is_only_told_that_reminders_stop(
    quick_room: Room,
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    for day in (3, 10, 17):
        await room.goes_to(on(3, day))
        await room.says("ada", "week")
    await room.goes_to(on(4, 5))
    (last,) = [sent for sent in letters(room, "ada") if sent.kind == "last_reminder"]
    assert "ways" in {sent.kind for sent in letters(room, "ada")}
    assert text(last) == (
        "It has been quiet for two weeks, and that is fine. spring is in week 5. "
        "Start here: Short 5, about 30 min.\n"
        "I stop reminding you now. Any command starts my reminders again, week for instance, "
        "and settings says how often they come.\n"
        "[My list] [Ways back] [Change reminders]"
    )


@pytest.mark.parametrize("act", ["week", "tick short3", "checkin hours=1", "help", "settings"])
async def test_whoever_acts_again_is_reminded_again_and_greeted(room: Room, act: str) -> None:
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.goes_to(on(3, 18))
    assert told(room, "ada") == ["03-07 reminder", "03-14 last_reminder"]
    await room.says("ada", act)
    await room.goes_to(on(4, 5))
    back = letters(room, "ada")[2]
    assert back.kind == "reminder"
    assert text(back).startswith("You are back, and so are my reminders.")
    # One silent week, the next reminder; then the second silent one.
    assert [kind.split()[1] for kind in told(room, "ada")[3:]] in (
        ["reminder", "last_reminder"],
        ["last_reminder"],
    )


async def test_a_press_of_a_button_is_an_act_too(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.goes_to(on(3, 18))
    last = letters(room, "ada")[-1]
    await room.presses("ada", last.message, "Catch up")
    await room.goes_to(on(3, 22))
    assert told(room, "ada")[2:] == ["03-21 reminder"]


async def test_reading_keeps_nobody_silent_and_a_restart_forgets_nothing(room: Room) -> None:
    await begin_timed_course(room, "ada", "bob", roadmap=SEASON)
    await room.goes_to(on(3, 10))
    await room.says("ada", "week")
    await room.restart()
    await room.goes_to(on(3, 15))
    assert told(room, "ada") == ["03-07 reminder", "03-14 reminder"]
    assert told(room, "bob") == ["03-07 reminder", "03-14 last_reminder"]


async def seen_at(room: Room, name: str) -> datetime | None:
    async def load(tx: Tx) -> datetime | None:
        query = select(accounts.c.seen_at).where(accounts.c.native == name)
        seen: datetime | None = tx.connection.execute(query).scalar()
        return seen

    return await room.store.run(load, write=False)


async def test_commands_are_noted_in_memory_and_written_once_a_minute(room: Room) -> None:
    await room.spring("ada")
    await room.passes(hours=1)
    await room.passes(minutes=2)
    begun = room.clock.at
    await room.says("ada", "week")
    assert await seen_at(room, "ada") == begun
    room.clock.at = begun + timedelta(seconds=50)
    await room.says("ada", "week")
    assert await seen_at(room, "ada") == begun
    room.clock.at = begun + timedelta(seconds=70)
    await room.pulse()
    assert await seen_at(room, "ada") == begun + timedelta(seconds=50)
    # At a stop nothing waits any longer.
    await room.says("ada", "help")
    await room.core.write_sightings(is_last=True)
    assert await seen_at(room, "ada") == begun + timedelta(seconds=70)


async def test_of_two_processes_the_latest_sighting_stays(room: Room) -> None:
    await room.spring("ada")
    early, late = room.clock.at + timedelta(hours=1), room.clock.at + timedelta(hours=2)

    async def save(tx: Tx, at: datetime) -> None:
        person = await tx.people.find_person(room.caller("ada"))
        await tx.sightings.save_sightings({person.account_id: at})

    await room.store.run(lambda tx: save(tx, late))
    await room.store.run(lambda tx: save(tx, early))
    assert await seen_at(room, "ada") == late


async def test_strangers_and_sentences_that_are_no_command_note_nothing(room: Room) -> None:
    await room.spring("ada")
    await room.passes(days=1)
    before = await seen_at(room, "ada")
    assert before is not None
    for number in range(20):
        await room.says(f"stranger{number}", "help")
    await room.says("ada", "blah blah")
    await room.core.write_sightings(is_last=True)
    assert await seen_at(room, "stranger1") is None
    assert await seen_at(room, "ada") == before


async def test_sightings_wait_while_the_database_is_away(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.spring("ada")
    await room.passes(days=1)
    await room.answer("ada", "help")

    async def fail(*args: object, **kwargs: object) -> None:
        raise DatabaseUnavailableError("away")

    with monkeypatch.context() as patch:
        patch.setattr(room.store, "run", fail)
        await room.core.write_sightings(is_last=True)
    await room.core.write_sightings(is_last=True)
    assert await seen_at(room, "ada") == room.clock.at


# — hard cases —


async def test_weeks_away_and_a_pause_stop_no_reminders(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", "bob", roadmap=SEASON)
    await room.goes_to(on(3, 3))
    await room.says("ada", "away until=2026-03-22")
    await room.says("bob", "week")
    await room.goes_to(on(3, 9, 14))
    await room.says("mona", "cohort pause spring sure=yes")
    await room.goes_to(on(4, 6, 14))
    await room.says("mona", "cohort resume spring sure=yes")
    await room.goes_to(on(4, 13))
    # Their second week went on after four weeks of pause, and it is the first silent one.
    assert "last_reminder" not in {sent.kind for sent in letters(room, "ada", "bob")}


async def test_the_last_reminder_waits_for_the_end_of_quiet_hours(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.goes_to(on(3, 14))
    await room.is_down_until(on(3, 14, 23))
    await room.goes_to(on(3, 16))
    (last,) = [sent for sent in letters(room, "ada") if sent.kind == "last_reminder"]
    assert f"{last.at:%m-%d %H:%M}" == "03-15 08:00"


async def test_after_a_reminder_on_sunday_the_last_one_comes_on_the_next_sunday(room: Room) -> None:
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.goes_to(on(3, 7))
    await room.is_down_until(on(3, 8))
    await room.goes_to(on(3, 23))
    # One letter in seven days, and the end of reminders in the second silent week all the same.
    assert told(room, "ada") == ["03-08 reminder", "03-15 last_reminder"]


@pytest.mark.parametrize("setting", ["delivery=none", "reminders=0"])
async def test_whoever_wants_no_reminders_is_not_told_that_they_stop(
    quick_room: Room, setting: str
) -> None:
    await begin_timed_course(quick_room, "ada", roadmap=SEASON)
    await quick_room.says("ada", f"settings {setting}")
    await quick_room.goes_to(on(5, 1))
    assert letters(quick_room, "ada") == []


async def test_closed_private_messages_stay_closed(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    public = len([sent for sent in room.chat.sent if not sent.place.is_private])

    def fault(when: str, place: object, key: str) -> None:
        if getattr(place, "native", "") == "ada":
            raise SendError("private messages are closed", permanent=True)

    room.chat.fault = fault
    await room.goes_to(on(3, 15))
    assert letters(room, "ada") == []
    posts = [sent for sent in room.chat.sent if not sent.place.is_private][public:]
    assert not {sent.kind for sent in posts} & {"last_reminder", "reminder"}
    # Once they are open again, the letter comes with the next silent week.
    room.chat.fault = None
    await room.goes_to(on(3, 22))
    assert told(room, "ada") == ["03-21 last_reminder"]


async def test_without_the_last_reminder_reminders_end_all_the_same(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.says("mona", "cohort settings spring post=last_reminder on=no")
    await room.goes_to(on(5, 1))
    assert told(room, "ada") == ["03-07 reminder", "03-16 ways"]


async def test_without_reminders_nobody_is_told_that_they_stop(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.says("mona", "cohort settings spring post=reminder on=no")
    await room.goes_to(on(5, 1))
    assert told(room, "ada") == ["03-16 ways"]
    assert "there are no reminders to stop" in await reasons(room, "last_reminder")


async def test_a_shifted_member_is_silent_by_their_own_clock(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.goes_to(on(3, 18))
    preview = await room.answer("ada", "behind shift")
    await room.presses("ada", preview, "Move")
    await room.goes_to(on(4, 12))
    assert [kind.split()[1] for kind in told(room, "ada")[2:4]] == ["reminder", "reminder"]
    assert told(room, "ada")[4] == "04-04 last_reminder"


async def test_a_reminder_names_what_is_left_and_the_shortest_of_it(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=SEASON)
    await room.says("ada", "tick short1")
    await room.goes_to(on(3, 8))
    (reminder,) = letters(room, "ada")
    assert "Start here: Long 1, about 2 h." in text(reminder)
    assert "You have done 1 of 3 items in week 1 of spring." in text(reminder)


async def test_a_reminder_links_what_the_weekly_list_links(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", roadmap=parse_roadmap(GUIDED, "dice.yaml"))
    await room.says("ada", "tick two-dice")
    await room.goes_to(on(3, 8))
    (reminder,) = letters(room, "ada")
    # The first resource was closed, and the second one is a book without a link.
    assert "Start here: Sample spaces, about 3 h. Open Seeing chance (https" in text(reminder)
    assert "Start here: Sample spaces · about 3 h · Seeing chance (https" in await room.says(
        "ada", "week"
    )
    await room.goes_to(on(3, 17))
    await room.says("ada", "week")
    await room.goes_to(on(3, 22))
    # This one is named like its item, so its kind is told.
    third = letters(room, "ada")[-1]
    assert "Take Odds first, about 1 h. Look at the docs (https" in text(third)


async def test_a_reminder_after_a_revision_speaks_of_the_new_week(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, FIRST, 1, 0)
    await room.spring("ada", more="roadmap=rust")
    await room.goes_to(on(3, 3))
    await room.says("ada", "tick hello")
    await publishes(room, SECOND, 2, 1)
    await room.says("mona", "cohort revise spring version=2 sure=yes")
    await room.goes_to(on(3, 8))
    (reminder,) = letters(room, "ada")
    # The quiz is gone, and a chapter is new: two of three items are open.
    assert "You have done 1 of 3 items in week 1 of spring. Left: 2 items" in text(reminder)


# — the nudge —


def nudges(room: Room) -> list[str]:
    return [text(sent).partition("\n")[0] for sent in room.posts("nudge")]


async def test_the_nudge_names_a_short_first_step_and_differs_each_week(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", "bob", "cem", roadmap=SEASON)
    await room.goes_to(on(3, 3))
    for name in ("ada", "bob"):
        await room.says(name, "tick short1")
    await room.goes_to(on(3, 13))
    assert nudges(room) == [
        "Half of week 1, Part 1, is left. 2 of us have started. Start with Short 1, about 30 min.",
        "Week 2, Part 2, is half over. Last week was strong, with 2 of us at work, "
        "so let us have another. A short first step is Short 2, about 30 min.",
    ]


async def test_the_nudge_is_left_out_when_only_silent_or_absent_members_could_begin(
    quick_room: Room,
) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", "bob", "cem", "dua", roadmap=SEASON)
    await room.says("dua", "settings hidden=yes")
    await room.goes_to(on(3, 10))
    await room.says("cem", "away until=2026-03-31")
    await room.goes_to(on(3, 16, 14))
    await room.says("ada", "tick short3")
    await room.goes_to(on(3, 20))
    # Bob was not seen for two weeks, cem is away, and dua is hidden.
    assert [sent.ref for sent in room.posts("nudge")] == ["week-01", "week-02"]
    assert "everybody else is away or silent" in await reasons(room, "nudge")


async def test_the_nudge_is_left_out_of_a_week_without_a_short_item(quick_room: Room) -> None:
    room = quick_room
    item = {"id": "big", "kind": "project", "title": "Big", "estimate": "8 hours"}
    weeks = [{"id": "only", "title": "Only", "items": [item]}]
    plan = {
        "title": "Long",
        "summary": "A plan.",
        "stages": [{"id": "a", "title": "A", "weeks": weeks}],
    }
    roadmap = parse_roadmap(json.dumps(plan), "long.yaml")
    await begin_timed_course(room, "ada", roadmap=roadmap)
    await room.goes_to(on(3, 6))
    assert nudges(room) == []
    assert await reasons(room, "nudge") == ["no item of the week is short"]


async def test_a_group_of_two_is_not_counted(quick_room: Room) -> None:
    room = quick_room
    await begin_timed_course(room, "ada", "bob", roadmap=SEASON)
    await room.goes_to(on(3, 3))
    await room.says("ada", "tick short1")
    await room.goes_to(on(3, 6))
    assert nudges(room) == ["Half of week 1, Part 1, is left. Start with Short 1, about 30 min."]
