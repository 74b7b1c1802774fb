"""The bot's prose as Slack's mrkdwn. Nothing a person typed can act in it.

So no text by a person makes a mention, a style, a link, a quote or an emoji. Slack can escape only
`&`, `<` and `>` (Slack: Formatting text). Any other letter that would act is replaced by one that
looks like it, and an invisible letter breaks the names of emoji. mrkdwn has no lists. A text sent
as `verbatim` has no links but those in angle brackets.

`format_mrkdwn` and `format_plain_mrkdwn` make the text people read every day. The compact and the
unstyled formats never grow longer than their input, except by the slash command in front of
commands. They serve the rare message with no room for escapes. With an empty `command`, no slash
command is written.
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

# Has no width. It keeps apart letters that would act together, and stands for empty text.
NOTHING = "\u200b"

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_STYLES = {
    "*": "∗",
    "_": "ˍ",
    "~": "∼",
    "`": "ˋ",
    # The wide ones act as well.
    "＊": "∗",
    "＿": "ˍ",
    "｀": "ˋ",
}
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
# Slack sees a style only beside a blank or punctuation.
_STYLE_NEIGHBOURS = frozenset(string.whitespace + string.punctuation) - frozenset("*_~`<>")


def format_mrkdwn(body: str, command: str) -> str:
    """Return the bot's markup in Slack's. It is never empty.

    Times are shown in the reader's own zone. A command in a code span is written after the slash
    command, ready to type. Styles, code, links and times lie within one line each.
    """
    text, ends_styled = "", False
    for span in parse_prose(_clean_mrkdwn_input(body)):
        piece = _format_mrkdwn_span(span, command)
        is_styled = span.kind in {"bold", "italic", "code"}
        if (is_styled or ends_styled) and _would_touch(text, piece):
            text += NOTHING
        text += piece
        ends_styled = is_styled
    return _break_quotes(text)


def _would_touch(text: str, piece: str) -> bool:
    """Return True if a style between two pieces would not act, for lack of a space."""
    return bool(text) and bool(piece) and not (_STYLE_NEIGHBOURS & {text[-1], piece[0]})


def _break_quotes(text: str) -> str:
    return _fill_empty_text(_QUOTES.sub(r"\1›", text))


def _fill_empty_text(text: str) -> str:
    # Slack refuses a text object without text.
    return text if text.strip() else NOTHING


def format_plain_mrkdwn(text: str) -> str:
    """Return plain text on one line, escaped, to stand in mrkdwn."""
    return _break_quotes(_escape_mrkdwn(_fold_to_one_line(text)))


def format_bold_mrkdwn(text: str) -> str:
    """Return plain text on one line, in bold, to stand in mrkdwn between blanks."""
    return _wrap_each_line("*", _fold_to_one_line(text)) or NOTHING


def format_text_lines(text: str) -> str:
    """Return plain text with its lines, to be a whole message's `text`."""
    escaped = _QUOTES.sub(r"\1›", _escape_mrkdwn(_clean_mrkdwn_input(text)))
    # There Slack would make links out of addresses, even without brackets.
    return _fill_empty_text(escaped.replace("://", f":{NOTHING}//"))


def format_compact_lines(text: str) -> str:
    """Return the same with letters that look alike. It is not longer than `text`."""
    replaced = _replace_mrkdwn_letters(_clean_mrkdwn_input(text))
    return _fill_empty_text(replaced.replace("://", "∶//"))


def format_slack_label(text: str) -> str:
    """Return plain text on one line for a `plain_text` object, in which Slack formats nothing.

    It is not longer than `text`.
    """
    return _ENTITY.sub("＆", _MENTION.sub("‹", _fold_to_one_line(text))) or NOTHING


def format_compact_mrkdwn(body: str, command: str = "") -> str:
    """Return the bot's markup with its links alone, and times in their written form.

    It is not longer than `body`.
    """
    spans = parse_prose(_clean_mrkdwn_input(body))
    return _fill_empty_text("".join(_format_compact_span(span, command) for span in spans))


def _format_compact_span(span: Span, command: str) -> str:
    match span.kind:
        case "link":
            return _format_compact_link(span)
        case "code":
            return _replace_mrkdwn_letters(format_slack_command(span.text, get_commands(), command))
        case _:
            return _replace_mrkdwn_letters(span.text)


