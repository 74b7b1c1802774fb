"""The judge of what is sent to Slack is judged itself: what Slack takes passes, up to its limit,
and every rule bites.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.support.slack import limits

Json = dict[str, Any]
Break = Callable[[Json], Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def options(count: int) -> list[Json]:
    return [{"text": plain(f"Option {n}"), "value": f"o{n}"} for n in range(count)]


def button(name: str, **more: Any) -> Json:
    return {"type": "button", "text": plain("Check in"), "action_id": name, **more}


def asking(label: str, element: Json) -> Json:
    return {
        "type": "input",
        "block_id": f"b-{label}",
        "label": plain(label),
        "element": {"action_id": label, **element},
    }


CONFIRM = {
    "title": plain("Sure?"),
    "text": mrkdwn("*Really?*"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
MENU = {
    "type": "static_select",
    "action_id": "menu",
    "options": options(100),
    "placeholder": plain("Pick"),
}
TICKS = {
    "type": "checkboxes",
    "action_id": "ticks",
    "options": options(10),
    "initial_options": options(2),
}
KINDS: list[Json] = [
    {"type": "radio_buttons", "action_id": "radio", "options": options(10),
        "initial_option": options(1)[0]},
    {"type": "overflow", "action_id": "more", "options": options(5)},
    {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-02"},
    {"type": "timepicker", "action_id": "time", "initial_time": "18:30",
        "timezone": "Europe/Berlin"},
    {"type": "datetimepicker", "action_id": "moment", "initial_date_time": 1772474400},
    {"type": "users_select", "action_id": "who", "initial_user": "U012AB3CD"},
    {"type": "multi_users_select", "action_id": "whom", "initial_users": ["U1", "W2"],
        "max_selected_items": 2},
    {"type": "multi_static_select", "action_id": "several", "option_groups": [
        {"label": plain("Group"), "options": options(3)}], "initial_options": options(2),
            "max_selected_items": 2},
]  # fmt: skip


def message() -> Json:
    return {
        "channel": "C1",
        "text": "Week 2 of *Spring* &amp; more",
        "metadata": {"event_type": "syllabot_letter", "event_payload": {"key": "week:1:2", "n": 2,
        "late": False}},
        "blocks": [
            {"type": "header", "block_id": "top", "text": {**plain("Week 2"), "emoji": True}},
            {"type": "section", "text": {**mrkdwn("> "
                                                  "<https://example.org/a?b=1&amp;c|Read>"),
                                                  "verbatim": False},
             "accessory": button("read", value="week 2")},
            {"type": "section", "fields": [mrkdwn(f"*Fact*\n{n}") for n in range(10)]},
            {"type": "divider"},
            {"type": "context", "elements": [
                mrkdwn("<!date^1772474400^{date_short_pretty} at {time}|2 March, 18:00>"),
                {"type": "image", "image_url": "https://example.org/x.png",
                    "alt_text": "A board"}]},
            {"type": "actions", "elements": [
                button("go", style="primary", confirm=CONFIRM),
                {"type": "button", "text": plain("Read"), "url": "https://example.org"}, MENU]},
            {"type": "actions", "elements": [TICKS]},
            {"type": "actions", "elements": KINDS},
            {"type": "image", "image_url": "https://example.org/y.png", "alt_text": "A board",
                "title": plain("Board")},
        ],
    }  # fmt: skip


def modal() -> Json:
    return {
        "type": "modal", "title": plain("Check-in"), "submit": plain("Send"),
        "close": plain("Not now"),
        "callback_id": "form", "private_metadata": '{"says": "checkin"}', "notify_on_close": False,
        "blocks": [
            {"type": "section", "text": mrkdwn("Week 2")},
            asking("note", {"type": "plain_text_input", "multiline": True, "min_length": 1,
                "max_length": 2000,
                            "initial_value": "so <far>", "placeholder": plain("Any"),
                            "focus_on_load": True}),
            asking("hours", {"type": "number_input", "is_decimal_allowed": True, "min_value": "0",
                             "initial_value": "2.5", "max_value": "100"}),
            {**asking("items", {"type": "checkboxes", "options": options(10)}), "optional": True,
                "hint": plain("Hm")},
            asking("day", {"type": "datepicker"}),
        ],
    }  # fmt: skip


def home() -> Json:
    return {
        "type": "home",
        "callback_id": "home",
        "blocks": [{"type": "section", "text": mrkdwn("Hello")}] * 100,
    }


def inside(payload: Json, *path: str | int) -> Any:
    found: Any = payload["blocks"]
    for step in path:
        found = found[step]
    return found


def spoiled(payload: Json, change: Break) -> Json:
    own = deepcopy(payload)
    change(own)
    return own


def test_what_slack_takes_has_nothing_wrong() -> None:
    assert limits.message(message()) == []
    assert limits.view(modal()) == []
    assert limits.view(home()) == []
    assert limits.message({"delete_original": True}) == []
    assert (
        limits.message({"response_type": "ephemeral", "replace_original": True, "text": "Done."})
        == []
    )


INSIDE: list[Break] = [
    lambda m: m.update(text="x" * 4000),
    lambda m: m["blocks"].extend([{"type": "divider"}] * 41),
    lambda m: inside(m, 0, "text").update(text="x" * 150),
    lambda m: inside(m, 0).update(block_id="x" * 255),
    lambda m: inside(m, 1, "text").update(text="x" * 3000),
    lambda m: inside(m, 2, "fields", 0).update(text="x" * 2000),
    lambda m: inside(m, 4, "elements", 0).update(text="x" * 2000),
    lambda m: inside(m, 4).update(elements=[mrkdwn("x")] * 10),
    lambda m: inside(m, 6).update(elements=[button(f"b{n}") for n in range(25)]),
    lambda m: inside(m, 5, "elements", 0).update(text=plain("x" * 75), value="x" * 2000,
        action_id="x" * 255),
    lambda m: inside(m, 5, "elements", 1).update(url="https://" + "x" * 2992),
    lambda m: inside(m, 5, "elements", 2, "placeholder").update(text="x" * 150),
    lambda m: inside(m, 5, "elements", 2).update(options=[
        {"text": plain("x" * 75), "value": "x" * 150, "description": plain("x" * 75)}]),
    lambda m: inside(m, 6, "elements", 0, "options", 2).update(text=mrkdwn("*bold*"),
        description=mrkdwn("_why_")),
    lambda m: inside(m, 5, "elements", 0).update(confirm={
        "title": plain("x" * 100), "text": plain("x" * 300), "confirm": plain("x" * 30),
        "deny": plain("x" * 30)}),
    lambda m: inside(m, 8, "title").update(text="x" * 2000),
    lambda m: m["blocks"].append(asking("typed", {"type": "plain_text_input"})),
]  # fmt: skip


@pytest.mark.parametrize("change", INSIDE)
def test_a_message_just_inside_a_limit_passes(change: Break) -> None:
    assert limits.message(spoiled(message(), change)) == []


MESSAGES: list[tuple[str, Break]] = [
    ("text is missing", lambda m: m.pop("text")),
    ("text: has 1 to 4000", lambda m: m.update(text="x" * 4001)),
    ("text: has 1 to 4000", lambda m: m.update(text="")),
    ("text: ' ' is not to be read", lambda m: m.update(text=" ")),
    ("text: <!here> mentions", lambda m: m.update(text="Hello <!here>")),
    ("has no field attachments", lambda m: m.update(attachments=[])),
    ("has no field client_msg_id", lambda m: m.update(client_msg_id="x")),
    ("link_names: is one of", lambda m: m.update(link_names=True)),
    ("parse: is one of", lambda m: m.update(parse="full")),
    ("response_type: is one of", lambda m: m.update(response_type="public")),
    ("thread_ts: 'x' is not a timestamp", lambda m: m.update(thread_ts="x")),
    ("metadata: event_payload is missing", lambda m: m["metadata"].pop("event_payload")),
    ("has 1 to 50 elements, not 51", lambda m: m["blocks"].extend([{"type": "divider"}] * 42)),
    ("has 1 to 50 elements, not 0", lambda m: m.update(blocks=[])),
    ("has 1 to 50 elements, not '[]'", lambda m: m.update(blocks="[]")),
    ("nobody knows the type 'table'", lambda m: m["blocks"].append({"type": "table"})),
    ("nobody knows the type None", lambda m: m["blocks"].append({})),
    ("nobody knows the type "
     "'toggle'", lambda m: inside(m, 6, "elements").append({"type": "toggle"})),
    ("divider: has no field text", lambda m: inside(m, 3).update(text=plain("x"))),
    ("button: has no field emoji", lambda m: inside(m, 5, "elements", 0).update(emoji=True)),
    ("block_id: has 1 to 255", lambda m: inside(m, 0).update(block_id="x" * 256)),
    ("the block_id top stands twice", lambda m: inside(m, 3).update(block_id="top")),
    ("the action_id go stands twice", lambda m: inside(m, 6, "elements", 0).update(action_id="go")),
    ("header: text: text: has 1 to 150", lambda m: inside(m, 0, "text").update(text="x" * 151)),
    ("header: text: is a text of type "
     "plain_text", lambda m: inside(m, 0).update(text=mrkdwn("Week"))),
    ("is a text of type", lambda m: inside(m, 0).update(text="Week")),
    ("text: has 1 to 3000", lambda m: inside(m, 1, "text").update(text="x" * 3001)),
    ("text: has 1 to 3000", lambda m: inside(m, 1, "text").update(text="")),
    ("is not to be read", lambda m: inside(m, 1, "text").update(text=" \n")),
    ("has no field emoji", lambda m: inside(m, 1, "text").update(emoji=True)),
    ("has no field verbatim", lambda m: inside(m, 0, "text").update(verbatim=True)),
    ("has a text or fields", lambda m: inside(m, 1).pop("text")),
    ("fields: has 1 to 10", lambda m: inside(m, 2, "fields").append(mrkdwn("x"))),
    ("fields: 0: text: has 1 to 2000", lambda m: inside(m, 2, "fields", 0).update(text="x" * 2001)),
    ("plain_text_input does not stand in a section", lambda m: inside(m, 1).update(
        accessory={"type": "plain_text_input", "action_id": "x"})),
    ("datetimepicker does not stand in a section", lambda m: inside(m, 1).update(
        accessory={"type": "datetimepicker", "action_id": "x"})),
    ("elements: has 1 to 10", lambda m: inside(m, 4).update(elements=[mrkdwn("x")] * 11)),
    ("button does not stand in a context", lambda m: inside(m, 4, "elements").append(button("x"))),
    ("text: has 1 to 2000", lambda m: inside(m, 4, "elements", 0).update(text="x" * 2001)),
    ("alt_text is missing", lambda m: inside(m, 4, "elements", 1).pop("alt_text")),
    ("title: text: has 1 to 2000", lambda m: inside(m, 8, "title").update(text="x" * 2001)),
    ("image_url: 'x.png' is not an address", lambda m: inside(m, 8).update(image_url="x.png")),
    ("elements: has 1 to "
     "25", lambda m: inside(m, 6).update(elements=[button(f"b{n}") for n in range(26)])),
    ("elements: has 1 to 25", lambda m: inside(m, 6).update(elements=[])),
    ("plain_text_input does not stand in actions", lambda m: inside(m, 6).update(
        elements=[{"type": "plain_text_input", "action_id": "x"}])),
    ("button: text: text: has 1 to "
     "75", lambda m: inside(m, 5, "elements", 0).update(text=plain("x" * 76))),
    ("button: value: has 1 to "
     "2000", lambda m: inside(m, 5, "elements", 0).update(value="x" * 2001)),
    ("button: action_id: has 1 to "
     "255", lambda m: inside(m, 5, "elements", 0).update(action_id="x" * 256)),
    ("without an address has an action_id", lambda m: inside(m, 5, "elements", 0).pop("action_id")),
    ("button: url: has 1 to "
     "3000", lambda m: inside(m, 5, "elements", 1).update(url="https://" + "x" * 2993)),
    ("button: url: 'javascript:1' is "
     "not", lambda m: inside(m, 5, "elements", 1).update(url="javascript:1")),
    ("button: style: is one of", lambda m: inside(m, 5, "elements", 0).update(style="default")),
    ("accessibility_label: has 1 to "
     "75", lambda m: inside(m, 5, "elements", 0).update(accessibility_label="x" * 76)),
    ("confirm: deny is missing", lambda m: inside(m, 5, "elements", 0).update(
        confirm={name: text for name, text in CONFIRM.items() if name != "deny"})),
    ("confirm: title: text: has 1 to 100", lambda m: inside(m, 5, "elements", 0).update(
        confirm={**CONFIRM, "title": plain("x" * 101)})),
    ("confirm: text: text: has 1 to 300", lambda m: inside(m, 5, "elements", 0).update(
        confirm={**CONFIRM, "text": plain("x" * 301)})),
    ("confirm: confirm: text: has 1 to 30", lambda m: inside(m, 5, "elements", 0).update(
        confirm={**CONFIRM, "confirm": plain("x" * 31)})),
    ("action_id is missing", lambda m: inside(m, 5, "elements", 2).pop("action_id")),
    ("options: has 1 to 100", lambda m: inside(m, 5, "elements", 2).update(options=options(101))),
    ("options: has 1 to 100", lambda m: inside(m, 5, "elements", 2).update(options=[])),
    ("options or option_groups", lambda m: inside(m, 5, "elements", 2).pop("options")),
    ("options or option_groups", lambda m: inside(m, 7, "elements", 7).update(options=options(2))),
    ("placeholder: text: has 1 to "
     "150", lambda m: inside(m, 5, "elements", 2, "placeholder").update(text="x" * 151)),
    ("checkboxes: has no field "
     "placeholder", lambda m: inside(m, 6, "elements", 0).update(placeholder=plain("x"))),
    ("text: has 1 to "
     "75", lambda m: inside(m, 5, "elements", 2, "options", 0).update(text=plain("x" * 76))),
    ("value: has 1 to "
     "150", lambda m: inside(m, 5, "elements", 2, "options", 0).update(value="x" * 151)),
    ("description: text: has 1 to 75", lambda m: inside(m, 5, "elements", 2, "options", 0).update(
        description=plain("x" * 76))),
    ("is a text of type "
     "plain_text", lambda m: inside(m, 5, "elements", 2, "options", 0).update(text=mrkdwn("*x*"))),
    ("has no field url", lambda m: inside(m, 5, "elements", 2, "options",
        0).update(url="https://example.org")),
    ("the value o1 stands "
     "twice", lambda m: inside(m, 5, "elements", 2, "options", 0).update(value="o1")),
    ("checkboxes: options: has 1 to "
     "10", lambda m: inside(m, 6, "elements", 0).update(options=options(11))),
    ("initial_options: has 1 to "
     "10", lambda m: inside(m, 6, "elements", 0).update(initial_options=[])),
    ("none of the "
     "options", lambda m: inside(m, 6, "elements", 0, "options", 0).update(description=plain("x"))),
    ("the choice o0 stands "
     "twice", lambda m: inside(m, 6, "elements", 0).update(initial_options=options(1) * 2)),
    ("none of the options", lambda m: inside(m, 7, "elements", 0).update(
        initial_option={"text": plain("Option 0"), "value": "o1"})),
    ("radio_buttons: options: has 1 to "
     "10", lambda m: inside(m, 7, "elements", 0).update(options=options(11))),
    ("overflow: options: has 1 to "
     "5", lambda m: inside(m, 7, "elements", 1).update(options=options(6))),
    ("'2026-3-2' is no day", lambda m: inside(m, 7, "elements", 2).update(initial_date="2026-3-2")),
    ("'2026-W10-1' is not a "
     "date", lambda m: inside(m, 7, "elements", 2).update(initial_date="2026-W10-1")),
    ("'24:00' is not a time", lambda m: inside(m, 7, "elements", 3).update(initial_time="24:00")),
    ("is no time zone", lambda m: inside(m, 7, "elements", 3).update(timezone="Europe/Atlantis")),
    ("is a whole "
     "number", lambda m: inside(m, 7, "elements", 4).update(initial_date_time=177247440)),
    ("'@ada' is not an id", lambda m: inside(m, 7, "elements", 5).update(initial_user="@ada")),
    ("2 options are chosen at "
     "first", lambda m: inside(m, 7, "elements", 7).update(max_selected_items=1)),
    ("label: text: has 1 to 75", lambda m: inside(m, 7, "elements", 7, "option_groups", 0).update(
        label=plain("x" * 76))),
    ("number_input does not stand in a message", lambda m: m["blocks"].append(
        asking("n", {"type": "number_input", "is_decimal_allowed": False}))),
    ("mentions somebody", lambda m: inside(m, 1, "text").update(text="<@U1> is late")),
    ("<@U1> stands unescaped", lambda m: inside(m, 0, "text").update(text="<@U1> is late")),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "change"), MESSAGES)
def test_every_rule_of_messages_bites(sentence: str, change: Break) -> None:
    problems = limits.message(spoiled(message(), change))
    assert any(sentence in problem for problem in problems), problems


def test_each_block_takes_room_beside_its_text() -> None:
    full: Json = {
        "text": "x",
        "blocks": [{"type": "section", "text": mrkdwn("x" * 2470)} for _ in range(5)],
    }
    assert limits.message(full) == []
    full["blocks"].append({"type": "divider"})
    assert limits.message(full) == [
        "a message has up to 13000 characters with 130 for each block, not 13130"
    ]


VIEWS: list[tuple[str, Break]] = [
    ("is a modal or a home, not 'workflow_step'", lambda v: v.update(type="workflow_step")),
    ("title is missing", lambda v: v.pop("title")),
    ("title: text: has 1 to 24", lambda v: v.update(title=plain("x" * 25))),
    ("title: is a text of type plain_text", lambda v: v.update(title=mrkdwn("x"))),
    ("close: text: has 1 to 24", lambda v: v.update(close=plain("x" * 25))),
    ("submit: text: has 1 to 24", lambda v: v.update(submit=plain("x" * 25))),
    ("<!here> stands unescaped", lambda v: v.update(title=plain("<!here>"))),
    ("that asks for something has a submit", lambda v: v.pop("submit")),
    ("callback_id: has 1 to 255", lambda v: v.update(callback_id="x" * 256)),
    ("external_id: has 1 to 255", lambda v: v.update(external_id="x" * 256)),
    ("private_metadata: has 0 to 3000", lambda v: v.update(private_metadata="x" * 3001)),
    ("private_metadata: is a string", lambda v: v.update(private_metadata={})),
    ("has no field text", lambda v: v.update(text="Check-in")),
    ("blocks is missing", lambda v: v.pop("blocks")),
    ("has 1 to 100 elements, not 101", lambda v: v.update(blocks=[{"type": "divider"}] * 101)),
    ("a view has up to 250 kB", lambda v: v.update(blocks=[
        {"type": "actions", "elements": [button(f"b{n}-{m}",
            value="ü" * 2000) for m in range(25)]} for n in range(3)])),
    ("label: text: has 1 to 2000", lambda v: inside(v, 1, "label").update(text="x" * 2001)),
    ("hint: text: has 1 to 2000", lambda v: inside(v, 3, "hint").update(text="x" * 2001)),
    ("label: is a text of type plain_text", lambda v: inside(v, 1).update(label=mrkdwn("*x*"))),
    ("button does not stand in an input", lambda v: inside(v, 1).update(element=button("x"))),
    ("element is missing", lambda v: inside(v, 1).pop("element")),
    ("the action_id note stands twice", lambda v: inside(v, 2, "element").update(action_id="note")),
    ("one element at most has the "
     "focus", lambda v: inside(v, 2, "element").update(focus_on_load=True)),
    ("max_length: is a whole number from 1 to "
     "3000", lambda v: inside(v, 1, "element").update(max_length=3001)),
    ("min_length: is a whole number from "
     "0", lambda v: inside(v, 1, "element").update(min_length=-1)),
    ("min_length 9 is above max_length "
     "8", lambda v: inside(v, 1, "element").update(min_length=9, max_length=8)),
    ("initial_value has 1 to 7", lambda v: inside(v, 1, "element").update(max_length=7)),
    ("initial_value has 9 to 2000", lambda v: inside(v, 1, "element").update(min_length=9)),
    ("initial_value has one "
     "line", lambda v: inside(v, 1, "element").update(multiline=False, initial_value="a\nb")),
    ("is_decimal_allowed is missing", lambda v: inside(v, 2, "element").pop("is_decimal_allowed")),
    ("min_value: is a string, not 0", lambda v: inside(v, 2, "element").update(min_value=0)),
    ("initial_value: 'x' is not a "
     "number", lambda v: inside(v, 2, "element").update(initial_value="x")),
    ("min_value ≤ initial_value ≤ "
     "max_value", lambda v: inside(v, 2, "element").update(initial_value="100.5")),
    ("has whole numbers", lambda v: inside(v, 2, "element").update(is_decimal_allowed=False)),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "change"), VIEWS)
def test_every_rule_of_views_bites(sentence: str, change: Break) -> None:
    problems = limits.view(spoiled(modal(), change))
    assert any(sentence in problem for problem in problems), problems


@pytest.mark.parametrize("change", [
    lambda v: v.update(title=plain("x" * 24), submit=plain("x" * 24), close=plain("x" * 24)),
    lambda v: v.update(callback_id="x" * 255, external_id="x" * 255, private_metadata="x" * 3000),
    lambda v: v["blocks"].extend([{"type": "divider"}] * 95),
    lambda v: (inside(v, 1, "label").update(text="x" * 2000), inside(v, 3,
        "hint").update(text="x" * 2000)),
    lambda v: inside(v, 1, "element").update(min_length=3000, max_length=3000,
        initial_value="x" * 3000),
    lambda v: inside(v, 2, "element").update(min_value="2.5", max_value="2.5"),
    lambda v: inside(v, 1).update(element={"type": "url_text_input", "action_id": "x"}),
])  # fmt: skip
def test_a_modal_just_inside_a_limit_passes(change: Break) -> None:
    assert limits.view(spoiled(modal(), change)) == []


@pytest.mark.parametrize(("sentence", "change"), [
    ("has no field title", lambda v: v.update(title=plain("Home"))),
    ("has no field submit", lambda v: v.update(submit=plain("Send"))),
    ("has 1 to 100", lambda v: v["blocks"].append({"type": "divider"})),
    ("datetimepicker does not stand in a home", lambda v: v.update(blocks=[
        {"type": "actions", "elements": [{"type": "datetimepicker", "action_id": "x"}]}])),
])  # fmt: skip
def test_every_rule_of_a_home_tab_bites(sentence: str, change: Break) -> None:
    problems = limits.view(spoiled(home(), change))
    assert any(sentence in problem for problem in problems), problems


@pytest.mark.parametrize("text", [
    "plain, with an &amp; and 1 &lt; 2 &gt; 0",
    "> quoted\n>>> and quoted",
    "<https://example.org/a_(b)?c=1&amp;d=2#e|A label: x - y> and <http://example.org>",
    "<mailto:ada@example.org|Ada>",
    "<!date^1772474400^{date} at {time_secs}^https://example.org|2 March>",
    "`<https://example.org|code>`",
])  # fmt: skip
def test_what_is_escaped_and_linked_well_passes(text: str) -> None:
    assert limits.message({"text": text}) == []


@pytest.mark.parametrize(("text", "sentence"), [
    ("<!channel>", "mentions somebody"),
    ("<!everyone|everyone>", "mentions somebody"),
    ("<!subteam^S1|@moderators>", "mentions somebody"),
    ("<@U1|ada>", "mentions somebody"),
    ("<#C1>", "mentions somebody"),
    ("1 < 2", "a < stands unescaped"),
    ("2 > 1", "a > stands unescaped"),
    ("<https://example.org|a>>", "a > stands unescaped"),
    ("<<!here>>", "<!here> mentions"),
    ("Q & A", "an & stands unescaped"),
    ("<https://example.org/?a=1&b=2|x>", "an & stands unescaped"),
    ("&quot;", "an & stands unescaped"),
    ("<javascript:alert(1)|x>", "neither a link nor a date"),
    ("<https://|x>", "neither a link nor a date"),
    ("<https://example.org/a b|x>", "neither a link nor a date"),
    ("<>", "neither a link nor a date"),
    ("<https://example.org| >", "no label of one line"),
    ("<https://example.org|two\nlines>", "no label of one line"),
    ("<!date^soon^{date}|soon>", "is no date"),
    ("<!date^1772474400^{date}>", "is no date"),
    ("<!date^1772474400^{day}|2 March>", "no form that Slack knows"),
    ("<!date^1772474400^soon|2 March>", "no form that Slack knows"),
])  # fmt: skip
def test_whatever_rings_or_reads_otherwise_is_a_problem(text: str, sentence: str) -> None:
    problems = limits.message({"text": text})
    assert any(sentence in problem for problem in problems), problems


def test_only_the_mentions_allowed_by_name_may_ring() -> None:
    said = {
        "text": "x",
        "blocks": [{"type": "section", "text": mrkdwn("<@U1|ada> and <#C1>, <@U2>")}],
    }
    assert limits.message(said, allowed={"@U1", "#C1"}) == ["<@U2> mentions somebody"]


@pytest.mark.parametrize(("sentence", "change"), [
    ("event_type is missing", lambda m: m.pop("event_type")),
    ("is not a kind", lambda m: m.update(event_type="A letter")),
    ("event_type: has 1 to 255", lambda m: m.update(event_type="x" * 256)),
    ("has no field secret", lambda m: m.update(secret="x")),
    ("with something in it", lambda m: m.update(event_payload={})),
    ("with something in it", lambda m: m.update(event_payload=["key"])),
    ("key is flat", lambda m: m["event_payload"].update(key={"week": 2})),
    ("is too large: it has up to 4000", lambda m: m["event_payload"].update(key="x" * 4000)),
])  # fmt: skip
def test_every_rule_of_metadata_bites(sentence: str, change: Break) -> None:
    assert limits.metadata(message()["metadata"]) == []
    problems = limits.metadata(spoiled(message()["metadata"], change))
    assert any(sentence in problem for problem in problems), problems
