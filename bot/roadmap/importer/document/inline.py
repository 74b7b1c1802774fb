"""The inside of a block: plain text, with its links beside it and a bold label known.

A line after a break, or with a label like the line before it, stands for itself; other lines are
joined, just like in a rendered page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Link, Prose

# The parser takes more than quadratic time for many marks or brackets in one text.
LONGEST_MARKED = 2_000
MOST_BRACKETS = 40
MOST_SIGNS = 200
LONGEST_LABEL = 30

_MARKUP = re.compile(r"[\\`*_~\[\]<>&!]|://")
_COUNTED_SIGNS = "*_~`<&\\"
_LABEL_START = re.compile(r"[^\W\d_][^:.!?]{0,30}:(?:\s|$)")
_WHOLE_LABEL = re.compile(r"[^:.!?]+:")
_LABEL_SIGNS = (":", "–", "—", "-")
_HREF = re.compile(
    r"""<a\s[^<>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE
)
_TAG = re.compile(r"</?([a-z][a-z0-9]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\]+")
_BOLD_TAGS = ("b", "strong")
_BREAKING_TAGS = ("br", "p", "li", "tr", "div")


@dataclass(slots=True)
class _TextLine:
    """A line during parsing."""

    number: int
    has_break_before: bool
    """Whether its author asked for a break before it."""
    text: str = ""
    links: list[Link] = field(default_factory=list)
    bold_offsets: list[int] = field(default_factory=list)
    """The places in the text at which bold starts and ends, in turn."""
    alt_text: str = ""
    """The description of the line's first picture."""


class InlineReader:
    """Reads the inside of blocks; `env` has the link targets defined elsewhere in the document."""

    def __init__(self, parser: MarkdownIt, env: dict[str, object], notes: ImportNotes) -> None:
        self._parser, self._env, self._notes = parser, env, notes

    def read_paragraphs(self, content: str, line: int) -> list[Prose]:
        """Return a block's lines; `line` is the number of the first one."""
        parts = [content]
        if _is_crowded(content):
            # Line by line, most of a long text still gets its marks read.
            parts = content.split("\n")
        text_lines: list[_TextLine] = []
        for part in parts:
            text_lines += self._read_text_lines(part, line)
            line += part.count("\n") + 1
        proses = map(_build_prose, _group_text_lines(text_lines))
        return [prose for prose in proses if prose.text]

    def _read_text_lines(self, content: str, line: int) -> list[_TextLine]:
        if not _MARKUP.search(content):
            return _split_plain_lines(content, line)
        sign_count = sum(map(content.count, _COUNTED_SIGNS))
        if _is_crowded(content) or sign_count > MOST_SIGNS:
            sentence = "This text has too many formatting signs, so I read it as plain text."
            self._notes.record_note(line, "odd", sentence)
            return _split_plain_lines(content, line)
        tokens: list[Token] = []
        self._parser.inline.parse(content, self._parser, self._env, tokens)
        return _InlineBuilder(line).build_lines(tokens)


def _is_crowded(content: str) -> bool:
    return len(content) > LONGEST_MARKED or content.count("[") > MOST_BRACKETS


def _split_plain_lines(content: str, line: int) -> list[_TextLine]:
    """Return the lines of a text without marks."""
    text_lines: list[_TextLine] = []
    has_break = False
    for place, text in enumerate(content.split("\n")):
        text_lines.append(_TextLine(line + place, has_break, text))
        # Two spaces at a line's end ask for a break, even without any mark.
        has_break = text.endswith("  ")
    return text_lines


class _InlineBuilder:
    """Builds lines from the tokens inside a block."""

    def __init__(self, number: int) -> None:
        self._lines = [_TextLine(number, False)]
        self._bold_depth = 0
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
            case "text" | "text_special":
                self._append_text(token.content)
            case "code_inline":
                self._append_text(token.content, is_code=True)
            case "softbreak" | "hardbreak":
                self._start_text_line(is_own=token.type == "hardbreak", number=1)
            case "strong_open":
                self._change_bold_depth(1)
            case "strong_close":
                self._change_bold_depth(-1)
            case _:
                self._handle_link_token(token)

    def _handle_link_token(self, token: Token) -> None:
        match token.type:
            case "link_open":
                self._open_inline_link(str(token.attrs.get("href", "")))
            case "link_close":
                self._close_inline_link()
            case "image":
                line = self._lines[-1]
                line.alt_text = line.alt_text or token.content.strip()
            case "html_inline":
                self._handle_html_tag(token.content)

    def _handle_html_tag(self, text: str) -> None:
        tag = _TAG.match(text)
        if tag is None:
            # `<!channel>` is no HTML, and a comment says nothing.
            if not text.startswith("<!--"):
                self._append_text(" ".join(text.split()))
            return
        name = tag.group(1).lower()
        is_closing = text.startswith("</")
        if name == "a":
            self._handle_anchor(text, is_closing=is_closing)
        elif name in _BOLD_TAGS:
            self._change_bold_depth(-1 if is_closing else 1)
        elif name in _BREAKING_TAGS:
            self._start_text_line(is_own=True, number=0)

    def _handle_anchor(self, text: str, *, is_closing: bool) -> None:
        if is_closing:
            self._close_inline_link()
        elif match := _HREF.match(text):
            # One group for each kind of quotes; an empty address is an address, too.
            href = next(group for group in match.groups() if group is not None)
            self._open_inline_link(href.replace("&amp;", "&"))

    def _append_text(self, text: str, *, is_code: bool = False) -> None:
        line = self._lines[-1]
        line.text += text
        if self._link is not None:
            self._link[1].append(text)
        elif "://" in text and not is_code:
            for address in map(_trim_address, _ADDRESS.findall(text)):
                line.links.append(Link(address, address))

    def _start_text_line(self, *, is_own: bool, number: int) -> None:
        """Start a line, `number` lines further down; `is_own` keeps it from being joined."""
        last = self._lines[-1]
        bold_offsets: list[int] = []
        if self._bold_depth:
            last.bold_offsets.append(len(last.text))
            bold_offsets.append(0)
        line = _TextLine(last.number + number, is_own, bold_offsets=bold_offsets)
        self._lines.append(line)
        if self._link is not None:
            self._link[1].append(" ")

    def _change_bold_depth(self, step: int) -> None:
        was_bold = self._bold_depth > 0
        self._bold_depth = max(0, self._bold_depth + step)
        if was_bold != (self._bold_depth > 0):
            line = self._lines[-1]
            line.bold_offsets.append(len(line.text))

    def _open_inline_link(self, target: str) -> None:
        self._close_inline_link()
        self._link = (target, [], self._lines[-1])

    def _close_inline_link(self) -> None:
        if self._link is not None:
            # A link over several lines belongs to the first of them.
            target, words, line = self._link
            line.links.append(Link(_collapse_spaces("".join(words)), target.strip()))
            self._link = None