def format_compact_plain_text(text: str) -> str:
    """Return plain text on one line, with letters that only look like markup.

    It is not longer than `text`.
    """
    return _replace_mrkdwn_letters(_fold_to_one_line(text)) or NOTHING


def format_unstyled_text(body: str, command: str = "") -> str:
    """Return the bot's markup without any, safe to split between any two letters.

    It is not longer than `body`.
    """
    plain = strip_markup(_clean_mrkdwn_input(body), build_command_speller(command))
    return _fill_empty_text(_replace_mrkdwn_letters(plain))


def format_slack_command(code: str, known_commands: Mapping[str, Command], command: str) -> str:
    """Return a phrase in the form people type on Slack.

    `week n=3` becomes `/study week n=3` if the slash command is `/study`.
    Any other code stays the same.
    """
    mention = parse_mention(code, known_commands) if command else None
    if mention is None:
        return code
    return f"{command} {mention.phrase}"


def build_command_speller(command: str) -> Spell:
    """Return the function that writes code in plain text, with the slash command before phrases."""
    return lambda code: format_slack_command(code, get_commands(), command)


def _clean_mrkdwn_input(text: str) -> str:
    one_kind_of_break = _LINE_BREAK.sub("\n", text).replace("\f", " ")
    return _CONTROL.sub("\ufffd", one_kind_of_break)


def _fold_to_one_line(text: str) -> str:
    return " ".join(_clean_mrkdwn_input(text).split())


def _escape_mrkdwn(text: str, styles: str = "") -> str:
    """Return the text with its acting letters replaced, and those in `styles` everywhere."""
    for letter in styles:
        text = text.replace(letter, _STYLES[letter])
    text = _STYLE.sub(lambda found: _STYLES[found[0]], text)
    text = _EMOJI.sub(f":{NOTHING}", text)
    text = _CALLS_ALL.sub(f"@{NOTHING}", text)
    # Entities come last: their own letters must not be replaced.
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
    # Slack's styles end with the line, and hold no blank at either end.
    return re.sub(
        r"\S(?:[^\n]*\S)?", lambda found: f"{style}{_escape_mrkdwn(found[0], style)}{style}", text
    )


def _format_mrkdwn_code(text: str, command: str) -> str:
    code = text.replace("\n", " ").replace("｀", "ˋ").strip()
    if not code:
        return " "
    return f"`{_escape_entities(format_slack_command(code, get_commands(), command))}`"


def _format_mrkdwn_link(span: Span) -> str:
    if not _ADDRESS.match(span.target):
        return _escape_mrkdwn(_format_link_as_text(span))
    encoded_url = _encode_link_address(span.target)
    label = _fold_to_one_line(span.text)
    # No label may pass for another address: then the real one stands beside it.
    if not label or "://" in label:
        return f"{_escape_mrkdwn(label)} <{encoded_url}>".lstrip()
    return f"<{encoded_url}|{_escape_mrkdwn(label).replace('|', '∣')}>"


def _format_link_as_text(span: Span) -> str:
    return f"{span.text} ({span.target})"


def _format_compact_link(span: Span) -> str:
    label = _replace_mrkdwn_letters(_fold_to_one_line(span.text)) or "…"
    markup = f"<{_encode_link_address(span.target)}|{label}>"
    # Not longer than the markup it stands for: `[text](target)`.
    fits = len(markup) <= len(span.text) + len(span.target) + len("[]()")
    if fits and _ADDRESS.match(span.target) and "://" not in span.text:
        return markup
    return _replace_mrkdwn_letters(_format_link_as_text(span))


def _encode_link_address(target: str) -> str:
    return _IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", target).replace("&", "&amp;")


def _format_mrkdwn_time(span: Span) -> str:
    timestamp = _find_span_timestamp(span)
    if timestamp is None:
        return _escape_mrkdwn(span.text)
    # Slack shows it in the zone of the reader's device (Slack: Formatting text).
    template = "{date_short_pretty} {time}"
    if is_time_only(span):
        template = "{time}"
    fallback = _replace_mrkdwn_letters(_fold_to_one_line(span.text)) or NOTHING
    return f"<!date^{timestamp}^{template}|{fallback}>"


def _find_span_timestamp(span: Span) -> int | None:
    """Return a time's seconds since 1970, or None outside the calendar."""
    try:
        return int(parse_span_instant(span).timestamp())
    except (OverflowError, ValueError, OSError):
        return None
