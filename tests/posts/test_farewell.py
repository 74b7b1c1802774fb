"""The farewell: one private letter after a member's own last week, by what they did."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.address import Place
from bot.chat.errors import SendError
from tests.posts.test_skips import on, shift_clock
from tests.support.database import execute_sql
from tests.support.room import Room, Sent, roadmaps
from tests.support.two_platforms import THERE, houses, links

AFTER = on(5, 26)
ALL_ITEMS = ",".join(
    item.id for week in roadmaps()["ai-ml-engineer-12-weeks"].weeks for item in week.items
)


def farewells(room: Room, name: str) -> list[Sent]:
    return [sent for sent in room.private(name) if sent.kind == "farewell"]


def read_farewell(room: Room, name: str) -> str:
    (letter,) = farewells(room, name)
    return letter.message.to_plain_text()


async def list_reasons(room: Room) -> list[str]:
    """Return the state and the reason of every farewell, in the order they were entered."""
    rows = await execute_sql(
        room.store,
        "SELECT state, reason FROM letters WHERE kind = 'farewell' ORDER BY id",
        write=False,
    )
    return [f"{row.state} {row.reason}".strip() for row in rows]


# — who gets what —


async def test_whoever_finishes_gets_a_certificate(room: Room) -> None:
    await room.spring("bob")
    await room.says("bob", f"tick {ALL_ITEMS}")
    await room.says("bob", "project add My first bot https://example.org/bot")
    await room.goes_to(on(3, 3))
    for week in range(1, 13):
        await room.says("bob", f"checkin {week} hours=4")
        await room.passes(weeks=1)
    await room.goes_to(AFTER)
    assert farewells(room, "bob")[0].at == on(5, 25, 18)
    assert read_farewell(room, "bob") == (
        "You finished the whole plan\n"
        "All 57 items of AI/ML engineer in twelve weeks are done. "
        "That takes patience, and you had it. Congratulations. 🎓\n"
        "Items: 57 of 57\n"
        "Checked in: 12 of 12 weeks\n"
        "Hours you reported: 48\n"
        "Longest streak: 12 weeks\n"
        "You built: My first bot\n"
        "Certificate\n"
        "Bob completed AI/ML engineer in twelve weeks with the group spring "
        "from Mon 2 Mar 2026 to Sun 24 May 2026.\n"
        "57 of 57 items done · checked in for 12 of 12 weeks · 48 hours by their own count\n"
        "Issued on Mon 25 May 2026.\n"
        "What's next?\n"
        "• Pick another plan: roadmap list shows them.\n"
        "• Show what you have built: project add puts it into your portfolio.\n"
        "[My progress] [My portfolio]\n"
        "Would you do it again? Moderators see totals once 5 people have answered, and never a name.\n"
        "[Yes] [Maybe] [No]"
    )


async def test_whoever_has_not_finished_gets_a_kind_letter(room: Room) -> None:
    await room.spring("ada", "cem")
    await room.goes_to(on(3, 3))
    await room.says("ada", "checkin 1 hours=3 items=bayes,vectors-matrices")
    await room.goes_to(AFTER)
    assert read_farewell(room, "ada") == (
        "Your way so far\n"
        "Your last week of spring is over. You did 2 of 57 items, and they stay yours. "
        "The rest can wait: late ticks still count.\n"
        "Items: 2 of 57\n"
        "Checked in: 1 of 12 weeks\n"
        "Hours you reported: 3\n"
        "Certificate\n"
        "Ada took part in AI/ML engineer in twelve weeks with the group spring "
        "from Mon 2 Mar 2026 to Sun 24 May 2026.\n"
        "2 of 57 items done · checked in for 1 of 12 weeks · 3 hours by their own count\n"
        "Issued on Mon 25 May 2026.\n"
        "What's next?\n"
        "• Start here: Describing data with a few numbers, about 1 h.\n"
        "• Need more time? behind moves your own weeks, and your reminders with them.\n"
        "• Would you rather have a group? Wait for the next one with this plan, and I will tell you.\n"
        "• Show what you have built: project add puts it into your portfolio.\n"
        "[My list] [Wait for a group] [My progress]\n"
        "Would you do it again? Moderators see totals once 5 people have answered, and never a name.\n"
        "[Yes] [Maybe] [No]"
    )
    assert read_farewell(room, "cem") == (
        "The door stays open\n"
        "Your last week of spring is over. It was not the right time, and that is fine. "
        "The plan stays open for you, and late ticks still count.\n"
        "What's next?\n"
        "• Start here: Vectors, matrices and how to calculate with them, about 1 h.\n"
        "• Need more time? behind moves your own weeks, and your reminders with them.\n"
        "• Would you rather have a group? Wait for the next one with this plan, and I will tell you.\n"
        "[My list] [Wait for a group] [My progress]\n"
        "Would you do it again? Moderators see totals once 5 people have answered, and never a name.\n"
        "[Yes] [Maybe] [No]"
    )


async def test_whoever_has_not_finished_can_wait_for_the_next_group(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(AFTER)
    (letter,) = farewells(room, "ada")
    waiting = await room.presses("ada", letter.message, "Wait for a group")
    assert "waiting list" in waiting.to_plain_text()
    shown = await room.says("ada", "behind cohort=#1")
    assert "Shift me" in shown


async def test_whoever_only_checked_in_is_seen_and_gets_no_certificate(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(on(3, 3))
    await room.says("ada", "checkin 1 hours=1")
    await room.goes_to(AFTER)
    told = read_farewell(room, "ada")
    assert "You checked in for 1 week, though no item is ticked yet." in told
    assert "Certificate" not in told


async def test_almost_everything_done_is_told_in_numbers_that_help(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    most = ",".join(ALL_ITEMS.split(",")[2:])
    await room.says("ada", f"tick {most}")
    await room.goes_to(AFTER)
    told = read_farewell(room, "ada")
    assert "• Only 2 essential items left, about 2 h: at your own pace, whenever you like." in told
    await room.says("ada", f"tick {ALL_ITEMS}")
    assert (await room.says("ada", "farewell")).startswith("You finished the whole plan\n")


async def test_whoever_joined_in_the_last_week_has_one_week_of_their_own(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(on(5, 20))
    assert "You are in spring" in await room.says("bob", "join spring")
    await room.says("bob", "checkin hours=1 items=1")
    await room.goes_to(AFTER)
    told = read_farewell(room, "bob")
    assert "Checked in: 1 of 1 week\n" in told
    assert "from Mon 18 May 2026 to Sun 24 May 2026" in told


async def test_the_next_cohort_is_named_and_can_be_joined_from_the_letter(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("mona", "cohort create name=autumn start=2026-06-08 seats=1")
    await room.says("mona", "cohort open autumn sure=yes")
    await room.says("mona", "cohort create name=winter start=2026-12-07")
    await room.goes_to(AFTER)
    (letter,) = farewells(room, "ada")
    assert (
        "• autumn starts on Mon 8 Jun 2026 with the same plan, and your ticks come along.\n"
    ) in letter.message.to_plain_text()
    assert "winter" not in letter.message.to_plain_text(), "a draft is nobody's business"
    # A private chat on Discord belongs to no server.
    nowhere = Place("test", "", native="ada")
    assert "You are in autumn" in await room.says("ada", "join cohort=#2", place=nowhere)
    assert "There is no cohort “#2”" in await room.says("zoe", "join cohort=#2", place=nowhere)
    assert "There is no cohort “#9”" in await room.says("ada", "join cohort=#9", place=nowhere)
    assert "autumn" not in await room.says("ada", "farewell spring"), "she is in it"
    assert "autumn" not in await room.says("bob", "farewell"), "its only seat is taken"


# — when it comes —


async def test_a_shifted_member_gets_it_after_their_own_last_week(room: Room) -> None:
    await room.spring("ada", "bob")
    await shift_clock(room, "ada")
    await room.goes_to(on(6, 7))
    assert [sent.at for sent in farewells(room, "bob")] == [on(5, 25, 18)]
    assert farewells(room, "ada") == []
    assert await room.says("ada", "farewell") == (
        "spring is not over for you yet: use progress to see how far you are."
    )
    await room.goes_to(on(6, 9))
    assert [sent.at for sent in farewells(room, "ada")] == [on(6, 8, 18)]


async def test_a_shift_after_the_finish_holds_the_letter_that_waits(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("ada", "away open=yes")
    await room.goes_to(on(5, 27))
    await shift_clock(room, "ada")
    await room.says("ada", "away back=yes")
    await room.goes_to(on(6, 8, 17))
    assert await list_reasons(room) == ["due their own weeks go on"]
    await room.goes_to(on(6, 9))
    assert [sent.at for sent in farewells(room, "ada")] == [on(6, 8, 18)]


async def test_everybody_gets_it_when_a_moderator_ends_the_plan_early(room: Room) -> None:
    await room.spring("ada", "bob", "cem")
    await shift_clock(room, "ada")
    await room.says("cem", "leave spring")
    await room.goes_to(on(3, 10))
    await room.says("bob", "checkin 1 hours=2 items=bayes")
    await room.says("mona", "cohort finish spring sure=yes")
    await room.goes_to(on(7, 1))
    assert [len(farewells(room, name)) for name in ("ada", "bob", "cem")] == [1, 1, 0]
    told = read_farewell(room, "bob")
    assert told.startswith(
        "Your way so far\nspring has stopped early. You did 1 of 57 items, and they stay yours. "
    )
    assert "from Mon 2 Mar 2026 to Mon 9 Mar 2026.\n" in told
    assert "checked in for 1 of 2 weeks" in told


async def test_a_plan_that_was_called_off_has_no_farewell(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", "cohort finish spring sure=yes")
    await quick_room.passes(weeks=20)
    assert quick_room.private("ada") == []


async def test_it_waits_for_the_end_of_an_absence(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("ada", "away until=2026-06-03")
    await room.goes_to(on(5, 29))
    await room.says("bob", "away until=2026-06-20")
    await room.goes_to(on(6, 10))
    assert [sent.at for sent in farewells(room, "ada")] == [on(6, 4, 18)]
    assert [sent.at for sent in farewells(room, "bob")] == [on(5, 25, 18)]


async def test_it_waits_for_the_end_of_quiet_hours(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(on(3, 10, 23))
    await room.says("mona", "cohort finish spring sure=yes")
    assert farewells(room, "ada") == []
    await room.goes_to(on(3, 12))
    assert [sent.at for sent in farewells(room, "ada")] == [on(3, 11, 8)]


async def test_somebody_away_for_a_month_finds_it_by_command(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("ada", "away open=yes")
    await room.goes_to(on(6, 20))
    assert await list_reasons(room) == ["due away"]
    await room.goes_to(on(7, 10))
    assert await list_reasons(room) == ["skipped too late to be useful"]
    assert (await room.says("ada", "farewell")).startswith("The door stays open\n")


async def test_whoever_wants_no_private_messages_reads_it_by_command(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.says("ada", "settings delivery=none")
    await room.says("bob", "settings reminders=0")
    await room.goes_to(AFTER)
    assert room.private("ada") == []
    card = await room.answer("ada", "progress")
    shown = await room.presses("ada", card, "My farewell")
    assert shown.to_plain_text().startswith("The door stays open\n")
    assert len(farewells(room, "bob")) == 1, "it is no reminder"


async def test_closed_private_messages_leave_the_command_and_nothing_is_public(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(on(5, 25, 12))
    public = len(room.posts())

    def refuse(when: str, place: Place, key: str) -> None:
        if "farewell" in key:
            raise SendError("private messages are closed", permanent=True)

    room.chat.fault = refuse
    await room.goes_to(AFTER)
    assert farewells(room, "ada") == []
    assert len(room.posts()) == public
    assert (await room.says("ada", "farewell")).startswith("The door stays open\n")


async def test_it_comes_although_the_week_has_had_its_letters(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("ada", "settings reminders=1")
    await room.goes_to(on(5, 18, 12))
    await room.says("ada", "week")
    await room.goes_to(AFTER)
    assert [sent.kind for sent in room.private("ada")][-2:] == ["reminder", "farewell"]
    assert farewells(room, "ada")[0].at - room.private("ada")[-2].at < timedelta(days=6)


# — once, and only once —


async def test_a_new_edition_ends_with_a_letter_of_its_own(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(AFTER)
    await room.says("mona", "cohort start spring again=yes on=2026-06-01 sure=yes")
    assert "is not over for you yet" in await room.says("ada", "farewell")
    await room.goes_to(on(8, 30))
    assert [sent.at.date().isoformat() for sent in farewells(room, "ada")] == [
        "2026-05-25",
        "2026-08-24",
    ]


async def test_an_archived_cohort_says_goodbye_to_nobody(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("ada", "away until=2026-06-03")
    await room.goes_to(AFTER)
    await room.says("mona", "cohort archive spring sure=yes")
    await room.goes_to(on(6, 10))
    assert await list_reasons(room) == ["skipped the cohort is archived"]


async def test_somebody_who_left_and_came_back_gets_one_and_whoever_left_none(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.goes_to(on(4, 1))
    await room.says("ada", "leave spring")
    await room.says("bob", "leave spring")
    await room.goes_to(on(4, 15))
    await room.says("ada", "join spring")
    await room.goes_to(AFTER)
    assert [len(farewells(room, name)) for name in ("ada", "bob")] == [1, 0]


async def test_each_cohort_of_a_member_says_goodbye_for_itself(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort create name=summer start=2026-03-16")
    await room.says("mona", "cohort open summer sure=yes")
    await room.says("ada", "join summer")
    await room.goes_to(on(6, 10))
    told = [sent.message.to_plain_text() for sent in farewells(room, "ada")]
    assert ["spring" in told[0], "summer" in told[1]] == [True, True]


async def test_a_moderator_can_switch_it_off(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort settings spring post=farewell on=no")
    await room.goes_to(AFTER)
    assert farewells(room, "ada") == []
    assert (await room.says("ada", "farewell")).startswith("The door stays open\n")


async def test_a_hostile_name_is_shown_and_never_acts(quick_room: Room) -> None:
    room = quick_room
    name = "*_`[x](https://evil.example)" + "m" * 90
    await room.spring(name)
    await room.goes_to(on(3, 3))
    await room.says(name, "tick bayes")
    await room.goes_to(AFTER)
    (letter,) = farewells(room, name)
    certificate = next(
        line for line in letter.message.to_plain_text().split("\n") if "took part in" in line
    )
    assert certificate.startswith("*_`[x](https://evil.example)")


async def test_two_linked_accounts_get_one_letter(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await room.says("ada_l", "join #1", place=THERE)
    await links(room, "ada", "ada_l")
    await room.goes_to(AFTER)
    sent = [*room.chat.sent, *room.chats["other"].sent]
    assert [letter.place.native for letter in sent if letter.kind == "farewell"] == ["ada"]
