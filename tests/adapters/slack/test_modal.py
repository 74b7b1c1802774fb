"""Forms, answers and the App Home as Slack's views, held by files under `tests/golden/slack`.

And what comes back.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import ids
from adapters.slack.modal import (
    ViewMetadata,
    build_field_errors,
    build_form_view,
    build_home_view,
    build_loading_view,
    build_message_view,
    parse_action_values,
    parse_view_values,
)
from adapters.slack.mrkdwn import format_mrkdwn
from bot.chat.message import (
    Button,
    Buttons,
    Checklist,
    Choice,
    Field,
    Form,
    InvalidMessageError,
    Message,
    compute_note_limit,
    escape_text,
    text_message,
)
from bot.post import list_post_kinds
from tests.adapters.slack.test_render import GOLDEN, HOSTILE, SAMPLES, STUDY, TWO, walk
from tests.support.goldens import seen
from tests.support.slack import limits
from tests.support.strategies import BLOCKS, FIELDS, PHRASES, wild

HERE = ViewMetadata("checkin week=w2", "C1")

FORMS: dict[str, Form] = {
    "form": Form(
        "Check-in",
        "checkin week=w2",
        (
            Field("hours", "Hours", "number", value="2.5", least=0, most=100),
            Field("note", "Note", "text", value="\nsecond line", longest=2000,
                help="Only moderators read it"),
            Field("blockers", "In your way", "line", required=True),
            Field("until", "Until", "date", value="2026-03-09"),
            Field("at", "At", "time", value="18:00", help="Local time"),
        ),
        note="Week 2: **calculus**, `week n=3`",
    ),
    "form-with-problems": Form(
        "Check-in",
        "checkin week=w2",
        (
            Field("hours", "Hours", "number", value="x", least=0, most=100,
                problem="“x” is no number for `hours`: give 2.5."),
            Field("sure", "How sure?", "number", value="9", least=1, most=5,
                problem="9 is too sure."),
            Field("until", "Until", "date", value="tomorrow", problem="That is no date."),
            Field("at", "At", "time", value="6pm"),
            Field("blockers", "In your "
                              "way", "line", value="two\nlines", longest=3, problem="so " * 40),
        ),
    ),
    "form-of-choices": Form(
        "Choose",
        "settings",
        (
            Field("items", "Done this week", "any", choices=(replace(TWO[0], chosen=True), TWO[1])),
            Field("sure", "How sure?", "one", choices=(TWO[0], replace(TWO[1], chosen=True))),
            Field("only", "Only one?", "one", choices=TWO[:1], help="There is one"),
            Field("member", "Who?", "one", choices=tuple(Choice(f"P{n}", f"p{n}", "",
                n == 3) for n in range(11)), required=True),
        ),
    ),
    "hostile-form": Form(
        HOSTILE[:24], 'tick "x"',
        (
            Field("line", HOSTILE[:45], "line", value=HOSTILE, help=HOSTILE,
                problem=escape_text(HOSTILE)),
            Field("among", HOSTILE[:45], "one", choices=(Choice(HOSTILE[:70], "~|~", HOSTILE[:70]),
                TWO[0])),
        ),
        note=escape_text(HOSTILE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_drawn_as_in_its_golden_file(name: str) -> None:
    view = build_form_view(FORMS[name], HERE, STUDY)
    assert limits.view(view) == []
    GOLDEN.holds(name, seen(view))


def test_an_answer_a_wait_and_a_home_are_drawn_as_in_their_golden_files() -> None:
    answer = text_message("Ticked.", Buttons((Button("My progress", "progress"),)), title="Week 2")
    views = {
        "view-answer": build_message_view(answer, HERE, STUDY),
        "view-wait": build_loading_view(),
        "view-home": build_home_view(answer, STUDY),
    }
    for name, view in views.items():
        assert limits.view(view) == []
        GOLDEN.holds(name, seen(view))


def test_no_golden_file_is_left_over() -> None:
    wanted = {*SAMPLES, *FORMS, "view-answer", "view-wait", "view-home"}
    posts = {f"post-{kind.replace('_', '-')}" for kind in list_post_kinds()}
    GOLDEN.are(wanted | posts)


@settings(max_examples=60)
@given(st.lists(FIELDS, min_size=1, max_size=5), wild(24), PHRASES, wild(100))
def test_whatever_form_can_be_built_can_be_opened_and_shows_its_note_and_what_was_typed(
    fields: list[Field], title: str, says: str, note: str
) -> None:
    named = tuple(replace(field, name=f"f{number}") for number, field in enumerate(fields))
    note = note[: compute_note_limit(named)].strip()
    view = build_form_view(
        Form(title, says, named, escape_text(note)), ViewMetadata(says, "C1"), STUDY
    )
    assert limits.view(view) == []
    assert ViewMetadata.from_view(view) == ViewMetadata(says, "C1")
    assert not note or view["blocks"][0]["elements"][0]["text"] == format_mrkdwn(
        escape_text(note), STUDY
    )
    elements = {
        block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"
    }
    for field in named:
        if field.kind not in {"one", "any", "file"}:
            shown = [
                elements[field.name].get(f"initial_{what}", "")
                for what in ("value", "date", "time")
            ]
            assert field.value[:3000].strip() in [block.strip() for block in shown]


@settings(max_examples=30)
@given(st.lists(BLOCKS, min_size=1, max_size=5), st.one_of(st.just(""), wild(24), wild(150)))
def test_whatever_message_can_be_built_can_be_shown_in_a_modal_and_at_home(
    blocks: list[Any], title: str
) -> None:
    try:
        message = Message(tuple(blocks), title)
    except InvalidMessageError:
        return
    assert limits.view(build_message_view(message, HERE, STUDY)) == []
    assert limits.view(build_home_view(message, STUDY)) == []


@pytest.mark.parametrize(
    ("kind", "value", "element", "first"),
    [
        ("number", "7", "number_input", "7"),
        ("number", "-1", "plain_text_input", "-1"),
        ("number", "101", "plain_text_input", "101"),
        ("number", "2,5", "plain_text_input", "2,5"),
        ("number", "", "number_input", None),
        ("date", "2026-02-28", "datepicker", "2026-02-28"),
        ("date", "2026-02-30", "plain_text_input", "2026-02-30"),
        ("date", "20260228", "plain_text_input", "20260228"),
        ("date", "monday", "plain_text_input", "monday"),
        ("date", "", "datepicker", None),
        ("time", "23:59", "timepicker", "23:59"),
        ("time", "24:00", "plain_text_input", "24:00"),
        ("time", "9:00", "plain_text_input", "9:00"),
        ("line", "a\n", "plain_text_input", "a\n"),
    ],
)
def test_what_was_typed_is_kept_in_an_element_that_can_show_it(
    kind: Any, value: str, element: str, first: str | None
) -> None:
    form = Form("Ask", "ask", (Field("x", "X", kind, value=value, least=0, most=100),))
    drawn = build_form_view(form, HERE, STUDY)["blocks"][0]["element"]
    assert drawn["type"] == element
    assert (
        next((view for name, view in drawn.items() if name.startswith("initial_")), None) == first
    )


def test_bounds_are_written_without_an_exponent_and_left_out_where_slack_could_not_read_them() -> (
    None
):
    def bounds(least: float, most: float) -> tuple[object, object]:
        form = Form("Ask", "ask", (Field("x", "X", "number", least=least, most=most),))
        element = build_form_view(form, HERE, STUDY)["blocks"][0]["element"]
        return element.get("min_value"), element.get("max_value")

    assert bounds(0, 1_000_000) == ("0", "1000000")
    assert bounds(-0.5, 100) == ("-0.5", "100")
    assert bounds(float("-inf"), 1e300) == (None, None)


def test_two_forms_that_follow_each_other_share_no_field() -> None:
    first, second = (Form("Ask", says, (Field("x", "X", "line"),)) for says in ("one", "two"))
    drawn = [
        build_form_view(form, HERE, STUDY)["blocks"][0]["element"]["action_id"]
        for form in (first, second)
    ]
    assert drawn[0] != drawn[1]


def test_a_title_too_long_for_a_modal_stands_in_it() -> None:
    short, long = (
        build_message_view(text_message("Hello.", title=title), HERE, STUDY)
        for title in ("x" * 24, "x" * 25)
    )
    assert (short["title"]["text"], len(short["blocks"])) == ("x" * 24, 1)
    assert (long["title"]["text"], long["blocks"][0]["type"]) == ("Syllabot", "header")


# — what comes back —


def test_what_is_wrong_is_told_by_field_in_plain_text() -> None:
    form = Form(
        "Ask",
        "ask",
        (Field("a", "A", "line", problem="“\\*x\\*” is `no` **number**."), Field("b", "B", "line")),
    )
    assert build_field_errors(form, "/study") == {"a": "“*x*” is no number."}


def test_a_submitted_form_gives_back_what_was_filled_in() -> None:
    submitted = {
        "note": {"n": {"type": "plain_text_input", "value": " two\nlines"}},
        "empty": {"n": {"type": "plain_text_input", "value": None}},
        "blank": {"n": {"type": "plain_text_input", "value": " "}},
        "hours": {"n": {"type": "number_input", "value": "2.5"}},
        "sure": {"n": {"type": "radio_buttons", "selected_option": {"value": "yes", "text": {}}}},
        "unsure": {"n": {"type": "radio_buttons", "selected_option": None}},
        "items": {
            "n": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}
        },
        "none": {"n": {"type": "checkboxes", "selected_options": []}},
        "until": {"n": {"type": "datepicker", "selected_date": "2026-03-09"}},
        "at": {"n": {"type": "timepicker", "selected_time": None}},
    }
    assert parse_view_values({"state": {"values": submitted}}) == {
        "note": (" "
                 "two\nlines",), "empty": (), "blank": (), "hours": ("2.5",), "sure": ("yes",),
                 "unsure": (),
        "items": ("a", "b"), "none": (), "until": ("2026-03-09",), "at": (),
    }  # fmt: skip


def group(values: str, own: bool, again: int, says: str = "tick") -> dict[str, Any]:
    options = [{"value": value} for value in values]
    return {
        "type": "checkboxes",
        "action_id": ids.build_action_id(says, "item", again, is_own=own),
        "selected_options": options,
    }


@pytest.mark.parametrize("where", ["message", "view"])
def test_the_groups_of_ones_own_list_speak_together_and_those_of_a_list_for_everybody_alone(
    where: str,
) -> None:
    def said(own: bool) -> tuple[str, ...]:
        pressed = group("ac", own, 0)
        # Slack tells the state of the pressed group as well, here as it was before.
        before = [
            group("ab", own, 0),
            group("x", own, 1),
            group("z", own, 0, "other"),
            group("y", not own, 2),
        ]
        state = {"values": {f"b{n}": {view["action_id"]: view} for n, view in enumerate(before)}}
        payload = {"state": state} if where == "message" else {"view": {"state": state}}
        return parse_action_values(payload, pressed)

    assert said(own=True) == ("a", "c", "x")
    assert said(own=False) == ("a", "c")


def test_a_select_says_one_value_and_a_button_none() -> None:
    select = {
        "type": "static_select",
        "action_id": ids.build_action_id("join", "cohort"),
        "selected_option": {"value": "c1"},
    }
    assert parse_action_values({}, select) == ("c1",)
    assert (
        parse_action_values(
            {}, {"type": "button", "action_id": ids.build_button_id(1), "value": "help"}
        )
        == ()
    )


def test_an_own_list_drawn_and_pressed_gives_its_whole_state() -> None:
    chosen = tuple(Choice(f"Item {n}", f"i{n}", chosen=n in {0, 11}) for n in range(12))
    drawn = build_home_view(
        text_message(Checklist("Yours", "tick page=1", "item", chosen, private=True)), STUDY
    )
    boxes = [node for node in walk(drawn) if node.get("type") == "checkboxes"]
    held_now = {
        box["action_id"]: {**box, "selected_options": box.get("initial_options", [])}
        for box in boxes
    }
    pressed = {"action_id": boxes[0]["action_id"], "selected_options": boxes[0]["options"][:2]}
    assert parse_action_values({"view": {"state": {"values": {"b": held_now}}}}, pressed) == (
        "i0",
        "i1",
        "i11",
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "tick|item~own", "{",
        "[1]", '{"says":1}']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([
                "state", "values", "view", "action_id", "private_metadata", "selected_options",
                "selected_option", "value",
                "tick|item~own",
            ]),
            inner, max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip
OBJECT = st.dictionaries(
    st.sampled_from(["state", "view", "action_id", "private_metadata", "selected_options"]), JSON
)


@given(OBJECT, OBJECT)
def test_whatever_comes_back_is_understood_or_left_out(
    payload: dict[str, Any], action: dict[str, Any]
) -> None:
    for values in (*parse_view_values(payload).values(), parse_action_values(payload, action)):
        assert all(isinstance(text, str) for text in values)
    assert isinstance(ViewMetadata.from_view(payload).says, str)


@given(wild(80), wild(20))
def test_a_view_carries_its_phrase_and_its_channel(says: str, channel: str) -> None:
    carried = ViewMetadata(says, channel)
    assert (
        ViewMetadata.from_view(json.loads(json.dumps({"private_metadata": carried.as_json})))
        == carried
    )
    assert len(carried.as_json) <= 3000
