"""What people have built and earned, kept and shown: what the commands for projects and for certificates have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Message,
    build_phrase,
    escape_text,
    format_link,
    paginate_lines,
    text_message,
)
from bot.chat.text import clean_text, has_visible_text, shorten
from bot.command.call import Call
from bot.group.cohort import Cohort
from bot.roadmap import Certificate, PortfolioProject, Roadmap, is_link
from bot.store.portfolio import PieceQueries, PortfolioPiece
from bot.views.dates import format_day

M = TypeVar("M", PortfolioProject, Certificate)

MOST = 50  # pieces of one kind that somebody has on a roadmap
A_PAGE = 10
SUGGESTED = 6  # lines of what the plan suggests, above what people have


@dataclass(frozen=True, slots=True)
class PieceKind:
    """One of the two kinds of pieces: its word, what was done with it, and the longest title it may have."""

    word: str
    past_verb: str
    max_title_length: int


PROJECT = PieceKind("project", "built", 120)
CERTIFICATE = PieceKind("certificate", "earned", 200)


def split_title_and_link(title: str, link: str | None, sort: PieceKind) -> tuple[str, str | None]:
    """What was typed as a title, and its link where that is the last word of it: `project add My bot https://…`. Raises
    `Refused` where there is nothing but a link."""
    name, _, last = title.strip().rpartition(" ")
    if link is not None or not is_link(_strip_angle_brackets(last)):
        return title, link
    if not name:
        raise Refused(
            f"Say what the {sort.word} is called as well, with its link behind that.", "title"
        )
    return name, last


def clean_piece_title(said: str, sort: PieceKind) -> str:
    """The title of a piece. Raises `Refused`."""
    title = clean_text(said, sort.max_title_length, f"The title of a {sort.word}")
    if not has_visible_text(title):
        raise Refused(
            f"Nobody would see that title: say in a few words what the {sort.word} is.", "title"
        )
    return title


def parse_piece_link(said: str | None) -> str:
    """Where a piece can be seen: a web address, or nothing. Raises `Refused`."""
    address = _strip_angle_brackets((said or "").strip())
    if address and not is_link(address):
        raise Refused(
            "Give the whole address, like https://example.org/my-project, or leave the link out.",
            "link",
        )
    return address


def _strip_angle_brackets(address: str) -> str:
    """An address as it is: people write `<https://…>` where a chat should show no preview of it."""
    return address[1:-1] if address.startswith("<") and address.endswith(">") else address


def find_suggested_piece(
    plan: Roadmap, listed: Sequence[M], said: str, sort: PieceKind, *, is_required: bool
) -> M | None:
    """The one of the plan's own of that id or title. Raises `Refused` where there is none and somebody asked for it."""
    wanted = said.strip().casefold()
    found = next((one for one in listed if wanted in {one.id, one.title.casefold()}), None)
    if found is None and is_required:
        known = ", ".join(f"**{escape_text(shorten(each.title, 60))}**" for each in listed[:8])
        hint = f"there is {known}" if known else f"leave `{sort.word}` out"
        raise Refused(f"{escape_text(plan.title)} suggests no such {sort.word}: {hint}.", sort.word)
    return found


async def save_caller_piece(
    call: Call, pieces: PieceQueries, cohort: Cohort, piece: PortfolioPiece, sort: PieceKind
) -> str:
    """Keep a piece of the caller's, and the news of it. Raises `Refused` for one too many."""
    held = await pieces.list_piece_titles(call.person, cohort.roadmap)
    if len(held) >= MOST and piece.title.casefold() not in {one.casefold() for one in held}:
        raise Refused(
            f"You have {MOST} {sort.word}s here already: take one out with `remove=yes` before you add another."
        )
    is_new = await pieces.save_piece(call.person, cohort.roadmap, piece, call.now)
    known = "" if is_new else " already, and is now as you say"
    return f"**{escape_text(piece.title)}** is among what you have {sort.past_verb}{known}."


