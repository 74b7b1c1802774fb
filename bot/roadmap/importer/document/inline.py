"""What stands inside a block: plain text, with its links beside it and its bold beginning known.

Lines that break, or that each begin with a label, are told apart; others are joined, as a reader would.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Link, Prose

LONGEST_MARKED = 2_000
MOST_BRACKETS = 40
MOST_SIGNS = 200

_SPECIAL = re.compile(r"[\\`*_~\[\]<>&!]|://")
_PLAIN_LABEL = re.compile(r"[^\W\d_][^:.!?]{0,30}:(?:\s|$)")
_WHOLE_LABEL = re.compile(r"[^:.!?]+:")
_SIGNS = (":", "–", "—", "-")
_HREF = re.compile(
    r"""<a\s[^<>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE
)
_TAG = re.compile(r"</?([a-z][a-z0-9]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\]+")
_BOLD_TAGS = ("b", "strong")
_BREAKING_TAGS = ("br", "p", "li", "tr", "div")
LONGEST_LABEL = 30


@dataclass(slots=True)
class _TextLine:
    """A line while it grows. `bold` are the places of its text where bold begins and ends, in turn."""

    number: int
    has_break_before: bool
    """Whether a break before it was asked for."""
    text: str = ""
    links: list[Link] = field(default_factory=list)
    bold_offsets: list[int] = field(default_factory=list)
    alt_text: str = ""
    """What the first picture of the line shows, as its author says it."""


class InlineReader:
    """Reads the inside of blocks, with the link targets that the document defines elsewhere."""

    def __init__(self, parser: MarkdownIt, env: dict[str, object], notes: ImportNotes) -> None:
        self._parser, self._env, self._notes = parser, env, notes

    def read_paragraphs(self, content: str, line: int) -> list[Prose]:
        """The lines of a block that stand for themselves. `line` is the number of its first one."""
        grown: list[_TextLine] = []
        # Reading marks costs more than the square of the length where somebody wants it to.
        is_crowded = len(content) > LONGEST_MARKED or content.count("[") > MOST_BRACKETS
        parts = content.split("\n") if is_crowded else [content]
        for part in parts:
            grown += self._read_text_lines(part, line)
            line += part.count("\n") + 1
        return [prose for group in _group_text_lines(grown) if (prose := _build_prose(group)).text]

    def _read_text_lines(self, content: str, line: int) -> list[_TextLine]:
        if not _SPECIAL.search(content):
            return _split_plain_lines(content, line)
        signs = sum(content.count(sign) for sign in "*_~`<&\\")
        if (
            len(content) > LONGEST_MARKED
            or content.count("[") > MOST_BRACKETS
            or signs > MOST_SIGNS
        ):
            self._notes.record_note(
                line,
                "odd",
                "This holds more signs than text can, so none of them was read as markup.",
            )
            return _split_plain_lines(content, line)
        tokens: list[Token] = []
        self._parser.inline.parse(content, self._parser, self._env, tokens)
        return _InlineBuilder(line).build_lines(tokens)


def _split_plain_lines(content: str, line: int) -> list[_TextLine]:
    """The lines of text without marks; two spaces at the end of a line ask for a break all the same."""
    texts = content.split("\n")
    breaks = [False, *(text.endswith("  ") for text in texts)]
    return [_TextLine(line + place, breaks[place], text) for place, text in enumerate(texts)]


