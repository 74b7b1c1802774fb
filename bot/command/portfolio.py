"""Projects built and certificates earned, called pieces: shared by the commands for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Buttons,
    Message,
    Page,
    build_phrase,
    escape_text,
    format_link,
    paginate_lines,
    text_message,
)
from bot.chat.text import clean_text, has_visible_text, shorten
from bot.command.call import Call
from bot.command.values import join_with_or
from bot.group.cohort import Cohort
from bot.roadmap import Certificate, Item, PortfolioProject, Roadmap, is_link
from bot.store.portfolio import PieceQueries, PortfolioPiece
from bot.views.dates import format_day

M = TypeVar("M", PortfolioProject, Certificate)

MAX_PIECES = 50  # of one kind, for one person on one roadmap
PAGE_SIZE = 10
MAX_SUGGESTED_LINES = 6  # above the members' own pieces
MAX_SUGGESTED_LENGTH = 1200  # characters, so that the members' pieces keep their room
MAX_OFFERED_TITLES = 8  # in a refusal


@dataclass(frozen=True, slots=True)
class PieceKind:
    """One of the two kinds of pieces: its word, its past action and its longest title."""

    word: Literal["project", "certificate"]
    past_verb: str
    max_title_length: int

    @property
    def plural(self) -> str:
        return f"{self.word}s"


PROJECT = PieceKind("project", "built", 120)
CERTIFICATE = PieceKind("certificate", "earned", 200)


# — what people type —


def split_title_and_link(title: str, link: str | None, kind: PieceKind) -> tuple[str, str | None]:
    """Return a typed title without the link at its end, and that link: `My bot https://…`.

    Raises `Refused` for a link alone.
    """
    name, _, last_word = title.strip().rpartition(" ")
    if link is not None or not is_link(_strip_angle_brackets(last_word)):
        return title, link
    if not name:
        raise Refused(f"Write the {kind.word}'s title in front of its link.", "title")
    return name, last_word


def clean_piece_title(typed: str, kind: PieceKind) -> str:
    """Return a piece's title. Raises `Refused` for an invisible or overlong one."""
    title = clean_text(typed, kind.max_title_length, f"The title of a {kind.word}")
    if not has_visible_text(title):
        raise Refused(
            f"That title is empty: write in a few words what the {kind.word} is.", "title"
        )
    return title


def parse_piece_link(typed: str | None) -> str:
    """Return a piece's web address, or an empty text. Raises `Refused`."""
    address = _strip_angle_brackets((typed or "").strip())
    if address and not is_link(address):
        raise Refused(
            "Write the whole address, like https://example.org/my-project, or leave the link out.",
            "link",
        )
    return address


def _strip_angle_brackets(address: str) -> str:
    # People write `<https://…>` in a chat to keep it from showing a preview.
    if address.startswith("<") and address.endswith(">"):
        return address[1:-1]
    return address


def find_suggested_piece(
    roadmap: Roadmap, suggested: Sequence[M], typed: str, kind: PieceKind, *, is_required: bool
) -> M | None:
    """Return the roadmap's own piece with this id or title, or None.

    Raises `Refused` for None where one `is_required`.
    """
    wanted = typed.strip().casefold()
    for piece in suggested:
        if wanted in {piece.id, piece.title.casefold()}:
            return piece
    if not is_required:
        return None
    raise _build_unsuggested_refusal(roadmap, suggested, kind)


def _build_unsuggested_refusal(
    roadmap: Roadmap, suggested: Sequence[PortfolioProject | Certificate], kind: PieceKind
) -> Refused:
    title = escape_text(roadmap.title)
    if not suggested:
        return Refused(f"{title} suggests no {kind.plural}: leave **{kind.word}** out.", kind.word)
    offered = [
        f"**{escape_text(shorten(piece.title, 60))}**" for piece in suggested[:MAX_OFFERED_TITLES]
    ]
    return Refused(
        f"{title} does not suggest that {kind.word}: choose {join_with_or(offered)}.", kind.word
    )


# — the caller's own pieces —


async def save_caller_piece(
    call: Call, pieces: PieceQueries, cohort: Cohort, piece: PortfolioPiece, kind: PieceKind
) -> str:
    """Save a piece and return the news about it. Raises `Refused` for one too many."""
    titles = await pieces.list_piece_titles(call.person, cohort.roadmap)
    known_titles = {title.casefold() for title in titles}
    # A piece with a known title is changed, and changing one is always possible.
    if len(titles) >= MAX_PIECES and piece.title.casefold() not in known_titles:
        raise Refused(
            f"You already have {MAX_PIECES} {kind.plural} here: remove one before you add another."
        )
    is_new = await pieces.save_piece(call.person, cohort.roadmap, piece, call.now)
    title = f"**{escape_text(piece.title)}**"
    if is_new:
        return f"{title} is now in your {kind.plural}."
    return f"{title} was already in your {kind.plural}, and I updated it."


