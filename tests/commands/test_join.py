from tests.room import Room


async def test_somebody_joins_an_open_cohort_and_hears_when_it_starts(room: Room) -> None:
    await room.spring()
    assert await room.says("ada", "join spring") == (
        "You are in spring 🎉\n"
        "It starts on Mon 2 Mar 2026 and takes 12 weeks.\n"
        "The next post comes on Sat 28 Feb 2026, 09:00 (UTC time).\n"
        "[The whole plan] [Set my time zone]"
    )
