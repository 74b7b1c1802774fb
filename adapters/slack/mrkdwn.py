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

from bot.chat.message import (
    Span,
    Spell,
    is_time_only,
    parse_prose,
    parse_span_instant,
    strip_markup,
)
from bot.command import Command, get_commands, parse_mention

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


def format_mrkdwn(body: str, command: str) -> str:
    """The bot's markup as Slack's, never empty. Times are shown in the reader's own zone; a phrase that the bot names, in a
    code span, as it is typed after the slash command. Style, code, links and times lie within one line each."""
    shown, styled = "", False
    for span in parse_prose(_clean_mrkdwn_input(body)):
        piece, styles = _format_mrkdwn_span(span, command), span.kind in {"bold", "italic", "code"}
        if (styles or styled) and shown and piece and not (_APART & {shown[-1], piece[0]}):
            shown += NOTHING
        shown, styled = shown + piece, styles
    shown = _QUOTES.sub(r"\1›", shown)
    return shown if shown.strip() else NOTHING


def format_plain_mrkdwn(text: str) -> str:
    """Plain text, such as a label, on one line and escaped, to stand in mrkdwn."""
    return _QUOTES.sub(r"\1›", _escape_mrkdwn(_fold_to_one_line(text))) or NOTHING


def format_bold_mrkdwn(text: str) -> str:
    """Plain text on one line, in bold, to stand in mrkdwn between blanks."""
    return _wrap_each_line("*", _fold_to_one_line(text)) or NOTHING


def format_text_lines(text: str) -> str:
    """Plain text of any number of lines, to be a whole message's `text`, in which Slack would make links of addresses."""
    shown = _QUOTES.sub(r"\1›", _escape_mrkdwn(_clean_mrkdwn_input(text))).replace(
        "://", f":{NOTHING}//"
    )
    return shown if shown.strip() else NOTHING


def format_compact_lines(text: str) -> str:
    """The same with letters that look alike. Not longer than `text`."""
    shown = _replace_mrkdwn_letters(_clean_mrkdwn_input(text)).replace("://", "∶//")
    return shown if shown.strip() else NOTHING


def format_slack_label(text: str) -> str:
    """Plain text on one line for a `plain_text` object, in which Slack formats nothing. Not longer than `text`."""
    return _ENTITY.sub("＆", _MENTION.sub("‹", _fold_to_one_line(text))) or NOTHING


def format_compact_mrkdwn(body: str, command: str = "") -> str:
    """The bot's markup with its links alone, and times as written. Not longer than `body`."""
    shown = "".join(
        _format_compact_span(span, command) for span in parse_prose(_clean_mrkdwn_input(body))
    )
    return shown if shown.strip() else NOTHING


def _format_compact_span(span: Span, command: str) -> str:
    match span.kind:
        case "link":
            return _format_compact_link(span)
        case "code":
            return _replace_mrkdwn_letters(format_slack_command(span.text, get_commands(), command))
        case _:
            return _replace_mrkdwn_letters(span.text)


def format_compact_plain_text(text: str) -> str:
    """Plain text on one line, with letters that only look like markup. Not longer than `text`."""
    return _replace_mrkdwn_letters(_fold_to_one_line(text)) or NOTHING


def format_unstyled_text(body: str, command: str = "") -> str:
    """The bot's markup without any, so that it may be parted between any two letters. Not longer than `body`."""
    shown = _replace_mrkdwn_letters(
        strip_markup(_clean_mrkdwn_input(body), build_command_speller(command))
    )
    return shown if shown.strip() else NOTHING


def format_slack_command(code: str, known_commands: Mapping[str, Command], command: str) -> str:
    """A phrase that the bot names in its prose, as it is typed on Slack: `week n=3` is `/study week n=3` where the slash
    command is called `/study`. What is no phrase stays as it is."""
    mention = parse_mention(code, known_commands) if command else None
    return f"{command} {mention.phrase}" if mention else code


