"""Choosing a plan: by subject, with its weeks, hours and readers, and with a look into one week."""

from __future__ import annotations

from bot.chat.message import Block, Buttons, Choice, Form, Message, Select
from bot.roadmap import Roadmap, parse_roadmap
from bot.runtime.dispatch import Dispatch
from tests.support.guided_plan import GUIDED, HOSTILE, write_hostile_plan
from tests.support.roadmap_versions import FIRST, publishes
from tests.support.room import Room, roadmaps

SHORT = """
title: {title}
summary: A short plan.
{fields}
stages:
  - id: all
    title: All
    weeks:
      - {{id: one, title: One, items: [{{id: a, kind: topic, title: A, estimate: 2 hours}}]}}
      - {{id: off, title: Off, kind: break}}
      - {{id: two, title: Two, items: [{{id: b, kind: topic, title: B, estimate: 4 hours}}]}}
"""


def short_plan(title: str, *fields: str) -> Roadmap:
    text = SHORT.format(title=title, fields="\n".join(fields))
    return parse_roadmap(text, f"{title.lower()}.yaml")


def open_gallery(room: Room, *plans: Roadmap) -> None:
    """Let the bot come with these plans instead of the bundled ones."""
    room.core = Dispatch(room.store, room.clock, {plan.slug: plan for plan in plans})


PLANS = (
    short_plan("Dice", "subject: Mathematics", "audience: People who throw dice"),
    short_plan("Bash", "subject: tools"),
    short_plan("Awk", "subject: Tools"),
    short_plan("Zen"),
)


async def find_blocks(room: Room, name: str, said: str) -> tuple[Block, ...]:
    answer = await room.answer(name, said)
    assert isinstance(answer, Message), answer
    assert "Something went wrong on my side" not in answer.to_plain_text()
    return answer.blocks


def find_choices(blocks: tuple[Block, ...]) -> tuple[Choice, ...]:
    [select] = [block for block in blocks if isinstance(block, Select)]
    return select.choices


def find_phrases(blocks: tuple[Block, ...]) -> dict[str, str]:
    rows = [block for block in blocks if isinstance(block, Buttons)]
    return {button.label: button.says for row in rows for button in row.buttons}


async def test_plans_stand_below_their_subjects_with_weeks_hours_and_readers(
    quick_room: Room,
) -> None:
    room = quick_room
    open_gallery(room, *PLANS)
    said = await room.says("ada", "roadmap list")
    assert said.splitlines()[:13] == [
        "Plans",
        "Mathematics",
        "• Dice dice · 3 weeks · about 3 h a week · 2 items",
        "For: People who throw dice",
        "Tools",
        "• Awk awk · 3 weeks · about 3 h a week · 2 items",
        "A short plan.",
        "• Bash bash · 3 weeks · about 3 h a week · 2 items",
        "A short plan.",
        "Other plans",
        "• Zen zen · 3 weeks · about 3 h a week · 2 items",
        "A short plan.",
        "Look into a plan: Dice | Awk | Bash | Zen",
    ]
    choices = find_choices(await find_blocks(room, "ada", "roadmap list"))
    assert [(choice.group, choice.value, choice.note) for choice in choices] == [
        ("Mathematics", "dice", "3 weeks · about 3 h a week"),
        ("Tools", "awk", "3 weeks · about 3 h a week"),
        ("Tools", "bash", "3 weeks · about 3 h a week"),
        ("Other plans", "zen", "3 weeks · about 3 h a week"),
    ]


async def test_without_a_subject_anywhere_there_are_no_headings(quick_room: Room) -> None:
    open_gallery(quick_room, short_plan("Zen"), short_plan("Zoo"))
    said = await quick_room.says("ada", "roadmap list")
    assert "Other plans" not in said
    choices = find_choices(await find_blocks(quick_room, "ada", "roadmap list"))
    assert {choice.group for choice in choices} == {""}


async def test_a_plan_without_weeks_says_how_much_work_it_is(quick_room: Room) -> None:
    text = (
        "title: Loose\nsummary: Loose.\nstages:\n  - {id: s, title: S, items: "
        "[{id: a, kind: topic, title: A, estimate: 5 hours}, {id: b, kind: topic, title: B}]}\n"
    )
    plan = parse_roadmap(text.replace("title: B}", "title: B, estimate: 2 hours}"), "loose.yaml")
    timed = parse_roadmap(text.replace("title: S,", "title: S, time: 4 weeks,"), "timed.yaml")
    open_gallery(quick_room, plan, timed)
    said = await quick_room.says("ada", "roadmap list")
    assert "• Loose loose · any length · about 7 h in all · 2 items\n" in said
    # One estimate for two items says nothing about the whole.
    assert "• Loose timed · about 4 weeks · 2 items\n" in said


async def test_many_plans_are_paged_and_each_page_repeats_its_heading(quick_room: Room) -> None:
    letters = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"
    names = [f"plan-{letter}{number // 26}" for number, letter in enumerate(letters)]
    open_gallery(quick_room, *(short_plan(name, "subject: Tools") for name in names))
    seen = []
    for page in range(1, 4):
        said = await quick_room.says("ada", f"roadmap list page={page}")
        assert said.splitlines()[1] == "Tools"
        blocks = await find_blocks(quick_room, "ada", f"roadmap list page={page}")
        seen += [choice.value for choice in find_choices(blocks)]
    assert seen == sorted(names)


