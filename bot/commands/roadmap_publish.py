"""`roadmap publish`: what becomes of an import, said by the buttons under its preview: read on, publish it or leave it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from bot.chat.buttons import buttons
from bot.chat.errors import Refused
from bot.chat.message import ROW, Button, Buttons, Message, page_of_lines, phrase, quote, say
from bot.chat.text import names, short
from bot.command import Call, Hidden, command
from bot.group.cohort import Cohort
from bot.group.revision import compared, lines, sentence
from bot.store.roadmaps import Version, Waiting
from bot.views.import_report import entry_line

LISTED = 14
LINE, TITLE, NAME = 280, 100, 40  # characters
MOVING = ROW - 1


@command(moderators=True, hidden=True)
async def roadmap_publish(
    call: Call,
    number: Annotated[str, "Which import"] = "",
    over: Annotated[int, Hidden()] = 0,
    show: Annotated[Literal["report", "changes"] | None, Hidden()] = None,
    leave: Annotated[bool, Hidden()] = False,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """Publish a plan you have brought."""
    waiting = await _waiting(call, number)
    if show is not None:
        return await _told(call, waiting, show, over, page or 1)
    if leave:
        await call.tx.roadmaps.drop(waiting)
        return say(
            f"**{quote(short(waiting.plan.title, TITLE))}** was not published, and I keep nothing of it."
        )
    before = (await call.shelf()).get(waiting.plan.slug)
    comes_along = waiting.plan.slug in call.roadmaps
    made = await call.tx.roadmaps.publish(waiting, call.now, over=over, comes_along=comes_along)
    changed = f": {sentence(compared(before.plan, waiting.plan))}" if before else ""
    there = await call.tx.cohorts.in_space(call.place)
    older = [
        one
        for one in there
        if one.roadmap == made.key and one.state in {"draft", "open", "running", "paused"}
    ]
    return _published(waiting, made, changed, older)


async def _waiting(call: Call, number: str) -> Waiting:
    space_id = await call.tx.people.space(call.place)
    found = None
    if re.fullmatch(r"[0-9]{1,9}", number) and space_id is not None:
        found = await call.tx.roadmaps.waiting(
            int(number), call.person.account_id, space_id, call.now
        )
    if found is None:
        raise Refused(
            "That import is no longer here: say `roadmap import` and bring the file again."
        )
    return found


async def _told(call: Call, waiting: Waiting, show: str, over: int, number: int) -> Message:
    """All of the report, or everything that would change, page by page."""
    told: list[str] = []
    if show == "report":
        told = [f"• {entry_line(entry, LINE)}" for entry in waiting.report.entries]
    elif latest := (await call.shelf()).get(waiting.plan.slug):
        diff = compared(latest.plan, waiting.plan)
        groups = [
            one for one in await call.tx.cohorts.in_space(call.place) if one.roadmap == latest.key
        ]
        ticked = await call.tx.roadmaps.ticked(latest.key, diff.touched, groups)
        told = [f"• {quote(line)}" for line in lines(diff, ticked)]
    shown = page_of_lines(told or ["Nothing to tell."], number, LISTED)
    turns = shown.turns(phrase("roadmap publish", number=waiting.id, over=over, show=show))
    rows = (
        Button("Publish it", phrase("roadmap publish", number=waiting.id, over=over)),
        Button("Leave it", phrase("roadmap publish", number=waiting.id, leave="yes")),
    )
    title = "The whole report" if show == "report" else "What changes"
    return say("\n".join(shown.entries), *turns, Buttons(rows), title=title)


def _published(waiting: Waiting, made: Version, changed: str, older: Sequence[Cohort]) -> Message:
    slug = waiting.plan.slug
    told = [
        f"**{quote(short(waiting.plan.title, TITLE))}** is published as version {made.number} of `{slug}`{changed}.",
        f"New groups can take it: `cohort create roadmap={slug}`.",
    ]
    if older:
        named = names((f"**{quote(one.name)}**" for one in older), MOVING)
        stay = "stays" if len(older) == 1 else "stay"
        told.append(
            f"{named} {stay} on the older plan until you say otherwise; look at the move first."
        )
    moving = [
        (
            f"Move {short(one.name, NAME)}",
            phrase("cohort revise", cohort=one.ref, version=made.number),
        )
        for one in older[:MOVING]
    ]
    return say(
        "\n".join(told),
        buttons(*moving, ("A new cohort", phrase("cohort create", roadmap=slug)), has_main=False),
    )
