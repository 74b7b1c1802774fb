"""Blocks as people read them: plain words, and what can be pressed, picked and filled."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

SILENT = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060")
)  # no width: they part what would act together
LISTS = {"checkboxes", "radio_buttons", "static_select", "multi_static_select", "overflow"}
MANY = {"checkboxes", "multi_static_select"}
INITIAL = {
    "plain_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "static_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_static_select": ("initial_options", "selected_options"),
    "file_input": ("", "files"),
}
"""Under which name an element says what it holds at first, and under which its state says it."""


def prose(text: str) -> str:
    """Return text without escapes: a link's label, a date's fallback, a mention's name."""
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<[^|>]*\|([^>]*)>|<([^>]*)>", lambda found: found[1] or found[2], text)
    return html.unescape(text).translate(SILENT)


def words(body: Json) -> str:
    """What a message or a view says: its texts, `[Button]`, `[x] ticked`, `[ ] option`, `(choice)`,
    `Label: value`.
    """
    if not body.get("blocks"):
        return prose(body.get("text", ""))
    lines = [body["title"]["text"]] if body.get("title") else []
    lines += [line for block in body["blocks"] for line in _lines(block)]
    lines += [f"[{body['submit']['text']}]"] if body.get("submit") else []
    return "\n".join(prose(line) for line in lines)


def _lines(block: Json) -> Iterator[str]:
    texts = [block.get("text"), *block.get("fields", ())]
    yield from (text["text"] for text in texts if text)
    for element in block.get("elements", ()):
        yield from _element(element)
    if block["type"] == "image":
        yield f"({block['alt_text']})"
    if block["type"] == "input":
        yield from _field(block)
    elif "accessory" in block:
        yield from _element(block["accessory"])


def _element(element: Json) -> Iterator[str]:
    if element["type"] in {"mrkdwn", "plain_text"}:
        yield element["text"]
    elif element["type"] == "button":
        yield f"[{element['text']['text']}]"
    elif element["type"] == "image":
        yield f"({element['alt_text']})"
    elif element["type"] in LISTS:
        yield from (_option(element, option) for option in list_options(element))


def list_options(element: Json) -> Iterator[Json]:
    """Yield the options of a list; those of a group come without its label."""
    yield from element.get("options", ())
    for group in element.get("option_groups", ()):
        yield from group["options"]


def _option(element: Json, option: Json) -> str:
    label = option["text"]["text"] + (
        f": {option['description']['text']}" if "description" in option else ""
    )
    if element["type"] != "checkboxes":
        return f"({label})"
    return f"[{'x' if option in element.get('initial_options', ()) else ' '}] {label}"


def _field(block: Json) -> Iterator[str]:
    element = block["element"]
    holds, _ = INITIAL.get(element["type"], ("", ""))
    value = element.get(holds) if element["type"] not in LISTS else ""
    yield f"{block['label']['text']}: {value or ''}".rstrip()
    if element["type"] in LISTS:
        yield from _element(element)
    if "hint" in block:
        yield block["hint"]["text"]


def elements(body: Json) -> Iterator[tuple[Json, Json]]:
    """Everything that can be pressed, picked or filled, with its block."""
    for block in body.get("blocks", ()):
        held = [block.get("accessory"), block.get("element")]
        held += block["elements"] if block["type"] == "actions" else []
        yield from ((block, part) for part in held if part and part["type"] != "image")


def label(text: Json) -> str:
    """A text object as it is read."""
    return prose(text["text"])


def button(body: Json, name: str) -> tuple[Json, Json]:
    """The first button of that label."""
    for block, element in elements(body):
        if element["type"] == "button" and label(element["text"]) == name:
            return block, element
    raise AssertionError(f"There is no [{name}] in:\n{words(body)}")


def options(element: Json, names: tuple[str, ...]) -> list[Json]:
    """Those options of an element that have these labels, in the element's order."""
    return [option for option in list_options(element) if label(option["text"]) in names]


def state(body: Json) -> Json:
    """What everything in a message or view holds at first, as Slack sends state."""
    values: Json = {}
    for block, element in elements(body):
        if element["type"] in INITIAL:
            values.setdefault(block["block_id"], {})[element["action_id"]] = held(
                element, element.get(INITIAL[element["type"]][0])
            )
    return values


def held(element: Json, value: object) -> Json:
    """The state of an element that holds a value."""
    empty: object = [] if element["type"] in MANY | {"file_input"} else None
    return {"type": element["type"], INITIAL[element["type"]][1]: empty if value is None else value}


def idle(view: Json) -> bool:
    """Whether there is nothing to do in a view but wait: it says that something is coming, with
    three dots at its end.
    """
    return (
        not view.get("submit") and next(elements(view), None) is None and words(view).endswith("…")
    )
