"""A message that can be built can be rendered; what people typed is shown as typed; and no plan is too large to be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import command
from bot.cohort import WEEK, Cohort, Member, Syllabus
from bot.command import Call
from bot.message import (
    Answer,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Field,
    Fields,
    Form,
    Message,
    Progress,
    Select,
    Text,
    Unfit,
    bare,
    dumps,
    instant_of,
    link,
    loads,
    moment,
    page,
    page_of_lines,
    phrase,
    quote,
    say,
    spans,
)
from bot.pages import names, open_list, own_list, short
from bot.people import Away, Caller, Person, zone
from bot.progress import Standing
from bot.roadmap import Roadmap
from tests.test_people import ADA

# — prose —

NASTY = (
    "@everyone", "<!channel>", "<@123>", "**x**", "_x_", "`x`", "[a](javascript:alert(1))", "[a](https://example.org)",
    "<1700000000|x>", "\\", "\\**", "](", "‮evil", "* _ ` [ ] < > \\", "שלום", "```\ncode\n```",
)  # fmt: skip


@pytest.mark.parametrize("typed", NASTY)
def test_what_somebody_typed_is_shown_as_typed_and_never_acts(typed: str) -> None:
    for prose in (quote(typed), f"**{quote(typed)}**", f"_{quote(typed)}_", f"so: {quote(typed)}, and on"):
        kinds = {span.kind for span in spans(prose)}
        assert typed in bare(prose)
        assert kinds <= {"text", "bold"} or kinds <= {"text", "italic"}
        assert not kinds & {"link", "time", "code"}


@given(st.text(), st.sampled_from(["{}", "a {} b", "**{}**", "**a** {} `b`", "<1700000000|at> {}"]))
def test_no_text_at_all_can_act_as_markup(typed: str, around: str) -> None:
    if not typed and "**{}**" in around:
        return
    styled = [span.kind for span in spans(around.format(quote(typed)))]
    assert bare(around.format(quote(typed))) == bare(around.format("X")).replace("X", typed)
    assert [kind for kind in styled if kind != "text"] == [
        span.kind for span in spans(around.format("X")) if span.kind != "text"
    ]


def test_a_link_leads_to_the_web_or_is_only_its_label() -> None:
    assert [span.target for span in spans(link("Docs [1]", "https://example.org/a?b=c"))] == [
        "https://example.org/a?b=c"
    ]
    assert bare(link("Docs [1]", "javascript:alert(1)")) == "Docs [1]"
    assert bare(link("Docs", "https://example.org/a)b")) == "Docs"


def test_a_moment_is_shown_in_a_zone_and_keeps_its_instant() -> None:
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    prose = moment(at, zone("Asia/Kathmandu"))
    assert bare(prose) == "Mon 2 Mar 2026, 13:45"
    assert [instant_of(span) for span in spans(prose)] == [at]


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
        (lambda: say("x", title="y" * 151), "A title has 151 characters"),
        (lambda: say("x" * 2000, "y" * 2000), "A message has 4000 characters of prose"),
        (lambda: say(*("x" for _ in range(36))), "A message has 37 components"),
        (lambda: say(Buttons((Button("a", "go"), Button("b", "go")))), "say the same phrase"),
        (lambda: Form("A title that is far too long", "go", (Field("a", "A", "line"),)), "A form's title has 28"),
        (lambda: Form("Ask", "go", ()), "A form has 0 fields"),
        (lambda: Field("a", "A", "text", longest=4000), "A field takes up to 4000 characters"),
        (lambda: Field("a", "A", "any"), "A field has 0 choices"),
        (lambda: phrase("go", to="x" * 80), "may have 80: name things by short ids"),
    ],
)  # fmt: skip
def test_what_some_platform_could_not_show_cannot_be_built(build: Any, sentence: str) -> None:
    with pytest.raises(Unfit) as unfit:
        build()
    assert sentence in str(unfit.value)
    assert str(unfit.value).endswith(".")


def test_a_message_in_plain_text_has_everything_its_blocks_have() -> None:
    message = say(
        "Hello **you**",
        Fields((Fact("Rank", "_1_"),)),
        Progress("Week 1", 2, 5, "open"),
        Checklist("List", "tick", "item", (Choice("A", "a"), Choice("B", "b", chosen=True)), private=True),
        Select("Pick", "go", "to", (Choice("X", "x"), Choice("Y", "y"))),
        Buttons((Button("Go", "go"), Button("Stay", "stay"))),
        title="Title",
    )
    assert message.plain() == (
        "Title\nHello you\nRank: 1\nWeek 1: 2 of 5 (open)\nList:\n  [ ] A\n  [x] B\nPick: X | Y\n[Go] [Stay]"
    )
    assert loads(dumps(message)) == message


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
    again = form.refused("note", "Say `less`.", {"note": ("x" * 9000,), "one": ("b",), "more": ("c",)})
    assert [(one.problem, one.value, [c.value for c in one.choices if c.chosen]) for one in again.fields] == [
        ("Say `less`.", "x" * 9000, []),
        ("", "", ["b"]),
        ("", "", ["c"]),
        ("", "as it was", []),
    ]
    assert again.plain() == "Ask\n  Note — Say less.\n  One\n  More\n  Left"
    assert loads(dumps(again)) == again


@pytest.mark.parametrize(
    ("text", "limit", "shortened"),
    [
        ("short", 10, "short"),
        ("some words too many", 11, "some words…"),
        ("some words, too many", 13, "some words…"),
        ("x" * 20, 10, "x" * 9 + "…"),
    ],
)
def test_a_label_is_cut_at_a_word_where_it_must_be(text: str, limit: int, shortened: str) -> None:
    assert short(text, limit) == shortened


@given(st.text(min_size=1), st.integers(5, 75))
def test_a_label_is_never_longer_than_it_may_be(text: str, limit: int) -> None:
    assert len(short(text, limit)) <= limit


def test_names_are_listed_as_people_do() -> None:
    assert [names("abc"[:n]) for n in range(4)] == ["nobody", "a", "a and b", "a, b and c"]


# — paging —


@given(st.integers(0, 200), st.integers(1, 30))
def test_turning_the_pages_shows_every_entry_exactly_once(total: int, size: int) -> None:
    entries = [f"entry {number}" for number in range(total)]
    for turn in (lambda number: page(entries, number, size), lambda number: page_of_lines(entries, number, size, 50)):
        seen: list[str] = []
        number = 1
        while True:
            shown = turn(number)
            assert len(shown.entries) <= size
            seen += shown.entries
            labels = [button.label for row in shown.turns("go") for button in row.buttons]
            assert labels == ["Back"] * (number > 1) + [f"{total - len(seen)} more"] * (len(seen) < total)
            if len(seen) == total:
                break
            number += 1
        assert seen == entries
        assert turn(-5) == turn(1)
        assert turn(99_999) == turn(shown.pages)


@given(st.lists(st.integers(1, 2000), max_size=60))
def test_no_page_of_lines_is_longer_than_it_may_be(lengths: list[int]) -> None:
    lines = ["x" * length for length in lengths]
    shown = page_of_lines(lines, 1, 10)
    for number in range(1, shown.pages + 1):
        entries = page_of_lines(lines, number, 10).entries
        assert len(entries) <= 1 or len("\n".join(entries)) <= 2200


# — the largest plan —

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def wide(letter: str, length: int, end: str = "") -> str:
    """A text as long as it may be, of a letter that may double when it is quoted."""
    return (letter * length)[: length - len(end)] + end


def largest(letter: str) -> Roadmap:
    """The largest plan the format accepts: 60 weeks, 1500 items, 400 resources, every text as long as it may be."""
    counts = [40] * 30 + [10] * 30
    weeks = []
    for week, count in enumerate(counts):
        items = [
            {
                "id": f"item-{week}-{number}-".ljust(31, "x") + "y",
                "kind": "certificate",
                "title": wide(letter, 75, f"{week}-{number}"),
                "parts": [wide(letter, 200)] * 40,
                "examples": [wide(letter, 200)] * 40,
                "resources": [f"resource-{(week * 40 + number + k) % 400}" for k in range(10)],
            }
            for number in range(count)
        ]
        weeks.append(
            {
                "id": f"week-id-{week}-".ljust(23, "x") + "y",
                "title": wide(letter, 75),
                "summary": wide(letter, 2000),
                "items": items,
            }
        )
    return Roadmap.model_validate(
        {
            "slug": "largest",
            "title": wide(letter, 75),
            "summary": wide(letter, 2000),
            "stages": [
                {"id": f"stage-{number}", "title": wide(letter, 74, str(number)), "weeks": [week]}
                for number, week in enumerate(weeks)
            ],
            "resources": [
                {
                    "id": f"resource-{number}",
                    "kind": "specialisation",
                    "title": wide(letter, 200),
                    "author": wide(letter, 200),
                    "link": "https://example.org/".ljust(500, "x"),
                    "topics": ["statistics"],
                }
                for number in range(400)
            ],
        }
    )


LARGEST = [largest(letter) for letter in ("*", "ש", "x ", "-", "_ ")]


class Everything:
    """A store in which the largest plan is half done: what the commands ask, answered with the most there can be."""

    def __init__(self, plan: Roadmap, done: frozenset[str], away: bool) -> None:
        self.plan_value = plan
        self.done = done
        self.cohort_value = Cohort(
            999_999_999, "c" * 32, 1, 1, "largest", Syllabus.of(plan), date(2025, 4, 1), "UTC", time(9), "running"
        )
        absences = (Away(date(2025, 1, 1)),) if away else ()
        person = Person(1, wide("*", 80), 1, "America/Argentina/ComodRivadavia", away=absences)
        self.member = Member(
            1, 999_999_999, person, datetime(2025, 3, 1, tzinfo=UTC), alias=wide("_", 40), score=len(done)
        )

    @property
    def cohorts(self) -> Everything:
        return self

    members = progress = people = ledger = cohorts

    async def by_id(self, _: int) -> Cohort:
        return self.cohort_value

    async def lives_in(self, *_: object) -> bool:
        return True

    async def of(self, *_: object) -> Member:
        return self.member

    async def plan(self, _: int) -> Roadmap:
        return self.plan_value

    async def lock(self, _: int) -> Cohort:
        return self.cohort_value

    async def ticked(self, *_: object) -> frozenset[str]:
        return self.done

    async def tick(self, *_: object) -> frozenset[str]:
        return self.done | {next(iter(self.plan_value.items))}

    async def untick(self, *_: object) -> frozenset[str]:
        return self.done - set(list(self.done)[:20])

    async def checked_in(self, *_: object) -> None:
        return None

    async def check_in(self, *_: object) -> bool:
        return True

    async def weeks_checked_in(self, _: Member) -> frozenset[str]:
        return frozenset()

    async def board(self, *_: object, limit: int = 10) -> tuple[Standing, ...]:
        return tuple(Standing(number, wide("*", 80), 10, number + 5) for number in range(1, limit + 1))

    async def rank(self, *_: object) -> Standing:
        return Standing(10_000, wide("*", 80), 10, 1)


EVERY = Call(Caller(ADA, "Ada"), Any, Person(1, "Ada", 1), NOW, Any, {})  # type: ignore[arg-type]


async def answered(store: Everything, name: str, **options: Any) -> Answer:
    from bot.people import Place

    call = replace(EVERY, place=Place("test", "space", "room"), tx=store, person=store.member.person)
    call = replace(call, submitted=bool(options.pop("submitted", False)))
    return await command.commands()[name].run(call, cohort="#999999999", **options)


async def turned(store: Everything, name: str, **options: Any) -> list[Message]:
    """An answer and all its pages."""
    pages: list[Message] = []
    while True:
        answer = await answered(store, name, page=len(pages) + 1, **options)
        assert isinstance(answer, Message)
        pages.append(answer)
        more = [b.label for block in answer.blocks if isinstance(block, Buttons) for b in block.buttons]
        if not any(label.endswith(" more") for label in more):
            return pages


@pytest.mark.parametrize("plan", LARGEST, ids=["marks", "hebrew", "words", "dashes", "italics"])
@pytest.mark.parametrize("away", [False, True], ids=["here", "away"])
async def test_every_answer_about_the_largest_plan_can_be_built(plan: Roadmap, away: bool) -> None:
    done = frozenset(list(plan.items)[:700])
    store = Everything(plan, done, away)
    for number in (1, 2, 30, 60):
        week = plan.weeks[number - 1]
        lists = await turned(store, "week", n=number)
        listed = [
            c.value for one in lists for block in one.blocks if isinstance(block, Checklist) for c in block.choices
        ]
        assert listed == [item.id for item in week.items]
        whole = "\n".join(one.plain() for one in await turned(store, "roadmap show", week=number))
        assert [whole.count(f"• {item.title}") for item in week.items] == [1] * len(week.items)
        some = tuple(item.id for item in week.items[:10])
        assert await answered(store, "tick", item=some, week=week.id, page=1, submitted=True)
        assert await answered(store, "tick", item=some)
        assert await answered(store, "tick", item=some, undo=True)
        assert await answered(store, "checkin", week=str(number))
        assert await answered(store, "checkin", week=week.id, items=some, note="x" * 2000, blockers="y" * 300)
    assert await answered(store, "progress")
    assert await answered(store, "progress", board=True)
    assert await answered(store, "join")
    assert await answered(store, "tick")


@pytest.mark.parametrize("plan", LARGEST[:3], ids=["marks", "hebrew", "words"])
async def test_every_week_and_every_resource_of_the_largest_plan_is_on_some_page(plan: Roadmap) -> None:
    store = Everything(plan, frozenset(), False)
    pages = "\n".join(one.plain() for one in await turned(store, "roadmap show"))
    assert [pages.count(f"\n{number}. ") for number in range(1, 61)] == [1] * 60
    for topic in (None, "statistics"):
        shown = await turned(store, "resources", topic=topic)
        assert sum(one.plain().count("• ") for one in shown) == 400


@settings(max_examples=30)
@given(st.sampled_from(LARGEST), st.integers(1, 60), st.integers(-3, 9), st.integers(0, 70), st.booleans())
async def test_no_week_of_the_largest_plan_is_too_large_at_any_time(
    plan: Roadmap, number: int, turn: int, weeks: int, away: bool
) -> None:
    store = Everything(plan, frozenset(), away)
    store.cohort_value = replace(store.cohort_value, start=NOW.date() - WEEK * weeks)
    call_at = replace(EVERY, now=NOW + timedelta(hours=number))
    assert call_at.now > NOW - timedelta(days=1)
    week = store.cohort_value.calendar.weeks[number - 1]
    assert say(*own_list(plan, store.cohort_value, week, frozenset(plan.items), turn))
    assert say(*open_list(plan, store.cohort_value, week))
    assert await answered(store, "roadmap show", week=number, page=turn)
    assert await answered(store, "week", n=number, page=turn)
    assert await answered(store, "progress")
