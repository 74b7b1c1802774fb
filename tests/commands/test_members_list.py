"""The list of members that moderators read: everybody by their own name, hidden ones too, a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.room import Room


async def test_moderators_see_names_aliases_hidden_and_away_members_and_what_they_did(
    room: Room,
) -> None:
    await room.spring("ada", "bob", "cyd")
    await room.says("ada", "settings alias=Countess cohort=spring")
    await room.says("bob", "settings hidden=yes")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("ada", "tick bayes")
    report = {"hours": ("3",), "items": ("bayes",), "blockers": ("the *night* shift",)}
    await room.says("ada", "checkin week=linear-algebra cohort=#1", report)
    await room.says("cyd", "away until=2026-03-10")
    assert await room.says("mona", "members list") == (
        "Members of spring\n"
        "3 members: 1 hidden, 1 away. Only moderators see this list.\n"
        "• Ada (shown as Countess) · 1 of 57 done · last check-in Tue 3 Mar 2026 · joined Fri 20 Feb 2026 · "
        "blocked by: the *night* shift\n"
        "• Bob · 0 of 57 done · no check-in yet · joined Fri 20 Feb 2026 · hidden\n"
        "• Cyd · 0 of 57 done · no check-in yet · joined Fri 20 Feb 2026 · away\n"
        "Open a member: Ada | Bob | Cyd\n"
        "[By need] [By progress] [By check-in] [By name]\n"
        "[Who needs me] [Settings] [Timeline]"
    )


async def test_a_long_list_is_paged_and_holds_everybody_once(quick_room: Room) -> None:
    names = [f"member{number:02}" for number in range(45)]
    await quick_room.spring(more="seats=50")
    for name in names:
        await quick_room.answer(name, "join spring")
    pages = [await quick_room.says("mona", f"members list page={number}") for number in (1, 2, 3)]
    assert [
        line.split(" ")[1] for page in pages for line in page.splitlines() if line.startswith("•")
    ] == [name.capitalize() for name in names]
    assert pages[0].splitlines()[1] == "45 members, 50 seats. Only moderators see this list."
    assert "[Back] [15 more]" in pages[1]
    assert await quick_room.says("mona", "members list page=99") == pages[2]


async def test_an_empty_cohort_says_how_people_get_in(room: Room) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    assert await room.says("mona", "members list") == (
        "Members of spring\nNobody has joined yet: open it for people to join.\n[Timeline]"
    )


async def test_the_longest_names_and_blockers_full_of_markup_fit_a_page(quick_room: Room) -> None:
    await quick_room.spring()
    for number in range(9):
        name = f"{number}" + "*" * 60
        await quick_room.answer(name, "join spring")
        await quick_room.answer(name, f"settings cohort=spring alias={'_' * 39}{number}")
    await quick_room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    for number in range(9):
        await quick_room.answer(f"{number}" + "*" * 60, f'checkin week=1 blockers="{"[`" * 100}"')
    page = await quick_room.says("mona", "members list")
    assert page.count("blocked by: [`[`") == 9


async def test_twenty_hostile_names_fit_one_page_without_their_words(quick_room: Room) -> None:
    await quick_room.spring()
    names = [f"{number:02}" + "*" * 60 for number in range(20)]
    for name in names:
        await quick_room.answer(name, "join spring")
        await quick_room.answer(name, f"settings cohort=spring alias={'_' * 38}{name[:2]}")
        await quick_room.answer(name, "settings hidden=yes")
    await quick_room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    for name in names:
        await quick_room.answer(name, f'checkin week=1 blockers="{"[`" * 100}"')
        await quick_room.answer(name, "behind weeks=1 sure=yes")
    page = await quick_room.says("mona", "members list")
    lines = [line for line in page.splitlines() if line.startswith("•")]
    assert len(lines) == 20
    assert lines[0].startswith("• 00*")
    assert lines[0].endswith("0 of 57 done · 3 Mar 2026 · hidden")


# — searched, sorted, filtered —


def listed(page: str) -> list[str]:
    """The names on a page."""
    return [line.split(" ")[1] for line in page.splitlines() if line.startswith("•")]


async def seed(room: Room) -> None:
    """Bring four members into the third week, each in another way."""
    await room.spring("ada", "bob", "cyd", "dua", more="seats=4")
    await room.says("cyd", "settings alias=Écureuil cohort=spring")
    await room.says("gil", "waitlist spring")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("bob", "checkin hours=2")
    await room.goes_to(datetime(2026, 3, 19, 12, tzinfo=UTC))
    await room.says("bob", "checkin week=2 confidence=1")
    await room.passes(minutes=1)
    await room.says("ada", "checkin week=3 hours=2")
    await room.says("ada", "tick week-01")
    await room.says("bob", "tick bayes")
    await room.says("cyd", "behind weeks=1 sure=yes")
    await room.says("dua", "away until=2026-03-31")
    await room.says("bob", "settings hidden=yes")
    await room.passes(minutes=2)


async def test_a_moderator_of_four_hundred_finds_one_by_part_of_a_name(room: Room) -> None:
    await seed(room)
    page = await room.says("mona", "members list name=UA")
    assert listed(page) == ["Dua"]
    assert page.splitlines()[1] == (
        "4 members, 4 seats: 1 hidden, 1 away, 1 on a way back. Shown: 1 with “UA” in their name. "
        "1 waits for a seat. Only moderators see this list."
    )
    # By the name that others see, whatever the letter case of its script.
    assert listed(await room.says("mona", "members list name=écur")) == ["Cyd"]
    # Nothing in a search is a pattern.
    assert await room.says("mona", "members list name=%") == (
        "Members of spring\nOf 4 members, nobody is with “%” in their name.\n[Everybody]"
    )


async def test_the_list_is_sorted_by_need_progress_check_in_and_name(room: Room) -> None:
    await seed(room)
    assert listed(await room.says("mona", "members list sort=need")) == ["Bob", "Ada", "Cyd", "Dua"]
    assert listed(await room.says("mona", "members list sort=progress"))[0] == "Bob"
    assert listed(await room.says("mona", "members list sort=checkin"))[:2] == ["Ada", "Bob"]
    assert listed(await room.says("mona", "members list sort=name")) == ["Ada", "Bob", "Cyd", "Dua"]
    answer = await room.answer("mona", "members list only=hidden sort=name")
    assert listed(answer.to_plain_text()) == ["Bob"]


async def test_the_list_is_filtered_by_week_absence_hiding_and_way_back(room: Room) -> None:
    await seed(room)
    assert listed(await room.says("mona", "members list week=2")) == ["Cyd"]
    assert listed(await room.says("mona", "members list week=3")) == ["Ada", "Bob", "Dua"]
    assert listed(await room.says("mona", "members list only=away")) == ["Dua"]
    assert listed(await room.says("mona", "members list only=hidden")) == ["Bob"]
    assert listed(await room.says("mona", "members list only=way-back")) == ["Cyd"]
    assert "nobody is on a way back" not in await room.says("mona", "members list only=way-back")
    assert "nobody is in week 9 and away" in await room.says(
        "mona", "members list week=9 only=away"
    )


async def test_a_filter_that_makes_no_sense_is_refused_in_a_sentence(quick_room: Room) -> None:
    await seed(quick_room)
    assert await quick_room.says("mona", "members list track=vision") == (
        "This plan has no tracks: leave the track out."
    )
    assert "choose" in await quick_room.says("mona", "members list sort=shoe")
    assert "40 characters" in await quick_room.says("mona", f"members list name={'x' * 50}")
    assert "Only moderators" in await quick_room.says("ada", "members list")


async def test_pages_keep_the_search_and_the_order(quick_room: Room) -> None:
    await quick_room.spring()
    for number in range(41):
        await quick_room.answer(f"member{number:02}", "join spring")
    answer = await quick_room.answer("mona", "members list name=member sort=name")
    second = (await quick_room.presses("mona", answer, "27 more")).to_plain_text()
    assert listed(second)[0] == "Member14"
    assert "Shown: 41 with “member” in their name." in second


async def test_a_search_too_long_for_a_button_says_how_to_go_on(quick_room: Room) -> None:
    await quick_room.spring()
    for number in range(21):
        await quick_room.answer(f"{'m' * 38}{number:02}", "join spring")
    page = await quick_room.says("mona", f"members list name={'m' * 38} sort=progress")
    assert "Page 1 of 2: add page=2." in page
    assert "more]" not in page
    second = await quick_room.says("mona", f"members list name={'m' * 38} sort=progress page=2")
    assert len(listed(second)) == 10
    assert "add page=3" not in second
