"""Markdown to an outline: CommonMark with tables, read generously, within bounds that no input can pass.

Everything inside a block is read block by block and let go again, so that a large document costs little more than its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.roadmap.importer.document.indentation import (
    LABEL,
    MOST_DEPTH,
    build_depth_error,
    normalize_indentation,
)
from bot.roadmap.importer.document.inline import InlineReader
from bot.roadmap.importer.file import build_file_error
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Block, Bullet, BulletList, Prose, Section, Table

MOST_BULLETS = 4_000
MOST_SECTIONS = 2_000
# Deeper than anything that is accepted, so that the parser does not fall silent before it is refused.
_PARSED_DEPTH = 60

_TOO_DEEP = re.compile(
    rf"\s*(?:(?:>[ \t]*){{{MOST_DEPTH + 1}}}|(?:(?:>|[-*+](?=\s)|\d{{1,9}}[.)](?=\s))[ \t]*){{{MOST_DEPTH + 1}}}[^\s>*+-])"
)
_TASK = re.compile(r"\[([ xX]?)\][ \t]+(?=\S)")
_LISTS = ("bullet_list_open", "ordered_list_open")
_DEEPER = (*_LISTS, "blockquote_open")
_SHALLOWER = ("bullet_list_close", "ordered_list_close", "blockquote_close")


def parse_sections(lines: Sequence[str], name: str, notes: ImportNotes) -> Section:
    """The document as one section without heading. Raises RoadmapError for what is nested too deep or holds more entries
    and sections than any plan."""
    for number, line in enumerate(lines, 1):
        if _TOO_DEEP.match(line):
            raise build_depth_error(name, number)
    parser = _build_markdown_parser()
    env: dict[str, object] = {}
    tokens = parser.parse("\n".join(normalize_indentation(lines, name)), env)
    _check_document_size(tokens, name)
    return _TokenReader(tokens, InlineReader(parser, env, notes)).read_document()


def _build_markdown_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _PARSED_DEPTH}).enable(
        ["table", "strikethrough"]
    )
    # Indented text is text, not code; HTML is read for what it says; what stands inside a block is parsed on demand.
    parser.disable(["code", "html_block", "inline", "text_join"])
    # Targets stay as they were written: what may be linked to is decided elsewhere.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return parser


def _check_document_size(tokens: Sequence[Token], name: str) -> None:
    depth = bullets = headings = line = 0
    for token in tokens:
        line = _get_token_line(token, line)
        depth += (token.type in _DEEPER) - (token.type in _SHALLOWER)
        bullets += token.type == "list_item_open"
        headings += token.type == "heading_open"
        if depth > MOST_DEPTH:
            raise build_depth_error(name, line)
        if bullets > MOST_BULLETS:
            raise build_file_error(
                name,
                line,
                f"Split the file here: at most {MOST_BULLETS:,} entries of lists are read.",
            )
        if headings > MOST_SECTIONS:
            raise build_file_error(
                name, line, f"Split the file here: at most {MOST_SECTIONS:,} headings are read."
            )


class _TokenReader:
    """The tokens of a document, on the way to being sections."""

    def __init__(self, tokens: Sequence[Token], lines: InlineReader) -> None:
        self._tokens, self._lines = tokens, lines
        self._at = 0

    def read_document(self) -> Section:
        """Everything, nested by the levels of the headings."""
        flat: list[tuple[Prose, int, list[Block]]] = [(Prose(1, ""), 0, [])]
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.type == "heading_open" and (heading := self._read_heading()) is not None:
                flat.append((heading, int(token.tag[1]), []))
            elif token.type != "heading_open":
                flat[-1][2].extend(self._read_block())
        return _build_section_tree(flat)

    def _read_heading(self) -> Prose | None:
        """The heading here, if it is one; what only looks like one is left to be read as text."""
        opening, inline = self._tokens[self._at], self._tokens[self._at + 1]
        if inline.content.startswith(LABEL):
            opening.type, inline.content = "paragraph_open", inline.content.removeprefix(LABEL)
            return None
        is_underlined = opening.markup in ("-", "=")
        proses = self._read_token_paragraphs(inline)
        if is_underlined and (
            len(proses) != 1
            or "\n" in inline.content
            or len(inline.content) > 100
            or proses[0].rest
        ):
            opening.type = "paragraph_open"
            return None
        self._at += 3
        return _join_paragraphs(proses, proses[0].line) if proses else None

    def _read_block(self) -> Iterator[Block]:
        """What begins here, and past it."""
        token = self._tokens[self._at]
        if token.type in _LISTS:
            yield from self._read_bullet_list()
        elif token.type == "table_open":
            yield self._read_markdown_table()
        elif token.type == "inline":
            self._at += 1
            yield from self._read_token_paragraphs(token)
        else:
            # The frames of paragraphs and quotes say nothing that their inside does not.
            self._at += 1

    def _read_token_paragraphs(self, token: Token) -> list[Prose]:
        return self._lines.read_paragraphs(token.content, _get_token_line(token, 1))

    def _read_blocks_until(self, closing: str) -> list[Block]:
        blocks: list[Block] = []
        level = self._tokens[self._at].level
        self._at += 1
        while (token := self._tokens[self._at]).type != closing or token.level != level:
            if token.type == "heading_open":
                token.type = "paragraph_open"
            blocks += self._read_block()
        self._at += 1
        return blocks

    def _read_bullet_list(self) -> Iterator[BulletList]:
        opening = self._tokens[self._at]
        line = _get_token_line(opening, 1)
        self._at += 1
        entries: list[Bullet] = []
        while self._tokens[self._at].type == "list_item_open":
            entries += self._read_list_item()
        self._at += 1
        if entries:
            yield BulletList(line, tuple(entries))

    def _read_list_item(self) -> Iterator[Bullet]:
        """The entry that begins here; those of an inner list where it holds nothing else; none where it is empty."""
        item, inline = self._tokens[self._at], self._tokens[self._at + 2]
        number = int(item.info) if item.info.isdigit() else None
        checked = None
        if inline.type == "inline" and (task := _TASK.match(inline.content)):
            checked = task.group(1) in ("x", "X")
            inline.content = inline.content[task.end() :]
        blocks = self._read_blocks_until("list_item_close")
        match blocks:
            case [Prose() as first, *below]:
                yield Bullet(first, number, checked, tuple(below))
            case [BulletList(entries=inner)]:
                yield from inner
            case [_, *_]:
                yield Bullet(Prose(_get_token_line(item, 1), ""), number, checked, tuple(blocks))

    def _read_markdown_table(self) -> Table:
        opening = self._tokens[self._at]
        line = _get_token_line(opening, 1)
        rows: list[tuple[Prose, ...]] = []
        cells: list[Prose] = []
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type == "inline":
                cells.append(
                    _join_paragraphs(self._lines.read_paragraphs(token.content, line), line)
                )
            elif token.type == "tr_open":
                line, cells = _get_token_line(token, line), []
            elif token.type == "tr_close":
                rows.append(tuple(cells))
        self._at += 1
        return Table(rows[0][0].line if rows and rows[0] else line, rows[0], tuple(rows[1:]))


def _get_token_line(token: Token, otherwise: int) -> int:
    """The number of the line on which a token begins."""
    return token.map[0] + 1 if token.map else otherwise


def _join_paragraphs(proses: Sequence[Prose], line: int) -> Prose:
    """Several lines as one, their labels forgotten."""
    if len(proses) == 1:
        return proses[0]
    return Prose(
        line,
        " ".join(one.text for one in proses),
        tuple(link for one in proses for link in one.links),
    )


def _build_section_tree(flat: Sequence[tuple[Prose, int, list[Block]]]) -> Section:
    """Sections inside sections, by their levels."""
    inside: list[list[Section]] = [[] for _ in flat]
    parents: list[int] = []
    stack: list[int] = []
    for place, (_, level, _) in enumerate(flat):
        while stack and flat[stack[-1]][1] >= level:
            stack.pop()
        parents.append(stack[-1] if stack else -1)
        stack.append(place)
    for place in range(len(flat) - 1, 0, -1):
        heading, level, blocks = flat[place]
        inside[parents[place]].append(
            Section(heading, level, tuple(blocks), tuple(reversed(inside[place])))
        )
    heading, level, blocks = flat[0]
    return Section(heading, level, tuple(blocks), tuple(reversed(inside[0])))