async def delete_caller_piece(
    call: Call, pieces: PieceQueries, cohort: Cohort, title: str, kind: PieceKind
) -> str:
    """Delete a piece and return the news about it. Raises `Refused` for an unknown title."""
    if await pieces.delete_piece(call.person, cohort.roadmap, title):
        return f"**{escape_text(title)}** is no longer in your {kind.plural}."
    raise Refused(
        f"You have no {kind.word} with that title: `{kind.word} list` shows all of them.", "title"
    )


async def build_piece_message(
    call: Call, cohort: Cohort, roadmap: Roadmap, news: str, kind: PieceKind, piece_id: str = ""
) -> Message:
    """Return the news, with a button to tick the item this piece completes, if still open."""
    done_ids = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    open_items = [
        roadmap.items[item_id] for item_id in cohort.syllabus.all_items if item_id not in done_ids
    ]
    offers = []
    item = _find_completed_item(open_items, kind, piece_id)
    if item is not None:
        phrase = build_phrase("tick", item=item.id, cohort=cohort.ref)
        offers.append((f"Tick “{shorten(item.title, 60)}”", phrase))
    offers.append((f"All {kind.plural}", _build_list_phrase(kind, cohort)))
    return text_message(news, button_row(*offers))


def _find_completed_item(items: Sequence[Item], kind: PieceKind, piece_id: str) -> Item | None:
    for item in items:
        result = item.builds if kind is PROJECT else item.earns
        if piece_id and result == piece_id:
            return item
    return None


# — the list —


async def build_piece_list(
    call: Call,
    pieces: PieceQueries,
    cohort: Cohort,
    kind: PieceKind,
    suggested: Sequence[str],
    **options: object,
) -> Message:
    """Return the roadmap's suggestions and the group's pieces, a page at a time.

    `options` are the command's own `mine` and `page`.
    """
    mine, number = bool(options.get("mine")), int(str(options.get("page") or 1))
    listed, total = await _load_listed_pieces(call, pieces, cohort, mine=mine)
    page = paginate_lines([format_piece_line(piece) for piece in listed], number, PAGE_SIZE)
    parts = []
    if suggested and not mine and page.number == 1:
        parts.append(_format_suggestions(suggested, kind))
    parts.append(_format_piece_page(page, kind, total, mine=mine))
    return text_message(
        *parts,
        *page.build_page_buttons(_build_list_phrase(kind, cohort, mine=mine)),
        _build_list_buttons(kind, cohort, mine=mine),
        title=f"{kind.plural.capitalize()} of {cohort.name}",
    )


async def _load_listed_pieces(
    call: Call, pieces: PieceQueries, cohort: Cohort, *, mine: bool
) -> tuple[Sequence[PortfolioPiece], int]:
    """Return the pieces their reader may see, and their number."""
    owner = None
    if mine:
        owner = await call.tx.members.find_member(cohort, call.person)
    visible, total = await pieces.list_visible_pieces(
        cohort, call.viewer, MAX_PIECES * PAGE_SIZE, member=owner
    )
    if mine:
        # Nobody needs their own name beside each of their pieces.
        visible = [replace(piece, name="") for piece in visible]
    return visible, total


def _format_piece_page(page: Page[str], kind: PieceKind, total: int, *, mine: bool) -> str:
    if not total:
        return f"No {kind.plural} yet: add the first one."
    return "\n".join((_format_list_head(kind, total, mine), *page.entries))


def _build_list_phrase(kind: PieceKind, cohort: Cohort, *, mine: bool = False) -> str:
    return build_phrase(f"{kind.word} list", mine="yes" if mine else None, cohort=cohort.ref)


def _build_list_buttons(kind: PieceKind, cohort: Cohort, *, mine: bool) -> Buttons:
    add = (f"Add a {kind.word}", build_phrase(f"{kind.word} add", cohort=cohort.ref))
    if mine:
        return button_row(add, ("Everyone's", _build_list_phrase(kind, cohort)))
    return button_row(add, ("Only mine", _build_list_phrase(kind, cohort, mine=True)))


def _format_list_head(kind: PieceKind, total: int, mine: bool) -> str:
    owner = "You have" if mine else "We have"
    return f"**{owner} {kind.past_verb}** · {total}"


def _format_suggestions(suggested: Sequence[str], kind: PieceKind) -> str:
    lines = paginate_lines(suggested, 1, MAX_SUGGESTED_LINES, MAX_SUGGESTED_LENGTH)
    texts = ["**The plan suggests**", *lines.entries]
    if lines.left:
        texts.append(f"… and {lines.left} more in `roadmap show`.")
    return "\n".join(texts)


def format_piece_line(piece: PortfolioPiece) -> str:
    """Return a piece as one line: its title, owner, level and date."""
    title = f"**{escape_text(piece.title)}**"
    if piece.link:
        title = format_link(piece.title, piece.link)
    line = f"• {title}"
    if piece.name:
        line += f" by {escape_text(shorten(piece.name, 60))}"
    if piece.level:
        line += f" _{piece.level}_"
    if piece.earned:
        line += f" · {format_day(piece.earned)}"
    return line