def _trim_address(address: str) -> str:
    # An address with brackets, common in Wikipedia, keeps its last one.
    if "(" in address:
        return address.rstrip(".,;:!?]*_")
    return address.rstrip(".,;:!?)]*_")


def _set_badge_text(line: _TextLine) -> None:
    """Give words to a line with only a linked picture: a line without words would be lost."""
    if line.links and not line.text.strip():
        first, *others = line.links
        line.text = line.alt_text or first.target
        line.links = [Link(line.text, first.target), *others]


def _find_bold_label(line: _TextLine) -> tuple[str, str, str] | None:
    """Return the bold words at a line's beginning, the sign after them, and the rest."""
    if not line.bold_offsets or line.text[: line.bold_offsets[0]].strip():
        return None
    start, end, *_ = (*line.bold_offsets, len(line.text))
    words, rest = line.text[start:end].strip(), line.text[end:].strip()
    if words.endswith(":"):
        return words[:-1], ":", rest
    if _starts_with_label_sign(rest):
        return words, rest[0], rest[1:]
    return None


def _starts_with_label_sign(rest: str) -> bool:
    if not rest.startswith(_LABEL_SIGNS):
        return False
    # “**End**-to-end” has a hyphen, and no label.
    return rest[0] == ":" or len(rest) == 1 or rest[1].isspace()


def _split_line_label(line: _TextLine) -> tuple[str, str]:
    if bold_label := _find_bold_label(line):
        words, _, rest = bold_label
        return _collapse_spaces(words), rest
    text = line.text.strip()
    if len(text) <= LONGEST_LABEL and _WHOLE_LABEL.fullmatch(text):
        return _collapse_spaces(text[:-1]), ""
    return "", ""


def _group_text_lines(lines: Sequence[_TextLine]) -> list[list[_TextLine]]:
    """Return the lines in groups, one for each line of a rendered page."""
    groups: list[list[_TextLine]] = []
    for line in lines:
        if groups and _can_continue_group(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _can_continue_group(group: Sequence[_TextLine], line: _TextLine) -> bool:
    return not line.has_break_before and not _is_new_paragraph(group[0], line)


def _is_new_paragraph(first: _TextLine, line: _TextLine) -> bool:
    if label := _find_bold_label(line):
        return label[1] == ":" or _find_bold_label(first) is not None
    return _has_plain_label(line) and _has_plain_label(first)


def _has_plain_label(line: _TextLine) -> bool:
    return _LABEL_START.match(line.text.lstrip()) is not None


def _build_prose(group: Sequence[_TextLine]) -> Prose:
    label, rest = _split_line_label(group[0])
    texts = [line.text for line in group]
    # Bold words of nothing but spaces leave a rest without a label.
    rest = _collapse_spaces(" ".join([rest, *texts[1:]])) if label else ""
    return Prose(
        group[0].number,
        _collapse_spaces(" ".join(texts)),
        tuple(link for line in group for link in line.links),
        label,
        rest,
        all(map(_is_bold_line, group)),
    )


def _is_bold_line(line: _TextLine) -> bool:
    """Return True for a line with nothing outside its bold words but a colon."""
    bold = plain = ""
    for is_bold, piece in _split_at_bold(line):
        if is_bold:
            bold += piece
        else:
            plain += piece
    return bool(bold.strip()) and not plain.strip(" :")


def _split_at_bold(line: _TextLine) -> Iterator[tuple[bool, str]]:
    start = 0
    for place, end in enumerate((*line.bold_offsets, len(line.text))):
        # The text before the first place is plain, then bold and plain take turns.
        yield place % 2 == 1, line.text[start:end]
        start = end


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())
