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
        "3 members. Only moderators see this list.\n"
        "• Ada (shown as Countess) · 1 of 57 done · last check-in Tue 3 Mar 2026 · joined Fri 20 Feb 2026 · "
        "blocked by: the *night* shift\n"
        "• Bob · 0 of 57 done · no check-in yet · joined Fri 20 Feb 2026 · hidden\n"
        "• Cyd · 0 of 57 done · no check-in yet · joined Fri 20 Feb 2026 · away\n"
        "[Settings] [Timeline]"
    )


async def test_a_long_list_is_paged_and_holds_everybody_once(quick_room: Room) -> None:
    names = [f"member{number:02}" for number in range(33)]
    await quick_room.spring(more="seats=40")
    for name in names:
        await quick_room.answer(name, "join spring")
    pages = [
        await quick_room.says("mona", f"members list page={number}") for number in (1, 2, 3, 4)
    ]
    assert [
        line.split(" ")[1] for page in pages for line in page.splitlines() if line.startswith("•")
    ] == [name.capitalize() for name in names]
    assert pages[0].splitlines()[1] == "33 members, 40 seats. Only moderators see this list."
    assert "[Back] [15 more]" in pages[1]
    assert await quick_room.says("mona", "members list page=99") == pages[3]


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