def build_command_speller(command: str) -> Spell:
    """How code is written in plain text: phrases as they are typed after the slash command."""
    return lambda code: format_slack_command(code, get_commands(), command)


def _clean_mrkdwn_input(text: str) -> str:
    return _CONTROL.sub("\ufffd", _LINE_BREAK.sub("\n", text).replace("\f", " "))


def _fold_to_one_line(text: str) -> str:
    return " ".join(_clean_mrkdwn_input(text).split())


def _escape_mrkdwn(text: str, styles: str = "") -> str:
    """Letters that would act, replaced; those among `styles` wherever they stand."""
    for letter in styles:
        text = text.replace(letter, _STYLES[letter])
    text = _STYLE.sub(lambda found: _STYLES[found[0]], text)
    text = _CALLS_ALL.sub(f"@{NOTHING}", _EMOJI.sub(f":{NOTHING}", text))
    return _escape_entities(text)


def _escape_entities(text: str) -> str:
    return re.sub(r"[&<>]", lambda found: _ENTITIES[found[0]], text)


def _replace_mrkdwn_letters(text: str) -> str:
    return _CALLS_ALL.sub("＠", _EMOJI.sub("∶", text.translate(_ALIKE)))


def _format_mrkdwn_span(span: Span, command: str) -> str:
    match span.kind:
        case "text":
            return _escape_mrkdwn(span.text)
        case "bold":
            return _wrap_each_line("*", span.text)
        case "italic":
            return _wrap_each_line("_", span.text)
        case "code":
            return _format_mrkdwn_code(span.text, command)
        case "link":
            return _format_mrkdwn_link(span)
        case "time":
            return _format_mrkdwn_time(span)
        case _:
            assert_never(span.kind)


def _wrap_each_line(style: str, text: str) -> str:
    """Slack's styles end with the line, and hold no blank at either end."""
    return re.sub(
        r"\S(?:[^\n]*\S)?", lambda found: f"{style}{_escape_mrkdwn(found[0], style)}{style}", text
    )


def _format_mrkdwn_code(text: str, command: str) -> str:
    said = text.replace("\n", " ").replace("｀", "ˋ").strip()
    return (
        f"`{_escape_entities(format_slack_command(said, get_commands(), command))}`"
        if said
        else " "
    )


def _format_mrkdwn_link(span: Span) -> str:
    if not _ADDRESS.match(span.target):
        return _escape_mrkdwn(_format_link_as_text(span))
    address = _encode_link_address(span.target)
    said = _fold_to_one_line(span.text)
    if not said or "://" in said:  # no label may pass for another address
        return f"{_escape_mrkdwn(said)} <{address}>".lstrip()
    return f"<{address}|{_escape_mrkdwn(said).replace('|', '∣')}>"


def _format_link_as_text(span: Span) -> str:
    """A link as a label with its address behind it."""
    return f"{span.text} ({span.target})"


def _format_compact_link(span: Span) -> str:
    shown = f"<{_encode_link_address(span.target)}|{_replace_mrkdwn_letters(_fold_to_one_line(span.text)) or '…'}>"
    fits = len(shown) <= len(span.text) + len(span.target) + len("[]()")
    return (
        shown
        if fits and _ADDRESS.match(span.target) and "://" not in span.text
        else _replace_mrkdwn_letters(_format_link_as_text(span))
    )


def _encode_link_address(target: str) -> str:
    return _IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", target).replace("&", "&amp;")


def _format_mrkdwn_time(span: Span) -> str:
    try:
        at = int(parse_span_instant(span).timestamp())
    except (OverflowError, ValueError, OSError):
        return _escape_mrkdwn(span.text)
    form = "{time}" if is_time_only(span) else "{date_short_pretty} {time}"
    return f"<!date^{at}^{form}|{_replace_mrkdwn_letters(_fold_to_one_line(span.text)) or NOTHING}>"
