"""The remains of a web page in a copied text: menus, badges, tables of contents, code.

They are emptied line by line, so that every line keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.roadmap.importer.document.headings import find_unit_rank
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.problem import shorten_author_text

# Every part of a pattern is bounded: these run over lines that anybody can send.
_MARKS = re.compile(r"^\s*(?:>[ \t]*)*(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+|#{1,6}[ \t]+)?")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{0,1000}\)")
_TRIMMED = " \t*_[](){}<>|↑⬆️←→«».:!"
_PHRASES = re.compile(
    "|".join(
        (
            r"skip to (?:the )?(?:main )?(?:content|navigation)",
            r"edit (?:this page|on github|this page on github)|view (?:source|on github)",
            r"report an? issue|print this page",
            r"(?:go )?back to (?:the )?(?:top|start|home|index)|go back to .{1,80}",
            r"return to (?:the )?top|to the top",
            r"share this(?: page| post| article)?|share (?:on|via) \w{1,20}|tweet(?: this)?",
            r"copy (?:the )?link|cookie settings|(?:accept|reject)(?: all)? cookies",
            r"(?:we|this (?:web)?site|this page) uses? cookies.{0,200}",
            r"was this (?:page |article )?helpful\??|advertisement",
            r"subscribe to (?:our|my|the) newsletter.{0,80}",
            r"(?:all rights reserved|copyright ©|©).{0,120}",
            r"log in|sign in|sign up|open in app|\d{1,3} min(?:ute)? read",
            r"\[?toc\]?|% (?:include )?toc.{0,80}",
        )
    ),
    re.IGNORECASE,
)
_CONTENTS_ENTRY = re.compile(
    r"\s*(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\*\*)?\[[^\[\]]{0,300}\]\(#[^()\s]{0,300}\)(?:\*\*)?\s*$"
)
_CONTENTS_TITLE = re.compile(
    r"(?:table of )?contents|toc|on this page|in this article|quick links", re.IGNORECASE
)
_IMAGE = re.compile(
    r"\s*(?:(?:\[[ \t]{0,9})?!\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,300}\])"
    r"(?:[ \t]{0,9}\]\([^()\n]{0,1000}\))?|<img\b[^<>]{0,1000}>)[ \t]*"
)
_PROGRAM_LINE = re.compile(
    r"""(?:import\s+(?:[\w*{},\s]{1,200}\sfrom\s+)?['"][^'"]{1,300}['"]|"""
    r"""export\s+(?:const|default|let|function)\b.*);?\s*"""
)
_FENCE = re.compile(r"(?:\s*>)*\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,8}|~{3,8})[ \t]*([^`]*)$")
_LONGEST_REMAINS = 300
_LONGEST_CONTENTS_TITLE = 100
_MARKDOWN_LANGUAGES = ("md", "markdown", "mdx")


@dataclass(frozen=True, slots=True)
class _CodeBlock:
    """A block between fences: the places of its first and its last line, and its language."""

    start: int
    end: int
    language: str


def remove_boilerplate(lines: list[str], notes: ImportNotes) -> list[str]:
    """Return the lines without the remains of a page; report all of them but comments."""
    text = _remove_html_comments("\n".join(lines))
    kept = _remove_code_blocks(text.split("\n"), notes)
    _empty_boilerplate_lines(kept, notes)
    return _remove_contents_headings(kept)


def _empty_boilerplate_lines(lines: list[str], notes: ImportNotes) -> None:
    for number, line in enumerate(lines, 1):
        if line and (sentence := _describe_boilerplate(line)) is not None:
            notes.record_note(number, "dropped", sentence)
            lines[number - 1] = ""


def _describe_boilerplate(line: str) -> str | None:
    """Return the sentence about a line to leave out; None for a line to keep."""
    if _CONTENTS_ENTRY.match(line):
        return "I left out the table of contents."
    if _has_only_images(line):
        return "I left out a picture."
    if len(line) >= _LONGEST_REMAINS:
        return None
    if line.startswith(("import ", "export ")) and _PROGRAM_LINE.fullmatch(line):
        return "I left out a line of program code."
    words = _LINK.sub(r"\1", _MARKS.sub("", line)).strip(_TRIMMED)
    if _PHRASES.fullmatch(words):
        name = shorten_author_text(words)
        return f"I left out “{name}”: it belongs to the web page, not to the plan."
    return None


def _has_only_images(line: str) -> bool:
    end = 0
    # Image by image instead of one repeated pattern, whose time could explode.
    while "!" in line[end : end + 20] or "<img" in line[end : end + 20]:
        image = _IMAGE.match(line, end)
        if image is None:
            return False
        end = image.end()
    return end > 0 and not line[end:].strip()


def _remove_contents_headings(lines: list[str]) -> list[str]:
    """Empty the headings of a table of contents with nothing left below them."""
    next_line = "#"
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if next_line.startswith("#") and _is_contents_heading(line):
            lines[place] = ""
        elif line.strip():
            next_line = line
    return lines


def _is_contents_heading(line: str) -> bool:
    if len(line) >= _LONGEST_CONTENTS_TITLE:
        return False
    words = _MARKS.sub("", line, count=1).strip(_TRIMMED)
    return _CONTENTS_TITLE.fullmatch(words) is not None


def _remove_html_comments(text: str) -> str:
    """Return the text without comments, but with the line breaks inside them."""
    pieces: list[str] = []
    start = 0
    while (opening := text.find("<!--", start)) >= 0:
        closing = text.find("-->", opening)
        if closing < 0:
            break
        pieces += [text[start:opening], "\n" * text.count("\n", opening, closing)]
        start = closing + len("-->")
    return "".join((*pieces, text[start:]))


def _remove_code_blocks(lines: list[str], notes: ImportNotes) -> list[str]:
    """Empty the blocks between fences.

    A block stays, and only loses its fence, if it holds the plan.
    """
    kept = list(lines)
    blocks = _find_code_blocks(lines, notes)
    outside = _list_lines_outside(lines, blocks)
    has_text_outside = any(map(str.strip, outside))
    has_plan_outside = any(map(_is_unit_heading, outside))
    for block in blocks:
        kept[block.start] = ""
        if block.end == block.start:
            continue
        is_markdown = block.language in _MARKDOWN_LANGUAGES
        if not has_text_outside or (is_markdown and not has_plan_outside):
            kept[block.end] = ""
            continue
        kept[block.start : block.end + 1] = [""] * (block.end + 1 - block.start)
        what = "an example" if is_markdown else "a block of code"
        notes.record_note(block.start + 1, "dropped", f"I left out {what}.")
    return kept


def _find_code_blocks(lines: Sequence[str], notes: ImportNotes) -> list[_CodeBlock]:
    """Return the blocks between fences; a fence that never closes is a block of one line."""
    blocks: list[_CodeBlock] = []
    place = 0
    # Looking twice for a fence that never closes would take quadratic time.
    unclosed: set[str] = set()
    while place < len(lines):
        fence = _match_fence(lines[place])
        if fence is not None:
            mark, language = fence.group(1), fence.group(2).strip().lower()
            end = None if mark in unclosed else _find_code_end(lines, place, mark)
            if end is None:
                unclosed.add(mark)
                _report_unclosed_fence(place + 1, mark, notes)
                end = place
            blocks.append(_CodeBlock(place, end, language))
            place = end
        place += 1
    return blocks


def _list_lines_outside(lines: Sequence[str], blocks: Sequence[_CodeBlock]) -> list[str]:
    outside: list[str] = []
    start = 0
    for block in blocks:
        outside += lines[start : block.start]
        start = block.end + 1
    return [*outside, *lines[start:]]


def _is_unit_heading(line: str) -> bool:
    """Return True for a marked heading that names a week, a day or a phase."""
    return line.lstrip().startswith(("#", "**")) and find_unit_rank(line) is not None


def _match_fence(line: str) -> re.Match[str] | None:
    if "```" not in line and "~~~" not in line:
        return None
    return _FENCE.match(line)


def _report_unclosed_fence(line: int, mark: str, notes: ImportNotes) -> None:
    sentence = f"Close the block that starts with {mark}: I read it as plain text."
    notes.record_note(line, "odd", sentence)


def _find_code_end(lines: Sequence[str], start: int, mark: str) -> int | None:
    closing = re.compile(rf"(?:\s*>)*\s*{mark[0]}{{{len(mark)},}}\s*$")
    for place in range(start + 1, len(lines)):
        if closing.match(lines[place]):
            return place
    return None
