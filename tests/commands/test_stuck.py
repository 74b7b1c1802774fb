"""`stuck`: one press tells the moderators which item does not go on."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
VECTORS = "Vectors, matrices and how to calculate with them"
BAYES = "First steps in probability, up to Bayes’ theorem"


async def test_one_press_says_what_somebody_is_stuck_on(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    answer = await room.says("ada", "checkin confidence=2")
    assert f"Stuck on one of these?: {VECTORS} | {BAYES}" in answer
    assert await room.says("ada", "stuck cohort=#1", {"item": ("bayes",)}) == (
        f"You are stuck on {BAYES}. Your moderators can see it, and I name you nowhere else.\n"
        "Another explanation may help:\n"
        "• Bayes’ theorem in pictures (https://www.3blue1brown.com/lessons/bayes-theorem) "
        "by Grant Sanderson lectures\n"
        "• Seeing Theory: compound probability "
        "(https://seeing-theory.brown.edu/compound-probability/index.html) "
        "by Brown University site\n"
        "[It works now] [My list]"
    )
    assert "stuck on First steps in probability…" in await room.says("mona", "members list")
    # A tick ends it.
    await room.says("ada", "tick bayes")
    assert "stuck on" not in await room.says("mona", "members list")
    assert "You have ticked" in await room.says("ada", "stuck bayes")


async def test_being_stuck_is_taken_back_and_hostile_items_are_refused(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    assert "Nothing is open this week." in await room.says("ada", "stuck")
    await room.goes_to(TUESDAY)
    assert "What are you stuck on?" in await room.says("ada", "stuck")
    for _ in range(2):
        await room.says("ada", "stuck item=bayes")
    assert "not stuck on" in await room.says("ada", "stuck item=bayes undo=yes")
    assert "nothing changed" in await room.says("ada", "stuck item=bayes undo=yes")
    assert "stuck on" not in await room.says("mona", "members list")
    assert "There is no item" in await room.says("ada", "stuck item=@everyone")
    assert "You are not in a cohort yet" in await room.says("eve", "stuck item=bayes")
