"""What is typed after the slash command, as a phrase.

Slack sends mentions, channels and links as `<…>` and escapes three letters (Slack: Slash commands, `should_escape`).
"""

from __future__ import annotations

import re

from bot.chat.message import quote_phrase_word

_TOKEN = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_PIECE = re.compile(
    rf'{_TOKEN.pattern}|(?P<quoted>"(?:\\.|[^"\\])*(?:"|$)|“[^”]*(?:”|$))', re.DOTALL
)


def parse_command_text(text: str) -> str:
    """The phrase somebody typed; nothing at all asks for help.

    A person who is mentioned is one word, by their id; within quotation marks, and where a command should stand, they are
    a name like any other text.
    """
    return _decode_entities(_PIECE.sub(_replace_piece, text.strip())).strip() or "help"


def _replace_piece(piece: re.Match[str]) -> str:
    if piece["quoted"]:
        return _TOKEN.sub(_format_token_text, piece["quoted"])
    return _format_token_word(piece) if piece.start() else _format_token_text(piece)


def _format_token_word(token: re.Match[str]) -> str:
    if token["kind"] == "@":
        return quote_phrase_word(f"person:{token['what']} {token['label'] or ''}".strip())
    return _format_token_text(token)


def _format_token_text(token: re.Match[str]) -> str:
    """A token as people read it: `@ada`, `#general`, an address."""
    label = token["label"] or token["what"]
    match token["kind"]:
        case "@":
            return f"@{label}"
        case "#":
            return f"#{label}"
        case "!":
            return f"@{label.removeprefix('@')}"
        case _:
            return label if token["what"].startswith("mailto:") else token["what"]


def _decode_entities(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
