"""What must not stand in Slack's mrkdwn: whatever rings, and whatever Slack would read otherwise
than it was meant.

Slack: Formatting text for app surfaces. `&`, `<` and `>` are escaped everywhere, in addresses too;
between `<` and `>` stands a link, a date, or a mention that was allowed by name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

TOKENS = {
    "date_num", "date_slash", "date", "date_short", "date_long", "date_pretty", "date_short_pretty",
    "date_long_pretty", "date_long_full", "day_divider_pretty", "time", "time_secs", "ago",
}  # fmt: skip
BRACKETS = re.compile(r"<([^<>]*)>")
LINK = re.compile(
    r"(?:https?://[^\s|/]+[^\s|]*|mailto:[^\s|@]+@[^\s|]+)(?:\|(?P<label>.*))?", re.DOTALL
)
DATE = re.compile(
    r"!date\^-?\d{1,12}\^(?P<form>[^^|]+)(?:\^https?://[^\s|^]+)?\|(?P<fallback>[^|]+)", re.DOTALL
)
MENTION = re.compile(r"[@#!][^|]*")
BARE_AND = re.compile(r"&(?!(?:amp|lt|gt);)")
BARE_CLOSE = re.compile(r"(?m)(?<!^)(?<!^>)(?<!^>>)>")


def mrkdwn(text: str, allowed: Collection[str] = ()) -> Iterator[str]:
    """What is wrong with a text that Slack formats.

    `allowed` are mentions such as `@U1`, `#C1` and `!here`.
    """
    for inner in BRACKETS.findall(text):
        yield from _bracket(inner, allowed)
    rest = BRACKETS.sub("-", text)  # what it left is not at the start of a line
    if "<" in rest:
        yield f"a < stands unescaped in {text[:80]!r}"
    if BARE_CLOSE.search(rest):
        yield f"a > stands unescaped in {text[:80]!r}"
    if BARE_AND.search(text):
        yield f"an & stands unescaped in {text[:80]!r}"


def plain(text: str) -> Iterator[str]:
    """What is wrong with a text that Slack does not format: a mention is escaped there as well,
    lest it ever be moved.
    """
    yield from (
        f"<{inner}> stands unescaped"
        for inner in BRACKETS.findall(text)
        if inner[:1] in {"@", "#", "!"}
    )


def _bracket(inner: str, allowed: Collection[str]) -> Iterator[str]:
    if date := DATE.fullmatch(inner):
        tokens = re.findall(r"{([^}]*)}", date["form"])
        if not tokens or not set(tokens) <= TOKENS:
            yield f"<{inner}> shows a date in no form that Slack knows"
    elif inner.startswith("!date"):
        yield f"<{inner}> is no date: a number, a form and a fallback"
    elif mention := MENTION.match(inner):
        if mention[0] not in allowed:
            yield f"<{inner}> mentions somebody"
    elif not (link := LINK.fullmatch(inner)):
        yield f"<{inner}> is neither a link nor a date"
    elif link["label"] is not None and (not link["label"].strip() or "\n" in link["label"]):
        yield f"<{inner}> has no label of one line"
