"""`roadmap import` and what its buttons say: a plan is read, looked at, and published or left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.errors import Refused
from bot.chat.message import Form
from bot.command import Upload
from bot.commands.roadmap_import import read_roadmap_upload
from tests.support.roadmap_versions import FIRST, SECOND, file, publishes
from tests.support.room import Room

GONE = "That import has expired: use roadmap import to upload the file again."


async def test_a_plan_is_looked_at_before_it_is_published(quick_room: Room) -> None:
    room = quick_room
    assert await room.says("mona", "roadmap import", files=file(FIRST)) == (
        "Import report\n"
        "Rust together has 3 weeks, 1 stage, 5 items.\n"
        "It would be a new plan here, named rust.\n"
        "Good to add later. "
        "Of 5 items: 5 without estimate, 5 without link, 5 without done_when.\n"
        "Nothing is published yet. You have one day to decide.\n"
        "[Publish] [Discard]"
    )
    assert "Rust" not in await room.says("ada", "roadmap list")
    assert await room.says("mona", "roadmap publish number=1 over=0") == (
        "Rust together is published as version 1 of rust.\n"
        "New groups can use it from now on.\n"
        "[Create a cohort]"
    )
    assert (
        "• Rust together rust · 3 weeks · 5 items · version 1\nThree weeks of Rust."
        in await room.says("ada", "roadmap list page=2")
    )
    assert await room.says("mona", "roadmap publish number=1 over=0") == GONE


async def test_a_new_version_is_told_with_what_it_changes_for_whom(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, FIRST, 1, 0)
    await room.spring("ada", "ben", more="roadmap=rust")
    await room.says("ada", "tick hello")
    assert await room.says("mona", "roadmap import", files=file(SECOND)) == (
        "Import report\n"
        "Rust together has 4 weeks, 1 stage, 6 items.\n"
        "It would be version 2 of rust. Compared with version 1: 2 moved, 1 split, 2 new, 1 "
        "gone, 1 week new; "
        "1 person has ticked a changed item, and ticks stay.\n"
        "Good to add later. "
        "Of 6 items: 6 without estimate, 6 without link, 6 without done_when.\n"
        "Nothing is published yet. You have one day to decide.\n"
        "[Publish] [Discard] [Changes]"
    )
    assert "• Moved: “Say hello” from “A start” to “An ending” (1 ticked it)\n" in await room.says(
        "mona", "roadmap publish number=2 over=1 show=changes"
    )
    assert await room.says("mona", "roadmap publish number=2 over=1") == (
        "Rust together is published as version 2 of rust: 2 moved, 1 split, 2 new, 1 gone, 1 "
        "week new.\n"
        "New groups can use it from now on.\n"
        "spring stays on the old version. Press Move to preview the new one.\n"
        "[Move spring] [Create a cohort]"
    )
    assert "already says the same" in await room.says("mona", "roadmap import", files=file(SECOND))


async def test_an_import_that_is_left_and_one_that_came_too_late_publish_nothing(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.says("mona", "roadmap import", files=file(FIRST))
    assert await room.says("mona", "roadmap publish number=1 leave=yes") == (
        "I have discarded Rust together."
    )
    assert await room.says("mona", "roadmap publish number=1 over=0") == GONE
    await room.says("mona", "roadmap import", files=file(FIRST))
    await publishes(room, SECOND, 3, 0)
    assert await room.says("mona", "roadmap publish number=2 over=0") == (
        "Somebody published another version meanwhile: send the file again to see its changes now."
    )


async def test_an_import_is_nobody_elses_and_not_there_for_another_space(quick_room: Room) -> None:
    room = quick_room
    room.moderators.add("milo")
    await room.says("mona", "roadmap import", files=file(FIRST))
    other = replace(room.place, space="elsewhere")
    assert await room.says("milo", "roadmap publish number=1 over=0") == GONE
    assert await room.says("mona", "roadmap publish number=1 over=0", place=other) == GONE
    assert await room.says("mona", "roadmap publish number=77 over=0") == GONE
    assert "Only moderators" in await room.says("ada", "roadmap publish number=1 over=0")
    await room.passes(days=1)
    assert await room.says("mona", "roadmap publish number=1 over=0") == GONE


async def test_a_plan_that_cannot_be_used_is_refused_with_its_first_mistake(
    quick_room: Room,
) -> None:
    room = quick_room
    broken = FIRST.replace("kind: action, title: Install Rust", "kind: dance, title: Install Rust")
    broken = broken.replace("title: An ending", "name: An ending")
    assert await room.says("mona", "roadmap import", files=file(broken)) == (
        "Line 11, stages[0].weeks[0].items[0].kind: Write one of these: topic, review, "
        "practice, project, reading, "
        "certificate, action or checkpoint. Then fix 2 more."
    )
    assert await room.says("mona", "roadmap publish number=1 over=0") == GONE


@pytest.mark.parametrize("name", ["Rust!", "x" * 33, "../rust", "@everyone", "rust--two"])
async def test_a_name_no_roadmap_can_have_is_refused(quick_room: Room, name: str) -> None:
    said = await quick_room.says("mona", f'roadmap import name="{name}"', files=file(FIRST))
    assert said.startswith("Choose a name of up to 32 small letters and digits")


def test_what_to_mend_in_markdown_is_named_by_its_line_alone() -> None:
    weeks = "".join(
        f"## Week {number}: Something\n- Do thing {number}\n" for number in range(1, 70)
    )
    with pytest.raises(Refused, match=r"^Line 122: Split this into two roadmaps"):
        read_roadmap_upload(Upload("club.md", f"# Too long\n{weeks}".encode()))


async def test_without_a_file_a_form_asks_for_one(quick_room: Room) -> None:
    answer = await quick_room.answer("mona", "roadmap import")
    assert isinstance(answer, Form)
    assert [field.kind for field in answer.fields] == ["file", "line"]


async def test_what_a_file_says_is_shown_as_it_is_and_acts_nowhere(quick_room: Room) -> None:
    title = "**@everyone** [x](https://evil.example) `c` <@U1>"
    hostile = FIRST.replace("title: Rust together", f"title: '{title}'")
    answer = await quick_room.answer("mona", "roadmap import", files=file(hostile))
    assert f"{title} has 3 weeks" in answer.to_plain_text()
    published = await quick_room.answer("mona", "roadmap publish number=1 over=0")
    assert f"{title} is published" in published.to_plain_text()


async def test_an_edit_of_a_plan_that_comes_with_the_bot_is_its_version_one_here(
    quick_room: Room,
) -> None:
    room = quick_room
    said = await room.says("mona", "roadmap import name=ai-ml-engineer-12-weeks", files=file(FIRST))
    assert (
        "It would be version 1 of ai-ml-engineer-12-weeks. Compared with the built-in plan:" in said
    )
    assert (
        "Nothing from the older version is left. If this is a different plan, import it under "
        "another name."
    ) in said
    await room.says("mona", "roadmap publish number=1 over=0")
    await room.spring("ada")
    assert "A start" in await room.says("ada", "roadmap show")


MARKDOWN = """# Rust club

Three weeks of Rust.

## Week 1: A start

- [ ] Install Rust
- [ ] Say hello

## Week 2: Owning things

- [ ] Ownership and borrowing
- [ ] A quiz
"""


async def test_markdown_brought_again_with_other_words_keeps_its_ids(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, MARKDOWN, 1, 0, "club.md")
    changed = MARKDOWN.replace("Install Rust", "Install Rust tools").replace(
        "- [ ] Say hello\n", ""
    )
    said = await room.says("mona", "roadmap import", files=file(changed, "club.md"))
    assert "“Install Rust tools” is the new title of “Install Rust”: its ticks stay." in said
    assert "1 renamed, 1 gone" in said
    assert "its ticks stay" in await room.says(
        "mona", "roadmap publish number=2 over=1 show=report"
    )
