"""Markdown to an outline: CommonMark with tables, read generously, within bounds for any input.

The inside of a block is parsed when the block is read and then forgotten, so a large document
takes little more memory than its text.
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
# Beyond its own limit the parser skips text silently, so the limit is above any accepted depth.
_PARSED_DEPTH = 60
_LONGEST_UNDERLINED = 100

_TOO_DEEP = re.compile(
    rf"\s*(?:(?:>[ \t]*){{{MOST_DEPTH + 1}}}|"
    rf"(?:(?:>|[-*+](?=\s)|\d{{1,9}}[.)](?=\s))[ \t]*){{{MOST_DEPTH + 1}}}[^\s>*+-])"
)
_CHECKBOX = re.compile(r"\[([ xX]?)\][ \t]+(?=\S)")
_MOST_CELLS = 65_536  # as many as the parser adds to a table with a rule
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_LIST_OPENINGS = ("bullet_list_open", "ordered_list_open")
_DEEPER = (*_LIST_OPENINGS, "blockquote_open")
_SHALLOWER = ("bullet_list_close", "ordered_list_close", "blockquote_close")
_FlatSection = tuple[Prose, int, list[Block]]
"""A heading, its level and its blocks, before sections stand inside each other."""


def parse_sections(lines: Sequence[str], name: str, notes: ImportNotes) -> Section:
    """Return the document as one section without a heading.

    Raises RoadmapError for a text nested too deep, or with too many entries or headings.
    """
    for number, line in enumerate(lines, 1):
        if _TOO_DEEP.match(line):
            raise build_depth_error(name, number)
    parser = _build_markdown_parser()
    env: dict[str, object] = {}
    tokens = parser.parse("\n".join(normalize_indentation(lines, name)), env)
    _check_document_size(tokens, name)
    return _TokenReader(tokens, InlineReader(parser, env, notes)).read_document()


def _build_markdown_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _PARSED_DEPTH})
    parser.enable(["table", "strikethrough"])
    # Indented text is text and no code, and HTML is read for its words. The inside of blocks is
    # parsed on demand.
    parser.disable(["code", "html_block", "inline", "text_join"])
    # Link targets stay exactly like in the document; whether they are allowed is decided later.
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
            sentence = f"Split the file here: it can have at most {MOST_BULLETS:,} list entries."
            raise build_file_error(name, line, sentence)
        if headings > MOST_SECTIONS:
            sentence = f"Split the file here: it can have at most {MOST_SECTIONS:,} headings."
            raise build_file_error(name, line, sentence)


class _TokenReader:
    """Reads a document's tokens into sections, one token after the other."""

    def __init__(self, tokens: Sequence[Token], lines: InlineReader) -> None:
        self._tokens, self._lines = tokens, lines
        self._place = 0

    @property
    def _current(self) -> Token:
        return self._tokens[self._place]

    def read_document(self) -> Section:
        """Return the whole document, its sections nested by their headings' levels."""
        sections: list[_FlatSection] = [(Prose(1, ""), 0, [])]
        while self._place < len(self._tokens):
            token = self._current
            if token.type != "heading_open":
                sections[-1][2].extend(self._read_block())
            elif (heading := self._read_heading()) is not None:
                sections.append((heading, int(token.tag[1]), []))
        return _build_section_tree(sections)

    def _read_heading(self) -> Prose | None:
        """Return the heading here; None for text that only looks like one, to be read again."""
        opening, inline = self._current, self._tokens[self._place + 1]
        if inline.content.startswith(LABEL):
            # The mark came from `indentation`: the line is a label, and no heading.
            opening.type, inline.content = "paragraph_open", inline.content.removeprefix(LABEL)
            return None
        proses = self._read_token_paragraphs(inline)
        is_underlined = opening.markup in ("-", "=")
        if is_underlined and not _can_be_underlined(proses, inline.content):
            opening.type = "paragraph_open"
            return None
        self._place += 3
        if not proses:
            return None
        return _join_paragraphs(proses, proses[0].line)

    def _read_block(self) -> Iterator[Block]:
        """Yield the blocks that start here, and move behind them."""
        token = self._current
        if token.type in _LIST_OPENINGS:
            yield from self._read_bullet_list()
        elif token.type == "table_open":
            yield self._read_markdown_table()
        elif token.type == "inline":
            self._place += 1
            if rows := _split_pipe_rows(token.content):
                yield self._read_pipe_rows(rows, _get_token_line(token, 1))
            else:
                yield from self._read_token_paragraphs(token)
        else:
            # The frames of paragraphs and quotes add nothing to their inside.
            self._place += 1

    def _read_token_paragraphs(self, token: Token) -> list[Prose]:
        return self._lines.read_paragraphs(token.content, _get_token_line(token, 1))

    def _read_blocks_until(self, closing: str) -> list[Block]:
        """Return the blocks up to the closing token for the one here."""
        blocks: list[Block] = []
        level = self._current.level
        self._place += 1
        while self._current.type != closing or self._current.level != level:
            # A heading inside an entry cannot open a section.
            if self._current.type == "heading_open":
                self._current.type = "paragraph_open"
            blocks += self._read_block()
        self._place += 1
        return blocks

    def _read_bullet_list(self) -> Iterator[BulletList]:
        line = _get_token_line(self._current, 1)
        self._place += 1
        entries = self._read_list_items()
        self._place += 1
        if entries:
            yield BulletList(line, tuple(entries))

    def _read_list_items(self) -> list[Bullet]:
        entries: list[Bullet] = []
        while self._current.type == "list_item_open":
            entries += self._read_list_item()
        return entries

    def _read_list_item(self) -> Iterator[Bullet]:
        """Yield the entry here; its inner entries if it has no words; nothing if it is empty."""
        item, inline = self._current, self._tokens[self._place + 2]
        number = None
        if item.info.isdigit():
            number = int(item.info)
        is_checked = None
        if inline.type == "inline" and (box := _CHECKBOX.match(inline.content)):
            is_checked = box.group(1) in ("x", "X")
            inline.content = inline.content[box.end() :]
        blocks = self._read_blocks_until("list_item_close")
        match blocks:
            case [Prose() as first, *below]:
                yield Bullet(first, number, is_checked, tuple(below))
            case [BulletList(entries=inner)]:
                yield from inner
            case [_, *_]:
                empty = Prose(_get_token_line(item, 1), "")
                yield Bullet(empty, number, is_checked, tuple(blocks))

    def _read_markdown_table(self) -> Table:
        line = _get_token_line(self._current, 1)
        rows: list[tuple[Prose, ...]] = []
        cells: list[Prose] = []
        while (token := self._current).type != "table_close":
            self._place += 1
            if token.type == "inline":
                # A cell's token has no line of its own.
                proses = self._lines.read_paragraphs(token.content, line)
                cells.append(_join_paragraphs(proses, line))
            elif token.type == "tr_open":
                line, cells = _get_token_line(token, line), []
            elif token.type == "tr_close":
                rows.append(tuple(cells))
        self._place += 1
        header, *others = rows
        if header:
            line = header[0].line
        return Table(line, header, tuple(others))

    def _read_pipe_rows(self, rows: Sequence[Sequence[str]], first_line: int) -> Table:
        """Return the table in rows between pipes; one without cells only takes a line."""
        width = max(map(len, rows))
        table_rows: list[tuple[Prose, ...]] = []
        for line, cells in enumerate(rows, first_line):
            if cells:
                proses = [self._lines.read_paragraphs(cell, line) for cell in cells]
                row = [_join_paragraphs(prose, line) for prose in proses]
                table_rows.append((*row, *[Prose(line, "")] * (width - len(row))))
        # Nobody has said whether the first row is a header.
        return Table(first_line, (Prose(first_line, ""),) * width, tuple(table_rows))


