"""`project` and `certificate`: the plan's own, those of the members, and their privacy."""

from __future__ import annotations

import pytest

from bot.roadmap import parse_roadmap
from tests.support.room import Room

PLAN = parse_roadmap(
    """
title: Baking in a week
summary: From flour to bread.
stages:
  - id: bread
    title: Bread
    weeks:
      - id: dough
        title: Dough
        items:
          - {id: knead, kind: practice, title: Knead by hand, builds: loaf}
          - {id: exam, kind: certificate, title: Sit the exam, earns: baker}
portfolio:
  - {id: loaf, title: A loaf, level: beginner, parts: [crust, crumb]}
  - {id: cake, title: A cake, level: advanced, examples: [tart, sponge]}
certificates:
  - id: baker
    title: Licensed baker
    level: beginner
    provider: The guild
    link: "https://guild.example/exam"
info:
  - kind: tips
    points: [Weigh the water., "Trust <@1> *nobody*."]
  - kind: myths
    pairs: [{about: Bread needs sugar., says: It needs time.}]
""",
    "baking.yaml",
)


@pytest.fixture
async def bakery(quick_room: Room) -> Room:
    """A room with a cohort that bakes."""
    quick_room.roadmaps = {PLAN.slug: PLAN}
    await quick_room.restart()
    await quick_room.spring("ada", "bob", more="roadmap=baking")
    return quick_room


async def test_a_project_is_added_seen_by_the_group_changed_and_taken_out(bakery: Room) -> None:
    room = bakery
    assert await room.says("ada", "project list") == (
        "Projects of spring\nThe plan suggests\nBeginner\n• A loaf — crust, crumb\n"
        "Advanced\n• A cake — for example tart and sponge\n"
        "No projects yet: add the first one.\n[Add a project] [Only mine]"
    )
    added = await room.says(
        "ada", "project add My first *loaf* https://ada.example/loaf project=loaf"
    )
    assert (
        added == "My first *loaf* is now in your projects.\n[Tick “Knead by hand”] [All projects]"
    )
    await room.says("ada", "tick knead")
    assert await room.says("bob", 'project add title="A loaf" level=advanced') == (
        "A loaf is now in your projects.\n[Tick “Knead by hand”] [All projects]"
    )
    assert (await room.says("ada", "project list")).split("\n")[5:] == [
        "• A cake — for example tart and sponge",
        "We have built · 2",
        "• A loaf by Bob advanced",
        "• My first *loaf* (https://ada.example/loaf) by Ada beginner",
        "[Add a project] [Only mine]",
    ]
    changed = await room.says("ada", 'project add "my FIRST *loaf*" project=loaf')
    assert changed == (
        "my FIRST *loaf* was already in your projects, and I updated it.\n[All projects]"
    )
    assert (await room.says("ada", "project list mine=yes")).split("\n")[1:-1] == [
        "You have built · 1",
        "• my FIRST *loaf* beginner",
    ]
    assert "no longer in your projects" in await room.says(
        "ada", 'project add "My first *loaf*" remove=yes'
    )
    assert "No projects yet" in await room.says("ada", "project list mine=yes")
    await room.says("ada", "project add Rye <https://ada.example/rye>")
    assert "• Rye (https://ada.example/rye)" in await room.says("ada", "project list mine=yes")


async def test_a_certificate_is_known_by_its_title_and_offers_its_tick(bakery: Room) -> None:
    room = bakery
    assert (await room.says("ada", "certificate list")).split("\n")[1:4] == [
        "The plan suggests",
        "Beginner",
        "• Licensed baker (https://guild.example/exam) — by The guild",
    ]
    added = await room.says("ada", 'certificate add "licensed baker" earned=2026-02-01')
    assert (
        added
        == "licensed baker is now in your certificates.\n[Tick “Sit the exam”] [All certificates]"
    )
    assert "• licensed baker by Ada · Sun 1 Feb 2026" in await room.says("bob", "certificate list")
    await room.says("bob", "certificate add Pastry cook earned=1998-05-17")
    await room.says("bob", "certificate add Miller earned=yesterday")
    listed = await room.says("bob", "certificate list mine=yes")
    assert "• Pastry cook · Sun 17 May 1998" in listed
    assert "• Miller · Thu 19 Feb 2026" in listed


async def test_what_is_hidden_is_seen_by_nobody_else_and_what_left_is_gone(bakery: Room) -> None:
    room = bakery
    await room.says("ada", "project add Secret")
    await room.says("bob", "project add Open")
    await room.says("ada", "settings hidden=yes")
    for name in ("bob", "mona"):
        await room.says(name, "join spring")
        assert "Secret" not in await room.says(name, "project list")
    assert "• Secret by Ada" in await room.says("ada", "project list")
    await room.says("bob", "leave")
    assert "Open" not in await room.says("ada", "project list")


async def test_pieces_that_cannot_be_are_refused_with_what_to_do(bakery: Room) -> None:
    room = bakery
    refusals = {
        "project add Loaf link=javascript:alert(1)": (
            "Write the whole address, like https://example.org/my-project, or leave the link out.\n"
            "[Edit]"
        ),
        "project add https://ada.example/loaf": ("Write the project's title in front of its link."),
        f"project add {'x' * 121}": (
            "The title of a project can have 120 characters and this has 121: please shorten it."
        ),
        "project add Loaf project=pie": (
            "Baking in a week does not suggest that project: choose A loaf or A cake.\n[Edit]"
        ),
        "project add Loaf level=expert": (
            "“expert” does not work for level: choose beginner, intermediate or advanced.\n[Edit]"
        ),
        "project add Loaf remove=yes": (
            "You have no project with that title: project list shows all of them."
        ),
        "certificate add Baker earned=2027-01-01": (
            "That day is in the future: add the certificate when you have earned it.\n[Edit]"
        ),
        "certificate add Baker earned=1899-01-01": (
            "1899-01-01 is more than 60 years away: choose a date closer to today, 2026-02-20.\n"
            "[Edit]"
        ),
        "certificate add Baker certificate=cook": (
            "Baking in a week does not suggest that certificate: choose Licensed baker.\n[Edit]"
        ),
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals
    assert (
        await room.says("eve", "project list")
        == "You are not in a cohort yet: use join to see the open ones."
    )
    for number in range(50):
        await room.answer("ada", f"project add Loaf{number}")
    assert (await room.says("ada", "project add One more https://ada.example/it")) == (
        "You already have 50 projects here: remove one before you add another."
    )
    assert "[Back]" in await room.says("ada", "project list page=5")


async def test_notes_projects_and_certificates_of_a_plan_are_shown_beside_its_weeks(
    bakery: Room,
) -> None:
    room = bakery
    assert (await room.says("ada", "roadmap")).endswith(
        "[This week's list] [Notes] [Projects] [Certificates]"
    )
    assert await room.says("ada", "roadmap show about=notes") == (
        "Notes of Baking in a week\nTips\n• Weigh the water.\n• Trust <@1> *nobody*.\n"
        "Myths\n• Bread needs sugar. — It needs time.\n[The whole plan]"
    )
    assert "• A loaf — crust, crumb" in await room.says(
        "eve", "roadmap show roadmap=baking about=projects"
    )
    assert await room.says("ada", "roadmap show about=resources") == (
        "Baking in a week has no resources: use roadmap show to see the plan."
    )
    assert (await room.says("eve", "roadmap show roadmap=baking")).split("\n")[:4] == [
        "Baking in a week",
        "1 week · 2 items",
        "From flour to bread.",
        "Bread · 1 week, 2 items",
    ]
