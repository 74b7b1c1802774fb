"""The texts in a roadmap: ids, titles, lines, paragraphs, links and stated times.

Every text is plain, bounded, in Unicode's composed form, and without invisible controls.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from bot.roadmap.problem import shorten_author_text

SLUG_PATTERN = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_SLUG = re.compile(SLUG_PATTERN.removesuffix("$"))
_LOOKS_LIKE_A_WEEK = re.compile(r"(w|wk|week)-?[0-9]+")
LONGEST_LINK = 500
# An owner and a name as GitHub and its like spell them, then perhaps a path.
SOURCE = "source"  # what stands in `seen` where the source of the plan gives the link
_REPOSITORY = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,100}"
    r"(?:/(?!\.{1,2}(?:/|$))[^/<>\"\\]+)*"
)
# Marks that reorder or hide their neighbours. Right-to-left text works without them;
# forged names do not.
_HIDDEN = "\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Besides them, the categories Cc, Zl, Zp and Cs are no text.
_INVISIBLE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_HIDDEN}]")


def build_sentence_error(sentence: str) -> PydanticCustomError:
    """Return a validator's error; its sentence reaches the author unchanged."""
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def is_slug(text: str, longest: int) -> bool:
    """Return True for lower-case words joined by hyphens, at most `longest` characters."""
    return len(text) <= longest and _SLUG.fullmatch(text) is not None


def _check_visible_text(value: str, allowed: str = "") -> str:
    for match in _INVISIBLE.finditer(value):
        letter = match.group()
        if letter in allowed:
            continue
        if letter in "\r\n":
            raise build_sentence_error("Write this on one line.")
        raise build_sentence_error(
            f"Delete the invisible character U+{ord(letter):04X} from this text."
        )
    return unicodedata.normalize("NFC", value)


def _check_paragraphs(value: str) -> str:
    return _check_visible_text(value, allowed="\n")


def _check_slug(value: str) -> str:
    if _SLUG.fullmatch(value) is None:
        raise build_sentence_error(
            "Write an id of lower-case letters and digits, its words joined by single hyphens, "
            "starting with a letter, such as gradient-descent."
        )
    return value


def _check_item_id(value: str) -> str:
    if _LOOKS_LIKE_A_WEEK.fullmatch(value):
        raise build_sentence_error(
            f'Name the item by its subject: "{shorten_author_text(value)}" looks like a week id.'
        )
    return value


def _check_link(value: str) -> str:
    sentence = "Write the whole address, starting with https:// or http://, or leave the link out."
    try:
        parts = urlsplit(value)
        host = parts.hostname
        parts.port  # noqa: B018 — reading it is what checks it
    except ValueError:
        raise build_sentence_error(sentence) from None
    # These letters would end the link early in somebody's markup.
    has_unsafe_letter = any(letter in value for letter in ' <>"\\')
    if parts.scheme not in ("http", "https") or not host or has_unsafe_letter:
        raise build_sentence_error(sentence)
    if parts.username is not None:
        raise build_sentence_error(
            "Take the user name out of the link: everybody in the group will see it."
        )
    return value


def _check_seen(value: str) -> str:
    if value == SOURCE:
        return value
    if value.startswith("https://"):
        return _check_link(value)
    if _REPOSITORY.fullmatch(value) is None:
        raise build_sentence_error(
            "Write where you saw the link: an address that starts with https://, a public "
            "repository such as owner/name or owner/name/docs/page.md, or the word source "
            "if the source of the plan gives it."
        )
    return value


def is_link(text: str) -> bool:
    """Return True for a whole web address that a roadmap may hold."""
    try:
        return len(text) <= LONGEST_LINK and _check_link(_check_visible_text(text)) == text
    except PydanticCustomError:
        return False


def _limit_length(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


_SHAPE = Field(json_schema_extra={"pattern": SLUG_PATTERN})
Slug = Annotated[str, StringConstraints(max_length=48), AfterValidator(_check_slug), _SHAPE]
StepId = Annotated[str, StringConstraints(max_length=32), AfterValidator(_check_slug), _SHAPE]
WeekId = Annotated[str, StringConstraints(max_length=24), AfterValidator(_check_slug), _SHAPE]
ItemId = Annotated[StepId, AfterValidator(_check_item_id)]
Title = Annotated[str, _limit_length(75), AfterValidator(_check_visible_text)]
# The heading above a group of plans, so it is shorter than a title.
Subject = Annotated[str, _limit_length(40), AfterValidator(_check_visible_text)]
# It stands beside a plan's title in a list.
Audience = Annotated[str, _limit_length(100), AfterValidator(_check_visible_text)]
Line = Annotated[str, _limit_length(200), AfterValidator(_check_visible_text)]
Text = Annotated[str, _limit_length(2000), AfterValidator(_check_paragraphs)]
# An answer, a hint. Escaped, it is twice as long and still fits beside other prose in a message.
ShortText = Annotated[str, _limit_length(1000), AfterValidator(_check_paragraphs)]
Link = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_LINK),
    AfterValidator(_check_visible_text),
    AfterValidator(_check_link),
    Field(json_schema_extra={"pattern": "^https?://"}),
]
Seen = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_LINK),
    AfterValidator(_check_visible_text),
    AfterValidator(_check_seen),
    Field(json_schema_extra={"pattern": "^(source$|https://|[A-Za-z0-9][A-Za-z0-9_-]*/)"}),
]

Unit = Literal["minutes", "hours", "days", "weeks", "months"]
_NUMBER = r"[0-9]{1,4}(?:\.[0-9]{1,2})?"
_SPAN = re.compile(
    rf"({_NUMBER})(?: ?(?:-|–|to) ?({_NUMBER})|( ?\+))? (minute|hour|day|week|month)s?"
)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A stated length of time, from `min` to `max` in `unit`; open-ended without a `max`."""

    min: float
    max: float | None
    unit: Unit

    @property
    def is_open_ended(self) -> bool:
        return self.max is None

    @property
    def typical_length(self) -> float:
        """The middle of the range, or its lower end where it is open."""
        if self.max is None:
            return self.min
        return (self.min + self.max) / 2

    def __str__(self) -> str:
        if self.max is None:
            return f"{self.min:g}+ {self.unit}"
        if self.max != self.min:
            return f"{self.min:g}-{self.max:g} {self.unit}"
        unit = self.unit.removesuffix("s") if self.min == 1 else self.unit
        return f"{self.min:g} {unit}"


def _parse_time_text(value: object) -> object:
    if isinstance(value, TimeSpan):
        return value
    match = _SPAN.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if match is None:
        raise build_sentence_error(
            "Write a time such as 8 weeks, 2-3 months, 6+ months or 90 minutes."
        )
    low, high, plus, unit = match.groups()
    least = float(low)
    most = None if plus else float(high or low)
    if least == 0 or (most is not None and most < least):
        raise build_sentence_error(
            "Write the shorter time first, and more than zero, such as 2-3 months."
        )
    units = {name.removesuffix("s"): name for name in get_args(Unit)}
    return TimeSpan(least, most, units[unit])


Time = Annotated[
    TimeSpan,
    BeforeValidator(_parse_time_text),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_SPAN.pattern}$",
            "examples": ["8 weeks", "2-3 months", "6+ months"],
        }
    ),
]
