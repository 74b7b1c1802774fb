"""The remains of a web page in a copied text: menus, badges, tables of contents, code.

They are emptied line by line, so that every line keeps its number.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

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

    A block of Markdown, or one without text around it, stays and only loses its fence.
    """
    kept, place = list(lines), 0
    # Looking twice for a fence that never closes would take quadratic time.
    unclosed: set[str] = set()
    while place < len(lines):
        fence = _match_fence(lines[place])
        if fence is None:
            place += 1
            continue
        kept[place] = ""
        mark, language = fence.group(1), fence.group(2).strip().lower()
        end = None
        if mark not in unclosed:
            end = _find_code_end(lines, place, mark)
        if end is None:
            unclosed.add(mark)
            _report_unclosed_fence(place + 1, mark, notes)
            end = place
        elif _is_plan_block(lines, place, end, language):
            kept[end] = ""
        else:
            kept[place : end + 1] = [""] * (end + 1 - place)
            notes.record_note(place + 1, "dropped", "I left out a block of code.")
        place = end + 1
    return kept


def _is_plan_block(lines: Sequence[str], start: int, end: int, language: str) -> bool:
    """Return True for a block with a plan inside, and not with code."""
    return language in _MARKDOWN_LANGUAGES or not _has_text_outside(lines, start, end)


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


def _has_text_outside(lines: Sequence[str], start: int, end: int) -> bool:
    before = itertools.islice(lines, start)
    after = itertools.islice(lines, end + 1, None)
    return any(line.strip() for line in itertools.chain(before, after))
