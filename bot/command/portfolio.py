"""What people have built and earned, kept and shown: what the commands for projects and for certificates have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import Message, link, page_of_lines, phrase, quote, say
from bot.chat.text import clean, is_seen, short
from bot.command.call import Call
from bot.group.cohort import Cohort
from bot.roadmap import Certificate, PortfolioProject, Roadmap, is_link
from bot.store.portfolio import Piece, Pieces
from bot.views.dates import day

M = TypeVar("M", PortfolioProject, Certificate)

MOST = 50  # pieces of one kind that somebody has on a roadmap
A_PAGE = 10
SUGGESTED = 6  # lines of what the plan suggests, above what people have


@dataclass(frozen=True, slots=True)
class Sort:
    """One of the two kinds of pieces: its word, what was done with it, and the longest title it may have."""

    word: str
    done: str
    longest: int


PROJECT = Sort("project", "built", 120)
CERTIFICATE = Sort("certificate", "earned", 200)


def parted(title: str, link: str | None, sort: Sort) -> tuple[str, str | None]:
    """What was typed as a title, and its link where that is the last word of it: `project add My bot https://…`. Raises
    `Refused` where there is nothing but a link."""
    name, _, last = title.strip().rpartition(" ")
    if link is not None or not is_link(_bare(last)):
        return title, link
    if not name:
        raise Refused(
            f"Say what the {sort.word} is called as well, with its link behind that.", "title"
        )
    return name, last


def titled(said: str, sort: Sort) -> str:
    """The title of a piece. Raises `Refused`."""
    title = clean(said, sort.longest, f"The title of a {sort.word}")
    if not is_seen(title):
        raise Refused(
            f"Nobody would see that title: say in a few words what the {sort.word} is.", "title"
        )
    return title


def led(said: str | None) -> str:
    """Where a piece can be seen: a web address, or nothing. Raises `Refused`."""
    address = _bare((said or "").strip())
    if address and not is_link(address):
        raise Refused(
            "Give the whole address, like https://example.org/my-project, or leave the link out.",
            "link",
        )
    return address


def _bare(address: str) -> str:
    """An address as it is: people write `<https://…>` where a chat should show no preview of it."""
    return address[1:-1] if address.startswith("<") and address.endswith(">") else address


def meant(plan: Roadmap, listed: Sequence[M], said: str, sort: Sort, *, asked: bool) -> M | None:
    """The one of the plan's own of that id or title. Raises `Refused` where there is none and somebody asked for it."""
    wanted = said.strip().casefold()
    found = next((one for one in listed if wanted in {one.id, one.title.casefold()}), None)
    if found is None and asked:
        known = ", ".join(f"**{quote(short(each.title, 60))}**" for each in listed[:8])
        hint = f"there is {known}" if known else f"leave `{sort.word}` out"
        raise Refused(f"{quote(plan.title)} suggests no such {sort.word}: {hint}.", sort.word)
    return found


async def kept(call: Call, pieces: Pieces, cohort: Cohort, piece: Piece, sort: Sort) -> str:
    """Keep a piece of the caller's, and the news of it. Raises `Refused` for one too many."""
    held = await pieces.titles(call.person, cohort.roadmap)
    if len(held) >= MOST and piece.title.casefold() not in {one.casefold() for one in held}:
        raise Refused(
            f"You have {MOST} {sort.word}s here already: take one out with `remove=yes` before you add another."
        )
    is_new = await pieces.add(call.person, cohort.roadmap, piece, call.now)
    known = "" if is_new else " already, and is now as you say"
    return f"**{quote(piece.title)}** is among what you have {sort.done}{known}."


async def taken_out(call: Call, pieces: Pieces, cohort: Cohort, title: str, sort: Sort) -> str:
    """Take a piece of the caller's out again, and the news of it. Raises `Refused` where they have none of that title."""
    if await pieces.remove(call.person, cohort.roadmap, title):
        return f"**{quote(title)}** is no longer among what you have {sort.done}."
    held = await pieces.titles(call.person, cohort.roadmap)
    known = ", ".join(f"**{quote(one)}**" for one in held[:5])
    raise Refused(
        f"You have no {sort.word} of that title{f': there is {known}' if known else ''}. "
        f"`{sort.word} list` shows what there is.",
        "title",
    )


async def told(
    call: Call, cohort: Cohort, plan: Roadmap, news: str, sort: Sort, about: str = ""
) -> Message:
    """The news; and where an item of the plan ends with that very piece and is not ticked, a button that does it."""
    done = await call.tx.progress.ticked(call.person, cohort.roadmap)
    here = (plan.items[one] for one in cohort.syllabus.items if one not in done)
    item = next(
        (one for one in here if about and about == (one.builds if sort is PROJECT else one.earns)),
        None,
    )
    tick = (
        [(f"Tick “{short(item.title, 60)}”", phrase("tick", item=item.id, cohort=cohort.ref))]
        if item
        else []
    )
    return say(
        news, buttons(*tick, (f"All {sort.word}s", phrase(f"{sort.word} list", cohort=cohort.ref)))
    )


async def listing(
    call: Call, pieces: Pieces, cohort: Cohort, sort: Sort, suggested: Sequence[str], **said: object
) -> Message:
    """What the plan suggests, and under it what the group has, a page at a time. `said` are the options `mine` and `page`."""
    mine, number = bool(said.get("mine")), int(str(said.get("page") or 1))
    member = await call.tx.members.of(cohort, call.person)
    found, total = await pieces.shown(
        cohort, call.viewer, MOST * A_PAGE, of=member if mine else None
    )
    shown = page_of_lines(
        [line(replace(one, name="") if mine else one) for one in found], number, A_PAGE
    )
    above = (
        []
        if mine or shown.number > 1 or not suggested
        else ["\n".join(_first(suggested, sort, cohort))]
    )
    who = "You have" if mine else "We have"
    body = (
        "\n".join(shown.entries) or f"{who} {sort.done} nothing yet: the first one is yours to add."
    )
    head = f"**{who} {sort.done}** · {total}\n" if total else ""
    turns = shown.turns(
        phrase(f"{sort.word} list", mine="yes" if mine else None, cohort=cohort.ref)
    )
    other = ("Everybody's", phrase(f"{sort.word} list", cohort=cohort.ref))
    if not mine:
        other = ("Only mine", phrase(f"{sort.word} list", mine="yes", cohort=cohort.ref))
    more = buttons((f"Add a {sort.word}", phrase(f"{sort.word} add", cohort=cohort.ref)), other)
    return say(
        *above, head + body, *turns, more, title=f"{sort.word.capitalize()}s of {cohort.name}"
    )


def _first(suggested: Sequence[str], sort: Sort, cohort: Cohort) -> Sequence[str]:
    lines = page_of_lines(suggested, 1, SUGGESTED, 1200)
    about = "projects" if sort is PROJECT else "certificates"
    more = (
        [f"… and {lines.left} more: `roadmap show about={about}` has them all."]
        if lines.left
        else []
    )
    return ["**The plan suggests**", *lines.entries, *more]


def line(piece: Piece) -> str:
    """A piece as a line of prose: what it is, whose, of which level or when."""
    title = link(piece.title, piece.link) if piece.link else f"**{quote(piece.title)}**"
    facts = [f" by {quote(short(piece.name, 60))}" if piece.name else ""]
    facts += [f" _{piece.level}_" if piece.level else ""]
    facts += [f" · {day(piece.earned)}" if piece.earned else ""]
    return f"• {title}" + "".join(facts)
