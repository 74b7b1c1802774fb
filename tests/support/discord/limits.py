"""What Discord refuses, as sentences about raw JSON: of messages, modals and commands.

It shares nothing with the code it judges, and knows neither the adapter nor the library. An empty list is a payload that
Discord takes. Numbers are those of Discord's reference of components, messages and application commands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

V2 = 1 << 15
ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMBNAIL, GALLERY = 1, 2, 3, 4, 9, 10, 11, 12
FILE, SEPARATOR, CONTAINER, LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = (
    13,
    14,
    17,
    18,
    19,
    21,
    22,
    23,
)
LINK = 5
SELECTS = {3, 5, 6, 7, 8}
IN_CONTAINER = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR}
IN_MESSAGE = IN_CONTAINER | {CONTAINER}
IN_LABEL = SELECTS | {INPUT, UPLOAD, RADIO, CHECKBOXES, CHECKBOX}
CHILDREN = ("components", "component", "accessory")
INTERACTIVE = SELECTS | {INPUT, UPLOAD, RADIO, CHECKBOXES, CHECKBOX}

Json = dict[str, Any]


def check_message(payload: Json) -> list[str]:
    """What is wrong with a message to post or an answer to an interaction, which is to be of components alone."""
    return list(_message(payload))


def check_modal(payload: Json) -> list[str]:
    """What is wrong with a modal."""
    return list(_modal(payload))


def check_commands(payload: list[Json]) -> list[str]:
    """What is wrong with the commands of an application, as they are given to Discord all at once."""
    return list(_commands(payload))


# — messages —


def _message(payload: Json) -> Iterator[str]:
    if payload.get("attachments") and not payload.get("components"):
        # Files go to one person, below a plain line.
        if len(payload.get("content") or "") > 2000:
            yield "a line above files has at most 2000 characters"
        return
    yield from _around(payload)
    components = payload.get("components") or []
    if not components:
        yield "a message has components"
    everything = list(_walk(components))
    if len(everything) > 40:
        yield f"a message has up to 40 components, not {len(everything)}"
    if (
        length := sum(len(one.get("content", "")) for one in everything if one.get("type") == TEXT)
    ) > 4000:
        yield f"a message has up to 4000 characters of text, not {length}"
    yield from _ids(everything)
    for one in components:
        yield from _placed(one, IN_MESSAGE, "a message")


def _around(payload: Json) -> Iterator[str]:
    if not int(payload.get("flags") or 0) & V2:
        yield "a message of components carries the flag 1 << 15"
    for name in ("content", "embeds", "poll", "sticker_ids"):
        if payload.get(name):
            yield f"a message of components has no {name}"
    if len(str(payload.get("nonce") or "")) > 25:
        yield "a nonce has up to 25 characters"
    if (payload.get("allowed_mentions") or {}).get("parse") != []:
        yield "allowed_mentions says that nothing is parsed"


def _walk(components: Iterable[Json]) -> Iterator[Json]:
    for one in components:
        yield one
        for name in CHILDREN:
            inner = one.get(name) or []
            yield from _walk([inner] if isinstance(inner, dict) else inner)


def _ids(components: list[Json]) -> Iterator[str]:
    for named in ("custom_id", "id"):
        counted = Counter(one[named] for one in components if one.get(named))
        yield from (
            f"the {named} {name} stands twice" for name, count in counted.items() if count > 1
        )
    for number in (one["id"] for one in components if "id" in one):
        if not isinstance(number, int) or not 0 <= number < 2**31:
            yield f"the id {number} is no 32-bit integer"


def _placed(one: Json, allowed: set[int], parent: str) -> Iterator[str]:
    kind = one.get("type")
    if kind not in allowed:
        yield f"a component of type {kind} does not stand in {parent}"
    elif kind in RULES:
        yield from RULES[kind](one)


def _length(one: Json, name: str, least: int, most: int) -> Iterator[str]:
    value = one.get(name)
    if value is None and not least:
        return
    if not isinstance(value, str) or not least <= len(value) <= most:
        yield f"{name} has {least} to {most} characters, not {len(value) if isinstance(value, str) else value!r}"
    elif least and not value.strip():
        yield f"{name} is not blank"


def _count(found: list[Json], least: int, most: int, what: str) -> Iterator[str]:
    if not least <= len(found) <= most:
        yield f"{what}: {least} to {most}, not {len(found)}"


def _container(one: Json) -> Iterator[str]:
    inner = one.get("components") or []
    yield from _count(inner, 1, 40, "components in a container")
    if one.get("accent_color") is not None and not 0 <= one["accent_color"] <= 0xFFFFFF:
        yield "an accent colour has 24 bits"
    for child in inner:
        yield from _placed(child, IN_CONTAINER, "a container")


def _row(one: Json) -> Iterator[str]:
    inner = one.get("components") or []
    kinds = [child.get("type") for child in inner]
    if not (1 <= len(kinds) <= 5 and set(kinds) == {BUTTON}) and not (
        len(kinds) == 1 and kinds[0] in SELECTS
    ):
        yield f"a row has one to five buttons or one select, not the types {kinds}"
    for child in inner:
        yield from _placed(child, SELECTS | {BUTTON}, "a row")


def _section(one: Json) -> Iterator[str]:
    inner = one.get("components") or []
    yield from _count(inner, 1, 3, "texts in a section")
    for child in inner:
        yield from _placed(child, {TEXT}, "a section")
    yield from _placed(one.get("accessory") or {}, {BUTTON, THUMBNAIL}, "a section's accessory")


def _text(one: Json) -> Iterator[str]:
    yield from _length(one, "content", 1, 4000)


def _gallery(one: Json) -> Iterator[str]:
    yield from _count(one.get("items") or [], 1, 10, "pictures in a gallery")
    yield from (
        text for item in one.get("items") or [] for text in _length(item, "description", 0, 1024)
    )


def _separator(one: Json) -> Iterator[str]:
    if one.get("spacing", 1) not in {1, 2}:
        yield "a separator's spacing is 1 or 2"


def _button(one: Json) -> Iterator[str]:
    yield from _length(one, "label", 0, 80)
    if not one.get("label") and not one.get("emoji"):
        yield "a button shows a label or an emoji"
    if one.get("style") == LINK:
        yield from _length(one, "url", 1, 512)
        if one.get("custom_id"):
            yield "a button with a url has no custom_id"
        return
    if one.get("style") not in {1, 2, 3, 4}:
        yield f"a button has no style {one.get('style')}"
    if one.get("url"):
        yield "only a button of style 5 has a url"
    yield from _length(one, "custom_id", 1, 100)


def _select(one: Json) -> Iterator[str]:
    yield from _length(one, "custom_id", 1, 100)
    yield from _length(one, "placeholder", 0, 150)
    yield from _bounds(one, 25, 1)
    if one["type"] == SELECT:
        yield from _options(one, 1, 25, _number(one, "max_values", 1))


def _number(one: Json, name: str, otherwise: int) -> int:
    value = one.get(name)
    return value if isinstance(value, int) else otherwise


def _bounds(one: Json, most: int, top: int) -> Iterator[str]:
    least, largest = _number(one, "min_values", 1), _number(one, "max_values", top)
    if not (0 <= least <= most and 1 <= largest <= most and least <= largest):
        yield f"min_values {least} and max_values {largest} do not go together, or beyond {most}"


def _options(one: Json, least: int, most: int, picks: int) -> Iterator[str]:
    options = one.get("options") or []
    yield from _count(options, least, most, "options")
    if picks > len(options):
        yield f"max_values is {picks} of {len(options)} options"
    if len({option.get("value") for option in options}) < len(options):
        yield "two options have the same value"
    if (chosen := sum(bool(option.get("default")) for option in options)) > picks:
        yield f"{chosen} options are chosen, of which {picks} may be"
    for option in options:
        yield from _length(option, "label", 1, 100)
        yield from _length(option, "value", 1, 100)
        yield from _length(option, "description", 0, 100)


# — modals —


def _modal(payload: Json) -> Iterator[str]:
    yield from _length(payload, "title", 1, 45)
    yield from _length(payload, "custom_id", 1, 100)
    components = payload.get("components") or []
    yield from _count(components, 1, 5, "components of a modal")
    everything = list(_walk(components))
    yield from _ids(everything)
    if any(one.get("disabled") for one in everything):
        yield "nothing in a modal is disabled"
    if not any(one.get("type") in INTERACTIVE for one in everything):
        yield "a modal asks for something"
    for one in components:
        yield from _placed(one, {TEXT, LABEL}, "a modal")
    for one in everything:
        if (
            one.get("type") in SELECTS | {CHECKBOXES}
            and one.get("required", True)
            and not _number(one, "min_values", 1)
        ):
            yield "what is required takes at least one value"


def _label(one: Json) -> Iterator[str]:
    yield from _length(one, "label", 1, 45)
    yield from _length(one, "description", 0, 100)
    yield from _placed(one.get("component") or {}, IN_LABEL, "a label")


def _input(one: Json) -> Iterator[str]:
    yield from _length(one, "custom_id", 1, 100)
    yield from _length(one, "placeholder", 0, 100)
    if one.get("style") not in {1, 2}:
        yield f"a text input has no style {one.get('style')}"
    if one.get("label"):
        yield "a text input in a label has no label of its own"
    least, most = _number(one, "min_length", 0), _number(one, "max_length", 4000)
    if not (0 <= least <= 4000 and 1 <= most <= 4000 and least <= most):
        yield f"min_length {least} and max_length {most} do not go together, or beyond 4000"
    yield from _length(one, "value", 0, min(most, 4000))


def _radio(one: Json) -> Iterator[str]:
    yield from _length(one, "custom_id", 1, 100)
    yield from _options(one, 2, 10, 1)


def _checkboxes(one: Json) -> Iterator[str]:
    yield from _length(one, "custom_id", 1, 100)
    everything = len(one.get("options") or [])
    yield from _bounds(one, 10, everything)
    yield from _options(one, 1, 10, _number(one, "max_values", everything))


def _upload(one: Json) -> Iterator[str]:
    yield from _length(one, "custom_id", 1, 100)
    yield from _bounds(one, 10, 1)


def _checkbox(one: Json) -> Iterator[str]:
    yield from _length(one, "custom_id", 1, 100)


RULES = {
    ROW: _row, BUTTON: _button, SECTION: _section, TEXT: _text, GALLERY: _gallery, SEPARATOR: _separator,
    CONTAINER: _container, LABEL: _label, INPUT: _input, RADIO: _radio, CHECKBOXES: _checkboxes, UPLOAD: _upload,
    CHECKBOX: _checkbox, **dict.fromkeys(SELECTS, _select),
}  # fmt: skip


# — commands —

SLASH, OF_USER, OF_MESSAGE = 1, 2, 3
MOST = {SLASH: 100, OF_USER: 15, OF_MESSAGE: 15}
SUBCOMMAND, GROUP = 1, 2
VALUES: Mapping[int, tuple[type, ...]] = {
    3: (str,),
    4: (int,),
    10: (int, float),
}  # types of options that may have choices


def _commands(payload: list[Json]) -> Iterator[str]:
    counted = Counter(one.get("type", SLASH) for one in payload)
    for kind, count in counted.items():
        if count > MOST.get(kind, 0):
            yield f"there are {count} commands of type {kind}, and may be {MOST.get(kind, 0)}"
    yield from _twice([f"{one.get('type', SLASH)} {one.get('name')}" for one in payload])
    for one in payload:
        yield from (f"{one.get('name')}: {problem}" for problem in _command(one))


def _twice(names: list[Any]) -> Iterator[str]:
    yield from (f"{name} stands twice" for name, count in Counter(names).items() if count > 1)


def _command(one: Json) -> Iterator[str]:
    if one.get("type", SLASH) != SLASH:
        yield from _length(one, "name", 1, 32)
        return
    yield from _named(one)
    if not set(one.get("contexts") or []) <= {0, 1, 2}:
        yield "contexts are 0, 1 and 2"
    if not set(one.get("integration_types") or []) <= {0, 1}:
        yield "integration types are 0 and 1"
    if (rights := one.get("default_member_permissions")) is not None and not str(
        rights
    ).isdecimal():
        yield "default permissions are a number in text"
    if (length := _characters(one)) > 8000:
        yield f"a command has up to 8000 characters, not {length}"
    yield from _children(one, {SUBCOMMAND, GROUP})


def _named(one: Json) -> Iterator[str]:
    for name in (one.get("name"), *(one.get("name_localizations") or {}).values()):
        known = isinstance(name, str) and all(
            letter.isalnum() or letter in "-_'" for letter in name
        )
        if not known or not 1 <= len(name) <= 32 or name != name.lower():
            yield f"{name!r} is no name: 1 to 32 letters, digits, - and _, in lower case"
    yield from _length(one, "description", 1, 100)
    for description in (one.get("description_localizations") or {}).values():
        yield from _length({"description": description}, "description", 1, 100)


def _characters(one: Json) -> int:
    """The length that counts: of names and descriptions, in whichever language is longest, and of choices."""
    own = sum(
        max(
            len(text)
            for text in (one.get(name, ""), *(one.get(f"{name}_localizations") or {}).values())
        )
        for name in ("name", "description")
    )
    own += sum(
        len(choice.get("name", "")) + len(str(choice.get("value", "")))
        for choice in one.get("choices") or []
    )
    return own + sum(_characters(option) for option in one.get("options") or [])


def _children(one: Json, groups: set[int]) -> Iterator[str]:
    options = one.get("options") or []
    yield from _count(options, 0, 25, "options")
    yield from _twice([option.get("name") for option in options])
    kinds = {option.get("type") for option in options}
    if kinds & {SUBCOMMAND, GROUP} and not kinds <= {SUBCOMMAND, GROUP}:
        yield "subcommands and options do not stand side by side"
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        yield "required options come first"
    for option in options:
        yield from (f"{option.get('name')}: {problem}" for problem in _option(option, groups))


def _option(one: Json, groups: set[int]) -> Iterator[str]:
    kind = one.get("type")
    yield from _named(one)
    if kind in {SUBCOMMAND, GROUP}:
        if kind not in groups:
            yield "commands hold groups, groups hold subcommands, and those hold options"
        yield from _children(one, {SUBCOMMAND} if kind == GROUP else set())
        if kind == GROUP and any(
            child.get("type") != SUBCOMMAND for child in one.get("options") or []
        ):
            yield "a group holds subcommands alone"
        return
    if kind not in range(3, 12):
        yield f"there is no option of type {kind}"
    if one.get("options"):
        yield "an option has no options"
    yield from _choices(one)


def _choices(one: Json) -> Iterator[str]:
    choices, kind = one.get("choices") or [], one.get("type", 0)
    yield from _count(choices, 0, 25, "choices")
    if choices and one.get("autocomplete"):
        yield "an option has choices or autocomplete, not both"
    if (choices or one.get("autocomplete")) and kind not in VALUES:
        yield f"an option of type {kind} has neither choices nor autocomplete"
    yield from _twice([choice.get("name") for choice in choices])
    for choice in choices:
        yield from _length(choice, "name", 1, 100)
        if kind in VALUES and not isinstance(choice.get("value"), VALUES[kind]):
            yield f"the choice {choice.get('name')} has a value of another type"
        if len(str(choice.get("value", ""))) > 6000:
            yield f"the value of {choice.get('name')} has more than 6000 characters"
    yield from _ranges(one)


def _ranges(one: Json) -> Iterator[str]:
    if not 0 <= _number(one, "min_length", 0) <= _number(one, "max_length", 6000) <= 6000:
        yield "min_length and max_length do not go together, or beyond 6000"
    least, most = one.get("min_value"), one.get("max_value")
    if least is not None and most is not None and least > most:
        yield f"min_value {least} is above max_value {most}"