async def delete_caller_piece(
    call: Call, pieces: PieceQueries, cohort: Cohort, title: str, sort: PieceKind
) -> str:
    """Take a piece of the caller's out again, and the news of it. Raises `Refused` where they have none of that title."""
    if await pieces.delete_piece(call.person, cohort.roadmap, title):
        return f"**{escape_text(title)}** is no longer among what you have {sort.past_verb}."
    held = await pieces.list_piece_titles(call.person, cohort.roadmap)
    known = ", ".join(f"**{escape_text(one)}**" for one in held[:5])
    raise Refused(
        f"You have no {sort.word} of that title{f': there is {known}' if known else ''}. "
        f"`{sort.word} list` shows what there is.",
        "title",
    )


async def build_piece_message(
    call: Call, cohort: Cohort, plan: Roadmap, news: str, sort: PieceKind, about: str = ""
) -> Message:
    """The news; and where an item of the plan ends with that very piece and is not ticked, a button that does it."""
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    here = (plan.items[one] for one in cohort.syllabus.all_items if one not in done)
    item = next(
        (one for one in here if about and about == (one.builds if sort is PROJECT else one.earns)),
        None,
    )
    tick = (
        [
            (
                f"Tick “{shorten(item.title, 60)}”",
                build_phrase("tick", item=item.id, cohort=cohort.ref),
            )
        ]
        if item
        else []
    )
    return text_message(
        news,
        button_row(
            *tick, (f"All {sort.word}s", build_phrase(f"{sort.word} list", cohort=cohort.ref))
        ),
    )


async def build_piece_list(
    call: Call,
    pieces: PieceQueries,
    cohort: Cohort,
    sort: PieceKind,
    suggested: Sequence[str],
    **said: object,
) -> Message:
    """What the plan suggests, and under it what the group has, a page at a time. `said` are the options `mine` and `page`."""
    mine, number = bool(said.get("mine")), int(str(said.get("page") or 1))
    member = await call.tx.members.find_member(cohort, call.person)
    found, total = await pieces.list_visible_pieces(
        cohort, call.viewer, MOST * A_PAGE, member=member if mine else None
    )
    shown = paginate_lines(
        [format_piece_line(replace(one, name="") if mine else one) for one in found], number, A_PAGE
    )
    above = (
        []
        if mine or shown.number > 1 or not suggested
        else ["\n".join(_list_suggested_lines(suggested, sort, cohort))]
    )
    who = "You have" if mine else "We have"
    body = (
        "\n".join(shown.entries)
        or f"{who} {sort.past_verb} nothing yet: the first one is yours to add."
    )
    head = f"**{who} {sort.past_verb}** · {total}\n" if total else ""
    turns = shown.build_page_buttons(
        build_phrase(f"{sort.word} list", mine="yes" if mine else None, cohort=cohort.ref)
    )
    other = ("Everybody's", build_phrase(f"{sort.word} list", cohort=cohort.ref))
    if not mine:
        other = ("Only mine", build_phrase(f"{sort.word} list", mine="yes", cohort=cohort.ref))
    more = button_row(
        (f"Add a {sort.word}", build_phrase(f"{sort.word} add", cohort=cohort.ref)), other
    )
    return text_message(
        *above, head + body, *turns, more, title=f"{sort.word.capitalize()}s of {cohort.name}"
    )


def _list_suggested_lines(
    suggested: Sequence[str], sort: PieceKind, cohort: Cohort
) -> Sequence[str]:
    lines = paginate_lines(suggested, 1, SUGGESTED, 1200)
    about = "projects" if sort is PROJECT else "certificates"
    more = (
        [f"… and {lines.left} more: `roadmap show about={about}` has them all."]
        if lines.left
        else []
    )
    return ["**The plan suggests**", *lines.entries, *more]


def format_piece_line(piece: PortfolioPiece) -> str:
    """A piece as a line of prose: what it is, whose, of which level or when."""
    title = (
        format_link(piece.title, piece.link) if piece.link else f"**{escape_text(piece.title)}**"
    )
    facts = [f" by {escape_text(shorten(piece.name, 60))}" if piece.name else ""]
    facts += [f" _{piece.level}_" if piece.level else ""]
    facts += [f" · {format_day(piece.earned)}" if piece.earned else ""]
    return f"• {title}" + "".join(facts)
