"""From the bytes of a file to its text, and on to its lines: what is no text, too large or not UTF-8 is refused with what to
do about it."""

from __future__ import annotations

import codecs
import re

from bot.roadmap.file import MOST_BYTES
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.problem import WHOLE_FILE, Problem, RoadmapError, shorten_author_text

MOST_LINES = 10_000
LONGEST_LINE = 10_000

_ASK = "bring the plan as Markdown (.md), plain text (.txt) or YAML (.yaml)"
_SAVE = "open it in a text editor, save it as UTF-8 and bring it again"
_BINARY = (
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
_ZIPPED = ((b"word/", "a Word document"), (b"opendocument", "an office document"), (b"ppt/", "a presentation"),
           (b"xl/", "a spreadsheet"), (b"", "a zip file"))  # fmt: skip
_PAGE = re.compile(rb"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_TITLE, _STAGES = re.compile("^title:", re.MULTILINE), re.compile("^stages:", re.MULTILINE)
_FRONT = re.compile(r"---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
# Line breaks that nobody counts as lines, then what nobody sees at all.
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def build_file_error(name: str, line: int, sentence: str) -> RoadmapError:
    """The error that says about a line of a file what to do."""
    return RoadmapError([Problem(shorten_author_text(name), line, WHOLE_FILE, sentence)])


def decode_document(data: bytes, name: str) -> str:
    """The text of a file, its lines ending in `\\n`. Raises RoadmapError for what is no text, too large or in another
    encoding than UTF-8 (or UTF-16 that says so)."""
    if len(data) > MOST_BYTES:
        raise build_file_error(name, 1, "Split the file: a roadmap has at most one megabyte.")
    if (what := _detect_binary_format(data)) is not None:
        raise build_file_error(name, 1, f"This is {what}, not text: {_ASK}.")
    text = _decode_bytes(data, name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise build_file_error(name, 1, f"This file is empty: {_ASK}.")
    return text


def _detect_binary_format(data: bytes) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return next(what for sign, what in _ZIPPED if sign in data)
    if _PAGE.match(data[:1000]):
        return "a web page"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a picture"
    for sign, what in _BINARY:
        # Two letters could begin a text as well.
        if data.startswith(sign) and (len(sign) > 2 or b"\0" in data[:1000]):
            return what
    return None


def _decode_bytes(data: bytes, name: str) -> str:
    codec, body = "utf-8", data.removeprefix(codecs.BOM_UTF8)
    for sign, wide in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(sign) and not data.startswith(codecs.BOM_UTF32_LE):
            codec, body = wide, data.removeprefix(sign)
    wrong = body.find(b"\0") if codec == "utf-8" else -1
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        wrong = error.start if wrong < 0 else min(error.start, wrong)
    if wrong < 0:
        return text
    line = len(re.findall("\r\n|\r|\n", body[:wrong].decode(codec))) + 1
    raise build_file_error(
        name, line, f"This line holds bytes that are not {codec[:6].upper()}: {_SAVE}."
    )


def is_native_format(text: str, name: str) -> bool:
    """Whether a text is written in our own format rather than in Markdown, by the name's ending or by how it looks."""
    if name.lower().endswith((".yaml", ".yml", ".json")):
        return True
    if name.lower().endswith((".md", ".markdown", ".mdx")):
        return False
    if re.match(r'\s*\{\s*(?:"|\Z)', text):
        return True
    return all(field.search(text) for field in (_TITLE, _STAGES)) and _FRONT.match(text) is None


def split_document_lines(text: str, name: str) -> list[str]:
    """The lines of a text. Raises RoadmapError for more than `MOST_LINES`, or longer than `LONGEST_LINE` characters."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES + 1:
        raise build_file_error(
            name, MOST_LINES + 1, f"Split the file here: at most {MOST_LINES:,} lines are read."
        )
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise build_file_error(
                name,
                number,
                f"Break this line: at most {LONGEST_LINE:,} characters are read in one.",
            )
    return lines


def remove_invisible_characters(lines: list[str], notes: ImportNotes) -> list[str]:
    """The lines without characters that nobody sees, which are told once."""
    count, first, kept = 0, 0, []
    for number, line in enumerate(lines, 1):
        if not line.isascii() or not line.isprintable():
            line, breaks = _BREAKS.subn(" ", line)
            line, unseen = _UNSEEN.subn("", line)
            first = first or (number if breaks + unseen else 0)
            count += breaks + unseen
        kept.append(line)
    if count:
        characters = f"{count} invisible characters" if count > 1 else "an invisible character"
        notes.record_note(
            first, "repaired", f"Removed {characters}{', the first of them here' * (count > 1)}."
        )
    return kept