async def test_a_form_offers_plans_by_subject_and_keeps_the_groups_own(quick_room: Room) -> None:
    room = quick_room
    many = [
        short_plan(f"plan-{letter}", "subject: Tools") for letter in "abcdefghijklmnopqrstuvwxyz"
    ]
    open_gallery(room, *many, short_plan("Dice", "subject: Mathematics"))
    await publishes(room, FIRST, 1, 0)
    form = await room.answer("mona", "cohort create")
    assert isinstance(form, Form)
    [field] = [field for field in form.fields if field.name == "roadmap"]
    assert len(field.choices) == 25
    groups = [choice.group for choice in field.choices]
    assert groups == sorted(groups, key=lambda group: (group == "Other plans", group))
    assert field.choices[-1].value == "rust"
    assert len({choice.value for choice in field.choices}) == 25
    # A plan that has no room in the form is found by its name, and by the list of plans.
    found = await room.core.suggest_values(
        room.caller("mona"), room.place, "cohort create", "roadmap", "plan-z", {}
    )
    assert [choice.value for choice in found] == ["plan-z"]


async def test_a_plan_shows_its_first_week_before_a_cohort_is_made(quick_room: Room) -> None:
    room = quick_room
    own = "audience: Players\nprovenance: {title: Dice, author: Ada}\n"
    text = f"{own}{GUIDED.lstrip()}".replace(
        "title: The start", "title: The start\n    time: 3 weeks"
    )
    open_gallery(room, parse_roadmap(text, "dice.yaml"))
    said = await room.says("mona", "roadmap show roadmap=dice")
    assert said.splitlines() == [
        "Dice",
        "3 weeks · about 4 h a week · 6 items",
        "For: Players",
        "Three weeks of chance.",
        "The start · 3 weeks, 6 items",
        "Week 1 of 3: Counting",
        "The start · about 4 h",
        "How many ways there are, and why it matters.",
        "• Sample spaces · about 3 h",
        "• Throw two dice · about 40 min",
        "• A page of history · about 10 min",
        "Look into a week: Week 1: Counting | Week 2: A week off | Week 3: Bets",
        "[Start a cohort] [All plans]",
        "[Resources]",
    ]
    assert "[Start a cohort]" not in await room.says("ada", "roadmap show roadmap=dice")


async def test_any_week_can_be_looked_into_with_its_times_links_and_ends(quick_room: Room) -> None:
    room = quick_room
    open_gallery(room, parse_roadmap(GUIDED, "dice.yaml"))
    week = await room.says("mona", "roadmap show week=1 roadmap=dice")
    assert week.splitlines() == [
        "Week 1: Counting",
        "The start · about 4 h",
        "How many ways there are, and why it matters.",
        "• Sample spaces topic · about 3 h · Seeing chance (https://chance.example.org/dice)",
        "Done when: You can list all throws of two dice.",
        "• Throw two dice practice · about 40 min · Seeing chance (https://chance.example.org/dice)",
        "Done when: You have written down 36 throws.",
        "• A page of history reading · about 10 min · if there is time",
        "[Next week] [The whole plan] [Start a cohort]",
    ]
    phrases = find_phrases(await find_blocks(room, "mona", "roadmap show week=2 roadmap=dice"))
    assert phrases == {
        "Week before": "roadmap show week=1 roadmap=dice",
        "Next week": "roadmap show week=3 roadmap=dice",
        "The whole plan": "roadmap show roadmap=dice",
        "Start a cohort": "cohort create roadmap=dice",
    }
    weeks = await room.core.suggest_values(
        room.caller("mona"), room.place, "roadmap show", "week", "", {"roadmap": "dice"}
    )
    assert [choice.label for choice in weeks] == [
        "Week 1: Counting",
        "Week 2: A week off",
        "Week 3: Bets",
    ]


async def test_every_bundled_plan_can_be_looked_into(quick_room: Room) -> None:
    for slug in roadmaps():
        blocks = await find_blocks(quick_room, "mona", f"roadmap show roadmap={slug}")
        for choice in find_choices(blocks):
            said = f"roadmap show week={choice.value} roadmap={slug}"
            assert find_phrases(await find_blocks(quick_room, "mona", said))["The whole plan"]


async def test_words_of_a_stranger_do_nothing_in_the_gallery(quick_room: Room) -> None:
    room = quick_room
    loud = f'"{HOSTILE[:40]}"'
    text = write_hostile_plan(60).replace("{", f'{{"subject": {loud}, "audience": "{HOSTILE}", ', 1)
    plan = parse_roadmap(text.replace('"Hostile"', f'"{HOSTILE}"'), "hostile.yaml")
    open_gallery(room, plan, short_plan("Dice", "subject: Mathematics"))
    for said in (
        "roadmap list",
        "roadmap show roadmap=hostile",
        "roadmap show week=9 roadmap=hostile",
    ):
        shown = await room.says("mona", said)
        # Escaped, the marks reach the reader as they were typed.
        assert HOSTILE[:30] in shown, said
    assert HOSTILE[:40].strip() in (await room.says("mona", "roadmap list")).splitlines()
