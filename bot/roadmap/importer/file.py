"""From a file's bytes to its text and lines; other files are refused with advice."""

from __future__ import annotations

import codecs
import re

from bot.roadmap.file import MOST_BYTES
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.problem import WHOLE_FILE, Problem, RoadmapError, shorten_author_text

MOST_LINES = 10_000
LONGEST_LINE = 10_000

_SEND_TEXT = "send the plan as Markdown (.md), plain text (.txt) or YAML (.yaml)"
_SAVE_AS_UTF8 = "open the file in a text editor, save it as UTF-8 and send it again"
_BINARY_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a rich text document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ", "a compressed file"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
# Office documents are zip files: the names of the files inside tell them apart.
_ZIP_CONTENTS = (
    (b"word/", "a Word document"),
    (b"opendocument", "an office document"),
    (b"ppt/", "a presentation"),
    (b"xl/", "a spreadsheet"),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_TITLE_FIELD = re.compile("^title:", re.MULTILINE)
_STAGES_FIELD = re.compile("^stages:", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
# Python counts these as line breaks, editors do not.
_ODD_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff]"
)


def build_file_error(name: str, line: int, sentence: str) -> RoadmapError:
    """Return the error for a line of a file, with its advice."""
    return RoadmapError([Problem(shorten_author_text(name), line, WHOLE_FILE, sentence)])


def decode_document(data: bytes, name: str) -> str:
    """Return the file's text with `\\n` at each line's end.

    Raises RoadmapError for a binary, empty or too large file, and for any encoding but UTF-8
    (or UTF-16 with its mark).
    """
    if len(data) > MOST_BYTES:
        raise build_file_error(name, 1, "Split this file: it can have at most 1 MB.")
    if (file_type := _detect_binary_format(data)) is not None:
        raise build_file_error(name, 1, f"This is {file_type}: {_SEND_TEXT}.")
    text = _decode_bytes(data, name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise build_file_error(name, 1, f"This file is empty: {_SEND_TEXT}.")
    return text


def _detect_binary_format(data: bytes) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return _detect_zip_content(data)
    if _WEB_PAGE.match(data[:1000]):
        return "a web page"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a picture"
    for signature, file_type in _BINARY_SIGNATURES:
        # Two letters could begin a text as well, but a text has no zero byte.
        is_certain = len(signature) > 2 or b"\0" in data[:1000]
        if data.startswith(signature) and is_certain:
            return file_type
    return None


def _detect_zip_content(data: bytes) -> str:
    for name, file_type in _ZIP_CONTENTS:
        if name in data:
            return file_type
    return "a zip file"


def _decode_bytes(data: bytes, name: str) -> str:
    codec, body = _detect_encoding(data)
    # A zero byte is valid UTF-8, but no editor writes one.
    zero = body.find(b"\0") if codec == "utf-8" else -1
    try:
        text = body.decode(codec)
        wrong = zero
    except UnicodeDecodeError as error:
        text = ""
        wrong = error.start if zero < 0 else min(error.start, zero)
    if wrong < 0:
        return text
    line = len(re.findall("\r\n|\r|\n", body[:wrong].decode(codec))) + 1
    sentence = f"This line is not valid {codec[:6].upper()}: {_SAVE_AS_UTF8}."
    raise build_file_error(name, line, sentence)


def _detect_encoding(data: bytes) -> tuple[str, bytes]:
    """Return the codec and the bytes after the mark of the encoding."""
    # The mark of UTF-32 begins like the one of UTF-16, and UTF-32 is not read.
    if not data.startswith(codecs.BOM_UTF32_LE):
        if data.startswith(codecs.BOM_UTF16_LE):
            return "utf-16-le", data.removeprefix(codecs.BOM_UTF16_LE)
        if data.startswith(codecs.BOM_UTF16_BE):
            return "utf-16-be", data.removeprefix(codecs.BOM_UTF16_BE)
    return "utf-8", data.removeprefix(codecs.BOM_UTF8)


def is_native_format(text: str, name: str) -> bool:
    """Return True for our own format, by the name's ending, else by the look of the text."""
    if name.lower().endswith((".yaml", ".yml", ".json")):
        return True
    if name.lower().endswith((".md", ".markdown", ".mdx")):
        return False
    return _has_native_look(text)


def _has_native_look(text: str) -> bool:
    if re.match(r'\s*\{\s*(?:"|\Z)', text):
        return True
    has_fields = bool(_TITLE_FIELD.search(text) and _STAGES_FIELD.search(text))
    # Front matter can hold the same fields, above a Markdown document.
    return has_fields and _FRONT_MATTER.match(text) is None


def split_document_lines(text: str, name: str) -> list[str]:
    """Return the text's lines.

    Raises RoadmapError for more than `MOST_LINES`, or longer ones than `LONGEST_LINE` characters.
    """
    lines = text.split("\n")
    # A line break at the end makes one empty line more.
    if len(lines) > MOST_LINES + 1:
        sentence = f"Split the file here: it can have at most {MOST_LINES:,} lines."
        raise build_file_error(name, MOST_LINES + 1, sentence)
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            sentence = f"Break this line: it can have at most {LONGEST_LINE:,} characters."
            raise build_file_error(name, number, sentence)
    return lines


def remove_invisible_characters(lines: list[str], notes: ImportNotes) -> list[str]:
    """Return the lines without invisible characters, and report their number once."""
    count, first_line, visible_lines = 0, 0, []
    for number, line in enumerate(lines, 1):
        # Nearly all lines pass this test, and it is much faster than the patterns.
        if not line.isascii() or not line.isprintable():
            line, breaks = _ODD_BREAKS.subn(" ", line)
            line, characters = _INVISIBLE.subn("", line)
            count += breaks + characters
            if count and not first_line:
                first_line = number
        visible_lines.append(line)
    if count == 1:
        notes.record_note(first_line, "repaired", "I removed an invisible character.")
    elif count:
        sentence = f"I removed {count} invisible characters, the first one here."
        notes.record_note(first_line, "repaired", sentence)
    return visible_lines