class _InlineBuilder:
    """Lines growing from the tokens inside a block."""

    def __init__(self, number: int) -> None:
        self._lines = [_TextLine(number, False)]
        self._bold = 0
        self._link: tuple[str, list[str], _TextLine] | None = None

    def build_lines(self, tokens: Sequence[Token]) -> list[_TextLine]:
        for token in tokens:
            self._handle_token(token)
        self._close_inline_link()
        for line in self._lines:
            _set_badge_text(line)
        return self._lines

    def _handle_token(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special" | "code_inline":
                self._append_text(token.content, is_code=token.type == "code_inline")
            case "softbreak" | "hardbreak":
                self._start_text_line(is_own=token.type == "hardbreak", number=1)
            case "strong_open" | "strong_close":
                self._update_bold_depth(1 if token.type == "strong_open" else -1)
            case "link_open":
                self._open_inline_link(str(token.attrs.get("href", "")))
            case "link_close":
                self._close_inline_link()
            case "image":
                self._lines[-1].alt_text = self._lines[-1].alt_text or token.content.strip()
            case "html_inline":
                self._handle_html_tag(token.content)

    def _handle_html_tag(self, tag: str) -> None:
        found = _TAG.match(tag)
        if found is None and not tag.startswith("<!--"):
            self._append_text(
                " ".join(tag.split()), is_code=False
            )  # `<!channel>` is no tag of HTML
        name = found.group(1).lower() if found else ""
        is_closing = tag.startswith("</")
        if name == "a" and is_closing:
            self._close_inline_link()
        elif name == "a" and (href := _HREF.match(tag)):
            self._open_inline_link(
                next(one for one in href.groups() if one is not None).replace("&amp;", "&")
            )
        elif name in _BOLD_TAGS:
            self._update_bold_depth(-1 if is_closing else 1)
        elif name in _BREAKING_TAGS:
            self._start_text_line(is_own=True, number=0)

    def _append_text(self, text: str, *, is_code: bool) -> None:
        line = self._lines[-1]
        line.text += text
        if self._link is not None:
            self._link[1].append(text)
        elif "://" in text and not is_code:
            for found in _ADDRESS.findall(text):
                address = found.rstrip(".,;:!?)]*_" if "(" not in found else ".,;:!?]*_")
                line.links.append(Link(address, address))

    def _start_text_line(self, *, is_own: bool, number: int) -> None:
        last = self._lines[-1]
        if self._bold:
            last.bold_offsets.append(len(last.text))
        self._lines.append(
            _TextLine(last.number + number, is_own, bold_offsets=[0] if self._bold else [])
        )
        if self._link is not None:
            self._link[1].append(" ")

    def _update_bold_depth(self, step: int) -> None:
        before, self._bold = self._bold, max(0, self._bold + step)
        if bool(before) != bool(self._bold):
            self._lines[-1].bold_offsets.append(len(self._lines[-1].text))

    def _open_inline_link(self, target: str) -> None:
        self._close_inline_link()
        self._link = (target, [], self._lines[-1])

    def _close_inline_link(self) -> None:
        if self._link is not None:
            target, words, line = self._link
            line.links.append(Link(" ".join("".join(words).split()), target.strip()))
            self._link = None


def _set_badge_text(line: _TextLine) -> None:
    """Give words to a line that holds nothing but a linked picture, so that its link is not lost."""
    if line.links and not line.text.strip():
        first, *others = line.links
        line.text = line.alt_text or first.target
        line.links = [Link(line.text, first.target), *others]


def _find_bold_label(line: _TextLine) -> tuple[str, str, str] | None:
    """The bold words at the beginning, the sign that makes them a label, and what follows it."""
    if not line.bold_offsets or line.text[: line.bold_offsets[0]].strip():
        return None
    end = line.bold_offsets[1] if len(line.bold_offsets) > 1 else len(line.text)
    words, rest = line.text[line.bold_offsets[0] : end].strip(), line.text[end:].strip()
    if words.endswith(":"):
        return words[:-1], ":", rest
    if rest.startswith(_SIGNS) and (rest[0] == ":" or len(rest) == 1 or rest[1].isspace()):
        return words, rest[0], rest[1:]
    return None


def _split_line_label(line: _TextLine) -> tuple[str, str]:
    if found := _find_bold_label(line):
        return _collapse_spaces(found[0]), found[2]
    text = line.text.strip()
    if len(text) <= LONGEST_LABEL and _WHOLE_LABEL.fullmatch(text):
        return _collapse_spaces(text[:-1]), ""
    return "", ""


def _group_text_lines(lines: Sequence[_TextLine]) -> list[list[_TextLine]]:
    """The lines in groups: each is one line to the reader."""
    groups: list[list[_TextLine]] = []
    for line in lines:
        if groups and not line.has_break_before and not _is_new_paragraph(groups[-1][0], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _is_new_paragraph(first: _TextLine, line: _TextLine) -> bool:
    if label := _find_bold_label(line):
        return label[1] == ":" or _find_bold_label(first) is not None
    return (
        _PLAIN_LABEL.match(line.text.lstrip()) is not None
        and _PLAIN_LABEL.match(first.text.lstrip()) is not None
    )


def _build_prose(group: Sequence[_TextLine]) -> Prose:
    label, rest = _split_line_label(group[0])
    return Prose(
        group[0].number,
        _collapse_spaces(" ".join(line.text for line in group)),
        tuple(link for line in group for link in line.links),
        label,
        _collapse_spaces(" ".join((rest, *(line.text for line in group[1:])))) if label else "",
        all(_is_bold_line(line) for line in group),
    )


def _is_bold_line(line: _TextLine) -> bool:
    inside = outside = ""
    last = 0
    for place, end in enumerate((*line.bold_offsets, len(line.text))):
        if place % 2:
            inside += line.text[last:end]
        else:
            outside += line.text[last:end]
        last = end
    return bool(inside.strip()) and not outside.strip(" :")


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())