def _split_pipe_rows(content: str) -> list[list[str]]:
    """Return the cells in lines between pipes, without the rule that Markdown wants.

    Empty for any other text, and for more than `_MOST_CELLS` cells.
    """
    lines = [line.strip() for line in content.split("\n")]
    if len(lines) < 2 or not all(line.startswith("|") for line in lines):
        return []
    rows = [list(map(str.strip, _UNESCAPED_PIPE.split(line.strip("|")))) for line in lines]
    rows = [row if any(row) else [] for row in rows]
    width = max(map(len, rows))
    if width < 2 or width * len(rows) > _MOST_CELLS:
        return []
    return rows


def _can_be_underlined(proses: Sequence[Prose], content: str) -> bool:
    """Return False if the line below a paragraph was meant to go across the page."""
    if len(proses) != 1 or "\n" in content or len(content) > _LONGEST_UNDERLINED:
        return False
    return not proses[0].rest


def _get_token_line(token: Token, default: int) -> int:
    """Return the number of a token's first line."""
    if token.map:
        return token.map[0] + 1
    return default


def _join_paragraphs(proses: Sequence[Prose], line: int) -> Prose:
    """Return several lines in one, without their labels."""
    if len(proses) == 1:
        return proses[0]
    text = " ".join(prose.text for prose in proses)
    return Prose(line, text, tuple(link for prose in proses for link in prose.links))


def _build_section_tree(sections: Sequence[_FlatSection]) -> Section:
    """Return the first section, with all others inside it by their levels."""
    parents = _find_parents([level for _, level, _ in sections])
    inner: list[list[Section]] = [[] for _ in sections]
    # From the end, because a section never changes once it is built.
    for place in range(len(sections) - 1, 0, -1):
        section = _nest_section(sections[place], inner[place])
        inner[parents[place]].append(section)
    return _nest_section(sections[0], inner[0])


def _find_parents(levels: Sequence[int]) -> list[int]:
    """Return for each heading the place of the one above it in the tree; -1 for the first."""
    parents: list[int] = []
    open_places: list[int] = []
    for place, level in enumerate(levels):
        while open_places and levels[open_places[-1]] >= level:
            open_places.pop()
        parents.append(open_places[-1] if open_places else -1)
        open_places.append(place)
    return parents


def _nest_section(flat: _FlatSection, inner: Sequence[Section]) -> Section:
    heading, level, blocks = flat
    return Section(heading, level, tuple(blocks), tuple(reversed(inner)))
