"""A message that can be built can be rendered; what people typed is shown as typed; and no plan is too large to be shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.message import (
    Answer,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Field,
    Fields,
    Form,
    InvalidMessageError,
    Message,
    Page,
    Progress,
    Select,
    Text,
    build_phrase,
    decode_answer,
    encode_answer,
    escape_text,
    format_link,
    format_moment,
    paginate,
    paginate_lines,
    parse_prose,
    parse_span_instant,
    strip_markup,
    text_message,
)
from bot.chat.text import join_names, shorten
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.runtime.dispatch import Dispatch
from bot.views.week_list import build_home_checklists
from tests.support.room import Room

# — prose —

NASTY = (
    "@everyone", "<!channel>", "<@123>", "**x**", "_x_", "`x`", "[a](javascript:alert(1))", "[a](https://example.org)",
    "<1700000000|x>", "\\", "\\**", "](", "‮evil", "* _ ` [ ] < > \\", "שלום", "```\ncode\n```",
)  # fmt: skip


@pytest.mark.parametrize("typed", NASTY)
def test_what_somebody_typed_is_shown_as_typed_and_never_acts(typed: str) -> None:
    for prose in (
        escape_text(typed),
        f"**{escape_text(typed)}**",
        f"_{escape_text(typed)}_",
        f"so: {escape_text(typed)}, and on",
    ):
        kinds = {span.kind for span in parse_prose(prose)}
        assert typed in strip_markup(prose)
        assert kinds <= {"text", "bold"} or kinds <= {"text", "italic"}
        assert not kinds & {"link", "time", "code"}


@given(st.text(), st.sampled_from(["{}", "a {} b", "**{}**", "**a** {} `b`", "<1700000000|at> {}"]))
def test_no_text_at_all_can_act_as_markup(typed: str, around: str) -> None:
    if not typed and "**{}**" in around:
        return
    styled = [span.kind for span in parse_prose(around.format(escape_text(typed)))]
    assert strip_markup(around.format(escape_text(typed))) == strip_markup(
        around.format("X")
    ).replace("X", typed)
    assert [kind for kind in styled if kind != "text"] == [
        span.kind for span in parse_prose(around.format("X")) if span.kind != "text"
    ]


def test_a_link_leads_to_the_web_or_is_only_its_label() -> None:
    assert [
        span.target for span in parse_prose(format_link("Docs [1]", "https://example.org/a?b=c"))
    ] == ["https://example.org/a?b=c"]
    assert strip_markup(format_link("Docs [1]", "javascript:alert(1)")) == "Docs [1]"
    assert strip_markup(format_link("Docs", "https://example.org/a)b")) == "Docs"


def test_a_moment_is_shown_in_a_zone_and_keeps_its_instant() -> None:
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    prose = format_moment(at, load_zone("Asia/Kathmandu"))
    assert strip_markup(prose) == "Mon 2 Mar 2026, 13:45"
    assert [parse_span_instant(span) for span in parse_prose(prose)] == [at]


# — limits —


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Text(""), "A text is empty: leave the block out instead."),
        (lambda: Text("x" * 3001), "A text has 3001 characters and may have 3000"),
        (lambda: Fact("Name", ""), "A field's value is empty"),
        (lambda: Fields(()), "A fields block has 0 facts"),
        (lambda: Progress("Week", 3, 2), "A progress bar shows 3 of 2"),
        (lambda: Choice("x" * 76, "x"), "A choice's label has 76 characters"),
        (lambda: Choice("x", "x", "y" * 76), "A choice's note has 76 characters"),
        (lambda: Button("Go", "x" * 81), "has 81 characters and may have 80"),
        (lambda: Buttons(()), "A row has 0 buttons"),
        (lambda: Buttons((Button("Go", "go"),) * 6), "A row has 6 buttons"),
        (lambda: Checklist("Tick", "tick", "item", ()), "A checklist has 0 choices"),
        (lambda: Checklist("Tick", "tick", "item", (Choice("a", "a"),) * 2), "offers the same value twice"),
        (lambda: Checklist("Tick", "tick", "item", (Choice("a", "a", chosen=True),)), "shows nobody's state"),
        (lambda: Select("Pick", "go", "to", tuple(Choice(str(n), str(n)) for n in range(26))), "A select has 26 choices"),
        (lambda: Message(()), "A message without blocks says nothing"),
        (lambda: text_message("x", title="y" * 151), "A title has 151 characters"),
        (lambda: text_message("x" * 2000, "y" * 2000), "A message has 4000 characters of prose"),
        (lambda: text_message(*("x" for _ in range(36))), "A message has 37 components"),
        (lambda: text_message(Buttons((Button("a", "go"), Button("b", "go")))), "say the same phrase"),
        (lambda: Form("A title that is far too long", "go", (Field("a", "A", "line"),)), "A form's title has 28"),
        (lambda: Form("Ask", "go", ()), "A form has 0 fields"),
        (lambda: Form("Ask", "go", (Field("a", "A", "line"),), "x" * 101), "A form's note has 101 characters and may have 100"),
        (lambda: Field("a", "A", "text", longest=4000), "A field takes up to 4000 characters"),
        (lambda: Field("a", "A", "any"), "A field has 0 choices"),
        (lambda: build_phrase("go", to="x" * 80), "may have 80: name things by short ids"),
    ],
)  # fmt: skip
def test_what_some_platform_could_not_show_cannot_be_built(build: Any, sentence: str) -> None:
    with pytest.raises(InvalidMessageError) as unfit:
        build()
    assert sentence in str(unfit.value)
    assert str(unfit.value).endswith(".")


def test_a_phrase_says_options_of_any_name() -> None:
    assert (
        build_phrase("cohort create", name="spring", zone=None, options="a b")
        == 'cohort create name=spring options="a b"'
    )


def test_a_message_in_plain_text_has_everything_its_blocks_have() -> None:
    message = text_message(
        "Hello **you**",
        Fields((Fact("Rank", "_1_"),)),
        Progress("Week 1", 2, 5, "open"),
        Checklist(
            "List", "tick", "item", (Choice("A", "a"), Choice("B", "b", chosen=True)), private=True
        ),
        Select("Pick", "go", "to", (Choice("X", "x"), Choice("Y", "y"))),
        Buttons((Button("Go", "go"), Button("Stay", "stay"))),
        title="Title",
    )
    assert message.to_plain_text() == (
        "Title\nHello you\nRank: 1\nWeek 1: 2 of 5 (open)\nList:\n  [ ] A\n  [x] B\nPick: X | Y\n[Go] [Stay]"
    )
    assert decode_answer(encode_answer(message)) == message


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_where() -> None:
    form = Form(
        "Ask",
        "go",
        (
            Field("note", "Note", "text"),
            Field("one", "One", "one", choices=(Choice("A", "a", chosen=True), Choice("B", "b"))),
            Field("more", "More", "any", choices=(Choice("C", "c"),)),
            Field("left", "Left", "line", value="as it was"),
        ),
    )
    again = form.restore_with_problem(
        "note", "Say `less`.", {"note": ("x" * 9000,), "one": ("b",), "more": ("c",)}
    )
    assert [
        (one.problem, one.value, [c.value for c in one.choices if c.chosen]) for one in again.fields
    ] == [
        ("Say `less`.", "x" * 9000, []),
        ("", "", ["b"]),
        ("", "", ["c"]),
        ("", "as it was", []),
    ]
    assert again.to_plain_text() == "Ask\n  Note — Say less.\n  One\n  More\n  Left"
    assert decode_answer(encode_answer(again)) == again


@pytest.mark.parametrize(
    ("text", "limit", "shortened"),
    [
        ("short", 10, "short"),
        ("some words too many", 12, "some words…"),
        ("some words, too many", 13, "some words…"),
        ("x" * 20, 10, "x" * 9 + "…"),
    ],
)
def test_a_label_is_cut_at_a_word_where_it_must_be(text: str, limit: int, shortened: str) -> None:
    assert shorten(text, limit) == shortened


@given(st.text(min_size=1), st.integers(5, 75))
def test_a_label_is_never_longer_than_it_may_be(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_names_are_listed_as_people_do() -> None:
    assert [join_names("abc"[:n]) for n in range(4)] == ["nobody", "a", "a and b", "a, b and c"]


# — paging —


@given(st.integers(0, 200), st.integers(1, 30))
def test_turning_the_pages_shows_every_entry_exactly_once(total: int, size: int) -> None:
    entries = [f"entry {number}" for number in range(total)]
    turns: tuple[Callable[[int], Page[str]], ...] = (
        lambda number: paginate(entries, number, size),
        lambda number: paginate_lines(entries, number, size, 50),
    )
    for turn in turns:
        seen: list[str] = []
        number = 1
        while True:
            shown = turn(number)
            assert len(shown.entries) <= size
            seen += shown.entries
            labels = [
                button.label for row in shown.build_page_buttons("go") for button in row.buttons
            ]
            assert labels == ["Back"] * (number > 1) + [f"{total - len(seen)} more"] * (
                len(seen) < total
            )
            if len(seen) == total:
                break
            number += 1
        assert seen == entries
        assert turn(-5) == turn(1)
        assert turn(99_999) == turn(shown.pages)


@given(st.lists(st.integers(1, 2000), max_size=60))
def test_no_page_of_lines_is_longer_than_it_may_be(lengths: list[int]) -> None:
    lines = ["x" * length for length in lengths]
    shown = paginate_lines(lines, 1, 10)
    for number in range(1, shown.pages + 1):
        entries = paginate_lines(lines, number, 10).entries
        assert len(entries) <= 1 or len("\n".join(entries)) <= 2200


# — the largest plan —

LETTERS = ("*", "ש", "x ", "-", "_ ")


def wide(number: int, length: int, end: str = "") -> str:
    """A text as long as it may be, of a letter that may double when it is quoted."""
    return (LETTERS[number % len(LETTERS)] * length)[: length - len(end)] + end


def largest() -> Roadmap:
    """The largest plan the format accepts: 60 weeks, 1500 items, 400 resources, as much text as a megabyte holds."""
    return Roadmap.model_validate(
        {
            "slug": "largest",
            "title": wide(0, 75),
            "summary": wide(0, 2000),
            "stages": [
                {
                    "id": f"stage-{number}",
                    "title": wide(number, 75, f"{number}"),
                    "weeks": [_week(number)],
                }
                for number in range(60)
            ],
            "resources": [_resource(number) for number in range(400)],
        }
    )


def _week(week: int) -> dict[str, object]:
    named = f"week-id-{week}-".ljust(23, "x") + "y"
    items = [_item(week, number) for number in range(40 if week % 2 else 10)]
    return {"id": named, "title": wide(week, 75), "summary": wide(week, 2000), "items": items}


def _item(week: int, number: int) -> dict[str, object]:
    item: dict[str, object] = {
        "id": f"item-{week}-{number}-".ljust(31, "x") + "y",
        "kind": "certificate",
        "title": wide(week, 75, f"{week}-{number}"),
    }
    if week < 3 and number < 12:
        item["parts"] = item["examples"] = [wide(week + number, 200)] * 10
        item["resources"] = [f"resource-{(number + more) % 400}" for more in range(10)]
    return item


def _resource(number: int) -> dict[str, object]:
    return {
        "id": f"resource-{number}",
        "kind": "specialisation",
        "title": wide(number, 200 if number % 40 < 2 else 60, f"{number}"),
        "author": wide(number, 200 if number % 40 < 2 else 20),
        "link": f"https://example.org/{number}/".ljust(500 if number % 40 < 2 else 60, "x"),
        "topics": ["statistics"],
    }


LARGEST = largest()
NAME = "c" * 32


async def told(room: Room, said: str, filled: dict[str, tuple[str, ...]] | None = None) -> Answer:
    answer = await room.answer("ada", said, filled)
    assert "went wrong" not in answer.to_plain_text(), said
    return answer


async def turned(room: Room, said: str) -> list[Message]:
    """An answer and all its pages, turned by their own buttons."""
    pages: list[Message] = []
    more = [said]
    while more:
        answer = await told(room, more[0])
        assert isinstance(answer, Message)
        pages.append(answer)
        rows = [block for block in answer.blocks if isinstance(block, Buttons)]
        more = [
            button.says for row in rows for button in row.buttons if button.label.endswith(" more")
        ]
    return pages


@pytest.fixture
async def largest_room(quick_room: Room) -> Room:
    """A room with a cohort that is in the last week of the largest plan, and a member who has been away since the first."""
    room = quick_room
    room.core = Dispatch(room.store, room.clock, {"largest": LARGEST})
    room.zones = {"ada": "America/Argentina/ComodRivadavia"}
    await room.says("mona", f"cohort create name={NAME} start=2024-12-30 roadmap=largest")
    await room.opens_cohort(NAME)
    await told(room, "join")
    for number in range(12):
        await room.answer(f"{number}".rjust(80, "*"), "join")
    return room


def test_the_largest_plan_is_about_as_large_as_a_file_may_be() -> None:
    assert 400_000 < len(LARGEST.to_json().encode()) < 1_100_000
    assert (len(LARGEST.weeks), len(LARGEST.items), len(LARGEST.resources)) == (60, 1500, 400)


async def test_every_answer_about_the_largest_plan_can_be_built(largest_room: Room) -> None:
    room = largest_room
    for number in (2, 3, 4, 59, 60):
        week = LARGEST.weeks[number - 1]
        lists = [block for one in await turned(room, f"week {number}") for block in one.blocks]
        offered = [
            choice.value for one in lists if isinstance(one, Checklist) for choice in one.choices
        ]
        assert offered == [item.id for item in week.items]
        whole = "\n".join(one.to_plain_text() for one in await turned(room, f"roadmap {number}"))
        assert [whole.count(f"• {item.title} certificate") for item in week.items] == [1] * len(
            week.items
        )
        some = tuple(item.id for item in week.items[:10])
        await told(room, f"tick week={week.id} cohort=#1 page=1", {"item": some})
        await told(room, "tick undo=yes cohort=#1", {"item": some})
        assert isinstance(await told(room, f"checkin {number}"), Form)
        report = {"items": some, "note": ("**" * 1000,), "blockers": ("_" * 300,)}
        await told(room, f"checkin week={week.id} cohort=#1", report)
    for said in (
        "progress",
        "progress board",
        "join",
        "tick",
        "checkin",
        "settings",
        "away",
        "progress nobody",
        "tick x",
    ):
        await told(room, said)
    await told(room, "away open=yes")
    await told(room, "progress")


async def test_every_week_and_every_resource_of_the_largest_plan_is_on_some_page(
    largest_room: Room,
) -> None:
    weeks = "\n".join(["", *(one.to_plain_text() for one in await turned(largest_room, "roadmap"))])
    assert [weeks.count(f"\n{number}. ") for number in range(1, 61)] == [1] * 60
    for said in ("resources", "resources statistics"):
        listed = "".join(one.to_plain_text() for one in await turned(largest_room, said))
        assert [listed.count(f"https://example.org/{number}/") for number in range(400)] == [
            1
        ] * 400


def test_a_list_for_everybody_shows_every_item_of_the_largest_plan() -> None:
    cohort = Cohort(
        1,
        NAME,
        1,
        1,
        "largest",
        Syllabus.from_roadmap(LARGEST),
        date(2024, 12, 30),
        "UTC",
        time(9),
        "running",
    )
    for week in cohort.calendar.weeks:
        shown = text_message(*build_home_checklists(LARGEST, cohort, week))
        offered = [
            choice.value
            for one in shown.blocks
            if isinstance(one, Checklist)
            for choice in one.choices
        ]
        assert offered == list(week.week.items)
