"""Files in the room: kept in their line, drawn as links, and handed to whoever the line is for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from adapters.web.records import RoomLine
from bot.chat.message import File


def encode_files(text: str, files: Sequence[File]) -> str:
    """Return the content of a line with files."""
    kept = [{"name": file.name, "content": file.content} for file in files]
    return json.dumps({"text": text, "files": kept}, ensure_ascii=False)


def decode_file(line: RoomLine, number: int) -> File | None:
    """Return one of a line's files, counted from 0, or None."""
    if line.kind != "file":
        return None
    files = json.loads(line.content)["files"]
    if not 0 <= number < len(files):
        return None
    return File(files[number]["name"], files[number]["content"])


def render_files_html(line: RoomLine) -> str:
    """Return a line's text with a link to each file."""
    told = json.loads(line.content)
    links = "".join(
        _render_link_html(line, number, file["name"]) for number, file in enumerate(told["files"])
    )
    return f'<p class="text">{escape(told["text"])}</p><ul class="files">{links}</ul>'


def _render_link_html(line: RoomLine, number: int, name: str) -> str:
    query = urlencode({"as": line.audience, "line": line.seq, "number": number})
    return f'<li><a href="{escape(f"/api/file?{query}")}" download>{escape(name)}</a></li>'
