"""Every block and every kind of field as the room draws it, held by files under `tests/golden/web`.

`GOLDEN=1 pytest tests/adapters/web/test_render.py` writes them anew: look at the difference.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.html_text import LineReader
from adapters.web.render import render_answer_html
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
    Message,
    Ping,
    Progress,
    Select,
    Text,
    escape_text,
    format_link,
    format_moment,
    text_message,
)
from tests.support.goldens import Golden

GOLDEN = Golden("web", ".html")
KOLKATA = LineReader("Asia/Kolkata", ("Asia/Kolkata", "Europe/Berlin"))
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HOSTILE = (
    "<script>alert(1)</script> **bold** [x](https://evil.example) & \"quotes\" 'more' `code` "
    "שלום 3 of 5 @everyone"
)
TWO = (Choice("Bayes’ theorem", "bayes", "topic: probability"), Choice("שלום עולם", "shalom"))

SIX = tuple(Choice(f"Person {number}", f"p{number}") for number in range(6))

SAMPLES: dict[str, Answer] = {
    "text": text_message(
        f"**Week 2** of _Spring_ begins {format_moment(AT, BERLIN)}, "
        f"at {format_moment(AT, BERLIN, has_day=False)}.\n"
        f"`/week` shows it; see {format_link('the book', 'https://example.org/book?a=1&b=2')}.",
        title="Week 2: calculus & optimisation",
    ),
    "ping": Message(
        text_message("Week 2 begins.").blocks, ping=Ping("role", "1", f"spring {HOSTILE}"[:75])
    ),
    "fields": text_message(
        Fields((Fact("Pace", "on time"), Fact("Streak", "**3** weeks in a row")))
    ),
    "progress": text_message(
        Progress("1. Noor", 5, 5, "first"),
        Progress("2. Ada", 0, 5, strong=True),
        Progress("nothing", 0, 0),
    ),
    "checklist-for-everybody": text_message(
        Checklist("Tick what you have done", "tick cohort=c1", "item", TWO)
    ),
    "checklist-of-ones-own": text_message(
        Checklist(
            "Your list",
            "tick cohort=c1 page=1",
            "item",
            (Choice("Bayes", "bayes", "", True), TWO[1]),
            private=True,
        )
    ),
    "checklist-with-details": text_message(
        Checklist(
            "Your list",
            "tick cohort=c1 page=1",
            "item",
            (
                Choice(
                    "Bayes *",
                    "bayes",
                    "topic",
                    detail="about 2 h · [A \\*book](https://b.org/a_b?c=1&d)\n_Done when:_ you can",
                ),
                Choice("Dice", "dice", "practice", True),
                Choice("Odds", "odds", detail=escape_text(HOSTILE)),
            ),
            private=True,
        )
    ),
    "select": text_message(Select("Which cohort?", "join", "cohort", TWO)),
    "buttons": text_message(
        Buttons(
            (
                Button("Check in", "checkin week=w2", "primary"),
                Button("Leave", "leave", "danger"),
                Button("Help", "help"),
            )
        )
    ),
    "form": Form(
        "Check-in",
        "checkin week=w2",
        (
            Field(
                "hours",
                "Hours",
                "number",
                value="x",
                least=0,
                most=100,
                problem="“x” is no number for `hours`: give 2.5.",
            ),
            Field(
                "note",
                "Note",
                "text",
                value="\nsecond line",
                longest=2000,
                help="Only moderators read it",
            ),
            Field("blockers", "In your way", "line", required=True),
            Field("until", "Until", "date", value="2026-03-09"),
            Field("at", "At", "time", value="18:00"),
        ),
        note="Week 2: **calculus**",
    ),
    "form-of-choices": Form(
        "Choose",
        "settings",
        (
            Field("items", "Done this week", "any", choices=TWO),
            Field("sure", "How sure?", "one", choices=TWO, problem="Choose one of them."),
            Field("member", "Who?", "one", choices=SIX, required=True),
        ),
    ),
    "form-with-a-file": Form(
        "Roadmap import",
        "roadmap import name=ours",
        (
            Field(
                "file",
                "File",
                "file",
                True,
                help="The plan",
                most=1_000_000,
                problem="“plan.zip” is no plan.",
            ),
            Field("other", "Other", "file"),
        ),
    ),
    "hostile": text_message(
        escape_text(HOSTILE),
        Fields((Fact("<b>name</b>", escape_text(HOSTILE)),)),
        Progress(HOSTILE[:70], 1, 2, escape_text(HOSTILE)),
        Checklist(
            HOSTILE[:70], 'tick "x"', "item", (Choice(HOSTILE[:70], '"><script>', HOSTILE[:70]),)
        ),
        Select(
            HOSTILE[:70],
            "join",
            "cohort",
            (Choice(HOSTILE[:70], '"><script>', "</option><script>"),),
        ),
        Buttons((Button(HOSTILE[:70], '"><script>'),)),
        title=HOSTILE[:100],
    ),
    "hostile-form": Form(
        "<i>title</i>",
        '"><script>',
        (
            Field(
                '"><script>',
                "<b>label</b>",
                "text",
                value="</textarea><script>alert(1)</script>",
                help="<b>help</b>",
                problem=escape_text(HOSTILE),
            ),
            Field("line", "line", "line", value='" onfocus="alert(1)'),
        ),
    ),
    "two-thousand-characters": text_message(escape_text("<&>*_`" * 100 + "word " * 280)),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_drawn_as_in_its_golden_file(name: str) -> None:
    drawn = render_answer_html(SAMPLES[name], KOLKATA, "line-7").replace("><", ">\n<") + "\n"
    GOLDEN.holds(name, drawn)


def test_no_golden_file_is_left_over() -> None:
    GOLDEN.are(SAMPLES)


class Elements(HTMLParser):
    """The elements, attributes and text in a piece of HTML, whatever they are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_in_a_message_becomes_a_script_a_style_or_a_handler(name: str) -> None:
    elements = Elements(render_answer_html(SAMPLES[name], KOLKATA, "line-7"))
    assert not {"script", "style", "img", "iframe", "object"} & set(elements.tags)
    names = {name for name, _ in elements.attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_whatever_is_typed_is_shown_as_it_was_typed(typed: str) -> None:
    elements = Elements(
        render_answer_html(text_message(Text("x" + escape_text(typed))), KOLKATA, "line-7")
    )
    assert set(elements.tags) <= {"p", "bdi"}
    assert elements.words in {"x" + re.sub("\r\n?", "\n", typed), "x" + typed}


def test_ids_on_a_page_are_unique_and_every_label_finds_its_field() -> None:
    elements = Elements(
        "".join(
            render_answer_html(sample, KOLKATA, f"line-{number}")
            for number, sample in enumerate(SAMPLES.values())
        )
    )
    ids = [value for name, value in elements.attributes if name == "id"]
    references = [
        reference
        for name, value in elements.attributes
        if name in {"for", "aria-describedby", "aria-labelledby"}
        for reference in (value or "").split()
    ]
    assert len(ids) == len(set(ids))
    assert set(references) <= set(ids)


def test_a_time_is_shown_in_the_readers_zone_with_the_others_in_its_title() -> None:
    drawn = render_answer_html(text_message(format_moment(AT, BERLIN)), KOLKATA, "line-7")
    assert ">Mon 2 Mar 2026, 13:30</time>" in drawn
    assert "Mon 2 Mar 2026, 09:00 Europe/Berlin" in drawn
    assert 'datetime="2026-03-02T08:00:00Z"' in drawn
