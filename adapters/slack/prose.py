"""The bot's prose as Slack's mrkdwn. Nothing that a person typed acts in it: no mention, no style, no link, no quote, no emoji.

Slack knows no escape but that of `&`, `<` and `>` (Slack: Formatting text), so a letter that would act gives way to one that
looks like it, and an invisible one breaks the names of emoji. Slack's mrkdwn has no lists, and texts sent as `verbatim` have
no links but those written in angle brackets. `mrkdwn` and `plain` are what is read every day; `terse`, `terse_plain` and
`unstyled` never grow longer than what they are given, for the one message in a million whose escapes would not fit,
but by the slash command in front of the commands they name; where `command` is empty, none is written there.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import assert_never

from bot.chat.message import Span, Spell, bare, instant_of, is_hour, spans
from bot.command import Command, commands, mention_of

NOTHING = "\u200b"  # has no width: keeps apart what would act together, and stands for what has nothing to show

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_STYLES = {
    "*": "∗",
    "_": "ˍ",
    "~": "∼",
    "`": "ˋ",
    "＊": "∗",
    "＿": "ˍ",
    "｀": "ˋ",
}  # the wide ones act as well
_ALIKE = str.maketrans({**_STYLES, "&": "＆", "<": "‹", ">": "›", "|": "∣", "＞": "›"})
# Within a word, as in `snake_case`, a style does not begin or end; code might.
_STYLE = re.compile(r"[`＊＿｀]|(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_CALLS_ALL = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
_QUOTES = re.compile(r"^([^\S\n]*)(?:&gt;|＞)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_ADDRESS = re.compile(r"https?://[^\s/|<>]", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"[<>|`]")
_MENTION = re.compile(r"<(?=[@#!])")
_ENTITY = re.compile(r"&(?=(?:amp|lt|gt);)")
_APART = frozenset(string.whitespace + string.punctuation) - frozenset(
    "*_~`<>"
)  # what a style may stand beside


def mrkdwn(body: str, command: str) -> str:
    """The bot's markup as Slack's, never empty. Times are shown in the reader's own zone; a phrase that the bot names, in a
    code span, as it is typed after the slash command. Style, code, links and times lie within one line each."""
    shown, styled = "", False
    for span in spans(_even(body)):
        piece, styles = _span(span, command), span.kind in {"bold", "italic", "code"}
        if (styles or styled) and shown and piece and not (_APART & {shown[-1], piece[0]}):
            shown += NOTHING
        shown, styled = shown + piece, styles
    shown = _QUOTES.sub(r"\1›", shown)
    return shown if shown.strip() else NOTHING


def plain(text: str) -> str:
    """Plain text, such as a label, on one line and escaped, to stand in mrkdwn."""
    return _QUOTES.sub(r"\1›", _escaped(_line(text))) or NOTHING


def strong(text: str) -> str:
    """Plain text on one line, in bold, to stand in mrkdwn between blanks."""
    return _each_line("*", _line(text)) or NOTHING


def lines(text: str) -> str:
    """Plain text of any number of lines, to be a whole message's `text`, in which Slack would make links of addresses."""
    shown = _QUOTES.sub(r"\1›", _escaped(_even(text))).replace("://", f":{NOTHING}//")
    return shown if shown.strip() else NOTHING


def terse_lines(text: str) -> str:
    """The same with letters that look alike. Not longer than `text`."""
    shown = _alike(_even(text)).replace("://", "∶//")
    return shown if shown.strip() else NOTHING


def label(text: str) -> str:
    """Plain text on one line for a `plain_text` object, in which Slack formats nothing. Not longer than `text`."""
    return _ENTITY.sub("＆", _MENTION.sub("‹", _line(text))) or NOTHING


def terse(body: str, command: str = "") -> str:
    """The bot's markup with its links alone, and times as written. Not longer than `body`."""
    shown = "".join(_terse(span, command) for span in spans(_even(body)))
    return shown if shown.strip() else NOTHING


def _terse(span: Span, command: str) -> str:
    match span.kind:
        case "link":
            return _terse_link(span)
        case "code":
            return _alike(spoken(span.text, commands(), command))
        case _:
            return _alike(span.text)


