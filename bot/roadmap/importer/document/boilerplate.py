"""What a page leaves behind when its text is copied: menus, badges, tables of contents, code. It is emptied line by line.

Lines stay where they are, so that every number still is that of the file.
"""

from __future__ import annotations

import itertools
import re

from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.problem import shorten_author_text

_MARKS = re.compile(r"^\s*(?:>[ \t]*)*(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+|#{1,6}[ \t]+)?")
_LINKED = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{0,1000}\)")
_AROUND = " \t*_[](){}<>|↑⬆️←→«».:!"
_PHRASES = re.compile(
    "|".join(
        (
            r"skip to (?:the )?(?:main )?(?:content|navigation)",
            r"edit (?:this page|on github|this page on github)|view (?:source|on github)|report an? issue|print this page",
            r"(?:go )?back to (?:the )?(?:top|start|home|index)|go back to .{1,80}|return to (?:the )?top|to the top",
            r"share this(?: page| post| article)?|share (?:on|via) \w{1,20}|tweet(?: this)?|copy (?:the )?link",
            r"(?:we|this (?:web)?site|this page) uses? cookies.{0,200}|(?:accept|reject)(?: all)? cookies|cookie settings",
            r"was this (?:page |article )?helpful\??|subscribe to (?:our|my|the) newsletter.{0,80}|advertisement",
            r"(?:all rights reserved|copyright ©|©).{0,120}|log in|sign in|sign up|open in app|\d{1,3} min(?:ute)? read",
            r"\[?toc\]?|% (?:include )?toc.{0,80}",
        )
    ),
    re.IGNORECASE,
)
_ANCHOR = re.compile(
    r"\s*(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\*\*)?\[[^\[\]]{0,300}\]\(#[^()\s]{0,300}\)(?:\*\*)?\s*$"
)
_CONTENTS = re.compile(
    r"(?:table of )?contents|toc|on this page|in this article|quick links", re.IGNORECASE
)
_IMAGES = re.compile(
    r"\s*(?:(?:\[[ \t]{0,9})?!\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,300}\])"
    r"(?:[ \t]{0,9}\]\([^()\n]{0,1000}\))?|<img\b[^<>]{0,1000}>)[ \t]*"
)
_MODULE = re.compile(
    r"""(?:import\s+(?:[\w*{},\s]{1,200}\sfrom\s+)?['"][^'"]{1,300}['"]|export\s+(?:const|default|let|function)\b.*);?\s*"""
)
_FENCE = re.compile(r"(?:\s*>)*\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,8}|~{3,8})[ \t]*([^`]*)$")


def remove_boilerplate(lines: list[str], notes: ImportNotes) -> list[str]:
    """The lines without what belonged to the page rather than to the plan; each kind is told, except comments."""
    kept = _remove_code_blocks(_remove_html_comments("\n".join(lines)).split("\n"), notes)
    for number, line in enumerate(kept, 1):
        if line and (sentence := _describe_boilerplate(line)) is not None:
            notes.record_note(number, "dropped", sentence)
            kept[number - 1] = ""
    return _remove_contents_headings(kept)


def _describe_boilerplate(line: str) -> str | None:
    """What to say about a line that is dropped."""
    if _ANCHOR.match(line):
        return "Left out the table of contents."
    if _has_only_images(line):
        return "Left out a picture."
    if line.startswith(("import ", "export ")) and len(line) < 300 and _MODULE.fullmatch(line):
        return "Left out a line of program code."
    if len(line) < 300:
        words = _LINKED.sub(r"\1", _MARKS.sub("", line)).strip(_AROUND)
        if _PHRASES.fullmatch(words):
            return (
                f"Left out what belongs to a page, not to a plan: “{shorten_author_text(words)}”."
            )
    return None


def _has_only_images(line: str) -> bool:
    end = 0
    while "!" in line[end : end + 20] or "<img" in line[end : end + 20]:
        found = _IMAGES.match(line, end)
        if found is None:
            return False
        end = found.end()
    return 0 < end == len(line.rstrip()) or (end > 0 and not line[end:].strip())


def _remove_contents_headings(lines: list[str]) -> list[str]:
    """Empty the headings of a table of contents that has nothing left in it."""
    after = "#"
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        words = _MARKS.sub("", line, count=1).strip(_AROUND) if len(line) < 100 else ""
        if words and after.startswith("#") and _CONTENTS.fullmatch(words):
            lines[place] = ""
        elif line.strip():
            after = line
    return lines


def _remove_html_comments(text: str) -> str:
    parts, at = [], 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        parts += [text[at:begin], "\n" * text.count("\n", begin, end)]
        at = end + len("-->")
    return "".join((*parts, text[at:]))


def _remove_code_blocks(lines: list[str], notes: ImportNotes) -> list[str]:
    """Empty the blocks between fences; what is Markdown itself, or everything there is, stays without its fence."""
    kept, place = list(lines), 0
    unclosed: set[str] = set()
    while place < len(lines):
        fence = (
            _FENCE.match(lines[place]) if "```" in lines[place] or "~~~" in lines[place] else None
        )
        if fence is None:
            place += 1
            continue
        mark, language = fence.group(1), fence.group(2).strip().lower()
        end = None if mark in unclosed else _find_code_end(lines, place, mark)
        kept[place] = ""
        if end is None:
            unclosed.add(mark)
            notes.record_note(
                place + 1,
                "odd",
                f"Close the block that begins with {mark}: it was read as plain text.",
            )
        elif language not in ("md", "markdown", "mdx") and _has_text_outside(lines, place, end):
            kept[place : end + 1] = [""] * (end + 1 - place)
            notes.record_note(place + 1, "dropped", "Left out a block of code.")
        else:
            kept[end] = ""
        place = place + 1 if end is None else end + 1
    return kept


def _find_code_end(lines: list[str], start: int, mark: str) -> int | None:
    closing = re.compile(rf"(?:\s*>)*\s*{mark[0]}{{{len(mark)},}}\s*$")
    return next(
        (place for place in range(start + 1, len(lines)) if closing.match(lines[place])), None
    )


def _has_text_outside(lines: list[str], start: int, end: int) -> bool:
    outside = itertools.chain(
        itertools.islice(lines, start), itertools.islice(lines, end + 1, None)
    )
    return any(line.strip() for line in outside)