def terse_plain(text: str) -> str:
    """Plain text on one line, with letters that only look like markup. Not longer than `text`."""
    return _alike(_line(text)) or NOTHING


def unstyled(body: str, command: str = "") -> str:
    """The bot's markup without any, so that it may be parted between any two letters. Not longer than `body`."""
    shown = _alike(bare(_even(body), spelling(command)))
    return shown if shown.strip() else NOTHING


def spoken(said: str, known: Mapping[str, Command], command: str) -> str:
    """A phrase that the bot names in its prose, as it is typed on Slack: `week n=3` is `/study week n=3` where the slash
    command is called `/study`. What is no phrase stays as it is."""
    mention = mention_of(said, known) if command else None
    return f"{command} {mention.said}" if mention else said


def spelling(command: str) -> Spell:
    """How code is written in plain text: phrases as they are typed after the slash command."""
    return lambda code: spoken(code, commands(), command)


def _even(text: str) -> str:
    return _CONTROL.sub("\ufffd", _LINE_BREAK.sub("\n", text).replace("\f", " "))


def _line(text: str) -> str:
    return " ".join(_even(text).split())


def _escaped(text: str, styles: str = "") -> str:
    """Letters that would act, replaced; those among `styles` wherever they stand."""
    for letter in styles:
        text = text.replace(letter, _STYLES[letter])
    text = _STYLE.sub(lambda found: _STYLES[found[0]], text)
    text = _CALLS_ALL.sub(f"@{NOTHING}", _EMOJI.sub(f":{NOTHING}", text))
    return _entities(text)


def _entities(text: str) -> str:
    return re.sub(r"[&<>]", lambda found: _ENTITIES[found[0]], text)


def _alike(text: str) -> str:
    return _CALLS_ALL.sub("＠", _EMOJI.sub("∶", text.translate(_ALIKE)))


def _span(span: Span, command: str) -> str:
    match span.kind:
        case "text":
            return _escaped(span.text)
        case "bold":
            return _each_line("*", span.text)
        case "italic":
            return _each_line("_", span.text)
        case "code":
            return _code(span.text, command)
        case "link":
            return _link(span)
        case "time":
            return _time(span)
        case _:
            assert_never(span.kind)


def _each_line(style: str, text: str) -> str:
    """Slack's styles end with the line, and hold no blank at either end."""
    return re.sub(
        r"\S(?:[^\n]*\S)?", lambda found: f"{style}{_escaped(found[0], style)}{style}", text
    )


def _code(text: str, command: str) -> str:
    said = text.replace("\n", " ").replace("｀", "ˋ").strip()
    return f"`{_entities(spoken(said, commands(), command))}`" if said else " "


def _link(span: Span) -> str:
    if not _ADDRESS.match(span.target):
        return _escaped(_bare_link(span))
    address = _address(span.target)
    said = _line(span.text)
    if not said or "://" in said:  # no label may pass for another address
        return f"{_escaped(said)} <{address}>".lstrip()
    return f"<{address}|{_escaped(said).replace('|', '∣')}>"


def _bare_link(span: Span) -> str:
    """A link as a label with its address behind it."""
    return f"{span.text} ({span.target})"


def _terse_link(span: Span) -> str:
    shown = f"<{_address(span.target)}|{_alike(_line(span.text)) or '…'}>"
    fits = len(shown) <= len(span.text) + len(span.target) + len("[]()")
    return (
        shown
        if fits and _ADDRESS.match(span.target) and "://" not in span.text
        else _alike(_bare_link(span))
    )


def _address(target: str) -> str:
    return _IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", target).replace("&", "&amp;")


def _time(span: Span) -> str:
    try:
        at = int(instant_of(span).timestamp())
    except (OverflowError, ValueError, OSError):
        return _escaped(span.text)
    form = "{time}" if is_hour(span) else "{date_short_pretty} {time}"
    return f"<!date^{at}^{form}|{_alike(_line(span.text)) or NOTHING}>"
